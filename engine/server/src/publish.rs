//! What the engine says over MQTT: receipts at once, news of exams, boards at most five times a second.
//!
//! Its own connection, apart from ingest's: when ingest rests because the disk is slow, receipts must still go out.
use crate::hub::Hub;
use crate::mqtt::{Address, RETRY};
use crate::outbox::{News, Outbox};
use crate::view;
use kaoguan_telemetry::UnitId;
use kaoguan_telemetry::wire::Receipt;
use rumqttc::{AsyncClient, ClientError, Event, EventLoop, Incoming, QoS};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// Boards are said at most this often.
const BOARDS: Duration = Duration::from_millis(200);
/// So many messages are on their way to the broker at once.
const ON_THE_WAY: usize = 64;

/// Says what there is to say until `stop` says so.
pub async fn run(address: Address, site: String, hub: Arc<Hub>, outbox: Arc<Outbox>, mut stop: watch::Receiver<bool>) {
    let (client, events) = AsyncClient::new(address.options(format!("kaoguan-{site}-out")), ON_THE_WAY);
    let (connects, connected) = watch::channel(0_u64);
    let polling = tokio::spawn(poll(events, connects, Arc::clone(&outbox)));
    let speaker = Speaker {
        client,
        site,
        hub,
        outbox,
        connected,
    };
    tokio::select! {
        _ = speaker.run() => {}
        _ = stop.wait_for(|stop| *stop) => {}
    }
    // What was just said gets a moment to leave; whoever misses it hears it again at the next start.
    let _ = tokio::time::timeout(Duration::from_millis(500), speaker.say_due()).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    polling.abort();
}

async fn poll(mut events: EventLoop, connects: watch::Sender<u64>, outbox: Arc<Outbox>) {
    loop {
        match events.poll().await {
            Ok(Event::Incoming(Incoming::ConnAck(_))) => {
                connects.send_modify(|count| *count += 1);
                outbox.again();
            }
            Ok(_) => {}
            // Ingest says it already.
            Err(_) => tokio::time::sleep(RETRY).await,
        }
    }
}

struct Speaker {
    client: AsyncClient,
    site: String,
    hub: Arc<Hub>,
    outbox: Arc<Outbox>,
    connected: watch::Receiver<u64>,
}

impl Speaker {
    async fn run(&self) -> Result<(), ClientError> {
        let mut boards = tokio::time::interval(BOARDS);
        boards.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut said = BTreeMap::new();
        let mut connects = 0;
        loop {
            tokio::select! {
                () = self.outbox.wait() => self.say_due().await?,
                _ = boards.tick() => {
                    let now = *self.connected.borrow();
                    if std::mem::replace(&mut connects, now) != now {
                        said.clear();
                    }
                    self.say_boards(&mut said).await?;
                }
            }
        }
    }

    async fn say_due(&self) -> Result<(), ClientError> {
        let (receipts, news) = self.outbox.take();
        for (unit, receipt) in receipts {
            self.say_receipt(unit, receipt).await?;
        }
        for news in news {
            self.say_news(news).await?;
        }
        Ok(())
    }

    async fn say_receipt(&self, unit: UnitId, receipt: Receipt) -> Result<(), ClientError> {
        // Writing into a Vec cannot fail.
        let bytes = minicbor::to_vec(receipt).unwrap_or_default();
        let topic = format!("kaoguan/v1/{}/{unit}/receipt", self.site);
        self.client.publish(topic, QoS::AtLeastOnce, true, bytes).await
    }

    async fn say_news(&self, news: News) -> Result<(), ClientError> {
        let topic = format!("kaoguan/v1/{}/exam/{}/{}", self.site, news.exam, news.topic);
        self.client.publish(topic, QoS::AtLeastOnce, false, news.payload).await
    }

    /// Boards that have changed since they were said; `said` forgets exams that are no longer at hand.
    async fn say_boards(&self, said: &mut BTreeMap<String, (u64, u64)>) -> Result<(), ClientError> {
        let due = self.hub.look(|exams| {
            said.retain(|exam, _| exams.by_id.contains_key(exam));
            let mut due = Vec::new();
            for (exam, live) in &exams.by_id {
                let stand = (live.changes, live.moves);
                if said.insert(exam.clone(), stand) != Some(stand) {
                    due.push((exam.clone(), view::board(live, exams.halted.as_deref())));
                }
            }
            due
        });
        for (exam, board) in due {
            let topic = format!("kaoguan/v1/{}/exam/{exam}/board", self.site);
            self.client.publish(topic, QoS::AtLeastOnce, true, board).await?;
        }
        Ok(())
    }
}
