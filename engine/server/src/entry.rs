//! What the journal holds.
//!
//! The problem: the journal must be readable in ten years, by programs that don't exist yet, and must not change when
//! a core type is renamed. The answer: plain CBOR structs of our own (RFC 8949, positional, versioned), separate from
//! the types they carry; the conversion is total in both directions, so a new kind of act does not compile until it
//! can be written down.
//!
//! Deliberately not here: files, hashes, judgement. The bytes of a batch are kept as they came from the wire.
mod nodes;

pub use nodes::NodesDoc;

use kaoguan_exam::{Act, Answer, Hit};
use kaoguan_telemetry::{UnitId, units::EventTime};
use minicbor::{Decode, Encode};

/// The version of the entry's encoding that this crate writes.
pub const VERSION: u8 = 1;

/// The largest entry the journal takes, bytes: an opening with a large surveyed course is well under 4 MiB, and a
/// frame that claims more is damage.
pub const ENTRY_BYTES_MAX: usize = 16 * 1024 * 1024;

/// One thing that the site accepted, at its place in the order of arrival.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Counts from 0 over the life of the journal, without holes.
    pub no: u64,
    /// When the engine accepted it, on the engine's own clock: UTC, microseconds since 1970. For people; nothing is
    /// judged by it.
    pub arrived_utc_us: i64,
    /// What it was.
    pub kind: Kind,
}

/// The kinds of entry.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum Kind {
    /// A unit's batch, as its bytes came.
    #[n(0)]
    Batch(#[n(0)] BatchBytes),
    /// An exam begins.
    #[n(1)]
    Open(#[n(0)] Box<Open>),
    /// A person, or the shore, says something to an exam.
    #[n(2)]
    Act(#[n(0)] ExamAct),
    /// An exam's stretch ends; what follows is not judged.
    #[n(3)]
    Close(#[n(0)] Close),
}

/// A batch as it came from the wire. It need not be decodable: what can't be read is counted when it is judged.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct BatchBytes {
    /// The unit in whose name it came (the topic's, which the broker has authenticated).
    #[n(0)]
    pub unit: UnitId,
    /// A [`kaoguan_telemetry::wire::Batch`], encoded.
    #[n(1)]
    #[cbor(with = "minicbor::bytes")]
    pub bytes: Vec<u8>,
}

/// What an exam begins with: every document in full, so that the journal needs no other file to be judged again.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Open {
    /// The exam's id, unique at its site.
    #[n(0)]
    pub exam: String,
    /// The candidate's token (no name, no document number).
    #[n(1)]
    pub candidate: String,
    /// 1 or 2.
    #[n(2)]
    pub attempt: u8,
    /// Class code: `E`.
    #[n(3)]
    pub class: String,
    /// Whose samples are judged.
    #[n(4)]
    pub unit: UnitId,
    /// The course's GeoJSON text.
    #[n(5)]
    pub course: String,
    /// The syllabus's TOML text.
    #[n(6)]
    pub syllabus: String,
    /// The vehicle's TOML text.
    #[n(7)]
    pub vehicle: String,
    /// Who opened it.
    #[n(8)]
    pub opened_by: String,
    /// Event time, UTC microseconds: samples that were true before it are recorded, not judged. A unit that comes back
    /// from a dead network delivers its backlog into whatever exam is open; this keeps yesterday out of it. The opener
    /// sets it to the newest event time known of the unit; `None` judges all that arrives.
    #[n(9)]
    pub from_utc_us: Option<i64>,
    /// The field nodes that it hears; absent where there are none.
    #[n(10)]
    pub nodes: Option<NodesDoc>,
}

impl Open {
    /// Whether this unit is heard: the vehicle's own, or a node of its items.
    pub fn hears(&self, unit: UnitId) -> bool {
        unit == self.unit || self.nodes.as_ref().is_some_and(|nodes| nodes.has(unit))
    }
}

/// An act and the exam it concerns.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct ExamAct {
    /// The exam's id.
    #[n(0)]
    pub exam: String,
    /// What was done.
    #[n(1)]
    #[cbor(with = "act_cbor")]
    pub act: Act,
}

/// The end of an exam's stretch.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Close {
    /// The exam's id.
    #[n(0)]
    pub exam: String,
    /// Why: `verdict`, `stopped`, or words.
    #[n(1)]
    pub why: String,
}

impl Kind {
    /// A unit's batch.
    pub fn batch(unit: UnitId, bytes: Vec<u8>) -> Kind {
        Kind::Batch(BatchBytes { unit, bytes })
    }
    /// An act.
    pub fn act(exam: impl Into<String>, act: Act) -> Kind {
        Kind::Act(ExamAct { exam: exam.into(), act })
    }
    /// A close.
    pub fn close(exam: impl Into<String>, why: impl Into<String>) -> Kind {
        Kind::Close(Close {
            exam: exam.into(),
            why: why.into(),
        })
    }
    /// Whether this belongs to the stretch of an exam: its own opening, acts and close, and the batches of its unit and its nodes.
    pub fn concerns(&self, exam: &Open) -> bool {
        match self {
            Kind::Batch(batch) => exam.hears(batch.unit),
            Kind::Open(open) => open.exam == exam.exam,
            Kind::Act(act) => act.exam == exam.exam,
            Kind::Close(close) => close.exam == exam.exam,
        }
    }
}

impl Entry {
    /// The entry as bytes: a CBOR array `[version, no, arrived_utc_us, kind]`.
    pub fn encode(&self) -> Vec<u8> {
        encode(self.no, self.arrived_utc_us, &self.kind)
    }

    /// Reads an entry of a known version.
    ///
    /// # Errors
    /// A sentence with the offset, where the bytes are no entry, are cut short, have bytes behind them, or are of an
    /// unknown version.
    pub fn decode(bytes: &[u8]) -> Result<Entry, String> {
        let mut d = minicbor::Decoder::new(bytes);
        let entry =
            decode(&mut d).map_err(|e| format!("not an entry: {e} (at byte {} of {})", d.position(), bytes.len()))?;
        match bytes.len() - d.position() {
            0 => Ok(entry),
            left => Err(format!("{left} bytes follow the entry")),
        }
    }
}

/// As [`Entry::encode`], without taking the kind.
pub(crate) fn encode(no: u64, arrived_utc_us: i64, kind: &Kind) -> Vec<u8> {
    // Writing into a Vec cannot fail.
    minicbor::to_vec((VERSION, no, arrived_utc_us, kind)).unwrap_or_default()
}

fn decode(d: &mut minicbor::Decoder<'_>) -> Result<Entry, minicbor::decode::Error> {
    use minicbor::decode::Error;
    if d.array()? != Some(4) {
        return Err(Error::message("an entry is an array of 4"));
    }
    let version = d.u8()?;
    if version != VERSION {
        return Err(Error::message(format!(
            "entry version {version} is not known here; this build reads {VERSION}"
        )));
    }
    Ok(Entry {
        no: d.u64()?,
        arrived_utc_us: d.i64()?,
        kind: d.decode()?,
    })
}

/// The written form of [`Act`].
#[derive(Encode, Decode)]
enum ActDoc {
    #[n(0)]
    Answer(#[n(0)] u32, #[n(1)] AnswerDoc, #[n(2)] String),
    #[n(1)]
    Deduct(#[n(0)] String, #[n(1)] Option<String>, #[n(2)] String, #[n(3)] String),
    #[n(2)]
    Stop(#[n(0)] String, #[n(1)] String, #[n(2)] bool),
    #[n(3)]
    SourceLost(#[n(0)] i64),
    #[n(4)]
    NothingMore(#[n(0)] String),
    #[n(5)]
    HitExplained(#[n(0)] UnitId, #[n(1)] i64, #[n(2)] u8),
}

#[derive(Encode, Decode)]
#[cbor(index_only)]
enum AnswerDoc {
    #[n(0)]
    Confirm,
    #[n(1)]
    Dismiss,
    #[n(2)]
    CannotTell,
}

impl From<&Act> for ActDoc {
    fn from(act: &Act) -> ActDoc {
        match act.clone() {
            Act::Answer { question, answer, by } => {
                let answer = match answer {
                    Answer::Confirm => AnswerDoc::Confirm,
                    Answer::Dismiss => AnswerDoc::Dismiss,
                    Answer::CannotTell => AnswerDoc::CannotTell,
                };
                ActDoc::Answer(question, answer, by)
            }
            Act::Deduct { rule, site, by, reason } => ActDoc::Deduct(rule, site, by, reason),
            Act::Stop { by, reason, fail } => ActDoc::Stop(by, reason, fail),
            Act::SourceLost { from } => ActDoc::SourceLost(from.0),
            Act::NothingMore { by } => ActDoc::NothingMore(by),
            Act::HitExplained { hit } => ActDoc::HitExplained(hit.unit, hit.at.0, hit.pole),
        }
    }
}

impl From<ActDoc> for Act {
    fn from(doc: ActDoc) -> Act {
        match doc {
            ActDoc::Answer(question, answer, by) => {
                let answer = match answer {
                    AnswerDoc::Confirm => Answer::Confirm,
                    AnswerDoc::Dismiss => Answer::Dismiss,
                    AnswerDoc::CannotTell => Answer::CannotTell,
                };
                Act::Answer { question, answer, by }
            }
            ActDoc::Deduct(rule, site, by, reason) => Act::Deduct { rule, site, by, reason },
            ActDoc::Stop(by, reason, fail) => Act::Stop { by, reason, fail },
            ActDoc::SourceLost(from) => Act::SourceLost { from: EventTime(from) },
            ActDoc::NothingMore(by) => Act::NothingMore { by },
            ActDoc::HitExplained(unit, at, pole) => Act::HitExplained {
                hit: Hit {
                    unit,
                    at: EventTime(at),
                    pole,
                },
            },
        }
    }
}

/// `#[cbor(with)]` for [`Act`], which belongs to a crate that knows no encoding.
mod act_cbor {
    use super::{Act, ActDoc};
    use minicbor::decode::Error as DecodeError;
    use minicbor::encode::{Error as EncodeError, Write};
    use minicbor::{Decode, Decoder, Encode, Encoder};

    pub fn encode<C, W: Write>(act: &Act, e: &mut Encoder<W>, c: &mut C) -> Result<(), EncodeError<W::Error>> {
        ActDoc::from(act).encode(e, c)
    }
    pub fn decode<'b, C>(d: &mut Decoder<'b>, c: &mut C) -> Result<Act, DecodeError> {
        ActDoc::decode(d, c).map(Act::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit() -> UnitId {
        UnitId::new("moto-1").expect("a good name")
    }

    fn every_kind() -> Vec<Kind> {
        let open = Open {
            exam: "x1".into(),
            candidate: "c".into(),
            attempt: 2,
            class: "E".into(),
            unit: unit(),
            course: "{}".into(),
            syllabus: "a = 1".into(),
            vehicle: "b = 2".into(),
            opened_by: "王".into(),
            from_utc_us: Some(-7),
            nodes: None,
        };
        let answers = [Answer::Confirm, Answer::Dismiss, Answer::CannotTell];
        let mut kinds = vec![
            Kind::batch(unit(), vec![0, 255, 7]),
            Kind::Open(Box::new(open)),
            Kind::close("x1", "verdict"),
            Kind::act(
                "x1",
                Act::SourceLost {
                    from: EventTime(i64::MIN),
                },
            ),
            Kind::act(
                "x1",
                Act::Stop {
                    by: "李".into(),
                    reason: "雨".into(),
                    fail: false,
                },
            ),
            Kind::act("x1", Act::NothingMore { by: "李".into() }),
            Kind::act(
                "x1",
                Act::HitExplained {
                    hit: Hit {
                        unit: unit(),
                        at: EventTime(-7),
                        pole: 255,
                    },
                },
            ),
            Kind::act(
                "x1",
                Act::Deduct {
                    rule: "r".into(),
                    site: None,
                    by: "b".into(),
                    reason: "w".into(),
                },
            ),
            Kind::act(
                "x1",
                Act::Deduct {
                    rule: "r".into(),
                    site: Some("s".into()),
                    by: "b".into(),
                    reason: "".into(),
                },
            ),
        ];
        kinds.extend(answers.map(|answer| {
            Kind::act(
                "x1",
                Act::Answer {
                    question: 3,
                    answer,
                    by: "李".into(),
                },
            )
        }));
        kinds
    }

    #[test]
    fn every_kind_comes_back_as_it_was() {
        for (no, kind) in every_kind().into_iter().enumerate() {
            let entry = Entry {
                no: no as u64,
                arrived_utc_us: 1_795_000_000_000_000,
                kind,
            };
            assert_eq!(Entry::decode(&entry.encode()), Ok(entry));
        }
    }

    #[test]
    fn a_cut_entry_and_a_longer_one_are_refused() {
        for kind in every_kind() {
            let bytes = Entry {
                no: 9,
                arrived_utc_us: 1,
                kind,
            }
            .encode();
            for cut in 0..bytes.len() {
                assert!(Entry::decode(&bytes[..cut]).is_err(), "cut at {cut} of {}", bytes.len());
            }
            let mut longer = bytes.clone();
            longer.push(0);
            assert_eq!(Entry::decode(&longer), Err("1 bytes follow the entry".into()));
        }
    }

    /// The encoding is frozen: written by hand from RFC 8949, so that a renamed field or a reordered kind is noticed.
    #[test]
    fn the_bytes_of_a_close_are_those_of_the_first_version() {
        let close = Entry {
            no: 5,
            arrived_utc_us: 256,
            kind: Kind::close("x1", "ok"),
        };
        // [1, 5, 256, [3, [["x1", "ok"]]]]
        let frozen = [
            0x84, 1, 5, 0x19, 1, 0, 0x82, 3, 0x81, 0x82, 0x62, b'x', b'1', 0x62, b'o', b'k',
        ];
        assert_eq!(close.encode(), frozen);
    }

    #[test]
    fn an_unknown_version_is_named() {
        let mut bytes = Entry {
            no: 5,
            arrived_utc_us: 256,
            kind: Kind::close("x1", "ok"),
        }
        .encode();
        bytes[1] = 2;
        let why = Entry::decode(&bytes).expect_err("version 2");
        assert!(why.contains("version 2"), "{why}");
    }
}
