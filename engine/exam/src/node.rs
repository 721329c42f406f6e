//! Field nodes (现场节点): units that stand at an item of the ground instead of riding, and whose contacts speak to every exam there.
//!
//! The problem: a pole's or a plank's own unit knows no exam, no course and no vehicle; whose hit was it? The answer: the setup says at
//! which item a node stands and which of its parts its contacts are, once and for all, so that nothing a node says chooses where it is
//! heard. Deliberately not here: how nodes' words are joined with the vehicle's ([`crate::field`]), and what is believed of them.
use crate::manoeuvres;
use crate::{Course, Issue};
use kaoguan_course::Site;
use kaoguan_telemetry::units::{EventTime, Micros};
use kaoguan_telemetry::{Plank, PoleHit, UnitId};

/// Nodes of one course, at most: every pole of the largest ground with a unit of its own, with room.
pub const NODES_MAX: usize = 64;

/// The nodes of an exam.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Nodes {
    /// Which stand where.
    pub nodes: Vec<Node>,
    /// How far, in event time, an exam waits behind its vehicle for a node that says nothing.
    pub wait: Micros,
}

/// One node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Its unit.
    pub unit: UnitId,
    /// The site on the course.
    pub site: String,
    /// What its contacts are there.
    pub part: NodePart,
}

/// A hit at a pole by its name: the unit that told it, the instant it is dated to, and the pole's number as the unit gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    /// Whose word it is.
    pub unit: UnitId,
    /// The date of the word.
    pub at: EventTime,
    /// The unit's own number of the pole.
    pub pole: u8,
}

/// What a node's contacts are at its site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NodePart {
    /// Several poles, by the numbers that its own file gives them.
    Poles,
    /// One pole, from 1: all that it says is of this one.
    Pole(u8),
    /// The only plank, for wheels in a line.
    Deck,
    /// The plank of the left wheels.
    DeckLeft,
    /// The plank of the right wheels; its file calls its contacts front and rear.
    DeckRight,
    /// Both planks.
    Decks,
}

impl NodePart {
    /// All kinds without a number, with the name that configuration uses.
    pub const ALL: [(NodePart, &'static str); 5] = [
        (NodePart::Poles, "poles"),
        (NodePart::Deck, "deck"),
        (NodePart::DeckLeft, "deck_left"),
        (NodePart::DeckRight, "deck_right"),
        (NodePart::Decks, "decks"),
    ];

    /// Whether its contacts are poles.
    pub fn is_poles(self) -> bool {
        matches!(self, NodePart::Poles | NodePart::Pole(_))
    }

    /// The pole of the site that this is, from 1.
    pub(crate) fn pole(self, hit: &PoleHit) -> Option<u16> {
        match self {
            NodePart::Poles => Some(hit.pole.into()),
            NodePart::Pole(pole) => Some(pole.into()),
            _ => None,
        }
    }

    /// What the contacts of the site's planks say.
    pub(crate) fn plank(self, said: &Plank) -> Option<Plank> {
        let none = Plank {
            proven: said.proven,
            ..Plank::default()
        };
        match self {
            NodePart::Poles | NodePart::Pole(_) => None,
            NodePart::Deck | NodePart::DeckLeft => Some(Plank {
                front: said.front,
                rear: said.rear,
                ..none
            }),
            NodePart::DeckRight => Some(Plank {
                front_right: said.front,
                rear_right: said.rear,
                ..none
            }),
            NodePart::Decks => Some(*said),
        }
    }

    /// The roles of the planks that it has, for a site's parts.
    fn roles(self) -> &'static [&'static str] {
        match self {
            NodePart::Poles | NodePart::Pole(_) => &[],
            NodePart::Deck => &["deck"],
            NodePart::DeckLeft => &["deck_left"],
            NodePart::DeckRight => &["deck_right"],
            NodePart::Decks => &["deck_left", "deck_right"],
        }
    }
}

impl Nodes {
    /// Whether planks are nodes: then the vehicle's own box is not asked about them.
    pub(crate) fn has_planks(&self) -> bool {
        self.nodes.iter().any(|node| !node.part.is_poles())
    }

    /// Everything that does not fit: the course, the vehicle's unit, or each other. Places are `nodes.UNIT`.
    pub fn issues(&self, course: &Course, vehicle: Option<UnitId>) -> Vec<Issue> {
        let mut issues = Vec::new();
        if self.nodes.len() > NODES_MAX {
            let text = format!("{} nodes; an exam hears at most {NODES_MAX}", self.nodes.len());
            issues.push(issue("nodes", text));
        }
        for (no, node) in self.nodes.iter().enumerate() {
            let mut say = |text: String| issues.push(issue(&format!("nodes.{}", node.unit), text));
            if vehicle == Some(node.unit) {
                say("is the vehicle's own unit".into());
            }
            let others = self.nodes.iter().take(no);
            if others.clone().any(|other| other.unit == node.unit) {
                say("stands twice; one unit is one node".into());
            }
            if others.clone().any(|other| other.is_same_part(node)) {
                say(format!("is not the only node of this part of {}", node.site));
            }
            match course.sites.iter().find(|site| site.id == node.site) {
                Some(site) => node.site_issues(site).into_iter().for_each(say),
                None => say(format!("{} has no site `{}`", course.id, node.site)),
            }
        }
        issues.extend(self.unserved(course));
        issues
    }

    /// Of planks either all have nodes or none: a wheel's contact that nobody is asked for would pass in silence.
    fn unserved(&self, course: &Course) -> Vec<Issue> {
        let planks = |node: &&Node| !node.part.is_poles();
        if !self.nodes.iter().any(|node| planks(&node)) {
            return Vec::new();
        }
        let decks = course.sites.iter().flat_map(|site| {
            let own = site.parts.iter().map(move |part| (site, part.role.as_str()));
            own.filter(|(_, role)| ["deck", "deck_left", "deck_right"].contains(role))
        });
        let has_node = |site: &Site, role: &str| {
            let mut own = self.nodes.iter().filter(|node| node.site == site.id);
            own.any(|node| node.part.roles().contains(&role))
        };
        let bare = decks.filter(|(site, role)| !has_node(site, role));
        bare.map(|(site, role)| {
            issue(
                "nodes",
                format!("the {role} of {} has no node, another plank has", site.id),
            )
        })
        .collect()
    }
}

impl Node {
    fn is_same_part(&self, other: &Node) -> bool {
        let same = match (self.part, other.part) {
            (NodePart::Pole(a), NodePart::Pole(b)) => a == b,
            (a, b) => (a.is_poles() && b.is_poles()) || a.roles().iter().any(|role| b.roles().contains(role)),
        };
        self.site == other.site && same
    }

    fn site_issues(&self, site: &Site) -> Vec<String> {
        let mut out = Vec::new();
        let hears = manoeuvres::named(&site.manoeuvre).is_some_and(|entry| (entry.touched)().is_some());
        if self.part.is_poles() && !hears {
            out.push(format!("{} ({}) hears no poles", site.id, site.manoeuvre));
        }
        if let NodePart::Pole(pole) = self.part
            && !site
                .parts
                .iter()
                .any(|part| part.role.contains("pole") && part.ordinal == Some(pole.into()))
        {
            out.push(format!("{} has no pole {pole}", site.id));
        }
        let missing = self.part.roles().iter().filter(|role| site.part(role).is_none());
        out.extend(missing.map(|role| format!("{} has no {role}", site.id)));
        out
    }
}

fn issue(place: &str, text: String) -> Issue {
    Issue {
        place: place.to_owned(),
        text,
    }
}
