//! `sarsen serve` as clients meet it: answers, guests that fail, limits, logs, and how it ends.
//!
//! The guest is `fixtures/server.wat`, which does as the first letter of the path says.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, ChildStderr, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::Mutex;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

/// Longer than anything takes.
const LONG: Duration = Duration::from_secs(60);

fn sarsen(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sarsen"));
    command.env("SARSEN_CACHE_DIR", concat!(env!("CARGO_TARGET_TMPDIR"), "/cache"));
    command.args(arguments).current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures"));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// A server that runs until this is dropped.
struct Server {
    process: Child,
    address: SocketAddr,
    /// Lines of its standard output after the first.
    lines: Mutex<Receiver<String>>,
    stderr: Option<ChildStderr>,
}

/// What a client gets.
#[derive(Debug)]
struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Server {
    fn start(options: &[&str]) -> Server {
        let (mut server, stdout) = Server::start_unread(options);
        let (line, lines) = mpsc::channel();
        thread::spawn(move || {
            for read in stdout.lines() {
                let Ok(read) = read else { return };
                if line.send(read).is_err() {
                    return;
                }
            }
        });
        server.lines = Mutex::new(lines);
        server
    }

    /// A server whose output is read up to its address and no further.
    fn start_unread(options: &[&str]) -> (Server, BufReader<ChildStdout>) {
        let mut process =
            sarsen(&["serve", "--addr", "127.0.0.1:0", "server.wat"]).args(options).spawn().unwrap();
        let mut stdout = BufReader::new(process.stdout.take().unwrap());
        let mut first = String::new();
        stdout.read_line(&mut first).unwrap();
        let address =
            first.trim_end().strip_prefix("serving HTTP on http://").and_then(|rest| rest.strip_suffix('/'));
        let stderr = process.stderr.take();
        let Some(address) = address else {
            let mut words = String::new();
            stderr.unwrap().read_to_string(&mut words).unwrap();
            panic!("it says {first:?}, and {words}");
        };
        let address = address.parse().unwrap();
        (Server { process, address, lines: Mutex::new(mpsc::channel().1), stderr }, stdout)
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(LONG)).unwrap();
        stream
    }

    /// Sends a request, and reads until the server closes the connection.
    fn ask(&self, request: &[u8]) -> String {
        let mut stream = self.connect();
        let mut answer = Vec::new();
        // Connections of requests that are refused may end before everything was sent.
        let _ = stream.write_all(request).and_then(|()| stream.read_to_end(&mut answer));
        String::from_utf8(answer).unwrap()
    }

    fn send(&self, method: &str, path: &str, fields: &str, body: &str) -> Answer {
        let head = format!("{method} {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{fields}\r\n");
        Answer::parse(&self.ask(&[head.as_bytes(), body.as_bytes()].concat()))
    }

    #[track_caller]
    fn get(&self, path: &str) -> Answer {
        self.send("GET", path, "", "")
    }

    #[track_caller]
    fn expect(&self, path: &str, status: u16, body: &str) {
        let answer = self.get(path);
        assert_eq!((answer.status, &*answer.body), (status, body), "{path}: {}", answer.head);
    }

    #[track_caller]
    fn line(&self) -> String {
        self.lines.lock().unwrap().recv_timeout(LONG).expect("there is a line")
    }

    #[cfg(unix)]
    fn signal(&self) {
        let id = rustix::process::Pid::from_child(&self.process);
        rustix::process::kill_process(id, rustix::process::Signal::TERM).unwrap();
    }

    /// Waits for its end.
    #[track_caller]
    fn wait(&mut self) -> ExitStatus {
        let start = Instant::now();
        loop {
            if let Some(status) = self.process.try_wait().unwrap() {
                return status;
            }
            assert!(start.elapsed() < LONG, "it goes on");
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// What it has said on its error stream until it ended.
    fn complaints(mut self) -> String {
        end(&mut self);
        let mut words = String::new();
        self.stderr.take().unwrap().read_to_string(&mut words).unwrap();
        words
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Answer {
    #[track_caller]
    fn parse(text: &str) -> Answer {
        let (head, rest) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no head: {text:?}"));
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        let body = if head.contains("transfer-encoding: chunked") { joined(rest) } else { rest.to_owned() };
        Answer { status: status.expect("there is a status"), head: head.to_owned(), body }
    }
}

/// The chunks of a body, as far as they are there.
fn joined(mut chunks: &str) -> String {
    let mut body = String::new();
    while let Some((length, rest)) = chunks.split_once("\r\n") {
        let length = usize::from_str_radix(length, 16).unwrap();
        let Some(chunk) = rest.get(..length) else { break };
        body += chunk;
        chunks = rest.get(length + 2..).unwrap_or_default();
    }
    body
}

#[test]
fn each_request_has_an_instance() {
    let server = Server::start(&[]);
    server.expect("/hello", 200, "hello\n");
    server.expect("/count", 200, "1");
    server.expect("/count", 200, "1");
    server.expect("/slow", 200, "ab");
    let head = server.send("HEAD", "/hello", "", "");
    assert_eq!((head.status, &*head.body), (200, ""));

    // Two requests in one go, over one connection.
    let both =
        "GET /hello HTTP/1.1\r\nHost: a\r\n\r\nGET /count HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    let answers = server.ask(both.as_bytes());
    assert_eq!(answers.matches("HTTP/1.1 200 OK").count(), 2, "{answers}");
}

#[test]
fn instances_can_be_used_again() {
    let server = Server::start(&["--reuse", "2"]);
    let count = || {
        let answer = server.get("/count");
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.body
    };
    // An answer may arrive before its instance is ready for the next request, which has a new one then.
    let start = Instant::now();
    while count() != "2" {
        assert!(start.elapsed() < LONG, "each request has an instance");
    }
    for _ in 0..20 {
        let count = count();
        assert!(count == "1" || count == "2", "{count}");
    }
    // Those that have failed would fail again.
    for _ in 0..10 {
        server.expect("/trap", 500, "The guest has failed.\n");
        count();
    }
}

#[test]
fn a_guest_that_fails_answers_500() {
    let server = Server::start(&[]);
    for path in ["/trap", "/nothing", "/error"] {
        server.expect(path, 500, "The guest has failed.\n");
    }
    // It fails when its answer is on the way already: the client sees that there is more to come.
    let cut = server.ask(b"GET /abort HTTP/1.1\r\nHost: a\r\n\r\n");
    assert!(!cut.ends_with("0\r\n\r\n"), "{cut}");
    server.expect("/hello", 200, "hello\n");
    let complaints = server.complaints();
    assert_eq!(complaints.matches("unreachable").count(), 2, "{complaints}");
    assert!(complaints.contains("error: GET /trap: "), "{complaints}");
}

#[test]
fn a_guest_that_takes_too_long_answers_504() {
    let server = Server::start(&["--timeout", "300ms"]);
    for path in ["/loop", "/wait"] {
        server.expect(path, 504, "The guest has taken too long.\n");
    }
    server.expect("/hello", 200, "hello\n");
    let complaints = server.complaints();
    assert!(complaints.contains("error: GET /wait: ended after 300ms"), "{complaints}");
}

#[test]
fn a_time_that_never_ends() {
    let server = Server::start(&["--timeout", "10000000000000000000s"]);
    server.expect("/hello", 200, "hello\n");
}

#[test]
fn guests_that_compute_keep_nobody_waiting() {
    let server = Server::start(&["--timeout", "10s"]);
    let mut computing: Vec<TcpStream> = (0..8).map(|_| server.connect()).collect();
    for stream in &mut computing {
        stream.write_all(b"GET /loop HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
    }
    let start = Instant::now();
    for _ in 0..20 {
        server.expect("/hello", 200, "hello\n");
    }
    assert!(start.elapsed() < Duration::from_secs(9), "{:?}", start.elapsed());
}

#[test]
fn bodies_have_an_end() {
    let server = Server::start(&["--max-body", "1KiB"]);
    let (small, large) = ("x".repeat(1024), "x".repeat(1025));
    let sized = |body: &str| format!("Content-Length: {}\r\n", body.len());
    let chunked = |body: &str| format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len());
    let with_chunks = "Transfer-Encoding: chunked\r\n";

    assert_eq!(server.send("POST", "/upload", &sized(&small), &small).status, 200);
    assert_eq!(server.send("POST", "/upload", with_chunks, &chunked(&small)).status, 200);
    let refused = server.send("POST", "/upload", &sized(&large), &large);
    assert_eq!((refused.status, &*refused.body), (413, "The body is too large.\n"));
    // Here the guest notices.
    let refused = server.send("POST", "/upload", with_chunks, &chunked(&large));
    assert_eq!((refused.status, &*refused.body), (413, "hello\n"));
}

#[test]
fn memory_has_an_end() {
    Server::start(&["--max-memory", "2MiB"]).expect("/memory", 200, "1");
    Server::start(&["--max-memory", "20MiB"]).expect("/memory", 200, "0");
}

#[test]
fn more_requests_than_places_wait() {
    let server = Server::start(&["--max-concurrent", "1"]);
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| server.expect("/slow", 200, "ab"));
        }
    });

    let server = Server::start(&["--max-concurrent", "1", "--timeout", "500ms"]);
    let mut first = server.connect();
    first.write_all(b"GET /wait HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
    let mut second = server.connect();
    second.write_all(b"GET /wait HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
    let mut statuses: Vec<u16> = [first, second].iter_mut().map(status).collect();
    statuses.sort_unstable();
    // One of them has waited for as long as the other was answered.
    assert!(statuses == [503, 504] || statuses == [504, 504], "{statuses:?}");
}

/// Reads as far as the status.
fn status(stream: &mut TcpStream) -> u16 {
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line).unwrap();
    line.split(' ').nth(1).unwrap().parse().unwrap()
}

#[test]
fn more_connections_than_places_wait() {
    let server = Server::start(&["--max-connections", "2"]);
    let idle = [server.connect(), server.connect()];
    thread::scope(|scope| {
        let third = scope.spawn(|| server.expect("/hello", 200, "hello\n"));
        thread::sleep(Duration::from_millis(100));
        assert!(!third.is_finished());
        drop(idle);
    });
}

#[test]
fn requests_name_one_host() {
    let server = Server::start(&[]);
    for fields in ["", "Host: a\r\nHost: b\r\n"] {
        let answer = server.ask(format!("GET / HTTP/1.1\r\nConnection: close\r\n{fields}\r\n").as_bytes());
        assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    }
    let answer = server.ask(b"GET / HTTP/1.0\r\n\r\n");
    assert!(answer.starts_with("HTTP/1.0 200 "), "{answer}");
}

#[test]
fn heads_have_an_end() {
    let server = Server::start(&[]);
    let request = format!("GET / HTTP/1.1\r\nHost: a\r\nX: {}\r\n\r\n", "x".repeat(1 << 20));
    let answer = server.ask(request.as_bytes());
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431 "), "{answer}");
    server.expect("/hello", 200, "hello\n");
}

#[test]
fn a_line_per_answer() {
    let server = Server::start(&["--access-log", "text"]);
    server.get("/hello?a='b'");
    let line = server.line();
    assert!(line.starts_with("127.0.0.1:"), "{line}");
    assert!(line.contains(r#" "GET /hello?a=\'b\' HTTP/1.1" 200 6 "#) && line.ends_with("ms"), "{line}");
    server.ask(b"GET /abort HTTP/1.1\r\nHost: a\r\n\r\n");
    let line = server.line();
    assert!(line.contains(r#" "GET /abort HTTP/1.1" 200 1 "#) && line.ends_with("ms aborted"), "{line}");

    let server = Server::start(&["--access-log", "json"]);
    server.get("/slow");
    let line: serde_json::Value = serde_json::from_str(&server.line()).unwrap();
    assert_eq!((&line["method"], &line["path"]), (&"GET".into(), &"/slow".into()));
    assert_eq!((&line["status"], &line["bytes"]), (&200.into(), &2.into()));
    assert_eq!(line["complete"], true);
    assert!(line["milliseconds"].as_f64().unwrap() >= 290.0, "{line}");
}

#[test]
fn a_log_that_nobody_reads() {
    let (server, _unread) = Server::start_unread(&["--access-log", "json"]);
    let path = format!("/hello?{}", "x".repeat(4000));
    // Twice what pipes hold, and what the server keeps.
    for _ in 0..600 {
        assert_eq!(server.get(&path).status, 200);
    }
}

#[test]
fn values_are_granted() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("values");
    let bucket = format!("counts={}", file.display());
    let options = ["--config-var", "greeting=hi", "--keyvalue", &bucket];
    let mut server = Server::start(&options);
    server.expect("/greeting", 200, "hi");
    server.expect("/keyvalue", 200, "1");
    server.expect("/keyvalue", 200, "2");
    end(&mut server);
    drop(server);
    Server::start(&options).expect("/keyvalue", 200, "3");

    // In memory, all instances have the same one.
    let server = Server::start(&["--keyvalue", "counts"]);
    server.expect("/keyvalue", 200, "1");
    server.expect("/keyvalue", 200, "2");
    Server::start(&[]).expect("/keyvalue", 404, "hello\n");
}

/// Ends a server in the way that this system has.
fn end(server: &mut Server) {
    #[cfg(unix)]
    {
        server.signal();
        assert_eq!(server.wait().code(), Some(0));
    }
    #[cfg(not(unix))]
    server.process.kill().unwrap();
}

#[cfg(unix)]
#[test]
fn answers_that_have_begun_end_first() {
    let mut server = Server::start(&["--access-log", "text"]);
    let idle = server.connect();
    let mut stream = server.connect();
    stream.write_all(b"GET /slow HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
    let mut answer = vec![0; 12];
    stream.read_exact(&mut answer).unwrap();
    server.signal();
    stream.read_to_end(&mut answer).unwrap();
    let answer = Answer::parse(&String::from_utf8(answer).unwrap());
    assert_eq!((answer.status, &*answer.body), (200, "ab"));
    assert_eq!(server.wait().code(), Some(0));
    assert!(server.line().contains("/slow"));
    assert!(TcpStream::connect(server.address).is_err());
    drop(idle);
}

#[cfg(unix)]
#[test]
fn the_second_signal_does_not_wait() {
    let mut server = Server::start(&[]);
    let mut stream = server.connect();
    stream.write_all(b"GET /wait HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
    // Until it runs.
    server.expect("/slow", 200, "ab");
    let start = Instant::now();
    server.signal();
    thread::sleep(Duration::from_millis(500));
    assert_eq!(server.process.try_wait().unwrap(), None);
    server.signal();
    assert_eq!(server.wait().code(), Some(0));
    assert!(start.elapsed() < Duration::from_secs(8), "{:?}", start.elapsed());
}

#[test]
fn what_cannot_be_served() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    for (arguments, code, words) in [
        (&["serve", "lib.wat"][..], 1, "a core module, which cannot answer requests"),
        (&["serve", "--addr", &address, "server.wat"], 2, "in use"),
        (&["serve", "absent.wasm"], 1, "absent.wasm"),
        (&["serve", "--timeout", "300ms", "endless.wat"], 1, "the component does not start within --timeout"),
    ] {
        let output = sarsen(arguments).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains(words), "{arguments:?}: {said}");
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
    }
}
