//! The types of `wasi:sockets/network`: addresses and error codes, and what they are in Rust.
//!
//! Does not know what may be done with an address; see `policy` of the host.

use crate::errno::Errno;
use sarsen_component::{ComponentType, Lift, Lower};
use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};

/// Why something with the network has failed.
#[derive(ComponentType, Lift, Lower, Clone, Copy, PartialEq, Eq, Debug)]
#[component(enum)]
#[repr(u8)]
#[expect(missing_docs, reason = "the names of WIT")]
pub enum ErrorCode {
    #[component(name = "unknown")]
    Unknown,
    #[component(name = "access-denied")]
    AccessDenied,
    #[component(name = "not-supported")]
    NotSupported,
    #[component(name = "invalid-argument")]
    InvalidArgument,
    #[component(name = "out-of-memory")]
    OutOfMemory,
    #[component(name = "timeout")]
    Timeout,
    #[component(name = "concurrency-conflict")]
    ConcurrencyConflict,
    #[component(name = "not-in-progress")]
    NotInProgress,
    #[component(name = "would-block")]
    WouldBlock,
    #[component(name = "invalid-state")]
    InvalidState,
    #[component(name = "new-socket-limit")]
    NewSocketLimit,
    #[component(name = "address-not-bindable")]
    AddressNotBindable,
    #[component(name = "address-in-use")]
    AddressInUse,
    #[component(name = "remote-unreachable")]
    RemoteUnreachable,
    #[component(name = "connection-refused")]
    ConnectionRefused,
    #[component(name = "connection-reset")]
    ConnectionReset,
    #[component(name = "connection-aborted")]
    ConnectionAborted,
    #[component(name = "datagram-too-large")]
    DatagramTooLarge,
    #[component(name = "name-unresolvable")]
    NameUnresolvable,
    #[component(name = "temporary-resolver-failure")]
    TemporaryResolverFailure,
    #[component(name = "permanent-resolver-failure")]
    PermanentResolverFailure,
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

impl std::error::Error for ErrorCode {}

impl From<io::Error> for ErrorCode {
    fn from(error: io::Error) -> ErrorCode {
        ErrorCode::from(&error)
    }
}

impl From<&io::Error> for ErrorCode {
    fn from(error: &io::Error) -> ErrorCode {
        // The number of the system is what counts; the kind is there if somebody else has made the error.
        let error = match error.raw_os_error() {
            Some(number) => io::Error::from_raw_os_error(number),
            None => io::Error::from(error.kind()),
        };
        match Errno::from(error) {
            Errno::Access | Errno::Perm => ErrorCode::AccessDenied,
            Errno::NotSup | Errno::ProtoNoSupport | Errno::NoSys | Errno::NoProtoOpt => {
                ErrorCode::NotSupported
            }
            Errno::AfNoSupport => ErrorCode::NotSupported,
            Errno::Inval | Errno::DestAddrReq => ErrorCode::InvalidArgument,
            Errno::NoMem | Errno::NoBufs => ErrorCode::OutOfMemory,
            Errno::TimedOut => ErrorCode::Timeout,
            Errno::Already => ErrorCode::ConcurrencyConflict,
            Errno::Again | Errno::InProgress => ErrorCode::WouldBlock,
            Errno::IsConn | Errno::NotConn => ErrorCode::InvalidState,
            Errno::MFile | Errno::NFile => ErrorCode::NewSocketLimit,
            Errno::AddrNotAvail => ErrorCode::AddressNotBindable,
            Errno::AddrInUse => ErrorCode::AddressInUse,
            Errno::HostUnreach | Errno::NetUnreach | Errno::NetDown | Errno::NetReset => {
                ErrorCode::RemoteUnreachable
            }
            Errno::ConnRefused => ErrorCode::ConnectionRefused,
            Errno::ConnReset | Errno::Pipe => ErrorCode::ConnectionReset,
            Errno::ConnAborted => ErrorCode::ConnectionAborted,
            Errno::MsgSize => ErrorCode::DatagramTooLarge,
            _ => ErrorCode::Unknown,
        }
    }
}

/// The versions of the Internet Protocol.
#[derive(ComponentType, Lift, Lower, Clone, Copy, PartialEq, Eq, Debug)]
#[component(enum)]
#[repr(u8)]
pub(crate) enum IpAddressFamily {
    #[component(name = "ipv4")]
    Ipv4,
    #[component(name = "ipv6")]
    Ipv6,
}

impl IpAddressFamily {
    pub(super) fn of(address: IpAddr) -> IpAddressFamily {
        if address.is_ipv4() { IpAddressFamily::Ipv4 } else { IpAddressFamily::Ipv6 }
    }
}

type Ipv4Address = (u8, u8, u8, u8);
type Ipv6Address = (u16, u16, u16, u16, u16, u16, u16, u16);

/// An address without a port.
#[derive(ComponentType, Lift, Lower, Clone, Copy, PartialEq, Eq, Debug)]
#[component(variant)]
pub(crate) enum IpAddress {
    #[component(name = "ipv4")]
    Ipv4(Ipv4Address),
    #[component(name = "ipv6")]
    Ipv6(Ipv6Address),
}

impl From<IpAddr> for IpAddress {
    fn from(address: IpAddr) -> IpAddress {
        match address {
            IpAddr::V4(address) => IpAddress::Ipv4(from_v4(address)),
            IpAddr::V6(address) => IpAddress::Ipv6(from_v6(address)),
        }
    }
}

/// A version 4 address with a port.
#[derive(ComponentType, Lift, Lower, Clone, Copy, PartialEq, Eq, Debug)]
#[component(record)]
pub(crate) struct Ipv4SocketAddress {
    port: u16,
    address: Ipv4Address,
}

/// A version 6 address with a port and what else belongs to it.
#[derive(ComponentType, Lift, Lower, Clone, Copy, PartialEq, Eq, Debug)]
#[component(record)]
pub(crate) struct Ipv6SocketAddress {
    port: u16,
    #[component(name = "flow-info")]
    flow_info: u32,
    address: Ipv6Address,
    #[component(name = "scope-id")]
    scope_id: u32,
}

/// An address with a port.
#[derive(ComponentType, Lift, Lower, Clone, Copy, PartialEq, Eq, Debug)]
#[component(variant)]
pub(crate) enum IpSocketAddress {
    #[component(name = "ipv4")]
    Ipv4(Ipv4SocketAddress),
    #[component(name = "ipv6")]
    Ipv6(Ipv6SocketAddress),
}

impl From<SocketAddr> for IpSocketAddress {
    fn from(address: SocketAddr) -> IpSocketAddress {
        match address {
            SocketAddr::V4(address) => IpSocketAddress::Ipv4(Ipv4SocketAddress {
                port: address.port(),
                address: from_v4(*address.ip()),
            }),
            SocketAddr::V6(address) => IpSocketAddress::Ipv6(Ipv6SocketAddress {
                port: address.port(),
                flow_info: address.flowinfo(),
                address: from_v6(*address.ip()),
                scope_id: address.scope_id(),
            }),
        }
    }
}

impl From<IpSocketAddress> for SocketAddr {
    fn from(address: IpSocketAddress) -> SocketAddr {
        match address {
            IpSocketAddress::Ipv4(address) => {
                let (a, b, c, d) = address.address;
                SocketAddrV4::new(Ipv4Addr::new(a, b, c, d), address.port).into()
            }
            IpSocketAddress::Ipv6(address) => {
                let (a, b, c, d, e, f, g, h) = address.address;
                let ip = Ipv6Addr::new(a, b, c, d, e, f, g, h);
                SocketAddrV6::new(ip, address.port, address.flow_info, address.scope_id).into()
            }
        }
    }
}

fn from_v4(address: Ipv4Addr) -> Ipv4Address {
    let [a, b, c, d] = address.octets();
    (a, b, c, d)
}

fn from_v6(address: Ipv6Addr) -> Ipv6Address {
    let [a, b, c, d, e, f, g, h] = address.segments();
    (a, b, c, d, e, f, g, h)
}

type Result<T = ()> = std::result::Result<T, ErrorCode>;

/// Whether a socket of this family can have an address, or send to it.
pub(super) fn check_family(family: IpAddressFamily, address: SocketAddr) -> Result {
    let is_mapped = matches!(address.ip(), IpAddr::V6(address) if address.to_ipv4_mapped().is_some());
    // Version 6 sockets speak version 6 only, and a mapped address would be the other one.
    if IpAddressFamily::of(address.ip()) != family || is_mapped {
        return Err(ErrorCode::InvalidArgument);
    }
    Ok(())
}

/// Whether an address is that of one machine.
pub(super) fn check_unicast(address: SocketAddr) -> Result {
    let is_broadcast = matches!(address.ip(), IpAddr::V4(address) if address.is_broadcast());
    if address.ip().is_multicast() || is_broadcast { Err(ErrorCode::InvalidArgument) } else { Ok(()) }
}

/// Whether an address is one to send to.
pub(super) fn check_remote(address: SocketAddr) -> Result {
    if address.ip().is_unspecified() || address.port() == 0 {
        return Err(ErrorCode::InvalidArgument);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_survive() {
        for text in ["127.0.0.1:80", "0.0.0.0:0", "[2001:db8::1]:65535", "[fe80::1%7]:1"] {
            let address: SocketAddr = text.parse().unwrap();
            assert_eq!(SocketAddr::from(IpSocketAddress::from(address)), address);
        }
    }

    #[test]
    fn families_are_kept_apart() {
        let (v4, v6) = ("127.0.0.1:1".parse().unwrap(), "[::1]:1".parse().unwrap());
        let mapped = "[::ffff:127.0.0.1]:1".parse().unwrap();
        assert_eq!(check_family(IpAddressFamily::Ipv4, v4), Ok(()));
        assert_eq!(check_family(IpAddressFamily::Ipv6, v6), Ok(()));
        for (family, address) in [
            (IpAddressFamily::Ipv4, v6),
            (IpAddressFamily::Ipv6, v4),
            (IpAddressFamily::Ipv4, mapped),
            (IpAddressFamily::Ipv6, mapped),
        ] {
            assert_eq!(check_family(family, address), Err(ErrorCode::InvalidArgument));
        }
    }

    #[test]
    fn errors_keep_their_meaning() {
        for (kind, code) in [
            (io::ErrorKind::ConnectionRefused, ErrorCode::ConnectionRefused),
            (io::ErrorKind::AddrInUse, ErrorCode::AddressInUse),
            (io::ErrorKind::TimedOut, ErrorCode::Timeout),
            (io::ErrorKind::Other, ErrorCode::Unknown),
        ] {
            assert_eq!(ErrorCode::from(io::Error::from(kind)), code);
        }
    }
}
