//! The error codes of `wasi:http`, and what errors of the network, of TLS and of the protocol are among them.

use sarsen_component::{ComponentType, Lift, Lower};
use std::error::Error as StdError;
use std::fmt;
use std::io;

/// Why a request or an answer has failed. The names are those of the registry of proxy error types.
#[derive(ComponentType, Lift, Lower, Clone, PartialEq, Eq, Debug)]
#[component(variant)]
#[expect(missing_docs, reason = "the names of WIT")]
pub enum ErrorCode {
    #[component(name = "DNS-timeout")]
    DnsTimeout,
    #[component(name = "DNS-error")]
    DnsError(DnsErrorPayload),
    #[component(name = "destination-not-found")]
    DestinationNotFound,
    #[component(name = "destination-unavailable")]
    DestinationUnavailable,
    #[component(name = "destination-IP-prohibited")]
    DestinationIpProhibited,
    #[component(name = "destination-IP-unroutable")]
    DestinationIpUnroutable,
    #[component(name = "connection-refused")]
    ConnectionRefused,
    #[component(name = "connection-terminated")]
    ConnectionTerminated,
    #[component(name = "connection-timeout")]
    ConnectionTimeout,
    #[component(name = "connection-read-timeout")]
    ConnectionReadTimeout,
    #[component(name = "connection-write-timeout")]
    ConnectionWriteTimeout,
    #[component(name = "connection-limit-reached")]
    ConnectionLimitReached,
    #[component(name = "TLS-protocol-error")]
    TlsProtocolError,
    #[component(name = "TLS-certificate-error")]
    TlsCertificateError,
    #[component(name = "TLS-alert-received")]
    TlsAlertReceived(TlsAlertReceivedPayload),
    #[component(name = "HTTP-request-denied")]
    HttpRequestDenied,
    #[component(name = "HTTP-request-length-required")]
    HttpRequestLengthRequired,
    #[component(name = "HTTP-request-body-size")]
    HttpRequestBodySize(Option<u64>),
    #[component(name = "HTTP-request-method-invalid")]
    HttpRequestMethodInvalid,
    #[component(name = "HTTP-request-URI-invalid")]
    HttpRequestUriInvalid,
    #[component(name = "HTTP-request-URI-too-long")]
    HttpRequestUriTooLong,
    #[component(name = "HTTP-request-header-section-size")]
    HttpRequestHeaderSectionSize(Option<u32>),
    #[component(name = "HTTP-request-header-size")]
    HttpRequestHeaderSize(Option<FieldSizePayload>),
    #[component(name = "HTTP-request-trailer-section-size")]
    HttpRequestTrailerSectionSize(Option<u32>),
    #[component(name = "HTTP-request-trailer-size")]
    HttpRequestTrailerSize(FieldSizePayload),
    #[component(name = "HTTP-response-incomplete")]
    HttpResponseIncomplete,
    #[component(name = "HTTP-response-header-section-size")]
    HttpResponseHeaderSectionSize(Option<u32>),
    #[component(name = "HTTP-response-header-size")]
    HttpResponseHeaderSize(FieldSizePayload),
    #[component(name = "HTTP-response-body-size")]
    HttpResponseBodySize(Option<u64>),
    #[component(name = "HTTP-response-trailer-section-size")]
    HttpResponseTrailerSectionSize(Option<u32>),
    #[component(name = "HTTP-response-trailer-size")]
    HttpResponseTrailerSize(FieldSizePayload),
    #[component(name = "HTTP-response-transfer-coding")]
    HttpResponseTransferCoding(Option<String>),
    #[component(name = "HTTP-response-content-coding")]
    HttpResponseContentCoding(Option<String>),
    #[component(name = "HTTP-response-timeout")]
    HttpResponseTimeout,
    #[component(name = "HTTP-upgrade-failed")]
    HttpUpgradeFailed,
    #[component(name = "HTTP-protocol-error")]
    HttpProtocolError,
    #[component(name = "loop-detected")]
    LoopDetected,
    #[component(name = "configuration-error")]
    ConfigurationError,
    #[component(name = "internal-error")]
    InternalError(Option<String>),
}

/// What a name server has said.
#[derive(ComponentType, Lift, Lower, Clone, PartialEq, Eq, Debug)]
#[component(record)]
#[expect(missing_docs, reason = "the names of WIT")]
pub struct DnsErrorPayload {
    pub rcode: Option<String>,
    #[component(name = "info-code")]
    pub info_code: Option<u16>,
}

/// What the peer has said with TLS.
#[derive(ComponentType, Lift, Lower, Clone, PartialEq, Eq, Debug)]
#[component(record)]
#[expect(missing_docs, reason = "the names of WIT")]
pub struct TlsAlertReceivedPayload {
    #[component(name = "alert-id")]
    pub alert_id: Option<u8>,
    #[component(name = "alert-message")]
    pub alert_message: Option<String>,
}

/// Which field is too large.
#[derive(ComponentType, Lift, Lower, Clone, PartialEq, Eq, Debug)]
#[component(record)]
#[expect(missing_docs, reason = "the names of WIT")]
pub struct FieldSizePayload {
    #[component(name = "field-name")]
    pub field_name: Option<String>,
    #[component(name = "field-size")]
    pub field_size: Option<u32>,
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

impl StdError for ErrorCode {}

impl ErrorCode {
    /// An error with a message, for what has no other code.
    pub fn internal(message: impl fmt::Display) -> ErrorCode {
        ErrorCode::InternalError(Some(message.to_string()))
    }

    /// What an error says that came while connecting.
    pub(super) fn of_connecting(error: &io::Error) -> ErrorCode {
        use io::ErrorKind as Kind;
        match error.kind() {
            Kind::ConnectionRefused => ErrorCode::ConnectionRefused,
            Kind::TimedOut => ErrorCode::ConnectionTimeout,
            Kind::HostUnreachable | Kind::NetworkUnreachable | Kind::NetworkDown => {
                ErrorCode::DestinationIpUnroutable
            }
            _ => ErrorCode::known(error).unwrap_or(ErrorCode::DestinationUnavailable),
        }
    }

    /// What an error says that has no answer.
    pub(super) fn of_lookup(error: &io::Error) -> ErrorCode {
        ErrorCode::DnsError(DnsErrorPayload { rcode: Some(error.to_string()), info_code: None })
    }

    /// What an error or one of its causes is, if that has a code.
    pub(super) fn known(error: &(dyn StdError + 'static)) -> Option<ErrorCode> {
        let mut at = Some(error);
        while let Some(error) = at {
            if let Some(code) = error.downcast_ref::<ErrorCode>() {
                return Some(code.clone());
            }
            if let Some(error) = error.downcast_ref::<rustls::Error>() {
                return Some(ErrorCode::of_alert(error));
            }
            if let Some(error) = error.downcast_ref::<io::Error>() {
                // What such an error was made of is not among its causes, but itself.
                if let Some(code) = error.get_ref().and_then(|inner| ErrorCode::known(inner)) {
                    return Some(code);
                }
                match error.kind() {
                    io::ErrorKind::ConnectionReset
                    | io::ErrorKind::ConnectionAborted
                    | io::ErrorKind::BrokenPipe
                    | io::ErrorKind::UnexpectedEof => return Some(ErrorCode::ConnectionTerminated),
                    io::ErrorKind::TimedOut => return Some(ErrorCode::ConnectionReadTimeout),
                    _ => {}
                }
            }
            at = error.source();
        }
        None
    }

    fn of_alert(error: &rustls::Error) -> ErrorCode {
        match error {
            rustls::Error::AlertReceived(alert) => ErrorCode::TlsAlertReceived(TlsAlertReceivedPayload {
                alert_id: Some(u8::from(*alert)),
                alert_message: Some(format!("{alert:?}")),
            }),
            rustls::Error::InvalidCertificate(_) | rustls::Error::NoCertificatesPresented => {
                ErrorCode::TlsCertificateError
            }
            _ => ErrorCode::TlsProtocolError,
        }
    }
}

impl From<hyper::Error> for ErrorCode {
    fn from(error: hyper::Error) -> ErrorCode {
        if let Some(code) = ErrorCode::known(&error) {
            return code;
        }
        if error.is_parse_too_large() {
            ErrorCode::HttpResponseHeaderSectionSize(None)
        } else if error.is_incomplete_message() {
            ErrorCode::HttpResponseIncomplete
        } else if error.is_timeout() {
            ErrorCode::ConnectionReadTimeout
        } else if error.is_closed() || error.is_canceled() || error.is_body_write_aborted() {
            ErrorCode::ConnectionTerminated
        } else {
            ErrorCode::HttpProtocolError
        }
    }
}

impl From<std::convert::Infallible> for ErrorCode {
    fn from(error: std::convert::Infallible) -> ErrorCode {
        match error {}
    }
}
