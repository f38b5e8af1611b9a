//! A TCP socket and its states, which are those of `TcpSocketOperationalSemantics.md` of wasi-sockets.
//!
//! # Invariants
//!
//! - A method in a state that has no such transition is an error and changes nothing.
//! - A connection or listener that could not be started leaves the socket closed.
//! - No operation waits, but [`Pollable::ready`].
//!
//! Does not know how guests name sockets; see `host`.

use super::streams::{TcpInput, TcpOutput, Writer};
use crate::network::{Protocol, SocketPolicy};
use crate::open_files::{OpenFiles, Place};
use crate::p2::enter_reactor;
use crate::p2::io::{Pollable, Ready};
use crate::p2::sockets::types::{ErrorCode, IpAddressFamily, check_family, check_remote, check_unicast};
use socket2::{Domain, SockRef, Socket, Type};
use std::future::poll_fn;
use std::io;
use std::net::{Shutdown, SocketAddr};
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Waker};
use tokio::net::{TcpListener, TcpStream};

type Result<T = ()> = std::result::Result<T, ErrorCode>;

/// Connections that wait to be accepted, unless the guest says how many.
const DEFAULT_BACKLOG: i32 = 128;

/// A TCP socket.
pub(crate) struct TcpSocket {
    pub(super) family: IpAddressFamily,
    pub(super) state: State,
    pub(super) backlog: i32,
    /// Until a connection has it.
    place: Option<Place>,
}

/// A connection of the system's, with its place among what the guest has open: streams and tasks keep it longer than the socket.
pub(super) struct Stream {
    stream: TcpStream,
    _place: Option<Place>,
}

impl Deref for Stream {
    type Target = TcpStream;

    fn deref(&self) -> &TcpStream {
        &self.stream
    }
}

pub(super) enum State {
    Unbound(Socket),
    Binding(Socket),
    Bound(Socket),
    StartingToListen(Socket),
    Listening(TcpListener, Option<Accepted>),
    Connecting(Arc<Stream>),
    Connected(Connection),
    Closed,
}

/// A connection that came while somebody waited for one.
type Accepted = io::Result<(TcpStream, SocketAddr)>;

/// What the two streams of a connection share with the socket.
pub(super) struct Connection {
    stream: Arc<Stream>,
    /// Whether nothing is received any more.
    is_shut: Arc<AtomicBool>,
    writer: Arc<Writer>,
}

impl TcpSocket {
    pub(super) fn new(family: IpAddressFamily, open_files: &OpenFiles) -> Result<TcpSocket> {
        let place = Some(open_files.place().map_err(|_| ErrorCode::NewSocketLimit)?);
        let domain = match family {
            IpAddressFamily::Ipv4 => Domain::IPV4,
            IpAddressFamily::Ipv6 => Domain::IPV6,
        };
        let socket = Socket::new(domain, Type::STREAM, None)?;
        socket.set_nonblocking(true)?;
        if family == IpAddressFamily::Ipv6 {
            socket.set_only_v6(true)?;
        }
        Ok(TcpSocket { family, state: State::Unbound(socket), backlog: DEFAULT_BACKLOG, place })
    }

    /// The socket of the system, in whatever state.
    pub(super) fn socket(&self) -> Result<SockRef<'_>> {
        Ok(match &self.state {
            State::Unbound(socket)
            | State::Binding(socket)
            | State::Bound(socket)
            | State::StartingToListen(socket) => SockRef::from(socket),
            State::Listening(listener, _) => SockRef::from(listener),
            State::Connecting(stream) => SockRef::from(&***stream),
            State::Connected(connection) => SockRef::from(&**connection.stream),
            State::Closed => return Err(ErrorCode::InvalidState),
        })
    }

    /// Why nothing new can be started.
    fn busy(&self) -> ErrorCode {
        match self.state {
            State::Binding(_) | State::StartingToListen(_) | State::Connecting(_) => {
                ErrorCode::ConcurrencyConflict
            }
            _ => ErrorCode::InvalidState,
        }
    }

    pub(super) fn start_bind(&mut self, policy: &SocketPolicy, address: SocketAddr) -> Result {
        let State::Unbound(socket) = &self.state else { return Err(self.busy()) };
        check_family(self.family, address)?;
        check_unicast(address)?;
        if !policy.allows_listen(Protocol::Tcp, address) {
            return Err(ErrorCode::AccessDenied);
        }
        // A server can be started again while its last connections linger; on Windows the option means something else.
        socket.set_reuse_address(cfg!(not(windows)) && address.port() != 0)?;
        socket.bind(&address.into())?;
        self.advance(|state| match state {
            State::Unbound(socket) => State::Binding(socket),
            other => other,
        });
        Ok(())
    }

    pub(super) fn finish_bind(&mut self) -> Result {
        if !matches!(self.state, State::Binding(_)) {
            return Err(ErrorCode::NotInProgress);
        }
        self.advance(|state| match state {
            State::Binding(socket) => State::Bound(socket),
            other => other,
        });
        Ok(())
    }

    fn advance(&mut self, next: impl FnOnce(State) -> State) {
        self.state = next(std::mem::replace(&mut self.state, State::Closed));
    }

    pub(super) fn start_connect(&mut self, policy: &SocketPolicy, address: SocketAddr) -> Result {
        if !matches!(self.state, State::Unbound(_) | State::Bound(_)) {
            return Err(self.busy());
        }
        let (State::Unbound(socket) | State::Bound(socket)) =
            std::mem::replace(&mut self.state, State::Closed)
        else {
            return Err(ErrorCode::Unknown);
        };
        check_family(self.family, address)?;
        check_unicast(address)?;
        check_remote(address)?;
        if !policy.allows_connect(Protocol::Tcp, address) {
            return Err(ErrorCode::AccessDenied);
        }
        match socket.connect(&address.into()) {
            Ok(()) => {}
            Err(error) if is_in_progress(&error) => {}
            // The local address that the system would have chosen.
            Err(error) if error.kind() == io::ErrorKind::AddrNotAvailable => {
                return Err(ErrorCode::AddressInUse);
            }
            Err(error) => return Err(error.into()),
        }
        let stream = enter_reactor(|| TcpStream::from_std(socket.into()))??;
        let stream = Stream { stream, _place: self.place.take() };
        self.state = State::Connecting(Arc::new(stream));
        Ok(())
    }

    pub(super) fn finish_connect(&mut self) -> Result<(TcpInput, TcpOutput)> {
        let State::Connecting(stream) = &self.state else { return Err(ErrorCode::NotInProgress) };
        match connected(stream) {
            Ok(()) => {
                let stream = Arc::clone(stream);
                Ok(self.connect(stream))
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Err(ErrorCode::WouldBlock),
            Err(error) => {
                self.state = State::Closed;
                Err(error.into())
            }
        }
    }

    fn connect(&mut self, stream: Arc<Stream>) -> (TcpInput, TcpOutput) {
        let is_shut = Arc::new(AtomicBool::new(false));
        let writer = Arc::new(Writer::new(Arc::clone(&stream)));
        let input = TcpInput::new(Arc::clone(&stream), Arc::clone(&is_shut));
        let output = TcpOutput::new(Arc::clone(&writer));
        self.state = State::Connected(Connection { stream, is_shut, writer });
        (input, output)
    }

    pub(super) fn start_listen(&mut self) -> Result {
        let State::Bound(socket) = &self.state else { return Err(self.busy()) };
        if let Err(error) = socket.listen(self.backlog) {
            self.state = State::Closed;
            return Err(error.into());
        }
        self.advance(|state| match state {
            State::Bound(socket) => State::StartingToListen(socket),
            other => other,
        });
        Ok(())
    }

    pub(super) fn finish_listen(&mut self) -> Result {
        if !matches!(self.state, State::StartingToListen(_)) {
            return Err(ErrorCode::NotInProgress);
        }
        let State::StartingToListen(socket) = std::mem::replace(&mut self.state, State::Closed) else {
            return Err(ErrorCode::Unknown);
        };
        let listener = enter_reactor(|| TcpListener::from_std(socket.into()))??;
        self.state = State::Listening(listener, None);
        Ok(())
    }

    pub(super) fn accept(&mut self, open_files: &OpenFiles) -> Result<(TcpSocket, TcpInput, TcpOutput)> {
        let place = Some(open_files.place().map_err(|_| ErrorCode::NewSocketLimit)?);
        let State::Listening(listener, waiting) = &mut self.state else {
            return Err(ErrorCode::InvalidState);
        };
        let accepted = match waiting.take() {
            Some(accepted) => accepted,
            None => match poll_accept(listener, &mut Context::from_waker(Waker::noop())) {
                Poll::Ready(accepted) => accepted,
                Poll::Pending => return Err(ErrorCode::WouldBlock),
            },
        };
        let (stream, _) = accepted.map_err(|error| match ErrorCode::from(error) {
            code @ (ErrorCode::NewSocketLimit | ErrorCode::OutOfMemory | ErrorCode::WouldBlock) => code,
            // Linux passes on what has happened to the new connection.
            _ => ErrorCode::ConnectionAborted,
        })?;
        let (family, state, backlog) = (self.family, State::Closed, DEFAULT_BACKLOG);
        let mut socket = TcpSocket { family, state, backlog, place: None };
        let (input, output) = socket.connect(Arc::new(Stream { stream, _place: place }));
        Ok((socket, input, output))
    }

    pub(super) fn is_listening(&self) -> bool {
        matches!(self.state, State::Listening(..))
    }

    pub(super) fn local_address(&self) -> Result<SocketAddr> {
        if matches!(self.state, State::Unbound(_) | State::Binding(_)) {
            return Err(ErrorCode::InvalidState);
        }
        self.socket()?.local_addr()?.as_socket().ok_or(ErrorCode::Unknown)
    }

    pub(super) fn remote_address(&self) -> Result<SocketAddr> {
        match &self.state {
            State::Connected(connection) => Ok(connection.stream.peer_addr()?),
            _ => Err(ErrorCode::InvalidState),
        }
    }

    pub(super) fn shutdown(&mut self, how: Shutdown) -> Result {
        let State::Connected(connection) = &self.state else { return Err(ErrorCode::InvalidState) };
        if how != Shutdown::Write && !connection.is_shut.swap(true, Ordering::Relaxed) {
            shut(&connection.stream, Shutdown::Read)?;
        }
        if how != Shutdown::Read {
            connection.writer.shutdown()?;
        }
        Ok(())
    }
}

/// Ends one direction of a connection, or finds that it has ended with the connection.
pub(super) fn shut(stream: &TcpStream, how: Shutdown) -> io::Result<()> {
    match SockRef::from(stream).shutdown(how) {
        Err(error) if error.kind() == io::ErrorKind::NotConnected => Ok(()),
        result => result,
    }
}

fn is_in_progress(error: &io::Error) -> bool {
    ErrorCode::from(error) == ErrorCode::WouldBlock
}

/// Whether a connection has been made.
fn connected(stream: &TcpStream) -> io::Result<()> {
    stream.try_io(tokio::io::Interest::WRITABLE, || match stream.take_error()? {
        Some(error) => Err(error),
        // What wakes for no reason has no peer yet, and is waited for again.
        None => match stream.peer_addr() {
            Err(error) if error.kind() == io::ErrorKind::NotConnected => {
                Err(io::ErrorKind::WouldBlock.into())
            }
            result => result.map(drop),
        },
    })
}

/// The next connection, which belongs to the runtime from then on.
fn poll_accept(listener: &TcpListener, cx: &mut Context<'_>) -> Poll<Accepted> {
    enter_reactor(|| listener.poll_accept(cx)).unwrap_or_else(|error| Poll::Ready(Err(error)))
}

impl Pollable for TcpSocket {
    fn ready<'a>(&'a mut self) -> Ready<'a> {
        Box::pin(async move {
            match &mut self.state {
                // An error is something to be told.
                State::Connecting(stream) => drop(stream.writable().await),
                State::Listening(listener, waiting @ None) => {
                    *waiting = Some(poll_fn(|cx| poll_accept(listener, cx)).await)
                }
                _ => {}
            }
        })
    }
}
