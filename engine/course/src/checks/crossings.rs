//! Lines that a vehicle crosses lie across the riding direction, and the vehicle comes to them in order.

use crate::draft::{Draft, DraftSite, Feature};
use crate::read::say;
use crate::{Guide, Issue, Point2};

/// Lines that a vehicle crosses.
const ACROSS_THE_LANE: &[&str] = &[
    "bay_front",
    "bend_line",
    "control_first",
    "control_second",
    "entry_line",
    "exit_line",
    "finish_line",
    "fog_begin",
    "prompt_line",
    "rain_begin",
    "start_line",
    "turn_left",
    "turn_right",
    "zone_begin",
    "zone_end",
];

/// Lines that a vehicle comes to one after the other, on its way along the lane.
const PAIRS: &[(&str, &str)] = &[
    ("entry_line", "exit_line"),
    ("entry_line", "bay_front"),
    ("entry_line", "control_second"),
    ("bay_front", "exit_line"),
    ("control_first", "exit_line"),
    ("start_line", "finish_line"),
    ("entry_line", "turn_left"),
    ("entry_line", "turn_right"),
    ("entry_line", "zone_begin"),
    ("zone_begin", "zone_end"),
    ("zone_begin", "exit_line"),
    ("zone_end", "exit_line"),
    ("entry_line", "prompt_line"),
    ("prompt_line", "exit_line"),
    ("entry_line", "rain_begin"),
    ("rain_begin", "exit_line"),
    ("entry_line", "fog_begin"),
    ("fog_begin", "exit_line"),
    ("entry_line", "merge_line"),
    ("merge_line", "diverge_line"),
    ("diverge_line", "exit_line"),
    ("entry_line", "bend_line"),
    ("bend_line", "exit_line"),
];

/// Sine of 60 degrees: a line that lies flatter to the riding direction is no line across it.
const ACROSS: f64 = 0.866;

pub(super) fn check(draft: &Draft, issues: &mut Vec<Issue>) {
    for site in draft.sites() {
        let Some(guide) = site.guide() else { continue };
        for line in ACROSS_THE_LANE.iter().filter_map(|role| site.part(role)) {
            lies_across(line, &guide, issues);
        }
        for (first, last) in PAIRS {
            in_order(&site, [site.part(first), site.part(last)], &guide, issues);
        }
    }
}

fn lies_across(line: &Feature, guide: &Guide, issues: &mut Vec<Issue>) {
    let Some(points) = line.geometry.plane() else { return };
    let along = points
        .first()
        .zip(points.last())
        .and_then(|(first, last)| last.minus(*first).unit());
    let riding = middle(line).and_then(|middle| guide.direction_at(middle));
    let Some((along, riding)) = along.zip(riding) else {
        return;
    };
    if riding.cross(along).abs() < ACROSS {
        let text = "the line does not lie across the riding direction (60 to 90 degrees): check its ends, and the direction of the edges";
        say(issues, &line.id, text.into());
    }
}

fn in_order(site: &DraftSite<'_>, lines: [Option<&Feature>; 2], guide: &Guide, issues: &mut Vec<Issue>) {
    let [Some(first), Some(last)] = lines else { return };
    let at = |line: &Feature| guide.progress(middle(line)?);
    let (Some(from), Some(to)) = (at(first), at(last)) else {
        return;
    };
    let run = to - from;
    if run <= 0.0 {
        let text = format!(
            "it lies {:.2} m behind {} in the riding direction of site {}: draw the edges or the profile in riding direction",
            -run, first.id, site.id
        );
        say(issues, &last.id, text);
    }
}

fn middle(line: &Feature) -> Option<Point2> {
    let points = line.geometry.plane()?;
    let (first, last) = (points.first()?, points.last()?);
    Some(Point2::new((first.e + last.e) * 0.5, (first.n + last.n) * 0.5))
}
