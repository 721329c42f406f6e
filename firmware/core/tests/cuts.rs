//! How a stream is cut into reads changes nothing: every recording, cut anywhere, and late reads glued to the next.
mod recorded;
mod rig;

use kaoguan_telemetry::{Port, Reading, Sample, Stamp};
use recorded::*;
use rig::*;

fn whole(bursts: &[Burst]) -> Vec<Sample> {
    let mut rig = Rig::new();
    play(&mut rig, bursts);
    rig.samples
}

#[test]
fn cut_anywhere_it_is_the_same() {
    for (seed, (path, bursts)) in (1..).zip(timed()) {
        let expected = whole(&bursts);
        let mut one_by_one = Rig::new();
        let mut chance = Chance(seed);
        let mut at_random = Rig::new();
        for burst in &bursts {
            burst
                .bytes
                .iter()
                .for_each(|byte| one_by_one.serial(Port::Receiver, burst.at, &[*byte]));
            let mut rest = &burst.bytes[..];
            while !rest.is_empty() {
                let (now, later) = rest.split_at(1 + chance.below(rest.len().min(150)));
                at_random.serial(Port::Receiver, burst.at, now);
                rest = later;
            }
        }
        for mut rig in [one_by_one, at_random] {
            rig.tick(bursts.last().map_or(0, |last| last.at) + 2_000_000);
            same(&rig.samples, &expected, &format!("{path}, seed {seed}"));
        }
    }
}

fn same(ours: &[Sample], expected: &[Sample], what: &str) {
    let other = ours.iter().zip(expected).find(|(ours, expected)| ours != expected);
    assert_eq!((other, ours.len()), (None, expected.len()), "{what}");
}

/// Three bursts, of which the middle one is cut in two at every byte, or at 50 of them where it is long.
#[test]
fn cut_at_each_byte_it_is_the_same() {
    for (path, bursts) in timed() {
        let bursts = &bursts[..bursts.len().min(3)];
        let expected = whole(bursts);
        let middle = bursts.len() / 2;
        let length = bursts[middle].bytes.len();
        for at in (0..length).step_by(length.div_ceil(50)) {
            let mut rig = Rig::new();
            for (n, burst) in bursts.iter().enumerate() {
                let (first, second) = burst.bytes.split_at(if n == middle { at } else { 0 });
                rig.serial(Port::Receiver, burst.at, first);
                rig.serial(Port::Receiver, burst.at, second);
            }
            rig.tick(bursts.last().map_or(0, |last| last.at) + 2_000_000);
            same(&rig.samples, &expected, &format!("{path}, byte {at}"));
        }
    }
}

/// A driver that holds bytes back: the end of each burst comes some milliseconds late, glued to nothing or to what follows.
/// Once the clock is locked each epoch is the same, at the same instant.
#[test]
fn a_late_end_changes_no_epoch() {
    for (seed, (path, bursts)) in (1..).zip(timed()) {
        let mut expected = Rig::new();
        bursts.iter().for_each(|burst| play_one(&mut expected, burst));
        let mut chance = Chance(seed);
        let mut rig = Rig::new();
        for burst in &bursts {
            let (now, late) = burst.bytes.split_at(chance.below(burst.bytes.len()));
            rig.serial(Port::Receiver, burst.at, now);
            rig.serial(Port::Receiver, burst.at + 1 + chance.below(30_000) as i64, late);
            rig.tick(burst.at + 80_000);
        }
        assert_eq!(dated(&rig), dated(&expected), "{path}, seed {seed}");
    }
}

/// Two bursts in one read, because the host was busy for a period: from 5 Hz up that is less than an epoch may be late.
#[test]
fn two_bursts_in_one_read_are_two_epochs() {
    for (path, bursts) in timed() {
        let is_quick = bursts.windows(2).all(|pair| pair[1].at - pair[0].at <= 200_000);
        let from = 20;
        if !is_quick || bursts.len() < from + 10 {
            continue;
        }
        let mut expected = Rig::new();
        bursts.iter().for_each(|burst| play_one(&mut expected, burst));
        let mut rig = Rig::new();
        bursts[..from].iter().for_each(|burst| play_one(&mut rig, burst));
        for pair in bursts[from..].chunks(2) {
            let bytes = pair.iter().flat_map(|burst| burst.bytes.clone()).collect();
            let at = pair[pair.len() - 1].at;
            play_one(&mut rig, &Burst { at, bytes });
        }
        println!("{path}: {} epochs", bursts.len());
        assert_eq!(dated(&rig), dated(&expected), "{path}");
    }
}

/// What was said with its UTC.
fn dated(rig: &Rig) -> Vec<(Stamp, Reading)> {
    let all = rig.receiver().into_iter();
    all.filter(|(stamp, _)| matches!(stamp, Stamp::Utc(_))).collect()
}
