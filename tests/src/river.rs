//! One rider's exam, from the truth to the verdict.
use crate::door::{Door, Way};
use kaoguan_course::{Course, standard};
use kaoguan_exam::board::Fitness;
use kaoguan_exam::{Act, Answer, Exam, ItemState, Nodes, PoseView, Setup, SetupParts, Syllabus, Vehicle, Verdict};
pub use kaoguan_server::demo::ground::{Documents, EXAMPLES};
use kaoguan_sim::driver::{self, Leads, Temperament};
use kaoguan_sim::ride::{Moment, Next, Request, Ride, STEP_US};
use kaoguan_sim::sensors::{self, Chunk, Sensors, Settings};
use kaoguan_sim::truth::{Observer, Summary};
use kaoguan_sim::vehicle::Kind;
use kaoguan_sim::vehicle::body::Pose;
use kaoguan_sim::vehicle::spec::Spec;
use kaoguan_telemetry::units::Micros;
use kaoguan_telemetry::{Sample, Signal, UnitId};
pub use kaoguan_unit_core::Config;
use kaoguan_unit_core::{
    AttitudeConfig, AttitudeDialect, Check, Dialect, Hold, PlankWiring, ReceiverConfig, SignalConfig, Wire,
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
    /// The class that is examined.
    pub class: &'static str,
}

impl Texts {
    /// The village square, the 2022 edition, the example motorcycle.
    pub fn village() -> Texts {
        Texts {
            course: include_str!("../../course-maps/village-square/course.geojson").to_owned(),
            syllabus: include_str!("../../engine/syllabi/ga1026-2022.toml").to_owned(),
            vehicle: include_str!("../../engine/vehicles/e-hj110.toml").to_owned(),
            class: "E",
        }
    }

    /// The ground laid out for the typical small car, the 2022 edition.
    pub fn small_car() -> Texts {
        Texts {
            course: include_str!("../../course-maps/small-car-ground/course.geojson").to_owned(),
            syllabus: include_str!("../../engine/syllabi/ga1026-2022.toml").to_owned(),
            vehicle: include_str!("../../engine/vehicles/c1-santana.toml").to_owned(),
            class: "C1",
        }
    }

    /// A course laid out for the typical three-wheeled motorcycle, the 2022 edition.
    ///
    /// # Panics
    /// Where that vehicle's file or the layout is bad.
    pub fn three_wheels() -> Texts {
        let texts = Texts::small_car();
        let vehicle = include_str!("../../engine/vehicles/d-zs110zh.toml");
        Texts {
            course: laid_out("D", vehicle, &[]),
            vehicle: vehicle.to_owned(),
            class: "D",
            ..texts
        }
    }

    /// Where a class is examined under the edition of 2022 with its typical vehicle: a committed ground, or one laid out for that
    /// vehicle, with all items of the class that the simulator drives; `None` of a class without an example.
    pub fn of_class(class: &str) -> Option<Texts> {
        let Documents {
            class,
            course,
            syllabus,
            vehicle,
            ..
        } = Documents::of_class(class)?;
        Some(Texts {
            course,
            syllabus,
            vehicle: vehicle.to_owned(),
            class,
        })
    }

    /// The proven setup.
    ///
    /// # Panics
    /// Where a text is bad; all its issues are in the message.
    pub fn setup(&self) -> Setup {
        self.setup_with(Nodes::default())
    }

    /// The same with field nodes at its sites.
    ///
    /// # Panics
    /// As [`Texts::setup`].
    pub fn setup_with(&self, nodes: Nodes) -> Setup {
        Setup::new(SetupParts {
            exam: "test".into(),
            candidate: "token".into(),
            attempt: 1,
            class: self.class.into(),
            unit: UnitId::new("moto-1").expect("a good name"),
            course: Course::load(&self.course).expect("a good course"),
            syllabus: Syllabus::parse(&self.syllabus).expect("a good syllabus"),
            vehicle: Vehicle::parse(&self.vehicle).expect("a good vehicle"),
            nodes,
        })
        .expect("a good setup")
    }
}

/// A class's course for a vehicle, as the builder lays it out: these items, or all of them.
///
/// # Panics
/// Where the file or the layout is bad.
pub fn laid_out(class: &str, vehicle: &str, items: &[&str]) -> String {
    let built_for = kaoguan_server::course_cli::built_for(&Vehicle::parse(vehicle).expect("a good vehicle"));
    let items: Vec<String> = items.iter().map(|item| (*item).to_owned()).collect();
    standard::lay_out(class, &built_for, &items, &standard::Place::of_class(class)).expect("a good layout")
}

/// The unit's configuration for the simulated sensors of a motorcycle.
pub fn unit_config() -> Config {
    wired(&[
        (Signal::Helmet, 31, 2),
        (Signal::GripLeft, 31, 3),
        (Signal::GripRight, 31, 4),
        (Signal::PegLeft, 31, 5),
        (Signal::PegRight, 31, 6),
        (Signal::BrakeFoot, 0, 0),
        (Signal::BrakeFront, 55, 1),
        (Signal::EngineRunning, 1, 7),
        (Signal::Clutch, 0, 1),
    ])
}

/// The same for those of a car.
pub fn car_config() -> Config {
    let mut config = wired(&[
        (Signal::BrakeFoot, 0, 0),
        (Signal::Clutch, 0, 1),
        (Signal::DippedBeam, 0, 2),
        (Signal::MainBeam, 0, 3),
        (Signal::LampRight, 0, 4),
        (Signal::LampLeft, 0, 5),
        (Signal::ParkingBrake, 0, 6),
        (Signal::Horn, 1, 0),
        (Signal::HazardLamps, 1, 4),
        (Signal::Belt, 1, 5),
        (Signal::Starter, 1, 6),
        (Signal::EngineRunning, 1, 7),
        (Signal::Wiper, 7, 0),
        (Signal::FogLamp, 7, 1),
    ]);
    // A car's box has no wheel, no poles and no plank on its wires; a wheel without pulses would stand.
    let signals = &mut config.signals;
    (signals.pole_hits, signals.odometer, signals.plank) = (false, false, None);
    config
}

/// The same for those of a vehicle that goes over two bridges, on three wheels or more, with all contacts on their wires: a car's
/// switches, or a motorcycle's.
pub fn bridge_config(kind: Kind) -> Config {
    let mut config = match kind {
        Kind::Car => car_config(),
        Kind::Motorcycle | Kind::Tricycle => unit_config(),
    };
    let signals = &mut config.signals;
    (signals.pole_hits, signals.odometer) = (true, false);
    signals.plank = Some(PlankWiring {
        byte: 34,
        front_bit: 7,
        rear_bit: 6,
        front_right_bit: Some(5),
        rear_right_bit: Some(4),
        active_high: true,
    });
    config
}

/// The unit around a vehicle on its course: a trailer's receiver, and contacts where there are bridges.
pub fn config_on(spec: &Spec, course: &Course) -> Config {
    let bridges = course.sites.iter().any(|site| site.part("deck_left").is_some());
    let mut config = match spec.kind {
        Kind::Motorcycle => unit_config(),
        kind if bridges => bridge_config(kind),
        Kind::Car => car_config(),
        Kind::Tricycle => unit_config(),
    };
    config.trailer = spec.trailer.as_ref().map(|_| config.receiver);
    config
}

/// The same for those of a train: its trailer has a receiver of its own.
pub fn train_config() -> Config {
    let mut config = car_config();
    config.trailer = Some(config.receiver);
    config
}

fn wired(wires: &[(Signal, u8, u8)]) -> Config {
    let wiring: Vec<Wire> = wires
        .iter()
        .map(|(signal, byte, bit)| Wire {
            signal: *signal,
            byte: *byte,
            bit: *bit,
            active_high: true,
            hold: Hold::default(),
        })
        .collect();
    let silence = Micros(500_000);
    Config {
        receiver: ReceiverConfig {
            heading_skew: Micros(0),
            latency: Micros(60_000),
            silence,
        },
        trailer: None,
        site_clock: None,
        attitude: AttitudeConfig {
            dialect: AttitudeDialect::WitMotion,
            latency: Micros(sensors::attitude::LATENCY_US),
            silence,
            with_angle: true,
        },
        signals: SignalConfig {
            dialect: Dialect::Stc15,
            check: Check::Xor,
            length: 60,
            spacing_min: Micros(50_000),
            spacing_max: Micros(300_000),
            wiring: heapless::Vec::from_slice(&wiring).expect("fewer wires than the bound"),
            gear: true,
            pole_hits: true,
            poles: Default::default(),
            odometer: true,
            plank: Some(PlankWiring {
                byte: 34,
                front_bit: 7,
                rear_bit: 6,
                front_right_bit: None,
                rear_right_bit: None,
                active_high: true,
            }),
            latency: Micros(sensors::signal_box::LATENCY_US),
            silence,
        },
    }
}

/// A rider whose items stay void in bad weather goes home after so many questions at the gates; of a long course after so many for each
/// item.
const GATES_MAX: usize = 12;
const GATES_OF_AN_ITEM: usize = 4;

/// Where and by what rules many exams are ridden.
#[derive(Clone)]
pub struct Ground {
    /// The exam's setup.
    pub setup: Setup,
    /// The course, for the simulator.
    pub course: Arc<Course>,
    /// The vehicle, for the simulator.
    pub spec: Arc<Spec>,
    /// What rides on it have found out about its bends.
    pub leads: Arc<Leads>,
}

impl Ground {
    /// # Panics
    /// Where a text is bad.
    pub fn of(texts: &Texts) -> Ground {
        Ground {
            setup: texts.setup(),
            course: Arc::new(Course::load(&texts.course).expect("a good course")),
            spec: Arc::new(Spec::read(&texts.vehicle).expect("a good vehicle")),
            leads: Arc::default(),
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
    /// Where the vehicle truly was at each tenth of a second, by microseconds of the ride.
    pub poses: BTreeMap<i64, Pose>,
    door: Door,
    sensors: Sensors,
    answer: Answer,
    network: Option<Vec<(u32, Sample)>>,
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
        River::ride_by(Way::Bytes, config, ground, rider, seed, settings, answer)
    }

    /// The same through either door.
    pub fn ride_by(
        way: Way,
        config: Config,
        ground: &Ground,
        rider: &Temperament,
        seed: u64,
        settings: &Settings,
        answer: Answer,
    ) -> River {
        let door = Door::new(way, config, seed, settings);
        let mut river = River::new(door, ground, seed, settings, answer);
        river.ride_on(ground, rider, seed, settings);
        river
    }

    /// The same through the door of bytes; what came in is kept.
    pub fn record_day(
        config: Config,
        ground: &Ground,
        rider: &Temperament,
        seed: u64,
        settings: &Settings,
        answer: Answer,
    ) -> (River, Vec<Chunk>) {
        let mut door = Door::new(Way::Bytes, config, seed, settings);
        if let Door::Bytes(bytes) = &mut door {
            bytes.kept = Some(Vec::new());
        }
        let mut river = River::new(door, ground, seed, settings, answer);
        river.ride_on(ground, rider, seed, settings);
        let kept = match &mut river.door {
            Door::Bytes(bytes) => bytes.kept.take(),
            Door::Samples(_) => None,
        };
        (river, kept.unwrap_or_default())
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
        let door = Door::new(Way::Bytes, config, seed, settings);
        let mut river = River::new(door, ground, seed, settings, answer);
        let mut chunks = chunks.iter().peekable();
        let mut now_us = chunks.peek().map_or(0, |first| first.at_us / STEP_US * STEP_US);
        loop {
            if let Door::Bytes(bytes) = &mut river.door {
                while let Some(chunk) = chunks.next_if(|chunk| chunk.at_us <= now_us) {
                    bytes.push(chunk.clone());
                }
                if chunks.peek().is_none() && !bytes.waits() {
                    break;
                }
            }
            river.deliver(now_us);
            now_us += STEP_US;
        }
        river.examine();
        river
    }

    fn new(door: Door, ground: &Ground, seed: u64, settings: &Settings, answer: Answer) -> River {
        River {
            exam: Exam::new(&ground.setup),
            samples: Vec::new(),
            truth: Summary::default(),
            poses: BTreeMap::new(),
            door,
            sensors: Sensors::new(&ground.course, &ground.spec, seed, settings),
            answer,
            network: settings.weather.doubled.then(Vec::new),
            gates: 0,
        }
    }

    fn ride_on(&mut self, ground: &Ground, rider: &Temperament, seed: u64, settings: &Settings) {
        let request = Request {
            leads: ground.leads.clone(),
            ..Request::new(ground.course.clone(), ground.spec.clone(), rider, seed)
        };
        let mut observer = Observer::new(&ground.course, &ground.spec);
        self.run(Ride::new(request).expect("a course with sites"), &mut observer);
        self.truth = observer.finish(rider.name, seed, settings.start_utc_us);
    }

    fn run(&mut self, mut ride: Ride, observer: &mut Observer) {
        let mut words = Vec::new();
        loop {
            match ride.advance() {
                Moment::Truth(truth) => {
                    observer.push(&truth);
                    if truth.t_us % 100_000 == 0 {
                        self.poses.insert(truth.t_us, truth.pose);
                    }
                    self.sensors.say(&truth, &mut words);
                    words.drain(..).for_each(|word| self.door.take(word));
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

    /// The samples once more through a new exam: each with the fit pose that it brought, if any, and where the vehicle truly
    /// was then.
    pub fn judged_again(&self, ground: &Ground, mut see: impl FnMut(&Sample, Option<(PoseView, Pose)>)) {
        let (mut exam, mut last) = (Exam::new(&ground.setup), None);
        for (boot, sample) in &self.samples {
            exam.accept(*boot, sample);
            let is_new = |pose: &PoseView| Some(pose.at) != last && pose.fitness == Fitness::Fit;
            let pose = exam.board().pose.filter(is_new);
            last = pose.as_ref().map_or(last, |pose| Some(pose.at));
            see(
                sample,
                pose.and_then(|pose| {
                    let truth = self.poses.get(&(pose.at.0 - sensors::START_UTC_US))?;
                    Some((pose, *truth))
                }),
            );
        }
    }

    /// The next item only when the engine is done with this one.
    fn gate(&mut self, site: &str) -> Next {
        self.examine();
        self.gates += 1;
        if self.gates > GATES_MAX.max(GATES_OF_AN_ITEM * self.exam.board().items.len()) {
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
        let by = "scripted".into();
        self.exam.act(&Act::NothingMore { by });
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

    /// Hands the exam what has arrived by now.
    fn deliver(&mut self, now_us: i64) {
        let from = self.samples.len();
        self.door.deliver(now_us, &mut self.samples);
        for no in from..self.samples.len() {
            let (boot, sample) = self.samples[no];
            self.hand_over(boot, sample);
        }
    }

    /// Through a network that says everything twice, and a handful in reverse.
    fn hand_over(&mut self, boot: u32, sample: Sample) {
        let Some(held) = &mut self.network else {
            return self.exam.accept(boot, &sample);
        };
        held.push((boot, sample));
        if held.len() == 6 {
            let held = std::mem::take(held);
            held.iter()
                .rev()
                .chain(&held)
                .for_each(|(boot, sample)| self.exam.accept(*boot, sample));
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
