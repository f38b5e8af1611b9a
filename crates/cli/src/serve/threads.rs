//! Threads that guests run on: connections are served by others, so that a guest that computes for long keeps no one waiting.
//!
//! How many there are follows from how many guests run at once. Who bounds that is [`super::request`].

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;
use tokio::runtime::Handle;

/// How long a thread that has nothing to do stays.
const KEEP: Duration = Duration::from_secs(10);

type Job = Box<dyn FnOnce() + Send>;

/// Threads, as many as there are jobs.
pub(super) struct Threads {
    /// What the jobs may wait for.
    runtime: Handle,
    idle: Arc<Mutex<Vec<Idle>>>,
    started: AtomicU64,
}

/// A thread that waits for a job.
struct Idle {
    id: u64,
    jobs: Sender<Job>,
}

fn lock(idle: &Mutex<Vec<Idle>>) -> MutexGuard<'_, Vec<Idle>> {
    idle.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Threads {
    pub(super) fn new(runtime: Handle) -> Threads {
        Threads { runtime, idle: Arc::default(), started: AtomicU64::new(0) }
    }

    /// Does a job on a thread of its own: the one that has waited least, whose stack is still in the cache.
    pub(super) fn run(&self, job: impl FnOnce() + Send + 'static) -> io::Result<()> {
        let job: Job = Box::new(job);
        let waiting = lock(&self.idle).pop();
        let job = match waiting {
            Some(thread) => match thread.jobs.send(job) {
                Ok(()) => return Ok(()),
                Err(mpsc::SendError(job)) => job,
            },
            None => job,
        };
        self.start(job)
    }

    fn start(&self, job: Job) -> io::Result<()> {
        let id = self.started.fetch_add(1, Ordering::Relaxed);
        let (runtime, idle) = (self.runtime.clone(), Arc::clone(&self.idle));
        let thread = thread::Builder::new().name("sarsen-guest".to_owned());
        thread.spawn(move || {
            let _entered = runtime.enter();
            let (sender, jobs) = mpsc::channel();
            job();
            loop {
                lock(&idle).push(Idle { id, jobs: sender.clone() });
                match next(&jobs, &idle, id) {
                    Some(job) => job(),
                    None => return,
                }
            }
        })?;
        Ok(())
    }
}

/// The next job of a thread, if it comes in time.
fn next(jobs: &Receiver<Job>, idle: &Mutex<Vec<Idle>>, id: u64) -> Option<Job> {
    match jobs.recv_timeout(KEEP) {
        Ok(job) => return Some(job),
        Err(RecvTimeoutError::Disconnected) => return None,
        Err(RecvTimeoutError::Timeout) => {}
    }
    let mut waiting = lock(idle);
    match waiting.iter().position(|thread| thread.id == id) {
        Some(place) => {
            waiting.remove(place);
            None
        }
        // Somebody has chosen it just now.
        None => {
            drop(waiting);
            jobs.recv().ok()
        }
    }
}
