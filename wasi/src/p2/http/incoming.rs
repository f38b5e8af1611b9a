//! Bodies that come from a peer: their bytes as a stream, then their trailers.
//!
//! # Invariants
//!
//! - The host holds one frame of a body at most, and reads the next when somebody wants it: a guest that does not read holds its
//!   peer up.
//! - A body that is silent for too long has failed, and one that is too long as well.

use super::Body;
use super::error::ErrorCode;
use super::fields::Fields;
use super::limits::MAX_SKIPPED;
use crate::p2::enter_reactor;
use crate::p2::io::{InputStream, Pollable, Ready, StreamError, StreamResult};
use bytes::Bytes;
use http::HeaderMap;
use hyper::body::Body as _;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use tokio::time::Sleep;

/// The resource `incoming-body`.
pub(crate) struct IncomingBody {
    shared: Shared,
    has_stream: bool,
}

/// What the body, its stream and its trailers share; one of them at a time uses it.
#[derive(Clone)]
struct Shared(Arc<Mutex<Receiving>>);

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Receiving> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Receiving {
    body: Body,
    /// What was received and not yet read.
    bytes: Bytes,
    trailers: Option<HeaderMap>,
    end: Option<Result<(), ErrorCode>>,
    /// How long a frame may take, and when the present one has taken too long.
    timeout: Option<Duration>,
    timer: Option<Pin<Box<Sleep>>>,
    /// Bytes that may come.
    left: u64,
    /// What it is if more come.
    too_long: ErrorCode,
}

/// What a body may be like.
pub(super) struct BodyLimits {
    /// How long it may be silent.
    pub(super) timeout: Option<Duration>,
    /// How many bytes it may have.
    pub(super) bytes: Option<u64>,
    /// What it is if it has more.
    pub(super) too_long: fn(Option<u64>) -> ErrorCode,
}

impl IncomingBody {
    pub(super) fn new(body: Body, limits: &BodyLimits) -> IncomingBody {
        let receiving = Receiving {
            body,
            bytes: Bytes::new(),
            trailers: None,
            end: None,
            timeout: limits.timeout,
            timer: None,
            left: limits.bytes.unwrap_or(u64::MAX),
            too_long: (limits.too_long)(limits.bytes),
        };
        IncomingBody { shared: Shared(Arc::new(Mutex::new(receiving))), has_stream: false }
    }

    /// The stream, once.
    pub(super) fn stream(&mut self) -> Option<BodyInput> {
        if std::mem::replace(&mut self.has_stream, true) {
            return None;
        }
        Some(BodyInput(self.shared.clone()))
    }

    pub(super) fn finish(self) -> FutureTrailers {
        FutureTrailers(Some(self.shared))
    }
}

impl Receiving {
    /// Waits for bytes, or the end.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        while self.bytes.is_empty() && self.end.is_none() {
            match Pin::new(&mut self.body).poll_frame(cx) {
                Poll::Pending => return self.poll_timer(cx),
                Poll::Ready(None) => self.end = Some(Ok(())),
                Poll::Ready(Some(Err(error))) => self.end = Some(Err(error)),
                Poll::Ready(Some(Ok(frame))) => {
                    self.timer = None;
                    match frame.into_data() {
                        Ok(bytes) => self.receive(bytes),
                        Err(frame) => self.trailers = frame.into_trailers().ok(),
                    }
                }
            }
        }
        Poll::Ready(())
    }

    fn receive(&mut self, bytes: Bytes) {
        match self.left.checked_sub(bytes.len() as u64) {
            Some(left) => (self.left, self.bytes) = (left, bytes),
            None => self.end = Some(Err(self.too_long.clone())),
        }
    }

    fn poll_timer(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let Some(timeout) = self.timeout else { return Poll::Pending };
        if self.timer.is_none() {
            match enter_reactor(|| tokio::time::sleep(timeout)) {
                Ok(timer) => self.timer = Some(Box::pin(timer)),
                Err(error) => self.end = Some(Err(ErrorCode::internal(error))),
            }
        }
        let is_over = self.timer.as_mut().is_some_and(|timer| timer.as_mut().poll(cx).is_ready());
        if is_over {
            self.end = Some(Err(ErrorCode::ConnectionReadTimeout));
        }
        if self.end.is_some() { Poll::Ready(()) } else { Poll::Pending }
    }

    /// Waits for the end and forgets the bytes before it.
    fn poll_end(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), ErrorCode>> {
        for _ in 0..MAX_SKIPPED {
            if self.poll(cx).is_pending() {
                return Poll::Pending;
            }
            self.bytes.clear();
            if let Some(end) = &self.end {
                return Poll::Ready(end.clone());
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

/// The stream of a body.
pub(super) struct BodyInput(Shared);

impl Pollable for BodyInput {
    fn ready<'a>(&'a mut self) -> Ready<'a> {
        Box::pin(poll_fn(|cx| self.0.lock().poll(cx)))
    }
}

impl InputStream for BodyInput {
    fn read(&mut self, max: usize) -> StreamResult<Bytes> {
        let mut receiving = self.0.lock();
        if receiving.poll(&mut Context::from_waker(Waker::noop())).is_pending() || max == 0 {
            return Ok(Bytes::new());
        }
        let len = receiving.bytes.len().min(max);
        match &receiving.end {
            _ if len > 0 => Ok(receiving.bytes.split_to(len)),
            Some(Err(error)) => Err(StreamError::failed(error.clone())),
            _ => Err(StreamError::Closed),
        }
    }
}

/// The resource `future-trailers`. It is used up when the guest has been told.
pub(crate) struct FutureTrailers(Option<Shared>);

/// What a guest is told of trailers: none that have come, or why the body has failed.
pub(super) type Trailers = Result<Option<Fields>, ErrorCode>;

impl FutureTrailers {
    /// The trailers once they are there; an error if they have been asked for before.
    pub(super) fn get(&mut self) -> Option<Result<Trailers, ()>> {
        let Some(shared) = &self.0 else { return Some(Err(())) };
        let trailers = {
            let mut receiving = shared.lock();
            match receiving.poll_end(&mut Context::from_waker(Waker::noop())) {
                Poll::Pending => return None,
                Poll::Ready(Ok(())) => Ok(receiving.trailers.take().as_ref().map(Fields::received)),
                Poll::Ready(Err(error)) => Err(error),
            }
        };
        self.0 = None;
        Some(Ok(trailers))
    }
}

impl Pollable for FutureTrailers {
    fn ready<'a>(&'a mut self) -> Ready<'a> {
        Box::pin(poll_fn(|cx| match &self.0 {
            Some(shared) => shared.lock().poll_end(cx).map(drop),
            None => Poll::Ready(()),
        }))
    }
}
