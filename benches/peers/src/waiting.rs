//! What guests take of a process that wait for a timer: each in a store of its own, in a call on a stack of its own.
//!
//! Every runtime is measured in a process of its own, as in `density`. How fast they wait is not measured.

use crate::Result;
use crate::density::{Taken, in_processes};
use crate::engine::{self, Engine};
use crate::options::Options;
use std::time::{Duration, Instant};

/// Threads that the guests are polled by.
const THREADS: usize = 2;

/// The command `waiting`: without an engine, all of them in processes of their own.
pub(crate) fn waiting(options: &mut Options) -> Result<()> {
    let guests: usize = options.take("guests")?.unwrap_or(10_000);
    let seconds: f64 = options.take("seconds")?.unwrap_or(10.0);
    let only: Option<String> = options.take("engine")?;
    options.finish()?;

    let engines = engine::instantiators(u32::try_from(guests)?);
    if let Some(name) = only {
        let engine = engines.iter().find(|engine| engine.name() == name).ok_or("no such engine")?;
        return measure(engine.as_ref(), guests, Duration::from_secs_f64(seconds));
    }
    println!("\n{guests} guests that wait for a timer, on {THREADS} threads:\n");
    in_processes(&engines, &["waiting", "--guests", &guests.to_string(), "--seconds", &seconds.to_string()])
}

/// Prints, for each guest, what this process has more of while they wait.
fn measure(engine: &dyn Engine, count: usize, duration: Duration) -> Result<()> {
    let module = engine.waiting()?;
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(THREADS).enable_time().build()?;
    // What the first ones bring about is no matter of how many there are.
    for _ in 0..100 {
        runtime.block_on(runtime.spawn(module.guest(Duration::ZERO)))??;
    }
    let before = Taken::now()?;
    let start = Instant::now();
    let guests: Vec<_> = (0..count).map(|_| runtime.spawn(module.guest(duration))).collect();
    // Until all of them wait, and none has waited long enough.
    std::thread::sleep(duration / 2);
    before.print_growth(count)?;
    if start.elapsed() > duration || guests.iter().any(|guest| guest.is_finished()) {
        return Err("the machine is too slow: more --seconds are needed".into());
    }
    for guest in guests {
        runtime.block_on(guest)??;
    }
    Ok(())
}
