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
        let target = io::stderr().is_terminal().then(|| ProgressDrawTarget::stderr_with_hz(RATE));
        Progress { start: Instant::now(), bar: target.map(bar) }
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

fn bar(target: ProgressDrawTarget) -> ProgressBar {
    let style = ProgressStyle::with_template("compiling [{bar:40}] {pos}/{len} functions, {eta} left");
    let style = style.unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("=> ");
    ProgressBar::with_draw_target(None, target).with_style(style)
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use indicatif::TermLike;
    use std::sync::{Arc, Mutex};

    /// A terminal that remembers what it was told.
    #[derive(Clone, Debug, Default)]
    struct Terminal(Arc<Mutex<String>>);

    impl Terminal {
        fn add(&self, text: &str) -> io::Result<()> {
            self.0.lock().unwrap().push_str(text);
            Ok(())
        }

        fn take(&self) -> String {
            std::mem::take(&mut *self.0.lock().unwrap())
        }
    }

    impl TermLike for Terminal {
        fn width(&self) -> u16 {
            100
        }

        fn move_cursor_up(&self, _: usize) -> io::Result<()> {
            Ok(())
        }

        fn move_cursor_down(&self, _: usize) -> io::Result<()> {
            Ok(())
        }

        fn move_cursor_right(&self, _: usize) -> io::Result<()> {
            Ok(())
        }

        fn move_cursor_left(&self, _: usize) -> io::Result<()> {
            Ok(())
        }

        fn write_line(&self, text: &str) -> io::Result<()> {
            self.add(&format!("{text}\n"))
        }

        fn write_str(&self, text: &str) -> io::Result<()> {
            self.add(text)
        }

        fn clear_line(&self) -> io::Result<()> {
            self.add("<clear>")
        }

        fn flush(&self) -> io::Result<()> {
            Ok(())
        }
    }

    /// Progress on such a terminal, of a compilation that has taken so long.
    fn after(time: Duration) -> (Progress, Terminal) {
        let terminal = Terminal::default();
        let target = ProgressDrawTarget::term_like_with_hz(Box::new(terminal.clone()), u8::MAX);
        let start = Instant::now().checked_sub(time).expect("the clock is older");
        (Progress { start, bar: Some(bar(target)) }, terminal)
    }

    #[test]
    fn long_compilations_show_how_far_they_are() {
        let (progress, terminal) = after(PATIENCE);
        progress.report(3, 12);
        let drawn = terminal.take();
        let start = format!("compiling [{}>{}] 3/12 functions, ", "=".repeat(10), " ".repeat(29));
        assert!(drawn.contains(&start) && drawn.contains(" left"), "{drawn:?}");
        drop(progress);
        let end = terminal.take();
        assert!(end.ends_with("<clear>"), "nothing stays on the terminal: {end:?}");
    }

    #[test]
    fn short_compilations_show_nothing() {
        let (progress, terminal) = after(Duration::ZERO);
        progress.report(3, 12);
        drop(progress);
        assert_eq!(terminal.take().replace("<clear>", ""), "");
    }
}
