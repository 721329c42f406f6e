//! What the regulation asks of a course's dimensions, read from `dimensions/*.toml`: no number of it stands in code.

use crate::{BuiltFor, TenthMm};
use serde::Deserialize;

const FILES: [&str; 7] = [
    include_str!("../dimensions/large-vehicle.toml"),
    include_str!("../dimensions/light-trailer.toml"),
    include_str!("../dimensions/motorcycle-d.toml"),
    include_str!("../dimensions/motorcycle-e.toml"),
    include_str!("../dimensions/semi-trailer.toml"),
    include_str!("../dimensions/small-car.toml"),
    include_str!("../dimensions/three-wheeler-c4.toml"),
];

/// The rules of a group of vehicle classes.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct Rules {
    classes: Vec<String>,
    #[serde(rename = "item")]
    items: Vec<Item>,
    #[serde(rename = "dimension")]
    pub rules: Vec<Rule>,
}

/// An item that some of the classes are examined in.
#[derive(Debug, Clone, Deserialize)]
struct Item {
    manoeuvre: String,
    classes: Vec<String>,
    /// Of an older list: laid out only where somebody names it.
    #[serde(default)]
    on_request: bool,
}

impl Item {
    fn is_of(&self, class: &str) -> bool {
        self.classes.iter().any(|known| known == class)
    }
}

/// One dimension that the regulation names.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Rule {
    pub key: String,
    pub manoeuvre: String,
    /// Of which classes alone; empty for all of the file's.
    #[serde(default)]
    classes: Vec<String>,
    pub zh: String,
    pub en: String,
    required: String,
    /// The same for a vehicle with a sidecar, where that is another one.
    with_sidecar: Option<String>,
    pub compare: Compare,
    pub source: String,
    pub confidence: String,
}

/// How the found value must stand to the required one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum Compare {
    /// Equal, as far as the survey can tell.
    #[serde(rename = "equal")]
    Equal,
    /// Not smaller.
    #[serde(rename = "at least")]
    AtLeast,
    /// Not larger.
    #[serde(rename = "at most")]
    AtMost,
}

/// A length, a gradient or an angle, as whole tenths of a millimetre, hundredths of a percent or of a degree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// A length.
    Length(TenthMm),
    /// Rise per run, hundredths of a percent: 1,000 is 10 %.
    Gradient(i32),
    /// An angle, hundredths of a degree.
    Angle(i32),
}

impl Measure {
    /// A length in metres, rounded to a tenth of a millimetre.
    pub(crate) fn metres(value: f64) -> Measure {
        Measure::Length(TenthMm(libm::round(value * 1e4) as i32))
    }

    /// A rise per run (0.1 = 10 %), rounded to a hundredth of a percent.
    pub(crate) fn slope(value: f64) -> Measure {
        Measure::Gradient(libm::round(value * 1e4) as i32)
    }

    /// An angle in radians, rounded to a hundredth of a degree.
    pub(crate) fn angle(value: f64) -> Measure {
        Measure::Angle(libm::round(value.to_degrees() * 1e2) as i32)
    }

    /// The bare integer, for comparing two of the same kind.
    pub(crate) fn raw(self) -> i32 {
        match self {
            Measure::Length(TenthMm(raw)) | Measure::Gradient(raw) | Measure::Angle(raw) => raw,
        }
    }

    /// The same kind with another value.
    pub(crate) fn with_raw(self, raw: i32) -> Measure {
        match self {
            Measure::Length(_) => Measure::Length(TenthMm(raw)),
            Measure::Gradient(_) => Measure::Gradient(raw),
            Measure::Angle(_) => Measure::Angle(raw),
        }
    }
}

impl std::fmt::Display for Measure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Measure::Length(TenthMm(tenths)) => write!(f, "{:.1} mm", f64::from(*tenths) / 10.0),
            Measure::Gradient(hundredths) => write!(f, "{:.2} %", f64::from(*hundredths) / 100.0),
            Measure::Angle(hundredths) => write!(f, "{:.2}°", f64::from(*hundredths) / 100.0),
        }
    }
}

/// The classes whose dimensions are known here.
pub(crate) fn classes() -> Vec<String> {
    let all = FILES.iter().filter_map(|text| toml::from_str::<Rules>(text).ok());
    all.flat_map(|rules| rules.classes).collect()
}

impl Rules {
    /// The rules of a vehicle class; none for a class whose dimensions are not known here.
    pub fn of(class: &str) -> Option<Rules> {
        let names = |classes: &[String]| classes.iter().any(|known| known == class);
        let mut all = FILES.iter().filter_map(|text| toml::from_str::<Rules>(text).ok());
        let mut rules = all.find(|rules| names(&rules.classes))?;
        rules
            .rules
            .retain(|rule| rule.classes.is_empty() || names(&rule.classes));
        Some(rules)
    }

    /// The manoeuvres that a class is examined in, in the order in which they are ridden.
    pub fn items(&self, class: &str) -> Vec<&str> {
        let items = self.items.iter().filter(|item| item.is_of(class));
        items.map(|item| item.manoeuvre.as_str()).collect()
    }

    /// The same without those of older lists.
    pub fn present_items(&self, class: &str) -> Vec<&str> {
        let items = self.items.iter().filter(|item| item.is_of(class) && !item.on_request);
        items.map(|item| item.manoeuvre.as_str()).collect()
    }

    /// The rule of a manoeuvre with this key.
    pub fn rule(&self, manoeuvre: &str, key: &str) -> Option<&Rule> {
        self.rules
            .iter()
            .find(|rule| rule.manoeuvre == manoeuvre && rule.key == key)
    }

    /// Whether any of them asks for the vehicle's track.
    pub fn ask_for_the_track(&self) -> bool {
        self.ask_for(" T")
    }

    /// Whether any of them asks for a train's axles.
    pub fn ask_for_the_train(&self) -> bool {
        self.ask_for(" TB")
    }

    fn ask_for(&self, unit: &str) -> bool {
        let asks = |rule: &Rule| rule.required.split(['+', '-']).any(|term| term.trim().ends_with(unit));
        self.rules.iter().any(asks)
    }

    /// The required value in metres, as rise per run, or in degrees.
    pub fn value(&self, manoeuvre: &str, key: &str, vehicle: &BuiltFor) -> Option<f64> {
        let measure = self.rule(manoeuvre, key)?.required(vehicle)?;
        let unit = if matches!(measure, Measure::Angle(_)) {
            1e-2
        } else {
            1e-4
        };
        Some(f64::from(measure.raw()) * unit)
    }
}

impl Rule {
    /// The required value for a vehicle: terms such as `1.5 L`, `500 mm`, `10 %` or `135 deg`, with plus or minus between them.
    pub fn required(&self, vehicle: &BuiltFor) -> Option<Measure> {
        let mut sum = 0.0;
        let mut kind = Measure::Length(TenthMm(0));
        for term in self.formula(vehicle.sidecar).replace(" - ", " + -").split('+') {
            let (number, unit) = term.trim().split_once(' ')?;
            let number: f64 = number.parse().ok()?;
            kind = match unit {
                "%" => Measure::Gradient(0),
                "deg" => Measure::Angle(0),
                _ => kind,
            };
            sum += number * tenths_in(unit, vehicle)?;
        }
        Some(kind.with_raw(libm::round(sum) as i32))
    }

    /// The required value as the file writes it: the formula.
    pub fn formula(&self, sidecar: bool) -> &str {
        let own = self.with_sidecar.as_deref().filter(|_| sidecar);
        own.unwrap_or(&self.required)
    }
}

/// What one of a unit is in tenths of a millimetre, or in hundredths of a percent or a degree.
fn tenths_in(unit: &str, vehicle: &BuiltFor) -> Option<f64> {
    match unit {
        "mm" => Some(10.0),
        "%" | "deg" => Some(100.0),
        "L" => Some(f64::from(vehicle.length.0)),
        "W" => Some(f64::from(vehicle.width.0)),
        "WB" => Some(f64::from(vehicle.wheelbase.0)),
        "TB" if vehicle.train_base.0 > 0 => Some(f64::from(vehicle.train_base.0)),
        "T" if vehicle.track.0 > 0 => Some(f64::from(vehicle.track.0)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HJ110: BuiltFor = BuiltFor {
        length: TenthMm(19_050),
        width: TenthMm(7_500),
        wheelbase: TenthMm(12_350),
        ..BuiltFor::UNSAID
    };

    /// The numbers were worked out on paper from L 1.905, W 0.750, WB 1.235 m.
    #[test]
    fn formulas_give_the_numbers_worked_out_on_paper() {
        let rules = Rules::of("E").unwrap();
        let expected = [
            ("pole_spacing", "2405.0 mm"),
            ("pole_to_edge", "1050.0 mm"),
            ("finish_distance", "5715.0 mm"),
            ("ramp_gradient", "10.00 %"),
            ("ramp_length", "8000.0 mm"),
            ("pole_line_width", "300.0 mm"),
            ("pole_line_above_foot", "2857.5 mm"),
            ("road_width", "7000.0 mm"),
            ("bridge_width", "200.0 mm"),
            ("bridge_height", "50.0 mm"),
            ("deck_length", "1852.5 mm"),
            ("bridge_ramp_slope", "7.00 %"),
        ];
        assert_eq!(rules.rules.len(), expected.len());
        for (key, value) in expected {
            let rule = rules.rules.iter().find(|rule| rule.key == key);
            assert_eq!(rule.unwrap().required(&HJ110).unwrap().to_string(), value, "{key}");
        }
    }

    /// A bus of 12 m: 1.5 L less a metre are 17 m.
    #[test]
    fn terms_may_be_taken_off() {
        let rules = Rules::of("A3").unwrap();
        let bus = BuiltFor {
            length: TenthMm(120_000),
            ..HJ110
        };
        assert_eq!(rules.value("side_parking", "slot_length", &bus), Some(17.0));
    }

    #[test]
    fn a_bare_number_is_refused() {
        let mut rule = Rules::of("E").unwrap().rules.remove(0);
        for formula in ["1 L + 500", "500", "L", "", "1 X"] {
            rule.required = formula.into();
            assert_eq!(rule.required(&HJ110), None, "{formula:?}");
        }
    }
}
