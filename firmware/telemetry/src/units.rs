//! Integer quantities. The unit is the type's name; frames and ranges stand in each docstring.
use core::ops::{Add, Neg, Sub};
use minicbor::{Decode, Encode};

macro_rules! quantity {
    ($(#[$doc:meta])* $name:ident($inner:ty)) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
        #[cbor(transparent)]
        pub struct $name(#[n(0)] pub $inner);

        impl Add for $name {
            type Output = Self;
            fn add(self, other: Self) -> Self {
                Self(self.0.saturating_add(other.0))
            }
        }
        impl Sub for $name {
            type Output = Self;
            fn sub(self, other: Self) -> Self {
                Self(self.0.saturating_sub(other.0))
            }
        }
        impl Neg for $name {
            type Output = Self;
            fn neg(self) -> Self {
                Self(self.0.saturating_neg())
            }
        }
    };
}

quantity! {
    /// Distance or height, millimetres. ± 2,147 km.
    Millimetres(i32)
}
quantity! {
    /// Distance, height or standard uncertainty, tenths of a millimetre. ± 214 km.
    TenthMillimetres(i32)
}
quantity! {
    /// Speed, millimetres per second.
    MillimetresPerSecond(i32)
}
quantity! {
    /// Angle, hundredths of a degree. Headings run clockwise from true north, 0 to 35,999.
    Centidegrees(i32)
}
quantity! {
    /// Latitude (north positive) or longitude (east positive), nanodegrees: 1 is 0.11 mm of latitude.
    Nanodegrees(i64)
}
quantity! {
    /// A span of time, microseconds; may be negative.
    Micros(i64)
}
quantity! {
    /// An instant on the unit's own monotonic clock, microseconds since power-on. Never leaves the unit but inside a
    /// [`Stamp::Uptime`](crate::Stamp) or beside raw bytes.
    Uptime(i64)
}

/// An instant of the world: UTC, microseconds since 1970-01-01, leap seconds not counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct EventTime(#[n(0)] pub i64);

impl Sub for EventTime {
    type Output = Micros;
    fn sub(self, earlier: Self) -> Micros {
        Micros(self.0.saturating_sub(earlier.0))
    }
}
impl Add<Micros> for EventTime {
    type Output = EventTime;
    fn add(self, span: Micros) -> EventTime {
        EventTime(self.0.saturating_add(span.0))
    }
}
impl Sub<Micros> for EventTime {
    type Output = EventTime;
    fn sub(self, span: Micros) -> EventTime {
        EventTime(self.0.saturating_sub(span.0))
    }
}
impl Add<Micros> for Uptime {
    type Output = Uptime;
    fn add(self, span: Micros) -> Uptime {
        Uptime(self.0.saturating_add(span.0))
    }
}

impl Micros {
    /// Whole milliseconds as microseconds.
    pub const fn from_millis(ms: i64) -> Micros {
        Micros(ms.saturating_mul(1_000))
    }
    /// Whole seconds as microseconds.
    pub const fn from_secs(s: i64) -> Micros {
        Micros(s.saturating_mul(1_000_000))
    }
}
