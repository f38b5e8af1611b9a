//! The two streams of a TCP connection.
//!
//! # Invariants
//!
//! - What the guest has written and the system has not taken is at most one write, which a task of its own finishes: a guest that
//!   goes on to wait for the answer has its question sent.
//! - That task ends some time after its stream has gone, whether the peer reads or not.

use super::socket::{Stream, shut};
use crate::p2::io::{InputStream, OutputStream, Pollable, Ready, StreamError, StreamResult};
use crate::p2::reactor;
use crate::p2::sockets::types::ErrorCode;
use bytes::Bytes;
use std::io;
use std::net::Shutdown;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::task::AbortHandle;

/// Bytes that one read gives or one write takes at most.
const PIECE: usize = 64 << 10;

/// How long a peer has to take what was written before the end.
const FAREWELL: Duration = Duration::from_secs(10);

/// What comes from the peer.
pub(crate) struct TcpInput {
    stream: Arc<Stream>,
    is_shut: Arc<AtomicBool>,
    has_ended: bool,
}

impl TcpInput {
    pub(super) fn new(stream: Arc<Stream>, is_shut: Arc<AtomicBool>) -> TcpInput {
        TcpInput { stream, is_shut, has_ended: false }
    }

    fn has_ended(&self) -> bool {
        self.has_ended || self.is_shut.load(Ordering::Relaxed)
    }
}

impl Pollable for TcpInput {
    fn ready<'a>(&'a mut self) -> Ready<'a> {
        Box::pin(async move {
            if !self.has_ended() {
                // An error is something to be read.
                let _ = self.stream.readable().await;
            }
        })
    }
}

impl InputStream for TcpInput {
    fn read(&mut self, max: usize) -> StreamResult<Bytes> {
        if self.has_ended() {
            return Err(StreamError::Closed);
        }
        if max == 0 {
            return Ok(Bytes::new());
        }
        let mut buffer = vec![0; max.min(PIECE)];
        match self.stream.try_read(&mut buffer) {
            Ok(0) => {
                self.has_ended = true;
                Err(StreamError::Closed)
            }
            Ok(count) => {
                buffer.truncate(count);
                Ok(buffer.into())
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(Bytes::new()),
            Err(error) => {
                self.has_ended = true;
                Err(failed(&error))
            }
        }
    }
}

fn failed(error: &io::Error) -> StreamError {
    StreamError::failed(ErrorCode::from(error))
}

/// What goes to the peer.
pub(crate) struct TcpOutput(Arc<Writer>);

/// The sending half of a connection.
pub(super) struct Writer {
    stream: Arc<Stream>,
    state: Mutex<Sending>,
    /// Whether a task is writing.
    is_busy: watch::Sender<bool>,
}

#[derive(Default)]
struct Sending {
    /// Nothing more may be written.
    is_shut: bool,
    /// What the task has met.
    error: Option<io::Error>,
    task: Option<AbortHandle>,
}

impl Writer {
    pub(super) fn new(stream: Arc<Stream>) -> Writer {
        Writer { stream, state: Mutex::default(), is_busy: watch::Sender::new(false) }
    }

    fn lock(&self) -> MutexGuard<'_, Sending> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends the stream behind what was written.
    pub(super) fn shutdown(&self) -> io::Result<()> {
        let mut state = self.lock();
        if std::mem::replace(&mut state.is_shut, true) || *self.is_busy.borrow() {
            return Ok(());
        }
        shut(&self.stream, Shutdown::Write)
    }

    /// Fails if nothing can be written any more.
    fn check(&self) -> StreamResult<()> {
        let mut state = self.lock();
        if let Some(error) = state.error.take() {
            state.is_shut = true;
            return Err(failed(&error));
        }
        if state.is_shut { Err(StreamError::Closed) } else { Ok(()) }
    }

    /// Sends what the system does not take at once.
    fn finish(self: &Arc<Self>, rest: Bytes) -> io::Result<()> {
        let writer = Arc::clone(self);
        let mut state = self.lock();
        let task = reactor()?.spawn(async move {
            let result = write_all(&writer.stream, &rest).await;
            let mut state = writer.lock();
            state.error = result.err();
            state.task = None;
            writer.is_busy.send_replace(false);
            if state.is_shut {
                // Whoever has shut it down has been told that it went well.
                let _ = shut(&writer.stream, Shutdown::Write);
            }
        });
        state.task = Some(task.abort_handle());
        self.is_busy.send_replace(true);
        Ok(())
    }
}

async fn write_all(stream: &TcpStream, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        stream.writable().await?;
        match stream.try_write(bytes) {
            Ok(count) => bytes = &bytes[count..],
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

impl TcpOutput {
    pub(super) fn new(writer: Arc<Writer>) -> TcpOutput {
        TcpOutput(writer)
    }
}

impl Pollable for TcpOutput {
    fn ready<'a>(&'a mut self) -> Ready<'a> {
        Box::pin(async move {
            // The sender lives as long as this stream.
            let _ = self.0.is_busy.subscribe().wait_for(|is_busy| !is_busy).await;
            let is_over = {
                let state = self.0.lock();
                state.is_shut || state.error.is_some()
            };
            if !is_over {
                let _ = self.0.stream.writable().await;
            }
        })
    }
}

impl OutputStream for TcpOutput {
    fn check_write(&mut self) -> StreamResult<usize> {
        self.0.check()?;
        if *self.0.is_busy.borrow() {
            return Ok(0);
        }
        match self.0.stream.poll_write_ready(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(_) => Ok(PIECE),
            Poll::Pending => Ok(0),
        }
    }

    fn write(&mut self, mut bytes: Bytes) -> StreamResult<()> {
        self.0.check()?;
        while !bytes.is_empty() {
            match self.0.stream.try_write(&bytes) {
                Ok(count) => drop(bytes.split_to(count)),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    return Ok(self.0.finish(bytes)?);
                }
                Err(error) => {
                    self.0.lock().is_shut = true;
                    return Err(failed(&error));
                }
            }
        }
        Ok(())
    }

    fn flush(&mut self) -> StreamResult<()> {
        self.0.check()
    }

    fn is_flushed(&mut self) -> StreamResult<bool> {
        self.0.check()?;
        Ok(!*self.0.is_busy.borrow())
    }
}

impl Drop for TcpOutput {
    fn drop(&mut self) {
        if let Some(task) = self.0.lock().task.take() {
            match reactor() {
                Ok(reactor) => drop(reactor.spawn(async move {
                    tokio::time::sleep(FAREWELL).await;
                    task.abort();
                })),
                Err(_) => task.abort(),
            }
        }
    }
}
