//! Clocks, by the numbers that guests use. Sleeping is in `poll`.

use super::abi::timestamp;
use super::memory::Ptr;
use super::{Call, Step};
use crate::clocks::Clocks;
use crate::errno::Errno;
use std::time::Duration;

/// A clock that a guest can name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Clock {
    Wall,
    Monotonic,
    /// Of the process, or of the thread: they are told the same.
    Processor,
}

impl Clock {
    pub(super) fn parse(number: u32) -> Result<Clock, Errno> {
        match number {
            0 => Ok(Clock::Wall),
            1 => Ok(Clock::Monotonic),
            2 | 3 => Ok(Clock::Processor),
            _ => Err(Errno::Inval),
        }
    }

    pub(super) fn now(self, clocks: &dyn Clocks) -> Duration {
        match self {
            Clock::Wall => clocks.wall(),
            Clock::Monotonic => clocks.monotonic(),
            Clock::Processor => clocks.processor(),
        }
    }
}

impl Call<'_> {
    pub(super) fn clock_res_get(&mut self, clock: u32, result: Ptr) -> Step {
        let clocks = &self.host().clocks;
        let resolution = match Clock::parse(clock)? {
            Clock::Wall => clocks.wall_resolution(),
            Clock::Monotonic | Clock::Processor => clocks.monotonic_resolution(),
        };
        Ok(self.memory.write_u64(result, timestamp(resolution))?)
    }

    pub(super) fn clock_time_get(&mut self, clock: u32, _precision: u64, result: Ptr) -> Step {
        let now = Clock::parse(clock)?.now(&*self.host().clocks);
        Ok(self.memory.write_u64(result, timestamp(now))?)
    }
}
