//! What cannot be: sizes that contradict each other, wheels outside the body, antennas under the ground.
//!
//! Who measures a vehicle with a rover on a pole makes mistakes of a decimetre or of a sign, and each of them would move
//! every judgement. Each check knows one of them and says what to measure again.
use super::{BodyPoint, Vehicle};
use crate::Issue;

/// Declared sizes and the outline's may differ by so much, millimetres: a bumper's edge is round.
const SIZE: i32 = 30;
/// A tyre may stand out of the body by so much, millimetres.
const STANDS_OUT: i32 = 60;
/// Antennas of a baseline shorter than that give no direction worth having, millimetres.
const BASELINE_MIN: i64 = 500;
const ANTENNA_HEIGHT: &str = "an antenna is 200 to 4,500 mm above the ground, which is negative here";

/// Holds a vehicle's values against each other.
pub fn all(vehicle: &Vehicle, issues: &mut Vec<Issue>) {
    let mut say = |place: &str, text: String| {
        issues.push(Issue {
            place: place.to_owned(),
            text,
        });
    };
    wheelbase(vehicle, &mut say);
    size(vehicle, &mut say);
    ring("outline.points", &vehicle.outline, &mut say);
    tyres(vehicle, &mut say);
    antennas(vehicle, &mut say);
    trailer(vehicle, &mut say);
}

type Say<'s> = &'s mut dyn FnMut(&str, String);

fn wheelbase(vehicle: &Vehicle, say: Say<'_>) {
    let [front, rear] = vehicle.reach();
    if vehicle.wheelbase <= 0 {
        say("vehicle.wheelbase", "a wheelbase is longer than nothing".into());
    } else if !vehicle.outline.is_empty() && (vehicle.wheelbase > front + SIZE || rear > SIZE) {
        say(
            "vehicle.wheelbase",
            format!(
                "the axles lie at 0 and {} mm, the outline reaches from {rear} to {front} mm: both axles are under the body",
                vehicle.wheelbase
            ),
        );
    }
}

fn size(vehicle: &Vehicle, say: Say<'_>) {
    if vehicle.outline.is_empty() {
        return;
    }
    let [front, rear] = vehicle.reach();
    let across = || vehicle.outline.iter().map(|point| point[1]);
    let width = across().max().unwrap_or(0) - across().min().unwrap_or(0);
    for (key, declared, measured) in [
        ("vehicle.length", vehicle.size[0], front - rear),
        ("vehicle.width", vehicle.size[1], width),
    ] {
        if (declared - measured).abs() > SIZE {
            say(
                key,
                format!("{declared} mm are declared, the outline measures {measured} mm (mirrors belong to neither)"),
            );
        }
    }
}

/// The outline is a ring that nowhere crosses itself: a point out of its order would.
fn ring(place: &str, points: &[BodyPoint], say: Say<'_>) {
    let n = points.len();
    let side = |i: usize| (points[i], points[(i + 1) % n]);
    for i in 0..n {
        for j in i + 2..n {
            let neighbours = i == 0 && j == n - 1;
            if !neighbours && cross(side(i), side(j)) {
                say(
                    place,
                    format!(
                        "the side from point {} to {} crosses the one from {} to {}: the points go round the body in their order",
                        i + 1,
                        (i + 1) % n + 1,
                        j + 1,
                        (j + 1) % n + 1
                    ),
                );
                return;
            }
        }
    }
}

/// Whether two sides that are no neighbours cross or touch, seen from above.
fn cross(a: (BodyPoint, BodyPoint), b: (BodyPoint, BodyPoint)) -> bool {
    let side = |(from, to): (BodyPoint, BodyPoint), p: BodyPoint| {
        let [x, y] = [0, 1].map(|i| i64::from(to[i] - from[i]));
        let [px, py] = [0, 1].map(|i| i64::from(p[i] - from[i]));
        (x * py - y * px).signum()
    };
    let apart = |i: usize| {
        let (low, high) = (a.0[i].min(a.1[i]), a.0[i].max(a.1[i]));
        b.0[i].max(b.1[i]) < low || b.0[i].min(b.1[i]) > high
    };
    let divided = side(a, b.0) * side(a, b.1) <= 0 && side(b, a.0) * side(b, a.1) <= 0;
    divided && !apart(0) && !apart(1)
}

fn tyres(vehicle: &Vehicle, say: Say<'_>) {
    for (axle, name) in vehicle.axles.iter().zip(["rear", "front"]) {
        let outermost = axle.track / 2 + axle.half_width;
        if axle.half_width <= 0 || axle.track < 0 {
            let text = "a tyre is wider than nothing, and a track is none or longer than nothing";
            say(&format!("tyre.{name}_half_width"), text.into());
        } else if outermost > vehicle.size[1] / 2 + STANDS_OUT {
            say(
                &format!("tyre.{name}_track"),
                format!(
                    "the tyre's outer edge is {outermost} mm from the middle, the body {} mm",
                    vehicle.size[1] / 2
                ),
            );
        }
    }
    for axle in vehicle.axles.iter().filter(|axle| axle.offset != 0) {
        let body = || vehicle.outline.iter().map(|point| point[1]);
        let [left, right] = [
            body().min().unwrap_or(0) - STANDS_OUT,
            body().max().unwrap_or(0) + STANDS_OUT,
        ];
        if axle.contacts().any(|contact| !(left..=right).contains(&contact)) {
            say(
                "tyre.more_axles",
                format!("a wheel {} mm right of the middle stands out of the body", axle.offset),
            );
        }
    }
    if vehicle.leans && vehicle.axles.iter().any(|axle| axle.track > 0 || axle.offset != 0) {
        let text = "a vehicle with two wheels on an axle does not lean";
        say("tyre.profile_radius", text.into());
    }
}

fn antennas(vehicle: &Vehicle, say: Say<'_>) {
    let named = [("antenna.main", Some(vehicle.main)), ("antenna.second", vehicle.second)];
    for (place, antenna) in named {
        if let Some(point) = antenna.filter(|point| *point != [0; 3] && !(-4_500..=-200).contains(&point[2])) {
            say(place, format!("{} mm down: {ANTENNA_HEIGHT}", point[2]));
        }
    }
    if let Some(second) = vehicle.second {
        baseline("antenna.second", vehicle.main, second, say);
    }
}

fn baseline(place: &str, main: BodyPoint, second: BodyPoint, say: Say<'_>) {
    if main == [0; 3] || second == [0; 3] {
        return;
    }
    let square = |i: usize| i64::from(second[i] - main[i]).pow(2);
    let baseline = (square(0) + square(1) + square(2)).isqrt();
    if baseline < BASELINE_MIN {
        let text = format!("{baseline} mm from the main antenna: a direction needs {BASELINE_MIN} mm at least");
        say(place, text);
    }
}

fn trailer(vehicle: &Vehicle, say: Say<'_>) {
    let Some(trailer) = &vehicle.trailer else { return };
    ring("trailer.points", &trailer.outline, say);
    if trailer.length_to_coupling <= 0 {
        let text = "the coupling lies before the trailer's axles";
        say("trailer.length_to_coupling", text.into());
    }
    let axle_behind = trailer.axles.iter().any(|axle| axle.at >= trailer.length_to_coupling);
    if axle_behind && !trailer.axles.is_empty() {
        say("trailer.axles", "an axle lies before the coupling".into());
    }
    let [main, second] = trailer.antennas;
    for (place, point) in [("trailer.main", main), ("trailer.second", second)] {
        if point != [0; 3] && !(-4_500..=-200).contains(&point[2]) {
            say(place, format!("{} mm down: {ANTENNA_HEIGHT}", point[2]));
        }
    }
    baseline("trailer.second", main, second, say);
}
