//! The tail of the errors, by importance sampling.
//!
//! The problem: a promise of one false charge in a million cannot be counted in ten thousand days. A false charge of
//! somebody exactly at a limit needs an error larger than k times its stated *u*. The answer: most of that error is a
//! dozen constants of the day (where the antennas, the sensor and the course really are), and nearly linear in them. For
//! each rule the direction in which they make the error grow is found by moving each of them alone; along it the day's
//! errors are drawn three times as wide as they are, everything else as it is, and each day counts by how much likelier
//! the true spread would have made it. Frequencies of large errors then are sums of small weights.
use crate::day::{Case, Grounds, rows};
use crate::row::Day;
use anyhow::{Context, Result, bail};
use clap::Args;
use kaoguan_sim::rng::Rng;
use kaoguan_sim::sensors::installation::{ERRORS, Errors};
use kaoguan_sim::sensors::weather::{STILL, Weather};
use kaoguan_tests::door::Way;
use std::fmt::Write;
use std::fs;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// How much wider the errors are drawn.
const STRETCH: f64 = 3.0;
/// Errors in units of u whose frequency is told; the last is the k of the promise.
const BEYOND: [f64; 6] = [1.0, 2.0, 3.0, 3.89, 4.4, 4.8];
/// Rules that are measured once in a ride, one of each quantity.
const RULES: [(&str, &str); 3] = [
    ("hill#1", "hill_start.axle_off_line"),
    ("hill#1", "hill_start.body_off_edge"),
    ("hill#1", "hill_start.rolled_back"),
];

/// How many days, and where the report goes.
#[derive(Args)]
pub struct Wanted {
    /// Days for each rule
    #[arg(long, default_value_t = 1_000)]
    days: u64,
    /// The first day's seed
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The weather
    #[arg(long, value_parser = crate::weather_named, default_value = "clear")]
    weather: Weather,
    /// A file for the table
    #[arg(long, default_value = "tail.md")]
    out: PathBuf,
}

/// Error in units of u, and what the day counts.
type Drawn = (f64, f64);

/// Estimates the tails and writes them.
///
/// # Errors
/// Where a rule is not measured on any day, and those of the disk.
pub fn tail(wanted: &Wanted) -> Result<()> {
    let grounds = Grounds::village();
    let mut text = format!(
        "## The tail, by importance sampling ({}, {} days for each rule)\n\n\
         How often an error in the candidate's disfavour is larger than so many *u*, with the standard error of the estimate.\n\
         *Plain* counts the same days drawn as they are. *None*: none of these days. The day's constants cancel in a roll-back, so\n\
         that only plain drawing sees it.\n\n| rule |",
        wanted.weather.name, wanted.days
    );
    // Writing into a String cannot fail, here and below.
    for beyond in BEYOND {
        let _ = write!(text, " > {beyond} u |");
    }
    let _ = writeln!(text, "\n|---|{}", "---|".repeat(BEYOND.len()));
    for (place, rule) in RULES {
        let direction = direction(&grounds, wanted, place, rule)?;
        for (name, stretch) in [("", STRETCH), (" (plain)", 1.0)] {
            let drawn = draw(&grounds, wanted, (place, rule), &direction, stretch)?;
            let _ = write!(text, "| `{rule}`{name} |");
            for beyond in BEYOND {
                let _ = write!(text, " {} |", told(rate(&drawn, beyond)));
            }
            let _ = writeln!(text);
        }
    }
    fs::write(&wanted.out, &text).with_context(|| format!("writing {}", wanted.out.display()))?;
    print!("{text}");
    Ok(())
}

/// A rate as people read it; below what the promise asks for by a thousand, what is left of a sum says nothing.
fn told((rate, spread): (f64, f64)) -> String {
    match rate {
        0.0 => "none".into(),
        rate if rate < 1e-9 => "< 1e-9".into(),
        rate => format!("{rate:.1e} ± {spread:.0e}"),
    }
}

/// The weighted share beyond, and its standard error.
fn rate(drawn: &[Drawn], beyond: f64) -> (f64, f64) {
    let n = drawn.len().max(1) as f64;
    let hits = || drawn.iter().filter(|(z, _)| *z > beyond).map(|(_, weight)| weight);
    let mean = hits().sum::<f64>() / n;
    let square = hits().map(|weight| weight * weight).sum::<f64>() / n;
    (mean, ((square - mean * mean).max(0.0) / n).sqrt())
}

/// The error in millimetres and in units of u.
fn error(grounds: &Grounds, case: &Case, place: &str, rule: &str) -> Option<(f64, f64)> {
    let rows = rows(grounds, case, &case.ride(grounds, Way::Samples));
    let row = rows.iter().find(|row| row.place == place && row.rule == rule)?;
    let [value, u] = row.measured.filter(|[_, u]| *u > 0.0)?;
    Some((value - row.truth[0], (value - row.truth[0]) / u))
}

fn case(grounds: &Grounds, wanted: &Wanted, seed: u64) -> Case {
    Case::of(grounds, Day::Close, &wanted.weather, seed)
}

/// Where the errors of a day make this one grow: a unit vector.
fn direction(grounds: &Grounds, wanted: &Wanted, place: &str, rule: &str) -> Result<Errors> {
    let with = |seed: u64, errors: Errors| {
        let mut case = case(grounds, wanted, seed);
        case.weather = Weather {
            name: wanted.weather.name,
            ..STILL
        };
        case.installation.given = Some(errors);
        error(grounds, &case, place, rule)
    };
    for seed in wanted.seed..wanted.seed + 20 {
        let Some((still, _)) = with(seed, [0.0; ERRORS]) else {
            continue;
        };
        let mut slope = [0.0; ERRORS];
        for (i, slope) in slope.iter_mut().enumerate() {
            let mut errors = [0.0; ERRORS];
            errors[i] = 1.0;
            *slope = with(seed, errors).map_or(0.0, |(moved, _)| moved - still);
        }
        let length = slope.iter().map(|s| s * s).sum::<f64>().sqrt();
        if length > 0.0 {
            return Ok(slope.map(|s| s / length));
        }
    }
    bail!("{rule} is not measured on any of 20 days from seed {}", wanted.seed)
}

fn draw(
    grounds: &Grounds,
    wanted: &Wanted,
    (place, rule): (&str, &str),
    direction: &Errors,
    stretch: f64,
) -> Result<Vec<Drawn>> {
    let (next, bar) = (AtomicU64::new(0), crate::progress(wanted.days));
    let drawn = Mutex::new(Vec::new());
    crate::on_all_cores(|| {
        loop {
            let no = next.fetch_add(1, Ordering::Relaxed);
            if no >= wanted.days {
                return Ok(());
            }
            let mut case = case(grounds, wanted, wanted.seed + no);
            let (errors, weight) = stretched(case.seed, direction, stretch);
            case.installation.given = Some(errors);
            if let Some((_, z)) = error(grounds, &case, place, rule)
                && let Ok(mut drawn) = drawn.lock()
            {
                drawn.push((no, (z, weight)));
            }
            bar.inc(1);
        }
    })?;
    bar.finish_and_clear();
    let mut drawn = drawn.into_inner().unwrap_or_default();
    // Sums of floats depend on their order, and the order on the threads.
    drawn.sort_by_key(|(no, _)| *no);
    Ok(drawn.into_iter().map(|(_, drawn)| drawn).collect())
}

/// Errors drawn wider along a direction, and the likelihood ratio that they count by.
fn stretched(seed: u64, direction: &Errors, stretch: f64) -> (Errors, f64) {
    let mut rng = Rng::new(seed, "tail");
    let errors = [0.0; ERRORS].map(|_: f64| rng.normal(1.0));
    let along: f64 = errors.iter().zip(direction).map(|(e, d)| e * d).sum();
    let wide = along * stretch;
    let mut moved = errors;
    for (error, d) in moved.iter_mut().zip(direction) {
        *error += (wide - along) * d;
    }
    (moved, stretch * (0.5 * (along * along - wide * wide)).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Against the normal distribution itself: P(x > 4) is 3.167e-5, which 4,000 plain draws would hardly see. The integral
    /// of the squared density over the wider one gives the estimate's own spread, 3.3e-6.
    #[test]
    fn weights_give_the_tail_of_a_known_distribution() {
        let mut direction = [0.0; ERRORS];
        direction[2] = 0.6;
        direction[7] = -0.8;
        let drawn: Vec<Drawn> = (0..4_000)
            .map(|seed| {
                let (errors, weight) = stretched(seed, &direction, STRETCH);
                (errors[2] * 0.6 - errors[7] * 0.8, weight)
            })
            .collect();
        let (found, spread) = rate(&drawn, 4.0);
        assert!(
            (found - 3.167e-5).abs() < 4.0 * 3.3e-6 && (2.5e-6..4.1e-6).contains(&spread),
            "{found} ± {spread}"
        );
        let (all, spread) = rate(&drawn, -100.0);
        assert!((all - 1.0).abs() < 4.0 * spread, "{all} ± {spread}");
        let plain = stretched(3, &direction, 1.0);
        assert!((plain.1 - 1.0).abs() < 1e-12);
    }
}
