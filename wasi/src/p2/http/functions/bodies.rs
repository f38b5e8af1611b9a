//! Functions on bodies and trailers, and on errors of their streams.

use super::{Failure, Outcome, resource, told, value};
use crate::p2::holding;
use crate::p2::http::ctx::{WasiHttpCtxView, WasiHttpView};
use crate::p2::http::error::ErrorCode;
use crate::p2::http::fields::Fields;
use crate::p2::http::http_functions;
use crate::p2::http::incoming::{FutureTrailers, IncomingBody};
use crate::p2::http::outgoing::OutgoingBody;
use crate::p2::io::{DynInputStream, DynOutputStream, DynPollable, Error, subscribe};
use sarsen::Result;
use sarsen_component::{LinkerInstance, Resource};

type Incoming = Resource<IncomingBody>;
type Outgoing = Resource<OutgoingBody>;
type Trailers = Resource<FutureTrailers>;

/// What a guest is told of trailers.
type Told = Option<Result<Result<Option<Resource<Fields>>, ErrorCode>, ()>>;

pub(super) fn define<T: WasiHttpView + Send + 'static>(linker: &mut LinkerInstance<'_, T>) -> Result<()> {
    resource::<T, IncomingBody>(linker, "incoming-body")?;
    resource::<T, OutgoingBody>(linker, "outgoing-body")?;
    resource::<T, FutureTrailers>(linker, "future-trailers")?;
    http_functions! { linker, value;
        "http-error-code" = http_error_code(error: Resource<Error>);
        "[static]incoming-body.finish" = in_body_finish(body: Incoming);
        "[method]future-trailers.subscribe" = trailers_subscribe(trailers: Trailers);
        "[method]future-trailers.get" = trailers_get(trailers: Trailers);
    }
    http_functions! { linker, told;
        "[method]incoming-body.stream" = in_body_stream(body: Incoming);
        "[method]outgoing-body.write" = out_body_write(body: Outgoing);
        "[static]outgoing-body.finish" = out_body_finish(body: Outgoing, trailers: Option<Resource<Fields>>);
    }
    Ok(())
}

impl WasiHttpCtxView<'_> {
    fn http_error_code(&mut self, error: Resource<Error>) -> Result<Option<ErrorCode>> {
        Ok(self.table.get(&error)?.downcast_ref::<ErrorCode>().cloned())
    }

    fn in_body_stream(&mut self, body: Incoming) -> Outcome<Resource<DynInputStream>, ()> {
        let stream = self.table.get_mut(&body)?.stream().ok_or(Failure::Error(()))?;
        Ok(self.table.push_child(DynInputStream::new(stream), &body)?)
    }

    fn in_body_finish(&mut self, body: Incoming) -> Result<Trailers> {
        let body = self.table.delete(body)?;
        Ok(self.table.push(body.finish())?)
    }

    fn trailers_subscribe(&mut self, trailers: Trailers) -> Result<Resource<DynPollable>> {
        Ok(subscribe(self.table, &trailers)?)
    }

    fn trailers_get(&mut self, trailers: Trailers) -> Result<Told> {
        Ok(match self.table.get_mut(&trailers)?.get() {
            None => None,
            Some(Err(())) => Some(Err(())),
            Some(Ok(Err(code))) => Some(Ok(Err(code))),
            Some(Ok(Ok(None))) => Some(Ok(Ok(None))),
            Some(Ok(Ok(Some(fields)))) => {
                let fields = self.table.push_child(fields, &trailers)?;
                holding::weigh(self.table, &fields)?;
                Some(Ok(Ok(Some(fields))))
            }
        })
    }

    fn out_body_write(&mut self, body: Outgoing) -> Outcome<Resource<DynOutputStream>, ()> {
        let stream = self.table.get_mut(&body)?.stream().ok_or(Failure::Error(()))?;
        Ok(self.table.push_child(DynOutputStream::new(stream), &body)?)
    }

    fn out_body_finish(&mut self, body: Outgoing, trailers: Option<Resource<Fields>>) -> Outcome {
        let body = self.table.delete(body)?;
        let trailers = trailers.map(|trailers| self.table.delete(trailers)).transpose()?;
        Ok(body.finish(trailers.as_ref())?)
    }
}
