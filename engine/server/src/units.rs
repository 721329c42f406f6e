//! What units say beside their batches: how their disks are, and what they see right now.
//!
//! The problem: an exam that no disk will hold must not begin, and one whose data is refused must end honestly; and who
//! watches wants to see the vehicle also while its batches are late. The answer: a unit's `status` is kept, held against
//! the room that the site wants, and believed once it has lasted; its `live` goes to the pages and nowhere else. Deliberately
//! not here: judgement. Nothing of this is in the journal but the act that ends an exam.
use crate::arrivals::UNITS_MAX;
use crate::refusal::{Kind, Refusal, refuse};
use crate::texts::say;
use kaoguan_exam::Act;
use kaoguan_telemetry::UnitId;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

/// Who ends an exam for the site itself, as it stands in the record.
const BY: &str = "kaoguan";

/// A unit's `status` message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DiskWord {
    /// It takes no data.
    pub is_refusing: bool,
    /// The site's receipts cover more than it holds: what it sends now is taken for what an earlier card of its name has sent.
    pub is_foreign: bool,
    /// Minutes of life for which there is room; `None` of a unit that does not say.
    pub room_min: Option<u64>,
}

impl DiskWord {
    /// `None` where it is not `{"state": text, ...}`.
    pub fn parse(bytes: &[u8]) -> Option<DiskWord> {
        let value: Value = serde_json::from_slice(bytes).ok()?;
        let state = value.get("state")?.as_str()?;
        Some(DiskWord {
            is_refusing: matches!(state, "disk_full" | "disk_error"),
            is_foreign: state == "receipt_impossible",
            room_min: value.get("room_min").and_then(Value::as_u64),
        })
    }
}

/// Every unit's newest word, and since when it has refused.
#[derive(Debug, Default)]
pub struct Disks {
    /// Units that the site's file names: they always have a place.
    named: BTreeSet<UnitId>,
    units: BTreeMap<UnitId, (DiskWord, Option<Instant>)>,
}

impl Disks {
    /// Of a site whose file names these units.
    pub fn of(named: impl IntoIterator<Item = UnitId>) -> Disks {
        Disks {
            named: named.into_iter().collect(),
            ..Disks::default()
        }
    }

    /// Takes a word; of more strangers than a site has units it takes none.
    pub fn hear(&mut self, unit: UnitId, word: DiskWord, now: Instant) {
        let has_place = self.named.contains(&unit) || self.units.contains_key(&unit);
        if self.units.len() >= UNITS_MAX && !has_place {
            return;
        }
        let before = self.units.get(&unit).and_then(|(_, since)| *since);
        let since = word.is_refusing.then(|| before.unwrap_or(now));
        self.units.insert(unit, (word, since));
    }

    /// Whether an exam of this vehicle may begin, with the field nodes at its items. A unit that has said nothing is believed: it speaks
    /// as soon as it is connected. A node that was carried off with a bad card is to be taken out of the site's file.
    ///
    /// # Errors
    /// [`Refusal`] of the first that takes no data, or has no room for so long a life.
    pub fn admit(
        &self,
        vehicle: UnitId,
        nodes: impl IntoIterator<Item = UnitId>,
        room: Duration,
    ) -> Result<(), Refusal> {
        self.admit_one(vehicle, room, ["error-unit-disk", "error-unit-room"])?;
        let mut nodes = nodes.into_iter();
        nodes.try_for_each(|node| self.admit_one(node, room, ["error-node-disk", "error-node-room"]))
    }

    fn admit_one(&self, unit: UnitId, room: Duration, [full, short]: [&'static str; 2]) -> Result<(), Refusal> {
        let Some((word, _)) = self.units.get(&unit) else {
            return Ok(());
        };
        if word.is_refusing {
            return Err(refuse(full, Kind::Conflict, &[("unit", unit.as_str())]));
        }
        if word.is_foreign {
            return Err(refuse("error-receipts", Kind::Conflict, &[("unit", unit.as_str())]));
        }
        let wanted = room.as_secs().div_ceil(60);
        match word.room_min.filter(|minutes| *minutes < wanted) {
            None => Ok(()),
            Some(minutes) => {
                let (minutes, wanted) = (minutes.to_string(), wanted.to_string());
                let values = [("unit", unit.as_str()), ("minutes", &minutes), ("wanted", &wanted)];
                Err(refuse(short, Kind::Conflict, &values))
            }
        }
    }

    /// The act that ends a riding exam of this unit, where its disk has taken nothing for the declared wait: not judged, no
    /// charge. What is over sooner is a gap, and costs the item that it is in.
    pub fn end(&self, unit: UnitId, wait: Duration, now: Instant) -> Option<Act> {
        let (_, since) = self.units.get(&unit)?;
        if now.saturating_duration_since((*since)?) < wait {
            return None;
        }
        let seconds = wait.as_secs().to_string();
        let reason = say("stop-unit-disk", &[("unit", unit.as_str()), ("seconds", &seconds)]).to_string();
        Some(Act::Stop {
            by: BY.into(),
            reason,
            fail: false,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOM: Duration = Duration::from_secs(3_600);
    const WAIT: Duration = Duration::from_secs(30);

    fn unit() -> UnitId {
        UnitId::new("moto-1").expect("a good name")
    }

    fn word(text: &str) -> DiskWord {
        DiskWord::parse(text.as_bytes()).expect("a word")
    }

    fn key(disks: &Disks) -> Option<&'static str> {
        disks.admit(unit(), [], ROOM).err().map(|refusal| refusal.key)
    }

    #[test]
    fn an_exam_begins_only_where_the_disk_holds_it() {
        let (mut disks, now) = (Disks::default(), Instant::now());
        assert_eq!(key(&disks), None, "nobody has said anything");
        let cases = [
            (r#"{"state":"ok","dropped_samples":0,"room_min":60}"#, None),
            (
                r#"{"state":"ok","dropped_samples":0,"room_min":59}"#,
                Some("error-unit-room"),
            ),
            (
                r#"{"state":"disk_full","dropped_samples":9,"room_min":500}"#,
                Some("error-unit-disk"),
            ),
            (r#"{"state":"disk_error","dropped_samples":9}"#, Some("error-unit-disk")),
            (
                r#"{"state":"receipt_impossible","dropped_samples":0,"room_min":500}"#,
                Some("error-receipts"),
            ),
            (r#"{"state":"ok","dropped_samples":9}"#, None),
        ];
        for (text, expected) in cases {
            disks.hear(unit(), word(text), now);
            assert_eq!(key(&disks), expected, "{text}");
        }
        let refusal = {
            disks.hear(unit(), word(r#"{"state":"ok","room_min":12}"#), now);
            disks.admit(unit(), [], ROOM).expect_err("refused")
        };
        assert!(
            refusal.said.zh.contains("12") && refusal.said.zh.contains("60"),
            "{refusal}"
        );
    }

    /// Whoever reaches the broker can speak in a thousand names, and a full disk must be heard all the same.
    #[test]
    fn a_named_unit_is_heard_among_strangers() {
        let full = word(r#"{"state":"disk_full","room_min":0}"#);
        for (named, expected) in [(vec![unit()], Some("error-unit-disk")), (vec![], None)] {
            let mut disks = Disks::of(named);
            for no in 0..UNITS_MAX {
                let stranger = UnitId::new(&format!("x-{no}")).expect("a good name");
                disks.hear(stranger, full, Instant::now());
            }
            disks.hear(unit(), full, Instant::now());
            assert_eq!(key(&disks), expected);
        }
    }

    /// What a pole feels is a part of the exam: its disk is asked as well as the vehicle's.
    #[test]
    fn every_unit_of_the_exam_must_have_room() {
        let mut disks = Disks::default();
        let pole = UnitId::new("pole-1").expect("a good name");
        disks.hear(unit(), word(r#"{"state":"ok","room_min":600}"#), Instant::now());
        assert!(disks.admit(unit(), [pole], ROOM).is_ok(), "the pole has said nothing");
        disks.hear(pole, word(r#"{"state":"ok","room_min":59}"#), Instant::now());
        let refusal = disks.admit(unit(), [pole], ROOM).expect_err("the pole has no room");
        assert_eq!(refusal.key, "error-node-room");
        assert!(refusal.said.zh.contains("pole-1"), "{refusal}");
        assert!(disks.admit(unit(), [], ROOM).is_ok());
    }

    #[test]
    fn what_lasts_ends_the_exam_without_a_charge_and_what_is_over_does_not() {
        let (mut disks, begin) = (Disks::default(), Instant::now());
        let full = word(r#"{"state":"disk_full","dropped_samples":9,"room_min":0}"#);
        let at = |seconds| begin + Duration::from_secs(seconds);
        disks.hear(unit(), full, at(0));
        disks.hear(unit(), full, at(29));
        assert_eq!(disks.end(unit(), WAIT, at(29)), None);
        let Some(Act::Stop { by, reason, fail }) = disks.end(unit(), WAIT, at(30)) else {
            panic!("it is ended")
        };
        assert_eq!((by.as_str(), fail), (BY, false));
        assert!(reason.contains("moto-1") && reason.contains("免费"), "{reason}");
        disks.hear(
            unit(),
            word(r#"{"state":"ok","dropped_samples":9,"room_min":0}"#),
            at(31),
        );
        assert_eq!(disks.end(unit(), WAIT, at(90)), None);
        disks.hear(unit(), full, at(91));
        assert_eq!(disks.end(unit(), WAIT, at(100)), None, "counted anew");
    }

    #[test]
    fn what_is_no_word_is_none() {
        for bad in [&b"{}"[..], b"", b"[1]", b"{\"state\":1}", b"\xff"] {
            assert_eq!(DiskWord::parse(bad), None);
        }
    }
}
