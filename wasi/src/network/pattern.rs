//! Patterns of addresses and ports, as text and as what they match.
//!
//! A pattern says where: `*`, an address, a network as `10.0.0.0/8`, a name, or all names below one as `*.example.com`; and after a
//! colon, which ports: `*`, one, or a range as `80-443`. Version 6 addresses stand in brackets.
//!
//! # Invariant
//!
//! A pattern never matches by how an address is written: `::ffff:127.0.0.1` is no way around one of 127.0.0.1, or into it.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;
use std::str::FromStr;

/// Addresses and ports, for example `127.0.0.1:*`, `10.0.0.0/8:80-443`, `[::1]:8080`, `*:443`, `localhost:5432` or
/// `*.example.com:443`.
///
/// A name matches what the guest has looked up by that name, and lets it be looked up.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AddressPattern {
    host: Host,
    ports: RangeInclusive<u16>,
}

/// Where.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Host {
    Any,
    /// Addresses that have so many bits in common with this one.
    Network(IpAddr, u8),
    /// In lower case.
    Name(String),
    /// Names that end in this, which begins with a dot.
    Below(String),
}

/// Why a text is no pattern.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AddressPatternError(String);

impl fmt::Display for AddressPatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for AddressPatternError {}

type Result<T> = std::result::Result<T, AddressPatternError>;

fn wrong<T>(message: impl fmt::Display) -> Result<T> {
    Err(AddressPatternError(message.to_string()))
}

impl FromStr for AddressPattern {
    type Err = AddressPatternError;

    fn from_str(text: &str) -> Result<AddressPattern> {
        let Some((host, ports)) = text.rsplit_once(':').filter(|(_, ports)| !ports.contains(']')) else {
            return wrong(format_args!("`{text}` says no port; `{text}:*` means all of them"));
        };
        Ok(AddressPattern { host: parse_host(host)?, ports: parse_ports(ports)? })
    }
}

fn parse_ports(text: &str) -> Result<RangeInclusive<u16>> {
    let number = |text: &str| match text.parse() {
        Ok(port) if text.bytes().all(|byte| byte.is_ascii_digit()) => Ok(port),
        _ => wrong(format_args!("`{text}` is no port: a number up to 65535, two of them as 80-443, or `*`")),
    };
    match text.split_once('-') {
        _ if text == "*" => Ok(0..=u16::MAX),
        None => number(text).map(|port| port..=port),
        Some((first, last)) => {
            let ports = number(first)?..=number(last)?;
            if ports.is_empty() {
                return wrong(format_args!("`{text}` is a range of ports that ends before it begins"));
            }
            Ok(ports)
        }
    }
}

fn parse_host(text: &str) -> Result<Host> {
    if text == "*" {
        return Ok(Host::Any);
    }
    let (address, bits) = match text.split_once('/') {
        Some((address, bits)) => (address, Some(bits)),
        None => (text, None),
    };
    let inside = address.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let parsed = match inside {
        Some(inside) => inside.parse().ok().filter(IpAddr::is_ipv6),
        None => address.parse().ok().filter(IpAddr::is_ipv4),
    };
    match (parsed, bits) {
        (Some(IpAddr::V6(address)), _) if address.to_ipv4_mapped().is_some() => {
            wrong(format_args!("`{text}` is a version 4 address; write it as one"))
        }
        (Some(address), None) => Ok(Host::Network(address, width(address))),
        (Some(address), Some(bits)) => match bits.parse() {
            Ok(bits) if bits <= width(address) => Ok(Host::Network(address, bits)),
            _ => {
                wrong(format_args!("`{text}` is no network: up to {} bits can be in common", width(address)))
            }
        },
        (None, Some(_)) => wrong(format_args!("`{address}` is no address, so it has no network")),
        (None, None) if text.parse::<IpAddr>().is_ok() => {
            wrong(format_args!("version 6 addresses stand in brackets: `[{text}]`"))
        }
        (None, None) => parse_name(text),
    }
}

fn parse_name(text: &str) -> Result<Host> {
    let name = text.strip_prefix("*.").unwrap_or(text);
    let is_label = |label: &str| {
        let is_good = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        (1..=63).contains(&label.len()) && label.bytes().all(is_good)
    };
    // What looks like an address and is none is a mistake, not a name.
    let is_number =
        name.rsplit('.').next().is_some_and(|last| last.bytes().all(|byte| byte.is_ascii_digit()));
    if name.len() > 253 || is_number || !name.split('.').all(is_label) {
        return wrong(format_args!("`{text}` is neither an address nor a name"));
    }
    let name = name.to_ascii_lowercase();
    Ok(if text.starts_with("*.") { Host::Below(format!(".{name}")) } else { Host::Name(name) })
}

fn width(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

impl AddressPattern {
    /// All addresses and ports.
    pub fn any() -> AddressPattern {
        AddressPattern { host: Host::Any, ports: 0..=u16::MAX }
    }

    /// Whether it matches an address by what it is, whatever its name.
    pub fn matches(&self, address: SocketAddr) -> bool {
        self.ports.contains(&address.port())
            && match self.host {
                Host::Any => true,
                Host::Network(network, bits) => in_network(address.ip().to_canonical(), network, bits),
                Host::Name(_) | Host::Below(_) => false,
            }
    }

    /// Whether it matches a name, in any case, with a port.
    pub fn matches_name(&self, name: &str, port: u16) -> bool {
        self.ports.contains(&port) && (self.host == Host::Any || self.names(name))
    }

    pub(crate) fn has_port(&self, port: u16) -> bool {
        self.ports.contains(&port)
    }

    /// Whether it is about this name.
    pub(crate) fn names(&self, name: &str) -> bool {
        let name = name.strip_suffix('.').unwrap_or(name);
        match &self.host {
            Host::Any | Host::Network(..) => false,
            Host::Name(own) => own.eq_ignore_ascii_case(name),
            Host::Below(end) => {
                let at = name.len().checked_sub(end.len()).filter(|&at| at > 0);
                at.and_then(|at| name.get(at..)).is_some_and(|rest| rest.eq_ignore_ascii_case(end))
            }
        }
    }
}

fn in_network(address: IpAddr, network: IpAddr, bits: u8) -> bool {
    let (address, network, width) = match (address, network) {
        (IpAddr::V4(address), IpAddr::V4(network)) => {
            (address.to_bits().into(), network.to_bits().into(), 32)
        }
        (IpAddr::V6(address), IpAddr::V6(network)) => (address.to_bits(), network.to_bits(), 128),
        _ => return false,
    };
    let different: u128 = address ^ network;
    different.checked_shr(width - u32::from(bits)).unwrap_or(0) == 0
}

impl fmt::Display for AddressPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.host {
            Host::Any => f.write_str("*")?,
            Host::Network(address @ IpAddr::V4(_), _) => write!(f, "{address}")?,
            Host::Network(address @ IpAddr::V6(_), _) => write!(f, "[{address}]")?,
            Host::Name(name) => f.write_str(name)?,
            Host::Below(end) => write!(f, "*{end}")?,
        }
        if let Host::Network(address, bits) = self.host
            && bits < width(address)
        {
            write!(f, "/{bits}")?;
        }
        let (first, last) = (self.ports.start(), self.ports.end());
        match (first, last) {
            (0, &u16::MAX) => f.write_str(":*"),
            _ if first == last => write!(f, ":{first}"),
            _ => write!(f, ":{first}-{last}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> AddressPattern {
        text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn addresses_and_ports() {
        for (text, inside, outside) in [
            ("127.0.0.1:*", "127.0.0.1:0", "127.0.0.2:0"),
            ("127.0.0.1:80", "127.0.0.1:80", "127.0.0.1:81"),
            ("10.0.0.0/8:80-443", "10.255.0.1:443", "10.255.0.1:444"),
            ("10.0.0.0/8:80-443", "10.0.0.0:80", "11.0.0.0:80"),
            ("0.0.0.0/0:53", "192.0.2.1:53", "[2001:db8::1]:53"),
            ("[::1]:8080", "[::1]:8080", "[::2]:8080"),
            ("[2001:db8::]/32:*", "[2001:db8:ffff::1]:1", "[2001:db9::1]:1"),
            ("[::]/0:*", "[::1]:1", "127.0.0.1:1"),
            ("*:443", "[::1]:443", "127.0.0.1:80"),
        ] {
            let pattern = pattern(text);
            assert!(pattern.matches(inside.parse().unwrap()), "{text} {inside}");
            assert!(!pattern.matches(outside.parse().unwrap()), "{text} {outside}");
            assert_eq!(pattern.to_string(), text);
        }
    }

    #[test]
    fn a_mapped_address_is_the_one_it_stands_for() {
        let mapped = "[::ffff:127.0.0.1]:80".parse().unwrap();
        assert!(pattern("127.0.0.1:80").matches(mapped));
        assert!(!pattern("[::]/0:80").matches(mapped));
        assert!("[::ffff:127.0.0.1]:80".parse::<AddressPattern>().is_err());
    }

    #[test]
    fn names() {
        let local = pattern("LocalHost:5432");
        assert!(local.matches_name("localhost", 5432) && local.matches_name("LOCALHOST.", 5432));
        assert!(!local.matches_name("localhost", 5433) && !local.matches_name("localhost.example", 5432));
        assert!(!local.matches("127.0.0.1:5432".parse().unwrap()), "an address has no name by itself");
        let below = pattern("*.example.com:443");
        assert!(below.matches_name("a.b.example.com", 443));
        assert!(!below.matches_name("example.com", 443) && !below.matches_name("badexample.com", 443));
        assert!(!below.matches_name(".example.com", 443) && !below.matches_name("é.example.co", 443));
        assert!(pattern("*:443").matches_name("anything", 443));
    }

    #[test]
    fn mistakes_are_errors() {
        for text in [
            "",
            "*",
            "127.0.0.1",
            "::1",
            "::1:80",
            "[::1]",
            "[127.0.0.1]:80",
            "127.0.0.1/33:80",
            "[::]/129:*",
            "127.0.0.1:65536",
            "127.0.0.1:-1",
            "127.0.0.1:2-1",
            "127.0.0.1:+1",
            "1.2.3:80",
            "256.0.0.1:80",
            "example.com/8:80",
            "a b:80",
            "*.:80",
            "a..b:80",
            "http://example.com:80",
            "*.*:80",
            "x:",
            "[::1:80",
        ] {
            assert!(text.parse::<AddressPattern>().is_err(), "{text}");
        }
    }
}
