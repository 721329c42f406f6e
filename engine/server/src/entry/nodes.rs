//! The written form of [`Nodes`], which belong to a crate that knows no encoding.
use kaoguan_exam::{Node, NodePart, Nodes};
use kaoguan_telemetry::UnitId;
use kaoguan_telemetry::units::Micros;
use minicbor::{Decode, Encode};

/// The field nodes of an opening.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct NodesDoc {
    /// [`Nodes::wait`].
    #[n(0)]
    wait_us: i64,
    /// [`Nodes::nodes`].
    #[n(1)]
    nodes: Vec<NodeDoc>,
}

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
struct NodeDoc {
    #[n(0)]
    unit: UnitId,
    #[n(1)]
    site: String,
    #[n(2)]
    part: PartDoc,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
enum PartDoc {
    #[n(0)]
    Poles,
    #[n(1)]
    Pole(#[n(0)] u8),
    #[n(2)]
    Deck,
    #[n(3)]
    DeckLeft,
    #[n(4)]
    DeckRight,
    #[n(5)]
    Decks,
}

impl NodesDoc {
    /// `None` of none: an opening without nodes has the bytes that it had before there were any.
    pub fn of(nodes: &Nodes) -> Option<NodesDoc> {
        let doc = |node: &Node| NodeDoc {
            unit: node.unit,
            site: node.site.clone(),
            part: match node.part {
                NodePart::Poles => PartDoc::Poles,
                NodePart::Pole(pole) => PartDoc::Pole(pole),
                NodePart::Deck => PartDoc::Deck,
                NodePart::DeckLeft => PartDoc::DeckLeft,
                NodePart::DeckRight => PartDoc::DeckRight,
                NodePart::Decks => PartDoc::Decks,
            },
        };
        let doc = NodesDoc {
            wait_us: nodes.wait.0,
            nodes: nodes.nodes.iter().map(doc).collect(),
        };
        (!doc.nodes.is_empty()).then_some(doc)
    }

    /// As the exam is told of them.
    pub fn nodes(&self) -> Nodes {
        let node = |doc: &NodeDoc| Node {
            unit: doc.unit,
            site: doc.site.clone(),
            part: match doc.part {
                PartDoc::Poles => NodePart::Poles,
                PartDoc::Pole(pole) => NodePart::Pole(pole),
                PartDoc::Deck => NodePart::Deck,
                PartDoc::DeckLeft => NodePart::DeckLeft,
                PartDoc::DeckRight => NodePart::DeckRight,
                PartDoc::Decks => NodePart::Decks,
            },
        };
        Nodes {
            wait: Micros(self.wait_us),
            nodes: self.nodes.iter().map(node).collect(),
        }
    }

    /// Whether this unit is one of them.
    pub fn has(&self, unit: UnitId) -> bool {
        self.nodes.iter().any(|node| node.unit == unit)
    }

    /// Each with its site and part, for people.
    pub fn said(&self) -> Vec<(String, String)> {
        let part = |part: NodePart| match part {
            NodePart::Pole(pole) => format!("pole {pole}"),
            other => NodePart::ALL
                .iter()
                .find(|(have, _)| *have == other)
                .map_or("", |(_, name)| name)
                .to_owned(),
        };
        let nodes = self.nodes().nodes.into_iter();
        nodes
            .map(|node| (node.unit.to_string(), format!("{} {}", node.site, part(node.part))))
            .collect()
    }
}
