//! The season's report: a page of Markdown, its table as CSV, and pictures.
use crate::chart::{Column, Part, histogram, shares};
use crate::count::{Tally, upper_95};
use crate::day::{Grounds, VERDICT};
use crate::row::{Day, Outcome, Row};
use anyhow::{Context, Result};
use kaoguan_sim::driver::Faults;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::Path;

/// Worst cases that are listed for each kind.
const WORST: usize = 20;
/// Columns of the charge curve: from, to and step, millimetres beyond the limit.
const CURVE: (i32, i32, i32) = (-100, 300, 25);
/// Near a limit: so much inside and beyond it, millimetres and milliseconds.
const NEAR: [(f64, f64); 2] = [(-100.0, 300.0), (-1_000.0, 3_000.0)];
/// Columns of the charge table, by the excess in units of u.
const BY_U: [f64; 8] = [0.0, 2.0, 4.0, 4.8, 6.0, 7.9, 10.0, f64::INFINITY];

/// Rules that are judged from the same quantity.
const FAMILIES: [(&str, &[&str]); 24] = [
    (
        "wheel over a line",
        &[
            "pole_course.wheel_over_line",
            "hill_start.wheel_on_edge",
            "curve.wheel_on_edge",
            "right_angle.wheel_on_edge",
            "side_parking.wheel_on_edge",
            "narrow_turn.wheel_on_edge",
            "obstacle_discs.wheel_on_edge",
            "obstacle_discs.wheel_over_edge",
        ],
    ),
    (
        "body over a line",
        &[
            "bay_shift.body_out",
            "pole_course.body_over_line",
            "reverse_bay.body_out",
            "side_parking.body_out",
            "side_parking.body_on_bay",
            "trailer_bay.body_out",
        ],
    ),
    (
        "in the bay",
        &["bay_shift.not_in", "reverse_bay.not_in", "trailer_bay.not_in"],
    ),
    (
        "control line",
        &["reverse_bay.not_past_control", "trailer_bay.not_past_control"],
    ),
    (
        "axle at the stop",
        &["hill_start.axle_off_line", "hill_start.axle_far_from_line"],
    ),
    (
        "body at the stop",
        &["hill_start.body_off_edge", "hill_start.body_far_from_edge"],
    ),
    ("roll-back", &["hill_start.rolled_back", "hill_start.rolled_back_far"]),
    (
        "standing",
        &[
            "pole_course.stopped",
            "plank_bridge.stopped",
            "reverse_bay.stopped",
            "side_parking.stopped",
            "curve.stopped",
            "right_angle.stopped",
            "bay_shift.stopped",
            "narrow_turn.stopped",
            "obstacle_discs.stopped",
            "width_gate.stopped",
        ],
    ),
    (
        "time",
        &[
            "bay_shift.too_slow",
            "narrow_turn.too_slow",
            "reverse_bay.too_slow",
            "side_parking.too_slow",
        ],
    ),
    (
        "speed",
        &[
            "expressway.above_most",
            "expressway.below_least",
            "expressway.not_slowed",
            "expressway.slow_in",
            "mountain_bends.not_slowed",
            "rain_fog.not_slowed",
            "slippery.not_slowed",
            "tunnel.not_slowed",
            "width_gate.too_slow",
        ],
    ),
    (
        "lane",
        &[
            "expressway.emergency_lane",
            "expressway.wrong_lane",
            "mountain_bends.other_lane",
            "mountain_bends.wheel_on_edge",
            "tunnel.left_lane",
        ],
    ),
    (
        "due on a road",
        &[
            "emergency.braked_late",
            "emergency.no_hazard_lamps",
            "emergency.not_stopped",
            "expressway.no_lamp_in",
            "expressway.no_lamp_out",
            "mountain_bends.no_horn",
            "rain_fog.no_fog_lamp",
            "rain_fog.no_hazard_lamps",
            "rain_fog.no_wiper",
            "slippery.high_gear",
            "tunnel.headlamps_stay",
            "tunnel.no_headlamps",
            "tunnel.no_horn",
        ],
    ),
    ("moves", &["narrow_turn.too_many_moves"]),
    ("disc", &["obstacle_discs.disc_touched", "obstacle_discs.disc_run_over"]),
    ("start", &["hill_start.start_too_slow"]),
    ("pole", &["pole_course.pole_touched"]),
    ("gate", &["width_gate.pole_touched"]),
    (
        "route",
        &[
            "bay_shift.wrong_route",
            "obstacle_discs.wrong_route",
            "pole_course.wrong_route",
            "width_gate.wrong_route",
        ],
    ),
    (
        "plank",
        &[
            "plank_bridge.wheel_beside",
            "plank_bridge.wheel_dropped",
            "plank_bridge.wheel_fell",
            "plank_bridge.wheel_missed",
        ],
    ),
    ("foot", &["rider.foot_down"]),
    ("helmet", &["rider.no_helmet"]),
    ("engine", &["engine.stalled", "engine.coasting"]),
    ("belt", &["rider.no_belt"]),
    (
        "lamps and brake",
        &[
            "hill_start.lamp",
            "hill_start.parking_brake",
            "right_angle.lamp",
            "side_parking.lamp",
        ],
    ),
];

/// Writes `report.md`, `encounters.csv` and the pictures; hands out the worst cases, linked `with_runs` to where they are
/// to be saved.
///
/// # Errors
/// Those of the disk.
pub fn write<'r>(folder: &Path, grounds: &Grounds, rows: &'r [Row], with_runs: bool) -> Result<Vec<&'r Row>> {
    let put = |name: &str, text: &str| {
        let path = folder.join(name);
        fs::write(&path, text).with_context(|| format!("writing {}", path.display()))
    };
    let table: String = rows.iter().map(|row| row.line() + "\n").collect();
    put("encounters.csv", &format!("{}\n{table}", Row::HEAD))?;
    let mut text = format!("# Season of class {}\n\n", grounds.class());
    // Writing into a String cannot fail.
    let _ = summary(&mut text, grounds, rows);
    let _ = exams(&mut text, rows);
    let _ = families(&mut text, rows);
    let _ = rates(&mut text, rows);
    let _ = by_u(&mut text, rows);
    let _ = coverage(&mut text, rows);
    let worst = worst(rows);
    let _ = listed(&mut text, grounds, &worst, with_runs);
    for weather in weathers(rows) {
        let of = |row: &&Row| row.weather == weather;
        put(
            &format!("charged-{weather}.svg"),
            &curve(weather, rows.iter().filter(of)),
        )?;
        let z: Vec<f64> = rows.iter().filter(of).filter_map(deviation).collect();
        put(
            &format!("coverage-{weather}.svg"),
            &histogram(&format!("{weather}: errors in units of u ({})", z.len()), &z),
        )?;
        let _ = write!(
            text,
            "\n![What became of true excesses in {weather}](charged-{weather}.svg)\n![Errors in {weather}](coverage-{weather}.svg)\n"
        );
    }
    put("report.md", &text)?;
    Ok(worst.into_iter().flat_map(|(_, cases)| cases).collect())
}

fn weathers(rows: &[Row]) -> BTreeSet<&str> {
    rows.iter().map(|row| row.weather.as_str()).collect()
}

/// A charge that the truth does not bear.
pub fn is_false(row: &Row) -> bool {
    row.outcome == Outcome::Charged && matches!(row.expected.as_str(), "innocent" | "absent")
}

/// What truly goes beyond the tolerance and about which nothing was said.
pub fn is_missed(row: &Row) -> bool {
    row.outcome == Outcome::Nothing && row.expected == "guilty"
}

fn is_near(row: &Row) -> bool {
    let [value, limit, tolerance] = row.truth;
    let (low, high) = if tolerance > 50.0 { NEAR[1] } else { NEAR[0] };
    // What only happens or does not is always near.
    tolerance == 0.0 || (low..=high).contains(&(value - limit))
}

fn percent(part: usize, whole: usize) -> String {
    format!("{:.2} %", 100.0 * part as f64 / whole.max(1) as f64)
}

fn summary(text: &mut String, grounds: &Grounds, rows: &[Row]) -> std::fmt::Result {
    writeln!(
        text,
        "A day is a drawn rider in a weather; the second judge knows the truth only. An *exam* shows a candidate, honest or\n\
         with one fault. A *close* day shows somebody near every limit at once, whom no points send home.\n\
         An *encounter* is one ride of one item as one rule sees it, by its extreme. *False*: charged, and truly within the limit.\n\
         *Missed*: truly beyond the legal tolerance, and neither charged, nor asked, nor void. Bounds are one-sided, 95 %.\n"
    )?;
    writeln!(
        text,
        "| weather | exams | close days | encounters | false | bound | missed | bound | honest riders asked or void |"
    )?;
    writeln!(text, "|---|---|---|---|---|---|---|---|---|")?;
    for weather in weathers(rows) {
        let of: Vec<&Row> = rows
            .iter()
            .filter(|row| row.weather == weather && row.rule != VERDICT)
            .collect();
        let days = |day: Day| {
            let seeds = of.iter().filter(|row| row.day == day).map(|row| row.seed);
            seeds.collect::<BTreeSet<u64>>().len()
        };
        let mut exams: BTreeMap<u64, (bool, bool)> = BTreeMap::new();
        for row in of.iter().filter(|row| row.day == Day::Exam) {
            let honest = || (grounds.candidate(Day::Exam, row.seed).faults == Faults::NONE, false);
            let (_, bothered) = exams.entry(row.seed).or_insert_with(honest);
            *bothered |= matches!(row.outcome, Outcome::Asked | Outcome::Void);
        }
        let clean = exams.values().filter(|(clean, _)| *clean).count();
        let bothered = exams.values().filter(|(clean, bothered)| *clean && *bothered).count();
        let judged = |expected: &str| {
            let judged = |row: &&&Row| row.expected == expected && row.outcome != Outcome::Over;
            of.iter().filter(judged).count()
        };
        let (innocent, guilty) = (judged("innocent"), judged("guilty"));
        let wrong = of.iter().filter(|row| is_false(row)).count();
        let missed = of.iter().filter(|row| is_missed(row)).count();
        writeln!(
            text,
            "| {weather} | {} | {} | {} | {wrong} of {innocent} | {:.6} | {missed} of {guilty} | {:.6} | {bothered} of {clean}, {} |",
            days(Day::Exam),
            days(Day::Close),
            of.len(),
            upper_95(wrong, innocent),
            upper_95(missed, guilty),
            percent(bothered, clean)
        )?;
    }
    Ok(())
}

/// Engine and oracle on whole exams.
fn exams(text: &mut String, rows: &[Row]) -> std::fmt::Result {
    writeln!(
        text,
        "\n## Whole exams: engine and oracle\n\n\
         *Must pass*: even with everything within the tolerances charged, the points suffice. *Must not pass*: what goes beyond\n\
         the tolerances in the rides that count is too much. Questions are answered in the candidate's favour.\n"
    )?;
    writeln!(
        text,
        "| weather | exams | must pass | failed | must not pass | failed | left to the examiner | passed without a word | either |"
    )?;
    writeln!(text, "|---|---|---|---|---|---|---|---|---|")?;
    for weather in weathers(rows) {
        let of = |expected: &'static str| {
            let is_it = move |row: &&Row| row.weather == weather && row.rule == VERDICT && row.expected == expected;
            Tally::of(rows.iter().filter(is_it))
        };
        let (innocent, guilty, either) = (of("innocent"), of("guilty"), of("tolerated"));
        writeln!(
            text,
            "| {weather} | {} | {} | {} | {} | {} | {} | {} | {} |",
            innocent.judged() + guilty.judged() + either.judged(),
            innocent.judged(),
            innocent.count(Outcome::Charged),
            guilty.judged(),
            guilty.count(Outcome::Charged),
            guilty.count(Outcome::Asked) + guilty.count(Outcome::Void),
            guilty.count(Outcome::Nothing),
            either.judged()
        )?;
    }
    Ok(())
}

/// Rates near the limits, by what is measured.
fn families(text: &mut String, rows: &[Row]) -> std::fmt::Result {
    writeln!(
        text,
        "\n## Near the limits, by what is measured\n\n\
         From {} to {:+} mm and from {} to {:+} s around the limit. *Decided*: of the guilty, charged without a person.\n",
        NEAR[0].0,
        NEAR[0].1,
        NEAR[1].0 / 1e3,
        NEAR[1].1 / 1e3
    )?;
    writeln!(
        text,
        "| weather | measured | near | innocent | false | bound | guilty | decided | asked | void | missed | bound |"
    )?;
    writeln!(text, "|---|---|---|---|---|---|---|---|---|---|---|---|")?;
    for weather in weathers(rows) {
        let near: Vec<&Row> = rows
            .iter()
            .filter(|row| row.weather == weather && is_near(row) && row.outcome != Outcome::Over)
            .collect();
        for (family, rules) in FAMILIES {
            let of = |expected: &'static str| {
                let rows = near.iter().copied();
                rows.filter(move |row| row.expected == expected && rules.contains(&row.rule.as_str()))
            };
            let (innocent, guilty) = (Tally::of(of("innocent")), Tally::of(of("guilty")));
            let wrong = innocent.count(Outcome::Charged) + of("absent").count();
            let missed = guilty.count(Outcome::Nothing);
            if !rows.iter().any(|row| rules.contains(&row.rule.as_str())) {
                // Not of this class.
                continue;
            }
            writeln!(
                text,
                "| {weather} | {family} | {} | {} | {wrong} | {:.5} | {} | {} | {} | {} | {missed} | {:.5} |",
                innocent.judged() + guilty.judged() + Tally::of(of("tolerated")).judged(),
                innocent.judged(),
                upper_95(wrong, innocent.judged()),
                guilty.judged(),
                percent(guilty.count(Outcome::Charged), guilty.judged()),
                guilty.count(Outcome::Asked),
                guilty.count(Outcome::Void),
                upper_95(missed, guilty.judged())
            )?;
        }
    }
    Ok(())
}

fn rates(text: &mut String, rows: &[Row]) -> std::fmt::Result {
    writeln!(text, "\n## By rule and weather\n")?;
    writeln!(
        text,
        "| weather | rule | innocent | false | bound | tolerated | guilty | charged | asked | void | missed | bound |"
    )?;
    writeln!(text, "|---|---|---|---|---|---|---|---|---|---|---|---|")?;
    let rows = || rows.iter().filter(|row| row.rule != VERDICT);
    let keys: BTreeSet<(&str, &str)> = rows().map(|row| (row.weather.as_str(), row.rule.as_str())).collect();
    for (weather, rule) in keys {
        let of = |expected: &'static str| {
            let is_it = move |row: &&Row| row.weather == weather && row.rule == rule && row.expected == expected;
            rows().filter(is_it)
        };
        let (innocent, guilty) = (Tally::of(of("innocent")), Tally::of(of("guilty")));
        let wrong = innocent.count(Outcome::Charged) + of("absent").count();
        let missed = guilty.count(Outcome::Nothing);
        writeln!(
            text,
            "| {weather} | `{rule}` | {} | {wrong} | {:.5} | {} | {} | {} | {} | {} | {missed} | {:.5} |",
            innocent.judged(),
            upper_95(wrong, innocent.judged()),
            Tally::of(of("tolerated")).judged(),
            guilty.judged(),
            guilty.count(Outcome::Charged),
            guilty.count(Outcome::Asked),
            guilty.count(Outcome::Void),
            upper_95(missed, guilty.judged())
        )?;
    }
    Ok(())
}

/// How much of a true excess is charged without a person, by its size in units of u.
fn by_u(text: &mut String, rows: &[Row]) -> std::fmt::Result {
    writeln!(
        text,
        "\n## Charged without a person\n\nDistances that were judged (not void), by the true excess in units of the stated *u*.\n"
    )?;
    let columns: Vec<(f64, f64)> = BY_U.windows(2).map(|pair| (pair[0], pair[1])).collect();
    write!(text, "| weather |")?;
    for (low, high) in &columns {
        match high.is_finite() {
            true => write!(text, " {low} to {high} u |")?,
            false => write!(text, " {low} u and more |")?,
        }
    }
    writeln!(text, "\n|---|{}", "---|".repeat(columns.len()))?;
    for weather in weathers(rows) {
        write!(text, "| {weather} |")?;
        for (low, high) in &columns {
            let is_it = |row: &&Row| {
                let judged = !matches!(row.outcome, Outcome::Over | Outcome::Void);
                let excess = row
                    .measured
                    .filter(|[_, u]| *u > 0.0)
                    .map(|[_, u]| (row.truth[0] - row.truth[1]) / u);
                row.weather == weather
                    && row.truth[2] == 50.0
                    && judged
                    && excess.is_some_and(|excess| *low < excess && excess <= *high)
            };
            let tally = Tally::of(rows.iter().filter(is_it));
            write!(
                text,
                " {} of {} |",
                percent(tally.count(Outcome::Charged), tally.judged()),
                tally.judged()
            )?;
        }
        writeln!(text)?;
    }
    Ok(())
}

/// The error in units of its stated uncertainty.
fn deviation(row: &Row) -> Option<f64> {
    let [value, u] = row.measured.filter(|[_, u]| *u > 0.0)?;
    // An excursion over a line is told only when it begins to matter, and a start at the latest when it is too slow.
    let half_told = [
        "pole_course.wheel_over_line",
        "hill_start.wheel_on_edge",
        "hill_start.start_too_slow",
    ];
    let is_told = !half_told.contains(&row.rule.as_str());
    (is_told && row.outcome != Outcome::Void && row.outcome != Outcome::Over).then(|| error(row, value) / u)
}

/// What was measured wrongly. Of a time the engine tells the least that it can have been: too little is no error.
fn error(row: &Row, value: f64) -> f64 {
    match row.rule.ends_with(".stopped") {
        true => (value - row.truth[0]).max(0.0),
        false => value - row.truth[0],
    }
}

fn coverage(text: &mut String, rows: &[Row]) -> std::fmt::Result {
    writeln!(
        text,
        "\n## Is u true?\n\nErrors of what was measured, against the truth; millimetres or milliseconds. \
         Of a standing time the engine tells the least that it can have been: too little is no error.\n"
    )?;
    writeln!(
        text,
        "| weather | rule | measures | mean error | rms error | mean u | within 1.96 u | within 3.89 u | largest |"
    )?;
    writeln!(text, "|---|---|---|---|---|---|---|---|---|")?;
    let mut groups: BTreeMap<(&str, &str), Vec<(f64, f64)>> = BTreeMap::new();
    for row in rows.iter().filter(|row| deviation(row).is_some()) {
        if let Some([value, u]) = row.measured {
            groups
                .entry((&row.weather, &row.rule))
                .or_default()
                .push((error(row, value), u));
        }
    }
    for ((weather, rule), errors) in groups {
        let n = errors.len() as f64;
        let mean = |of: &dyn Fn(&(f64, f64)) -> f64| errors.iter().map(of).sum::<f64>() / n;
        let within = |k: f64| {
            percent(
                errors.iter().filter(|(error, u)| error.abs() <= k * u).count(),
                errors.len(),
            )
        };
        let largest = errors.iter().map(|(error, u)| error.abs() / u).fold(0.0, f64::max);
        writeln!(
            text,
            "| {weather} | `{rule}` | {n} | {:.1} | {:.1} | {:.1} | {} | {} | {largest:.2} u |",
            mean(&|e| e.0),
            mean(&|e| e.0 * e.0).sqrt(),
            mean(&|e| e.1),
            within(1.96),
            within(3.89)
        )?;
    }
    Ok(())
}

/// What was charged falsely, what was missed, and the largest error of each weather.
fn worst(rows: &[Row]) -> [(String, Vec<&Row>); 3] {
    let wrong = |title: &str, is_it: fn(&Row) -> bool| {
        let mut cases: Vec<&Row> = rows.iter().filter(|row| is_it(row)).collect();
        cases.sort_by(|a, b| {
            let size = |row: &Row| (row.truth[0] - row.truth[1]).abs();
            size(b).total_cmp(&size(a)).then(a.line().cmp(&b.line()))
        });
        let title = format!("{title}: {}", cases.len());
        cases.truncate(WORST);
        (title, cases)
    };
    let size = |row: &Row| deviation(row).map_or(0.0, f64::abs);
    let largest = |weather: &str| {
        let of = rows
            .iter()
            .filter(|row| row.weather == weather && deviation(row).is_some());
        of.max_by(|a, b| size(a).total_cmp(&size(b)).then(b.line().cmp(&a.line())))
    };
    let largest = weathers(rows).into_iter().filter_map(largest).collect();
    [
        wrong("False charges", is_false),
        wrong("Missed", is_missed),
        ("The largest error of each weather, in units of u".into(), largest),
    ]
}

fn listed(text: &mut String, grounds: &Grounds, worst: &[(String, Vec<&Row>)], with_runs: bool) -> std::fmt::Result {
    for (title, cases) in worst {
        writeln!(text, "\n## {title}\n")?;
        for row in cases {
            let measured = row
                .measured
                .map_or("not measured".into(), |[value, u]| format!("measured {value} ± {u}"));
            write!(
                text,
                "* {} {} `{}`: truly {:.1} (limit {:.0}), {measured}: ",
                row.weather, row.place, row.rule, row.truth[0], row.truth[1]
            )?;
            if with_runs {
                write!(text, "[its run]({}/README.md), ", row.run())?;
            }
            writeln!(
                text,
                "`kaoguan-season shrink --class {} --day {} --seed {} --weather {} --place {} --rule {} --out run`",
                grounds.class(),
                row.day,
                row.seed,
                row.weather,
                row.place,
                row.rule
            )?;
        }
    }
    Ok(())
}

/// What became of distances, by their true excess.
fn curve<'r>(weather: &str, rows: impl Iterator<Item = &'r Row>) -> String {
    let rows: Vec<&Row> = rows
        .filter(|row| row.truth[2] == 50.0 && row.outcome != Outcome::Over)
        .collect();
    let (from, to, step) = CURVE;
    let columns: Vec<Column> = (from..to)
        .step_by(step as usize)
        .enumerate()
        .map(|(no, low)| {
            let (low, high) = (f64::from(low), f64::from(low + step));
            let excess = |row: &&&Row| (low..high).contains(&(row.truth[0] - row.truth[1]));
            let tally = Tally::of(rows.iter().filter(excess).copied());
            let share = |outcome| tally.count(outcome) as f64 / tally.judged().max(1) as f64;
            Column {
                from: low,
                to: high,
                mark: (no % 2 == 0).then(|| (low, format!("{low:.0}"))),
                shares: Part::OUTCOMES.map(|(outcome, _)| share(outcome)).to_vec(),
                count: tally.judged(),
            }
        })
        .collect();
    let title = format!("{weather}: what became of a distance");
    let parts = Part::OUTCOMES.map(|(_, part)| part);
    shares(&title, "true excess beyond the limit, mm", &parts, &columns)
}
