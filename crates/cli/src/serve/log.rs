//! A line per answer, as text or JSON: when, who, what, and what came of it.
//!
//! Does not decide what is an answer.

use clap::ValueEnum;
use serde::Serialize;
use std::io::Write;
use std::net::SocketAddr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

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
}

/// What there is to say of an answer.
#[derive(Serialize)]
pub(super) struct Entry {
    /// Seconds since 1970.
    time: f64,
    client: SocketAddr,
    method: String,
    path: String,
    version: String,
    pub(super) status: u16,
    /// Of the body.
    pub(super) bytes: u64,
    /// Until the last of them was passed on.
    pub(super) milliseconds: f64,
    /// Whether the answer has been passed on to its end.
    pub(super) complete: bool,
}

impl Entry {
    pub(super) fn of<B>(request: &hyper::Request<B>, client: SocketAddr) -> Entry {
        let time = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        Entry {
            time: time.as_secs_f64(),
            client,
            method: request.method().to_string(),
            path: request.uri().path_and_query().map_or_else(|| "*".to_owned(), ToString::to_string),
            version: format!("{:?}", request.version()),
            status: 0,
            bytes: 0,
            milliseconds: 0.0,
            complete: false,
        }
    }
}

impl AccessLog {
    pub(super) fn new(form: Form) -> AccessLog {
        AccessLog { form }
    }

    pub(super) fn write(&self, entry: &Entry) {
        let line = match self.form {
            Form::Text => {
                let Entry { client, method, path, version, status, bytes, milliseconds, complete, .. } =
                    entry;
                let aborted = if *complete { "" } else { " aborted" };
                // Quotes and controls in a path are escaped, so that a line stays one.
                let path = path.escape_debug();
                format!(
                    "{client} \"{method} {path} {version}\" {status} {bytes} {milliseconds:.3}ms{aborted}\n"
                )
            }
            Form::Json => match serde_json::to_string(entry) {
                Ok(object) => object + "\n",
                Err(_) => return,
            },
        };
        // Nobody reads: there is nobody to tell.
        let _ = std::io::stdout().write_all(line.as_bytes());
    }
}
