//! Bodies that go to a peer: what the guest writes, passed on piece by piece, then trailers.
//!
//! # Invariants
//!
//! - Between guest and peer there are [`MAX_IN_FLIGHT`] bytes at most, in one piece. Where there is no room, writing is not
//!   permitted.
//! - A body that the guest has not finished, or of another length than its head says, never looks complete to the peer.

use super::Body;
use super::error::ErrorCode;
use super::fields::Fields;
use super::limits::MAX_IN_FLIGHT;
use crate::p2::io::{OutputStream, Pollable, Ready, StreamError, StreamResult};
use bytes::{Bytes, BytesMut};
use http::HeaderMap;
use http_body_util::BodyExt;
use hyper::body::{Frame, SizeHint};
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

/// The resource `outgoing-body`.
pub(crate) struct OutgoingBody {
    pipe: Pipe,
    has_stream: bool,
}

/// What the guest writes to and the peer is sent from.
#[derive(Clone)]
struct Pipe(Arc<Mutex<State>>);

struct State {
    bytes: BytesMut,
    end: Option<End>,
    /// Nobody takes more, be it that all is there.
    is_closed: bool,
    /// Nobody has taken all that was written.
    is_lost: bool,
    reader: Option<Waker>,
    writer: Option<Waker>,
    written: u64,
    /// What has to be written, if that was said, and what it is if more or less was.
    expected: Option<u64>,
    wrong: fn(Option<u64>) -> ErrorCode,
}

enum End {
    Finished(Option<HeaderMap>),
    Aborted,
}

impl Pipe {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn end(&self, end: End) {
        let mut state = self.lock();
        if state.end.is_none() {
            state.end = Some(end);
        }
        let reader = state.reader.take();
        drop(state);
        reader.into_iter().for_each(Waker::wake);
    }
}

impl OutgoingBody {
    /// A body, and what is sent of it; `expected` is its length, if that was said.
    pub(super) fn new(expected: Option<u64>, wrong: fn(Option<u64>) -> ErrorCode) -> (OutgoingBody, Body) {
        let state = State {
            bytes: BytesMut::new(),
            end: None,
            is_closed: false,
            is_lost: false,
            reader: None,
            writer: None,
            written: 0,
            expected,
            wrong,
        };
        let pipe = Pipe(Arc::new(Mutex::new(state)));
        let body = Taken(pipe.clone()).boxed_unsync();
        (OutgoingBody { pipe, has_stream: false }, body)
    }

    /// The stream, once.
    pub(super) fn stream(&mut self) -> Option<BodyOutput> {
        if std::mem::replace(&mut self.has_stream, true) {
            return None;
        }
        Some(BodyOutput(self.pipe.clone()))
    }

    /// Says that it is complete.
    pub(super) fn finish(self, trailers: Option<&Fields>) -> Result<(), ErrorCode> {
        let (written, expected, wrong) = {
            let state = self.pipe.lock();
            (state.written, state.expected, state.wrong)
        };
        if expected.is_some_and(|expected| expected != written) {
            return Err(wrong(Some(written)));
        }
        self.pipe.end(End::Finished(trailers.map(Fields::to_map)));
        Ok(())
    }
}

impl Drop for OutgoingBody {
    fn drop(&mut self) {
        // Unless it is finished: then this comes too late.
        self.pipe.end(End::Aborted);
    }
}

/// The stream of a body.
pub(super) struct BodyOutput(Pipe);

impl Pollable for BodyOutput {
    fn ready<'a>(&'a mut self) -> Ready<'a> {
        Box::pin(poll_fn(|cx| {
            let mut state = self.0.lock();
            if state.is_closed || state.bytes.len() < MAX_IN_FLIGHT {
                return Poll::Ready(());
            }
            state.writer = Some(cx.waker().clone());
            Poll::Pending
        }))
    }
}

impl OutputStream for BodyOutput {
    fn check_write(&mut self) -> StreamResult<usize> {
        let state = self.0.lock();
        if state.is_closed {
            return Err(StreamError::Closed);
        }
        Ok(MAX_IN_FLIGHT.saturating_sub(state.bytes.len()))
    }

    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        let mut state = self.0.lock();
        if state.is_closed {
            return Err(StreamError::Closed);
        }
        state.written = state.written.saturating_add(bytes.len() as u64);
        if state.expected.is_some_and(|expected| state.written > expected) {
            return Err(StreamError::failed((state.wrong)(Some(state.written))));
        }
        if state.bytes.is_empty() {
            state.bytes = bytes.try_into_mut().unwrap_or_else(|bytes| BytesMut::from(&*bytes));
        } else {
            state.bytes.extend_from_slice(&bytes);
        }
        let reader = state.reader.take();
        drop(state);
        reader.into_iter().for_each(Waker::wake);
        Ok(())
    }

    fn flush(&mut self) -> StreamResult<()> {
        if self.0.lock().is_lost { Err(StreamError::Closed) } else { Ok(()) }
    }

    fn is_flushed(&mut self) -> StreamResult<bool> {
        // What is written is on its way, as far as there is one: a guest may write before it has sent the head.
        self.flush().map(|()| true)
    }
}

/// What the peer is sent.
struct Taken(Pipe);

impl hyper::body::Body for Taken {
    type Data = Bytes;
    type Error = ErrorCode;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, ErrorCode>>> {
        let mut state = self.0.lock();
        if !state.bytes.is_empty() {
            let bytes = std::mem::take(&mut state.bytes).freeze();
            let writer = state.writer.take();
            drop(state);
            writer.into_iter().for_each(Waker::wake);
            return Poll::Ready(Some(Ok(Frame::data(bytes))));
        }
        match &mut state.end {
            None => {
                state.reader = Some(cx.waker().clone());
                Poll::Pending
            }
            Some(End::Finished(trailers)) => {
                Poll::Ready(trailers.take().map(|trailers| Ok(Frame::trailers(trailers))))
            }
            Some(End::Aborted) => {
                Poll::Ready(Some(Err(ErrorCode::internal("the guest has not finished the body"))))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        let state = self.0.lock();
        state.bytes.is_empty() && matches!(state.end, Some(End::Finished(None)))
    }

    fn size_hint(&self) -> SizeHint {
        let state = self.0.lock();
        let taken = state.written - state.bytes.len() as u64;
        let left = state.expected.map(|expected| expected.saturating_sub(taken));
        left.map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.is_closed = true;
        state.is_lost = !std::mem::take(&mut state.bytes).is_empty();
        let writer = state.writer.take();
        drop(state);
        writer.into_iter().for_each(Waker::wake);
    }
}
