//! The sheet on which a manoeuvre writes: what was wrong, by how much, and what proves it.
//!
//! Deliberately not here: what it costs ([`crate::score`]), and when it is settled ([`crate::ledger`]).
use super::held::Was;
use super::speed::Speed;
use super::{Distance, Fault, Sight};
use crate::finding::Bound;
use kaoguan_telemetry::units::{EventTime, Micros};

/// What a manoeuvre wrote: a fault by its name, the measure behind it, and whether it rests on a position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Note {
    /// When.
    pub at: EventTime,
    /// The fault's name; with the manoeuvre's name in front it is the rule's id.
    pub fault: &'static str,
    /// What is held against the rule's limit; `None` where the fact itself is the fault.
    pub measure: Option<Weighed>,
    /// What proves it.
    pub proof: Proof,
    /// Never charged by the machine: whatever is not surely within the limit is asked.
    pub asked: bool,
    /// Where to look at it.
    pub sight: Sight,
}

/// What proves a note, and so what may unsay it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// Where the vehicle was: settled once its window is over without an unfit moment, unsaid with its ride before that.
    Position,
    /// Switches, wherever the vehicle was: settled at once.
    Switch,
    /// Switches, at a place that it must have been at (a lamp by a line, a brake at a stop): settled and unsaid like [`Proof::Position`].
    SwitchAtPlace,
}

impl Proof {
    /// Whether nothing that is seen of the vehicle later can unsay it.
    pub fn settles_at_once(self) -> bool {
        self == Proof::Switch
    }
}

/// How long something took, as far as it was seen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Took {
    /// It took no less.
    pub surely: Micros,
    /// It took no more.
    pub at_most: Micros,
}

impl From<Micros> for Took {
    fn from(exactly: Micros) -> Took {
        Took {
            surely: exactly,
            at_most: exactly,
        }
    }
}

/// A value to be held against the rule's limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weighed {
    /// A distance.
    Distance(Distance),
    /// A time with its standard uncertainty.
    Time(Took, Micros),
    /// A speed; of this bound of the limit.
    Speed(Speed, Bound),
    /// Something's own sensor said that it was touched, and the vehicle was seen so far from it: where that distance may
    /// have been none, the two agree, and elsewhere a person says what happened.
    Touch(Distance),
    /// What has its own sensor elsewhere was only seen: charged where the distance is proven to be beyond the limit, and everywhere
    /// else a person says what happened.
    Unfelt(Distance),
    /// Something's own sensor said that there was none of it: where the distance is proven to be beyond the limit all the same, a person
    /// says what happened.
    Contradicted(Distance),
}

/// The faults written during one step.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Sheet(pub Vec<Note>);

impl Sheet {
    /// The fact itself is the fault; it rests on positions.
    pub fn fault(&mut self, at: EventTime, fault: impl Fault) {
        self.0.push(Note {
            at,
            fault: fault.name(),
            measure: None,
            proof: Proof::Position,
            asked: false,
            sight: Sight::of_the_vehicle(at),
        });
    }
    /// The fact itself is the fault; switches alone prove it, wherever the vehicle is.
    pub fn fault_by_switch(&mut self, at: EventTime, fault: impl Fault) {
        self.fault(at, fault);
        self.last_is_proven_by(Proof::Switch);
    }
    /// The fact itself is the fault; switches prove it, if the vehicle was where it was seen.
    pub fn fault_by_switch_at_place(&mut self, at: EventTime, fault: impl Fault) {
        self.fault(at, fault);
        self.last_is_proven_by(Proof::SwitchAtPlace);
    }
    /// The same, and what nobody heard a person may have seen.
    pub fn fault_by_switch_at_place_if_heard(&mut self, at: EventTime, fault: impl Fault, was: Was) {
        match was {
            Was::Surely => self.fault_by_switch_at_place(at, fault),
            Was::Perhaps => self.ask(at, fault),
            Was::Not => {}
        }
    }
    fn last_is_proven_by(&mut self, proof: Proof) {
        if let Some(note) = self.0.last_mut() {
            note.proof = proof;
        }
    }
    /// A distance is held against the rule's limit.
    pub fn distance(&mut self, at: EventTime, fault: impl Fault, by: Distance) {
        self.0.push(Note {
            at,
            fault: fault.name(),
            measure: Some(Weighed::Distance(by)),
            proof: Proof::Position,
            asked: false,
            sight: by.sight.unwrap_or(Sight::of_the_vehicle(at)),
        });
    }
    /// The same, and what nobody saw a person may have seen.
    pub fn distance_if_seen(&mut self, at: EventTime, fault: impl Fault, by: Option<Distance>) {
        match by {
            Some(by) => self.distance(at, fault, by),
            None => self.ask(at, fault),
        }
    }
    /// A speed is held against the rule's limit: falling short of it is the fault. One that nobody saw is for a person to say.
    pub fn too_slow(&mut self, at: EventTime, fault: impl Fault, speed: impl Into<Option<Speed>>) {
        self.speed(at, fault, speed.into(), Bound::Least);
    }
    /// A speed is held against the rule's limit: going beyond it is the fault. One that nobody saw is for a person to say.
    pub fn too_fast(&mut self, at: EventTime, fault: impl Fault, speed: impl Into<Option<Speed>>) {
        self.speed(at, fault, speed.into(), Bound::Most);
    }
    fn speed(&mut self, at: EventTime, fault: impl Fault, speed: Option<Speed>, bound: Bound) {
        let Some(speed) = speed else {
            return self.ask(at, fault);
        };
        self.0.push(Note {
            at,
            fault: fault.name(),
            measure: Some(Weighed::Speed(speed, bound)),
            proof: Proof::Position,
            asked: false,
            sight: speed.sight.unwrap_or(Sight::of_the_vehicle(at)),
        });
    }
    /// A sensor felt a touch; how far away the vehicle was seen.
    pub fn touch(&mut self, at: EventTime, fault: impl Fault, seen: Distance) {
        self.distance(at, fault, seen);
        if let Some(note) = self.0.last_mut() {
            note.measure = Some(Weighed::Touch(seen));
        }
    }
    /// The same where it is known whether the sensor is a witness; where it is none a person says.
    pub fn pole_hit(&mut self, at: EventTime, fault: impl Fault, seen: Distance, is_witness: bool) {
        match is_witness {
            true => self.touch(at, fault, seen),
            false => self.ask(at, fault),
        }
    }
    /// No sensor is there: how far beyond the vehicle was seen.
    pub fn unfelt(&mut self, at: EventTime, fault: impl Fault, seen: Distance) {
        self.distance(at, fault, seen);
        if let Some(note) = self.0.last_mut() {
            note.measure = Some(Weighed::Unfelt(seen));
        }
    }
    /// A sensor says that it is none: how far beyond the vehicle was seen.
    pub fn contradicted(&mut self, at: EventTime, fault: impl Fault, seen: Distance) {
        self.ask_distance(at, fault, seen);
        if let Some(note) = self.0.last_mut() {
            note.measure = Some(Weighed::Contradicted(seen));
        }
    }
    /// Whether it is a fault is for a person to say.
    pub fn ask(&mut self, at: EventTime, fault: impl Fault) {
        self.fault(at, fault);
        self.last_is_asked();
    }
    /// A distance is held against the rule's limit, and beyond it a person says whether it counts.
    pub fn ask_distance(&mut self, at: EventTime, fault: impl Fault, by: Distance) {
        self.distance(at, fault, by);
        self.last_is_asked();
    }
    /// A time is held against the rule's limit, and beyond it a person says whether it counts.
    pub fn ask_time(&mut self, at: EventTime, fault: impl Fault, took: impl Into<Took>, u: Micros) {
        self.time(at, fault, took, u);
        self.last_is_asked();
    }
    fn last_is_asked(&mut self) {
        if let Some(note) = self.0.last_mut() {
            note.asked = true;
        }
    }
    /// A time is held against the rule's limit.
    pub fn time(&mut self, at: EventTime, fault: impl Fault, took: impl Into<Took>, u: Micros) {
        self.0.push(Note {
            at,
            fault: fault.name(),
            measure: Some(Weighed::Time(took.into(), u)),
            proof: Proof::Position,
            asked: false,
            sight: Sight::of_the_vehicle(at),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manoeuvres::rider::RiderFault::NoHelmet;

    #[test]
    fn a_fault_says_what_proves_it() {
        let mut sheet = Sheet::default();
        let at = EventTime(0);
        sheet.fault(at, NoHelmet);
        sheet.fault_by_switch(at, NoHelmet);
        sheet.fault_by_switch_at_place(at, NoHelmet);
        let proofs: Vec<Proof> = sheet.0.iter().map(|note| note.proof).collect();
        assert_eq!(proofs, [Proof::Position, Proof::Switch, Proof::SwitchAtPlace]);
    }
}
