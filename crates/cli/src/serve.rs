//! `sarsen serve`: an HTTP server whose answers a component gives.
//!
//! Owns the options, the connections, and how the server ends. [`guest`] makes instances and calls them, [`request`] stands between
//! a request and its answer, [`deadline`] ends guests that take too long, [`log`] writes a line per answer.
//!
//! # Invariants
//!
//! - What a client or a guest does ends its request at worst: the server lives on.
//! - Everything that is held is counted: connections by the system, requests by `--max-concurrent`, bytes of heads and bodies by
//!   their limits, time by `--timeout`.

mod deadline;
mod guest;
mod log;
mod request;

use crate::failure::Failure;
use crate::load::{self, Loaded};
use crate::options::{Strategy, Switch, features_help};
use crate::run::{Grant, Options, Size, Time, Variable};
use crate::terminal;
use clap::Args;
use guest::Guests;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use log::{AccessLog, Form};
use request::Server;
use sarsen_component::Component;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;

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
pub(crate) struct Serve {
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
    keyvalue: Vec<crate::run::KeyValue>,
    /// Grants requests and connections to what a pattern matches: `*:443`, `10.0.0.0/8:*`, `example.com:80`; repeatable
    #[arg(long, value_name = "HOST:PORT", help_heading = "Grants")]
    connect: Vec<crate::run::Pattern>,

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
    max_concurrent: usize,

    /// How code is executed: in the interpreter at first, and compiled when it is hot, unless something else is said here
    #[arg(long, value_enum, help_heading = "Engine")]
    strategy: Option<Strategy>,
    /// Switches a WebAssembly feature on or off, with what builds on it; repeatable
    #[arg(short = 'W', long = "wasm", value_name = "FEATURE[=yes|no]", long_help = features_help(), help_heading = "Engine")]
    wasm: Vec<Switch>,
}

impl Serve {
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
        let guests = self.guests(&component, &options)?;
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
        let runtime =
            runtime.map_err(|error| Failure::usage(format_args!("cannot start threads: {error}")))?;
        let served = runtime.block_on(self.serve(guests, out));
        // Guests that do not end are not waited for.
        runtime.shutdown_background();
        for module in component.core_modules() {
            // That the next start is slower is no failure of this one.
            let _ = module.save_to_cache();
        }
        served
    }

    fn guests(&self, component: &Component, options: &Options) -> Result<Guests, Failure> {
        let body = self.max_body.map(|Size(bytes)| bytes as u64);
        Guests::new(component, options, self.reuse.max(1), body).map_err(|failure| match failure {
            guest::Problem::Grants(failure) => failure,
            guest::Problem::Engine(error) => Failure::of_engine(&self.file, &error),
        })
    }

    async fn serve(&self, guests: Guests, out: &mut impl Write) -> Result<(), Failure> {
        let cannot = |error: io::Error| Failure::usage(format_args!("--addr {}: {error}", self.addr));
        let listener = TcpListener::bind(self.addr).await.map_err(cannot)?;
        let address = listener.local_addr().map_err(cannot)?;
        writeln!(out, "serving HTTP on http://{address}/")?;
        out.flush()?;
        let log = self.access_log.map(AccessLog::new);
        let server = Arc::new(Server::new(guests, self.max_concurrent, self.timeout.0, log));
        let graceful = GracefulShutdown::new();
        let mut end = std::pin::pin!(told_to_end());
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                ended = &mut end => {
                    ended?;
                    break;
                }
            };
            match accepted {
                Ok((stream, client)) => connection(&server, &graceful, stream, client),
                // A client that went away at once is nobody's problem; too many open files will pass.
                Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
                Err(_) => tokio::time::sleep(NO_CONNECTIONS).await,
            }
        }
        drop(listener);
        tokio::select! {
            () = graceful.shutdown() => {}
            () = tokio::time::sleep(GRACE) => terminal::complain("some answers have not ended in time"),
            _ = told_to_end() => {}
        }
        Ok(())
    }
}

/// Answers the requests of a connection.
fn connection(
    server: &Arc<Server>,
    graceful: &GracefulShutdown,
    stream: tokio::net::TcpStream,
    client: SocketAddr,
) {
    let _ = stream.set_nodelay(true);
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
    tokio::spawn(async move { drop(connection.await) });
}

/// Waits for Ctrl-C or the system's word.
async fn told_to_end() -> io::Result<()> {
    #[cfg(unix)]
    {
        let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
        tokio::select! {
            interrupted = tokio::signal::ctrl_c() => interrupted,
            _ = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}
