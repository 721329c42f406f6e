//! What gpsd reads from its recordings, epoch by epoch, beside what the core reads: `.chk` files are its TPV and ATT objects.
//!
//! Time, position, height, status, speed and heading must be equal, each to its own last digit. Where they are not, the
//! difference has a name here, a proof from the recording's own text, and a count; a difference without a name fails.
mod recorded;
mod rig;

use kaoguan_telemetry::{Gnss, Heading, NoFix, Quality, Reading, Stamp};
use kaoguan_unit_core::calendar::{Date, TimeOfDay, instant};
use recorded::*;
use rig::*;
use serde_json::Value;
use std::collections::BTreeMap;

/// Why gpsd says otherwise. Each has its proof in [`Epoch::explains`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Why {
    /// The receiver gives no geoid separation. gpsd takes one from its own table; the core has no ellipsoidal height, and so
    /// no position.
    GeoidOfItsOwn,
    /// GGA claims a fix with no satellites. gpsd calls that none; the core gives it as it stands, with its zero, which every
    /// gate refuses.
    NoSatellites,
    /// A speed without a course: gpsd gives the speed, the core has no velocity, because north and east are not known.
    SpeedWithoutCourse,
    /// VTG has the speed in knots, which gpsd reads, and in km/h, which is finer and which the core reads.
    KnotsAndKilometres,
    /// gpsd rounds the height of NAV-HPPOSLLH to a millimetre, or gives NAV-PVT's.
    HeightInMillimetres,
    /// Without a fix and without a time, or with an RMC that calls itself void: gpsd dates nothing of it.
    Undated,
    /// gpsd has to learn first how a burst of UBX ends: the recording's first epoch is none of its objects.
    FirstEpoch,
}

/// One recording with what is known of it.
struct Log {
    name: &'static str,
    rhythm: Rhythm,
    /// Dates before the core's floor are not believed: such a recording is played as if so many years later.
    years: u16,
    /// Another protocol speaks on the port that the core does not read: gpsd's first word of an instant is the text's.
    first_word: bool,
    epochs: usize,
    fixes: usize,
    headings: usize,
    /// Objects of gpsd before it knew the day.
    undated: usize,
    differences: &'static [(Why, usize)],
}

const LOGS: [Log; 9] = [
    Log {
        name: "hemi",
        rhythm: TWO_A_SECOND,
        years: 8,
        first_word: false,
        epochs: 215,
        fixes: 21,
        headings: 4,
        undated: 2,
        differences: &[
            (Why::NoSatellites, 15),
            (Why::KnotsAndKilometres, 4),
            (Why::Undated, 97),
        ],
    },
    Log {
        name: "nmea-rtk",
        rhythm: ONE_A_SECOND,
        years: 0,
        first_word: false,
        epochs: 122,
        fixes: 122,
        headings: 0,
        undated: 1,
        differences: &[],
    },
    Log {
        name: "quectel-l76k-dual",
        rhythm: ONE_A_SECOND,
        years: 0,
        first_word: true,
        epochs: 130,
        fixes: 130,
        headings: 0,
        undated: 6,
        differences: &[],
    },
    Log {
        name: "rx210",
        rhythm: ONE_A_SECOND,
        years: 8,
        first_word: false,
        epochs: 62,
        fixes: 40,
        headings: 0,
        undated: 55,
        differences: &[(Why::SpeedWithoutCourse, 40), (Why::Undated, 22)],
    },
    Log {
        name: "skytraq-PX1172RH_DS",
        rhythm: ONE_A_SECOND,
        years: 0,
        first_word: false,
        epochs: 9,
        fixes: 9,
        headings: 9,
        undated: 6,
        differences: &[],
    },
    Log {
        name: "ublox-neo-m8p",
        rhythm: ONE_A_SECOND,
        years: 0,
        first_word: false,
        epochs: 59,
        fixes: 59,
        headings: 0,
        undated: 0,
        differences: &[(Why::FirstEpoch, 1)],
    },
    Log {
        name: "ublox-zed-f9p-hp",
        rhythm: ONE_A_SECOND,
        years: 8,
        first_word: false,
        epochs: 29,
        fixes: 29,
        headings: 0,
        undated: 0,
        differences: &[(Why::HeightInMillimetres, 19), (Why::FirstEpoch, 1)],
    },
    Log {
        name: "ublox-zed-f9p-nmea",
        rhythm: ONE_A_SECOND,
        years: 8,
        first_word: false,
        epochs: 29,
        fixes: 29,
        headings: 0,
        undated: 0,
        differences: &[(Why::SpeedWithoutCourse, 29)],
    },
    Log {
        name: "unicore-um621",
        rhythm: ONE_A_SECOND,
        years: 0,
        first_word: false,
        epochs: 20,
        fixes: 0,
        headings: 0,
        undated: 0,
        differences: &[(Why::GeoidOfItsOwn, 15)],
    },
];

/// What the core made of one burst.
struct Epoch {
    burst: Burst,
    /// UTC by the recording's own text, microseconds.
    utc: i64,
    is_first: bool,
    gnss: Option<Gnss>,
    heading: Option<Heading>,
}

/// gpsd's objects of one recording.
struct Theirs {
    /// By UTC, microseconds, in the order of the file.
    tpv: BTreeMap<i64, Vec<Value>>,
    undated: usize,
    /// Headings with their instants, as far as they have one.
    att: Vec<(Option<i64>, f64)>,
}

impl Theirs {
    fn read(text: &str, years: u16) -> Theirs {
        let (mut tpv, mut undated, mut att) = (BTreeMap::<i64, Vec<Value>>::new(), 0, Vec::new());
        for object in text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()) {
            let utc = object["time"].as_str().map(|time| utc_us(time, years));
            match (object["class"].as_str(), utc) {
                (Some("TPV"), Some(utc)) => tpv.entry(utc).or_default().push(object),
                (Some("TPV"), None) => undated += 1,
                (Some("ATT"), _) => att.extend(object["heading"].as_f64().map(|heading| (utc, heading))),
                _ => {}
            }
        }
        // Where some have an instant, the others were on the way to one.
        if att.iter().any(|(utc, _)| utc.is_some()) {
            att.retain(|(utc, _)| utc.is_some());
        }
        Theirs { tpv, undated, att }
    }
}

/// `2022-03-29T00:38:32.000Z`, microseconds since 1970.
fn utc_us(text: &str, years: u16) -> i64 {
    let number = |at: std::ops::Range<usize>| text[at].parse::<u16>().expect("digits");
    let date = Date {
        year: number(0..4) + years,
        month: number(5..7) as u8,
        day: number(8..10) as u8,
    };
    let time: String = text[11..23].chars().filter(|c| *c != ':').collect();
    let time: TimeOfDay = TimeOfDay::parse(time.as_bytes()).expect("a time");
    instant(date.believed().expect("after the floor"), time).0
}

fn play_through(log: &Log, bytes: &[u8]) -> Vec<Epoch> {
    let bursts = bursts(&redated(without_comments(bytes), log.years), log.rhythm);
    let (day, midnight) = first_day(&bursts).expect("a day");
    let mut rig = Rig::new();
    let epochs = bursts.into_iter().map(|burst| {
        let before = rig.receiver().len();
        play_one(&mut rig, &burst);
        let since = burst.at - LATENCY;
        let mut epoch = Epoch {
            utc: day * 86_400_000_000 + since - midnight,
            is_first: since == 0,
            burst,
            gnss: None,
            heading: None,
        };
        for (stamp, reading) in rig.receiver().split_off(before) {
            // Before the clock is locked a sample has the uptime of its arrival, and here that is the instant itself.
            match stamp {
                Stamp::Utc(at) => assert_eq!(at.0, epoch.utc, "{}", log.name),
                Stamp::Uptime(at) => assert_eq!(at.0, since, "{}", log.name),
            }
            match reading {
                Reading::Gnss(gnss) => epoch.gnss = Some(gnss),
                Reading::Heading(heading) => epoch.heading = Some(heading),
                Reading::NoFix(why) => assert_eq!(why, NoFix::NoSolution, "{}", log.name),
                other => panic!("{other:?}"),
            }
        }
        epoch
    });
    epochs.collect()
}

impl Epoch {
    /// What differs from gpsd's word, in words.
    fn differs(&self, tpv: Option<&Value>) -> Vec<String> {
        let mode = tpv.and_then(|tpv| tpv["mode"].as_i64()).unwrap_or(0);
        let (Some(gnss), Some(tpv)) = (self.gnss, tpv.filter(|_| mode >= 2)) else {
            let same = self.gnss.is_none() && mode < 2 && tpv.is_some();
            return if same {
                vec![]
            } else {
                vec![format!("fix {:?}, mode {mode} {}", self.gnss.is_some(), tpv.is_some())]
            };
        };
        let number = |name: &str| tpv[name].as_f64();
        let (latitude, longitude) = (gnss.latitude.0 as f64 / 1e9, gnss.longitude.0 as f64 / 1e9);
        let speed = gnss.velocity_north.zip(gnss.velocity_east);
        let speed = speed.map(|(north, east)| f64::hypot(north.0.into(), east.0.into()) / 1e3);
        let mut all = vec![];
        let mut near = |what: &str, ours: Option<f64>, theirs: Option<f64>, within: f64| {
            let same = match (ours, theirs) {
                (Some(ours), Some(theirs)) => (ours - theirs).abs() <= within,
                (ours, theirs) => ours.is_none() && theirs.is_none(),
            };
            if !same {
                all.push(format!("{what} {ours:?} {theirs:?}"));
            }
        };
        near("latitude", Some(latitude), number("lat"), 1.1e-9);
        near("longitude", Some(longitude), number("lon"), 1.1e-9);
        near("height", Some(f64::from(gnss.height.0) / 1e4), number("altHAE"), 1.1e-4);
        // Two components, each rounded to a millimetre a second, and one speed rounded to that.
        near("speed", speed, number("speed"), 1.3e-3);
        if let (Some(track), Some(speed)) = (number("track"), speed.filter(|speed| *speed > 0.5)) {
            let east = f64::from(gnss.velocity_east.unwrap_or_default().0) / 1e3;
            let north = f64::from(gnss.velocity_north.unwrap_or_default().0) / 1e3;
            near("east", Some(east), Some(speed * track.to_radians().sin()), 2e-3);
            near("north", Some(north), Some(speed * track.to_radians().cos()), 2e-3);
        }
        let status = match tpv["status"].as_i64() {
            None | Some(1 | 2) => Quality::Single,
            Some(3) => Quality::Fixed,
            Some(4) => Quality::Float,
            other => panic!("a status that we do not know: {other:?}"),
        };
        if gnss.quality != status {
            all.push(format!("status {:?} {status:?}", gnss.quality));
        }
        all
    }

    /// True where the recording's own text bears it out.
    fn explains(&self, why: Why, difference: &str, tpv: Option<&Value>) -> bool {
        let field = |formatter: &str, n: usize| sentence(&self.burst.bytes, formatter).and_then(|f| f.get(n).cloned());
        let empty = |formatter: &str, n: usize| field(formatter, n).is_some_and(|text| text.is_empty());
        let apart = |name: &str, ours: f64| {
            tpv.and_then(|tpv| tpv[name].as_f64())
                .map(|theirs| (theirs - ours).abs())
        };
        let is = |what: &str| difference.starts_with(what);
        match why {
            Why::GeoidOfItsOwn => {
                is("fix false, mode 3") && empty("GGA", 11) && field("GGA", 6).is_some_and(|q| q != "0")
            }
            Why::NoSatellites => is("fix true, mode 1") && field("GGA", 7).as_deref() == Some("00"),
            Why::SpeedWithoutCourse => {
                is("speed None")
                    && (empty("RMC", 8) || empty("VTG", 1))
                    && !field("VTG", 1).is_some_and(|c| !c.is_empty())
            }
            Why::KnotsAndKilometres => {
                let kilometres = field("VTG", 7).and_then(|text| text.parse::<f64>().ok());
                is("speed Some")
                    && field("RMC", 7).is_none()
                    // Half a hundredth of each.
                    && kilometres.is_some_and(|v| apart("speed", v / 3.6).is_some_and(|d| d < 0.005 / 3.6 + 0.005 * 0.514_5))
            }
            Why::HeightInMillimetres => {
                let ours = self.gnss.map_or(0.0, |gnss| f64::from(gnss.height.0) / 1e4);
                is("height") && apart("altHAE", ours).is_some_and(|d| d < 1.0e-3)
            }
            Why::Undated => {
                is("fix false, mode 0 false") && (empty("GGA", 1) || field("RMC", 2).as_deref() == Some("V"))
            }
            Why::FirstEpoch => is("fix true, mode 0 false") && self.is_first && ubx_frame(&self.burst.bytes).is_some(),
        }
    }
}

const ALL: [Why; 7] = [
    Why::GeoidOfItsOwn,
    Why::NoSatellites,
    Why::SpeedWithoutCourse,
    Why::KnotsAndKilometres,
    Why::HeightInMillimetres,
    Why::Undated,
    Why::FirstEpoch,
];

#[test]
fn each_epoch_equals_gpsds_or_the_difference_has_a_name() {
    for log in &LOGS {
        let file = |ending: &str| data(&format!("receivers/gpsd/{}.log{ending}", log.name));
        let (Some(bytes), Some(theirs)) = (file(""), file(".chk")) else {
            return;
        };
        let mut theirs = Theirs::read(&String::from_utf8_lossy(&theirs), log.years);
        let epochs = play_through(log, &bytes);
        let mut counted = BTreeMap::<Why, usize>::new();
        for epoch in &epochs {
            let said = theirs.tpv.remove(&epoch.utc).unwrap_or_default();
            let tpv = if log.first_word { said.first() } else { said.last() };
            for difference in epoch.differs(tpv) {
                let why = ALL.into_iter().find(|why| epoch.explains(*why, &difference, tpv));
                let why =
                    why.unwrap_or_else(|| panic!("{} {}: {difference} has no name: {tpv:?}", log.name, epoch.utc));
                *counted.entry(why).or_default() += 1;
            }
        }
        let expected: BTreeMap<Why, usize> = log.differences.iter().copied().collect();
        assert_eq!(counted, expected, "{}", log.name);
        assert!(
            theirs.tpv.is_empty(),
            "{}: no epoch of ours: {:?}",
            log.name,
            theirs.tpv
        );
        let fixes = epochs.iter().filter(|epoch| epoch.gnss.is_some()).count();
        let wanted = (log.epochs, log.fixes, log.undated);
        assert_eq!((epochs.len(), fixes, theirs.undated), wanted, "{}", log.name);
        same_headings(log, &epochs, &theirs.att);
    }
}

fn same_headings(log: &Log, epochs: &[Epoch], theirs: &[(Option<i64>, f64)]) {
    let ours = epochs.iter().filter_map(|epoch| Some((epoch.utc, epoch.heading?)));
    let ours: Vec<_> = ours.collect();
    assert_eq!((ours.len(), theirs.len()), (log.headings, log.headings), "{}", log.name);
    for ((utc, heading), (when, theirs)) in ours.iter().zip(theirs) {
        assert!(when.is_none_or(|when| when == *utc), "{} {utc}", log.name);
        assert!(
            (f64::from(heading.heading.0) / 100.0 - theirs).abs() < 0.005_1,
            "{} {utc}",
            log.name
        );
    }
}

/// RMC alone: gpsd gives a position without a height, and the day of a receiver whose weeks rolled over; the core gives
/// neither. One of the three lines has a date that is none.
#[test]
fn a_position_without_a_height_is_none() {
    let Some(bytes) = data("receivers/gpsd/april6_2019.log") else {
        return;
    };
    let mut rig = Rig::new();
    play(&mut rig, &bursts(&bytes, ONE_A_SECOND));
    let counters = rig.unit.counters();
    assert_eq!((counters.receiver.sentences, counters.receiver.malformed), (2, 1));
    let none = rig
        .receiver()
        .iter()
        .all(|(_, r)| *r == Reading::NoFix(NoFix::NoSolution));
    assert!(none && rig.receiver().len() == 1, "{:?}", rig.receiver());
    assert_eq!((counters.receiver.incomplete, counters.time.implausible_dates), (1, 1));
}

/// One epoch in a stream that begins in the middle of a line, dated 2007: the position is gpsd's, and the clock stays
/// unlocked.
#[test]
fn a_torn_stream_has_its_one_epoch() {
    let (Some(bytes), Some(theirs)) = (
        data("receivers/gpsd/tcp-torture.log"),
        data("receivers/gpsd/tcp-torture.log.chk"),
    ) else {
        return;
    };
    // The bars are gpsd's own marks of where its test writes are cut.
    let bytes: Vec<u8> = without_comments(&bytes)
        .iter()
        .copied()
        .filter(|b| *b != b'|')
        .collect();
    let mut rig = Rig::new();
    play(&mut rig, &bursts(&bytes, ONE_A_SECOND));
    let theirs = String::from_utf8_lossy(&theirs).into_owned();
    let first: Value = theirs
        .lines()
        .find_map(|line| serde_json::from_str(line).ok())
        .expect("an object");
    let [(Stamp::Uptime(_), Reading::Gnss(gnss))] = rig.receiver()[..] else {
        panic!("{:?}", rig.receiver())
    };
    assert!((gnss.latitude.0 as f64 / 1e9 - first["lat"].as_f64().expect("a number")).abs() < 1.1e-9);
    assert!((gnss.longitude.0 as f64 / 1e9 - first["lon"].as_f64().expect("a number")).abs() < 1.1e-9);
    assert!((f64::from(gnss.height.0) / 1e4 - first["altHAE"].as_f64().expect("a number")).abs() < 1.1e-4);
    assert_eq!(rig.unit.counters().time.implausible_dates, 2, "of RMC and of ZDA");
}
