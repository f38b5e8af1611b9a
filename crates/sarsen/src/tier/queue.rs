//! Who compiles what has become hot: threads of the engine's that come when there is something to do, and go when it has been
//! dropped. Without threads, whoever finds something hot compiles it.

use super::Part;
use crate::config::{LOOK_INTERVAL, TierUp};
use sarsen_interp::ModuleCode;
use std::cell::Cell;
use std::fmt;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicBool, AtomicU32};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::time::{Duration, Instant};

/// What compiling a function costs, in nanoseconds: so much, and so much for each byte of its body.
const COST: u64 = 250_000;
const COST_PER_BYTE: u64 = 1_500;

/// About what it takes to compile a function with a body of so many bytes, in nanoseconds.
pub(super) fn cost(body: usize) -> u64 {
    COST + COST_PER_BYTE * body as u64
}

/// Where a processor has nothing else to do, compiling costs so much less: whoever runs the code does not wait.
const ASIDE: u64 = 4;

/// Where all have something to do, that gets less time too, not only whoever runs the code. But it may be more of the same.
const ASIDE_IF_BUSY: u64 = 2;

/// The time between two looks from which on the thread may have waited for something: only what it has been running counts,
/// which takes a call of the system to find out.
const LONG: Duration = Duration::from_micros(500);

/// Parts of an engine's modules that are published at most: each is a mapping of its own, of which processes have some ten
/// thousands.
const MAX_PUBLISHED: u32 = 16 << 10;

/// Nanoseconds that the interpreter takes for a byte of a body at most, once through.
const MAX_PER_BYTE: u64 = 2;

/// How long a thread waits for something to do before it goes.
const PATIENCE: Duration = Duration::from_secs(2);

thread_local! {
    static WATCH: Cell<Watch> = const { Cell::new(Watch { last: None, ran: Duration::ZERO, counted: Duration::ZERO, was_away: false }) };
}

/// What is known of a thread's time.
#[derive(Clone, Copy)]
struct Watch {
    /// When it was looked at last.
    last: Option<Instant>,
    /// How long it had been running when that was asked last.
    ran: Duration,
    /// How much of its time has counted since.
    counted: Duration,
    /// It has gone on in compiled code since, for who knows how long.
    was_away: bool,
}

impl Watch {
    /// What this thread has spent since the last look.
    fn spent(&mut self) -> Duration {
        let now = Instant::now();
        let Some(last) = self.last.replace(now) else {
            (self.ran, self.counted) = (sarsen_vm::thread_time().unwrap_or_default(), Duration::ZERO);
            return Duration::ZERO;
        };
        let spent = now - last;
        if spent > LONG {
            let ran = sarsen_vm::thread_time();
            let since = ran.map_or(LONG, |ran| ran.saturating_sub(self.ran).saturating_sub(self.counted));
            (self.ran, self.counted) = (ran.unwrap_or_default(), Duration::ZERO);
            let most = if self.was_away { LONG } else { since };
            self.was_away = false;
            return spent.min(most);
        }
        self.was_away = false;
        // Who waits for a moment only is taken to have been running.
        self.counted += spent;
        spent
    }

    /// The time until now was spent on something else than the code that will be looked at next.
    fn forget(&mut self) {
        self.last = Some(Instant::now());
        self.ran = sarsen_vm::thread_time().unwrap_or_default();
        self.counted = Duration::ZERO;
    }
}

/// Something to be compiled.
struct Job {
    code: Weak<ModuleCode>,
    part: Part,
    heat: u64,
}

/// Does something with what is known of this thread's time.
fn with_watch<R>(change: impl FnOnce(&mut Watch) -> R) -> R {
    let mut watch = WATCH.get();
    let result = change(&mut watch);
    WATCH.set(watch);
    result
}

/// An engine's queue.
pub(crate) struct Queue {
    settings: TierUp,
    /// Threads that may compile; counted when the first look wants to know, because to ask the system takes time.
    threads: OnceLock<usize>,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    news: Condvar,
    /// As [`Load::is_high`] says.
    is_busy: AtomicBool,
    /// Parts of modules that have been published.
    published: AtomicU32,
}

#[derive(Default)]
struct State {
    jobs: Vec<Job>,
    threads: usize,
    /// Threads that wait for news.
    idle: usize,
    is_closed: bool,
    load: Load,
}

/// How busy processors are: how long compiling has taken lately, and how much of that threads have been running.
#[derive(Default)]
struct Load {
    took: Duration,
    ran: Duration,
}

impl Load {
    /// Time that counts: what was before is forgotten bit by bit.
    const WINDOW: Duration = Duration::from_millis(20);

    fn note(&mut self, took: Duration, ran: Duration) {
        self.took += took;
        self.ran += ran;
        while self.took > Load::WINDOW {
            (self.took, self.ran) = (self.took / 2, self.ran / 2);
        }
    }

    /// Whether threads that compile have to share processors.
    fn is_high(&self) -> bool {
        self.took > self.ran * 3 / 2 && self.took > Load::WINDOW / 8
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue {
    pub(crate) fn new(settings: TierUp) -> Queue {
        Queue { settings, threads: OnceLock::new(), shared: Arc::default() }
    }

    fn threads(&self) -> usize {
        *self.threads.get_or_init(|| {
            let processors = std::thread::available_parallelism().map_or(1, usize::from);
            // Until it turns out otherwise: with a single processor, whoever compiles is in the way.
            self.shared.is_busy.store(processors == 1, Relaxed);
            self.settings.threads.unwrap_or(processors.saturating_sub(1).clamp(1, 4))
        })
    }

    /// What has been spent since the last look on this thread, where a function is found with a body of so many bytes:
    /// nanoseconds, or looks where those are counted.
    pub(super) fn spent(&self, body: usize) -> u64 {
        if self.settings.after.is_some() {
            return 1;
        }
        // The rest, whoever calls guests now and then has spent on something else.
        let most = LOOK_INTERVAL as u64 * body as u64 * MAX_PER_BYTE;
        (with_watch(Watch::spent).as_nanos() as u64).min(most)
    }

    /// Whether one more part may be published; it counts until it is given back.
    pub(super) fn take_room(&self) -> bool {
        let has_room = |count: u32| (count < MAX_PUBLISHED).then_some(count + 1);
        self.shared.published.try_update(Relaxed, Relaxed, has_room).is_ok()
    }

    /// So many parts have gone.
    pub(super) fn give_back(&self, count: u32) {
        self.shared.published.fetch_sub(count, Relaxed);
    }

    /// The time from now on is spent on compiled code, until nobody knows when.
    pub(super) fn goes_away(&self) {
        with_watch(|watch| watch.was_away = true);
    }

    /// The time until now was spent on something else than the code that will be looked at next.
    pub(super) fn forget(&self) {
        with_watch(Watch::forget);
    }

    /// What must have been spent on a function with a body of so many bytes before it is compiled.
    pub(super) fn worth(&self, body: usize) -> u64 {
        if let Some(count) = self.settings.after {
            return u64::from(count);
        }
        let cost = cost(body);
        let aside = match self.threads() {
            0 => 1,
            _ if self.shared.is_busy.load(Relaxed) => ASIDE_IF_BUSY,
            _ => ASIDE,
        };
        cost / aside
    }

    /// Whether others compile than those who run.
    pub(super) fn compiles_aside(&self) -> bool {
        self.threads() > 0
    }

    /// Has something compiled. False if there is nobody for that.
    pub(super) fn push(&self, code: &Arc<ModuleCode>, part: Part, heat: u64) -> bool {
        if self.threads() == 0 {
            return false;
        }
        let mut state = self.shared.state();
        state.jobs.push(Job { code: Arc::downgrade(code), part, heat });
        if state.idle >= state.jobs.len() {
            self.shared.news.notify_one();
        } else if state.threads < self.threads() {
            let shared = Arc::clone(&self.shared);
            let thread = std::thread::Builder::new().name("sarsen-compile".to_owned());
            if thread.spawn(move || work(&shared)).is_ok() {
                state.threads += 1;
            } else if state.threads == 0 {
                state.jobs.pop();
                return false;
            }
        }
        true
    }
}

impl Drop for Queue {
    fn drop(&mut self) {
        self.shared.state().is_closed = true;
        self.shared.news.notify_all();
    }
}

impl fmt::Debug for Queue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Queue").field("settings", &self.settings).finish_non_exhaustive()
    }
}

/// Compiles what there is, the hottest first.
fn work(shared: &Shared) {
    super::COMPILES.set(true);
    let mut changed: Vec<Weak<ModuleCode>> = Vec::new();
    while let Some(job) = next(shared) {
        changed.retain(|known| known.strong_count() > 0);
        if !changed.iter().any(|known| known.ptr_eq(&job.code)) {
            changed.push(Weak::clone(&job.code));
        }
        // Modules that have gone meanwhile need no code. What cannot be compiled stays in the interpreter.
        let Some(code) = job.code.upgrade() else { continue };
        let Some(tier) = code.tiering().and_then(super::known) else { continue };
        let since = (Instant::now(), sarsen_vm::thread_time());
        tier.compile(job.part);
        if let (Some(before), Some(now)) = (since.1, sarsen_vm::thread_time()) {
            let mut state = shared.state();
            state.load.note(since.0.elapsed(), now.saturating_sub(before));
            shared.is_busy.store(state.load.is_high(), Relaxed);
        }
    }
    // Nothing has become hot for a while: a good time to keep what has.
    for code in changed.iter().filter_map(Weak::upgrade) {
        if let Some(tier) = code.tiering().and_then(super::known) {
            tier.save_quietly();
        }
    }
}

/// The next job; none if there will be none.
fn next(shared: &Shared) -> Option<Job> {
    let mut state = shared.state();
    let mut is_patient = true;
    while !state.is_closed {
        let hottest = (0..state.jobs.len()).max_by_key(|&at| state.jobs[at].heat);
        match hottest {
            Some(at) => return Some(state.jobs.swap_remove(at)),
            None if !is_patient => break,
            None => {}
        }
        state.idle += 1;
        let waited = shared.news.wait_timeout(state, PATIENCE).unwrap_or_else(PoisonError::into_inner);
        state = waited.0;
        state.idle -= 1;
        is_patient = !waited.1.timed_out();
    }
    state.threads -= 1;
    None
}
