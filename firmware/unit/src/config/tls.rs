//! `[mqtt] tls`: whom the unit believes, and how it shows who it is.
//!
//! The problem: a wrong file shows itself hours later as "connection refused". The answer: the files are read with the
//! configuration, and each fault names its file and what to do. A certificate that has run out is a warning, not a
//! fault: a unit that cannot connect still records, and it may be its clock that is wrong. Deliberately not here: the
//! system's own list of authorities; a site's broker has one that the site made.
use crate::settings::{Faults, Section};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, UnixTime};
use rustls::server::WebPkiClientVerifier;
use rustls::{CertificateError, ClientConfig, RootCertStore, ServerConfig};
use std::fmt;
use std::sync::Arc;

/// What a connection needs.
#[derive(Clone)]
pub struct Tls {
    /// For rumqttc.
    pub config: Arc<ClientConfig>,
    /// The files' certificates, to be asked for their dates.
    certificates: Vec<(String, CertificateDer<'static>)>,
}

impl fmt::Debug for Tls {
    /// Without the key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tls")
    }
}

impl Tls {
    /// Certificates that are not valid now, as sentences with the file.
    pub fn dates(&self, now: UnixTime) -> Vec<String> {
        dates(&self.certificates, now)
    }
}

fn dates(certificates: &[(String, CertificateDer<'static>)], now: UnixTime) -> Vec<String> {
    let date = |(file, certificate): &(String, _)| date(file, certificate, now);
    certificates.iter().filter_map(date).collect()
}

/// Reads `{ ca, certificate, key }`; certificate and key may be missing together.
pub fn tls(mut section: Section, faults: &mut Faults) -> Option<Tls> {
    let ca = section.text("ca", faults).map(str::to_owned);
    let certificate = section.text_if_any("certificate", faults).map(str::to_owned);
    let key = section.text_if_any("key", faults).map(str::to_owned);
    let has_pair = certificate.is_some() == key.is_some();
    if !has_pair {
        section.fault("", "certificate and key go together", faults);
    }
    let ca_read = ca
        .as_ref()
        .and_then(|file| said(certificates(file), &section, "ca", faults));
    let pair = certificate.as_ref().zip(key.as_ref()).and_then(|(certificate, key)| {
        let chain = said(certificates(certificate), &section, "certificate", faults);
        let key = said(private_key(key), &section, "key", faults);
        Some((chain?, key?))
    });
    let is_whole = has_pair && pair.is_some() == certificate.is_some();
    let mut dated = Vec::new();
    let named = |file: &Option<String>, list: &[CertificateDer<'static>]| {
        let file = file.clone().unwrap_or_default();
        list.iter()
            .map(|certificate| (file.clone(), certificate.clone()))
            .collect::<Vec<_>>()
    };
    dated.extend(ca_read.iter().flat_map(|list| named(&ca, list)));
    dated.extend(pair.iter().flat_map(|(list, _)| named(&certificate, list)));
    let config = ca_read
        .filter(|_| is_whole)
        .and_then(|ca| said(client(ca, pair), &section, "", faults));
    section.finish(faults);
    Some(Tls {
        config: Arc::new(config?),
        certificates: dated,
    })
}

/// What a server shows: for the caster of a square.
#[derive(Clone)]
pub struct ServerTls {
    /// For whoever accepts connections.
    pub config: Arc<ServerConfig>,
    certificates: Vec<(String, CertificateDer<'static>)>,
}

impl fmt::Debug for ServerTls {
    /// Without the key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ServerTls")
    }
}

impl ServerTls {
    /// As [`Tls::dates`].
    pub fn dates(&self, now: UnixTime) -> Vec<String> {
        dates(&self.certificates, now)
    }
}

/// Reads `{ certificate, key }` of a server; who asks it shows nothing.
pub fn server(mut section: Section, faults: &mut Faults) -> Option<ServerTls> {
    let certificate = section.text("certificate", faults).map(str::to_owned);
    let key = section.text("key", faults).map(str::to_owned);
    let chain = certificate
        .as_ref()
        .and_then(|file| said(certificates(file), &section, "certificate", faults));
    let key = key.and_then(|file| said(private_key(&file), &section, "key", faults));
    let (file, chain, key) = match (certificate, chain, key) {
        (Some(file), Some(chain), Some(key)) => (file, chain, key),
        _ => {
            section.finish(faults);
            return None;
        }
    };
    let dated = chain.iter().map(|der| (file.clone(), der.clone())).collect();
    let config = said(shown(chain, key), &section, "", faults);
    section.finish(faults);
    Some(ServerTls {
        config: Arc::new(config?),
        certificates: dated,
    })
}

fn shown(chain: Vec<CertificateDer<'static>>, key: PrivateKeyDer<'static>) -> Result<ServerConfig, String> {
    ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(|e| e.to_string())?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(unmatched)
}

fn unmatched(e: rustls::Error) -> String {
    match e {
        rustls::Error::InconsistentKeys(_) => "certificate and key do not belong together".to_owned(),
        e => format!("certificate and key: {e}"),
    }
}

fn said<T>(read: Result<T, String>, section: &Section, key: &str, faults: &mut Faults) -> Option<T> {
    read.map_err(|why| section.fault(key, why, faults)).ok()
}

fn certificates(file: &str) -> Result<Vec<CertificateDer<'static>>, String> {
    let bytes = std::fs::read(file).map_err(|e| unread(file, &e))?;
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&bytes).collect();
    match read {
        Ok(list) if !list.is_empty() => Ok(list),
        _ => Err(format!(
            "{file} holds no certificate as PEM text (-----BEGIN CERTIFICATE-----)"
        )),
    }
}

fn private_key(file: &str) -> Result<PrivateKeyDer<'static>, String> {
    let bytes = std::fs::read(file).map_err(|e| unread(file, &e))?;
    PrivateKeyDer::from_pem_slice(&bytes).map_err(|_| {
        format!("{file} holds no private key as PEM text without a password (-----BEGIN PRIVATE KEY-----)")
    })
}

fn unread(file: &str, e: &std::io::Error) -> String {
    let remedy = match e.kind() {
        std::io::ErrorKind::NotFound => "is the path right?",
        std::io::ErrorKind::PermissionDenied => "the unit's user must be allowed to read it",
        _ => "can it be read?",
    };
    format!("{file}: {e}; {remedy}")
}

fn client(
    ca: Vec<CertificateDer<'static>>,
    pair: Option<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>)>,
) -> Result<ClientConfig, String> {
    let roots = roots(ca)?;
    let builder = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(|e| e.to_string())?
        .with_root_certificates(roots);
    match pair {
        Some((chain, key)) => builder.with_client_auth_cert(chain, key).map_err(unmatched),
        None => Ok(builder.with_no_client_auth()),
    }
}

fn provider() -> Arc<rustls::crypto::CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

fn roots(ca: Vec<CertificateDer<'static>>) -> Result<RootCertStore, String> {
    let mut roots = RootCertStore::empty();
    for certificate in ca {
        roots.add(certificate).map_err(|e| format!("ca: {e}"))?;
    }
    Ok(roots)
}

/// Why a certificate is not valid at `now` by its dates. rustls looks at the dates before it asks who signed, so any
/// other objection says that the dates are right.
fn date(file: &str, certificate: &CertificateDer<'static>, now: UnixTime) -> Option<String> {
    let mut roots = RootCertStore::empty();
    roots.add(certificate.clone()).ok()?;
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider())
        .build()
        .ok()?;
    match verifier.verify_client_cert(certificate, &[], now) {
        Err(rustls::Error::InvalidCertificate(CertificateError::Expired | CertificateError::ExpiredContext { .. })) => {
            Some(format!(
                "{file} has run out; ask the site for a new certificate, or set the clock"
            ))
        }
        Err(rustls::Error::InvalidCertificate(
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. },
        )) => Some(format!("{file} is not valid yet; is this computer's clock set?")),
        _ => None,
    }
}

/// A remedy for what a broker or this end says in a handshake.
pub fn remedy(e: &rustls::Error) -> Option<&'static str> {
    use rustls::AlertDescription as Alert;
    match e {
        rustls::Error::AlertReceived(Alert::CertificateRequired | Alert::HandshakeFailure) => {
            Some("the broker asks for a client certificate: [mqtt] tls = { certificate, key }")
        }
        rustls::Error::AlertReceived(
            Alert::UnknownCA
            | Alert::BadCertificate
            | Alert::CertificateUnknown
            | Alert::AccessDenied
            | Alert::DecryptError,
        ) => Some("the broker does not believe this unit's certificate: is it of the site's own authority?"),
        rustls::Error::AlertReceived(Alert::CertificateExpired) => Some("this unit's certificate has run out"),
        // Two authorities of one name differ in their signature only.
        rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer | CertificateError::BadSignature) => {
            Some("the broker is not of the authority in [mqtt] tls.ca: a wrong file, or a wrong broker")
        }
        rustls::Error::InvalidCertificate(
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
        ) => Some("the broker's certificate is of another name than [mqtt] host"),
        rustls::Error::InvalidCertificate(_) => {
            Some("the broker's certificate is not valid: has it run out, is this clock set?")
        }
        _ => None,
    }
}
