//! `[nodes]`: which field nodes (现场节点) stand where.
//!
//! A key is a unit's id; its table names the item of the course (a site's id) and what the unit's contacts are there. Whether the course
//! has such an item and such a part is looked at with the other documents. Deliberately not here: the node's own wiring (its unit's file).
use kaoguan_exam::{Node, NodePart, Nodes};
use kaoguan_telemetry::UnitId;
use kaoguan_telemetry::units::Micros;
use kaoguan_unit::settings::{Faults, Section};

/// How far an exam waits behind its vehicle for a node, where the file says nothing: a village's network has holes of seconds, and whoever
/// watches the exam sees it so much later while a node is away.
pub const WAIT: &str = "10 s";
/// The least and the most of it: a node's batch takes a second at worst, and a minute of the fastest vehicle is what an exam holds.
pub const WAITS: std::ops::RangeInclusive<i64> = 1_000_000..=60_000_000;

/// Every node, faults noted.
pub fn nodes(section: Option<Section>, wait: Micros, faults: &mut Faults) -> Nodes {
    let mut nodes = Nodes {
        wait,
        ..Nodes::default()
    };
    let entries = section.iter().flat_map(Section::entries);
    for (name, value) in entries {
        let key = format!("nodes.{name}");
        let unit = UnitId::new(name);
        if unit.is_none() {
            let text = "a unit's id is 1 to 16 characters of a-z 0-9 -";
            faults.add(Some(value.span()), &key, text);
        }
        let read = node(Section::of(value, key, faults), faults);
        let node = unit.zip(read).map(|(unit, (site, part))| Node { unit, site, part });
        nodes.nodes.extend(node);
    }
    nodes
}

fn node(mut section: Section, faults: &mut Faults) -> Option<(String, NodePart)> {
    let site = section.text("item", faults);
    let one = section.has("pole").then(|| section.index("pole", 127, faults));
    let part = match one {
        Some(pole) => {
            if pole == Some(0) {
                section.fault("pole", "counts from 1", faults);
            }
            pole.and_then(|pole| u8::try_from(pole).ok()).map(NodePart::Pole)
        }
        None => section.choice("part", &NodePart::ALL, faults),
    };
    section.finish(faults);
    Some((site?.to_owned(), part?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Fault, SiteConfig};
    use std::path::Path;

    fn site(more: &str) -> Result<SiteConfig, Vec<String>> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let example = include_str!("../../site.example.toml").replace("../../course-maps", "course-maps");
        let text = example.replace("\"../", "\"engine/") + more;
        let faulty = |faulty: crate::config::Faulty| faulty.faults.iter().map(Fault::to_string).collect();
        SiteConfig::parse(&text, "site.toml", &folder).map_err(faulty)
    }

    #[test]
    fn nodes_are_read_with_their_places() {
        assert_eq!(site("").map(|site| site.documents.nodes.nodes.len()), Ok(0));
        let config =
            site("[nodes]\npole-3 = { item = \"poles\", pole = 3 }\nplank = { item = \"plank\", part = \"deck\" }");
        let nodes = config.expect("good").documents.nodes;
        let read: Vec<_> = nodes
            .nodes
            .iter()
            .map(|node| (node.unit.to_string(), node.site.as_str(), node.part))
            .collect();
        assert_eq!(
            read,
            [
                ("plank".into(), "plank", NodePart::Deck),
                ("pole-3".into(), "poles", NodePart::Pole(3)),
            ]
        );
        assert_eq!(nodes.wait, Micros::from_secs(10));
    }

    /// All at once; a place that the course does not have is told like every other fault of the documents.
    #[test]
    fn every_fault_of_the_nodes_is_told() {
        let bad = "[nodes]\nA = { item = \"poles\", part = \"poles\" }\nb = { item = \"poles\", part = \"wall\" }\nc = { part = \"deck\" }\nd = { item = \"poles\", pole = 0 }\n";
        let faults = site(bad).expect_err("faults");
        for key in [
            "nodes.A: a unit's id",
            "nodes.b.part: must be one of",
            "nodes.c.item: is missing",
            "nodes.d.pole: counts",
        ] {
            assert!(faults.iter().any(|fault| fault.contains(key)), "{key}: {faults:?}");
        }
        let elsewhere = site("[nodes]\na = { item = \"hill\", pole = 1 }\n").expect_err("faults");
        assert!(
            elsewhere[0].contains("nodes.a: hill (hill_start) hears no poles"),
            "{elsewhere:?}"
        );
    }
}
