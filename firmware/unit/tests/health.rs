//! How a running unit is: retained on MQTT, and on the local socket, without touching a port.
mod support;

use kaoguan_unit::health::Health;
use kaoguan_unit::local::{self, Caller};
use rumqttc::{AsyncClient, Event, MqttOptions, Packet, QoS};
use std::time::Duration;
use support::broker::Broker;
use support::engine::{Engine, until};
use support::rig::Rig;
use support::sentences::{attitude, epoch, signals};

fn of(engine: &Engine) -> Option<Health> {
    serde_json::from_str(&engine.word("health")?).ok()
}

/// What somebody who subscribes now is given at once.
async fn retained(port: u16) -> Health {
    let (client, mut events) = AsyncClient::new(MqttOptions::new("late", "127.0.0.1", port), 10);
    client
        .try_subscribe("kaoguan/v1/village/moto-1/health", QoS::AtLeastOnce)
        .expect("room");
    loop {
        if let Event::Incoming(Packet::Publish(publish)) = events.poll().await.expect("a broker") {
            assert!(publish.retain);
            return serde_json::from_slice(&publish.payload).expect("a picture");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_picture_has_rates_counters_disk_link_and_who_it_is() {
    let Some(broker) = Broker::start() else { return };
    let engine = Engine::start(broker.port, true);
    let mut rig = Rig::new(broker.port, false);
    let config = rig.config();
    let digest = blake3::hash(rig.file().as_bytes()).to_hex().to_string();
    let unit = rig.start();
    until("a first picture", 30, || of(&engine).is_some()).await;
    let mut caller = Caller::call(&local::path(&config)).await.expect("a unit runs");
    let mut n = 0;
    // Ten epochs a second, one of them damaged, until five seconds of them are seen.
    let picture = loop {
        let mut bytes = epoch(n * 100);
        if n % 10 == 9 {
            let last = bytes.len() - 4;
            bytes[last] ^= 1;
        }
        rig.write(0, &bytes);
        (0..10).for_each(|k| rig.write(1, &attitude(n * 10 + k)));
        rig.write(2, &signals(n as u8));
        n += 1;
        let next = tokio::time::timeout(Duration::from_millis(100), caller.next()).await;
        let Ok(picture) = next.map(|next| next.expect("it runs")) else {
            continue;
        };
        let spoken = picture.ports.iter().all(|port| port.samples_per_10_s > 0);
        let refused = picture.ports[0].refused.contains_key("bad_checksum");
        if spoken && refused && picture.link.as_ref().is_some_and(|link| link.receipted.is_some()) {
            break picture;
        }
        assert!(n < 600, "{picture:?}");
    };
    assert_eq!(
        (picture.unit.as_str(), picture.site.as_str(), picture.boot),
        ("moto-1", "village", Some(1))
    );
    assert_eq!(picture.config_digest, digest);
    assert_eq!(
        picture
            .gnss
            .as_ref()
            .map(|fix| (fix.quality.as_str(), fix.satellites, fix.age_ms)),
        Some(("fixed", 28, Some(1_000)))
    );
    assert_eq!(
        picture.heading.as_ref().map(|heading| heading.heading_cdeg),
        Some(9_000)
    );
    assert!(
        picture
            .signals
            .as_ref()
            .is_some_and(|signals| signals.on == ["helmet"] && signals.proven),
        "{:?}",
        picture.signals
    );
    assert_eq!(
        picture
            .attitude
            .as_ref()
            .map(|attitude| attitude.force_um_s2[2] / 1_000),
        Some(9_806)
    );
    let spool = picture.spool.as_ref().expect("it stores");
    assert_eq!(
        (spool.state.as_str(), spool.dropped_samples, spool.max_bytes),
        ("ok", 0, 8 << 30)
    );
    assert!(spool.room_bytes.is_some() && spool.last.is_some());
    assert!(
        picture
            .link
            .as_ref()
            .is_some_and(|link| link.connected && link.trouble.is_none())
    );
    assert!(picture.machine.load_percent.is_some() && picture.machine.resident_kib.is_some());
    let late = retained(broker.port).await;
    assert_eq!((late.unit.as_str(), late.config_digest), ("moto-1", digest));
    unit.stop().await;
    assert!(caller.next().await.is_err(), "who has called hears that it has gone");
    assert!(!local::path(&config).exists());
}
