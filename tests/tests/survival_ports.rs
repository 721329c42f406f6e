//! Noise on the wires: garbage, half sentences, and a lost digit under an old checksum are counted, never believed.
use kaoguan_sim::rng::Rng;
use kaoguan_sim::truth::Truth;
use kaoguan_telemetry::{Port, Sample};
use kaoguan_tests::site::{Journal, Mischief, Plan, Site, score};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// What begins a sentence or a frame on each port: receiver, attitude, signals.
const BEGINS: [&[u8]; 3] = [b"$GNGGA", &[0x55, 0x51], &[0x55, 0xaa, 0xfe, 0x7c]];

/// Noise before each half sentence; a part of it may look like the start of one.
const NOISE_BYTES: u64 = 20;

/// Dirt before each `every`-th burst of one port.
struct Dirty {
    port: usize,
    every: u64,
    is_mixed: bool,
    /// How often.
    mixed: Arc<AtomicU64>,
}

impl Mischief for Dirty {
    fn riding(&mut self, site: &Site, _utc_us: i64, _truth: &Truth) {
        if std::mem::replace(&mut self.is_mixed, true) {
            return;
        }
        let (dirty, every, mixed) = (self.port, self.every, Arc::clone(&self.mixed));
        let (mut rng, mut bursts) = (Rng::new(7, "dirt"), 0);
        site.relay().mix(Some(Box::new(move |port, bytes| {
            if port != dirty || !bytes.starts_with(BEGINS[port]) {
                return bytes.to_vec();
            }
            bursts += 1;
            if bursts % every != 0 {
                return bytes.to_vec();
            }
            mixed.fetch_add(1, Ordering::Relaxed);
            let mut dirty = dirt(port, bytes, &mut rng);
            dirty.extend(bytes);
            dirty
        })));
    }
}

/// Noise, half of a good sentence, and one that lost or changed a digit but not its checksum.
fn dirt(port: usize, good: &[u8], rng: &mut Rng) -> Vec<u8> {
    let mut dirt: Vec<u8> = (0..NOISE_BYTES).map(|_| rng.bits() as u8).collect();
    let (whole, half) = match port {
        0 => (
            good.iter()
                .position(|byte| *byte == b'\n')
                .map_or(good.len(), |at| at + 1),
            30,
        ),
        1 => (good.len().min(11), 5),
        _ => (good.len(), 20),
    };
    dirt.extend(&good[..half.min(good.len())]);
    let mut wrong = good[..whole].to_vec();
    match port {
        // The latitude's last digit but one is gone: the position would be kilometres off.
        0 => drop(wrong.remove(24)),
        // Upside down.
        1 => wrong[7] ^= 0xff,
        // Helmet off, feet off their pegs.
        _ => wrong[4 + 31] ^= 0xff,
    }
    dirt.extend(wrong);
    dirt
}

/// A count in the unit's last line: `receiver: PortCounters { ..., bad_checksum: 7, ... }`.
fn count(log: &str, port: &str, name: &str) -> u64 {
    let last = log
        .lines()
        .rfind(|line| line.contains("stopping"))
        .expect("the unit says its counters");
    let of_port = last.split(&format!(" {port}: ")).nth(1).expect("the port's counters");
    let value = of_port.split(&format!(" {name}: ")).nth(1).expect("the count");
    let digits: String = value.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().expect("a number")
}

async fn dirt_is_counted_and_never_believed(port: usize, name: &str, every: u64) {
    let clean = Site::start(Plan::default());
    let wanted = clean.ride("rolls_back_200", 7, &mut ()).await;
    assert_eq!((wanted.verdict.as_str(), wanted.score), ("pass", 90));
    let clean_log = clean.stop_unit();

    let site = Site::start(Plan::default());
    let mut dirty = Dirty {
        port,
        every,
        is_mixed: false,
        mixed: Arc::default(),
    };
    let outcome = site.ride("rolls_back_200", 7, &mut dirty).await;
    assert_eq!(outcome, wanted);
    assert_same_samples(&clean, &site);
    score(&site.record());
    let log = site.stop_unit();
    let [was, is] = [clean_log, log].map(|log| move |what: &str| count(&log, name, what));
    assert_eq!(was("bad_checksum"), 0, "good bytes have good checks");
    for what in ["sentences", "samples"] {
        assert_eq!(is(what), was(what), "no good one is lost, no bad one is taken: {what}");
    }
    let mixed = dirty.mixed.load(Ordering::Relaxed);
    let (bad, broken, ignored) = (is("bad_checksum"), is("broken"), is("ignored"));
    println!("{name}: {mixed} times dirt: {bad} bad, {broken} broken, {ignored} bytes ignored");
    assert!(mixed >= 100, "dirt came often");
    // A line shows where it was cut off; a frame without its end only that its check is wrong.
    let (halves, wrongs) = if port == 0 { (broken, bad) } else { (bad / 2, bad / 2) };
    assert!(halves >= mixed, "each half sentence is counted");
    assert!(wrongs >= mixed, "each wrong sentence is counted");
    assert!(ignored >= mixed * NOISE_BYTES / 2, "noise is counted by its bytes");
}

/// The samples of a record by their names; those of the unit itself depend on the wall clock.
fn samples(site: &Site) -> BTreeMap<(Port, u64), Sample> {
    let journal = Journal::of(&site.record());
    journal.assert_whole();
    let measured = journal.samples().filter(|(_, sample)| sample.port != Port::Unit);
    measured
        .map(|(boot, sample)| {
            assert_eq!(boot, 1, "the unit has never started again");
            ((sample.port, sample.seq), sample)
        })
        .collect()
}

/// Each sample of the one is in the other, to the microsecond and the last digit, and none besides; but where the records
/// begin and end: opening and closing fall between other batches.
fn assert_same_samples(clean: &Site, dirty: &Site) {
    let (clean, dirty) = (samples(clean), samples(dirty));
    let mut same = 0;
    for (name, sample) in &dirty {
        if let Some(wanted) = clean.get(name) {
            assert_eq!(sample, wanted, "with dirt and without");
            same += 1;
        }
    }
    println!("{same} same samples of {} and {}", clean.len(), dirty.len());
    assert!(same * 2 > clean.len(), "only {same} of {} are in both", clean.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_the_receivers_port() {
    dirt_is_counted_and_never_believed(0, "receiver", 3).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_the_attitude_sensors_port() {
    dirt_is_counted_and_never_believed(1, "attitude", 10).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_the_signal_boxs_port() {
    dirt_is_counted_and_never_believed(2, "signals", 3).await;
}
