//! One item of the exam: a site, its manoeuvre in progress, and what is watched on it.
use crate::board::{ItemState, Unfit};
use crate::facts::switches::Switch;
use crate::facts::{SiteWatch, Watched};
use crate::ground::gauge::{Gauge, Yard};
use crate::manoeuvre::{Fact, Sheet, What};
use crate::manoeuvres;
use crate::passage::{Play, RoleNo};
use crate::poles::Poles;
use crate::scene::ScenePart;
use crate::syllabus::{LimitReader, Syllabus};
use crate::vehicle::Vehicle;
use kaoguan_course::Site;
use kaoguan_telemetry::units::EventTime;
use kaoguan_telemetry::{Gear, Signal};

/// One item.
pub struct Item {
    pub site: String,
    pub manoeuvre: &'static str,
    pub order: u16,
    pub play: Box<dyn Play>,
    pub watch: SiteWatch,
    /// The part of each watch, in the order of their numbers.
    pub parts: Vec<ScenePart>,
    pub state: ItemState,
    pub rides: u32,
    /// When the present ride of it began.
    pub began: Option<EventTime>,
    pub voids: Vec<(EventTime, Unfit)>,
    pub closed: Option<EventTime>,
    pub judges_roll_back: bool,
    pub reverses: bool,
    /// The item types under which the signal box tells of its poles.
    pub pole_hits: &'static [u8],
    /// What is known of its poles' own sensors.
    pub poles: Poles,
    /// The fault that a hit at its poles is.
    pub touched: Option<&'static str>,
    /// Poles of it, and its planks, are field nodes.
    pub has_node_poles: bool,
    pub has_node_planks: bool,
    /// One of its nodes was not heard in all of its present ride.
    pub unheard: bool,
    tows: bool,
    /// How often the site fills the roles that a map may fill more or less often.
    laid: Vec<(RoleNo, u16)>,
}

impl Item {
    /// Binds a site to its manoeuvre; `None` only for what a setup has refused already.
    pub fn bind(site: &Site, syllabus: &Syllabus, vehicle: &Vehicle) -> Option<Item> {
        let entry = manoeuvres::named(&site.manoeuvre)?;
        let (mut watched, mut parts, mut laid) = (Vec::new(), Vec::new(), Vec::new());
        for (no, role) in (entry.roles)().into_iter().enumerate() {
            let fills = site.parts.iter().filter(|part| part.role == role.name);
            if role.count.start() < role.count.end() {
                laid.push((RoleNo(no as u16), fills.clone().count() as u16));
            }
            for part in fills {
                for watch in role.watch {
                    let Some(gauge) = Gauge::bind(*watch, part, site, vehicle) else {
                        continue;
                    };
                    let ordinal = part.ordinal.unwrap_or(0);
                    watched.push(Watched::new(RoleNo(no as u16), ordinal, *watch, gauge));
                    parts.push(ScenePart {
                        site: site.id.clone(),
                        id: part.id.clone(),
                        role: part.role.clone(),
                        ordinal: part.ordinal,
                    });
                }
            }
        }
        Some(Item {
            site: site.id.clone(),
            manoeuvre: entry.name,
            order: site.order,
            play: (entry.play)(&mut LimitReader::new(syllabus, entry.name)),
            watch: SiteWatch::new(watched, Yard::of(site, vehicle)),
            parts,
            state: ItemState::Pending,
            rides: 0,
            began: None,
            voids: Vec::new(),
            closed: None,
            judges_roll_back: entry.judges_roll_back,
            reverses: entry.reverses,
            pole_hits: entry.pole_hits,
            poles: Poles::of_reach((entry.hit_reach)(&mut LimitReader::new(syllabus, entry.name))),
            touched: (entry.touched)(),
            has_node_poles: false,
            has_node_planks: false,
            unheard: false,
            tows: vehicle.trailer.is_some(),
            laid,
        })
    }

    /// Whether a roll-back now is this item's matter: while it is ridden, and on its ground while its ride does not count. Where it is
    /// driven backwards as well, it is as long as the reverse gear was not heard: nobody knows a roll-back from reversing.
    pub fn has_its_own_roll_back(&self, reverse_is_heard: bool) -> bool {
        (self.judges_roll_back || (self.reverses && !reverse_is_heard)) && self.is_here()
    }

    /// Whether it is driven backwards here and now.
    pub fn reverses_here(&self) -> bool {
        self.reverses && self.is_here()
    }

    /// It is ridden, or its ground is under a ride of it that does not count.
    fn is_here(&self) -> bool {
        match self.state {
            ItemState::Riding => true,
            ItemState::Void(_) | ItemState::Pending => self.watch.is_inside(),
            _ => false,
        }
    }

    /// The ride of it does not count; whoever comes again begins anew.
    pub fn void(&mut self, at: EventTime, why: Unfit) {
        self.state = ItemState::Void(why);
        self.voids.push((at, why));
        self.play.restart();
    }

    /// Hears a fact: it may begin the item, concern it, or end it. Whoever has begun hears next what lies on the site and what the switches
    /// and the contacts say: a lamp that was lit before the entry line is lit behind it.
    pub fn hear(&mut self, fact: Fact<RoleNo>, switches: &[Switch], gear: Option<Gear>, sheet: &mut Sheet) {
        let waits = matches!(self.state, ItemState::Pending | ItemState::Void(_));
        let begins = waits && self.play.begins(fact.what);
        if begins {
            self.state = ItemState::Riding;
            self.rides += 1;
            self.began = Some(fact.at);
            self.unheard = false;
            self.watch.begin();
            self.play.observe(fact, sheet);
            for (role, count) in &self.laid {
                self.play.observe(Fact::new(fact.at, What::Laid(*role, *count)), sheet);
            }
            if self.tows {
                self.play.observe(Fact::new(fact.at, What::Towing), sheet);
            }
            if let Some(gear) = gear {
                self.play.observe(Fact::new(fact.at, What::Gear(gear)), sheet);
            }
            for ((signal, _), on) in Signal::ALL.into_iter().zip(switches.iter().map(Switch::told)) {
                if let Some(on) = on {
                    self.play.observe(Fact::new(fact.at, What::Signal(signal, on)), sheet);
                }
            }
            let play = &mut self.play;
            self.watch.contacts_told(fact.at, &mut |fact| play.observe(fact, sheet));
        }
        if self.state != ItemState::Riding || begins || self.was_before_it(fact) {
            return;
        }
        if self.play.ends(fact) {
            let mut open = Vec::new();
            self.watch.finish(&mut |fact| open.push(fact));
            open.into_iter().for_each(|fact| self.play.observe(fact, sheet));
        }
        self.play.observe(fact, sheet);
        if self.play.is_done() {
            self.state = ItemState::Settling;
            self.closed = Some(fact.at);
        }
    }

    /// An excursion that is told behind the entry line and was before it.
    fn was_before_it(&self, fact: Fact<RoleNo>) -> bool {
        matches!(fact.what, What::Beyond(..)) && self.began.is_some_and(|began| fact.at < began)
    }
}

/// A rule that holds everywhere on the course.
pub struct General {
    pub name: &'static str,
    pub play: Box<dyn Play>,
}

impl General {
    /// By its name; `None` only for what a setup has refused already.
    pub fn bind(name: &str, syllabus: &Syllabus) -> Option<General> {
        let entry = manoeuvres::named(name)?;
        Some(General {
            name: entry.name,
            play: (entry.play)(&mut LimitReader::new(syllabus, entry.name)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load_course;
    use crate::manoeuvre::Wheel;
    use kaoguan_telemetry::units::Micros;

    /// Both beams were lit before the entry line and stay so: the tunnel's begin line finds them lit.
    #[test]
    fn what_was_lit_before_the_entry_is_lit_behind_it() {
        let course = load_course(include_str!("../../../course-maps/village-square/course.geojson")).unwrap();
        let syllabus = Syllabus::parse(include_str!("../../syllabi/ga1026-2022.toml")).unwrap();
        let vehicle = Vehicle::parse(include_str!("../../vehicles/e-hj110.toml")).unwrap();
        let entry = manoeuvres::named("tunnel").unwrap();
        let role = |name: &str| RoleNo((entry.roles)().iter().position(|role| role.name == name).unwrap() as u16);
        let mut charged = Vec::new();
        for lit in [true, false] {
            let mut item = Item::bind(&course.sites[0], &syllabus, &vehicle).unwrap();
            item.play = (entry.play)(&mut LimitReader::new(&syllabus, "tunnel"));
            let mut switches: Vec<Switch> = vec![Switch::default(); Signal::ALL.len()];
            for signal in [Signal::DippedBeam, Signal::MainBeam] {
                let told = (0..2).filter_map(|at| switches[signal as usize].push(EventTime(at), lit, Micros(0)));
                assert_eq!(told.count(), 1);
            }
            let mut sheet = Sheet::default();
            for (at, line) in [(1, "entry_line"), (5, "zone_begin")] {
                let what = What::Crossed(role(line), Wheel::Front);
                item.hear(Fact::new(EventTime(at * 1_000_000), what), &switches, None, &mut sheet);
            }
            let due = item.play.deadline().unwrap();
            item.play.observe(Fact::new(due, What::Deadline), &mut sheet);
            charged.push(sheet.0.iter().any(|note| note.fault == "no_headlamps"));
        }
        assert_eq!(charged, [false, true]);
    }
}
