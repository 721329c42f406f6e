//! `site.toml`: what a site is made of.
//!
//! The problem: the crew sets a site up in the morning and corrects a file once, not seven times. The answer: every key
//! is asked for by its name, every fault is noted with its line and key, reading goes on to the end, and what nobody
//! asked for is a fault too. The documents of the exams are read and held against each other here, so that the first
//! candidate does not find out that the course lacks a ramp.
//!
//! Deliberately not here: any default for an address, a path or a document.
mod nodes;

pub use kaoguan_unit::settings::{Fault, Faulty};

use kaoguan_exam::syllabus::overlay::overlaid;
use kaoguan_exam::{Course, Issue, Nodes, Setup, SetupParts, Syllabus, Vehicle, load_course};
use kaoguan_telemetry::UnitId;
use kaoguan_telemetry::units::Micros;
use kaoguan_unit::settings::quantity::TIME;
use kaoguan_unit::settings::{self, Faults, Section};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Where the broker is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mqtt {
    /// The engine's own broker, listening here. Port 0 takes any free one.
    Own(SocketAddr),
    /// Another broker.
    At {
        /// Its host.
        host: String,
        /// Its port.
        port: u16,
        /// User and password, where it wants them.
        login: Option<(String, String)>,
    },
}

/// The texts that exams are opened with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Documents {
    /// The course's GeoJSON text.
    pub course: String,
    /// The syllabus's TOML text.
    pub syllabus: String,
    /// The TOML text of the vehicle that a unit has unless `vehicles` names another.
    pub vehicle: String,
    /// Vehicles of single units.
    pub vehicles: BTreeMap<UnitId, String>,
    /// The field nodes of the course.
    pub nodes: Nodes,
}

/// A site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteConfig {
    /// The site's id, as it stands in topics: 1 to 64 of `a-z 0-9 -`.
    pub id: String,
    /// Where journal, records, key and database live.
    pub data: PathBuf,
    /// The broker.
    pub mqtt: Mqtt,
    /// Where the console listens. Port 0 takes any free one.
    pub http: SocketAddr,
    /// After this long without a batch from a running exam's unit, its source is declared lost.
    pub source_lost_after: Duration,
    /// For so long a life a unit's disk must have room where an exam begins.
    pub exam_room: Duration,
    /// How far this machine's clock may be from UTC; `None`: nobody says, and field nodes are not told the time.
    pub clock_within: Option<Duration>,
    /// What exams are opened with.
    pub documents: Documents,
}

/// The declared wait before a source is lost, where the file says nothing.
pub const SOURCE_LOST_AFTER: &str = "30 s";
/// The room that a unit's disk must have where the file says nothing: an exam of 科目二 is ridden in less than half of it, and the
/// network may stay away for all of that.
pub const EXAM_ROOM: &str = "3600 s";

impl SiteConfig {
    /// Reads a file; paths in it are relative to its own folder.
    ///
    /// # Errors
    /// [`Faulty`] with every fault, those of the documents too.
    pub fn load(path: &Path) -> Result<SiteConfig, Faulty> {
        let folder = path.parent().unwrap_or(Path::new("."));
        settings::load(path, |text, name| SiteConfig::parse(text, name, folder))
    }

    /// Reads a text; `name` stands in the message, paths are relative to `folder`.
    ///
    /// # Errors
    /// [`Faulty`] with every fault.
    pub fn parse(text: &str, name: &str, folder: &Path) -> Result<SiteConfig, Faulty> {
        settings::parse(text, name, |root, faults| read(root, folder, faults))
    }
}

/// Every section is read to its end before any `?`, so that all faults are found.
fn read(mut root: Section, folder: &Path, faults: &mut Faults) -> Option<SiteConfig> {
    let site = site(root.table("site", faults), folder, faults);
    let mqtt = mqtt(root.table("mqtt", faults), faults);
    let mut http = root.table("http", faults);
    let bind = address(&mut http, "bind", faults);
    http.finish(faults);
    let exam = root.table("exam", faults);
    let vehicles = root.table_if_any("vehicles", faults);
    let wait = site.as_ref().map_or(Micros(0), |head| head.node_wait);
    let nodes = nodes::nodes(root.table_if_any("nodes", faults), wait, faults);
    let documents = documents(exam, vehicles, nodes, folder, faults);
    root.finish(faults);
    let Head {
        id,
        data,
        source_lost_after,
        exam_room,
        clock_within,
        ..
    } = site?;
    Some(SiteConfig {
        id,
        data,
        mqtt: mqtt?,
        http: bind?,
        source_lost_after,
        exam_room,
        clock_within,
        documents: documents?,
    })
}

/// What `[site]` says.
struct Head {
    id: String,
    data: PathBuf,
    source_lost_after: Duration,
    exam_room: Duration,
    node_wait: Micros,
    clock_within: Option<Duration>,
}

fn site(mut section: Section, folder: &Path, faults: &mut Faults) -> Option<Head> {
    let id = section.text("id", faults);
    let is_plain = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-';
    if id.is_some_and(|id| id.len() > 64 || !id.bytes().all(is_plain)) {
        section.fault(
            "id",
            "must be at most 64 characters of a-z 0-9 -: it stands in every topic",
            faults,
        );
    }
    let data = section.text("data", faults).map(|data| folder.join(data));
    let wait = section.quantity_or("source_lost_after", SOURCE_LOST_AFTER, TIME, faults);
    if wait.is_some_and(|wait| !(5_000_000..=600_000_000).contains(&wait)) {
        section.fault("source_lost_after", "must be 5 s to 600 s", faults);
    }
    let room = section.quantity_or("exam_room", EXAM_ROOM, TIME, faults);
    if room.is_some_and(|room| !(60_000_000..=86_400_000_000).contains(&room)) {
        section.fault("exam_room", "must be 60 s to 86400 s", faults);
    }
    let nodes = section.quantity_or("node_wait", nodes::WAIT, TIME, faults);
    if nodes.is_some_and(|wait| !nodes::WAITS.contains(&wait)) {
        section.fault("node_wait", "must be 1 s to 60 s", faults);
    }
    let within = section
        .has("clock_within")
        .then(|| section.quantity("clock_within", TIME, faults));
    if within.flatten().is_some_and(|within| within > 200_000) {
        section.fault(
            "clock_within",
            "must be at most 200 ms: a worse clock dates no hit",
            faults,
        );
    }
    section.finish(faults);
    let duration = |us: i64| u64::try_from(us).ok().map(Duration::from_micros);
    Some(Head {
        id: id?.to_owned(),
        data: data?,
        source_lost_after: duration(wait?)?,
        exam_room: duration(room?)?,
        node_wait: Micros(nodes?),
        clock_within: match within {
            Some(read) => Some(duration(read?)?),
            None => None,
        },
    })
}

fn mqtt(mut section: Section, faults: &mut Faults) -> Option<Mqtt> {
    let own = section.has("bind").then(|| address(&mut section, "bind", faults));
    let host = section.text_if_any("host", faults);
    let port = section.port_if_any("port", faults);
    let user = section.text_if_any("username", faults);
    let password = section.text_if_any("password", faults);
    if own.is_some() == host.is_some() {
        let text = "needs either `bind` (our own broker) or `host` and `port` (another broker)";
        section.fault("", text, faults);
    }
    if host.is_some() != port.is_some() {
        section.fault("port", "`host` and `port` belong together", faults);
    }
    if user.is_some() != password.is_some() {
        section.fault("username", "`username` and `password` belong together", faults);
    }
    section.finish(faults);
    match own {
        Some(bind) => bind.map(Mqtt::Own),
        None => Some(Mqtt::At {
            host: host?.to_owned(),
            port: port?,
            login: user
                .zip(password)
                .map(|(user, password)| (user.to_owned(), password.to_owned())),
        }),
    }
}

fn address(section: &mut Section, key: &'static str, faults: &mut Faults) -> Option<SocketAddr> {
    let text = section.text(key, faults)?;
    let address = text.parse().ok();
    if address.is_none() {
        section.fault(key, "must be an address with its port, like \"0.0.0.0:8080\"", faults);
    }
    address
}

fn documents(
    mut section: Section,
    vehicles: Option<Section>,
    nodes: Nodes,
    folder: &Path,
    faults: &mut Faults,
) -> Option<Documents> {
    let course = document(&mut section, "course", folder, faults);
    let syllabus = document(&mut section, "syllabus", folder, faults);
    let overlay = section
        .has("overlay")
        .then(|| document(&mut section, "overlay", folder, faults));
    let syllabus = under(syllabus, overlay, faults);
    let vehicle = document(&mut section, "vehicle", folder, faults);
    section.finish(faults);
    let vehicles = vehicles
        .map(|section| own_vehicles(section, folder, faults))
        .unwrap_or_default();
    let documents = Documents {
        course: course?,
        syllabus: syllabus?,
        vehicle: vehicle?,
        vehicles,
        nodes,
    };
    for issue in documents.issues() {
        faults.add(None, &issue.place, issue.text);
    }
    Some(documents)
}

/// The edition under the province's overlay, where there is one.
fn under(syllabus: Option<String>, overlay: Option<Option<String>>, faults: &mut Faults) -> Option<String> {
    match overlay {
        None => syllabus,
        Some(overlay) => overlaid(&syllabus?, &overlay?)
            .map_err(|issues| {
                let told = |issue: Issue| faults.add(None, &format!("overlay: {}", issue.place), issue.text);
                issues.into_iter().for_each(told);
            })
            .ok(),
    }
}

fn document(section: &mut Section, key: &'static str, folder: &Path, faults: &mut Faults) -> Option<String> {
    let path = folder.join(section.text(key, faults)?);
    std::fs::read_to_string(&path)
        .map_err(|e| section.fault(key, format!("{} cannot be read: {e}", path.display()), faults))
        .ok()
}

fn own_vehicles(section: Section, folder: &Path, faults: &mut Faults) -> BTreeMap<UnitId, String> {
    let mut vehicles = BTreeMap::new();
    for (name, value) in section.entries() {
        let span = value.span();
        let key = format!("vehicles.{name}");
        let unit = UnitId::new(name);
        if unit.is_none() {
            faults.add(
                Some(span.clone()),
                &key,
                "a unit's id is 1 to 16 characters of a-z 0-9 -",
            );
        }
        let Some(path) = value.get_ref().as_str() else {
            faults.add(Some(span), &key, "must be the path of a vehicle file, in quotes");
            continue;
        };
        match (unit, std::fs::read_to_string(folder.join(path))) {
            (Some(unit), Ok(text)) => {
                vehicles.insert(unit, text);
            }
            (_, Err(e)) => faults.add(Some(span), &key, format!("{path} cannot be read: {e}")),
            _ => {}
        }
    }
    vehicles
}

impl Documents {
    /// The vehicle that this unit is mounted on.
    pub fn vehicle_of(&self, unit: UnitId) -> &str {
        self.vehicles.get(&unit).unwrap_or(&self.vehicle)
    }

    /// The units that the site's file names.
    pub fn units(&self) -> impl Iterator<Item = UnitId> + '_ {
        let nodes = self.nodes.nodes.iter().map(|node| node.unit);
        self.vehicles.keys().copied().chain(nodes)
    }

    /// Units that are a vehicle's and a node.
    fn doubled(&self) -> Vec<Issue> {
        let nodes = self.nodes.nodes.iter().map(|node| node.unit);
        let doubled = nodes.filter(|unit| self.vehicles.contains_key(unit));
        doubled
            .map(|unit| Issue {
                place: format!("nodes.{unit}"),
                text: "has a vehicle under `vehicles`: it is one or the other".into(),
            })
            .collect()
    }

    /// Everything wrong with the documents, alone and against each other; each place starts with the document's name.
    pub fn issues(&self) -> Vec<Issue> {
        let mut issues = Vec::new();
        let course = keep("course", load_course(&self.course), &mut issues);
        let syllabus = keep("syllabus", Syllabus::parse(&self.syllabus), &mut issues);
        let mut vehicles = vec![keep("vehicle", Vehicle::parse(&self.vehicle), &mut issues)];
        for (unit, text) in &self.vehicles {
            vehicles.push(keep(&format!("vehicles.{unit}"), Vehicle::parse(text), &mut issues));
        }
        let (Some(course), Some(syllabus)) = (course, syllabus) else {
            return issues;
        };
        issues.extend(self.nodes.issues(&course, None));
        issues.extend(self.doubled());
        for vehicle in vehicles.into_iter().flatten() {
            let name = format!("setup of {}", vehicle.id());
            keep(&name, Setup::new(trial(&course, &syllabus, vehicle)), &mut issues);
        }
        issues
    }
}

/// A setup that is only looked at; its nodes have been.
fn trial(course: &Course, syllabus: &Syllabus, vehicle: Vehicle) -> SetupParts {
    SetupParts {
        exam: "trial".into(),
        candidate: "trial".into(),
        attempt: 1,
        class: vehicle.class().to_owned(),
        unit: UnitId::default(),
        course: course.clone(),
        syllabus: syllabus.clone(),
        vehicle,
        nodes: Default::default(),
    }
}

fn keep<T>(document: &str, read: Result<T, Vec<Issue>>, issues: &mut Vec<Issue>) -> Option<T> {
    read.map_err(|found| {
        issues.extend(found.into_iter().map(|issue| Issue {
            place: format!("{document}: {}", issue.place),
            text: issue.text,
        }));
    })
    .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
[site]
id = "village-square"
data = "data"
source_lost_after = "45 s"
[mqtt]
bind = "127.0.0.1:0"
[http]
bind = "127.0.0.1:8080"
[exam]
course = "course-maps/village-square/course.geojson"
syllabus = "engine/syllabi/ga1026-2022.toml"
vehicle = "engine/vehicles/e-hj110.toml"
[vehicles]
moto-2 = "engine/vehicles/e-hj110.toml"
"#;

    fn repository() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
    }

    fn faults(text: &str) -> Vec<String> {
        let faulty = SiteConfig::parse(text, "site.toml", &repository()).expect_err("faults");
        faulty.faults.iter().map(Fault::to_string).collect()
    }

    #[test]
    fn a_good_file_is_read_whole() {
        let config = SiteConfig::parse(GOOD, "site.toml", &repository()).expect("good");
        assert_eq!(config.id, "village-square");
        assert_eq!(config.data, repository().join("data"));
        assert_eq!(config.source_lost_after, Duration::from_secs(45));
        assert_eq!(config.exam_room, Duration::from_secs(3_600));
        assert_eq!(config.mqtt, Mqtt::Own(([127, 0, 0, 1], 0).into()));
        assert_eq!(config.http, ([127, 0, 0, 1], 8080).into());
        let unit = UnitId::new("moto-2").expect("a good name");
        assert_eq!(config.documents.vehicle_of(unit), config.documents.vehicle);
    }

    #[test]
    fn all_faults_are_told_at_once_with_their_places() {
        let text = GOOD
            .replace("village-square\"\ndata", "Village Square\"\ncolour = \"red\"\ndata")
            .replace("45 s", "45")
            .replace("127.0.0.1:8080", "here")
            .replace("ga1026-2022.toml", "nowhere.toml")
            .replace("moto-2", "Moto");
        let faults = faults(&text);
        let starts = [
            "line 3: site.id: must be at most 64",
            "line 4: site.colour: is not known here; known are id, data, source_lost_after, exam_room",
            "line 6: site.source_lost_after: \"45\" needs a number, a space and a unit",
            "line 10: http.bind: must be an address",
            "line 13: exam.syllabus: ",
            "line 16: vehicles.Moto: a unit's id",
        ];
        assert_eq!(faults.len(), starts.len(), "{faults:#?}");
        for (fault, start) in faults.iter().zip(starts) {
            assert!(fault.starts_with(start), "{fault} | {start}");
        }
    }

    #[test]
    fn the_room_for_an_exam_is_declared() {
        let text = |room: &str| GOOD.replace("\"45 s\"", &format!("\"45 s\"\nexam_room = \"{room}\""));
        let config = SiteConfig::parse(&text("7200 s"), "site.toml", &repository()).expect("good");
        assert_eq!(config.exam_room, Duration::from_secs(7_200));
        for bad in ["59 s", "86401 s"] {
            assert_eq!(faults(&text(bad)), ["line 6: site.exam_room: must be 60 s to 86400 s"]);
        }
    }

    #[test]
    fn one_broker_exactly() {
        let both = GOOD.replace("[http]", "host = \"x\"\nport = 1883\n[http]");
        assert_eq!(faults(&both).len(), 1);
        let none = GOOD.replacen("bind = \"127.0.0.1:0\"\n", "", 1);
        assert_eq!(faults(&none).len(), 1);
        let other = GOOD.replacen("bind = \"127.0.0.1:0\"\n", "host = \"x\"\nport = 1883\n", 1);
        let config = SiteConfig::parse(&other, "site.toml", &repository()).expect("good");
        let expected = Mqtt::At {
            host: "x".into(),
            port: 1883,
            login: None,
        };
        assert_eq!(config.mqtt, expected);
    }

    #[test]
    fn an_overlay_is_laid_over_the_edition_or_refused_with_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let overlay = |turn: &str| {
            let head = "[overlay]\nid = \"p\"\nedition = \"ga1026-2022\"\nzh = \"省\"\nen = \"province\"\nsource = \"-\"\nconfidence = \"L\"\n";
            let file = folder.path().join("p.toml");
            std::fs::write(&file, format!("{head}[turn]\n{turn}\n")).expect("writable");
            GOOD.replace(
                "\nvehicle = ",
                &format!("\noverlay = \"{}\"\nvehicle = ", file.display()),
            )
        };
        let good = overlay("roll_back_points = \"5 points\"");
        let config = SiteConfig::parse(&good, "site.toml", &repository()).expect("good");
        let syllabus = Syllabus::parse(&config.documents.syllabus).expect("good");
        assert_eq!(syllabus.id(), "ga1026-2022+p");
        let bad = faults(&overlay("k = \"1 x\""));
        assert!(bad[0].starts_with("overlay: turn.k: "), "{bad:?}");
    }

    #[test]
    fn documents_are_held_against_each_other() {
        let bad = GOOD.replace(
            "course-maps/village-square/course.geojson",
            "engine/vehicles/e-hj110.toml",
        );
        assert!(faults(&bad)[0].starts_with("course: "), "{:?}", faults(&bad));
    }
}
