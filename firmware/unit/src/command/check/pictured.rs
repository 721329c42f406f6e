//! The lines of a unit that runs: they are its own, so it is asked what it hears, and the same is asked of that.
//!
//! Deliberately not here: baud rates, and gravity: a vehicle that is examined moves.
use super::{Level, Row, corrections, line, surroundings};
use crate::Config;
use crate::config::Line;
use crate::health::{self, Direction, Fix, Health, PortHealth};
use crate::local::Caller;
use crate::texts;
use kaoguan_telemetry::Port;
use std::time::Duration;

/// A running unit gives a picture each second; after five of them it has its rates.
const PICTURES: usize = 6;
const PATIENCE: Duration = Duration::from_secs(10);

/// A row for the unit and one for each line.
pub async fn unit(config: &Config, mut caller: Caller) -> Vec<Row> {
    let mut about = Row::new(0, texts::UNIT_RUNS);
    let Some(picture) = tokio::time::timeout(PATIENCE, latest(&mut caller)).await.ok().flatten() else {
        about.wrong(Level::Red, texts::UNIT_MUTE, texts::UNIT_MUTE_REMEDY);
        return vec![about];
    };
    about.say(picture.line());
    if let Some(why) = &picture.configuration {
        let what = texts::UNIT_TRIAL.with(&[("why", why)]);
        about.object(Level::Yellow, what, Some(texts::UNIT_TRIAL_REMEDY.to_string()));
    }
    let mut rows = vec![about];
    rows.extend(
        config
            .lines()
            .zip(1..)
            .map(|((port, line), order)| row(&picture, order, port, line)),
    );
    rows.extend(corrections::pictured(config, picture.corrections.as_ref()));
    let ahead = picture.clock_ahead_ms.map(|ms| ms.saturating_mul(1_000));
    rows.extend(ahead.and_then(|ahead| surroundings::clock(Port::Receiver, ahead)));
    rows
}

/// The picture of a unit that has been up for some seconds.
async fn latest(caller: &mut Caller) -> Option<Health> {
    let mut picture = None;
    for _ in 0..PICTURES {
        let next = caller.next().await.ok()?;
        let is_warm = next.uptime_s > PICTURES as i64;
        picture = Some(next);
        if is_warm {
            break;
        }
    }
    picture
}

fn row(picture: &Health, order: usize, port: Port, wired: &Line) -> Row {
    let mut row = Row::new(order, line::title(port, wired));
    let Some(seen) = picture.ports.iter().find(|seen| seen.port == health::name(port)) else {
        return row;
    };
    heard(&mut row, seen);
    if seen.silent.is_some() {
        return row;
    }
    match port {
        Port::Receiver => {
            match &picture.gnss {
                Some(fix) => position(&mut row, fix),
                None => no_position(&mut row, picture.no_fix.as_deref()),
            }
            direction(&mut row, picture.heading.as_ref());
        }
        Port::Trailer => direction(&mut row, picture.trailer_heading.as_ref()),
        _ => {}
    }
    row
}

fn heard(row: &mut Row, seen: &PortHealth) {
    let rate = |tenths: u64| format!("{}.{}/s", tenths / 10, tenths % 10);
    row.say(format!("{}: {}", texts::SENTENCES, rate(seen.sentences_per_10_s)));
    row.say(format!("{}: {}", texts::SAMPLES, rate(seen.samples_per_10_s)));
    if let Some(why) = &seen.silent {
        let what = texts::SILENT.with(&[("why", why)]);
        row.object(Level::Red, what, Some(texts::SILENT_REMEDY.to_string()));
    }
}

fn no_position(row: &mut Row, why: Option<&str>) {
    match why {
        Some(why) => {
            let what = texts::NO_POSITION_YET.with(&[("why", &why)]);
            row.object(Level::Yellow, what, Some(texts::NO_POSITION_YET_REMEDY.to_string()));
        }
        None => row.wrong(Level::Red, texts::NO_POSITION, texts::NO_POSITION_REMEDY),
    }
}

fn position(row: &mut Row, fix: &Fix) {
    if fix.sigma_tenth_mm.is_none() {
        row.wrong(Level::Red, texts::NO_SIGMA, texts::NO_SIGMA_REMEDY);
    }
    if fix.speed_mm_s.is_none() {
        row.wrong(Level::Red, texts::NO_VELOCITY, texts::NO_VELOCITY_REMEDY);
    }
    if fix.quality != "fixed" {
        let what = texts::NOT_FIXED.with(&[("quality", &fix.quality), ("satellites", &fix.satellites)]);
        row.object(Level::Yellow, what, Some(texts::NOT_FIXED_REMEDY.to_string()));
    } else if fix.age_ms.is_none() {
        row.wrong(Level::Red, texts::NO_AGE, texts::NO_AGE_REMEDY);
    }
}

fn direction(row: &mut Row, heading: Option<&Direction>) {
    match heading {
        None => row.wrong(Level::Red, texts::NO_HEADING, texts::NO_HEADING_REMEDY),
        Some(heading) if heading.quality != "fixed" => {
            row.wrong(Level::Yellow, texts::HEADING_NOT_FIXED, texts::HEADING_NOT_FIXED_REMEDY);
        }
        Some(_) => {}
    }
}
