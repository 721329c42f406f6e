//! One file per manoeuvre; one line per manoeuvre here.
use crate::manoeuvre::{Fault, Manoeuvre};
use crate::passage::{Passage, Play, RoleNeed};
use crate::syllabus::LimitReader;
use kaoguan_course::{Catalogue, Need};
use kaoguan_telemetry::units::TenthMillimetres;

/// What a loader needs to know to bind a site of the map and the tariff to a manoeuvre.
#[derive(Clone, Copy)]
pub struct Entry {
    /// [`Manoeuvre::NAME`].
    pub name: &'static str,
    /// Names of its faults.
    pub faults: &'static [&'static str],
    /// Roles a site must fill; empty for rules that hold everywhere.
    pub roles: fn() -> Vec<RoleNeed>,
    /// [`Manoeuvre::JUDGES_ROLL_BACK`].
    pub judges_roll_back: bool,
    /// [`Manoeuvre::REVERSES`].
    pub reverses: bool,
    /// [`Manoeuvre::POLE_HITS`].
    pub pole_hits: &'static [u8],
    /// [`Manoeuvre::TOUCHED`].
    pub touched: fn() -> Option<&'static str>,
    /// How near the outline is where a sensor of its poles is heard; farther away it shook by itself. `None` where it hears none.
    pub hit_reach: fn(&mut LimitReader<'_>) -> Option<TenthMillimetres>,
    /// Begins it, with its limits read.
    pub play: fn(&mut LimitReader<'_>) -> Box<dyn Play>,
}

const fn entry<M: Manoeuvre>() -> Entry {
    Entry {
        name: M::NAME,
        faults: M::Fault::ALL,
        roles: || M::ROLES.iter().map(RoleNeed::of).collect(),
        judges_roll_back: M::JUDGES_ROLL_BACK,
        reverses: M::REVERSES,
        pole_hits: M::POLE_HITS,
        touched: || M::TOUCHED.map(Fault::name),
        hit_reach: |reader| M::TOUCHED.map(|_| reader.distance("hit_reach")),
        play: |reader| Box::new(Passage::<M>::new(M::limits(reader))),
    }
}

/// The manoeuvre of this name.
pub fn named(name: &str) -> Option<&'static Entry> {
    ALL.iter().find(|entry| entry.name == name)
}

/// All of them, as whoever reads a map needs to know them.
pub fn catalogue() -> Catalogue {
    let need = |role: RoleNeed| Need {
        role: role.name,
        count: role.count,
    };
    let sites = ALL.iter().map(|entry| (entry, (entry.roles)()));
    let placed = sites.filter(|(_, roles)| !roles.is_empty());
    // A role may be watched in two ways; it is needed once.
    let needs = |roles: Vec<RoleNeed>| {
        let mut needs: Vec<Need> = Vec::new();
        for need in roles.into_iter().map(need) {
            if needs.iter().all(|known| known.role != need.role) {
                needs.push(need);
            }
        }
        needs
    };
    Catalogue(placed.map(|(entry, roles)| (entry.name, needs(roles))).collect())
}

macro_rules! manoeuvres {
    ($($file:ident :: $name:ident,)*) => {
        $(pub mod $file;)*
        /// All manoeuvres, in the order of their names.
        pub const ALL: &[Entry] = &[$(entry::<$file::$name>(),)*];
    };
}

manoeuvres! {
    bay_shift::BayShift,
    card_stop::CardStop,
    curve::Curve,
    emergency::Emergency,
    engine::Engine,
    expressway::Expressway,
    hill_start::HillStart,
    mountain_bends::MountainBends,
    narrow_turn::NarrowTurn,
    obstacle_discs::ObstacleDiscs,
    plank_bridge::PlankBridge,
    pole_course::PoleCourse,
    rain_fog::RainFog,
    reverse_bay::ReverseBay,
    rider::Rider,
    right_angle::RightAngle,
    road_run::RoadRun,
    side_parking::SideParking,
    slippery::Slippery,
    trailer_bay::TrailerBay,
    tunnel::Tunnel,
    undulating_road::UndulatingRoad,
    width_gate::WidthGate,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Syllabus;
    use crate::manoeuvre::{Fact, Sheet, Took, Way, What, Wheel};
    use crate::passage::RoleNo;
    use kaoguan_telemetry::units::EventTime;

    /// Everything that may happen to lines and ground, whichever role a line has.
    fn happenings(roles: u16) -> Vec<What<RoleNo>> {
        let wheels = [Wheel::Front, Wheel::Rear];
        let of = |no: u16| wheels.map(|wheel| [What::Crossed(RoleNo(no), wheel), What::CrossedBack(RoleNo(no), wheel)]);
        let mut all: Vec<What<RoleNo>> = (0..roles).flat_map(of).flatten().collect();
        all.extend([
            What::LeftGround,
            What::Stopped,
            What::Slowed,
            What::Unseen,
            What::Unheard(EventTime(0)),
        ]);
        all.extend([
            What::MovedOff(Took::default()),
            What::Goes(Way::Backwards),
            What::Deadline,
        ]);
        all
    }

    fn fact(what: What<RoleNo>) -> Fact<RoleNo> {
        Fact::new(EventTime(9_000_000), what)
    }

    /// 窄路掉头 is over when it leaves the ground, whichever way it went; all others when the rear wheels are over the last line.
    #[test]
    fn every_item_begins_over_its_first_line_and_ends_over_its_last_one_or_off_the_ground() {
        let editions = [
            include_str!("../../../syllabi/ga1026-2022.toml"),
            include_str!("../../../syllabi/ga1026-2017.toml"),
        ];
        for entry in ALL
            .iter()
            .filter(|entry| !["engine", "rider", "road_run"].contains(&entry.name))
        {
            let roles = (entry.roles)();
            let line = |names: [&str; 2]| {
                let no = roles.iter().position(|role| names.contains(&role.name));
                no.map(|no| RoleNo(no as u16))
            };
            let first = What::Crossed(line(["entry_line", "start_line"]).unwrap(), Wheel::Front);
            let last = line(["exit_line", "finish_line"]).map(|line| What::Crossed(line, Wheel::Rear));
            let syllabi = editions.map(|text| Syllabus::parse(text).unwrap());
            let of_edition = |syllabus: &Syllabus| syllabus.limits.contains_key(entry.name);
            let syllabus = syllabi
                .iter()
                .find(|syllabus| of_edition(syllabus))
                .unwrap_or(&syllabi[0]);
            let mut play = (entry.play)(&mut LimitReader::new(syllabus, entry.name));
            let tell = |play: &mut Box<dyn Play>, s: i64, what| {
                play.observe(Fact::new(EventTime(s * 1_000_000), what), &mut Sheet::default());
            };
            for what in happenings(roles.len() as u16) {
                let ends = what == What::LeftGround || Some(what) == last;
                assert_eq!(play.begins(what), what == first, "{} {what:?}", entry.name);
                assert!(!play.ends(fact(what)) && !play.is_done(), "{} {what:?}", entry.name);
                if what != first {
                    tell(&mut play, 0, what);
                    assert!(!play.ends(fact(What::LeftGround)), "{} {what:?}", entry.name);
                }
                tell(&mut play, 1, first);
                assert_eq!(play.ends(fact(what)), ends, "{} {what:?}", entry.name);
                assert!(!play.is_done(), "{}", entry.name);
                if ends {
                    tell(&mut play, 9, what);
                    if play.deadline().is_some_and(|due| due > EventTime(9_000_000)) && !play.is_done() {
                        // What is due at its last line is looked at a moment later.
                        tell(&mut play, 11, What::Deadline);
                    }
                    assert!(play.is_done(), "{} {what:?}", entry.name);
                    assert_eq!(play.deadline(), None, "{} {what:?}", entry.name);
                }
                play.restart();
            }
        }
    }

    /// They hold from the first word on; 道路 ends with its ground, the others never.
    #[test]
    fn what_holds_everywhere_begins_with_anything_and_does_not_end() {
        let syllabus = Syllabus::parse(include_str!("../../../syllabi/ga1026-2022.toml")).unwrap();
        for name in ["engine", "rider", "road_run"] {
            let mut play = (named(name).unwrap().play)(&mut LimitReader::new(&syllabus, name));
            for what in happenings((named(name).unwrap().roles)().len() as u16) {
                let ends = name == "road_run" && what == What::LeftGround;
                assert_eq!(play.ends(fact(what)), ends, "{name} {what:?}");
                assert!(play.begins(what) && !play.is_done(), "{name} {what:?}");
            }
            play.observe(Fact::new(EventTime(0), What::LeftGround), &mut Sheet::default());
            assert_eq!(play.is_done(), name == "road_run");
        }
    }

    #[test]
    fn every_file_is_on_the_list_under_its_own_name() {
        let here = concat!(env!("CARGO_MANIFEST_DIR"), "/src/manoeuvres");
        let mut files: Vec<_> = std::fs::read_dir(here)
            .unwrap()
            .map(|f| f.unwrap().path())
            .filter(|f| f.is_file())
            .map(|f| f.file_stem().unwrap().to_str().unwrap().to_owned())
            .filter(|f| f != "mod")
            .collect();
        files.sort();
        let listed: Vec<_> = super::ALL.iter().map(|e| e.name.to_owned()).collect();
        assert_eq!(files, listed);
    }
}
