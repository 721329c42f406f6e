//! The way to a caster: TCP, and TLS over it where the file says so.
//!
//! Deliberately not here: a way without looking at the certificate. Who has a caster of his own gives its certificate's file.
use super::source::{Source, Trust};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{CertificateError, ClientConfig, RootCertStore};
use std::future::Future;
use std::io;
use std::path::Path;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// Whatever bytes go over.
pub trait Way: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Way for T {}

/// Who opens the way.
pub trait Dial {
    /// Opens it.
    ///
    /// # Errors
    /// A sentence why it is not there.
    fn dial(&self, source: &Source) -> impl Future<Output = io::Result<Box<dyn Way>>> + Send;
}

/// Over the network.
#[derive(Debug, Clone, Copy)]
pub struct Network;

impl Dial for Network {
    async fn dial(&self, source: &Source) -> io::Result<Box<dyn Way>> {
        dial(source).await
    }
}

async fn dial(source: &Source) -> io::Result<Box<dyn Way>> {
    let stream = TcpStream::connect((source.host.as_str(), source.port)).await?;
    stream.set_nodelay(true)?;
    let Some(trust) = &source.tls else {
        return Ok(Box::new(stream));
    };
    let name = ServerName::try_from(source.host.clone()).map_err(io::Error::other)?;
    let connector = TlsConnector::from(Arc::new(tls(trust)?));
    let way = connector.connect(name, stream).await.map_err(with_remedy)?;
    Ok(Box::new(way))
}

/// What a handshake said, and what to do about it where it says enough.
fn with_remedy(e: io::Error) -> io::Error {
    let handshake = e.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    match handshake.and_then(remedy) {
        Some(remedy) => io::Error::new(e.kind(), format!("{e}; {remedy}")),
        None => e,
    }
}

fn remedy(e: &rustls::Error) -> Option<&'static str> {
    use CertificateError as Wrong;
    match e {
        // Two authorities of one name differ in their signature only.
        rustls::Error::InvalidCertificate(Wrong::UnknownIssuer | Wrong::BadSignature) => {
            Some("nobody who is trusted vouches for this caster: give its authority's file as ca, or it is another one")
        }
        rustls::Error::InvalidCertificate(Wrong::NotValidForName | Wrong::NotValidForNameContext { .. }) => {
            Some("the caster's certificate is of another name than host")
        }
        rustls::Error::InvalidCertificate(_) => Some("has the caster's certificate run out, is this clock set?"),
        rustls::Error::InvalidMessage(_) => Some("it speaks no TLS at this port"),
        _ => None,
    }
}

/// Reading the file may block for a moment, once a connection.
fn tls(trust: &Trust) -> io::Result<ClientConfig> {
    let roots = match trust {
        Trust::Public => RootCertStore {
            roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
        },
        Trust::File(path) => authorities(path)?,
    };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

/// The certificates of a PEM file.
///
/// # Errors
/// Where it cannot be read, or has none.
pub fn authorities(path: &Path) -> io::Result<RootCertStore> {
    let bad = |why: String| io::Error::new(io::ErrorKind::InvalidData, format!("{}: {why}", path.display()));
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(path).map_err(|e| bad(e.to_string()))? {
        let certificate = certificate.map_err(|e| bad(e.to_string()))?;
        roots.add(certificate).map_err(|e| bad(e.to_string()))?;
    }
    match roots.is_empty() {
        true => Err(bad("no certificate in it".into())),
        false => Ok(roots),
    }
}
