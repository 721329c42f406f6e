//! The receiver's pulse a second, as the kernel stamped it (Linux PPS in sysfs: `seconds.nanoseconds#number` of the wall
//! clock).
//!
//! The problem: the core counts uptime, and the wall clock may be stepped. The answer: both clocks are read together, and
//! the pulse is as much older than that uptime as its stamp is older than that wall clock. What is older than a second, from
//! the future, or read while this process was held up, is thrown away: the core has the next one a second later.
//!
//! Deliberately not here: which second it was, and whether it is believed (the core).
use crate::clock::Origin;
use kaoguan_telemetry::units::Uptime;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::time::{Interval, MissedTickBehavior, interval};

/// How often the file is looked at: a pulse comes to the core that late at most, but with its own instant.
const EACH: Duration = Duration::from_millis(100);
/// A pulse with an older stamp had been seen before, or the wall clock was stepped.
const AGE_MAX_US: i64 = 1_000_000;
/// Two clocks read further apart than this were not read together.
const APART_MAX_US: i64 = 200;

/// Where pulses come from.
#[derive(Debug)]
pub struct Pulse {
    path: Option<PathBuf>,
    origin: Origin,
    interval: Interval,
    /// The number of the last one that was seen.
    last: Option<u64>,
    is_told: bool,
}

impl Pulse {
    /// `path` is the file of the rising edge, such as `/sys/class/pps/pps0/assert`; none where no pulse is wired.
    pub fn new(path: Option<&Path>, origin: Origin) -> Pulse {
        let mut interval = interval(EACH);
        interval.set_missed_tick_behavior(MissedTickBehavior::Skip);
        Pulse {
            path: path.map(Path::to_owned),
            origin,
            interval,
            last: None,
            is_told: false,
        }
    }

    /// The next pulse's instant; never where none is wired. May be cancelled.
    pub async fn next(&mut self) -> Uptime {
        let Some(path) = self.path.clone() else {
            return std::future::pending().await;
        };
        loop {
            self.interval.tick().await;
            if let Some(at) = self.look(&path) {
                return at;
            }
        }
    }

    /// A few bytes that the kernel keeps in memory: reading them blocks nobody.
    fn look(&mut self, path: &Path) -> Option<Uptime> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(e) => {
                if !std::mem::replace(&mut self.is_told, true) {
                    tracing::warn!("pulse: {}: {e}", path.display());
                }
                return None;
            }
        };
        self.is_told = false;
        let (stamp_us, number) = parse(&text)?;
        let is_new = self.last.replace(number).is_some_and(|last| last != number);
        is_new.then(|| uptime_of(self.origin, stamp_us)).flatten()
    }
}

/// The uptime of a stamp of the wall clock, microseconds since 1970.
fn uptime_of(origin: Origin, stamp_us: i64) -> Option<Uptime> {
    let before = origin.uptime();
    let wall = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    let after = origin.uptime();
    let apart = after.0.saturating_sub(before.0);
    let age = i64::try_from(wall.as_micros()).ok()?.saturating_sub(stamp_us);
    let is_sound = (0..=APART_MAX_US).contains(&apart) && (0..=AGE_MAX_US).contains(&age);
    is_sound.then(|| Uptime((before.0 + apart / 2).saturating_sub(age)))
}

/// `1795401040.000012345#42` as microseconds and number.
fn parse(text: &str) -> Option<(i64, u64)> {
    let (stamp, number) = text.trim().split_once('#')?;
    let (seconds, nanoseconds) = stamp.split_once('.')?;
    let nanoseconds = (nanoseconds.len() == 9).then(|| nanoseconds.parse::<u32>().ok())??;
    let micros = seconds.parse::<i64>().ok()?.checked_mul(1_000_000)?;
    Some((
        micros.checked_add(i64::from(nanoseconds / 1_000))?,
        number.parse().ok()?,
    ))
}
