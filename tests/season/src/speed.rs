//! How fast it is: figures of one run on one machine.
use crate::day::{Case, Grounds, rows};
use crate::row::Day;
use anyhow::{Context, Result};
use clap::Args;
use kaoguan_exam::Exam;
use kaoguan_sim::sensors::weather::Weather;
use kaoguan_telemetry::{Reading, Stamp};
use kaoguan_tests::door::Way;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// How many days.
#[derive(Args)]
pub struct Wanted {
    /// Exams through each door
    #[arg(long, default_value_t = 200)]
    exams: u64,
    /// The weather
    #[arg(long, value_parser = crate::weather_named, default_value = "clear")]
    weather: Weather,
}

/// Exams whose samples go through the fold, and how often each.
const FOLDED: u64 = 10;
const TIMES: u32 = 5;

/// Prints the figures.
///
/// # Errors
/// Where a day has no fix at all.
pub fn speed(wanted: &Wanted) -> Result<()> {
    let grounds = Grounds::village();
    let cores = std::thread::available_parallelism().map_or(1, |n| n.get());
    println!("| what | figure |\n|---|---|");
    for (way, name) in [(Way::Samples, "samples"), (Way::Bytes, "bytes and the unit's core")] {
        let took = exams(&grounds, wanted, way)?;
        println!(
            "| exams a second through {name}, ridden, judged and compared, {cores} cores | {:.0} |",
            wanted.exams as f64 / took
        );
    }
    let (mut samples, mut fixes, mut attitudes, mut lasted, mut took) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for seed in 1..=FOLDED {
        let case = Case::of(&grounds, Day::Exam, &wanted.weather, seed);
        let river = case.ride(&grounds, Way::Bytes);
        let count = |of: fn(&Reading) -> bool| river.samples.iter().filter(|(_, sample)| of(&sample.reading)).count();
        samples += river.samples.len() as f64;
        fixes += count(|reading| matches!(reading, Reading::Gnss(_))) as f64;
        attitudes += count(|reading| matches!(reading, Reading::Attitude(_))) as f64;
        let times = || {
            river.samples.iter().filter_map(|(_, sample)| match sample.at {
                Stamp::Utc(at) => Some(at.0),
                Stamp::Uptime(_) => None,
            })
        };
        let first = times().min().context("a day without a fix")?;
        lasted += (times().max().unwrap_or(first) - first) as f64 * 1e-6;
        let from = Instant::now();
        for _ in 0..TIMES {
            let mut exam = Exam::new(&case.ground(&grounds).setup);
            river
                .samples
                .iter()
                .for_each(|(boot, sample)| exam.accept(*boot, sample));
            std::hint::black_box(exam.board());
        }
        took += from.elapsed().as_secs_f64() / f64::from(TIMES);
    }
    println!(
        "| samples a second through the fold, one core | {:.2} million |",
        samples / took * 1e-6
    );
    println!(
        "| the fold against real time, at {:.0} fixes and {:.0} attitudes a second | {:.0} times |",
        fixes / lasted,
        attitudes / lasted,
        lasted / took
    );
    Ok(())
}

/// Seconds.
fn exams(grounds: &Grounds, wanted: &Wanted, way: Way) -> Result<f64> {
    let (next, bar, from) = (AtomicU64::new(1), crate::progress(wanted.exams), Instant::now());
    crate::on_all_cores(|| {
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed > wanted.exams {
                return Ok(());
            }
            let case = Case::of(grounds, Day::Exam, &wanted.weather, seed);
            std::hint::black_box(rows(grounds, &case, &case.ride(grounds, way)));
            bar.inc(1);
        }
    })?;
    bar.finish_and_clear();
    Ok(from.elapsed().as_secs_f64())
}
