//! The recorded drive as a whole, on a survey thinned from its truth: which of its fixes are believed, and which of them are wrong.
//!
//! The problem: a receiver's "fixed" is a claim, and 19 of the drive's 1,019 fixed epochs are metres off. The answer: the ordinary witnesses
//! of an exam (sigma, age, height over a road surveyed every 20 m, jump, dwell, recollection) judge each of them, and the reference
//! says who was right. The recording's velocities are the reference's own, so noise of a Doppler velocity is added to them: they
//! must not know what no receiver knows. Deliberately not here: lines and findings (`road`).
use crate::river::unit_config;
use crate::road::recording;
use kaoguan_course::{Course, Datum, Point2};
use kaoguan_exam::board::Fitness;
use kaoguan_exam::{Exam, Setup, SetupParts, Syllabus, Vehicle};
use kaoguan_sim::replay;
use kaoguan_sim::rng::Rng;
use kaoguan_telemetry::units::{MillimetresPerSecond, Uptime};
use kaoguan_telemetry::{Gnss, Port, Quality, Reading, Sample, Stamp, UnitId};
use kaoguan_unit_core::{Input, Output, Unit};
use std::collections::BTreeMap;
use std::fmt::Write;

/// A point of the road's survey each so many metres of the truth's track.
const SURVEYED_EACH: f64 = 20.0;
/// The antenna above the road, metres: assumed, the data set does not say.
const ANTENNA_HEIGHT: f64 = 1.8;
/// Standard deviation of a Doppler velocity in each direction, mm/s: two and a half times the simulator's.
const DOPPLER_MM_S: f64 = 50.0;
/// Farther from the truth than this a fix is wrong, metres.
const WRONG: f64 = 0.2;
/// Faster than this is moving, m/s.
const MOVING: f64 = 0.3;

/// One epoch of the drive.
#[derive(Debug, Clone, Copy)]
pub struct Epoch {
    /// Where the receiver said that its antenna is.
    pub said: Point2,
    /// Where it truly was.
    pub truly: Point2,
    /// Faster than 0.3 m/s by the reference.
    pub is_moving: bool,
    /// The receiver says "fixed".
    pub is_fixed: bool,
    /// The fix itself was believed: nothing was reckoned.
    pub is_fit: bool,
}

impl Epoch {
    /// More than 0.2 m from the truth.
    pub fn is_wrong(&self) -> bool {
        self.said.distance(self.truly) > WRONG
    }
}

#[derive(Clone, Copy)]
struct Truth {
    at: Point2,
    height: f64,
    speed: f64,
}

fn datum() -> Datum {
    Datum::new(35_162_900_000, 136_883_700_000, 380_000)
}

/// Every epoch of the drive with a position, as the witnesses of an exam judge it; `None` where there are no recordings.
///
/// # Panics
/// Where the recording is not the one that is meant.
pub fn judged() -> Option<Vec<Epoch>> {
    let log = recording()?;
    let csv =
        std::fs::read_to_string(log.with_file_name("nagoya-car-a.truth.csv")).expect("the truth beside the recording");
    let truth: BTreeMap<i64, Truth> = csv.lines().skip(1).filter_map(truth_of).collect();
    let mut exam = Exam::new(&setup(&truth));
    let (mut doppler, mut fixes, mut fit) = (Rng::new(1, "doppler"), BTreeMap::new(), BTreeMap::new());
    for mut sample in samples(&log) {
        if let (Reading::Gnss(fix), Stamp::Utc(at)) = (&mut sample.reading, sample.at) {
            blur(fix, &mut doppler);
            fixes.insert(at.0, *fix);
        }
        exam.accept(1, &sample);
        if let Some(pose) = exam.board().pose {
            fit.insert(pose.at.0, pose.fitness == Fitness::Fit && pose.reckoned_ms == 0);
        }
    }
    let epoch = |(at, fix): (&i64, &Gnss)| {
        let truly = truth.get(at)?;
        let said = datum().to_plane(fix.latitude.0, fix.longitude.0, f64::from(fix.height.0) * 1e-4);
        Some(Epoch {
            said: Point2::new(said.e, said.n),
            truly: truly.at,
            is_moving: truly.speed > MOVING,
            is_fixed: fix.quality == Quality::Fixed,
            is_fit: fit.get(at).copied().unwrap_or(false),
        })
    };
    Some(fixes.iter().filter_map(epoch).collect())
}

/// Every sample that the unit makes of a recording of its receiver, in order.
///
/// # Panics
/// Where the recording cannot be read.
pub fn samples(log: &std::path::Path) -> Vec<Sample> {
    let chunks = replay::raw_logs(log, None, None).expect("a readable log");
    let mut unit = Unit::new(unit_config());
    let mut samples = Vec::new();
    for chunk in &chunks {
        for bytes in chunk.bytes.chunks(256) {
            unit.handle(Input::Serial {
                port: Port::Receiver,
                at: Uptime(chunk.at_us),
                bytes,
            });
            while let Some(output) = unit.poll() {
                if let Output::Sample(sample) = output {
                    samples.push(sample);
                }
            }
        }
    }
    samples
}

/// As a receiver would have measured it.
fn blur(fix: &mut Gnss, doppler: &mut Rng) {
    for velocity in [&mut fix.velocity_east, &mut fix.velocity_north] {
        let noise = doppler.normal(DOPPLER_MM_S).round() as i32;
        *velocity = velocity.map(|v| MillimetresPerSecond(v.0 + noise));
    }
}

/// A row of the truth by its time, UTC microseconds.
fn truth_of(row: &str) -> Option<(i64, Truth)> {
    let mut cells = row.split(',');
    let utc = cells.next()?;
    let numbers: Vec<f64> = cells.map_while(|cell| cell.parse().ok()).collect();
    let [lat, lon, h, _, _, _, east, north, ..] = numbers.as_slice() else {
        return None;
    };
    let ndeg = |degrees: f64| (degrees * 1e9).round() as i64;
    let plane = datum().to_plane(ndeg(*lat), ndeg(*lon), *h);
    let truth = Truth {
        at: Point2::new(plane.e, plane.n),
        height: plane.h,
        speed: east.hypot(*north),
    };
    Some((utc_us(utc)?, truth))
}

/// `2023-07-11T06:04:12.2Z` of the day of the drive.
fn utc_us(utc: &str) -> Option<i64> {
    /// 2023-07-11T00:00:00Z.
    const DAY_US: i64 = 1_689_033_600_000_000;
    let mut parts = utc.strip_prefix("2023-07-11T")?.strip_suffix('Z')?.split(':');
    let mut next = || parts.next()?.parse::<f64>().ok();
    let seconds = next()? * 3_600.0 + next()? * 60.0 + next()?;
    Some(DAY_US + (seconds * 1e3).round() as i64 * 1_000)
}

/// The witnesses of the edition in force, and a memory of five seconds; what a small pose may be uncertain by is the recorded drives' own.
fn setup(truth: &BTreeMap<i64, Truth>) -> Setup {
    let line = |line: &str| match line.split_once(" = ").map(|(key, _)| key) {
        Some("height_tolerance") => "height_tolerance = \"80 mm\"".to_owned(),
        Some("jump_tolerance") => "jump_tolerance = \"50 mm\"".to_owned(),
        Some("age_max") => "age_max = \"5 s\"".to_owned(),
        Some("dwell") => "dwell = \"1 s\"\nrecall = \"5 s\"".to_owned(),
        Some("reckon") => "reckon = \"1500 ms\"".to_owned(),
        _ => line.to_owned(),
    };
    let syllabus = include_str!("../../engine/syllabi/test-road-lines.toml")
        .lines()
        .map(|l| line(l) + "\n");
    let parts = SetupParts {
        exam: "drive".into(),
        candidate: "token".into(),
        attempt: 1,
        class: "C1".into(),
        unit: UnitId::new("car-1").expect("a good name"),
        course: Course::load(&course(truth)).expect("a good course"),
        syllabus: Syllabus::parse(&syllabus.collect::<String>()).expect("a good syllabus"),
        vehicle: Vehicle::parse(include_str!("../../engine/vehicles/c1-nagoya.toml")).expect("a good vehicle"),
        nodes: Default::default(),
    };
    Setup::new(parts).expect("a good setup")
}

/// The road as a surveyor would have it with a point every 20 m: the chords of its vertical curves are up to 0.33 m off.
fn course(truth: &BTreeMap<i64, Truth>) -> String {
    let mut stations: Vec<Truth> = Vec::new();
    for place in truth.values() {
        if stations
            .last()
            .is_none_or(|last| last.at.distance(place.at) >= SURVEYED_EACH)
        {
            stations.push(*place);
        }
    }
    stations.extend(truth.values().last());
    let degrees = |e: f64, n: f64| {
        let (lat, lon, _) = datum().to_geodetic(e, n, 0.0);
        format!("[{lon:.9},{lat:.9}]")
    };
    let road: Vec<String> = stations
        .iter()
        .map(|station| {
            let (lat, lon, h) = datum().to_geodetic(station.at.e, station.at.n, station.height - ANTENNA_HEIGHT);
            format!("[{lon:.9},{lat:.9},{h:.3}]")
        })
        .collect();
    let road = road.join(",");
    let round = |margin: f64| {
        let fold = |pick: fn(f64, f64) -> f64, value: fn(Point2) -> f64| {
            stations.iter().map(|s| value(s.at)).reduce(pick).unwrap_or(0.0)
        };
        let (west, east) = (fold(f64::min, |p| p.e) - margin, fold(f64::max, |p| p.e) + margin);
        let (south, north) = (fold(f64::min, |p| p.n) - margin, fold(f64::max, |p| p.n) + margin);
        [
            (west, south),
            (east, south),
            (east, north),
            (west, north),
            (west, south),
        ]
        .map(|(e, n)| degrees(e, n))
        .join(",")
    };
    let (first, last) = (stations[0].at, stations[stations.len() - 1].at);
    let line = [
        degrees(first.e - 30.0, first.n - 30.0),
        degrees(last.e - 30.0, last.n - 30.0),
    ]
    .join(",");
    let features = [
        r#""id":"datum","properties":{"role":"datum"},"geometry":{"type":"Point","coordinates":[136.88370000,35.16290000,38.000]}"#.to_owned(),
        format!(r#""id":"boundary","properties":{{"role":"boundary"}},"geometry":{{"type":"Polygon","coordinates":[[{}]]}}"#, round(60.0)),
        format!(r#""id":"surface","properties":{{"role":"surface"}},"geometry":{{"type":"MultiPoint","coordinates":[{road}]}}"#),
        format!(
            r#""id":"ground","properties":{{"role":"ground","site":"road","manoeuvre":"road_run","zh":"实路","en":"a road","order":1}},"geometry":{{"type":"Polygon","coordinates":[[{}]]}}"#,
            round(40.0)
        ),
        format!(r#""id":"profile","properties":{{"role":"profile","site":"road","width_mm":30000}},"geometry":{{"type":"LineString","coordinates":[{road}]}}"#),
        format!(r#""id":"line","properties":{{"role":"line","site":"road","ordinal":1}},"geometry":{{"type":"LineString","coordinates":[{line}]}}"#),
    ];
    let head = r#""format":1,"id":"nagoya","zh":"名古屋","en":"Nagoya","class":"C1","survey":{"u_mm":8,"surface_within_mm":350,"date":"2023-07-11","by":"thinned from the reference"}"#;
    let features = features
        .map(|feature| format!(r#"{{"type":"Feature",{feature}}}"#))
        .join(",\n");
    format!("{{\"type\":\"FeatureCollection\",\"kaoguan\":{{{head}}},\"features\":[\n{features}\n]}}")
}

/// Of how many, how many.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Of {
    /// Of these.
    pub all: usize,
    /// So many.
    pub some: usize,
}

impl Of {
    fn count(epochs: &[Epoch], which: impl Fn(&Epoch) -> bool) -> Of {
        let of = epochs.iter().filter(|epoch| epoch.is_fixed && which(epoch));
        Of {
            all: of.clone().count(),
            some: of.filter(|epoch| epoch.is_fit).count(),
        }
    }

    /// As a share of a hundred.
    pub fn percent(&self) -> f64 {
        100.0 * self.some as f64 / self.all.max(1) as f64
    }
}

/// How many of the drive's fixed epochs were judged fit: wrong ones, good ones moving, good ones standing.
pub fn shares(epochs: &[Epoch]) -> [Of; 3] {
    [
        Of::count(epochs, Epoch::is_wrong),
        Of::count(epochs, |epoch| !epoch.is_wrong() && epoch.is_moving),
        Of::count(epochs, |epoch| !epoch.is_wrong() && !epoch.is_moving),
    ]
}

/// The track from above, coloured by fitness, with the wrong fixes marked; SVG.
pub fn picture(epochs: &[Epoch]) -> String {
    const SIZE: f64 = 1_100.0;
    let fold = |pick: fn(f64, f64) -> f64, value: fn(Point2) -> f64| {
        epochs.iter().map(|e| value(e.truly)).reduce(pick).unwrap_or(0.0)
    };
    let (west, south) = (fold(f64::min, |p| p.e), fold(f64::min, |p| p.n));
    let (wide, high) = (fold(f64::max, |p| p.e) - west, fold(f64::max, |p| p.n) - south);
    let scale = (SIZE - 80.0) / wide.max(high);
    let px = |p: Point2| (40.0 + (p.e - west) * scale, 90.0 + (south + high - p.n) * scale);
    let (width, height) = (wide * scale + 80.0, high * scale + 130.0);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" font-family=\"sans-serif\" font-size=\"14\">\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n"
    );
    let kinds: [(&str, &str, f64, fn(&Epoch) -> bool); 4] = [
        ("没有固定解 not fixed", "#c9ccd1", 2.0, |e| !e.is_fixed),
        ("固定但不采信 fixed, not believed", "#e0a33c", 3.0, |e| {
            e.is_fixed && !e.is_fit && !e.is_wrong()
        }),
        ("采信 believed", "#3f8f5b", 2.6, |e| e.is_fit && !e.is_wrong()),
        (
            "错误固定解，× 为所报 wrong, × where it said",
            "#b5303a",
            4.0,
            |e| e.is_fixed && e.is_wrong(),
        ),
    ];
    for (row, (name, colour, radius, which)) in kinds.iter().enumerate() {
        let (x, y) = (40.0 + 330.0 * (row % 2) as f64, 28.0 + 26.0 * (row / 2) as f64);
        let chosen: Vec<&Epoch> = epochs.iter().filter(|epoch| which(epoch)).collect();
        let dot = |(x, y): (f64, f64)| format!("M{x:.1} {y:.1}h0");
        let dots: String = chosen.iter().map(|epoch| dot(px(epoch.truly))).collect();
        let _ = write!(
            out,
            "<circle cx=\"{x}\" cy=\"{}\" r=\"5\" fill=\"{colour}\"/><text x=\"{}\" y=\"{y}\">{name}: {}</text>\n\
             <path d=\"{dots}\" stroke=\"{colour}\" stroke-width=\"{}\" stroke-linecap=\"round\"/>\n",
            y - 5.0,
            x + 12.0,
            chosen.len(),
            2.0 * radius
        );
        for epoch in chosen.iter().filter(|epoch| epoch.is_fixed && epoch.is_wrong()) {
            let ((x, y), (to_x, to_y)) = (px(epoch.truly), px(epoch.said));
            let _ = writeln!(
                out,
                "<path d=\"M{x:.1} {y:.1}L{to_x:.1} {to_y:.1}m-4 -4l8 8m0 -8l-8 8\" stroke=\"{colour}\" stroke-width=\"1.5\" fill=\"none\"/>"
            );
        }
    }
    out + "</svg>\n"
}
