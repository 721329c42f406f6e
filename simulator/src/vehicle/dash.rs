//! What a driver works by hand: the switches of the dashboard, and the gear lever.
//!
//! Deliberately not here: the turn lamps' stalk and the parking brake, which every item of a car has.
use serde::Serialize;

/// A switch of the dashboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Control {
    /// Dipped beam (近光灯).
    DippedBeam,
    /// Fog lamp.
    FogLamp,
    /// Hazard lamps' switch; both turn lamps blink while it is on.
    HazardLamps,
    /// Horn.
    Horn,
    /// Main beam (远光灯).
    MainBeam,
    /// Wiper's switch.
    Wiper,
}

/// The dashboard: which switches are on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Dash {
    /// Dipped beam.
    pub dipped_beam: bool,
    /// Fog lamp.
    pub fog_lamp: bool,
    /// Hazard lamps' switch.
    pub hazard_lamps: bool,
    /// Horn.
    pub horn: bool,
    /// Main beam.
    pub main_beam: bool,
    /// Wiper.
    pub wiper: bool,
}

impl Dash {
    /// Switches one on or off.
    pub fn set(&mut self, control: Control, on: bool) {
        *match control {
            Control::DippedBeam => &mut self.dipped_beam,
            Control::FogLamp => &mut self.fog_lamp,
            Control::HazardLamps => &mut self.hazard_lamps,
            Control::Horn => &mut self.horn,
            Control::MainBeam => &mut self.main_beam,
            Control::Wiper => &mut self.wiper,
        } = on;
    }
}

/// The highest speed of each gear but the last, m/s. Assumed: a loaded truck's, 8, 18, 32 and 47 km/h.
const TOP: [f64; 4] = [2.2, 5.0, 9.0, 13.0];
/// Between two gears the lever is in neutral for so long, seconds.
const SHIFT_S: f64 = 0.4;

/// The gear lever on the way forwards.
#[derive(Debug, Clone, Copy, Default)]
pub struct Lever {
    gear: u8,
    /// What is left of the way from gear to gear, seconds.
    shifts_s: f64,
    /// A gear that the driver holds, whatever the speed.
    held: Option<u8>,
}

impl Lever {
    /// Holds a gear, or goes by the speed again.
    pub fn hold(&mut self, gear: Option<u8>) {
        self.held = gear;
    }

    /// Out of the forward gears, at rest: the next one is in at once.
    pub fn rest(&mut self) {
        (self.gear, self.shifts_s) = (0, 0.0);
    }

    /// The gear at a speed, m/s, a step later: 0 while it is between two.
    pub fn gear(&mut self, speed: f64, step_s: f64) -> u8 {
        let by_speed = 1 + TOP.iter().filter(|top| speed > **top).count() as u8;
        let wanted = self.held.unwrap_or(by_speed);
        if wanted != self.gear {
            self.shifts_s = if self.gear == 0 { 0.0 } else { SHIFT_S };
            self.gear = wanted;
        }
        let between = self.shifts_s > 0.0;
        self.shifts_s -= step_s;
        if between { 0 } else { self.gear }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From rest in first; second after 0.4 s of neutral, looked at each 0.15 s; a held gear stays.
    #[test]
    fn a_lever_goes_through_neutral() {
        let mut lever = Lever::default();
        assert_eq!(lever.gear(0.0, 0.15), 1);
        let seen: Vec<u8> = (0..5).map(|_| lever.gear(2.5, 0.15)).collect();
        assert_eq!(seen, [0, 0, 0, 2, 2]);
        lever.hold(Some(3));
        assert_eq!((0..4).map(|_| lever.gear(2.5, 0.15)).last(), Some(3));
        assert_eq!(lever.gear(0.5, 0.15), 3);
    }
}
