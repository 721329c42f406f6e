//! A vehicle that is asked over OBD-II: control units at their bytes, which answer late, never, with a no or with somebody else's answer.
mod recorded;
mod rig;

use kaoguan_telemetry::units::Micros;
use kaoguan_telemetry::{Port, Reading, Signal};
use kaoguan_unit_core::can::ask::AskConfig;
use kaoguan_unit_core::can::obd::{Pid, Target};
use kaoguan_unit_core::can::{CanFrame, Id};
use kaoguan_unit_core::{BusCounters, CanConfig, CanField, Check, Config, Dialect, Frames, High, Hold, Wire};
use proptest::prelude::*;
use recorded::fuzz;
use rig::*;

const EVERY: i64 = 100;
const ANSWER: i64 = 150;

/// The engine runs at 400 r/min and more, of which the bus says four quarters each.
fn asked(target: Target, pids: &[Pid]) -> Config {
    let mut config = config(Check::None);
    let field = CanField {
        frames: Frames::Answers(Pid::EngineSpeed),
        layout: Pid::EngineSpeed.layout(),
        high: High::AtLeast(1_600),
        absent_from: None,
        counter: None,
    };
    config.signals.dialect = Dialect::Can(CanConfig {
        bus: b"can0".iter().copied().collect(),
        fields: [field].into_iter().collect(),
        gear: false,
        is_proven: true,
        speed: None,
        ask: Some(AskConfig {
            target,
            pids: pids.iter().copied().collect(),
            every: Micros::from_millis(EVERY),
            answer: Micros::from_millis(ANSWER),
        }),
    });
    let wire = Wire {
        signal: Signal::EngineRunning,
        byte: 0,
        bit: 0,
        active_high: true,
        hold: Hold::default(),
    };
    config.signals.wiring = [wire].into_iter().collect();
    config.signals.plank = None;
    config
}

/// A line of what a control unit says.
fn line(id: u32, data: &[u8]) -> String {
    let digits: String = data.iter().map(|byte| format!("{byte:02X}")).collect();
    match id < 0x800 {
        true => format!("(1.000000) can0 {id:03X}#{digits}\n"),
        false => format!("(1.000000) can0 {id:08X}#{digits}\n"),
    }
}

/// A bus on which answers are given: what is asked goes to `ecus`, and what they say comes back after their delays.
struct Bus<F> {
    rig: Rig,
    ms: i64,
    coming: Vec<(i64, String)>,
    /// When what was asked.
    asked: Vec<(i64, u8)>,
    ecus: F,
}

impl<F: FnMut(i64, u8) -> Vec<(i64, String)>> Bus<F> {
    fn new(config: Config, ecus: F) -> Bus<F> {
        let rig = Rig::with(config);
        let (coming, asked) = (Vec::new(), Vec::new());
        Bus {
            rig,
            ms: 0,
            coming,
            asked,
            ecus,
        }
    }

    fn run(&mut self, to: i64) {
        while self.ms < to {
            self.ms += 5;
            let (now, later): (Vec<_>, Vec<_>) = self.coming.drain(..).partition(|(at, _)| *at <= self.ms);
            self.coming = later;
            for (_, line) in now {
                self.rig.serial(Port::Signals, self.ms * 1_000, line.as_bytes());
            }
            self.rig.tick(self.ms * 1_000);
            for question in core::mem::take(&mut self.rig.asked) {
                let [2, 1, number, 0, 0, 0, 0, 0] = question.data() else {
                    panic!("{question:?}")
                };
                self.asked.push((self.ms, *number));
                let said = (self.ecus)(self.ms, *number);
                self.coming
                    .extend(said.into_iter().map(|(after, line)| (self.ms + after, line)));
            }
        }
    }

    fn numbers(&self) -> Vec<u8> {
        self.asked.iter().map(|(_, number)| *number).collect()
    }

    fn counts(&self) -> BusCounters {
        self.rig.unit.counters().signals.bus
    }

    fn running(&self) -> Option<bool> {
        let said = self.rig.samples.iter().rfind(|sample| sample.port == Port::Signals)?;
        match said.reading {
            Reading::Signals(signals) => signals.get(Signal::EngineRunning),
            _ => None,
        }
    }
}

/// Numbers 05, 0C, 0D, 20 and, behind 20, 40; behind 40, 42.
fn supports(number: u8) -> Option<[u8; 7]> {
    let bits: u32 = match number {
        0 => 1 << 27 | 1 << 20 | 1 << 19 | 1,
        0x20 => 1,
        0x40 => 1 << 30,
        _ => return None,
    };
    let [a, b, c, d] = bits.to_be_bytes();
    Some([6, 0x41, number, a, b, c, d])
}

/// 800 r/min, 30 km/h, 12.5 V.
fn value(number: u8) -> Option<Vec<u8>> {
    match number {
        0x0C => Some(vec![4, 0x41, 0x0C, 0x0C, 0x80]),
        0x0D => Some(vec![3, 0x41, 0x0D, 30]),
        0x42 => Some(vec![4, 0x41, 0x42, 0x30, 0xD4]),
        _ => None,
    }
}

fn good(number: u8) -> Option<Vec<u8>> {
    supports(number).map(Vec::from).or_else(|| value(number))
}

fn ecu(id: u32, after: i64) -> impl Fn(i64, u8) -> Vec<(i64, String)> {
    move |_, number| good(number).map(|data| (after, line(id, &data))).into_iter().collect()
}

const SPEEDS: [Pid; 2] = [Pid::EngineSpeed, Pid::Speed];

#[test]
fn first_what_is_supported_then_what_is_wanted_in_turn() {
    for (target, id, is_alone) in [
        (Target::All(false), 0x7E8, false),
        (Target::All(true), 0x18DA_F110, false),
        (Target::Standard(0), 0x7E8, true),
        (Target::Extended(0x10), 0x18DA_F110, true),
    ] {
        let pids = [Pid::EngineSpeed, Pid::Load, Pid::Speed, Pid::Voltage];
        let mut bus = Bus::new(asked(target, &pids), ecu(id, 40));
        bus.run(2_000);
        // The load is not supported: it is never asked for.
        let expected = [0, 0x20, 0x40, 0x0C, 0x0D, 0x42, 0x0C, 0x0D, 0x42, 0x0C];
        assert_eq!(bus.numbers()[..10], expected, "{target:?}");
        let step = |pair: &[(i64, u8)]| pair[1].0 - pair[0].0;
        let steps: Vec<i64> = bus.asked.windows(2).map(step).collect();
        // All are waited for as long as is declared, since more than one may answer.
        let first = if is_alone { EVERY } else { ANSWER };
        assert_eq!(steps[..3], [first; 3], "{target:?}");
        assert!(steps[3..].iter().all(|step| *step == EVERY), "{target:?} {steps:?}");
        assert_eq!(bus.running(), Some(true), "{target:?}");
        assert!(bus.rig.of(Port::Signals).iter().all(|(_, reading)| {
            matches!(reading, Reading::Silent(_)) || matches!(reading, Reading::Signals(signals) if signals.proven)
        }));
        assert_eq!((bus.counts().unanswered, bus.counts().not_asked), (0, 0), "{target:?}");
    }
}

#[test]
fn nothing_beyond_is_asked_where_nothing_beyond_is_wanted() {
    let mut bus = Bus::new(asked(Target::All(false), &SPEEDS), ecu(0x7E8, 20));
    bus.run(1_000);
    assert_eq!(bus.numbers()[..4], [0, 0x0C, 0x0D, 0x0C]);
}

#[test]
fn who_never_answers_is_asked_more_and_more_seldom_and_for_ever() {
    let mut bus = Bus::new(asked(Target::All(false), &SPEEDS), |_, _| Vec::new());
    bus.run(60_000);
    let steps: Vec<i64> = bus.asked.windows(2).map(|pair| pair[1].0 - pair[0].0).collect();
    assert!(steps.is_sorted_by(|a, b| a <= b) || steps.len() > 8, "{steps:?}");
    assert_eq!(steps[..3], [ANSWER + 2 * EVERY, ANSWER + 4 * EVERY, ANSWER + 8 * EVERY]);
    assert!(steps.iter().all(|step| *step <= 5_000 + ANSWER), "{steps:?}");
    assert!((14..40).contains(&bus.asked.len()), "{steps:?}");
    assert!(bus.numbers().iter().all(|number| *number == 0));
    assert_eq!(bus.running(), None);
}

#[test]
fn an_engine_that_falls_silent_is_not_known_and_is_found_again() {
    let is_off = |ms: i64| (3_000..9_000).contains(&ms);
    let answers = ecu(0x7E8, 30);
    let mut bus = Bus::new(asked(Target::All(false), &SPEEDS), move |ms, number| {
        if is_off(ms) { Vec::new() } else { answers(ms, number) }
    });
    bus.run(2_900);
    assert_eq!(bus.running(), Some(true));
    bus.run(3_900);
    assert_eq!(bus.running(), None, "half a second after its last word");
    bus.run(20_000);
    assert_eq!(bus.running(), Some(true));
}

#[test]
fn a_late_answer_is_true_when_it_comes_and_answers_no_other_question() {
    // Late in one value only: the other one goes on, and what is said of the first is heard when it is said.
    let mut bus = Bus::new(asked(Target::All(false), &SPEEDS), |_, number| {
        let after = if number == 0x0C { ANSWER + 30 } else { 20 };
        good(number)
            .map(|data| (after, line(0x7E8, &data)))
            .into_iter()
            .collect()
    });
    bus.run(5_000);
    let counts = bus.counts();
    assert!(counts.not_asked > 0 && counts.unanswered > 0, "{counts:?}");
    assert!(bus.rig.of(Port::Signals).iter().any(|(_, reading)| {
        matches!(reading, Reading::Signals(signals) if signals.get(Signal::EngineRunning) == Some(true))
    }));
}

#[test]
fn who_asks_for_patience_has_it_a_few_times() {
    // Patience, patience, then the answer two seconds later.
    let mut bus = Bus::new(asked(Target::Standard(0), &SPEEDS), |_, number| match number {
        0x0C => vec![
            (20, line(0x7E8, &[3, 0x7F, 1, 0x78])),
            (1_500, line(0x7E8, &[3, 0x7F, 1, 0x78])),
            (2_000, line(0x7E8, &value(0x0C).unwrap())),
        ],
        number => good(number).map(|data| (20, line(0x7E8, &data))).into_iter().collect(),
    });
    bus.run(2_200);
    assert_eq!(bus.numbers(), [0, 0x0C, 0x0D], "nothing is asked in between");
    assert_eq!((bus.counts().asked_to_wait, bus.counts().unanswered), (2, 0));

    // Patience for ever is none.
    let mut bus = Bus::new(asked(Target::Standard(0), &SPEEDS), |_, number| match number {
        0x0C => (0..90)
            .map(|n| (20 + n * 500, line(0x7E8, &[3, 0x7F, 1, 0x78])))
            .collect(),
        number => good(number).map(|data| (20, line(0x7E8, &data))).into_iter().collect(),
    });
    bus.run(9_000);
    assert!(bus.numbers().contains(&0x0D), "{:?}", bus.asked);
}

#[test]
fn a_no_is_taken_three_times() {
    for target in [Target::Standard(0), Target::All(false)] {
        let mut bus = Bus::new(asked(target, &SPEEDS), |_, number| match number {
            0x0D => vec![(20, line(0x7E8, &[3, 0x7F, 1, 0x12]))],
            number => good(number).map(|data| (20, line(0x7E8, &data))).into_iter().collect(),
        });
        bus.run(6_000);
        let asked = bus.numbers().iter().filter(|number| **number == 0x0D).count();
        assert_eq!((asked, bus.counts().refused), (3, 3), "{target:?}");
        assert_eq!(bus.running(), Some(true), "{target:?}");
    }
}

#[test]
fn of_two_control_units_the_first_is_heard() {
    // The transmission's answers 10 ms later, and sees no revolutions.
    let mut bus = Bus::new(asked(Target::All(false), &SPEEDS), |_, number| {
        let other = if number == 0x0C {
            vec![4, 0x41, 0x0C, 0, 0]
        } else {
            good(number).unwrap_or_default()
        };
        vec![
            (20, line(0x7E8, &good(number).unwrap_or_default())),
            (30, line(0x7E9, &other)),
        ]
    });
    bus.run(5_000);
    let said = bus.rig.of(Port::Signals).into_iter();
    let running: Vec<_> = said
        .filter_map(|(_, reading)| match reading {
            Reading::Signals(signals) => signals.get(Signal::EngineRunning),
            _ => None,
        })
        .collect();
    assert!(running.len() > 10 && running.iter().all(|is| *is), "{running:?}");
    assert!(bus.rig.unit.counters().signals.duplicates > 10);
}

#[test]
fn wrong_numbers_several_frames_and_strangers_answer_nothing() {
    let wrong = [
        line(0x7E8, &[3, 0x41, 0x0D, 30]),
        line(0x7E8, &[0x10, 0x14, 0x49, 2, 1, 0x4C, 0x53, 0x56]),
        line(0x7E8, &[6, 0x41]),
        line(0x123, &[4, 0x41, 0x0C, 0x0C, 0x80]),
    ];
    for wrong in wrong {
        let text = wrong.clone();
        let mut bus = Bus::new(
            asked(Target::Standard(0), &[Pid::EngineSpeed]),
            move |_, number| match number {
                0x0C => vec![(20, text.clone())],
                number => good(number).map(|data| (20, line(0x7E8, &data))).into_iter().collect(),
            },
        );
        bus.run(1_000);
        assert_eq!(bus.running(), None, "{wrong}");
        let counts = bus.counts();
        assert!(counts.unanswered > 0 && counts.answered == 1, "{wrong} {counts:?}");
        let strange = counts.not_asked + counts.of_several_frames + bus.rig.unit.counters().signals.foreign;
        assert!(strange > 0, "{wrong} {counts:?}");
    }
}

#[test]
fn a_bus_that_is_only_listened_to_is_never_asked() {
    let mut config = asked(Target::All(false), &SPEEDS);
    let Dialect::Can(can) = &mut config.signals.dialect else {
        panic!()
    };
    can.ask = None;
    let mut bus = Bus::new(config, |_, _| panic!("asked"));
    // A collector that is there already asks, and is answered.
    bus.coming = (0..40)
        .flat_map(|n| {
            [
                (n * 50, line(0x7DF, &[2, 1, 0x0C, 0, 0, 0, 0, 0])),
                (n * 50 + 10, line(0x7E8, &value(0x0C).unwrap())),
            ]
        })
        .collect();
    bus.run(2_000);
    assert_eq!(bus.running(), Some(true));
    assert!(bus.asked.is_empty());
}

/// Whatever is said, one question is out at a time: none follows another sooner than is declared.
fn keeps_its_pace(target: Target, mut say: impl FnMut() -> Vec<(i64, String)>) {
    let mut bus = Bus::new(asked(target, &[Pid::EngineSpeed, Pid::Speed, Pid::Voltage]), |_, _| {
        say()
    });
    bus.run(5_000);
    for pair in bus.asked.windows(2) {
        assert!(pair[1].0 - pair[0].0 >= EVERY, "{:?}", bus.asked);
    }
    assert!(bus.asked.len() <= 52, "{:?}", bus.asked);
    assert!(!bus.asked.is_empty() && bus.rig.unit.counters().outputs_dropped == 0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_is_answered_one_question_is_out(
        said in prop::collection::vec((0i64..600, 0u32..3, prop::collection::vec(any::<u8>(), 0..=8)), 1..12),
        is_alone in any::<bool>(),
    ) {
        let mut said = said.into_iter().cycle();
        let target = if is_alone { Target::Standard(0) } else { Target::All(false) };
        keeps_its_pace(target, || said.by_ref().take(2).map(|(after, id, data)| (after, line(0x7E8 + id, &data))).collect());
    }
}

#[test]
fn fuzzed_control_units() {
    fuzz("control units", |chance| {
        let target = [Target::All(false), Target::Standard(0)][chance.below(2)];
        keeps_its_pace(target, || {
            let number = [0u8, 0x20, 0x40, 0x0C, 0x0D, 0x42][chance.below(6)];
            let mut data = good(number).unwrap_or_default();
            if chance.below(3) == 0 {
                let at = chance.below(data.len());
                data[at] = chance.below(256) as u8;
            }
            let waits = [3, 0x7F, 1, 0x78];
            match chance.below(8) {
                0 => vec![],
                1 => vec![(chance.below(900) as i64, line(0x7E8, &waits))],
                2 => vec![
                    (5, line(0x7E8, &data)),
                    (6, line(0x7E8, &data)),
                    (7, line(0x7E9, &data)),
                ],
                _ => vec![(chance.below(300) as i64, line(0x7E8, &data))],
            }
        });
    });
}

#[test]
fn a_question_is_a_frame_of_its_own() {
    let frame = CanFrame::new(Id::Standard(0x7DF), &[2, 1, 0, 0, 0, 0, 0, 0]).expect("a frame");
    let mut rig = Rig::with(asked(Target::All(false), &SPEEDS));
    rig.tick(0);
    assert_eq!(rig.asked, [frame]);
    assert!(rig.writes.is_empty());
}

#[test]
fn at_least_begins_at_its_number() {
    for (quarters, running) in [(1_599u16, false), (1_600, true), (1_601, true)] {
        let [a, b] = quarters.to_be_bytes();
        let mut bus = Bus::new(asked(Target::All(false), &SPEEDS), |_, _| Vec::new());
        bus.coming = vec![(10, line(0x7E8, &[4, 0x41, 0x0C, a, b]))];
        bus.run(20);
        assert_eq!(bus.running(), Some(running), "{quarters}");
    }
}
