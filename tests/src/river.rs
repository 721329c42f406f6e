//! One rider's exam, from the truth to the verdict.
use kaoguan_course::Course;
use kaoguan_exam::{Act, Answer, Exam, ItemState, Setup, SetupParts, Syllabus, Vehicle, Verdict};
use kaoguan_sim::driver;
use kaoguan_sim::ride::{Moment, Next, Request, Ride};
use kaoguan_sim::sensors::{self, Chunk, Sensors, Settings};
use kaoguan_sim::vehicle::spec::Spec;
use kaoguan_telemetry::units::{Micros, Uptime};
use kaoguan_telemetry::{Port, Sample, Signal, UnitId};
use kaoguan_unit_core::{
    AttitudeConfig, Check, Config, Input, Output, PlankWiring, ReceiverConfig, SignalConfig, Unit, Wire,
};
use std::sync::Arc;

/// The texts an exam is set up from.
#[derive(Debug, Clone)]
pub struct Texts {
    /// GeoJSON.
    pub course: String,
    /// TOML.
    pub syllabus: String,
    /// TOML.
    pub vehicle: String,
}

impl Texts {
    /// The village square, the 2022 edition, the example motorcycle.
    pub fn village() -> Texts {
        Texts {
            course: include_str!("../../course-maps/village-square/course.geojson").to_owned(),
            syllabus: include_str!("../../engine/syllabi/ga1026-2022.toml").to_owned(),
            vehicle: include_str!("../../engine/vehicles/e-hj110.toml").to_owned(),
        }
    }

    /// The proven setup.
    ///
    /// # Panics
    /// Where a text is bad; all its issues are in the message.
    pub fn setup(&self) -> Setup {
        Setup::new(SetupParts {
            exam: "test".into(),
            candidate: "token".into(),
            attempt: 1,
            class: "E".into(),
            unit: UnitId::new("moto-1").expect("a good name"),
            course: Course::load(&self.course).expect("a good course"),
            syllabus: Syllabus::parse(&self.syllabus).expect("a good syllabus"),
            vehicle: Vehicle::parse(&self.vehicle).expect("a good vehicle"),
        })
        .expect("a good setup")
    }
}

/// The unit's configuration for the simulated sensors.
pub fn unit_config() -> Config {
    let wire = |signal, byte, bit| Wire {
        signal,
        byte,
        bit,
        active_high: true,
    };
    let wiring = [
        wire(Signal::Helmet, 31, 2),
        wire(Signal::GripLeft, 31, 3),
        wire(Signal::GripRight, 31, 4),
        wire(Signal::PegLeft, 31, 5),
        wire(Signal::PegRight, 31, 6),
        wire(Signal::BrakeFoot, 0, 0),
        wire(Signal::BrakeFront, 55, 1),
        wire(Signal::EngineRunning, 1, 7),
        wire(Signal::Clutch, 0, 1),
    ];
    let silence = Micros(500_000);
    Config {
        receiver: ReceiverConfig {
            latency: Micros(60_000),
            silence,
        },
        attitude: AttitudeConfig {
            latency: Micros(sensors::attitude::LATENCY_US),
            silence,
            with_angle: true,
        },
        signals: SignalConfig {
            check: Check::Xor,
            length: 60,
            spacing_min: Micros(50_000),
            spacing_max: Micros(300_000),
            wiring: heapless::Vec::from_slice(&wiring).expect("fewer wires than the bound"),
            gear: true,
            pole_hits: true,
            plank: Some(PlankWiring {
                byte: 34,
                front_bit: 7,
                rear_bit: 6,
                active_high: true,
            }),
            latency: Micros(sensors::signal_box::LATENCY_US),
            silence,
        },
    }
}

/// An exam under way with the ride that feeds it.
pub struct River {
    /// The exam.
    pub exam: Exam,
    /// Every sample that entered it.
    pub samples: Vec<Sample>,
    unit: Unit,
    sensors: Sensors,
    waiting: Vec<Chunk>,
    answer: Answer,
}

impl River {
    /// Rides a whole exam; questions are answered by a scripted examiner.
    pub fn ride(texts: &Texts, rider: &str, seed: u64, answer: Answer) -> River {
        River::ride_with(unit_config(), texts, rider, seed, answer)
    }

    /// The same on a unit that is wired in another way.
    pub fn ride_with(config: Config, texts: &Texts, rider: &str, seed: u64, answer: Answer) -> River {
        let course = Arc::new(Course::load(&texts.course).expect("a good course"));
        let spec = Arc::new(Spec::read(&texts.vehicle).expect("a good vehicle"));
        let rider = driver::named(rider).expect("a known rider");
        let mut river = River {
            exam: Exam::new(&texts.setup()),
            samples: Vec::new(),
            unit: Unit::new(config),
            sensors: Sensors::new(&course, &spec, seed, &Settings::default()),
            waiting: Vec::new(),
            answer,
        };
        river.run(Ride::new(Request::new(course, spec, rider, seed)).expect("a course with sites"));
        river
    }

    fn run(&mut self, mut ride: Ride) {
        loop {
            match ride.advance() {
                Moment::Truth(truth) => {
                    self.sensors.push(&truth, &mut self.waiting);
                    self.deliver(truth.t_us);
                }
                Moment::Ready => ride.answer(Next::Continue),
                Moment::Gate(site) => {
                    if self.exam.verdict().is_final() {
                        break;
                    }
                    ride.answer(self.gate(&site));
                }
                Moment::Done => break,
            }
        }
        self.examine();
    }

    /// The next item only when the engine is done with this one.
    fn gate(&mut self, site: &str) -> Next {
        self.examine();
        let board = self.exam.board();
        match board.items.iter().find(|item| item.site == site).map(|item| item.state) {
            Some(ItemState::Done) => Next::Continue,
            Some(ItemState::Void(_)) => Next::RideAgain,
            _ => Next::Wait,
        }
    }

    fn examine(&mut self) {
        let open: Vec<u32> = self
            .exam
            .questions()
            .iter()
            .filter(|q| q.answer.is_none())
            .map(|q| q.no)
            .collect();
        for question in open {
            self.exam.act(&Act::Answer {
                question,
                answer: self.answer,
                by: "scripted".into(),
            });
        }
    }

    /// Hands the unit what has arrived by now, in the order of arrival, and the exam what the unit makes of it.
    fn deliver(&mut self, now_us: i64) {
        let (mut due, later): (Vec<Chunk>, Vec<Chunk>) = std::mem::take(&mut self.waiting)
            .into_iter()
            .partition(|chunk| chunk.at_us <= now_us);
        self.waiting = later;
        due.sort_by_key(|chunk| (chunk.at_us, chunk.port));
        for chunk in due {
            let port = [Port::Receiver, Port::Attitude, Port::Signals][chunk.port as usize];
            for bytes in chunk.bytes.chunks(256) {
                self.unit.handle(Input::Serial {
                    port,
                    at: Uptime(chunk.at_us),
                    bytes,
                });
                self.drain();
            }
        }
        self.unit.handle(Input::Tick { at: Uptime(now_us) });
        self.drain();
    }

    fn drain(&mut self) {
        while let Some(output) = self.unit.poll() {
            if let Output::Sample(sample) = output {
                self.samples.push(sample);
                self.exam.accept(1, &sample);
            }
        }
    }

    /// The verdict in a word, the score, and the rules charged.
    pub fn summary(&self) -> (String, i32, Vec<String>) {
        let verdict = match self.exam.verdict() {
            Verdict::Pass => "pass".into(),
            Verdict::Fail { .. } => "fail".into(),
            other => format!("{other:?}"),
        };
        let rules = self
            .exam
            .findings()
            .iter()
            .map(|finding| finding.rule.clone())
            .collect();
        (verdict, self.exam.board().score, rules)
    }
}
