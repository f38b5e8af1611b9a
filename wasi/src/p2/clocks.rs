//! `wasi:clocks`: what the clocks say, and waiting for the monotonic one.
//!
//! Where time comes from is the host layer's matter; how it is waited for together with other things is `io`'s.

use super::io::{DynPollable, Pollable, Ready, Wait};
use super::{WasiCtxView, WasiView, functions, value, versioned};
use crate::ctx::Host;
use crate::reactor;
use sarsen::Result;
use sarsen_component::{ComponentType, Lift, Linker, Lower, Resource};
use std::sync::Arc;
use std::time::Duration;

/// A moment: `datetime` of the wall clock.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ComponentType, Lift, Lower)]
#[component(record)]
pub(super) struct Datetime {
    pub(super) seconds: u64,
    pub(super) nanoseconds: u32,
}

impl From<Duration> for Datetime {
    fn from(since_1970: Duration) -> Datetime {
        Datetime { seconds: since_1970.as_secs(), nanoseconds: since_1970.subsec_nanos() }
    }
}

pub(super) fn add_to_linker<T: WasiView + 'static>(linker: &mut Linker<T>) -> Result<()> {
    let mut monotonic = linker.instance(&versioned("wasi:clocks/monotonic-clock"))?;
    functions! { monotonic, value;
        "now" = monotonic_now();
        "resolution" = monotonic_resolution();
        "subscribe-instant" = monotonic_subscribe_instant(when: u64);
        "subscribe-duration" = monotonic_subscribe_duration(when: u64);
    }
    let mut wall = linker.instance(&versioned("wasi:clocks/wall-clock"))?;
    functions! { wall, value;
        "now" = wall_now();
        "resolution" = wall_resolution();
    }
    Ok(())
}

/// Time as guests count it. The clocks start when they are made, so that it fits.
fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

impl WasiCtxView<'_> {
    fn monotonic_now(&mut self) -> Result<u64> {
        Ok(nanoseconds(self.ctx.host.clocks.monotonic()))
    }

    fn monotonic_resolution(&mut self) -> Result<u64> {
        Ok(nanoseconds(self.ctx.host.clocks.monotonic_resolution()))
    }

    fn monotonic_subscribe_instant(&mut self, when: u64) -> Result<Resource<DynPollable>> {
        let timer = Timer { host: Arc::clone(&self.ctx.host), end: Duration::from_nanos(when) };
        Ok(self.table.push(DynPollable::new(timer))?)
    }

    fn monotonic_subscribe_duration(&mut self, when: u64) -> Result<Resource<DynPollable>> {
        let now = self.monotonic_now()?;
        self.monotonic_subscribe_instant(now.saturating_add(when))
    }

    fn wall_now(&mut self) -> Result<Datetime> {
        Ok(self.ctx.host.clocks.wall().into())
    }

    fn wall_resolution(&mut self) -> Result<Datetime> {
        Ok(self.ctx.host.clocks.wall_resolution().into())
    }
}

/// Ready when the monotonic clock shows a time.
struct Timer {
    host: Arc<Host>,
    end: Duration,
}

impl Pollable for Timer {
    fn ready<'a>(&'a mut self) -> Ready<'a> {
        Box::pin(async {
            let clocks = &self.host.clocks;
            loop {
                let left = self.end.saturating_sub(clocks.monotonic());
                if left.is_zero() {
                    return;
                }
                match reactor::sleep(left) {
                    Ok(sleep) if clocks.runs() => sleep.await,
                    // The clock may not get that far: it is over all the same.
                    _ => return clocks.sleep(left, &self.host.stop),
                }
            }
        })
    }

    fn wait(&self) -> Option<Wait<'_>> {
        Some(Wait::until(self.end))
    }
}
