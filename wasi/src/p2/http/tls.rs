//! TLS for requests that guests make: which certificates are trusted, and the handshake.

use super::error::ErrorCode;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use std::io;
use std::sync::{Arc, OnceLock};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// Who is trusted to say who is who: the authorities of browsers, and those that the embedder has added.
#[derive(Clone, Debug, Default)]
pub(super) struct Trust {
    added: Vec<CertificateDer<'static>>,
    /// Shared, and with it the sessions that can be taken up again.
    config: Arc<OnceLock<Arc<ClientConfig>>>,
}

impl Trust {
    /// Adds a certificate.
    pub(super) fn add(&mut self, der: &[u8]) -> Result<(), rustls::Error> {
        let certificate = CertificateDer::from(der.to_vec());
        RootCertStore::empty().add(certificate.clone())?;
        self.added.push(certificate);
        self.config = Arc::default();
        Ok(())
    }

    /// What a handshake goes by, made when it is first needed.
    pub(super) fn config(&self) -> Result<Arc<ClientConfig>, ErrorCode> {
        if let Some(config) = self.config.get() {
            return Ok(Arc::clone(config));
        }
        let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        roots.add_parsable_certificates(self.added.iter().cloned());
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let config = config.map_err(ErrorCode::internal)?.with_root_certificates(roots);
        let mut config = config.with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Arc::clone(self.config.get_or_init(|| Arc::new(config))))
    }
}

/// Makes a connection one that nobody else can read.
pub(super) async fn connect(
    config: Arc<ClientConfig>,
    host: &str,
    stream: TcpStream,
) -> Result<TlsStream<TcpStream>, ErrorCode> {
    let name = ServerName::try_from(host.to_owned()).map_err(|_| ErrorCode::HttpRequestUriInvalid)?;
    TlsConnector::from(config)
        .connect(name, stream)
        .await
        .map_err(|error: io::Error| ErrorCode::known(&error).unwrap_or(ErrorCode::TlsProtocolError))
}
