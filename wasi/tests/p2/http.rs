//! `wasi:http`: fields and messages, requests over real connections, answers to requests, and peers that mean no good.

use crate::guest::{Data, Guest, bytes, list, text, u64};
use ::http::{Request, Response};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use sarsen_component::Val;
use sarsen_wasi::p2::http::{
    Answer, Decision, ErrorCode, Proxy, RequestConfig, Scheme, WasiHttpCtx, WasiHttpHooks,
};
use sarsen_wasi::{SocketPolicy, WasiCtxBuilder};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

fn case(name: &str, payload: Option<Val>) -> Val {
    Val::Variant(name.to_owned(), payload.map(Box::new))
}

fn some(value: Val) -> Val {
    Val::Option(Some(Box::new(value)))
}

fn pairs(list: &[(&str, &str)]) -> Val {
    let pair = |(name, value): &(&str, &str)| Val::Tuple(vec![text(name), self::list(value.as_bytes())]);
    Val::List(list.iter().map(pair).collect())
}

/// What is in a result or an option.
#[track_caller]
fn inner(value: Val) -> Val {
    match value {
        Val::Result(Ok(Some(value))) | Val::Option(Some(value)) => *value,
        other => panic!("nothing in it: {other:?}"),
    }
}

/// A server for one connection.
fn server(talk: impl FnOnce(&mut TcpStream) + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || talk(&mut listener.accept().unwrap().0));
    address
}

/// Reads the head of a message.
fn head(peer: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        peer.read_exact(&mut byte).unwrap();
        head.push(byte[0]);
    }
    String::from_utf8(head).unwrap()
}

/// May send requests to this machine.
fn granted() -> WasiHttpCtx {
    let mut policy = SocketPolicy::new();
    policy.allow_connect("127.0.0.1:*".parse().unwrap());
    let mut http = WasiHttpCtx::new();
    http.allow(policy);
    http
}

impl Guest {
    fn fields(&mut self, list: &[(&str, &str)]) -> Val {
        self.ok("fields.from-list", &[pairs(list)])
    }

    fn request(&mut self, to: &str, headers: &[(&str, &str)]) -> Val {
        let headers = self.fields(headers);
        let request = self.get("outgoing-request.new", &[headers]);
        self.ok("outgoing-request.set-scheme", &[request.clone(), some(case("HTTP", None))]);
        self.ok("outgoing-request.set-authority", &[request.clone(), some(text(to))]);
        request
    }

    fn handle(&mut self, request: Val, options: Option<Val>) -> Val {
        self.ok("outgoing-handler.handle", &[request, Val::Option(options.map(Box::new))])
    }

    /// Waits for the answer, or why there is none.
    fn answer(&mut self, future: &Val) -> Result<Val, String> {
        let pollable = self.get("future-incoming-response.subscribe", std::slice::from_ref(future));
        self.get("pollable.block", std::slice::from_ref(&pollable));
        self.drop(pollable).unwrap();
        let answer = inner(inner(self.get("future-incoming-response.get", std::slice::from_ref(future))));
        match answer {
            Val::Result(Ok(Some(response))) => Ok(*response),
            Val::Result(Err(Some(code))) => Err(name(&code)),
            other => panic!("no answer: {other:?}"),
        }
    }

    /// Sends a request without a body.
    fn fetch(&mut self, to: SocketAddr, options: Option<Val>) -> Result<Val, String> {
        let request = self.request(&to.to_string(), &[]);
        let future = self.handle(request, options);
        self.answer(&future)
    }

    fn consume(&mut self, kind: &str, message: &Val) -> (Val, Val) {
        let body = self.ok(&format!("{kind}.consume"), std::slice::from_ref(message));
        let stream = self.ok("incoming-body.stream", std::slice::from_ref(&body));
        (body, stream)
    }

    /// Reads to the end, or to the error.
    fn read_all(&mut self, stream: &Val) -> (Vec<u8>, Option<String>) {
        let mut received = Vec::new();
        loop {
            match self.get("input-stream.blocking-read", &[stream.clone(), u64(1 << 20)]) {
                Val::Result(Ok(Some(piece))) => received.extend(bytes(&piece)),
                Val::Result(Err(Some(error))) => match *error {
                    Val::Variant(_, Some(error)) => {
                        let code = inner(self.get("types.http-error-code", &[*error]));
                        return (received, Some(name(&code)));
                    }
                    _ => return (received, None),
                },
                other => panic!("no piece: {other:?}"),
            }
        }
    }

    fn trailers(&mut self, body: Val) -> Val {
        let trailers = self.get("incoming-body.finish", &[body]);
        let pollable = self.get("future-trailers.subscribe", std::slice::from_ref(&trailers));
        self.get("pollable.block", std::slice::from_ref(&pollable));
        self.drop(pollable).unwrap();
        let got = inner(inner(self.get("future-trailers.get", std::slice::from_ref(&trailers))));
        let again = self.get("future-trailers.get", &[trailers]);
        assert_eq!(again, some(Val::Result(Err(None))));
        got
    }

    fn timeouts(&mut self, which: &str, time: Duration) -> Val {
        let options = self.get("request-options.new", &[]);
        let time = some(u64(time.as_nanos() as u64));
        self.ok(&format!("request-options.set-{which}"), &[options.clone(), time]);
        options
    }
}

fn name(code: &Val) -> String {
    match code {
        Val::Variant(name, _) => name.clone(),
        other => panic!("no code: {other:?}"),
    }
}

#[test]
fn fields_are_built() {
    let mut guest = Guest::http(&WasiHttpCtx::new());
    let fields = guest.get("fields.new", &[]);
    let named = |name: &str| [fields.clone(), text(name)];
    guest.ok("fields.append", &[fields.clone(), text("X-One"), list(b"1")]);
    guest.ok("fields.append", &[fields.clone(), text("x-one"), list(b"2")]);
    assert_eq!(guest.get("fields.get", &named("X-ONE")), Val::List(vec![list(b"1"), list(b"2")]));
    assert_eq!(guest.get("fields.has", &named("x-ONE")), Val::Bool(true));
    assert_eq!(guest.get("fields.has", &named("a b")), Val::Bool(false));
    guest.ok("fields.set", &[fields.clone(), text("two"), Val::List(vec![list(b"")])]);
    guest.ok("fields.delete", &named("x-One"));
    let copy = guest.get("fields.clone", std::slice::from_ref(&fields));
    guest.ok("fields.delete", &named("two"));
    assert_eq!(guest.get("fields.entries", std::slice::from_ref(&fields)), pairs(&[]));
    assert_eq!(guest.get("fields.entries", &[copy]), pairs(&[("two", "")]));
    assert_eq!(guest.err("fields.append", &[fields.clone(), text("a b"), list(b"")]), "invalid-syntax");
    assert_eq!(guest.err("fields.append", &[fields.clone(), text("a"), list(b"\n")]), "invalid-syntax");
    assert_eq!(guest.err("fields.from-list", &[pairs(&[("Host", "x")])]), "forbidden");
    guest.trap("fields.append", &[fields, text("a"), list(&[b'x'; 200_000])]);
}

/// Calls a function until it traps; how often it has succeeded, and the message.
fn until_trap(guest: &mut Guest, mut call: impl FnMut(&mut Guest) -> sarsen::Result<()>) -> (usize, String) {
    for count in 0..1000 {
        if let Err(error) = call(guest) {
            return (count, format!("{error:?}"));
        }
    }
    panic!("no bound");
}

/// Fields, targets and bodies that nobody has sent are the host's to keep, up to what its table holds.
#[test]
fn what_a_guest_prepares_is_bounded() {
    const MANY: usize = 1 << 20;
    let bounded = || {
        let mut guest = Guest::http(&WasiHttpCtx::new());
        guest.store.data_mut().table.set_max_bytes(MANY);
        guest
    };
    let check = |guest: &Guest, (count, message): (usize, String), each: usize| {
        assert!(message.contains("the resources hold too many bytes"), "{message}");
        assert_eq!(count, MANY / each);
        assert!(guest.store.data().table.bytes() <= MANY);
    };
    let mut guest = bounded();
    let fields = guest.get("fields.new", &[]);
    guest.ok("fields.append", &[fields.clone(), text("a"), list(&[b'x'; 9967])]);
    let copies =
        until_trap(&mut guest, |guest| guest.call("fields.clone", std::slice::from_ref(&fields)).map(drop));
    // One more than the copies is the first.
    check(&guest, (copies.0 + 1, copies.1), 10_000);

    let mut guest = bounded();
    let bodies = until_trap(&mut guest, |guest| {
        let headers = guest.fields(&[]);
        let request = guest.call("outgoing-request.new", &[headers])?;
        guest.call("outgoing-request.body", &[request]).map(drop)
    });
    check(&guest, bodies, 384 << 10);

    let mut guest = bounded();
    let path = format!("/{}", "x".repeat(9999));
    let targets = until_trap(&mut guest, |guest| {
        let headers = guest.fields(&[]);
        let request = guest.call("outgoing-request.new", &[headers])?;
        guest.call("outgoing-request.set-path-with-query", &[request, some(text(&path))]).map(drop)
    });
    check(&guest, targets, 10_000);
}

#[test]
fn requests_are_built() {
    let mut guest = Guest::http(&WasiHttpCtx::new());
    let headers = guest.fields(&[("a", "1")]);
    let request = guest.get("outgoing-request.new", &[headers]);
    let own = std::slice::from_ref(&request);
    assert_eq!(guest.get("outgoing-request.method", own), case("get", None));
    for property in ["path-with-query", "scheme", "authority"] {
        assert_eq!(guest.get(&format!("outgoing-request.{property}"), own), Val::Option(None));
    }
    let post = case("other", Some(text("POST")));
    for (property, value, wrong) in [
        ("method", post, case("other", Some(text("a b")))),
        ("path-with-query", some(text("/a?b")), some(text("a\n"))),
        ("scheme", some(case("HTTPS", None)), some(case("other", Some(text("a b"))))),
        ("authority", some(text("example.com:80")), some(text("user@example.com"))),
    ] {
        let set = format!("outgoing-request.set-{property}");
        guest.ok(&set, &[request.clone(), value.clone()]);
        assert_eq!(guest.get(&set, &[request.clone(), wrong]), Val::Result(Err(None)), "{property}");
        let found = guest.get(&format!("outgoing-request.{property}"), own);
        assert_eq!(found, if property == "method" { case("post", None) } else { value });
    }
    let headers = guest.get("outgoing-request.headers", own);
    assert_eq!(guest.err("fields.delete", &[headers.clone(), text("a")]), "immutable");
    assert_eq!(guest.get("fields.entries", &[headers]), pairs(&[("a", "1")]));
    guest.ok("outgoing-request.body", own);
    assert_eq!(guest.get("outgoing-request.body", own), Val::Result(Err(None)));
    let options = guest.get("request-options.new", &[]);
    for option in ["connect-timeout", "first-byte-timeout", "between-bytes-timeout"] {
        let own = std::slice::from_ref(&options);
        assert_eq!(guest.get(&format!("request-options.{option}"), own), Val::Option(None));
        guest.ok(&format!("request-options.set-{option}"), &[options.clone(), some(u64(5))]);
        assert_eq!(guest.get(&format!("request-options.{option}"), own), some(u64(5)));
    }
    // What is left of a request while its headers are in use cannot go.
    guest.trap_of_drop(request);
}

#[test]
fn nothing_is_granted_by_itself() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let to = listener.local_addr().unwrap();
    let mut guest = Guest::http(&WasiHttpCtx::new());
    assert_eq!(guest.fetch(to, None).unwrap_err(), "HTTP-request-denied");
    let request = guest.request("localhost:1", &[]);
    let future = guest.handle(request, None);
    assert_eq!(guest.answer(&future).unwrap_err(), "HTTP-request-denied");
    let mut policy = SocketPolicy::new();
    policy.allow_connect(format!("127.0.0.1:{}", to.port() ^ 1).parse().unwrap()).allow_name_lookup(true);
    let mut guest = Guest::http(WasiHttpCtx::new().allow(policy));
    assert_eq!(guest.fetch(to, None).unwrap_err(), "HTTP-request-denied");
    let request = guest.request(&format!("localhost:{}", to.port()), &[]);
    let future = guest.handle(request, None);
    assert_eq!(guest.answer(&future).unwrap_err(), "destination-IP-prohibited");
    listener.set_nonblocking(true).unwrap();
    assert!(listener.accept().is_err(), "somebody has connected");
}

#[test]
fn a_request_with_bodies_and_trailers() {
    let (done, request) = std::sync::mpsc::channel();
    let to = server(move |peer| {
        let head = head(peer);
        let mut body = [0; 5];
        peer.read_exact(&mut body).unwrap();
        done.send((head, body)).unwrap();
        let answer = "HTTP/1.1 201 Created\r\nX-A: 1\r\nConnection: close\r\nTransfer-Encoding: chunked\r\nTrailer: t\r\n\r\n\
            3\r\nabc\r\n2\r\nde\r\n0\r\nt: 2\r\n\r\n";
        peer.write_all(answer.as_bytes()).unwrap();
    });
    let mut guest = Guest::http(&granted());
    let request_ = guest.request(&to.to_string(), &[("X-B", "2"), ("Content-Length", "5")]);
    guest.ok("outgoing-request.set-method", &[request_.clone(), case("put", None)]);
    guest.ok("outgoing-request.set-path-with-query", &[request_.clone(), some(text("/p?q=1"))]);
    let body = guest.ok("outgoing-request.body", std::slice::from_ref(&request_));
    let stream = guest.ok("outgoing-body.write", std::slice::from_ref(&body));
    assert_eq!(guest.get("outgoing-body.write", std::slice::from_ref(&body)), Val::Result(Err(None)));
    let future = guest.handle(request_, None);
    guest.ok("output-stream.blocking-write-and-flush", &[stream.clone(), list(b"hello")]);
    guest.drop(stream).unwrap();
    guest.ok("outgoing-body.finish", &[body, Val::Option(None)]);
    let response = guest.answer(&future).unwrap();
    let taken = guest.get("future-incoming-response.get", &[future]);
    assert_eq!(taken, some(Val::Result(Err(None))));
    let (head, body) = request.recv().unwrap();
    assert!(head.starts_with("PUT /p?q=1 HTTP/1.1\r\n"), "{head}");
    assert!(head.contains(&format!("host: {to}\r\n")) && head.contains("x-b: 2\r\n"), "{head}");
    assert_eq!(body, *b"hello");
    assert_eq!(guest.get("incoming-response.status", std::slice::from_ref(&response)), Val::U16(201));
    let headers = guest.get("incoming-response.headers", std::slice::from_ref(&response));
    // What is about the connection is the host's.
    let expected = pairs(&[("x-a", "1"), ("trailer", "t")]);
    assert_eq!(guest.get("fields.entries", std::slice::from_ref(&headers)), expected);
    assert_eq!(guest.err("fields.append", &[headers, text("x"), list(b"")]), "immutable");
    let (body, stream) = guest.consume("incoming-response", &response);
    assert_eq!(guest.get("incoming-response.consume", &[response]), Val::Result(Err(None)));
    assert_eq!(guest.get("incoming-body.stream", std::slice::from_ref(&body)), Val::Result(Err(None)));
    assert_eq!(guest.read_all(&stream), (b"abcde".to_vec(), None));
    guest.drop(stream).unwrap();
    let trailers = inner(inner(guest.trailers(body)));
    assert_eq!(guest.get("fields.entries", &[trailers]), pairs(&[("t", "2")]));
}

#[test]
fn any_method_can_have_a_body() {
    let (done, received) = std::sync::mpsc::channel();
    let to = server(move |peer| {
        let head = head(peer);
        let mut chunks = [0; "5\r\nhello\r\n0\r\n\r\n".len()];
        peer.read_exact(&mut chunks).unwrap();
        done.send((head, chunks)).unwrap();
        peer.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").unwrap();
    });
    let mut guest = Guest::http(&granted());
    let request = guest.request(&to.to_string(), &[]);
    let body = guest.ok("outgoing-request.body", std::slice::from_ref(&request));
    let stream = guest.ok("outgoing-body.write", std::slice::from_ref(&body));
    let future = guest.handle(request, None);
    guest.ok("output-stream.blocking-write-and-flush", &[stream.clone(), list(b"hello")]);
    guest.drop(stream).unwrap();
    guest.ok("outgoing-body.finish", &[body, Val::Option(None)]);
    guest.answer(&future).unwrap();
    let (head, chunks) = received.recv().unwrap();
    assert!(head.starts_with("GET / HTTP/1.1\r\n") && head.contains("transfer-encoding: chunked"), "{head}");
    assert_eq!(&chunks, b"5\r\nhello\r\n0\r\n\r\n");
}

#[test]
fn requests_are_counted_for_each_guest() {
    // Connections are made, and nobody answers.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let to = listener.local_addr().unwrap().to_string();
    let mut grants = granted();
    grants.max_requests(1);
    let mut guests = [Guest::http(&grants.another()), Guest::http(&grants.another())];
    for guest in &mut guests {
        let request = guest.request(&to, &[]);
        guest.handle(request, None);
    }
    for guest in &mut guests {
        let request = guest.request(&to, &[]);
        let refused = guest.err("outgoing-handler.handle", &[request, Val::Option(None)]);
        assert_eq!(refused, "connection-limit-reached");
    }
}

#[test]
fn a_body_has_the_length_that_was_said() {
    let to = server(|peer| drop(peer.read_to_end(&mut Vec::new())));
    let mut guest = Guest::http(&granted());
    let request = guest.request(&to.to_string(), &[("content-length", "5")]);
    let body = guest.ok("outgoing-request.body", std::slice::from_ref(&request));
    let stream = guest.ok("outgoing-body.write", std::slice::from_ref(&body));
    let future = guest.handle(request, None);
    guest.ok("output-stream.blocking-write-and-flush", &[stream.clone(), list(b"four")]);
    guest.trap("outgoing-body.finish", &[body, Val::Option(None)]);
    let mut guest = Guest::http(&granted());
    let _ = future;
    let request = guest.request(&to.to_string(), &[("content-length", "5")]);
    let body = guest.ok("outgoing-request.body", std::slice::from_ref(&request));
    let short = guest.get("outgoing-body.finish", &[body, Val::Option(None)]);
    let code = case("HTTP-request-body-size", Some(some(u64(0))));
    assert_eq!(short, Val::Result(Err(Some(Box::new(code)))));
    let request = guest.request(&to.to_string(), &[("content-length", "5")]);
    let body = guest.ok("outgoing-request.body", std::slice::from_ref(&request));
    let stream = guest.ok("outgoing-body.write", &[body]);
    let long = guest.get("output-stream.blocking-write-and-flush", &[stream, list(b"sixsix")]);
    assert!(matches!(long, Val::Result(Err(_))), "{long:?}");
    let request = guest.request(&to.to_string(), &[("content-length", "five")]);
    assert_eq!(guest.get("outgoing-request.body", &[request]), Val::Result(Err(None)));
}

#[test]
fn a_head_that_never_ends_and_one_that_never_comes() {
    let to = server(|peer| {
        head(peer);
        let _ = peer.write_all(b"HTTP/1.1 200 OK\r\n");
        while peer
            .write_all(b"x: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n")
            .is_ok()
        {}
    });
    let mut guest = Guest::http(&granted());
    assert_eq!(guest.fetch(to, None).unwrap_err(), "HTTP-response-header-section-size");
    let to = server(|peer| {
        // Who answers before it is asked only loses the connection.
        head(peer);
        // A byte now and then is no answer, however right it is.
        let _ = peer.write_all(b"HTTP/1.1 200 OK\r\n");
        for byte in "x: y\r\n".bytes().cycle() {
            if peer.write_all(&[byte]).is_err() {
                return;
            }
            thread::sleep(Duration::from_millis(10));
        }
    });
    let options = guest.timeouts("first-byte-timeout", Duration::from_millis(50));
    let start = Instant::now();
    assert_eq!(guest.fetch(to, Some(options)).unwrap_err(), "connection-read-timeout");
    assert!(start.elapsed() < Duration::from_secs(30));
    let to = server(|peer| {
        head(peer);
        drop(peer.write_all(b"SSH-2.0-other\r\n\r\n"));
    });
    assert_eq!(guest.fetch(to, None).unwrap_err(), "HTTP-protocol-error");
}

#[test]
fn a_body_that_never_ends_one_that_stops_and_one_that_breaks() {
    let mut guest = Guest::http(granted().max_incoming_body(Some(1 << 20)));
    let to = server(|peer| {
        head(peer);
        let _ = peer.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
        while peer.write_all(b"10\r\n0123456789abcdef\r\n").is_ok() {}
    });
    let response = guest.fetch(to, None).unwrap();
    let (_body, stream) = guest.consume("incoming-response", &response);
    let (received, error) = guest.read_all(&stream);
    assert!(received.len() <= 1 << 20);
    assert_eq!(error.as_deref(), Some("HTTP-response-body-size"));
    let to = server(|peer| {
        head(peer);
        let _ = peer.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nabc");
        let _ = peer.read_to_end(&mut Vec::new());
    });
    let options = guest.timeouts("between-bytes-timeout", Duration::from_millis(50));
    let response = guest.fetch(to, Some(options)).unwrap();
    let (body, stream) = guest.consume("incoming-response", &response);
    assert_eq!(guest.read_all(&stream), (b"abc".to_vec(), Some("connection-read-timeout".to_owned())));
    guest.drop(stream).unwrap();
    let trailers = guest.trailers(body);
    assert_eq!(trailers, Val::Result(Err(Some(Box::new(case("connection-read-timeout", None))))));
    let to = server(|peer| {
        head(peer);
        let _ = peer.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nabc");
    });
    let response = guest.fetch(to, None).unwrap();
    let (_body, stream) = guest.consume("incoming-response", &response);
    let (received, error) = guest.read_all(&stream);
    assert_eq!(received, b"abc");
    assert!(["HTTP-response-incomplete", "connection-terminated"].contains(&error.unwrap().as_str()));
}

#[test]
fn a_peer_that_does_not_read_holds_the_guest_up() {
    let to = server(|peer| {
        head(peer);
        thread::sleep(Duration::from_millis(200));
        let mut received = 0;
        let mut buffer = vec![0; 1 << 16];
        while received < 30 << 20 {
            received += peer.read(&mut buffer).unwrap();
        }
        peer.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").unwrap();
    });
    let mut guest = Guest::http(&granted());
    let length = (30 << 20).to_string();
    let request = guest.request(&to.to_string(), &[("content-length", &length)]);
    let body = guest.ok("outgoing-request.body", std::slice::from_ref(&request));
    let stream = guest.ok("outgoing-body.write", std::slice::from_ref(&body));
    let future = guest.handle(request, None);
    let (mut written, mut refused) = (0, 0);
    while written < 30 << 20 {
        let permit = guest.ok("output-stream.check-write", std::slice::from_ref(&stream));
        let Val::U64(permit) = permit else { panic!("no permit: {permit:?}") };
        assert!(permit <= 256 << 10);
        let piece = permit.min((30 << 20) - written);
        if piece == 0 {
            refused += 1;
            let pollable = guest.get("output-stream.subscribe", std::slice::from_ref(&stream));
            guest.get("pollable.block", std::slice::from_ref(&pollable));
            guest.drop(pollable).unwrap();
            continue;
        }
        guest.ok("output-stream.write-zeroes", &[stream.clone(), u64(piece)]);
        written += piece;
    }
    assert!(refused > 0);
    guest.drop(stream).unwrap();
    guest.ok("outgoing-body.finish", &[body, Val::Option(None)]);
    let response = guest.answer(&future).unwrap();
    assert_eq!(guest.get("incoming-response.status", &[response]), Val::U16(204));
}

#[test]
fn requests_at_once_are_bounded() {
    let to = server(|peer| drop(peer.read_to_end(&mut Vec::new())));
    let mut guest = Guest::http(granted().max_requests(1));
    let request = guest.request(&to.to_string(), &[]);
    let first = guest.handle(request, None);
    let request = guest.request(&to.to_string(), &[]);
    let refused = guest.err("outgoing-handler.handle", &[request, Val::Option(None)]);
    assert_eq!(refused, "connection-limit-reached");
    // Who does not want the answer any more gives its place back.
    guest.drop(first).unwrap();
    let start = Instant::now();
    loop {
        let request = guest.request(&to.to_string(), &[]);
        let outcome = guest.get("outgoing-handler.handle", &[request, Val::Option(None)]);
        if matches!(outcome, Val::Result(Ok(_))) {
            return;
        }
        assert!(start.elapsed() < Duration::from_secs(10));
        thread::sleep(Duration::from_millis(1));
    }
}

/// A server that says to be `localhost`, with a key that is no secret: nothing but these tests trusts its authority.
fn tls_server() -> SocketAddr {
    use rustls::pki_types::PrivateKeyDer;
    let certificate = include_bytes!("tls/server.der").to_vec().into();
    let key = PrivateKeyDer::Pkcs8(include_bytes!("tls/server.key.der").to_vec().into());
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    server(move |peer| {
        let mut connection = rustls::ServerConnection::new(config.into()).unwrap();
        let mut stream = rustls::Stream::new(&mut connection, peer);
        // A client that does not trust the server does not get this far.
        if stream.read(&mut [0; 1000]).is_ok() {
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nsecret").unwrap();
            stream.conn.send_close_notify();
            let _ = stream.flush();
        }
    })
}

#[test]
fn servers_have_to_be_trusted() {
    let mut http = WasiHttpCtx::new();
    http.allow_all();
    for is_trusted in [false, true] {
        let port = tls_server().port();
        if is_trusted {
            http.add_root_certificate(include_bytes!("tls/authority.der")).unwrap();
        }
        let mut guest = Guest::http(&http);
        let request = guest.request(&format!("localhost:{port}"), &[]);
        guest.ok("outgoing-request.set-scheme", &[request.clone(), some(case("HTTPS", None))]);
        let future = guest.handle(request, None);
        match guest.answer(&future) {
            Err(code) => assert_eq!((is_trusted, code.as_str()), (false, "TLS-certificate-error")),
            Ok(response) => {
                let (_body, stream) = guest.consume("incoming-response", &response);
                assert_eq!((is_trusted, guest.read_all(&stream)), (true, (b"secret".to_vec(), None)));
            }
        }
    }
    // Who does not speak it at all.
    let to = server(|peer| drop(peer.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")));
    let mut guest = Guest::http(&http);
    let request = guest.request(&to.to_string(), &[]);
    guest.ok("outgoing-request.set-scheme", &[request.clone(), Val::Option(None)]);
    let future = guest.handle(request, None);
    assert_eq!(guest.answer(&future).unwrap_err(), "TLS-protocol-error");
    assert!(http.add_root_certificate(b"no certificate").is_err());
}

/// Answers by itself what goes to one place, and denies the rest.
struct Answering;

impl WasiHttpHooks for Answering {
    fn outgoing(
        &mut self,
        request: Request<sarsen_wasi::p2::http::Body>,
        config: &mut RequestConfig,
    ) -> Decision {
        assert_eq!(config.connect_timeout, Duration::from_secs(60));
        if request.uri().host() != Some("here") {
            return Decision::Deny(ErrorCode::LoopDetected);
        }
        let path = request.uri().path().to_owned();
        let body = Full::new(Bytes::from(path)).map_err(|never| match never {}).boxed_unsync();
        Decision::Answer(Box::pin(async { Ok(Response::new(body)) }))
    }
}

#[test]
fn the_embedder_has_a_say() {
    let mut guest = Guest::http(&WasiHttpCtx::new());
    guest.store.data_mut().hooks = Box::new(Answering);
    let request = guest.request("there", &[]);
    let denied = guest.err("outgoing-handler.handle", &[request, Val::Option(None)]);
    assert_eq!(denied, "loop-detected");
    let request = guest.request("here", &[]);
    guest.ok("outgoing-request.set-path-with-query", &[request.clone(), some(text("/x"))]);
    let future = guest.handle(request, None);
    let response = guest.answer(&future).unwrap();
    let (_body, stream) = guest.consume("incoming-response", &response);
    assert_eq!(guest.read_all(&stream), (b"/x".to_vec(), None));
    for wrong in ["connect", "get"] {
        let headers = guest.fields(&[]);
        let request = guest.get("outgoing-request.new", &[headers]);
        guest.ok("outgoing-request.set-method", &[request.clone(), case(wrong, None)]);
        let outcome = guest.get("outgoing-handler.handle", &[request, Val::Option(None)]);
        assert!(matches!(outcome, Val::Result(Err(_))), "{wrong}");
    }
}

impl Guest {
    /// A request from outside, and where the answer goes.
    fn incoming(&mut self, request: Request<Full<Bytes>>) -> (Val, Val, oneshot::Receiver<Answer>) {
        let (reply, answer) = oneshot::channel();
        let mut view = sarsen_wasi::p2::http::WasiHttpView::http(self.store.data_mut());
        let request = view.new_incoming_request(Scheme::Http, request).unwrap();
        let outparam = view.new_response_outparam(reply).unwrap();
        let request = request.try_into_resource_any(&mut self.store).unwrap();
        let outparam = outparam.try_into_resource_any(&mut self.store).unwrap();
        (Val::Resource(request), Val::Resource(outparam), answer)
    }
}

fn collect(body: sarsen_wasi::p2::http::Body) -> Result<(Vec<u8>, Option<::http::HeaderMap>), ErrorCode> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let collected = body.collect().await?;
        let trailers = collected.trailers().cloned();
        Ok((collected.to_bytes().to_vec(), trailers))
    })
}

#[test]
fn a_request_is_answered() {
    let mut guest = Guest::http(&WasiHttpCtx::new());
    let request = Request::post("/path?query").header("host", "example.com").header("x-a", "1");
    let request = request.body(Full::new(Bytes::from("question"))).unwrap();
    let (request, outparam, mut answer) = guest.incoming(request);
    let own = std::slice::from_ref(&request);
    assert_eq!(guest.get("incoming-request.method", own), case("post", None));
    assert_eq!(guest.get("incoming-request.path-with-query", own), some(text("/path?query")));
    assert_eq!(guest.get("incoming-request.scheme", own), some(case("HTTP", None)));
    assert_eq!(guest.get("incoming-request.authority", own), some(text("example.com")));
    let headers = guest.get("incoming-request.headers", own);
    assert_eq!(guest.get("fields.entries", &[headers]), pairs(&[("x-a", "1")]));
    let (body, stream) = guest.consume("incoming-request", &request);
    assert_eq!(guest.get("incoming-request.consume", own), Val::Result(Err(None)));
    assert_eq!(guest.read_all(&stream), (b"question".to_vec(), None));
    guest.drop(stream).unwrap();
    assert_eq!(guest.trailers(body), Val::Result(Ok(Some(Box::new(Val::Option(None))))));

    let headers = guest.fields(&[("x-b", "2")]);
    let inform = |status: u16| [outparam.clone(), Val::U16(status)];
    for (status, code) in [(200, "HTTP-protocol-error"), (103, "internal-error")] {
        let headers = guest.get("fields.new", &[]);
        let args = [&inform(status)[..], &[headers]].concat();
        let Val::Result(Err(Some(error))) = guest.get("response-outparam.send-informational", &args) else {
            panic!("informed");
        };
        assert_eq!(name(&error), code);
    }
    let response = guest.get("outgoing-response.new", &[headers]);
    let own = std::slice::from_ref(&response);
    assert_eq!(guest.get("outgoing-response.status-code", own), Val::U16(200));
    let wrong = guest.get("outgoing-response.set-status-code", &[response.clone(), Val::U16(99)]);
    assert_eq!(wrong, Val::Result(Err(None)));
    guest.ok("outgoing-response.set-status-code", &[response.clone(), Val::U16(404)]);
    let headers = guest.get("outgoing-response.headers", own);
    guest.drop(headers).unwrap();
    let body = guest.ok("outgoing-response.body", own);
    let stream = guest.ok("outgoing-body.write", std::slice::from_ref(&body));
    guest.get("response-outparam.set", &[outparam, Val::Result(Ok(Some(Box::new(response))))]);
    let answer = answer.try_recv().unwrap().unwrap();
    assert_eq!((answer.status().as_u16(), answer.headers()["x-b"].as_bytes()), (404, &b"2"[..]));
    guest.ok("output-stream.blocking-write-and-flush", &[stream.clone(), list(b"answer")]);
    guest.drop(stream).unwrap();
    let trailers = guest.fields(&[("t", "3")]);
    guest.ok("outgoing-body.finish", &[body, some(trailers)]);
    let (body, trailers) = collect(answer.into_body()).unwrap();
    assert_eq!((body, trailers.unwrap()["t"].as_bytes()), (b"answer".to_vec(), &b"3"[..]));
}

#[test]
fn an_answer_that_breaks_off_is_no_answer() {
    let mut guest = Guest::http(&WasiHttpCtx::new());
    let request = || Request::get("/").body(Full::default()).unwrap();
    let (_, outparam, mut answer) = guest.incoming(request());
    let headers = guest.get("fields.new", &[]);
    let response = guest.get("outgoing-response.new", &[headers]);
    let body = guest.ok("outgoing-response.body", std::slice::from_ref(&response));
    guest.get("response-outparam.set", &[outparam, Val::Result(Ok(Some(Box::new(response))))]);
    guest.drop(body).unwrap();
    assert!(collect(answer.try_recv().unwrap().unwrap().into_body()).is_err());
    let (_, outparam, mut answer) = guest.incoming(request());
    let code = case("loop-detected", None);
    guest.get("response-outparam.set", &[outparam, Val::Result(Err(Some(Box::new(code))))]);
    assert_eq!(answer.try_recv().unwrap().unwrap_err(), ErrorCode::LoopDetected);
    let (_, outparam, mut answer) = guest.incoming(request());
    guest.drop(outparam).unwrap();
    assert!(matches!(answer.try_recv(), Err(oneshot::error::TryRecvError::Closed)));
}

/// A component that gives no answer.
const PROXY: &str = r#"(component
    (import "wasi:http/types@0.2.0" (instance $types
        (export "fields" (type $fields (sub resource)))
        (export "incoming-request" (type (sub resource)))
        (export "response-outparam" (type $outparam (sub resource)))
        (export "outgoing-response" (type $response (sub resource)))
        (export "[constructor]fields" (func (result (own $fields))))
        (export "[constructor]outgoing-response" (func (param "headers" (own $fields)) (result (own $response))))))
    (alias export $types "incoming-request" (type $request))
    (alias export $types "response-outparam" (type $outparam))
    (core func $drop-request (canon resource.drop $request))
    (core func $drop-outparam (canon resource.drop $outparam))
    (core module $m
        (import "" "drop-request" (func $drop-request (param i32)))
        (import "" "drop-outparam" (func $drop-outparam (param i32)))
        (func (export "handle") (param i32 i32)
            (call $drop-request (local.get 0))
            (call $drop-outparam (local.get 1))))
    (core instance $i (instantiate $m (with "" (instance
        (export "drop-request" (func $drop-request))
        (export "drop-outparam" (func $drop-outparam))))))
    (func $handle (param "request" (own $request)) (param "response-out" (own $outparam))
        (canon lift (core func $i "handle")))
    (component $face
        (import "request" (type $request (sub resource)))
        (import "outparam" (type $outparam (sub resource)))
        (import "handle" (func $handle (param "request" (own $request)) (param "response-out" (own $outparam))))
        (export "handle" (func $handle)))
    (instance $face (instantiate $face
        (with "request" (type $request)) (with "outparam" (type $outparam)) (with "handle" (func $handle))))
    (export "wasi:http/incoming-handler@0.2.0" (instance $face)))"#;

#[test]
fn a_proxy_is_called() {
    let engine = sarsen::Engine::default();
    let component = sarsen_component::Component::new(&engine, PROXY).unwrap();
    let mut linker = sarsen_component::Linker::<Data>::new(&engine);
    sarsen_wasi::p2::http::add_to_linker(&mut linker).unwrap();
    let mut store = sarsen::Store::new(&engine, Data::new(&mut WasiCtxBuilder::new()));
    let instance = linker.instantiate(&mut store, &component).unwrap();
    let proxy = Proxy::new(&mut store, &instance).unwrap();
    for _ in 0..3 {
        let (reply, mut answer) = oneshot::channel();
        let request = Request::get("/").body(Full::<Bytes>::default()).unwrap();
        proxy.handle(&mut store, Scheme::Http, request, reply).unwrap();
        assert!(matches!(answer.try_recv(), Err(oneshot::error::TryRecvError::Closed)));
    }
    assert!(store.data().table.is_empty());
}
