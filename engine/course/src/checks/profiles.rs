//! A profile has a width, runs forward along its site, and is not a wall.

use crate::Issue;
use crate::draft::{Draft, DraftSite, Feature};
use crate::read::say;

/// Steeper than this (rise per run) no motorcycle is examined: an error of height.
const STEEPEST: f64 = 0.30;
/// A footbridge for one wheel is no narrower, a road with its shoulders no wider (millimetres).
const WIDTH_MM: std::ops::RangeInclusive<f64> = 100.0..=60_000.0;

pub(super) fn check(draft: &Draft, issues: &mut Vec<Issue>) {
    for site in draft.sites() {
        for profile in site.parts.iter().filter(|part| part.role == "profile") {
            width(profile, issues);
            // A road may turn back on itself; a ramp and a bridge may not.
            if site.manoeuvre() != Some("road_run") {
                forward(&site, profile, issues);
            }
            gradient(profile, issues);
        }
    }
}

fn width(profile: &Feature, issues: &mut Vec<Issue>) {
    match profile.width_mm {
        Some(width) if WIDTH_MM.contains(&width) => {}
        Some(width) => say(
            issues,
            &profile.id,
            format!("a width of {width} mm is not between 100 and 60000: check `width_mm`"),
        ),
        None => say(
            issues,
            &profile.id,
            "the profile has no `width_mm`: measure how wide its surface is".into(),
        ),
    }
}

fn forward(site: &DraftSite<'_>, profile: &Feature, issues: &mut Vec<Issue>) {
    let (Some(axis), Some(points)) = (site.axis(), profile.geometry.plane()) else {
        return;
    };
    let back = points
        .windows(2)
        .position(|pair| matches!(pair, [a, b] if b.minus(*a).dot(axis) <= 0.0));
    if let Some(index) = back {
        let text = format!(
            "from position {} to {} it runs backwards along its site: sort its positions in riding direction",
            index + 1,
            index + 2
        );
        say(issues, &profile.id, text);
    }
}

fn gradient(profile: &Feature, issues: &mut Vec<Issue>) {
    let Some(line) = profile.geometry.heights() else { return };
    for (index, pair) in line.windows(2).enumerate() {
        let [(from, low), (to, high)] = pair else { continue };
        let slope = (high - low) / libm::fmax(from.distance(*to), 1e-3);
        if slope.abs() > STEEPEST {
            let text = format!(
                "between positions {} and {} it rises {:.0} %: no more than 30 % is believed, check the heights",
                index + 1,
                index + 2,
                slope * 100.0
            );
            say(issues, &profile.id, text);
            return;
        }
    }
}
