//! A stretch of road between an entry line and an exit line, with something due on it: the shape that the simulated items share.
//!
//! It begins with the front wheels on the entry line and is left with the rear ones on the exit line. What was due at a line shortly
//! before that one has its moment all the same: it is looked at behind the exit, where nothing else counts any more. Whoever leaves its
//! ground before, or has left out what lies on it, has not driven the prescribed route. Deliberately not here: what is due.
use super::{Fact, Fault, Manoeuvre, Role, Sheet, What, Wheel};
use crate::syllabus::LimitReader;
use kaoguan_telemetry::units::EventTime;
use std::fmt::Debug;

/// A drive along a stretch: the page of the regulation.
pub trait Drive: Copy + PartialEq + Send + 'static {
    /// [`Manoeuvre::NAME`].
    const NAME: &'static str;
    /// Parts of the stretch.
    type Part: Copy + PartialEq + Debug + Send + 'static;
    /// Its faults.
    type Fault: Fault;
    /// Its limits.
    type Limits: Copy + Send + 'static;
    /// [`Manoeuvre::ROLES`].
    const ROLES: &'static [Role<Self::Part>];
    /// The entry line.
    const ENTRY: Self::Part;
    /// The exit line.
    const EXIT: Self::Part;
    /// 不按规定路线、顺序行驶
    const WRONG_ROUTE: Self::Fault;

    /// Reads the limits from the syllabus.
    fn limits(reader: &mut LimitReader<'_>) -> Self::Limits;
    /// The front wheels were on the entry line then.
    fn begin(at: EventTime) -> Self;
    /// One fact further, up to the exit line; behind it only what the switches say.
    fn step(&mut self, fact: Fact<Self::Part>, limits: Self::Limits, sheet: &mut Sheet);
    /// Whether it has come past all that lies on the stretch.
    fn has_met_all(&self) -> bool;
    /// When it wants to look at what is due.
    fn deadline(&self, limits: Self::Limits) -> Option<EventTime>;
}

/// The phases of any of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stretch<D> {
    /// Before the entry line.
    Before,
    /// Between the lines.
    Driving(D),
    /// Over the exit line; something is still to be looked at.
    Leaving(D),
    /// Over the exit line.
    Done,
}

impl<D: Drive> Stretch<D> {
    fn drive(mut drive: D, fact: Fact<D::Part>, limits: D::Limits, sheet: &mut Sheet) -> Self {
        match fact.what {
            What::LeftGround => {
                sheet.fault(fact.at, D::WRONG_ROUTE);
                Stretch::Done
            }
            what if what == What::Crossed(D::EXIT, Wheel::Rear) => {
                if !drive.has_met_all() {
                    sheet.fault(fact.at, D::WRONG_ROUTE);
                }
                Self::leave(drive, fact, limits, sheet)
            }
            _ => {
                drive.step(fact, limits, sheet);
                Stretch::Driving(drive)
            }
        }
    }

    fn leave(mut drive: D, fact: Fact<D::Part>, limits: D::Limits, sheet: &mut Sheet) -> Self {
        drive.step(fact, limits, sheet);
        match drive.deadline(limits) {
            Some(_) => Stretch::Leaving(drive),
            None => Stretch::Done,
        }
    }
}

/// What counts behind the exit line.
fn is_of_the_box<P>(what: What<P>) -> bool {
    matches!(
        what,
        What::Signal(..)
            | What::SignalUnsaid(..)
            | What::Gear(_)
            | What::GearUnsaid
            | What::Unheard(_)
            | What::Deadline
    )
}

impl<D: Drive> Manoeuvre for Stretch<D> {
    const NAME: &'static str = D::NAME;
    type Part = D::Part;
    type Fault = D::Fault;
    type Limits = D::Limits;
    const ROLES: &'static [Role<D::Part>] = D::ROLES;
    const BEGIN: Self = Stretch::Before;

    fn limits(reader: &mut LimitReader<'_>) -> D::Limits {
        D::limits(reader)
    }

    fn begins(what: What<D::Part>) -> bool {
        what == What::Crossed(D::ENTRY, Wheel::Front)
    }

    fn step(self, fact: Fact<D::Part>, limits: D::Limits, sheet: &mut Sheet) -> Self {
        match self {
            Stretch::Before if Self::begins(fact.what) => Stretch::Driving(D::begin(fact.at)),
            Stretch::Driving(drive) => Self::drive(drive, fact, limits, sheet),
            Stretch::Leaving(drive) if is_of_the_box(fact.what) => Self::leave(drive, fact, limits, sheet),
            phase => phase,
        }
    }

    fn is_done(self) -> bool {
        self == Stretch::Done
    }

    fn deadline(self, limits: D::Limits) -> Option<EventTime> {
        match self {
            Stretch::Driving(drive) | Stretch::Leaving(drive) => drive.deadline(limits),
            Stretch::Before | Stretch::Done => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manoeuvre::Gear;
    use crate::manoeuvres::curve::CurveFault;
    use kaoguan_telemetry::Signal;

    /// Counts what it hears, and waits for a deadline behind the exit.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    struct Counts(u8);

    impl Drive for Counts {
        const NAME: &'static str = "counts";
        type Part = char;
        type Fault = CurveFault;
        type Limits = ();
        const ROLES: &'static [Role<char>] = &[];
        const ENTRY: char = 'a';
        const EXIT: char = 'z';
        const WRONG_ROUTE: CurveFault = CurveFault::WrongRoute;

        fn limits(_: &mut LimitReader<'_>) {}
        fn begin(_: EventTime) -> Counts {
            Counts(0)
        }
        fn step(&mut self, _: Fact<char>, (): (), _: &mut Sheet) {
            self.0 += 1;
        }
        fn has_met_all(&self) -> bool {
            true
        }
        fn deadline(&self, (): ()) -> Option<EventTime> {
            Some(EventTime(9))
        }
    }

    /// Behind the exit only the box is heard, and what is due.
    #[test]
    fn behind_the_exit_only_the_box_counts() {
        let heard = |what: What<char>| {
            let facts = [What::Crossed('a', Wheel::Front), What::Crossed('z', Wheel::Rear), what];
            let tell =
                |drive: Stretch<Counts>, what| drive.step(Fact::new(EventTime(1), what), (), &mut Sheet::default());
            facts.into_iter().fold(Stretch::BEGIN, tell) == Stretch::Leaving(Counts(2))
        };
        let of_the_box = [
            What::Signal(Signal::Horn, true),
            What::SignalUnsaid(Signal::Horn, EventTime(0)),
            What::Gear(Gear::Neutral),
            What::GearUnsaid,
            What::Unheard(EventTime(0)),
            What::Deadline,
        ];
        assert!(of_the_box.into_iter().all(heard));
        let of_the_road = [What::LeftGround, What::Stopped, What::Crossed('z', Wheel::Rear)];
        assert!(!of_the_road.into_iter().any(heard));
    }
}
