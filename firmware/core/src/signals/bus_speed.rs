//! The speed that a vehicle's bus tells of its wheels.
//!
//! The problem: buses tell one wheel, four or their mean, each in a unit of its own, and a sender that does not know says a
//! number all the same. The answer: the mean of the declared fields of one frame in millimetres a second, in integers; one that
//! is short, absent or frozen tells nothing. It goes out with the signals, as it was last heard, each once.
//!
//! Deliberately not here: which way the wheels turn (few buses tell), and what a wheel that slips means.
use crate::can::{CanFrame, Scale};
use crate::config::CanSpeed;
use kaoguan_telemetry::Speed;
use kaoguan_telemetry::units::MillimetresPerSecond;

/// Faster is no vehicle: 360 km/h.
const FASTEST_MM_S: i64 = 100_000;

/// Follows one frame's fields.
#[derive(Debug, Clone)]
pub struct BusSpeed {
    config: CanSpeed,
    counter: Option<i64>,
    /// Heard since the last one was taken.
    newest: Option<MillimetresPerSecond>,
}

/// What a frame was to the speed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// Another's.
    Nothing,
    /// A speed.
    Speed,
    /// Its fields are not in it, or its sender does not know them.
    Absent,
    /// It has the number of the one before.
    Frozen,
}

impl BusSpeed {
    /// As the configuration declares it.
    pub fn new(config: CanSpeed) -> BusSpeed {
        BusSpeed {
            config,
            counter: None,
            newest: None,
        }
    }

    /// Takes a frame.
    pub fn hear(&mut self, frame: &CanFrame) -> Told {
        if !self.config.frames.have(frame) {
            return Told::Nothing;
        }
        self.newest = None;
        if let Some(layout) = self.config.counter {
            let Some(counter) = layout.raw(frame.data()) else {
                return Told::Absent;
            };
            if self.counter.replace(counter) == Some(counter) {
                return Told::Frozen;
            }
        }
        self.newest = self.speed(frame);
        self.newest.map_or(Told::Absent, |_| Told::Speed)
    }

    /// What was heard since it was last asked.
    pub fn take(&mut self, proven: bool) -> Option<Speed> {
        self.newest.take().map(|speed| Speed { speed, proven })
    }

    /// Nothing is known from now on.
    pub fn forget(&mut self) {
        (self.counter, self.newest) = (None, None);
    }

    fn speed(&self, frame: &CanFrame) -> Option<MillimetresPerSecond> {
        let wheels = &self.config.wheels;
        let mut sum = 0i64;
        for layout in wheels {
            let raw = layout.raw(frame.data())?;
            let is_known = self.config.absent_from.is_none_or(|from| raw < from);
            sum = sum.checked_add(raw.checked_mul(self.config.scale.factor).filter(|_| is_known)?)?;
        }
        let count = i64::try_from(wheels.len()).ok()?;
        mean(sum, count, self.config.scale)
    }
}

/// The mean of so many fields whose numbers, worth what they are, are that sum; rounded, without its sign.
fn mean(sum: i64, count: i64, scale: Scale) -> Option<MillimetresPerSecond> {
    let parts = sum.checked_add(scale.offset.checked_mul(count)?)?.checked_abs()?;
    let per = scale.per.checked_mul(count)?;
    let mm_s = parts.checked_add(per / 2)?.checked_div(per)?;
    let mm_s = i32::try_from(mm_s).ok().filter(|_| mm_s <= FASTEST_MM_S)?;
    Some(MillimetresPerSecond(mm_s))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::can::{Id, Layout, Order};
    use crate::config::Frames;

    /// Four wheels of 16 bits in hundredths of km/h that begin at -67.67, as a real car has them.
    fn wheels() -> BusSpeed {
        let layout = |n: u8| Layout {
            start: 7 + 16 * n,
            length: 16,
            order: Order::Motorola,
            signed: false,
        };
        BusSpeed::new(CanSpeed {
            frames: Frames::Of(Id::Standard(0xAA)),
            wheels: [0, 1, 2, 3].map(layout).into_iter().collect(),
            scale: Scale {
                factor: 2_500,
                offset: -6_767 * 2_500,
                per: 900,
            },
            absent_from: None,
            counter: None,
        })
    }

    fn frame(id: u16, counts: [u16; 4]) -> CanFrame {
        let bytes: std::vec::Vec<u8> = counts.iter().flat_map(|count| count.to_be_bytes()).collect();
        CanFrame::new(Id::Standard(id), &bytes).expect("eight bytes")
    }

    /// 0x1A6F is 6,767: standing. 36.00 km/h are 3,600 counts more: 10 m/s; of 36, 36, 37 and 39 km/h the mean is 37: 10.278 m/s.
    #[test]
    fn the_mean_of_four_wheels() {
        let mut bus = wheels();
        for (counts, mm_s) in [
            ([0x1A6F; 4], 0),
            ([6_767 + 3_600; 4], 10_000),
            ([6_767 + 3_600, 6_767 + 3_600, 6_767 + 3_700, 6_767 + 3_900], 10_278),
            ([6_767 - 360; 4], 1_000),
        ] {
            assert_eq!(bus.hear(&frame(0xAA, counts)), Told::Speed);
            let told = Speed {
                speed: MillimetresPerSecond(mm_s),
                proven: true,
            };
            assert_eq!(bus.take(true), Some(told));
            assert_eq!(bus.take(true), None, "each once");
        }
        assert_eq!(bus.hear(&frame(0xAB, [0; 4])), Told::Nothing);
        let short = CanFrame::new(Id::Standard(0xAA), &[0x1A; 7]).expect("seven bytes");
        assert_eq!(bus.hear(&frame(0xAA, [0x1A6F; 4])), Told::Speed);
        assert_eq!(
            (bus.hear(&short), bus.take(true)),
            (Told::Absent, None),
            "nor the one before"
        );
        assert_eq!(bus.hear(&frame(0xAA, [0xFFFF; 4])), Told::Absent, "588 km/h");
    }

    /// 3 km/h as a truck says it, and that it does not know.
    #[test]
    fn a_truck_s_own_speed() {
        let speed = crate::can::j1939::SPEED;
        let mut bus = BusSpeed::new(CanSpeed {
            frames: Frames::Group(speed.group),
            wheels: core::iter::once(speed.layout).collect(),
            scale: Scale {
                factor: 2_500,
                offset: 0,
                per: 9 * 256,
            },
            absent_from: Some(speed.absent_from),
            counter: None,
        });
        let frame = |count: u16| {
            let [low, high] = count.to_le_bytes();
            CanFrame::new(Id::Extended(0x18FE_F100), &[0, low, high, 0, 0, 0, 0, 0]).expect("eight bytes")
        };
        assert_eq!(bus.hear(&frame(3 * 256)), Told::Speed);
        assert_eq!(bus.take(true).map(|told| told.speed.0), Some(833));
        assert_eq!(bus.hear(&frame(0xFF00)), Told::Absent);
    }

    #[test]
    fn a_frame_with_the_number_of_the_one_before_is_no_news() {
        let mut bus = wheels();
        bus.config.wheels.truncate(1);
        bus.config.counter = Some(Layout {
            start: 63,
            length: 8,
            order: Order::Motorola,
            signed: false,
        });
        let numbered = |counter| frame(0xAA, [0x1A6F, 0, 0, counter]);
        assert_eq!(bus.hear(&numbered(1)), Told::Speed);
        assert_eq!((bus.hear(&numbered(1)), bus.take(true)), (Told::Frozen, None));
        assert_eq!(bus.hear(&numbered(2)), Told::Speed);
        bus.forget();
        assert_eq!((bus.take(true), bus.hear(&numbered(2))), (None, Told::Speed));
    }
}
