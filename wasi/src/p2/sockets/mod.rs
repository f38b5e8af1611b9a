//! `wasi:sockets`: TCP, UDP and looking up names, as far as granted.
//!
//! Folder or file = interface. What is granted is said by the host's `network`, and asked whenever an address comes from a guest.

pub(in crate::p2) mod lookup;
mod network;
mod tcp;
mod types;
mod udp;

pub use types::ErrorCode;

use crate::p2::WasiView;
use sarsen_component::Linker;

/// Defines `wasi:sockets`.
///
/// # Errors
/// If one of the names is defined already.
pub fn add_to_linker<T: WasiView + 'static>(linker: &mut Linker<T>) -> sarsen::Result<()> {
    network::define(linker)?;
    tcp::define(linker)?;
    udp::define(linker)?;
    lookup::define(linker)
}
