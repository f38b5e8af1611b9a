//! Functions on requests and responses.

use super::{Failure, Outcome, nothing, resource, simple, told, value};
use crate::p2::holding;
use crate::p2::http::ctx::{WasiHttpCtxView, WasiHttpView};
use crate::p2::http::error::ErrorCode;
use crate::p2::http::fields::Fields;
use crate::p2::http::handler::{self, FutureIncomingResponse};
use crate::p2::http::http_functions;
use crate::p2::http::incoming::IncomingBody;
use crate::p2::http::outgoing::OutgoingBody;
use crate::p2::http::types::{
    Answer, Content, IncomingRequest, IncomingResponse, Method, OutgoingRequest, OutgoingResponse,
    ResponseOutparam, Scheme, is_authority, is_path,
};
use crate::p2::io::{DynPollable, subscribe};
use http::{Response, StatusCode};
use sarsen::Result;
use sarsen_component::{LinkerInstance, Resource};

type Headers = Resource<Fields>;
type InRequest = Resource<IncomingRequest>;
type InResponse = Resource<IncomingResponse>;
type OutRequest = Resource<OutgoingRequest>;
type OutResponse = Resource<OutgoingResponse>;
type Future = Resource<FutureIncomingResponse>;

pub(super) fn define<T: WasiHttpView + Send + 'static>(linker: &mut LinkerInstance<'_, T>) -> Result<()> {
    resource::<T, IncomingRequest>(linker, "incoming-request")?;
    resource::<T, OutgoingRequest>(linker, "outgoing-request")?;
    http_functions! { linker, value;
        "[method]incoming-request.method" = in_request_method(request: InRequest);
        "[method]incoming-request.path-with-query" = in_request_path(request: InRequest);
        "[method]incoming-request.scheme" = in_request_scheme(request: InRequest);
        "[method]incoming-request.authority" = in_request_authority(request: InRequest);
        "[method]incoming-request.headers" = in_request_headers(request: InRequest);
        "[constructor]outgoing-request" = out_request_new(headers: Headers);
        "[method]outgoing-request.method" = out_request_method(request: OutRequest);
        "[method]outgoing-request.path-with-query" = out_request_path(request: OutRequest);
        "[method]outgoing-request.scheme" = out_request_scheme(request: OutRequest);
        "[method]outgoing-request.authority" = out_request_authority(request: OutRequest);
        "[method]outgoing-request.headers" = out_request_headers(request: OutRequest);
    }
    http_functions! { linker, told;
        "[method]incoming-request.consume" = in_request_consume(request: InRequest);
        "[method]outgoing-request.body" = out_request_body(request: OutRequest);
        "[method]outgoing-request.set-method" = out_request_set_method(request: OutRequest, method: Method);
        "[method]outgoing-request.set-path-with-query"
            = out_request_set_path(request: OutRequest, path: Option<String>);
        "[method]outgoing-request.set-scheme"
            = out_request_set_scheme(request: OutRequest, scheme: Option<Scheme>);
        "[method]outgoing-request.set-authority"
            = out_request_set_authority(request: OutRequest, authority: Option<String>);
    }
    Ok(())
}

pub(super) fn define_responses<T: WasiHttpView + Send + 'static>(
    linker: &mut LinkerInstance<'_, T>,
) -> Result<()> {
    resource::<T, IncomingResponse>(linker, "incoming-response")?;
    resource::<T, OutgoingResponse>(linker, "outgoing-response")?;
    resource::<T, ResponseOutparam>(linker, "response-outparam")?;
    resource::<T, FutureIncomingResponse>(linker, "future-incoming-response")?;
    http_functions! { linker, value;
        "[method]incoming-response.status" = in_response_status(response: InResponse);
        "[method]incoming-response.headers" = in_response_headers(response: InResponse);
        "[constructor]outgoing-response" = out_response_new(headers: Headers);
        "[method]outgoing-response.status-code" = out_response_status(response: OutResponse);
        "[method]outgoing-response.headers" = out_response_headers(response: OutResponse);
        "[method]future-incoming-response.subscribe" = future_response_subscribe(future: Future);
        "[method]future-incoming-response.get" = future_response_get(future: Future);
    }
    http_functions! { linker, told;
        "[method]incoming-response.consume" = in_response_consume(response: InResponse);
        "[method]outgoing-response.body" = out_response_body(response: OutResponse);
        "[method]outgoing-response.set-status-code"
            = out_response_set_status(response: OutResponse, status: u16);
        "[method]response-outparam.send-informational"
            = outparam_inform(outparam: Resource<ResponseOutparam>, status: u16, headers: Headers);
    }
    http_functions! { linker, nothing;
        "[static]response-outparam.set" = outparam_set(
            outparam: Resource<ResponseOutparam>,
            response: Result<OutResponse, ErrorCode>
        );
    }
    Ok(())
}

/// Incoming requests.
impl WasiHttpCtxView<'_> {
    fn in_request_method(&mut self, request: InRequest) -> Result<Method> {
        Ok(self.table.get(&request)?.method.clone())
    }

    fn in_request_path(&mut self, request: InRequest) -> Result<Option<String>> {
        Ok(self.table.get(&request)?.path_with_query.clone())
    }

    fn in_request_scheme(&mut self, request: InRequest) -> Result<Option<Scheme>> {
        Ok(self.table.get(&request)?.scheme.clone())
    }

    fn in_request_authority(&mut self, request: InRequest) -> Result<Option<String>> {
        Ok(self.table.get(&request)?.authority.clone())
    }

    fn in_request_headers(&mut self, request: InRequest) -> Result<Headers> {
        let headers = self.table.get(&request)?.headers.immutable();
        Ok(self.table.push_child(headers, &request)?)
    }

    fn in_request_consume(&mut self, request: InRequest) -> Outcome<Resource<IncomingBody>, ()> {
        let body = self.table.get_mut(&request)?.body.take();
        Ok(self.table.push(body.ok_or(Failure::Error(()))?)?)
    }
}

/// Outgoing requests.
impl WasiHttpCtxView<'_> {
    fn out_request_new(&mut self, headers: Headers) -> Result<OutRequest> {
        let headers = self.table.delete(headers)?;
        Ok(holding::push(self.table, OutgoingRequest::new(headers))?)
    }

    fn out_request_body(&mut self, request: OutRequest) -> Outcome<Resource<OutgoingBody>, ()> {
        let message = self.table.get_mut(&request)?;
        let body = write(&mut message.body, &message.headers, ErrorCode::HttpRequestBodySize)?;
        holding::weigh(self.table, &request)?;
        Ok(self.table.push(body)?)
    }

    fn out_request_method(&mut self, request: OutRequest) -> Result<Method> {
        Ok(self.table.get(&request)?.method.clone())
    }

    fn out_request_set_method(&mut self, request: OutRequest, method: Method) -> Outcome<(), ()> {
        let message = self.table.get_mut(&request)?;
        // A method by its name is the method.
        let known = method.to_http();
        message.method = known.as_ref().map_or_else(|| message.method.clone(), Method::from);
        holding::weigh(self.table, &request)?;
        simple(known.is_some())
    }

    fn out_request_path(&mut self, request: OutRequest) -> Result<Option<String>> {
        Ok(self.table.get(&request)?.path_with_query.clone())
    }

    fn out_request_set_path(&mut self, request: OutRequest, path: Option<String>) -> Outcome<(), ()> {
        let message = self.table.get_mut(&request)?;
        simple(path.as_deref().is_none_or(is_path))?;
        message.path_with_query = path;
        Ok(holding::weigh(self.table, &request)?)
    }

    fn out_request_scheme(&mut self, request: OutRequest) -> Result<Option<Scheme>> {
        Ok(self.table.get(&request)?.scheme.clone())
    }

    fn out_request_set_scheme(&mut self, request: OutRequest, scheme: Option<Scheme>) -> Outcome<(), ()> {
        let request = self.table.get_mut(&request)?;
        simple(scheme.as_ref().is_none_or(Scheme::is_valid))?;
        request.scheme = scheme;
        Ok(())
    }

    fn out_request_authority(&mut self, request: OutRequest) -> Result<Option<String>> {
        Ok(self.table.get(&request)?.authority.clone())
    }

    fn out_request_set_authority(
        &mut self,
        request: OutRequest,
        authority: Option<String>,
    ) -> Outcome<(), ()> {
        let message = self.table.get_mut(&request)?;
        simple(authority.as_deref().is_none_or(is_authority))?;
        message.authority = authority;
        Ok(holding::weigh(self.table, &request)?)
    }

    fn out_request_headers(&mut self, request: OutRequest) -> Result<Headers> {
        let headers = self.table.get(&request)?.headers.immutable();
        Ok(self.table.push_child(headers, &request)?)
    }
}

/// Gives a message a body, once, of the length that its head says.
fn write(
    content: &mut Content,
    headers: &Fields,
    wrong: fn(Option<u64>) -> ErrorCode,
) -> Outcome<OutgoingBody, ()> {
    let length = headers.content_length().map_err(Failure::Error)?;
    simple(matches!(content, Content::None))?;
    let (body, sent) = OutgoingBody::new(length, wrong);
    *content = Content::Some(sent);
    Ok(body)
}

/// Incoming responses, and those that are still to come.
impl WasiHttpCtxView<'_> {
    fn in_response_status(&mut self, response: InResponse) -> Result<u16> {
        Ok(self.table.get(&response)?.status)
    }

    fn in_response_headers(&mut self, response: InResponse) -> Result<Headers> {
        let headers = self.table.get(&response)?.headers.immutable();
        Ok(self.table.push_child(headers, &response)?)
    }

    fn in_response_consume(&mut self, response: InResponse) -> Outcome<Resource<IncomingBody>, ()> {
        let body = self.table.get_mut(&response)?.body.take();
        Ok(self.table.push(body.ok_or(Failure::Error(()))?)?)
    }

    fn future_response_subscribe(&mut self, future: Future) -> Result<Resource<DynPollable>> {
        Ok(subscribe(self.table, &future)?)
    }

    fn future_response_get(
        &mut self,
        future: Future,
    ) -> Result<Option<Result<Result<InResponse, ErrorCode>, ()>>> {
        Ok(match self.table.get_mut(&future)?.get() {
            None => None,
            Some(Err(())) => Some(Err(())),
            Some(Ok(Err(code))) => Some(Ok(Err(code))),
            Some(Ok(Ok(response))) => Some(Ok(Ok(holding::push(self.table, response)?))),
        })
    }
}

/// Outgoing responses, and where they go.
impl WasiHttpCtxView<'_> {
    fn out_response_new(&mut self, headers: Headers) -> Result<OutResponse> {
        let headers = self.table.delete(headers)?;
        let response = OutgoingResponse { status: 200, headers, body: Content::None };
        Ok(holding::push(self.table, response)?)
    }

    fn out_response_status(&mut self, response: OutResponse) -> Result<u16> {
        Ok(self.table.get(&response)?.status)
    }

    fn out_response_set_status(&mut self, response: OutResponse, status: u16) -> Outcome<(), ()> {
        let response = self.table.get_mut(&response)?;
        simple(StatusCode::from_u16(status).is_ok())?;
        response.status = status;
        Ok(())
    }

    fn out_response_headers(&mut self, response: OutResponse) -> Result<Headers> {
        let headers = self.table.get(&response)?.headers.immutable();
        Ok(self.table.push_child(headers, &response)?)
    }

    fn out_response_body(&mut self, response: OutResponse) -> Outcome<Resource<OutgoingBody>, ()> {
        let message = self.table.get_mut(&response)?;
        let body = write(&mut message.body, &message.headers, ErrorCode::HttpResponseBodySize)?;
        holding::weigh(self.table, &response)?;
        Ok(self.table.push(body)?)
    }

    fn outparam_inform(
        &mut self,
        outparam: Resource<ResponseOutparam>,
        status: u16,
        headers: Headers,
    ) -> Outcome {
        self.table.get(&outparam)?;
        self.table.delete(headers)?;
        if !(100..200).contains(&status) {
            return Err(ErrorCode::HttpProtocolError.into());
        }
        Err(ErrorCode::internal("informational responses are not sent").into())
    }

    fn outparam_set(
        &mut self,
        outparam: Resource<ResponseOutparam>,
        response: Result<OutResponse, ErrorCode>,
    ) -> Result<()> {
        let outparam = self.table.delete(outparam)?;
        let answer = match response {
            Ok(response) => answer(self.table.delete(response)?),
            Err(code) => Err(code),
        };
        // Who has asked may have gone.
        drop(outparam.0.send(answer));
        Ok(())
    }
}

/// Makes an answer of what a guest has said of it.
fn answer(response: OutgoingResponse) -> Answer {
    let status = StatusCode::from_u16(response.status).map_err(ErrorCode::internal)?;
    // These come before an answer, and cannot be one.
    if status.is_informational() || response.headers.content_length().is_err() {
        return Err(ErrorCode::HttpProtocolError);
    }
    let mut answer = Response::new(match response.body {
        Content::Some(body) => body,
        Content::None => handler::empty(),
    });
    *answer.status_mut() = status;
    *answer.headers_mut() = response.headers.to_map();
    Ok(answer)
}
