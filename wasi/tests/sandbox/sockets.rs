//! Sockets: only what was granted, and only accepting.

use crate::errno;
use crate::puppet::{self, Puppet, ROOT};
use sarsen_wasi::WasiCtxBuilder;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

/// A guest with a listener, and where to reach it.
fn with_listener() -> (Puppet, std::net::SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let mut grants = WasiCtxBuilder::new();
    (Puppet::new(grants.listener(listener).unwrap()), address)
}

fn accept(puppet: &mut Puppet, flags: u64) -> Result<u32, puppet::Errno> {
    puppet.call("sock_accept", &[ROOT.into(), flags, puppet::RESULT.into()])?;
    Ok(puppet.u32_at(puppet::RESULT))
}

#[test]
fn a_connection_goes_both_ways() {
    let (mut puppet, address) = with_listener();
    let client = std::thread::spawn(move || {
        let mut stream = TcpStream::connect(address).unwrap();
        std::thread::sleep(Duration::from_millis(20));
        stream.write_all(b"question").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    });
    let connection = accept(&mut puppet, 0).unwrap();
    // Peeked at, it is still there.
    puppet.buffers(&[(puppet::DATA, 100)]);
    const PEEK: u64 = 1;
    let receive =
        [connection.into(), puppet::LIST.into(), 1, PEEK, puppet::RESULT.into(), puppet::RESULT as u64 + 4];
    puppet.call("sock_recv", &receive).unwrap();
    assert_eq!(puppet.get(puppet::DATA, puppet.u32_at(puppet::RESULT) as usize), b"question");
    assert_eq!(puppet.read(connection, 100).unwrap(), b"question");
    assert_eq!(puppet.write(connection, b"answer").unwrap(), 6);
    puppet.call("sock_shutdown", &[connection.into(), 2]).unwrap();
    assert_eq!(client.join().unwrap(), "answer");
    assert_eq!(puppet.read(connection, 100).unwrap(), b"", "the end");
}

#[test]
fn all_that_was_asked_for_is_waited_for() {
    let (mut puppet, address) = with_listener();
    let client = std::thread::spawn(move || {
        let mut stream = TcpStream::connect(address).unwrap();
        for piece in ["abc", "defg", "hij"] {
            stream.write_all(piece.as_bytes()).unwrap();
            std::thread::sleep(Duration::from_millis(10));
        }
    });
    let connection = accept(&mut puppet, 0).unwrap();
    let data = puppet::DATA;
    puppet.buffers(&[(data, 4), (data + 100, 4)]);
    const WAITALL: u64 = 2;
    let receive = [
        connection.into(),
        puppet::LIST.into(),
        2,
        WAITALL,
        puppet::RESULT.into(),
        puppet::RESULT as u64 + 4,
    ];
    puppet.call("sock_recv", &receive).unwrap();
    assert_eq!(puppet.u32_at(puppet::RESULT), 8);
    assert_eq!((puppet.get(data, 4), puppet.get(data + 100, 4)), (b"abcd".to_vec(), b"efgh".to_vec()));
    puppet.call("sock_recv", &receive).unwrap();
    assert_eq!(puppet.u32_at(puppet::RESULT), 2, "what there was before the end");
    client.join().unwrap();
}

#[test]
fn nothing_to_accept_is_waited_for_or_not() {
    let (mut puppet, _address) = with_listener();
    const NONBLOCK: u64 = 4;
    puppet.call("fd_fdstat_set_flags", &[ROOT.into(), NONBLOCK]).unwrap();
    assert_eq!(accept(&mut puppet, 0), Err(errno::AGAIN));
    puppet.call("fd_fdstat_set_flags", &[ROOT.into(), 0]).unwrap();
    let stop = puppet.ctx().stop_handle();
    let stopper = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(30));
        stop.stop();
    });
    let error = puppet.try_call("sock_accept", &[ROOT.into(), 0, 0]).unwrap_err();
    assert_eq!(error.downcast::<sarsen::Trap>().unwrap(), sarsen::Trap::Interrupt);
    stopper.join().unwrap();
}

#[test]
fn streams_are_no_sockets() {
    let mut puppet = Puppet::new(&mut WasiCtxBuilder::new());
    assert_eq!(puppet.call("sock_shutdown", &[1, 3]), Err(errno::NOT_SOCKET));
    assert_eq!(puppet.call("sock_accept", &[1, 0, 0]), Err(errno::NOT_SOCKET));
    puppet.buffers(&[(puppet::DATA, 1)]);
    let list = puppet::LIST.into();
    assert_eq!(puppet.call("sock_send", &[1, list, 1, 0, 0]), Err(errno::NOT_SOCKET));
    assert_eq!(puppet.call("sock_recv", &[0, list, 1, 0, 0, 4]), Err(errno::NOT_SOCKET));
}
