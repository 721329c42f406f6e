//! One item laid out in its own frame: entered at the origin in the direction of x, y to the left, metres.

use super::page::{Page, part, rectangle, site};
use crate::BuiltFor;
use crate::dimensions::Rules;

/// What an item is laid out from.
pub(super) struct Given<'a> {
    pub manoeuvre: &'a str,
    pub rules: &'a Rules,
    pub vehicle: &'a BuiltFor,
    /// Rise of the bare ground in riding direction, metres per metre.
    pub rise: f64,
}

impl Given<'_> {
    /// The regulation's dimension in metres, as rise per run, or in degrees.
    pub fn value(&self, key: &str) -> Option<f64> {
        self.rules.value(self.manoeuvre, key, self.vehicle)
    }

    /// The vehicle's width, metres.
    pub fn width(&self) -> f64 {
        self.vehicle.width.metres()
    }

    /// The vehicle's length, metres.
    pub fn length(&self) -> f64 {
        self.vehicle.length.metres()
    }
}

/// Added to what is asked for as *at least*, metres: positions have a tenth of a millimetre and a survey some
/// millimetres, so that exactly enough would be found too little. Assumed.
pub(super) const SPARE: f64 = 0.05;

/// Ground around the outermost lines of an item, metres. Assumed; a metre is the least.
const AROUND: f64 = 2.0;

/// A point of the item's frame, metres.
pub(super) type Local = (f64, f64);

/// The parts of an item with their places.
pub(super) struct Item {
    id: &'static str,
    manoeuvre: &'static str,
    names: (&'static str, &'static str),
    parts: Vec<Laid>,
}

struct Laid {
    role: &'static str,
    points: Vec<Local>,
    shape: Shape,
}

enum Shape {
    Line,
    Area,
    /// Radius in millimetres; of a pole also the side on which it is passed.
    Round {
        radius_mm: f64,
        pass: Option<&'static str>,
    },
    /// Heights above the bare ground, metres, one a point, and the surface's width.
    Profile {
        above: Vec<f64>,
        width_mm: f64,
    },
}

impl Item {
    /// An item without parts; `names` are Chinese and English.
    pub fn new(id: &'static str, manoeuvre: &'static str, names: (&'static str, &'static str)) -> Item {
        Item {
            id,
            manoeuvre,
            names,
            parts: Vec::new(),
        }
    }

    /// Adds a line.
    pub fn line(self, role: &'static str, points: &[Local]) -> Item {
        self.with(role, points.to_vec(), Shape::Line)
    }

    /// Adds a rectangle by its low and high corner.
    pub fn area(self, role: &'static str, low: Local, high: Local) -> Item {
        let mut ring = rectangle(low.0, low.1, high.0, high.1).to_vec();
        ring.pop();
        self.with(role, ring, Shape::Area)
    }

    /// Adds a pole that is passed on its left or its right, the next in number.
    pub fn pole(self, at: Local, radius: f64, pass: &'static str) -> Item {
        let radius_mm = libm::round(radius * 1e3);
        let pass = Some(pass);
        self.with("pole", vec![at], Shape::Round { radius_mm, pass })
    }

    /// Adds a disc, the next in number.
    pub fn disc(self, at: Local, radius: f64) -> Item {
        let radius_mm = libm::round(radius * 1e3);
        self.with("disc", vec![at], Shape::Round { radius_mm, pass: None })
    }

    /// Adds a pole at a corner, passed on neither side, the next in number.
    pub fn corner_pole(self, at: Local, radius: f64) -> Item {
        let radius_mm = libm::round(radius * 1e3);
        self.with("pole", vec![at], Shape::Round { radius_mm, pass: None })
    }

    /// Adds the surface along the x axis: (run, height above the bare ground), and its width, metres.
    pub fn profile(self, stations: &[(f64, f64)], width: f64) -> Item {
        self.profile_beside(0.0, stations, width)
    }

    /// The same so far to the left of the x axis.
    pub fn profile_beside(self, y: f64, stations: &[(f64, f64)], width: f64) -> Item {
        let points = stations.iter().map(|(run, _)| (*run, y)).collect();
        let above = stations.iter().map(|(_, above)| *above).collect();
        let width_mm = libm::round(width * 1e3);
        self.with("profile", points, Shape::Profile { above, width_mm })
    }

    fn with(mut self, role: &'static str, points: Vec<Local>, shape: Shape) -> Item {
        self.parts.push(Laid { role, points, shape });
        self
    }

    /// The ground: the low and high corner of everything with some room around it.
    pub fn ground(&self) -> (Local, Local) {
        let all = || self.parts.iter().flat_map(|part| &part.points);
        let of = |pick: fn(f64, f64) -> f64, start: f64, value: fn(&Local) -> f64| all().map(value).fold(start, pick);
        let low = (of(libm::fmin, f64::MAX, |p| p.0), of(libm::fmin, f64::MAX, |p| p.1));
        let high = (of(libm::fmax, f64::MIN, |p| p.0), of(libm::fmax, f64::MIN, |p| p.1));
        ((low.0 - AROUND, low.1 - AROUND), (high.0 + AROUND, high.1 + AROUND))
    }

    /// Writes it on a page at its seat, as the item of this order.
    pub fn write(&self, page: &mut Page<'_>, seat: Seat, order: u16) {
        let (zh, en) = self.names;
        let (low, high) = self.ground();
        let corners = [seat.place(low), seat.place(high)];
        let west = libm::fmin(corners[0].0, corners[1].0);
        let south = libm::fmin(corners[0].1, corners[1].1);
        let ring = rectangle(west, south, west + high.0 - low.0, south + high.1 - low.1);
        let properties = site(self.id, self.manoeuvre, zh, en, order);
        page.area(&format!("{}-ground", self.id), &properties, &ring);
        for (index, laid) in self.parts.iter().enumerate() {
            let before = self.parts.iter().take(index);
            let number = before.filter(|other| other.role == laid.role).count() + 1;
            self.write_part(page, seat, laid, number);
        }
    }

    fn write_part(&self, page: &mut Page<'_>, seat: Seat, laid: &Laid, number: usize) {
        let name = laid.role.replace('_', "-");
        let id = match number {
            1 => format!("{}-{name}", self.id),
            _ => format!("{}-{name}-{number}", self.id),
        };
        let properties = part(self.id, laid.role);
        let mut points: Vec<Local> = laid.points.iter().map(|point| seat.place(*point)).collect();
        match &laid.shape {
            Shape::Line => page.line(&id, &properties, &points),
            Shape::Round { radius_mm, pass } => {
                let pass = pass.map(|side| format!(r#","pass":"{side}""#)).unwrap_or_default();
                let properties = format!(r#"{properties},"ordinal":{number},"radius_mm":{radius_mm}{pass}"#);
                for (e, n) in points {
                    page.point(&id, &properties, e, n, None);
                }
            }
            Shape::Area => {
                points.extend(points.first().copied());
                page.area(&id, &properties, &points);
            }
            Shape::Profile { above, width_mm } => {
                let heights = points.iter().zip(above);
                let line: Vec<_> = heights.map(|((e, n), up)| (*e, *n, page.ground(*e) + up)).collect();
                page.profile(&id, &format!(r#"{properties},"width_mm":{width_mm}"#), &line);
            }
        }
    }
}

/// Where an item's frame lies on the plane: ridden to the east, or turned round to the west.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Seat {
    pub e: f64,
    pub n: f64,
    /// 1 to the east, -1 to the west.
    pub ahead: f64,
}

impl Seat {
    fn place(&self, (x, y): Local) -> Local {
        (self.e + self.ahead * x, self.n + self.ahead * y)
    }
}
