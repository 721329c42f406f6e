//! A stretch of road with lines that no wheel may cross, and places to stop in: a test syllabus for recorded drives of cars.
//!
//! It begins with the first fact on its ground and ends when the ground is left. A line is crossed when the front wheels are
//! over it; the rear wheels that follow are the same fault. Not an item of any regulation.
use crate::manoeuvre::{Fact, Manoeuvre, Role, Sheet, Watch, What, Wheel};
use crate::syllabus::LimitReader;

crate::faults! {
    /// Faults of a stretch of road.
    RoadFault {
        /// A wheel crossed a line.
        WheelOverLine = "wheel_over_line",
    }
}
use RoadFault as Wrong;

/// Parts of a stretch of road.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RoadPart {
    /// A line that may not be crossed.
    Line,
    /// A place to stop in.
    StopZone,
    /// The road's surface.
    Profile,
}

/// The phases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RoadRun {
    /// On the road.
    Driving,
    /// The ground was left.
    Done,
}

impl Manoeuvre for RoadRun {
    const NAME: &'static str = "road_run";
    type Part = RoadPart;
    type Fault = Wrong;
    type Limits = ();
    const ROLES: &'static [Role<RoadPart>] = &[
        Role {
            name: "line",
            part: RoadPart::Line,
            count: 1..=200,
            watch: &[Watch::Crossing],
        },
        Role {
            name: "stop_zone",
            part: RoadPart::StopZone,
            count: 0..=20,
            watch: &[Watch::Nothing],
        },
        Role {
            name: "profile",
            part: RoadPart::Profile,
            count: 0..=20,
            watch: &[Watch::Nothing],
        },
    ];
    const BEGIN: Self = RoadRun::Driving;

    fn limits(_: &mut LimitReader<'_>) {}

    fn begins(_: What<RoadPart>) -> bool {
        true
    }

    fn step(self, fact: Fact<RoadPart>, (): (), sheet: &mut Sheet) -> Self {
        match (self, fact.what) {
            (
                RoadRun::Driving,
                What::Crossed(RoadPart::Line, Wheel::Front) | What::CrossedBack(RoadPart::Line, Wheel::Front),
            ) => {
                sheet.fault(fact.at, Wrong::WheelOverLine);
                self
            }
            (RoadRun::Driving, What::LeftGround) => RoadRun::Done,
            (phase, _) => phase,
        }
    }

    fn is_done(self) -> bool {
        self == RoadRun::Done
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::check;

    #[test]
    fn the_front_wheels_over_a_line_are_a_fault_until_the_ground_is_left() {
        check::<RoadRun>(
            (),
            "0.0 stopped
             1.0 crossed line front      -> wheel_over_line
             2.0 crossed_back line front -> wheel_over_line
             2.5 crossed line rear
             3.0 left_ground
             4.0 crossed line front",
        );
    }
}
