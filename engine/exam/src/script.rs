//! Facts in, faults out, as a little table of text that a lawyer can read. Tests only.
//!
//! ```text
//! 4.0 measured pole_line 720 u 12   -> axle_far_from_line 720 u 12
//! ```
//! Times in seconds, distances in millimetres, durations in milliseconds, speeds in metres per hour. `!fault` behind the
//! arrow: here it is only just not spoken. What each case writes can be told to a file, from which the matrix of rules is made (`tests/src/matrix`).
use crate::finding::Bound;
use crate::manoeuvre::speed::{Pace, Speed};
use crate::manoeuvre::{Distance, Fact, Fault, Manoeuvre, Note, Sheet, Way, Weighed, What, Wheel};
use kaoguan_telemetry::units::{EventTime, Micros, TenthMillimetres};
use kaoguan_telemetry::{Gear, Signal};
use std::io::Write;

/// Names the file to which cases are told.
const TOLD_TO: &str = "KAOGUAN_CASES";

/// Runs a script and compares what the manoeuvre wrote with what stands behind the arrows.
pub fn check<M: Manoeuvre>(limits: M::Limits, script: &str) {
    let (mut state, mut rows, mut expected) = (M::BEGIN, Vec::new(), Vec::new());
    for line in script.lines().map(str::trim).filter(|l| !l.is_empty()) {
        let (left, right) = line.split_once("->").unwrap_or((line, ""));
        let (spared, written): (Vec<&str>, Vec<&str>) = right
            .split(',')
            .map(str::trim)
            .filter(|fault| !fault.is_empty())
            .partition(|fault| fault.starts_with('!'));
        expected.push((left.trim().to_owned(), written.join(", ")));
        let mut words = left.split_whitespace();
        let at = EventTime((words.next().unwrap().parse::<f64>().unwrap() * 1e6).round() as i64);
        let mut sheet = Sheet::default();
        let mut heard = None;
        while let Some(due) = state
            .deadline(limits)
            .filter(|due| *due <= at && heard.is_none_or(|heard| heard < *due))
        {
            state = state.step(Fact::new(due, What::Deadline), limits, &mut sheet);
            heard = Some(due);
        }
        if let Some(what) = what::<M>(at, &mut words) {
            state = state.step(Fact::new(at, what), limits, &mut sheet);
        }
        assert_eq!(words.next(), None, "the script has more words: {line}");
        let at_a_place = M::ROLES.is_empty() || sheet.0.iter().all(|note| !note.proof.settles_at_once());
        assert!(
            at_a_place,
            "an item's fault settles before its ride is believed: {line}"
        );
        for fault in spared.iter().map(|fault| &fault[1..]) {
            let known = <M::Fault as Fault>::ALL.contains(&fault);
            assert!(known && sheet.0.iter().all(|note| note.fault != fault), "{line}");
            tell::<M>(fault, "not");
        }
        sheet.0.iter().for_each(|note| tell::<M>(note.fault, &measured(note)));
        rows.push((
            left.trim().to_owned(),
            sheet.0.iter().map(said).collect::<Vec<_>>().join(", "),
        ));
    }
    assert_eq!(rows, expected);
}

/// What a note is held against its rule's limit by: a word, and for a measure value and u in the rule's smallest unit.
fn measured(note: &Note) -> String {
    match note.measure {
        _ if note.asked => "asked".to_owned(),
        None => "event".to_owned(),
        Some(Weighed::Touch(_)) => "touch".to_owned(),
        Some(Weighed::Distance(by) | Weighed::Unfelt(by) | Weighed::Contradicted(by)) => {
            format!("distance\t{}\t{}", by.value.0, by.u.0)
        }
        Some(Weighed::Time(took, u)) => format!("time\t{}\t{}", took.surely.0, u.0),
        Some(Weighed::Speed(speed, bound)) => {
            let word = match bound {
                Bound::Most => "speed",
                Bound::Least => "least_speed",
            };
            format!("{word}\t{}\t{}", speed.m_h, speed.u_m_h)
        }
    }
}

/// Tells what this test says of a fault.
fn tell<M: Manoeuvre>(fault: &str, what: &str) {
    let Some(file) = std::env::var_os(TOLD_TO) else { return };
    let test = std::thread::current().name().unwrap_or_default().to_owned();
    let line = format!("{}.{fault}\t{test}\t{what}\n", M::NAME);
    let mut file = std::fs::OpenOptions::new()
        .append(true)
        .create(true)
        .open(file)
        .unwrap();
    file.write_all(line.as_bytes()).unwrap();
}

fn said(note: &Note) -> String {
    let mm = |tenths: TenthMillimetres| {
        let text = format!("{:.1}", f64::from(tenths.0) / 10.0);
        text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
    };
    let said = match note.measure {
        None => note.fault.to_owned(),
        Some(Weighed::Distance(by)) => format!("{} {} u {}", note.fault, mm(by.value), mm(by.u)),
        Some(Weighed::Speed(speed, _)) => format!("{} {} m/h u {}", note.fault, speed.m_h, speed.u_m_h),
        Some(Weighed::Touch(by)) => format!("{} touch {} u {}", note.fault, mm(by.value), mm(by.u)),
        Some(Weighed::Unfelt(by)) => format!("{} unfelt {} u {}", note.fault, mm(by.value), mm(by.u)),
        Some(Weighed::Contradicted(by)) => format!("{} against {} u {}", note.fault, mm(by.value), mm(by.u)),
        Some(Weighed::Time(took, _)) => format!("{} {} ms", note.fault, took.surely.0 / 1_000),
    };
    if note.asked { said + " ?" } else { said }
}

/// `at` is also when a switch was heard last of which nothing is heard any more.
fn what<'a, M: Manoeuvre>(at: EventTime, words: &mut impl Iterator<Item = &'a str>) -> Option<What<M::Part>> {
    let verb = words.next().unwrap();
    Some(match verb {
        "tick" => return None,
        "crossed" => What::Crossed(part::<M>(words), wheel(words)),
        "crossed_back" => What::CrossedBack(part::<M>(words), wheel(words)),
        "beyond" => What::Beyond(part::<M>(words), distance(words)),
        "pace" => What::Pace(part::<M>(words), wheel(words), Some(pace(words))),
        "passed" => What::Passed(
            part::<M>(words),
            words.next().unwrap().parse().unwrap(),
            distance(words),
        ),
        "stopped" => What::Stopped,
        "unseen" => What::Unseen,
        "slowed" => What::Slowed,
        "unheard" => What::Unheard(at),
        "unsaid" => match words.next() {
            Some("gear") => What::GearUnsaid,
            Some("contact") => What::ContactUnsaid(wheel(words)),
            Some("on_deck") => What::OnDeckUnsaid(part::<M>(words), wheel(words)),
            signal => What::SignalUnsaid(signal.and_then(Signal::named).expect("a signal, gear or contact"), at),
        },
        "laid" => What::Laid(part::<M>(words), words.next().unwrap().parse().unwrap()),
        "unpaced" => What::Pace(part::<M>(words), wheel(words), None),
        "measured" => What::Measured(part::<M>(words), distance(words)),
        "turned_round" => What::TurnedRound,
        "goes" => What::Goes(match words.next() {
            Some("forwards") => Way::Forwards,
            Some("backwards") => Way::Backwards,
            other => panic!("forwards or backwards, not {other:?}"),
        }),
        "went_on" => What::WentOn(Micros(words.next().unwrap().parse::<i64>().unwrap() * 1_000).into()),
        "moved_off" => What::MovedOff(Micros(words.next().unwrap().parse::<i64>().unwrap() * 1_000).into()),
        "rolled_back" => What::RolledBack(distance(words)),
        "towing" => What::Towing,
        "went_back" => What::WentBack(distance(words)),
        "signal" => What::Signal(Signal::named(words.next().unwrap()).expect("a signal"), on(words)),
        "gear" => What::Gear(gear(words)),
        "contact" => What::Contact(wheel(words), on(words), distance(words)),
        "on_deck" => What::OnDeck(part::<M>(words), wheel(words), on(words), distance(words)),
        "over_deck" => What::OverDeck(part::<M>(words), wheel(words), felt(words), distance(words)),
        "pole_hit" => What::PoleHit(distance(words), true),
        "pole_shaken" => What::PoleHit(distance(words), false),
        "left_ground" => What::LeftGround,
        other => panic!("no such verb: {other}"),
    })
}

fn part<'a, M: Manoeuvre>(words: &mut impl Iterator<Item = &'a str>) -> M::Part {
    let said = words.next().expect("a role");
    // A role that is watched in two ways is another part for the body.
    let (name, body) = said.strip_prefix("body:").map_or((said, false), |name| (name, true));
    let mut own = M::ROLES.iter().filter(|role| role.name == name);
    let role = if body { own.last() } else { own.next() };
    role.unwrap_or_else(|| panic!("no such role: {name}")).part
}

fn felt<'a>(words: &mut impl Iterator<Item = &'a str>) -> Option<bool> {
    match words.next() {
        Some("felt") => Some(true),
        Some("missed") => Some(false),
        Some("unheard") => None,
        other => panic!("felt, missed or unheard, not {other:?}"),
    }
}

fn wheel<'a>(words: &mut impl Iterator<Item = &'a str>) -> Wheel {
    match words.next() {
        Some("front") => Wheel::Front,
        Some("rear") => Wheel::Rear,
        other => panic!("front or rear, not {other:?}"),
    }
}

fn on<'a>(words: &mut impl Iterator<Item = &'a str>) -> bool {
    match words.next() {
        Some("on") => true,
        Some("off") => false,
        other => panic!("on or off, not {other:?}"),
    }
}

fn gear<'a>(words: &mut impl Iterator<Item = &'a str>) -> Gear {
    match words.next() {
        Some("neutral") => Gear::Neutral,
        Some("reverse") => Gear::Reverse,
        Some(number) => Gear::Forward(number.parse().expect("a gear")),
        None => panic!("neutral, reverse or a number"),
    }
}

/// `12000 least 10500 most 13000 u 180`.
fn pace<'a>(words: &mut impl Iterator<Item = &'a str>) -> Pace {
    let here = m_h(words);
    let [least, most, u_m_h] = ["least", "most", "u"].map(|word| {
        assert_eq!(words.next(), Some(word), "speed least speed most speed u uncertainty");
        m_h(words)
    });
    let speed = |m_h| Speed {
        m_h,
        u_m_h,
        sight: None,
    };
    Pace {
        here: speed(here),
        least: speed(least),
        most: speed(most),
    }
}

fn m_h<'a>(words: &mut impl Iterator<Item = &'a str>) -> i64 {
    words.next().unwrap().parse().expect("a speed in m/h")
}

fn distance<'a>(words: &mut impl Iterator<Item = &'a str>) -> Distance {
    let mut mm = |what| (words.next().expect(what).parse::<f64>().expect(what) * 10.0).round() as i32;
    let value = TenthMillimetres(mm("a value in mm"));
    assert_eq!(words.next(), Some("u"), "value u uncertainty");
    let u = (words.next().unwrap().parse::<f64>().unwrap() * 10.0).round() as i32;
    Distance::of(value, TenthMillimetres(u))
}
