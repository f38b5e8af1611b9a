//! `wasi:http/incoming-handler` from the other side: a request from outside becomes resources, and the guest is called with them.
//!
//! Which connections there are, and which store and instance a request meets, is the embedder's matter.

use super::ctx::{WasiHttpCtxView, WasiHttpView};
use super::error::ErrorCode;
use super::fields::Fields;
use super::incoming::{BodyLimits, IncomingBody};
use super::types::{Answer, IncomingRequest, Method, ResponseOutparam, Scheme};
use crate::p2::holding;
use bytes::Bytes;
use http::{Request, header};
use http_body_util::BodyExt;
use sarsen::{AsContextMut, Error, Result};
use sarsen_component::component_types::ComponentItem;
use sarsen_component::{Instance, Resource, TypedFunc};
use tokio::sync::oneshot;

/// The interface that a proxy exports, in any version.
const INTERFACE: &str = "wasi:http/incoming-handler@0.2.";

/// An instance that answers requests.
#[derive(Clone, Debug)]
pub struct Proxy {
    handle: TypedFunc<(Resource<IncomingRequest>, Resource<ResponseOutparam>), ()>,
}

impl Proxy {
    /// Finds what an instance answers requests with.
    ///
    /// # Errors
    /// If it exports nothing for that, or something else by the name.
    pub fn new(mut store: impl AsContextMut, instance: &Instance) -> Result<Proxy> {
        let component = instance.component(&mut store);
        let is_handler = |item: &ComponentItem| matches!(item, ComponentItem::ComponentInstance(_));
        let exports = component.exports();
        let found = exports.iter().find(|(name, item)| name.starts_with(INTERFACE) && is_handler(item));
        let (interface, _) =
            found.ok_or_else(|| Error::msg("the component does not export `wasi:http/incoming-handler`"))?;
        let handle = instance.get_typed_func(&mut store, (&**interface, "handle"))?;
        Ok(Proxy { handle })
    }

    /// Lets the guest answer a request, and returns when it has done all that it wants to. The answer goes to `reply` before that,
    /// and its body while the guest writes it; `reply` is dropped if the guest gives none.
    ///
    /// This takes the thread for as long as the guest runs.
    ///
    /// # Errors
    /// If the guest traps, or its table is full.
    pub fn handle<T, B>(
        &self,
        mut store: impl AsContextMut<Data = T>,
        scheme: Scheme,
        request: Request<B>,
        reply: oneshot::Sender<Answer>,
    ) -> Result<()>
    where
        T: WasiHttpView + 'static,
        B: hyper::body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<ErrorCode>,
    {
        let mut context = store.as_context_mut();
        let mut view = context.data_mut().http();
        let request = view.new_incoming_request(scheme, request)?;
        let outparam = view.new_response_outparam(reply)?;
        self.handle.call(&mut store, (request, outparam))
    }
}

impl WasiHttpCtxView<'_> {
    /// Makes a resource of a request, for embedders that call the guest themselves.
    ///
    /// # Errors
    /// If the table is full.
    pub fn new_incoming_request<B>(
        &mut self,
        scheme: Scheme,
        request: Request<B>,
    ) -> Result<Resource<IncomingRequest>>
    where
        B: hyper::body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<ErrorCode>,
    {
        let (parts, body) = request.into_parts();
        let host = || parts.headers.get(header::HOST).and_then(|host| host.to_str().ok());
        let authority = parts.uri.authority().map(|authority| authority.as_str());
        let limits = BodyLimits {
            // A client that is slow is held to the embedder's limits on connections.
            timeout: None,
            bytes: self.ctx.max_incoming_body,
            too_long: ErrorCode::HttpRequestBodySize,
        };
        let request = IncomingRequest {
            method: Method::from(&parts.method),
            path_with_query: parts.uri.path_and_query().map(|path| path.as_str().to_owned()),
            scheme: Some(scheme),
            authority: authority.or_else(host).map(str::to_owned),
            headers: Fields::received(&parts.headers),
            body: Some(IncomingBody::new(body.map_err(Into::into).boxed_unsync(), &limits)),
        };
        Ok(holding::push(self.table, request)?)
    }

    /// Makes a resource of a place for an answer.
    ///
    /// # Errors
    /// If the table is full.
    pub fn new_response_outparam(
        &mut self,
        reply: oneshot::Sender<Answer>,
    ) -> Result<Resource<ResponseOutparam>> {
        Ok(self.table.push(ResponseOutparam(reply))?)
    }
}
