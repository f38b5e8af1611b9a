//! The grants: which addresses a guest may connect to and which it may have itself, and which names it may look up.
//!
//! Owns what has been learned of names: an address that was looked up by a granted name is granted with that name's ports.
//!
//! # Invariant
//!
//! What no pattern matches is denied.

use super::pattern::AddressPattern;
use std::collections::HashSet;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

/// Addresses that are remembered for names: a guest chooses the names below a granted one, and must not fill memory with them.
const MAX_LEARNED: usize = 4096;

/// What of the network a guest may use. In the beginning that is nothing.
#[derive(Clone, Debug)]
pub struct SocketPolicy {
    tcp: bool,
    udp: bool,
    lookups: bool,
    connect: Vec<AddressPattern>,
    listen: Vec<AddressPattern>,
    /// Addresses, by the patterns of `connect` whose names they were looked up by. Clones learn from each other: the sockets and
    /// the requests of a guest go by the same names.
    learned: Arc<Mutex<HashSet<(IpAddr, usize)>>>,
}

/// Kinds of sockets.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Protocol {
    Tcp,
    Udp,
}

impl Default for SocketPolicy {
    fn default() -> SocketPolicy {
        SocketPolicy {
            tcp: true,
            udp: true,
            lookups: false,
            connect: Vec::new(),
            listen: Vec::new(),
            learned: Arc::default(),
        }
    }
}

impl SocketPolicy {
    /// Grants nothing yet.
    pub fn new() -> SocketPolicy {
        SocketPolicy::default()
    }

    /// Grants everything but looking up names.
    pub fn allow_all(&mut self) -> &mut Self {
        self.allow_connect(AddressPattern::any()).allow_listen(AddressPattern::any())
    }

    /// Grants connecting, or sending datagrams, to what a pattern matches.
    pub fn allow_connect(&mut self, to: AddressPattern) -> &mut Self {
        self.connect.push(to);
        self
    }

    /// Grants having the local addresses that a pattern matches, to listen or to get datagrams. Port 0 stands for any that is free.
    pub fn allow_listen(&mut self, at: AddressPattern) -> &mut Self {
        self.listen.push(at);
        self
    }

    /// Whether TCP may be used at all; it may, as far as addresses are granted.
    pub fn allow_tcp(&mut self, allow: bool) -> &mut Self {
        self.tcp = allow;
        self
    }

    /// Whether UDP may be used at all; it may, as far as addresses are granted.
    pub fn allow_udp(&mut self, allow: bool) -> &mut Self {
        self.udp = allow;
        self
    }

    /// Whether any name may be looked up; those of patterns can be looked up anyway.
    pub fn allow_name_lookup(&mut self, allow: bool) -> &mut Self {
        self.lookups = allow;
        self
    }

    pub(crate) fn allows_protocol(&self, protocol: Protocol) -> bool {
        match protocol {
            Protocol::Tcp => self.tcp,
            Protocol::Udp => self.udp,
        }
    }

    pub(crate) fn allows_connect(&self, protocol: Protocol, to: SocketAddr) -> bool {
        self.allows_protocol(protocol) && self.connect_matches(to)
    }

    pub(crate) fn allows_listen(&self, protocol: Protocol, at: SocketAddr) -> bool {
        self.allows_protocol(protocol) && self.listen.iter().any(|pattern| pattern.matches(at))
    }

    /// Whether datagrams may be sent anywhere, for which a socket needs a port of its own.
    pub(crate) fn allows_some_udp(&self) -> bool {
        self.udp && !self.connect.is_empty()
    }

    pub(crate) fn allows_lookup(&self, name: &str) -> bool {
        self.lookups || self.connect.iter().any(|pattern| pattern.names(name))
    }

    /// Whether requests may go to a name and port, whatever the name's addresses are.
    pub fn allows_name(&self, name: &str, port: u16) -> bool {
        self.tcp && self.connect.iter().any(|pattern| pattern.matches_name(name, port))
    }

    fn connect_matches(&self, to: SocketAddr) -> bool {
        let learned = self.learned.lock().unwrap_or_else(PoisonError::into_inner);
        let ip = to.ip().to_canonical();
        let by_name = |(index, pattern): (usize, &AddressPattern)| {
            learned.contains(&(ip, index)) && pattern.has_port(to.port())
        };
        self.connect.iter().any(|pattern| pattern.matches(to)) || self.connect.iter().enumerate().any(by_name)
    }

    /// Remembers what a name stands for, if patterns are about it.
    pub(crate) fn learn(&self, name: &str, addresses: &[IpAddr]) {
        let mut learned = self.learned.lock().unwrap_or_else(PoisonError::into_inner);
        let about = self.connect.iter().enumerate().filter(|(_, pattern)| pattern.names(name));
        for (index, _) in about {
            for address in addresses {
                if learned.len() < MAX_LEARNED {
                    learned.insert((address.to_canonical(), index));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> SocketAddr {
        text.parse().unwrap()
    }

    #[test]
    fn nothing_is_granted_by_itself() {
        let policy = SocketPolicy::new();
        assert!(!policy.allows_connect(Protocol::Tcp, address("127.0.0.1:80")));
        assert!(!policy.allows_listen(Protocol::Udp, address("127.0.0.1:0")));
        assert!(!policy.allows_lookup("localhost") && !policy.allows_name("localhost", 80));
        assert!(!policy.allows_some_udp());
    }

    #[test]
    fn connecting_and_listening_are_granted_apart() {
        let mut policy = SocketPolicy::new();
        policy.allow_connect("127.0.0.1:80".parse().unwrap()).allow_listen("127.0.0.1:81".parse().unwrap());
        assert!(policy.allows_connect(Protocol::Tcp, address("127.0.0.1:80")));
        assert!(!policy.allows_connect(Protocol::Tcp, address("127.0.0.1:81")));
        assert!(policy.allows_listen(Protocol::Udp, address("127.0.0.1:81")));
        assert!(!policy.allows_listen(Protocol::Udp, address("127.0.0.1:80")));
        policy.allow_udp(false);
        assert!(!policy.allows_listen(Protocol::Udp, address("127.0.0.1:81")));
    }

    #[test]
    fn a_name_stands_for_what_was_looked_up_by_it() {
        let mut policy = SocketPolicy::new();
        policy.allow_connect("db.example:5432".parse().unwrap());
        let (found, other) = (address("192.0.2.1:5432"), address("192.0.2.2:5432"));
        assert!(policy.allows_lookup("DB.example") && !policy.allows_lookup("example"));
        assert!(!policy.allows_connect(Protocol::Tcp, found));
        policy.clone().learn("db.example", &[found.ip()]);
        policy.learn("other.example", &[other.ip()]);
        assert!(policy.allows_connect(Protocol::Tcp, found));
        assert!(!policy.allows_connect(Protocol::Tcp, address("192.0.2.1:5433")));
        assert!(!policy.allows_connect(Protocol::Tcp, other));
    }

    #[test]
    fn what_is_learned_is_bounded() {
        let mut policy = SocketPolicy::new();
        policy.allow_connect("*.example:80".parse().unwrap());
        for number in 0..MAX_LEARNED as u32 + 10 {
            policy.learn("a.example", &[IpAddr::V4(number.into())]);
        }
        assert_eq!(policy.learned.lock().unwrap().len(), MAX_LEARNED);
    }
}
