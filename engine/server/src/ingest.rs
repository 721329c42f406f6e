//! What units say, into the keeper's hands; what they only see, and how they are, to the pages.
//!
//! The problem: a network is faster than a disk. The answer: one connection that takes a message, waits until the keeper
//! has room for it, and takes the next; meanwhile the broker and the units hold what they have. The broker's own
//! acknowledgement means nothing here: a unit forgets only by our receipt.
//!
//! Deliberately not here: decoding, trust. A message in a topic that is no unit's is counted and dropped.
use crate::devices::words::Message;
use crate::hub::Hub;
use crate::keeper::{Command, now_us};
use crate::mqtt::{Address, RETRY};
use crate::units::DiskWord;
use kaoguan_telemetry::UnitId;
use kaoguan_telemetry::wire::{Live, VERSION};
use rumqttc::{AsyncClient, ClientError, Event, EventLoop, Incoming, Publish, QoS};
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot, watch};

/// Runs until `stop` says so. `ready` hears when the broker has confirmed the subscription for the first time.
pub async fn run(
    address: Address,
    site: String,
    keeper: mpsc::Sender<Command>,
    hub: Arc<Hub>,
    ready: oneshot::Sender<()>,
    mut stop: watch::Receiver<bool>,
) {
    let options = address.options(format!("kaoguan-{site}-in"));
    let (client, events) = AsyncClient::new(options, 16);
    let ears = Ears { site, hub };
    tokio::select! {
        () = listen(&client, events, &ears, &keeper, ready) => {}
        _ = stop.wait_for(|stop| *stop) => {}
    }
}

/// Comes back only when the keeper is gone.
async fn listen(
    client: &AsyncClient,
    mut events: EventLoop,
    ears: &Ears,
    keeper: &mpsc::Sender<Command>,
    ready: oneshot::Sender<()>,
) {
    let mut ready = Some(ready);
    let mut down = false;
    loop {
        match events.poll().await {
            Ok(Event::Incoming(Incoming::ConnAck(_))) => {
                down = false;
                // The channel was empty when the connection broke; a full one is tried again with the next connection.
                let _ = ears.subscribe(client);
            }
            Ok(Event::Incoming(Incoming::SubAck(_))) => {
                if let Some(ready) = ready.take() {
                    let _ = ready.send(());
                }
            }
            Ok(Event::Incoming(Incoming::Publish(publish))) => {
                if let Some(command) = ears.hear(publish)
                    && keeper.send(command).await.is_err()
                {
                    return;
                }
            }
            Ok(_) => {}
            Err(why) => {
                if !std::mem::replace(&mut down, true) {
                    tracing::warn!(%why, "the broker is not reached; trying each second");
                }
                tokio::time::sleep(RETRY).await;
            }
        }
    }
}

struct Ears {
    site: String,
    hub: Arc<Hub>,
}

impl Ears {
    /// The batches first: the first confirmation is theirs.
    fn subscribe(&self, client: &AsyncClient) -> Result<(), ClientError> {
        let topic = |name: &str| format!("kaoguan/v1/{}/+/{name}", self.site);
        client.try_subscribe(topic("samples"), QoS::AtLeastOnce)?;
        client.try_subscribe(topic("status"), QoS::AtLeastOnce)?;
        client.try_subscribe(topic("live"), QoS::AtMostOnce)?;
        client.try_subscribe(topic("conn"), QoS::AtMostOnce)?;
        client.try_subscribe(topic("health"), QoS::AtMostOnce)
    }

    /// What the keeper must know.
    fn hear(&self, publish: Publish) -> Option<Command> {
        let (unit, topic) = unit_of(&self.site, &publish.topic)?;
        match topic {
            "samples" => Some(Command::Batch {
                unit,
                bytes: publish.payload.to_vec(),
            }),
            "status" => {
                self.look(unit, topic, &publish);
                DiskWord::parse(&publish.payload).map(|word| Command::Disk { unit, word })
            }
            "conn" | "health" => {
                self.look(unit, topic, &publish);
                None
            }
            "live" => {
                self.see(unit, &publish.payload);
                None
            }
            _ => None,
        }
    }

    /// How it is, for the pages alone: nothing is judged by it either.
    fn look(&self, unit: UnitId, topic: &str, publish: &Publish) {
        let message = Message {
            site: &self.site,
            topic,
            bytes: &publish.payload,
            at_us: now_us(),
            is_retained: publish.retain,
        };
        if let Err(why) = self.hub.hear(unit, message) {
            tracing::debug!(%unit, topic, %why, "what it says of itself is not taken");
        }
    }

    /// Never to the keeper: it is in no journal, and nothing may be judged by it.
    fn see(&self, unit: UnitId, bytes: &[u8]) {
        match minicbor::decode::<Live>(bytes) {
            Ok(live) if live.version == VERSION && live.unit == unit => self.hub.see(live),
            _ => tracing::debug!(%unit, "what it sees now cannot be read"),
        }
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
