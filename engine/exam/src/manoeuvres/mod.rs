//! One file per manoeuvre; one line per manoeuvre here.
use crate::manoeuvre::{Fault, Manoeuvre};
use crate::passage::{Passage, Play, RoleNeed};
use crate::syllabus::LimitReader;
use kaoguan_course::{Catalogue, Need};

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
    #[test]
    fn every_file_is_on_the_list_under_its_own_name() {
        let here = concat!(env!("CARGO_MANIFEST_DIR"), "/src/manoeuvres");
        let mut files: Vec<_> = std::fs::read_dir(here)
            .unwrap()
            .map(|f| f.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
            .filter(|f| f != "mod")
            .collect();
        files.sort();
        let listed: Vec<_> = super::ALL.iter().map(|e| e.name.to_owned()).collect();
        assert_eq!(files, listed);
    }
}
