//! The caster over real sockets: our own client, requests by hand, visitors who do not read, and a TLS caster beside it.
mod support;

use kaoguan_unit::config::{Line, Login};
use kaoguan_unit::ntrip::caster::{Caster, CasterConfig, Upstream};
use kaoguan_unit::ntrip::dial::Network;
use kaoguan_unit::ntrip::session::{End, table};
use kaoguan_unit::ntrip::{Source, Trust, Version};
use std::io::Write;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use support::engine::until;
use support::rig::Wire;
use support::script::{Run, frame, frames, source};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// A caster on a base's line, which is a pty.
struct Square {
    base: Wire,
    address: SocketAddr,
    _task: JoinSet<()>,
}

fn file(path: &str, more: &str) -> CasterConfig {
    let text = format!(
        "[caster]\nlisten = \"127.0.0.1:0\"\nmount = \"SQUARE\"\nlatitude = \"26.647 N\"\nlongitude = \"106.63 E\"\n{more}\n\
         [users]\nmoto-1 = \"sesame\"\n[base]\npath = {path:?}\nbaud = \"115200 baud\"\n"
    );
    CasterConfig::parse(&text, "caster.toml").unwrap_or_else(|e| panic!("{e}"))
}

fn square(more: &str) -> Square {
    let base = Wire::new();
    let caster = Caster::start(file(&base.path, more)).expect("a free port");
    let address = caster.address().expect("it listens");
    let mut task = JoinSet::new();
    task.spawn(caster.run(std::future::pending::<()>()));
    Square {
        base,
        address,
        _task: task,
    }
}

impl Square {
    fn source(&self, version: Version) -> Source {
        let login = Some(Login {
            user: "moto-1".into(),
            password: "sesame".into(),
        });
        Source {
            port: self.address.port(),
            version,
            login,
            ..source()
        }
    }

    async fn ask(&self, text: &str) -> (TcpStream, String) {
        let mut stream = TcpStream::connect(self.address).await.expect("it listens");
        stream.write_all(text.as_bytes()).await.expect("sent");
        let mut said = vec![0; 4_096];
        let read = stream.read(&mut said).await.expect("answered");
        said.truncate(read);
        (stream, String::from_utf8_lossy(&said).into_owned())
    }
}

/// Both versions, at once; with noise and a damaged frame on the base's line.
#[tokio::test]
async fn every_vehicle_gets_every_whole_frame_of_the_base() {
    let mut square = square("");
    let runs = [Version::V1, Version::V2, Version::V2].map(|version| Run::start(Network, square.source(version)));
    for run in &runs {
        until("connected", 20, || run.state.borrow().is_up).await;
    }
    let good: Vec<_> = (0..40u8)
        .map(|n| frame(&[0x43, 0x50, n, 1, 2, 3, n, 7]))
        .chain(frames())
        .collect();
    let mut expected: Vec<u8> = Vec::new();
    for (n, bytes) in good.iter().enumerate() {
        let mut damaged = bytes.clone();
        damaged[4] ^= 1;
        let noise = if n % 3 == 0 {
            &damaged[..]
        } else {
            &b"$GNGGA,noise\r\n"[..]
        };
        square.base.master.write_all(&[noise, bytes].concat()).expect("written");
        expected.extend(bytes);
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    for run in &runs {
        until("all frames", 20, || run.frames.bytes().len() >= expected.len()).await;
        assert_eq!(run.frames.bytes(), expected);
        assert_eq!(run.state.borrow().skipped, 0, "nothing but frames was sent on");
    }
}

#[tokio::test]
async fn who_is_not_known_gets_nothing_and_is_told_so() {
    let square = square("");
    for (said, answer) in [
        ("GET /SQUARE HTTP/1.0\r\n\r\n", "HTTP/1.0 401 Unauthorized\r\n"),
        (
            "GET /SQUARE HTTP/1.0\r\nAuthorization: Basic bW90by0xOm9wZW4=\r\n\r\n",
            "HTTP/1.0 401 Unauthorized\r\n",
        ),
        (
            "GET /SQUARE HTTP/1.1\r\nNtrip-Version: Ntrip/2.0\r\n\r\n",
            "HTTP/1.1 401 Unauthorized\r\n",
        ),
        ("GET /OTHER HTTP/1.0\r\n\r\n", "SOURCETABLE 200 OK\r\n"),
        (
            "GET /OTHER HTTP/1.1\r\nNtrip-Version: Ntrip/2.0\r\n\r\n",
            "HTTP/1.1 404 Not Found\r\n",
        ),
        (
            "GET / HTTP/1.1\r\nNtrip-Version: Ntrip/2.0\r\n\r\n",
            "HTTP/1.1 200 OK\r\n",
        ),
        ("SOURCE sesame /SQUARE\r\n\r\n", "HTTP/1.1 400 Bad Request\r\n"),
        ("\r\n\r\n", "HTTP/1.1 400 Bad Request\r\n"),
    ] {
        let (mut stream, told) = square.ask(said).await;
        assert!(told.starts_with(answer), "{said}: {told}");
        // And nothing more: it closes.
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).await.expect("closed in order");
    }
    let (_, told) = square
        .ask(
            &"GET /SQUARE HTTP/1.0\r\nX: "
                .chars()
                .chain("y".repeat(5_000).chars())
                .collect::<String>(),
        )
        .await;
    assert!(told.starts_with("HTTP/1.1 400"), "{told}");
}

/// Our own client with a wrong password, a wrong name, and for the table.
#[tokio::test]
async fn the_client_understands_what_the_caster_refuses() {
    let square = square("");
    for version in [Version::V1, Version::V2] {
        let login = Some(Login {
            user: "moto-1".into(),
            password: "wrong".into(),
        });
        let run = Run::start(
            Network,
            Source {
                login,
                ..square.source(version)
            },
        );
        until("told", 20, || {
            run.trouble().contains("does not accept this user and password")
        })
        .await;
        let mount = "SQUAER".to_owned();
        let run = Run::start(
            Network,
            Source {
                mount,
                ..square.source(version)
            },
        );
        until("told", 20, || run.trouble().contains("no such mount point")).await;
        let mounts = table(&Network, &square.source(version)).await.expect("a table");
        assert_eq!(mounts.len(), 1);
        let place = mounts[0].place.expect("a place");
        assert_eq!(
            (mounts[0].name.as_str(), place.0.0, place.1.0),
            ("SQUARE", 26_650_000_000, 106_630_000_000)
        );
    }
}

/// One reads, one does not: it is thrown out, and the other misses nothing.
#[tokio::test]
async fn who_does_not_read_is_thrown_out_and_nobody_waits_for_him() {
    let mut square = square("");
    let run = Run::start(Network, square.source(Version::V2));
    until("connected", 20, || run.state.borrow().is_up).await;
    let request = "GET /SQUARE HTTP/1.0\r\nAuthorization: Basic bW90by0xOnNlc2FtZQ==\r\n\r\n";
    let socket = tokio::net::TcpSocket::new_v4().expect("a socket");
    socket.set_recv_buffer_size(4_096).expect("set");
    let mut slow = socket.connect(square.address).await.expect("it listens");
    slow.write_all(request.as_bytes()).await.expect("sent");
    let mut head = [0; 12];
    slow.read_exact(&mut head).await.expect("answered");
    assert_eq!(&head, b"ICY 200 OK\r\n");
    let long = frame(&[0x46; 1_000]);
    let mut sent = 0;
    for _ in 0..250 {
        square.base.master.write_all(&long).expect("written");
        sent += long.len();
        // So that the line, which is quicker than any, fills nobody's queue but the slow one's.
        until("the quick one has it", 20, || run.frames.bytes().len() == sent).await;
    }
    // What was sent to it before ends in the middle of nothing: then the connection is closed.
    let mut rest = Vec::new();
    let end = tokio::time::timeout(Duration::from_secs(30), slow.read_to_end(&mut rest)).await;
    let _ = end.expect("it is closed");
    assert!(rest.len() < sent, "{} of {sent}", rest.len());
    assert_eq!(run.state.borrow().connections, 1);
}

#[tokio::test]
async fn no_more_than_there_is_room_for() {
    let square = square("clients_max = 2");
    let request = "GET /SQUARE HTTP/1.0\r\nAuthorization: Basic bW90by0xOnNlc2FtZQ==\r\n\r\n";
    let (first, told) = square.ask(request).await;
    assert!(told.starts_with("ICY 200 OK"));
    let (_second, told) = square.ask(request).await;
    assert!(told.starts_with("ICY 200 OK"));
    let mut third = TcpStream::connect(square.address).await.expect("it listens");
    let mut nothing = Vec::new();
    let _ = third.read_to_end(&mut nothing).await;
    assert_eq!(nothing, b"");
    drop(first);
    let end = std::time::Instant::now() + Duration::from_secs(20);
    loop {
        let mut again = TcpStream::connect(square.address).await.expect("it listens");
        let mut said = [0; 10];
        if again.write_all(request.as_bytes()).await.is_ok() && again.read_exact(&mut said).await.is_ok() {
            break assert_eq!(&said, b"ICY 200 OK");
        }
        assert!(std::time::Instant::now() < end, "there is no room again");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// A relay: base, caster, relay on that caster, client. The relay tells the place of its own file upstream.
#[tokio::test]
async fn a_relay_passes_on_what_another_caster_gives() {
    let mut square = square("");
    let mut config = file("/dev/null", "");
    config.upstream = Upstream::Caster(square.source(Version::V2));
    let relay = Caster::start(config).expect("a free port");
    let port = relay.address().expect("it listens").port();
    let mut task = JoinSet::new();
    task.spawn(relay.run(std::future::pending::<()>()));
    let run = Run::start(
        Network,
        Source {
            port,
            ..square.source(Version::V1)
        },
    );
    until("connected", 20, || run.state.borrow().is_up).await;
    let [one, ..] = frames();
    // The relay's own connection comes when it comes.
    let end = std::time::Instant::now() + Duration::from_secs(20);
    while run.frames.bytes().is_empty() {
        assert!(std::time::Instant::now() < end, "nothing comes through");
        square.base.master.write_all(&one).expect("written");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(run.frames.bytes()[..one.len()], one);
}

/// A TLS caster with a certificate made by itself: who is given the certificate trusts it, who is not does not, nor under another name.
#[tokio::test]
async fn tls_is_trusted_by_its_certificate_only() {
    let folder = tempfile::tempdir().expect("a folder");
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).expect("a certificate");
    let ca = folder.path().join("ca.pem");
    std::fs::write(&ca, made.cert.pem()).expect("written");
    let port = tls_caster(&made).await;
    let run = |host: &str, tls| {
        let source = Source {
            host: host.into(),
            port,
            tls: Some(tls),
            ..source()
        };
        Run::start(Network, source)
    };
    let trusting = run("localhost", Trust::File(ca.clone()));
    until("frames over TLS", 20, || !trusting.frames.bytes().is_empty()).await;
    assert_eq!(trusting.frames.bytes(), frames().concat());
    for (host, tls, why) in [
        ("localhost", Trust::Public, "UnknownIssuer"),
        ("127.0.0.1", Trust::File(ca.clone()), "not valid for name"),
        ("localhost", Trust::File(folder.path().join("none.pem")), "none.pem"),
    ] {
        let refused = run(host, tls);
        until("refused", 20, || !refused.trouble().is_empty()).await;
        assert!(refused.trouble().contains(why), "{}", refused.trouble());
        assert_eq!(refused.frames.bytes(), b"");
    }
}

async fn tls_caster(made: &rcgen::CertifiedKey<rcgen::KeyPair>) -> u16 {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let key = rustls::pki_types::PrivateKeyDer::try_from(made.signing_key.serialize_der()).expect("a key");
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .expect("a certificate");
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("bound").port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let Ok(mut stream) = acceptor.accept(stream).await else {
                    return;
                };
                let mut head = [0; 1_024];
                if stream
                    .read(&mut head)
                    .await
                    .is_ok_and(|read| head[..read].starts_with(b"GET /SQUARE HTTP/1.1"))
                {
                    let said = [&b"ICY 200 OK\r\n\r\n"[..], &frames().concat()].concat();
                    stream.write_all(&said).await.expect("taken");
                    stream.flush().await.expect("taken");
                }
                std::future::pending::<()>().await;
            });
        }
    });
    port
}

/// All faults of a caster's file at once; and never a password in what is shown of it.
#[test]
fn a_bad_file_says_everything_and_a_good_one_no_password() {
    let bad = "[caster]\nlisten = \"2101\"\nmount = \"A B\"\nclients_max = 0\nlatitude = \"91 N\"\nlongitude = \"106.63\"\n\
               [users]\n\"a:b\" = \"x\"\n[upstream]\nhost = \"x\"\nmount = \"M\"\nca = \"f\"\ngga_each = \"1 s\"\n[base]\npath = \"/dev/x\"\n";
    let said = CasterConfig::parse(bad, "bad.toml").expect_err("refused").to_string();
    for part in [
        "caster.listen: must be an address and a port",
        "caster.mount: must be letters",
        "caster.clients_max: must be 1 at least",
        "caster.latitude: must be degrees and a side",
        "caster.longitude: must be degrees and a side",
        "users.a:b: must be a password",
        "upstream.ca: needs tls = true",
        "upstream.gga_each: must be 5 s to 60 s",
        "base.baud: is missing",
        "or base: one of both must be there",
    ] {
        assert!(said.contains(part), "{part} is not in:\n{said}");
    }
    let none = CasterConfig::parse("[caster]\nlisten = \"0.0.0.0:2101\"\nmount = \"M\"\n", "none.toml");
    assert!(none.expect_err("refused").to_string().contains("users: is missing"));
    let good = file("/dev/null", "");
    assert!(!format!("{good:?}").contains("sesame"), "{good:?}");
    let Upstream::Base(Line { path, baud }) = &good.upstream else {
        panic!("{good:?}")
    };
    assert_eq!((path.as_path(), *baud), (Path::new("/dev/null"), 115_200));
    assert_eq!(good.clients_max, 64);
    let example = CasterConfig::parse(include_str!("../caster.example.toml"), "caster.example.toml");
    example.unwrap_or_else(|e| panic!("{e}"));
}

#[tokio::test]
async fn a_table_that_is_none_is_an_end() {
    let port = TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port")
        .local_addr()
        .expect("bound")
        .port();
    let nobody = table(&Network, &Source { port, ..source() }).await;
    assert!(matches!(nobody, Err(End::Broken(_))), "{nobody:?}");
}
