//! What of the network a guest may use: patterns of addresses ([`pattern`]) and the grants made of them ([`policy`]).
//!
//! Nothing here opens a socket or looks a name up; whoever does asks first.

mod pattern;
mod policy;

pub use pattern::{AddressPattern, AddressPatternError};
pub(crate) use policy::Protocol;
pub use policy::SocketPolicy;
