//! What a manoeuvre reads out of a syllabus.
use super::quantity::{Kind, quantity};
use super::{Limit, Syllabus, issue, join};
use crate::Issue;
use crate::manoeuvre::Fault;
use crate::manoeuvre::held::Late;
use kaoguan_telemetry::units::{Micros, TenthMillimetres};

/// Reads one manoeuvre's limits out of a syllabus, and reports what is missing.
pub struct LimitReader<'s> {
    syllabus: &'s Syllabus,
    manoeuvre: &'static str,
    issues: Vec<Issue>,
}

impl<'s> LimitReader<'s> {
    /// For the manoeuvre of this name.
    pub fn new(syllabus: &'s Syllabus, manoeuvre: &'static str) -> LimitReader<'s> {
        LimitReader {
            syllabus,
            manoeuvre,
            issues: Vec::new(),
        }
    }
    /// What was missing.
    pub fn into_issues(self) -> Vec<Issue> {
        self.issues
    }
    fn read(&mut self, key: &str, kind: Kind) -> i64 {
        let text = self
            .syllabus
            .limits
            .get(self.manoeuvre)
            .and_then(|limits| limits.get(key));
        text.and_then(|text| quantity(text, kind)).unwrap_or_else(|| {
            let place = format!("limits.{}.{key}", self.manoeuvre);
            self.issues.push(issue(
                &place,
                format!("the manoeuvre needs this limit, like {}", kind.example()),
            ));
            0
        })
    }
    /// A time of `[limits.<manoeuvre>]`.
    pub fn micros(&mut self, key: &str) -> Micros {
        Micros(self.read(key, Kind::Time))
    }
    /// How often something may be done, of `[limits.<manoeuvre>]`: whole times.
    pub fn times(&mut self, key: &str) -> u16 {
        u16::try_from(self.read(key, Kind::Factor) / 10).unwrap_or(u16::MAX)
    }
    /// How long behind a line something counts, of `[limits.<manoeuvre>]`, and what the box needs to tell of it.
    pub fn late(&mut self, key: &str) -> Late {
        let late = self.box_late();
        let counts = self.micros(key) + late.counts;
        Late { counts, ..late }
    }
    /// The same where only what the box shows by its next frame counts.
    pub fn box_late(&self) -> Late {
        let reading = self.syllabus.reading;
        Late {
            counts: reading.signal_every,
            told: reading.signal_hold + reading.signal_every,
        }
    }
    /// So long after it began a stop is told at the latest.
    pub fn stop_told(&self) -> Micros {
        self.syllabus.reading.stop_hold
    }
    /// A distance of `[limits.<manoeuvre>]`.
    pub fn distance(&mut self, key: &str) -> TenthMillimetres {
        TenthMillimetres(i32::try_from(self.read(key, Kind::Distance)).unwrap_or(i32::MAX))
    }
    /// The distance limit of one of the manoeuvre's rules.
    pub fn rule_distance(&mut self, fault: &str) -> TenthMillimetres {
        match self
            .syllabus
            .tariff
            .get(&join(self.manoeuvre, fault))
            .and_then(|rule| rule.limit)
        {
            Some(Limit::Distance { limit, .. }) => limit,
            _ => {
                let place = format!("rule.{}.{fault}.limit", self.manoeuvre);
                self.issues
                    .push(issue(&place, "the manoeuvre needs a distance here, like \"200 mm\""));
                TenthMillimetres(0)
            }
        }
    }
    /// Whether `[limits.<manoeuvre>]` says this; a syllabus that is older than the key says nothing.
    pub fn says(&self, key: &str, word: &str) -> bool {
        let limits = self.syllabus.limits.get(self.manoeuvre);
        limits
            .and_then(|limits| limits.get(key))
            .is_some_and(|text| text == word)
    }
    /// A gear of `[limits.<manoeuvre>]`, counted from 1.
    pub fn gear(&mut self, key: &str) -> u8 {
        u8::try_from(self.read(key, Kind::Gear)).unwrap_or(u8::MAX)
    }
    /// Whether one of the manoeuvre's rules has a limit; one that a province may set may have none.
    pub fn rule_has_limit(&self, fault: impl Fault) -> bool {
        let rule = self.syllabus.tariff.get(&join(self.manoeuvre, fault.name()));
        rule.is_some_and(|rule| rule.limit.is_some())
    }
    /// The time limit of one of the manoeuvre's rules, where the rule has one.
    pub fn rule_micros_if_set(&mut self, fault: &str) -> Option<Micros> {
        match self.syllabus.tariff.get(&join(self.manoeuvre, fault))?.limit? {
            Limit::Time { limit, .. } => Some(limit),
            _ => None,
        }
    }
    /// The same with the law's tolerance.
    pub fn rule_micros_with_tolerance_if_set(&mut self, fault: &str) -> Option<Micros> {
        match self.syllabus.tariff.get(&join(self.manoeuvre, fault))?.limit? {
            Limit::Time { limit, tolerance } => Some(limit + tolerance),
            _ => None,
        }
    }
    /// The time limit of one of the manoeuvre's rules plus the law's tolerance and what doubt takes: beyond it the fault is proven.
    pub fn rule_micros_with_tolerance(&mut self, fault: &str) -> Micros {
        let rule = self.syllabus.tariff.get(&join(self.manoeuvre, fault));
        match rule.and_then(|rule| rule.limit) {
            Some(Limit::Time { limit, tolerance }) => limit + tolerance,
            _ => {
                let place = format!("rule.{}.{fault}.limit", self.manoeuvre);
                self.issues
                    .push(issue(&place, "the manoeuvre needs a time limit here, like \"30 s\""));
                Micros(0)
            }
        }
    }
}
