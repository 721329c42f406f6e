//! What units say for eyes alone, to the pages: how they are (`health`, `conn`, `status`), and what they see while their batches are late
//! (`live`).
//!
//! The problem: a broker of the house keeps any word, of any size, and brings it at each connection; one that is larger than a client takes
//! ends the connection, and so would end that of the batches, for ever. The answer: what is for eyes is heard on a connection of its own,
//! which takes far more than is ever believed, so that one stranger's word blinds nobody either.
//!
//! Deliberately not here: the keeper. Nothing of this is in a journal, and nothing is judged by it.
use crate::devices::words::Message;
use crate::hub::Hub;
use crate::ingest::unit_of;
use crate::keeper::now_us;
use crate::mqtt::{Address, Ear, hear};
use kaoguan_telemetry::UnitId;
use kaoguan_telemetry::wire::{Live, VERSION};
use rumqttc::{Publish, QoS};
use std::sync::Arc;
use tokio::sync::{oneshot, watch};

/// Taken from the network, before it is refused by its size: sixty-four times what our own broker keeps. One at a time is in memory.
const PACKET_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Runs until `stop` says so. `ready` hears when the broker has confirmed the subscriptions for the first time.
pub async fn run(
    address: Address,
    site: String,
    hub: Arc<Hub>,
    ready: oneshot::Sender<()>,
    mut stop: watch::Receiver<bool>,
) {
    let mut options = address.options(format!("kaoguan-{site}-eyes"));
    options.set_max_packet_size(PACKET_BYTES_MAX, crate::broker::PACKET_BYTES_MAX);
    let topics =
        ["status", "live", "conn", "health"].map(|name| (format!("kaoguan/v1/{site}/+/{name}"), QoS::AtMostOnce));
    let ear = Eyes { site, hub };
    tokio::select! {
        () = hear(options, &topics, ready, ear) => {}
        _ = stop.wait_for(|stop| *stop) => {}
    }
}

struct Eyes {
    site: String,
    hub: Arc<Hub>,
}

impl Ear for Eyes {
    async fn take(&mut self, publish: Publish) -> bool {
        look(&self.site, &self.hub, &publish);
        true
    }
}

fn look(site: &str, hub: &Hub, publish: &Publish) {
    match unit_of(site, &publish.topic) {
        Some((unit, "live")) => see(hub, unit, &publish.payload),
        Some((unit, topic)) => learn(site, hub, unit, topic, publish),
        None => {}
    }
}

/// How it is.
fn learn(site: &str, hub: &Hub, unit: UnitId, topic: &str, publish: &Publish) {
    let message = Message {
        site,
        topic,
        bytes: &publish.payload,
        at_us: now_us(),
        is_retained: publish.retain,
    };
    if let Err(why) = hub.hear(unit, message) {
        tracing::debug!(%unit, topic, %why, "what it says of itself is not taken");
    }
}

/// What it sees now.
fn see(hub: &Hub, unit: UnitId, bytes: &[u8]) {
    match minicbor::decode::<Live>(bytes) {
        Ok(live) if live.version == VERSION && live.unit == unit => hub.see(live),
        _ => tracing::debug!(%unit, "what it sees now cannot be read"),
    }
}
