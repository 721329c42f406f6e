#![allow(missing_docs)]
//! A hand-made rider: a path of poses, honest samples of it, and a place to spoil them.
use crate::river::Texts;
use crate::words;
use kaoguan_course::Course;
use kaoguan_exam::{Exam, Verdict};
use kaoguan_telemetry::units::{EventTime, Micros, MillimetresPerSecond, TenthMillimetres};
use kaoguan_telemetry::*;
use std::f64::consts::PI;

pub const T0: i64 = 1_800_000_000_000_000;

/// Rear contact east, north, heading in degrees; every 10 ms.
#[derive(Clone)]
pub struct Path {
    pub rows: Vec<(f64, f64, f64)>,
    v: f64,
}

impl Path {
    pub fn at(e: f64, n: f64, heading: f64) -> Path {
        Path {
            rows: vec![(e, n, heading)],
            v: 0.0,
        }
    }
    pub fn now(&self) -> f64 {
        (self.rows.len() - 1) as f64 * 0.01
    }
    fn last(&self) -> (f64, f64, f64) {
        *self.rows.last().unwrap()
    }
    pub fn stand(mut self, s: f64) -> Path {
        let last = self.last();
        for _ in 0..(s * 100.0).round() as usize {
            self.rows.push(last);
        }
        self.v = 0.0;
        self
    }
    /// Straight ahead (negative: backwards), from the present speed to `v_end` with constant acceleration.
    pub fn go(mut self, dist: f64, v_end: f64) -> Path {
        let (e, n, h) = self.last();
        let (s, c) = (h.to_radians().sin(), h.to_radians().cos());
        let (v0, sign) = (self.v, dist.signum());
        let t = 2.0 * dist.abs() / (v0 + v_end);
        let a = (v_end - v0) / t;
        let steps = (t * 100.0).round().max(1.0) as usize;
        for i in 1..=steps {
            let x = i as f64 / steps as f64 * t;
            let d = (v0 * x + 0.5 * a * x * x) * sign;
            self.rows.push((e + s * d, n + c * d, h));
        }
        self.v = v_end;
        self
    }
    /// Turns the vehicle on its rear wheel, by hand.
    pub fn pivot(mut self, by: f64, s: f64) -> Path {
        let (e, n, h) = self.last();
        let steps = (s * 100.0) as usize;
        for i in 1..=steps {
            let x = i as f64 / steps as f64;
            let x = x * x * (3.0 - 2.0 * x);
            self.rows.push((e, n, h + by * x));
        }
        self.v = 0.0;
        self
    }
    /// A smooth curve to a place and heading at constant speed.
    pub fn to(mut self, e1: f64, n1: f64, h1: f64, v: f64) -> Path {
        let (e0, n0, h0) = self.last();
        let chord = (e1 - e0).hypot(n1 - n0) * 1.2;
        let d = |h: f64| (h.to_radians().sin() * chord, h.to_radians().cos() * chord);
        let (d0, d1) = (d(h0), d(h1));
        let f = |t: f64| {
            let (t2, t3) = (t * t, t * t * t);
            let (a, b, c, g) = (
                2.0 * t3 - 3.0 * t2 + 1.0,
                t3 - 2.0 * t2 + t,
                -2.0 * t3 + 3.0 * t2,
                t3 - t2,
            );
            (
                a * e0 + b * d0.0 + c * e1 + g * d1.0,
                a * n0 + b * d0.1 + c * n1 + g * d1.1,
            )
        };
        self = self.follow(|t| f(t), v);
        self
    }
    fn follow(mut self, f: impl Fn(f64) -> (f64, f64), v: f64) -> Path {
        let (mut t, mut h_last) = (0.0, self.last().2);
        let step = v * 0.01;
        while t < 1.0 {
            let (p, q) = (f(t), f(t + 1e-5));
            let speed = (q.0 - p.0).hypot(q.1 - p.1) / 1e-5;
            t += step / speed;
            if t >= 1.0 {
                break;
            }
            let (p, q) = (f(t), f(t + 1e-5));
            let mut h = (q.0 - p.0).atan2(q.1 - p.1).to_degrees();
            while h - h_last > 180.0 {
                h -= 360.0;
            }
            while h - h_last < -180.0 {
                h += 360.0;
            }
            h_last = h;
            self.rows.push((p.0, p.1, h));
        }
        self.v = v;
        self
    }
    /// Through the five poles of the village square from wherever it is (heading east) to e = `to`.
    pub fn weave(self, to: f64, v: f64) -> Path {
        let e0 = self.last().0;
        let g = |e: f64| {
            let x = e - 7.0;
            let spacing = 2.405;
            let ramp = ((e - 4.5) / 2.0).clamp(0.0, 1.0) * ((19.5 - e) / 2.0).clamp(0.0, 1.0);
            let smooth = ramp * ramp * (3.0 - 2.0 * ramp);
            0.56 * smooth * (PI * x / spacing).cos()
        };
        self.follow(move |t| (e0 + (to - e0) * t, g(e0 + (to - e0) * t)), v)
    }
    fn pose(&self, t: f64) -> (f64, f64, f64) {
        let x = (t * 100.0).clamp(0.0, (self.rows.len() - 1) as f64);
        let i = (x as usize).min(self.rows.len() - 2);
        let f = x - i as f64;
        let (a, b) = (self.rows[i], self.rows[i + 1]);
        (a.0 + (b.0 - a.0) * f, a.1 + (b.1 - a.1) * f, a.2 + (b.2 - a.2) * f)
    }
}

pub struct Rig {
    pub exam: Exam,
    pub course: Course,
    pub boot: u32,
    pub seq: [u64; 4],
    /// Seconds since T0 at which the next path begins.
    pub clock: f64,
    /// Signals that are on.
    pub on: u32,
    pub known: u32,
    pub gear: Option<Gear>,
    pub plank: bool,
    pub wheel: bool,
    pub bus: bool,
}

const WHEELBASE: f64 = 1.235;

impl Rig {
    pub fn new() -> Rig {
        Rig::on_course(&Texts::village().course)
    }
    pub fn on_course(course: &str) -> Rig {
        Rig::of(Texts {
            course: course.to_owned(),
            ..Texts::village()
        })
    }
    pub fn of(texts: Texts) -> Rig {
        let wired = [Signal::Helmet, Signal::PegLeft, Signal::PegRight, Signal::EngineRunning];
        let bits = wired.iter().fold(0, |sum, signal| sum | signal.bit());
        Rig {
            exam: Exam::new(&texts.setup()),
            course: Course::load(&texts.course).unwrap(),
            boot: 1,
            seq: [0; 4],
            clock: 0.0,
            on: bits,
            known: bits,
            gear: Some(Gear::Forward(1)),
            plank: true,
            wheel: false,
            bus: false,
        }
    }

    /// Antenna's e, n, h above datum for an upright vehicle.
    fn antenna(&self, (e, n, heading): (f64, f64, f64)) -> [f64; 3] {
        let h = heading.to_radians();
        let surface = |e, n| self.course.surface().at(e, n).height;
        let mut pitch: f64 = 0.0;
        for _ in 0..4 {
            let rise = surface(
                e + h.sin() * WHEELBASE * pitch.cos(),
                n + h.cos() * WHEELBASE * pitch.cos(),
            ) - surface(e, n);
            pitch = (rise / WHEELBASE).asin();
        }
        let (x, z) = (-0.3, -1.05 + 0.045);
        let flat = pitch.cos() * x + pitch.sin() * z;
        [
            e + h.sin() * flat,
            n + h.cos() * flat,
            surface(e, n) + pitch.sin() * x - pitch.cos() * z + 0.045,
        ]
    }

    pub fn gnss(&self, path: &Path, t: f64) -> (Heading, Gnss) {
        let pose = path.pose(t);
        let at = self.antenna(pose);
        let (a, b) = (self.antenna(path.pose(t - 0.005)), self.antenna(path.pose(t + 0.005)));
        let velocity = ((b[0] - a[0]) * 100.0, (b[1] - a[1]) * 100.0);
        let heading = words::heading(pose.2);
        let gnss = Gnss {
            satellites: 20,
            sigma_up: Some(TenthMillimetres(150)),
            ..words::fix(
                &self.course.datum,
                (at[0], at[1], at[2]),
                velocity,
                TenthMillimetres(80),
            )
        };
        (heading, gnss)
    }

    fn attitude(&self, path: &Path, t: f64) -> Attitude {
        let (a, b) = (path.pose(t - 0.05), path.pose(t + 0.05));
        let rate = (b.2 - a.2) / 0.1;
        let h = path.pose(t).2.to_radians();
        let v = ((b.0 - a.0) * h.sin() + (b.1 - a.1) * h.cos()) / 0.1;
        let right = v * rate.to_radians();
        Attitude {
            force_um_s2: [0, (-right * 1e6) as i32, 9_806_650],
            rate_mdeg_s: [0, 0, (-rate * 1e3) as i32],
            vendor_angle: None,
        }
    }

    fn contacts(&self, path: &Path, t: f64) -> Plank {
        let (e, n, h) = path.pose(t);
        let h = h.to_radians();
        let on = |e: f64, n: f64| Some((9.8..11.65).contains(&e) && (n + 12.0).abs() < 0.1);
        Plank {
            front: on(e + h.sin() * WHEELBASE, n + h.cos() * WHEELBASE),
            rear: on(e, n),
            proven: true,
            ..Plank::default()
        }
    }

    /// The pulses of a wheel that has rolled so far on a path: 44.77 mm from one to the next.
    fn pulses(way_m: f64) -> Wheel {
        Wheel {
            pulses: (way_m / 0.044_77) as u32 as u16,
            proven: true,
        }
    }

    /// Honest readings of a path, sorted by time: (seconds of the path, port, reading).
    pub fn honest(&self, path: &Path) -> Vec<(f64, Port, Reading)> {
        let mut out = Vec::new();
        let steps = path.rows.len() - 1;
        let mut way = 0.0;
        for i in 0..steps {
            let t = i as f64 * 0.01;
            let (before, now) = (path.pose(t - 0.01), path.pose(t));
            way += (now.0 - before.0).hypot(now.1 - before.1);
            if i % 10 == 0 {
                let (heading, gnss) = self.gnss(path, t);
                out.push((t, Port::Receiver, Reading::Heading(heading)));
                out.push((t, Port::Receiver, Reading::Gnss(gnss)));
            }
            out.push((t, Port::Attitude, Reading::Attitude(self.attitude(path, t))));
            if i % 10 == 5 {
                let signals = Signals {
                    known: self.known,
                    on: self.on,
                    gear: self.gear,
                    roll: None,
                    pitch: None,
                    proven: true,
                    steady: None,
                };
                out.push((t, Port::Signals, Reading::Signals(signals)));
                if self.wheel {
                    out.push((t, Port::Signals, Reading::Wheel(Self::pulses(way))));
                }
                if self.bus {
                    let mm_s = ((now.0 - before.0).hypot(now.1 - before.1) * 1e5).round() as i32;
                    let speed = Speed {
                        speed: MillimetresPerSecond(mm_s),
                        proven: true,
                    };
                    out.push((t, Port::Signals, Reading::Speed(speed)));
                }
                if self.plank {
                    out.push((t, Port::Signals, Reading::Plank(self.contacts(path, t))));
                }
            }
        }
        out
    }

    pub fn give(&mut self, t: f64, port: Port, reading: Reading) {
        let at = EventTime(T0 + ((self.clock + t) * 1e6).round() as i64);
        self.give_at(at, port, reading);
    }
    pub fn give_at(&mut self, at: EventTime, port: Port, reading: Reading) {
        let sample = Sample {
            port,
            seq: self.seq[port as usize],
            at: Stamp::Utc(at),
            at_u: Micros(1_000),
            reading,
        };
        self.seq[port as usize] += 1;
        self.exam.accept(self.boot, &sample);
    }

    pub fn reboot(&mut self) {
        self.boot += 1;
        self.seq = [0; 4];
    }

    /// Rides a path; `spoil` may change or drop any reading.
    pub fn ride(&mut self, path: &Path, mut spoil: impl FnMut(f64, Port, Reading) -> Option<Reading>) {
        for (t, port, reading) in self.honest(path) {
            if let Some(reading) = spoil(t, port, reading) {
                self.give(t, port, reading);
            }
        }
        self.clock += path.now();
    }
    pub fn plain(&mut self, path: &Path) {
        self.ride(path, |_, _, r| Some(r));
    }
    /// Every port says that it has nothing more up to some seconds later.
    pub fn flush(&mut self) {
        for port in [Port::Receiver, Port::Attitude, Port::Signals] {
            self.give(0.5, port, Reading::Beat);
        }
    }

    pub fn report(&mut self) -> String {
        let board = self.exam.board();
        let mut out = format!("{:?} score {}\n", board.verdict, board.score);
        for f in &board.findings {
            out += &format!(
                "  finding {} {:?} at {:.2} settled {} {:?}\n",
                f.rule,
                f.site,
                (f.at.0 - T0) as f64 * 1e-6,
                f.settled,
                f.measure
            );
        }
        for q in &board.questions {
            out += &format!("  question {} {:?} {:?} {:?}\n", q.rule, q.site, q.why, q.measure);
        }
        for i in &board.items {
            out += &format!(
                "  item {} {:?} rides {} voids {:?}\n",
                i.site,
                i.state,
                i.rides,
                i.voids
                    .iter()
                    .map(|(t, w)| (((t.0 - T0) as f64 * 1e-6), *w))
                    .collect::<Vec<_>>()
            );
        }
        out
    }
    pub fn charged(&self) -> Vec<String> {
        self.exam.findings().iter().map(|f| f.rule.clone()).collect()
    }
    pub fn passed(&self) -> bool {
        matches!(self.exam.verdict(), Verdict::Pass)
    }
}

/// Stands, then from the west of the square through the poles.
pub fn poles() -> Path {
    Path::at(0.0, 0.0, 90.0).stand(3.0).go(1.0, 1.3).weave(23.8, 1.3)
}
/// To the hill, stop on the line, over it.
pub fn hill(path: Path) -> Path {
    hill_stop(path).stand(4.0).go(1.5, 1.2).go(9.5, 1.2)
}
/// The same up to the stop.
pub fn hill_stop(path: Path) -> Path {
    path.to(30.0, 12.95, 270.0, 1.3)
        .go(30.0 - 23.6, 1.2)
        .go(23.6 - 22.635, 0.0)
}
/// From the hill's end over the plank.
pub fn plank(path: Path) -> Path {
    path.to(-2.0, 2.0, 180.0, 1.5)
        .to(4.0, -12.0, 90.0, 1.3)
        .go(11.2, 1.3)
        .go(3.0, 1.3)
        .stand(6.0)
}

/// Asserts that nothing was charged.
pub fn innocent(rig: &mut Rig) {
    let report = rig.report();
    println!("{report}");
    assert!(rig.charged().is_empty(), "an innocent was charged:\n{report}");
    assert!(!matches!(rig.exam.verdict(), Verdict::Fail { .. }));
}
