//! A vehicle and the field nodes beside its way: what each unit says, when it is delivered, and what an exam makes of it.
//!
//! Samples are made by hand like those of [`crate::hand`]; a delivery is a list that a test delays, doubles, mixes or cuts.
use crate::hand::{Path, Rig, T0};
use crate::river::Texts;
use kaoguan_exam::{Exam, Node, NodePart, Nodes};
use kaoguan_telemetry::units::{EventTime, Micros};
use kaoguan_telemetry::wire::{Batch, VERSION};
use kaoguan_telemetry::{Plank, PoleHit, Port, Reading, Sample, Signals, Stamp, UnitId};
use std::collections::BTreeMap;

/// So far the exams of these tests wait for a node.
pub const WAIT: Micros = Micros::from_secs(10);

/// A unit's name.
///
/// # Panics
/// Where it is none.
pub fn unit(name: &str) -> UnitId {
    UnitId::new(name).expect("a good name")
}

/// Nodes by their names, sites and parts.
pub fn nodes(all: &[(&str, &str, NodePart)]) -> Nodes {
    let node = |(name, site, part): &(&str, &str, NodePart)| Node {
        unit: unit(name),
        site: (*site).to_owned(),
        part: *part,
    };
    Nodes {
        nodes: all.iter().map(node).collect(),
        wait: WAIT,
    }
}

/// An exam of the village that hears these nodes.
pub fn exam(nodes: Nodes) -> Exam {
    Exam::new(&Texts::village().setup_with(nodes))
}

/// One sample on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said {
    /// When it is delivered, microseconds since [`T0`].
    pub delivered: i64,
    /// Whose it is.
    pub unit: UnitId,
    /// Of which boot.
    pub boot: u32,
    /// What.
    pub sample: Sample,
}

/// The honest words of the vehicle on a path, delivered a tenth of a second late. `has_plank`: its box relays the plank.
pub fn vehicle(path: &Path, has_plank: bool) -> Vec<Said> {
    let mut rig = Rig::new();
    rig.plank = has_plank;
    let (mut seq, mut out) = ([0; Port::ALL.len()], Vec::new());
    let mut say = |t: f64, port: Port, reading: Reading| {
        let us = (t * 1e6).round() as i64;
        let number = &mut seq[port as usize];
        out.push(Said {
            delivered: us + 100_000,
            unit: unit("moto-1"),
            boot: 1,
            sample: sample(us, 1_000, port, *number, reading),
        });
        *number += 1;
    };
    for (t, port, reading) in rig.honest(path) {
        say(t, port, reading);
    }
    for port in [Port::Receiver, Port::Attitude, Port::Signals] {
        say(path.now() + 0.5, port, Reading::Beat);
    }
    out
}

fn sample(us: i64, u: i64, port: Port, seq: u64, reading: Reading) -> Sample {
    Sample {
        port,
        seq,
        at: Stamp::Utc(EventTime(T0 + us)),
        at_u: Micros(u),
        reading,
    }
}

/// A node that sends a frame each 20 ms, dated so well, delivered so late.
#[derive(Debug, Clone)]
pub struct Speaker {
    /// Its unit.
    pub name: &'static str,
    /// Its boot.
    pub boot: u32,
    /// Uncertainty of its stamps, microseconds.
    pub u: i64,
    /// How much its stamps are wrong, microseconds.
    pub error: i64,
    /// From a word to its delivery, microseconds.
    pub late: i64,
}

impl Speaker {
    /// A good one: 5 ms, delivered after 0.3 s.
    pub fn new(name: &'static str) -> Speaker {
        Speaker {
            name,
            boot: 1,
            u: 5_000,
            error: 0,
            late: 300_000,
        }
    }

    /// Frames from one second to another, with what `beside` says of each frame's instant.
    pub fn frames(&self, from: f64, to: f64, mut beside: impl FnMut(f64) -> Vec<Reading>) -> Vec<Said> {
        let (mut out, mut seq) = (Vec::new(), 0);
        for frame in (from * 50.0).ceil() as i64..(to * 50.0) as i64 {
            let us = frame * 20_000;
            let words = beside(us as f64 * 1e-6);
            for reading in std::iter::once(frame_of_nothing()).chain(words) {
                out.push(Said {
                    delivered: us + self.late,
                    unit: unit(self.name),
                    boot: self.boot,
                    sample: sample(us + self.error, self.u, Port::Signals, seq, reading),
                });
                seq += 1;
            }
        }
        out
    }

    /// The same of poles that are hit at these seconds: the first frame behind each says so.
    pub fn poles(&self, from: f64, to: f64, hits: &[(f64, u8)]) -> Vec<Said> {
        self.frames(from, to, |t| {
            let new = hits.iter().filter(|(at, _)| (t - 0.02..t).contains(at));
            new.map(|(_, pole)| hit(*pole)).collect()
        })
    }

    /// The same of a plank whose contacts feel both wheels where they are.
    pub fn plank(&self, path: &Path, feel: impl Fn(f64, Plank) -> Plank) -> Vec<Said> {
        let honest = Rig::new().honest(path);
        let planks: Vec<(f64, Plank)> = honest
            .into_iter()
            .filter_map(|(t, _, reading)| match reading {
                Reading::Plank(plank) => Some((t, plank)),
                _ => None,
            })
            .collect();
        self.frames(0.0, path.now() + 1.0, |t| {
            let last = planks.iter().rev().find(|(then, _)| *then <= t).or(planks.first());
            last.map(|(_, plank)| Reading::Plank(feel(t, *plank)))
                .into_iter()
                .collect()
        })
    }
}

fn frame_of_nothing() -> Reading {
    Reading::Signals(Signals {
        proven: true,
        ..Signals::default()
    })
}

/// Of item type 1; the node's place decides, not this.
pub fn hit(pole: u8) -> Reading {
    Reading::PoleHit(PoleHit {
        item: 1,
        pole,
        restored: false,
        proven: true,
    })
}

/// Everything in the order of its delivery into an exam.
pub fn deliver(exam: &mut Exam, mut all: Vec<Said>) {
    all.sort_by_key(|said| said.delivered);
    for said in all {
        exam.accept_of(said.unit, said.boot, &said.sample);
    }
}

/// Batches of a fifth of a second for each unit (of one boot), in the order of their delivery.
pub fn batches(mut all: Vec<Said>) -> Vec<(UnitId, Vec<u8>)> {
    all.sort_by_key(|said| said.delivered);
    let mut open: BTreeMap<UnitId, (i64, u64, Vec<Sample>)> = BTreeMap::new();
    let mut out = Vec::new();
    let batch = |unit: UnitId, no: u64, samples: Vec<Sample>| {
        let batch = Batch {
            version: VERSION,
            unit,
            boot: 1,
            no,
            samples,
            raws: Vec::new(),
        };
        (unit, batch.encode())
    };
    for said in all {
        let (began, no, samples) = open.entry(said.unit).or_insert((said.delivered, 0, Vec::new()));
        if said.delivered - *began > 200_000 {
            out.push(batch(said.unit, *no, std::mem::take(samples)));
            (*began, *no) = (said.delivered, *no + 1);
        }
        samples.push(said.sample);
    }
    out.extend(
        open.into_iter()
            .map(|(unit, (_, no, samples))| batch(unit, no, samples)),
    );
    out
}
