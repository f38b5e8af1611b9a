//! Instances that answer requests: a new one for each, or some that are used again.
//!
//! # Invariant
//!
//! An instance whose guest has failed is not used again.

use super::deadline::Deadlines;
use crate::failure::Failure;
use crate::host::{self, Guest};
use crate::run::{Limits, Options, grants};
use hyper::Request;
use hyper::body::Incoming;
use sarsen::{Error, InterruptHandle, Store};
use sarsen_component::{Component, InstancePre, set_block_on};
use sarsen_wasi::p2::WasiCtx;
use sarsen_wasi::p2::http::{Answer, Proxy, Scheme, WasiHttpCtx};
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use tokio::runtime::Handle;
use tokio::sync::oneshot;

/// Instances that wait to be used again: more are never needed at once than requests are answered.
const MAX_IDLE: usize = 64;

/// Makes instances.
pub(super) struct Guests {
    ready: InstancePre<Guest>,
    /// What each of them is granted.
    wasi: WasiCtx,
    http: WasiHttpCtx,
    limits: Limits,
    limited: bool,
    /// How many requests an instance answers.
    reuse: u32,
    idle: Mutex<Vec<Used>>,
}

/// An instance that has answered requests.
struct Used {
    store: Store<Guest>,
    proxy: Proxy,
    interrupt: InterruptHandle,
    requests: u32,
}

/// Why there can be no instances.
pub(super) enum Problem {
    Grants(Failure),
    Engine(Error),
}

impl From<Error> for Problem {
    fn from(error: Error) -> Problem {
        Problem::Engine(error)
    }
}

impl Guests {
    pub(super) fn new(
        component: &Component,
        options: &Options,
        reuse: u32,
        max_body: Option<u64>,
    ) -> Result<Guests, Problem> {
        let ready = host::linker(component)?.instantiate_pre(component)?;
        let wasi = grants::server(options).map_err(Problem::Grants)?.build();
        let mut http = host::http(options);
        http.max_incoming_body(max_body);
        let limits = Limits::new(options.max_memory);
        let limited = options.max_memory.is_some();
        let idle = Mutex::default();
        let guests = Guests { ready, wasi, http, limits, limited, reuse, idle };
        // What does not answer requests is better known before there are any.
        guests.make()?;
        Ok(guests)
    }

    /// A new instance.
    fn make(&self) -> Result<Used, Error> {
        let guest = Guest::new(self.wasi.another(), self.http.clone(), self.limits.another());
        let mut store = Store::try_new(self.ready.engine(), guest)?;
        if self.limited {
            store.limiter(|guest| &mut guest.limits);
        }
        set_block_on(&mut store, wait);
        let instance = self.ready.instantiate(&mut store)?;
        let proxy = Proxy::new(&mut store, &instance)?;
        let interrupt = store.interrupt_handle();
        Ok(Used { store, proxy, interrupt, requests: 0 })
    }

    /// Lets an instance answer a request, with this thread.
    pub(super) fn handle(
        &self,
        request: Request<Incoming>,
        reply: oneshot::Sender<Answer>,
        deadlines: &Deadlines,
    ) -> Result<(), Error> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut used = idle.map_or_else(|| self.make(), Ok)?;
        let deadline = deadlines.start(used.interrupt.clone(), used.store.data().wasi.stop_handle());
        used.proxy.handle(&mut used.store, Scheme::Http, request, reply)?;
        drop(deadline);
        used.requests += 1;
        if used.requests < self.reuse {
            let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
            if idle.len() < MAX_IDLE {
                idle.push(used);
            }
        }
        Ok(())
    }
}

/// How a guest waits: other tasks of its thread go on with another one.
fn wait(future: Pin<&mut (dyn Future<Output = ()> + Send + '_)>) {
    Handle::current().block_on(future);
}
