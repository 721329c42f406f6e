//! Reads a vehicle's file: every quantity with its unit, no key that is not known, all issues at once.
use super::{Axle, BodyPoint, Trailer, Vehicle};
use crate::Issue;
use toml::{Table, Value};

/// Every key that a vehicle's file may have: a misspelt one must not be passed over.
const KEYS: [(&str, &[&str]); 8] = [
    (
        "vehicle",
        &[
            "id",
            "class",
            "zh",
            "en",
            "length",
            "width",
            "wheelbase",
            "survey_u",
            "survey_date",
            "survey_by",
            "source",
        ],
    ),
    (
        "tyre",
        &[
            "front_half_width",
            "rear_half_width",
            "front_track",
            "rear_track",
            "profile_radius",
            "radius",
            "more_axles",
        ],
    ),
    ("antenna", &["main", "second"]),
    ("attitude", &["axes", "at", "zero"]),
    ("wheel", &["travel_of_100_pulses"]),
    ("sources", &["ports"]),
    ("outline", &["points"]),
    (
        "trailer",
        &[
            "coupling",
            "length_to_coupling",
            "axles",
            "main",
            "second",
            "angle_max",
            "direction_age_max",
            "points",
        ],
    ),
];

/// A bracket is not askew by more, thousandths of a degree.
const ZERO_MAX_MDEG: i32 = 10_000;

/// Collects every issue while it reads.
pub(super) struct Read {
    table: Table,
    issues: Vec<Issue>,
}

impl Read {
    /// The vehicle of a file, and all that is wrong with the file.
    pub(super) fn vehicle_of(table: Table) -> (Vehicle, Vec<Issue>) {
        let mut read = Read {
            table,
            issues: Vec::new(),
        };
        let vehicle = read.vehicle();
        (vehicle, read.issues)
    }

    fn vehicle(&mut self) -> Vehicle {
        let leans = self.value("tyre", "profile_radius").is_some();
        let vehicle = Vehicle {
            id: self.text("vehicle", "id"),
            class: self.text("vehicle", "class"),
            zh: self.text("vehicle", "zh"),
            en: self.text("vehicle", "en"),
            size: [self.mm("vehicle", "length"), self.mm("vehicle", "width")],
            wheelbase: self.mm("vehicle", "wheelbase"),
            survey: self.survey(),
            source: self.text("vehicle", "source"),
            axles: self.axles(),
            trailer: self.table.contains_key("trailer").then(|| self.trailer()),
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
            attitude_zero: self.zero(),
            travel_of_100_pulses: self.table.contains_key("wheel").then(|| self.travel()),
            leans,
            outline: self.outline("outline"),
            ports: self.ports(),
        };
        self.refuse_unknown();
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

    /// A whole number of a unit within bounds.
    fn whole(
        &mut self,
        section: &str,
        key: &str,
        unit: &str,
        within: std::ops::RangeInclusive<i32>,
        like: &str,
    ) -> i32 {
        let text = self.value(section, key).and_then(Value::as_str);
        let number = text.and_then(|text| text.trim().strip_suffix(unit)?.parse().ok());
        number.filter(|number| within.contains(number)).unwrap_or_else(|| {
            let (low, high) = (within.start(), within.end());
            self.say(
                &format!("{section}.{key}"),
                format!("from {low} to {high}{unit} with its unit is needed here: {like}"),
            );
            0
        })
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

    /// What was measured of the sensor's own tilt: with its uncertainty, the day and who did it, or not at all.
    fn zero(&mut self) -> Option<[i32; 2]> {
        let table = self.value("attitude", "zero")?.as_table().cloned().unwrap_or_default();
        let angle = |key: &str| {
            let text = table.get(key).and_then(Value::as_str)?;
            let number: i32 = text.trim().strip_suffix(" mdeg")?.parse().ok()?;
            (number.abs() <= ZERO_MAX_MDEG).then_some(number)
        };
        let is_said = |key: &str| {
            table
                .get(key)
                .and_then(Value::as_str)
                .is_some_and(|text| !text.is_empty())
        };
        let whole = table.len() == 5 && is_said("date") && is_said("by") && angle("u").is_some_and(|u| u > 0);
        let read = angle("roll").zip(angle("pitch")).filter(|_| whole);
        if read.is_none() {
            self.say(
                "attitude.zero",
                "up to 10 degrees, as `kaoguan-unit calibrate zero` writes it, are needed here: \
                 { roll = \"420 mdeg\", pitch = \"-80 mdeg\", u = \"60 mdeg\", date = \"2026-11-27\", by = \"...\" }",
            );
        }
        read.map(|(roll, pitch)| [roll, pitch])
    }

    /// Date and surveyor belong together.
    fn survey(&mut self) -> Option<[String; 2]> {
        let keys = ["survey_date", "survey_by"];
        let any = keys.iter().any(|key| self.value("vehicle", key).is_some());
        any.then(|| keys.map(|key| self.text("vehicle", key)))
    }

    /// Rear, front, and whatever there is more.
    fn axles(&mut self) -> Vec<Axle> {
        let optional = |this: &mut Self, key: &str| match this.value("tyre", key) {
            Some(_) => this.mm("tyre", key),
            None => 0,
        };
        let rear = Axle {
            at: 0,
            track: optional(self, "rear_track"),
            offset: 0,
            half_width: self.mm_or_nothing("tyre", "rear_half_width"),
        };
        let front = Axle {
            at: self.mm_or_nothing("vehicle", "wheelbase"),
            track: optional(self, "front_track"),
            offset: 0,
            half_width: self.mm_or_nothing("tyre", "front_half_width"),
        };
        let mut axles = vec![rear, front];
        if self.value("tyre", "more_axles").is_some() {
            axles.extend(self.axle_list("tyre", "more_axles"));
        }
        axles
    }

    /// A length whose absence is reported elsewhere.
    fn mm_or_nothing(&self, section: &str, key: &str) -> i32 {
        let text = self.value(section, key).and_then(Value::as_str);
        text.and_then(millimetres).unwrap_or(0)
    }

    fn axle_list(&mut self, section: &str, key: &str) -> Vec<Axle> {
        let axle = |value: &Value| {
            let table = value.as_table()?;
            let length = |key: &str| table.get(key).and_then(Value::as_str).and_then(millimetres);
            let offset = table.contains_key("offset").then(|| length("offset"));
            let known = 3 + usize::from(offset.is_some());
            if table.len() != known {
                return None;
            }
            Some(Axle {
                at: length("at")?,
                track: length("track")?,
                half_width: length("half_width")?,
                offset: offset.unwrap_or(Some(0))?,
            })
        };
        let list = self.value(section, key).and_then(Value::as_array);
        let read: Option<Vec<Axle>> = list.and_then(|list| list.iter().map(axle).collect());
        read.filter(|axles| !axles.is_empty()).unwrap_or_else(|| {
            self.say(
                &format!("{section}.{key}"),
                "a list of axles is needed here, like [{ at = \"-1350 mm\", track = \"1860 mm\", half_width = \"280 mm\" }]",
            );
            Vec::new()
        })
    }

    fn trailer(&mut self) -> Trailer {
        Trailer {
            coupling: self.point("trailer", "coupling"),
            length_to_coupling: self.mm("trailer", "length_to_coupling"),
            axles: self.axle_list("trailer", "axles"),
            antennas: [self.point("trailer", "main"), self.point("trailer", "second")],
            angle_max_deg: self.whole("trailer", "angle_max", " deg", 1..=179, "an angle, like \"75 deg\""),
            direction_age_max_ms: self.whole(
                "trailer",
                "direction_age_max",
                " ms",
                1..=250,
                "a time, like \"150 ms\"",
            ),
            outline: self.outline("trailer"),
        }
    }

    fn outline(&mut self, section: &str) -> Vec<BodyPoint> {
        let points: Option<Vec<BodyPoint>> = self
            .value(section, "points")
            .and_then(Value::as_array)
            .and_then(|list| list.iter().map(point).collect());
        match points {
            Some(points) if points.len() >= 24 => points,
            Some(points) => {
                let n = points.len();
                self.say(
                    &format!("{section}.points"),
                    format!("{n} points; GA/T 1028.3 asks for at least 24"),
                );
                points
            }
            None => {
                self.say(
                    &format!("{section}.points"),
                    "a list of at least 24 points is needed here",
                );
                Vec::new()
            }
        }
    }

    fn ports(&mut self) -> [bool; 4] {
        const NAMES: [&str; 4] = ["receiver", "attitude", "signals", "trailer"];
        let draws = self.table.contains_key("trailer");
        let Some(list) = self.value("sources", "ports").and_then(Value::as_array).cloned() else {
            return [true, true, true, draws];
        };
        let mut ports = [false; 4];
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
        if ports[3] != draws {
            let text = match draws {
                true => "what is drawn cannot be judged without its own receiver: \"trailer\" is missing",
                false => "\"trailer\" is a port of a vehicle that draws one: [trailer] is missing",
            };
            self.say("sources.ports", text);
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
