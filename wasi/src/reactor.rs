//! Who makes asynchronous operations of the system go on: the current runtime, or one of this crate's own.
//!
//! # Invariants
//!
//! - No thread starts before somebody needs one: who waits with the thread for files, standard streams and time needs none.
//! - A thread that waits for a guest does not have to run what the guest waits for. A runtime that has only the current thread
//!   is therefore not used.

use std::io;
use std::sync::OnceLock;
use std::sync::mpsc;
use std::time::Duration;
use tokio::runtime::{Builder, Handle, RuntimeFlavor};

/// The runtime for what guests wait for: the current one if it has threads of its own, and one of this crate's otherwise.
///
/// # Errors
/// If that is needed and cannot be started.
pub fn reactor() -> io::Result<Handle> {
    match Handle::try_current() {
        Ok(current) if current.runtime_flavor() != RuntimeFlavor::CurrentThread => Ok(current),
        _ => own(),
    }
}

/// Does what needs a runtime around it: makes sockets and timers, for example. They can be used outside.
///
/// # Errors
/// As [`reactor`].
pub fn enter_reactor<R>(make: impl FnOnce() -> R) -> io::Result<R> {
    let reactor = reactor()?;
    let _entered = reactor.enter();
    Ok(make())
}

/// Whether a runtime is there already, so that the thread is not to be blocked.
pub(crate) fn is_current() -> bool {
    Handle::try_current().is_ok()
}

/// Lets time pass.
pub(crate) fn sleep(time: Duration) -> io::Result<tokio::time::Sleep> {
    enter_reactor(|| tokio::time::sleep(time))
}

/// A runtime with one thread, which lives as long as the process.
fn own() -> io::Result<Handle> {
    static OWN: OnceLock<Handle> = OnceLock::new();
    if let Some(own) = OWN.get() {
        return Ok(own.clone());
    }
    let started = start()?;
    // Of two that started one, the other's thread has nothing to do: rare, and harmless.
    Ok(OWN.get_or_init(|| started).clone())
}

fn start() -> io::Result<Handle> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let handle = runtime.handle().clone();
    let (running, runs) = mpsc::sync_channel(1);
    std::thread::Builder::new().name("sarsen-io".to_owned()).spawn(move || {
        runtime.block_on(async {
            // Whoever waits for this may be gone.
            let _ = running.send(());
            std::future::pending::<()>().await;
        });
    })?;
    let _ = runs.recv();
    Ok(handle)
}
