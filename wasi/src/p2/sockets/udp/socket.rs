//! A UDP socket and its states.
//!
//! # Invariants
//!
//! - Only the streams that were made last work.
//! - A socket without a grant for its local address is there to send and to be answered: what comes from elsewhere than where it
//!   may send to is dropped.

use super::streams::{From, IncomingDatagrams, OutgoingDatagrams};
use crate::network::{Protocol, SocketPolicy};
use crate::open_files::{OpenFiles, Place};
use crate::p2::enter_reactor;
use crate::p2::io::{Pollable, Ready};
use crate::p2::sockets::tcp::options::{buffer_size, hop_limit, set_hop_limit};
use crate::p2::sockets::types::{ErrorCode, IpAddressFamily, check_family, check_remote};
use crate::sys;
use socket2::{Domain, SockRef, Socket, Type};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::net::UdpSocket as Datagrams;

type Result<T = ()> = std::result::Result<T, ErrorCode>;

/// A UDP socket.
pub(crate) struct UdpSocket {
    pub(super) family: IpAddressFamily,
    shared: Arc<Shared>,
    state: State,
    /// Whether its local address was granted.
    may_listen: bool,
    /// What it was bound to.
    bound: IpAddr,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Unbound,
    Binding,
    Bound,
    /// Streams to and from this address.
    Connected(SocketAddr),
}

/// What streams share with their socket.
pub(super) struct Shared {
    pub(super) family: IpAddressFamily,
    pub(super) socket: Datagrams,
    /// How often streams have been made.
    generation: AtomicU64,
    /// What decides for each address, and for those that datagrams come from.
    pub(super) policy: SocketPolicy,
    _place: Place,
}

impl Shared {
    /// Fails unless streams of this generation are those that were made last.
    pub(super) fn check(&self, generation: u64) -> Result {
        let is_last = self.generation.load(Ordering::Relaxed) == generation;
        if is_last { Ok(()) } else { Err(ErrorCode::InvalidState) }
    }
}

impl UdpSocket {
    pub(super) fn new(
        family: IpAddressFamily,
        policy: SocketPolicy,
        open_files: &OpenFiles,
    ) -> Result<UdpSocket> {
        let place = open_files.place().map_err(|_| ErrorCode::NewSocketLimit)?;
        let domain = match family {
            IpAddressFamily::Ipv4 => Domain::IPV4,
            IpAddressFamily::Ipv6 => Domain::IPV6,
        };
        let socket = Socket::new(domain, Type::DGRAM, None)?;
        socket.set_nonblocking(true)?;
        if family == IpAddressFamily::Ipv6 {
            socket.set_only_v6(true)?;
        }
        let socket = enter_reactor(|| Datagrams::from_std(socket.into()))??;
        let shared = Shared { family, socket, generation: AtomicU64::new(0), policy, _place: place };
        Ok(UdpSocket {
            family,
            shared: Arc::new(shared),
            state: State::Unbound,
            may_listen: false,
            bound: Ipv4Addr::UNSPECIFIED.into(),
        })
    }

    fn socket(&self) -> SockRef<'_> {
        SockRef::from(&self.shared.socket)
    }

    pub(super) fn start_bind(&mut self, address: SocketAddr) -> Result {
        match self.state {
            State::Unbound => {}
            State::Binding => return Err(ErrorCode::ConcurrencyConflict),
            State::Bound | State::Connected(_) => return Err(ErrorCode::InvalidState),
        }
        check_family(self.family, address)?;
        let is_any = address.ip().is_unspecified() && address.port() == 0;
        let policy = &self.shared.policy;
        let may_listen = policy.allows_listen(Protocol::Udp, address);
        let may_send = is_any && policy.allows_some_udp();
        if !may_listen && !may_send {
            return Err(ErrorCode::AccessDenied);
        }
        self.socket().bind(&address.into())?;
        (self.may_listen, self.bound) = (may_listen, address.ip());
        self.state = State::Binding;
        Ok(())
    }

    pub(super) fn finish_bind(&mut self) -> Result {
        if self.state != State::Binding {
            return Err(ErrorCode::NotInProgress);
        }
        self.state = State::Bound;
        Ok(())
    }

    pub(super) fn stream(
        &mut self,
        remote: Option<SocketAddr>,
    ) -> Result<(IncomingDatagrams, OutgoingDatagrams)> {
        if matches!(self.state, State::Unbound | State::Binding) {
            return Err(ErrorCode::InvalidState);
        }
        if let Some(remote) = remote {
            check_family(self.family, remote)?;
            check_remote(remote)?;
            if !self.shared.policy.allows_connect(Protocol::Udp, remote) {
                return Err(ErrorCode::AccessDenied);
            }
        }
        if let State::Connected(_) = self.state {
            self.disconnect()?;
        }
        if let Some(remote) = remote {
            self.socket().connect(&remote.into())?;
            self.state = State::Connected(remote);
        }
        let generation = self.shared.generation.fetch_add(1, Ordering::Relaxed) + 1;
        let from = match remote {
            Some(remote) => From::Only(remote),
            None if self.may_listen => From::Anybody,
            None => From::Granted,
        };
        let incoming = IncomingDatagrams::new(Arc::clone(&self.shared), generation, from);
        Ok((incoming, OutgoingDatagrams::new(Arc::clone(&self.shared), generation, remote)))
    }

    /// Lets the socket talk to anybody again.
    fn disconnect(&mut self) -> Result {
        let local = self.shared.socket.local_addr()?;
        sys::disconnect(&self.shared.socket)?;
        self.state = State::Bound;
        // Linux takes back a port that it has chosen.
        if self.shared.socket.local_addr()?.port() != local.port() {
            self.socket().bind(&SocketAddr::new(self.bound, local.port()).into())?;
        }
        Ok(())
    }

    pub(super) fn local_address(&self) -> Result<SocketAddr> {
        if matches!(self.state, State::Unbound | State::Binding) {
            return Err(ErrorCode::InvalidState);
        }
        Ok(self.shared.socket.local_addr()?)
    }

    pub(super) fn remote_address(&self) -> Result<SocketAddr> {
        match self.state {
            State::Connected(remote) => Ok(remote),
            _ => Err(ErrorCode::InvalidState),
        }
    }

    pub(super) fn hop_limit(&self) -> Result<u8> {
        hop_limit(&self.socket(), self.family)
    }

    pub(super) fn set_hop_limit(&self, value: u8) -> Result {
        set_hop_limit(&self.socket(), self.family, value)
    }

    pub(super) fn receive_buffer(&self) -> Result<u64> {
        Ok(self.socket().recv_buffer_size()? as u64)
    }

    pub(super) fn set_receive_buffer(&self, value: u64) -> Result {
        Ok(self.socket().set_recv_buffer_size(buffer_size(value)?)?)
    }

    pub(super) fn send_buffer(&self) -> Result<u64> {
        Ok(self.socket().send_buffer_size()? as u64)
    }

    pub(super) fn set_send_buffer(&self, value: u64) -> Result {
        Ok(self.socket().set_send_buffer_size(buffer_size(value)?)?)
    }
}

impl Pollable for UdpSocket {
    fn ready<'a>(&'a mut self) -> Ready<'a> {
        // Nothing that it does takes time; its streams do.
        Box::pin(std::future::ready(()))
    }
}
