//! What a unit must be told about its ports: latencies, intervals and the signal box's wiring.
//!
//! The problem: polarity, check byte and latency differ per vehicle and per box, and a guessed default is a wrong exam.
//! The answer: all of it is declared. Deliberately not here: reading a file (the shell does that), baud rates.
use crate::can::ask::AskConfig;
use crate::can::obd::Pid;
use crate::can::{Id, Layout, Scale};
use heapless::Vec;
use kaoguan_telemetry::Signal;
use kaoguan_telemetry::units::Micros;

/// Wires a box may have: every signal once, with room for two that a later firmware names.
pub const WIRES_MAX: usize = 24;
/// Pole sensors one unit may relay: a pole course has five, the box of sensors.md section 11.2 eight.
pub const POLES_MAX: usize = 8;

/// Modules of one line. An exam vehicle or a site's item has some twenty contacts; two modules of 16 hold them.
pub const MODULES_MAX: usize = 4;

/// Everything the core is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The GNSS receiver's port.
    pub receiver: ReceiverConfig,
    /// The receiver of what is drawn behind, where there is one. It never moves the clock.
    pub trailer: Option<ReceiverConfig>,
    /// The attitude sensor's port.
    pub attitude: AttitudeConfig,
    /// The signal box, on its own port or as text among the receiver's sentences.
    pub signals: SignalConfig,
    /// Where the time is the site's ([`crate::site_clock`]): a time that is more uncertain than this is none. Then there is neither
    /// a receiver nor an attitude sensor, and what is said of them above is not looked at.
    pub site_clock: Option<Micros>,
}

/// The receiver's port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReceiverConfig {
    /// From the time of validity to the arrival of an epoch's first byte, at its quickest.
    pub latency: Micros,
    /// After this long without a sample the port says `Silent`. Taken as at least 10 ms and at most 1 s, because
    /// whoever joins the ports waits for one sample a second.
    pub silence: Micros,
    /// Added to the time of a sentence with nothing but a direction, so that it joins the position of its instant: boards
    /// are in the field whose `$GPHPD` is tagged one epoch behind the GGA with the same position (sensors.md section 0.5).
    pub heading_skew: Micros,
}

/// The attitude sensor's port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AttitudeConfig {
    /// How it speaks.
    pub dialect: AttitudeDialect,
    /// From the measurement to the arrival of its first byte.
    pub latency: Micros,
    /// As [`ReceiverConfig::silence`].
    pub silence: Micros,
    /// Keep the vendor's own angles as evidence.
    pub with_angle: bool,
}

/// How an attitude sensor speaks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum AttitudeDialect {
    /// [`crate::witmotion`].
    #[default]
    WitMotion,
    /// [`crate::hipnuc`].
    HiPnuc,
}

/// How a signal box speaks.
// There is no heap to box the largest in, and one is made at the start.
#[allow(clippy::large_enum_variant)]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Dialect {
    /// The STC15 baseboard's binary frame, or the same as `$ZBSJ` text: sensors.md section 11.3.
    Stc15,
    /// Frames of text from `IND:` to `VA:`, proven by a CRC-16: sensors.md section 11.2. What the wiring's
    /// bytes and bits are says [`crate::signals::ind`].
    Ind,
    /// Modules that are asked for their inputs: [`crate::signals::modbus`].
    Modbus(ModbusConfig),
    /// A collector of poles' sensors: [`crate::signals::hs_motion`].
    HsMotion,
    /// The vehicle's own bus, as a logger's lines: [`crate::signals::bus`].
    Can(CanConfig),
}

/// What is read of a vehicle's bus. The wiring's byte is a field's number, its bit is 0, and "high" is that the field has its
/// value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CanConfig {
    /// The bus that is listened to, as the logger names it.
    pub bus: Vec<u8, 16>,
    /// The fields that signals are.
    pub fields: Vec<CanField, WIRES_MAX>,
    /// The selected gear as J1939 has it.
    pub gear: bool,
    /// True where the lines come from the kernel itself: each frame was proven by its sum. A line over a wire has none.
    pub is_proven: bool,
    /// The speed of the wheels, where the bus tells it.
    pub speed: Option<CanSpeed>,
    /// What is asked. Where it is `None`, nothing is ever sent.
    pub ask: Option<AskConfig>,
}

/// Wheels of one speedometer.
pub const SPEEDS_MAX: usize = 4;

/// The fields of one frame that tell how fast its wheels turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CanSpeed {
    /// Whose frames carry it.
    pub frames: Frames,
    /// Where each wheel's lies; their mean is the vehicle's.
    pub wheels: Vec<Layout, SPEEDS_MAX>,
    /// What their numbers are worth, in millimetres a second.
    pub scale: Scale,
    /// From this number on the sender does not know it.
    pub absent_from: Option<i64>,
    /// Where the same frames are numbered: as [`CanField::counter`].
    pub counter: Option<Layout>,
}

/// A field and the value that means "high".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CanField {
    /// Whose frames carry it.
    pub frames: Frames,
    /// Where it lies.
    pub layout: Layout,
    /// The numbers that mean "high"; every other one means "low".
    pub high: High,
    /// From this number on the sender does not know it.
    pub absent_from: Option<i64>,
    /// Where the same frames are numbered: one with the number of the one before is no news of the sender.
    pub counter: Option<Layout>,
}

/// Which numbers of a field mean "high".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum High {
    /// This one.
    Is(i64),
    /// This one and those above it.
    AtLeast(i64),
}

/// Frames of a bus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Frames {
    /// Of this identifier.
    Of(Id),
    /// Of this J1939 group, whoever sends it.
    Group(u32),
    /// Answers to this OBD-II question, whoever asked it.
    Answers(Pid),
}

/// Modules on one Modbus RTU line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModbusConfig {
    /// One range of each; no two at one address.
    pub modules: Vec<Module, MODULES_MAX>,
    /// From one round of questions to the next, if the answers are as quick.
    pub every: Micros,
    /// How long an answer is waited for.
    pub answer: Micros,
}

/// One module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Module {
    /// Its address on the line, 1 to 247.
    pub address: u8,
    /// What is read.
    pub table: Table,
    /// The first input, from 0 as it goes over the line (a manual's 10001 is 0).
    pub from: u16,
    /// How many, 1 to 32.
    pub count: u8,
}

/// What is read of a module, by the number of its function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Table {
    /// Coils.
    Coils = 1,
    /// Discrete inputs.
    Inputs = 2,
}

/// The signal box. What only one dialect has is not looked at in the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignalConfig {
    /// How it speaks.
    pub dialect: Dialect,
    /// How the frame's last byte is computed, as far as this box's maker has declared it.
    pub check: Check,
    /// Bytes of a frame's body: 60, or 65 with older firmware. Values under 60 or over 65 are taken as 60 and 65.
    pub length: u8,
    /// The shortest believable span between two frames; only asked where `check` is [`Check::None`].
    pub spacing_min: Micros,
    /// The longest believable span between two frames.
    pub spacing_max: Micros,
    /// Which bit is which signal. A signal without a wire is not known; a wire outside the frame is none.
    pub wiring: Vec<Wire, WIRES_MAX>,
    /// The low nibble of byte 2 is the selected gear.
    pub gear: bool,
    /// Bytes 35 to 37 are the poles' sensors.
    pub pole_hits: bool,
    /// Poles' sensors that have a place of their own in the frame.
    pub poles: Vec<PoleWire, POLES_MAX>,
    /// The box counts a wheel's pulses (bytes 14 and 15, or `SPEED`).
    pub odometer: bool,
    /// Where the plank's contacts are, if there are any.
    pub plank: Option<PlankWiring>,
    /// From the switch to the arrival of the frame's first byte.
    pub latency: Micros,
    /// As [`ReceiverConfig::silence`].
    pub silence: Micros,
}

/// One signal's place in the frame. Polarity has no default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wire {
    /// What it means.
    pub signal: Signal,
    /// Byte of the body, from 0.
    pub byte: u8,
    /// Bit of that byte, 0 is the lowest.
    pub bit: u8,
    /// True where a set bit means "on".
    pub active_high: bool,
    /// How long it must last to count in [`kaoguan_telemetry::Signals::steady`].
    pub hold: Hold,
}

/// How long a switch must be heard on, or off, until it is said to be steadily so. Zero: at once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Hold {
    /// Off before: on after this long.
    pub on: Micros,
    /// On before: off after this long. Longer than its dark half it bridges the blinking of a lamp.
    pub off: Micros,
}

/// One pole sensor's place in the frame. Polarity has no default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoleWire {
    /// Item type, as in [`kaoguan_telemetry::PoleHit::item`].
    pub item: u8,
    /// Which pole of the item, from 1.
    pub pole: u8,
    /// As [`Wire::byte`].
    pub byte: u8,
    /// As [`Wire::bit`].
    pub bit: u8,
    /// True where a set bit means "hit".
    pub active_high: bool,
}

/// The plank contacts' place in the frame (byte 34 as the box's maker numbers them).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlankWiring {
    /// Byte of the body, from 0.
    pub byte: u8,
    /// Bit of the front wheel's contact, of two wheels abreast the left one's.
    pub front_bit: u8,
    /// Bit of the rear wheel's contact, of two wheels abreast the left one's.
    pub rear_bit: u8,
    /// Bit of the right front wheel's contact, where there is one.
    pub front_right_bit: Option<u8>,
    /// Bit of the right rear wheel's contact, or of a sidecar's wheel, where there is one.
    pub rear_right_bit: Option<u8>,
    /// True where a set bit means "on the plank"; the maker's two comments contradict each other, so it is measured.
    pub active_high: bool,
}

/// How a frame's last byte vouches for the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    /// Undeclared: length, spacing and counter vouch instead, and nothing is `proven`.
    None,
    /// Exclusive-or of the body before it.
    Xor,
    /// Low byte of the sum of the body before it.
    Sum,
    /// As `Xor`, with the four bytes of the header.
    XorWithHeader,
    /// As `Sum`, with the four bytes of the header.
    SumWithHeader,
}

impl Check {
    /// All of them, with the name that configuration uses.
    pub const ALL: [(Check, &'static str); 5] = [
        (Check::None, "none"),
        (Check::Xor, "xor"),
        (Check::Sum, "sum"),
        (Check::XorWithHeader, "xor_with_header"),
        (Check::SumWithHeader, "sum_with_header"),
    ];

    /// By its configuration name.
    pub fn named(name: &str) -> Option<Check> {
        Self::ALL
            .iter()
            .find(|(_, have)| *have == name)
            .map(|(check, _)| *check)
    }
}

/// The silence a port really has: [`ReceiverConfig::silence`] explains the bounds.
pub(crate) fn bounded_silence(asked: Micros) -> Micros {
    Micros(asked.0.clamp(10_000, 1_000_000))
}
