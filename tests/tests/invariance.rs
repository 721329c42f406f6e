//! What may not change a judgement: where north is, how often a receiver speaks, and anything that comes after it settled.
use kaoguan_course::{Course, Datum};
use kaoguan_exam::{Answer, Exam};
use kaoguan_sim::driver::{self, Fault, Faults, Temperament, drawn};
use kaoguan_sim::elsewhere::turned;
use kaoguan_sim::sensors::installation::Installation;
use kaoguan_sim::sensors::weather::{self, STILL};
use kaoguan_sim::sensors::{START_UTC_US, Settings};
use kaoguan_telemetry::{Port, Sample};
use kaoguan_tests::river::{Ground, River, Texts, unit_config};

fn ride(ground: &Ground, rider: &Temperament, seed: u64, settings: &Settings) -> River {
    River::ride_day(unit_config(), ground, rider, seed, settings, Answer::Dismiss)
}

/// Rule, site, milliseconds and value of everything that was found or asked.
fn said(exam: &Exam) -> Vec<(String, i64, Option<i64>)> {
    let findings = exam
        .findings()
        .iter()
        .map(|f| (f.rule.clone(), f.at.0 / 1_000, f.measure.map(|m| m.value)));
    let questions = exam
        .questions()
        .iter()
        .map(|q| (q.rule.clone(), q.at.0 / 1_000, q.measure.map(|m| m.value)));
    findings.chain(questions).collect()
}

/// Without noise of the receiver, a course turned and moved together with its ride: the same rules, values within a
/// millimetre (they are told in whole ones), and instants within a step.
#[test]
fn north_is_nowhere_special() {
    let here = Datum::new(26_647_000_000, 106_630_000_000, 10_850_000);
    let there = Datum::new(31_200_000_000, 121_400_000_000, 40_000);
    let texts = Texts::village();
    let home = Ground::of(&texts);
    let settings = Settings {
        weather: STILL,
        ..Settings::default()
    };
    for degrees in [90.0, 211.0] {
        let course = turned(&texts.course, degrees, &here, &there).expect("a course");
        assert!(Course::load(&course).is_ok());
        let away = Ground::of(&Texts {
            course,
            ..texts.clone()
        });
        for rider in [
            "rolls_back_200",
            "short_stop",
            "leaves_slalom",
            "wrong_side",
            "drops_plank",
        ] {
            let rider = driver::named(rider).expect("a rider");
            let (at_home, elsewhere) = (ride(&home, rider, 7, &settings), ride(&away, rider, 7, &settings));
            let (at_home, elsewhere) = (said(&at_home.exam), said(&elsewhere.exam));
            println!("{} {degrees}: {at_home:?} {elsewhere:?}", rider.name);
            assert!(!at_home.is_empty(), "there is something to compare");
            assert_eq!(at_home.len(), elsewhere.len(), "{} at {degrees}", rider.name);
            for ((rule, at, value), (rule_there, at_there, value_there)) in at_home.iter().zip(&elsewhere) {
                assert_eq!(rule, rule_there);
                assert!((at - at_there).abs() <= 5, "{rule} at {at} and {at_there}");
                let (value, value_there) = (value.unwrap_or(0), value_there.unwrap_or(0));
                assert!((value - value_there).abs() <= 1, "{rule}: {value} and {value_there}");
            }
        }
    }
}

/// A finding that was settled once is there at the end, and the same.
#[test]
fn a_settled_finding_is_never_unsaid() {
    let ground = Ground::of(&Texts::village());
    let mut settled_once = 0;
    for weather in weather::ALL {
        let settings = Settings {
            weather,
            installation: Installation::CAREFUL,
            ..Settings::default()
        };
        for seed in 1..=3 {
            let river = ride(&ground, &drawn(seed), seed, &settings);
            let mut exam = Exam::new(&ground.setup);
            let mut settled = Vec::new();
            for (boot, sample) in &river.samples {
                exam.accept(*boot, sample);
                for finding in exam.findings().iter().filter(|f| f.settled) {
                    if !settled.contains(finding) {
                        settled.push(finding.clone());
                    }
                }
                let stands = settled.iter().all(|old| exam.findings().contains(old));
                assert!(
                    stands,
                    "{} seed {seed}: {settled:?} of {:?}",
                    weather.name,
                    exam.findings()
                );
            }
            settled_once += settled.len();
        }
    }
    assert!(settled_once >= 5, "{settled_once} findings were settled");
}

/// At 5 Hz instead of 10: what is told moves by less than an epoch, and by less than its uncertainty.
#[test]
fn half_the_epochs_tell_the_same() {
    let ground = Ground::of(&Texts::village());
    let mut compared = 0;
    for rider in [
        "rolls_back_200",
        "short_stop",
        "leaves_slalom",
        "drops_plank",
        "foot_down",
    ] {
        let rider = driver::named(rider).expect("a rider");
        let river = ride(&ground, rider, 7, &Settings::default());
        let mut exam = Exam::new(&ground.setup);
        halved(&river.samples).iter().for_each(|sample| exam.accept(1, sample));
        let (whole, half) = (said(&river.exam), said(&exam));
        assert_eq!(
            whole.iter().map(|s| &s.0).collect::<Vec<_>>(),
            half.iter().map(|s| &s.0).collect::<Vec<_>>(),
            "{}",
            rider.name
        );
        for ((rule, at, value), (_, at_half, value_half)) in whole.iter().zip(&half) {
            println!("{rule}: at {at} {value:?}, with half the epochs at {at_half} {value_half:?}");
            assert!((at - at_half).abs() <= 200, "{rule} at {at} and {at_half}");
            // A place on the deck is told by its nearer end: around the middle no line can be drawn between two epochs.
            let bound = if rule == "plank_bridge.wheel_dropped" { 60 } else { 20 };
            assert!(
                (value.unwrap_or(0) - value_half.unwrap_or(0)).abs() <= bound,
                "{rule}: {value:?} and {value_half:?}"
            );
            compared += 1;
        }
    }
    assert!(compared >= 4);
}

/// Without noise of the receiver, at 10 Hz, the instant at which a tyre crossed a line is told within 20 ms, by a sweep
/// between two epochs; what is left is the lean's (3 mm at the tyre are 10 ms at 0.3 m/s across).
#[test]
fn crossings_are_dated_within_a_fifth_of_an_epoch() {
    let ground = Ground::of(&Texts::village());
    let settings = Settings {
        weather: STILL,
        ..Settings::default()
    };
    let mut errors = Vec::new();
    for seed in 1..=12 {
        let beyond = 0.12 + 0.015 * seed as f64;
        for fault in [Fault::LeavesSlalom { beyond }, Fault::LeavesHill { beyond }] {
            let rider = Temperament {
                faults: Faults::one(fault),
                ..drawn(seed)
            };
            let river = ride(&ground, &rider, seed, &settings);
            let truth = river.truth.items.iter().filter_map(|item| item.over_edge_at_s);
            for (finding, truth) in river.exam.findings().iter().zip(truth) {
                let at_s = (finding.at.0 - START_UTC_US) as f64 * 1e-6;
                println!("{} at {at_s:.3} s, truly {truth:.3}", finding.rule);
                errors.push(at_s - truth);
            }
        }
    }
    let rms = (errors.iter().map(|e| e * e).sum::<f64>() / errors.len() as f64).sqrt();
    let within = errors.iter().filter(|e| e.abs() < 0.020).count();
    println!("{} crossings, rms {rms:.4} s, {within} within 20 ms", errors.len());
    assert!(errors.len() >= 20 && rms < 0.013 && within * 20 >= errors.len() * 19);
}

/// Every other epoch of the receiver, renumbered as a slower receiver would.
fn halved(samples: &[(u32, Sample)]) -> Vec<Sample> {
    let (mut instants, mut last, mut seq) = (0u32, None, 0);
    let mut kept = Vec::new();
    for (_, sample) in samples {
        if sample.port != Port::Receiver {
            kept.push(*sample);
            continue;
        }
        if last != Some(sample.at) {
            last = Some(sample.at);
            instants += 1;
        }
        if instants % 2 == 1 {
            kept.push(Sample { seq, ..*sample });
            seq += 1;
        }
    }
    kept
}
