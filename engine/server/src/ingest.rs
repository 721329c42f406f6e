//! What units say, into the keeper's hands.
//!
//! The problem: a network is faster than a disk. The answer: one connection that takes a message, waits until the keeper
//! has room for it, and takes the next; meanwhile the broker and the units hold what they have. The broker's own
//! acknowledgement means nothing here: a unit forgets only by our receipt.
//!
//! Deliberately not here: decoding, trust. A message in a topic that is no unit's is counted and dropped.
use crate::keeper::Command;
use crate::mqtt::{Address, RETRY};
use kaoguan_telemetry::UnitId;
use rumqttc::{AsyncClient, Event, EventLoop, Incoming, Publish, QoS};
use tokio::sync::{mpsc, oneshot, watch};

/// Runs until `stop` says so. `ready` hears when the broker has confirmed the subscription for the first time.
pub async fn run(
    address: Address,
    site: String,
    keeper: mpsc::Sender<Command>,
    ready: oneshot::Sender<()>,
    mut stop: watch::Receiver<bool>,
) {
    let options = address.options(format!("kaoguan-{site}-in"));
    let (client, events) = AsyncClient::new(options, 16);
    tokio::select! {
        () = listen(&client, events, &site, &keeper, ready) => {}
        _ = stop.wait_for(|stop| *stop) => {}
    }
}

/// Comes back only when the keeper is gone.
async fn listen(
    client: &AsyncClient,
    mut events: EventLoop,
    site: &str,
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
                let _ = client.try_subscribe(format!("kaoguan/v1/{site}/+/samples"), QoS::AtLeastOnce);
            }
            Ok(Event::Incoming(Incoming::SubAck(_))) => {
                if let Some(ready) = ready.take() {
                    let _ = ready.send(());
                }
            }
            Ok(Event::Incoming(Incoming::Publish(publish))) => {
                if let Some(command) = batch(site, publish)
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

fn batch(site: &str, publish: Publish) -> Option<Command> {
    let name = publish
        .topic
        .strip_prefix("kaoguan/v1/")?
        .strip_prefix(site)?
        .strip_prefix('/')?
        .strip_suffix("/samples")?;
    let Some(unit) = UnitId::new(name) else {
        tracing::warn!(topic = %publish.topic, "no unit can have this name");
        return None;
    };
    Some(Command::Batch {
        unit,
        bytes: publish.payload.to_vec(),
    })
}
