//! The recorded drive in Nagoya: its course, what it truly did, and how much of it could be decided.
use kaoguan_course::Course;
use kaoguan_exam::board::Fitness;
use kaoguan_exam::{Exam, Setup, SetupParts, Syllabus, Vehicle};
use kaoguan_telemetry::{Port, Quality, Reading, Sample, UnitId};
use std::path::PathBuf;

/// Course, syllabus and vehicle, relative to the repository.
pub const DOCUMENTS: [&str; 3] = [
    "course-maps/nagoya-road/course.geojson",
    "engine/syllabi/test-road-lines.toml",
    "engine/vehicles/c1-nagoya.toml",
];

/// Lines that the reference trajectory crossed under good fixes, and when: seconds of the UTC day
/// (`course-maps/nagoya-road/expected.md`).
pub const CROSSED: [(f64, &str); 4] = [
    (6.0 * 3600.0 + 7.0 * 60.0 + 25.0, "crossed-808"),
    (6.0 * 3600.0 + 7.0 * 60.0 + 27.4, "crossed-820"),
    (6.0 * 3600.0 + 8.0 * 60.0 + 46.6, "crossed-871"),
    (6.0 * 3600.0 + 9.0 * 60.0 + 1.6, "crossed-990"),
];

/// The recording, where `KAOGUAN_DATA` says where recordings are; says so where it does not.
pub fn recording() -> Option<PathBuf> {
    let Some(data) = std::env::var_os("KAOGUAN_DATA") else {
        println!("KAOGUAN_DATA is not set: the recorded drive is passed over");
        return None;
    };
    Some(PathBuf::from(data).join("drives/nagoya-car-a.nmea"))
}

/// The drive's exam.
///
/// # Panics
/// Where a document is bad.
pub fn setup() -> Setup {
    let parts = SetupParts {
        exam: "road".into(),
        candidate: "token".into(),
        attempt: 1,
        class: "C1".into(),
        unit: UnitId::new("car-1").expect("a good name"),
        course: Course::load(include_str!("../../course-maps/nagoya-road/course.geojson")).expect("a good course"),
        syllabus: Syllabus::parse(include_str!("../../engine/syllabi/test-road-lines.toml")).expect("a good syllabus"),
        vehicle: Vehicle::parse(include_str!("../../engine/vehicles/c1-nagoya.toml")).expect("a good vehicle"),
        nodes: Default::default(),
    };
    Setup::new(parts).expect("a good setup")
}

/// How much of a drive could be decided, standing and moving.
#[derive(Debug, Default)]
pub struct Share {
    /// Epochs, fixed ones, fit ones.
    standing: [usize; 3],
    moving: [usize; 3],
    is_moving: bool,
}

/// Slower than this is standing, mm/s: a stop's own threshold is 100, and Doppler without a fix is noisier.
const MOVING_MM_S: i64 = 300;

impl Share {
    /// After the exam has taken this sample.
    pub fn count(&mut self, exam: &Exam, sample: &Sample) {
        let fixed = match sample.reading {
            Reading::Gnss(fix) => {
                if let (Some(east), Some(north)) = (fix.velocity_east, fix.velocity_north) {
                    let (east, north) = (i64::from(east.0), i64::from(north.0));
                    self.is_moving = east * east + north * north > MOVING_MM_S * MOVING_MM_S;
                }
                fix.quality == Quality::Fixed
            }
            Reading::NoFix(_) => false,
            _ => return,
        };
        if sample.port != Port::Receiver {
            return;
        }
        let is_fit = exam.board().pose.is_some_and(|pose| pose.fitness == Fitness::Fit);
        let share = if self.is_moving {
            &mut self.moving
        } else {
            &mut self.standing
        };
        share[0] += 1;
        share[1] += usize::from(fixed);
        share[2] += usize::from(is_fit);
    }
}

impl std::fmt::Display for Share {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let all = [0, 1, 2].map(|i| self.standing[i] + self.moving[i]);
        for (name, [epochs, fixed, fit]) in [("all", all), ("moving", self.moving), ("standing", self.standing)] {
            let percent = |part: usize| 100.0 * part as f64 / epochs.max(1) as f64;
            writeln!(
                f,
                "{name}: {epochs} epochs, {:.1} % fixed, {:.1} % decided",
                percent(fixed),
                percent(fit)
            )?;
        }
        Ok(())
    }
}

/// Asserts that exactly the true crossings were charged, at their times; `found` in UTC microseconds.
///
/// # Panics
/// Where it is otherwise.
pub fn assert_true_crossings(found: &[i64]) {
    let found: Vec<f64> = found.iter().map(|us| (us % 86_400_000_000) as f64 * 1e-6).collect();
    assert_eq!(found.len(), CROSSED.len(), "{found:?}");
    for ((truly, line), at) in CROSSED.iter().zip(&found) {
        assert!((at - truly).abs() < 0.5, "{line}: crossed at {truly}, charged at {at}");
    }
}
