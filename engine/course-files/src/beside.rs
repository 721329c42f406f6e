//! The file beside a drawing: what layers and lines cannot carry.
//!
//! ```toml
//! units = "m"               # of the drawing, where its header does not say
//! heights = "ellipsoidal"   # of a KML file, where heights are by definition above the sea
//! ignore = ["frame"]        # layers that are no part of the course
//!
//! [datum]                   # where 0, 0, 0 of the drawing is
//! lat = 26.647
//! lon = 106.63
//! h = 1085.0
//!
//! [course]                  # the head of the course file
//! format = 1
//! id = "village-square"
//!
//! [[feature]]               # a layer's id and properties; a layer without an entry says only what its name says
//! layer = "poles-pole-1"
//! id = "poles-pole-1"
//! role = "pole"
//! ```
use crate::label::Label;
use crate::sketch::{Object, datum_at};
use crate::{Faults, shown};
use kaoguan_course::Datum;
use serde_json::Value;
use std::fmt::Write;

/// More is no file beside a drawing.
const BYTES_MAX: usize = 4 << 20;
/// As many as a course may have features.
const ENTRIES_MAX: usize = 2_000;
/// What the top of the file may hold.
const KEYS: &[&str] = &["units", "heights", "ignore", "datum", "course", "feature"];

/// One layer (of a KML file: one name).
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Entry {
    pub layer: String,
    pub id: Option<String>,
    /// Heights that are all zero are meant so.
    pub heights: bool,
    pub properties: Object,
}

/// The file as far as it could be read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Beside {
    pub units: Option<String>,
    pub heights: Option<String>,
    pub ignore: Vec<String>,
    pub datum: Option<Datum>,
    pub course: Object,
    pub entries: Vec<Entry>,
}

/// What a layer is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Meaning {
    /// No part of the course, and the file beside the drawing says so.
    Ignored,
    /// A feature of the course. `place` is its entry's place in the file beside, so that features come back in order.
    Feature { entry: Entry, place: usize },
    /// Nothing says what it is.
    Unknown,
}

impl Beside {
    /// Reads the file; everything amiss is added to `faults`.
    pub fn read(text: &str, faults: &mut Faults) -> Beside {
        if text.len() > BYTES_MAX {
            faults.say(
                "head",
                format!(
                    "the file has {} bytes, more than {BYTES_MAX}: is it the right file?",
                    text.len()
                ),
            );
            return Beside::default();
        }
        let root = match text.trim_start_matches('\u{feff}').parse::<toml::Table>() {
            Ok(root) => root,
            Err(why) => {
                faults.say(
                    "head",
                    format!("the file is not TOML ({}): mend that place", shown(&why.to_string())),
                );
                return Beside::default();
            }
        };
        for key in root.keys().filter(|key| !KEYS.contains(&key.as_str())) {
            faults.say(
                format!("head.{key}"),
                format!("`{key}` means nothing here: the keys are {}", KEYS.join(", ")),
            );
        }
        Beside {
            units: text_of(&root, "units", faults),
            heights: text_of(&root, "heights", faults),
            ignore: ignored(&root, faults),
            datum: root.get("datum").and_then(|value| datum(value, faults)),
            course: root
                .get("course")
                .and_then(toml::Value::as_table)
                .map(object)
                .unwrap_or_default(),
            entries: entries(&root, faults),
        }
    }

    /// What a layer means: its entry here, or what its own name says.
    pub fn meaning(&self, layer: &str) -> Meaning {
        let same = |name: &str| name.eq_ignore_ascii_case(layer);
        if let Some(place) = self.entries.iter().position(|entry| same(&entry.layer)) {
            let mut entry = self.entries.get(place).cloned().unwrap_or_default();
            // The name still says what the entry leaves open.
            if let Some(label) = Label::read(layer) {
                for (key, value) in label.properties() {
                    if key != "ordinal" {
                        entry.properties.entry(key).or_insert(value);
                    }
                }
            }
            return Meaning::Feature { entry, place };
        }
        if self.ignore.iter().any(|name| same(name)) {
            return Meaning::Ignored;
        }
        match Label::read(layer) {
            Some(label) => {
                let properties = label.properties();
                let entry = Entry {
                    layer: layer.to_owned(),
                    properties,
                    ..Entry::default()
                };
                Meaning::Feature {
                    entry,
                    place: usize::MAX,
                }
            }
            None => Meaning::Unknown,
        }
    }
}

fn text_of(root: &toml::Table, key: &str, faults: &mut Faults) -> Option<String> {
    let value = root.get(key)?;
    let text = value.as_str();
    if text.is_none() {
        faults.say(format!("head.{key}"), format!("`{key}` must be a text"));
    }
    text.map(str::to_owned)
}

fn ignored(root: &toml::Table, faults: &mut Faults) -> Vec<String> {
    let Some(value) = root.get("ignore") else {
        return Vec::new();
    };
    let names: Option<Vec<String>> = value
        .as_array()
        .and_then(|all| all.iter().map(|name| name.as_str().map(str::to_owned)).collect());
    names.unwrap_or_else(|| {
        faults.say(
            "head.ignore",
            "`ignore` must be a list of names of layers, such as [\"frame\", \"text\"]",
        );
        Vec::new()
    })
}

fn datum(value: &toml::Value, faults: &mut Faults) -> Option<Datum> {
    let number = |key: &str| {
        value
            .get(key)
            .and_then(|v| v.as_float().or(v.as_integer().map(|i| i as f64)))
    };
    let within = |key: &str, least: f64, most: f64| number(key).filter(|number| (least..=most).contains(number));
    let all = within("lat", -90.0, 90.0)
        .zip(within("lon", -180.0, 180.0))
        .zip(within("h", -600.0, 9_000.0));
    if all.is_none() {
        let text = "`lat` and `lon` (degrees) and `h` (ellipsoidal height, metres) must all be numbers on the earth";
        faults.say("head.datum", text);
    }
    all.map(|((lat, lon), h)| datum_at(lat, lon, h))
}

fn entries(root: &toml::Table, faults: &mut Faults) -> Vec<Entry> {
    let Some(value) = root.get("feature") else {
        return Vec::new();
    };
    let Some(listed) = value.as_array() else {
        faults.say("head.feature", "write each layer as its own [[feature]]");
        return Vec::new();
    };
    if listed.len() > ENTRIES_MAX {
        faults.say(
            "head.feature",
            format!("{} entries; a course has at most {ENTRIES_MAX} features", listed.len()),
        );
    }
    let mut entries: Vec<Entry> = Vec::new();
    for (index, value) in listed.iter().take(ENTRIES_MAX).enumerate() {
        let place = format!("head.feature[{index}]");
        let Some(entry) = value.as_table().and_then(entry) else {
            faults.say(
                place,
                "`layer` must be the name of a layer, `id` a text and `heights` true or false",
            );
            continue;
        };
        if entries
            .iter()
            .any(|known| known.layer.eq_ignore_ascii_case(&entry.layer))
        {
            faults.say(
                place,
                format!(
                    "the layer {} has an entry already: remove one of them",
                    shown(&entry.layer)
                ),
            );
        }
        entries.push(entry);
    }
    entries
}

fn entry(table: &toml::Table) -> Option<Entry> {
    let mut entry = Entry::default();
    for (key, value) in table {
        match key.as_str() {
            "layer" => entry.layer = value.as_str()?.to_owned(),
            "id" => entry.id = Some(value.as_str()?.to_owned()),
            "heights" => entry.heights = value.as_bool()?,
            "also" => entry.properties.extend(object(value.as_table()?)),
            _ => drop(entry.properties.insert(key.clone(), json(value))),
        }
    }
    entry.properties = ordered(entry.properties);
    (!entry.layer.is_empty()).then_some(entry)
}

/// The order in which a course file has its keys; TOML's reader sorts them by the alphabet.
const ORDER: &[&str] = &[
    "format",
    "id",
    "role",
    "site",
    "manoeuvre",
    "zh",
    "en",
    "order",
    "class",
    "survey",
    "built_for",
    "ordinal",
    "radius_mm",
    "pass",
    "u_mm",
    "surface_within_mm",
    "base",
    "x_m",
    "y_m",
    "z_m",
    "within_mm",
    "heard_within_s",
    "date",
    "by",
    "length_mm",
    "width_mm",
    "wheelbase_mm",
];

fn ordered(members: Object) -> Object {
    let mut members: Vec<(String, Value)> = members.into_iter().collect();
    members.sort_by_key(|(key, _)| ORDER.iter().position(|known| known == key).unwrap_or(ORDER.len()));
    members.into_iter().collect()
}

fn object(table: &toml::Table) -> Object {
    ordered(table.iter().map(|(key, value)| (key.clone(), json(value))).collect())
}

fn json(value: &toml::Value) -> Value {
    match value {
        toml::Value::String(text) => Value::from(text.as_str()),
        toml::Value::Integer(number) => Value::from(*number),
        toml::Value::Float(number) => Value::from(*number),
        toml::Value::Boolean(is) => Value::from(*is),
        toml::Value::Datetime(time) => Value::from(time.to_string()),
        toml::Value::Array(list) => list.iter().map(json).collect(),
        toml::Value::Table(table) => Value::Object(object(table)),
    }
}

/// A value in one line of TOML; `None` for what TOML has no word for.
fn line(value: &Value) -> Option<String> {
    Some(match value {
        Value::Null => return None,
        Value::Bool(is) => is.to_string(),
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => whole.to_string(),
            (None, Some(number)) => toml::Value::Float(number).to_string(),
            (None, None) => return None,
        },
        Value::String(text) => toml::Value::String(text.clone()).to_string(),
        Value::Array(list) => format!("[{}]", list.iter().filter_map(line).collect::<Vec<_>>().join(", ")),
        Value::Object(members) => {
            let members: Vec<String> = members
                .iter()
                .filter_map(|(k, v)| Some(format!("{} = {}", key(k), line(v)?)))
                .collect();
            format!("{{ {} }}", members.join(", "))
        }
    })
}

fn key(name: &str) -> String {
    let bare = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    if bare {
        name.to_owned()
    } else {
        toml::Value::String(name.to_owned()).to_string()
    }
}

fn lines(members: &Object) -> String {
    let mut text = String::new();
    for (name, value) in members {
        if let Some(value) = line(value) {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{} = {value}", key(name));
        }
    }
    text
}

/// The file beside a drawing of a course.
pub(crate) fn written(datum: &Datum, course: &Object, entries: &[Entry]) -> String {
    let degrees = |ndeg: i64| format!("{:.9}", ndeg as f64 * 1e-9);
    let mut text = String::from(
        "# 图旁文件：图中无法表示的内容。格式见 course-maps/README.md。\n\
         # What the drawing beside it cannot carry; the format is in course-maps/README.md.\n\
         units = \"m\"\nignore = []\n\n[datum]\n",
    );
    let (lat, lon, h) = (
        degrees(datum.lat_ndeg()),
        degrees(datum.lon_ndeg()),
        f64::from(datum.h_tenth_mm()) * 1e-4,
    );
    // Writing to a String cannot fail.
    let _ = write!(
        text,
        "lat = {lat}\nlon = {lon}\nh = {h:.4}\n\n[course]\n{}",
        lines(course)
    );
    for entry in entries {
        let layer = Value::from(entry.layer.as_str());
        let _ = write!(text, "\n[[feature]]\nlayer = {}\n", line(&layer).unwrap_or_default());
        if let Some(id) = &entry.id {
            let _ = writeln!(text, "id = {}", line(&Value::from(id.as_str())).unwrap_or_default());
        }
        if entry.heights {
            text.push_str("heights = true\n");
        }
        // A property may have the name of one of our own keys.
        let ours = |name: &str| matches!(name, "layer" | "id" | "heights" | "also");
        let (also, plain): (Object, Object) = entry.properties.clone().into_iter().partition(|(name, _)| ours(name));
        text.push_str(&lines(&plain));
        if !also.is_empty() {
            let _ = writeln!(text, "also = {}", line(&Value::Object(also)).unwrap_or_default());
        }
    }
    text
}
