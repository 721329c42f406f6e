//! The rules as the editions' files say them.
use std::collections::BTreeMap;
use toml::{Table, Value};

const TEXTS: [(&str, &str); 3] = [
    ("2012", include_str!("../../../engine/syllabi/ga1026-2012.toml")),
    ("2017", include_str!("../../../engine/syllabi/ga1026-2017.toml")),
    ("2022", include_str!("../../../engine/syllabi/ga1026-2022.toml")),
];

/// One edition.
#[derive(Debug, Clone)]
pub struct Edition {
    /// The year that it is called by.
    pub year: &'static str,
    table: Table,
}

/// A rule over all editions; what they say alike is the newest one's.
#[derive(Debug, Clone, Default)]
pub struct Row {
    /// Manoeuvre, dot, fault.
    pub id: String,
    /// The authority's code.
    pub code: String,
    /// Chinese wording.
    pub zh: String,
    /// English wording.
    pub en: String,
    /// The years of the editions that hold it, each with points and limit.
    pub held: BTreeMap<&'static str, String>,
    /// The classes that it holds for; empty for all.
    pub classes: Vec<String>,
    /// `machine`, `both` or `examiner`.
    pub decided_by: String,
    /// Why no machine decides it, Chinese and English.
    pub why: Option<[String; 2]>,
    /// Sensors without which the machine cannot decide it.
    pub sensors: Vec<String>,
    /// Its limit as text with its unit.
    pub limit: Option<String>,
    /// Where it comes from.
    pub source: String,
    /// H, M or L.
    pub confidence: String,
}

impl Row {
    /// Whether any edition holds it for any class.
    pub fn is_held(&self) -> bool {
        !self.held.is_empty()
    }
    /// Whether something is charged for it: a measured rule whose limit no authority has set is not.
    pub fn is_judged(&self) -> bool {
        self.decided_by != "examiner"
    }
    /// The manoeuvre that speaks it, or `examiner`.
    pub fn item(&self) -> &str {
        self.id.split('.').next().unwrap_or_default()
    }
    /// Its limit as a number of tenths of a millimetre, microseconds or metres per hour.
    pub fn limit_value(&self) -> Option<i64> {
        let (number, unit) = self.limit.as_deref()?.split_once(' ')?;
        let number: f64 = number.parse().ok()?;
        let in_one = match unit {
            "mm" => 10.0,
            "m" => 1e4,
            "s" => 1e6,
            "ms" => 1e3,
            "min" => 6e7,
            "km/h" => 1e3,
            _ => return None,
        };
        Some((number * in_one).round() as i64)
    }
}

/// The editions, oldest first.
///
/// # Panics
/// Where one is no TOML.
pub fn editions() -> Vec<Edition> {
    let read = |(year, text): (&'static str, &str)| Edition {
        year,
        table: text.parse().expect("an edition is TOML"),
    };
    TEXTS.into_iter().map(read).collect()
}

/// Every rule of every edition, by id.
pub fn rows(editions: &[Edition]) -> Vec<Row> {
    let mut rows: BTreeMap<String, Row> = BTreeMap::new();
    for edition in editions {
        for (item, faults) in tables(edition.table.get("rule")) {
            for (fault, rule) in tables(Some(faults)) {
                let id = format!("{item}.{fault}");
                take(rows.entry(id.clone()).or_default(), id, rule, edition.year);
            }
        }
    }
    rows.into_values().collect()
}

fn take(row: &mut Row, id: String, rule: &Value, year: &'static str) {
    let text = |key: &str| rule.get(key).and_then(Value::as_str).map(str::to_owned);
    let list = |key: &str| -> Option<Vec<String>> {
        let list = rule.get(key)?.as_array()?;
        Some(list.iter().filter_map(|v| v.as_str().map(str::to_owned)).collect())
    };
    let classes = list("classes");
    row.id = id;
    let holds = classes.as_ref().is_none_or(|classes| !classes.is_empty());
    if !holds && row.is_held() {
        return;
    }
    row.code = text("code").unwrap_or_default();
    row.zh = text("zh").unwrap_or_default();
    row.en = text("en").unwrap_or_default();
    row.decided_by = text("decided_by").unwrap_or_default();
    row.why = text("why_zh").zip(text("why_en")).map(|(zh, en)| [zh, en]);
    row.sensors = list("sensors").unwrap_or_default();
    row.source = text("source").unwrap_or_default();
    row.confidence = text("confidence").unwrap_or_default();
    row.classes = classes.unwrap_or_default();
    row.limit = text("limit");
    if holds {
        let points = text("points").unwrap_or_default().replace(" points", "");
        let each = if text("repeat").as_deref() == Some("each") {
            "/次"
        } else {
            ""
        };
        let limit = row.limit.as_ref().map_or(String::new(), |limit| format!(" > {limit}"));
        row.held.insert(year, format!("{points}{each}{limit}"));
    }
}

fn tables(of: Option<&Value>) -> impl Iterator<Item = (&String, &Value)> {
    of.and_then(Value::as_table).into_iter().flatten()
}
