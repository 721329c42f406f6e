//! A profile from the side: the ground under it, its gradients in numbers.

use super::canvas::{Anchor, Canvas};
use super::{MARGIN, WIDTH};
use crate::report::straights;
use crate::{Course, Point2};

/// Height of the picture between its lowest and highest point, pixels, at most.
const HEIGHT: f64 = 170.0;
/// A straight shorter than this share of the picture gets no number.
const LABELLED: f64 = 0.03;

/// Draws the side view at `y` and says where the next thing may begin.
pub(super) fn draw(canvas: &mut Canvas, course: &Course, id: &str, line: &[(Point2, f64)], y: f64) -> f64 {
    let stations = stations(line);
    let Some(length) = stations.last().copied() else {
        return y;
    };
    let soil = |point: Point2| course.surface().base_at(point.e, point.n).height;
    let low = line
        .iter()
        .map(|(point, h)| libm::fmin(*h, soil(*point)))
        .fold(f64::MAX, libm::fmin);
    let high = line.iter().map(|(_, h)| *h).fold(f64::MIN, libm::fmax);
    let width = WIDTH - 2.0 * MARGIN - 60.0;
    let scale = width / libm::fmax(length, 0.1);
    let lift = exaggeration(HEIGHT / (libm::fmax(high - low, 0.02) * scale));
    let top = y + 62.0;
    let floor = top + (high - low) * scale * lift;
    let at = |run: f64, height: f64| (MARGIN + 60.0 + run * scale, floor - (height - low) * scale * lift);
    let heading = format!("纵断面 side view　{id}　高程放大 {lift:.0} 倍 heights ×{lift:.0}");
    canvas.text("title", (MARGIN, y + 18.0), 15.0, Anchor::Start, &heading);
    let points: Vec<(f64, f64)> = stations
        .iter()
        .zip(line)
        .map(|(run, (_, height))| at(*run, *height))
        .collect();
    let ground: Vec<(f64, f64)> = stations
        .iter()
        .zip(line)
        .map(|(run, (point, _))| at(*run, soil(*point)))
        .collect();
    canvas.polygon(
        "surface",
        &[points.clone(), ground.iter().rev().copied().collect()].concat(),
    );
    canvas.polyline("soil", &ground);
    canvas.polyline("profile", &points);
    gradients(canvas, line, &at, length);
    heights(canvas, floor, top, (low, high));
    let end = at(length, low);
    canvas.line("dim", (MARGIN + 60.0, floor + 22.0), (end.0, floor + 22.0));
    let middle = (MARGIN + 60.0 + end.0) * 0.5;
    canvas.text(
        "halo",
        (middle, floor + 18.0),
        13.0,
        Anchor::Middle,
        &format!("{:.0}", length * 1e3),
    );
    floor + 62.0
}

/// Metres along the profile of each of its points.
fn stations(line: &[(Point2, f64)]) -> Vec<f64> {
    let mut run = 0.0;
    let mut before = line.first().map(|(point, _)| *point).unwrap_or_default();
    line.iter()
        .map(|(point, _)| {
            run += before.distance(*point);
            before = *point;
            run
        })
        .collect()
}

/// The largest round factor that fits.
fn exaggeration(most: f64) -> f64 {
    [20.0, 10.0, 5.0, 2.0]
        .into_iter()
        .find(|factor| *factor <= most)
        .unwrap_or(1.0)
}

fn gradients(canvas: &mut Canvas, line: &[(Point2, f64)], at: &impl Fn(f64, f64) -> (f64, f64), length: f64) {
    let mut run = 0.0;
    let mut height = line.first().map(|(_, height)| *height).unwrap_or_default();
    for (_, rise, along) in straights(line) {
        let (x, y) = at(run + along * 0.5, height + rise * 0.5);
        if along > length * LABELLED && length < 60.0 {
            let words = format!("{:+.1} %", 100.0 * rise / along);
            canvas.text("title halo", (x, y - 26.0), 14.0, Anchor::Middle, &words);
            canvas.text(
                "faint halo",
                (x, y - 11.0),
                12.0,
                Anchor::Middle,
                &format!("{:.0} mm", along * 1e3),
            );
        }
        run += along;
        height += rise;
    }
}

fn heights(canvas: &mut Canvas, floor: f64, top: f64, (low, high): (f64, f64)) {
    for (y, height) in [(floor, low), (top, high)] {
        canvas.line("rule", (MARGIN + 52.0, y), (MARGIN + 60.0, y));
        canvas.text(
            "faint",
            (MARGIN + 50.0, y + 4.0),
            12.0,
            Anchor::End,
            &format!("{height:+.3} m"),
        );
    }
}
