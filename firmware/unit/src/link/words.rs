//! The unit's topics, and the JSON that goes over those that people read.
use crate::config::{Config, Line};
use crate::health;
use crate::spool::Status;
use kaoguan_telemetry::wire::Receipt;
use serde_json::{Value, json};

/// `kaoguan/v1/{site}/{unit}/...`
#[derive(Debug, Clone)]
pub struct Topics {
    /// What became of a command: JSON.
    pub answer: String,
    /// Who it is: retained JSON.
    pub birth: String,
    /// Prompts from the engine: JSON with an expiry.
    pub command: String,
    /// Whether it is there: retained JSON, and the will.
    pub conn: String,
    /// How it is in all: retained JSON, at most each five seconds.
    pub health: String,
    /// What it sees now, while what it stored is late: CBOR, lossy.
    pub live: String,
    /// The engine's receipts: retained CBOR.
    pub receipt: String,
    /// Batches: CBOR.
    pub samples: String,
    /// How its disk is: retained JSON.
    pub status: String,
    /// A field node's question for the time: CBOR.
    pub ask_time: String,
    /// The site's answer: CBOR.
    pub time: String,
}

impl Topics {
    /// The topics of one unit.
    pub fn new(site: &str, unit: &str) -> Topics {
        let topic = |name: &str| format!("kaoguan/v1/{site}/{unit}/{name}");
        Topics {
            answer: topic("answer"),
            birth: topic("birth"),
            command: topic("command"),
            conn: topic("conn"),
            health: topic("health"),
            live: topic("live"),
            receipt: topic("receipt"),
            samples: topic("samples"),
            status: topic("status"),
            ask_time: topic("ask_time"),
            time: topic("time"),
        }
    }
}

/// Who speaks.
pub fn birth(config: &Config, boot: u32) -> String {
    let port = |line: &Line| json!({ "path": line.path.to_string_lossy(), "baud": line.baud });
    let digest: String = config.digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let ports: Value = config
        .lines()
        .map(|(at, line)| (health::name(at).to_owned(), port(line)))
        .collect::<serde_json::Map<String, Value>>()
        .into();
    json!({
        "unit": config.id.as_str(),
        "boot": boot,
        "firmware": env!("CARGO_PKG_VERSION"),
        "config_digest": digest,
        "ports": ports,
    })
    .to_string()
}

/// Whether it is there: `online`, `offline`, and `lost` as the will.
pub fn conn(state: &str) -> String {
    json!({ "state": state }).to_string()
}

/// How the disk is, and whether the receipts make sense.
pub fn status(status: Status, impossible: Option<Receipt>) -> String {
    let state = if impossible.is_some() {
        "receipt_impossible"
    } else {
        status.condition.name()
    };
    json!({
        "state": state, "dropped_samples": status.dropped_samples, "room_min": status.room_min,
    })
    .to_string()
}

/// A prompt from the engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// What to do.
    pub kind: String,
    /// Void from this UTC on, microseconds since 1970.
    pub expires_utc_us: i64,
    /// Its name for ever; one without is not obeyed.
    pub id: Option<String>,
    /// All of it.
    body: Value,
}

impl Command {
    /// `None` where it is not `{"kind": text, "expires_utc_us": integer, ...}`.
    pub fn parse(bytes: &[u8]) -> Option<Command> {
        let value: Value = serde_json::from_slice(bytes).ok()?;
        Some(Command {
            kind: value.get("kind")?.as_str().filter(|kind| is_id(kind))?.to_owned(),
            expires_utc_us: value.get("expires_utc_us")?.as_i64()?,
            id: value
                .get("id")
                .and_then(Value::as_str)
                .filter(|id| is_id(id))
                .map(str::to_owned),
            body: value,
        })
    }

    /// A text of it.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.body.get(key)?.as_str()
    }
}

/// It stands in logs, answers and a file: 1 to 64 printing characters of ASCII.
fn is_id(id: &str) -> bool {
    (1..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_needs_kind_and_expiry() {
        let good = br#"{"kind":"say","expires_utc_us":1790000000000000,"zh":"..."}"#;
        let read = Command::parse(good).expect("a command");
        assert_eq!(
            (read.kind.as_str(), read.expires_utc_us, read.id.as_deref()),
            ("say", 1_790_000_000_000_000, None)
        );
        assert_eq!((read.text("zh"), read.text("en")), (Some("..."), None));
        for (id, wanted) in [
            (r#""a-1""#, Some("a-1")),
            (r#""""#, None),
            ("7", None),
            (r#""a b""#, None),
        ] {
            let text = format!(r#"{{"kind":"say","expires_utc_us":1,"id":{id}}}"#);
            assert_eq!(
                Command::parse(text.as_bytes()).and_then(|read| read.id).as_deref(),
                wanted,
                "{id}"
            );
        }
        for bad in [
            &b"{}"[..],
            b"",
            b"{\"kind\":\"say\"}",
            b"[1]",
            b"{\"kind\":1,\"expires_utc_us\":2}",
            b"\xff",
        ] {
            assert_eq!(Command::parse(bad), None);
        }
    }
}
