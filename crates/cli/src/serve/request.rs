//! Between a request and its answer: how many there are at once, what becomes of guests that fail, and what is written down.

use super::deadline::Deadlines;
use super::guest::Guests;
use super::log::{AccessLog, Entry};
use crate::terminal;
use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::{Request, Response, StatusCode};
use sarsen_wasi::p2::http::{Body as GuestBody, ErrorCode};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};
use tokio::sync::{Semaphore, oneshot};

/// What all connections share.
pub(super) struct Server {
    guests: Arc<Guests>,
    places: Arc<Semaphore>,
    deadlines: Arc<Deadlines>,
    timeout: Duration,
    log: Option<Arc<AccessLog>>,
}

impl Server {
    pub(super) fn new(guests: Guests, places: usize, timeout: Duration, log: Option<AccessLog>) -> Server {
        Server {
            guests: Arc::new(guests),
            places: Arc::new(Semaphore::new(places.clamp(1, Semaphore::MAX_PERMITS))),
            deadlines: Arc::new(Deadlines::new(timeout)),
            timeout,
            log: log.map(Arc::new),
        }
    }

    /// Answers a request, whatever happens.
    pub(super) async fn answer(
        self: Arc<Server>,
        request: Request<Incoming>,
        client: SocketAddr,
    ) -> Result<Response<Logged>, Infallible> {
        let start = Instant::now();
        let entry = self.log.as_ref().map(|_| Entry::of(&request, client));
        let response = self.ask(request).await;
        let log = self.log.clone().zip(entry).map(|(log, mut entry)| {
            entry.status = response.status().as_u16();
            Writing { log, entry, start }
        });
        Ok(response.map(|body| Logged { body, log }))
    }

    /// Lets a guest answer, when there is a place for it.
    async fn ask(&self, request: Request<Incoming>) -> Response<GuestBody> {
        let waiting = tokio::time::timeout(self.timeout, Arc::clone(&self.places).acquire_owned());
        let Ok(Ok(place)) = waiting.await else {
            return refusal(StatusCode::SERVICE_UNAVAILABLE, "The server is busy.\n");
        };
        let (reply, answer) = oneshot::channel();
        let (guests, deadlines) = (Arc::clone(&self.guests), Arc::clone(&self.deadlines));
        let what = format!("{} {}", request.method(), request.uri());
        tokio::task::spawn_blocking(move || {
            if let Err(error) = guests.handle(request, reply, &deadlines) {
                terminal::complain(&format!("error: {what}: {error}"));
            }
            drop(place);
        });
        match answer.await {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => {
                terminal::complain(&format!("error: the guest has answered with an error: {error}"));
                refusal(StatusCode::INTERNAL_SERVER_ERROR, "The guest has failed.\n")
            }
            // It has failed, or ended without an answer.
            Err(_) => refusal(StatusCode::INTERNAL_SERVER_ERROR, "The guest has failed.\n"),
        }
    }
}

/// An answer of the server's own.
fn refusal(status: StatusCode, text: &'static str) -> Response<GuestBody> {
    let body = Full::from(text).map_err(|never| match never {}).boxed_unsync();
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain"));
    response
}

/// A body that is written down when it has been passed on.
pub(super) struct Logged {
    body: GuestBody,
    log: Option<Writing>,
}

struct Writing {
    log: Arc<AccessLog>,
    entry: Entry,
    start: Instant,
}

impl Body for Logged {
    type Data = bytes::Bytes;
    type Error = ErrorCode;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<bytes::Bytes>, ErrorCode>>> {
        let frame = Pin::new(&mut self.body).poll_frame(cx);
        if let Some(Writing { entry, .. }) = &mut self.log {
            match &frame {
                Poll::Ready(Some(Ok(frame))) => {
                    entry.bytes += frame.data_ref().map_or(0, |data| data.len() as u64)
                }
                Poll::Ready(None) => entry.complete = true,
                _ => {}
            }
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Logged {
    fn drop(&mut self) {
        if let Some(Writing { log, mut entry, start }) = self.log.take() {
            // Bodies whose end is known are not asked again.
            entry.complete |= self.body.is_end_stream();
            entry.milliseconds = start.elapsed().as_secs_f64() * 1e3;
            log.write(&entry);
        }
    }
}
