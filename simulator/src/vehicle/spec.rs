//! A vehicle's measures, from its TOML file.
//!
//! The problem: the simulator must ride the very vehicle that the examiner surveyed, but may not share the engine's reader,
//! or one mistake would hide the other. The answer: a small reader of its own, which reports all issues at once.
//! Deliberately not here: anything about judging.
use super::Kind;
use super::train::Towed;
use serde::Deserialize;

/// A point or direction in the body frame: forward, right, down, metres.
pub type Body = [f64; 3];

/// Where an attitude sensor sits that no file places.
const UNDER_THE_SEAT: Body = [0.150, 0.0, -0.550];

/// A vehicle's measures, metres, body frame FRD with its origin on the ground under the rear axle centre.
#[derive(Debug, Clone)]
pub struct Spec {
    /// The vehicle's id.
    pub id: String,
    /// What it is, by the class it is examined in.
    pub kind: Kind,
    /// A large vehicle (大型车辆: classes A and B) without a trailer.
    pub large: bool,
    /// Distance of the axles.
    pub wheelbase: f64,
    /// Between the middles of the front tyres' contacts; 0 of a single wheel.
    pub front_track: f64,
    /// Between the middles of the rear tyres' contacts; 0 of a single wheel.
    pub rear_track: f64,
    /// A sidecar's wheel: the middle of its contact, and half its width.
    pub sidecar: Option<(Body, f64)>,
    /// Half the width of the front tyre's contact.
    pub front_half_width: f64,
    /// Half the width of the rear tyre's contact.
    pub rear_half_width: f64,
    /// Radius of the tyre's profile: the contact moves by it times the lean. 0 of what does not lean.
    pub profile_radius: f64,
    /// Height of the axle centres.
    pub radius: f64,
    /// Phase centre of the main antenna.
    pub main_antenna: Body,
    /// Phase centre of the second antenna.
    pub second_antenna: Body,
    /// Directions of the attitude sensor's x, y, z in the body frame (unit vectors along body axes).
    pub sensor_axes: [Body; 3],
    /// Where the attitude sensor sits.
    pub sensor_at: Body,
    /// How far the rear wheel rolls from one pulse to the next; `None` where nobody counts them.
    pub pulse: Option<f64>,
    /// The body's contour, a ring.
    pub outline: Vec<Body>,
    /// What it draws.
    pub trailer: Option<Towed>,
}

impl Spec {
    /// Reads the vehicle file's text.
    ///
    /// # Errors
    /// All issues at once, each a sentence.
    pub fn read(text: &str) -> Result<Spec, Vec<String>> {
        let file: File = toml::from_str(text).map_err(|e| vec![format!("the vehicle file: {e}")])?;
        let mut issues = Vec::new();
        let spec = file.into_spec(&mut issues);
        if spec.outline.len() < 3 {
            issues.push(format!(
                "outline.points: {} points, a contour needs 3 at least",
                spec.outline.len()
            ));
        }
        if spec.wheelbase <= 0.0 && issues.is_empty() {
            issues.push(format!("vehicle.wheelbase: {} m, must be positive", spec.wheelbase));
        }
        if issues.is_empty() { Ok(spec) } else { Err(issues) }
    }

    /// Middles of the contacts of upright wheels: front left, front right, rear left, rear right; with half their widths. A single
    /// wheel is both of its axle, and a sidecar's wheel is the rear right one.
    pub fn contacts(&self) -> [(Body, f64); 4] {
        let axle = |x: f64, track: f64, half: f64| [-1.0, 1.0].map(|side| ([x, side * track / 2.0, 0.0], half));
        let [a, b] = axle(self.wheelbase, self.front_track, self.front_half_width);
        let [c, d] = axle(0.0, self.rear_track, self.rear_half_width);
        [a, b, c, self.sidecar.unwrap_or(d)]
    }

    /// What stops on a line: a motorcycle's front axle, of everything else the bumper.
    pub fn stop_point(&self) -> Body {
        match self.kind {
            Kind::Car => self.bumper(),
            Kind::Motorcycle | Kind::Tricycle => [self.wheelbase, 0.0, -self.radius],
        }
    }

    /// The least radius that the rear axle's middle turns on, metres. Assumed: 1.77 wheelbases of a car (4.6 m of 2.6 m), 1.4 of a
    /// large vehicle (7.1 m of 5.1 m). Its outer front wheel then rolls on 9.8 m: coaches are said to need 8.5 to 11 m, buses
    /// under 6 m (here 6.5 m) 6 to 7 m; at 1.77 wheelbases such a bus gets neither out of its slot nor cleanly round its corner.
    pub fn lock(&self) -> f64 {
        self.wheelbase * if self.large { 1.4 } else { 1.77 }
    }

    /// A length that was chosen for a car of 2.6 m wheelbase, for this vehicle: more of a large one.
    pub fn scaled(&self, metres: f64) -> f64 {
        match self.large {
            true => metres * (self.wheelbase / 2.6).max(1.0),
            false => metres,
        }
    }

    /// The outline's foremost point, metres before the rear axle.
    pub fn nose(&self) -> f64 {
        self.outline.iter().map(|p| p[0]).fold(self.wheelbase, f64::max)
    }

    /// The outline's foremost point.
    pub fn bumper(&self) -> Body {
        let first = |a: &&Body, b: &&Body| a[0].total_cmp(&b[0]);
        self.outline.iter().max_by(first).copied().unwrap_or_default()
    }

    /// The outline's rearmost point.
    pub fn rear_end(&self) -> Body {
        let first = |a: &&Body, b: &&Body| a[0].total_cmp(&b[0]);
        self.outline.iter().min_by(first).copied().unwrap_or_default()
    }

    /// Half the outline's width, metres; the wider one's of a train.
    pub fn half_width(&self) -> f64 {
        let towed = self.trailer.iter().flat_map(|towed| &towed.outline);
        self.outline.iter().chain(towed).map(|p| p[1].abs()).fold(0.0, f64::max)
    }

    /// The outline's rearmost point, metres behind the rear axle (positive); of a train in line the trailer's.
    pub fn tail(&self) -> f64 {
        let towed = self
            .trailer
            .as_ref()
            .map_or(0.0, |towed| towed.in_line(towed.rear_end())[0]);
        -self.outline.iter().map(|p| p[0]).fold(towed, f64::min)
    }
}

#[derive(Deserialize)]
struct File {
    vehicle: Vehicle,
    tyre: Tyre,
    antenna: Antenna,
    attitude: Axes,
    wheel: Option<Wheel>,
    outline: Outline,
    trailer: Option<Trailer>,
}

#[derive(Deserialize)]
struct Trailer {
    coupling: [String; 3],
    length_to_coupling: String,
    axles: Vec<Axle>,
    main: [String; 3],
    second: [String; 3],
    points: Vec<[String; 3]>,
}

#[derive(Deserialize)]
struct Axle {
    at: String,
    track: String,
    half_width: String,
}

#[derive(Deserialize)]
struct Vehicle {
    id: String,
    class: String,
    wheelbase: String,
}

#[derive(Deserialize)]
struct Tyre {
    front_half_width: String,
    rear_half_width: String,
    front_track: Option<String>,
    rear_track: Option<String>,
    profile_radius: Option<String>,
    radius: String,
    #[serde(default)]
    more_axles: Vec<More>,
}

/// An axle besides front and rear one; only a sidecar's wheel, which has an offset, rolls here.
#[derive(Deserialize)]
struct More {
    at: String,
    half_width: String,
    offset: Option<String>,
}

#[derive(Deserialize)]
struct Antenna {
    main: [String; 3],
    second: [String; 3],
}

#[derive(Deserialize)]
struct Axes {
    axes: [String; 3],
    at: Option<[String; 3]>,
}

#[derive(Deserialize)]
struct Wheel {
    travel_of_100_pulses: String,
}

#[derive(Deserialize)]
struct Outline {
    points: Vec<[String; 3]>,
}

impl File {
    fn into_spec(self, issues: &mut Vec<String>) -> Spec {
        let mut length = |place: &str, text: &str| length_m(place, text, issues);
        let wheelbase = length("vehicle.wheelbase", &self.vehicle.wheelbase);
        let front_half_width = length("tyre.front_half_width", &self.tyre.front_half_width);
        let rear_half_width = length("tyre.rear_half_width", &self.tyre.rear_half_width);
        let mut or_none = |place: &str, text: &Option<String>| text.as_ref().map_or(0.0, |text| length(place, text));
        let profile_radius = or_none("tyre.profile_radius", &self.tyre.profile_radius);
        let front_track = or_none("tyre.front_track", &self.tyre.front_track);
        let rear_track = or_none("tyre.rear_track", &self.tyre.rear_track);
        let radius = length("tyre.radius", &self.tyre.radius);
        let beside = self
            .tyre
            .more_axles
            .iter()
            .find_map(|axle| Some((axle, axle.offset.as_ref()?)));
        let sidecar = beside.map(|(axle, offset)| {
            let mut more = |text: &str| length("tyre.more_axles", text);
            ([more(&axle.at), more(offset), 0.0], more(&axle.half_width))
        });
        let travel = self.wheel.map(|wheel| wheel.travel_of_100_pulses);
        let pulse = travel.map(|text| length("wheel.travel_of_100_pulses", &text) / 100.0);
        let mut point = |place: &str, texts: &[String; 3]| [0, 1, 2].map(|i| length(place, &texts[i]));
        let main_antenna = point("antenna.main", &self.antenna.main);
        let second_antenna = point("antenna.second", &self.antenna.second);
        let sensor_at = self.attitude.at.as_ref().map(|at| point("attitude.at", at));
        let outline = self.outline.points.iter().enumerate();
        let outline = outline
            .map(|(i, p)| point(&format!("outline.points[{i}]"), p))
            .collect();
        let trailer = self.trailer.as_ref().map(|trailer| trailer.towed(issues));
        let kind = Kind::of(&self.vehicle.class);
        if kind == Kind::Motorcycle && self.tyre.profile_radius.is_none() {
            issues.push("tyre.profile_radius: missing; a two-wheeler leans on its tyres' profile".to_owned());
        }
        let sensor_axes = [0, 1, 2].map(|i| axis(&self.attitude.axes[i], issues));
        Spec {
            id: self.vehicle.id,
            kind,
            large: self.vehicle.class.starts_with(['A', 'B']) && trailer.is_none(),
            wheelbase,
            front_track,
            rear_track,
            sidecar,
            front_half_width,
            rear_half_width,
            profile_radius,
            radius,
            main_antenna,
            second_antenna,
            sensor_axes,
            sensor_at: sensor_at.unwrap_or(UNDER_THE_SEAT),
            pulse,
            outline,
            trailer,
        }
    }
}

impl Trailer {
    fn towed(&self, issues: &mut Vec<String>) -> Towed {
        let mut length = |place: &str, text: &str| length_m(place, text, issues);
        let length_to_coupling = length("trailer.length_to_coupling", &self.length_to_coupling);
        let mut axle =
            |axle: &Axle| [&axle.at, &axle.track, &axle.half_width].map(|text| length("trailer.axles", text));
        let axles = self.axles.iter().map(&mut axle).collect();
        let mut point = |place: &str, texts: &[String; 3]| [0, 1, 2].map(|i| length(place, &texts[i]));
        Towed {
            coupling: point("trailer.coupling", &self.coupling),
            length: length_to_coupling,
            axles,
            antennas: [point("trailer.main", &self.main), point("trailer.second", &self.second)],
            outline: self.points.iter().map(|p| point("trailer.points", p)).collect(),
        }
    }
}

fn length_m(place: &str, text: &str, issues: &mut Vec<String>) -> f64 {
    let units = [("mm", 1e-3), ("cm", 1e-2), ("m", 1.0)];
    let found = units.iter().find_map(|(unit, scale)| {
        let number = text.strip_suffix(unit)?.trim().parse::<f64>().ok()?;
        number.is_finite().then_some(number * scale)
    });
    found.unwrap_or_else(|| {
        issues.push(format!(
            "{place}: \"{text}\" is no length; write a number and its unit, like \"750 mm\""
        ));
        0.0
    })
}

fn axis(name: &str, issues: &mut Vec<String>) -> Body {
    match name {
        "forward" => [1.0, 0.0, 0.0],
        "back" | "backward" => [-1.0, 0.0, 0.0],
        "right" => [0.0, 1.0, 0.0],
        "left" => [0.0, -1.0, 0.0],
        "down" => [0.0, 0.0, 1.0],
        "up" => [0.0, 0.0, -1.0],
        _ => {
            issues.push(format!(
                "attitude.axes: \"{name}\" is none of forward, back, left, right, up, down"
            ));
            [0.0; 3]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_example_and_names_every_bad_length() {
        let text = include_str!("../../../engine/vehicles/e-hj110.toml");
        let spec = Spec::read(text).expect("the example is good");
        assert_eq!(spec.outline.len(), 24);
        assert!((spec.nose() + spec.tail() - 1.905).abs() < 1e-9, "length");
        assert_eq!(spec.kind, Kind::Motorcycle);
        let bad = text
            .replace("\"1235 mm\"", "\"1235\"")
            .replace("\"285 mm\"", "\"long\"");
        let issues = Spec::read(&bad).expect_err("two bad lengths");
        assert_eq!(issues.len(), 2, "{issues:?}");
    }

    #[test]
    fn a_car_has_tracks_and_no_lean() {
        let spec = Spec::read(include_str!("../../../engine/vehicles/c1-santana.toml")).expect("the example is good");
        assert_eq!((spec.kind, spec.profile_radius), (Kind::Car, 0.0));
        assert!((spec.front_track - 1.46).abs() < 1e-12 && (spec.rear_track - 1.498).abs() < 1e-12);
        assert!((spec.bumper()[0] - 3.503).abs() < 1e-12 && (spec.rear_end()[0] + 0.970).abs() < 1e-12);
    }
}
