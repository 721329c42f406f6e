//! A line along a site's axis: knots of rest joined by half cosines.
use super::frame::Frame;
use crate::vehicle::path::{Path, Xy};

/// Spacing of the way points, metres: dense enough that the spline stays within millimetres of a slalom.
const STEP: f64 = 0.25;

/// y over x in a site's frame. At each knot the line is parallel to the axis.
#[derive(Debug, Clone, Default)]
pub struct Line {
    /// The knots, x ascending.
    pub knots: Vec<Xy>,
    /// Amplitude, wave length (metres) and phase (radians) of a rider's weaving.
    pub weave: (f64, f64, f64),
}

impl Line {
    /// Straight along the axis at one y.
    pub fn straight(y: f64) -> Line {
        Line {
            knots: vec![Xy::new(0.0, y)],
            weave: (0.0, 1.0, 0.0),
        }
    }

    /// Where the line is at an x; before the first and after the last knot it is straight.
    pub fn y(&self, x: f64) -> f64 {
        let (Some(first), Some(last)) = (self.knots.first(), self.knots.last()) else {
            return 0.0;
        };
        if x <= first.x {
            return first.y;
        }
        let pair = self.knots.windows(2).find(|w| x <= w[1].x);
        pair.map_or(last.y, |w| {
            let u = (x - w[0].x) / (w[1].x - w[0].x);
            w[0].y + (w[1].y - w[0].y) * (1.0 - libm::cos(core::f64::consts::PI * u)) / 2.0
        })
    }

    /// The path from one x to another; the weaving fades within the first and last two metres.
    pub fn path(&self, from: f64, to: f64, frame: &Frame) -> Path {
        let count = libm::ceil((to - from) / STEP).max(2.0) as usize;
        let points: Vec<Xy> = (0..=count)
            .map(|k| {
                let x = from + (to - from) * k as f64 / count as f64;
                let fade = ((x - from - 0.5).min(to - x - 0.5) / 2.0).clamp(0.0, 1.0);
                let (amplitude, wave, phase) = self.weave;
                let weave = amplitude * fade * libm::sin(core::f64::consts::TAU * x / wave + phase);
                frame.plane(Xy::new(x, self.y(x) + weave))
            })
            .collect();
        Path::new(&points)
    }
}
