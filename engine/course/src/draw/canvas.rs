//! Strokes and words on a sheet, and the way from course metres to them.

use crate::Point2;
use std::fmt::Write;

/// An SVG page being written. Lengths are pixels, y grows downward.
#[derive(Debug, Default)]
pub struct Canvas {
    body: String,
}

/// Where a word stands to its point.
#[derive(Debug, Clone, Copy)]
pub enum Anchor {
    /// It begins there.
    Start,
    /// Its middle is there.
    Middle,
    /// It ends there.
    End,
}

impl Canvas {
    /// The finished page of a width and height in pixels.
    pub fn page(self, width: f64, height: f64, style: &str, defs: &str) -> String {
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height:.0}\" viewBox=\"0 0 {width:.0} {height:.0}\">\n\
             <style>{style}</style>\n<defs>{defs}</defs>\n<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n{}</svg>\n",
            self.body
        )
    }

    /// A straight stroke.
    pub fn line(&mut self, class: &str, from: (f64, f64), to: (f64, f64)) {
        // Writing to a String cannot fail; here and below.
        let _ = writeln!(
            self.body,
            r#"<line class="{class}" x1="{:.2}" y1="{:.2}" x2="{:.2}" y2="{:.2}"/>"#,
            from.0, from.1, to.0, to.1
        );
    }

    /// Several straight strokes in a row.
    pub fn polyline(&mut self, class: &str, points: &[(f64, f64)]) {
        let _ = writeln!(self.body, r#"<polyline class="{class}" points="{}"/>"#, list(points));
    }

    /// A closed shape.
    pub fn polygon(&mut self, class: &str, points: &[(f64, f64)]) {
        let _ = writeln!(self.body, r#"<polygon class="{class}" points="{}"/>"#, list(points));
    }

    /// A rectangle by its corner and size.
    pub fn rect(&mut self, class: &str, corner: (f64, f64), width: f64, height: f64) {
        let _ = writeln!(
            self.body,
            r#"<rect class="{class}" x="{:.2}" y="{:.2}" width="{width:.2}" height="{height:.2}"/>"#,
            corner.0, corner.1
        );
    }

    /// A circle.
    pub fn circle(&mut self, class: &str, middle: (f64, f64), radius: f64) {
        let _ = writeln!(
            self.body,
            r#"<circle class="{class}" cx="{:.2}" cy="{:.2}" r="{radius:.2}"/>"#,
            middle.0, middle.1
        );
    }

    /// Words; `size` is the font's height in pixels.
    pub fn text(&mut self, class: &str, at: (f64, f64), size: f64, anchor: Anchor, words: &str) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let words = escaped(words);
        let _ = writeln!(
            self.body,
            r#"<text class="{class}" x="{:.2}" y="{:.2}" font-size="{size}" text-anchor="{anchor}">{words}</text>"#,
            at.0, at.1
        );
    }

    /// Opens a group that only shows what lies within a rectangle of the sheet.
    pub fn clip(&mut self, id: &str, corner: (f64, f64), width: f64, height: f64) {
        let _ = writeln!(
            self.body,
            r#"<clipPath id="{id}"><rect x="{:.2}" y="{:.2}" width="{width:.2}" height="{height:.2}"/></clipPath><g clip-path="url(#{id})">"#,
            corner.0, corner.1
        );
    }

    /// Closes the group.
    pub fn unclip(&mut self) {
        self.body.push_str("</g>\n");
    }
}

fn list(points: &[(f64, f64)]) -> String {
    points
        .iter()
        .map(|(x, y)| format!("{x:.2},{y:.2}"))
        .collect::<Vec<_>>()
        .join(" ")
}

fn escaped(words: &str) -> String {
    let printable = words.chars().filter(|c| !c.is_control());
    printable.fold(String::new(), |mut text, c| {
        match c {
            '&' => text.push_str("&amp;"),
            '<' => text.push_str("&lt;"),
            '>' => text.push_str("&gt;"),
            _ => text.push(c),
        }
        text
    })
}

/// From metres of the course plane to pixels of the sheet: turned so that `axis` points right.
#[derive(Debug, Clone, Copy)]
pub(super) struct View {
    pub axis: Point2,
    pub pixels_per_metre: f64,
    /// Along and left of the axis, metres: what lies at the frame's lower left corner.
    pub corner: (f64, f64),
    /// The frame's lower left corner on the sheet.
    pub at: (f64, f64),
}

impl View {
    /// The view that fits points with a margin (metres) into a frame (pixels), in its middle.
    pub fn fit(axis: Point2, points: &[Point2], margin: f64, frame: Frame) -> View {
        let along = range(points.iter().map(|point| point.dot(axis)), margin);
        let left = range(points.iter().map(|point| axis.cross(*point)), margin);
        let scale = libm::fmin(frame.width / (along.1 - along.0), frame.height / (left.1 - left.0));
        let spare = (
            frame.width / scale - (along.1 - along.0),
            frame.height / scale - (left.1 - left.0),
        );
        View {
            axis,
            pixels_per_metre: scale,
            corner: (along.0 - spare.0 * 0.5, left.0 - spare.1 * 0.5),
            at: (frame.x, frame.y + frame.height),
        }
    }

    /// A point of the plane on the sheet.
    pub fn px(&self, point: Point2) -> (f64, f64) {
        self.local(point.dot(self.axis), self.axis.cross(point))
    }

    /// A point given by its metres along and to the left of the axis.
    pub fn local(&self, along: f64, left: f64) -> (f64, f64) {
        (
            self.at.0 + (along - self.corner.0) * self.pixels_per_metre,
            self.at.1 - (left - self.corner.1) * self.pixels_per_metre,
        )
    }

    /// Several points.
    pub fn all(&self, points: &[Point2]) -> Vec<(f64, f64)> {
        points.iter().map(|point| self.px(*point)).collect()
    }
}

/// A rectangle of the sheet, pixels, by its upper left corner.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

fn range(values: impl Iterator<Item = f64>, margin: f64) -> (f64, f64) {
    let (low, high) = values.fold((f64::MAX, f64::MIN), |(low, high), v| {
        (libm::fmin(low, v), libm::fmax(high, v))
    });
    if low > high {
        (0.0, 1.0)
    } else {
        (low - margin, high + margin)
    }
}

/// 1, 2 or 5 times a power of ten, at least `least`: a grid that people can count.
pub(super) fn round_step(least: f64) -> f64 {
    let mut step = 0.1;
    for factor in [2.0, 2.5, 2.0].iter().cycle().take(24) {
        if step >= least {
            break;
        }
        step *= factor;
    }
    step
}
