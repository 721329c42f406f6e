//! 曲线行驶: through an S of two bends, no wheel on either edge line, no stop on the way.
//!
//! Each excursion over an edge is one fault, by its worst; a stop is weighed when it is over. The gear (second or higher, of
//! one list of 2017) is not judged here: no source tells when it would have to be in.
use crate::manoeuvre::{Fact, Manoeuvre, Role, Sheet, Watch, What, Wheel};
use crate::syllabus::LimitReader;
use kaoguan_telemetry::units::Micros;

crate::faults! {
    /// 曲线行驶 faults.
    CurveFault {
        /// 车轮轧道路边缘线
        WheelOnEdge = "wheel_on_edge",
        /// 中途停车
        Stopped = "stopped",
        /// 不按规定路线、顺序行驶
        WrongRoute = "wrong_route",
    }
}
use CurveFault as Wrong;

/// Parts of the curve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CurvePart {
    /// Entry line.
    Entry,
    /// Exit line.
    Exit,
    /// Either edge line.
    Edge,
}

/// Limits of the curve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Uncertainty of a duration.
    pub time_u: Micros,
}

/// The phases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Curve {
    /// Before the entry line.
    Before,
    /// Between the lines.
    Driving {
        /// It has come to rest since the item was told to have begun.
        rests: bool,
    },
    /// Over the exit line.
    Done,
}

impl Manoeuvre for Curve {
    const NAME: &'static str = "curve";
    type Part = CurvePart;
    type Fault = Wrong;
    type Limits = Limits;
    const ROLES: &'static [Role<CurvePart>] = &[
        Role::one("entry_line", CurvePart::Entry, &[Watch::Crossing]),
        Role::one("exit_line", CurvePart::Exit, &[Watch::Crossing]),
        Role::one("edge_left", CurvePart::Edge, &[Watch::TyreBeyond]),
        Role::one("edge_right", CurvePart::Edge, &[Watch::TyreBeyond]),
    ];
    const BEGIN: Self = Curve::Before;

    fn limits(reader: &mut LimitReader<'_>) -> Limits {
        Limits {
            time_u: reader.micros("time_u"),
        }
    }

    fn begins(what: What<CurvePart>) -> bool {
        matches!(what, What::Crossed(CurvePart::Entry, Wheel::Front))
    }

    fn step(self, fact: Fact<CurvePart>, limits: Limits, sheet: &mut Sheet) -> Self {
        use Curve::*;
        let at = fact.at;
        match (self, fact.what) {
            (Before, What::Crossed(CurvePart::Entry, Wheel::Front)) => Driving { rests: false },
            (Driving { .. }, What::Beyond(CurvePart::Edge, by)) => {
                sheet.distance(at, Wrong::WheelOnEdge, by);
                self
            }
            (Driving { .. }, What::Stopped) => Driving { rests: true },
            (Driving { rests: true }, What::MovedOff(stood)) => {
                sheet.time(at, Wrong::Stopped, stood, limits.time_u);
                self
            }
            (Driving { .. }, What::Crossed(CurvePart::Exit, Wheel::Rear)) => Done,
            (Driving { .. }, What::LeftGround) => {
                sheet.fault(at, Wrong::WrongRoute);
                Done
            }
            (phase, _) => phase,
        }
    }

    fn is_done(self) -> bool {
        self == Curve::Done
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::check;

    const LIMITS: Limits = Limits { time_u: Micros(30_000) };

    #[test]
    fn clean() {
        check::<Curve>(
            LIMITS,
            "0.0 crossed entry_line front
             9.0 crossed exit_line front
            11.0 crossed exit_line rear",
        );
    }

    #[test]
    fn each_excursion_is_weighed_by_its_worst() {
        check::<Curve>(
            LIMITS,
            "-1.0 beyond edge_left 80 u 12
              0.0 crossed entry_line front
              3.0 beyond edge_left 80 u 12  -> wheel_on_edge 80 u 12
              6.0 beyond edge_right -5 u 12 -> wheel_on_edge -5 u 12
             11.0 crossed exit_line rear
             12.0 beyond edge_right 90 u 12",
        );
    }

    /// Who stands before the item began has not stopped in it.
    #[test]
    fn a_stop_is_weighed_when_it_is_over() {
        check::<Curve>(
            LIMITS,
            "-2.0 stopped
              0.0 crossed entry_line front
              0.1 moved_off 2100
              4.0 stopped
              7.0 moved_off 2600            -> stopped 2600 ms
              8.0 stopped
              9.0 moved_off 400             -> stopped 400 ms
             11.0 crossed exit_line rear",
        );
    }

    #[test]
    fn leaving_the_ground_is_a_wrong_route() {
        check::<Curve>(
            LIMITS,
            "0.0 crossed entry_line front
             5.0 left_ground -> wrong_route
             6.0 beyond edge_left 80 u 12",
        );
    }

    /// On the line, for two seconds, and off the ground only behind the exit.
    #[test]
    fn at_its_limit_nothing_is_wrong() {
        check::<Curve>(
            LIMITS,
            "0.0 crossed entry_line front
             3.0 beyond edge_left 0 u 12 -> wheel_on_edge 0 u 12
             4.0 stopped
             6.0 moved_off 2000          -> stopped 2000 ms
            11.0 crossed exit_line rear
            12.0 left_ground             -> !wrong_route",
        );
    }
}
