//! The other end: takes batches and, if it is told to, gives cumulative receipts as the engine does.
use kaoguan_telemetry::wire::{Batch, Live, Receipt, VERSION};
use kaoguan_telemetry::{Reading, Sample};
use rumqttc::{AsyncClient, Event, MqttOptions, Packet, QoS};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

#[derive(Clone)]
pub struct Engine {
    heard: Arc<Mutex<Heard>>,
    receipts: Arc<AtomicBool>,
}

#[derive(Default)]
struct Heard {
    /// Every delivery, in order.
    deliveries: Vec<(u32, u64)>,
    batches: BTreeMap<(u32, u64), Vec<u8>>,
    /// The latest text of each topic's last word, and all `conn` states in order.
    words: BTreeMap<String, String>,
    lives: Vec<Live>,
    conns: Vec<String>,
}

impl Engine {
    pub fn start(port: u16, gives_receipts: bool) -> Engine {
        let engine = Engine {
            heard: Arc::default(),
            receipts: Arc::new(AtomicBool::new(gives_receipts)),
        };
        tokio::spawn(engine.clone().run(port));
        engine
    }

    pub fn give_receipts(&self, yes: bool) {
        self.receipts.store(yes, Ordering::Relaxed);
    }

    async fn run(self, port: u16) {
        loop {
            let mut options = MqttOptions::new("engine", "127.0.0.1", port);
            options
                .set_max_packet_size(1 << 20, 1 << 20)
                .set_inflight(1_000)
                .set_clean_session(false);
            let (client, mut events) = AsyncClient::new(options, 1_000);
            while let Ok(event) = events.poll().await {
                match event {
                    Event::Incoming(Packet::ConnAck(_)) => {
                        client
                            .try_subscribe("kaoguan/v1/village/#", QoS::AtLeastOnce)
                            .expect("room");
                    }
                    Event::Incoming(Packet::Publish(publish)) => self.take(&client, &publish.topic, &publish.payload),
                    _ => {}
                }
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    fn take(&self, client: &AsyncClient, topic: &str, payload: &[u8]) {
        let name = topic.rsplit('/').next().unwrap_or("");
        let mut heard = self.heard.lock().expect("not poisoned");
        if name == "live" {
            heard.lives.push(minicbor::decode(payload).expect("a live view"));
            return;
        }
        if name != "samples" {
            let text = String::from_utf8_lossy(payload).into_owned();
            if name == "conn" {
                heard.conns.push(text.clone());
            }
            heard.words.insert(name.to_owned(), text);
            return;
        }
        let batch = Batch::decode(payload).expect("a batch");
        heard.deliveries.push((batch.boot, batch.no));
        heard.batches.insert((batch.boot, batch.no), payload.to_vec());
        if self.receipts.load(Ordering::Relaxed) {
            let held = |no: &u64| heard.batches.contains_key(&(batch.boot, *no));
            let no = (batch.no..).take_while(held).last().unwrap_or(batch.no);
            // Without a hole from 0: the tests begin with an empty journal.
            if (0..batch.no).all(|no| held(&no)) {
                let receipt = Receipt {
                    version: VERSION,
                    boot: batch.boot,
                    no,
                };
                let topic = topic.replace("/samples", "/receipt");
                let bytes = minicbor::to_vec(receipt).expect("encodes");
                client.try_publish(topic, QoS::AtLeastOnce, true, bytes).expect("room");
            }
        }
    }

    pub fn deliveries(&self) -> Vec<(u32, u64)> {
        self.heard.lock().expect("not poisoned").deliveries.clone()
    }

    /// The last word on a topic of the unit.
    pub fn word(&self, name: &str) -> Option<String> {
        self.heard.lock().expect("not poisoned").words.get(name).cloned()
    }

    /// What the unit said beside its batches.
    pub fn lives(&self) -> Vec<Live> {
        self.heard.lock().expect("not poisoned").lives.clone()
    }

    pub fn conns(&self) -> Vec<String> {
        self.heard.lock().expect("not poisoned").conns.clone()
    }

    /// Every different batch, in the order of numbers.
    pub fn batches(&self) -> Vec<Batch> {
        let heard = self.heard.lock().expect("not poisoned");
        heard
            .batches
            .values()
            .map(|bytes| Batch::decode(bytes).expect("a batch"))
            .collect()
    }

    pub fn samples(&self) -> Vec<Sample> {
        self.batches().into_iter().flat_map(|batch| batch.samples).collect()
    }

    pub fn has(&self, is_it: impl Fn(&Reading) -> bool) -> bool {
        self.samples().iter().any(|sample| is_it(&sample.reading))
    }
}

/// Waits until something is so.
pub async fn until(what: &str, seconds: u64, is_so: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_secs(seconds);
    while !is_so() {
        assert!(Instant::now() < end, "after {seconds} s still not: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
