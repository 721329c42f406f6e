//! The signals' names in COVESA's Vehicle Signal Specification, where it has one.
//!
//! Whoever brings a new source (a bus, a gateway, another unit) finds here which of our signals it is, and whoever reads our records
//! which of his. Ours are the switches that an exam asks for; VSS knows cars, so a motorcycle's grips and pegs have no name
//! there. Source: COVESA/vehicle_signal_specification, `spec/` (the clutch: its manual-clutch overlay).
//!
//! | ours | VSS | on when |
//! |---|---|---|
//! | helmet, grips, pegs | - | |
//! | brake_front | - | VSS has no lever of its own |
//! | brake_foot | Chassis.Brake.IsBrakePedalPressed | true |
//! | engine_running | Powertrain.CombustionEngine.IsRunning | true |
//! | starter | LowVoltageSystemState | START |
//! | clutch | Powertrain.Transmission.IsClutchPedalPressed | true |
//! | neutral, reverse | Powertrain.Transmission.CurrentGear | 0, below 0 |
//! | lamp_left, lamp_right | Body.Lights.DirectionIndicator.Left, .Right.IsSignaling | true: VSS means the indicator, ours is the lamp and blinks |
//! | horn | Body.Horn.IsActive | true |
//! | belt | Cabin.Seat.Row1.DriverSide.IsBelted | true |
//! | parking_brake | Chassis.ParkingBrake.IsEngaged | true |
//! | dipped_beam, main_beam | Body.Lights.Beam.Low, .High.IsOn | true |
//! | fog_lamp | Body.Lights.Fog.Front.IsOn | true; Fog.Rear where the rear one is wired |
//! | hazard_lamps | Body.Lights.Hazard.IsSignaling | true |
//! | wiper | Body.Windshield.Front.Wiping.System.IsWiping | true |
//!
//! Deliberately not here: units, percents and everything that VSS has and no exam asks for.
use crate::reading::Signal;

/// A name of VSS, and when what it names means that the signal is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Vss {
    /// The whole path.
    pub path: &'static str,
    /// Its value.
    pub on_when: OnWhen,
}

/// A value of VSS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnWhen {
    /// A boolean is true.
    True,
    /// A text is this one.
    Text(&'static str),
    /// A whole number is zero.
    Zero,
    /// A whole number is below zero.
    Negative,
}

impl Signal {
    /// The signal's name in VSS; `None` where VSS has none.
    pub const fn vss(self) -> Option<Vss> {
        use OnWhen::{Negative, Text, True, Zero};
        let (path, on_when) = match self {
            Signal::Helmet | Signal::GripLeft | Signal::GripRight => return None,
            Signal::PegLeft | Signal::PegRight | Signal::BrakeFront => return None,
            Signal::BrakeFoot => ("Vehicle.Chassis.Brake.IsBrakePedalPressed", True),
            Signal::EngineRunning => ("Vehicle.Powertrain.CombustionEngine.IsRunning", True),
            Signal::Starter => ("Vehicle.LowVoltageSystemState", Text("START")),
            Signal::Clutch => ("Vehicle.Powertrain.Transmission.IsClutchPedalPressed", True),
            Signal::Neutral => ("Vehicle.Powertrain.Transmission.CurrentGear", Zero),
            Signal::LampLeft => ("Vehicle.Body.Lights.DirectionIndicator.Left.IsSignaling", True),
            Signal::LampRight => ("Vehicle.Body.Lights.DirectionIndicator.Right.IsSignaling", True),
            Signal::Horn => ("Vehicle.Body.Horn.IsActive", True),
            Signal::Belt => ("Vehicle.Cabin.Seat.Row1.DriverSide.IsBelted", True),
            Signal::ParkingBrake => ("Vehicle.Chassis.ParkingBrake.IsEngaged", True),
            Signal::Reverse => ("Vehicle.Powertrain.Transmission.CurrentGear", Negative),
            Signal::DippedBeam => ("Vehicle.Body.Lights.Beam.Low.IsOn", True),
            Signal::MainBeam => ("Vehicle.Body.Lights.Beam.High.IsOn", True),
            Signal::FogLamp => ("Vehicle.Body.Lights.Fog.Front.IsOn", True),
            Signal::HazardLamps => ("Vehicle.Body.Lights.Hazard.IsSignaling", True),
            Signal::Wiper => ("Vehicle.Body.Windshield.Front.Wiping.System.IsWiping", True),
        };
        Some(Vss { path, on_when })
    }

    /// The signal of a VSS path and value; `None` where there is none.
    pub fn of_vss(vss: Vss) -> Option<Signal> {
        Signal::ALL
            .into_iter()
            .map(|(signal, _)| signal)
            .find(|signal| signal.vss() == Some(vss))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two signals with one meaning would be one signal; and every path is in the table above.
    #[test]
    fn every_name_leads_back_to_its_signal() {
        let table = include_str!("vss.rs").split("use crate").next().unwrap_or("");
        let mut named = 0;
        for (signal, name) in Signal::ALL {
            let Some(vss) = signal.vss() else { continue };
            named += 1;
            assert_eq!(Signal::of_vss(vss), Some(signal), "{name}");
            let last = vss.path.rsplit('.').next().unwrap_or("");
            assert!(
                vss.path.starts_with("Vehicle.") && table.contains(last),
                "{name}: {}",
                vss.path
            );
            assert!(table.contains(name), "{name} is not in the table");
        }
        assert_eq!(named, 16);
    }
}
