//! `wasi:sockets/tcp` and `tcp-create-socket`: the socket ([`socket`]), its options ([`options`]), the streams of its connection
//! ([`streams`]), and what guests call ([`functions`]).

mod functions;
pub(super) mod options;
mod socket;
mod streams;

pub(super) use functions::define;
