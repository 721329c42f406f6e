//! Noise on the wires: garbage, half sentences, and a lost digit under an old checksum are counted, never believed.
use kaoguan_sim::rng::Rng;
use kaoguan_sim::truth::Truth;
use kaoguan_tests::site::{Journal, Mischief, Plan, Site, score};

/// What begins a sentence or a frame on each port: receiver, attitude, signals.
const BEGINS: [&[u8]; 3] = [b"$GNGGA", &[0x55, 0x51], &[0x55, 0xaa, 0xfe, 0x7c]];

/// Dirt before each `every`-th burst of one port.
struct Dirty {
    port: usize,
    every: u32,
    is_mixed: bool,
}

impl Mischief for Dirty {
    fn riding(&mut self, site: &Site, _utc_us: i64, _truth: &Truth) {
        if std::mem::replace(&mut self.is_mixed, true) {
            return;
        }
        let (dirty, every) = (self.port, self.every);
        let (mut rng, mut bursts) = (Rng::new(7, "dirt"), 0);
        site.relay().mix(Some(Box::new(move |port, bytes| {
            if port != dirty || !bytes.starts_with(BEGINS[port]) {
                return bytes.to_vec();
            }
            bursts += 1;
            if bursts % every != 0 {
                return bytes.to_vec();
            }
            let mut mixed = dirt(port, bytes, &mut rng);
            mixed.extend(bytes);
            mixed
        })));
    }
}

/// Noise, half of a good sentence, and one that lost or changed a digit but not its checksum.
fn dirt(port: usize, good: &[u8], rng: &mut Rng) -> Vec<u8> {
    let mut dirt: Vec<u8> = (0..20).map(|_| rng.bits() as u8).collect();
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

async fn dirt_is_counted_and_never_believed(port: usize, name: &str, every: u32) {
    let clean = Site::start(Plan::default());
    let wanted = clean.ride("rolls_back_200", 7, &mut ()).await;
    assert_eq!((wanted.verdict.as_str(), wanted.score), ("pass", 90));
    let clean_log = clean.stop_unit();

    let site = Site::start(Plan::default());
    let mut dirty = Dirty {
        port,
        every,
        is_mixed: false,
    };
    let outcome = site.ride("rolls_back_200", 7, &mut dirty).await;
    assert_eq!(outcome, wanted);
    Journal::of(&site.record()).assert_whole();
    score(&site.record());
    let log = site.stop_unit();
    assert_eq!(
        count(&clean_log, name, "bad_checksum"),
        0,
        "good bytes have good checks"
    );
    let (bad, good) = (count(&log, name, "bad_checksum"), count(&log, name, "sentences"));
    println!(
        "{name}: {bad} bad, {good} good, {} without dirt",
        count(&clean_log, name, "sentences")
    );
    assert!(bad >= 100, "each wrong sentence is counted");
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
