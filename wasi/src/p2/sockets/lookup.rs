//! `wasi:sockets/ip-name-lookup`.
//!
//! # Invariant
//!
//! A lookup cannot be ended, since the system's resolver cannot: how many go on at once for a guest is bounded, whether it has
//! dropped their streams or not.

use super::network::{Network, Outcome, told};
use super::types::{ErrorCode, IpAddress};
use crate::p2::io::{DynPollable, Pollable, Ready, subscribe};
use crate::p2::{WasiCtxView, WasiView, functions, reactor, resource, value, versioned};
use sarsen::Result;
use sarsen_component::{Linker, Resource};
use std::io;
use std::net::{IpAddr, ToSocketAddrs};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::vec::IntoIter;
use tokio::task::JoinHandle;

/// Addresses of one name: a guest tries a few of them.
const MAX_ADDRESSES: usize = 256;

/// The resource `resolve-address-stream`.
pub(crate) struct Addresses(State);

enum State {
    Waiting(JoinHandle<io::Result<Vec<IpAddr>>>),
    Found(IntoIter<IpAddr>),
    Failed(ErrorCode),
}

pub(super) fn define<T: WasiView + 'static>(linker: &mut Linker<T>) -> Result<()> {
    let mut linker = linker.instance(&versioned("wasi:sockets/ip-name-lookup"))?;
    resource::<T, Addresses>(&mut linker, "resolve-address-stream")?;
    functions! { linker, told;
        "resolve-addresses" = lookup_start(network: Resource<Network>, name: String);
        "[method]resolve-address-stream.resolve-next-address" = lookup_next(addresses: Resource<Addresses>);
    }
    functions! { linker, value;
        "[method]resolve-address-stream.subscribe" = lookup_subscribe(addresses: Resource<Addresses>);
    }
    Ok(())
}

impl WasiCtxView<'_> {
    fn lookup_start(&mut self, network: Resource<Network>, name: String) -> Outcome<Resource<Addresses>> {
        self.table.get(&network)?;
        if let Some(address) = literal(&name)? {
            return Ok(self.table.push(Addresses(State::Found(vec![address].into_iter())))?);
        }
        let name = domain(&name)?;
        let policy = self.ctx.host.network.clone();
        if !policy.allows_lookup(&name) {
            return Err(ErrorCode::AccessDenied.into());
        }
        let Ok(place) = Arc::clone(&self.ctx.lookups).try_acquire_owned() else {
            return Err(ErrorCode::TemporaryResolverFailure.into());
        };
        let task = reactor()?.spawn_blocking(move || {
            let addresses = resolve(&name);
            if let Ok(addresses) = &addresses {
                policy.learn(&name, addresses);
            }
            drop(place);
            addresses
        });
        Ok(self.table.push(Addresses(State::Waiting(task)))?)
    }

    fn lookup_next(&mut self, addresses: Resource<Addresses>) -> Outcome<Option<IpAddress>> {
        Ok(self.table.get_mut(&addresses)?.next()?)
    }

    fn lookup_subscribe(&mut self, addresses: Resource<Addresses>) -> Result<Resource<DynPollable>> {
        Ok(subscribe(self.table, &addresses)?)
    }
}

/// The address that a text is, if it looks like one.
fn literal(name: &str) -> std::result::Result<Option<IpAddr>, ErrorCode> {
    let inside = name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    match inside.unwrap_or(name).parse::<IpAddr>() {
        Ok(address) if inside.is_none() || address.is_ipv6() => Ok(Some(address.to_canonical())),
        // What has these is no name either.
        _ if name.contains([':', '[', ']']) => Err(ErrorCode::InvalidArgument),
        _ => Ok(None),
    }
}

/// A name in the letters that resolvers know.
fn domain(name: &str) -> std::result::Result<String, ErrorCode> {
    let ascii = idna::domain_to_ascii_cow(name.as_bytes(), idna::AsciiDenyList::URL);
    let ascii = ascii.map_err(|_| ErrorCode::InvalidArgument)?;
    let name = ascii.strip_suffix('.').unwrap_or(&ascii);
    let is_label = |label: &str| (1..=63).contains(&label.len());
    // A name of digits only would be read as an address, in one of the old ways to write one.
    let is_number =
        name.rsplit('.').next().is_some_and(|last| last.bytes().all(|byte| byte.is_ascii_digit()));
    if name.len() > 253 || is_number || !name.split('.').all(is_label) {
        return Err(ErrorCode::InvalidArgument);
    }
    Ok(name.to_owned())
}

/// Asks the system, which takes a while.
pub(crate) fn resolve(name: &str) -> io::Result<Vec<IpAddr>> {
    let mut addresses: Vec<IpAddr> = Vec::new();
    for address in (name, 0).to_socket_addrs()? {
        let address = address.ip().to_canonical();
        if addresses.len() < MAX_ADDRESSES && !addresses.contains(&address) {
            addresses.push(address);
        }
    }
    Ok(addresses)
}

impl Addresses {
    fn next(&mut self) -> std::result::Result<Option<IpAddress>, ErrorCode> {
        if let State::Waiting(task) = &mut self.0 {
            let task = std::pin::Pin::new(task);
            match task.poll(&mut Context::from_waker(Waker::noop())) {
                Poll::Ready(result) => self.finish(result),
                Poll::Pending => return Err(ErrorCode::WouldBlock),
            }
        }
        match &mut self.0 {
            State::Found(addresses) => Ok(addresses.next().map(IpAddress::from)),
            State::Failed(code) => Err(*code),
            State::Waiting(_) => Err(ErrorCode::Unknown),
        }
    }

    fn finish(&mut self, result: std::result::Result<io::Result<Vec<IpAddr>>, tokio::task::JoinError>) {
        self.0 = match result {
            Ok(Ok(addresses)) if addresses.is_empty() => State::Failed(ErrorCode::NameUnresolvable),
            Ok(Ok(addresses)) => State::Found(addresses.into_iter()),
            // The library does not say what the resolver has said, except in words.
            Ok(Err(error)) => State::Failed(match error.to_string() {
                words if words.contains("emporary") => ErrorCode::TemporaryResolverFailure,
                words if words.contains("on-recoverable") => ErrorCode::PermanentResolverFailure,
                _ => ErrorCode::NameUnresolvable,
            }),
            Err(_) => State::Failed(ErrorCode::PermanentResolverFailure),
        };
    }
}

impl Pollable for Addresses {
    fn ready<'a>(&'a mut self) -> Ready<'a> {
        Box::pin(async move {
            if let State::Waiting(task) = &mut self.0 {
                let result = task.await;
                self.finish(result);
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_addresses() {
        assert_eq!(literal("127.0.0.1"), Ok(Some([127, 0, 0, 1].into())));
        assert_eq!(literal("[::1]"), literal("::1"));
        assert_eq!(literal("::ffff:127.0.0.1"), literal("127.0.0.1"));
        assert_eq!(literal("localhost"), Ok(None));
        for name in ["[127.0.0.1]", "127.0.0.1:80", "[::1]:80"] {
            assert_eq!(literal(name), Err(ErrorCode::InvalidArgument), "{name}");
        }
        assert_eq!(domain("Example.COM").as_deref(), Ok("example.com"));
        assert_eq!(domain("bücher.example").as_deref(), Ok("xn--bcher-kva.example"));
        for name in ["", ".", "a b", "a..b", "x/y", "1.2.3", "256.0.0.1", "0x7f.1", "a%b", &"a.".repeat(200)]
        {
            assert_eq!(domain(name), Err(ErrorCode::InvalidArgument), "{name}");
        }
    }
}
