//! What is the time? asks a field node, and is told.
//!
//! The problem: a node without a receiver must date what it feels in UTC, and knows only its uptime. The answer: it asks over MQTT, and hears
//! when its question was here and when the answer left, by this machine's clock, and how far that may be from UTC as the site's file
//! declares (`clock_within`). What the node makes of it is its own matter, and errs by half the round trip at most.
//!
//! There is no default: whether this machine's clock hangs on a receiver, on a network's time or on nobody's only the site knows, and a
//! wrong guess would date hits wrongly. Without the declaration no node is answered, and what hangs on nodes is asked.
//!
//! Deliberately not here: any measurement of this machine's clock, and any exam.
use crate::ingest::unit_of;
use crate::keeper::now_us;
use crate::mqtt::{Address, RETRY};
use kaoguan_telemetry::units::{EventTime, Micros};
use kaoguan_telemetry::wire::{TimeAnswer, TimeQuestion, VERSION};
use rumqttc::{AsyncClient, Event, Incoming, Publish, QoS};
use std::time::Duration;
use tokio::sync::watch;

/// Answers until `stop` says so.
pub async fn run(address: Address, site: String, within: Duration, mut stop: watch::Receiver<bool>) {
    tokio::select! {
        () = answer_all(&address, &site, within) => {}
        _ = stop.wait_for(|stop| *stop) => {}
    }
}

async fn answer_all(address: &Address, site: &str, within: Duration) {
    let within = Micros(i64::try_from(within.as_micros()).unwrap_or(i64::MAX));
    let (client, mut events) = AsyncClient::new(address.options(format!("kaoguan-{site}-time")), 64);
    loop {
        match events.poll().await {
            Ok(Event::Incoming(Incoming::ConnAck(_))) => {
                // The channel was empty when the connection broke; a full one is tried again with the next connection.
                let _ = client.try_subscribe(format!("kaoguan/v1/{site}/+/ask_time"), QoS::AtMostOnce);
            }
            Ok(Event::Incoming(Incoming::Publish(question))) => {
                let received = EventTime(now_us());
                if let Some((topic, payload)) = answer(site, &question, received, within) {
                    // Who gets none asks again.
                    let _ = client.try_publish(topic, QoS::AtMostOnce, false, payload);
                }
            }
            Ok(_) => {}
            // Whoever takes the units' batches says that the broker is not reached.
            Err(_) => tokio::time::sleep(RETRY).await,
        }
    }
}

/// The answer and its topic; none to what is no question, or came under no unit's name.
fn answer(site: &str, question: &Publish, received: EventTime, within: Micros) -> Option<(String, Vec<u8>)> {
    let (unit, _) = unit_of(site, &question.topic).filter(|(_, word)| *word == "ask_time")?;
    let asked: TimeQuestion = minicbor::decode(&question.payload).ok()?;
    let answer = TimeAnswer {
        version: VERSION,
        boot: asked.boot,
        asked: asked.asked,
        received,
        sent: EventTime(now_us()).max(received),
        within,
    };
    let payload = (asked.version == VERSION)
        .then(|| minicbor::to_vec(answer).ok())
        .flatten()?;
    Some((format!("kaoguan/v1/{site}/{unit}/time"), payload))
}

#[cfg(test)]
mod tests {
    use super::*;
    use kaoguan_telemetry::units::Uptime;

    fn ask(topic: &str, payload: Vec<u8>) -> Option<(String, Vec<u8>)> {
        let question = Publish::new(topic, QoS::AtMostOnce, payload);
        answer("square", &question, EventTime(now_us()), Micros(20_000))
    }

    #[test]
    fn a_question_is_answered_to_who_asked() {
        let question = TimeQuestion {
            version: VERSION,
            boot: 7,
            asked: Uptime(5),
        };
        let payload = minicbor::to_vec(question).expect("encodes");
        let (topic, said) = ask("kaoguan/v1/square/pole-3/ask_time", payload.clone()).expect("an answer");
        assert_eq!(topic, "kaoguan/v1/square/pole-3/time");
        let said: TimeAnswer = minicbor::decode(&said).expect("decodes");
        assert_eq!((said.boot, said.asked, said.within), (7, Uptime(5), Micros(20_000)));
        assert!(said.received <= said.sent && said.sent.0 <= now_us());
        for topic in [
            "kaoguan/v1/other/pole-3/ask_time",
            "kaoguan/v1/square/POLE/ask_time",
            "x",
        ] {
            assert_eq!(ask(topic, payload.clone()), None, "{topic}");
        }
        let newer = TimeQuestion { version: 2, ..question };
        for bad in [vec![], vec![0x83, 1], minicbor::to_vec(newer).expect("encodes")] {
            assert_eq!(ask("kaoguan/v1/square/pole-3/ask_time", bad), None);
        }
    }
}
