//! Passes every request on to the origin that `UPSTREAM` names, and its response back.
//!
//! Bodies are streamed, both ways at the same time: an origin may answer while it is still being sent the request.
//! What is held of them is one chunk; a slow reader slows the writer down.

mod pipe;
mod upstream;

use pipe::{Pipe, Step};
use upstream::Upstream;
use wasip2::exports::http::incoming_handler::Guest;
use wasip2::http::outgoing_handler;
use wasip2::http::types::{
    ErrorCode, Fields, FutureIncomingResponse, Headers, IncomingRequest, IncomingResponse, OutgoingBody,
    OutgoingRequest, OutgoingResponse, ResponseOutparam,
};
use wasip2::io::poll;

/// What is about one connection, not about the request or the response.
const HOP_BY_HOP: &[&str] =
    &["connection", "host", "keep-alive", "proxy-connection", "te", "transfer-encoding", "upgrade"];

struct Proxy;

impl Guest for Proxy {
    fn handle(request: IncomingRequest, answer: ResponseOutparam) {
        let upstream = match Upstream::from_environment() {
            Ok(upstream) => upstream,
            Err(problem) => return fail(answer, 500, &problem),
        };
        match send(&upstream, &request) {
            Ok((upload, response)) => exchange(upload, &response, answer),
            Err(code) => fail(answer, 502, &format!("{}: {code}", upstream.authority)),
        }
    }
}

wasip2::http::proxy::export!(Proxy);

/// Begins to send the request on: the pipe for its body, and the response that is to come.
fn send(upstream: &Upstream, request: &IncomingRequest) -> Result<(Pipe, FutureIncomingResponse), ErrorCode> {
    let outgoing = OutgoingRequest::new(end_to_end(&request.headers()));
    let refused = |()| ErrorCode::HttpRequestUriInvalid;
    outgoing.set_method(&request.method()).map_err(refused)?;
    outgoing.set_scheme(Some(&upstream.scheme)).map_err(refused)?;
    outgoing.set_authority(Some(&upstream.authority)).map_err(refused)?;
    let path = format!("{}{}", upstream.prefix, request.path_with_query().as_deref().unwrap_or("/"));
    outgoing.set_path_with_query(Some(&path)).map_err(refused)?;

    let from = request.consume().expect("nobody has taken the request's body");
    let to = outgoing.body().expect("nobody has taken the outgoing body");
    let response = outgoing_handler::handle(outgoing, None)?;
    Ok((Pipe::new(from, to), response))
}

/// Moves bodies until the response is complete, or one side is gone.
fn exchange(upload: Pipe, response: &FutureIncomingResponse, answer: ResponseOutparam) {
    let mut upload = Some(upload);
    let mut download = None;
    let mut answer = Some(answer);
    loop {
        let mut waits = Vec::new();
        let mut moved = false;
        if let Some(pipe) = &mut upload {
            match pipe.step() {
                Step::Moved => moved = true,
                Step::Wait(pollable) => waits.push(pollable),
                // An origin that does not want the rest may still answer.
                Step::Done | Step::Failed => upload = None,
            }
        }
        if let Some(pipe) = &mut download {
            match Pipe::step(pipe) {
                Step::Moved => moved = true,
                Step::Wait(pollable) => waits.push(pollable),
                Step::Done | Step::Failed => return,
            }
        } else if let Some(arrived) = response.get() {
            let answer = answer.take().expect("a response arrives once");
            match arrived.expect("the response is taken once") {
                Ok(response) => download = Some(respond(&response, answer)),
                Err(code) => return fail(answer, 502, &code.to_string()),
            }
            moved = true;
        } else {
            waits.push(response.subscribe());
        }
        if !moved {
            poll::poll(&waits.iter().collect::<Vec<_>>());
        }
    }
}

/// Begins to answer: the pipe for the response's body.
fn respond(response: &IncomingResponse, answer: ResponseOutparam) -> Pipe {
    let outgoing = OutgoingResponse::new(end_to_end(&response.headers()));
    outgoing.set_status_code(response.status()).expect("a status that arrived is a status");
    let from = response.consume().expect("nobody has taken the response's body");
    let to = outgoing.body().expect("nobody has taken the outgoing body");
    ResponseOutparam::set(answer, Ok(outgoing));
    Pipe::new(from, to)
}

/// The headers that are passed on.
fn end_to_end(headers: &Headers) -> Fields {
    let passed = Fields::new();
    for (name, value) in headers.entries() {
        if !HOP_BY_HOP.contains(&name.to_ascii_lowercase().as_str()) {
            // What the host forbids is not passed on either.
            let _ = passed.append(&name, &value);
        }
    }
    passed
}

/// Answers with a problem of ours.
fn fail(answer: ResponseOutparam, status: u16, problem: &str) {
    let response = OutgoingResponse::new(Fields::new());
    response.set_status_code(status).expect("a status between 100 and 999");
    let body = response.body().expect("nobody has taken the body");
    ResponseOutparam::set(answer, Ok(response));
    let stream = body.write().expect("nobody has taken the stream");
    let _ = stream.blocking_write_and_flush(format!("{problem}\n").as_bytes());
    drop(stream);
    let _ = OutgoingBody::finish(body, None);
}
