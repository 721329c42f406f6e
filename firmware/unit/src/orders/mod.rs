//! What the engine may ask of the unit: speak a prompt, restart, take a new configuration.
//!
//! The problem: an order that comes late is dangerous, one that comes twice is done twice, and one that nobody answers was
//! perhaps never heard. The answer: each has an id and an expiry (event time, or the computer's clock before the first time
//! lock); an id is written down before it is obeyed and never obeyed again, over restarts too; each gets one answer: done,
//! late, or refused with why; a configuration that is taken back ([`trial`]) a second one. A signed update has its place here, as one more kind whose file is verified before
//! anything is replaced; it is not built. Deliberately not here: the topics ([`crate::link`]), and whether an order makes
//! sense now: an exam is the engine's to know of.
mod configuration;
mod ledger;
pub mod trial;
mod voice;

use crate::config::Config;
use crate::link::Command;
use kaoguan_telemetry::units::EventTime;
use ledger::Ledger;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};
use tokio::sync::mpsc;
use voice::{Prompt, Voice};

/// Answers of prompts that wait to be sent: as many as prompts may wait, and the one that is spoken.
const ANSWERS: usize = voice::QUEUE + 1;
/// An order that is to hold for longer could be kept back by somebody and given when its id is forgotten, microseconds: a day.
const EXPIRY_MAX_US: i64 = 86_400_000_000;
/// A computer without a battery clock starts long before this: 2026-01-01, microseconds since 1970.
pub const CLOCK_FLOOR_US: i64 = 1_767_225_600_000_000;

/// How an order ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "result")]
pub enum Outcome {
    /// As it was asked.
    Done,
    /// It had expired; so many microseconds ago, where it is known when it came.
    Late {
        /// Behind its expiry, microseconds.
        late_us: i64,
    },
    /// Not done, and not half done either.
    Refused {
        /// Why, as sentences.
        why: Vec<String>,
    },
    /// It was done, and the unit has gone back to what was before.
    Undone {
        /// Why, as sentences.
        why: Vec<String>,
    },
}

impl Outcome {
    fn refused(why: impl Into<String>) -> Outcome {
        Outcome::Refused { why: vec![why.into()] }
    }
}

/// What the engine is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Of which order.
    pub id: String,
    /// Its kind.
    pub kind: String,
    /// How it ended.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// What the loop must do about an order.
#[derive(Debug, PartialEq, Eq)]
pub enum Then {
    /// Go on.
    GoOn,
    /// End, and begin anew.
    Restart,
}

/// Who obeys.
#[derive(Debug)]
pub struct Orders {
    ledger: Ledger,
    voice: Option<Voice>,
    answers: mpsc::Receiver<Answer>,
    /// Keeps the channel open where there is no voice.
    _spoken: mpsc::Sender<Answer>,
    /// The configuration's file and digest, and who it is of.
    file: Option<PathBuf>,
    config: Config,
}

impl Orders {
    /// Of a unit; the ledger lies beside its spool.
    pub fn new(config: &Config) -> Orders {
        let (spoken, answers) = mpsc::channel(ANSWERS);
        Orders {
            ledger: Ledger::open(&config.spool.join("orders.json")),
            voice: config
                .voice
                .as_ref()
                .map(|settings| Voice::start(settings.clone(), spoken.clone())),
            answers,
            _spoken: spoken,
            file: config.file.clone(),
            config: config.clone(),
        }
    }

    /// The next answer of an order that took its time. May be cancelled.
    pub async fn answer(&mut self) -> Answer {
        match self.answers.recv().await {
            Some(answer) => {
                self.ledger.note(&answer, false);
                answer
            }
            // There is always a sender.
            None => std::future::pending().await,
        }
    }

    /// An answer that was given elsewhere.
    pub fn note(&mut self, answer: &Answer) {
        self.ledger.note(answer, true);
    }

    /// Obeys, or not, while the unit hears what it has `produced`; the answer, where there is one already.
    pub fn take(
        &mut self,
        command: &Command,
        event: Option<EventTime>,
        produced: &BTreeSet<String>,
    ) -> (Option<Answer>, Then) {
        let Some(id) = &command.id else {
            tracing::info!("command {} without an id: not obeyed", command.kind);
            return (None, Then::GoOn);
        };
        let answer = |outcome| Answer {
            id: id.clone(),
            kind: command.kind.clone(),
            outcome,
        };
        if let Some(known) = self.ledger.known(id) {
            tracing::info!("command {id} ({}) came again", command.kind);
            // One that is being spoken is answered when it has been.
            return (known.clone(), Then::GoOn);
        }
        let outcome = match remaining(command.expires_utc_us, event, SystemTime::now()) {
            Err(outcome) => Some(outcome),
            Ok(left) => self.obey(id, command, left, produced),
        };
        let Some(outcome) = outcome else {
            return (None, Then::GoOn);
        };
        tracing::info!("command {id} ({}): {outcome:?}", command.kind);
        let then = match outcome {
            Outcome::Done => Then::Restart,
            _ => Then::GoOn,
        };
        let answer = answer(outcome);
        self.ledger.note(&answer, then == Then::Restart);
        (Some(answer), then)
    }

    /// `None` where the answer comes later.
    fn obey(&mut self, id: &str, command: &Command, left: Duration, produced: &BTreeSet<String>) -> Option<Outcome> {
        let kind = command.kind.as_str();
        let restarts = matches!(kind, "configuration" | "restart");
        // Before a restart it must be on the disk, or the same order could restart the unit for ever.
        if let Err(e) = self.ledger.begin(id, restarts) {
            return Some(Outcome::refused(format!("the order cannot be written down: {e}")));
        }
        match kind {
            "configuration" => Some(self.configure(id, command, produced)),
            "prompt" => self.speak(id, command, left),
            "restart" => Some(Outcome::Done),
            other => Some(Outcome::refused(format!(
                "\"{other}\" is no kind of order that this unit knows"
            ))),
        }
    }

    fn configure(&self, id: &str, command: &Command, produced: &BTreeSet<String>) -> Outcome {
        let Some(file) = &self.file else {
            return Outcome::refused("this unit was not started from a file");
        };
        match configuration::replace(file, &self.config, (id, command), produced) {
            Ok(()) => Outcome::Done,
            Err(why) => Outcome::Refused { why },
        }
    }

    fn speak(&mut self, id: &str, command: &Command, left: Duration) -> Option<Outcome> {
        let Some(voice) = &self.voice else {
            return Some(Outcome::refused("this unit has no [voice] program"));
        };
        let text = match voice::text(command) {
            Ok(text) => text,
            Err(why) => return Some(Outcome::refused(why)),
        };
        let prompt = Prompt {
            id: id.to_owned(),
            text,
            until: std::time::Instant::now() + left,
        };
        voice.say(prompt).err().map(Outcome::refused)
    }
}

/// How much time an order has left.
fn remaining(expires_utc_us: i64, event: Option<EventTime>, clock: SystemTime) -> Result<Duration, Outcome> {
    let clock_us = clock
        .duration_since(SystemTime::UNIX_EPOCH)
        .ok()
        .and_then(|since| i64::try_from(since.as_micros()).ok());
    let now = event.map(|at| at.0).or(clock_us.filter(|us| *us >= CLOCK_FLOOR_US));
    let Some(now) = now else {
        return Err(Outcome::refused(
            "this unit does not know the time yet: no time lock, and its clock is not set",
        ));
    };
    if expires_utc_us.saturating_sub(now) > EXPIRY_MAX_US {
        return Err(Outcome::refused("it expires more than a day from now"));
    }
    match u64::try_from(expires_utc_us.saturating_sub(now)) {
        Ok(left) if left > 0 => Ok(Duration::from_micros(left)),
        _ => Err(Outcome::Late {
            late_us: now.saturating_sub(expires_utc_us),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn event_time_says_how_late_it_is_and_the_clock_before_the_lock() {
        let clock = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
        let event = Some(EventTime(1_795_000_000_000_000));
        assert_eq!(
            remaining(1_795_000_000_000_001, event, clock),
            Ok(Duration::from_micros(1))
        );
        assert_eq!(
            remaining(1_795_000_000_000_000, event, clock),
            Err(Outcome::Late { late_us: 0 })
        );
        assert_eq!(
            remaining(1_800_000_001_000_000, None, clock),
            Ok(Duration::from_secs(1))
        );
        assert_eq!(
            remaining(i64::MIN, None, clock),
            Err(Outcome::Late { late_us: i64::MAX })
        );
        assert!(matches!(
            remaining(1_800_086_400_000_001, None, clock),
            Err(Outcome::Refused { .. })
        ));
        assert_eq!(
            remaining(1_800_086_400_000_000, None, clock),
            Ok(Duration::from_secs(86_400))
        );
        let unset = SystemTime::UNIX_EPOCH + Duration::from_secs(60);
        assert!(matches!(remaining(i64::MAX, None, unset), Err(Outcome::Refused { .. })));
    }
}
