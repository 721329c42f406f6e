//! The site's devices (设备) as the examiner sees them before he opens an exam and while it runs.
//!
//! The problem: that a receiver has no fix, a disk is full, a pole's unit is away or a configuration is on trial was found out on
//! the square, by exams that came out void, although every unit says it all day long. The answer: the newest words of each unit are kept ([`words`]), the
//! site's file says which devices there should be ([`roster`]), and a pure function of both and of the hour says how each is and what to do
//! about it ([`faults`]): red what needs hands, amber what may pass by itself, grey what nobody has heard of. What is red is what
//! the unit itself calls silent, refused or missing, and what the site's own files say that an exam would not believe; no number is
//! invented here.
//!
//! Deliberately not here: judgement. Nothing of this reaches the keeper, the journal, a record or a verdict: it is for eyes. Whether an
//! exam may begin is said by the engine alone ([`crate::units`]).
pub mod faults;
pub mod roster;
#[cfg(test)]
mod tests;
pub mod view;
pub mod words;

use crate::arrivals::UNITS_MAX;
use faults::Fault;
use kaoguan_telemetry::UnitId;
use roster::{Role, Roster};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use words::{Message, Refused, Words};

/// How a device is, from the best to the worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Nothing is wrong that it would know of.
    Good,
    /// It cannot be told.
    Unknown,
    /// It may pass by itself, or must be known.
    Doubtful,
    /// Exams with it will be void, or do not begin; somebody must go there.
    Bad,
}

impl State {
    /// As the page's styles and texts name it.
    pub const fn key(self) -> &'static str {
        match self {
            State::Good => "good",
            State::Unknown => "unknown",
            State::Doubtful => "doubtful",
            State::Bad => "bad",
        }
    }
}

/// One device.
#[derive(Debug, Clone)]
pub struct Device<'r> {
    /// Its unit.
    pub unit: UnitId,
    /// What it is at this site.
    pub role: Role<'r>,
    /// Whether the site's file names it.
    pub is_named: bool,
    /// The worst of its faults.
    pub state: State,
    /// What is wrong, the worst first.
    pub faults: Vec<Fault>,
    /// What it said last.
    pub words: Arc<Words>,
}

/// What was heard of all units.
#[derive(Debug, Clone, Default)]
pub struct Heard {
    /// The newest words of each.
    pub units: BTreeMap<UnitId, Arc<Words>>,
    /// Those that the site's file names: they have a place, whoever spoke before.
    named: Arc<BTreeSet<UnitId>>,
    /// Words that were not taken, whatever the reason.
    pub refused: u64,
    /// Counts words that were.
    pub changes: u64,
}

impl Heard {
    /// Nobody yet, at a site whose file names these units.
    pub fn of(named: Arc<BTreeSet<UnitId>>) -> Heard {
        Heard {
            named,
            ..Heard::default()
        }
    }

    /// Takes a unit's word.
    ///
    /// # Errors
    /// Why it is not taken; it is counted.
    pub fn hear(&mut self, unit: UnitId, said: Message<'_>) -> Result<(), Refused> {
        let taken = self.take(unit, said);
        match taken {
            Ok(()) => self.changes = self.changes.wrapping_add(1),
            Err(_) => self.refused = self.refused.saturating_add(1),
        }
        taken
    }

    fn take(&mut self, unit: UnitId, said: Message<'_>) -> Result<(), Refused> {
        let is_known = self.units.contains_key(&unit) || self.named.contains(&unit);
        if !is_known && self.strangers() >= UNITS_MAX {
            return Err(Refused::TooMany);
        }
        let mut words = self.units.get(&unit).map(|words| (**words).clone()).unwrap_or_default();
        let taken = words.take(unit, said);
        // A stranger has said nothing yet that would make him a device.
        if taken.is_err() && !is_known {
            return taken;
        }
        match words == Words::default() {
            true => self.units.remove(&unit),
            false => self.units.insert(unit, Arc::new(words)),
        };
        taken
    }

    fn strangers(&self) -> usize {
        let is_stranger = |unit: &&UnitId| !self.named.contains(*unit);
        self.units.keys().filter(is_stranger).count()
    }
}

/// Every device of the site, vehicles first, each with how it is at `now_us` on the engine's clock, UTC microseconds.
pub fn list<'r>(roster: &'r Roster, units: &BTreeMap<UnitId, Arc<Words>>, now_us: i64) -> Vec<Device<'r>> {
    let all: BTreeSet<UnitId> = roster.named().chain(units.keys().copied()).collect();
    let mut devices: Vec<Device> = all
        .into_iter()
        .map(|unit| device(roster, unit, units.get(&unit), now_us))
        .collect();
    devices.sort_by_key(|device| (matches!(device.role, Role::Node(_)), device.unit));
    devices
}

fn device<'r>(roster: &'r Roster, unit: UnitId, words: Option<&Arc<Words>>, now_us: i64) -> Device<'r> {
    let (role, is_named) = roster.role(unit);
    let words = words.cloned().unwrap_or_default();
    let faults = faults::of(&role, roster, &words, now_us);
    Device {
        unit,
        role,
        is_named,
        state: faults.first().map_or(State::Good, |fault| fault.state),
        faults,
        words,
    }
}
