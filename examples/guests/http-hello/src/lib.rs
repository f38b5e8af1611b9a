//! Answers every request with a greeting.
//!
//! Without the standard library, which would import a terminal, an environment and a clock that nobody uses: this is all
//! that a server has to start. What the library would bring is in [`support`].

#![no_std]

mod support;

use wasip2::exports::http::incoming_handler::Guest;
use wasip2::http::types::{Fields, IncomingRequest, OutgoingBody, OutgoingResponse, ResponseOutparam};

const GREETING: &[u8] = b"Hello from a component!\n";

/// The same number as text.
const LENGTH: &[u8] = b"24";

struct Hello;

impl Guest for Hello {
    fn handle(_: IncomingRequest, answer: ResponseOutparam) {
        let headers = Fields::new();
        headers.append("content-type", b"text/plain").expect("this header may be set");
        headers.append("content-length", LENGTH).expect("this header may be set");
        let response = OutgoingResponse::new(headers);
        let body = response.body().expect("nobody has taken the body");
        ResponseOutparam::set(answer, Ok(response));

        let stream = body.write().expect("nobody has taken the stream");
        // A client that is gone is no failure of ours.
        let _ = stream.blocking_write_and_flush(GREETING);
        drop(stream);
        let _ = OutgoingBody::finish(body, None);
    }
}

wasip2::http::proxy::export!(Hello);
