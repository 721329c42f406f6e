//! Samples, findings, questions and the verdict as JSON, for people with stock tools. Nothing is judged from it.
//!
//! What explains a finding stands beside it: the scene from above, the budget of *u*.
//!
//! The last word of a name is its unit: `_ndeg` nanodegrees, `_tmm` tenths of a millimetre, `_cdeg` hundredths of a
//! degree, `_us` microseconds, `_mm_s` millimetres per second, `_um_s2` micrometres per second squared.
use crate::canon;
use kaoguan_exam::finding::{Bound, Source, Why};
use kaoguan_exam::scene::{Arrow, ScenePart};
use kaoguan_exam::{Finding, Measure, PoseView, Question, Scene, Verdict};
use kaoguan_telemetry::wire::Batch;
use kaoguan_telemetry::{Gear, Gnss, Reading, Sample, Signal, Signals, Stamp};
use serde_json::{Map, Value, json};

/// One sample of a batch.
pub fn sample(batch: &Batch, sample: &Sample) -> Value {
    let (clock, at) = match sample.at {
        Stamp::Utc(at) => ("at_us", at.0),
        Stamp::Uptime(at) => ("uptime_us", at.0),
    };
    let (kind, reading) = reading(&sample.reading);
    json!({
        "unit": batch.unit.as_str(), "boot": batch.boot, "batch": batch.no, "port": port(sample.port), "seq": sample.seq,
        clock: at, "at_u_us": sample.at_u.0, "kind": kind, "reading": reading,
    })
}

/// A port's name in topics.
pub fn port(port: kaoguan_telemetry::Port) -> &'static str {
    use kaoguan_telemetry::Port;
    match port {
        Port::Receiver => "receiver",
        Port::Attitude => "attitude",
        Port::Signals => "signals",
        Port::Unit => "unit",
        Port::Trailer => "trailer",
    }
}

/// A finding.
pub fn finding(f: &Finding) -> Value {
    let (source, by) = match &f.source {
        Source::Machine => ("machine", json!({})),
        Source::Answer { question, by } => ("answer", json!({ "question": question, "by": by })),
        Source::Examiner { by, reason } => ("examiner", json!({ "by": by, "reason": reason })),
    };
    json!({
        "no": f.no, "at_us": f.at.0, "site": f.site, "rule": f.rule, "code": f.code, "points": f.points,
        "measure": f.measure.as_ref().map(measure), "source": source, "source_detail": by, "settled": f.settled,
        "scene": f.scene.as_deref().map(scene),
    })
}

/// A question, with its answer.
pub fn question(q: &Question) -> Value {
    let why = match q.why {
        Why::Doubtful => "doubtful",
        Why::NoSensor => "no_sensor",
        Why::Unfit => "unfit",
    };
    let answer = q
        .answer
        .as_ref()
        .map(|(answer, by)| json!({ "answer": canon::answer_word(*answer), "by": by }));
    json!({
        "no": q.no, "at_us": q.at.0, "site": q.site, "rule": q.rule, "code": q.code, "points": q.points,
        "measure": q.measure.as_ref().map(measure), "why": why, "answer": answer,
        "scene": q.scene.as_deref().map(scene),
    })
}

/// The verdict.
pub fn verdict(verdict: &Verdict) -> Value {
    match verdict {
        Verdict::Running => json!({ "verdict": "running" }),
        Verdict::AwaitingExaminer { questions } => json!({ "verdict": "awaiting_examiner", "questions": questions }),
        Verdict::Pass => json!({ "verdict": "pass" }),
        Verdict::Fail { decisive } => json!({ "verdict": "fail", "decisive": decisive }),
        Verdict::Void { why } => json!({ "verdict": "void", "why": why }),
    }
}

/// With the outline of what it draws, where it draws something.
pub fn with_trailer(mut told: Value, pose: &PoseView) -> Value {
    if !pose.trailer.is_empty() {
        told["trailer_mm"] = json!(pose.trailer);
    }
    told
}

/// The half second around it, from above.
fn scene(s: &Scene) -> Value {
    let pose = |pose: &PoseView| {
        let told = json!({
            "at_us": pose.at.0, "outline_mm": pose.outline, "tyres_mm": pose.tyres, "heading_cdeg": pose.heading_cdeg,
        });
        with_trailer(told, pose)
    };
    let part =
        |part: &ScenePart| json!({ "site": part.site, "id": part.id, "role": part.role, "ordinal": part.ordinal });
    let arrow = |arrow: Arrow| {
        json!({
            "from_tenth_mm": arrow.from, "to_tenth_mm": arrow.to, "point": arrow.point.key(),
            "toward": arrow.toward.key(),
        })
    };
    json!({
        "at_us": s.at.0, "poses": s.poses.iter().map(pose).collect::<Value>(), "part": s.part.as_ref().map(part),
        "arrow": s.arrow.map(arrow), "half_widths_mm": s.half_widths,
    })
}

fn measure(m: &Measure) -> Value {
    json!({
        "value": m.value, "limit": m.limit, "least": m.bound == Bound::Least, "margin": m.margin(), "u_tenths": m.u_tenths, "unit": m.unit.symbol(),
        "u_by_source": budget(m),
    })
}

/// What *u* is made of, source by source, each with its unit: `{"receiver_tenth_mm": 123, ...}`.
fn budget(m: &Measure) -> Value {
    let parts = m.budget.parts().into_iter().filter(|(_, part)| *part != 0);
    parts
        .map(|(name, part)| {
            (
                format!("{name}_tenth_{}", m.unit.symbol().replace('/', "_")),
                Value::from(part),
            )
        })
        .collect::<Map<String, Value>>()
        .into()
}

fn reading(reading: &Reading) -> (&'static str, Value) {
    match reading {
        Reading::Gnss(g) => ("gnss", gnss(g)),
        Reading::Heading(h) => ("heading", heading(h)),
        Reading::Attitude(a) => (
            "attitude",
            json!({
                "force_um_s2": a.force_um_s2, "rate_mdeg_s": a.rate_mdeg_s,
                "vendor_angle_cdeg": a.vendor_angle.map(|angle| angle.map(|part| part.0)),
            }),
        ),
        Reading::Signals(s) => ("signals", signals(s)),
        Reading::PoleHit(p) => (
            "pole_hit",
            json!({ "item": p.item, "pole": p.pole, "restored": p.restored, "proven": p.proven }),
        ),
        Reading::Plank(p) => ("plank", json!({ "front": p.front, "rear": p.rear, "proven": p.proven })),
        Reading::Speed(s) => ("speed", json!({ "mm_s": s.speed.0, "proven": s.proven })),
        Reading::Wheel(w) => ("wheel", json!({ "pulses": w.pulses, "proven": w.proven })),
        Reading::NoFix(why) => ("no_fix", json!({ "why": format!("{why:?}") })),
        Reading::Silent(why) => ("silent", json!({ "why": format!("{why:?}") })),
        Reading::Gap(gap) => (
            "gap",
            json!({ "boot": gap.boot, "from_us": gap.from.0, "to_us": gap.to.0 }),
        ),
        Reading::Beat => ("beat", json!({})),
        Reading::Base(b) => (
            "base",
            json!({
                "station": b.station, "ecef_tenth_mm": [b.x_tenth_mm, b.y_tenth_mm, b.z_tenth_mm],
                "antenna_height_tenth_mm": b.antenna_height.map(|v| v.0),
            }),
        ),
    }
}

fn gnss(g: &Gnss) -> Value {
    json!({
        "latitude_ndeg": g.latitude.0, "longitude_ndeg": g.longitude.0, "height_tmm": g.height.0,
        "quality": format!("{:?}", g.quality), "satellites": g.satellites, "age_us": g.age.map(|v| v.0),
        "sigma_north_tmm": g.sigma_north.map(|v| v.0), "sigma_east_tmm": g.sigma_east.map(|v| v.0),
        "sigma_up_tmm": g.sigma_up.map(|v| v.0), "velocity_north_mm_s": g.velocity_north.map(|v| v.0),
        "velocity_east_mm_s": g.velocity_east.map(|v| v.0), "resolution_tmm": g.resolution.0,
    })
}

fn heading(h: &kaoguan_telemetry::Heading) -> Value {
    json!({
        "heading_cdeg": h.heading.0, "pitch_cdeg": h.pitch.map(|v| v.0), "quality": format!("{:?}", h.quality),
        "baseline_tmm": h.baseline.map(|v| v.0), "sigma_cdeg": h.sigma.map(|v| v.0),
    })
}

fn signals(s: &Signals) -> Value {
    let wired: Map<String, Value> = Signal::ALL
        .iter()
        .filter_map(|(signal, name)| s.get(*signal).map(|on| ((*name).to_owned(), Value::from(on))))
        .collect();
    let gear = s.gear.map(|gear| match gear {
        Gear::Neutral => json!("neutral"),
        Gear::Forward(no) => json!(no),
        Gear::Reverse => json!("reverse"),
    });
    json!({
        "on": wired, "gear": gear, "roll_cdeg": s.roll.map(|v| v.0), "pitch_cdeg": s.pitch.map(|v| v.0),
        "proven": s.proven, "steady": s.steady.map(|steady| named(s.known, steady)),
    })
}

/// The signals that are known and set.
fn named(known: u32, set: u32) -> Vec<&'static str> {
    let is_set = |signal: Signal| known & set & signal.bit() != 0;
    Signal::ALL
        .into_iter()
        .filter(|(signal, _)| is_set(*signal))
        .map(|(_, name)| name)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use kaoguan_exam::board::Fitness;
    use kaoguan_exam::scene::{Toward, VehiclePoint};
    use kaoguan_exam::{Budget, Unit};
    use kaoguan_telemetry::units::EventTime;

    /// Sources that have no part in it are left out; each name ends with its unit.
    #[test]
    fn a_budget_names_its_sources_with_their_units() {
        let distance = Measure {
            value: 62,
            limit: 0,
            u_tenths: 130,
            bound: Bound::Most,
            unit: Unit::Millimetres,
            budget: Budget {
                receiver: 120,
                lean: 50,
                ..Budget::default()
            },
        };
        let time = Measure {
            unit: Unit::Milliseconds,
            budget: Budget::of_timing(1_000),
            ..distance
        };
        assert_eq!(
            measure(&distance)["u_by_source"],
            json!({ "receiver_tenth_mm": 120, "lean_tenth_mm": 50 })
        );
        assert_eq!(measure(&time)["u_by_source"], json!({ "timing_tenth_ms": 1_000 }));
    }

    #[test]
    fn a_scene_is_told_whole() {
        let pose = PoseView {
            at: EventTime(5),
            outline: vec![[1, 2], [3, 4]],
            trailer: Vec::new(),
            tyres: vec![[5, 6], [7, 8]],
            heading_cdeg: 9_000,
            lean_cdeg: 0,
            speed_mm_s: 0,
            u_tenth_mm: 0,
            u_by_source: [0; 4],
            reckoned_ms: 0,
            fitness: Fitness::Fit,
        };
        let told = scene(&Scene {
            at: EventTime(5),
            poses: vec![pose],
            part: Some(ScenePart {
                site: "poles".into(),
                id: "poles-pole-3".into(),
                role: "pole".into(),
                ordinal: Some(3),
            }),
            arrow: Some(Arrow {
                from: [10, 20],
                to: [30, 40],
                point: VehiclePoint::FrontTyre,
                toward: Toward::Left,
            }),
            half_widths: [40, 45],
        });
        assert_eq!(
            told,
            json!({
                "at_us": 5,
                "poses": [{ "at_us": 5, "outline_mm": [[1, 2], [3, 4]], "tyres_mm": [[5, 6], [7, 8]], "heading_cdeg": 9_000 }],
                "part": { "site": "poles", "id": "poles-pole-3", "role": "pole", "ordinal": 3 },
                "arrow": { "from_tenth_mm": [10, 20], "to_tenth_mm": [30, 40], "point": "front_tyre", "toward": "left" },
                "half_widths_mm": [40, 45],
            })
        );
    }
}
