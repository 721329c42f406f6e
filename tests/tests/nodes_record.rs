//! A ride with a pole and a plank that are units, through journal, record and re-scoring.
//!
//! Proves: the record holds the nodes' stretch too and is judged again to the same bytes; other units' batches are not in it; who changes
//! a node's word is found out; and an opening without nodes has the bytes that it always had.
use kaoguan_exam::NodePart;
use kaoguan_server::canon::canon;
use kaoguan_server::entry::{Entry, Kind, NodesDoc, Open};
use kaoguan_server::journal::Journal;
use kaoguan_server::keys::SiteKey;
use kaoguan_server::record::{self, Item};
use kaoguan_server::score::{score_record, verify_record};
use kaoguan_tests::field::*;
use kaoguan_tests::hand;
use kaoguan_tests::river::Texts;
use std::collections::BTreeMap;

fn opening() -> Open {
    let texts = Texts::village();
    let nodes = nodes(&[("poles", "poles", NodePart::Poles), ("plank", "plank", NodePart::Deck)]);
    Open {
        exam: "test".into(),
        candidate: "token".into(),
        attempt: 1,
        class: "E".into(),
        unit: unit("moto-1"),
        course: texts.course,
        syllabus: texts.syllabus,
        vehicle: texts.vehicle,
        opened_by: "scripted".into(),
        from_utc_us: None,
        nodes: NodesDoc::of(&nodes),
    }
}

#[test]
fn a_ride_with_nodes_is_judged_the_same_everywhere() {
    let path = hand::plank(hand::hill(hand::poles()));
    let end = path.now() + 1.0;
    let poles = Speaker::new("poles").poles(0.0, end, &[(2.0, 4)]);
    let plank = Speaker::new("plank").plank(&path, |t, mut plank| {
        plank.front = plank.front.filter(|_| !(60.0..61.0).contains(&t));
        plank
    });
    let stranger = Speaker::new("stranger").poles(0.0, end, &[]);
    let all = [vehicle(&path, false), poles, plank].concat();
    let mut exam = exam(opening().nodes.expect("nodes").nodes());
    deliver(&mut exam, all.clone());
    let live = canon(&opening(), &exam);

    let dir = tempfile::tempdir().expect("a folder");
    let (mut journal, _) = Journal::open(&dir.path().join("journal")).expect("opens");
    let mut kinds = vec![Kind::Open(Box::new(opening()))];
    let sent = batches([all, stranger].concat()).into_iter();
    kinds.extend(sent.map(|(unit, bytes)| Kind::batch(unit, bytes)));
    kinds.push(Kind::close("test", "verdict"));
    for kind in kinds {
        journal.append(kind, 0).expect("appends");
    }
    journal.sync().expect("syncs");
    let path = dir.path().join("test.mcap");
    let sealed = record::seal(&journal, 0, &SiteKey::from_seed(&[7; 32]), &path).expect("seals");
    assert_eq!(sealed.canon, live);
    let mut record = record::read(&path).expect("reads");
    let verified = verify_record(&record, None);
    assert!(verified.ok(), "{:?}", verified.steps);
    let scored = score_record(&record, None).expect("scores");
    assert!(scored.same && scored.digest == sealed.digest);
    assert_eq!(record.value("kaoguan.nodes/poles"), "poles poles");
    assert_eq!(record.value("kaoguan.nodes/plank"), "plank deck");
    let mut units: BTreeMap<String, usize> = BTreeMap::new();
    for entry in record.stretch.entries() {
        if let Kind::Batch(batch) = &entry.kind {
            *units.entry(batch.unit.to_string()).or_default() += 1;
        }
    }
    assert_eq!(units.keys().collect::<Vec<_>>(), ["moto-1", "plank", "poles"]);
    assert!(units.values().all(|count| *count > 100), "{units:?}");
    // A node's last batch is gone.
    let is_of_pole = |item: &Item| matches!(item, Item::Own { entry, .. } if matches!(&entry.kind, Kind::Batch(batch) if batch.unit == unit("poles")));
    let last = record.stretch.items.iter().rposition(is_of_pole).expect("one");
    record.stretch.items.remove(last);
    assert!(!verify_record(&record, None).ok());
}

/// An array of ten, as it was frozen before there were nodes; and one of eleven.
#[test]
fn an_opening_without_nodes_has_the_bytes_that_it_had() {
    let entry = |nodes| Entry {
        no: 1,
        arrived_utc_us: 0,
        kind: Kind::Open(Box::new(Open {
            from_utc_us: Some(5),
            nodes,
            ..opening()
        })),
    };
    let bytes = entry(None).encode();
    // [1, 1, 0, [1, [[...
    assert_eq!(bytes[..7], [0x84, 1, 1, 0, 0x82, 1, 0x81]);
    assert_eq!((bytes[7], bytes.last()), (0x8a, Some(&5)));
    assert_eq!(Entry::decode(&bytes), Ok(entry(None)));
    let with = entry(opening().nodes);
    assert_eq!(with.encode()[7], 0x8b);
    assert_eq!(Entry::decode(&with.encode()), Ok(with));
}
