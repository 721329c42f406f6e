//! The table of riders: what each must end as.
use kaoguan_exam::Answer;
use kaoguan_telemetry::Signal;
use kaoguan_tests::river::{River, Texts, unit_config};

fn check(rider: &str, verdict: &str, score: i32, rules: &[&str]) -> River {
    let river = River::ride(&Texts::village(), rider, 7, Answer::Dismiss);
    for f in river.exam.findings() {
        println!("{rider}: {} {:?} {:?} {:?}", f.rule, f.site, f.measure, f.at);
    }
    for q in river.exam.questions() {
        println!("{rider}: asked {} {:?} {:?} {:?}", q.rule, q.site, q.why, q.measure);
    }
    println!("{rider}: {:?}", river.exam.board().items);
    let (have, points, charged) = river.summary();
    assert_eq!((have.as_str(), points), (verdict, score), "{rider}: {charged:?}");
    assert_eq!(charged, rules, "{rider}");
    river
}

#[test]
fn flawless() {
    let river = check("flawless", "pass", 100, &[]);
    assert_eq!(river.exam.questions(), [], "an honest ride asks nothing");
}

#[test]
fn honest_temperaments() {
    for rider in ["calm", "hasty", "wobbly"] {
        check(rider, "pass", 100, &[]);
    }
}

#[test]
fn short_stop() {
    check("short_stop", "fail", 0, &["hill_start.axle_far_from_line"]);
}

#[test]
fn rolls_back_200() {
    check("rolls_back_200", "pass", 90, &["hill_start.rolled_back"]);
}

#[test]
fn rolls_back_140() {
    let river = check("rolls_back_140", "pass", 100, &[]);
    assert_eq!(river.exam.questions().len(), 1);
    assert_eq!(river.exam.questions()[0].rule, "hill_start.rolled_back");
}

#[test]
fn rolls_back_450() {
    check("rolls_back_450", "fail", 0, &["hill_start.rolled_back_far"]);
}

#[test]
fn leaves_slalom() {
    check("leaves_slalom", "fail", 0, &["pole_course.wheel_over_line"]);
}

#[test]
fn wrong_side() {
    check("wrong_side", "fail", 0, &["pole_course.wrong_route"]);
}

#[test]
fn foot_down() {
    check("foot_down", "fail", 0, &["rider.foot_down"]);
}

#[test]
fn drops_plank() {
    check("drops_plank", "pass", 90, &["plank_bridge.wheel_dropped"]);
}

#[test]
fn loses_fix() {
    let river = check("loses_fix", "pass", 100, &[]);
    let rides: Vec<u32> = river.exam.board().items.iter().map(|item| item.rides).collect();
    assert_eq!(rides, [2, 1, 1], "the void item is ridden again, the others are not");
    assert_eq!(
        river.exam.questions(),
        [],
        "the switches were heard all the time: nobody is asked"
    );
}

/// A rule without its sensor never passes silently: it is asked once, when all is ridden, and a person answers.
#[test]
fn a_rule_without_its_sensor_is_asked() {
    let mut config = unit_config();
    config.signals.wiring.retain(|wire| wire.signal != Signal::Helmet);
    config.signals.plank = None;
    for (answer, verdict, score) in [(Answer::Dismiss, "pass", 100), (Answer::Confirm, "fail", 0)] {
        let river = River::ride_with(config.clone(), &Texts::village(), "flawless", 7, answer);
        let mut asked: Vec<&str> = river.exam.questions().iter().map(|q| q.rule.as_str()).collect();
        asked.sort_unstable();
        assert_eq!(
            asked,
            [
                "plank_bridge.wheel_dropped",
                "plank_bridge.wheel_missed",
                "rider.no_helmet"
            ]
        );
        assert_eq!((river.summary().0.as_str(), river.summary().1), (verdict, score));
    }
}

/// Riders of the simulator beside the table, each with one act.
#[test]
fn other_riders() {
    check("no_helmet", "fail", 0, &["rider.no_helmet"]);
    check("slow_start", "fail", 0, &["hill_start.start_too_slow"]);
    check("stops_in_poles", "pass", 95, &["pole_course.stopped"]);
    check("touches_pole", "fail", 0, &["pole_course.pole_touched"]);
}

/// A wrong fix of RTK quality with a false height charges nobody.
#[test]
fn wrong_fix() {
    check("wrong_fix", "pass", 100, &[]);
}
