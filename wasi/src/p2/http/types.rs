//! Methods, schemes and the messages that are no fields and no bodies: requests and responses, as resources.
//!
//! Does not send or receive anything.

use super::Body;
use super::error::ErrorCode;
use super::fields::Fields;
use super::incoming::IncomingBody;
use super::limits::{MAX_FIELD_BYTES, MAX_IN_FLIGHT, MAX_URI};
use crate::p2::holding::Holds;
use http::uri::{Authority, PathAndQuery};
use sarsen_component::{ComponentType, Lift, Lower};
use std::time::Duration;
use tokio::sync::oneshot;

/// The method of a request.
#[derive(ComponentType, Lift, Lower, Clone, PartialEq, Eq, Debug)]
#[component(variant)]
pub(crate) enum Method {
    #[component(name = "get")]
    Get,
    #[component(name = "head")]
    Head,
    #[component(name = "post")]
    Post,
    #[component(name = "put")]
    Put,
    #[component(name = "delete")]
    Delete,
    #[component(name = "connect")]
    Connect,
    #[component(name = "options")]
    Options,
    #[component(name = "trace")]
    Trace,
    #[component(name = "patch")]
    Patch,
    #[component(name = "other")]
    Other(String),
}

impl From<&http::Method> for Method {
    fn from(method: &http::Method) -> Method {
        match method.as_str() {
            "GET" => Method::Get,
            "HEAD" => Method::Head,
            "POST" => Method::Post,
            "PUT" => Method::Put,
            "DELETE" => Method::Delete,
            "CONNECT" => Method::Connect,
            "OPTIONS" => Method::Options,
            "TRACE" => Method::Trace,
            "PATCH" => Method::Patch,
            other => Method::Other(other.to_owned()),
        }
    }
}

impl Method {
    pub(super) fn to_http(&self) -> Option<http::Method> {
        Some(match self {
            Method::Get => http::Method::GET,
            Method::Head => http::Method::HEAD,
            Method::Post => http::Method::POST,
            Method::Put => http::Method::PUT,
            Method::Delete => http::Method::DELETE,
            Method::Connect => http::Method::CONNECT,
            Method::Options => http::Method::OPTIONS,
            Method::Trace => http::Method::TRACE,
            Method::Patch => http::Method::PATCH,
            Method::Other(name) if name.len() <= MAX_METHOD => {
                http::Method::from_bytes(name.as_bytes()).ok()?
            }
            Method::Other(_) => return None,
        })
    }
}

/// Letters of a method's name: those in use have up to 20.
const MAX_METHOD: usize = 64;

/// The scheme of a request's target.
#[derive(ComponentType, Lift, Lower, Clone, PartialEq, Eq, Debug)]
#[component(variant)]
pub enum Scheme {
    /// Without TLS.
    #[component(name = "HTTP")]
    Http,
    /// With TLS.
    #[component(name = "HTTPS")]
    Https,
    /// Another, by its name.
    #[component(name = "other")]
    Other(String),
}

impl Scheme {
    /// Whether it is a scheme's name.
    pub(super) fn is_valid(&self) -> bool {
        match self {
            Scheme::Http | Scheme::Https => true,
            Scheme::Other(name) => name.len() <= 64 && name.parse::<http::uri::Scheme>().is_ok(),
        }
    }
}

/// Whether a text is a path with a query.
pub(super) fn is_path(text: &str) -> bool {
    let begins = text.is_empty() || text.starts_with(['/', '?']) || text == "*";
    begins && text.len() <= MAX_URI && (text.is_empty() || text.parse::<PathAndQuery>().is_ok())
}

/// Whether a text is a host, with or without a port.
pub(super) fn is_authority(text: &str) -> bool {
    // Who a user is, is said in fields: some peers would take what stands before the sign for the host.
    let is_plain = !text.contains('@') && text.len() <= MAX_URI;
    is_plain && text.parse::<Authority>().is_ok_and(|authority| !authority.host().is_empty())
}

/// The resource `incoming-request`.
pub struct IncomingRequest {
    pub(super) method: Method,
    pub(super) path_with_query: Option<String>,
    pub(super) scheme: Option<Scheme>,
    pub(super) authority: Option<String>,
    pub(super) headers: Fields,
    pub(super) body: Option<IncomingBody>,
}

/// The resource `incoming-response`.
pub(crate) struct IncomingResponse {
    pub(super) status: u16,
    pub(super) headers: Fields,
    pub(super) body: Option<IncomingBody>,
}

/// The body of a message that goes out: none before the guest has asked for one.
#[derive(Default)]
pub(super) enum Content {
    #[default]
    None,
    Some(Body),
}

/// The resource `outgoing-request`.
pub(crate) struct OutgoingRequest {
    pub(super) method: Method,
    pub(super) path_with_query: Option<String>,
    pub(super) scheme: Option<Scheme>,
    pub(super) authority: Option<String>,
    pub(super) headers: Fields,
    pub(super) body: Content,
}

impl OutgoingRequest {
    pub(super) fn new(headers: Fields) -> OutgoingRequest {
        OutgoingRequest {
            method: Method::Get,
            path_with_query: None,
            scheme: None,
            authority: None,
            headers,
            body: Content::None,
        }
    }
}

/// The resource `outgoing-response`.
pub(crate) struct OutgoingResponse {
    pub(super) status: u16,
    pub(super) headers: Fields,
    pub(super) body: Content,
}

impl Content {
    /// What is written before it is sent, and trailers: as much as there may be, since it is written without looking here.
    fn held(&self) -> usize {
        match self {
            Content::None => 0,
            Content::Some(_) => MAX_IN_FLIGHT + MAX_FIELD_BYTES,
        }
    }
}

impl Holds for IncomingRequest {
    fn held(&self) -> usize {
        target(&self.method, &self.path_with_query, &self.authority) + self.headers.held()
    }
}

impl Holds for IncomingResponse {
    fn held(&self) -> usize {
        self.headers.held()
    }
}

impl Holds for OutgoingRequest {
    fn held(&self) -> usize {
        let target = target(&self.method, &self.path_with_query, &self.authority);
        target + self.headers.held() + self.body.held()
    }
}

impl Holds for OutgoingResponse {
    fn held(&self) -> usize {
        self.headers.held() + self.body.held()
    }
}

/// Bytes of what a request says beside its fields; schemes are short.
fn target(method: &Method, path: &Option<String>, authority: &Option<String>) -> usize {
    let method = match method {
        Method::Other(name) => name.len(),
        _ => 0,
    };
    method + path.as_ref().map_or(0, String::len) + authority.as_ref().map_or(0, String::len)
}

/// The resource `request-options`.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct RequestOptions {
    pub(super) connect: Option<Duration>,
    pub(super) first_byte: Option<Duration>,
    pub(super) between_bytes: Option<Duration>,
}

/// What comes of an incoming request: an answer whose body is still to come, or why there is none.
pub type Answer = Result<http::Response<Body>, ErrorCode>;

/// The resource `response-outparam`. Who waits for the answer learns it when this goes without one.
pub struct ResponseOutparam(pub(super) oneshot::Sender<Answer>);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods() {
        for name in ["GET", "PATCH", "PROPFIND"] {
            let method = http::Method::from_bytes(name.as_bytes()).unwrap();
            assert_eq!(Method::from(&method).to_http(), Some(method));
        }
        for name in ["", "A B", "A\r\n", "é"] {
            assert_eq!(Method::Other(name.into()).to_http(), None, "{name}");
        }
    }

    #[test]
    fn paths_and_authorities() {
        for path in ["", "/", "/a?b=c", "?q", "*"] {
            assert!(is_path(path), "{path}");
        }
        for path in ["a", "/ b", "/a\r\nb", "/\0", "http://a/"] {
            assert!(!is_path(path), "{path}");
        }
        for authority in ["a", "a.example:80", "[::1]:8080", "127.0.0.1"] {
            assert!(is_authority(authority), "{authority}");
        }
        for authority in ["", "a b", "a/b", "user@a", ":80", "a:b:c", "a\r\n"] {
            assert!(!is_authority(authority), "{authority}");
        }
        assert!(Scheme::Other("ftp".into()).is_valid() && !Scheme::Other("a b".into()).is_valid());
    }
}
