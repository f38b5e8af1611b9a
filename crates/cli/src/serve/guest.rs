//! Instances that answer requests: a new one for each, or some that are used again.
//!
//! # Invariants
//!
//! - An instance whose guest has failed, or was told to end, is not used again.
//! - All that guests do is done before a deadline, what they do when they start included.

use super::deadline::Deadlines;
use super::output::Outputs;
use crate::failure::Failure;
use crate::host::{self, Guest};
use crate::run::guest::Limits;
use crate::run::values::Size;
use crate::run::{Options, grants};
use hyper::Request;
use hyper::body::Incoming;
use sarsen::{Error, InterruptHandle, Store};
use sarsen_component::{Component, InstancePre, set_block_on};
use sarsen_wasi::WasiCtxBuilder;
use sarsen_wasi::p2::WasiCtx;
use sarsen_wasi::p2::http::{Answer, Proxy, Scheme, WasiHttpCtx};
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use tokio::runtime::Handle;
use tokio::sync::oneshot;

/// Makes instances.
pub(super) struct Guests {
    ready: InstancePre<Guest>,
    /// What each of them is granted.
    wasi: WasiCtx,
    http: WasiHttpCtx,
    max_memory: Option<Size>,
    /// How many requests an instance answers.
    reuse: u32,
    /// Those that wait to be used again: not more than requests have been answered at once.
    idle: Mutex<Vec<Used>>,
    deadlines: Deadlines,
}

/// A store, and the instance in it that answers requests.
struct Used {
    store: Store<Guest>,
    /// Not there before the first request.
    proxy: Option<Proxy>,
    interrupt: InterruptHandle,
    requests: u32,
}

/// Why there can be no instances.
pub(super) enum Problem {
    Grants(Failure),
    Engine(Error),
    /// It does not start in time.
    Late,
}

impl From<Error> for Problem {
    fn from(error: Error) -> Problem {
        Problem::Engine(error)
    }
}

/// Why a guest has not done its work.
pub(super) enum Ended {
    /// It took too long.
    Late,
    Failed(Error),
}

impl Guests {
    pub(super) fn new(
        component: &Component,
        options: &Options,
        outputs: &Outputs,
        reuse: u32,
        max_body: Option<u64>,
        deadlines: Deadlines,
    ) -> Result<Guests, Problem> {
        let ready = host::linker(component)?.instantiate_pre(component)?;
        let mut wasi = WasiCtxBuilder::new();
        grants::shared(&mut wasi, options).map_err(Problem::Grants)?;
        wasi.stdout(outputs.out.clone()).stderr(outputs.err.clone());
        let mut http = host::http(options);
        http.max_incoming_body(max_body);
        let max_memory = options.max_memory;
        let idle = Mutex::default();
        let guests = Guests { ready, wasi: wasi.build(), http, max_memory, reuse, idle, deadlines };
        guests.check()?;
        Ok(guests)
    }

    /// What does not answer requests is better known before there are any.
    fn check(&self) -> Result<(), Problem> {
        let mut used = self.make()?;
        match self.in_time(&mut used, |used| used.proxy(&self.ready).map(drop)) {
            Ok(_) => Ok(()),
            Err(Ended::Late) => Err(Problem::Late),
            Err(Ended::Failed(error)) => Err(Problem::Engine(error)),
        }
    }

    /// A store for a new instance.
    fn make(&self) -> Result<Used, Error> {
        let guest = Guest::new(self.wasi.another(), self.http.another(), Limits::new(self.max_memory));
        let mut store = Store::try_new(self.ready.engine(), guest)?;
        if self.max_memory.is_some() {
            store.limiter(|guest| &mut guest.limits);
        }
        set_block_on(&mut store, wait);
        let interrupt = store.interrupt_handle();
        Ok(Used { store, proxy: None, interrupt, requests: 0 })
    }

    /// Lets a guest do something, and ends it if that takes too long. Whether it has been told to end, although it has done it.
    fn in_time(
        &self,
        used: &mut Used,
        work: impl FnOnce(&mut Used) -> Result<(), Error>,
    ) -> Result<bool, Ended> {
        let deadline = self.deadlines.start(used.interrupt.clone(), used.store.data().wasi.stop_handle());
        let done = work(used);
        let is_late = deadline.end();
        match done {
            Ok(()) => Ok(is_late),
            Err(_) if is_late => Err(Ended::Late),
            Err(error) => Err(Ended::Failed(error)),
        }
    }

    /// Lets an instance answer a request, with this thread.
    pub(super) fn handle(
        &self,
        request: Request<Incoming>,
        reply: oneshot::Sender<Answer>,
    ) -> Result<(), Ended> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut used = idle.map_or_else(|| self.make(), Ok).map_err(Ended::Failed)?;
        let is_late = self.in_time(&mut used, |used| {
            used.proxy(&self.ready)?.handle(&mut used.store, Scheme::Http, request, reply)
        })?;
        used.requests += 1;
        if !is_late && used.requests < self.reuse {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(used);
        }
        Ok(())
    }
}

impl Used {
    /// What answers requests.
    fn proxy(&mut self, ready: &InstancePre<Guest>) -> Result<Proxy, Error> {
        if let Some(proxy) = &self.proxy {
            return Ok(proxy.clone());
        }
        let instance = ready.instantiate(&mut self.store)?;
        let proxy = Proxy::new(&mut self.store, &instance)?;
        Ok(self.proxy.insert(proxy).clone())
    }
}

/// How a guest waits: its thread has nothing else to do.
fn wait(future: Pin<&mut (dyn Future<Output = ()> + Send + '_)>) {
    Handle::current().block_on(future);
}
