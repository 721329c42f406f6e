//! The caster over TLS: our own client at the other end, a wrong authority, who speaks plainly, and who says nothing.
mod support;

use kaoguan_unit::config::Login;
use kaoguan_unit::ntrip::caster::{Caster, CasterConfig};
use kaoguan_unit::ntrip::dial::Network;
use kaoguan_unit::ntrip::{Source, Trust, Version};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use support::broker::free_port;
use support::engine::until;
use support::process::{Process, output};
use support::rig::{Rig, Wire};
use support::script::{Run, frame, frames, source};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// A certificate of localhost that vouches for itself, and its key, as files.
fn made(folder: &Path, name: &str) -> (PathBuf, PathBuf) {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).expect("a certificate");
    let (certificate, key) = (folder.join(format!("{name}.crt")), folder.join(format!("{name}.key")));
    std::fs::write(&certificate, made.cert.pem()).expect("written");
    std::fs::write(&key, made.signing_key.serialize_pem()).expect("written");
    (certificate, key)
}

fn text(listen: &str, base: &str, certificate: &Path, key: &Path) -> String {
    format!(
        "[caster]\nlisten = {listen:?}\nmount = \"SQUARE\"\nclients_max = 3\ntls = {{ certificate = {certificate:?}, key = {key:?} }}\n\
         [users]\nmoto-1 = \"sesame\"\n[base]\npath = {base:?}\nbaud = \"115200 baud\"\n"
    )
}

struct Square {
    base: Wire,
    port: u16,
    folder: tempfile::TempDir,
    ca: PathBuf,
    _task: JoinSet<()>,
}

fn square() -> Square {
    let folder = tempfile::tempdir().expect("a folder");
    let (certificate, key) = made(folder.path(), "caster");
    let base = Wire::new();
    let text = text("127.0.0.1:0", &base.path, &certificate, &key);
    let config = CasterConfig::parse(&text, "caster.toml").unwrap_or_else(|e| panic!("{e}"));
    assert!(!format!("{config:?}").contains("sesame"), "{config:?}");
    let caster = Caster::start(config).expect("a free port");
    let port = caster.address().expect("it listens").port();
    let mut task = JoinSet::new();
    task.spawn(caster.run(std::future::pending::<()>()));
    Square {
        base,
        port,
        folder,
        ca: certificate,
        _task: task,
    }
}

impl Square {
    fn source(&self, version: Version, tls: Option<Trust>) -> Source {
        Source {
            host: "localhost".into(),
            port: self.port,
            version,
            login: login("sesame"),
            tls,
            ..source()
        }
    }

    fn trusted(&self) -> Option<Trust> {
        Some(Trust::File(self.ca.clone()))
    }
}

fn login(password: &str) -> Option<Login> {
    Some(Login {
        user: "moto-1".into(),
        password: password.into(),
    })
}

#[tokio::test]
async fn every_frame_arrives_over_tls_in_both_versions() {
    let mut square = square();
    let runs = [Version::V1, Version::V2].map(|version| Run::start(Network, square.source(version, square.trusted())));
    for run in &runs {
        until("connected", 20, || run.state.borrow().is_up).await;
    }
    let mut expected: Vec<u8> = Vec::new();
    for bytes in (0..40u8)
        .map(|n| frame(&[0x43, 0x50, n, 1, 2, 3, n, 7]))
        .chain(frames())
    {
        square.base.master.write_all(&bytes).expect("written");
        expected.extend(&bytes);
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    for run in &runs {
        until("all frames", 20, || run.frames.bytes().len() >= expected.len()).await;
        assert_eq!(run.frames.bytes(), expected);
    }
}

/// Nobody gives his password to a caster that he does not trust, and the caster goes on.
#[tokio::test]
async fn who_does_not_trust_it_gets_nothing_and_says_why() {
    let square = square();
    let (wrong, _) = made(square.folder.path(), "another");
    let v2 = Version::V2;
    for (source, why) in [
        (
            square.source(v2, Some(Trust::File(wrong))),
            "give its authority's file as ca",
        ),
        (square.source(v2, Some(Trust::Public)), "UnknownIssuer"),
        (
            Source {
                host: "127.0.0.1".into(),
                ..square.source(v2, square.trusted())
            },
            "of another name than host",
        ),
        (square.source(v2, None), ""),
    ] {
        let run = Run::start(Network, source);
        until("refused", 20, || !run.trouble().is_empty()).await;
        assert!(run.trouble().contains(why), "{why}: {}", run.trouble());
        assert_eq!((run.frames.bytes(), run.state.borrow().connections), (vec![], 0));
    }
    let known = Run::start(Network, square.source(v2, square.trusted()));
    until("connected", 20, || known.state.borrow().is_up).await;
}

#[tokio::test]
async fn what_is_refused_is_told_over_tls_too() {
    let square = square();
    for version in [Version::V1, Version::V2] {
        let wrong = Source {
            login: login("wrong"),
            ..square.source(version, square.trusted())
        };
        let run = Run::start(Network, wrong);
        until("told", 20, || {
            run.trouble().contains("does not accept this user and password")
        })
        .await;
        let other = Source {
            mount: "SQUARES".into(),
            ..square.source(version, square.trusted())
        };
        let run = Run::start(Network, other);
        until("told", 20, || run.trouble().contains("the nearest names are SQUARE")).await;
    }
}

/// Three places, all taken by who never begins to speak: they are free again after ten seconds.
#[tokio::test]
async fn who_says_nothing_goes() {
    let square = square();
    let mut mute = Vec::new();
    for _ in 0..3 {
        mute.push(
            TcpStream::connect(("127.0.0.1", square.port))
                .await
                .expect("it listens"),
        );
    }
    let begin = Instant::now();
    for stream in &mut mute {
        let mut said = Vec::new();
        let read = tokio::time::timeout(Duration::from_secs(30), stream.read_to_end(&mut said)).await;
        assert!(read.is_ok(), "it is still there");
    }
    assert!(begin.elapsed() >= Duration::from_secs(9), "{:?}", begin.elapsed());
    let known = Run::start(Network, square.source(Version::V2, square.trusted()));
    until("connected", 20, || known.state.borrow().is_up).await;
}

/// He asks, and never reads what he is given: his queue has a bound behind TLS as well.
#[tokio::test]
async fn who_does_not_read_is_thrown_out() {
    let mut square = square();
    let mut roots = rustls::RootCertStore::empty();
    let pem = std::fs::read(&square.ca).expect("there");
    let der = rustls::pki_types::pem::PemObject::from_pem_slice(&pem).expect("a certificate");
    roots.add(der).expect("added");
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let socket = tokio::net::TcpSocket::new_v4().expect("a socket");
    socket.set_recv_buffer_size(4_096).expect("set");
    let address = std::net::SocketAddr::from(([127, 0, 0, 1], square.port));
    let stream = socket.connect(address).await.expect("it listens");
    let name = rustls::pki_types::ServerName::try_from("localhost").expect("a name");
    let connector = tokio_rustls::TlsConnector::from(std::sync::Arc::new(config));
    let mut lazy = connector.connect(name, stream).await.expect("believed");
    lazy.write_all(b"GET /SQUARE HTTP/1.0\r\nAuthorization: Basic bW90by0xOnNlc2FtZQ==\r\n\r\n")
        .await
        .expect("sent");
    lazy.flush().await.expect("sent");
    let reader = Run::start(Network, square.source(Version::V2, square.trusted()));
    until("connected", 20, || reader.state.borrow().is_up).await;
    let long = frame(&[0x46; 900]);
    let mut sent = 0;
    for _ in 0..600 {
        square.base.master.write_all(&long).expect("written");
        sent += long.len();
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    until("the other one gets all", 30, || reader.frames.bytes().len() >= sent).await;
    tokio::time::sleep(Duration::from_secs(11)).await;
    let mut got = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(5), lazy.read_to_end(&mut got)).await;
    assert!(read.is_ok(), "he is still there");
    assert!(got.len() < sent / 2, "{} of {sent} waited for him", got.len());
}

#[test]
fn a_file_with_a_wrong_certificate_says_what_is_wrong() {
    let folder = tempfile::tempdir().expect("a folder");
    let (certificate, key) = made(folder.path(), "one");
    let (_, other_key) = made(folder.path(), "two");
    let none = folder.path().join("none.crt");
    for (certificate, key, why) in [
        (
            &certificate,
            &other_key,
            "caster.tls: certificate and key do not belong together",
        ),
        (&none, &key, "none.crt: "),
        (&key, &certificate, "holds no certificate as PEM text"),
        (&certificate, &certificate, "holds no private key as PEM text"),
    ] {
        let said = CasterConfig::parse(&text("127.0.0.1:0", "/dev/x", certificate, key), "bad.toml");
        let said = said.expect_err("refused").to_string();
        assert!(said.contains(why), "{why} is not in:\n{said}");
    }
    let half = text("127.0.0.1:0", "/dev/x", &certificate, &key).replace(", key = ", ", kee = ");
    let said = CasterConfig::parse(&half, "bad.toml").expect_err("refused").to_string();
    assert!(
        said.contains("caster.tls.key: is missing") && said.contains("caster.tls.kee: is not known here"),
        "{said}"
    );
}

/// Both ends as shipped: the table comes over TLS, and not to who trusts another authority.
#[test]
fn the_shipped_program_speaks_it_at_both_ends() {
    let rig = Rig::new(1, false);
    let folder = rig.folder.path();
    let (certificate, key) = made(folder, "caster");
    let (wrong, _) = made(folder, "another");
    let port = free_port();
    let file = folder.join("caster.toml");
    let listen = format!("127.0.0.1:{port}");
    std::fs::write(&file, text(&listen, &rig.wires[0].path, &certificate, &key)).expect("written");
    let _caster = Process::start(&["caster"], &file, &[]);
    let end = Instant::now() + Duration::from_secs(20);
    while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(Instant::now() < end, "it does not listen");
        std::thread::sleep(Duration::from_millis(20));
    }
    let sources = |ca: &Path| {
        let text = format!(
            "{}\n[corrections]\nhost = \"localhost\"\nport = {port}\nmount = \"SQUARE\"\ntls = true\nca = {ca:?}\n",
            rig.file()
        );
        let file = folder.join("unit.toml");
        std::fs::write(&file, text).expect("written");
        let output = output(&["sources"], &file);
        let said = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8_lossy(&said).into_owned())
    };
    let (code, said) = sources(&certificate);
    assert!(code == Some(0) && said.contains("SQUARE"), "{said}");
    let (code, said) = sources(&wrong);
    assert!(
        code == Some(1) && said.contains("give its authority's file as ca"),
        "{said}"
    );
}
