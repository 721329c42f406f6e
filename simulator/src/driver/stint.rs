//! A stretch of riding from rest to rest.
use crate::vehicle::dash::Control;
use crate::vehicle::motion::Motion;
use crate::vehicle::path::{Path, Xy};
use crate::vehicle::train::Swing;

/// A place to stand: the rear contact and the body's direction.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Berth {
    /// Rear contact on the course plane.
    pub at: Xy,
    /// Radians counter-clockwise from east.
    pub direction: f64,
}

/// What a receiver can make of the sky.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Sky {
    /// RTK fixed.
    #[default]
    Clear,
    /// RTK float: decimetres.
    Float,
    /// Nothing.
    NoFix,
    /// Says fixed, and is wrong by this much east, north, up, metres.
    Wrong([f64; 3]),
}

/// Something the rider or the sky does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Act {
    /// The left foot is on its peg, or not.
    LeftFoot(bool),
    /// The helmet is on, or not.
    Helmet(bool),
    /// The engine runs, or not.
    Engine(bool),
    /// The gear box is in neutral, or not.
    Neutral(bool),
    /// The belt is fastened, or not.
    Belt(bool),
    /// The left turn lamp's switch.
    LeftLamp(bool),
    /// The parking brake is pulled, or not.
    ParkingBrake(bool),
    /// The right turn lamp's switch.
    RightLamp(bool),
    /// A switch of the dashboard.
    Dash(Control, bool),
    /// A forward gear that is held whatever the speed; `None`: by the speed again.
    Gear(Option<u8>),
    /// The sky changes.
    Sky(Sky),
}

/// A planned stretch of riding.
#[derive(Debug, Clone)]
pub struct Stint {
    /// The site whose item is ridden; `None` on the way.
    pub site: Option<String>,
    /// The rear contact's line.
    pub path: Path,
    /// The vehicle goes along it backwards.
    pub reverse: bool,
    /// How its trailer is pushed along it; a pulled one follows.
    pub swing: Option<Swing>,
    /// Progress along it.
    pub motion: Motion,
    /// Acts with their times from the stint's beginning, seconds, ascending.
    pub acts: Vec<(f64, Act)>,
    /// Ask the gate for this site when the stint is over.
    pub gate: bool,
}

impl Stint {
    /// Adds the foot that goes down at each rest of a second or more, and the lamp before each start after such a rest.
    pub fn rest_feet(&mut self) {
        let step = 0.02;
        let moving = |t: f64| self.motion.at(t).v.abs() > 1e-6;
        let count = (self.motion.duration() / step) as usize;
        let mut began: Option<f64> = Some(0.0);
        let mut acts = Vec::new();
        for k in 0..=count {
            let t = k as f64 * step;
            match (moving(t), began) {
                (false, None) => began = Some(t),
                (true, Some(from)) => {
                    rest(from, t, &mut acts);
                    began = None;
                }
                _ => {}
            }
        }
        if let Some(from) = began {
            rest(from, self.motion.duration() + 100.0, &mut acts);
        }
        self.acts.extend(acts);
        self.acts.sort_by(|a, b| a.0.total_cmp(&b.0));
    }
}

/// The foot goes down 0.3 s after the stop and is up 0.4 s before the start, so that a frame sent each 100 ms with its
/// latency never shows a foot down while moving.
fn rest(from: f64, to: f64, acts: &mut Vec<(f64, Act)>) {
    if to - from < 1.0 {
        return;
    }
    let first = from <= 0.0;
    if !first {
        acts.push((from + 0.3, Act::LeftFoot(false)));
    }
    acts.push((to - 0.4, Act::LeftFoot(true)));
    acts.push(((to - 3.0).max(from + 0.05), Act::LeftLamp(true)));
    acts.push((to + 1.5, Act::LeftLamp(false)));
}
