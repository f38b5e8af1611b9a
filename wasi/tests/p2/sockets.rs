//! `wasi:sockets`: states, rules of addresses, grants, streams with back pressure, options, datagrams, and names.

use crate::guest::{Guest, bytes, field, list, number, text, u64, with_io};
use crate::network;
use sarsen_component::Val;
use sarsen_wasi::{AddressPattern, WasiCtxBuilder};
use std::io::{Read, Write};
use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::thread;
use std::time::Duration;

fn pattern(text: &str) -> AddressPattern {
    text.parse().unwrap()
}

/// A guest with everything on this machine.
fn local() -> Guest {
    Guest::sockets(&mut here())
}

/// May have anything to do with this machine.
fn here() -> WasiCtxBuilder {
    let mut grants = WasiCtxBuilder::new();
    for ip in ["127.0.0.1", "[::1]"] {
        grants.allow_connect(pattern(&format!("{ip}:*"))).allow_listen(pattern(&format!("{ip}:*")));
    }
    grants
}

/// An address as guests write it.
fn address(of: SocketAddr) -> Val {
    let port = ("port".to_owned(), Val::U16(of.port()));
    match of {
        SocketAddr::V4(of) => {
            let ip = of.ip().octets().map(Val::U8).to_vec();
            let fields = vec![port, ("address".to_owned(), Val::Tuple(ip))];
            Val::Variant("ipv4".to_owned(), Some(Box::new(Val::Record(fields))))
        }
        SocketAddr::V6(of) => {
            let ip = of.ip().segments().map(Val::U16).to_vec();
            let fields = vec![
                port,
                ("flow-info".to_owned(), Val::U32(of.flowinfo())),
                ("address".to_owned(), Val::Tuple(ip)),
                ("scope-id".to_owned(), Val::U32(of.scope_id())),
            ];
            Val::Variant("ipv6".to_owned(), Some(Box::new(Val::Record(fields))))
        }
    }
}

fn at(text: &str) -> Val {
    address(text.parse().unwrap())
}

/// The address that a guest was told.
fn told(value: &Val) -> SocketAddr {
    let Val::Variant(family, Some(record)) = value else { panic!("no address: {value:?}") };
    let Val::U16(port) = field(record, "port") else { panic!("no port: {record:?}") };
    let Val::Tuple(parts) = field(record, "address") else { panic!("no address: {record:?}") };
    let part = |index: usize| match parts[index] {
        Val::U8(part) => u16::from(part),
        Val::U16(part) => part,
        ref other => panic!("no part: {other:?}"),
    };
    let ip: IpAddr = match family.as_str() {
        "ipv4" => std::array::from_fn::<u8, 4, _>(|index| part(index) as u8).into(),
        _ => std::array::from_fn::<u16, 8, _>(part).into(),
    };
    (ip, port).into()
}

fn family(name: &str) -> Val {
    Val::Enum(name.to_owned())
}

/// The parts of a tuple.
fn parts<const N: usize>(value: Val) -> [Val; N] {
    match value {
        Val::Tuple(parts) => parts.try_into().unwrap(),
        other => panic!("no tuple: {other:?}"),
    }
}

impl Guest {
    fn network(&mut self) -> Val {
        self.get("instance-network.instance-network", &[])
    }

    fn tcp(&mut self) -> Val {
        self.ok("tcp-create-socket.create-tcp-socket", &[family("ipv4")])
    }

    fn udp(&mut self) -> Val {
        self.ok("udp-create-socket.create-udp-socket", &[family("ipv4")])
    }

    fn socket(&mut self, method: &str, socket: &Val) -> sarsen::Result<Val> {
        self.call(&format!("tcp-socket.{method}"), std::slice::from_ref(socket))
    }

    /// Waits until something is ready.
    fn wait(&mut self, kind: &str, resource: &Val) {
        let pollable = self.get(&format!("{kind}.subscribe"), std::slice::from_ref(resource));
        self.get("pollable.block", std::slice::from_ref(&pollable));
        assert_eq!(self.get("pollable.ready", std::slice::from_ref(&pollable)), Val::Bool(true));
        self.drop(pollable).unwrap();
    }

    fn connect(&mut self, to: SocketAddr) -> [Val; 3] {
        let (socket, network) = (self.tcp(), self.network());
        self.ok("tcp-socket.start-connect", &[socket.clone(), network, address(to)]);
        self.wait("tcp-socket", &socket);
        let [input, output] = parts(self.ok("tcp-socket.finish-connect", std::slice::from_ref(&socket)));
        [socket, input, output]
    }

    fn bind(&mut self, kind: &str, socket: &Val, to: &str) -> SocketAddr {
        let network = self.network();
        self.ok(&format!("{kind}.start-bind"), &[socket.clone(), network, at(to)]);
        self.wait(kind, socket);
        self.ok(&format!("{kind}.finish-bind"), std::slice::from_ref(socket));
        told(&self.ok(&format!("{kind}.local-address"), std::slice::from_ref(socket)))
    }

    fn listen(&mut self) -> (Val, SocketAddr) {
        let socket = self.tcp();
        let bound = self.bind("tcp-socket", &socket, "127.0.0.1:0");
        self.ok("tcp-socket.start-listen", std::slice::from_ref(&socket));
        self.ok("tcp-socket.finish-listen", std::slice::from_ref(&socket));
        (socket, bound)
    }
}

#[test]
fn nothing_is_granted_by_itself() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let to = address(listener.local_addr().unwrap());
    let mut guest = Guest::sockets(&mut WasiCtxBuilder::new());
    let network = guest.network();
    let (tcp, udp) = (guest.tcp(), guest.udp());
    for (kind, socket) in [("tcp-socket", &tcp), ("udp-socket", &udp)] {
        for address in ["127.0.0.1:0", "0.0.0.0:0", "127.0.0.1:8080"] {
            let args = [socket.clone(), network.clone(), at(address)];
            assert_eq!(guest.err(&format!("{kind}.start-bind"), &args), "access-denied");
        }
    }
    assert_eq!(guest.err("tcp-socket.start-connect", &[tcp, network.clone(), to]), "access-denied");
    let name = [network, text("localhost")];
    assert_eq!(guest.err("ip-name-lookup.resolve-addresses", &name), "access-denied");
    let mut guest = Guest::sockets(WasiCtxBuilder::new().inherit_network().allow_tcp(false).allow_udp(false));
    for create in ["tcp-create-socket.create-tcp-socket", "udp-create-socket.create-udp-socket"] {
        assert_eq!(guest.err(create, &[family("ipv4")]), "access-denied");
    }
}

#[test]
fn what_is_granted_is_by_address_and_port() {
    let (allowed, denied) =
        (TcpListener::bind("127.0.0.1:0").unwrap(), TcpListener::bind("127.0.0.1:0").unwrap());
    let (allowed, denied) = (allowed.local_addr().unwrap(), denied.local_addr().unwrap());
    let grant = pattern(&format!("127.0.0.0/8:{}", allowed.port()));
    let mut guest = Guest::sockets(WasiCtxBuilder::new().allow_connect(grant));
    let (socket, network) = (guest.tcp(), guest.network());
    let args = [socket.clone(), network.clone(), address(denied)];
    assert_eq!(guest.err("tcp-socket.start-connect", &args), "access-denied");
    // It is closed after that.
    assert_eq!(guest.err("tcp-socket.start-connect", &[socket, network, address(allowed)]), "invalid-state");
    guest.connect(allowed);
}

#[test]
fn nobody_is_there() {
    let nobody = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).unwrap();
    let mut guest = local();
    let (socket, network) = (guest.tcp(), guest.network());
    guest.ok("tcp-socket.start-connect", &[socket.clone(), network, address(nobody)]);
    guest.wait("tcp-socket", &socket);
    assert_eq!(guest.err("tcp-socket.finish-connect", std::slice::from_ref(&socket)), "connection-refused");
    assert_eq!(guest.err("tcp-socket.finish-connect", &[socket]), "not-in-progress");
}

#[test]
fn an_echo_from_a_server() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let to = listener.local_addr().unwrap();
    let server = thread::spawn(move || {
        let (mut peer, from) = listener.accept().unwrap();
        let mut received = Vec::new();
        peer.read_to_end(&mut received).unwrap();
        peer.write_all(&received).unwrap();
        from
    });
    let mut guest = local();
    let [socket, input, output] = guest.connect(to);
    let remote = guest.ok("tcp-socket.remote-address", std::slice::from_ref(&socket));
    assert_eq!(told(&remote), to);
    let own = told(&guest.ok("tcp-socket.local-address", std::slice::from_ref(&socket)));
    guest.ok("output-stream.blocking-write-and-flush", &[output.clone(), list(b"hello, peer")]);
    for _ in 0..2 {
        guest.ok("tcp-socket.shutdown", &[socket.clone(), family("send")]);
    }
    assert_eq!(guest.err("output-stream.check-write", std::slice::from_ref(&output)), "closed");
    let mut received = Vec::new();
    while let Val::Result(Ok(Some(read))) = guest.get("input-stream.blocking-read", &[input.clone(), u64(5)])
    {
        received.extend(bytes(&read));
    }
    assert_eq!(received, b"hello, peer");
    assert_eq!(server.join().unwrap(), own);
    assert_eq!(guest.err("input-stream.read", &[input, u64(5)]), "closed");
    assert_eq!(guest.socket("is-listening", &socket).unwrap(), Val::Bool(false));
    guest.drop(socket).unwrap();
    guest.drop(output).unwrap();
}

#[test]
fn receiving_is_shut_down() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut guest = local();
    let [socket, input, output] = guest.connect(listener.local_addr().unwrap());
    let (mut peer, _) = listener.accept().unwrap();
    peer.write_all(b"too late").unwrap();
    guest.ok("tcp-socket.shutdown", &[socket.clone(), family("receive")]);
    assert_eq!(guest.err("input-stream.blocking-read", &[input, u64(9)]), "closed");
    guest.ok("output-stream.blocking-write-and-flush", &[output, list(b"still")]);
    guest.ok("tcp-socket.shutdown", &[socket, family("both")]);
    let mut received = Vec::new();
    // Some systems tell a peer that nobody receives any more.
    let _ = peer.read_to_end(&mut received);
    assert_eq!(received, b"still");
}

#[test]
fn connections_are_accepted() {
    let mut guest = local();
    let (socket, bound) = guest.listen();
    assert_eq!(guest.socket("is-listening", &socket).unwrap(), Val::Bool(true));
    assert_eq!(guest.socket("address-family", &socket).unwrap(), family("ipv4"));
    assert_eq!(guest.err("tcp-socket.accept", std::slice::from_ref(&socket)), "would-block");
    let client = thread::spawn(move || {
        thread::sleep(Duration::from_millis(20));
        let mut peer = TcpStream::connect(bound).unwrap();
        peer.write_all(b"ping").unwrap();
        let mut received = [0; 4];
        peer.read_exact(&mut received).unwrap();
        (received, peer.local_addr().unwrap())
    });
    guest.wait("tcp-socket", &socket);
    let [accepted, input, output] = parts(guest.ok("tcp-socket.accept", std::slice::from_ref(&socket)));
    assert_eq!(guest.err("tcp-socket.accept", std::slice::from_ref(&socket)), "would-block");
    let read = guest.ok("input-stream.blocking-read", &[input, u64(100)]);
    assert_eq!(bytes(&read), b"ping");
    guest.ok("output-stream.blocking-write-and-flush", &[output, list(b"pong")]);
    let remote = told(&guest.ok("tcp-socket.remote-address", std::slice::from_ref(&accepted)));
    assert_eq!(client.join().unwrap(), (*b"pong", remote));
    assert_eq!(told(&guest.ok("tcp-socket.local-address", &[accepted])), bound);
    assert_eq!(guest.err("tcp-socket.remote-address", &[socket]), "invalid-state");
}

#[test]
fn version_6_is_version_6_only() {
    let Ok(listener) = TcpListener::bind("[::1]:0") else { return };
    let mut guest = local();
    let socket = guest.ok("tcp-create-socket.create-tcp-socket", &[family("ipv6")]);
    let network = guest.network();
    for wrong in ["127.0.0.1:0", "[::ffff:127.0.0.1]:0", "[ff02::1]:0"] {
        let args = [socket.clone(), network.clone(), at(wrong)];
        assert_eq!(guest.err("tcp-socket.start-bind", &args), "invalid-argument", "{wrong}");
    }
    let to = address(listener.local_addr().unwrap());
    guest.ok("tcp-socket.start-connect", &[socket.clone(), network, to]);
    guest.wait("tcp-socket", &socket);
    guest.ok("tcp-socket.finish-connect", std::slice::from_ref(&socket));
    assert_eq!(guest.socket("address-family", &socket).unwrap(), family("ipv6"));
    let remote = guest.ok("tcp-socket.remote-address", &[socket]);
    assert_eq!(told(&remote), listener.local_addr().unwrap());
}

#[test]
fn addresses_that_make_no_sense_are_refused() {
    let mut guest = local();
    let network = guest.network();
    for wrong in
        ["[::1]:1", "[::ffff:127.0.0.1]:1", "224.0.0.1:1", "255.255.255.255:1", "0.0.0.0:1", "127.0.0.1:0"]
    {
        let socket = guest.tcp();
        let args = [socket.clone(), network.clone(), at(wrong)];
        assert_eq!(guest.err("tcp-socket.start-connect", &args), "invalid-argument", "{wrong}");
        assert_eq!(guest.err("tcp-socket.hop-limit", &[socket]), "invalid-state");
    }
    let socket = guest.tcp();
    for wrong in ["[::1]:0", "224.0.0.1:0", "255.255.255.255:0"] {
        let args = [socket.clone(), network.clone(), at(wrong)];
        assert_eq!(guest.err("tcp-socket.start-bind", &args), "invalid-argument", "{wrong}");
    }
    // A bind that has failed can be tried again.
    guest.bind("tcp-socket", &socket, "127.0.0.1:0");
}

#[test]
fn methods_have_their_states() {
    let mut guest = local();
    let (socket, network) = (guest.tcp(), guest.network());
    for finish in ["finish-bind", "finish-connect", "finish-listen"] {
        let outcome = guest.err(&format!("tcp-socket.{finish}"), std::slice::from_ref(&socket));
        assert_eq!(outcome, "not-in-progress", "{finish}");
    }
    for method in ["accept", "local-address", "remote-address", "start-listen"] {
        let outcome = guest.err(&format!("tcp-socket.{method}"), std::slice::from_ref(&socket));
        assert_eq!(outcome, "invalid-state", "{method}");
    }
    let shutdown = [socket.clone(), family("both")];
    assert_eq!(guest.err("tcp-socket.shutdown", &shutdown), "invalid-state");
    let bind = [socket.clone(), network.clone(), at("127.0.0.1:0")];
    guest.ok("tcp-socket.start-bind", &bind);
    assert_eq!(guest.err("tcp-socket.start-bind", &bind), "concurrency-conflict");
    assert_eq!(guest.err("tcp-socket.local-address", std::slice::from_ref(&socket)), "invalid-state");
    guest.ok("tcp-socket.finish-bind", std::slice::from_ref(&socket));
    assert_eq!(guest.err("tcp-socket.start-bind", &bind), "invalid-state");
    guest.ok("tcp-socket.start-listen", std::slice::from_ref(&socket));
    assert_eq!(guest.err("tcp-socket.start-listen", std::slice::from_ref(&socket)), "concurrency-conflict");
    guest.ok("tcp-socket.finish-listen", std::slice::from_ref(&socket));
    assert_eq!(guest.err("tcp-socket.start-listen", std::slice::from_ref(&socket)), "invalid-state");
    let connect = [socket.clone(), network.clone(), at("127.0.0.1:1")];
    assert_eq!(guest.err("tcp-socket.start-connect", &connect), "invalid-state");
    let bound = told(&guest.ok("tcp-socket.local-address", &[socket]));
    let other = guest.tcp();
    let taken = [other, network, address(bound)];
    assert_eq!(guest.err("tcp-socket.start-bind", &taken), "address-in-use");
}

#[test]
fn options_are_kept() {
    let mut guest = local();
    let socket = guest.tcp();
    let second = 1_000_000_000;
    for (option, value, expected) in [
        ("keep-alive-enabled", Val::Bool(true), Some(Val::Bool(true))),
        ("keep-alive-enabled", Val::Bool(false), Some(Val::Bool(false))),
        ("keep-alive-idle-time", u64(5 * second), Some(u64(5 * second))),
        ("keep-alive-idle-time", u64(1), Some(u64(second))),
        ("keep-alive-idle-time", u64(u64::MAX), Some(u64(32767 * second))),
        ("keep-alive-interval", u64(7 * second), Some(u64(7 * second))),
        ("keep-alive-count", Val::U32(3), Some(Val::U32(3))),
        ("keep-alive-count", Val::U32(u32::MAX), Some(Val::U32(127))),
        ("hop-limit", Val::U8(42), Some(Val::U8(42))),
        ("receive-buffer-size", u64(64 << 10), None),
        ("send-buffer-size", u64(u64::MAX), None),
    ] {
        guest.ok(&format!("tcp-socket.set-{option}"), &[socket.clone(), value]);
        let found = guest.ok(&format!("tcp-socket.{option}"), std::slice::from_ref(&socket));
        match expected {
            Some(expected) => assert_eq!(found, expected, "{option}"),
            None => assert!(number(&found) > 0, "{option}"),
        }
    }
    // Numbers alone enable nothing.
    let enabled = guest.ok("tcp-socket.keep-alive-enabled", std::slice::from_ref(&socket));
    assert_eq!(enabled, Val::Bool(false));
    for (option, zero) in [
        ("keep-alive-idle-time", u64(0)),
        ("keep-alive-interval", u64(0)),
        ("keep-alive-count", Val::U32(0)),
        ("hop-limit", Val::U8(0)),
        ("receive-buffer-size", u64(0)),
        ("send-buffer-size", u64(0)),
        ("listen-backlog-size", u64(0)),
    ] {
        let outcome = guest.err(&format!("tcp-socket.set-{option}"), &[socket.clone(), zero]);
        assert_eq!(outcome, "invalid-argument", "{option}");
    }
    guest.ok("tcp-socket.set-listen-backlog-size", &[socket.clone(), u64(u64::MAX)]);
    let (listening, bound) = guest.listen();
    guest.ok("tcp-socket.set-listen-backlog-size", &[listening, u64(7)]);
    let [connected, ..] = guest.connect(bound);
    let set = [connected, u64(7)];
    assert_eq!(guest.err("tcp-socket.set-listen-backlog-size", &set), "invalid-state");
}

#[test]
fn a_peer_that_does_not_read_holds_the_guest_up() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut guest = local();
    let [socket, _input, output] = guest.connect(listener.local_addr().unwrap());
    let (mut peer, _) = listener.accept().unwrap();
    let (mut written, piece) = (0, list(&[7; 32 << 10]));
    loop {
        match number(&guest.ok("output-stream.check-write", std::slice::from_ref(&output))) {
            0 => break,
            permit => assert!(permit >= 32 << 10),
        }
        guest.ok("output-stream.write", &[output.clone(), piece.clone()]);
        written += 32 << 10;
        assert!(written < 64 << 20, "nothing holds the guest up");
    }
    let reader = thread::spawn(move || {
        let mut received = Vec::new();
        peer.read_to_end(&mut received).unwrap();
        received.len()
    });
    // What was written arrives in front of the end, although nobody waits for it.
    guest.ok("tcp-socket.shutdown", &[socket, family("send")]);
    assert_eq!(reader.join().unwrap(), written);
}

#[test]
fn what_was_written_arrives_when_everything_is_dropped() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut guest = local();
    let [socket, input, output] = guest.connect(listener.local_addr().unwrap());
    let (mut peer, _) = listener.accept().unwrap();
    let mut written = 0;
    while number(&guest.ok("output-stream.check-write", std::slice::from_ref(&output))) > 0 {
        guest.ok("output-stream.write", &[output.clone(), list(&[7; 60_000])]);
        written += 60_000;
    }
    for resource in [output, input, socket] {
        guest.drop(resource).unwrap();
    }
    drop(guest);
    let mut received = Vec::new();
    peer.read_to_end(&mut received).unwrap();
    assert_eq!(received.len(), written);
}

#[test]
fn an_aborted_connection_is_an_error_with_a_code() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut guest = local();
    let [_socket, input, output] = guest.connect(listener.local_addr().unwrap());
    let (peer, _) = listener.accept().unwrap();
    guest.ok("output-stream.blocking-write-and-flush", &[output, list(b"never read")]);
    thread::sleep(Duration::from_millis(20));
    // A socket that is closed with something in it aborts its connection.
    drop(peer);
    let Val::Result(Err(Some(error))) = guest.get("input-stream.blocking-read", &[input, u64(1)]) else {
        panic!("the connection goes on");
    };
    let Val::Variant(case, Some(error)) = *error else { panic!("no error: {error:?}") };
    assert_eq!(case, "last-operation-failed");
    let code = guest.get("network.network-error-code", &[(*error).clone()]);
    assert_eq!(code, Val::Option(Some(Box::new(family("connection-reset")))));
    guest.get("error.to-debug-string", &[*error]);
}

fn datagram(data: &[u8], to: Option<SocketAddr>) -> Val {
    let to = Val::Option(to.map(|to| Box::new(address(to))));
    Val::Record(vec![("data".to_owned(), list(data)), ("remote-address".to_owned(), to)])
}

impl Guest {
    fn stream(&mut self, socket: &Val, to: Option<SocketAddr>) -> [Val; 2] {
        let to = Val::Option(to.map(|to| Box::new(address(to))));
        parts(self.ok("udp-socket.stream", &[socket.clone(), to]))
    }

    fn send(&mut self, stream: &Val, datagrams: Vec<Val>) -> Val {
        self.wait("outgoing-datagram-stream", stream);
        assert!(number(&self.ok("outgoing-datagram-stream.check-send", std::slice::from_ref(stream))) > 0);
        self.get("outgoing-datagram-stream.send", &[stream.clone(), Val::List(datagrams)])
    }

    /// Waits for datagrams.
    fn receive(&mut self, stream: &Val) -> Vec<(Vec<u8>, SocketAddr)> {
        self.wait("incoming-datagram-stream", stream);
        let received = self.ok("incoming-datagram-stream.receive", &[stream.clone(), u64(100)]);
        let Val::List(datagrams) = received else { panic!("no list: {received:?}") };
        let each =
            |datagram: &Val| (bytes(&field(datagram, "data")), told(&field(datagram, "remote-address")));
        datagrams.iter().map(each).collect()
    }
}

/// That so many were sent.
fn sent(count: u64) -> Val {
    Val::Result(Ok(Some(Box::new(u64(count)))))
}

fn refused(code: &str) -> Val {
    Val::Result(Err(Some(Box::new(family(code)))))
}

#[test]
fn datagrams_come_and_go() {
    let peer = UdpSocket::bind("127.0.0.1:0").unwrap();
    let to = peer.local_addr().unwrap();
    let mut guest = local();
    let socket = guest.udp();
    assert_eq!(guest.err("udp-socket.finish-bind", std::slice::from_ref(&socket)), "not-in-progress");
    assert_eq!(guest.err("udp-socket.local-address", std::slice::from_ref(&socket)), "invalid-state");
    assert_eq!(guest.err("udp-socket.stream", &[socket.clone(), Val::Option(None)]), "invalid-state");
    let bound = guest.bind("udp-socket", &socket, "127.0.0.1:0");
    let [incoming, outgoing] = guest.stream(&socket, None);
    assert_eq!(guest.send(&outgoing, vec![datagram(b"one", Some(to)), datagram(b"", Some(to))]), sent(2));
    let mut buffer = [0; 10];
    assert_eq!(peer.recv_from(&mut buffer).unwrap(), (3, bound));
    assert_eq!(peer.recv_from(&mut buffer).unwrap(), (0, bound));
    peer.send_to(b"two", bound).unwrap();
    assert_eq!(guest.receive(&incoming), [(b"two".to_vec(), to)]);
    let none = guest.ok("incoming-datagram-stream.receive", &[incoming.clone(), u64(5)]);
    assert_eq!(none, Val::List(Vec::new()));
    assert_eq!(guest.err("udp-socket.remote-address", std::slice::from_ref(&socket)), "invalid-state");
    assert_eq!(guest.get("udp-socket.address-family", std::slice::from_ref(&socket)), family("ipv4"));
    for wrong in ["127.0.0.1:0", "0.0.0.0:1", "[::1]:1"] {
        let outcome = guest.send(&outgoing, vec![datagram(b"", Some(wrong.parse().unwrap()))]);
        assert_eq!(outcome, refused("invalid-argument"), "{wrong}");
    }
    assert_eq!(guest.send(&outgoing, vec![datagram(b"", None)]), refused("invalid-argument"));
    let outcome = guest.send(&outgoing, vec![datagram(&[0; 66_000], Some(to))]);
    assert_eq!(outcome, refused("datagram-too-large"));
    let elsewhere = "192.0.2.1:9".parse().unwrap();
    assert_eq!(guest.send(&outgoing, vec![datagram(b"", Some(elsewhere))]), refused("access-denied"));
    // The first error ends it, but does not undo what went before.
    let outcome = guest.send(&outgoing, vec![datagram(b"x", Some(to)), datagram(b"", None)]);
    assert_eq!(outcome, sent(1));
}

#[test]
fn a_stream_to_one_peer_is_to_that_one() {
    let (peer, other) = (UdpSocket::bind("127.0.0.1:0").unwrap(), UdpSocket::bind("127.0.0.1:0").unwrap());
    let (to, elsewhere) = (peer.local_addr().unwrap(), other.local_addr().unwrap());
    let mut guest = local();
    let socket = guest.udp();
    let bound = guest.bind("udp-socket", &socket, "127.0.0.1:0");
    let [first_in, first_out] = guest.stream(&socket, None);
    other.send_to(b"early", bound).unwrap();
    thread::sleep(Duration::from_millis(20));
    let [incoming, outgoing] = guest.stream(&socket, Some(to));
    assert_eq!(told(&guest.ok("udp-socket.remote-address", std::slice::from_ref(&socket))), to);
    // The streams from before are no longer any.
    let old = [first_in, u64(1)];
    assert_eq!(guest.err("incoming-datagram-stream.receive", &old), "invalid-state");
    assert_eq!(guest.err("outgoing-datagram-stream.check-send", &[first_out]), "invalid-state");
    assert_eq!(guest.send(&outgoing, vec![datagram(b"a", None), datagram(b"b", Some(to))]), sent(2));
    let outcome = guest.send(&outgoing, vec![datagram(b"", Some(elsewhere))]);
    assert_eq!(outcome, refused("invalid-argument"));
    other.send_to(b"not wanted", bound).unwrap();
    peer.send_to(b"wanted", bound).unwrap();
    let mut received = Vec::new();
    while received.is_empty() {
        received = guest.receive(&incoming);
    }
    assert_eq!(received, [(b"wanted".to_vec(), to)]);
    // And back to everybody.
    let [incoming, outgoing] = guest.stream(&socket, None);
    assert_eq!(guest.send(&outgoing, vec![datagram(b"c", Some(elsewhere))]), sent(1));
    other.send_to(b"again", bound).unwrap();
    assert_eq!(guest.receive(&incoming), [(b"again".to_vec(), elsewhere)]);
    assert_eq!(guest.err("udp-socket.remote-address", std::slice::from_ref(&socket)), "invalid-state");
    for wrong in ["127.0.0.1:0", "0.0.0.0:1", "[::1]:1"] {
        let to = Val::Option(Some(Box::new(at(wrong))));
        assert_eq!(guest.err("udp-socket.stream", &[socket.clone(), to]), "invalid-argument", "{wrong}");
    }
}

#[test]
fn sending_has_to_be_permitted() {
    let mut guest = local();
    let socket = guest.udp();
    let to = guest.bind("udp-socket", &socket, "127.0.0.1:0");
    let [_incoming, outgoing] = guest.stream(&socket, Some(to));
    guest.trap("outgoing-datagram-stream.send", &[outgoing, Val::List(vec![datagram(b"", None)])]);
    let mut guest = local();
    let socket = guest.udp();
    let to = guest.bind("udp-socket", &socket, "127.0.0.1:0");
    let [_incoming, outgoing] = guest.stream(&socket, Some(to));
    let permit = number(&guest.ok("outgoing-datagram-stream.check-send", std::slice::from_ref(&outgoing)));
    let many = vec![datagram(b"", None); permit as usize + 1];
    guest.trap("outgoing-datagram-stream.send", &[outgoing, Val::List(many)]);
}

#[test]
fn who_may_only_send_gets_answers_and_nothing_else() {
    let (peer, other) = (UdpSocket::bind("127.0.0.1:0").unwrap(), UdpSocket::bind("127.0.0.1:0").unwrap());
    let to = peer.local_addr().unwrap();
    let mut guest = Guest::sockets(WasiCtxBuilder::new().allow_connect(pattern(&to.to_string())));
    let (socket, network) = (guest.udp(), guest.network());
    for denied in ["127.0.0.1:0", "0.0.0.0:5353"] {
        let args = [socket.clone(), network.clone(), at(denied)];
        assert_eq!(guest.err("udp-socket.start-bind", &args), "access-denied");
    }
    let port = guest.bind("udp-socket", &socket, "0.0.0.0:0").port();
    let [incoming, outgoing] = guest.stream(&socket, None);
    assert_eq!(guest.send(&outgoing, vec![datagram(b"question", Some(to))]), sent(1));
    other.send_to(b"not asked", ("127.0.0.1", port)).unwrap();
    peer.send_to(b"answer", ("127.0.0.1", port)).unwrap();
    let mut received = Vec::new();
    while received.is_empty() {
        received = guest.receive(&incoming);
    }
    assert_eq!(received, [(b"answer".to_vec(), to)]);
}

#[test]
fn options_of_datagrams() {
    let mut guest = local();
    let socket = guest.udp();
    guest.wait("udp-socket", &socket);
    guest.ok("udp-socket.set-unicast-hop-limit", &[socket.clone(), Val::U8(9)]);
    assert_eq!(guest.ok("udp-socket.unicast-hop-limit", std::slice::from_ref(&socket)), Val::U8(9));
    for option in ["receive-buffer-size", "send-buffer-size"] {
        guest.ok(&format!("udp-socket.set-{option}"), &[socket.clone(), u64(64 << 10)]);
        assert!(number(&guest.ok(&format!("udp-socket.{option}"), std::slice::from_ref(&socket))) > 0);
        let zero = guest.err(&format!("udp-socket.set-{option}"), &[socket.clone(), u64(0)]);
        assert_eq!(zero, "invalid-argument");
    }
    let zero = [socket, Val::U8(0)];
    assert_eq!(guest.err("udp-socket.set-unicast-hop-limit", &zero), "invalid-argument");
}

impl Guest {
    fn resolve(&mut self, name: &str) -> Vec<IpAddr> {
        let network = self.network();
        let stream = self.ok("ip-name-lookup.resolve-addresses", &[network, text(name)]);
        self.wait("resolve-address-stream", &stream);
        let mut addresses = Vec::new();
        loop {
            let next = [stream.clone()];
            match self.ok("resolve-address-stream.resolve-next-address", &next) {
                Val::Option(Some(address)) => addresses.push(ip(&address)),
                Val::Option(None) => return addresses,
                other => panic!("no address: {other:?}"),
            }
        }
    }
}

fn ip(value: &Val) -> IpAddr {
    let Val::Variant(family, Some(parts)) = value else { panic!("no address: {value:?}") };
    let fields = vec![("port".to_owned(), Val::U16(0)), ("address".to_owned(), (**parts).clone())];
    told(&Val::Variant(family.clone(), Some(Box::new(Val::Record(fields))))).ip()
}

#[test]
fn names_are_looked_up() {
    let mut guest = Guest::sockets(WasiCtxBuilder::new().allow_ip_name_lookup(true));
    assert!(guest.resolve("localhost").iter().all(IpAddr::is_loopback));
    assert_eq!(guest.resolve("192.0.2.7"), ["192.0.2.7".parse::<IpAddr>().unwrap()]);
    assert_eq!(guest.resolve("::1"), ["::1".parse::<IpAddr>().unwrap()]);
    let network = guest.network();
    for wrong in ["", "a b", "127.0.0.1:80", "a..b", "http://localhost", "1.2.3"] {
        let args = [network.clone(), text(wrong)];
        assert_eq!(guest.err("ip-name-lookup.resolve-addresses", &args), "invalid-argument", "{wrong}");
    }
    let stream = guest.ok("ip-name-lookup.resolve-addresses", &[network, text("does-not-exist.invalid")]);
    guest.wait("resolve-address-stream", &stream);
    let outcome = guest.err("resolve-address-stream.resolve-next-address", &[stream]);
    assert!(["name-unresolvable", "temporary-resolver-failure"].contains(&outcome.as_str()), "{outcome}");
}

#[test]
fn a_grant_by_name_is_one_for_what_was_looked_up() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let to = listener.local_addr().unwrap();
    let grant = pattern(&format!("localhost:{}", to.port()));
    let mut guest = Guest::sockets(WasiCtxBuilder::new().allow_connect(grant));
    let (socket, network) = (guest.tcp(), guest.network());
    let early = [socket, network.clone(), address(to)];
    assert_eq!(guest.err("tcp-socket.start-connect", &early), "access-denied");
    let denied = [network, text("example.com")];
    assert_eq!(guest.err("ip-name-lookup.resolve-addresses", &denied), "access-denied");
    if guest.resolve("LOCALHOST").contains(&to.ip()) {
        guest.connect(to);
    }
}

/// Sockets are files of the process, also those that others have made a guest accept.
#[test]
fn sockets_are_counted() {
    let mut grants = WasiCtxBuilder::new();
    let all = || pattern("127.0.0.1:*");
    let mut guest = Guest::sockets(grants.allow_connect(all()).allow_listen(all()).max_open_files(3));
    let (listener, bound) = guest.listen();
    let peers: Vec<_> = (0..3).map(|_| TcpStream::connect(bound).unwrap()).collect();
    let accept = |guest: &mut Guest| {
        guest.wait("tcp-socket", &listener);
        parts::<3>(guest.ok("tcp-socket.accept", std::slice::from_ref(&listener)))
    };
    let [socket, input, output] = accept(&mut guest);
    let another = accept(&mut guest);
    assert_eq!(guest.err("tcp-socket.accept", std::slice::from_ref(&listener)), "new-socket-limit");
    for kind in ["tcp", "udp"] {
        let name = format!("{kind}-create-socket.create-{kind}-socket");
        assert_eq!(guest.err(&name, &[family("ipv4")]), "new-socket-limit", "{kind}");
    }
    // The connection is open until the last of its three parts has gone.
    for part in [input, output] {
        guest.drop(part).unwrap();
        assert_eq!(guest.err("tcp-socket.accept", std::slice::from_ref(&listener)), "new-socket-limit");
    }
    guest.drop(socket).unwrap();
    // Whoever was not accepted has waited.
    accept(&mut guest);
    assert_eq!(guest.err("udp-create-socket.create-udp-socket", &[family("ipv4")]), "new-socket-limit");
    for part in another.into_iter().rev() {
        guest.drop(part).unwrap();
    }
    guest.udp();
    drop(peers);
}

#[test]
fn datagrams_are_paid_for() {
    const REQUEST: u64 = 64;
    let peer = UdpSocket::bind("127.0.0.1:0").unwrap();
    let to = peer.local_addr().unwrap();
    let mut guest = Guest::metered(&with_io(network::SOCKETS), "0.2.3", &mut here());
    let socket = guest.udp();
    let bound = guest.bind("udp-socket", &socket, "127.0.0.1:0");
    let [incoming, outgoing] = guest.stream(&socket, None);
    for _ in 0..10 {
        peer.send_to(b"x", bound).unwrap();
    }
    guest.wait("incoming-datagram-stream", &incoming);
    let (received, fuel) = guest.ok_for("incoming-datagram-stream.receive", &[incoming, u64(100)]);
    let Val::List(datagrams) = received else { panic!("no list: {received:?}") };
    assert!(!datagrams.is_empty() && fuel >= (1 + datagrams.len() as u64) * REQUEST, "{fuel}: {datagrams:?}");

    guest.wait("outgoing-datagram-stream", &outgoing);
    guest.ok("outgoing-datagram-stream.check-send", std::slice::from_ref(&outgoing));
    let many = Val::List(vec![datagram(b"x", Some(to)); 10]);
    let (_, fuel) = guest.ok_for("outgoing-datagram-stream.send", &[outgoing, many]);
    assert!(fuel >= 11 * REQUEST, "{fuel}");
}

/// However many a guest asks for, and however many it wants to send at once.
#[test]
fn datagrams_are_passed_a_few_at_a_time() {
    const MAX: usize = 16;
    let peer = UdpSocket::bind("127.0.0.1:0").unwrap();
    let to = peer.local_addr().unwrap();
    let mut guest = local();
    let socket = guest.udp();
    let bound = guest.bind("udp-socket", &socket, "127.0.0.1:0");
    let [incoming, outgoing] = guest.stream(&socket, None);
    for number in 0..3 * MAX {
        peer.send_to(&[number as u8], bound).unwrap();
    }
    let mut numbers = Vec::new();
    while numbers.len() < 3 * MAX {
        guest.wait("incoming-datagram-stream", &incoming);
        let received = guest.ok("incoming-datagram-stream.receive", &[incoming.clone(), u64(u64::MAX)]);
        let Val::List(datagrams) = received else { panic!("no list: {received:?}") };
        assert!(datagrams.len() <= MAX, "{} at once", datagrams.len());
        numbers.extend(datagrams.iter().map(|datagram| bytes(&field(datagram, "data"))[0]));
    }
    assert!(numbers.iter().copied().eq(0..3 * MAX as u8), "none is lost: {numbers:?}");

    let many = |count| Val::List(vec![datagram(b"x", Some(to)); count]);
    let send = |guest: &mut Guest, count| {
        let outcome = guest.call("outgoing-datagram-stream.send", &[outgoing.clone(), many(count)]);
        outcome.map_err(|error| format!("{error:?}"))
    };
    guest.wait("outgoing-datagram-stream", &outgoing);
    let permitted = number(&guest.ok("outgoing-datagram-stream.check-send", std::slice::from_ref(&outgoing)));
    assert_eq!(permitted, MAX as u64);
    assert_eq!(send(&mut guest, MAX), Ok(sent(permitted)));
    // That was all; and a guest that goes on is ended.
    let error = send(&mut guest, 1).unwrap_err();
    assert!(error.contains("more datagrams than check-send has permitted"), "{error}");
}
