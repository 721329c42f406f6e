//! Lays lines on a real road from the truth of a recorded drive, and writes down which of them the car truly crossed:
//! `KAOGUAN_DATA=... cargo run -p kaoguan-course --example nagoya` writes `course-maps/nagoya-road` again.
//!
//! Some lines the car crossed while its receiver was fixed and right, one while it had no fix, and some only a wrong
//! fix ever crosses: metres off to the side, and metres off in height.

use kaoguan_course::{Course, Datum, Point2, draw};
use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write;

/// Height of the antenna above the road, metres: assumed, the data set does not say.
const ANTENNA_HEIGHT: f64 = 1.8;
/// Contact points of the assumed car, (forward, right) of the antenna, metres: antenna over the rear axle's middle.
const WHEELS: [(f64, f64); 4] = [(2.7, -0.75), (2.7, 0.75), (0.0, -0.75), (0.0, 0.75)];
/// The stretch of the drive that the course covers, metres from its start.
const STRETCH: (f64, f64) = (540.0, 1_010.0);
/// Farther from the truth than this (metres) a fix is wrong.
const WRONG: f64 = 0.2;

/// A line to lay: name, where it begins and ends as (metres along the track, metres to the right of it).
type Lay = (&'static str, (f64, f64), (f64, f64));

const LINES: [Lay; 8] = [
    ("never-562", (557.0, 1.9), (569.0, 1.9)),
    ("never-647", (637.0, 1.6), (657.0, 1.6)),
    ("never-697", (688.0, -1.6), (700.0, -1.6)),
    ("unfit-740", (740.0, -3.0), (740.0, 3.0)),
    ("crossed-808", (804.0, 2.5), (812.0, -2.5)),
    ("crossed-820", (820.0, -3.0), (820.0, 3.0)),
    ("crossed-871", (871.0, -3.0), (871.0, 3.0)),
    ("crossed-990", (984.0, -2.5), (996.0, 2.5)),
];

/// The truth at one epoch.
#[derive(Clone)]
struct Truth {
    at: Point2,
    road: f64,
    heading: f64,
    run: f64,
}

/// What the receiver said at one epoch.
struct Said {
    utc: String,
    quality: u8,
    at: Point2,
    h: f64,
}

fn main() -> Result<(), Box<dyn Error>> {
    let data =
        std::env::var("KAOGUAN_DATA").map_err(|_| "set KAOGUAN_DATA to the folder with drives/nagoya-car-a.nmea")?;
    let datum = Datum::new(35_159_400_000, 136_882_600_000, 380_000);
    let truth = truth(
        &std::fs::read_to_string(format!("{data}/drives/nagoya-car-a.truth.csv"))?,
        &datum,
    )?;
    let said = said(
        &std::fs::read_to_string(format!("{data}/drives/nagoya-car-a.nmea"))?,
        &datum,
    )?;
    let text = course(&truth, &datum);
    let course = Course::load(&text).map_err(|issues| format!("{issues:#?}"))?;
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../course-maps/nagoya-road");
    std::fs::create_dir_all(folder)?;
    std::fs::write(format!("{folder}/course.geojson"), &text)?;
    std::fs::write(format!("{folder}/course.svg"), draw::svg(&course))?;
    std::fs::write(format!("{folder}/expected.md"), expected(&course, &truth, &said))?;
    Ok(())
}

/// The truth by time of day (`hhmmss.ss`).
fn truth(csv: &str, datum: &Datum) -> Result<BTreeMap<String, Truth>, Box<dyn Error>> {
    let mut rows: BTreeMap<String, Truth> = BTreeMap::new();
    let mut run = 0.0;
    let mut before: Option<Point2> = None;
    for line in csv.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let [utc, lat, lon, h, _, _, heading, ..] = cells.as_slice() else {
            continue;
        };
        let time = utc
            .split('T')
            .nth(1)
            .unwrap_or_default()
            .trim_end_matches('Z')
            .replace(':', "");
        let h: f64 = h.parse()?;
        let plane = datum.to_plane(ndeg(lat.parse()?), ndeg(lon.parse()?), h);
        let at = Point2::new(plane.e, plane.n);
        run += before.map_or(0.0, |before| before.distance(at));
        before = Some(at);
        let heading = heading.parse::<f64>()?.to_radians();
        rows.insert(
            format!("{:09.2}", time.parse::<f64>()?),
            Truth {
                at,
                road: plane.h - ANTENNA_HEIGHT,
                heading,
                run,
            },
        );
    }
    Ok(rows)
}

fn said(nmea: &str, datum: &Datum) -> Result<Vec<Said>, Box<dyn Error>> {
    let mut epochs = Vec::new();
    for line in nmea.lines().filter(|line| line.starts_with("$GNGGA")) {
        let cells: Vec<&str> = line.split(',').collect();
        let [_, utc, lat, _, lon, _, quality, _, _, h, ..] = cells.as_slice() else {
            continue;
        };
        if lat.is_empty() {
            continue;
        }
        let degrees = |text: &str, whole: usize| -> Result<f64, Box<dyn Error>> {
            let (degrees, minutes) = text.split_at(whole);
            Ok(degrees.parse::<f64>()? + minutes.parse::<f64>()? / 60.0)
        };
        let plane = datum.to_plane(ndeg(degrees(lat, 2)?), ndeg(degrees(lon, 3)?), h.parse()?);
        let (utc, at) = (format!("{:09.2}", utc.parse::<f64>()?), Point2::new(plane.e, plane.n));
        epochs.push(Said {
            utc,
            quality: quality.parse()?,
            at,
            h: plane.h,
        });
    }
    Ok(epochs)
}

fn ndeg(degrees: f64) -> i64 {
    (degrees * 1e9).round() as i64
}

/// The point `right` metres beside the true track, `run` metres along it, with the road's height there.
fn beside(track: &[Truth], run: f64, right: f64) -> (Point2, f64) {
    let index = track
        .partition_point(|truth| truth.run <= run)
        .clamp(1, track.len() - 1);
    let (before, after) = (&track[index - 1], &track[index]);
    let share = (run - before.run) / (after.run - before.run);
    let between = |a: f64, b: f64| a + (b - a) * share;
    let (sin, cos) = before.heading.sin_cos();
    let at = Point2::new(
        between(before.at.e, after.at.e) + cos * right,
        between(before.at.n, after.at.n) - sin * right,
    );
    (at, between(before.road, after.road))
}

fn course(truth: &BTreeMap<String, Truth>, datum: &Datum) -> String {
    let track: Vec<Truth> = truth.values().cloned().collect();
    let position = |point: Point2, height: Option<f64>| {
        let (lat, lon, h) = datum.to_geodetic(point.e, point.n, height.unwrap_or(0.0));
        if height.is_some() {
            format!("[{lon:.8},{lat:.8},{h:.3}]")
        } else {
            format!("[{lon:.9},{lat:.9}]")
        }
    };
    let mut stations = Vec::new();
    let mut run = STRETCH.0;
    while run <= STRETCH.1 {
        stations.push(beside(&track, run, 0.0));
        run += 5.0;
    }
    let road: Vec<String> = stations
        .iter()
        .map(|(point, height)| position(*point, Some(*height)))
        .collect();
    let sparse: Vec<&str> = road.iter().step_by(10).map(String::as_str).collect();
    let mut features = vec![
        feature(
            "datum",
            "\"role\":\"datum\"",
            "Point",
            &position(Point2::default(), Some(0.0)),
        ),
        feature(
            "boundary",
            "\"role\":\"boundary\"",
            "Polygon",
            &rectangle(&stations, 60.0, &position),
        ),
        feature(
            "surface",
            "\"role\":\"surface\"",
            "MultiPoint",
            &format!("[{}]", sparse.join(",")),
        ),
        feature(
            "road-ground",
            "\"role\":\"ground\",\"site\":\"road\",\"manoeuvre\":\"road_run\",\"zh\":\"名古屋实路\",\"en\":\"a road in Nagoya\",\"order\":1",
            "Polygon",
            &rectangle(&stations, 40.0, &position),
        ),
        feature(
            "road-profile",
            "\"role\":\"profile\",\"site\":\"road\",\"width_mm\":30000",
            "LineString",
            &format!("[{}]", road.join(",")),
        ),
    ];
    for (index, (id, from, to)) in LINES.iter().enumerate() {
        let ends = [beside(&track, from.0, from.1).0, beside(&track, to.0, to.1).0].map(|point| position(point, None));
        let more = format!("\"role\":\"line\",\"site\":\"road\",\"ordinal\":{}", index + 1);
        features.push(feature(id, &more, "LineString", &format!("[{}]", ends.join(","))));
    }
    format!(
        "{{\n\"type\":\"FeatureCollection\",\n\"kaoguan\":{{\"format\":1,\"id\":\"nagoya-road\",\"zh\":\"名古屋实路\",\
         \"en\":\"a road in Nagoya\",\"class\":\"C1\",\"survey\":{{\"u_mm\":30,\"date\":\"2023-07-11\",\
         \"by\":\"laid from the reference of a recorded drive\"}}}},\n\"features\":[\n{}\n]\n}}\n",
        features.join(",\n")
    )
}

fn feature(id: &str, properties: &str, kind: &str, coordinates: &str) -> String {
    format!(
        "{{\"type\":\"Feature\",\"id\":\"{id}\",\"properties\":{{{properties}}},\
         \"geometry\":{{\"type\":\"{kind}\",\"coordinates\":{coordinates}}}}}"
    )
}

/// A rectangle around the stretch with a margin in metres, as a polygon's coordinates.
fn rectangle(stations: &[(Point2, f64)], margin: f64, position: &impl Fn(Point2, Option<f64>) -> String) -> String {
    let fold = |pick: fn(f64, f64) -> f64, value: fn(&Point2) -> f64| {
        stations
            .iter()
            .map(|(point, _)| value(point))
            .reduce(pick)
            .unwrap_or_default()
    };
    let (west, east) = (fold(f64::min, |p| p.e) - margin, fold(f64::max, |p| p.e) + margin);
    let (south, north) = (fold(f64::min, |p| p.n) - margin, fold(f64::max, |p| p.n) + margin);
    let corners = [
        (west, south),
        (east, south),
        (east, north),
        (west, north),
        (west, south),
    ];
    let corners = corners.map(|(e, n)| position(Point2::new(e.round(), n.round()), None));
    format!("[[{}]]", corners.join(","))
}

/// Where the wheels of the assumed car touch the road with the antenna at `at`.
fn wheels(at: Point2, heading: f64) -> [Point2; 4] {
    let (sin, cos) = heading.sin_cos();
    WHEELS.map(|(f, r)| Point2::new(at.e + sin * f + cos * r, at.n + cos * f - sin * r))
}

/// Where `p` lies to a line from `a` to `b`: metres to its left, and whether beside it rather than beyond an end.
fn side(a: Point2, b: Point2, p: Point2) -> (f64, bool) {
    let (along, offset) = (Point2::new(b.e - a.e, b.n - a.n), Point2::new(p.e - a.e, p.n - a.n));
    let length = a.distance(b);
    let run = (along.e * offset.e + along.n * offset.n) / length;
    (
        (along.e * offset.n - along.n * offset.e) / length,
        (0.0..=length).contains(&run),
    )
}

/// The truth and the receiver's word at one epoch.
type Epoch<'a> = (&'a Truth, &'a Said);

fn expected(course: &Course, truth: &BTreeMap<String, Truth>, said: &[Said]) -> String {
    let epochs: Vec<Epoch<'_>> = said
        .iter()
        .filter_map(|said| Some((truth.get(&said.utc)?, said)))
        .collect();
    let mut text = String::from(HEAD);
    for site in &course.sites {
        for part in site.parts_of("line") {
            let points = part.points();
            let [a, b] = points.as_slice() else { continue };
            let row = row(course, &part.id, (*a, *b), &epochs);
            let _ = writeln!(text, "{row}");
        }
    }
    text
}

fn row(course: &Course, id: &str, (a, b): (Point2, Point2), epochs: &[Epoch<'_>]) -> String {
    let mut first: Option<(&str, &str)> = None;
    let mut by = 0;
    for (wheel, _) in WHEELS.iter().enumerate() {
        let crossed = epochs
            .windows(2)
            .find_map(|pair| crossing(wheel, a, b, pair.first()?, pair.last()?));
        by += usize::from(crossed.is_some());
        if let Some(found) = crossed
            && first.is_none_or(|known| found.0 < known.0)
        {
            first = Some(found);
        }
    }
    let wrong: Vec<&Epoch<'_>> = epochs
        .iter()
        .filter(|epoch| is_wrong(epoch) && beyond(a, b, epoch))
        .collect();
    let lifted = wrong
        .iter()
        .map(|(_, said)| (said.h - ANTENNA_HEIGHT - course.surface().at(said.at.e, said.at.n).height).abs());
    let least = lifted
        .reduce(f64::min)
        .map_or("-".into(), |least| format!("{least:.1} m"));
    let float = epochs
        .iter()
        .filter(|epoch| epoch.1.quality != 4 && beyond(a, b, epoch))
        .count();
    let (truly, fix) = match first {
        Some((utc, fix)) => (format!("**yes**, {by} of 4 wheels, first at {utc}"), fix),
        None => ("no".to_string(), "-"),
    };
    format!("| `{id}` | {truly} | {fix} | {} | {least} | {float} |", wrong.len())
}

/// When a true wheel goes over the line between two epochs, and what the receiver was worth then.
fn crossing<'a>(
    wheel: usize,
    a: Point2,
    b: Point2,
    from: &Epoch<'a>,
    to: &Epoch<'a>,
) -> Option<(&'a str, &'static str)> {
    let (before, after) = (
        wheels(from.0.at, from.0.heading)[wheel],
        wheels(to.0.at, to.0.heading)[wheel],
    );
    let ((left, beside), (now_left, now_beside)) = (side(a, b, before), side(a, b, after));
    let near = before.distance(after) < 5.0;
    (near && beside && now_beside && (left < 0.0) != (now_left < 0.0)).then(|| (from.1.utc.as_str(), worth(from, to)))
}

fn worth(from: &Epoch<'_>, to: &Epoch<'_>) -> &'static str {
    match (is_right(from), is_right(to)) {
        (true, true) => "fixed, correct",
        _ if from.1.quality == 4 || to.1.quality == 4 => "mixed",
        _ => "not fixed",
    }
}

fn is_right(epoch: &Epoch<'_>) -> bool {
    epoch.1.quality == 4 && epoch.0.at.distance(epoch.1.at) <= WRONG
}

fn is_wrong(epoch: &Epoch<'_>) -> bool {
    epoch.1.quality == 4 && epoch.0.at.distance(epoch.1.at) > WRONG
}

/// Whether the receiver puts a wheel beside the line on the other side than it truly is.
fn beyond(a: Point2, b: Point2, (truth, said): &Epoch<'_>) -> bool {
    let (true_wheels, said_wheels) = (wheels(truth.at, truth.heading), wheels(said.at, truth.heading));
    true_wheels.iter().zip(said_wheels).any(|(true_wheel, said_wheel)| {
        let (now, beside) = side(a, b, said_wheel);
        beside && (now < 0.0) != (side(a, b, *true_wheel).0 < 0.0)
    })
}

const HEAD: &str = "\
# What the car truly did

Lines on a real road in Nagoya for the drive `drives/nagoya-car-a.nmea` (taroz/MatRTKLIB, MIT; the recording itself is not
in this repository). Written by `cargo run -p kaoguan-course --example nagoya` from the reference trajectory that came
with the recording: truth is the reference, not anything that this project computed.

Assumed, because the data set does not say: antenna 1.80 m above the road over the middle of the rear axle; wheels
0.75 m to either side; wheelbase 2.70 m. The road's height is the reference's ellipsoidal height less 1.80 m, every 5 m
of the track, level across 30 m. Solution and reference differ by a constant of about 7 cm.

*Truly crossed*: a wheel of the reference goes over the line. *Wrong fixes beyond*: epochs that say \"fixed\", lie more than
0.2 m from the reference, and put a wheel on the other side of the line than it truly is. *Least height error*: how far the
nearest of them lies from the road's surface. *Unfixed beyond*: the same count for epochs without a fix.

- `crossed-*` must be found as crossed, once for each line.
- `never-*` must never be charged: only wrong fixes cross them.
- `unfit-*` was truly crossed while the receiver had no fix: it may not be charged, and may not pass in silence.

| line | truly crossed | under | wrong fixes beyond | least height error | unfixed beyond |
|---|---|---|---|---|---|
";
