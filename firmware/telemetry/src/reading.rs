//! One measurement at one event time: what was measured, how sure the sensor is, or a named reason why we don't know.
use crate::units::{Centidegrees, EventTime, Micros, MillimetresPerSecond, Nanodegrees, TenthMillimetres, Uptime};
use minicbor::{Decode, Encode};

/// A unit's name at its site: 1 to 16 bytes of `a-z 0-9 -`, padded with zeros.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnitId([u8; 16]);

impl UnitId {
    /// `None` where the name is empty, longer than 16 bytes, or has another character than `a-z 0-9 -`.
    pub fn new(name: &str) -> Option<UnitId> {
        let fits = !name.is_empty()
            && name.len() <= 16
            && name
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        fits.then(|| {
            let mut bytes = [0; 16];
            for (to, from) in bytes.iter_mut().zip(name.bytes()) {
                *to = from;
            }
            UnitId(bytes)
        })
    }
    /// The name without its padding.
    pub fn as_str(&self) -> &str {
        let len = self.0.iter().position(|b| *b == 0).unwrap_or(16);
        core::str::from_utf8(&self.0[..len]).unwrap_or("")
    }
}

impl core::fmt::Display for UnitId {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl<C> Encode<C> for UnitId {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut minicbor::Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.str(self.as_str())?.ok()
    }
}

impl<'b, C> Decode<'b, C> for UnitId {
    fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        UnitId::new(d.str()?).ok_or_else(|| minicbor::decode::Error::message("unit id: 1 to 16 of a-z 0-9 -"))
    }
}

/// The sources of one unit; each numbers its own samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum Port {
    /// The GNSS receiver: `Heading`, then `Gnss` (same instant), or `NoFix`.
    #[n(0)]
    Receiver,
    /// The attitude sensor: `Attitude`.
    #[n(1)]
    Attitude,
    /// The signal box: `Signals`, `PoleHit`, `Plank`, `Wheel`, `Speed`.
    #[n(2)]
    Signals,
    /// The unit about itself and what reaches it by the network: `Gap`, `Base`.
    #[n(3)]
    Unit,
    /// A drawn vehicle's own GNSS receiver: as [`Port::Receiver`].
    #[n(4)]
    Trailer,
}

impl Port {
    /// All ports in the order of their numbers.
    pub const ALL: [Port; 5] = [Port::Receiver, Port::Attitude, Port::Signals, Port::Unit, Port::Trailer];
}

/// When a sample was true.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub enum Stamp {
    /// UTC, as the receiver's time of validity or mapped from the unit's uptime.
    #[n(0)]
    Utc(#[n(0)] EventTime),
    /// Before the unit's first time lock: its uptime only. Recorded, never judged.
    #[n(1)]
    Uptime(#[n(0)] Uptime),
}

/// One measurement. `(unit, boot, port, seq)` names it for ever; unit and boot stand in its batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Sample {
    /// Which of the unit's sources.
    #[n(0)]
    pub port: Port,
    /// Counts from 0 in each boot, for each port, without holes.
    #[n(1)]
    pub seq: u64,
    /// When it was true.
    #[n(2)]
    pub at: Stamp,
    /// Standard uncertainty of `at`.
    #[n(3)]
    pub at_u: Micros,
    /// What was measured.
    #[n(4)]
    pub reading: Reading,
}

/// What was measured, or why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub enum Reading {
    /// A position with its quality.
    #[n(0)]
    Gnss(#[n(0)] Gnss),
    /// The direction of the antenna baseline; precedes the `Gnss` of the same instant.
    #[n(1)]
    Heading(#[n(0)] Heading),
    /// Specific force and angular rate.
    #[n(2)]
    Attitude(#[n(0)] Attitude),
    /// Switches, lamps and gear.
    #[n(3)]
    Signals(#[n(0)] Signals),
    /// A pole's sensor, relayed by the signal box.
    #[n(4)]
    PoleHit(#[n(0)] PoleHit),
    /// The plank's contacts, relayed by the signal box.
    #[n(5)]
    Plank(#[n(0)] Plank),
    /// The receiver spoke and had no position.
    #[n(6)]
    NoFix(#[n(0)] NoFix),
    /// The port has not spoken for its declared interval; repeated each second while that lasts.
    #[n(7)]
    Silent(#[n(0)] Silent),
    /// The unit lost something for ever, and says so.
    #[n(8)]
    Gap(#[n(0)] Gap),
    /// Nothing older than this stamp will come from this port.
    #[n(9)]
    Beat,
    /// The wheel's pulses so far, counted by the signal box.
    #[n(10)]
    Wheel(#[n(0)] Wheel),
    /// Where the base station says that it stands: each time that changes, and again each half minute.
    #[n(11)]
    Base(#[n(0)] Base),
    /// How fast the wheels turn, as the vehicle's bus tells it.
    #[n(12)]
    Speed(#[n(0)] Speed),
}

/// One quality scale for all sentences (the receivers' own numbers contradict each other).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum Quality {
    /// No solution.
    #[n(0)]
    None,
    /// Autonomous, SBAS or code-differential: "where is it" only.
    #[n(1)]
    Single,
    /// RTK float (wide-lane integers count as float).
    #[n(2)]
    Float,
    /// RTK fixed: a claim, to be gated.
    #[n(3)]
    Fixed,
    /// Dead reckoning.
    #[n(4)]
    DeadReckoning,
    /// Simulator, manual input, base mode: an alarm.
    #[n(5)]
    Invalid,
}

/// Antenna 1's phase centre on WGS 84 / CGCS2000, ellipsoidal height.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Gnss {
    /// Geodetic latitude, north positive.
    #[n(0)]
    pub latitude: Nanodegrees,
    /// Longitude, east positive.
    #[n(1)]
    pub longitude: Nanodegrees,
    /// Height above the ellipsoid (GGA field 9 + field 11).
    #[n(2)]
    pub height: TenthMillimetres,
    /// Quality of the position.
    #[n(3)]
    pub quality: Quality,
    /// Satellites used.
    #[n(4)]
    pub satellites: u8,
    /// Age of the corrections.
    #[n(5)]
    pub age: Option<Micros>,
    /// Receiver's own one-sigma, north; optimistic in practice.
    #[n(6)]
    pub sigma_north: Option<TenthMillimetres>,
    /// Receiver's own one-sigma, east.
    #[n(7)]
    pub sigma_east: Option<TenthMillimetres>,
    /// Receiver's own one-sigma, up.
    #[n(8)]
    pub sigma_up: Option<TenthMillimetres>,
    /// Velocity north (KSXT), or speed over ground times the cosine of the course (RMC).
    #[n(9)]
    pub velocity_north: Option<MillimetresPerSecond>,
    /// Velocity east.
    #[n(10)]
    pub velocity_east: Option<MillimetresPerSecond>,
    /// Resolution of the text the position came in: half of its last digit.
    #[n(11)]
    pub resolution: TenthMillimetres,
}

/// Direction from antenna 1 to antenna 2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Heading {
    /// Clockwise from true north, 0 to 35,999.
    #[n(0)]
    pub heading: Centidegrees,
    /// Baseline pitch, nose up positive, where the receiver gives one.
    #[n(1)]
    pub pitch: Option<Centidegrees>,
    /// Quality of the heading solution.
    #[n(2)]
    pub quality: Quality,
    /// Baseline length, where the receiver gives one.
    #[n(3)]
    pub baseline: Option<TenthMillimetres>,
    /// Receiver's own one-sigma of the heading.
    #[n(4)]
    pub sigma: Option<Centidegrees>,
}

/// Raw inertial frame in the sensor's own axes; calibration turns it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Attitude {
    /// Specific force along the sensor's x, y, z, micrometres per second squared (1 g = 9,806,650).
    #[n(0)]
    pub force_um_s2: [i32; 3],
    /// Angular rate about the sensor's x, y, z, millidegrees per second, right-handed.
    #[n(1)]
    pub rate_mdeg_s: [i32; 3],
    /// The vendor's own roll, pitch, yaw: evidence, never used (falls to zero in a steady turn).
    #[n(2)]
    pub vendor_angle: Option<[Centidegrees; 3]>,
}

/// Signals of the vehicle, by what they mean (the polarity is undone in the unit). Their names in VSS: [`mod@crate::vss`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Signal {
    /// Helmet on.
    Helmet = 0,
    /// Left hand on its grip.
    GripLeft = 1,
    /// Right hand on its grip.
    GripRight = 2,
    /// Left foot on its peg.
    PegLeft = 3,
    /// Right foot on its peg.
    PegRight = 4,
    /// Front brake applied.
    BrakeFront = 5,
    /// Foot brake applied.
    BrakeFoot = 6,
    /// Engine running.
    EngineRunning = 7,
    /// Starter engaged.
    Starter = 8,
    /// Clutch pulled.
    Clutch = 9,
    /// Neutral selected.
    Neutral = 10,
    /// Left turn lamp lit (blinks).
    LampLeft = 11,
    /// Right turn lamp lit (blinks).
    LampRight = 12,
    /// Horn.
    Horn = 13,
    /// Seat belt fastened.
    Belt = 14,
    /// Parking brake applied.
    ParkingBrake = 15,
    /// Reverse gear engaged.
    Reverse = 16,
    /// Dipped beam lit (近光灯).
    DippedBeam = 17,
    /// Main beam lit (远光灯).
    MainBeam = 18,
    /// Fog lamp lit, front or rear as it is wired.
    FogLamp = 19,
    /// Hazard lamps switched on, or lit (blink), as they are wired.
    HazardLamps = 20,
    /// Wiper switched on, or its motor running (pauses between strokes), as it is wired.
    Wiper = 21,
}

impl Signal {
    /// All signals in the order of their bits, with the name that configuration uses.
    pub const ALL: [(Signal, &'static str); 22] = [
        (Signal::Helmet, "helmet"),
        (Signal::GripLeft, "grip_left"),
        (Signal::GripRight, "grip_right"),
        (Signal::PegLeft, "peg_left"),
        (Signal::PegRight, "peg_right"),
        (Signal::BrakeFront, "brake_front"),
        (Signal::BrakeFoot, "brake_foot"),
        (Signal::EngineRunning, "engine_running"),
        (Signal::Starter, "starter"),
        (Signal::Clutch, "clutch"),
        (Signal::Neutral, "neutral"),
        (Signal::LampLeft, "lamp_left"),
        (Signal::LampRight, "lamp_right"),
        (Signal::Horn, "horn"),
        (Signal::Belt, "belt"),
        (Signal::ParkingBrake, "parking_brake"),
        (Signal::Reverse, "reverse"),
        (Signal::DippedBeam, "dipped_beam"),
        (Signal::MainBeam, "main_beam"),
        (Signal::FogLamp, "fog_lamp"),
        (Signal::HazardLamps, "hazard_lamps"),
        (Signal::Wiper, "wiper"),
    ];
    /// The signal's bit in [`Signals::known`] and [`Signals::on`].
    pub const fn bit(self) -> u32 {
        1 << self as u8
    }
    /// By its configuration name.
    pub fn named(name: &str) -> Option<Signal> {
        Self::ALL
            .iter()
            .find(|(_, have)| *have == name)
            .map(|(signal, _)| *signal)
    }
}

/// One frame of the signal box.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Signals {
    /// Which signals are wired on this vehicle, a bit each.
    #[n(0)]
    pub known: u32,
    /// Which of those are on.
    #[n(1)]
    pub on: u32,
    /// Selected gear, where it is wired.
    #[n(2)]
    pub gear: Option<Gear>,
    /// The box's own roll, right side down positive: evidence only.
    #[n(3)]
    pub roll: Option<Centidegrees>,
    /// The box's own pitch, nose up positive: evidence only.
    #[n(4)]
    pub pitch: Option<Centidegrees>,
    /// True where the frame's check byte was proven; false where its algorithm is undeclared and only length, spacing
    /// and counter vouch for it: then no single frame may charge a fault.
    #[n(5)]
    pub proven: bool,
    /// [`Signals::on`] once more, debounced and with blinking bridged as the unit's file declares it for each signal; what has
    /// no such declaration is as in `on`. `None` where nothing has one. The edges of `on` are the raw ones.
    #[n(6)]
    pub steady: Option<u32>,
}

impl Signals {
    /// The signal's state, `None` where it is not wired.
    pub fn get(&self, signal: Signal) -> Option<bool> {
        (self.known & signal.bit() != 0).then_some(self.on & signal.bit() != 0)
    }
}

/// Selected gear.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub enum Gear {
    /// Neutral, or between gears.
    #[n(0)]
    Neutral,
    /// Forward gear, 1 up.
    #[n(1)]
    Forward(#[n(0)] u8),
    /// Reverse.
    #[n(2)]
    Reverse,
}

/// A pole's own sensor spoke.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct PoleHit {
    /// Item type as the box numbers it: 1 pole course, 2 width gate, 3 tractor poles, 4 obstacles, 5 plank bridge.
    #[n(0)]
    pub item: u8,
    /// Which pole, from 1.
    #[n(1)]
    pub pole: u8,
    /// False when hit, true when it stands again.
    #[n(2)]
    pub restored: bool,
    /// As [`Signals::proven`].
    #[n(3)]
    pub proven: bool,
}

/// Which wheels the plank's contacts feel.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Plank {
    /// Front wheel on the plank, of two wheels abreast the left one; `None` where no contact is wired.
    #[n(0)]
    pub front: Option<bool>,
    /// Rear wheel on the plank, of two wheels abreast the left one.
    #[n(1)]
    pub rear: Option<bool>,
    /// As [`Signals::proven`].
    #[n(2)]
    pub proven: bool,
    /// The right one of two front wheels; left out by units that know of two wheels only.
    #[n(3)]
    pub front_right: Option<bool>,
    /// The right one of two rear wheels, or a sidecar's.
    #[n(4)]
    pub rear_right: Option<bool>,
}

/// What the signal box has counted of a wheel's pulses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Wheel {
    /// Pulses since the box was switched on, forwards and backwards alike; wraps at 65,536.
    #[n(0)]
    pub pulses: u16,
    /// As [`Signals::proven`].
    #[n(1)]
    pub proven: bool,
}

/// How fast the wheels turn, whichever way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Speed {
    /// The mean of the wheels that are told, 0 to 100,000. Below about 300 many buses say 0.
    #[n(0)]
    pub speed: MillimetresPerSecond,
    /// As [`Signals::proven`].
    #[n(1)]
    pub proven: bool,
}

/// Where the base station of the corrections says that it stands: the antenna reference point of RTCM 1005 or 1006, earth-centred
/// earth-fixed in the base's own datum. A service with virtual stations has a new one each session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Base {
    /// The station's number, 0 to 4,095.
    #[n(0)]
    pub station: u16,
    /// Towards the Greenwich meridian on the equator, 38 bits: ± 13,743 km.
    #[n(1)]
    pub x_tenth_mm: i64,
    /// Towards 90° east on the equator.
    #[n(2)]
    pub y_tenth_mm: i64,
    /// Towards the north pole.
    #[n(3)]
    pub z_tenth_mm: i64,
    /// The antenna reference point above the mark, 0 to 65,535; `None` where the base does not say (1005).
    #[n(4)]
    pub antenna_height: Option<TenthMillimetres>,
}

/// Why a receiver that spoke had no position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum NoFix {
    /// It says so (quality 0 or empty).
    #[n(0)]
    NoSolution,
    /// Its text resolves less than a centimetre.
    #[n(1)]
    Coarse,
    /// Two sentences of one epoch contradict each other.
    #[n(2)]
    Contradiction,
}

/// Why a port is silent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Silent {
    /// No byte came.
    #[n(0)]
    NoBytes,
    /// Bytes came, none of them a sentence (wrong baud rate, noise).
    #[n(1)]
    Garbage,
    /// The device is gone.
    #[n(2)]
    Unplugged,
}

/// Everything of this unit between two instants is lost, beyond what has arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Gap {
    /// The boot in which it was lost.
    #[n(0)]
    pub boot: u32,
    /// Last instant known to be on the unit's disk, in that boot.
    #[n(1)]
    pub from: EventTime,
    /// First instant measured again.
    #[n(2)]
    pub to: EventTime,
}
