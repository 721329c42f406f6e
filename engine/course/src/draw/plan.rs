//! The whole course, north up, on its metre grid.

use super::canvas::{Anchor, Canvas, Frame, View, round_step};
use super::{bends, role_name};
use crate::{Course, Part, Point2, Shape, Site};

const EAST: Point2 = Point2::new(1.0, 0.0);
/// Height of the strip below the plan, pixels.
const STRIP: f64 = 40.0;

pub(super) fn draw(canvas: &mut Canvas, course: &Course, frame: Frame) {
    // The scale bar has its own strip below the picture, so that it hides nothing.
    let frame = Frame {
        height: frame.height - STRIP,
        ..frame
    };
    let reach = course
        .boundary
        .iter()
        .map(|point| point.distance(Point2::default()))
        .fold(0.0, libm::fmax);
    let view = View::fit(EAST, &course.boundary, reach * 0.04, frame);
    canvas.clip("plan", (frame.x, frame.y), frame.width, frame.height);
    grid(canvas, &view, frame);
    canvas.polygon("boundary", &view.all(&course.boundary));
    course
        .sites
        .iter()
        .for_each(|site| site_on_plan(canvas, &view, course, site));
    datum(canvas, &view);
    canvas.unclip();
    canvas.rect("frame", (frame.x, frame.y), frame.width, frame.height);
    scale_bar(canvas, &view, frame);
}

/// Thin lines every metre (or as far apart as eyes can part), thicker labelled ones every ten of them.
pub(super) fn grid(canvas: &mut Canvas, view: &View, frame: Frame) {
    let fine = round_step(8.0 / view.pixels_per_metre);
    let fine = if fine < 1.0 { 1.0 } else { fine };
    let spans = [(view.corner.0, frame.width), (view.corner.1, frame.height)];
    for (axis, (from, pixels)) in spans.into_iter().enumerate() {
        let first = libm::ceil(from / fine) as i64;
        let last = libm::floor((from + pixels / view.pixels_per_metre) / fine) as i64;
        for index in first..=last {
            let value = index as f64 * fine;
            let class = if index % 10 == 0 { "grid10" } else { "grid" };
            if axis == 0 {
                let x = view.local(value, 0.0).0;
                canvas.line(class, (x, frame.y), (x, frame.y + frame.height));
                if index % 10 == 0 && view.axis == EAST {
                    canvas.text(
                        "faint halo",
                        (x + 3.0, frame.y + 13.0),
                        11.0,
                        Anchor::Start,
                        &format!("E {value:.0} m"),
                    );
                }
            } else {
                let y = view.local(0.0, value).1;
                canvas.line(class, (frame.x, y), (frame.x + frame.width, y));
                if index % 10 == 0 && view.axis == EAST {
                    canvas.text(
                        "faint halo",
                        (frame.x + 3.0, y - 3.0),
                        11.0,
                        Anchor::Start,
                        &format!("N {value:.0} m"),
                    );
                }
            }
        }
    }
}

fn site_on_plan(canvas: &mut Canvas, view: &View, course: &Course, site: &Site) {
    canvas.polygon("ground", &view.all(&site.ground));
    parts_on(canvas, view, site);
    let riding = bends::entry_direction(site);
    let heading = libm::fmod(450.0 - libm::atan2(riding.n, riding.e).to_degrees(), 360.0);
    let name = format!("{}. {}", site.order, site.zh);
    let english = format!("{}，行驶方向 riding {heading:.0}°", site.en);
    let (x, y, anchor) = place_of_name(view, course, site, riding);
    canvas.text("title halo", (x, y - 24.0), 17.0, anchor, &name);
    canvas.text("faint halo", (x, y - 7.0), 12.0, anchor, &english);
    riding_arrow(canvas, view, site);
}

/// What a site's name takes on the plan: half its width, and its height, pixels.
const NAME: (f64, f64) = (125.0, 42.0);

/// A site's name stands above its ground; where another one's ground lies there, behind its own, away from the arrow.
fn place_of_name(view: &View, course: &Course, site: &Site, riding: Point2) -> (f64, f64, Anchor) {
    let ((left, right), (top, bottom)) = extent(view, site);
    let middle = site.ground.iter().map(|p| view.px(*p).0).sum::<f64>() / site.ground.len() as f64;
    let is_there = |other: &Site| {
        let ((from, to), (high, low)) = extent(view, other);
        let beside = to < middle - NAME.0 || from > middle + NAME.0;
        other.id != site.id && !beside && low > top - NAME.1 && high < top
    };
    let behind = (top + bottom + NAME.1) * 0.5 - 4.0;
    match (course.sites.iter().any(is_there), riding.e > 0.0) {
        (false, _) => (middle, top, Anchor::Middle),
        (true, true) => (right + 10.0, behind, Anchor::Start),
        (true, false) => (left - 10.0, behind, Anchor::End),
    }
}

/// The least and greatest x and y of a site's ground, pixels.
fn extent(view: &View, site: &Site) -> ((f64, f64), (f64, f64)) {
    let span = |of: fn((f64, f64)) -> f64| {
        let all = site.ground.iter().map(|p| of(view.px(*p)));
        all.fold((f64::MAX, f64::MIN), |(low, high), v| {
            (libm::fmin(low, v), libm::fmax(high, v))
        })
    };
    (span(|p| p.0), span(|p| p.1))
}

/// An arrow beside the site's ground, before its first line, in the direction in which that is crossed.
fn riding_arrow(canvas: &mut Canvas, view: &View, site: &Site) {
    let site = &bends::entered(site);
    let Some(low) = site.ground.iter().map(|p| site.along(*p)).reduce(libm::fmin) else {
        return;
    };
    let lane = ["entry_line", "start_line"]
        .into_iter()
        .find_map(|role| site.part(role));
    let middle_of = lane.map_or(site.ground.clone(), Part::points);
    let left = middle_of.iter().map(|p| site.leftward(*p)).sum::<f64>() / middle_of.len() as f64;
    let point = |along: f64| {
        Point2::new(
            along * site.axis.e - left * site.axis.n,
            along * site.axis.n + left * site.axis.e,
        )
    };
    let reach = 60.0 / view.pixels_per_metre;
    canvas.line("ride", view.px(point(low - reach)), view.px(point(low - reach * 0.2)));
}

/// A site's parts: surfaces under areas, those under lines, poles on top.
pub(super) fn parts_on(canvas: &mut Canvas, view: &View, site: &Site) {
    let depth = |part: &&Part| match part.shape {
        Shape::Profile { .. } => 0,
        Shape::Area(_) => 1,
        Shape::Line(_) => 2,
        Shape::Pole { .. } => 3,
    };
    let mut parts: Vec<&Part> = site.parts.iter().collect();
    parts.sort_by_key(depth);
    parts.iter().for_each(|part| part_on(canvas, view, part));
}

fn part_on(canvas: &mut Canvas, view: &View, part: &Part) {
    match &part.shape {
        Shape::Line(points) => canvas.polyline(line_class(&part.role), &view.all(points)),
        Shape::Area(ring) => canvas.polygon("area", &view.all(ring)),
        Shape::Pole { centre, radius } => {
            canvas.circle(
                "pole",
                view.px(*centre),
                libm::fmax(2.5, radius * view.pixels_per_metre),
            );
        }
        Shape::Profile { line, width } => canvas.polygon("surface", &view.all(&band(line, *width))),
    }
}

fn line_class(role: &str) -> &'static str {
    match role {
        "bay_line" | "bay_a_line" | "bay_b_line" => "edge",
        "bay_mouth" => "dashed",
        "bay_front" => "dotted",
        role if role.starts_with("edge") => "edge",
        _ => "cross",
    }
}

/// The outline of a profile: its axis moved by half its width to either side.
fn band(line: &[(Point2, f64)], width: f64) -> Vec<Point2> {
    let points: Vec<Point2> = line.iter().map(|(point, _)| *point).collect();
    let side = |half: f64| {
        let points = &points;
        points.iter().enumerate().map(move |(index, point)| {
            let before = index.checked_sub(1).and_then(|i| points.get(i)).unwrap_or(point);
            let after = points.get(index + 1).unwrap_or(point);
            let along = after.minus(*before).unit().unwrap_or(EAST);
            Point2::new(point.e - along.n * half, point.n + along.e * half)
        })
    };
    side(width * 0.5).chain(side(-width * 0.5).rev()).collect()
}

fn datum(canvas: &mut Canvas, view: &View) {
    let (x, y) = view.px(Point2::default());
    canvas.line("edge", (x - 7.0, y), (x + 7.0, y));
    canvas.line("edge", (x, y - 7.0), (x, y + 7.0));
    canvas.text("halo", (x - 9.0, y + 18.0), 12.0, Anchor::End, "基准点 datum");
}

fn scale_bar(canvas: &mut Canvas, view: &View, frame: Frame) {
    let step = round_step(50.0 / view.pixels_per_metre);
    let (x, y) = (frame.x + 4.0, frame.y + frame.height + 24.0);
    let pixels = step * view.pixels_per_metre;
    for index in 0..4 {
        let class = if index % 2 == 0 { "black" } else { "white" };
        canvas.rect(class, (x + f64::from(index) * pixels, y), pixels, 7.0);
    }
    for index in 0..=4 {
        let at = x + f64::from(index) * pixels;
        let unit = if index == 4 { " m" } else { "" };
        canvas.text(
            "",
            (at, y - 5.0),
            12.0,
            Anchor::Middle,
            &format!("{:.0}{unit}", f64::from(index) * step),
        );
    }
}

/// The legend's words for a part's role.
pub(super) fn label_of(part: &Part) -> String {
    role_name(&part.role).to_string()
}
