//! A site of shipped binaries: `kaoguan serve` and `kaoguan-unit` as processes, mosquitto between them, a simulated ride.
//!
//! The problem: what must survive a kill, a cut or a full disk is the binary that stands in the village, not a function.
//! The answer: each part a process of its own, each of which a test may kill and start again while the ride goes on.
//! Deliberately not here: any judgement of what is right; the tests say that.
mod disk;
mod journal;
mod process;
mod relay;
mod tap;
pub mod web;

pub use disk::Disk;
pub use journal::Journal;
pub use process::{Process, binary, free_port, repository, shipped, until};
pub use relay::{Mix, Relay};
pub use tap::Tap;

use kaoguan_course::Course;
use kaoguan_sim::driver;
use kaoguan_sim::ride::{Next, Request, Ride};
use kaoguan_sim::rig::{Gate, Rig, UnitSite, unit_toml};
use kaoguan_sim::sensors::{Port, START_UTC_US, Settings};
use kaoguan_sim::truth::Truth;
use kaoguan_sim::vehicle::spec::Spec;
use serde_json::{Value, json};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

const MOSQUITTO: &str = "/usr/sbin/mosquitto";
/// The site's name in topics.
pub const SITE: &str = "village-square";
/// The unit's name.
pub const UNIT: &str = "moto-1";
/// The exam's id.
pub const EXAM: &str = "x1";
/// The join waits for the slowest port: the receiver's latency and one epoch, and the batch for its 200 ms.
const BOARD_LAG_US: i64 = 600_000;
/// So long the board may take to catch up with a ride that stands still: a stall of the unit (5 s), then a restarted engine.
const BOARD_PATIENCE: Duration = Duration::from_secs(60);

/// What a site is made of.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Course, syllabus and vehicle, relative to the repository.
    pub documents: [&'static str; 3],
    /// Class of the exam.
    pub class: &'static str,
    /// Folder of the engine's data; `None` for one in the site's own.
    pub data: Option<PathBuf>,
    /// Folder of the unit's spool; `None` for one in the site's own.
    pub spool: Option<PathBuf>,
    /// More lines of `[site]`, and more sections behind all.
    pub more: [&'static str; 2],
}

impl Default for Plan {
    fn default() -> Plan {
        Plan {
            documents: [
                "course-maps/village-square/course.geojson",
                "engine/syllabi/ga1026-2022.toml",
                "engine/vehicles/e-hj110.toml",
            ],
            class: "E",
            data: None,
            spool: None,
            more: [""; 2],
        }
    }
}

/// What a test does to a site while a ride goes on. Simulated time stands still in each call.
pub trait Mischief: Send {
    /// Each 5 ms of the ride, at this UTC (microseconds).
    fn riding(&mut self, _site: &Site, _utc_us: i64, _truth: &Truth) {}
    /// The vehicle has rested 3 s after an item.
    fn rested(&mut self, _site: &Site, _item: &str) {}
}

/// Nothing.
impl Mischief for () {}

/// How an exam ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// `pass`, `fail`, ...
    pub verdict: String,
    /// Points left.
    pub score: i64,
    /// Rule, code and points of each finding, in order.
    pub findings: Vec<(String, String, i64)>,
}

/// The processes of a site, and the wires of its unit.
pub struct Site {
    plan: Plan,
    folder: tempfile::TempDir,
    mqtt: u16,
    http: SocketAddr,
    broker: Mutex<Option<Process>>,
    engine: Mutex<Option<Process>>,
    unit: Mutex<Option<Process>>,
    relay: Mutex<Option<Relay>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Site {
    /// Starts broker and engine.
    ///
    /// # Panics
    /// With a sentence where one of them does not.
    pub fn start(plan: Plan) -> Site {
        assert!(
            Path::new(MOSQUITTO).exists(),
            "{MOSQUITTO} is missing: apt-get install mosquitto"
        );
        let site = Site {
            plan,
            folder: tempfile::tempdir().expect("a folder"),
            mqtt: free_port(),
            http: ([127, 0, 0, 1], free_port()).into(),
            broker: Mutex::default(),
            engine: Mutex::default(),
            unit: Mutex::default(),
            relay: Mutex::default(),
        };
        site.broker_up();
        site.engine_up();
        site.await_engine();
        site
    }

    /// The site's own folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
    /// The broker's port.
    pub fn mqtt(&self) -> u16 {
        self.mqtt
    }
    /// The console's address.
    pub fn http(&self) -> SocketAddr {
        self.http
    }
    /// The engine's data.
    pub fn data(&self) -> PathBuf {
        self.plan.data.clone().unwrap_or_else(|| self.folder().join("data"))
    }
    /// The sealed record.
    pub fn record(&self) -> PathBuf {
        self.data().join(format!("records/{EXAM}.mcap"))
    }
    /// The unit's wires.
    ///
    /// # Panics
    /// Before [`Site::ride`] has made them.
    pub fn relay(&self) -> Relay {
        lock(&self.relay).clone().expect("a ride has begun")
    }

    /// Starts mosquitto; returns when it listens. It remembers nothing of an earlier life.
    pub fn broker_up(&self) {
        let path = self.folder().join("mosquitto.conf");
        let text = format!(
            "listener {} 127.0.0.1\nallow_anonymous true\npersistence false\nmax_queued_messages 0\n",
            self.mqtt
        );
        std::fs::write(&path, text).expect("written");
        let log = self.folder().join("mosquitto.log");
        let broker = Process::start("mosquitto", Command::new(MOSQUITTO).arg("-c").arg(&path), &log);
        *lock(&self.broker) = Some(broker);
        until("mosquitto listens", 10, || {
            TcpStream::connect(("127.0.0.1", self.mqtt)).is_ok()
        });
    }

    /// `kill -9` of mosquitto.
    pub fn kill_broker(&self) {
        lock(&self.broker).take().map(Process::kill);
    }

    /// Starts the engine, and does not wait for it.
    pub fn engine_up(&self) {
        let config = self.folder().join("site.toml");
        std::fs::write(&config, self.site_toml()).expect("written");
        let mut command = shipped("kaoguan");
        command.arg("serve").arg("--config").arg(&config);
        let engine = Process::start("kaoguan serve", &mut command, &self.folder().join("engine.log"));
        *lock(&self.engine) = Some(engine);
    }

    /// Waits until the engine's console answers.
    pub fn await_engine(&self) {
        until("the engine's console answers", 30, || {
            web::get(self.http, "/api/site").is_ok()
        });
    }

    /// `kill -9` of the engine.
    pub fn kill_engine(&self) {
        lock(&self.engine).take().map(Process::kill);
    }

    /// The engine's process.
    ///
    /// # Panics
    /// While it is down.
    pub fn engine_id(&self) -> u32 {
        lock(&self.engine).as_ref().map(Process::id).expect("the engine is up")
    }

    fn site_toml(&self) -> String {
        let root = repository();
        let [course, syllabus, vehicle] = self.plan.documents.map(|path| root.join(path));
        format!(
            "[site]\nid = {SITE:?}\ndata = {:?}\nsource_lost_after = \"120 s\"\nexam_room = \"60 s\"\n{}\
             [mqtt]\nhost = \"127.0.0.1\"\nport = {}\n[http]\nbind = \"{}\"\n\
             [exam]\ncourse = {course:?}\nsyllabus = {syllabus:?}\nvehicle = {vehicle:?}\n{}",
            self.data(),
            self.plan.more[0],
            self.mqtt,
            self.http,
            self.plan.more[1],
        )
    }

    /// Starts the unit with the file that was written for it, and leads its clock.
    pub fn unit_up(&self) {
        let mut command = shipped("kaoguan-unit");
        command.arg("--config").arg(self.folder().join("unit.toml"));
        let unit = Process::start("kaoguan-unit", &mut command, &self.folder().join("unit.log"));
        *lock(&self.unit) = Some(unit);
        let led = self.relay().lead(&self.folder().join("led.sock"));
        led.unwrap_or_else(|e| panic!("{e}"));
    }

    /// `kill -9` of the unit; what its lines carry from now on is lost.
    pub fn kill_unit(&self) {
        self.relay().release();
        lock(&self.unit).take().map(Process::kill);
        // Its socket file stays behind a kill; the next unit replaces it, and nobody must reach the old one.
        let _ = std::fs::remove_file(self.folder().join("led.sock"));
    }

    /// The unit's process.
    ///
    /// # Panics
    /// While it is down.
    pub fn unit_id(&self) -> u32 {
        lock(&self.unit).as_ref().map(Process::id).expect("the unit is up")
    }

    /// Ends the unit (SIGTERM) and says its log, whose last line holds its counters.
    pub fn stop_unit(&self) -> String {
        self.relay().release();
        lock(&self.unit).take().map(Process::stop);
        self.log("unit")
    }

    /// What the `unit` or the `engine` has said.
    pub fn log(&self, name: &str) -> String {
        std::fs::read_to_string(self.folder().join(format!("{name}.log"))).unwrap_or_default()
    }

    /// Writes a unit's file around these lines.
    pub fn write_unit_toml(&self, rig: &Rig, relay: &Relay) {
        let clock = self.folder().join("led.sock");
        let spool = self.plan.spool.clone().unwrap_or_else(|| self.folder().join("spool"));
        let at = UnitSite {
            site: SITE,
            unit: UNIT,
            mqtt: ("127.0.0.1", self.mqtt),
            spool: &spool,
            clock: Some(&clock),
        };
        let mut text = unit_toml(rig, &at, &Settings::default());
        for (own, path) in lines(rig).into_iter().zip(relay.paths()) {
            text = text.replace(&format!("{own:?}"), &format!("{path:?}"));
        }
        std::fs::write(self.folder().join("unit.toml"), text).expect("written");
    }

    /// Opens the exam.
    ///
    /// # Panics
    /// Where the engine refuses.
    pub fn open_exam(&self) {
        let body = json!({
            "candidate": "token", "unit": UNIT, "class": self.plan.class, "by": "王考官", "exam": EXAM,
        });
        let (status, answer) = web::post(self.http, "/api/exams", &body).expect("the engine answers");
        assert_eq!(status, 201, "the exam is not opened: {answer}");
    }

    /// The exam as the console shows it; `None` while the engine is down.
    pub fn exam(&self) -> Option<Value> {
        let (status, view) = web::get(self.http, &format!("/api/exams/{EXAM}")).ok()?;
        (status == 200).then_some(view)
    }

    /// Waits until the exam is closed and sealed; says how it ended.
    pub fn closed(&self) -> Outcome {
        let mut last = None;
        until("the exam is closed and its record sealed", 60, || {
            if let Some(view) = self.exam() {
                self.dismiss(&view);
                last = Some(view);
            }
            last.as_ref().is_some_and(|view| view["digest"].is_string())
        });
        outcome(&last.expect("was seen"))
    }

    /// The scripted examiner dismisses what is asked; an answer that comes twice is refused, and that is right.
    fn dismiss(&self, view: &Value) {
        for question in view["questions"].as_array().into_iter().flatten() {
            if question["answer"].is_null() {
                let body = json!({ "question": question["no"], "answer": "dismiss", "by": "scripted" });
                let _ = web::post(self.http, &format!("/api/exams/{EXAM}/answers"), &body);
            }
        }
    }

    /// Rides an exam through rig, relay, unit, broker and engine; says how it ended.
    ///
    /// # Panics
    /// With a sentence where anything stands still that should move.
    pub async fn ride(&self, rider: &str, seed: u64, mischief: &mut impl Mischief) -> Outcome {
        let start = Instant::now();
        let mut rig = Rig::open(START_UTC_US, 0.0).expect("pseudo terminals");
        let socket = self.folder().join("relay.sock");
        let relay = Relay::open(lines(&rig), &socket).expect("a relay");
        *lock(&self.relay) = Some(relay.clone());
        self.write_unit_toml(&rig, &relay);
        self.unit_up();
        rig.lead(&socket, Duration::from_secs(20)).await.expect("a led clock");
        let mut ride = self.plan_ride(rider, seed);
        let mischief = Mutex::new(mischief);
        let mut gate = BoardGate {
            site: self,
            mischief: &mischief,
        };
        let base_us = rig.utc_us();
        let mut said = 0;
        let settings = Settings::default();
        let rode = rig.ride(&mut ride, &settings, &mut gate, |progress, truth| {
            if progress.ride_s >= f64::from(said) {
                println!("{rider}: {said} s, item {} of {}", progress.item.0 + 1, progress.item.1);
                said += 20;
            }
            lock(&mischief).riding(self, base_us + truth.t_us, truth);
        });
        rode.await.expect("the ride is ridden");
        let outcome = self.closed();
        println!("{rider}: {outcome:?} after {:.1} s", start.elapsed().as_secs_f64());
        outcome
    }

    fn plan_ride(&self, rider: &str, seed: u64) -> Ride {
        let text = |path: &str| std::fs::read_to_string(repository().join(path)).expect("a document");
        let course = Arc::new(Course::load(&text(self.plan.documents[0])).expect("a good course"));
        let spec = Arc::new(Spec::read(&text(self.plan.documents[2])).expect("a good vehicle"));
        let rider = driver::named(rider).expect("a known rider");
        Ride::new(Request::new(course, spec, rider, seed)).expect("a course with sites")
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        // The unit first: its last words need nobody.
        for process in [&self.unit, &self.engine, &self.broker] {
            drop(lock(process).take());
        }
    }
}

/// The rider looks at the board before going on, however long the engine takes to come back.
struct BoardGate<'s, M> {
    site: &'s Site,
    mischief: &'s Mutex<&'s mut M>,
}

impl<M: Mischief> Gate for BoardGate<'_, M> {
    async fn ready(&mut self, _utc_us: i64) -> Next {
        self.site.open_exam();
        Next::Continue
    }

    async fn item_done(&mut self, item: &str, utc_us: i64) -> Next {
        lock(self.mischief).rested(self.site, item);
        let end = Instant::now() + BOARD_PATIENCE;
        loop {
            if let Some(view) = self.site.exam() {
                self.site.dismiss(&view);
                if matches!(view["verdict"]["verdict"].as_str(), Some("pass" | "fail" | "void")) {
                    return Next::Stop;
                }
                if view["at_us"].as_i64().is_some_and(|at| at >= utc_us - BOARD_LAG_US) {
                    return next(&view, item);
                }
            }
            assert!(
                Instant::now() < end,
                "60 s after item {item} the board is not there yet: {:?}",
                self.site.exam().map(|view| view["at_us"].clone())
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// The lines of a vehicle that draws nothing.
fn lines(rig: &Rig) -> [&Path; 3] {
    [Port::Receiver, Port::Attitude, Port::Signals].map(|port| rig.path(port).expect("every rig has it"))
}

fn next(view: &Value, item: &str) -> Next {
    let items = view["items"].as_array().into_iter().flatten();
    let state = items
        .filter(|view| view["site"] == item)
        .find_map(|view| view["state"].as_str());
    match state {
        Some("done") => Next::Continue,
        // Ridden, and still pending: its beginning fell into a hole of the data, so nothing of it was judged.
        Some("void" | "pending") => Next::RideAgain,
        _ => Next::Wait,
    }
}

/// What the console's JSON says of an exam's end.
pub fn outcome(view: &Value) -> Outcome {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let findings = view["findings"].as_array().into_iter().flatten();
    Outcome {
        verdict: text(&view["verdict"]["verdict"]),
        score: view["score"].as_i64().unwrap_or(i64::MIN),
        findings: findings
            .map(|f| {
                (
                    text(&f["rule"]),
                    text(&f["code"]),
                    f["points"].as_i64().unwrap_or(i64::MIN),
                )
            })
            .collect(),
    }
}

/// Runs a shipped binary to its end.
///
/// # Panics
/// Where it does not start.
pub fn run(name: &str, arguments: &[&str]) -> Output {
    let output = Command::new(binary(name))
        .args(arguments)
        .current_dir(repository())
        .output();
    output.unwrap_or_else(|e| panic!("{name} does not start: {e}"))
}

/// `kaoguan score RECORD --json`: the record's judgement, said to be the same as sealed.
///
/// # Panics
/// Where it is not.
pub fn score(record: &Path) -> Value {
    let output = run("kaoguan", &["score", &record.to_string_lossy(), "--json"]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(
        output.status.code(),
        Some(0),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let value: Value = serde_json::from_str(&said).expect("JSON");
    assert_eq!(value["same"], true, "{said}");
    value
}
