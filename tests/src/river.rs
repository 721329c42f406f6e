//! One rider's exam, from the truth to the verdict.
use crate::power::{Power, Turn};
use kaoguan_course::Course;
use kaoguan_exam::{Act, Answer, Exam, ItemState, Setup, SetupParts, Syllabus, Vehicle, Verdict};
use kaoguan_sim::driver::{self, Temperament};
use kaoguan_sim::ride::{Moment, Next, Request, Ride, STEP_US};
use kaoguan_sim::sensors::{self, Chunk, Sensors, Settings};
use kaoguan_sim::truth::{Observer, Summary};
use kaoguan_sim::vehicle::spec::Spec;
use kaoguan_telemetry::units::{Micros, Uptime};
use kaoguan_telemetry::{Port, Sample, Signal, UnitId};
use kaoguan_unit_core::{
    AttitudeConfig, Check, Config, Input, Output, PlankWiring, ReceiverConfig, SignalConfig, Unit, Wire,
};
use std::collections::BTreeMap;
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

/// A rider whose items stay void in bad weather goes home after so many questions at the gate.
const GATES_MAX: usize = 200;

/// Where and by what rules many exams are ridden.
#[derive(Clone)]
pub struct Ground {
    /// The exam's setup.
    pub setup: Setup,
    /// The course, for the simulator.
    pub course: Arc<Course>,
    /// The vehicle, for the simulator.
    pub spec: Arc<Spec>,
}

impl Ground {
    /// # Panics
    /// Where a text is bad.
    pub fn of(texts: &Texts) -> Ground {
        Ground {
            setup: texts.setup(),
            course: Arc::new(Course::load(&texts.course).expect("a good course")),
            spec: Arc::new(Spec::read(&texts.vehicle).expect("a good vehicle")),
        }
    }
}

/// An exam under way with the ride that feeds it.
pub struct River {
    /// The exam.
    pub exam: Exam,
    /// Every sample that entered it, with the unit's boot.
    pub samples: Vec<(u32, Sample)>,
    /// What truly happened.
    pub truth: Summary,
    /// The bytes that came in, with their arrivals, where they are kept.
    pub chunks: Option<Vec<Chunk>>,
    /// The true lean at each tenth of a second, radians, by microseconds of the ride.
    pub leans: BTreeMap<i64, f64>,
    unit: Unit,
    sensors: Sensors,
    waiting: Vec<Chunk>,
    answer: Answer,
    network: Option<Vec<Sample>>,
    power: Power,
    config: Config,
    gates: usize,
}

impl River {
    /// Rides a whole exam; questions are answered by a scripted examiner.
    pub fn ride(texts: &Texts, rider: &str, seed: u64, answer: Answer) -> River {
        River::ride_with(unit_config(), texts, rider, seed, answer)
    }

    /// The same on a unit that is wired in another way.
    pub fn ride_with(config: Config, texts: &Texts, rider: &str, seed: u64, answer: Answer) -> River {
        let rider = driver::named(rider).expect("a known rider");
        River::ride_day(config, &Ground::of(texts), rider, seed, &Settings::default(), answer)
    }

    /// Any rider, in any weather.
    pub fn ride_day(
        config: Config,
        ground: &Ground,
        rider: &Temperament,
        seed: u64,
        settings: &Settings,
        answer: Answer,
    ) -> River {
        let mut river = River::new(config, ground, seed, settings, answer);
        river.ride_on(ground, rider, seed, settings);
        river
    }

    /// The same, and keeps the bytes.
    pub fn record_day(
        config: Config,
        ground: &Ground,
        rider: &Temperament,
        seed: u64,
        settings: &Settings,
        answer: Answer,
    ) -> River {
        let mut river = River::new(config, ground, seed, settings, answer);
        river.chunks = Some(Vec::new());
        river.ride_on(ground, rider, seed, settings);
        river
    }

    /// An exam of bytes that came in, in the order of their arrival, in the weather of a seed.
    pub fn replay(
        config: Config,
        ground: &Ground,
        chunks: &[Chunk],
        seed: u64,
        settings: &Settings,
        answer: Answer,
    ) -> River {
        let mut river = River::new(config, ground, seed, settings, answer);
        let mut chunks = chunks.iter().peekable();
        let mut now_us = chunks.peek().map_or(0, |first| first.at_us / STEP_US * STEP_US);
        while chunks.peek().is_some() || !river.waiting.is_empty() {
            while let Some(chunk) = chunks.next_if(|chunk| chunk.at_us <= now_us) {
                river.waiting.push(chunk.clone());
            }
            river.deliver(now_us);
            now_us += STEP_US;
        }
        river.examine();
        river
    }

    fn new(config: Config, ground: &Ground, seed: u64, settings: &Settings, answer: Answer) -> River {
        River {
            exam: Exam::new(&ground.setup),
            samples: Vec::new(),
            truth: Summary::default(),
            chunks: None,
            leans: BTreeMap::new(),
            unit: Unit::new(config.clone()),
            power: Power::new(seed, settings.weather.brown_out),
            config,
            sensors: Sensors::new(&ground.course, &ground.spec, seed, settings),
            waiting: Vec::new(),
            answer,
            network: settings.weather.doubled.then(Vec::new),
            gates: 0,
        }
    }

    fn ride_on(&mut self, ground: &Ground, rider: &Temperament, seed: u64, settings: &Settings) {
        let request = Request::new(ground.course.clone(), ground.spec.clone(), rider, seed);
        let mut observer = Observer::new(&ground.course, &ground.spec);
        self.run(Ride::new(request).expect("a course with sites"), &mut observer);
        self.truth = observer.finish(rider.name, seed, settings.start_utc_us);
    }

    fn run(&mut self, mut ride: Ride, observer: &mut Observer) {
        loop {
            match ride.advance() {
                Moment::Truth(truth) => {
                    observer.push(&truth);
                    if truth.t_us % 100_000 == 0 {
                        self.leans.insert(truth.t_us, truth.pose.lean);
                    }
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
        self.gates += 1;
        if self.gates > GATES_MAX {
            return Next::Stop;
        }
        let board = self.exam.board();
        match board.items.iter().find(|item| item.site == site).map(|item| item.state) {
            Some(ItemState::Done) => Next::Continue,
            // Ridden, and still pending: its beginning was not seen.
            Some(ItemState::Void(_) | ItemState::Pending) => Next::RideAgain,
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
        let mut made = Vec::new();
        let (mut due, later): (Vec<Chunk>, Vec<Chunk>) = std::mem::take(&mut self.waiting)
            .into_iter()
            .partition(|chunk| chunk.at_us <= now_us);
        self.waiting = later;
        due.sort_by_key(|chunk| (chunk.at_us, chunk.port));
        if let Some(chunks) = &mut self.chunks {
            chunks.extend_from_slice(&due);
        }
        match self.power.turn(now_us) {
            Turn::On => {}
            Turn::Off => return,
            Turn::Back => self.unit = Unit::new(self.config.clone()),
        }
        let since_us = self.power.since_us;
        let uptime = |at_us: i64| Uptime((at_us - since_us).max(0));
        for chunk in due {
            let port = [Port::Receiver, Port::Attitude, Port::Signals][chunk.port as usize];
            for bytes in chunk.bytes.chunks(256) {
                self.unit.handle(Input::Serial {
                    port,
                    at: uptime(chunk.at_us),
                    bytes,
                });
                Self::drain(&mut self.unit, &mut self.power, &mut made);
            }
        }
        self.unit.handle(Input::Tick { at: uptime(now_us) });
        Self::drain(&mut self.unit, &mut self.power, &mut made);
        for sample in made {
            self.samples.push((self.power.boot, sample));
            self.hand_over(sample);
        }
    }

    fn drain(unit: &mut Unit, power: &mut Power, made: &mut Vec<Sample>) {
        while let Some(output) = unit.poll() {
            let Output::Sample(sample) = output else { continue };
            made.push(sample);
            if let Some(gap) = power.stored(&sample) {
                unit.handle(Input::Gap(gap));
            }
        }
    }

    /// Through a network that says everything twice, and a handful in reverse.
    fn hand_over(&mut self, sample: Sample) {
        let Some(held) = &mut self.network else {
            return self.exam.accept(self.power.boot, &sample);
        };
        held.push(sample);
        if held.len() == 6 {
            let held = std::mem::take(held);
            held.iter()
                .rev()
                .chain(&held)
                .for_each(|sample| self.exam.accept(1, sample));
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
