//! How far a compilation is, on a terminal.
//!
//! Owns when that is worth saying: not if nobody is looking, and not for what is done at once.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{self, IsTerminal};
use std::time::{Duration, Instant};

/// What takes no longer is not worth a word.
const PATIENCE: Duration = Duration::from_millis(500);

/// Times per second that people see a difference.
const RATE: u8 = 10;

/// A bar, until it is dropped.
pub(super) struct Progress {
    start: Instant,
    bar: Option<ProgressBar>,
}

impl Progress {
    pub(super) fn start() -> Progress {
        let bar = io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(RATE));
            let style =
                ProgressStyle::with_template("compiling [{bar:40}] {pos}/{len} functions, {eta} left");
            bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("=> "))
        });
        Progress { start: Instant::now(), bar }
    }

    /// So many functions are done.
    pub(super) fn report(&self, done: u32, all: u32) {
        if let Some(bar) = &self.bar
            && self.start.elapsed() >= PATIENCE
        {
            bar.set_length(all.into());
            bar.set_position(done.into());
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
