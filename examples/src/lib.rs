//! What the examples have in common, and the guide, whose code is compiled and run as documentation of this crate.
//!
//! The examples themselves are programs beside this folder.

#![forbid(unsafe_code)]

use sarsen::{Engine, Result};
use std::thread;
use std::time::Duration;

/// Counts the epochs of an engine from a thread of its own, which ends when the engine does.
///
/// # Errors
/// If there can be no thread.
pub fn start_clock(engine: &Engine, tick: Duration) -> Result<()> {
    let engine = engine.weak();
    thread::Builder::new().name("clock".to_owned()).spawn(move || {
        while let Some(engine) = engine.upgrade() {
            engine.increment_epoch();
            drop(engine);
            thread::sleep(tick);
        }
    })?;
    Ok(())
}

/// How many ticks of a clock a guest has, at least one.
pub fn ticks(time: Duration, tick: Duration) -> u64 {
    let ticks = time.as_nanos().div_ceil(tick.as_nanos().max(1)).max(1);
    u64::try_from(ticks).unwrap_or(u64::MAX)
}

/// Compiles and runs the code of the guide.
#[cfg(doctest)]
mod guide {
    #[doc = include_str!("../../docs/guide/limits.md")]
    struct Limits;

    #[doc = include_str!("../../docs/guide/plugins.md")]
    struct Plugins;

    #[doc = include_str!("../../docs/guide/security.md")]
    struct Security;

    #[doc = include_str!("../../docs/guide/serverless.md")]
    struct Serverless;

    #[doc = include_str!("../../docs/guide/udf.md")]
    struct Udf;

    #[doc = include_str!("../../docs/guide/wasmtime.md")]
    struct Wasmtime;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_rounded_up_to_ticks() {
        let tick = Duration::from_millis(10);
        assert_eq!(ticks(Duration::from_millis(200), tick), 20);
        assert_eq!(ticks(Duration::from_millis(201), tick), 21);
        assert_eq!(ticks(Duration::ZERO, tick), 1);
    }

    #[test]
    fn the_clock_ends_with_its_engine() {
        let engine = Engine::default();
        start_clock(&engine, Duration::from_millis(1)).unwrap();
        let weak = engine.weak();
        drop(engine);
        // The clock has the engine for a moment in each of its turns.
        while weak.upgrade().is_some() {
            thread::yield_now();
        }
    }
}
