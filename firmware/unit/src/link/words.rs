//! The unit's topics, and the JSON that goes over those that people read.
use crate::config::{Config, Line};
use crate::spool::Status;
use kaoguan_telemetry::wire::Receipt;
use serde_json::{Value, json};

/// `kaoguan/v1/{site}/{unit}/...`
#[derive(Debug, Clone)]
pub struct Topics {
    /// Who it is: retained JSON.
    pub birth: String,
    /// Prompts from the engine: JSON with an expiry.
    pub command: String,
    /// Whether it is there: retained JSON, and the will.
    pub conn: String,
    /// The engine's receipts: retained CBOR.
    pub receipt: String,
    /// Batches: CBOR.
    pub samples: String,
    /// How its disk is: retained JSON.
    pub status: String,
}

impl Topics {
    /// The topics of one unit.
    pub fn new(site: &str, unit: &str) -> Topics {
        let topic = |name: &str| format!("kaoguan/v1/{site}/{unit}/{name}");
        Topics {
            birth: topic("birth"),
            command: topic("command"),
            conn: topic("conn"),
            receipt: topic("receipt"),
            samples: topic("samples"),
            status: topic("status"),
        }
    }
}

/// Who speaks.
pub fn birth(config: &Config, boot: u32) -> String {
    let port = |line: &Line| json!({ "path": line.path.to_string_lossy(), "baud": line.baud });
    let digest: String = config.digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut ports = json!({
        "receiver": port(&config.receiver),
        "attitude": port(&config.attitude),
        "signals": port(&config.signal_box),
    });
    if let Some(trailer) = &config.trailer {
        ports["trailer"] = port(trailer);
    }
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
    json!({ "state": state, "dropped_samples": status.dropped_samples }).to_string()
}

/// A prompt from the engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// What to do.
    pub kind: String,
    /// Void from this UTC on, microseconds since 1970.
    pub expires_utc_us: i64,
}

impl Command {
    /// `None` where it is not `{"kind": text, "expires_utc_us": integer, ...}`.
    pub fn parse(bytes: &[u8]) -> Option<Command> {
        let value: Value = serde_json::from_slice(bytes).ok()?;
        Some(Command {
            kind: value.get("kind")?.as_str()?.to_owned(),
            expires_utc_us: value.get("expires_utc_us")?.as_i64()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_needs_kind_and_expiry() {
        let good = br#"{"kind":"say","expires_utc_us":1790000000000000,"zh":"..."}"#;
        assert_eq!(
            Command::parse(good),
            Some(Command {
                kind: "say".into(),
                expires_utc_us: 1_790_000_000_000_000
            })
        );
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
