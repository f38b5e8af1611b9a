//! What a server says: a queue before each of its two outputs, so that a reader who does not read keeps nobody from answering.
//!
//! # Invariants
//!
//! - What was written in one piece arrives in one piece, or not at all.
//! - A queue holds [`CAPACITY`] bytes. What does not fit is lost, and counted where somebody can see it.

use crate::terminal;
use sarsen_wasi::{FileOutput, OutputStream};
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// Enough for some thousand lines.
const CAPACITY: usize = 1 << 20;

/// How long a reader has to take what is there in the end.
const FAREWELL: Duration = Duration::from_secs(1);

/// Both outputs.
#[derive(Clone)]
pub(crate) struct Outputs {
    pub(crate) out: Output,
    pub(crate) err: Output,
}

/// An output that never waits.
#[derive(Clone)]
pub(crate) struct Output(Arc<Shared>);

struct Shared {
    queue: Mutex<Queue>,
    changed: Condvar,
    is_terminal: bool,
}

#[derive(Default)]
struct Queue {
    bytes: Vec<u8>,
    /// Something has been taken out and is on its way.
    writing: bool,
    /// Pieces that did not fit.
    lost: u64,
}

impl Outputs {
    /// Starts a thread for each of them.
    pub(super) fn new() -> io::Result<Outputs> {
        let err = Output::new(FileOutput::stderr()?, None)?;
        let out = Output::new(FileOutput::stdout()?, Some(err.clone()))?;
        Ok(Outputs { out, err })
    }

    /// Says what has gone wrong.
    pub(super) fn complain(&self, message: &str) {
        self.err.push(terminal::worded(message).as_bytes());
    }

    /// Lets what is there arrive, if somebody reads.
    pub(super) fn finish(&self) {
        let end = Instant::now() + FAREWELL;
        self.out.finish(end);
        self.err.finish(end);
    }
}

impl Output {
    /// `complaints` is where losses are told; otherwise that is here.
    fn new(target: FileOutput, complaints: Option<Output>) -> io::Result<Output> {
        let is_terminal = target.is_terminal();
        let output =
            Output(Arc::new(Shared { queue: Mutex::default(), changed: Condvar::new(), is_terminal }));
        let (queued, complaints) = (output.clone(), complaints.unwrap_or_else(|| output.clone()));
        thread::Builder::new()
            .name("sarsen-output".to_owned())
            .spawn(move || queued.deliver(&target, &complaints))?;
        Ok(output)
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.0.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, bytes: &[u8]) {
        let mut queue = self.lock();
        if queue.bytes.len() + bytes.len() > CAPACITY {
            queue.lost += 1;
            return;
        }
        queue.bytes.extend_from_slice(bytes);
        self.0.changed.notify_all();
    }

    /// Passes on what is in the queue, until nobody will ever read it.
    fn deliver(&self, target: &FileOutput, complaints: &Output) {
        let mut queue = self.lock();
        loop {
            queue.writing = false;
            self.0.changed.notify_all();
            while queue.bytes.is_empty() {
                queue = self.0.changed.wait(queue).unwrap_or_else(PoisonError::into_inner);
            }
            let bytes = std::mem::take(&mut queue.bytes);
            let lost = std::mem::take(&mut queue.lost);
            queue.writing = true;
            drop(queue);
            let written = write_all(target, &bytes);
            queue = self.lock();
            if written.is_err() {
                // All that comes is forgotten: a server whose reader went away serves on.
                queue.lost = 0;
            } else if lost > 0 {
                drop(queue);
                let what = format!("error: {lost} pieces of output are lost, because nobody read them");
                complaints.push(terminal::worded(&what).as_bytes());
                queue = self.lock();
            }
        }
    }

    fn finish(&self, end: Instant) {
        let queue = self.lock();
        let left = end.saturating_duration_since(Instant::now());
        let is_busy = |queue: &mut Queue| queue.writing || !queue.bytes.is_empty();
        drop(self.0.changed.wait_timeout_while(queue, left, is_busy));
    }
}

fn write_all(target: &FileOutput, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match target.write(bytes) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => bytes = &bytes[written..],
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

impl OutputStream for Output {
    fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        self.push(bytes);
        Ok(bytes.len())
    }

    fn is_terminal(&self) -> bool {
        self.0.is_terminal
    }
}
