//! TLS with a client certificate against a real mosquitto that asks for one.
mod support;

use kaoguan_telemetry::Reading;
use kaoguan_unit::Config;
use kaoguan_unit::local::{self, Caller};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose};
use std::path::{Path, PathBuf};
use std::time::Duration;
use support::broker::{Broker, free_port};
use support::engine::{Engine, until};
use support::process::output;
use support::rig::Rig;
use support::sentences::epoch;

type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority(name: &str) -> Authority {
    let mut params = CertificateParams::new([]).expect("params");
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("signed")
}

/// A certificate and its key, as files; not valid any more where `until` is a year of the past.
fn issue(authority: &Authority, name: &str, until: Option<i32>, folder: &Path) -> (PathBuf, PathBuf) {
    let mut params = CertificateParams::new([name.to_owned(), "127.0.0.1".to_owned()]).expect("params");
    params.distinguished_name.push(DnType::CommonName, name);
    if let Some(year) = until {
        params.not_before = rcgen::date_time_ymd(2_000, 1, 1);
        params.not_after = rcgen::date_time_ymd(year, 1, 1);
    }
    let key = KeyPair::generate().expect("a key");
    let certificate = params.signed_by(&key, authority).expect("signed");
    let (at, key_at) = (folder.join(format!("{name}.crt")), folder.join(format!("{name}.key")));
    std::fs::write(&at, certificate.pem()).expect("written");
    std::fs::write(&key_at, key.serialize_pem()).expect("written");
    (at, key_at)
}

struct Site {
    folder: tempfile::TempDir,
    authority: Authority,
    ca: PathBuf,
    broker: Broker,
    port: u16,
}

/// A broker that asks for a certificate at one port, and speaks plainly with the engine at another.
fn site() -> Option<Site> {
    let folder = tempfile::tempdir().expect("a folder");
    let authority = authority("village");
    let ca = folder.path().join("ca.crt");
    std::fs::write(&ca, authority.pem()).expect("written");
    let (certificate, key) = issue(&authority, "localhost", None, folder.path());
    let port = free_port();
    let more = format!(
        "listener {port} 127.0.0.1\ncafile {}\ncertfile {}\nkeyfile {}\nrequire_certificate true\n",
        ca.display(),
        certificate.display(),
        key.display()
    );
    let broker = Broker::start_with(&more)?;
    Some(Site {
        folder,
        authority,
        ca,
        broker,
        port,
    })
}

fn with_tls(rig: &Rig, files: &[(&str, &Path)]) -> String {
    let files = files
        .iter()
        .map(|(key, path)| format!("{key} = {path:?}"))
        .collect::<Vec<_>>()
        .join(", ");
    rig.file()
        .replace("[mqtt]\n", &format!("[mqtt]\ntls = {{ {files} }}\n"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_right_certificate_delivers() {
    let Some(site) = site() else { return };
    let engine = Engine::start(site.broker.port, true);
    let mut rig = Rig::new(site.port, false);
    let (certificate, key) = issue(&site.authority, "moto-1", None, site.folder.path());
    let file = with_tls(&rig, &[("ca", &site.ca), ("certificate", &certificate), ("key", &key)]);
    let unit = rig.start_with(Config::parse(&file, "rig").unwrap_or_else(|e| panic!("{e}")));
    until("it is online", 30, || !engine.conns().is_empty()).await;
    let mut n = 0;
    while !engine.has(|reading| matches!(reading, Reading::Gnss(_))) {
        rig.write(0, &epoch(n * 100));
        n += 1;
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert!(n < 300);
    }
    unit.stop().await;
}

/// What a unit says of its link when it cannot connect.
async fn trouble(rig: &Rig, file: &str) -> String {
    let config = Config::parse(file, "rig").unwrap_or_else(|e| panic!("{e}"));
    let socket = local::path(&config);
    let unit = rig.start_with(config);
    let mut n = 0;
    let trouble = loop {
        n += 1;
        assert!(n < 300);
        tokio::time::sleep(Duration::from_millis(100)).await;
        let Ok(mut caller) = Caller::call(&socket).await else {
            continue;
        };
        let Ok(picture) = caller.next().await else { continue };
        if let Some(why) = picture.link.and_then(|link| link.trouble) {
            break why;
        }
    };
    unit.stop().await;
    trouble
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_certificate_and_a_foreign_one_are_refused_and_told() {
    let Some(site) = site() else { return };
    let engine = Engine::start(site.broker.port, true);
    let rig = Rig::new(site.port, false);
    let none = trouble(&rig, &with_tls(&rig, &[("ca", &site.ca)])).await;
    assert!(none.contains("[mqtt] tls = { certificate, key }"), "{none}");
    let (certificate, key) = issue(&site.authority, "moto-1", None, site.folder.path());
    let own = [("ca", site.ca.clone()), ("certificate", certificate), ("key", key)];
    let foreign = authority("elsewhere");
    let (certificate, key) = issue(&foreign, "moto-9", None, site.folder.path());
    let pair = [("ca", site.ca.as_path()), ("certificate", &certificate), ("key", &key)];
    let other = trouble(&rig, &with_tls(&rig, &pair)).await;
    assert!(other.contains("does not believe this unit's certificate"), "{other}");
    let ca = site.folder.path().join("foreign.crt");
    std::fs::write(&ca, foreign.pem()).expect("written");
    let broker = trouble(
        &rig,
        &with_tls(&rig, &[("ca", &ca), ("certificate", &certificate), ("key", &key)]),
    )
    .await;
    assert!(broker.contains("not of the authority"), "{broker}");
    assert!(engine.conns().is_empty(), "nobody came in");
    for (files, wanted) in [
        (vec![("ca", site.ca.as_path())], "[mqtt] tls = { certificate, key }"),
        (
            own.iter().map(|(key, file)| (*key, file.as_path())).collect(),
            "it takes the connection",
        ),
    ] {
        let config = rig.folder.path().join("unit.toml");
        std::fs::write(&config, with_tls(&rig, &files)).expect("written");
        let said = output(&["check", "--seconds", "1"], &config).stdout;
        let said = String::from_utf8_lossy(&said);
        assert!(said.contains(wanted), "{wanted}: {said}");
    }
}

#[test]
fn files_that_are_wrong_are_named_all_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let (site, rig) = (authority("village"), Rig::new(1, false));
    let ca = folder.path().join("ca.crt");
    std::fs::write(&ca, site.pem()).expect("written");
    let (first, first_key) = issue(&site, "first", None, folder.path());
    let (second, second_key) = issue(&site, "second", None, folder.path());
    let away = folder.path().join("away.crt");
    for (files, wanted) in [
        (
            vec![("ca", &away), ("certificate", &first_key), ("key", &first)],
            vec![
                "mqtt.tls.ca",
                "away.crt: No such file",
                "first.key holds no certificate",
                "first.crt holds no private key",
            ],
        ),
        (
            vec![("ca", &ca), ("certificate", &first), ("key", &second_key)],
            vec!["do not belong together"],
        ),
        (vec![("ca", &ca), ("certificate", &second)], vec!["go together"]),
        (
            vec![("certificate", &second), ("key", &second_key)],
            vec!["mqtt.tls.ca: is missing"],
        ),
    ] {
        let files: Vec<_> = files.iter().map(|(key, path)| (*key, path.as_path())).collect();
        let faulty = Config::parse(&with_tls(&rig, &files), "rig")
            .expect_err("faults")
            .to_string();
        wanted
            .iter()
            .for_each(|wanted| assert!(faulty.contains(wanted), "{wanted}: {faulty}"));
    }
    let (old, old_key) = issue(&site, "old", Some(2_001), folder.path());
    let dates = |certificate: &Path, key: &Path| {
        let file = with_tls(&rig, &[("ca", &ca), ("certificate", certificate), ("key", key)]);
        let tls = Config::parse(&file, "rig").expect("good").mqtt.tls.expect("tls");
        tls.dates(rustls::pki_types::UnixTime::now())
    };
    assert!(dates(&first, &first_key).is_empty());
    let told = dates(&old, &old_key);
    assert!(told.len() == 1 && told[0].contains("old.crt has run out"), "{told:?}");
}
