//! What an exam needs of a line, and what to switch on where it is missing.
//!
//! The engine believes no position without quality, age, sigma and velocity, no place of the body without a heading, and no lean
//! without an attitude (ARCHITECTURE, "Doubt"); so what never comes makes every exam void, and is red. What may come later is
//! yellow. The rates are those of exam practice: sensors.md sections 6 and 9.
use super::hearing::Hearing;
use super::{Level, Row};
use crate::Config;
use crate::texts;
use kaoguan_telemetry::{Port, Quality};
use kaoguan_unit_core::Dialect;

/// Positions in a second: older boards give five, and none fewer is in practice.
const POSITIONS: u64 = 5;
/// Inertial frames in a second below which a lean is not followed, and below which it is followed badly.
const FRAMES: [u64; 2] = [20, 50];
/// Frames of switches in a second: a hole of a quarter of a second is asked about.
const SWITCHES: u64 = 4;
/// Specific force at rest, micrometres per second squared: what gravity is, within a tenth.
const GRAVITY: std::ops::RangeInclusive<i64> = 8_800_000..=10_800_000;

/// Objects to what is missing.
pub fn of(config: &Config, port: Port, heard: &Hearing, row: &mut Row) {
    match port {
        Port::Receiver => {
            position(heard, row);
            heading(heard, row);
            if config.shares_line() {
                switches(config, heard, row);
            }
        }
        Port::Trailer => {
            position(heard, row);
            heading(heard, row);
        }
        Port::Attitude => attitude(config, heard, row),
        Port::Signals => switches(config, heard, row),
        Port::Unit => {}
    }
}

fn position(heard: &Hearing, row: &mut Row) {
    let positions = heard.samples("position");
    let seen = &heard.seen;
    if positions == 0 {
        return match seen.no_fix {
            Some(why) => {
                let what = texts::NO_POSITION_YET.with(&[("why", &format!("{why:?}"))]);
                row.object(Level::Yellow, what, Some(texts::NO_POSITION_YET_REMEDY.to_string()));
            }
            None => row.wrong(Level::Red, texts::NO_POSITION, texts::NO_POSITION_REMEDY),
        };
    }
    slow(heard, row, positions, POSITIONS, texts::SLOW_RECEIVER_REMEDY);
    if seen.vague == 0 {
        row.wrong(Level::Red, texts::NO_SIGMA, texts::NO_SIGMA_REMEDY);
    }
    if seen.moving == 0 {
        row.wrong(Level::Red, texts::NO_VELOCITY, texts::NO_VELOCITY_REMEDY);
    }
    if seen.quality != Some(Quality::Fixed) {
        let quality = seen.quality.map_or("none", crate::health::quality);
        let what = texts::NOT_FIXED.with(&[("quality", &quality), ("satellites", &seen.satellites)]);
        row.object(Level::Yellow, what, Some(texts::NOT_FIXED_REMEDY.to_string()));
    } else if seen.aged == 0 {
        row.wrong(Level::Red, texts::NO_AGE, texts::NO_AGE_REMEDY);
    }
}

fn heading(heard: &Hearing, row: &mut Row) {
    match (heard.samples("heading"), heard.seen.heading_quality) {
        (0, _) if heard.samples("position") > 0 => row.wrong(Level::Red, texts::NO_HEADING, texts::NO_HEADING_REMEDY),
        (_, Some(quality)) if quality != Quality::Fixed => {
            row.wrong(Level::Yellow, texts::HEADING_NOT_FIXED, texts::HEADING_NOT_FIXED_REMEDY);
        }
        _ => {}
    }
}

fn attitude(config: &Config, heard: &Hearing, row: &mut Row) {
    let rate = heard.rate(heard.samples("attitude"));
    let [least, good] = FRAMES.map(|rate| rate * 10);
    // What does not lean needs its turning rate only.
    let good = if config.class.is_none_or(|class| class.leans) {
        good
    } else {
        least
    };
    if rate < good {
        let level = if rate < least { Level::Red } else { Level::Yellow };
        let values: [(&str, &dyn std::fmt::Display); 2] = [("rate", &(rate / 10)), ("good", &(good / 10))];
        row.object(
            level,
            texts::SLOW_ATTITUDE.with(&values),
            Some(texts::SLOW_ATTITUDE_REMEDY.to_string()),
        );
    }
    let Some(attitude) = heard.seen.attitude else { return };
    let square = attitude
        .force_um_s2
        .iter()
        .map(|force| i64::from(*force).pow(2))
        .sum::<i64>();
    let force = square.isqrt();
    if !GRAVITY.contains(&force) {
        let what = texts::NO_GRAVITY.with(&[("force", &(force / 1_000))]);
        row.object(Level::Red, what, Some(texts::NO_GRAVITY_REMEDY.to_string()));
    }
}

fn switches(config: &Config, heard: &Hearing, row: &mut Row) {
    // The others speak when something changes, or as often as their bus does.
    let is_steady = matches!(
        config.core.signals.dialect,
        Dialect::Stc15 | Dialect::Ind | Dialect::Modbus(_)
    );
    if !is_steady {
        return;
    }
    let frames = heard.samples("signals");
    if frames == 0 {
        return row.wrong(Level::Red, texts::NO_SWITCHES, texts::NO_SWITCHES_REMEDY);
    }
    slow(heard, row, frames, SWITCHES, texts::SLOW_BOX_REMEDY);
    if heard.seen.signals.is_some_and(|signals| !signals.proven) {
        row.wrong(Level::Yellow, texts::NOT_PROVEN, texts::NOT_PROVEN_REMEDY);
    }
}

fn slow(heard: &Hearing, row: &mut Row, count: u64, least: u64, remedy: texts::Text) {
    let rate = heard.rate(count);
    // A tenth is the listening's own edge.
    if rate * 10 < least * 10 * 9 {
        let values: [(&str, &dyn std::fmt::Display); 2] =
            [("rate", &format!("{}.{}", rate / 10, rate % 10)), ("least", &least)];
        row.object(Level::Red, texts::SLOW.with(&values), Some(remedy.to_string()));
    }
}
