//! Functions on the options of requests, all of which are times.

use super::{Outcome, resource, told, value};
use crate::p2::http::ctx::{WasiHttpCtxView, WasiHttpView};
use crate::p2::http::http_functions;
use crate::p2::http::types::RequestOptions;
use sarsen::Result;
use sarsen_component::{LinkerInstance, Resource};
use std::time::Duration;

type Options = Resource<RequestOptions>;

pub(super) fn define<T: WasiHttpView + Send + 'static>(linker: &mut LinkerInstance<'_, T>) -> Result<()> {
    resource::<T, RequestOptions>(linker, "request-options")?;
    http_functions! { linker, value;
        "[constructor]request-options" = options_new();
        "[method]request-options.connect-timeout" = options_connect(options: Options);
        "[method]request-options.first-byte-timeout" = options_first_byte(options: Options);
        "[method]request-options.between-bytes-timeout" = options_between_bytes(options: Options);
    }
    http_functions! { linker, told;
        "[method]request-options.set-connect-timeout"
            = options_set_connect(options: Options, time: Option<u64>);
        "[method]request-options.set-first-byte-timeout"
            = options_set_first_byte(options: Options, time: Option<u64>);
        "[method]request-options.set-between-bytes-timeout"
            = options_set_between_bytes(options: Options, time: Option<u64>);
    }
    Ok(())
}

/// As guests know a time.
fn nanoseconds(time: Option<Duration>) -> Option<u64> {
    time.map(|time| time.as_nanos().try_into().unwrap_or(u64::MAX))
}

impl WasiHttpCtxView<'_> {
    fn options_new(&mut self) -> Result<Options> {
        Ok(self.table.push(RequestOptions::default())?)
    }

    fn options_connect(&mut self, options: Options) -> Result<Option<u64>> {
        Ok(nanoseconds(self.table.get(&options)?.connect))
    }

    fn options_set_connect(&mut self, options: Options, time: Option<u64>) -> Outcome<(), ()> {
        self.table.get_mut(&options)?.connect = time.map(Duration::from_nanos);
        Ok(())
    }

    fn options_first_byte(&mut self, options: Options) -> Result<Option<u64>> {
        Ok(nanoseconds(self.table.get(&options)?.first_byte))
    }

    fn options_set_first_byte(&mut self, options: Options, time: Option<u64>) -> Outcome<(), ()> {
        self.table.get_mut(&options)?.first_byte = time.map(Duration::from_nanos);
        Ok(())
    }

    fn options_between_bytes(&mut self, options: Options) -> Result<Option<u64>> {
        Ok(nanoseconds(self.table.get(&options)?.between_bytes))
    }

    fn options_set_between_bytes(&mut self, options: Options, time: Option<u64>) -> Outcome<(), ()> {
        self.table.get_mut(&options)?.between_bytes = time.map(Duration::from_nanos);
        Ok(())
    }
}
