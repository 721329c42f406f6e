//! What becomes of one finding: proven or asked, provisional or settled, priced.
use super::*;
use crate::manoeuvre::{Distance, Proof, Weighed};
use kaoguan_telemetry::units::TenthMillimetres;

const SECOND: i64 = 1_000_000;

fn syllabus() -> Syllabus {
    Syllabus::parse(include_str!("../../../syllabi/ga1026-2022.toml")).expect("the edition is good")
}
fn place(ride: u32) -> Place {
    Place {
        item: Some(0),
        site: Some("poles".into()),
        ride,
        began: None,
        plank: None,
    }
}
/// A wheel this many millimetres over the line, u = 20 mm: proven from 97 on, asked from -45 on.
fn over(ledger: &mut Ledger, at_s: i64, mm: i32, ride: u32) {
    let by = Distance::of(TenthMillimetres(mm * 10), TenthMillimetres(200));
    let at = EventTime(at_s * SECOND);
    let note = Note {
        at,
        fault: "wheel_over_line",
        measure: Some(Weighed::Distance(by)),
        proof: Proof::Position,
        asked: false,
        sight: Sight::of_the_vehicle(at),
    };
    ledger.take("pole_course", &place(ride), &Sheet(vec![note]), Some(at));
}
fn settle(ledger: &mut Ledger, at_s: i64) {
    ledger.settle(EventTime(at_s * SECOND), Micros::from_secs(2));
    ledger.conclude(false);
}

#[test]
fn a_finding_by_position_costs_nothing_before_its_window_is_over() {
    let mut ledger = Ledger::new(&syllabus(), 80);
    over(&mut ledger, 10, 250, 1);
    settle(&mut ledger, 11);
    assert_eq!((ledger.score(), ledger.verdict()), (100, &Verdict::Running));
    settle(&mut ledger, 12);
    assert_eq!(
        (ledger.score(), ledger.verdict()),
        (0, &Verdict::Fail { decisive: Some(1) })
    );
}

#[test]
fn a_void_item_unsays_what_is_not_settled_and_nothing_else() {
    let mut ledger = Ledger::new(&syllabus(), 80);
    over(&mut ledger, 10, 250, 1);
    over(&mut ledger, 10, 20, 1);
    ledger.void(0);
    settle(&mut ledger, 20);
    assert_eq!((ledger.findings().len(), ledger.questions().len()), (0, 0));
    over(&mut ledger, 30, 250, 2);
    settle(&mut ledger, 32);
    ledger.void(0);
    assert_eq!(ledger.findings().len(), 1, "a settled finding is never unsaid");
}

#[test]
fn what_was_asked_hides_nothing_that_is_proven_later() {
    let mut ledger = Ledger::new(&syllabus(), 80);
    over(&mut ledger, 10, 20, 1);
    over(&mut ledger, 11, 250, 1);
    over(&mut ledger, 12, 260, 1);
    over(&mut ledger, 13, 20, 1);
    settle(&mut ledger, 20);
    assert_eq!((ledger.findings().len(), ledger.questions().len()), (1, 1));
}

#[test]
fn a_question_is_answered_once_and_by_name() {
    let mut ledger = Ledger::new(&syllabus(), 80);
    over(&mut ledger, 10, 20, 1);
    settle(&mut ledger, 12);
    ledger.conclude(true);
    assert_eq!(ledger.verdict(), &Verdict::AwaitingExaminer { questions: vec![1] });
    let answer = |answer| Act::Answer {
        question: 1,
        answer,
        by: "Li".into(),
    };
    ledger.act(&answer(Answer::CannotTell), None);
    ledger.act(&answer(Answer::Confirm), None);
    ledger.conclude(true);
    assert_eq!((ledger.verdict(), ledger.findings().len()), (&Verdict::Pass, 0));
    assert_eq!(ledger.questions()[0].answer, Some((Answer::CannotTell, "Li".into())));
}

#[test]
fn a_confirmed_question_is_charged_in_the_name_of_who_confirmed() {
    let mut ledger = Ledger::new(&syllabus(), 80);
    over(&mut ledger, 10, 20, 1);
    settle(&mut ledger, 12);
    ledger.act(
        &Act::Answer {
            question: 1,
            answer: Answer::Confirm,
            by: "Li".into(),
        },
        None,
    );
    ledger.conclude(true);
    assert_eq!(ledger.verdict(), &Verdict::Fail { decisive: Some(1) });
    assert_eq!(
        ledger.findings()[0].source,
        Source::Answer {
            question: 1,
            by: "Li".into()
        }
    );
}

#[test]
fn the_examiner_deducts_by_hand_and_stops() {
    let mut ledger = Ledger::new(&syllabus(), 80);
    let deduct = |rule: &str| Act::Deduct {
        rule: rule.into(),
        site: None,
        by: "Li".into(),
        reason: "seen".into(),
    };
    ledger.act(&deduct("examiner.gear_clash"), None);
    ledger.act(&deduct("no.such_rule"), None);
    assert_eq!(ledger.score(), 90);
    ledger.act(
        &Act::Stop {
            by: "Li".into(),
            reason: "storm".into(),
            fail: false,
        },
        None,
    );
    ledger.act(&deduct("examiner.gear_clash"), None);
    assert_eq!(
        (ledger.score(), ledger.verdict()),
        (90, &Verdict::Void { why: "storm".into() })
    );
}
