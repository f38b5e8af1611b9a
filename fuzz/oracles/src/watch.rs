//! Whoever tries inputs is watched: one that takes too long ends the process, and says on which thread that was, which has the name
//! of its test.
//!
//! It owns how long that is. What a fuzzer tries is ended by the fuzzer before.

use std::io::Write;
use std::sync::{Mutex, MutexGuard, Once, PoisonError};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

/// What an input may take in all ways together, in a build without optimization on a machine that does other things too.
const PATIENCE: Duration = Duration::from_secs(120);
/// How often somebody looks.
const LOOK: Duration = Duration::from_secs(1);

/// Inputs that are being tried: since when, by whom.
static TRIED: Mutex<Vec<(Instant, ThreadId, String)>> = Mutex::new(Vec::new());

/// An input is being tried as long as there is this.
#[must_use]
pub(crate) struct Watch(());

/// Begins to watch this thread.
pub(crate) fn begin() -> Watch {
    static WATCHER: Once = Once::new();
    WATCHER.call_once(|| _ = thread::spawn(look));
    let this = thread::current();
    tried().push((Instant::now(), this.id(), this.name().unwrap_or("a thread").to_owned()));
    Watch(())
}

impl Drop for Watch {
    fn drop(&mut self) {
        let this = thread::current().id();
        let mut tried = tried();
        if let Some(last) = tried.iter().rposition(|(_, thread, _)| *thread == this) {
            tried.swap_remove(last);
        }
    }
}

fn tried() -> MutexGuard<'static, Vec<(Instant, ThreadId, String)>> {
    TRIED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Ends the process once an input takes too long.
fn look() {
    loop {
        thread::sleep(LOOK);
        if let Some(who) = late(Instant::now()) {
            // Tests capture what is printed, also by threads that they have started.
            let _ = writeln!(std::io::stderr(), "{who}: an input takes more than {PATIENCE:?}");
            std::process::abort();
        }
    }
}

/// Who tries an input for too long.
fn late(now: Instant) -> Option<String> {
    let tried = tried();
    let late = tried.iter().find(|(since, ..)| now.saturating_duration_since(*since) > PATIENCE);
    late.map(|(.., name)| name.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_takes_too_long_is_found() {
        let name = thread::current().name().map(str::to_owned);
        let watch = begin();
        let inner = begin();
        assert_eq!(late(Instant::now()), None);
        assert_eq!(late(Instant::now() + 2 * PATIENCE), name);
        drop((inner, watch));
        assert!(tried().iter().all(|(_, thread, _)| *thread != thread::current().id()));
    }
}
