//! Calibrations held against exact geometry: a rear axle that rolls without slipping, an antenna on an arm, a clock that is off.
use kaoguan_telemetry::Attitude;
use kaoguan_telemetry::units::Uptime;
use kaoguan_unit::calibrate::kinematics::Headings;
use kaoguan_unit::calibrate::skew::Forward;
use kaoguan_unit::calibrate::track::{Place, Track};
use kaoguan_unit::calibrate::{antenna, heading, skew, zero};
use kaoguan_unit::texts;
use std::f64::consts::{PI, TAU};

/// A repeatable normal error.
struct Noise(u64);

impl Noise {
    fn unit(&mut self) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }
    fn normal(&mut self) -> f64 {
        (-2.0 * (1.0 - self.unit()).ln()).sqrt() * (TAU * self.unit()).cos()
    }
}

/// A drive: curvature of the rear axle's path and speed, by time.
struct Drive {
    curvature: fn(f64) -> f64,
    speed: fn(f64) -> f64,
    seconds: f64,
}

#[derive(Debug, Clone, Copy)]
struct Truth {
    t: f64,
    e: f64,
    n: f64,
    heading: f64,
}

impl Drive {
    /// Each millisecond, by the exact arc of that millisecond.
    fn truth(&self) -> Vec<Truth> {
        let mut at = Truth {
            t: 0.0,
            e: 3.0,
            n: -7.0,
            heading: 0.6,
        };
        let mut out = vec![at];
        const STEP: f64 = 0.001;
        while at.t < self.seconds {
            let (speed, curvature) = ((self.speed)(at.t), (self.curvature)(at.t + STEP / 2.0));
            let (way, turn) = (speed * STEP, speed * STEP * curvature);
            // The chord of an arc points along its middle.
            let chord = if turn.abs() < 1e-12 {
                way
            } else {
                way * (turn / 2.0).sin() / (turn / 2.0)
            };
            at.e += chord * (at.heading + turn / 2.0).sin();
            at.n += chord * (at.heading + turn / 2.0).cos();
            at.heading += turn;
            at.t += STEP;
            out.push(at);
        }
        out
    }
}

/// How it is measured.
#[derive(Clone, Copy)]
struct Mounted {
    /// Main antenna: forward, right.
    arm: [f64; 2],
    /// The baseline's direction in the body, clockwise.
    baseline: f64,
    /// What must be added to a heading's tag.
    skew: f64,
    hz: usize,
    place_noise: f64,
    heading_noise: f64,
}

const PLAIN: Mounted = Mounted {
    arm: [1.2, 0.1],
    baseline: 0.0,
    skew: 0.0,
    hz: 5,
    place_noise: 0.0,
    heading_noise: 0.0,
};
const NOISY: Mounted = Mounted {
    place_noise: 0.008,
    heading_noise: 0.0035,
    ..PLAIN
};

fn measured(truth: &[Truth], how: &Mounted, seed: u64) -> (Vec<Place>, Headings) {
    let mut noise = Noise(seed);
    let step = 1_000 / how.hz;
    let places = truth.iter().step_by(step).map(|at| {
        let (sin, cos) = at.heading.sin_cos();
        let [f, r] = how.arm;
        Place {
            t: at.t,
            e: at.e + f * sin + r * cos + how.place_noise * noise.normal(),
            n: at.n + f * cos - r * sin + how.place_noise * noise.normal(),
        }
    });
    let places: Vec<Place> = places.collect();
    let said = truth.iter().step_by(step).map(|at| {
        let heading = at.heading + how.baseline + how.heading_noise * noise.normal();
        (at.t - how.skew, heading)
    });
    (places, Headings::new(said))
}

/// Ten seconds a side, with a second and a half of steering between.
fn eight(t: f64) -> f64 {
    let phase = t.rem_euclid(23.0);
    let full = 0.12;
    match phase {
        p if p < 10.0 => full,
        p if p < 11.5 => full * (1.0 - 2.0 * (p - 10.0) / 1.5),
        p if p < 21.5 => -full,
        p => full * (-1.0 + 2.0 * (p - 21.5) / 1.5),
    }
}

const EIGHT: Drive = Drive {
    curvature: eight,
    speed: |_| 2.8,
    seconds: 70.0,
};

const KNOWN: Forward = Forward { at: 1.2, u: 0.005 };

#[test]
fn a_skew_is_found_to_the_millisecond_where_nothing_is_noisy() {
    let truth = EIGHT.truth();
    for (hz, skew) in [
        (5, 0.0),
        (5, 0.2),
        (5, -0.2),
        (10, 0.1),
        (10, 0.3),
        (20, 0.05),
        (5, 0.8),
    ] {
        let how = Mounted {
            skew,
            hz,
            baseline: 0.02,
            ..PLAIN
        };
        let (places, headings) = measured(&truth, &how, 1);
        let found = skew::skew(&places, &headings, KNOWN).unwrap_or_else(|why| panic!("{hz} Hz {skew}: {why}"));
        assert!((found.skew - skew).abs() < 0.002, "{hz} Hz {skew}: {found:?}");
        assert_eq!(found.epochs, (skew * hz as f64).round() as i64);
        assert!((found.offset + 0.02).abs() < 1e-3, "{found:?}");
    }
}

#[test]
fn with_noise_it_lies_within_what_is_declared() {
    let truth = EIGHT.truth();
    let mut squares = 0.0;
    for seed in 0..24 {
        let how = Mounted { skew: 0.2, ..NOISY };
        let (places, headings) = measured(&truth, &how, seed);
        let found = skew::skew(&places, &headings, KNOWN).unwrap_or_else(|why| panic!("{seed}: {why}"));
        let error = (found.skew - 0.2) / found.u;
        assert!(error.abs() < 4.0 && found.u < 0.01, "{seed}: {found:?}");
        squares += error * error;
    }
    let width = (squares / 24.0_f64).sqrt();
    assert!((0.2..1.6).contains(&width), "u is {width} of the real scatter");
}

#[test]
fn an_antenna_that_is_not_where_the_file_has_it_is_within_the_skews_u() {
    let truth = EIGHT.truth();
    let (places, headings) = measured(&truth, &Mounted { skew: 0.2, ..PLAIN }, 1);
    let wrong = Forward { at: 1.26, u: 0.06 };
    let found = skew::skew(&places, &headings, wrong).expect("found");
    assert!(
        (found.skew - 0.2).abs() > 0.01,
        "the lever is taken into account: {found:?}"
    );
    assert!((found.skew - 0.2).abs() < 1.5 * found.u, "{found:?}");
}

#[test]
fn a_drive_that_shows_no_skew_is_refused() {
    let refused = |drive: &Drive, how: &Mounted| {
        let (places, headings) = measured(&drive.truth(), how, 3);
        skew::skew(&places, &headings, KNOWN).expect_err("refused").text
    };
    let with = |curvature: fn(f64) -> f64, speed: fn(f64) -> f64| Drive {
        curvature,
        speed,
        ..EIGHT
    };
    assert_eq!(
        refused(&with(|t| eight(t) * 0.1, |_| 2.8), &NOISY),
        texts::SKEW_TOO_GENTLE
    );
    assert_eq!(
        refused(&with(|_| 0.12, |_| 2.8), &PLAIN),
        texts::SKEW_TOO_GENTLE,
        "one side only"
    );
    assert_eq!(refused(&with(eight, |_| 0.3), &PLAIN), texts::CALIBRATE_NO_DATA, "slow");
    let backwards = with(|t| -eight(t), |_| -2.8);
    let said = refused(&backwards, &PLAIN);
    assert!(
        said == texts::CALIBRATE_BACKWARDS || said == texts::CALIBRATE_NO_DATA,
        "{said}"
    );
    // 70 ms are no epochs of 200: nothing could be configured.
    assert_eq!(refused(&EIGHT, &Mounted { skew: 0.07, ..PLAIN }), texts::SKEW_NO_EPOCHS);
    let vague = Forward { at: 1.2, u: 0.5 };
    let (places, headings) = measured(&EIGHT.truth(), &PLAIN, 1);
    assert_eq!(
        skew::skew(&places, &headings, vague).expect_err("refused").text,
        texts::SKEW_TOO_VAGUE
    );
    let none = skew::skew(&[], &Headings::default(), KNOWN).expect_err("refused");
    assert_eq!(none.text, texts::CALIBRATE_NO_DATA);
}

/// 50 m there, a turn, 50 m back beside it, twice.
fn there_and_back(t: f64) -> f64 {
    let turn = PI / (3.0 * 4.0);
    if t.rem_euclid(24.0) < 20.0 { 0.0 } else { turn }
}

const STRAIGHT: Drive = Drive {
    curvature: there_and_back,
    speed: |_| 3.0,
    seconds: 94.0,
};

#[test]
fn the_baseline_is_found_by_driving_straight_both_ways() {
    let truth = STRAIGHT.truth();
    for baseline in [0.0, 0.015, -0.03, 0.5] {
        let (places, headings) = measured(&truth, &Mounted { baseline, ..PLAIN }, 1);
        let found = heading::offset(&places, &headings).unwrap_or_else(|why| panic!("{why}"));
        assert!((found.offset + baseline).abs() < 1e-6, "{baseline}: {found:?}");
        assert_eq!(found.legs, [2, 2]);
    }
    let mut squares = 0.0;
    for seed in 0..40 {
        let (places, headings) = measured(
            &truth,
            &Mounted {
                baseline: 0.02,
                ..NOISY
            },
            seed,
        );
        let found = heading::offset(&places, &headings).unwrap_or_else(|why| panic!("{why}"));
        let error = (found.offset + 0.02) / found.u;
        assert!(error.abs() < 4.0 && found.u < 0.0018, "{found:?}");
        squares += error * error;
    }
    let width = (squares / 40.0_f64).sqrt();
    assert!((0.2..1.6).contains(&width), "u is {width} of the real scatter");
}

#[test]
fn a_camber_falls_out_of_both_ways_and_too_much_of_it_is_refused() {
    // It crabs to the lower side: on the way there to its right, on the way back to its left.
    let crabbing = |by: f64| {
        let (places, _) = measured(&STRAIGHT.truth(), &PLAIN, 1);
        let said = STRAIGHT.truth().into_iter().step_by(200).map(|at| {
            let side = if at.heading.rem_euclid(TAU) < PI { 1.0 } else { -1.0 };
            (at.t, at.heading + 0.02 + by * side)
        });
        heading::offset(&places, &Headings::new(said))
    };
    let found = crabbing(0.004).expect("found");
    assert!((found.offset + 0.02).abs() < 1e-4, "{found:?}");
    assert!(
        (found.half_difference.abs() - 0.004).abs() < 1e-4 && found.u > 0.001,
        "{found:?}"
    );
    assert_eq!(crabbing(0.02).expect_err("refused").text, texts::HEADING_DIFFERS);
}

#[test]
fn what_is_no_straight_drive_forwards_is_refused() {
    let refused = |curvature: fn(f64) -> f64, speed: fn(f64) -> f64| {
        let drive = Drive {
            curvature,
            speed,
            seconds: 60.0,
        };
        let (places, headings) = measured(&drive.truth(), &PLAIN, 1);
        heading::offset(&places, &headings).expect_err("refused").text
    };
    assert_eq!(refused(|_| 0.0, |_| 3.0), texts::HEADING_ONE_WAY);
    assert_eq!(refused(|_| 0.0, |_| 1.0), texts::HEADING_NO_LEG, "slow");
    assert_eq!(refused(|_| 0.0, |_| -3.0), texts::HEADING_BACKWARDS);
    assert_eq!(refused(eight, |_| 2.8), texts::HEADING_NO_LEG, "turning");
    // So slowly that no moment turns, and curved nevertheless.
    assert_eq!(refused(|_| 0.008, |_| 3.0), texts::HEADING_NO_LEG, "curved");
}

fn stand(e: f64, n: f64, direction: f64, arm: [f64; 2]) -> antenna::Stand {
    let (sin, cos) = direction.sin_cos();
    let place = Place {
        t: 0.0,
        e: e + arm[0] * sin + arm[1] * cos,
        n: n + arm[0] * cos - arm[1] * sin,
    };
    (place, direction)
}

#[test]
fn an_antenna_is_found_by_standing_on_a_mark() {
    let arm = [-0.31, 0.042];
    for directions in [&[0.3, 0.3 + PI][..], &[0.0, 2.0, 4.0], &[0.0, 1.0, 2.0, 3.0]] {
        let stands: Vec<_> = directions.iter().map(|d| stand(50.0, -20.0, *d, arm)).collect();
        let found = antenna::on_marks(&stands).unwrap_or_else(|why| panic!("{why}"));
        let right = found.right.expect("known");
        assert!(
            (found.forward.0 - arm[0]).abs() < 1e-9 && (right.0 - arm[1]).abs() < 1e-9,
            "{found:?}"
        );
        assert!(found.forward.1 < 0.008, "{found:?}");
    }
    // Its u is that of its places: eight millimetres, turned round once.
    let mut noise = Noise(5);
    let mut squares = 0.0;
    for _ in 0..200 {
        let stands = [0.0, PI].map(|direction| {
            let (mut place, direction) = stand(0.0, 0.0, direction, arm);
            place.e += 0.008 * noise.normal();
            place.n += 0.008 * noise.normal();
            (place, direction)
        });
        let found = antenna::on_marks(&stands).expect("found");
        squares += ((found.forward.0 - arm[0]) / found.forward.1).powi(2);
    }
    let width = (squares / 200.0_f64).sqrt();
    assert!((0.6..1.4).contains(&width), "{width}");

    let refused = |stands: &[antenna::Stand]| antenna::on_marks(stands).expect_err("refused").text;
    assert_eq!(refused(&[stand(0.0, 0.0, 0.0, arm)]), texts::ANTENNA_FEW_STANDS);
    let alike = [0.0, 0.1].map(|d| stand(0.0, 0.0, d, arm));
    assert_eq!(refused(&alike), texts::ANTENNA_TOO_VAGUE, "both ways alike");
    let same = [0.4, 0.4].map(|d| stand(0.0, 0.0, d, arm));
    assert_eq!(refused(&same), texts::ANTENNA_FEW_STANDS, "the same way");
    let two_marks = [(0.0, 0.0), (0.0, PI / 2.0), (0.4, PI)].map(|(n, d)| stand(0.0, n, d, arm));
    assert_eq!(refused(&two_marks), texts::ANTENNA_NO_FIT);
}

#[test]
fn stands_are_found_in_a_drive() {
    // Stands 12 s, goes on for 8, stands 12 s and so on.
    let drive = Drive {
        curvature: |_| 0.1,
        speed: |t| if t.rem_euclid(20.0) < 12.0 { 0.0 } else { 1.5 },
        seconds: 71.9,
    };
    let (places, headings) = measured(&drive.truth(), &NOISY, 2);
    let stands = antenna::stands(&places, &headings);
    assert_eq!(stands.len(), 4, "{stands:?}");
    for (n, (place, direction)) in stands.iter().enumerate() {
        let truth = drive.truth()[n * 20_000 + 5_000];
        let (exact, _) = stand(truth.e, truth.n, truth.heading, PLAIN.arm);
        assert!((place.e - exact.e).hypot(place.n - exact.n) < 0.02, "{n}");
        assert!((direction - truth.heading).abs() < 0.01, "{n}");
    }
}

#[test]
fn circles_show_how_far_forward_the_antenna_is() {
    let drive = Drive {
        curvature: |t| if t.rem_euclid(40.0) < 20.0 { 0.25 } else { -0.25 },
        speed: |_| 1.5,
        seconds: 80.0,
    };
    let truth = drive.truth();
    for forward in [0.0, 1.2, -0.4] {
        let (places, headings) = measured(
            &truth,
            &Mounted {
                arm: [forward, 0.1],
                ..NOISY
            },
            4,
        );
        let found = antenna::on_circles(&places, &headings).unwrap_or_else(|why| panic!("{why}"));
        assert!((found.forward.0 - forward).abs() < 2.0 * found.forward.1, "{found:?}");
        assert!(found.right.is_none() && found.forward.1 < 0.025, "{found:?}");
    }
    // A skew passes for an arm, on both sides alike: an epoch of it makes 30 cm of a metre and a half a second. This is why marks come first.
    let (places, headings) = measured(&truth, &Mounted { skew: 0.2, ..PLAIN }, 4);
    let found = antenna::on_circles(&places, &headings).expect("found");
    assert!((found.forward.0 - 1.2).abs() > 0.2, "{found:?}");

    let refused = |drive: &Drive| {
        let (places, headings) = measured(&drive.truth(), &PLAIN, 1);
        antenna::on_circles(&places, &headings).expect_err("refused").text
    };
    let one_way = Drive {
        curvature: |_| 0.25,
        ..drive
    };
    assert_eq!(refused(&one_way), texts::ANTENNA_NO_CIRCLES);
    assert_eq!(refused(&STRAIGHT), texts::ANTENNA_NO_CIRCLES);
    let spiral = Drive {
        curvature: |t| {
            if t.rem_euclid(40.0) < 20.0 {
                0.20 + 0.01 * t.rem_euclid(40.0)
            } else {
                -0.25
            }
        },
        ..drive
    };
    assert_eq!(refused(&spiral), texts::ANTENNA_NO_FIT);
}

const AXES: zero::Axes = [(0, 1), (1, -1), (2, -1)];

/// Frames of a sensor that is rolled and pitched, degrees, at 100 Hz; what trembles, m/s².
fn frames(roll: f64, pitch: f64, trembles: f64, seconds: i64) -> Vec<(Uptime, Attitude)> {
    let ((sr, cr), (sp, cp)) = (roll.to_radians().sin_cos(), pitch.to_radians().sin_cos());
    let body = [sp, -cp * sr, -cp * cr].map(|f| f * 9.806_65);
    let mut noise = Noise(9);
    let frame = |n: i64| {
        let mut force = [0; 3];
        for (sensor, (axis, sign)) in AXES.into_iter().enumerate() {
            force[sensor] = ((body[axis] * f64::from(sign) + trembles * noise.normal()) * 1e6).round() as i32;
        }
        let rate_mdeg_s = [0, 1, 2].map(|_| (60.0 * noise.normal()) as i32);
        let attitude = Attitude {
            force_um_s2: force,
            rate_mdeg_s,
            vendor_angle: None,
        };
        (Uptime(n * 10_000), attitude)
    };
    (0..seconds * 100).map(frame).collect()
}

#[test]
fn a_zero_is_the_mean_of_many_frames() {
    for (roll, pitch) in [(0.0, 0.0), (1.25, -2.5), (-3.0, 4.0)] {
        let stand = zero::stand(&frames(roll, pitch, 0.0, 10), AXES).unwrap_or_else(|why| panic!("{why}"));
        assert!(
            (stand.roll - roll).abs() < 1e-4 && (stand.pitch - pitch).abs() < 1e-4,
            "{stand:?}"
        );
        let stand = zero::stand(&frames(roll, pitch, 0.05, 20), AXES).unwrap_or_else(|why| panic!("{why}"));
        assert!((stand.roll - roll).abs() < 3.0 * stand.u && stand.u < 0.06, "{stand:?}");
        let zero = zero::one_way(&stand, 0.3);
        assert!((0.3..0.31).contains(&zero.u) && zero.ground.is_none(), "{zero:?}");
    }
}

#[test]
fn turned_round_mounting_and_ground_fall_apart() {
    // Mounted at (1.0, -0.5) on ground that slopes by (0.8, 1.5) as it stands first. Small angles add to a thousandth.
    let first = zero::stand(&frames(1.8, 1.0, 0.02, 10), AXES).expect("a stand");
    let second = zero::stand(&frames(0.2, -2.0, 0.02, 10), AXES).expect("a stand");
    let zero = zero::two_way(&first, &second);
    assert!(
        (zero.roll - 1.0).abs() < 0.01 && (zero.pitch + 0.5).abs() < 0.01,
        "{zero:?}"
    );
    let ground = zero.ground.expect("known");
    assert!(
        (ground[0] - 0.8).abs() < 0.01 && (ground[1] - 1.5).abs() < 0.01,
        "{zero:?}"
    );
    assert!(zero.u < 0.1);
}

#[test]
fn what_is_no_upright_stand_is_refused() {
    let refused = |frames: &[(Uptime, Attitude)]| zero::stand(frames, AXES).expect_err("refused").text;
    assert_eq!(refused(&[]), texts::ZERO_TOO_SHORT);
    assert_eq!(refused(&frames(0.0, 0.0, 0.02, 4)), texts::ZERO_TOO_SHORT);
    assert_eq!(
        refused(&frames(-12.0, 0.0, 0.02, 10)),
        texts::ZERO_TILTED,
        "on its side stand"
    );
    assert_eq!(
        refused(&frames(0.0, 0.0, 0.4, 10)),
        texts::ZERO_MOVED,
        "the engine runs"
    );
    let mut frozen = frames(0.0, 0.0, 0.0, 10);
    let same = frozen[0].1;
    frozen.iter_mut().for_each(|(_, frame)| *frame = same);
    assert_eq!(refused(&frozen), texts::ZERO_FROZEN);
    let mut got_on = frames(0.0, 0.0, 0.02, 5);
    let on = frames(1.0, 0.0, 0.02, 5).into_iter();
    got_on.extend(on.map(|(at, frame)| (Uptime(at.0 + 5_000_000), frame)));
    assert_eq!(refused(&got_on), texts::ZERO_MOVED, "somebody got on");
    let mut weak = frames(0.0, 0.0, 0.02, 10);
    weak.iter_mut()
        .for_each(|(_, frame)| frame.force_um_s2 = frame.force_um_s2.map(|f| f / 10 * 9));
    assert_eq!(refused(&weak), texts::ZERO_NO_GRAVITY);
    let mut turning = frames(0.0, 0.0, 0.02, 10);
    turning.iter_mut().for_each(|(_, frame)| frame.rate_mdeg_s[2] += 3_000);
    assert_eq!(refused(&turning), texts::ZERO_MOVED, "it turns");
}

/// A real drive (its heading and velocity are a reference's, its places an RTK receiver's): whatever its skew is, it is that and an epoch
/// more where every heading is tagged an epoch sooner.
#[test]
fn on_a_real_drive_a_shift_of_the_tags_is_found_as_such() {
    let Some(folder) = std::env::var_os("KAOGUAN_DATA") else {
        println!("KAOGUAN_DATA is unset: the real drive is not read");
        return;
    };
    let bytes = std::fs::read(std::path::Path::new(&folder).join("drives/nagoya-car-a.nmea")).expect("the drive");
    let sensor = kaoguan_unit_core::AttitudeConfig {
        dialect: Default::default(),
        latency: kaoguan_telemetry::units::Micros(0),
        silence: kaoguan_telemetry::units::Micros(0),
        with_angle: false,
    };
    let mut track = Track::new(&sensor);
    track.hear(kaoguan_telemetry::Port::Receiver, Uptime(0), &bytes);
    let places = track.places();
    assert!(places.len() > 900, "{}", places.len());
    let found = |shift: f64| {
        let said = track.headings.iter().map(|h| (h.at as f64 * 1e-6 - shift, h.heading));
        // What the reference point is to the rear axle nobody says: half a metre, give or take.
        skew::skew(&places, &Headings::new(said), Forward { at: 0.0, u: 0.2 })
    };
    let (none, one) = (found(0.0), found(0.2));
    println!("as recorded: {none:?}\nan epoch sooner: {one:?}");
    let (none, one) = (none.expect("found"), one.expect("found"));
    assert_eq!(none.epochs, 0, "{none:?}");
    assert_eq!(one.epochs, 1, "{one:?}");
    assert!((one.skew - none.skew - 0.2).abs() < 0.02, "{none:?} {one:?}");
}
