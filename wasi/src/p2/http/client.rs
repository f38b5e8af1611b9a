//! Sending requests: where to, over which connection, and how long it may take.
//!
//! # Invariants
//!
//! - Nothing is looked up and nobody is connected to without a grant.
//! - A connection serves one request and ends with its answer's body, whatever the peer does.

use super::Body;
use super::error::ErrorCode;
use super::limits::{MAX_FIELDS, MAX_READ_AHEAD};
use super::tls;
use crate::network::{Protocol, SocketPolicy};
use crate::p2::sockets::lookup::resolve;
use bytes::Bytes;
use http::{HeaderValue, Request, Response, Uri, header};
use http_body_util::BodyExt;
use hyper::body::Frame;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::{AbortHandle, spawn, spawn_blocking};
use tokio::time::timeout;

/// A request that is going to be sent.
pub(super) struct Call {
    pub(super) request: Request<Body>,
    pub(super) config: super::RequestConfig,
    /// Where it may go; anywhere if there is none.
    pub(super) policy: Option<SocketPolicy>,
    /// Needed for TLS.
    pub(super) tls: Option<Arc<ClientConfig>>,
    /// Its place among those that are going on.
    pub(super) place: OwnedSemaphorePermit,
    /// Places for looking up its name.
    pub(super) lookups: Arc<Semaphore>,
}

/// Sends a request and waits for the head of the answer.
pub(super) async fn send(call: Call) -> Result<Response<Body>, ErrorCode> {
    let Call { mut request, config, policy, tls, place, lookups } = call;
    let connecting = connect(request.uri().clone(), policy.as_ref(), tls, lookups);
    let connected = timeout(config.connect_timeout, connecting);
    let connection = connected.await.map_err(|_| ErrorCode::ConnectionTimeout)??;
    to_origin_form(&mut request)?;
    let (answer, task) = match connection {
        Connection::Plain(stream) => {
            exchange(TokioIo::new(stream), request, config.first_byte_timeout).await?
        }
        Connection::Tls(stream) => {
            exchange(TokioIo::new(*stream), request, config.first_byte_timeout).await?
        }
    };
    let (parts, body) = answer.into_parts();
    let body = Received { body, _task: task, _place: place }.boxed_unsync();
    Ok(Response::from_parts(parts, body))
}

enum Connection {
    Plain(TcpStream),
    Tls(Box<tokio_rustls::client::TlsStream<TcpStream>>),
}

async fn connect(
    uri: Uri,
    policy: Option<&SocketPolicy>,
    tls: Option<Arc<ClientConfig>>,
    lookups: Arc<Semaphore>,
) -> Result<Connection, ErrorCode> {
    let host = uri.host().ok_or(ErrorCode::HttpRequestUriInvalid)?;
    let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    let port = match uri.authority().map(|authority| authority.port()) {
        Some(Some(port)) => port.as_u16(),
        // A port that is none would be left out silently.
        _ if uri.authority().is_some_and(|all| all.as_str().len() != all.host().len()) => {
            return Err(ErrorCode::HttpRequestUriInvalid);
        }
        _ => {
            if tls.is_some() {
                443
            } else {
                80
            }
        }
    };
    let mut failed = ErrorCode::DestinationNotFound;
    for address in find(host, port, policy, lookups).await? {
        match TcpStream::connect(address).await {
            Ok(stream) => {
                // Heads and the ends of bodies should not wait for more to be sent.
                let _ = stream.set_nodelay(true);
                return match tls {
                    None => Ok(Connection::Plain(stream)),
                    Some(config) => {
                        tls::connect(config, host, stream).await.map(Box::new).map(Connection::Tls)
                    }
                };
            }
            Err(error) => failed = ErrorCode::of_connecting(&error),
        }
    }
    Err(failed)
}

/// The addresses of a host, as far as they are granted.
async fn find(
    host: &str,
    port: u16,
    policy: Option<&SocketPolicy>,
    lookups: Arc<Semaphore>,
) -> Result<Vec<SocketAddr>, ErrorCode> {
    let may_connect =
        |address: &SocketAddr| policy.is_none_or(|policy| policy.allows_connect(Protocol::Tcp, *address));
    if let Ok(address) = host.parse::<IpAddr>() {
        let address = SocketAddr::new(address.to_canonical(), port);
        return if may_connect(&address) { Ok(vec![address]) } else { Err(ErrorCode::HttpRequestDenied) };
    }
    let is_named = policy.is_none_or(|policy| policy.allows_name(host, port));
    if !is_named && !policy.is_none_or(|policy| policy.allows_lookup(host)) {
        return Err(ErrorCode::HttpRequestDenied);
    }
    let name = host.to_owned();
    let place = lookups.acquire_owned().await.map_err(ErrorCode::internal)?;
    let looking_up = spawn_blocking(move || {
        let found = resolve(&name);
        // The system cannot be told to stop: it is counted until it has, even if nobody waits for it any more.
        drop(place);
        found
    });
    let looked_up = looking_up.await.map_err(ErrorCode::internal)?;
    let found = looked_up.map_err(|error| ErrorCode::of_lookup(&error))?;
    let mut addresses: Vec<_> = found.into_iter().map(|address| SocketAddr::new(address, port)).collect();
    if !is_named {
        addresses.retain(may_connect);
        if addresses.is_empty() {
            return Err(ErrorCode::DestinationIpProhibited);
        }
    }
    Ok(addresses)
}

/// Makes of a request to a place one that is sent there.
fn to_origin_form(request: &mut Request<Body>) -> Result<(), ErrorCode> {
    let invalid = |_| ErrorCode::HttpRequestUriInvalid;
    let authority = request.uri().authority().ok_or(ErrorCode::HttpRequestUriInvalid)?;
    let host = HeaderValue::from_str(authority.as_str()).map_err(|_| ErrorCode::HttpRequestUriInvalid)?;
    request.headers_mut().insert(header::HOST, host);
    let target = request.uri().path_and_query().cloned();
    let target = target.unwrap_or_else(|| http::uri::PathAndQuery::from_static("/"));
    *request.uri_mut() = Uri::builder().path_and_query(target).build().map_err(invalid)?;
    Ok(())
}

/// Sends a request over a connection, which a task drives from then on.
async fn exchange(
    io: impl hyper::rt::Read + hyper::rt::Write + Unpin + Send + 'static,
    request: Request<Body>,
    first_byte: Duration,
) -> Result<(Response<hyper::body::Incoming>, AbortOnDrop), ErrorCode> {
    let mut builder = http1::Builder::new();
    builder.max_buf_size(MAX_READ_AHEAD).max_headers(MAX_FIELDS);
    let (mut sender, connection) = builder.handshake(io).await?;
    // What goes wrong with the connection goes wrong with the request or the answer's body.
    let task = AbortOnDrop(spawn(async move { drop(connection.await) }).abort_handle());
    let answer = timeout(first_byte, sender.send_request(request));
    let answer = answer.await.map_err(|_| ErrorCode::ConnectionReadTimeout)??;
    Ok((answer, task))
}

/// Ends a task.
struct AbortOnDrop(AbortHandle);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// The body of an answer, with the connection that it comes over.
struct Received {
    body: hyper::body::Incoming,
    _task: AbortOnDrop,
    _place: OwnedSemaphorePermit,
}

impl hyper::body::Body for Received {
    type Data = Bytes;
    type Error = ErrorCode;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, ErrorCode>>> {
        Pin::new(&mut self.body).poll_frame(cx).map_err(ErrorCode::from)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> hyper::body::SizeHint {
        self.body.size_hint()
    }
}
