//! What a guest is granted of HTTP, and how an embedder has a say.

use super::error::ErrorCode;
use super::limits::{ANSWER_TIMEOUT, CONNECT_TIMEOUT, MAX_REQUESTS};
use super::tls::Trust;
use super::{Answer, Body};
use crate::network::SocketPolicy;
use crate::p2::limits::MAX_LOOKUPS;
use http::Request;
use sarsen_component::ResourceTable;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// What a guest is granted of HTTP: in the beginning, no requests of its own. A clone is the same guest's.
#[derive(Clone, Debug)]
pub struct WasiHttpCtx {
    pub(super) policy: SocketPolicy,
    pub(super) trust: Trust,
    pub(super) max_incoming_body: Option<u64>,
    max_requests: usize,
    /// Places for requests that are going on.
    pub(super) places: Arc<Semaphore>,
    /// Places for names that are being looked up.
    pub(super) lookups: Arc<Semaphore>,
}

impl Default for WasiHttpCtx {
    fn default() -> WasiHttpCtx {
        WasiHttpCtx::new()
    }
}

impl WasiHttpCtx {
    /// Grants nothing.
    pub fn new() -> WasiHttpCtx {
        WasiHttpCtx {
            policy: SocketPolicy::new(),
            trust: Trust::default(),
            max_incoming_body: None,
            max_requests: MAX_REQUESTS,
            places: Arc::new(Semaphore::new(MAX_REQUESTS)),
            lookups: Arc::new(Semaphore::new(MAX_LOOKUPS)),
        }
    }

    /// The same grants for another guest: how many requests it makes at once is counted by itself.
    #[must_use]
    pub fn another(&self) -> WasiHttpCtx {
        let places = Arc::new(Semaphore::new(self.max_requests));
        WasiHttpCtx { places, lookups: Arc::new(Semaphore::new(MAX_LOOKUPS)), ..self.clone() }
    }

    /// Grants requests to where sockets may connect: for a name that a pattern says, or to addresses that it matches.
    pub fn allow(&mut self, policy: SocketPolicy) -> &mut Self {
        self.policy = policy;
        self
    }

    /// Grants requests to everywhere.
    pub fn allow_all(&mut self) -> &mut Self {
        let mut policy = SocketPolicy::new();
        policy.allow_all().allow_name_lookup(true);
        self.allow(policy)
    }

    /// How many bytes bodies may have that come to the guest, as requests or as answers. They are not held all at once in any case.
    pub fn max_incoming_body(&mut self, bytes: Option<u64>) -> &mut Self {
        self.max_incoming_body = bytes;
        self
    }

    /// How many requests of the guest's may be going on at once: 64 unless told otherwise.
    pub fn max_requests(&mut self, requests: usize) -> &mut Self {
        self.max_requests = requests.min(Semaphore::MAX_PERMITS);
        self.places = Arc::new(Semaphore::new(self.max_requests));
        self
    }

    /// Trusts a certificate, in DER, to sign those of servers, beside the authorities that browsers trust.
    ///
    /// # Errors
    /// If it is none.
    pub fn add_root_certificate(&mut self, der: &[u8]) -> sarsen::Result<&mut Self> {
        self.trust.add(der).map_err(sarsen::Error::new)?;
        Ok(self)
    }
}

/// Where the data of a store keeps what HTTP needs.
pub trait WasiHttpView {
    /// The context, the table, and the hooks.
    fn http(&mut self) -> WasiHttpCtxView<'_>;
}

/// What was granted, and what is open. The interfaces are methods of this.
pub struct WasiHttpCtxView<'a> {
    /// What the guest was granted.
    pub ctx: &'a mut WasiHttpCtx,
    /// What its resources stand for: the table that streams and pollables are in as well.
    pub table: &'a mut ResourceTable,
    /// What the embedder has to say; [`SentByGrants`] says nothing.
    pub hooks: &'a mut dyn WasiHttpHooks,
}

/// How long the parts of a request may take.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RequestConfig {
    /// Looking up the name, connecting, and TLS.
    pub connect_timeout: Duration,
    /// From then on until the head of the answer is there.
    pub first_byte_timeout: Duration,
    /// The time between two pieces of the answer's body.
    pub between_bytes_timeout: Duration,
}

impl Default for RequestConfig {
    fn default() -> RequestConfig {
        RequestConfig {
            connect_timeout: CONNECT_TIMEOUT,
            first_byte_timeout: ANSWER_TIMEOUT,
            between_bytes_timeout: ANSWER_TIMEOUT,
        }
    }
}

/// What becomes of a request that a guest makes.
pub enum Decision {
    /// It is sent if that is granted.
    ByGrants(Request<Body>),
    /// It is sent wherever it goes.
    Allow(Request<Body>),
    /// The guest is told why not.
    Deny(ErrorCode),
    /// It is answered without being sent, or sent by other means. This is driven by a task of the runtime's.
    Answer(Pin<Box<dyn Future<Output = Answer> + Send>>),
}

/// What an embedder has to say about HTTP.
pub trait WasiHttpHooks: Send {
    /// Decides what becomes of a request that the guest makes. Its target is absolute: scheme, host, path. It can be changed.
    fn outgoing(&mut self, request: Request<Body>, config: &mut RequestConfig) -> Decision {
        let _ = config;
        Decision::ByGrants(request)
    }
}

/// Hooks that leave everything to the grants.
#[derive(Clone, Copy, Debug, Default)]
pub struct SentByGrants;

impl WasiHttpHooks for SentByGrants {}
