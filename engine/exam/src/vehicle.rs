//! A surveyed vehicle: outline, tyre contacts, antennas, in its own frame.
//!
//! Body frame: forward, right, down, millimetres; the origin lies on the ground under the rear axle's centre, the vehicle
//! upright on level ground. Every quantity carries its unit; all issues are reported at once.
use crate::Issue;
use toml::{Table, Value};

/// A point of the body: forward, right, down, in millimetres.
pub type BodyPoint = [i32; 3];

/// A proven vehicle.
#[derive(Debug, Clone, Default)]
pub struct Vehicle {
    pub(crate) id: String,
    pub(crate) class: String,
    pub(crate) wheelbase: i32,
    pub(crate) survey_u: i32,
    pub(crate) front_half_width: i32,
    pub(crate) rear_half_width: i32,
    pub(crate) profile_radius: i32,
    pub(crate) tyre_radius: i32,
    pub(crate) main: BodyPoint,
    pub(crate) second: Option<BodyPoint>,
    /// For each sensor axis x, y, z: the body axis (0 forward, 1 right, 2 down) and its sign; `None` without an attitude sensor.
    pub(crate) attitude: Option<[(usize, i32); 3]>,
    /// Where the attitude sensor sits.
    pub(crate) attitude_at: BodyPoint,
    /// How far the wheel rolls in a hundred pulses, millimetres; `None` where nobody counts them.
    pub(crate) travel_of_100_pulses: Option<i32>,
    pub(crate) leans: bool,
    pub(crate) outline: Vec<BodyPoint>,
    /// Bits of the ports that speak: receiver, attitude, signals.
    pub(crate) ports: [bool; 3],
}

impl Vehicle {
    /// Reads a vehicle's TOML text.
    ///
    /// # Errors
    /// All issues at once, each with the path of its key.
    pub fn parse(text: &str) -> Result<Vehicle, Vec<Issue>> {
        let table: Table = text.parse().map_err(|e: toml::de::Error| {
            vec![Issue {
                place: "vehicle".into(),
                text: e.to_string().trim().into(),
            }]
        })?;
        let mut read = Read {
            table,
            issues: Vec::new(),
        };
        let vehicle = read.vehicle();
        if read.issues.is_empty() {
            Ok(vehicle)
        } else {
            Err(read.issues)
        }
    }
    /// The vehicle's id.
    pub fn id(&self) -> &str {
        &self.id
    }
    /// Its class code.
    pub fn class(&self) -> &str {
        &self.class
    }
}

/// Every key that a vehicle's file may have: a misspelt one must not be passed over.
const KEYS: [(&str, &[&str]); 7] = [
    (
        "vehicle",
        &["id", "class", "zh", "en", "length", "width", "survey_u", "wheelbase"],
    ),
    (
        "tyre",
        &["front_half_width", "rear_half_width", "profile_radius", "radius"],
    ),
    ("antenna", &["main", "second"]),
    ("attitude", &["axes", "at"]),
    ("wheel", &["travel_of_100_pulses"]),
    ("sources", &["ports"]),
    ("outline", &["points"]),
];

struct Read {
    table: Table,
    issues: Vec<Issue>,
}

impl Read {
    fn vehicle(&mut self) -> Vehicle {
        let leans = self.value("tyre", "profile_radius").is_some();
        let vehicle = Vehicle {
            id: self.text("vehicle", "id"),
            class: self.text("vehicle", "class"),
            wheelbase: self.mm("vehicle", "wheelbase"),
            survey_u: self.mm("vehicle", "survey_u"),
            front_half_width: self.mm("tyre", "front_half_width"),
            rear_half_width: self.mm("tyre", "rear_half_width"),
            profile_radius: if leans { self.mm("tyre", "profile_radius") } else { 0 },
            tyre_radius: self.mm("tyre", "radius"),
            main: self.point("antenna", "main"),
            second: self
                .value("antenna", "second")
                .is_some()
                .then(|| self.point("antenna", "second")),
            attitude: self.table.contains_key("attitude").then(|| self.axes()),
            attitude_at: if self.value("attitude", "at").is_some() {
                self.point("attitude", "at")
            } else {
                [0; 3]
            },
            travel_of_100_pulses: self.table.contains_key("wheel").then(|| self.travel()),
            leans,
            outline: self.outline(),
            ports: self.ports(),
        };
        self.refuse_unknown();
        if vehicle.wheelbase <= 0 {
            self.say("vehicle.wheelbase", "a wheelbase is longer than nothing");
        }
        if leans && vehicle.attitude.is_none() {
            self.say(
                "attitude",
                "a vehicle that leans cannot be judged without an attitude sensor; describe it here",
            );
        }
        vehicle
    }

    fn refuse_unknown(&mut self) {
        let unknown = |place: String, known: &[&str]| Issue {
            place,
            text: format!("this key is not known here; known are {}", known.join(", ")),
        };
        for (section, value) in &self.table {
            let Some((_, keys)) = KEYS.iter().find(|(name, _)| name == section) else {
                self.issues.push(unknown(section.clone(), &KEYS.map(|(name, _)| name)));
                continue;
            };
            for key in value.as_table().into_iter().flat_map(Table::keys) {
                if !keys.contains(&key.as_str()) {
                    self.issues.push(unknown(format!("{section}.{key}"), keys));
                }
            }
        }
    }

    fn say(&mut self, place: &str, text: impl Into<String>) {
        self.issues.push(Issue {
            place: place.into(),
            text: text.into(),
        });
    }

    fn value(&self, section: &str, key: &str) -> Option<&Value> {
        self.table.get(section)?.as_table()?.get(key)
    }

    fn text(&mut self, section: &str, key: &str) -> String {
        match self.value(section, key).and_then(Value::as_str) {
            Some(text) if !text.is_empty() => text.to_owned(),
            _ => {
                self.say(&format!("{section}.{key}"), "a text is needed here");
                String::new()
            }
        }
    }

    fn mm(&mut self, section: &str, key: &str) -> i32 {
        match self.value(section, key).and_then(Value::as_str).and_then(millimetres) {
            Some(mm) => mm,
            None => {
                self.say(
                    &format!("{section}.{key}"),
                    "a length with its unit is needed here, like \"1235 mm\"",
                );
                0
            }
        }
    }

    fn point(&mut self, section: &str, key: &str) -> BodyPoint {
        match self.value(section, key).and_then(point) {
            Some(point) => point,
            None => {
                self.say(
                    &format!("{section}.{key}"),
                    "a point of three lengths is needed here, like [\"-300 mm\", \"0 mm\", \"-1050 mm\"]",
                );
                [0; 3]
            }
        }
    }

    fn travel(&mut self) -> i32 {
        let travel = self.mm("wheel", "travel_of_100_pulses");
        let is_said = self.value("wheel", "travel_of_100_pulses").is_some();
        if is_said && travel < 100 {
            self.say(
                "wheel.travel_of_100_pulses",
                "a wheel rolls a millimetre at least from pulse to pulse, like \"4477 mm\" in a hundred",
            );
        }
        travel
    }

    fn axes(&mut self) -> [(usize, i32); 3] {
        let named = |name: &str| {
            Some(match name {
                "forward" => (0, 1),
                "backward" => (0, -1),
                "right" => (1, 1),
                "left" => (1, -1),
                "down" => (2, 1),
                "up" => (2, -1),
                _ => return None,
            })
        };
        let found: Option<Vec<(usize, i32)>> = self
            .value("attitude", "axes")
            .and_then(Value::as_array)
            .and_then(|list| list.iter().map(|v| named(v.as_str()?)).collect());
        match found.as_deref() {
            Some(&[x, y, z]) if x.0 != y.0 && y.0 != z.0 && x.0 != z.0 => [x, y, z],
            _ => {
                self.say(
                    "attitude.axes",
                    "three different directions are needed, like [\"forward\", \"left\", \"up\"]",
                );
                [(0, 1), (1, 1), (2, 1)]
            }
        }
    }

    fn outline(&mut self) -> Vec<BodyPoint> {
        let points: Option<Vec<BodyPoint>> = self
            .value("outline", "points")
            .and_then(Value::as_array)
            .and_then(|list| list.iter().map(point).collect());
        match points {
            Some(points) if points.len() >= 24 => points,
            Some(points) => {
                let n = points.len();
                self.say(
                    "outline.points",
                    format!("{n} points; GA/T 1028.3 asks for at least 24"),
                );
                points
            }
            None => {
                self.say("outline.points", "a list of at least 24 points is needed here");
                Vec::new()
            }
        }
    }

    fn ports(&mut self) -> [bool; 3] {
        const NAMES: [&str; 3] = ["receiver", "attitude", "signals"];
        let Some(list) = self.value("sources", "ports").and_then(Value::as_array).cloned() else {
            return [true; 3];
        };
        let mut ports = [false; 3];
        for name in &list {
            match NAMES.iter().position(|have| Some(*have) == name.as_str()) {
                Some(i) => ports[i] = true,
                None => self.say(
                    "sources.ports",
                    format!("{name} is no port; known are {}", NAMES.join(", ")),
                ),
            }
        }
        if !ports[0] {
            self.say("sources.ports", "a vehicle cannot be judged without its receiver");
        }
        ports
    }
}

fn millimetres(text: &str) -> Option<i32> {
    let mm: i32 = text.trim().strip_suffix(" mm")?.parse().ok()?;
    (mm.abs() <= 50_000).then_some(mm)
}

fn point(value: &Value) -> Option<BodyPoint> {
    match value.as_array()?.as_slice() {
        [x, y, z] => Some([
            millimetres(x.as_str()?)?,
            millimetres(y.as_str()?)?,
            millimetres(z.as_str()?)?,
        ]),
        _ => None,
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
