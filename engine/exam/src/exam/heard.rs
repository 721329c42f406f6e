//! What the vehicle's box says and does not say: switches, gear, and frames that are missing.
//!
//! Deliberately not here: what a switch means (the manoeuvres), and contacts of planks that are units of their own ([`super::nodes`]).
use super::Exam;
use crate::manoeuvre::{Fact, What};
use kaoguan_telemetry::units::{EventTime, Micros};
use kaoguan_telemetry::{Gear, Signal, Signals};

impl Exam {
    /// Frames are missing: a toot may have been in them, or a change there and back. What hangs on a switch is charged to nobody then.
    pub(super) fn miss_frames(&mut self, at: EventTime) {
        let Some(gap) = self.setup.parts.syllabus.reading.signal_gap else {
            return;
        };
        if self.frame.is_some_and(|frame| at - frame > gap) {
            self.ledger.misses(|_| true);
            self.unheard(at);
            self.frame = None;
        }
    }

    /// Frames come, but say nothing of some switch any more.
    pub(super) fn miss_switches(&mut self, at: EventTime) {
        let Some(gap) = self.setup.parts.syllabus.reading.signal_gap else {
            return;
        };
        if self.gear.forget_unsaid(at, gap).is_some() {
            self.ledger.misses(|sensor| sensor == "gear");
            self.deal_to_all(Fact::new(at, What::GearUnsaid));
        }
        for (signal, name) in Signal::ALL {
            if let Some(since) = self.switches[signal as usize].forget_unsaid(at, gap) {
                self.reverse_is_heard &= signal != Signal::Reverse;
                self.ledger.misses(|sensor| sensor == name);
                self.deal_to_all(Fact::new(at, What::SignalUnsaid(signal, since)));
            }
        }
    }

    /// Frames come, but say nothing of some contact of a plank any more.
    pub(super) fn miss_contacts(&mut self, at: EventTime) {
        let Some(gap) = self.setup.parts.syllabus.reading.signal_gap else {
            return;
        };
        if self.setup.parts.nodes.has_planks() {
            return;
        }
        let mut missed = false;
        self.each_watch(|watch, out| missed |= watch.miss_contacts(at, gap, out));
        if missed {
            self.ledger.misses(|sensor| sensor == "plank");
        }
    }

    pub(super) fn take_signals(&mut self, at: EventTime, signals: &Signals) {
        self.frame = Some(at);
        self.miss_switches(at);
        self.miss_contacts(at);
        self.take_gear(at, signals);
        let parts = &self.setup.parts;
        let (hold, has_reverse) = (parts.syllabus.reading.signal_hold, parts.vehicle.has_reverse());
        for (signal, name) in Signal::ALL {
            let state = signals.get(signal).or(match (signal, signals.gear) {
                (Signal::Neutral, Some(gear)) => Some(gear == Gear::Neutral),
                (Signal::Reverse, Some(gear)) => Some(gear == Gear::Reverse),
                (Signal::Reverse, None) if !has_reverse => Some(false),
                // Both turn lamps at once: no switch but that of the hazard lamps lights them.
                (Signal::HazardLamps, _) => signals
                    .get(Signal::LampLeft)
                    .zip(signals.get(Signal::LampRight))
                    .map(|(left, right)| left && right),
                _ => None,
            });
            // A lamp that blinks fast is lit for two frames only, and a toot is as short.
            let hold = match signal {
                Signal::LampLeft | Signal::LampRight | Signal::HazardLamps | Signal::Horn => Micros(0),
                _ => hold,
            };
            let Some(on) = state else { continue };
            self.ledger.sees(name, at);
            if let Some(change) = self.switches[signal as usize].push(at, on, hold) {
                self.reverse_is_heard |= signal == Signal::Reverse && change.on;
                self.deal_to_all(Fact::new(change.since, What::Signal(signal, change.on)));
            }
        }
    }

    pub(super) fn take_gear(&mut self, at: EventTime, signals: &Signals) {
        let Some(gear) = signals.gear else { return };
        self.ledger.sees("gear", at);
        let hold = self.setup.parts.syllabus.reading.signal_hold;
        if let Some(change) = self.gear.push(at, gear, hold) {
            self.deal_to_all(Fact::new(change.since, What::Gear(change.on)));
        }
    }
}
