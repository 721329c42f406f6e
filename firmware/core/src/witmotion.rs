//! WitMotion's serial frames `55 TT d0..d7 SUM`: acceleration and angular rate joined to one inertial frame a cycle.
//!
//! The problem: `55` also occurs in data, the sum has eight bits, and one measurement is spread over several frames.
//! The answer: a frame needs its start, a known type and its sum, otherwise the search moves on by one byte. A cycle is
//! an acceleration (0x51) followed within 50 ms by a rate (0x52); the vendor's angle (0x53) that came since the cycle
//! before is attached as evidence. Source: sensors.md section 9.1.
//!
//! Deliberately not here: calibration, mounting, tilt (the vendor's angle falls to zero in a steady turn).
use crate::counters::PortCounters;
use crate::window::Window;
use kaoguan_telemetry::Attitude;
use kaoguan_telemetry::units::{Centidegrees, Micros, Uptime};

const START: u8 = 0x55;
const LENGTH: usize = 11;
const TYPES: core::ops::RangeInclusive<u8> = 0x50..=0x5A;
/// Two frames of one cycle follow each other at once: 11.5 ms at 9,600 baud, with room for a slow read.
const CYCLE_MAX: Micros = Micros(50_000);
/// 16 g and 2,000 degrees per second are full scale, which is 32,768.
const FORCE_FULL_UM_S2: i64 = 16 * 9_806_650;
const RATE_FULL_MDEG_S: i64 = 2_000_000;
const ANGLE_FULL_CDEG: i64 = 18_000;
const FULL: i64 = 32_768;

/// Cuts one port's bytes into inertial frames.
#[derive(Debug, Clone, Default)]
pub struct WitMotion {
    window: Window<LENGTH>,
    with_angle: bool,
    force: Option<(Uptime, [i32; 3])>,
    angle: Option<[Centidegrees; 3]>,
}

impl WitMotion {
    /// `with_angle`: keep the vendor's own angles as evidence.
    pub fn new(with_angle: bool) -> WitMotion {
        WitMotion {
            with_angle,
            ..WitMotion::default()
        }
    }

    /// Takes the next byte; gives the frame that it completed, with the arrival of the cycle's first byte.
    pub fn push(&mut self, byte: u8, at: Uptime, counters: &mut PortCounters) -> Option<(Uptime, Attitude)> {
        self.window.push(byte, at);
        loop {
            counters.ignored += self.window.seek(could_begin) as u64;
            let (first, frame) = (self.window.first()?, *self.window.bytes().first_chunk::<LENGTH>()?);
            if sums(&frame) {
                self.window.drop_front(LENGTH);
                counters.sentences += 1;
                return self.frame(&frame, first, counters);
            }
            counters.bad_checksum += 1;
            counters.ignored += 1;
            self.window.drop_front(1);
        }
    }

    /// Forgets what is half there.
    pub fn reset(&mut self) {
        *self = WitMotion::new(self.with_angle);
    }

    fn frame(&mut self, f: &[u8; LENGTH], first: Uptime, counters: &mut PortCounters) -> Option<(Uptime, Attitude)> {
        let [_, kind, xl, xh, yl, yh, zl, zh, ..] = *f;
        let raw = [[xl, xh], [yl, yh], [zl, zh]].map(|pair| i64::from(i16::from_le_bytes(pair)));
        match kind {
            0x51 => {
                let lone = self.force.replace((first, raw.map(|v| scaled(v, FORCE_FULL_UM_S2))));
                counters.incomplete += u64::from(lone.is_some());
                None
            }
            0x52 => self.complete(first, raw.map(|v| scaled(v, RATE_FULL_MDEG_S)), counters),
            0x53 if self.with_angle => {
                self.angle = Some(raw.map(|v| Centidegrees(scaled(v, ANGLE_FULL_CDEG))));
                None
            }
            _ => {
                counters.unknown += 1;
                None
            }
        }
    }

    fn complete(
        &mut self,
        at: Uptime,
        rate_mdeg_s: [i32; 3],
        counters: &mut PortCounters,
    ) -> Option<(Uptime, Attitude)> {
        let vendor_angle = self.angle.take();
        let partner = self
            .force
            .take()
            .filter(|(first, _)| at.0.saturating_sub(first.0) <= CYCLE_MAX.0);
        counters.incomplete += u64::from(partner.is_none());
        let (first, force_um_s2) = partner?;
        Some((
            first,
            Attitude {
                force_um_s2,
                rate_mdeg_s,
                vendor_angle,
            },
        ))
    }
}

fn could_begin(bytes: &[u8]) -> bool {
    bytes.first() == Some(&START) && bytes.get(1).is_none_or(|kind| TYPES.contains(kind))
}

fn sums(frame: &[u8; LENGTH]) -> bool {
    let [body @ .., sum] = frame;
    body.iter().fold(0u8, |total, b| total.wrapping_add(*b)) == *sum
}

/// `raw / 32768` of full scale, rounded half away from zero; at most 157 million, so it fits.
fn scaled(raw: i64, full_scale: i64) -> i32 {
    let product = raw * full_scale;
    let half = if product < 0 { -FULL / 2 } else { FULL / 2 };
    ((product + half) / FULL) as i32
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    /// The vectors of sensors.md section 9.1.
    const FORCE: [u8; 11] = [0x55, 0x51, 0, 0, 0, 0, 0, 8, 0xc4, 9, 0x7b];
    const RATE: [u8; 11] = [0x55, 0x52, 0, 0, 0, 0, 0x48, 1, 0xc4, 9, 0xbd];
    const ANGLE: [u8; 11] = [0x55, 0x53, 0x1c, 7, 0x94, 0xfe, 0, 0x40, 0, 0, 0x9d];

    fn run(bytes: &[u8]) -> (Vec<Attitude>, PortCounters) {
        let (mut wit, mut counters) = (WitMotion::new(true), PortCounters::default());
        let frames = bytes
            .iter()
            .filter_map(|b| wit.push(*b, Uptime(7), &mut counters))
            .map(|(_, a)| a)
            .collect();
        (frames, counters)
    }

    #[test]
    fn one_cycle_is_one_sample_and_the_angle_comes_with_the_next() {
        let (frames, counters) = run(&[FORCE, RATE, ANGLE, FORCE, RATE].concat());
        assert_eq!(frames.len(), 2);
        // 0x0800 / 32768 * 16 g is exactly 1 g; 0x0148 = 328 / 32768 * 2000 deg/s = 20.0195 deg/s.
        assert_eq!(frames[0].force_um_s2, [0, 0, 9_806_650]);
        assert_eq!(frames[0].rate_mdeg_s, [0, 0, 20_020]);
        assert_eq!(frames[0].vendor_angle, None);
        // 0x071c = 1820 -> 9.998 deg; 0xfe94 = -364 -> -1.9995 deg; 0x4000 -> 90 deg.
        assert_eq!(
            frames[1].vendor_angle,
            Some([Centidegrees(1_000), Centidegrees(-200), Centidegrees(9_000)])
        );
        assert_eq!((counters.sentences, counters.bad_checksum, counters.ignored), (5, 0, 0));
    }

    #[test]
    fn a_lost_byte_costs_its_cycle_only() {
        let broken = [&FORCE[..4], &FORCE[5..], &RATE, &FORCE, &RATE].concat();
        let (frames, counters) = run(&broken);
        assert_eq!(frames.len(), 1);
        assert!(counters.bad_checksum > 0 && counters.incomplete == 1, "{counters:?}");
    }

    #[test]
    fn the_start_byte_inside_data_is_not_a_start() {
        // x = 0x5155: the data holds `55 51`.
        let mut tricky = [0x55, 0x51, 0x55, 0x51, 0, 0, 0, 8, 0, 0, 0];
        tricky[10] = tricky[..10].iter().fold(0u8, |s, b| s.wrapping_add(*b));
        let (frames, _) = run(&[&[0x55, 0x00, 0x55][..], &tricky, &RATE].concat());
        // 0x5155 = 20821; 20821 * 156906400 um/s2 / 32768 = 99699345.53
        assert_eq!(frames[0].force_um_s2[0], 99_699_346);
    }

    #[test]
    fn a_rate_without_its_acceleration_is_counted() {
        let (frames, counters) = run(&[RATE, FORCE, FORCE, RATE, RATE].concat());
        assert_eq!((frames.len(), counters.incomplete), (1, 3));
    }

    #[test]
    fn a_stale_acceleration_is_no_partner() {
        let (mut wit, mut counters) = (WitMotion::new(false), PortCounters::default());
        for (bytes, at) in [(FORCE, 0), (RATE, 50_001)] {
            for b in bytes {
                assert_eq!(wit.push(b, Uptime(at), &mut counters), None);
            }
        }
        assert_eq!(counters.incomplete, 1);
    }
}
