//! Damaged sentences and frames of every kind *under a good sum*, for as many seconds as `FUZZ_SECONDS` says (2 if unset): a
//! damaged byte seldom comes through a sum, so the decoders are given what a sum would have kept from them. Nothing panics,
//! and what is read lies within its range. Cut, flipped, repeated and spliced by seed; a failure prints its seed.
mod recorded;
mod rig;

use kaoguan_telemetry::units::TenthMillimetres;
use kaoguan_telemetry::{Gnss, Heading, Port, Reading};
use kaoguan_unit_core::Check;
use kaoguan_unit_core::calendar::{DAY_US, TimeOfDay};
use kaoguan_unit_core::sentence::{self, KINDS, Line, Says, Sentence, Stated};
use kaoguan_unit_core::ubx;
use recorded::{Chance, fletcher, fuzz};
use rig::*;

/// A kind's bytes without their sum.
#[derive(Clone)]
enum Seed {
    Text(&'static str),
    Log(&'static str),
    Frame(u8, u8, Vec<u8>),
}

/// One of each kind, in no order.
fn seeds() -> Vec<Seed> {
    let texts = [
        "GNGGA,023042.40,3244.1234567,N,11703.7654321,E,4,24,0.6,38.512,M,-2.310,M,1.0,0001",
        "GNRMC,023042.40,A,3244.1234567,N,11703.7654321,E,2.134,087.45,231126,,,R,V",
        "GNGNS,023042.40,3244.1234567,N,11703.7654321,E,RRNN,24,0.6,38.512,-2.310,1.0,0001,V",
        "GNGST,023042.40,0.9,0.012,0.010,45.0,0.011,0.012,0.021",
        "GNHDT,087.4521,T",
        "GNTHS,087.4521,A",
        "GNVTG,87.45,T,,M,2.134,N,3.952,K,D",
        "GNZDA,023042.40,23,11,2026,00,00",
        "GPHPR,070901.00,090.10,000.20,000.00,4,14,1.00,0004",
        "GPHPD,1957,34719.600,61.98,1.77,17.12,31.5919733,120.7725163,2.637,1.0,2.0,2.637,-2.102,-1.920,1.289,0.646,1.565,\
         0.840,0.000,16,15,4",
        "KSXT,20261123023042.40,117.06275720,32.73539095,38.5120,87.45,-1.23,86.90,3.952,,3,3,22,24,,,,3.946,0.214,0.011,,",
        "PTNL,AVR,212405.20,+52.1531,Yaw,-0.0806,Tilt,,,12.575,3,1.4,16",
        "PSTI,036,003832.000,290322,244.28,2.77,0.00,R",
    ];
    let logs = [
        "UNIHEADINGA,68,GPS,FINE,2433,239990400,0,0,18,13;SOL_COMPUTED,NARROW_INT,1.3868,41.3574,-0.9784,0.0000,0.1966,0.5238,\
         \"999\",37,35,35,28,3,01,3,f3",
        "HEADING3A,COM1,0,62.0,FINESTEERING,2084,288973.200,02008000,d3de,15227;SOL_COMPUTED,NARROW_INT,1.331216693,0.440198153,\
         0.014018374,0.200,0.157729775,0.241520703,\"Z88G\",27,24,24,21,04,01,30,33",
        "BESTNAVA,68,GPS,FINE,2433,239990400,0,0,18,9;SOL_COMPUTED,NARROW_INT,-7.89377025183,-78.13098235479,3363.0132,22.3499,\
         WGS84,0.0153,0.0171,0.0694,\"665\",1.400,46.000,38,36,36,34,0,01,03,f3,SOL_COMPUTED,DOPPLER_VELOCITY,0.000,0.000,0.0006,\
         251.626423,-0.0012,0.0157,0.0096",
        "PVTSLNA,97,GPS,FINE,2433,239990400,0,0,18,13;NARROW_INT,40.8220,32.73539094500,117.06275720167,0.0210,0.0110,0.0120,1.400,\
         SINGLE,41.5060,32.73539130522,117.06275134427,-2.3100,46,38,46,28,0.0490,1.0970,0.0032,NARROW_INT,1.3868,41.3574,-0.9784,\
         37,35,35,28,2.1753,1.3480,0.6840,1.8392,1.7072,5.0",
    ];
    let mut pvt = vec![0; 92];
    pvt[..12].copy_from_slice(&[0x38, 0x72, 0x52, 0x0d, 0xe4, 0x07, 10, 20, 14, 4, 49, 0x37]);
    pvt[20..24].copy_from_slice(&[3, 0x83, 0, 24]);
    pvt[24..32].copy_from_slice(&[0xb4, 0x5c, 0xc6, 0x45, 0x95, 0x07, 0x83, 0x13]);
    let mut hpposllh = vec![0; 36];
    hpposllh[4..8].copy_from_slice(&[0x38, 0x72, 0x52, 0x0d]);
    hpposllh[8..16].copy_from_slice(&[0xb4, 0x5c, 0xc6, 0x45, 0x95, 0x07, 0x83, 0x13]);
    let mut relposned = vec![0; 64];
    relposned[..8].copy_from_slice(&[1, 0, 0, 0, 0x38, 0x72, 0x52, 0x0d]);
    relposned[20..28].copy_from_slice(&[138, 0, 0, 0, 0x3e, 0x1b, 0x3f, 0]);
    relposned[60..].copy_from_slice(&0b1_0011_0111u32.to_le_bytes());
    let frames = [
        (0x07, pvt.clone()),
        (0x07, pvt[..84].to_vec()),
        (0x14, hpposllh),
        (0x3C, relposned),
    ];
    let texts = texts.map(Seed::Text).into_iter();
    let frames = frames.into_iter().map(|(id, payload)| Seed::Frame(0x01, id, payload));
    texts.chain(logs.map(Seed::Log)).chain(frames).collect()
}

impl Seed {
    /// Damaged, or not, under a good sum.
    fn proven(&self, chance: &mut Chance, is_damaged: bool) -> Vec<u8> {
        let mut damaged = |bytes: &[u8]| {
            let mut bytes = bytes.to_vec();
            if is_damaged {
                damage(&mut bytes, chance);
            }
            bytes
        };
        match self {
            Seed::Text(body) => {
                let body = damaged(body.as_bytes());
                let sum = sentence::xor(&body);
                [b"$", &body[..], format!("*{sum:02X}\r\n").as_bytes()].concat()
            }
            Seed::Log(body) => {
                let body = damaged(body.as_bytes());
                let sum = sentence::crc32(&body);
                [b"#", &body[..], format!("*{sum:08x}\r\n").as_bytes()].concat()
            }
            Seed::Frame(class, id, payload) => {
                let mut payload = damaged(payload);
                // A frame of another length is of another kind.
                payload.resize(self.length(), 0xFF);
                let length = (payload.len() as u16).to_le_bytes();
                let body = [&[*class, *id][..], &length, &payload].concat();
                [&[0xB5, 0x62][..], &body, &fletcher(&body)].concat()
            }
        }
    }

    fn length(&self) -> usize {
        match self {
            Seed::Text(body) | Seed::Log(body) => body.len(),
            Seed::Frame(_, _, payload) => payload.len(),
        }
    }
}

fn read(bytes: &[u8]) -> Option<Sentence> {
    if bytes.starts_with(&[0xB5]) {
        return ubx::read(bytes).ok();
    }
    match sentence::read(bytes.trim_ascii_end()) {
        Ok(Line::Epoch(sentence)) => Some(sentence),
        _ => None,
    }
}

/// One to four small damages; digits are exchanged most often, because they come furthest.
fn damage(bytes: &mut Vec<u8>, chance: &mut Chance) {
    for _ in 0..=chance.below(4) {
        let at = chance.below(bytes.len());
        match chance.below(8) {
            0 if !bytes.is_empty() => bytes[at] ^= 1 << chance.below(8),
            1 if !bytes.is_empty() => drop(bytes.remove(at)),
            2 => bytes.insert(at, chance.next() as u8),
            3 => bytes.truncate(at),
            4 => {
                let end = (at + chance.below(40)).min(bytes.len());
                let piece = bytes[at.min(end)..end].to_vec();
                let to = chance.below(bytes.len());
                bytes.splice(to..to, piece);
            }
            5 if !bytes.is_empty() => bytes[at] = b",;.-+*$AVN\x00\xFF"[chance.below(12)],
            6 => {
                // A long number where a short one was.
                let digits = b"99999999999999999999";
                bytes.splice(at..at, digits[..chance.below(digits.len())].iter().copied());
            }
            _ if !bytes.is_empty() => bytes[at] = b"0123456789"[chance.below(10)],
            _ => {}
        }
    }
}

#[test]
fn the_seeds_are_of_every_kind() {
    let mut chance = Chance(0);
    let mut have = [false; KINDS];
    for seed in seeds() {
        let bytes = seed.proven(&mut chance, false);
        let sentence = read(&bytes).unwrap_or_else(|| panic!("{:?}", String::from_utf8_lossy(&bytes)));
        have[sentence.kind()] = true;
    }
    assert_eq!(have, [true; KINDS], "a kind without a seed");
}

#[test]
fn decoders() {
    let seeds = seeds();
    let mut read_at_all = [0u64; KINDS];
    fuzz("decoders", |chance| {
        for seed in &seeds {
            if let Some(sentence) = read(&seed.proven(chance, true)) {
                read_at_all[sentence.kind()] += 1;
                in_range(sentence.says());
            }
        }
    });
    println!("read, by kind: {read_at_all:?}");
}

fn in_range(says: &dyn Says) {
    if let Stated::At(TimeOfDay(us)) = says.time() {
        assert!((0..=DAY_US + 999_999).contains(&us), "{us}");
    }
    if let Some(date) = says.date() {
        let _ = date.believed();
    }
    if let Some(place) = says.place() {
        if let Some(position) = place.position {
            assert!(position.latitude.0.abs() <= 90_000_000_000 && position.longitude.0.abs() <= 180_000_000_000);
            assert!(position.resolution > TenthMillimetres(0));
        }
        assert!(place.age.is_none_or(|age| age.0 >= 0));
    }
    let sigmas = says.sigmas().or(says.place().and_then(|place| place.sigmas));
    if let Some(sigmas) = sigmas {
        let all = [sigmas.north, sigmas.east, sigmas.up];
        assert!(all.into_iter().flatten().all(|sigma| sigma.0 >= 0));
    }
    if let Some(direction) = says.direction() {
        assert!(direction.heading.is_none_or(|heading| (0..36_000).contains(&heading.0)));
        assert!(direction.pitch.is_none_or(|pitch| pitch.0.abs() <= 9_000));
        assert!(direction.sigma.is_none_or(|sigma| sigma.0 >= 0));
    }
    let _ = says.velocity();
}

/// Bursts of all of it on the receiver's ports, in reads of any size, at any pace: nothing panics, nothing is lost for want of
/// room, and what comes out has numbers without holes and values in their range.
#[test]
fn ports() {
    let seeds = seeds();
    fuzz("receiver's ports", |chance| {
        let mut config = config(Check::None);
        config.trailer = Some(config.receiver);
        let mut rig = Rig::with(config);
        let mut at = 0;
        for _ in 0..60 {
            at += chance.next() as i64 >> (44 + chance.below(19));
            let port = [Port::Receiver, Port::Receiver, Port::Trailer][chance.below(3)];
            let is_damaged = chance.below(3) == 0;
            let mut bytes = seeds[chance.below(seeds.len())].proven(chance, is_damaged);
            match chance.below(6) {
                0 => bytes
                    .splice(0..0, b"\xd3\x00\x13\x3e\xd7\xd3\x02\x02".iter().copied())
                    .for_each(drop),
                1 => damage(&mut bytes, chance),
                _ => {}
            }
            let mut rest = &bytes[..];
            while !rest.is_empty() {
                let (now, later) = rest.split_at(1 + chance.below(rest.len()));
                rig.serial(port, at, now);
                rest = later;
            }
            rig.tick(at + chance.below(100_000) as i64);
        }
        assert_eq!(rig.unit.counters().outputs_dropped, 0);
        for port in Port::ALL {
            let seqs = rig
                .samples
                .iter()
                .filter(|sample| sample.port == port)
                .map(|sample| sample.seq);
            assert!(seqs.zip(0..).all(|(seq, n)| seq == n));
        }
        rig.samples.iter().for_each(|sample| is_sound(&sample.reading));
    });
}

fn is_sound(reading: &Reading) {
    match reading {
        Reading::Gnss(Gnss {
            latitude, longitude, ..
        }) => assert!(latitude.0.abs() <= 90_000_000_000 && longitude.0.abs() <= 180_000_000_000),
        Reading::Heading(Heading { heading, .. }) => assert!((0..36_000).contains(&heading.0)),
        _ => {}
    }
}
