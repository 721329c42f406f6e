//! The unit's file: the example loads, and a bad file says everything at once.
use kaoguan_telemetry::Signal;
use kaoguan_telemetry::units::Micros;
use kaoguan_unit::config::Config;
use kaoguan_unit_core::{AttitudeDialect, Check, Dialect, PoleWire, Wire};

const EXAMPLE: &str = include_str!("../unit.example.toml");

#[test]
fn the_example_loads() {
    let config = Config::parse(EXAMPLE, "unit.example.toml").unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(config.id.as_str(), "moto-1");
    assert_eq!(config.spool_max, 8 << 30);
    assert_eq!(config.receiver.as_ref().map(|line| line.baud), Some(115_200));
    assert_eq!(config.core.receiver.latency, Micros(60_000));
    assert_eq!(config.core.signals.check, Check::Xor);
    assert_eq!(config.core.signals.wiring.len(), 13);
    let helmet = config
        .core
        .signals
        .wiring
        .iter()
        .find(|w| w.signal == Signal::Helmet)
        .expect("wired");
    assert_eq!((helmet.byte, helmet.bit, helmet.active_high), (31, 2, true));
    assert_eq!(config.led, None);
}

/// Each fault of a file with many, as `line N: key: ...`.
fn said(text: &str) -> String {
    Config::parse(text, "bad.toml")
        .expect_err("must be refused")
        .to_string()
}

#[test]
fn all_faults_come_at_once_with_key_and_line() {
    let bad = EXAMPLE
        .replace("id = \"moto-1\"\n", "id = \"Moto 1\"\n")
        .replace("latency = \"60 ms\"", "latency = 60")
        .replace(
            "helmet = { byte = 31, bit = 2, on_when = \"high\" }",
            "helmet = { byte = 31, bit = 2 }",
        )
        .replace(
            "horn = { byte = 1, bit = 0, on_when = \"high\" }",
            "hornn = { byte = 1, bit = 0, on_when = \"high\" }",
        )
        .replace("check = \"xor\"", "check = \"crc\"")
        .replace("host = \"127.0.0.1\"\n", "")
        .replace("length = \"60 bytes\"", "length = \"60 bytes\"\nlenght = \"60 bytes\"");
    let said = said(&bad);
    for part in [
        "7 faults in bad.toml",
        "line 5: unit.id: must be 1 to 16 characters",
        "mqtt.host: is missing",
        "receiver.latency: a bare number has no unit",
        "signal_box.check: must be one of \"none\", \"xor\"",
        "signal_box.lenght: is not known here",
        "signal_box.signals.helmet.on_when: is missing",
        "signal_box.signals.hornn: is no signal",
    ] {
        assert!(said.contains(part), "{part} is not in:\n{said}");
    }
}

#[test]
fn two_signals_on_one_bit_are_a_fault() {
    let bad = EXAMPLE.replace("horn = { byte = 1, bit = 0,", "horn = { byte = 31, bit = 2,");
    let said = said(&bad);
    assert!(said.contains("byte 31 bit 2 is"), "{said}");
}

/// The example with another box.
fn with_box(section: &str) -> String {
    let (before, rest) = EXAMPLE.split_once("[signal_box]").expect("a section");
    let (_, after) = rest.split_once("# [clock]").expect("a section after it");
    format!("{before}{section}\n# [clock]{after}")
}

const IND: &str = r#"[signal_box]
dialect = "ind"
path = "/dev/ttyUSB2"
baud = "115200 baud"
latency = "10 ms"
odometer = true
[signal_box.signals]
lamp_left = { flag = 0, on_when = "high", off_after = "800 ms" }
belt = { flag = 9, on_when = "low" }
[signal_box.poles]
first = { item = 1, pole = 1, sensor = 0, hit_when = "high" }
"#;

#[test]
fn a_box_of_another_dialect_has_its_own_places() {
    let config = Config::parse(&with_box(IND), "ind.toml").unwrap_or_else(|e| panic!("{e}"));
    let signals = config.core.signals;
    assert_eq!(
        (signals.dialect, signals.odometer, signals.gear),
        (Dialect::Ind, true, false)
    );
    let belt = signals.wiring.iter().find(|w| w.signal == Signal::Belt).expect("wired");
    assert_eq!((belt.byte, belt.bit, belt.active_high), (0, 9, false));
    let lamp = signals
        .wiring
        .iter()
        .find(|w| w.signal == Signal::LampLeft)
        .expect("wired");
    let held = |wire: &Wire| (wire.hold.on, wire.hold.off);
    assert_eq!(
        (held(lamp), held(belt)),
        ((Micros(0), Micros(800_000)), (Micros(0), Micros(0)))
    );
    let pole = PoleWire {
        item: 1,
        pole: 1,
        byte: 1,
        bit: 0,
        active_high: true,
    };
    assert_eq!(&signals.poles[..], [pole]);
    let bad = with_box(IND)
        .replace("flag = 9", "flag = 0")
        .replace("sensor = 0", "sensor = 8")
        .replace("item = 1", "item = 0")
        .replace("odometer = true", "odometer = true\ncheck = \"xor\"");
    let said = said(&bad);
    for part in [
        "4 faults",
        "signal_box.signals.lamp_left: flag 0 is Belt already",
        "signal_box.poles.first.sensor: must be a whole number from 0 to 7",
        "signal_box.poles.first.item: counts from 1",
        "signal_box.check: is not known here",
    ] {
        assert!(said.contains(part), "{part} is not in:\n{said}");
    }
}

const MODBUS: &str = r#"[signal_box]
dialect = "modbus"
path = "/dev/ttyUSB2"
baud = "9600 baud"
latency = "10 ms"
poll = "20 ms"
[signal_box.modules]
bar = { address = 3, read = "inputs", from = 0, count = 16 }
foot = { address = 4, read = "coils", from = 32, count = 8 }
[signal_box.signals]
helmet = { module = "bar", input = 15, on_when = "low" }
[signal_box.plank]
module = "foot"
front = 6
rear = 7
on_when = "high"
"#;

#[test]
fn modules_are_asked_and_wired_by_their_names() {
    let config = Config::parse(&with_box(MODBUS), "modbus.toml").unwrap_or_else(|e| panic!("{e}"));
    let signals = config.core.signals;
    let Dialect::Modbus(modbus) = signals.dialect else {
        panic!("{:?}", signals.dialect)
    };
    let addresses: Vec<u8> = modbus.modules.iter().map(|module| module.address).collect();
    assert_eq!(
        (addresses, modbus.every, modbus.answer),
        (vec![3, 4], Micros(20_000), Micros(50_000))
    );
    let helmet = signals.wiring.first().expect("wired");
    assert_eq!((helmet.byte, helmet.bit, helmet.active_high), (0, 15, false));
    let plank = signals.plank.expect("wired");
    assert_eq!(
        (plank.byte, plank.front_bit, plank.rear_bit, plank.rear_right_bit),
        (1, 6, 7, None)
    );
    let said = said(
        &with_box(MODBUS)
            .replace("address = 4", "address = 3")
            .replace("input = 15", "input = 16")
            .replace("module = \"foot\"\nfront", "module = \"feet\"\nfront"),
    );
    for part in [
        "3 faults",
        "signal_box.modules.foot: address 3 is bar's already",
        "signal_box.signals.helmet.input: must be a whole number from 0 to 15",
        "signal_box.plank.module: \"feet\" is none of the modules above",
    ] {
        assert!(said.contains(part), "{part} is not in:\n{said}");
    }
}

/// Poles on a line with one module; beside another one they are refused, whatever is wired to that.
#[test]
fn poles_have_a_line_of_one_module() {
    let poles = "[signal_box.poles]\nlast = { item = 5, pole = 2, module = \"foot\", input = 3, hit_when = \"low\" }\n";
    let alone = MODBUS
        .replace("bar = { address = 3, read = \"inputs\", from = 0, count = 16 }\n", "")
        .replace(
            "helmet = { module = \"bar\", input = 15",
            "helmet = { module = \"foot\", input = 5",
        );
    let config = Config::parse(&with_box(&(alone + poles)), "poles.toml").unwrap_or_else(|e| panic!("{e}"));
    let pole = config.core.signals.poles.first().expect("wired");
    assert_eq!((pole.byte, pole.bit), (0, 3));
    let said = said(&with_box(&(MODBUS.to_owned() + poles)));
    assert!(
        said.contains("signal_box.poles: need a line of their own with one module"),
        "{said}"
    );
}

#[test]
fn a_collector_of_poles_needs_poles_only() {
    let section = r#"[signal_box]
dialect = "hs_motion"
path = "/dev/ttyUSB2"
baud = "9600 baud"
latency = "100 ms"
[signal_box.poles]
fifteenth = { item = 1, pole = 2, sensor = 14, hit_when = "high" }
"#;
    let config = Config::parse(&with_box(section), "poles.toml").unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(config.core.signals.dialect, Dialect::HsMotion);
    assert_eq!(
        (config.core.signals.poles.len(), config.core.signals.wiring.len()),
        (1, 0)
    );
    let said = said(&with_box(&section.replace("sensor = 14", "sensor = 32")));
    assert!(said.contains("signal_box.poles.fifteenth.sensor: must be"), "{said}");
}

#[test]
fn broken_toml_is_a_fault_with_its_line() {
    let said = said("[unit\nid = ");
    assert!(
        said.contains("line 1: toml:") || said.contains("line 2: toml:"),
        "{said}"
    );
}

#[test]
fn a_missing_section_is_named_once() {
    let said = said("[unit]\nid = \"a\"\nsite = \"b\"\nspool = \"c\"\n");
    assert!(said.contains("5 faults") || said.contains("4 faults"), "{said}");
    for key in ["mqtt", "receiver", "attitude", "signal_box"] {
        assert_eq!(said.matches(&format!("{key}: is missing")).count(), 1, "{said}");
    }
}

/// A unit of an articulated vehicle names one more line, and a leader of the clock counts its bytes.
#[test]
fn a_trailers_receiver_is_one_more_line() {
    let section = EXAMPLE.replace("# [trailer]", "[trailer]");
    let section = ["path = \"/dev/ttyUSB3\"", "baud", "latency", "silence"]
        .into_iter()
        .fold(section, |text, key| text.replace(&format!("# {key}"), key));
    let config = Config::parse(&section, "towing.toml").unwrap_or_else(|e| panic!("{e}"));
    let line = config.trailer.expect("it has one");
    assert_eq!((line.path.to_str(), line.baud), (Some("/dev/ttyUSB3"), 115_200));
    assert_eq!(config.core.trailer.map(|core| core.latency), Some(Micros(60_000)));
    let led = section.replace("# [clock]\n# led", "[clock]\nled");
    let counted = |text: &str| {
        Config::parse(text, "led.toml")
            .unwrap_or_else(|e| panic!("{e}"))
            .counted()
    };
    assert_eq!([counted(EXAMPLE), counted(&led)], [3, 4]);
    let bad = section.replace("latency = \"60 ms\"\nsilence", "latency = \"60\"\nsilence");
    assert!(
        said(&bad).contains("trailer.latency"),
        "a section with faults is no absent one"
    );
}

/// The pulse is the vehicle's own receiver's, and of a clock that nobody leads.
#[test]
fn a_pulse_is_a_file_of_the_kernels() {
    let wired = EXAMPLE.replace("# pulse", "pulse");
    let config = Config::parse(&wired, "wired.toml").unwrap_or_else(|e| panic!("{e}"));
    let path = config.pulse.expect("it has one");
    assert_eq!(path.to_str(), Some("/sys/class/pps/pps0/assert"));
    assert!(
        Config::parse(EXAMPLE, "unit.example.toml")
            .expect("good")
            .pulse
            .is_none()
    );
    let led = wired.replace("# [clock]\n# led", "[clock]\nled");
    assert!(said(&led).contains("receiver.pulse: a led clock is its leader's"));
}

/// Which sensor it is stands in the file; without it it is the one that the field has most.
#[test]
fn the_attitude_sensor_has_a_dialect() {
    let with = |line: &str| EXAMPLE.replace("[attitude]\n", &format!("[attitude]\n{line}\n"));
    for (line, dialect) in [
        ("", AttitudeDialect::WitMotion),
        ("dialect = \"witmotion\"", AttitudeDialect::WitMotion),
        ("dialect = \"hipnuc\"", AttitudeDialect::HiPnuc),
    ] {
        let config = Config::parse(&with(line), "unit.toml").unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(config.core.attitude.dialect, dialect, "{line}");
    }
    let said = said(&with("dialect = \"lpms\""));
    assert!(said.contains("attitude.dialect") && said.contains("hipnuc"), "{said}");
}
