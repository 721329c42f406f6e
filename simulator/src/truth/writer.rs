//! Moments of truth as JSON lines: metres of the course plane, degrees, rounded to hundredths of a millimetre.
use super::{Switches, Truth};
use crate::vehicle::path::Xy;
use serde::Serialize;
use std::io::{self, Write};

/// Writes moments as JSON lines.
pub struct Writer<W: Write> {
    out: W,
    every: u32,
    count: u32,
    start_utc_us: i64,
}

#[derive(Serialize)]
struct Line<'a> {
    t_us: i64,
    utc_us: i64,
    rear: [f64; 3],
    front: [f64; 3],
    rear_axle: [f64; 2],
    front_axle: [f64; 2],
    heading_deg: f64,
    pitch_deg: f64,
    lean_deg: f64,
    steer_deg: f64,
    speed: f64,
    site: Option<&'a str>,
    switches: Switches,
    on_plank: [bool; 2],
    #[serde(skip_serializing_if = "Option::is_none")]
    right_on_plank: Option<[bool; 2]>,
    touched: u32,
    outline: Vec<[f64; 2]>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tyres: Vec<[f64; 2]>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    trailer: Vec<[f64; 2]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trailer_heading_deg: Option<f64>,
}

impl<W: Write> Writer<W> {
    /// Writes every n-th moment: 1 for 200 Hz, 10 for 20 Hz.
    pub fn new(out: W, every: u32, start_utc_us: i64) -> Writer<W> {
        Writer {
            out,
            every: every.max(1),
            count: 0,
            start_utc_us,
        }
    }

    /// Writes a moment if it is its turn.
    ///
    /// # Errors
    /// Those of the output.
    pub fn push(&mut self, truth: &Truth) -> io::Result<()> {
        self.count += 1;
        if !(self.count - 1).is_multiple_of(self.every) {
            return Ok(());
        }
        let mm = |v: f64| libm::round(v * 1e5) / 1e5;
        let plane = |p: Xy| [mm(p.x), mm(p.y)];
        let degrees = |r: f64| libm::round(r.to_degrees() * 1e4) / 1e4;
        let line = Line {
            t_us: truth.t_us,
            utc_us: self.start_utc_us + truth.t_us,
            rear: truth.pose.rear.map(mm),
            front: truth.pose.front.map(mm),
            rear_axle: plane(truth.rear_axle),
            front_axle: plane(truth.front_axle),
            heading_deg: degrees(truth.pose.heading.rem_euclid(core::f64::consts::TAU)),
            pitch_deg: degrees(truth.pose.pitch),
            lean_deg: degrees(truth.pose.lean),
            steer_deg: degrees(truth.steer),
            speed: libm::round(truth.speed * 1e5) / 1e5,
            site: truth.site.as_deref(),
            switches: truth.switches,
            on_plank: truth.on_plank,
            right_on_plank: truth.right_on_plank,
            touched: truth.touched,
            outline: truth.outline.iter().map(|p| plane(*p)).collect(),
            tyres: truth.tyres.iter().map(|tyre| plane(tyre.contact)).collect(),
            trailer: truth
                .trailer
                .iter()
                .flat_map(|hung| &hung.outline)
                .map(|p| plane(*p))
                .collect(),
            trailer_heading_deg: truth
                .trailer
                .as_ref()
                .map(|hung| degrees(hung.pose.heading.rem_euclid(core::f64::consts::TAU))),
        };
        serde_json::to_writer(&mut self.out, &line)?;
        self.out.write_all(b"\n")
    }

    /// The output.
    ///
    /// # Errors
    /// Those of flushing it.
    pub fn finish(mut self) -> io::Result<W> {
        self.out.flush()?;
        Ok(self.out)
    }
}
