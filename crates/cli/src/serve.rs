//! `sarsen serve`: an HTTP server whose answers a component gives.
//!
//! Owns the options, the connections, and how the server ends. [`request`] stands between a request and its answer, [`guest`] makes
//! instances and calls them, on [`threads`] of their own, [`deadline`] ends those that take too long, and [`patience`] clients that do.
//! What is said meanwhile, a line of the access [`log`] per answer for example, goes through [`output`].
//!
//! # Invariants
//!
//! - What a client or a guest does ends its request at worst: the server lives on.
//! - Everything that is held is counted: connections by `--max-connections`, requests by `--max-concurrent`, bytes of heads and
//!   bodies by their limits, time by `--timeout`.
//! - No thread that serves connections waits for a guest, or for a reader of what is said.

mod deadline;
mod guest;
mod log;
mod output;
mod patience;
mod request;
mod threads;

use crate::failure::Failure;
use crate::load::{self, Loaded};
use crate::options::{Strategy, Switch, features_help};
use crate::run::Options;
use crate::run::values::{Grant, KeyValue, Pattern, Size, Time, Variable};
use clap::Args;
use deadline::Deadlines;
use guest::Guests;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use log::{AccessLog, Form};
use output::Outputs;
use patience::Patient;
use request::Server;
use sarsen_component::Component;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use threads::Threads;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio::signal;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Bytes of a request's head, with room to read ahead.
const MAX_HEAD: usize = 64 << 10;

/// How long the head of a request may take.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);

/// How long answers have for ending when the server is told to end.
const GRACE: Duration = Duration::from_secs(10);

/// How long to wait when the system has no more connections to give.
const NO_CONNECTIONS: Duration = Duration::from_millis(50);

/// Serve HTTP: each request is answered by a new instance of a component
#[derive(Args)]
pub(crate) struct Command {
    /// The component, which exports `wasi:http/incoming-handler`
    file: PathBuf,
    /// Where to listen; port 0 for any
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8080")]
    addr: SocketAddr,
    /// How many requests an instance answers, one after the other, before there is a new one
    #[arg(long, value_name = "N", default_value_t = 1)]
    reuse: u32,
    /// Writes a line per answer to standard output
    #[arg(long, value_enum, value_name = "FORM")]
    access_log: Option<Form>,

    /// Grants a directory, which the guest knows as GUEST; `:ro` for reading only; repeatable
    #[arg(long, value_name = "HOST[::GUEST][:ro]", help_heading = "Grants")]
    dir: Vec<Grant>,
    /// Sets an environment variable, or passes on one of sarsen's; repeatable
    #[arg(long, value_name = "K=V|K", help_heading = "Grants")]
    env: Vec<Variable>,
    /// Sets a value that `wasi:config` shows; repeatable
    #[arg(long, value_name = "K=V", help_heading = "Grants")]
    config_var: Vec<Variable>,
    /// Grants a bucket of `wasi:keyvalue`, in memory or in a file; repeatable
    #[arg(long, value_name = "NAME[=FILE]", help_heading = "Grants")]
    keyvalue: Vec<KeyValue>,
    /// Grants requests and connections to what a pattern matches: `*:443`, `10.0.0.0/8:*`, `example.com:80`; repeatable
    #[arg(long, value_name = "HOST:PORT", help_heading = "Grants")]
    connect: Vec<Pattern>,

    /// Ends a request after a time: 500ms, 5s, 2m
    #[arg(long, value_name = "TIME", default_value = "30s", help_heading = "Limits")]
    timeout: Time,
    /// How much all memories of an instance may have together: 64MiB
    #[arg(long, value_name = "SIZE", help_heading = "Limits")]
    max_memory: Option<Size>,
    /// How much a request's body may have: 1MiB
    #[arg(long, value_name = "SIZE", help_heading = "Limits")]
    max_body: Option<Size>,
    /// How many requests are answered at once; others wait
    #[arg(long, value_name = "N", default_value_t = 256, help_heading = "Limits")]
    max_concurrent: u32,
    /// How many connections are open at once; others wait
    #[arg(long, value_name = "N", default_value_t = 1024, help_heading = "Limits")]
    max_connections: u32,

    /// How code is executed: in the interpreter at first, and compiled when it is hot, unless something else is said here
    #[arg(long, value_enum, help_heading = "Engine")]
    strategy: Option<Strategy>,
    /// Switches a WebAssembly feature on or off, with what builds on it; repeatable
    #[arg(short = 'W', long = "wasm", value_name = "FEATURE[=yes|no]", long_help = features_help(), help_heading = "Engine")]
    wasm: Vec<Switch>,
}

impl Command {
    /// Serves until it is told to end.
    pub(crate) fn execute(self, out: &mut impl Write) -> Result<(), Failure> {
        let options = Options {
            dir: self.dir.clone(),
            env: self.env.clone(),
            config_var: self.config_var.clone(),
            keyvalue: self.keyvalue.clone(),
            connect: self.connect.clone(),
            strategy: self.strategy,
            wasm: self.wasm.clone(),
            max_memory: self.max_memory,
            ..Options::default()
        };
        let engine = options.engine(true)?;
        let component = match load::load(&engine, &self.file)? {
            Loaded::Component(component) => component,
            Loaded::Module(_) => {
                return Err(Failure::of(&self.file, "a core module, which cannot answer requests"));
            }
        };
        let no_threads = |error| Failure::usage(format_args!("cannot start threads: {error}"));
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(no_threads)?;
        let outputs = Outputs::new().map_err(no_threads)?;
        let server = self.server(&component, &options, &runtime, &outputs)?;
        let served = runtime.block_on(self.serve(server, out));
        // Guests that do not end are not waited for; what they wait for stays, until the process ends with them.
        std::mem::forget(runtime);
        outputs.finish();
        for module in component.core_modules() {
            // That the next start is slower is no failure of this one.
            let _ = module.save_to_cache();
        }
        served
    }

    fn server(
        &self,
        component: &Component,
        options: &Options,
        runtime: &Runtime,
        outputs: &Outputs,
    ) -> Result<Arc<Server>, Failure> {
        let deadlines = Deadlines::new(self.timeout.0)
            .map_err(|error| Failure::usage(format_args!("cannot start threads: {error}")))?;
        let max_body = self.max_body.map(|Size(bytes)| bytes as u64);
        // The first instance may wait for something already.
        let _entered = runtime.enter();
        let guests = Guests::new(component, options, outputs, self.reuse.max(1), max_body, deadlines);
        let guests = guests.map_err(|problem| match problem {
            guest::Problem::Grants(failure) => failure,
            guest::Problem::Engine(error) => Failure::of_engine(&self.file, &error),
            guest::Problem::Late => Failure::of(&self.file, "the component does not start within --timeout"),
        })?;
        Ok(Arc::new(Server {
            guests: Arc::new(guests),
            threads: Threads::new(runtime.handle().clone()),
            places: places(self.max_concurrent),
            timeout: self.timeout.0,
            max_body,
            outputs: outputs.clone(),
            log: self.access_log.map(|form| Arc::new(AccessLog::new(form, outputs.out.clone()))),
        }))
    }

    async fn serve(&self, server: Arc<Server>, out: &mut impl Write) -> Result<(), Failure> {
        let cannot = |error: io::Error| Failure::usage(format_args!("--addr {}: {error}", self.addr));
        let listener = TcpListener::bind(self.addr).await.map_err(cannot)?;
        let address = listener.local_addr().map_err(cannot)?;
        // Who reads the line may tell it to end at once.
        let mut end = Signals::new()?;
        writeln!(out, "serving HTTP on http://{address}/")?;
        out.flush()?;
        let graceful = GracefulShutdown::new();
        let connections = places(self.max_connections);
        loop {
            let accepted = tokio::select! {
                accepted = accept(&listener, &connections) => accepted,
                ended = end.next() => {
                    ended?;
                    break;
                }
            };
            match accepted {
                Ok((stream, client, place)) => connection(&server, &graceful, stream, client, place),
                // A client that went away at once is nobody's problem; too many open files will pass.
                Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
                Err(_) => tokio::time::sleep(NO_CONNECTIONS).await,
            }
        }
        drop(listener);
        let ended = async {
            graceful.shutdown().await;
            // Guests may have something to do after their answers.
            drop(server.places.acquire_many(self.max_concurrent.max(1)).await);
        };
        tokio::select! {
            () = ended => {}
            () = tokio::time::sleep(GRACE) => server.outputs.complain("some answers have not ended in time"),
            _ = end.next() => {}
        }
        Ok(())
    }
}

/// Places for at least one.
fn places(number: u32) -> Arc<Semaphore> {
    Arc::new(Semaphore::new((number.max(1) as usize).min(Semaphore::MAX_PERMITS)))
}

/// The next connection, when there is a place for it.
async fn accept(
    listener: &TcpListener,
    connections: &Arc<Semaphore>,
) -> io::Result<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let place = Arc::clone(connections).acquire_owned().await.map_err(io::Error::other)?;
    let (stream, client) = listener.accept().await?;
    Ok((stream, client, place))
}

/// Answers the requests of a connection.
fn connection(
    server: &Arc<Server>,
    graceful: &GracefulShutdown,
    stream: TcpStream,
    client: SocketAddr,
    place: OwnedSemaphorePermit,
) {
    let _ = stream.set_nodelay(true);
    let stream = Patient::new(stream, server.timeout);
    let server = Arc::clone(server);
    let service = service_fn(move |request| Arc::clone(&server).answer(request, client));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(MAX_HEAD)
        // Clients that close their half first still get their answers.
        .half_close(true)
        .serve_connection(TokioIo::new(stream), service);
    let connection = graceful.watch(connection);
    // Why a connection has failed is between its client and the network.
    tokio::spawn(async move {
        drop(connection.await);
        drop(place);
    });
}

/// Ctrl-C, and the system's word that it is time to end.
struct Signals {
    #[cfg(unix)]
    interrupt: signal::unix::Signal,
    #[cfg(unix)]
    terminate: signal::unix::Signal,
}

impl Signals {
    /// From now on, they do not end the process by themselves.
    #[cfg(unix)]
    fn new() -> io::Result<Signals> {
        let (interrupt, terminate) =
            (signal::unix::SignalKind::interrupt(), signal::unix::SignalKind::terminate());
        Ok(Signals {
            interrupt: signal::unix::signal(interrupt)?,
            terminate: signal::unix::signal(terminate)?,
        })
    }

    #[cfg(not(unix))]
    fn new() -> io::Result<Signals> {
        Ok(Signals {})
    }

    /// Waits for the next one.
    #[cfg(unix)]
    async fn next(&mut self) -> io::Result<()> {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
        Ok(())
    }

    #[cfg(not(unix))]
    async fn next(&mut self) -> io::Result<()> {
        signal::ctrl_c().await
    }
}
