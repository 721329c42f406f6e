//! The same exam elsewhere: a course and what was measured on it, mirrored, turned and moved together.
//!
//! What is judged may not depend on where north is, where the datum lies, or which side is which. Samples are moved as they
//! are, whatever made them, so every item that anybody can drive is tried without a word about its shape.
use kaoguan_course::Datum;
use kaoguan_sim::elsewhere::Layout;
use kaoguan_telemetry::units::{Centidegrees, MillimetresPerSecond, Nanodegrees, TenthMillimetres};
use kaoguan_telemetry::{Attitude, Gnss, Heading, Plank, PoleHit, Reading, Sample, Signal, Signals};

/// What changes sides in the mirror besides hands, feet and contacts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Also {
    /// Nothing more.
    Nothing,
    /// Turn lamps, where the law says of both sides the same.
    Lamps,
    /// The poles of gates, whose left one is numbered first.
    GatePoles,
}

/// A vehicle that is the same on both sides, its sensors on its centre line and its attitude sensor's axes forward, left
/// and up: what it measures, elsewhere.
pub fn samples(there: &Layout, datum: &Datum, samples: &[(u32, Sample)], also: Also) -> Vec<(u32, Sample)> {
    let moved = |reading| match reading {
        Reading::Gnss(gnss) => Reading::Gnss(fix(there, datum, gnss)),
        Reading::Heading(heading) => Reading::Heading(direction(there, heading)),
        Reading::Attitude(attitude) if there.mirrored => Reading::Attitude(mirrored(attitude)),
        Reading::Signals(signals) if there.mirrored => Reading::Signals(switched(signals, also)),
        Reading::Plank(plank) if there.mirrored => Reading::Plank(swapped(plank)),
        Reading::PoleHit(hit) if there.mirrored && also == Also::GatePoles => Reading::PoleHit(PoleHit {
            pole: if hit.pole % 2 == 1 { hit.pole + 1 } else { hit.pole - 1 },
            ..hit
        }),
        other => other,
    };
    let each = samples.iter().map(|(boot, sample)| {
        let reading = moved(sample.reading);
        (*boot, Sample { reading, ..*sample })
    });
    each.collect()
}

fn fix(there: &Layout, datum: &Datum, gnss: Gnss) -> Gnss {
    let here = datum.to_plane(gnss.latitude.0, gnss.longitude.0, f64::from(gnss.height.0) * 1e-4);
    let (e, n) = there.place(here.e, here.n);
    let (lat, lon, height) = datum.to_geodetic(e, n, here.h);
    let speeds = gnss.velocity_east.zip(gnss.velocity_north).map(|(e, n)| {
        let (e, n) = there.turn(f64::from(e.0), f64::from(n.0));
        (
            MillimetresPerSecond(e.round() as i32),
            MillimetresPerSecond(n.round() as i32),
        )
    });
    Gnss {
        latitude: Nanodegrees((lat * 1e9).round() as i64),
        longitude: Nanodegrees((lon * 1e9).round() as i64),
        height: TenthMillimetres((height * 1e4).round() as i32),
        velocity_east: speeds.map(|(e, _)| e),
        velocity_north: speeds.map(|(_, n)| n),
        ..gnss
    }
}

fn direction(there: &Layout, heading: Heading) -> Heading {
    let degrees = there.heading(f64::from(heading.heading.0) / 100.0);
    Heading {
        heading: Centidegrees((degrees * 100.0).round() as i32 % 36_000),
        ..heading
    }
}

/// A force is a vector; a rate turns the other way about every axis but the one across.
fn mirrored(attitude: Attitude) -> Attitude {
    let ([fx, fy, fz], [rx, ry, rz]) = (attitude.force_um_s2, attitude.rate_mdeg_s);
    Attitude {
        force_um_s2: [fx, -fy, fz],
        rate_mdeg_s: [-rx, ry, -rz],
        vendor_angle: None,
    }
}

/// Hands and feet change sides.
fn switched(signals: Signals, also: Also) -> Signals {
    let mut pairs = vec![
        (Signal::GripLeft, Signal::GripRight),
        (Signal::PegLeft, Signal::PegRight),
    ];
    if also == Also::Lamps {
        pairs.push((Signal::LampLeft, Signal::LampRight));
    }
    let swap = |bits: u32| {
        pairs.iter().fold(bits, |bits, (left, right)| {
            let has = |signal: &Signal| bits & signal.bit() != 0;
            let kept = bits & !(left.bit() | right.bit());
            kept | if has(left) { right.bit() } else { 0 } | if has(right) { left.bit() } else { 0 }
        })
    };
    Signals {
        known: swap(signals.known),
        on: swap(signals.on),
        ..signals
    }
}

/// Of two wheels abreast each has the other's contact; a single one keeps its own.
fn swapped(plank: Plank) -> Plank {
    let swap = |left: Option<bool>, right: Option<bool>| match right {
        Some(_) => (right, left),
        None => (left, None),
    };
    let (front, front_right) = swap(plank.front, plank.front_right);
    let (rear, rear_right) = swap(plank.rear, plank.rear_right);
    Plank {
        front,
        rear,
        front_right,
        rear_right,
        ..plank
    }
}
