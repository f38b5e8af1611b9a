//! How a run ends: by itself, by Ctrl-C, because its time is over, or because nobody reads what it writes.
//!
//! # Invariants
//!
//! - The first reason counts; a guest that was told to end, and does not within [`GRACE`], is ended with the process.
//! - What the guest has written arrives, however it ends, unless nobody takes it.
//!
//! Does not start the guest.

use crate::failure::{Failure, INTERRUPTED, TIMED_OUT, UNREAD};
use sarsen::{InterruptHandle, Store, Trap};
use sarsen_wasi::Exit;
use sarsen_wasi::p1::WasiP1Ctx;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::mpsc;
use std::sync::{Arc, OnceLock, Weak};
use std::thread;
use std::time::Duration;

/// How long a guest has for ending, once it was told to. One that cannot be stopped has no time.
const GRACE: Duration = Duration::from_secs(2);

/// How long its output has for arriving where nobody may be reading.
const FLUSH: Duration = Duration::from_millis(200);

/// Why a guest was told to end.
#[derive(Clone, Copy)]
enum Reason {
    CtrlC,
    TimedOut(Duration),
    Unread,
}

/// Whoever reads what the guest writes. Clones are the same one.
#[derive(Clone, Default)]
pub(super) struct Reader(Arc<OnceLock<Weak<Shared>>>);

impl Reader {
    /// Ends the guest, as the system ends a program whose reader went away.
    pub(super) fn went_away(&self) {
        if let Some(shared) = self.0.get().and_then(Weak::upgrade) {
            Ending(shared).end(Reason::Unread);
        }
    }
}

/// What a guest waits for and writes to.
pub(super) trait Output: Send + Sync {
    /// Ends its waits.
    fn stop(&self);

    /// Lets arrive what it has written.
    fn flush(&self) -> std::io::Result<()>;
}

impl Output for WasiP1Ctx {
    fn stop(&self) {
        self.stop_handle().stop();
    }

    fn flush(&self) -> std::io::Result<()> {
        WasiP1Ctx::flush(self)
    }
}

/// Ends one guest. Clones end the same.
#[derive(Clone)]
pub(super) struct Ending(Arc<Shared>);

struct Shared {
    file: PathBuf,
    output: Box<dyn Output>,
    /// None if its code cannot be stopped.
    interrupt: Option<InterruptHandle>,
    reason: OnceLock<Reason>,
}

impl Ending {
    /// From now on, Ctrl-C and the end of `timeout` end the guest of `store`. A `silent` guest can leave nothing behind:
    /// Ctrl-C may end the process as the system does, and starting a thread that waits for it would take longer than
    /// many guests run.
    pub(super) fn watch<T>(
        file: &Path,
        store: &Store<T>,
        output: impl Output + 'static,
        reader: &Reader,
        timeout: Option<Duration>,
        silent: bool,
    ) -> Ending {
        let ending = Ending(Arc::new(Shared {
            file: file.to_owned(),
            output: Box::new(output),
            interrupt: store.engine().is_interruptible().then(|| store.interrupt_handle()),
            reason: OnceLock::new(),
        }));
        let _ = reader.0.set(Arc::downgrade(&ending.0));
        if !silent {
            let other = ending.clone();
            // Where there can be no handler, Ctrl-C ends the process too.
            let _ = ctrlc::set_handler(move || other.ctrl_c());
        }
        if let Some(timeout) = timeout {
            let other = ending.clone();
            thread::spawn(move || {
                thread::sleep(timeout);
                other.end(Reason::TimedOut(timeout));
            });
        }
        ending
    }

    fn ctrl_c(&self) {
        if let Some(Reason::CtrlC) = self.0.reason.get() {
            process::exit(INTERRUPTED);
        }
        self.end(Reason::CtrlC);
    }

    /// Tells the guest to end, and sees to it that it does.
    fn end(&self, reason: Reason) {
        if self.0.reason.set(reason).is_err() {
            return;
        }
        if let Some(interrupt) = &self.0.interrupt {
            interrupt.interrupt();
        }
        self.0.output.stop();
        let ending = self.clone();
        thread::spawn(move || {
            if ending.0.interrupt.is_some() {
                thread::sleep(GRACE);
            }
            let (done, flushed) = mpsc::channel();
            let shared = Arc::clone(&ending.0);
            thread::spawn(move || {
                let _ = shared.output.flush();
                let _ = done.send(());
            });
            let _ = flushed.recv_timeout(FLUSH);
            let mut failure = ending.ended(reason, "it did not end by itself");
            failure.report();
            process::exit(failure.code());
        });
    }

    /// What an error of the guest's in `file` means: the end that it was told to come to, an exit, or a failure.
    pub(super) fn failure(&self, file: &Path, error: &sarsen::Error) -> Failure {
        if let Some(&reason) = self.0.reason.get() {
            let interrupted = matches!(error.downcast_ref(), Some(Trap::Interrupt));
            let backtrace = error.backtrace().filter(|_| interrupted);
            return self.ended(reason, &backtrace.map(ToString::to_string).unwrap_or_default());
        }
        match error.downcast_ref() {
            Some(Exit(code)) => Failure::exit(exit_code(code.cast_unsigned())),
            None => Failure::of_engine(file, error),
        }
    }

    /// That nobody reads any more, which nothing that the guest does afterwards changes.
    ///
    /// # Errors
    /// If it is so.
    pub(super) fn check_reader(&self) -> Result<(), Failure> {
        match self.0.reason.get() {
            Some(Reason::Unread) => Err(Failure::exit(UNREAD)),
            _ => Ok(()),
        }
    }

    fn ended(&self, reason: Reason, details: &str) -> Failure {
        match reason {
            Reason::CtrlC => Failure::exit(INTERRUPTED),
            Reason::Unread => Failure::exit(UNREAD),
            Reason::TimedOut(timeout) => {
                let message = format!("timed out after {timeout:?}\n{details}");
                Failure::of(&self.0.file, message.trim_end()).with_code(TIMED_OUT)
            }
        }
    }
}

/// What the process exits with where the guest exits with `code`. Unix passes on eight bits, of which an error is not to
/// become success.
fn exit_code(code: u32) -> i32 {
    if cfg!(unix) && code != 0 && code & 0xff == 0 { 0xff } else { code as i32 }
}
