//! A surveyed vehicle: outline, tyre contacts, antennas, in its own frame.
//!
//! Body frame: forward, right, down, millimetres; the origin lies on the ground under the rear axle's centre, the vehicle
//! upright on level ground. Every quantity carries its unit; all issues are reported at once. The format on one page:
//! `engine/vehicles/README.md`.
mod checks;
mod read;

use crate::Issue;
use read::Read;
use toml::Table;

/// A point of the body: forward, right, down, in millimetres.
pub type BodyPoint = [i32; 3];

/// An axle: one wheel in the middle, or two on either side of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Axle {
    /// Where it is, forward of the body's origin, millimetres.
    pub at: i32,
    /// Between the middles of its left and right contacts, millimetres; 0 for a single wheel.
    pub track: i32,
    /// Of its middle, right of the vehicle's, millimetres: 0 but for a sidecar's wheel.
    pub offset: i32,
    /// From a contact's middle to the tyre's outer edge, millimetres; of twin tyres the outermost.
    pub half_width: i32,
}

impl Axle {
    /// The middles of its contacts, right of the vehicle's middle, millimetres.
    pub fn contacts(&self) -> impl Iterator<Item = i32> + use<> {
        let half = self.track / 2;
        let both = [self.offset - half, self.offset + half];
        both.into_iter().take(if half == 0 { 1 } else { 2 })
    }
}

/// What is drawn behind: its own frame begins on the ground under its first axle in the file, forward to the coupling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trailer {
    /// Where the tractor carries it: a point of the tractor's body.
    pub coupling: BodyPoint,
    /// From the trailer's origin forward to the coupling, millimetres.
    pub length_to_coupling: i32,
    /// Its axles, in its own frame.
    pub axles: Vec<Axle>,
    /// Its main and second antenna, which give its direction, in its own frame.
    pub antennas: [BodyPoint; 2],
    /// The tractor cannot stand at a larger angle to it: what is measured beyond is no direction, degrees.
    pub angle_max_deg: i32,
    /// A direction older than this says nothing of now, milliseconds.
    pub direction_age_max_ms: i32,
    /// Its outline, in its own frame.
    pub outline: Vec<BodyPoint>,
}

impl Trailer {
    /// Where its last axle is, forward of its origin, millimetres.
    pub fn last_axle(&self) -> i32 {
        self.axles.iter().map(|axle| axle.at).min().unwrap_or(0)
    }
    /// Where its rear end is, forward of its origin, millimetres.
    pub fn tail(&self) -> i32 {
        self.outline.iter().map(|point| point[0]).min().unwrap_or(0)
    }
}

/// A proven vehicle.
#[derive(Debug, Clone, Default)]
pub struct Vehicle {
    pub(crate) id: String,
    pub(crate) class: String,
    pub(crate) zh: String,
    pub(crate) en: String,
    /// Declared, and held against the outline.
    pub(crate) size: [i32; 2],
    pub(crate) wheelbase: i32,
    pub(crate) survey_u: i32,
    /// When it was surveyed and by whom; `None` where the file is a typical vehicle's, not a surveyed one's.
    pub(crate) survey: Option<[String; 2]>,
    /// Where the dimensions come from.
    pub(crate) source: String,
    pub(crate) front_half_width: i32,
    pub(crate) rear_half_width: i32,
    pub(crate) profile_radius: i32,
    pub(crate) tyre_radius: i32,
    /// Rear, front, and whatever there is more.
    pub(crate) axles: Vec<Axle>,
    pub(crate) main: BodyPoint,
    pub(crate) second: Option<BodyPoint>,
    /// For each sensor axis x, y, z: the body axis (0 forward, 1 right, 2 down) and its sign; `None` without an attitude sensor.
    pub(crate) attitude: Option<[(usize, i32); 3]>,
    /// Where the attitude sensor sits.
    pub(crate) attitude_at: BodyPoint,
    /// Roll and pitch of the sensor on the upright body, thousandths of a degree; `None` where nobody measured them.
    pub(crate) attitude_zero: Option<[i32; 2]>,
    /// How far the wheel rolls in a hundred pulses, millimetres; `None` where nobody counts them.
    pub(crate) travel_of_100_pulses: Option<i32>,
    pub(crate) leans: bool,
    pub(crate) outline: Vec<BodyPoint>,
    pub(crate) trailer: Option<Trailer>,
    /// Bits of the ports that speak: receiver, attitude, signals, the trailer's receiver.
    pub(crate) ports: [bool; 4],
}

impl Vehicle {
    /// Whether it may have a reverse gear: two-wheelers have none.
    pub(crate) fn has_reverse(&self) -> bool {
        !matches!(self.class.as_str(), "E" | "F")
    }
    /// Whether it stops on a line by its front axle, as motorcycles do; all others do by their front bumper (20301).
    pub(crate) fn stops_by_its_axle(&self) -> bool {
        matches!(self.class.as_str(), "D" | "E" | "F")
    }
    /// Reads a vehicle's TOML text.
    ///
    /// # Errors
    /// All issues at once, each with the path of its key: what is missing, misspelt, without a unit, or cannot be.
    pub fn parse(text: &str) -> Result<Vehicle, Vec<Issue>> {
        let table: Table = text.parse().map_err(|e: toml::de::Error| {
            vec![Issue {
                place: "vehicle".into(),
                text: e.to_string().trim().into(),
            }]
        })?;
        let (vehicle, mut issues) = Read::vehicle_of(table);
        let mut implausible = Vec::new();
        checks::all(&vehicle, &mut implausible);
        // What is missing has been said; that it is nothing too is no news.
        implausible.retain(|issue| issues.iter().all(|said| said.place != issue.place));
        issues.extend(implausible);
        if issues.is_empty() { Ok(vehicle) } else { Err(issues) }
    }
    /// The vehicle's id.
    pub fn id(&self) -> &str {
        &self.id
    }
    /// Its class code.
    pub fn class(&self) -> &str {
        &self.class
    }
    /// Its name, Chinese and English.
    pub fn name(&self) -> (&str, &str) {
        (&self.zh, &self.en)
    }
    /// Length and width without mirrors, of the tractor alone, millimetres.
    pub fn size(&self) -> [i32; 2] {
        self.size
    }
    /// Length and width of the whole train, laid straight, millimetres: what a course is built for.
    pub fn overall(&self) -> [i32; 2] {
        let Some(trailer) = &self.trailer else { return self.size };
        let tail = trailer.coupling[0] - trailer.length_to_coupling + trailer.tail();
        let across = || trailer.outline.iter().map(|point| point[1]);
        let width = across().max().unwrap_or(0) - across().min().unwrap_or(0);
        let [nose, own_tail] = self.reach();
        [nose - tail.min(own_tail), width.max(self.size[1])]
    }
    /// When it was surveyed and by whom; `None` for a typical vehicle.
    pub fn survey(&self) -> Option<[&str; 2]> {
        self.survey.as_ref().map(|[date, by]| [date.as_str(), by.as_str()])
    }
    /// Where its dimensions come from.
    pub fn source(&self) -> &str {
        &self.source
    }
    /// Standard uncertainty of a surveyed point of the body, millimetres.
    pub fn survey_u(&self) -> i32 {
        self.survey_u
    }
    /// The middles of its leftmost and rightmost contact, right of the vehicle's middle, millimetres: one and the same where
    /// all wheels run in a line.
    pub fn across(&self) -> [i32; 2] {
        let all = || self.axles.iter().flat_map(Axle::contacts);
        [all().min().unwrap_or(0), all().max().unwrap_or(0)]
    }
    /// Whether a wheel of it runs beside two that run in a line (侧三轮).
    pub fn has_sidecar(&self) -> bool {
        self.axles.iter().any(|axle| axle.offset != 0)
    }
    /// Its axles: rear, front, and whatever there is more.
    pub fn axles(&self) -> &[Axle] {
        &self.axles
    }
    /// The body's outline.
    pub fn outline(&self) -> &[BodyPoint] {
        &self.outline
    }
    /// The antennas' phase centres.
    pub fn antennas(&self) -> (BodyPoint, Option<BodyPoint>) {
        (self.main, self.second)
    }
    /// Height of its axles, millimetres.
    pub fn tyre_radius(&self) -> i32 {
        self.tyre_radius
    }
    /// From axle to axle, millimetres.
    pub fn wheelbase(&self) -> i32 {
        self.wheelbase
    }
    /// Where its attitude sensor sits, if it has one.
    pub fn attitude_sensor(&self) -> Option<BodyPoint> {
        self.attitude.map(|_| self.attitude_at)
    }
    /// What it draws.
    pub fn trailer(&self) -> Option<&Trailer> {
        self.trailer.as_ref()
    }
    /// Where its foremost and rearmost point are, forward of the rear axle, millimetres.
    pub fn reach(&self) -> [i32; 2] {
        let along = || self.outline.iter().map(|point| point[0]);
        [along().max().unwrap_or(0), along().min().unwrap_or(0)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_vehicle_says_all_that_is_wrong_with_it() {
        let text = "[vehicle]\nid = \"x\"\nclass = \"E\"\nwheelbase = 1235\nsurvey_u = \"5 mm\"\n[tyre]\nfront_half_width = \"40 mm\"\nrear_half_width = \"45 mm\"\nprofile_radius = \"45 mm\"\nradius = \"285 mm\"\n[antenna]\nmain = [\"1 mm\", \"2 mm\"]\n[outline]\npoints = []\n[sources]\nports = [\"radar\"]\nporst = 1\n[tires]\n[wheel]\ntravel_of_100_pulses = \"0 mm\"\n";
        let places: Vec<_> = Vehicle::parse(text).unwrap_err().into_iter().map(|i| i.place).collect();
        for place in [
            "vehicle.wheelbase",
            "antenna.main",
            "outline.points",
            "sources.ports",
            "sources.porst",
            "tires",
            "wheel.travel_of_100_pulses",
            "attitude",
        ] {
            assert!(places.iter().any(|p| p == place), "{place} is not among {places:?}");
        }
    }

    /// One typical vehicle for each class of the regulation, and one of recorded drives.
    #[test]
    fn every_vehicle_here_is_good_and_every_class_has_one() {
        let here = concat!(env!("CARGO_MANIFEST_DIR"), "/../vehicles");
        let files = std::fs::read_dir(here).unwrap().map(|file| file.unwrap().path());
        let mut classes = std::collections::BTreeSet::new();
        for file in files.filter(|file| file.extension().is_some_and(|e| e == "toml")) {
            let vehicle = Vehicle::parse(&std::fs::read_to_string(&file).unwrap());
            let vehicle = vehicle.unwrap_or_else(|issues| panic!("{}: {issues:#?}", file.display()));
            assert_eq!(file.file_stem().and_then(|s| s.to_str()), Some(vehicle.id()));
            classes.insert(vehicle.class);
        }
        let all = [
            "A1", "A2", "A3", "B1", "B2", "C1", "C2", "C3", "C4", "C5", "C6", "D", "E", "F",
        ];
        assert_eq!(classes.iter().map(String::as_str).collect::<Vec<_>>(), all);
    }

    /// Each mistake that a surveyor makes is named with what to measure again.
    #[test]
    fn what_cannot_be_is_refused() {
        let good = include_str!("../../vehicles/c1-santana.toml");
        let cases = [
            ("length = \"4473 mm\"", "length = \"4743 mm\"", "vehicle.length"),
            ("width = \"1706 mm\"", "width = \"1760 mm\"", "vehicle.width"),
            (
                "wheelbase = \"2603 mm\"",
                "wheelbase = \"3603 mm\"",
                "vehicle.wheelbase",
            ),
            (
                "rear_track = \"1498 mm\"",
                "rear_track = \"1948 mm\"",
                "tyre.rear_track",
            ),
            (
                "\"-200 mm\", \"0 mm\", \"-1550 mm\"",
                "\"-200 mm\", \"0 mm\", \"1550 mm\"",
                "antenna.main",
            ),
            (
                "\"1400 mm\", \"0 mm\", \"-1550 mm\"",
                "\"200 mm\", \"0 mm\", \"-1550 mm\"",
                "antenna.second",
            ),
            ("\"3083 mm\", \"-853 mm\"", "\"3083 mm\", \"853 mm\"", "outline.points"),
            (
                "radius = \"300 mm\"",
                "radius = \"300 mm\"\nmore_axles = [{ at = \"1 mm\" }]",
                "tyre.more_axles",
            ),
            (
                "radius = \"300 mm\"",
                "radius = \"300 mm\"\nprofile_radius = \"40 mm\"",
                "tyre.profile_radius",
            ),
            ("survey_u", "survey_by = \"me\"\nsurvey_u", "vehicle.survey_date"),
        ];
        for (from, to, place) in cases {
            let text = good.replacen(from, to, 1);
            assert_ne!(text, good, "{from}");
            let issues = Vehicle::parse(&text).map(|_| ()).unwrap_err();
            let places: Vec<&str> = issues.iter().map(|issue| issue.place.as_str()).collect();
            assert_eq!(places, [place], "{issues:#?}");
        }
    }

    #[test]
    fn a_zero_is_whole_or_refused() {
        let good = include_str!("../../vehicles/e-hj110.toml");
        let zero =
            "{ roll = \"420 mdeg\", pitch = \"-80 mdeg\", u = \"60 mdeg\", date = \"2026-11-27\", by = \"张三\" }";
        let with = |zero: &str| Vehicle::parse(&good.replacen("[attitude]", &format!("[attitude]\nzero = {zero}"), 1));
        assert_eq!(with(zero).unwrap().attitude_zero, Some([420, -80]));
        for (from, to) in [
            ("420 mdeg", "420 deg"),
            ("420", "10001"),
            ("\"420 mdeg\"", "420"),
            ("60 mdeg", "0 mdeg"),
            ("u = \"60 mdeg\", ", ""),
            ("张三", ""),
            ("by = ", "from = "),
        ] {
            let issues = with(&zero.replacen(from, to, 1)).map(|_| ()).unwrap_err();
            assert_eq!(issues[0].place, "attitude.zero", "{to}");
        }
    }

    #[test]
    fn the_example_vehicle_is_good() {
        let vehicle = Vehicle::parse(include_str!("../../vehicles/e-hj110.toml")).unwrap();
        assert_eq!(
            (vehicle.wheelbase, vehicle.leans, vehicle.outline.len() >= 24),
            (1235, true, true)
        );
        assert_eq!(vehicle.attitude, Some([(0, 1), (1, -1), (2, -1)]));
    }
}
