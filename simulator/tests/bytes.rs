//! The bytes, read by the unit's own core, say what was true: within their noise, at the right instants.
mod common;

use common::{hj110, square};
use kaoguan_course::Course;
use kaoguan_sim::driver::choice;
use kaoguan_sim::ride::{Moment, Next, Request, Ride};
use kaoguan_sim::rig::{CAR_WIRES, WIRES};
use kaoguan_sim::sensors::signal_box::Check;
use kaoguan_sim::sensors::{Chunk, Port, Sensors, Settings, attitude, receiver, signal_box};
use kaoguan_sim::truth::Truth;
use kaoguan_sim::vehicle::Kind;
use kaoguan_sim::vehicle::dash::Control;
use kaoguan_sim::vehicle::spec::Spec;
use kaoguan_telemetry::units::{Micros, Uptime};
use kaoguan_telemetry::{Gear, Quality, Reading, Sample, Signal, Stamp};
use kaoguan_unit_core as core;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A ride's truth by UTC, and the samples that a unit makes of its bytes.
struct Seen {
    truth: BTreeMap<i64, Truth>,
    samples: Vec<Sample>,
    counters: core::Counters,
}

fn see(rider: &str, settings: &Settings) -> Seen {
    see_on(square(), hj110(), rider, settings)
}

fn see_on(course: Arc<Course>, spec: Arc<Spec>, rider: &str, settings: &Settings) -> Seen {
    see_changed(course, spec, rider, settings, |_| {})
}

/// The same where somebody has a hand in the truth before it is sensed.
fn see_changed(
    course: Arc<Course>,
    spec: Arc<Spec>,
    rider: &str,
    settings: &Settings,
    change: impl Fn(&mut Truth),
) -> Seen {
    let rider = choice(spec.kind, rider).expect("a rider");
    let mut ride = Ride::new(Request::new(course.clone(), spec.clone(), rider, 7)).expect("sites");
    let mut sensors = Sensors::new(&course, &spec, 7, settings);
    let (mut truth, mut chunks) = (BTreeMap::new(), Vec::new());
    loop {
        match ride.advance() {
            Moment::Truth(mut moment) => {
                change(&mut moment);
                sensors.push(&moment, &mut chunks);
                truth.insert(settings.start_utc_us + moment.t_us, *moment);
            }
            Moment::Ready | Moment::Gate(_) => ride.answer(Next::Continue),
            Moment::Done => break,
        }
    }
    let (samples, counters) = read(chunks, settings);
    Seen {
        truth,
        samples,
        counters,
    }
}

fn read(mut chunks: Vec<Chunk>, settings: &Settings) -> (Vec<Sample>, core::Counters) {
    chunks.sort_by_key(|c| c.at_us);
    let mut unit = core::Unit::new(config(settings));
    let mut samples = Vec::new();
    for chunk in chunks {
        let port = match chunk.port {
            Port::Receiver => kaoguan_telemetry::Port::Receiver,
            Port::Attitude => kaoguan_telemetry::Port::Attitude,
            Port::Signals => kaoguan_telemetry::Port::Signals,
            Port::Trailer => kaoguan_telemetry::Port::Trailer,
        };
        unit.handle(core::Input::Serial {
            port,
            at: Uptime(chunk.at_us + 1_000_000),
            bytes: &chunk.bytes,
        });
        while let Some(output) = unit.poll() {
            if let core::Output::Sample(sample) = output {
                samples.push(sample);
            }
        }
    }
    (samples, unit.counters().clone())
}

fn config(settings: &Settings) -> core::Config {
    let silence = Micros(500_000);
    let wired: &[_] = match settings.wired_to {
        Kind::Motorcycle | Kind::Tricycle => &WIRES,
        Kind::Car => &CAR_WIRES,
    };
    let wires = wired.iter().map(|(name, byte, bit)| core::Wire {
        signal: Signal::named(name).expect("a signal's name"),
        byte: *byte,
        bit: *bit,
        active_high: true,
        hold: core::Hold::default(),
    });
    core::Config {
        receiver: core::ReceiverConfig {
            heading_skew: Micros(0),
            latency: Micros(receiver::LATENCY_US),
            silence,
        },
        trailer: None,
        site_clock: None,
        attitude: core::AttitudeConfig {
            dialect: core::AttitudeDialect::WitMotion,
            latency: Micros(attitude::LATENCY_US),
            silence,
            with_angle: true,
        },
        signals: core::SignalConfig {
            dialect: core::Dialect::Stc15,
            check: core::Check::named(settings.check.name()).expect("the same names"),
            length: 60,
            spacing_min: Micros(50_000),
            spacing_max: Micros(200_000),
            wiring: wires.collect(),
            gear: true,
            pole_hits: true,
            poles: Default::default(),
            odometer: true,
            plank: Some(core::PlankWiring {
                byte: 34,
                front_bit: 7,
                rear_bit: 6,
                front_right_bit: None,
                rear_right_bit: None,
                active_high: settings.plank_active_high,
            }),
            latency: Micros(signal_box::LATENCY_US),
            silence,
        },
    }
}

impl Seen {
    /// Samples with the truth of the moment nearest to their stamp; the first seconds, before the clocks agree, left out.
    fn pairs(&self) -> impl Iterator<Item = (&Reading, &Truth)> {
        let first = self.truth.keys().next().copied().unwrap_or(0);
        self.samples.iter().filter_map(move |sample| match sample.at {
            Stamp::Utc(at) if at.0 > first + 3_000_000 => {
                let near = (at.0 + 2_500).div_euclid(5_000) * 5_000;
                self.truth.get(&near).map(|truth| (&sample.reading, truth))
            }
            _ => None,
        })
    }
}

fn rms(values: &[f64]) -> f64 {
    (values.iter().map(|v| v * v).sum::<f64>() / values.len() as f64).sqrt()
}

#[test]
fn every_sentence_is_believed() {
    let seen = see("hasty", &Settings::default());
    let text = format!("{:?}", seen.counters);
    for bad in [
        "bad_checksum",
        "malformed",
        "unknown",
        "broken",
        "overlong",
        "late",
        "duplicates",
    ] {
        for found in text.match_indices(&format!("{bad}: ")) {
            assert!(text[found.0 + found.1.len()..].starts_with('0'), "{bad} in {text}");
        }
    }
    assert!(seen.samples.len() > 9_000);
}

#[test]
fn positions_are_true_within_their_noise() {
    let seen = see("hasty", &Settings::default());
    let (course, spec) = (square(), hj110());
    let (mut east, mut up, mut heading, mut speed) = (vec![], vec![], vec![], vec![]);
    for (reading, truth) in seen.pairs() {
        let main = truth.pose.place(spec.main_antenna);
        match reading {
            Reading::Gnss(g) => {
                assert_eq!(g.quality, Quality::Fixed);
                let p = course
                    .datum
                    .to_plane(g.latitude.0, g.longitude.0, f64::from(g.height.0) * 1e-4);
                east.extend([p.e - main[0], p.n - main[1]]);
                up.push(p.h - main[2]);
                let v = g.velocity_north.zip(g.velocity_east).expect("KSXT gives it");
                speed.push(f64::from(v.0.0).hypot(f64::from(v.1.0)) * 1e-3 - truth.speed.abs());
            }
            Reading::Heading(h) => {
                let error = f64::from(h.heading.0) / 100.0 - truth.pose.heading.to_degrees();
                heading.push((error + 180.0).rem_euclid(360.0) - 180.0);
            }
            _ => {}
        }
    }
    assert!(east.len() > 1_000 && heading.len() > 500);
    assert!((0.004..0.008).contains(&rms(&east)), "horizontal {}", rms(&east));
    assert!((0.008..0.016).contains(&rms(&up)), "vertical {}", rms(&up));
    assert!((0.1..0.2).contains(&rms(&heading)), "heading {}", rms(&heading));
    // The antenna leans and pitches, so its speed is not quite the contact's.
    assert!(rms(&speed) < 0.25, "speed {}", rms(&speed));
}

#[test]
fn rates_come_at_the_right_instants_and_the_vendor_angle_is_a_trap() {
    let seen = see("hasty", &Settings::default());
    let truths: Vec<&Truth> = seen.truth.values().collect();
    let mut errors = vec![];
    let (mut fooled, mut leaning) = (0, 0);
    for (reading, truth) in seen.pairs() {
        let Reading::Attitude(a) = reading else { continue };
        let i = truths.partition_point(|t| t.t_us < truth.t_us);
        let (Some(before), Some(after)) = (truths.get(i.wrapping_sub(1)), truths.get(i + 1)) else {
            continue;
        };
        // Lean rate is the rate about the forward axis, but for the pitch: on the level it is exactly that.
        let lean_rate = (after.pose.lean - before.pose.lean).to_degrees() / 0.01;
        if truth.pose.pitch.abs() < 0.01 {
            errors.push(f64::from(a.rate_mdeg_s[0]) * 1e-3 - lean_rate);
        }
        if truth.pose.lean.to_degrees().abs() > 15.0 {
            leaning += 1;
            let angle = a.vendor_angle.expect("sent").map(|c| f64::from(c.0) / 100.0);
            fooled += usize::from(angle[0].abs() < 8.0);
        }
    }
    assert!(rms(&errors) < 0.4, "lean rate {}", rms(&errors));
    assert!(leaning > 100 && fooled * 10 > leaning * 8, "{fooled} of {leaning}");
}

#[test]
fn standing_the_force_shows_the_lean() {
    let seen = see("flawless", &Settings::default());
    let mut errors = vec![];
    for (reading, truth) in seen.pairs() {
        if let Reading::Attitude(a) = reading
            && truth.speed == 0.0
            && !truth.switches.pegs[0]
            && truth.pose.pitch.abs() < 0.02
        {
            let [_, left, up] = a.force_um_s2.map(f64::from);
            errors.push(left.atan2(up).to_degrees() - truth.pose.lean.to_degrees());
        }
    }
    assert!(errors.len() > 300);
    let mean = errors.iter().sum::<f64>() / errors.len() as f64;
    assert!(mean.abs() < 0.4, "{mean}");
}

/// Belt, parking brake, lamps, gear: what a car's box says is what the driver did, but for the frame in which it changes.
#[test]
fn a_cars_switches_are_told() {
    let settings = Settings {
        wired_to: Kind::Car,
        ..Settings::default()
    };
    let seen = see_on(
        common::yard::only("hill_start"),
        common::santana(),
        "no_belt",
        &settings,
    );
    let (mut told, mut wrong, mut pulled, mut lamp, mut unbelted) = (0, 0, 0, 0, 0);
    for (reading, truth) in seen.pairs() {
        let (Reading::Signals(s), Some(cabin)) = (reading, truth.switches.cabin) else {
            continue;
        };
        told += 1;
        assert_eq!(
            (s.get(Signal::Helmet), s.get(Signal::PegLeft)),
            (None, None),
            "a car has neither"
        );
        let pairs = [
            (Signal::Belt, cabin.belt),
            (Signal::ParkingBrake, cabin.parking_brake),
            (Signal::LampLeft, truth.switches.left_lamp),
            (Signal::LampRight, cabin.right_lamp),
            (Signal::EngineRunning, truth.switches.engine),
        ];
        wrong += pairs.iter().filter(|(signal, on)| s.get(*signal) != Some(*on)).count();
        pulled += u32::from(cabin.parking_brake);
        lamp += u32::from(truth.switches.left_lamp);
        unbelted += u32::from(!cabin.belt);
    }
    assert!(told > 400 && wrong < 12, "{wrong} of {told}");
    assert!(pulled > 30 && lamp > 10 && unbelted > 200, "{pulled} {lamp} {unbelted}");
    let seen = see_on(
        common::yard::only("side_parking"),
        common::santana(),
        "flawless",
        &settings,
    );
    let gears = seen.pairs().filter_map(|(reading, truth)| match reading {
        Reading::Signals(s) => Some((s.gear == Some(Gear::Reverse), truth.switches.gear == 8, truth.speed)),
        _ => None,
    });
    let gears: Vec<(bool, bool, f64)> = gears.collect();
    let wrong = gears.iter().filter(|(told, true_, _)| told != true_).count();
    let back = gears.iter().filter(|(told, _, speed)| *told && *speed < -0.1).count();
    assert!(wrong <= 2 && back > 50, "{wrong} {back}");
}

/// Beams, fog lamp, hazard lamps, horn and wiper in all their combinations, one each second.
#[test]
fn a_dashboard_is_told() {
    let settings = Settings {
        wired_to: Kind::Car,
        ..Settings::default()
    };
    let (course, car) = (common::yard::only("hill_start"), common::santana());
    let seen = see_changed(course, car, "flawless", &settings, |truth| {
        let combination = truth.t_us / 1_000_000 * 37;
        let Some(cabin) = &mut truth.switches.cabin else { return };
        let all = [
            Control::DippedBeam,
            Control::FogLamp,
            Control::HazardLamps,
            Control::Horn,
            Control::MainBeam,
            Control::Wiper,
        ];
        for (bit, control) in all.into_iter().enumerate() {
            cabin.dash.set(control, combination >> bit & 1 == 1);
        }
    });
    let (mut told, mut wrong, mut on) = (0, 0, [0; 6]);
    for (reading, truth) in seen.pairs() {
        let (Reading::Signals(s), Some(cabin)) = (reading, truth.switches.cabin) else {
            continue;
        };
        told += 1;
        let dash = cabin.dash;
        let pairs = [
            (Signal::DippedBeam, dash.dipped_beam),
            (Signal::FogLamp, dash.fog_lamp),
            (Signal::HazardLamps, dash.hazard_lamps),
            (Signal::Horn, dash.horn),
            (Signal::MainBeam, dash.main_beam),
            (Signal::Wiper, dash.wiper),
        ];
        // Only a frame in which it changes may say what was a moment before.
        wrong += u32::from(pairs.iter().any(|(signal, on)| s.get(*signal) != Some(*on)));
        pairs
            .iter()
            .zip(&mut on)
            .for_each(|((_, is), count)| *count += u32::from(*is));
    }
    assert!(told > 300 && wrong * 5 < told, "{wrong} of {told}");
    assert!(on.iter().all(|count| *count * 4 > told), "{on:?} of {told}");
}

#[test]
fn switches_are_told_in_every_dialect() {
    let dialects = [
        Settings {
            check: Check::Xor,
            ..Settings::default()
        },
        Settings {
            check: Check::SumWithHeader,
            plank_active_high: false,
            ..Settings::default()
        },
        Settings {
            check: Check::None,
            ..Settings::default()
        },
        Settings {
            box_text: true,
            ksxt_crc: false,
            ..Settings::default()
        },
    ];
    for settings in dialects {
        let seen = see("drops_plank", &settings);
        let (mut off_moving, mut off_resting, mut planks) = (0, 0, [0; 2]);
        for (reading, truth) in seen.pairs() {
            match reading {
                Reading::Signals(s) => {
                    assert_eq!(s.get(Signal::Helmet), Some(true));
                    assert_eq!(s.get(Signal::EngineRunning), Some(true));
                    assert_eq!(s.proven, settings.check != Check::None || settings.box_text);
                    let off = s.get(Signal::PegLeft) == Some(false);
                    off_moving += usize::from(off && truth.speed.abs() > 1e-3);
                    off_resting += usize::from(off && truth.speed == 0.0);
                }
                Reading::Plank(p) => {
                    planks[0] += usize::from(p.front == Some(true));
                    planks[1] += usize::from(p.rear == Some(true));
                }
                _ => {}
            }
        }
        assert_eq!(off_moving, 0, "{settings:?}");
        assert!(off_resting > 50, "{settings:?}");
        assert!(
            planks[0] >= 10 && (3..planks[0]).contains(&planks[1]),
            "{planks:?} {settings:?}"
        );
    }
}

#[test]
fn a_lost_fix_is_told_as_such() {
    let seen = see("loses_fix", &Settings::default());
    let count = |want: fn(&Reading) -> bool| seen.pairs().filter(|(r, _)| want(r)).count();
    let none = count(|r| matches!(r, Reading::NoFix(_)));
    let float = count(|r| matches!(r, Reading::Gnss(g) if g.quality == Quality::Float));
    assert!(
        (18..=22).contains(&none) && (18..=22).contains(&float),
        "{none} {float}"
    );
}

#[test]
fn a_touched_pole_is_told() {
    let seen = see("touches_pole", &Settings::default());
    let hits: Vec<(u8, u8, bool)> = seen
        .pairs()
        .filter_map(|(reading, _)| match reading {
            Reading::PoleHit(hit) => Some((hit.item, hit.pole, hit.restored)),
            _ => None,
        })
        .collect();
    assert_eq!(hits.first(), Some(&(1, 2, false)));
    assert_eq!(hits.last(), Some(&(1, 2, true)));
    assert!(hits.iter().all(|hit| hit.1 == 2), "{hits:?}");
}

#[test]
fn a_wrong_fix_claims_to_be_fixed_and_is_metres_off() {
    let seen = see("wrong_fix", &Settings::default());
    let (course, spec) = (square(), hj110());
    let off = seen.pairs().filter(|(reading, truth)| {
        let Reading::Gnss(g) = reading else { return false };
        let p = course
            .datum
            .to_plane(g.latitude.0, g.longitude.0, f64::from(g.height.0) * 1e-4);
        g.quality == Quality::Fixed && (p.h - truth.pose.place(spec.main_antenna)[2]).abs() > 1.0
    });
    assert!((19..=21).contains(&off.count()));
}
