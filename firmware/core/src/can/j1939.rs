//! The few fields that every truck and coach has in the same place (SAE J1939-71).
//!
//! A parameter group is named by bits of the identifier; priority and sender do not matter. Two bits say a switch: 0 off, 1 on, 2
//! error, 3 not available; of wider fields the highest values say the same. An error is absence, never "off". Source: sensors.md
//! section 10 [B-high]: to be confirmed on a vehicle.
use super::{CanFrame, Id, Layout, Order};

/// Bits of an extended identifier that name a group sent to all (its second byte is 240 or more).
pub const GROUP_MASK: u32 = 0x03FF_FF00;

/// A field of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parameter {
    /// Parameter group number, of those sent to all.
    pub group: u32,
    /// Where it lies.
    pub layout: Layout,
    /// From this number on it is an error or not available.
    pub absent_from: i64,
}

const fn switch(group: u32, start: u8) -> Parameter {
    parameter(group, start, 2, 2)
}

const fn parameter(group: u32, start: u8, length: u8, absent_from: i64) -> Parameter {
    Parameter {
        group,
        layout: Layout {
            start,
            length,
            order: Order::Intel,
            signed: false,
        },
        absent_from,
    }
}

/// Engine speed, eighths of a revolution a minute: EEC1, bytes 4 and 5.
pub const ENGINE_SPEED: Parameter = parameter(61_444, 24, 16, 0xFB00);
/// Wheel-based speed, 1/256 km/h: CCVS, bytes 2 and 3.
pub const SPEED: Parameter = parameter(65_265, 8, 16, 0xFB00);
/// Parking brake set: CCVS, byte 1 bits 3 and 4.
pub const PARKING_BRAKE: Parameter = switch(65_265, 2);
/// Foot brake pressed: CCVS, byte 4 bits 5 and 6.
pub const BRAKE: Parameter = switch(65_265, 28);
/// Clutch pressed: CCVS, byte 4 bits 7 and 8.
pub const CLUTCH: Parameter = switch(65_265, 30);
/// Current gear and 125: ETC2, byte 4. Park is 251.
pub const GEAR: Parameter = parameter(61_445, 24, 8, 251);

impl Parameter {
    /// Its number in a frame, where that is of its group and has it.
    pub fn read(&self, frame: &CanFrame) -> Option<i64> {
        let Id::Extended(id) = frame.id else { return None };
        let raw = self.layout.raw(frame.data()).filter(|_| group(id) == self.group)?;
        (raw < self.absent_from).then_some(raw)
    }
}

/// The group of an identifier; of those sent to one receiver its address is no part.
pub fn group(id: u32) -> u32 {
    let group = (id & GROUP_MASK) >> 8;
    if group & 0xFF00 < 0xF000 {
        group & 0x3_FF00
    } else {
        group
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(id: u32, data: [u8; 8]) -> CanFrame {
        CanFrame::new(Id::Extended(id), &data).expect("a frame")
    }

    #[test]
    fn speeds_and_switches() {
        let engine = frame(0x0CF0_0400, [0, 0, 0, 0x68, 0x13, 0, 0, 0]);
        assert_eq!(ENGINE_SPEED.read(&engine), Some(621 * 8), "0x1368 eighths");
        // 3.5 km/h; parking brake on, brake off, clutch on.
        let vehicle = frame(0x18FE_F100, [0b0000_0100, 0x80, 0x03, 0b0100_0000, 0, 0, 0, 0]);
        assert_eq!(SPEED.read(&vehicle), Some(3 * 256 + 128));
        let switches = [PARKING_BRAKE, BRAKE, CLUTCH].map(|p| p.read(&vehicle));
        assert_eq!(switches, [Some(1), Some(0), Some(1)]);
        let gear = frame(0x18F0_0503, [0, 0, 0, 124, 0, 0, 0, 0]);
        assert_eq!((GEAR.read(&gear), GEAR.read(&vehicle)), (Some(124), None));
    }

    #[test]
    fn error_and_not_available_are_absent() {
        let nothing = frame(0x18FE_F127, [0xFF; 8]);
        for parameter in [SPEED, PARKING_BRAKE, BRAKE, CLUTCH] {
            assert_eq!(parameter.read(&nothing), None);
        }
        let error = frame(0x18FE_F100, [0b0000_1000, 0, 0xFE, 0b1010_0000, 0, 0, 0, 0]);
        assert_eq!([PARKING_BRAKE, BRAKE, CLUTCH, SPEED].map(|p| p.read(&error)), [None; 4]);
    }

    #[test]
    fn groups() {
        assert_eq!((group(0x18FE_F100), group(0x0CF0_0427)), (65_265, 61_444));
        assert_eq!(group(0x18DA_30F1), 0xDA00, "sent to 0x30");
        let standard = CanFrame::new(Id::Standard(0x100), &[0; 8]).expect("a frame");
        assert_eq!(SPEED.read(&standard), None);
    }
}
