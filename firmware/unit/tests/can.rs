//! A real car's buses: what the DBC file describes equals the car's own truth in every sample.
use kaoguan_telemetry::units::Uptime;
use kaoguan_telemetry::{Port, Reading, Signal};
use kaoguan_unit::Config;
use kaoguan_unit::config::dbc::{Dbc, Field};
use kaoguan_unit_core::can::candump::Carried;
use kaoguan_unit_core::can::{Id, Layout, Order, candump};
use kaoguan_unit_core::{CanConfig, Dialect, Frames, Input, Output, Unit};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;

const EXAMPLE: &str = include_str!("../unit.example.toml");
/// Written for this test, in the shapes of real ones.
const DBC: &str = r#"VERSION ""

NS_ :

BS_:

BU_: ECU

BO_ 1556 LAMPS: 8 ECU
 SG_ TURN : 29|2@0+ (1,0) [0|3] "" ECU
 SG_ MODE M : 0|8@1+ (1,0) [0|3] "" ECU
 SG_ SOMETIMES m1 : 8|8@1+ (1,0) [0|3] "" ECU

BO_ 2566844672 BODY: 8 ECU
 SG_ UNLATCHED : 6|1@1- (0.5,-1.25) [0|1] "" ECU
 SG_ FAR : 60|8@1+ (1,0) [0|1] "" ECU
"#;

fn data(path: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("KAOGUAN_DATA");
    if folder.is_none() {
        println!("KAOGUAN_DATA is unset: {path} is not read");
    }
    Some(PathBuf::from(folder?).join(path))
}

/// A minute of a real car.
struct Car {
    /// What a logger wrote.
    log: Vec<u8>,
    dbc: PathBuf,
    /// The speed of each wheel, m/s with six digits: a row for each frame that has them.
    truth: String,
}

impl Car {
    /// `None` where there are no recordings.
    fn read() -> Option<Car> {
        let log = data("can/rav4-a.candump.log.gz")?;
        let unpacked = Command::new("gzip").arg("-dc").arg(&log).output();
        let unpacked = unpacked.expect("gzip of the system");
        assert!(unpacked.status.success());
        let truth = std::fs::read_to_string(data("can/rav4-a.truth.csv")?);
        Some(Car {
            log: unpacked.stdout,
            dbc: data("can/toyota_2017.dbc")?,
            truth: truth.expect("the truth"),
        })
    }
}

#[test]
fn wheel_speeds_of_the_real_log_equal_the_truth_in_every_sample() {
    let Some(car) = Car::read() else { return };
    let dbc = Dbc::load(&car.dbc).expect("a description");
    let fields: Vec<Field> = ["FL", "FR", "RL", "RR"]
        .iter()
        .map(|wheel| {
            dbc.field("WHEEL_SPEEDS", &format!("WHEEL_SPEED_{wheel}"))
                .expect("a field")
        })
        .collect();
    let (mut decoded, mut lines) = (BTreeMap::new(), 0);
    for line in car.log.split(|b| *b == b'\n').filter(|line| !line.is_empty()) {
        let logged = candump::read(line).unwrap_or_else(|e| panic!("{e:?}: {}", String::from_utf8_lossy(line)));
        lines += 1;
        let Carried::Data(frame) = logged.carried else {
            panic!("{logged:?}")
        };
        if frame.id == Id::Standard(0xAA) && logged.bus == b"can0" {
            let speeds = fields.iter().map(|field| {
                let raw = field.layout.raw(frame.data()).expect("eight bytes");
                // Hundredths of km/h are 1/360 m/s.
                assert_eq!((field.id, field.scale.per), (Id::Standard(0xAA), 100));
                field.scale.parts(raw)
            });
            decoded.insert(logged.at.0, speeds.collect::<Vec<_>>());
        }
    }
    let mut compared = 0;
    for row in car.truth.lines().skip(1) {
        let row: Vec<&str> = row.split(',').collect();
        let at = row[0].replace('.', "").parse::<i64>().expect("microseconds");
        let speeds = &decoded[&at];
        for (parts, said) in speeds.iter().zip(&row[2..6]) {
            // The table has six digits of m/s: compared in whole micrometres, rounded as the table is.
            let millionths = (parts * 1_000_000 * 2 + 360) / (360 * 2);
            assert_eq!(
                format!("{}.{:06}", millionths / 1_000_000, millionths % 1_000_000),
                **said,
                "at {at}"
            );
            compared += 1;
        }
    }
    println!("{lines} lines, {compared} speeds");
    assert_eq!((decoded.len(), compared), (1_658, 4 * 1_658));
}

#[test]
fn a_description_gives_place_and_worth_or_says_why_not() {
    let dbc = Dbc::parse(DBC).expect("a description");
    let field = dbc.field("BODY", "UNLATCHED").expect("a field");
    assert_eq!(field.id, Id::Extended(0x18FE_F100));
    let layout = Layout {
        start: 6,
        length: 1,
        order: Order::Intel,
        signed: true,
    };
    assert_eq!(field.layout, layout);
    assert_eq!(
        (field.scale.factor, field.scale.offset, field.scale.per),
        (50, -125, 100)
    );
    for (message, name, why) in [
        ("BODY", "LATCHED", "it has UNLATCHED, FAR"),
        ("BODI", "UNLATCHED", "is no message"),
        ("LAMPS", "SOMETIMES", "is not in every frame"),
        ("BODY", "FAR", "does not fit"),
    ] {
        let said = dbc.field(message, name).expect_err("must be refused");
        assert!(said.contains(why), "{why} is not in: {said}");
    }
    assert!(Dbc::parse("no description").is_err());
}

fn with_box(dbc: &str, more: &str) -> String {
    let (before, _) = EXAMPLE.split_once("[signal_box]").expect("a section");
    format!(
        "{before}[signal_box]\ndialect = \"can\"\npath = \"/dev/ttyUSB2\"\nbaud = \"115200 baud\"\nlatency = \"10 ms\"\n\
         bus = \"can0\"\ndbc = {dbc:?}\n[signal_box.signals]\n\
         lamp_left = {{ message = \"LAMPS\", field = \"TURN\", value = 1, counter = \"MODE\", on_when = \"equal\" }}\n\
         belt = {{ message = \"BODY\", field = \"UNLATCHED\", value = 1, on_when = \"other\" }}\n\
         clutch = {{ j1939 = \"clutch\", on_when = \"equal\" }}\n{more}"
    )
}

#[test]
fn the_bus_is_a_dialect_of_the_signal_box() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("car.dbc");
    std::fs::write(&path, DBC).expect("written");
    let path = path.to_string_lossy();
    let config = Config::parse(&with_box(&path, ""), "can.toml").unwrap_or_else(|e| panic!("{e}"));
    let signals = config.core.signals;
    let Dialect::Can(CanConfig {
        bus,
        fields,
        gear,
        is_proven: false,
        ask: None,
        speed: None,
    }) = signals.dialect
    else {
        panic!("{:?}", signals.dialect)
    };
    assert_eq!((&bus[..], gear, fields.len()), (&b"can0"[..], false, 3));
    for wire in &signals.wiring {
        let field = fields[usize::from(wire.byte)];
        let expected = match wire.signal {
            Signal::LampLeft => (Frames::Of(Id::Standard(0x614)), true, None),
            Signal::Belt => (Frames::Of(Id::Extended(0x18FE_F100)), false, None),
            _ => (Frames::Group(65_265), true, Some(2)),
        };
        assert_eq!(field.counter.is_some(), wire.signal == Signal::LampLeft);
        assert_eq!(
            (field.frames, wire.active_high, field.absent_from),
            expected,
            "{wire:?}"
        );
    }
    let more = "lamp_right = { message = \"LAMPS\", field = \"TURN\", value = 1, on_when = \"equal\" }\n\
                horn = { message = \"LAMPS\", field = \"HORN\", value = 1, on_when = \"equal\" }\n";
    let said = Config::parse(&with_box(&path, more), "bad.toml")
        .expect_err("must be refused")
        .to_string();
    for part in ["2 faults", "\"HORN\" is no field of LAMPS", "is LampLeft already"] {
        assert!(said.contains(part), "{part} is not in:\n{said}");
    }
    let said = Config::parse(&with_box("/nowhere/car.dbc", ""), "bad.toml")
        .expect_err("must be refused")
        .to_string();
    assert!(
        said.contains("1 faults in") && said.contains("signal_box.dbc: /nowhere/car.dbc"),
        "{said}"
    );
}

const SPEED: &str = "[signal_box.speed]\nmessage = \"BODY\"\nfields = [\"UNLATCHED\"]\nunit = \"mph\"\n";

/// A field of halves of a mile an hour from -1.25 on: one count is -0.75 mph, 335.28 mm/s backwards.
#[test]
fn a_speed_is_worth_what_its_field_and_its_unit_say() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("car.dbc");
    std::fs::write(&path, DBC).expect("written");
    let path = path.to_string_lossy();
    let read = |speed: &str| Config::parse(&with_box(&path, speed), "can.toml");
    let speed_of = |speed: &str| match read(speed).unwrap_or_else(|e| panic!("{e}")).core.signals.dialect {
        Dialect::Can(CanConfig { speed: Some(speed), .. }) => speed,
        other => panic!("{other:?}"),
    };
    let speed = speed_of(SPEED);
    assert_eq!(
        (speed.frames, speed.wheels.len()),
        (Frames::Of(Id::Extended(0x18FE_F100)), 1)
    );
    assert_eq!(speed.scale.parts(1) * 100, -33_528 * speed.scale.per);
    let truck = speed_of("[signal_box.speed]\nj1939 = \"speed\"\n");
    assert_eq!((truck.frames, truck.absent_from), (Frames::Group(65_265), Some(0xFB00)));
    for (from, to, said) in [
        ("\"mph\"", "\"knots\"", "unit"),
        ("[\"UNLATCHED\"]", "[\"UNLATCHED\", \"UNLATCHED\"]", "each once"),
        ("[\"UNLATCHED\"]", "[]", "one to 4"),
        ("[\"UNLATCHED\"]", "[\"LATCHED\"]", "it has UNLATCHED, FAR"),
        ("mph\"", "mph\"\ncounter = \"NUMBER\"", "signal_box.speed.counter"),
        ("mph\"", "mph\"\nfactor = 2", "factor"),
    ] {
        let why = read(&SPEED.replace(from, to)).expect_err("must be refused").to_string();
        assert!(
            why.contains("1 faults") && why.contains(said),
            "{said} is not in:\n{why}"
        );
    }
}

/// The four wheels of the real car through the whole core: each speed that goes out is the mean of four of its truths, to a millimetre a second.
#[test]
fn the_real_log_s_speeds_go_out_as_their_mean() {
    let Some(car) = Car::read() else { return };
    let (before, _) = EXAMPLE.split_once("[signal_box]").expect("a section");
    let dbc = car.dbc.to_string_lossy();
    let wheels = ["FL", "FR", "RL", "RR"]
        .map(|wheel| format!("\"WHEEL_SPEED_{wheel}\""))
        .join(", ");
    let toml = format!(
        "{before}[signal_box]\ndialect = \"can\"\npath = \"/dev/ttyUSB2\"\nbaud = \"115200 baud\"\nlatency = \"10 ms\"\nbus = \"can0\"\n\
         dbc = {dbc:?}\n[signal_box.signals]\nclutch = {{ j1939 = \"clutch\", on_when = \"equal\" }}\n\
         [signal_box.speed]\nmessage = \"WHEEL_SPEEDS\"\nfields = [{wheels}]\nunit = \"km/h\"\n"
    );
    let config = Config::parse(&toml, "car.toml").unwrap_or_else(|e| panic!("{e}"));
    let sums = car.truth.lines().skip(1).map(|row| {
        let row: Vec<&str> = row.split(',').collect();
        let um_s = |said: &&str| said.replace('.', "").parse::<i32>().expect("six digits");
        row[2..6].iter().map(um_s).sum::<i32>()
    });
    let sums: Vec<i32> = sums.collect();
    let mut unit = Unit::new(config.core);
    let (mut told, mut heard) = (0, 0);
    for (n, line) in car.log.split_inclusive(|b| *b == b'\n').enumerate() {
        heard += usize::from(line.windows(9).any(|part| part == b"can0 0AA#"));
        unit.handle(Input::Serial {
            port: Port::Signals,
            at: Uptime(n as i64 * 500),
            bytes: line,
        });
        while let Some(output) = unit.poll() {
            let Output::Sample(sample) = output else { continue };
            let Reading::Speed(speed) = sample.reading else {
                continue;
            };
            // Half a millimetre a second of its own rounding, and half a micrometre of each of the table's.
            let off = (speed.speed.0 * 4_000 - sums[heard - 1]).abs();
            assert!(off <= 2_002, "line {n}: {off}");
            assert!(!speed.proven, "a line has no sum");
            told += 1;
        }
    }
    // Told each 50 ms, here 100 lines, when the wheels have spoken: one line in 27 or so.
    let due = car.log.iter().filter(|b| **b == b'\n').count() / 100;
    println!("{told} of {heard}, {due} were due");
    assert!(
        heard == sums.len() && told * 4 > due * 3,
        "{told} of {heard}, {due} were due"
    );
}
