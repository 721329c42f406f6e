//! The kernel's file of pulses: each number once, at the uptime of its stamp; what stands there at the start is no news.
use kaoguan_telemetry::units::Uptime;
use kaoguan_unit::clock::Origin;
use kaoguan_unit::pulse::Pulse;
use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::time::timeout;

/// Three looks at the file and a half.
const SOON: Duration = Duration::from_millis(350);

struct Bench {
    path: PathBuf,
    origin: Origin,
    pulse: Pulse,
    number: u64,
    _folder: tempfile::TempDir,
}

impl Bench {
    fn new() -> Bench {
        let folder = tempfile::tempdir().expect("a folder");
        let (path, origin) = (folder.path().join("assert"), Origin::now());
        Bench {
            pulse: Pulse::new(Some(&path), origin),
            path,
            origin,
            number: 6,
            _folder: folder,
        }
    }

    /// A pulse that was so many milliseconds ago, by the wall clock.
    fn stamp(&mut self, ago_ms: i64) {
        self.number += 1;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
        let then = now.as_nanos() as i64 - ago_ms * 1_000_000;
        let (seconds, nanoseconds) = (then / 1_000_000_000, then % 1_000_000_000);
        self.write(&format!("{seconds}.{nanoseconds:09}#{}\n", self.number));
    }

    fn write(&self, text: &str) {
        // As the kernel does: at once.
        let beside = self.path.with_extension("new");
        std::fs::write(&beside, text).expect("written");
        std::fs::rename(&beside, &self.path).expect("renamed");
    }

    async fn next(&mut self) -> Option<Uptime> {
        timeout(SOON, self.pulse.next()).await.ok()
    }
}

#[tokio::test]
async fn each_number_comes_once_at_its_instant() {
    let mut bench = Bench::new();
    assert_eq!(bench.next().await, None, "no file yet");
    bench.stamp(0);
    assert_eq!(bench.next().await, None, "old news");
    let mut heard = 0;
    for ago_ms in [0, 0, 200, 0, 0] {
        let before = bench.origin.uptime().0;
        bench.stamp(ago_ms);
        let after = bench.origin.uptime().0;
        // A machine that is busy holds the reader up now and then, who then says nothing.
        if let Some(Uptime(at)) = bench.next().await {
            let range = before - ago_ms * 1_000 - 500..=after - ago_ms * 1_000 + 500;
            assert!(range.contains(&at), "{at} in {range:?}");
            heard += 1;
        }
        assert_eq!(bench.next().await, None, "once");
    }
    assert!(heard >= 2, "{heard}");
}

#[tokio::test]
async fn what_is_no_pulse_of_now_is_none() {
    let mut bench = Bench::new();
    bench.stamp(0);
    assert_eq!(bench.next().await, None);
    for ago_ms in [1_001, -500] {
        bench.stamp(ago_ms);
        assert_eq!(bench.next().await, None, "{ago_ms}");
    }
    for text in [
        "",
        "1795401040#42",
        "1795401040.12#43",
        "1795401040.000012345",
        "a.000000000#44",
        "9223372036854775.000000000#45",
    ] {
        bench.write(text);
        assert_eq!(bench.next().await, None, "{text:?}");
    }
    let mut none = Pulse::new(None, bench.origin);
    assert!(timeout(SOON, none.next()).await.is_err(), "none is wired");
}
