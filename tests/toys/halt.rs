//! A toy, to prove the contract: between two lines whoever rides must come to rest once.
use crate::manoeuvre::{Fact, Manoeuvre, Role, Sheet, Watch, What, Wheel};
use crate::syllabus::LimitReader;

crate::faults! {
    /// Faults of the toy.
    HaltFault {
        /// It rode on.
        RodeOn = "rode_on",
    }
}

/// Parts of the toy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HaltPart {
    /// Entry line.
    Entry,
    /// Exit line.
    Exit,
    /// Whatever else there is on this site.
    Rest,
}

/// The phases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Halt {
    /// Before the entry line.
    Before,
    /// Between the lines; it has come to rest there, or not yet.
    Riding(bool),
    /// Over the exit line.
    Done,
}

impl Manoeuvre for Halt {
    const NAME: &'static str = "halt";
    type Part = HaltPart;
    type Fault = HaltFault;
    type Limits = ();
    const ROLES: &'static [Role<HaltPart>] = &[
        Role::one("entry_line", HaltPart::Entry, &[Watch::Crossing]),
        Role::one("exit_line", HaltPart::Exit, &[Watch::Crossing]),
        Role::one("deck", HaltPart::Rest, &[]),
        Role::one("profile", HaltPart::Rest, &[]),
    ];
    const BEGIN: Self = Halt::Before;

    fn limits(_: &mut LimitReader<'_>) {}

    fn begins(what: What<HaltPart>) -> bool {
        matches!(what, What::Crossed(HaltPart::Entry, Wheel::Front))
    }

    fn step(self, fact: Fact<HaltPart>, (): (), sheet: &mut Sheet) -> Self {
        match (self, fact.what) {
            (Halt::Before, What::Crossed(HaltPart::Entry, Wheel::Front)) => Halt::Riding(false),
            (Halt::Riding(_), What::Stopped) => Halt::Riding(true),
            (Halt::Riding(rested), What::Crossed(HaltPart::Exit, Wheel::Rear) | What::LeftGround) => {
                if !rested {
                    sheet.fault(fact.at, HaltFault::RodeOn);
                }
                Halt::Done
            }
            (phase, _) => phase,
        }
    }

    fn is_done(self) -> bool {
        self == Halt::Done
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Setup, SetupParts, Syllabus, Vehicle, load_course, script::check};
    use kaoguan_telemetry::UnitId;

    #[test]
    fn toy_cases() {
        check::<Halt>(
            (),
            "0.0 crossed entry_line front
             1.0 stopped
             2.0 crossed exit_line rear -> !rode_on",
        );
        check::<Halt>(
            (),
            "0.0 crossed entry_line front
             2.0 crossed exit_line rear -> rode_on",
        );
    }

    const RULE: &str = "[rule.halt.rode_on]\ncode = \"29901\"\npoints = \"10 points\"\nrepeat = \"once\"\ndecided_by = \"machine\"\nzh = \"未停车\"\nen = \"rode on\"\nsource = \"toy\"\nconfidence = \"L\"\n[limits.halt]\n";

    /// The village square with the toy where the plank was, in an edition that prices it, or does not.
    fn setup(rule: &str) -> Result<Setup, Vec<crate::Issue>> {
        let square = include_str!("../../../../course-maps/village-square/course.geojson");
        let edition = include_str!("../../../syllabi/ga1026-2022.toml");
        let (plank, halt) = ("\"plank_bridge\"", "\"halt\"");
        Setup::new(SetupParts {
            exam: "toy".into(),
            candidate: "token".into(),
            attempt: 1,
            class: "E".into(),
            unit: UnitId::new("moto-1").unwrap(),
            course: load_course(&square.replace(plank, halt))?,
            syllabus: Syllabus::parse(&(edition.replace(plank, halt) + rule))?,
            vehicle: Vehicle::parse(include_str!("../../../vehicles/e-hj110.toml"))?,
            nodes: Default::default(),
        })
    }

    #[test]
    fn toy_is_examined_where_an_edition_prices_it() {
        setup(RULE).unwrap();
        let issues = setup("").map(|_| ()).unwrap_err();
        assert_eq!(issues.len(), 1, "{issues:?}");
        assert_eq!(issues[0].place, "rule.halt.rode_on");
    }
}
