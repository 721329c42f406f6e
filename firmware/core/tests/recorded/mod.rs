//! Recordings of real receivers as timed bursts, read without our own code: a recording has no arrival times, so each burst
//! arrives when it was true, plus the rig's latency.
#![allow(dead_code)]

pub mod counted;

use crate::rig::{LATENCY, Rig};
use kaoguan_telemetry::Port;
use kaoguan_unit_core::calendar::Date;
use std::path::PathBuf;
use std::time::{Duration, Instant};

pub fn data(path: &str) -> Option<Vec<u8>> {
    let Some(folder) = std::env::var_os("KAOGUAN_DATA") else {
        println!("KAOGUAN_DATA is unset: {path} is not read");
        return None;
    };
    let path = PathBuf::from(folder).join(path);
    Some(std::fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display())))
}

/// Every file of receivers' bytes that we have.
pub const RECORDINGS: [&str; 22] = [
    "drives/nagoya-car-a.nmea",
    "receivers/gpsd/april6_2019.log",
    "receivers/gpsd/hemi.log",
    "receivers/gpsd/nmea-rtk.log",
    "receivers/gpsd/quectel-l76k-dual.log",
    "receivers/gpsd/rtcm3.2.log",
    "receivers/gpsd/rx210.log",
    "receivers/gpsd/skytraq-PX1172RH_DS.log",
    "receivers/gpsd/tcp-torture.log",
    "receivers/gpsd/ublox-neo-m8p.log",
    "receivers/gpsd/ublox-zed-f9p-hp.log",
    "receivers/gpsd/ublox-zed-f9p-nmea.log",
    "receivers/gpsd/unicore-um621.log",
    "receivers/pynmeagps/pygpsdata-mixed.log",
    "receivers/pynmeagps/pygpsdata-nmeabadck.log",
    "receivers/pynmeagps/trimble_nmea.log",
    "receivers/pynmeagps/unicore_nmea.log",
    "receivers/pyrtcm/pygpsdata-MIXED-RTCM3.log",
    "receivers/pyubx2/pygpsdata-BADCK2.log",
    "receivers/pyubx2/pygpsdata-BADEOF1.log",
    "receivers/pyubx2/pygpsdata-MIXED.log",
    "receivers/pyubx2/pygpsdata-NAV.log",
];

/// The recordings as timed bursts, the long ones cut short, so late that their clock locks.
pub fn timed() -> impl Iterator<Item = (&'static str, Vec<Burst>)> {
    RECORDINGS.into_iter().filter_map(|path| {
        let bytes = data(path)?;
        let is_old = ["hemi", "rx210", "zed-f9p"].iter().any(|name| path.contains(name));
        let bytes = redated(without_comments(&bytes), if is_old { 8 } else { 0 });
        let rhythm = if path.contains("hemi") {
            TWO_A_SECOND
        } else {
            ONE_A_SECOND
        };
        let mut bursts = bursts(&bytes, rhythm);
        bursts.truncate(40);
        Some((path, bursts))
    })
}

/// What a receiver sent in one breath.
#[derive(Debug, Clone)]
pub struct Burst {
    /// Uptime of its arrival, microseconds.
    pub at: i64,
    pub bytes: Vec<u8>,
}

/// How a recording falls into bursts.
#[derive(Debug, Clone, Copy)]
pub struct Rhythm {
    /// The sentence's formatter that opens a burst; empty where a new time does.
    pub opener: &'static str,
    /// From burst to burst where no time is told, microseconds.
    pub period: i64,
}

pub const ONE_A_SECOND: Rhythm = Rhythm {
    opener: "",
    period: 1_000_000,
};

/// hemi.log: its sentences have no time before the first fix.
pub const TWO_A_SECOND: Rhythm = Rhythm {
    opener: "HDT",
    period: 500_000,
};

/// Cuts a recording into bursts, without the comments that gpsd puts before it.
pub fn bursts(bytes: &[u8], rhythm: Rhythm) -> Vec<Burst> {
    let (mut bursts, mut time): (Vec<Burst>, Option<i64>) = (Vec::new(), None);
    // The burst's time of day and its uptime, of the last burst that told one.
    let mut anchor: Option<(i64, i64)> = None;
    for piece in pieces(without_comments(bytes)) {
        let told = time_of_day(piece);
        let is_other = told.is_some() && time.is_some() && told != time;
        let opens = !rhythm.opener.is_empty() && piece.get(3..6) == Some(rhythm.opener.as_bytes());
        if bursts.is_empty() || is_other || opens {
            let at = bursts.last().map_or(LATENCY, |last| last.at + rhythm.period);
            bursts.push(Burst { at, bytes: Vec::new() });
            time = None;
        }
        let before = bursts.len().checked_sub(2).map_or(LATENCY, |n| bursts[n].at);
        let burst = bursts.last_mut().expect("one was opened");
        if let (Some(told), None) = (told, time) {
            time = Some(told);
            let (then, at) = anchor.unwrap_or((told, burst.at));
            // Forward, over midnight too; a time that goes back comes a period later.
            let since = (told - then).rem_euclid(86_400_000_000);
            if since < 43_200_000_000 {
                burst.at = (at + since).max(before);
            }
            anchor = Some((told, burst.at));
        }
        burst.bytes.extend_from_slice(piece);
    }
    bursts
}

/// Plays bursts into a rig, each whole, and lets two seconds pass.
pub fn play(rig: &mut Rig, bursts: &[Burst]) {
    for burst in bursts {
        rig.serial(Port::Receiver, burst.at, &burst.bytes);
    }
    rig.tick(bursts.last().map_or(0, |last| last.at) + 2_000_000);
}

/// One burst, and the 40 ms after it that close its epoch.
pub fn play_one(rig: &mut Rig, burst: &Burst) {
    rig.serial(Port::Receiver, burst.at, &burst.bytes);
    rig.tick(burst.at + 41_000);
}

/// gpsd's own comments stand in front and begin with `# `, or are JSON.
pub fn without_comments(bytes: &[u8]) -> &[u8] {
    let mut rest = bytes;
    while rest.starts_with(b"#") || rest.starts_with(b"{\"class\"") {
        let end = rest.iter().position(|b| *b == b'\n').map_or(rest.len(), |n| n + 1);
        rest = &rest[end..];
    }
    rest
}

/// Whole UBX frames; else text up to its line end, cut before every `$` and every beginning of a frame.
pub fn pieces(bytes: &[u8]) -> Vec<&[u8]> {
    let (mut pieces, mut rest) = (Vec::new(), bytes);
    while !rest.is_empty() {
        let len = ubx_frame(rest).map_or_else(|| text_len(rest), <[u8]>::len);
        let (piece, later) = rest.split_at(len);
        pieces.push(piece);
        rest = later;
    }
    pieces
}

fn text_len(bytes: &[u8]) -> usize {
    let starts = |n: usize| bytes[n] == b'$' || bytes[n..].starts_with(&[0xB5, 0x62]);
    (1..bytes.len())
        .find(|n| starts(*n) || bytes[n - 1] == b'\n')
        .unwrap_or(bytes.len())
}

/// The UBX frame that the bytes begin with, if its sum holds.
pub fn ubx_frame(bytes: &[u8]) -> Option<&[u8]> {
    let head = bytes.get(..6).filter(|head| head.starts_with(&[0xB5, 0x62]))?;
    let len = 8 + usize::from(u16::from_le_bytes([head[4], head[5]]));
    let frame = bytes.get(..len)?;
    (frame[len - 2..] == fletcher(&frame[2..len - 2])).then_some(frame)
}

pub fn fletcher(bytes: &[u8]) -> [u8; 2] {
    let sums = bytes.iter().fold((0u8, 0u8), |(a, b), byte| {
        let a = a.wrapping_add(*byte);
        (a, b.wrapping_add(a))
    });
    [sums.0, sums.1]
}

/// The body of a sentence whose XOR holds.
pub fn proven(piece: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(piece).ok()?.trim_end();
    let (body, sum) = text.strip_prefix('$')?.split_once('*')?;
    let xor = body.bytes().fold(0, |sum, byte| sum ^ byte);
    (u8::from_str_radix(sum, 16) == Ok(xor)).then_some(body)
}

/// What a piece says of its time of day, microseconds.
fn time_of_day(piece: &[u8]) -> Option<i64> {
    if let Some(frame) = ubx_frame(piece) {
        // Navigation messages begin with the time of the week; GPS is 18 s ahead.
        let [0xB5, 0x62, 0x01, id, _, _, payload @ ..] = frame else {
            return None;
        };
        let at = if matches!(id, 0x13 | 0x14 | 0x3C) { 4 } else { 0 };
        let itow = u32::from_le_bytes(payload.get(at..at + 4)?.try_into().ok()?);
        return Some((i64::from(itow) - 18_000).rem_euclid(86_400_000) * 1_000);
    }
    let f: Vec<&str> = proven(piece)?.split(',').collect();
    let of = ["GGA", "GNS", "GST", "RMC", "ZDA"];
    (f[0].len() == 5 && of.contains(&&f[0][2..])).then_some(())?;
    let text = f.get(1)?;
    let seconds: f64 = text.get(4..)?.parse().ok()?;
    let whole = text.get(..2)?.parse::<i64>().ok()? * 3_600 + text.get(2..4)?.parse::<i64>().ok()? * 60;
    Some(whole * 1_000_000 + (seconds * 1e6).round() as i64)
}

/// The same recording `years` later: dates in RMC, ZDA and NAV-PVT, with their sums.
pub fn redated(bytes: &[u8], years: u16) -> Vec<u8> {
    pieces(bytes)
        .into_iter()
        .flat_map(|piece| later(piece, years))
        .collect()
}

fn later(piece: &[u8], years: u16) -> Vec<u8> {
    if let Some([0xB5, 0x62, 0x01, 0x07, ..]) = ubx_frame(piece) {
        let mut frame = piece.to_vec();
        let year = u16::from_le_bytes([frame[10], frame[11]]) + years;
        frame[10..12].copy_from_slice(&year.to_le_bytes());
        let end = frame.len() - 2;
        let sum = fletcher(&frame[2..end]);
        frame[end..].copy_from_slice(&sum);
        return frame;
    }
    let Some(body) = proven(piece) else {
        return piece.to_vec();
    };
    let mut f: Vec<String> = body.split(',').map(str::to_owned).collect();
    match f[0].get(2..) {
        Some("RMC") if f[9].len() == 6 && f[9].bytes().all(|b| b.is_ascii_digit()) => {
            let year: u16 = f[9][4..].parse().expect("two digits");
            f[9] = format!("{}{:02}", &f[9][..4], (year + years) % 100);
        }
        Some("ZDA") if f[4].len() == 4 => {
            let year: u16 = f[4].parse().expect("four digits");
            f[4] = (year + years).to_string();
        }
        _ => return piece.to_vec(),
    }
    crate::rig::line(&f.join(",")).into_bytes()
}

/// The first day that the recording tells, as days since 1970, with the uptime of the midnight before it, microseconds.
pub fn first_day(bursts: &[Burst]) -> Option<(i64, i64)> {
    bursts.iter().find_map(|burst| {
        let told = pieces(&burst.bytes).into_iter().find_map(time_of_day)?;
        let day = pieces(&burst.bytes).into_iter().find_map(day)?;
        Some((day, burst.at - LATENCY - told))
    })
}

/// What a piece says of its day.
fn day(piece: &[u8]) -> Option<i64> {
    let number = |text: &str| text.parse::<u16>().ok();
    let date = |year: u16, month: u16, day: u16| {
        let (month, day) = (u8::try_from(month).ok()?, u8::try_from(day).ok()?);
        Date { year, month, day }.believed()
    };
    if let Some([0xB5, 0x62, 0x01, 0x07, _, _, payload @ ..]) = ubx_frame(piece) {
        let year = u16::from_le_bytes([payload[4], payload[5]]);
        return date(year, payload[6].into(), payload[7].into());
    }
    let f: Vec<&str> = proven(piece)?.split(',').collect();
    match f[0].get(2..)? {
        "RMC" if f.get(9)?.len() == 6 => date(2_000 + number(&f[9][4..])?, number(&f[9][2..4])?, number(&f[9][..2])?),
        "ZDA" => date(number(f.get(4)?)?, number(f[3])?, number(f[2])?),
        _ => None,
    }
}

/// The fields of the first proven sentence with this formatter.
pub fn sentence(bytes: &[u8], formatter: &str) -> Option<Vec<String>> {
    let all = pieces(bytes).into_iter().filter_map(proven);
    let mut these = all.filter(|body| body.get(2..5) == Some(formatter));
    Some(these.next()?.split(',').map(str::to_owned).collect())
}

/// splitmix64: the seeded choices of these tests.
pub struct Chance(pub u64);

impl Chance {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
    pub fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }
}

/// Once a seed, for as many seconds as `FUZZ_SECONDS` says (2 if unset) and once at least.
///
/// # Panics
/// With the seed that made `once` panic.
pub fn fuzz(name: &str, mut once: impl FnMut(&mut Chance)) {
    let seconds = std::env::var("FUZZ_SECONDS").ok().and_then(|s| s.parse().ok());
    let end = Instant::now() + Duration::from_secs(seconds.unwrap_or(2));
    let mut seed = 1;
    while Instant::now() < end || seed == 1 {
        let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| once(&mut Chance(seed))));
        assert!(caught.is_ok(), "{name}: seed {seed}");
        seed += 1;
    }
    println!("{name}: {} inputs", seed - 1);
}
