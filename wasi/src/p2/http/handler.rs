//! `wasi:http/outgoing-handler`: what a guest has put together becomes a request, and the answer a resource.

use super::client::{self, Call};
use super::ctx::{Decision, RequestConfig, WasiHttpCtxView, WasiHttpView};
use super::error::ErrorCode;
use super::fields::Fields;
use super::functions::{Outcome, told};
use super::incoming::{BodyLimits, IncomingBody};
use super::types::{Content, IncomingResponse, Method, OutgoingRequest, RequestOptions, Scheme};
use super::{Answer, Body, http_functions};
use crate::p2::io::{Pollable, Ready};
use crate::p2::{reactor, versioned};
use bytes::Bytes;
use http::{HeaderValue, Request, Uri, header};
use http_body_util::{BodyExt, Empty};
use sarsen::Result;
use sarsen_component::{Linker, Resource};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use tokio::task::JoinHandle;

/// The resource `future-incoming-response`.
pub(crate) struct FutureIncomingResponse {
    answering: Answering,
    /// What the body of the answer may be like.
    limits: BodyLimits,
}

/// What ends with the resource.
struct Answering(State);

enum State {
    Waiting(JoinHandle<Answer>),
    Answered(Answer),
    /// The guest has got it.
    Taken,
}

pub(super) fn define<T: WasiHttpView + Send + 'static>(linker: &mut Linker<T>) -> Result<()> {
    let mut linker = linker.instance(&versioned("wasi:http/outgoing-handler"))?;
    http_functions! { linker, told;
        "handle" = handle_outgoing(
            request: Resource<OutgoingRequest>,
            options: Option<Resource<RequestOptions>>
        );
    }
    Ok(())
}

impl WasiHttpCtxView<'_> {
    fn handle_outgoing(
        &mut self,
        request: Resource<OutgoingRequest>,
        options: Option<Resource<RequestOptions>>,
    ) -> Outcome<Resource<FutureIncomingResponse>> {
        let request = self.table.delete(request)?;
        let options = match options {
            Some(options) => self.table.delete(options)?,
            None => RequestOptions::default(),
        };
        let mut config = RequestConfig::default();
        let RequestOptions { connect, first_byte, between_bytes } = options;
        config.connect_timeout = connect.unwrap_or(config.connect_timeout);
        config.first_byte_timeout = first_byte.unwrap_or(config.first_byte_timeout);
        config.between_bytes_timeout = between_bytes.unwrap_or(config.between_bytes_timeout);
        let answering = match self.hooks.outgoing(assemble(request)?, &mut config) {
            Decision::Deny(code) => return Err(code.into()),
            Decision::ByGrants(request) => self.send(request, config, false)?,
            Decision::Allow(request) => self.send(request, config, true)?,
            Decision::Answer(answer) => spawn(answer)?,
        };
        let limits = BodyLimits {
            timeout: Some(config.between_bytes_timeout),
            bytes: self.ctx.max_incoming_body,
            too_long: ErrorCode::HttpResponseBodySize,
        };
        Ok(self.table.push(FutureIncomingResponse { answering, limits })?)
    }

    fn send(
        &mut self,
        request: Request<Body>,
        config: RequestConfig,
        is_allowed: bool,
    ) -> Result<Answering, ErrorCode> {
        let tls = match request.uri().scheme_str() {
            Some("http") => None,
            Some("https") => Some(self.ctx.trust.config()?),
            _ => return Err(ErrorCode::HttpProtocolError),
        };
        let place = Arc::clone(&self.ctx.places).try_acquire_owned();
        let place = place.map_err(|_| ErrorCode::ConnectionLimitReached)?;
        let policy = (!is_allowed).then(|| self.ctx.policy.clone());
        let lookups = Arc::clone(&self.ctx.lookups);
        spawn(client::send(Call { request, config, policy, tls, place, lookups }))
    }
}

fn spawn(answer: impl Future<Output = Answer> + Send + 'static) -> Result<Answering, ErrorCode> {
    let reactor = reactor().map_err(ErrorCode::internal)?;
    Ok(Answering(State::Waiting(reactor.spawn(answer))))
}

/// Makes a request of what a guest has said of it.
fn assemble(request: OutgoingRequest) -> Result<Request<Body>, ErrorCode> {
    let method = request.method.to_http().ok_or(ErrorCode::HttpRequestMethodInvalid)?;
    // After one of these, a connection would speak something else.
    if request.method == Method::Connect {
        return Err(ErrorCode::HttpRequestMethodInvalid);
    }
    let scheme = match &request.scheme {
        None | Some(Scheme::Https) => "https",
        Some(Scheme::Http) => "http",
        Some(Scheme::Other(name)) => name,
    };
    let authority = request.authority.ok_or(ErrorCode::HttpRequestUriInvalid)?;
    let path = match request.path_with_query.unwrap_or_default() {
        path if path.starts_with('/') || path == "*" => path,
        path => format!("/{path}"),
    };
    let uri = Uri::builder().scheme(scheme).authority(authority).path_and_query(path).build();
    let length = request.headers.content_length().map_err(|()| ErrorCode::HttpProtocolError)?;
    let mut headers = request.headers.to_map();
    let body = match request.body {
        Content::Some(body) => {
            if length.is_none() {
                // Said here, because a body is not expected of all methods and would be left out.
                headers.insert(header::TRANSFER_ENCODING, HeaderValue::from_static("chunked"));
            }
            body
        }
        Content::None if length.is_some_and(|length| length > 0) => {
            return Err(ErrorCode::HttpRequestBodySize(Some(0)));
        }
        Content::None => empty(),
    };
    let mut assembled = Request::new(body);
    *assembled.method_mut() = method;
    *assembled.uri_mut() = uri.map_err(|_| ErrorCode::HttpRequestUriInvalid)?;
    *assembled.headers_mut() = headers;
    Ok(assembled)
}

/// A body with nothing in it.
pub(super) fn empty() -> Body {
    Empty::<Bytes>::new().map_err(|never| match never {}).boxed_unsync()
}

impl FutureIncomingResponse {
    /// The answer once it is there; an error if it has been taken before.
    pub(super) fn get(&mut self) -> Option<Result<Result<IncomingResponse, ErrorCode>, ()>> {
        if self.answering.poll(&mut Context::from_waker(Waker::noop())).is_pending() {
            return None;
        }
        let State::Answered(answer) = std::mem::replace(&mut self.answering.0, State::Taken) else {
            return Some(Err(()));
        };
        Some(Ok(answer.map(|answer| {
            let (parts, body) = answer.into_parts();
            IncomingResponse {
                status: parts.status.as_u16(),
                headers: Fields::received(&parts.headers),
                body: Some(IncomingBody::new(body, &self.limits)),
            }
        })))
    }
}

impl Answering {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if let State::Waiting(task) = &mut self.0 {
            let answer = std::task::ready!(Pin::new(task).poll(cx));
            self.0 = State::Answered(answer.unwrap_or_else(|error| Err(ErrorCode::internal(error))));
        }
        Poll::Ready(())
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        if let State::Waiting(task) = &self.0 {
            task.abort();
        }
    }
}

impl Pollable for FutureIncomingResponse {
    fn ready<'a>(&'a mut self) -> Ready<'a> {
        Box::pin(std::future::poll_fn(|cx| self.answering.poll(cx)))
    }
}
