//! What the fusion of receiver, gyro and accelerometer wins over raw positions.
//!
//! The problem: an estimate is only worth its complexity if somebody says in millimetres and in cases what it wins. The
//! answer: the same samples are judged twice, with dead reckoning and without it; and where the tyre is said to be is held
//! against the truth, once with the lean that gyro and accelerometer tell together, once as if the vehicle stood upright. The same
//! question is put to fixes that are recalled.
use crate::day::{Case, Grounds, VERDICT, rows};
use crate::row::{Day, Outcome};
use anyhow::{Context, Result};
use clap::Args;
use kaoguan_exam::Exam;
use kaoguan_sim::driver::Faults;
use kaoguan_sim::sensors::weather;
use kaoguan_sim::vehicle::body::Pose;
use kaoguan_tests::door::Way;
use kaoguan_tests::river::{Ground, River};
use std::fmt::Write;
use std::fs;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// How many days, and where the table goes.
#[derive(Args)]
pub struct Wanted {
    /// Exams of drawn candidates in each weather
    #[arg(long, default_value_t = 200)]
    days: u64,
    /// The first day's seed
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Judge without and with fixes that are recalled for so many seconds, instead of without and with dead reckoning
    #[arg(long)]
    recall: Option<u32>,
    /// A file for the table
    #[arg(long, default_value = "fusion.md")]
    out: PathBuf,
}

/// Squares of errors across the vehicle in millimetres, how many, and the largest.
#[derive(Debug, Default, Clone, Copy)]
struct Errors(f64, u64, f64);

impl Errors {
    fn add(&mut self, error: f64) {
        *self = Errors(self.0 + error * error, self.1 + 1, self.2.max(error.abs()));
    }
    fn and(self, other: Errors) -> Errors {
        Errors(self.0 + other.0, self.1 + other.1, self.2.max(other.2))
    }
    fn told(&self) -> String {
        format!("{:.0} | {:.0}", (self.0 / self.1.max(1) as f64).sqrt(), self.2)
    }
}

/// The same samples judged in two ways.
struct Pair {
    grounds: [Grounds; 2],
    names: [&'static str; 2],
    head: String,
}

impl Pair {
    fn of(wanted: &Wanted) -> Pair {
        let exams = format!("{} exams in each weather, their samples judged twice:", wanted.days);
        match wanted.recall {
            None => Pair {
                grounds: [Grounds::village_without_reckoning(), Grounds::village()],
                names: ["raw", "fused"],
                head: format!(
                    "## What fusing the sensors wins\n\n\
                     {exams} by positions alone (*raw*), and with velocity and gyro carrying the\n\
                     vehicle while fixes are not believed (*fused*)."
                ),
            },
            Some(seconds) => Pair {
                grounds: [Grounds::village_recalling(0), Grounds::village_recalling(seconds)],
                names: ["forgotten", "recalled"],
                head: format!(
                    "## What recalling believed fixes wins\n\n\
                     {exams} each fix that comes back proving itself anew (*forgotten*), and one that\n\
                     comes back within {seconds} s where the velocity led the last believed one needing no dwell (*recalled*)."
                ),
            },
        }
    }
}

/// What came of the days of a weather: the first is raw, the second fused.
#[derive(Debug, Default, Clone, Copy)]
struct Won {
    across: [Errors; 2],
    honest: u64,
    bothered: [u64; 2],
    encounters: u64,
    void: [u64; 2],
    asked: [u64; 2],
    wrong: [u64; 2],
    missed: [u64; 2],
}

impl Won {
    fn and(self, other: Won) -> Won {
        let sum = |a: [u64; 2], b: [u64; 2]| [a[0] + b[0], a[1] + b[1]];
        Won {
            across: [0, 1].map(|i| self.across[i].and(other.across[i])),
            honest: self.honest + other.honest,
            bothered: sum(self.bothered, other.bothered),
            encounters: self.encounters + other.encounters,
            void: sum(self.void, other.void),
            asked: sum(self.asked, other.asked),
            wrong: sum(self.wrong, other.wrong),
            missed: sum(self.missed, other.missed),
        }
    }
}

/// Rides them and writes the table.
///
/// # Errors
/// Those of the disk.
pub fn fusion(wanted: &Wanted) -> Result<()> {
    let pair = Pair::of(wanted);
    let ([raw, fused], [before, after]) = (&pair.grounds, pair.names);
    let mut text = format!(
        "{head} Counted are first rides of an item. *Across* is the error of the rear tyre's\n\
         contact across the vehicle while it moves, in millimetres, in fit epochs: as if the vehicle stood upright under its antenna,\n\
         and with the lean of gyro and accelerometer (not told where the receiver's clock steps: the truth's does not).\n\n\
         | weather | upright: rms across | largest | leaning: rms across | largest | honest riders asked or void, {before} | {after} | encounters | void, {before} | {after} | asked, {before} | {after} | false, {before} | {after} | missed, {before} | {after} |\n\
         |---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|\n",
        head = pair.head
    );
    for weather in &weather::ALL {
        let (next, bar, all) = (
            AtomicU64::new(0),
            crate::progress(wanted.days),
            Mutex::new(Won::default()),
        );
        crate::on_all_cores(|| {
            loop {
                let no = next.fetch_add(1, Ordering::Relaxed);
                if no >= wanted.days {
                    return Ok(());
                }
                let case = Case::of(fused, Day::Exam, weather, wanted.seed + no);
                let won = day([raw, fused], &case);
                if let Ok(mut all) = all.lock() {
                    *all = all.and(won);
                }
                bar.inc(1);
            }
        })?;
        bar.finish_and_clear();
        let won = all.into_inner().unwrap_or_default();
        let share = |part: u64| format!("{:.1} %", 100.0 * part as f64 / won.honest.max(1) as f64);
        let both = |[raw, fused]: [u64; 2]| format!("{raw} | {fused}");
        let across = |errors: &Errors| match weather.clock_step_s == 0.0 {
            true => errors.told(),
            false => "– | –".into(),
        };
        // Writing into a String cannot fail.
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |",
            weather.name,
            across(&won.across[0]),
            across(&won.across[1]),
            share(won.bothered[0]),
            share(won.bothered[1]),
            won.encounters,
            both(won.void),
            both(won.asked),
            both(won.wrong),
            both(won.missed)
        );
    }
    fs::write(&wanted.out, &text).with_context(|| format!("writing {}", wanted.out.display()))?;
    print!("{text}");
    Ok(())
}

/// One day, judged both ways.
fn day(grounds: [&Grounds; 2], case: &Case) -> Won {
    let mut won = Won::default();
    let is_honest = case.rider.faults == Faults::NONE;
    won.honest = u64::from(is_honest);
    let mut river = case.ride(grounds[1], Way::Samples);
    won.across = across(case.ground(grounds[1]), &river);
    for (i, grounds) in grounds.into_iter().enumerate() {
        river.exam = again(case.ground(grounds), &river);
        let mut is_bothered = false;
        for row in rows(grounds, case, &river) {
            if row.rule == VERDICT || row.place.split_once('#').is_some_and(|(_, ride)| ride != "1") {
                continue;
            }
            let charged = row.outcome == Outcome::Charged;
            won.encounters += u64::from(i == 0);
            won.void[i] += u64::from(row.outcome == Outcome::Void);
            won.asked[i] += u64::from(row.outcome == Outcome::Asked);
            won.wrong[i] += u64::from(charged && matches!(row.expected.as_str(), "innocent" | "absent"));
            won.missed[i] += u64::from(row.outcome == Outcome::Nothing && row.expected == "guilty");
            is_bothered |= matches!(row.outcome, Outcome::Void | Outcome::Asked);
        }
        won.bothered[i] = u64::from(is_honest && is_bothered);
    }
    won
}

/// The samples of a ride judged again.
fn again(ground: &Ground, river: &River) -> Exam {
    let mut exam = Exam::new(&ground.setup);
    for (boot, sample) in &river.samples {
        exam.accept(*boot, sample);
    }
    exam
}

/// Errors of the rear tyre's contact across the vehicle, millimetres: upright, and leaning as told.
fn across(ground: &Ground, river: &River) -> [Errors; 2] {
    let mut errors = [Errors::default(); 2];
    let height = -ground.spec.main_antenna[2] * 1e3;
    river.judged_again(ground, |_, pose| {
        if let Some((pose, truth)) = pose.filter(|(pose, _)| pose.speed_mm_s > 500) {
            let leaning = right_of(&truth, pose.tyres[1]);
            let lean = (f64::from(pose.lean_cdeg) * 1e-2).to_radians();
            errors[0].add(leaning + height * lean.sin());
            errors[1].add(leaning);
        }
    });
    errors
}

/// How far a point is to the right of the true rear contact, millimetres.
fn right_of(truth: &Pose, [east, north]: [i32; 2]) -> f64 {
    let (e, n) = (
        f64::from(east) - truth.rear[0] * 1e3,
        f64::from(north) - truth.rear[1] * 1e3,
    );
    e * truth.heading.cos() - n * truth.heading.sin()
}
