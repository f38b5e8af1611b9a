//! Ending guests that take too long: a thread of its own looks at what is running, because all others may be busy with guests.

use sarsen::InterruptHandle;
use sarsen_wasi::StopHandle;
use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// How late a guest may be ended.
const STEP: Duration = Duration::from_millis(20);

/// Guests that are running, and when they have to have ended.
pub(super) struct Deadlines {
    timeout: Duration,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    running: Mutex<Running>,
    /// Something runs.
    started: Condvar,
}

#[derive(Default)]
struct Running {
    guests: HashMap<u64, Guest>,
    next: u64,
}

struct Guest {
    /// None if that is further away than clocks go.
    deadline: Option<Instant>,
    interrupt: InterruptHandle,
    stop: StopHandle,
    /// It has been told to end.
    is_late: bool,
}

/// A guest that runs, until this is dropped.
pub(super) struct Deadline {
    shared: Arc<Shared>,
    id: u64,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Running> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn watch(&self) {
        loop {
            let mut running = self.lock();
            while running.guests.is_empty() {
                running = self.started.wait(running).unwrap_or_else(PoisonError::into_inner);
            }
            let now = Instant::now();
            for guest in
                running.guests.values_mut().filter(|guest| guest.deadline.is_some_and(|end| end <= now))
            {
                guest.is_late = true;
                guest.interrupt.interrupt();
                guest.stop.stop();
            }
            drop(running);
            thread::sleep(STEP);
        }
    }
}

impl Deadlines {
    pub(super) fn new(timeout: Duration) -> io::Result<Deadlines> {
        let shared = Arc::new(Shared::default());
        let watched = Arc::clone(&shared);
        thread::Builder::new().name("sarsen-deadlines".to_owned()).spawn(move || watched.watch())?;
        Ok(Deadlines { timeout, shared })
    }

    /// A guest starts.
    pub(super) fn start(&self, interrupt: InterruptHandle, stop: StopHandle) -> Deadline {
        let mut running = self.shared.lock();
        let id = running.next;
        running.next += 1;
        let deadline = Instant::now().checked_add(self.timeout);
        running.guests.insert(id, Guest { deadline, interrupt, stop, is_late: false });
        if running.guests.len() == 1 {
            self.shared.started.notify_one();
        }
        Deadline { shared: Arc::clone(&self.shared), id }
    }
}

impl Deadline {
    /// The guest has ended. Whether it had been told to: its instance is not to be used again then.
    pub(super) fn end(self) -> bool {
        self.shared.lock().guests.remove(&self.id).is_some_and(|guest| guest.is_late)
    }
}

impl Drop for Deadline {
    fn drop(&mut self) {
        self.shared.lock().guests.remove(&self.id);
    }
}
