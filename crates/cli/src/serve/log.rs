//! A line per answer, as text or JSON: when, who, what, and what came of it.
//!
//! Does not decide what is an answer.

use super::output::Output;
use clap::ValueEnum;
use sarsen_wasi::OutputStream;
use serde::Serialize;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// The form of the lines.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    /// `127.0.0.1:50000 "GET /path HTTP/1.1" 200 25 0.312ms`
    Text,
    /// An object per line
    Json,
}

/// Where lines go.
pub(super) struct AccessLog {
    form: Form,
    out: Output,
}

/// A line that is written when this is dropped.
pub(super) struct Line {
    log: Arc<AccessLog>,
    start: Instant,
    entry: Entry,
}

/// What there is to say of an answer.
#[derive(Serialize)]
struct Entry {
    /// Seconds since 1970.
    time: f64,
    client: SocketAddr,
    method: String,
    path: String,
    version: String,
    /// Nothing if the client went away before there was an answer.
    status: Option<u16>,
    /// Of the body.
    bytes: u64,
    /// Until the last of them was passed on.
    milliseconds: f64,
    /// Whether the answer has been passed on to its end.
    complete: bool,
}

impl AccessLog {
    pub(super) fn new(form: Form, out: Output) -> AccessLog {
        AccessLog { form, out }
    }

    /// Begins the line of a request.
    pub(super) fn line<B>(self: &Arc<AccessLog>, request: &hyper::Request<B>, client: SocketAddr) -> Line {
        let time = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        let entry = Entry {
            time: time.as_secs_f64(),
            client,
            method: request.method().to_string(),
            path: request.uri().path_and_query().map_or_else(|| "*".to_owned(), ToString::to_string),
            version: format!("{:?}", request.version()),
            status: None,
            bytes: 0,
            milliseconds: 0.0,
            complete: false,
        };
        Line { log: Arc::clone(self), start: Instant::now(), entry }
    }

    fn write(&self, entry: &Entry) {
        let line = match self.form {
            Form::Text => entry.text(),
            Form::Json => match serde_json::to_string(entry) {
                Ok(object) => object + "\n",
                Err(_) => return,
            },
        };
        // It never waits, and never fails.
        let _ = self.out.write(line.as_bytes());
    }
}

impl Entry {
    fn text(&self) -> String {
        let Entry { client, method, path, version, status, bytes, milliseconds, complete, .. } = self;
        let status = status.map_or_else(|| "-".to_owned(), |status| status.to_string());
        let aborted = if *complete { "" } else { " aborted" };
        // Quotes and controls in a path are escaped, so that a line stays one.
        let path = path.escape_debug();
        format!("{client} \"{method} {path} {version}\" {status} {bytes} {milliseconds:.3}ms{aborted}\n")
    }
}

impl Line {
    /// There is an answer.
    pub(super) fn answered(&mut self, status: u16) {
        self.entry.status = Some(status);
    }

    /// Some of its body has been passed on.
    pub(super) fn passed_on(&mut self, bytes: usize) {
        self.entry.bytes += bytes as u64;
    }

    /// How many bytes have been.
    pub(super) fn bytes(&self) -> u64 {
        self.entry.bytes
    }

    /// The answer is complete.
    pub(super) fn complete(&mut self) {
        self.entry.complete = true;
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.entry.milliseconds = self.start.elapsed().as_secs_f64() * 1e3;
        self.log.write(&self.entry);
    }
}
