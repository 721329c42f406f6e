//! An engine on free ports, a unit's MQTT client, and plain HTTP.
#![allow(dead_code)]
use kaoguan_server::{Documents, Engine, Mqtt, OpenRequest, SiteConfig};
use kaoguan_telemetry::units::{EventTime, Micros};
use kaoguan_telemetry::wire::{Batch, Receipt, VERSION};
use kaoguan_telemetry::{Port, Reading, Sample, Stamp, UnitId};
use rumqttc::{AsyncClient, Event, EventLoop, Incoming, MqttOptions, Publish, QoS};
use serde_json::Value;
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

pub const SITE: &str = "square";
/// 2026-11-23 10:00 UTC.
pub const START_US: i64 = 1_795_428_000_000_000;

pub fn documents() -> Documents {
    Documents {
        course: include_str!("../../../../course-maps/village-square/course.geojson").into(),
        syllabus: include_str!("../../../syllabi/ga1026-2022.toml").into(),
        vehicle: include_str!("../../../vehicles/e-hj110.toml").into(),
        vehicles: Default::default(),
        nodes: Default::default(),
    }
}

pub fn config(data: &Path) -> SiteConfig {
    SiteConfig {
        id: SITE.into(),
        data: data.into(),
        mqtt: Mqtt::Own(([127, 0, 0, 1], 0).into()),
        http: ([127, 0, 0, 1], 0).into(),
        source_lost_after: Duration::from_secs(30),
        exam_room: Duration::from_secs(3_600),
        clock_within: None,
        documents: documents(),
    }
}

pub async fn engine(data: &Path) -> Engine {
    kaoguan_server::start(config(data)).await.expect("the engine starts")
}

pub fn request(candidate: &str) -> OpenRequest {
    OpenRequest {
        candidate: candidate.into(),
        unit: "moto-1".into(),
        class: "E".into(),
        by: "王考官".into(),
        attempt: 1,
        exam: None,
    }
}

pub fn unit_id() -> UnitId {
    UnitId::new("moto-1").expect("a good name")
}

/// A batch with one beat on each port, `no` seconds after the start.
pub fn batch(boot: u32, no: u64) -> Batch {
    let at = Stamp::Utc(EventTime(START_US + no as i64 * 1_000_000));
    let beat = |port| Sample {
        port,
        seq: no,
        at,
        at_u: Micros(1_000),
        reading: Reading::Beat,
    };
    Batch {
        version: VERSION,
        unit: unit_id(),
        boot,
        no,
        samples: vec![beat(Port::Receiver), beat(Port::Attitude), beat(Port::Signals)],
        raws: Vec::new(),
    }
}

/// A unit as the broker sees it.
pub struct Unit {
    pub client: AsyncClient,
    events: EventLoop,
    /// Messages that came before anybody asked for them.
    early: VecDeque<Publish>,
}

impl Unit {
    /// Connected, and subscribed to everything of its site but samples.
    pub async fn connect(mqtt: SocketAddr, name: &str) -> Unit {
        let mut options = MqttOptions::new(name, mqtt.ip().to_string(), mqtt.port());
        options.set_max_packet_size(1 << 20, 1 << 20);
        let (client, events) = AsyncClient::new(options, 64);
        for topic in [
            format!("kaoguan/v1/{SITE}/+/receipt"),
            format!("kaoguan/v1/{SITE}/exam/#"),
        ] {
            client.subscribe(topic, QoS::AtLeastOnce).await.expect("a channel");
        }
        let mut unit = Unit {
            client,
            events,
            early: VecDeque::new(),
        };
        let mut acks = 0;
        while acks < 2 {
            match unit.event().await {
                Event::Incoming(Incoming::SubAck(_)) => acks += 1,
                Event::Incoming(Incoming::Publish(publish)) => unit.early.push_back(publish),
                _ => {}
            }
        }
        unit
    }

    async fn event(&mut self) -> Event {
        let event = tokio::time::timeout(Duration::from_secs(20), self.events.poll()).await;
        event.expect("an event within 20 s").expect("a connection")
    }

    pub async fn send(&self, bytes: Vec<u8>) {
        let topic = format!("kaoguan/v1/{SITE}/moto-1/samples");
        self.client
            .publish(topic, QoS::AtLeastOnce, false, bytes)
            .await
            .expect("a channel");
    }

    /// The next message of a topic with this ending.
    pub async fn message(&mut self, ending: &str) -> (String, Vec<u8>) {
        loop {
            let publish = match self.early.pop_front() {
                Some(publish) => publish,
                None => match self.event().await {
                    Event::Incoming(Incoming::Publish(publish)) => publish,
                    _ => continue,
                },
            };
            if publish.topic.ends_with(ending) {
                return (publish.topic, publish.payload.to_vec());
            }
        }
    }

    pub async fn receipt(&mut self) -> Receipt {
        let (_, bytes) = self.message("/moto-1/receipt").await;
        minicbor::decode(&bytes).expect("a receipt")
    }

    /// Waits for this receipt; lower ones may come before it.
    pub async fn receipt_of(&mut self, boot: u32, no: u64) {
        loop {
            let receipt = self.receipt().await;
            assert!(
                (receipt.boot, receipt.no) <= (boot, no),
                "{receipt:?} covers more than was sent"
            );
            if (receipt.boot, receipt.no) == (boot, no) {
                return;
            }
        }
    }

    /// Whether a receipt comes within so long.
    pub async fn any_receipt_within(&mut self, wait: Duration) -> Option<Receipt> {
        tokio::time::timeout(wait, self.receipt()).await.ok()
    }
}

/// Status, head and body of a request.
pub async fn http(addr: SocketAddr, method: &str, path: &str, body: Option<&str>) -> (u16, String, Vec<u8>) {
    let mut stream = tokio::net::TcpStream::connect(addr).await.expect("connects");
    let body = body.unwrap_or("");
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.expect("writes");
    let mut answer = Vec::new();
    let read = stream.read_to_end(&mut answer);
    let _ = tokio::time::timeout(Duration::from_secs(20), read)
        .await
        .expect("an answer");
    let split = answer.windows(4).position(|four| four == b"\r\n\r\n").expect("a head");
    let head = String::from_utf8_lossy(&answer[..split]).into_owned();
    let status = head[9..12].parse().expect("a status");
    let body = answer[split + 4..].to_vec();
    (status, head.to_lowercase(), body)
}

pub async fn get(addr: SocketAddr, path: &str) -> (u16, Value) {
    let (status, head, body) = http(addr, "GET", path, None).await;
    (status, json(&head, &body))
}

pub async fn post(addr: SocketAddr, path: &str, body: &str) -> (u16, Value) {
    let (status, head, body) = http(addr, "POST", path, Some(body)).await;
    (status, json(&head, &body))
}

fn json(head: &str, body: &[u8]) -> Value {
    assert!(
        !head.contains("transfer-encoding: chunked"),
        "this client reads whole bodies"
    );
    serde_json::from_slice(body).expect("JSON")
}
