//! What the size of a course and of an outline costs: samples per second per core through `Exam::accept`, of a class A1 coach that
//! drives all items that have a driver, on the ground with all fourteen: `cargo bench -p kaoguan-tests --bench courses`.
//!
//! The same samples each time. The course is as it is laid out, or has all its sites twice or four times, the further ones half a
//! kilometre to the west, the south, and both; the outline has the 24 points of the standard, or more on the same sides.
use divan::Bencher;
use divan::counter::ItemsCount;
use kaoguan_course::Course;
use kaoguan_exam::{Answer, Exam, Setup};
use kaoguan_sim::driver;
use kaoguan_sim::sensors::Settings;
use kaoguan_sim::vehicle::Kind;
use kaoguan_telemetry::Sample;
use kaoguan_tests::door::Way;
use kaoguan_tests::river::{Ground, River, Texts, car_config, laid_out};
use serde_json::{Value, json};
use std::sync::LazyLock;

const COACH: &str = include_str!("../../engine/vehicles/a1-coach.toml");
/// What somebody drives; the other items of the class lie on the ground all the same.
const DRIVEN: [&str; 8] = [
    "bay_shift",
    "hill_start",
    "side_parking",
    "plank_bridge",
    "curve",
    "right_angle",
    "width_gate",
    "narrow_turn",
];
/// Where the sites are once more: so many degrees of longitude and latitude away, half a kilometre each.
const AWAY: [[f64; 2]; 3] = [[-0.0050, 0.0], [0.0, -0.0045], [-0.0050, -0.0045]];

fn main() {
    let course = whole(1);
    let (sites, lines) = size(&course);
    println!("class A1: {sites} sites, {lines} parts; {} samples", DRIVE.len());
    divan::main();
}

#[divan::bench(args = [1, 2, 4], sample_count = 10)]
fn as_often_the_lines(bencher: Bencher, copies: usize) {
    accept(bencher, &setup(whole(copies), COACH));
}

#[divan::bench(args = [24, 48, 96], sample_count = 10)]
fn points_of_the_outline(bencher: Bencher, points: usize) {
    accept(bencher, &setup(whole(1), &coach_of(points)));
}

fn accept(bencher: Bencher, setup: &Setup) {
    bencher
        .counter(ItemsCount::new(DRIVE.len()))
        .with_inputs(|| Exam::new(setup))
        .bench_local_values(|mut exam| {
            DRIVE.iter().for_each(|(boot, sample)| exam.accept(*boot, sample));
            exam
        });
}

static DRIVE: LazyLock<Vec<(u32, Sample)>> = LazyLock::new(|| {
    let driven = only(whole(1), |item| DRIVEN.contains(&item));
    let texts = Texts {
        course: driven.to_string(),
        syllabus: edition(&DRIVEN),
        vehicle: COACH.to_owned(),
        class: "A1",
    };
    let settings = Settings {
        wired_to: Kind::Car,
        ..Settings::default()
    };
    let driver = driver::choice(Kind::Car, "flawless").expect("a known driver");
    let river = River::ride_by(
        Way::Samples,
        car_config(),
        &Ground::of(&texts),
        driver,
        7,
        &settings,
        Answer::Dismiss,
    );
    assert_eq!(
        river.summary(),
        ("pass".to_owned(), 100, vec![]),
        "{:?}",
        river.exam.board().items
    );
    river.samples
});

fn setup(course: Value, vehicle: &str) -> Setup {
    let all: Vec<String> = items(&course);
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    Texts {
        course: course.to_string(),
        syllabus: edition(&all),
        vehicle: vehicle.to_owned(),
        class: "A1",
    }
    .setup()
}

/// The edition of 2022, in which class A1 is examined in these items.
fn edition(items: &[&str]) -> String {
    let edition = include_str!("../../engine/syllabi/ga1026-2022.toml");
    let (head, own) = edition.split_once("[class.A1]").expect("class A1");
    let (before, rest) = own.split_once("items = ").expect("its items");
    let (_, after) = rest.split_once('\n').expect("on one line");
    format!("{head}[class.A1]{before}items = {items:?}\n{after}")
}

/// All fourteen items, so many times.
fn whole(copies: usize) -> Value {
    let mut course: Value = serde_json::from_str(&laid_out("A1", COACH, &[])).expect("JSON");
    let features = course["features"].as_array().expect("features").clone();
    let mut all = features.clone();
    let orders = features.iter().filter_map(|f| f["properties"]["order"].as_u64());
    let last = orders.max().expect("a site");
    for (before, away) in (1..).zip(&AWAY[..copies - 1]) {
        let sites = features.iter().filter(|f| !f["properties"]["site"].is_null());
        all.extend(sites.map(|f| copied(f, *away, before * last)));
    }
    all.iter_mut()
        .filter(|f| f["properties"]["role"] == "boundary")
        .for_each(widen);
    course["features"] = Value::Array(all);
    course
}

/// A feature of a site once more; those of so many sites come before it.
fn copied(feature: &Value, away: [f64; 2], before: u64) -> Value {
    let mut own = feature.clone();
    let named = |value: &Value| json!(format!("{}{}{}", value.as_str().expect("a name"), away[0], away[1]));
    own["id"] = named(&own["id"]);
    own["properties"]["site"] = named(&own["properties"]["site"]);
    if let Some(order) = own["properties"]["order"].as_u64() {
        own["properties"]["order"] = json!(order + before);
    }
    shift(&mut own["geometry"]["coordinates"], away);
    own
}

/// The positions in a geometry, by so many degrees.
fn shift(coordinates: &mut Value, away: [f64; 2]) {
    let Value::Array(each) = coordinates else { return };
    if !each[0].is_number() {
        return each.iter_mut().for_each(|inner| shift(inner, away));
    }
    for (degrees, by) in each.iter_mut().zip(away) {
        *degrees = json!(((degrees.as_f64().expect("a number") + by) * 1e9).round() / 1e9);
    }
}

/// The boundary's western and southern corners, as far as the further sites.
fn widen(boundary: &mut Value) {
    let ring = boundary["geometry"]["coordinates"][0].as_array_mut().expect("a ring");
    for (axis, by) in [-0.0050, -0.0045].into_iter().enumerate() {
        let middle = ring[..4].iter().filter_map(|p| p[axis].as_f64()).sum::<f64>() / 4.0;
        let near = ring.iter_mut().filter(|p| p[axis].as_f64() < Some(middle));
        near.for_each(|p| p[axis] = json!(((p[axis].as_f64().expect("a number") + by) * 1e9).round() / 1e9));
    }
}

fn items(course: &Value) -> Vec<String> {
    let mut items: Vec<String> = features(course)
        .filter_map(|f| Some(f["properties"]["manoeuvre"].as_str()?.to_owned()))
        .collect();
    items.sort();
    items.dedup();
    items
}

/// Without the sites of other items.
fn only(mut course: Value, keep: impl Fn(&str) -> bool) -> Value {
    let sites: Vec<Value> = features(&course)
        .filter(|f| f["properties"]["manoeuvre"].as_str().is_some_and(|item| !keep(item)))
        .map(|f| f["properties"]["site"].clone())
        .collect();
    let all = course["features"].as_array_mut().expect("features");
    all.retain(|f| !sites.contains(&f["properties"]["site"]));
    course
}

fn features(course: &Value) -> impl Iterator<Item = &Value> {
    course["features"].as_array().into_iter().flatten()
}

fn size(course: &Value) -> (usize, usize) {
    let course = Course::load(&course.to_string()).expect("a good course");
    (
        course.sites.len(),
        course.sites.iter().map(|site| site.parts.len()).sum(),
    )
}

/// The coach with more points on the sides of the same outline.
fn coach_of(points: usize) -> String {
    let (head, outline) = COACH.split_once("points = [").expect("an outline");
    let all: Vec<[f64; 3]> = outline
        .lines()
        .filter_map(|line| {
            let inner = line.trim().strip_prefix('[')?.split(']').next()?;
            let mm: Vec<f64> = inner
                .split(',')
                .filter_map(|v| v.trim().trim_matches('"').strip_suffix(" mm")?.parse().ok())
                .collect();
            mm.try_into().ok()
        })
        .collect();
    let times = points / all.len();
    let between = |no: usize, part: f64| {
        let (a, b) = (all[no], all[(no + 1) % all.len()]);
        [0, 1, 2]
            .map(|i| format!("\"{} mm\"", (a[i] + (b[i] - a[i]) * part).round()))
            .join(", ")
    };
    let dense = (0..all.len()).flat_map(|no| (0..times).map(move |i| (no, i as f64 / times as f64)));
    let rows: Vec<String> = dense.map(|(no, part)| format!("  [{}],", between(no, part))).collect();
    format!("{head}points = [\n{}\n]\n", rows.join("\n"))
}
