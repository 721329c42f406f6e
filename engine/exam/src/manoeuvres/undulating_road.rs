//! 起伏路行驶 (lists before 162号令): slowly over humps.
//!
//! What a machine sees of it is the speed where the humps begin, if an authority says how slow is slow enough, and the way. A
//! violent jump and slowing down too early are for the examiner: no source gives a number.
use crate::manoeuvre::stretch::{Drive, Stretch};
use crate::manoeuvre::{Fact, Role, Sheet, Watch, What, Wheel};
use crate::syllabus::LimitReader;
use kaoguan_telemetry::units::EventTime;

crate::faults! {
    /// 起伏路行驶 faults.
    UndulatingFault {
        /// 驶向起伏路未减速
        NotSlowed = "not_slowed",
        /// 不按规定路线、顺序行驶
        WrongRoute = "wrong_route",
    }
}
use UndulatingFault as Wrong;

/// Parts of the road.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HumpPart {
    /// Entry line.
    Entry,
    /// Where the humps begin.
    Begin,
    /// Exit line, behind them.
    Exit,
    /// Either edge line; it leads, and is not judged.
    Edge,
    /// The surface.
    Profile,
}
use HumpPart as Part;

/// Limits of the road.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// An authority has set how fast one may come to the humps.
    pub judges_speed: bool,
}

/// A drive along the road.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Humps {
    /// It has come to them.
    met: bool,
}

/// The manoeuvre.
pub type UndulatingRoad = Stretch<Humps>;

impl Drive for Humps {
    const NAME: &'static str = "undulating_road";
    type Part = HumpPart;
    type Fault = Wrong;
    type Limits = Limits;
    const ROLES: &'static [Role<Part>] = &[
        Role::one("entry_line", Part::Entry, &[Watch::Crossing]),
        Role::one("zone_begin", Part::Begin, &[Watch::Crossing, Watch::Pace]),
        Role::one("exit_line", Part::Exit, &[Watch::Crossing]),
        Role::one("edge_left", Part::Edge, &[Watch::Nothing]),
        Role::one("edge_right", Part::Edge, &[Watch::Nothing]),
        Role::at_most_one("profile", Part::Profile, &[Watch::Nothing]),
    ];
    const ENTRY: Part = Part::Entry;
    const EXIT: Part = Part::Exit;
    const WRONG_ROUTE: Wrong = Wrong::WrongRoute;

    fn limits(reader: &mut LimitReader<'_>) -> Limits {
        Limits {
            judges_speed: reader.rule_has_limit(Wrong::NotSlowed),
        }
    }

    fn begin(_: EventTime) -> Humps {
        Humps { met: false }
    }

    fn step(&mut self, fact: Fact<Part>, limits: Limits, sheet: &mut Sheet) {
        match fact.what {
            What::Crossed(Part::Begin, Wheel::Front) => self.met = true,
            What::Pace(Part::Begin, Wheel::Front, pace) if limits.judges_speed => {
                sheet.too_fast(fact.at, Wrong::NotSlowed, pace.map(|pace| pace.here));
            }
            _ => {}
        }
    }

    fn has_met_all(&self) -> bool {
        self.met
    }

    fn deadline(&self, _: Limits) -> Option<EventTime> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::check;

    const LIMITS: Limits = Limits { judges_speed: false };

    #[test]
    fn clean() {
        check::<UndulatingRoad>(
            LIMITS,
            "0.0 crossed entry_line front
             4.0 pace zone_begin front 12000 least 12000 most 20000 u 180
             4.0 crossed zone_begin front
            18.0 crossed exit_line rear -> !wrong_route",
        );
    }

    #[test]
    fn speed_where_an_authority_has_set_it() {
        check::<UndulatingRoad>(
            Limits { judges_speed: true },
            "0.0 crossed entry_line front
             4.0 pace zone_begin front 25000 least 25000 most 25000 u 180 -> not_slowed 25000 m/h u 180",
        );
        check::<UndulatingRoad>(
            Limits { judges_speed: true },
            "0.0 crossed entry_line front
             4.0 unpaced zone_begin front -> not_slowed ?",
        );
    }

    #[test]
    fn away_from_the_road_or_past_the_humps_is_a_wrong_route() {
        for way in ["left_ground", "crossed exit_line rear"] {
            check::<UndulatingRoad>(
                LIMITS,
                &format!("0.0 crossed entry_line front\n 3.0 {way} -> wrong_route\n 4.0 crossed zone_begin front"),
            );
        }
    }
}
