//! What the ledger promises beyond single findings: sensors that were not there, tickets, items beside each other, the verdict.
use super::*;
use crate::manoeuvre::{Distance, Proof, Weighed};
use crate::scene::REACH;
use crate::{Vehicle, load_course};
use kaoguan_telemetry::UnitId;
use kaoguan_telemetry::units::TenthMillimetres;

const SETTLE: Micros = Micros::from_secs(2);

fn s(seconds: i64) -> EventTime {
    EventTime(seconds * 1_000_000)
}

fn syllabus() -> Syllabus {
    Syllabus::parse(include_str!("../../../syllabi/ga1026-2022.toml")).expect("the edition is good")
}

fn ledger(pass_mark: u32) -> Ledger {
    Ledger::new(&syllabus(), pass_mark)
}

fn on(item: usize) -> Place {
    Place {
        item: Some(item),
        site: Some(format!("site {item}")),
        ride: 1,
        began: Some(s(5)),
        plank: None,
    }
}

const ON_THE_WAY: Place = Place {
    item: None,
    site: None,
    ride: 0,
    began: None,
    plank: None,
};

/// A distance in millimetres with u = 20 mm.
fn by(at: i64, fault: &'static str, mm: i32) -> Note {
    let by = Distance::of(TenthMillimetres(mm * 10), TenthMillimetres(200));
    Note {
        measure: Some(Weighed::Distance(by)),
        proof: Proof::Position,
        ..by_switch(at, fault)
    }
}

fn by_switch(at: i64, fault: &'static str) -> Note {
    Note {
        at: s(at),
        fault,
        measure: None,
        proof: Proof::Switch,
        asked: false,
        sight: Sight::of_the_vehicle(s(at)),
    }
}

fn take(ledger: &mut Ledger, manoeuvre: &str, place: &Place, note: Note) -> Vec<Kept> {
    ledger.take(manoeuvre, place, &Sheet(vec![note]), Some(note.at))
}

/// A wheel so many millimetres over a line of an item: 250 is proven, 20 is asked.
fn over(ledger: &mut Ledger, item: usize, at: i64, mm: i32) -> Vec<Kept> {
    take(ledger, "pole_course", &on(item), by(at, "wheel_over_line", mm))
}

fn rules(ledger: &Ledger) -> (Vec<&str>, Vec<&str>) {
    let charged = ledger.findings().iter().map(|f| f.rule.as_str()).collect();
    (charged, ledger.questions().iter().map(|q| q.rule.as_str()).collect())
}

fn deduct(ledger: &mut Ledger, times: usize) {
    for _ in 0..times {
        let act = Act::Deduct {
            rule: "examiner.gear_clash".into(),
            site: None,
            by: "Li".into(),
            reason: "heard".into(),
        };
        ledger.act(&act, Some(s(1)));
    }
}

fn parts() -> SetupParts {
    SetupParts {
        exam: "test".into(),
        candidate: "token".into(),
        attempt: 1,
        class: "E".into(),
        unit: UnitId::new("unit").expect("a good name"),
        course: load_course(include_str!("../../../../course-maps/village-square/course.geojson"))
            .expect("a good course"),
        syllabus: syllabus(),
        vehicle: Vehicle::parse(include_str!("../../../vehicles/e-hj110.toml")).expect("a good vehicle"),
        nodes: Default::default(),
    }
}

fn scene(at: i64) -> Arc<Scene> {
    Arc::new(Scene {
        at: s(at) + REACH,
        poses: Vec::new(),
        part: None,
        arrow: None,
        half_widths: [50, 50],
    })
}

#[test]
fn nobody_has_fewer_than_no_points_and_a_pass_mark_that_is_no_number_is_all_of_them() {
    assert_eq!((ledger(80).pass_mark(), ledger(80).score()), (80, 100));
    assert_eq!(ledger(u32::MAX).pass_mark(), 100);
    let mut ledger = ledger(80);
    deduct(&mut ledger, 11);
    assert_eq!(ledger.score(), 0);
}

/// Exactly the mark is enough; the fault that costs everything decides, however early it was.
#[test]
fn the_mark_itself_passes_and_what_costs_everything_decides() {
    let mut at_the_mark = ledger(80);
    deduct(&mut at_the_mark, 2);
    at_the_mark.conclude(true);
    assert_eq!((at_the_mark.score(), at_the_mark.verdict()), (80, &Verdict::Pass));
    let mut below = ledger(80);
    over(&mut below, 0, 10, 250);
    deduct(&mut below, 1);
    below.settle(s(12), SETTLE);
    below.conclude(false);
    assert_eq!(below.verdict(), &Verdict::Fail { decisive: Some(1) });
    let mut hardly_all = ledger(80);
    let rules = &mut hardly_all.syllabus.tariff;
    rules
        .get_mut("pole_course.wheel_over_line")
        .expect("a rule")
        .text
        .points = 99;
    over(&mut hardly_all, 0, 10, 250);
    deduct(&mut hardly_all, 1);
    hardly_all.settle(s(12), SETTLE);
    hardly_all.conclude(false);
    assert_eq!(
        hardly_all.verdict(),
        &Verdict::Fail { decisive: Some(2) },
        "99 points leave one"
    );
    let mut by_tens = ledger(80);
    deduct(&mut by_tens, 3);
    by_tens.conclude(false);
    assert_eq!(by_tens.verdict(), &Verdict::Fail { decisive: Some(3) });
}

#[test]
fn a_verdict_is_only_given_when_all_is_ridden_and_settled_and_is_final_then() {
    let mut ledger = ledger(80);
    ledger.conclude(false);
    assert_eq!(ledger.verdict(), &Verdict::Running);
    over(&mut ledger, 0, 10, 250);
    ledger.conclude(true);
    assert_eq!(ledger.verdict(), &Verdict::Running, "it may still be unsaid");
    ledger.void(0);
    over(&mut ledger, 1, 20, 20);
    ledger.conclude(true);
    assert_eq!(ledger.verdict(), &Verdict::Running, "a question is coming");
    ledger.settle(s(22), SETTLE);
    ledger.conclude(true);
    assert_eq!(ledger.verdict(), &Verdict::AwaitingExaminer { questions: vec![1] });
    ledger.conclude(false);
    assert_eq!(ledger.verdict(), &Verdict::Running, "it is ridden once more");
    let stop = Act::Stop {
        by: "Li".into(),
        reason: "storm".into(),
        fail: false,
    };
    ledger.act(&stop, None);
    ledger.conclude(true);
    assert_eq!(ledger.verdict(), &Verdict::Void { why: "storm".into() });
}

/// Where the last item leaves a rule to the examiner he must say that there is nothing more: after all is ridden, and beside what is asked.
#[test]
fn a_pass_waits_for_the_word_where_it_is_due() {
    let word = Act::NothingMore { by: "Li".into() };
    let mut ledger = ledger(80);
    ledger.act(&word, None);
    ledger.wait_for_word();
    over(&mut ledger, 1, 20, 20);
    ledger.settle(s(22), SETTLE);
    ledger.conclude(true);
    assert_eq!(ledger.verdict(), &Verdict::AwaitingExaminer { questions: vec![1] });
    ledger.act(
        &Act::Answer {
            question: 1,
            answer: Answer::Dismiss,
            by: "Li".into(),
        },
        None,
    );
    ledger.conclude(true);
    assert_eq!(
        ledger.verdict(),
        &Verdict::AwaitingExaminer { questions: vec![] },
        "said too early"
    );
    assert!(ledger.awaits_word());
    ledger.act(&word, None);
    ledger.wait_for_word();
    ledger.conclude(true);
    assert_eq!((ledger.verdict(), ledger.awaits_word()), (&Verdict::Pass, false));
}

/// The helmet's switch must have spoken since before the item began, without a silence.
#[test]
fn a_sensor_that_was_not_there_all_the_time_charges_nobody() {
    let no_helmet = |ledger: &mut Ledger| take(ledger, "rider", &on(0), by_switch(10, "no_helmet")).len();
    let heard = |at: &[i64]| {
        let mut ledger = ledger(80);
        at.iter().for_each(|at| ledger.sees("helmet", s(*at)));
        ledger
    };
    assert_eq!(no_helmet(&mut heard(&[])), 0, "never");
    assert_eq!(no_helmet(&mut heard(&[6])), 0, "since the middle of the item");
    assert_eq!(no_helmet(&mut heard(&[5])), 1, "since its beginning");
    assert_eq!(no_helmet(&mut heard(&[1, 7])), 1, "since before it");
    let mut with_a_silence = heard(&[1]);
    with_a_silence.deaf();
    with_a_silence.sees("helmet", s(7));
    assert_eq!(no_helmet(&mut with_a_silence), 0, "it was silent between");
}

/// The helmet's switch, or the whole box, heard until 1 s. Half a second without a word is a silence, whoever tells of it; less is a hole,
/// at the very end too.
#[test]
fn a_silence_is_asked_for_at_the_end_and_a_hole_is_not() {
    let at = |ms: i64| EventTime(ms * 1_000);
    let hear = |ledger: &mut Ledger, ms: i64, helmet: bool| {
        let speaks = |name: &&str| helmet || *name != "helmet";
        sensors().filter(speaks).for_each(|name| ledger.sees(name, at(ms)));
    };
    let asked = |until: i64, then: &dyn Fn(&mut Ledger)| {
        let mut ledger = ledger(80);
        hear(&mut ledger, 1_000, true);
        then(&mut ledger);
        ledger.ask_for_missing_sensors(at(until), &parts());
        let questions = ledger.questions().iter();
        let of_helmet = questions.filter(|question| question.rule == "rider.no_helmet").count();
        (of_helmet, ledger.questions().len() - of_helmet > 0)
    };
    let all = |ledger: &mut Ledger| ledger.misses(|_| true);
    let its_wire = |ledger: &mut Ledger| ledger.misses(|name| name == "helmet");
    for back in [1_400, 300_000] {
        let told = |ledger: &mut Ledger| {
            all(ledger);
            ledger.deaf();
            hear(ledger, back, true);
        };
        assert_eq!(
            asked(back + 100, &told),
            (1, true),
            "a hole first, and then told to be a silence, back after {back} ms"
        );
    }
    for (back, said) in [(1_499, (0, false)), (1_500, (1, true))] {
        let and_back = |ledger: &mut Ledger| {
            all(ledger);
            hear(ledger, back, true);
        };
        assert_eq!(asked(1_600, &and_back), said, "all back after {back} ms");
    }
    assert_eq!(asked(1_300, &all), (0, false), "a hole where the last item is done");
    assert_eq!(asked(1_500, &all), (1, true), "nothing any more");
    for (back, said) in [(1_499, (0, false)), (1_500, (1, false))] {
        let and_back = |ledger: &mut Ledger| {
            its_wire(ledger);
            hear(ledger, 1_400, false);
            hear(ledger, back, true);
        };
        assert_eq!(asked(1_600, &and_back), said, "its own wire, back after {back} ms");
    }
    let never_back = |ledger: &mut Ledger| {
        its_wire(ledger);
        hear(ledger, 1_900, false);
    };
    assert_eq!(asked(2_000, &never_back), (1, false), "its own wire, not back");
}

/// What no sensor could tell is asked once, when all is ridden, with the item's own site; of other classes' items nothing is.
#[test]
fn what_no_sensor_told_all_the_time_is_asked_at_the_end() {
    let asked = |silent: &[&str], deaf: bool, noted: Option<(&str, &'static str)>| {
        let mut ledger = ledger(80);
        let speaks = |name: &&'static str| !silent.contains(name);
        sensors().filter(speaks).for_each(|name| ledger.sees(name, s(7)));
        if deaf {
            ledger.deaf();
            sensors().for_each(|name| ledger.sees(name, s(8)));
        }
        if let Some((manoeuvre, fault)) = noted {
            assert_eq!(take(&mut ledger, manoeuvre, &on(0), by_switch(10, fault)), []);
        }
        ledger.ask_for_missing_sensors(s(90), &parts());
        ledger.ask_for_missing_sensors(s(91), &parts());
        let questions = ledger.questions().iter();
        questions
            .map(|q| (q.no, q.at, q.rule.clone(), q.site.clone(), q.why))
            .collect::<Vec<_>>()
    };
    assert_eq!(asked(&[], false, None), []);
    let of_helmet = (1, s(90), "rider.no_helmet".to_owned(), None, Why::NoSensor);
    assert_eq!(asked(&["helmet"], false, None), [of_helmet.clone()]);
    // Heard since the middle of the item only: the rule that was noted is asked.
    assert_eq!(asked(&[], false, Some(("rider", "no_helmet"))), [of_helmet]);
    let of_plank = asked(&["plank"], false, None);
    assert!(
        of_plank
            .iter()
            .all(|q| q.2.starts_with("plank_bridge.") && q.3.as_deref() == Some("plank")),
        "{of_plank:?}"
    );
    assert!(!of_plank.is_empty());
    let all = asked(&[], true, None);
    assert!(all.len() > of_plank.len() + 1, "everything fell silent: {all:?}");
}

/// The nearer band is hidden by the farther one where both are proven in one step, and only there.
#[test]
fn the_worse_band_hides_the_other_one() {
    let both = |worse: i32| {
        let mut ledger = ledger(80);
        let sheet = Sheet(vec![by(10, "axle_far_from_line", worse), by(10, "axle_off_line", 400)]);
        ledger.take("hill_start", &on(0), &sheet, Some(s(10)));
        rules(&ledger).0.len()
    };
    assert_eq!((both(900), both(100)), (1, 1));
    let mut one_by_one = ledger(80);
    for fault in ["axle_far_from_line", "axle_off_line"] {
        take(&mut one_by_one, "hill_start", &on(0), by(10, fault, 900));
    }
    assert_eq!(
        rules(&one_by_one).0,
        ["hill_start.axle_far_from_line", "hill_start.axle_off_line"]
    );
}

#[test]
fn an_item_waits_for_what_is_not_settled_and_for_nothing_else() {
    for mm in [250, 20] {
        let mut ledger = ledger(80);
        assert!(!ledger.waits(0));
        over(&mut ledger, 0, 10, mm);
        assert!(ledger.waits(0) && !ledger.waits(1));
        ledger.settle(s(11), SETTLE);
        assert!(ledger.waits(0), "the window is two seconds long");
        ledger.settle(s(12), SETTLE);
        assert!(!ledger.waits(0));
        assert_eq!(ledger.findings().len() + ledger.questions().len(), 1);
    }
}

/// Tickets count from 1; what the switches prove is settled at once and costs at once.
#[test]
fn each_note_that_is_kept_has_a_ticket_of_its_own() {
    let mut ledger = ledger(80);
    ledger.sees("helmet", s(1));
    let kept = [
        over(&mut ledger, 0, 10, 250),
        over(&mut ledger, 1, 11, 20),
        take(&mut ledger, "rider", &on(0), by_switch(12, "no_helmet")),
        take(&mut ledger, "rider", &on(0), by_switch(13, "no_such_fault")),
        take(
            &mut ledger,
            "rider",
            &on(1),
            Note {
                asked: true,
                ..by_switch(14, "no_helmet")
            },
        ),
    ];
    let said: Vec<_> = kept.iter().flatten().map(|kept| (kept.ticket, kept.settled)).collect();
    assert_eq!(said, [(1, false), (2, false), (3, true), (4, false)]);
    let settled: Vec<_> = ledger.findings().iter().map(|f| (f.no, f.settled)).collect();
    assert_eq!(settled, [(1, false), (2, true)]);
}

/// Each gets its own picture, also after others were charged by hand, unsaid, or asked.
#[test]
fn a_scene_finds_what_it_is_of() {
    let mut ledger = ledger(80);
    deduct(&mut ledger, 1);
    over(&mut ledger, 0, 10, 250);
    over(&mut ledger, 1, 11, 250);
    over(&mut ledger, 2, 12, 20);
    over(&mut ledger, 3, 12, 20);
    ledger.void(0);
    (1..=5).for_each(|ticket| ledger.picture(ticket, scene(i64::from(ticket))));
    let seen = |scene: &Option<Arc<Scene>>| scene.as_ref().map(|scene| scene.at - REACH);
    let of_findings: Vec<_> = ledger.findings().iter().map(|f| seen(&f.scene)).collect();
    assert_eq!(of_findings, [None, Some(s(2))]);
    ledger.settle(s(20), SETTLE);
    let of_questions: Vec<_> = ledger.questions().iter().map(|q| seen(&q.scene)).collect();
    assert_eq!(of_questions, [Some(s(3)), Some(s(4))]);
}

#[test]
fn a_void_item_leaves_the_others_as_they_are() {
    let mut ledger = ledger(0);
    for item in [0, 1] {
        over(&mut ledger, item, 10, 20);
        over(&mut ledger, item, 11, 250);
    }
    ledger.void(0);
    ledger.settle(s(20), SETTLE);
    let sites = |site: &Option<String>| site.clone().unwrap_or_default();
    let charged: Vec<String> = ledger.findings().iter().map(|f| sites(&f.site)).collect();
    let asked: Vec<String> = ledger.questions().iter().map(|q| sites(&q.site)).collect();
    assert_eq!((charged, asked), (vec!["site 1".to_owned()], vec!["site 1".to_owned()]));
    assert_eq!(ledger.score(), 0, "the other one's is settled");
}

/// On the way between two items nothing can be ridden again: what was not settled is asked.
#[test]
fn what_was_on_the_way_is_asked_when_the_fix_is_lost() {
    let mut ledger = ledger(80);
    deduct(&mut ledger, 1);
    over(&mut ledger, 0, 10, 250);
    take(&mut ledger, "pole_course", &ON_THE_WAY, by(11, "wheel_over_line", 250));
    over(&mut ledger, 1, 12, 250);
    ledger.unfit_between_items();
    let said: Vec<_> = ledger
        .questions()
        .iter()
        .map(|q| (q.no, q.at, q.why, q.site.clone()))
        .collect();
    assert_eq!(said, [(1, s(11), Why::Unfit, None)]);
    let sites: Vec<_> = ledger.findings().iter().map(|f| f.site.as_deref()).collect();
    assert_eq!(sites, [None, Some("site 0"), Some("site 1")]);
    ledger.void(0);
    // The last one's ticket is still its own.
    ledger.picture(3, scene(3));
    assert_eq!(ledger.findings().len(), 2);
    assert!(ledger.findings()[1].scene.is_some());
}

/// Also where nothing was charged before it; and what is left of the others' windows is their own.
#[test]
fn what_was_on_the_way_takes_nothing_else_with_it() {
    let mut alone = ledger(80);
    take(&mut alone, "pole_course", &ON_THE_WAY, by(11, "wheel_over_line", 250));
    alone.unfit_between_items();
    assert_eq!((alone.findings().len(), alone.questions().len()), (0, 1));
    let mut ledger = ledger(80);
    take(&mut ledger, "pole_course", &ON_THE_WAY, by(11, "wheel_over_line", 250));
    over(&mut ledger, 1, 12, 250);
    over(&mut ledger, 0, 13, 250);
    ledger.unfit_between_items();
    ledger.void(1);
    let sites: Vec<_> = ledger.findings().iter().map(|f| f.site.as_deref()).collect();
    assert_eq!(sites, [Some("site 0")]);
}
