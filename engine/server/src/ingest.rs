//! What units say, into the keeper's hands.
//!
//! The problem: a network is faster than a disk. The answer: one connection that takes a message, waits until the keeper
//! has room for it, and takes the next; meanwhile the broker and the units hold what they have. The broker's own
//! acknowledgement means nothing here: a unit forgets only by our receipt.
//!
//! Deliberately not here: decoding, trust; what is only for eyes ([`crate::eyes`]). A message in a topic that is no unit's is counted and
//! dropped.
use crate::keeper::Command;
use crate::mqtt::{Address, Ear, hear};
use crate::units::DiskWord;
use kaoguan_telemetry::UnitId;
use rumqttc::{Publish, QoS};
use tokio::sync::{mpsc, oneshot, watch};

/// Runs until `stop` says so, or the keeper is gone. `ready` hears when the broker has confirmed the subscription for the first time.
pub async fn run(
    address: Address,
    site: String,
    keeper: mpsc::Sender<Command>,
    ready: oneshot::Sender<()>,
    mut stop: watch::Receiver<bool>,
) {
    let options = address.options(format!("kaoguan-{site}-in"));
    let topics = ["samples", "status"].map(|name| (format!("kaoguan/v1/{site}/+/{name}"), QoS::AtLeastOnce));
    let ear = Inlet { site, keeper };
    tokio::select! {
        () = hear(options, &topics, ready, ear) => {}
        _ = stop.wait_for(|stop| *stop) => {}
    }
}

struct Inlet {
    site: String,
    keeper: mpsc::Sender<Command>,
}

impl Ear for Inlet {
    async fn take(&mut self, publish: Publish) -> bool {
        match command(&self.site, &publish) {
            Some(command) => self.keeper.send(command).await.is_ok(),
            None => true,
        }
    }
}

/// What the keeper must know.
fn command(site: &str, publish: &Publish) -> Option<Command> {
    let (unit, topic) = unit_of(site, &publish.topic)?;
    match topic {
        "samples" => Some(Command::Batch {
            unit,
            bytes: publish.payload.to_vec(),
        }),
        "status" => DiskWord::parse(&publish.payload).map(|word| Command::Disk { unit, word }),
        _ => None,
    }
}

/// The unit of a topic, and its last word.
pub(crate) fn unit_of<'t>(site: &str, topic: &'t str) -> Option<(UnitId, &'t str)> {
    let rest = topic.strip_prefix("kaoguan/v1/")?.strip_prefix(site)?;
    let (name, word) = rest.strip_prefix('/')?.split_once('/')?;
    let unit = UnitId::new(name);
    if unit.is_none() {
        tracing::warn!(topic, "no unit can have this name");
    }
    Some((unit?, word))
}
