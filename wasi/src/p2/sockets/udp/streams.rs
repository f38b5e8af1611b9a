//! The streams of a UDP socket: datagrams that come, and datagrams that go.
//!
//! # Invariants
//!
//! - Nothing is kept: what the system has no room for stays with the guest, and what nobody receives with the system.
//! - Not more is sent than was permitted.

use super::socket::Shared;
use crate::network::Protocol;
use crate::p2::io::{Pollable, Ready};
use crate::p2::sockets::network::{Failure, Outcome};
use crate::p2::sockets::types::{ErrorCode, IpSocketAddress, check_family, check_remote};
use sarsen_component::{ComponentType, Lift, Lower};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

/// Datagrams of one call: they are in the host's memory, and each may have 64 KiB.
const MAX_DATAGRAMS: usize = 16;

/// What the largest datagram has.
const MAX_SIZE: usize = 64 << 10;

/// Datagrams that one call looks at and drops, since they come from where nothing is granted.
const MAX_DROPPED: usize = 64;

/// A datagram that has come.
#[derive(ComponentType, Lower, Debug)]
#[component(record)]
pub(super) struct IncomingDatagram {
    data: Vec<u8>,
    #[component(name = "remote-address")]
    remote_address: IpSocketAddress,
}

/// A datagram to be sent.
#[derive(ComponentType, Lift, Debug)]
#[component(record)]
pub(super) struct OutgoingDatagram {
    data: Vec<u8>,
    #[component(name = "remote-address")]
    remote_address: Option<IpSocketAddress>,
}

/// The resource `incoming-datagram-stream`.
pub(crate) struct IncomingDatagrams {
    shared: Arc<Shared>,
    generation: u64,
    from: From,
}

/// Who datagrams may come from.
#[derive(Clone, Copy)]
pub(super) enum From {
    Anybody,
    /// Those to whom some may be sent.
    Granted,
    Only(SocketAddr),
}

impl IncomingDatagrams {
    pub(super) fn new(shared: Arc<Shared>, generation: u64, from: From) -> IncomingDatagrams {
        IncomingDatagrams { shared, generation, from }
    }

    /// Receives some; `note` is called for each that comes, wanted or not.
    pub(super) fn receive(&mut self, max: u64, mut note: impl FnMut()) -> Outcome<Vec<IncomingDatagram>> {
        self.shared.check(self.generation)?;
        let max = usize::try_from(max).map_or(MAX_DATAGRAMS, |max| max.min(MAX_DATAGRAMS));
        let mut datagrams = Vec::new();
        let mut buffer = Vec::new();
        for _ in 0..max + MAX_DROPPED {
            if datagrams.len() == max {
                break;
            }
            buffer.resize(MAX_SIZE, 0);
            let received = self.shared.socket.try_recv_from(&mut buffer);
            if received.is_ok() {
                note();
            }
            match received {
                Ok((len, from)) if self.is_wanted(from) => {
                    let (data, remote_address) = (buffer[..len].to_vec(), from.into());
                    datagrams.push(IncomingDatagram { data, remote_address });
                }
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                // It is told to whoever receives next; what has come before is not lost for it.
                Err(_) if !datagrams.is_empty() => break,
                Err(error) => return Err(error.into()),
            }
        }
        Ok(datagrams)
    }

    /// Whether a datagram is from somebody it may be from. Some may have come before the socket was connected.
    fn is_wanted(&self, from: SocketAddr) -> bool {
        match self.from {
            From::Anybody => true,
            From::Granted => self.shared.policy.allows_connect(Protocol::Udp, from),
            From::Only(remote) => remote.ip() == from.ip() && remote.port() == from.port(),
        }
    }
}

impl Pollable for IncomingDatagrams {
    fn ready<'a>(&'a mut self) -> Ready<'a> {
        Box::pin(async move {
            if self.shared.check(self.generation).is_ok() {
                // An error is something to be received.
                let _ = self.shared.socket.readable().await;
            }
        })
    }
}

/// The resource `outgoing-datagram-stream`.
pub(crate) struct OutgoingDatagrams {
    shared: Arc<Shared>,
    generation: u64,
    remote: Option<SocketAddr>,
    /// How many may be sent; none without having asked.
    permit: Option<usize>,
}

impl OutgoingDatagrams {
    pub(super) fn new(shared: Arc<Shared>, generation: u64, remote: Option<SocketAddr>) -> OutgoingDatagrams {
        OutgoingDatagrams { shared, generation, remote, permit: None }
    }

    pub(super) fn check_send(&mut self) -> Outcome<u64> {
        self.shared.check(self.generation)?;
        let mut cx = Context::from_waker(Waker::noop());
        let permit = match self.shared.socket.poll_send_ready(&mut cx) {
            Poll::Ready(_) => MAX_DATAGRAMS,
            Poll::Pending => 0,
        };
        self.permit = Some(permit);
        Ok(permit as u64)
    }

    pub(super) fn send(&mut self, datagrams: Vec<OutgoingDatagram>) -> Outcome<u64> {
        let Some(permit) = self.permit.filter(|&permit| datagrams.len() <= permit) else {
            return Err(Failure::Trap(sarsen::Error::msg("more datagrams than check-send has permitted")));
        };
        self.shared.check(self.generation)?;
        if datagrams.is_empty() {
            return Ok(0);
        }
        let mut sent = 0;
        for datagram in &datagrams {
            match self.send_one(datagram) {
                Ok(true) => sent += 1,
                Ok(false) => break,
                Err(_) if sent > 0 => break,
                Err(code) => return Err(code.into()),
            }
        }
        self.permit = Some(permit - sent).filter(|&left| left > 0);
        Ok(sent as u64)
    }

    /// Sends a datagram, or finds that there is no room for it.
    fn send_one(&self, datagram: &OutgoingDatagram) -> Result<bool, ErrorCode> {
        let given = datagram.remote_address.map(SocketAddr::from);
        let (socket, data) = (&self.shared.socket, &datagram.data);
        let sent = match (self.remote, given) {
            (Some(remote), Some(given)) if remote != given => return Err(ErrorCode::InvalidArgument),
            (Some(_), _) => socket.try_send(data),
            (None, None) => return Err(ErrorCode::InvalidArgument),
            (None, Some(to)) => {
                check_family(self.shared.family, to)?;
                check_remote(to)?;
                if !self.shared.policy.allows_connect(Protocol::Udp, to) {
                    return Err(ErrorCode::AccessDenied);
                }
                socket.try_send_to(data, to)
            }
        };
        match sent {
            Ok(_) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}

impl Pollable for OutgoingDatagrams {
    fn ready<'a>(&'a mut self) -> Ready<'a> {
        Box::pin(async move {
            if self.shared.check(self.generation).is_ok() {
                let _ = self.shared.socket.writable().await;
            }
        })
    }
}
