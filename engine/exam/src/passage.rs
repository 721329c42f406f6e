//! One passage of a manoeuvre with its type erased, so that the exam can hold many. Erases the type, not the rules.
use crate::manoeuvre::{Aim, Fact, Manoeuvre, Note, Role, Sheet, Watch, Weighed, What};
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
    /// Whether this fact completes it, at once or by what is due then.
    fn ends(&self, fact: Fact<RoleNo>) -> bool;
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
    fn part(no: RoleNo) -> Option<M::Part> {
        M::ROLES.get(no.0 as usize).map(|role| role.part)
    }
}

impl<M: Manoeuvre> Play for Passage<M> {
    fn observe(&mut self, fact: Fact<RoleNo>, sheet: &mut Sheet) {
        if let Some(own) = fact.translate(Self::part) {
            let (sight, before) = (fact.sight, sheet.0.len());
            let what = own.what.seen(sight);
            self.state = self.state.step(Fact { what, ..own }, self.limits, sheet);
            // A distance and a speed bring their own sight. What else was written rests on this fact; about the vehicle alone the note's
            // own instant says more.
            let without = |note: &&mut Note| !matches!(note.measure, Some(Weighed::Distance(_) | Weighed::Speed(..)));
            let written = sheet.0.iter_mut().skip(before).filter(without);
            written
                .filter(|_| sight.on != Aim::Vehicle)
                .for_each(|note| note.sight = sight);
        }
    }
    fn begins(&self, what: What<RoleNo>) -> bool {
        what.translate(Self::part).is_some_and(M::begins)
    }
    fn ends(&self, fact: Fact<RoleNo>) -> bool {
        let after = |state: M, fact| state.step(fact, self.limits, &mut Sheet::default());
        fact.translate(Self::part).is_some_and(|own| {
            let (mut then, mut looked) = (after(self.state, own), None);
            // What is due at its last lines is looked at a moment later, and nothing else is waited for.
            while let Some(due) = then
                .deadline(self.limits)
                .filter(|due| looked.is_none_or(|at| at < *due))
            {
                then = after(then, Fact::new(due, What::Deadline));
                looked = Some(due);
            }
            then.is_done()
        })
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manoeuvre::{Distance, Sight};
    use kaoguan_telemetry::units::{Micros, TenthMillimetres};

    crate::faults! {
        /// Of the manoeuvre below.
        Fault {
            /// It was far off.
            Far = "far",
            /// It went on.
            WentOn = "went_on",
        }
    }

    /// Judges at the end where it stood.
    #[derive(Clone, Copy)]
    struct Late(Option<Distance>);

    impl Manoeuvre for Late {
        const NAME: &'static str = "late";
        type Part = ();
        type Fault = Fault;
        type Limits = ();
        const ROLES: &'static [Role<()>] = &[Role::one("line", (), &[Watch::AxleAtStop])];
        const BEGIN: Self = Late(None);

        fn limits(_: &mut crate::syllabus::LimitReader<'_>) {}

        fn step(self, fact: Fact<()>, (): (), sheet: &mut Sheet) -> Self {
            match (fact.what, self.0) {
                (What::Measured((), by), _) => return Late(Some(by)),
                (What::Crossed(..), Some(by)) => {
                    sheet.distance(fact.at, Fault::Far, by);
                    sheet.fault(fact.at, Fault::WentOn);
                }
                _ => {}
            }
            self
        }
    }

    /// What was measured is looked at where it was measured, however late it is judged; an event where it was told.
    #[test]
    fn a_distance_keeps_its_own_sight() {
        let seen = |s: i64, on| Sight {
            at: EventTime(0) + Micros::from_secs(s),
            on,
        };
        let fact = |sight: Sight, what| Fact {
            at: sight.at,
            what,
            sight,
        };
        let (stop, exit) = (
            seen(4, Aim::Part(3)),
            seen(9, Aim::Wheel(1, crate::manoeuvre::Wheel::Rear)),
        );
        let by = Distance::of(TenthMillimetres(900), TenthMillimetres(90));
        let (mut passage, mut sheet) = (Passage::<Late>::new(()), Sheet::default());
        passage.observe(fact(stop, What::Measured(RoleNo(0), by)), &mut sheet);
        passage.observe(
            fact(exit, What::Crossed(RoleNo(0), crate::manoeuvre::Wheel::Rear)),
            &mut sheet,
        );
        assert!(
            !passage.begins(What::Stopped),
            "whoever does not say begins with nothing"
        );
        let sights: Vec<Sight> = sheet.0.iter().map(|note| note.sight).collect();
        assert_eq!(sights, [stop, exit]);
    }

    /// Over its line it waits for two instants, one after the other; before it for one again and again.
    #[derive(Clone, Copy)]
    struct Waits {
        crossed: bool,
        heard: i64,
    }

    impl Manoeuvre for Waits {
        const NAME: &'static str = "waits";
        type Part = ();
        type Fault = Fault;
        type Limits = ();
        const ROLES: &'static [Role<()>] = &[Role::one("line", (), &[Watch::Crossing])];
        const BEGIN: Self = Waits {
            crossed: false,
            heard: 0,
        };

        fn limits(_: &mut crate::syllabus::LimitReader<'_>) {}

        fn step(mut self, fact: Fact<()>, (): (), _: &mut Sheet) -> Self {
            self.crossed |= matches!(fact.what, What::Crossed(..));
            self.heard += i64::from(self.crossed && fact.what == What::Deadline);
            self
        }

        fn is_done(self) -> bool {
            self.heard == 2
        }

        fn deadline(self, (): ()) -> Option<EventTime> {
            (!self.is_done()).then_some(EventTime(5 + self.heard))
        }
    }

    /// What is due after its last line is waited for, all of it; what comes to nothing is not waited for without end.
    #[test]
    fn it_ends_with_what_is_due_at_its_last_line() {
        let passage = Passage::<Waits>::new(());
        let over = What::Crossed(RoleNo(0), crate::manoeuvre::Wheel::Rear);
        let ends = [over, What::Stopped].map(|what| passage.ends(Fact::new(EventTime(0), what)));
        assert_eq!(ends, [true, false]);
    }
}
