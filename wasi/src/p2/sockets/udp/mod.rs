//! `wasi:sockets/udp` and `udp-create-socket`: the socket ([`socket`]), the streams of its datagrams ([`streams`]), and what guests
//! call ([`functions`]).

mod functions;
mod socket;
mod streams;

pub(super) use functions::define;
