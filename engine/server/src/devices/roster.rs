//! Which devices a site has by its file, and what its documents ask of them.
//!
//! A unit is a vehicle's unless `[nodes]` names it; its vehicle file is its own, or the site's usual one. What an exam would not
//! believe (the age of corrections, a sigma) stands in the site's own edition, the room that a disk needs in the site's file.
//! Deliberately not here: which of the devices are there.
use crate::config::{Documents, SiteConfig};
use crate::texts::{Said, say};
use kaoguan_exam::{Issue, NodePart, Syllabus, Vehicle, load_course};
use kaoguan_telemetry::UnitId;
use std::collections::BTreeMap;

/// What the site's file says of its devices.
#[derive(Debug, Clone)]
pub struct Roster {
    own: BTreeMap<UnitId, Mount>,
    usual: Mount,
    nodes: BTreeMap<UnitId, Place>,
    /// Minutes for which a disk must have room where an exam begins.
    pub room_min: u64,
    /// What a node says later than this, microseconds, no exam waits for.
    pub node_wait_us: i64,
    /// Whether the engine tells nodes the time.
    pub is_time_told: bool,
    /// Older corrections make no fix that is believed, milliseconds.
    pub age_max_ms: i64,
    /// A larger sigma is not believed, tenths of a millimetre.
    pub sigma_max_tenth_mm: i32,
}

/// What a vehicle's unit is mounted on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mount {
    /// The vehicle file's id.
    pub id: String,
    /// Its class.
    pub class: String,
    /// Its name.
    pub name: Said,
    /// Whether it draws something that has a receiver of its own.
    pub has_trailer: bool,
}

/// Where a field node stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The item's id on the course.
    pub site: String,
    /// The item's name.
    pub item: Said,
    /// What of it the node is.
    pub part: Said,
}

/// What a device is at this site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role<'r> {
    /// A vehicle's unit.
    Vehicle(&'r Mount),
    /// A field node.
    Node(&'r Place),
}

impl Roster {
    /// Of a site's file.
    ///
    /// # Errors
    /// The documents' issues; a file that was read has none.
    pub fn new(config: &SiteConfig) -> Result<Roster, Vec<Issue>> {
        let documents = &config.documents;
        let syllabus = Syllabus::parse(&documents.syllabus)?;
        let own = documents.vehicles.iter().map(|(unit, text)| Ok((*unit, mount(text)?)));
        Ok(Roster {
            own: own.collect::<Result<_, Vec<Issue>>>()?,
            usual: mount(&documents.vehicle)?,
            nodes: places(documents)?,
            room_min: config.exam_room.as_secs().div_ceil(60),
            node_wait_us: documents.nodes.wait.0,
            is_time_told: config.clock_within.is_some(),
            age_max_ms: syllabus.age_max().0 / 1_000,
            sigma_max_tenth_mm: syllabus.sigma_max().0,
        })
    }

    /// Every unit that the file names.
    pub fn named(&self) -> impl Iterator<Item = UnitId> + '_ {
        self.own.keys().chain(self.nodes.keys()).copied()
    }

    /// What a unit is here, and whether the file names it.
    pub fn role(&self, unit: UnitId) -> (Role<'_>, bool) {
        if let Some(place) = self.nodes.get(&unit) {
            return (Role::Node(place), true);
        }
        match self.own.get(&unit) {
            Some(mount) => (Role::Vehicle(mount), true),
            None => (Role::Vehicle(&self.usual), false),
        }
    }
}

fn mount(text: &str) -> Result<Mount, Vec<Issue>> {
    let vehicle = Vehicle::parse(text)?;
    let (zh, en) = vehicle.name();
    Ok(Mount {
        id: vehicle.id().to_owned(),
        class: vehicle.class().to_owned(),
        name: Said::of(zh, en),
        has_trailer: vehicle.trailer().is_some(),
    })
}

fn places(documents: &Documents) -> Result<BTreeMap<UnitId, Place>, Vec<Issue>> {
    let course = load_course(&documents.course)?;
    let nodes = documents.nodes.nodes.iter();
    Ok(nodes
        .map(|node| {
            let site = course.sites.iter().find(|site| site.id == node.site);
            let item = site.map_or(Said::same(&node.site), |site| Said::of(&site.zh, &site.en));
            let place = Place {
                site: node.site.clone(),
                item,
                part: part(node.part),
            };
            (node.unit, place)
        })
        .collect())
}

fn part(part: NodePart) -> Said {
    match part {
        NodePart::Pole(pole) => say("part-pole", &[("n", &pole.to_string())]),
        NodePart::Poles => say("part-poles", &[]),
        NodePart::Deck => say("role-deck", &[]),
        NodePart::DeckLeft => say("role-deck-left", &[]),
        NodePart::DeckRight => say("role-deck-right", &[]),
        NodePart::Decks => say("part-decks", &[]),
    }
}
