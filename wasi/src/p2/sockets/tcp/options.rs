//! The options of a TCP socket.
//!
//! # Invariant
//!
//! Zero is an error; any other value is moved to the nearest that systems take.

use super::socket::{State, TcpSocket};
use crate::p2::sockets::types::{ErrorCode, IpAddressFamily};
use socket2::{SockRef, TcpKeepalive};
use std::time::Duration;

type Result<T = ()> = std::result::Result<T, ErrorCode>;

/// What Linux takes for times between keep-alive packets.
const MAX_KEEP_ALIVE: Duration = Duration::from_secs(32767);

/// What Linux takes for the number of keep-alive packets.
const MAX_KEEP_ALIVE_COUNT: u32 = 127;

/// Fails for zero.
pub(in crate::p2::sockets) fn positive<N: PartialEq + Default>(value: N) -> Result<N> {
    if value == N::default() { Err(ErrorCode::InvalidArgument) } else { Ok(value) }
}

/// A size of a buffer that systems can be asked for.
pub(in crate::p2::sockets) fn buffer_size(value: u64) -> Result<usize> {
    Ok(positive(value)?.min(i32::MAX as u64 / 2) as usize)
}

pub(in crate::p2::sockets) fn hop_limit(socket: &SockRef<'_>, family: IpAddressFamily) -> Result<u8> {
    let limit = match family {
        IpAddressFamily::Ipv4 => socket.ttl_v4()?,
        IpAddressFamily::Ipv6 => socket.unicast_hops_v6()?,
    };
    Ok(limit.min(u8::MAX.into()) as u8)
}

pub(in crate::p2::sockets) fn set_hop_limit(
    socket: &SockRef<'_>,
    family: IpAddressFamily,
    value: u8,
) -> Result {
    let value = positive(value)?.into();
    match family {
        IpAddressFamily::Ipv4 => socket.set_ttl_v4(value)?,
        IpAddressFamily::Ipv6 => socket.set_unicast_hops_v6(value)?,
    }
    Ok(())
}

/// What systems know a time in nanoseconds as: whole seconds.
fn keep_alive_time(nanoseconds: u64) -> Result<Duration> {
    let seconds = positive(nanoseconds)?.div_ceil(1_000_000_000);
    Ok(Duration::from_secs(seconds).min(MAX_KEEP_ALIVE))
}

fn nanoseconds(time: Duration) -> u64 {
    time.as_nanos().try_into().unwrap_or(u64::MAX)
}

impl TcpSocket {
    pub(super) fn set_backlog(&mut self, value: u64) -> Result {
        self.backlog = positive(value)?.min(i32::MAX as u64) as i32;
        match &self.state {
            State::Connecting(_) | State::Connected(_) | State::Closed => Err(ErrorCode::InvalidState),
            State::Listening(listener, _) => Ok(SockRef::from(listener).listen(self.backlog)?),
            _ => Ok(()),
        }
    }

    pub(super) fn keep_alive(&self) -> Result<bool> {
        Ok(self.socket()?.keepalive()?)
    }

    pub(super) fn set_keep_alive(&self, value: bool) -> Result {
        Ok(self.socket()?.set_keepalive(value)?)
    }

    pub(super) fn idle_time(&self) -> Result<u64> {
        Ok(nanoseconds(self.socket()?.tcp_keepalive_time()?))
    }

    pub(super) fn set_idle_time(&self, value: u64) -> Result {
        self.configure(TcpKeepalive::new().with_time(keep_alive_time(value)?))
    }

    pub(super) fn interval(&self) -> Result<u64> {
        Ok(nanoseconds(self.socket()?.tcp_keepalive_interval()?))
    }

    pub(super) fn set_interval(&self, value: u64) -> Result {
        self.configure(TcpKeepalive::new().with_interval(keep_alive_time(value)?))
    }

    pub(super) fn count(&self) -> Result<u32> {
        Ok(self.socket()?.tcp_keepalive_retries()?)
    }

    pub(super) fn set_count(&self, value: u32) -> Result {
        let count = positive(value)?.min(MAX_KEEP_ALIVE_COUNT);
        self.configure(TcpKeepalive::new().with_retries(count))
    }

    pub(super) fn hop_limit(&self) -> Result<u8> {
        hop_limit(&self.socket()?, self.family)
    }

    pub(super) fn set_hop_limit(&self, value: u8) -> Result {
        set_hop_limit(&self.socket()?, self.family, value)
    }

    pub(super) fn receive_buffer(&self) -> Result<u64> {
        Ok(self.socket()?.recv_buffer_size()? as u64)
    }

    pub(super) fn set_receive_buffer(&self, value: u64) -> Result {
        Ok(self.socket()?.set_recv_buffer_size(buffer_size(value)?)?)
    }

    pub(super) fn send_buffer(&self) -> Result<u64> {
        Ok(self.socket()?.send_buffer_size()? as u64)
    }

    pub(super) fn set_send_buffer(&self, value: u64) -> Result {
        Ok(self.socket()?.set_send_buffer_size(buffer_size(value)?)?)
    }

    /// Sets one of the numbers, which also enables what they are for, and must not.
    fn configure(&self, params: TcpKeepalive) -> Result {
        let socket = self.socket()?;
        let was_enabled = socket.keepalive()?;
        socket.set_tcp_keepalive(&params)?;
        Ok(socket.set_keepalive(was_enabled)?)
    }
}
