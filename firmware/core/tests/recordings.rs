//! Real recordings, where `KAOGUAN_DATA` names their folder; without it these tests say so and pass.
mod recorded;
mod rig;

use kaoguan_telemetry::{Port, Quality, Reading, Stamp};
use kaoguan_unit_core::sentence::{self, Line, Reject, Sentence};
use recorded::counted::{good_frames, good_lines};
use recorded::*;
use rig::*;

/// Every vector's checksum was recomputed by its collector: all of them are proven, whatever their kind.
#[test]
fn valid_sentences_are_proven() {
    let Some(vectors) = data("vectors/sentences-valid.tsv") else {
        return;
    };
    let text = String::from_utf8(vectors).unwrap();
    let mut read = 0;
    for line in text.lines().filter_map(|line| line.split('\t').nth(1)) {
        match sentence::read(line.as_bytes()) {
            Ok(_) => read += 1,
            Err(Reject::Unknown) => {}
            Err(why) => panic!("{line}: {why:?}"),
        }
        let changed = line.replacen(',', ",1", 1);
        assert_eq!(
            sentence::read(changed.as_bytes()),
            Err(Reject::BadChecksum),
            "{changed}"
        );
    }
    assert!(read >= 10, "{read}");
}

/// The drive's own text, read in the plainest way: what our integers are compared with.
struct Plain {
    latitude: f64,
    longitude: f64,
    height: f64,
    quality: String,
    seconds: f64,
    heading: f64,
    speed_north: f64,
    speed_east: f64,
}

fn plain(gga: &str, rmc: &str, hdt: &str) -> Plain {
    let f: Vec<&str> = gga.split(',').collect();
    let r: Vec<&str> = rmc.split(',').collect();
    let number = |text: &str| text.parse::<f64>().unwrap();
    let degrees = |text: &str, digits| number(&text[..digits]) + number(&text[digits..]) / 60.0;
    let (speed, course) = (number(r[7]) * 1852.0 / 3600.0, number(r[8]).to_radians());
    Plain {
        latitude: degrees(f[2], 2),
        longitude: degrees(f[4], 3),
        height: number(f[9]) + number(f[11]),
        quality: f[6].into(),
        seconds: number(&f[1][..2]) * 3600.0 + number(&f[1][2..4]) * 60.0 + number(&f[1][4..]),
        heading: number(hdt.split(',').nth(1).unwrap()),
        speed_north: speed * course.cos(),
        speed_east: speed * course.sin(),
    }
}

/// A real car in Nagoya, 2023-07-11, 5 Hz: every epoch comes out once, at its own instant, with its own numbers.
#[test]
fn a_real_drive_comes_out_whole() {
    let Some(bytes) = data("drives/nagoya-car-a.nmea") else {
        return;
    };
    let text = String::from_utf8(bytes).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let mut rig = Rig::new();
    let mut expected = Vec::new();
    let mut start = None;
    for epoch in lines.chunk_by(|_, next| !next.contains("GGA")) {
        let of = |kind: &str| {
            epoch
                .iter()
                .find(|line| line.contains(kind))
                .unwrap_or_else(|| panic!("{epoch:?}"))
        };
        let truth = plain(of("GGA"), of("RMC"), of("HDT"));
        let uptime = truth.seconds - *start.get_or_insert(truth.seconds);
        let at = (uptime * 1e6).round() as i64 + LATENCY;
        epoch
            .iter()
            .for_each(|line| rig.serial(Port::Receiver, at, format!("{line}\r\n").as_bytes()));
        expected.push(truth);
    }
    rig.tick(600_000_000);
    let spoken = rig.receiver();
    assert_eq!(expected.len(), 2_519, "epochs in the file");
    assert_eq!(spoken.len(), 2 * expected.len());
    for (i, (pair, truth)) in spoken.chunks(2).zip(&expected).enumerate() {
        let (Reading::Heading(heading), Reading::Gnss(gnss)) = (pair[0].1, pair[1].1) else {
            panic!("{i}: {pair:?}")
        };
        assert!((gnss.latitude.0 as f64 / 1e9 - truth.latitude).abs() < 1.1e-9, "{i}");
        assert!((gnss.longitude.0 as f64 / 1e9 - truth.longitude).abs() < 1.1e-9, "{i}");
        assert!((f64::from(gnss.height.0) / 1e4 - truth.height).abs() < 1e-4, "{i}");
        assert!(
            (f64::from(heading.heading.0) / 100.0 - truth.heading % 360.0).abs() % 360.0 < 0.0051,
            "{i}"
        );
        let (north, east) = (gnss.velocity_north.unwrap().0, gnss.velocity_east.unwrap().0);
        assert!((f64::from(north) / 1e3 - truth.speed_north).abs() < 1.1e-3, "{i}");
        assert!((f64::from(east) / 1e3 - truth.speed_east).abs() < 1.1e-3, "{i}");
        let fixed = gnss.quality == Quality::Fixed;
        assert_eq!(fixed, truth.quality == "4", "{i}");
        if let Stamp::Utc(at) = pair[1].0 {
            // 2023-07-11 is day 19,549.
            assert_eq!(
                at.0,
                19_549 * 86_400_000_000 + (truth.seconds * 1e6).round() as i64,
                "{i}"
            );
        }
    }
    let unlocked = spoken.iter().filter(|(at, _)| matches!(at, Stamp::Uptime(_))).count();
    assert_eq!(unlocked, 8, "four epochs before the lock");
}

/// Recordings of receivers we know nothing about, whole streams with UBX, RTCM and damage among them: nothing panics,
/// and every line and every frame of them with a good sum is found.
#[test]
fn recordings_of_many_receivers_are_survived() {
    for path in RECORDINGS {
        let Some(bytes) = data(path) else { return };
        let mut rig = Rig::new();
        for (i, bytes) in bytes.chunks(100).enumerate() {
            for port in Port::ALL {
                rig.serial(port, i as i64 * 9_000, bytes);
            }
        }
        let counters = rig.unit.counters();
        println!("{path}: {:?}", counters.receiver);
        assert_eq!(
            (counters.outputs_dropped, counters.receiver.bytes),
            (0, bytes.len() as u64),
            "{path}"
        );
        let ours = counters.receiver.sentences + counters.receiver.malformed;
        let (frames, foreign) = good_frames(&bytes);
        assert_eq!(ours, good_lines(&bytes) + frames, "{path}: {:?}", counters.receiver);
        assert_eq!(counters.receiver.foreign, foreign, "{path}: {:?}", counters.receiver);
    }
}

/// Unicore's second antenna in a real log: all of its sentences end in H, none may be read.
#[test]
fn unicores_second_antenna_is_unknown() {
    let Some(bytes) = data("receivers/pynmeagps/unicore_nmea.log") else {
        return;
    };
    let text = String::from_utf8_lossy(&bytes);
    let second: Vec<&str> = text
        .lines()
        .filter(|l| l.get(3..7).is_some_and(|f| f.ends_with('H')))
        .collect();
    assert!(!second.is_empty());
    for line in second {
        assert_eq!(sentence::read(line.trim().as_bytes()), Err(Reject::Unknown), "{line}");
    }
}

/// The `nmea` crate beside us, where it can follow: the same positions, to the precision of its floats.
#[test]
fn the_nmea_crate_reads_the_same_positions() {
    let Some(bytes) = data("drives/nagoya-car-a.nmea") else {
        return;
    };
    let text = String::from_utf8(bytes).unwrap();
    let mut compared = 0;
    for line in text.lines().filter(|line| line.contains("GGA")) {
        let Ok(nmea::ParseResult::GGA(theirs)) = nmea::parse_str(line) else {
            panic!("{line}")
        };
        let Ok(Line::Epoch(Sentence::Gga(ours))) = sentence::read(line.as_bytes()) else {
            panic!("{line}")
        };
        let position = ours.position.unwrap();
        assert!(
            (position.latitude.0 as f64 / 1e9 - theirs.latitude.unwrap()).abs() < 1.1e-9,
            "{line}"
        );
        assert!(
            (position.longitude.0 as f64 / 1e9 - theirs.longitude.unwrap()).abs() < 1.1e-9,
            "{line}"
        );
        assert_eq!(
            u32::from(ours.satellites.unwrap()),
            theirs.fix_satellites.unwrap(),
            "{line}"
        );
        compared += 1;
    }
    assert_eq!(compared, 2_519);
}
