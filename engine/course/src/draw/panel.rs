//! One site at its own scale, riding to the right, with its dimensions in numbers.

use super::canvas::{Anchor, Canvas, Frame, View};
use super::{MARGIN, WIDTH, bends, plan};
use crate::{Part, Point2, Side, Site};

/// Room above the picture for the heading, pixels.
const HEADING: f64 = 40.0;
/// Room below the picture for dimensions, pixels.
const DIMENSIONS: f64 = 100.0;

/// Draws the panel at `y` and says where the next thing may begin.
pub(super) fn draw(canvas: &mut Canvas, site: &Site, y: f64) -> f64 {
    let bend = bends::is_bend(site);
    let site = &bends::entered(site);
    let frame = frame_of(site, y + HEADING);
    let margin = if site.manoeuvre == "road_run" { 16.0 } else { 0.3 };
    let view = View::fit(site.axis, &shown(site), margin, frame);
    let heading = format!("{}. {}　{}", site.order, site.zh, site.en);
    canvas.text("title", (MARGIN, y + 22.0), 21.0, Anchor::Start, &heading);
    let note = "自左驶入，方格 1 m；尺寸单位 mm　entered to the right, grid 1 m, dimensions in mm";
    let note = if bend {
        note
    } else {
        "行驶方向向右，方格 1 m；尺寸单位 mm　riding to the right, grid 1 m, dimensions in mm"
    };
    let note = if view.pixels_per_metre < 8.0 {
        "行驶方向向右　riding to the right"
    } else {
        note
    };
    canvas.text("faint", (WIDTH - MARGIN, y + 22.0), 13.0, Anchor::End, note);
    canvas.clip(
        &format!("site{}", site.order),
        (frame.x, frame.y),
        frame.width,
        frame.height,
    );
    plan::grid(canvas, &view, frame);
    canvas.polygon("ground", &view.all(&site.ground));
    plan::parts_on(canvas, &view, site);
    passes(canvas, &view, site);
    canvas.unclip();
    canvas.rect("frame", (frame.x, frame.y), frame.width, frame.height);
    names(canvas, &view, site, frame);
    let below = frame.y + frame.height;
    if bend {
        bends::dimensions(canvas, &view, site);
        return below + 30.0;
    }
    chains(canvas, &view, site, below);
    widths(canvas, &view, site);
    if site.manoeuvre == "road_run" {
        below + 30.0
    } else {
        below + DIMENSIONS
    }
}

/// What the panel must show: the whole ground, but of a road, whose ground is a quarter of a town, only its parts.
fn shown(site: &Site) -> Vec<Point2> {
    let parts: Vec<Point2> = site.parts.iter().flat_map(Part::points).collect();
    if site.manoeuvre == "road_run" && parts.len() > 1 {
        parts
    } else {
        site.ground.clone()
    }
}

fn frame_of(site: &Site, y: f64) -> Frame {
    let width = WIDTH - 2.0 * MARGIN;
    let span = |value: fn(&Site, Point2) -> f64| {
        let values: Vec<f64> = shown(site).iter().map(|point| value(site, *point)).collect();
        let high = values.iter().copied().fold(f64::MIN, libm::fmax);
        high - values.iter().copied().fold(f64::MAX, libm::fmin) + 0.6
    };
    let height = width * span(|site, p| site.leftward(p)) / span(|site, p| site.along(p));
    Frame {
        x: MARGIN,
        y,
        width,
        height: libm::fmin(520.0, libm::fmax(180.0, height)),
    }
}

/// An arrow beside each pole on the side where the vehicle passes, and the pole's number on the other.
fn passes(canvas: &mut Canvas, view: &View, site: &Site) {
    for (index, (centre, _, pass)) in site.poles().into_iter().enumerate() {
        let left = if pass == Side::Left { 1.0 } else { -1.0 };
        let (along, across) = (site.along(centre), site.leftward(centre));
        let beside = across + left * 0.5;
        canvas.line(
            "ride",
            view.local(along - 0.45, beside),
            view.local(along + 0.45, beside),
        );
        let (x, y) = view.local(along, across - left * 0.4);
        canvas.text(
            "title halo",
            (x, y + 5.0),
            15.0,
            Anchor::Middle,
            &format!("{}", index + 1),
        );
    }
}

/// Writes each line's and area's name beside it.
fn names(canvas: &mut Canvas, view: &View, site: &Site, frame: Frame) {
    let mut names = Names::default();
    let mut lines = 0;
    for part in &site.parts {
        let Some((low, high)) = extent(site, part) else {
            continue;
        };
        let name = plan::label_of(part);
        match part.role.as_str() {
            "edge_left" | "edge_right" => {
                let (at, anchor) = if bends::is_bend(site) {
                    bends::name_of_edge(view, site, part)
                } else {
                    let at = view.local(low.0 + (high.0 - low.0) * 0.72, (low.1 + high.1) * 0.5);
                    let lift = if part.role == "edge_left" { -7.0 } else { 17.0 };
                    ((at.0, at.1 + lift), Anchor::Middle)
                };
                names.write(canvas, "halo", at, 13.0, anchor, &name);
            }
            "line" => {
                let at = view.px(*part.points().first().unwrap_or(&Point2::default()));
                lines += 1;
                let ordinal = part.ordinal.map_or(lines, i32::from);
                // Neighbours on a road stand close: odd ones are named above, even ones below.
                let lift = if ordinal % 2 == 1 { -12.0 } else { 28.0 };
                canvas.text(
                    "halo title",
                    (at.0, at.1 + lift),
                    12.0,
                    Anchor::Middle,
                    &format!("{ordinal} {}", part.id),
                );
            }
            "pole" | "profile" => {}
            "bay_line" if site.part("bay_a_line").is_some() => {}
            "bay_line" | "bay_a_line" | "bay_b_line" => {
                // Inside, above its back: its mouth has a name of its own.
                let back = part.points().into_iter().skip(1).take(2);
                let sum = back.fold(Point2::default(), |sum, p| Point2::new(sum.e + p.e, sum.n + p.n));
                let (x, y) = view.px(Point2::new(sum.e * 0.5, sum.n * 0.5));
                let mouth = view.local(0.0, (low.1 + high.1) * 0.5).1;
                let lift = if mouth < y { -8.0 } else { 17.0 };
                names.write(canvas, "halo", (x, y + lift), 13.0, Anchor::Middle, &name);
            }
            _ => {
                let (x, y) = view.local((low.0 + high.0) * 0.5, high.1);
                let anchor = if x > frame.x + frame.width - 70.0 {
                    Anchor::End
                } else {
                    Anchor::Middle
                };
                let at = (x, libm::fmax(frame.y + 14.0, y - 8.0));
                names.write(canvas, "halo", at, 13.0, anchor, &name);
            }
        }
    }
}

/// Height of a row of names, pixels.
const NAME_ROW: f64 = 17.0;

/// The names written so far, as (left, right, baseline): one that would cover another one is written above it.
#[derive(Default)]
struct Names(Vec<(f64, f64, f64)>);

impl Names {
    fn write(&mut self, canvas: &mut Canvas, class: &str, at: (f64, f64), size: f64, anchor: Anchor, words: &str) {
        // A Chinese character is as wide as it is high, a Latin one about half of that.
        let width: f64 = words
            .chars()
            .map(|c| if c.is_ascii() { 0.56 } else { 1.0 } * size)
            .sum();
        let left = match anchor {
            Anchor::Start => at.0,
            Anchor::Middle => at.0 - width * 0.5,
            Anchor::End => at.0 - width,
        };
        let mut y = at.1;
        while let Some(covered) = self.0.iter().find(|(from, to, known)| {
            *from < left + width + 4.0 && left - 4.0 < *to && libm::fabs(known - y) < NAME_ROW - 1.0
        }) {
            y = covered.2 - NAME_ROW;
        }
        self.0.push((left, left + width, y));
        canvas.text(class, (at.0, y), size, anchor, words);
    }
}

/// The least and greatest (along, left) of a part, metres.
fn extent(site: &Site, part: &Part) -> Option<((f64, f64), (f64, f64))> {
    let local = part
        .points()
        .into_iter()
        .map(|point| (site.along(point), site.leftward(point)));
    local.map(|p| (p, p)).reduce(|(low, high), (p, _)| {
        (
            (libm::fmin(low.0, p.0), libm::fmin(low.1, p.1)),
            (libm::fmax(high.0, p.0), libm::fmax(high.1, p.1)),
        )
    })
}

/// A chain of dimensions below the picture: everything that stands across the riding direction, from one to the next.
fn chains(canvas: &mut Canvas, view: &View, site: &Site, below: f64) {
    let mut stations: Vec<(f64, f64)> = Vec::new();
    for part in &site.parts {
        let Some((low, high)) = extent(site, part) else {
            continue;
        };
        match part.role.as_str() {
            "edge_left" | "edge_right" | "line" | "stop_zone" => {}
            "profile" if site.manoeuvre == "road_run" => {}
            "pole" | "entry_line" | "exit_line" | "start_line" | "finish_line" => {
                stations.push(((low.0 + high.0) * 0.5, low.1));
            }
            _ => stations.extend([(low.0, low.1), (high.0, low.1)]),
        }
    }
    stations.sort_by(|a, b| a.0.total_cmp(&b.0));
    stations.dedup_by(|b, a| b.0 - a.0 < 0.005);
    for (along, low) in &stations {
        let from = view.local(*along, *low);
        canvas.line("ext", (from.0, from.1 + 4.0), (from.0, below + 34.0));
    }
    for (index, pair) in stations.windows(2).enumerate() {
        let [(from, _), (to, _)] = pair else { continue };
        let (x1, x2) = (view.local(*from, 0.0).0, view.local(*to, 0.0).0);
        // Narrow neighbours take turns on two rows of numbers.
        let narrow = x2 - x1 < 44.0;
        let row = if narrow && index % 2 == 1 { 60.0 } else { 46.0 };
        let drop = if narrow { row } else { 21.0 };
        canvas.line("dim", (x1, below + 28.0), (x2, below + 28.0));
        canvas.text(
            "halo",
            ((x1 + x2) * 0.5, below + drop),
            13.0,
            Anchor::Middle,
            &format!("{:.0}", (to - from) * 1e3),
        );
    }
    if let (Some((first, _)), Some((last, _))) = (stations.first(), stations.last()) {
        let (x1, x2) = (view.local(*first, 0.0).0, view.local(*last, 0.0).0);
        if x2 > x1 {
            canvas.line("dim", (x1, below + 72.0), (x2, below + 72.0));
            canvas.text(
                "halo",
                ((x1 + x2) * 0.5, below + 68.0),
                13.0,
                Anchor::Middle,
                &format!("{:.0}", (last - first) * 1e3),
            );
        }
    }
}

/// Dimensions across: edge to edge, pole to edge, the depth of a bay and the width of a deck.
fn widths(canvas: &mut Canvas, view: &View, site: &Site) {
    let span = |role: &str| site.part(role).and_then(|part| extent(site, part));
    if let (Some(left), Some(right)) = (span("edge_left"), span("edge_right")) {
        let at = left.1.0 - (left.1.0 - left.0.0) * 0.06;
        let middle = site.poles().last().map(|(centre, ..)| site.leftward(*centre));
        let mut stops = vec![(left.0.1 + left.1.1) * 0.5, (right.0.1 + right.1.1) * 0.5];
        stops.splice(1..1, middle);
        stops.windows(2).for_each(|pair| {
            if let [high, low] = pair {
                across(canvas, view, at, *low, *high);
            }
        });
    }
    if let Some((low, high)) = span("bay_line") {
        across(canvas, view, low.0 + (high.0 - low.0) * 0.2, low.1, high.1);
    }
    for (low, high) in ["deck", "deck_left", "deck_right"].into_iter().filter_map(span) {
        across(canvas, view, low.0 + (high.0 - low.0) * 0.5, low.1, high.1);
    }
}

fn across(canvas: &mut Canvas, view: &View, along: f64, low: f64, high: f64) {
    let (from, to) = (view.local(along, low), view.local(along, high));
    canvas.line("dim", from, to);
    canvas.text(
        "halo",
        (from.0 + 8.0, (from.1 + to.1) * 0.5 + 4.5),
        13.0,
        Anchor::Start,
        &format!("{:.0}", (high - low) * 1e3),
    );
}
