//! Many small writes as few large ones, none of which stays behind for long.
//!
//! # Invariants
//!
//! - Bytes leave in the order in which they were written.
//! - The first [`UNBUFFERED`] writes leave at once: most programs do not make more, and need no thread to watch over them.
//! - What is written later leaves when the buffer is full, when somebody flushes, when the last owner goes, or after
//!   [`PATIENCE`]: a reader of a pipe sees a line of a guest that goes on computing.
//!
//! Does not know which other streams must not be overtaken; `p1/io` flushes before those are used.

use super::{OutputStream, PIECE};
use crate::sys::{self, Interest};
use std::fs::File;
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Bytes that are kept back at most.
const CAPACITY: usize = 64 << 10;

/// Writes that are not kept back at all.
const UNBUFFERED: u32 = 32;

/// For how long.
const PATIENCE: Duration = Duration::from_millis(10);

/// How long a wait for whoever reads takes at most before somebody looks whether there is an owner.
const STEP: Duration = Duration::from_millis(50);

/// An output whose small writes are collected.
pub struct Buffered<W: OutputStream + 'static>(Arc<Shared<W>>);

struct Shared<W> {
    inner: W,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    bytes: Vec<u8>,
    /// What went wrong when nobody was there to hear it.
    error: Option<io::Error>,
    /// Why something that was written will never arrive.
    lost: Option<io::ErrorKind>,
    /// Writes that left at once.
    direct: u32,
    /// The thread that does not let bytes wait has been started.
    watched: bool,
    /// There is no owner any more.
    closed: bool,
}

impl State {
    /// Drops what cannot be written.
    fn lose<T>(&mut self, error: io::Error) -> io::Result<T> {
        self.bytes.clear();
        self.lost = Some(error.kind());
        Err(error)
    }
}

impl<W: OutputStream + 'static> Buffered<W> {
    /// Collects writes to `inner`.
    pub fn new(inner: W) -> Buffered<W> {
        Buffered(Arc::new(Shared { inner, state: Mutex::default(), changed: Condvar::new() }))
    }
}

impl<W: OutputStream> Shared<W> {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes everything out. What cannot be written is dropped.
    fn drain(&self, state: &mut State) -> io::Result<()> {
        self.drain_as_far(state, || usize::MAX).map(drop)
    }

    /// The same as far as that takes no waiting; whether that was everything.
    fn drain_ready(&self, state: &mut State) -> io::Result<bool> {
        self.drain_as_far(state, || self.inner.room())
    }

    /// The same as long as there is room.
    fn drain_as_far(&self, state: &mut State, room: impl Fn() -> usize) -> io::Result<bool> {
        let mut at = 0;
        while at < state.bytes.len() {
            let room = room().min(state.bytes.len() - at);
            if room == 0 {
                state.bytes.drain(..at);
                return Ok(false);
            }
            match self.inner.write(&state.bytes[at..at + room]) {
                Ok(0) => return state.lose(io::ErrorKind::WriteZero.into()),
                Ok(written) => at += written,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return state.lose(error),
            }
        }
        state.bytes.clear();
        self.inner.flush().map(|()| true)
    }

    /// Flushes whatever has waited for long enough, until there is no owner. While it waits for whoever reads, it holds up nobody.
    fn watch(&self) {
        let mut state = self.lock();
        while !state.closed {
            if state.bytes.is_empty() {
                state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            (state, _) = self
                .changed
                .wait_timeout_while(state, PATIENCE, |state| !state.closed)
                .unwrap_or_else(PoisonError::into_inner);
            match self.drain_ready(&mut state) {
                Ok(true) => {}
                Ok(false) => {
                    drop(state);
                    if let Some(file) = self.inner.as_file() {
                        // What cannot be waited for is tried again when it is patient enough.
                        let _ = sys::wait(&[(sys::waitable(file), Interest::Write)], STEP);
                    }
                    state = self.lock();
                }
                Err(error) => state.error = Some(error),
            }
        }
    }
}

impl<W: OutputStream> OutputStream for Buffered<W> {
    fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        let mut state = self.0.lock();
        if let Some(error) = state.error.take() {
            return Err(error);
        }
        if state.direct < UNBUFFERED {
            state.direct += 1;
            return self.0.inner.write(bytes);
        }
        if state.bytes.len() + bytes.len() > CAPACITY {
            self.0.drain(&mut state)?;
            if bytes.len() >= CAPACITY {
                return self.0.inner.write(bytes);
            }
        }
        let was_empty = state.bytes.is_empty();
        state.bytes.extend_from_slice(bytes);
        if was_empty && !bytes.is_empty() {
            if !state.watched {
                let shared = Arc::clone(&self.0);
                let watcher = std::thread::Builder::new().name("sarsen-flush".to_owned());
                // Without a thread, nothing waits.
                if watcher.spawn(move || shared.watch()).is_err() {
                    self.0.drain(&mut state)?;
                    return Ok(bytes.len());
                }
                state.watched = true;
            }
            self.0.changed.notify_one();
        }
        Ok(bytes.len())
    }

    fn flush(&self) -> io::Result<()> {
        let mut state = self.0.lock();
        if let Some(error) = state.error.take() {
            return Err(error);
        }
        self.0.drain(&mut state)?;
        // Whoever flushes wants everything to have arrived, and not only what came last.
        state.lost.map_or(Ok(()), |kind| Err(kind.into()))
    }

    fn flush_ready(&self) -> io::Result<bool> {
        // Whoever has the lock is writing.
        let Ok(mut state) = self.0.state.try_lock() else { return Ok(false) };
        if let Some(error) = state.error.take() {
            return Err(error);
        }
        // What is left is the watcher's.
        self.0.drain_ready(&mut state)
    }

    fn is_terminal(&self) -> bool {
        self.0.inner.is_terminal()
    }

    fn as_file(&self) -> Option<&File> {
        self.0.inner.as_file()
    }

    fn room(&self) -> usize {
        let Ok(state) = self.0.state.try_lock() else { return 0 };
        let free = CAPACITY.saturating_sub(state.bytes.len());
        if state.direct >= UNBUFFERED && free >= PIECE { free } else { self.0.inner.room() }
    }
}

impl<W: OutputStream + 'static> Drop for Buffered<W> {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        // Nobody is left to hear of an error.
        let _ = self.0.drain(&mut state);
        state.closed = true;
        self.0.changed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stream::MemoryOutput;
    use std::time::Instant;

    /// Counts the writes that reach it.
    #[derive(Clone)]
    struct Counted(MemoryOutput, Arc<Mutex<usize>>);

    impl OutputStream for Counted {
        fn write(&self, bytes: &[u8]) -> io::Result<usize> {
            *self.1.lock().unwrap() += 1;
            self.0.write(bytes)
        }
    }

    fn counted(capacity: usize) -> Counted {
        Counted(MemoryOutput::new(capacity), Arc::default())
    }

    #[test]
    fn small_writes_become_large_ones() {
        let target = counted(1 << 20);
        let output = warm(&target);
        let start = Instant::now();
        for number in 0..50_000 {
            output.write(format!("{number:05}\n").as_bytes()).unwrap();
        }
        let patience_lost = start.elapsed().as_millis() / PATIENCE.as_millis();
        drop(output);
        let contents = target.0.contents();
        assert_eq!(contents.len(), 300_000);
        assert!(
            contents.chunks(6).zip(0..).all(|(line, number)| line == format!("{number:05}\n").as_bytes())
        );
        assert!(*target.1.lock().unwrap() <= 38 + patience_lost as usize, "{}", target.1.lock().unwrap());
    }

    /// An output that has been written to before.
    fn warm(target: &Counted) -> Buffered<Counted> {
        let output = Buffered::new(target.clone());
        for _ in 0..UNBUFFERED {
            output.write(b"").unwrap();
        }
        output
    }

    #[test]
    fn the_first_writes_leave_at_once() {
        let target = counted(100);
        let output = Buffered::new(target.clone());
        output.write(b"hello").unwrap();
        assert_eq!(target.0.contents(), b"hello");
        assert!(!output.0.lock().watched);
    }

    #[test]
    fn nothing_stays_behind() {
        let target = counted(100);
        let output = warm(&target);
        output.write(b"still here?").unwrap();
        let start = Instant::now();
        while target.0.contents().is_empty() {
            assert!(start.elapsed() < Duration::from_secs(60), "nobody flushed");
            std::thread::sleep(Duration::from_millis(1));
        }
        assert_eq!(target.0.contents(), b"still here?");
    }

    #[test]
    fn errors_reach_the_next_caller() {
        let output = warm(&counted(3));
        output.write(b"abcdef").unwrap();
        assert_eq!(output.flush().unwrap_err().kind(), io::ErrorKind::StorageFull);
        // Nobody may have listened: what is lost stays lost.
        assert_eq!(output.flush().unwrap_err().kind(), io::ErrorKind::StorageFull);
    }

    #[test]
    fn a_large_write_does_not_overtake_small_ones() {
        let target = counted(1 << 20);
        let output = warm(&target);
        output.write(b"first").unwrap();
        assert_eq!(output.write(&[b'x'; 100_000]).unwrap(), 100_000);
        output.write(b"last").unwrap();
        output.flush().unwrap();
        let contents = target.0.contents();
        assert!(contents.starts_with(b"firstx") && contents.ends_with(b"xlast"));
        assert_eq!(contents.len(), 100_009);
    }
}
