//! Between a request and its answer: how many there are at once, what becomes of guests that fail, and what is written down.

use super::guest::{Ended, Guests};
use super::log::{AccessLog, Line};
use super::output::Outputs;
use super::threads::Threads;
use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper::header::{CONNECTION, CONTENT_TYPE, HOST, HeaderValue};
use hyper::{Request, Response, StatusCode, Version};
use sarsen_wasi::p2::http::{Body as GuestBody, ErrorCode};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

/// What all connections share.
pub(super) struct Server {
    pub(super) guests: Arc<Guests>,
    pub(super) threads: Threads,
    /// Places for requests that are answered.
    pub(super) places: Arc<Semaphore>,
    /// How long a request waits for one.
    pub(super) timeout: Duration,
    pub(super) max_body: Option<u64>,
    pub(super) outputs: Outputs,
    pub(super) log: Option<Arc<AccessLog>>,
}

const BUSY: &str = "The server is busy.\n";
const FAILED: &str = "The guest has failed.\n";
const LATE: &str = "The guest has taken too long.\n";
const NO_HOST: &str = "A request names one host.\n";
const TOO_LARGE: &str = "The body is too large.\n";

impl Server {
    /// Answers a request, whatever happens.
    pub(super) async fn answer(
        self: Arc<Server>,
        request: Request<Incoming>,
        client: SocketAddr,
    ) -> Result<Response<Logged>, Infallible> {
        let mut line = self.log.as_ref().map(|log| log.line(&request, client));
        let response = match self.objection(&request) {
            Some((status, text)) => refusal(status, text),
            None => self.ask(request).await,
        };
        if let Some(line) = &mut line {
            line.answered(response.status().as_u16());
        }
        Ok(response.map(|body| Logged { length: body.size_hint().exact(), body, line }))
    }

    /// Why a guest need not see a request.
    fn objection(&self, request: &Request<Incoming>) -> Option<(StatusCode, &'static str)> {
        // Servers that disagree on which of two names counts can be played off against each other.
        let hosts = request.headers().get_all(HOST).iter().count();
        if hosts > 1 || hosts == 0 && request.version() >= Version::HTTP_11 {
            return Some((StatusCode::BAD_REQUEST, NO_HOST));
        }
        let length = request.body().size_hint().lower();
        let is_too_large = self.max_body.is_some_and(|max| length > max);
        is_too_large.then_some((StatusCode::PAYLOAD_TOO_LARGE, TOO_LARGE))
    }

    /// Lets a guest answer, when there is a place for it.
    async fn ask(self: &Arc<Server>, request: Request<Incoming>) -> Response<GuestBody> {
        let waiting = tokio::time::timeout(self.timeout, Arc::clone(&self.places).acquire_owned());
        let Ok(Ok(place)) = waiting.await else {
            return refusal(StatusCode::SERVICE_UNAVAILABLE, BUSY);
        };
        let (reply, answer) = oneshot::channel();
        let (end, ended) = oneshot::channel();
        let server = Arc::clone(self);
        let started = self.threads.run(move || {
            let what = format!("{} {}", request.method(), request.uri());
            if let Err(problem) = server.guests.handle(request, reply) {
                server.complain(&what, &problem);
                // Whether somebody still waits for an answer is not known here.
                let _ = end.send(problem);
            }
            drop::<OwnedSemaphorePermit>(place);
        });
        if let Err(error) = started {
            self.outputs.complain(&format!("error: cannot start a thread: {error}"));
            return refusal(StatusCode::SERVICE_UNAVAILABLE, BUSY);
        }
        match answer.await {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => {
                self.outputs.complain(&format!("error: the guest has answered with an error: {error}"));
                refusal(StatusCode::INTERNAL_SERVER_ERROR, FAILED)
            }
            Err(_) => match ended.await {
                Ok(Ended::Late) => refusal(StatusCode::GATEWAY_TIMEOUT, LATE),
                // It has failed, or ended without an answer.
                Ok(Ended::Failed(_)) | Err(_) => refusal(StatusCode::INTERNAL_SERVER_ERROR, FAILED),
            },
        }
    }

    fn complain(&self, what: &str, problem: &Ended) {
        match problem {
            Ended::Late => {
                let timeout = self.timeout;
                self.outputs.complain(&format!("error: {what}: ended after {timeout:?}"));
            }
            Ended::Failed(error) => self.outputs.complain(&format!("error: {what}: {error}")),
        }
    }
}

/// An answer of the server's own.
fn refusal(status: StatusCode, text: &'static str) -> Response<GuestBody> {
    let body = Full::from(text).map_err(|never| match never {}).boxed_unsync();
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain"));
    if status == StatusCode::PAYLOAD_TOO_LARGE {
        // What comes of the body is not read.
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// A body that is written down when it has been passed on.
pub(super) struct Logged {
    body: GuestBody,
    /// Of all of it, if that is known before.
    length: Option<u64>,
    line: Option<Line>,
}

impl Body for Logged {
    type Data = bytes::Bytes;
    type Error = ErrorCode;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<bytes::Bytes>, ErrorCode>>> {
        let frame = Pin::new(&mut self.body).poll_frame(cx);
        if let Some(line) = &mut self.line {
            match &frame {
                Poll::Ready(Some(Ok(frame))) => line.passed_on(frame.data_ref().map_or(0, |data| data.len())),
                Poll::Ready(None) => line.complete(),
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
        if let Some(line) = &mut self.line
            // Bodies whose end is known are not asked again.
            && (self.body.is_end_stream() || self.length == Some(line.bytes()))
        {
            line.complete();
        }
    }
}
