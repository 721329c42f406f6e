//! `kaoguan-unit calibrate` as a person uses it: bytes of a drive in, a sentence out, and with a name the file is changed.
use std::f64::consts::PI;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const EXAMPLE: &str = include_str!("../unit.example.toml");
const CAR: &str = "[vehicle]\nid = \"car\"\nsurvey_u = \"5 mm\"\n\n[antenna]\nmain = [\"1200 mm\", \"0 mm\", \"-1500 mm\"] # by tape\nsecond = [\"200 mm\", \"0 mm\", \"-1500 mm\"]\n\n\
                   [attitude]\naxes = [\"forward\", \"left\", \"up\"]\n";

fn sentence(body: &str) -> String {
    let sum = body.bytes().fold(0, |sum, byte| sum ^ byte);
    format!("${body}*{sum:02X}\r\n")
}

/// Degrees and minutes with seven decimals, as receivers write them.
fn minutes(degrees: f64, digits: usize) -> String {
    let whole = degrees.floor();
    format!("{:0digits$}{:010.7}", whole as i64, (degrees - whole) * 60.0)
}

/// An epoch at 2017-07-09, `t` seconds after 09:38:00: position by GGA, heading by GPHPD with another tag.
fn epoch(t: f64, tagged: f64, e: f64, n: f64, heading: f64) -> String {
    // Metres a degree of latitude and of longitude there, 3 m above the ellipsoid: pi/180 (M + h), pi/180 (N + h) cos B.
    let (lat, lon) = (31.592 + n / 110_879.7, 120.7725 + e / 94_909.2);
    let time = |t: f64| format!("09{:02}{:05.2}", 38 + (t / 60.0).floor() as i64, t.rem_euclid(60.0));
    let gga = format!(
        "GPGGA,{},{},N,{},E,4,16,0.7,3.000,M,0.000,M,1.0,0001",
        time(t),
        minutes(lat, 2),
        minutes(lon, 3)
    );
    // GPS is 18 s ahead of UTC; the week began on Sunday.
    let in_week = 9.0 * 3600.0 + 38.0 * 60.0 + 18.0 + tagged;
    let hpd = format!(
        "GPHPD,1957,{in_week:.3},{:.2},0.00,0.00,{lat:.7},{lon:.7},3.000,0.0,0.0,0.0,1.000,16,15,4",
        heading.to_degrees().rem_euclid(360.0)
    );
    sentence(&gga) + &sentence(&hpd)
}

/// Eights at 5 Hz with the antenna 1.2 m before the axle: exact arcs of one radius, with the second antenna behind the main one.
fn eights(skew: f64) -> String {
    let (mut e, mut n, mut heading) = (0.0, 0.0, 0.3);
    let mut log = String::new();
    for step in 0..300 {
        let t = f64::from(step) * 0.2;
        let turn: f64 = if t.rem_euclid(24.0) < 12.0 { 0.06 } else { -0.06 };
        let nose = (e + 1.2 * f64::sin(heading), n + 1.2 * f64::cos(heading));
        // Antennas: main 1.2 m ahead, second behind it: the receiver's heading is the opposite one.
        log += &epoch(t, t - skew, nose.0, nose.1, heading + PI);
        e += 0.6 * (heading + turn / 2.0).sin();
        n += 0.6 * (heading + turn / 2.0).cos();
        heading += turn;
    }
    log
}

struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    fn new() -> Desk {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("unit.toml"), EXAMPLE).expect("written");
        fs::write(folder.path().join("car.toml"), CAR).expect("written");
        Desk { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).expect("read")
    }

    /// Exit code, and all that is printed.
    fn run(&self, arguments: &[&str]) -> (i32, String) {
        let ran = Command::new(env!("CARGO_BIN_EXE_kaoguan-unit"))
            .current_dir(self.folder.path())
            .args(["calibrate", "--vehicle", "car.toml"])
            .args(arguments)
            .output()
            .expect("runs");
        let text = [ran.stdout, ran.stderr].concat();
        (ran.status.code().expect("ends"), String::from_utf8(text).expect("text"))
    }
}

/// A folder as `record` writes it: one port's bytes, so many an arrival.
fn record(folder: &Path, port: &str, file: &str, pieces: &[Vec<u8>], each_us: usize) {
    fs::create_dir_all(folder).expect("made");
    let line = |(n, piece): (usize, &Vec<u8>)| format!("{port},{},{},0\n", n * each_us, piece.len());
    let index: String = pieces.iter().enumerate().map(line).collect();
    fs::write(folder.join("arrivals.csv"), format!("port,at_us,bytes,utc_us\n{index}")).expect("written");
    fs::write(folder.join(file), pieces.concat()).expect("written");
}

#[test]
fn a_skew_of_one_epoch_goes_into_the_units_file() {
    let desk = Desk::new();
    fs::write(desk.path("eights.nmea"), eights(0.2)).expect("written");
    let from = ["--receiver", "eights.nmea", "skew"];
    let (code, said) = desk.run(&from);
    assert_eq!(code, 0, "{said}");
    assert!(
        said.contains("1 epochs, 200 ms") && said.contains("not stored"),
        "{said}"
    );
    assert_eq!(desk.read("unit.toml"), EXAMPLE, "nothing without a name");
    let (code, said) = desk.run(&[&from[..], &["--by", "张三"]].concat());
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("receiver.heading_skew: was —, is \"200 ms\""), "{said}");
    let text = desk.read("unit.toml");
    let line = text
        .lines()
        .find(|line| line.starts_with("heading_skew = "))
        .expect("stored");
    assert!(
        line.starts_with("heading_skew = \"200 ms\" # ") && line.ends_with(" 张三"),
        "{line}"
    );
    let config = kaoguan_unit::Config::parse(&text, "unit.toml").unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(config.core.receiver.heading_skew.0, 200_000);
    // It is used from then on, and once more nothing is to be changed.
    let (code, said) = desk.run(&[&from[..], &["--by", "张三"]].concat());
    assert!(code == 0 && said.contains("says so already"), "{said}");
}

#[test]
fn a_receiver_whose_headings_have_no_time_has_no_skew() {
    let desk = Desk::new();
    let log: String = eights(0.0)
        .lines()
        .map(
            |line| match line.split(',').nth(3).filter(|_| line.starts_with("$GPHPD")) {
                Some(heading) => sentence(&format!("GPHDT,{heading},T")),
                None => format!("{line}\r\n"),
            },
        )
        .collect();
    fs::write(desk.path("log"), log).expect("written");
    let (code, said) = desk.run(&["--receiver", "log", "skew"]);
    assert!(code == 1 && said.contains("does not apply"), "{said}");
    let (code, said) = desk.run(&["--receiver", "log", "heading"]);
    assert!(code == 1 && said.contains("没有合格的直线段"), "{said}");
}

#[test]
fn a_heading_both_ways_turns_the_second_antenna_round_the_main_one() {
    let desk = Desk::new();
    let mut log = String::new();
    // 30 m north-east and 30 m back on the same line; the baseline points 181.0 degrees in the body.
    for step in 0..120 {
        let (way, back) = if step < 60 { (step, 0.0) } else { (120 - step, PI) };
        let along = f64::from(way) * 0.5;
        let t = f64::from(step) * 0.2 + if step < 60 { 0.0 } else { 30.0 };
        let heading = 0.6 + back + PI + 1.0_f64.to_radians();
        log += &epoch(t, t, along * 0.6_f64.sin(), along * 0.6_f64.cos(), heading);
    }
    fs::write(desk.path("log"), log).expect("written");
    let (code, said) = desk.run(&["--receiver", "log", "heading", "--by", "李 \"四\"\n"]);
    assert_eq!(code, 0, "{said}");
    let text = desk.read("car.toml");
    // One metre behind the main antenna, one degree of it to the left: 17 mm.
    assert!(
        text.contains("\nsecond = [\"200 mm\", \"-17 mm\", \"-1500 mm\"] # 2"),
        "{text}"
    );
    assert!(
        text.contains("# 旧值 / old: second = [\"200 mm\", \"0 mm\", \"-1500 mm\"]\n"),
        "{text}"
    );
    assert!(text.contains(" 李 四\n"), "{text}");
}

#[test]
fn standing_on_a_mark_both_ways_places_the_main_antenna() {
    let desk = Desk::new();
    let mut log = String::new();
    for step in 0..150 {
        let heading: f64 = if step < 75 { 0.4 } else { 0.4 + PI };
        let (f, r) = (1.234, -0.031);
        let t = f64::from(step) * 0.2 + if step < 75 { 0.0 } else { 60.0 };
        let (sin, cos) = heading.sin_cos();
        log += &epoch(t, t, f * sin + r * cos, f * cos - r * sin, heading + PI);
    }
    let folder = desk.path("recording");
    let pieces: Vec<Vec<u8>> = log.as_bytes().chunks(100).map(<[u8]>::to_vec).collect();
    record(&folder, "receiver", "receiver.nmea", &pieces, 10_000);
    let (code, said) = desk.run(&["--recording", "recording", "antenna", "--by", "me"]);
    assert_eq!(code, 0, "{said}");
    let text = desk.read("car.toml");
    assert!(
        text.contains("\nmain = [\"1234 mm\", \"-31 mm\", \"-1500 mm\"] # 2"),
        "{text}"
    );
    assert!(
        text.contains("\nsecond = [\"234 mm\", \"-31 mm\", \"-1500 mm\"] # 2"),
        "the baseline is kept: {text}"
    );
    assert!(
        text.contains("# 旧值 / old: main = [\"1200 mm\", \"0 mm\", \"-1500 mm\"] # by tape\n"),
        "{text}"
    );
}

/// WitMotion frames (sensors.md section 9.1) of a sensor at rest: 1 g along its z, tilted; a step of noise, so that it lives.
fn inertial(roll: f64, pitch: f64) -> Vec<Vec<u8>> {
    let frame = |kind: u8, data: [i16; 4]| {
        let mut bytes = vec![0x55, kind];
        data.iter().for_each(|word| bytes.extend(word.to_le_bytes()));
        bytes.push(bytes.iter().fold(0u8, |sum, byte| sum.wrapping_add(*byte)));
        bytes
    };
    let ((sr, cr), (sp, cp)) = (roll.to_radians().sin_cos(), pitch.to_radians().sin_cos());
    // Axes forward, left, up; 2048 counts a g.
    let force = [sp, cp * sr, cp * cr].map(|f| f * 2048.0);
    let each = |n: i16| {
        let [x, y, z] = force.map(|f| (f + f64::from(n % 3 - 1)).round() as i16);
        [frame(0x51, [x, y, z, 2_500]), frame(0x52, [n % 3, 0, 1, 2_500])].concat()
    };
    (0..1_000).map(each).collect()
}

#[test]
fn a_zero_is_stored_in_the_engines_words_and_a_side_stand_is_none() {
    let desk = Desk::new();
    record(
        &desk.path("first"),
        "attitude",
        "attitude.bin",
        &inertial(2.0, -1.5),
        10_000,
    );
    record(
        &desk.path("turned"),
        "attitude",
        "attitude.bin",
        &inertial(1.0, -2.5),
        10_000,
    );
    record(
        &desk.path("side"),
        "attitude",
        "attitude.bin",
        &inertial(-12.0, 0.0),
        10_000,
    );
    let (code, said) = desk.run(&["--recording", "side", "zero", "--by", "me"]);
    assert!(code == 1 && said.contains("是不是停在边撑上"), "{said}");
    assert_eq!(desk.read("car.toml"), CAR);
    let (code, said) = desk.run(&["--recording", "first", "zero", "--turned", "turned", "--by", "张三"]);
    assert_eq!(code, 0, "{said}");
    let text = desk.read("car.toml");
    let line = text.lines().find(|line| line.starts_with("zero = ")).expect("stored");
    let number = |key: &str| -> i64 {
        let (_, rest) = line.split_once(&format!("{key} = \"")).expect("there");
        rest.split_once(" mdeg\"").expect("a unit").0.parse().expect("a number")
    };
    // A count of the sensor is 28 thousandths.
    assert!(
        (number("roll") - 1_500).abs() <= 20 && (number("pitch") + 2_000).abs() <= 20,
        "{line}"
    );
    assert!((20..100).contains(&number(" u")), "{line}");
    assert!(
        line.contains("date = \"2") && line.contains("by = \"张三\" }"),
        "{line}"
    );
}

#[test]
fn without_the_vehicles_file_or_with_a_bad_one_nothing_is_measured() {
    let desk = Desk::new();
    fs::write(desk.path("car.toml"), "[antenna]\nmain = [\"1 m\"]\n").expect("written");
    let (code, said) = desk.run(&["--receiver", "none", "heading"]);
    assert!(code == 1 && said.contains("antenna.main"), "{said}");
    fs::write(
        desk.path("car.toml"),
        CAR.to_owned() + "[tyre]\nprofile_radius = \"45 mm\"\n",
    )
    .expect("written");
    fs::write(desk.path("log"), "").expect("written");
    let (code, said) = desk.run(&["--receiver", "log", "antenna", "--circles"]);
    assert!(code == 1 && said.contains("leans"), "{said}");
}
