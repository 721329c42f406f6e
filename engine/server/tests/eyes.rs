//! A broker of the house keeps whatever anybody says: what is only for eyes must not take the batches' connection with it.
mod common;

use common::*;
use kaoguan_server::{Mqtt, SiteConfig};
use rumqttc::QoS;
use serde_json::Value;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const MOSQUITTO: &str = "/usr/sbin/mosquitto";
/// More than the batches' connection takes in one packet.
const HUGE: usize = 300_000;

/// Ends with its test.
struct Mosquitto {
    child: Child,
    addr: SocketAddr,
}

impl Mosquitto {
    fn start(folder: &Path) -> Mosquitto {
        assert!(
            Path::new(MOSQUITTO).exists(),
            "{MOSQUITTO} is missing: apt-get install mosquitto"
        );
        let free = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let addr = free.local_addr().expect("an address");
        drop(free);
        let file = folder.join("mosquitto.conf");
        let text = format!("listener {} 127.0.0.1\nallow_anonymous true\n", addr.port());
        std::fs::write(&file, text).expect("written");
        let mut command = Command::new(MOSQUITTO);
        command.arg("-c").arg(&file).stdout(Stdio::null()).stderr(Stdio::null());
        let child = command.spawn().expect("mosquitto starts");
        let until = Instant::now() + Duration::from_secs(10);
        while TcpStream::connect(addr).is_err() {
            assert!(Instant::now() < until, "mosquitto does not listen");
            std::thread::sleep(Duration::from_millis(20));
        }
        Mosquitto { child, addr }
    }
}

impl Drop for Mosquitto {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_huge_word_that_a_broker_kept_stops_no_batch_and_blinds_nobody() {
    let folder = tempfile::tempdir().expect("a folder");
    let broker = Mosquitto::start(folder.path());
    let mut unit = Unit::connect(broker.addr, "moto-1").await;
    for topic in ["health", "conn", "live"] {
        let topic = format!("kaoguan/v1/{SITE}/moto-9/{topic}");
        let sent = unit
            .client
            .publish(topic, QoS::AtLeastOnce, true, vec![b'['; HUGE])
            .await;
        sent.expect("a channel");
    }
    let _ = unit.any_receipt_within(Duration::from_secs(1)).await;
    let data = folder.path().join("data");
    let config = SiteConfig {
        mqtt: Mqtt::At {
            host: "127.0.0.1".into(),
            port: broker.addr.port(),
            login: None,
        },
        ..config(&data)
    };
    let engine = kaoguan_server::start(config).await.expect("the engine starts");
    for no in 0..3 {
        unit.send(batch(1, no).encode()).await;
        unit.receipt_of(1, no).await;
    }
    let topic = format!("kaoguan/v1/{SITE}/moto-1/conn");
    let sent = unit
        .client
        .publish(topic, QoS::AtLeastOnce, true, r#"{"state":"online"}"#)
        .await;
    sent.expect("a channel");
    unit.send(batch(1, 3).encode()).await;
    unit.receipt_of(1, 3).await;
    let all = devices(&engine, 1).await;
    assert_eq!(all["devices"][0]["unit"], "moto-1", "{all}");
    assert_eq!(all["refused"], 2, "the huge ones were heard, and refused: {all}");
    engine.shutdown().await;
}

/// Once so many are there.
async fn devices(engine: &kaoguan_server::Engine, count: usize) -> Value {
    let until = Instant::now() + Duration::from_secs(10);
    loop {
        let (_, all) = get(engine.http_addr(), "/api/devices").await;
        if all["devices"].as_array().is_some_and(|devices| devices.len() >= count) {
            return all;
        }
        assert!(Instant::now() < until, "{all}");
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
}
