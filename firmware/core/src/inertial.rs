//! What a vehicle's attitude sensor is heard as: one dialect of several, chosen in the configuration.
//!
//! Each dialect is a file that cuts and proves its own frames; all say specific force and angular rate in the same integers.
//! Deliberately not here: guessing the dialect from the bytes, mounting, lean.
use crate::config::{AttitudeConfig, AttitudeDialect};
use crate::counters::PortCounters;
use crate::hipnuc::HiPnuc;
use crate::witmotion::WitMotion;
use kaoguan_telemetry::Attitude;
use kaoguan_telemetry::units::Uptime;

/// One sensor, by its dialect.
// There is no heap to box the largest in, and one is made at the start.
#[allow(clippy::large_enum_variant)]
#[derive(Debug, Clone)]
pub enum Inertial {
    /// Frames of eleven bytes.
    WitMotion(WitMotion),
    /// Frames with a CRC.
    HiPnuc(HiPnuc),
}

impl Inertial {
    /// A sensor as the configuration declares it.
    pub fn new(config: &AttitudeConfig) -> Inertial {
        match config.dialect {
            AttitudeDialect::WitMotion => Inertial::WitMotion(WitMotion::new(config.with_angle)),
            AttitudeDialect::HiPnuc => Inertial::HiPnuc(HiPnuc::new(config.with_angle)),
        }
    }

    /// Takes the next byte; gives the inertial frame that it completed, with the arrival of its first byte.
    pub fn push(&mut self, byte: u8, at: Uptime, counters: &mut PortCounters) -> Option<(Uptime, Attitude)> {
        match self {
            Inertial::WitMotion(frames) => frames.push(byte, at, counters),
            Inertial::HiPnuc(frames) => frames.push(byte, at, counters),
        }
    }

    /// Forgets what is half there.
    pub fn reset(&mut self) {
        match self {
            Inertial::WitMotion(frames) => frames.reset(),
            Inertial::HiPnuc(frames) => frames.reset(),
        }
    }
}
