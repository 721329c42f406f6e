//! A field node's file: a signal box alone.
use kaoguan_telemetry::Port;
use kaoguan_telemetry::units::Micros;
use kaoguan_unit::Config;
use kaoguan_unit::config::Faulty;

const NODE: &str = r#"
[unit]
id = "pole-3"
site = "village"
spool = "/var/lib/kaoguan/spool"
[mqtt]
host = "127.0.0.1"
port = 1883
[signal_box]
dialect = "hs_motion"
path = "/dev/ttyUSB0"
baud = "115200 baud"
latency = "5 ms"
[signal_box.poles]
third = { item = 1, pole = 3, sensor = 0, hit_when = "high" }
"#;

fn faults(text: &str) -> String {
    let Err(Faulty { faults, .. }) = Config::parse(text, "node.toml") else {
        return String::new();
    };
    let said: Vec<String> = faults.iter().map(ToString::to_string).collect();
    said.join("\n")
}

#[test]
fn a_signal_box_alone_is_a_node() {
    let config = Config::parse(NODE, "node.toml").unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(config.core.site_clock, Some(Micros(200_000)));
    let lines: Vec<Port> = config.lines().map(|(port, _)| port).collect();
    assert_eq!(lines, [Port::Signals]);
    assert!(!config.shares_line());
    let bound = NODE.to_owned() + "[site_clock]\nuncertainty_max = \"80 ms\"\n";
    let config = Config::parse(&bound, "node.toml").unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(config.core.site_clock, Some(Micros(80_000)));
}

#[test]
fn whoever_has_a_receiver_is_a_vehicle() {
    let receiver = "[receiver]\npath = \"/dev/x\"\nbaud = \"115200 baud\"\nlatency = \"60 ms\"\n";
    assert_eq!(faults(&(NODE.to_owned() + receiver)), "attitude: is missing");
    let said = faults(&(NODE.to_owned() + receiver + "[site_clock]\n"));
    assert!(
        said.contains("site_clock: a vehicle has its time from its receiver"),
        "{said}"
    );
    let said = faults(&(NODE.to_owned() + "[site_clock]\nuncertainty_max = \"2 s\"\ncolour = \"red\"\n"));
    assert!(
        said.contains("site_clock.uncertainty_max: must be 10 ms to 500 ms"),
        "{said}"
    );
    assert!(said.contains("site_clock.colour: is not known here"), "{said}");
}
