//! One passage of a manoeuvre with its type erased, so that the exam can hold many. Erases the type, not the rules.
use crate::manoeuvre::{Aim, Fact, Manoeuvre, Role, Sheet, Watch, What};
use kaoguan_telemetry::units::EventTime;

/// A part of a site: an index into the manoeuvre's table of roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct RoleNo(pub u16);

/// A role as the map's loader sees it.
#[derive(Debug, Clone)]
pub struct RoleNeed {
    /// Its name on the map.
    pub name: &'static str,
    /// How many features may fill it.
    pub count: std::ops::RangeInclusive<usize>,
    /// What is measured on it.
    pub watch: &'static [Watch],
}

impl RoleNeed {
    /// The role without its manoeuvre's own name for it.
    pub fn of<P>(role: &Role<P>) -> RoleNeed {
        RoleNeed {
            name: role.name,
            count: role.count.clone(),
            watch: role.watch,
        }
    }
}

/// A manoeuvre in progress.
pub trait Play: Send {
    /// Tells it a fact.
    fn observe(&mut self, fact: Fact<RoleNo>, sheet: &mut Sheet);
    /// Whether this fact begins it.
    fn begins(&self, what: What<RoleNo>) -> bool;
    /// Whether this fact ends it.
    fn ends(&self, what: What<RoleNo>) -> bool;
    /// When it wants to hear [`What::Deadline`].
    fn deadline(&self) -> Option<EventTime>;
    /// Whether it is complete.
    fn is_done(&self) -> bool;
    /// Back to its beginning.
    fn restart(&mut self);
}

/// A manoeuvre's state with its limits.
pub struct Passage<M: Manoeuvre> {
    state: M,
    limits: M::Limits,
}

impl<M: Manoeuvre> Passage<M> {
    /// At its beginning.
    pub fn new(limits: M::Limits) -> Passage<M> {
        Passage {
            state: M::BEGIN,
            limits,
        }
    }
    fn own(what: What<RoleNo>) -> Option<What<M::Part>> {
        what.translate(|no: RoleNo| M::ROLES.get(no.0 as usize).map(|role| role.part))
    }
}

impl<M: Manoeuvre> Play for Passage<M> {
    fn observe(&mut self, fact: Fact<RoleNo>, sheet: &mut Sheet) {
        if let Some(what) = Self::own(fact.what) {
            let (at, sight, before) = (fact.at, fact.sight, sheet.0.len());
            self.state = self.state.step(Fact { at, what, sight }, self.limits, sheet);
            // What was written rests on this fact; about the vehicle alone the note's own instant says more.
            let written = sheet.0.iter_mut().skip(before);
            written
                .filter(|_| sight.on != Aim::Vehicle)
                .for_each(|note| note.sight = sight);
        }
    }
    fn begins(&self, what: What<RoleNo>) -> bool {
        Self::own(what).is_some_and(M::begins)
    }
    fn ends(&self, what: What<RoleNo>) -> bool {
        Self::own(what).is_some_and(M::ends)
    }
    fn deadline(&self) -> Option<EventTime> {
        self.state.deadline(self.limits)
    }
    fn is_done(&self) -> bool {
        self.state.is_done()
    }
    fn restart(&mut self) {
        self.state = M::BEGIN;
    }
}
