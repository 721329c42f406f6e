//! The village square of classes E and F: 桩考, 坡道定点停车和起步, 通过单边桥, where they have always stood.

use super::page::{Page, part, rectangle, site};
use super::ramp::Ramp;
use crate::BuiltFor;
use crate::dimensions::Rules;

/// Writes the three items; the course of another class may have other ones.
pub(super) fn lay(page: &mut Page<'_>, class: &str, vehicle: &BuiltFor) {
    page.course_level((-15.0, -20.0, 45.0, 20.0));
    // The dimensions are part of the program; that they are there and complete is tested.
    if let Some(needs) = Needs::of(class, vehicle) {
        pole_course(page, &needs);
        hill_start(page, &needs);
        plank_bridge(page, &needs);
    }
}

/// The regulation's dimensions in metres.
struct Needs {
    pole_spacing: f64,
    pole_to_edge: f64,
    finish_distance: f64,
    ramp_gradient: f64,
    pole_line_width: f64,
    bridge_width: f64,
    bridge_height: f64,
    deck_length: f64,
}

impl Needs {
    fn of(class: &str, vehicle: &BuiltFor) -> Option<Needs> {
        let rules = Rules::of(class)?;
        let value = |manoeuvre: &str, key: &str| rules.value(manoeuvre, key, vehicle);
        Some(Needs {
            pole_spacing: value("pole_course", "pole_spacing")?,
            pole_to_edge: value("pole_course", "pole_to_edge")?,
            finish_distance: value("pole_course", "finish_distance")?,
            ramp_gradient: value("hill_start", "ramp_gradient")?,
            pole_line_width: value("hill_start", "pole_line_width")?,
            bridge_width: value("plank_bridge", "bridge_width")?,
            bridge_height: value("plank_bridge", "bridge_height")?,
            deck_length: value("plank_bridge", "deck_length")?,
        })
    }
}

/// Riding east along n = 0: start line, five poles passed left and right in turn, finish line.
fn pole_course(page: &mut Page<'_>, needs: &Needs) {
    let (start, first) = (4.0, 7.0);
    let last = first + 4.0 * needs.pole_spacing;
    let finish = last + needs.finish_distance;
    let edge = needs.pole_to_edge;
    let ground = site("poles", "pole_course", "桩考", "pole course", 1);
    page.area(
        "poles-ground",
        &ground,
        &rectangle(3.0, -3.0, libm::ceil(finish) + 1.0, 3.0),
    );
    page.line(
        "poles-start",
        &part("poles", "start_line"),
        &[(start, edge), (start, -edge)],
    );
    page.line(
        "poles-finish",
        &part("poles", "finish_line"),
        &[(finish, edge), (finish, -edge)],
    );
    page.line(
        "poles-edge-left",
        &part("poles", "edge_left"),
        &[(start, edge), (finish, edge)],
    );
    page.line(
        "poles-edge-right",
        &part("poles", "edge_right"),
        &[(start, -edge), (finish, -edge)],
    );
    for (index, pass) in ["left", "right", "left", "right", "left"].iter().enumerate() {
        let number = index + 1;
        let more = format!(
            r#"{},"ordinal":{number},"radius_mm":20,"pass":"{pass}""#,
            part("poles", "pole")
        );
        page.point(
            &format!("poles-pole-{number}"),
            &more,
            first + index as f64 * needs.pole_spacing,
            0.0,
            None,
        );
    }
}

/// Length of each vertical curve of the ramp, metres: the regulation wants a radius above 30 m, this is 32 m at 10 %.
const CURVE_LENGTH: f64 = 3.2;
/// The straight part of the ramp, metres: the pole line and a whole motorcycle behind it.
const STRAIGHT_LENGTH: f64 = 5.0;
/// Level top of the ramp, metres.
const TOP_LENGTH: f64 = 1.0;
/// Riding west along n = 12: a portable ramp 3 m wide between its edge lines.
fn hill_start(page: &mut Page<'_>, needs: &Needs) {
    let (foot, lane, half) = (26.0, 12.0, 1.5);
    let ramp = Ramp {
        gradient: needs.ramp_gradient,
        curve: CURVE_LENGTH,
        straight: STRAIGHT_LENGTH,
        top: TOP_LENGTH,
    };
    let length = ramp.length();
    let exit = foot - ramp.crest() - TOP_LENGTH;
    page.area(
        "hill-ground",
        &site("hill", "hill_start", "坡道定点停车和起步", "hill start", 2),
        &rectangle(1.0, 9.0, 28.0, 15.0),
    );
    page.line(
        "hill-entry",
        &part("hill", "entry_line"),
        &[(foot + 0.3, lane - half), (foot + 0.3, lane + half)],
    );
    let near = foot - 4.6 + needs.pole_line_width * 0.5;
    let far = near - needs.pole_line_width;
    page.area(
        "hill-pole-line",
        &part("hill", "pole_line"),
        &rectangle(far, lane - half, near, lane + half),
    );
    page.line(
        "hill-edge-left",
        &part("hill", "edge_left"),
        &[(foot + 1.0, lane - half), (foot - length, lane - half)],
    );
    page.line(
        "hill-edge-right",
        &part("hill", "edge_right"),
        &[(foot + 1.0, lane + half), (foot - length, lane + half)],
    );
    page.line(
        "hill-exit",
        &part("hill", "exit_line"),
        &[(exit, lane - half), (exit, lane + half)],
    );
    let stations = ramp.stations();
    let profile: Vec<(f64, f64, f64)> = stations
        .iter()
        .map(|(run, up)| (foot - run, lane, page.ground(foot - run) + up))
        .collect();
    page.profile(
        "hill-profile",
        &format!(r#"{},"width_mm":3200"#, part("hill", "profile")),
        &profile,
    );
}

/// Length of each ramp of the bridge, metres: 50 mm in 0.8 m are 6.25 %, below 7 % even where the ground falls.
const BRIDGE_RAMP: f64 = 0.8;

/// Riding east along n = -12: one plank with a ramp at either end.
fn plank_bridge(page: &mut Page<'_>, needs: &Needs) {
    let (entry, foot, lane) = (8.0, 9.0, -12.0);
    let (deck, end) = (foot + BRIDGE_RAMP, foot + BRIDGE_RAMP + needs.deck_length);
    let exit = end + BRIDGE_RAMP + 2.0;
    let half = needs.bridge_width * 0.5;
    let ground = site("plank", "plank_bridge", "通过单边桥", "plank bridge", 3);
    page.area(
        "plank-ground",
        &ground,
        &rectangle(7.0, lane - 2.0, libm::ceil(exit) + 1.0, lane + 2.0),
    );
    page.line(
        "plank-entry",
        &part("plank", "entry_line"),
        &[(entry, lane + 1.5), (entry, lane - 1.5)],
    );
    page.area(
        "plank-deck",
        &part("plank", "deck"),
        &rectangle(deck, lane - half, end, lane + half),
    );
    page.line(
        "plank-exit",
        &part("plank", "exit_line"),
        &[(exit, lane + 1.5), (exit, lane - 1.5)],
    );
    let profile: Vec<(f64, f64, f64)> = [
        (foot, 0.0),
        (deck, needs.bridge_height),
        (end, needs.bridge_height),
        (end + BRIDGE_RAMP, 0.0),
    ]
    .iter()
    .map(|(e, above)| (*e, lane, page.ground(*e) + above))
    .collect();
    let width_mm = libm::round(needs.bridge_width * 1e3);
    page.profile(
        "plank-profile",
        &format!(r#"{},"width_mm":{width_mm}"#, part("plank", "profile")),
        &profile,
    );
}
