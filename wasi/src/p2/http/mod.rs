//! `wasi:http`: requests that guests make, and requests that they answer.
//!
//! A request of a guest's goes where [`WasiHttpCtx`] grants, unless the embedder's [`WasiHttpHooks`] decide otherwise. A request for
//! a guest comes from the embedder, who calls it with a [`Proxy`].
//!
//! Bodies stream both ways and are never collected; what may be held is in `limits`. Serving connections is the embedder's matter.

mod client;
mod ctx;
mod error;
mod fields;
mod functions;
mod handler;
mod incoming;
mod limits;
mod outgoing;
mod serve;
mod tls;
mod types;

pub use ctx::{
    Decision, RequestConfig, SentByGrants, WasiHttpCtx, WasiHttpCtxView, WasiHttpHooks, WasiHttpView,
};
pub use error::{DnsErrorPayload, ErrorCode, FieldSizePayload, TlsAlertReceivedPayload};
pub use serve::Proxy;
pub use types::{Answer, IncomingRequest, ResponseOutparam, Scheme};

use crate::p2::WasiView;
use bytes::Bytes;
use http_body_util::combinators::UnsyncBoxBody;
use sarsen::Result;
use sarsen_component::Linker;

/// A body on its way, in either direction.
pub type Body = UnsyncBoxBody<Bytes, ErrorCode>;

/// Defines the functions of an interface: one line each, which names a method of [`WasiHttpCtxView`]. `told` makes of what the
/// method returns what the guest is told.
macro_rules! http_functions {
    ($linker:ident, $told:path; $($name:literal = $method:ident($($argument:ident: $ty:ty),*);)*) => {
        $($linker.func_wrap(
            $name,
            |mut store: sarsen::StoreContextMut<'_, T>, ($($argument,)*): ($($ty,)*)| {
                crate::price::pay(&mut store, crate::price::REQUEST)?;
                $told(store.data_mut().http().$method($($argument),*))
            },
        )?;)*
    };
}

use http_functions;

/// Defines `wasi:http`, and nothing of what it is built on: see [`crate::p2::add_to_linker`].
///
/// # Errors
/// If one of the names is defined already.
pub fn add_only_http_to_linker<T: WasiHttpView + Send + 'static>(linker: &mut Linker<T>) -> Result<()> {
    functions::define(linker)?;
    handler::define(linker)
}

/// Defines `wasi:http` and all that commands import.
///
/// # Errors
/// If one of the names is defined already.
pub fn add_to_linker<T: WasiView + WasiHttpView + Send + 'static>(linker: &mut Linker<T>) -> Result<()> {
    crate::p2::add_to_linker(linker)?;
    add_only_http_to_linker(linker)
}
