//! Another client of the broker: it hears everything of the unit, and may say it again.
use kaoguan_telemetry::wire::{Batch, Receipt};
use rumqttc::{AsyncClient, Event, EventLoop, MqttOptions, Packet, QoS};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::{SITE, UNIT};

/// The client.
pub struct Tap {
    heard: Arc<Mutex<Heard>>,
    client: AsyncClient,
    task: tokio::task::JoinHandle<()>,
}

#[derive(Default)]
struct Heard {
    batches: BTreeMap<(u32, u64), Vec<u8>>,
    receipts: Vec<(u32, u64)>,
    /// All texts on each topic's last word.
    words: BTreeMap<String, Vec<String>>,
    repeated: usize,
}

impl Tap {
    /// Connects, and again after the broker was gone. With `echo`, each batch is published a second time as soon as it
    /// is heard for the first time. Must be called within a tokio runtime.
    pub fn start(port: u16, echo: bool) -> Tap {
        let mut options = MqttOptions::new("tap", "127.0.0.1", port);
        options.set_max_packet_size(1 << 20, 1 << 20).set_inflight(1_000);
        // A whole ride's batches can wait here.
        let (client, events) = AsyncClient::new(options, 10_000);
        let heard = Arc::new(Mutex::new(Heard::default()));
        let task = tokio::spawn(listen(client.clone(), events, Arc::clone(&heard), echo));
        Tap { heard, client, task }
    }

    /// Boot and number of every batch that was heard.
    pub fn names(&self) -> BTreeSet<(u32, u64)> {
        lock(&self.heard).batches.keys().copied().collect()
    }

    /// The newest receipt that was heard.
    pub fn receipt(&self) -> Option<(u32, u64)> {
        lock(&self.heard).receipts.iter().max().copied()
    }

    /// Everything that was said on topics with this last word.
    pub fn words(&self, name: &str) -> Vec<String> {
        lock(&self.heard).words.get(name).cloned().unwrap_or_default()
    }

    /// How many batches were published again.
    pub fn repeated(&self) -> usize {
        lock(&self.heard).repeated
    }

    /// Publishes everything again, from the first batch on.
    pub fn repeat_all(&self) {
        let mut heard = lock(&self.heard);
        let all: Vec<Vec<u8>> = heard.batches.values().cloned().collect();
        all.into_iter()
            .for_each(|bytes| repeat(&self.client, &mut heard, bytes));
    }
}

impl Drop for Tap {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn lock(heard: &Mutex<Heard>) -> MutexGuard<'_, Heard> {
    heard.lock().unwrap_or_else(PoisonError::into_inner)
}

fn repeat(client: &AsyncClient, heard: &mut Heard, bytes: Vec<u8>) {
    let topic = format!("kaoguan/v1/{SITE}/{UNIT}/samples");
    client
        .try_publish(topic, QoS::AtLeastOnce, false, bytes)
        .expect("room for the repetition");
    heard.repeated += 1;
}

async fn listen(client: AsyncClient, mut events: EventLoop, heard: Arc<Mutex<Heard>>, echo: bool) {
    loop {
        match events.poll().await {
            Ok(Event::Incoming(Packet::ConnAck(_))) => {
                client
                    .try_subscribe(format!("kaoguan/v1/{SITE}/#"), QoS::AtLeastOnce)
                    .expect("room for a subscription");
            }
            Ok(Event::Incoming(Packet::Publish(publish))) => {
                take(&client, &mut lock(&heard), &publish.topic, &publish.payload, echo);
            }
            Ok(_) => {}
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

fn take(client: &AsyncClient, heard: &mut Heard, topic: &str, payload: &[u8], echo: bool) {
    match topic.rsplit('/').next().unwrap_or("") {
        "samples" => {
            let Ok(batch) = Batch::decode(payload) else { return };
            let is_new = heard.batches.insert((batch.boot, batch.no), payload.to_vec()).is_none();
            if echo && is_new {
                repeat(client, heard, payload.to_vec());
            }
        }
        "receipt" => {
            let receipt: Receipt = minicbor::decode(payload).expect("a receipt");
            heard.receipts.push((receipt.boot, receipt.no));
        }
        name => {
            let text = String::from_utf8_lossy(payload).into_owned();
            heard.words.entry(name.to_owned()).or_default().push(text);
        }
    }
}
