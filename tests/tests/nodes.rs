//! Field nodes: a pole or a plank that is a unit of its own, heard by the exam that rides there.
//!
//! Proves: what a node feels is charged where the vehicle was all the time in which that may have been, with its evidence; whatever
//! happens to the node's words (silence, delay, repetition, another order, a restart, a bad clock, another item), nobody is charged for
//! it and nothing passes unasked.
use kaoguan_exam::finding::Why;
use kaoguan_exam::{Exam, NodePart, Verdict};
use kaoguan_telemetry::{Port, Reading, Silent};
use kaoguan_tests::field::*;
use kaoguan_tests::hand::{self, Path, Rig};

const TOUCHED: &str = "pole_course.pole_touched";

/// Metres a second: whoever is as fast as 1.3 is within 2 u of a pole for less than two frames.
const SLOW: f64 = 0.4;

/// To the poles and past the first of them, at less than two centimetres.
fn near() -> Path {
    let mut path = Path::at(-14.0, -14.0, 0.0)
        .stand(3.0)
        .go(1.0, 1.3)
        .to(0.0, 0.0, 90.0, 1.3)
        .weave(23.8, SLOW)
        .stand(4.0);
    path.rows.iter_mut().for_each(|row| row.1 -= 0.065);
    path
}

/// When its outline is nearest to the first pole, which is no more than 2 u away then.
fn when(path: &Path) -> f64 {
    let rig = Rig::new();
    let course = &rig.exam.setup().parts().course;
    let parts = course.sites.iter().flat_map(|site| &site.parts);
    let mut poles = parts.filter(|part| part.role == "pole" && part.ordinal == Some(1));
    let pole = poles.next().expect("a first pole").points()[0];
    // What is nearest to it is so far ahead of the rear contact.
    let away = |(e, n, way): &(f64, f64, f64)| {
        let (ahead, way) = (1.40, way.to_radians());
        (e + ahead * way.sin() - pole.e).hypot(n + ahead * way.cos() - pole.n)
    };
    let rows = path.rows.iter().enumerate();
    let nearest = rows.min_by(|a, b| away(a.1).total_cmp(&away(b.1)));
    nearest.expect("rows").0 as f64 * 0.01
}

fn poles() -> kaoguan_exam::Nodes {
    nodes(&[("poles", "poles", NodePart::Poles)])
}

fn charged(exam: &Exam) -> Vec<&str> {
    exam.findings().iter().map(|finding| finding.rule.as_str()).collect()
}

/// How often a rule is asked for this reason. By its position alone this vehicle may have touched the pole: that is always asked.
fn asked_for(exam: &Exam, rule: &str, why: Why) -> usize {
    let own = exam.questions().iter().filter(|question| question.rule == rule);
    own.filter(|question| question.why == why).count()
}

fn unheard(exam: &Exam, rule: &str) -> usize {
    asked_for(exam, rule, Why::NoSensor)
}

/// The vehicle on a path, and the node's words.
fn ride(path: &Path, node: Vec<Said>) -> Exam {
    let mut exam = exam(poles());
    deliver(&mut exam, [vehicle(path, true), node].concat());
    exam
}

#[test]
fn a_hit_beside_the_vehicle_is_charged_with_its_evidence() {
    let path = near();
    let (at, end) = (when(&path), path.now() + 1.0);
    let quiet = ride(&path, Speaker::new("poles").poles(0.0, end, &[]));
    assert_eq!(charged(&quiet), [""; 0], "what is seen of it proves nothing");
    let exam = ride(&path, Speaker::new("poles").poles(0.0, end, &[(at, 1)]));
    assert_eq!(charged(&exam), [TOUCHED]);
    let finding = &exam.findings()[0];
    assert!(finding.settled && finding.site.as_deref() == Some("poles"));
    let off = finding.at.0 - hand::T0 - (at * 1e6) as i64;
    assert!((0..=20_000).contains(&off), "dated by the frame: {off} us");
    let scene = finding.scene.as_ref().expect("a picture of it");
    assert_eq!(scene.part.as_ref().map(|part| part.id.as_str()), Some("poles-pole-1"));
    assert!(matches!(exam.verdict(), Verdict::Fail { .. }));
}

/// The same hit, dated no better than to half a second: nobody knows whether the vehicle was there.
#[test]
fn a_hit_that_is_dated_badly_is_asked() {
    let path = near();
    let (at, end) = (when(&path), path.now() + 1.0);
    for (u, is_charged) in [(5_000, true), (480_000, false), (700_000, false)] {
        let node = Speaker {
            u,
            ..Speaker::new("poles")
        };
        let exam = ride(&path, node.poles(0.0, end, &[(at, 1)]));
        assert_eq!(!charged(&exam).is_empty(), is_charged, "{u}");
        // Worse than the field believes any date: not heard.
        assert_eq!(unheard(&exam, TOUCHED), usize::from(u > 500_000), "{u}");
        assert_eq!(asked_for(&exam, TOUCHED, Why::Doubtful), 1, "{u}");
    }
}

/// A clock that is wrong by as much as it says cannot charge who was elsewhere: the hit was made by whoever came two seconds later.
#[test]
fn a_clock_within_its_own_bound_charges_nobody_else() {
    let path = near();
    let (at, end) = (when(&path), path.now() + 1.0);
    let node = Speaker {
        u: 400_000,
        error: -400_000,
        ..Speaker::new("poles")
    };
    let exam = ride(&path, node.poles(0.0, end, &[(at + 0.4, 1)]));
    assert_eq!(charged(&exam), [""; 0]);
    assert_eq!(asked_for(&exam, TOUCHED, Why::Doubtful), 1);
}

/// Nothing is lost by a slow network within the wait, by repeats, or by another order; nor by a kill before the item.
#[test]
fn how_a_word_is_delivered_changes_nothing() {
    let path = near();
    let (at, end) = (when(&path), path.now() + 1.0);
    let honest = Speaker::new("poles").poles(0.0, end, &[(at, 1)]);
    let text = |exam: &Exam| format!("{:?} {:?} {:?}", exam.findings(), exam.questions(), exam.verdict());
    let whole = text(&ride(&path, honest.clone()));
    let slow = Speaker {
        late: 8_000_000,
        ..Speaker::new("poles")
    };
    let twice = honest.iter().flat_map(|said| [*said, *said]).collect();
    let mut mixed = honest.clone();
    mixed.chunks_mut(40).for_each(|chunk| {
        let last = chunk.iter().map(|said| said.delivered).max().unwrap_or(0);
        chunk.reverse();
        chunk.iter_mut().for_each(|said| said.delivered = last);
    });
    let again = Speaker {
        boot: 2,
        ..Speaker::new("poles")
    };
    let killed = [
        Speaker::new("poles").poles(0.0, 2.0, &[]),
        again.poles(2.2, end, &[(at, 1)]),
    ]
    .concat();
    let first: Vec<Said> = honest.iter().map(|said| Said { delivered: 0, ..*said }).collect();
    let slow = slow.poles(0.0, end, &[(at, 1)]);
    for (name, node) in [
        ("slow", slow),
        ("twice", twice),
        ("mixed", mixed),
        ("killed", killed),
        ("first", first),
    ] {
        assert_eq!(text(&ride(&path, node)), whole, "{name}");
    }
}

/// Silent from the start, dead in the item, unplugged in it, restarted in it, a minute late, without a clock: a question, no charge.
#[test]
fn a_node_that_is_not_heard_is_asked_about() {
    let path = near();
    let (at, end) = (when(&path), path.now() + 1.0);
    let node = || Speaker::new("poles");
    let dead: Vec<Said> = node().poles(0.0, at - 1.0, &[]);
    let mut unplugged = node().poles(0.0, end, &[]);
    for said in unplugged
        .iter_mut()
        .filter(|said| said.delivered / 20_000 == (at * 50.0) as i64)
    {
        said.sample.reading = Reading::Silent(Silent::Unplugged);
    }
    let again = Speaker { boot: 2, ..node() };
    let killed = [node().poles(0.0, at - 1.0, &[]), again.poles(at - 0.8, end, &[])].concat();
    let late = Speaker {
        late: 60_000_000,
        ..node()
    };
    let mut hole = node().poles(0.0, end, &[(at, 1)]);
    hole.retain(|said| !matches!(said.sample.reading, Reading::PoleHit(_)));
    let mut clockless = node().poles(0.0, end, &[(at, 1)]);
    for said in &mut clockless {
        said.sample.at = kaoguan_telemetry::Stamp::Uptime(kaoguan_telemetry::units::Uptime(said.delivered));
    }
    let mut unproven = node().poles(0.0, end, &[(at, 1)]);
    for said in &mut unproven {
        match &mut said.sample.reading {
            Reading::Signals(signals) => signals.proven = false,
            Reading::PoleHit(hit) => hit.proven = false,
            _ => {}
        }
    }
    let cases = [
        ("silent", Vec::new()),
        ("dead", dead),
        ("unplugged", unplugged),
        ("killed", killed),
        ("late", late.poles(0.0, end, &[(at, 1)])),
        ("a word is missing", hole),
        ("clockless", clockless),
        ("unproven", unproven),
    ];
    for (name, node) in cases {
        let exam = ride(&path, node);
        assert_eq!(charged(&exam), [""; 0], "{name}");
        assert_eq!(unheard(&exam, TOUCHED), 1, "{name}");
    }
}

/// The exam of a dead node waits as long as is declared, and then goes on with its vehicle; one that dies later is waited for anew.
#[test]
fn a_dead_node_stalls_nobody() {
    let path = hand::plank(hand::hill(hand::poles()));
    let (dies, end) = (30.0, path.now());
    let mut exam = exam(poles());
    let mut all = [vehicle(&path, true), Speaker::new("poles").poles(0.0, dies, &[])].concat();
    all.sort_by_key(|said| said.delivered);
    let mut behind = Vec::new();
    for said in all {
        exam.accept_of(said.unit, said.boot, &said.sample);
        let at = exam.board().at.map_or(0, |at| at.0 - hand::T0);
        behind.push((said.delivered as f64 * 1e-6, (said.delivered - at) as f64 * 1e-6));
    }
    let worst = |from: f64, to: f64| {
        let own = behind.iter().filter(|(at, _)| (from..to).contains(at));
        own.map(|(_, behind)| *behind).fold(0.0, f64::max)
    };
    let wait = WAIT.0 as f64 * 1e-6;
    assert!(worst(3.0, dies) < 1.0, "as late as the node: {}", worst(3.0, dies));
    assert!((wait..wait + 1.0).contains(&worst(dies, dies + wait + 1.0)));
    let after = worst(dies + wait + 1.0, end);
    assert!(after < 0.5, "and then it waits no more: {after}");
    assert_eq!(
        (charged(&exam).len(), unheard(&exam, TOUCHED)),
        (0, 0),
        "it died behind the poles"
    );
    let mut stopped = kaoguan_tests::field::exam(poles());
    for said in vehicle(&path, true).iter().filter(|said| said.delivered < 5_000_000) {
        stopped.accept_of(said.unit, said.boot, &said.sample);
    }
    assert_eq!(stopped.board().at, None, "it waits for the first word");
    let from = kaoguan_telemetry::units::EventTime(0);
    stopped.act(&kaoguan_exam::Act::SourceLost { from });
    assert!(stopped.board().at.is_some(), "whose vehicle is lost waits for nobody");
}

/// Another vehicle, a person or the wind: hits while the candidate is elsewhere charge nobody, nor does the word of a unit that the setup
/// does not name, or names elsewhere.
#[test]
fn hits_of_others_charge_nobody() {
    let path = near();
    let (at, end) = (when(&path), path.now() + 1.0);
    for elsewhere in [1.0, 5.0, at + 6.0] {
        let exam = ride(&path, Speaker::new("poles").poles(0.0, end, &[(elsewhere, 1)]));
        assert_eq!(charged(&exam), [""; 0], "{elsewhere}");
    }
    // At the fifth pole, while he is at the first.
    let exam = ride(&path, Speaker::new("poles").poles(0.0, end, &[(at, 5)]));
    assert_eq!(charged(&exam), [""; 0]);
    let quiet = Speaker::new("poles").poles(0.0, end, &[]);
    let stranger = Speaker::new("stranger").poles(0.0, end, &[(at, 1)]);
    let exam = ride(&path, [quiet.clone(), stranger].concat());
    assert_eq!((charged(&exam).len(), unheard(&exam, TOUCHED)), (0, 0));
    // What a plank's unit says of poles is nobody's.
    let mut both = kaoguan_tests::field::exam(nodes(&[
        ("poles", "poles", NodePart::Poles),
        ("plank", "plank", NodePart::Deck),
    ]));
    let plank = Speaker::new("plank").poles(0.0, end, &[(at, 1)]);
    deliver(&mut both, [vehicle(&path, false), quiet, plank].concat());
    assert_eq!((charged(&both).len(), unheard(&both, TOUCHED)), (0, 0));
}

/// One node, two exams: whoever is there is charged, the other one neither charged nor asked.
#[test]
fn two_exams_share_a_node() {
    let path = near();
    let (at, end) = (when(&path), path.now() + 1.0);
    let node = Speaker::new("poles").poles(0.0, end + 60.0, &[(at, 1)]);
    let there = ride(&path, node.clone());
    assert_eq!(charged(&there), [TOUCHED]);
    // He waits meanwhile, and rides clean after that.
    let path = Path::at(-14.0, -14.0, 0.0).stand(end + 3.0);
    let path = path.go(1.0, 1.3).to(0.0, 0.0, 90.0, 1.3).weave(23.8, 1.3).stand(4.0);
    let other = ride(&path, node);
    let all = [Why::Doubtful, Why::NoSensor].map(|why| asked_for(&other, TOUCHED, why));
    assert_eq!((charged(&other).len(), all), (0, [0, 0]));
}

/// Each pole may have a unit of its own: the setup says which pole it is.
#[test]
fn a_unit_a_pole() {
    let path = near();
    let (at, end) = (when(&path), path.now() + 1.0);
    for (pole, is_charged) in [(1, true), (5, false)] {
        let mut exam = exam(nodes(&[("poles", "poles", NodePart::Pole(pole))]));
        let node = Speaker::new("poles").poles(0.0, end, &[(at, 9)]);
        deliver(&mut exam, [vehicle(&path, true), node].concat());
        assert_eq!(!charged(&exam).is_empty(), is_charged, "{pole}");
    }
}

fn over_the_plank(node: impl Fn(&Path) -> Vec<Said>) -> Exam {
    let path = hand::plank(hand::hill(hand::poles()));
    let mut exam = exam(nodes(&[("plank", "plank", NodePart::Deck)]));
    let said = node(&path);
    deliver(&mut exam, [vehicle(&path, false), said].concat());
    exam
}

/// What is asked of the plank; the ride by hand is asked about at the poles.
fn of_the_plank(exam: &Exam) -> Vec<&str> {
    let all = exam.questions().iter().map(|question| question.rule.as_str());
    all.filter(|rule| rule.starts_with("plank_bridge")).collect()
}

/// When the rear wheel of that ride is in the middle of the plank.
fn on_the_plank(path: &Path) -> f64 {
    let honest = Rig::new().honest(path);
    let on = honest.iter().filter_map(|(t, _, reading)| match reading {
        Reading::Plank(plank) if plank.rear == Some(true) => Some(*t),
        _ => None,
    });
    let all: Vec<f64> = on.collect();
    all[all.len() / 2]
}

/// Who is heard by a plank's own unit to be on it all the way is asked nothing; what else it says charges nobody, and a person is asked.
#[test]
fn a_plank_is_a_unit_of_its_own() {
    let clean = over_the_plank(|path| Speaker::new("plank").plank(path, |_, plank| plank));
    assert_eq!((charged(&clean), of_the_plank(&clean)), (vec![], vec![]));
    // The rear wheel a metre inside the deck's ends; and nearer to where it went on.
    let dropped = |speaker: Speaker, before: f64| {
        over_the_plank(move |path| {
            let at = on_the_plank(path) - before;
            speaker.plank(path, |t, mut plank| {
                if (at..at + 0.5).contains(&t) {
                    plank.rear = Some(false);
                }
                plank
            })
        })
    };
    for before in [0.0, 0.3] {
        let exam = dropped(Speaker::new("plank"), before);
        assert_eq!(charged(&exam), [""; 0], "{before}");
        assert_eq!(of_the_plank(&exam), ["plank_bridge.wheel_dropped"], "{before}");
    }
    let bad = Speaker {
        u: 450_000,
        ..Speaker::new("plank")
    };
    let exam = dropped(bad, 0.3);
    assert_eq!(charged(&exam), [""; 0], "who knows where the wheel was");
    assert!(of_the_plank(&exam).contains(&"plank_bridge.wheel_dropped"));
}

/// What is not heard of a plank is asked, and not charged; the vehicle's own box is not asked about a plank that has a unit.
#[test]
fn a_plank_that_is_not_heard_is_asked_about() {
    let rules = ["plank_bridge.wheel_dropped", "plank_bridge.wheel_missed"];
    let silent = over_the_plank(|_| Vec::new());
    let dead = over_the_plank(|path| {
        let at = on_the_plank(path);
        let mut all = Speaker::new("plank").plank(path, |_, plank| plank);
        all.retain(|said| said.delivered < (at * 1e6) as i64);
        all
    });
    let unwired = over_the_plank(|path| {
        Speaker::new("plank").plank(path, |_, mut plank| {
            plank.front = None;
            plank
        })
    });
    for (name, exam) in [("silent", silent), ("dead", dead), ("unwired", unwired)] {
        assert_eq!(charged(&exam), [""; 0], "{name}");
        for rule in rules {
            assert_eq!(unheard(&exam, rule), 1, "{name}");
        }
    }
    let path = hand::plank(hand::hill(hand::poles()));
    let mut exam = exam(nodes(&[("plank", "plank", NodePart::Deck)]));
    let node = Speaker::new("plank").plank(&path, |_, plank| plank);
    let mut own = vehicle(&path, true);
    for said in own.iter_mut().filter(|said| said.sample.port == Port::Signals) {
        if let Reading::Plank(plank) = &mut said.sample.reading {
            (plank.front, plank.rear) = (Some(false), Some(false));
        }
    }
    deliver(&mut exam, [own, node].concat());
    assert_eq!((charged(&exam), of_the_plank(&exam)), (vec![], vec![]));
}

/// Every node must stand somewhere, and be the only one there.
#[test]
fn a_setup_refuses_nodes_that_stand_nowhere() {
    let village = kaoguan_tests::river::Texts::village().setup();
    let issues = |all: &[(&str, &str, NodePart)]| {
        let course = &village.parts().course;
        let issues = nodes(all).issues(course, Some(unit("moto-1")));
        issues.iter().map(|issue| issue.text.clone()).collect::<Vec<_>>()
    };
    let bad: [&[(&str, &str, NodePart)]; 8] = [
        &[("moto-1", "poles", NodePart::Poles)],
        &[("a", "nowhere", NodePart::Poles)],
        &[("a", "hill", NodePart::Poles)],
        &[("a", "poles", NodePart::Pole(6))],
        &[("a", "poles", NodePart::Deck)],
        &[("a", "plank", NodePart::DeckLeft)],
        &[("a", "poles", NodePart::Pole(1)), ("b", "poles", NodePart::Poles)],
        &[("a", "poles", NodePart::Pole(1)), ("a", "poles", NodePart::Pole(2))],
    ];
    for all in bad {
        assert!(!issues(all).is_empty(), "{all:?}");
    }
    let good = [
        ("a", "poles", NodePart::Pole(1)),
        ("b", "poles", NodePart::Pole(5)),
        ("c", "plank", NodePart::Deck),
    ];
    assert_eq!(issues(&good), [""; 0]);
}
