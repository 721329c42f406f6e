//! How a syllabus is read: every issue at once, each with the path of its key.
use super::quantity::{Kind, quantity};
use super::sensors;
use crate::Issue;
use toml::{Table, Value};

/// Collects every issue while it reads.
pub(super) struct Reader {
    pub(super) issues: Vec<Issue>,
}

impl Reader {
    pub(super) fn say(&mut self, place: &str, text: impl Into<String>) {
        self.issues.push(issue(place, text));
    }

    pub(super) fn table<'t>(&mut self, from: &'t Table, place: &str, key: &str) -> Option<&'t Table> {
        match from.get(key) {
            Some(Value::Table(table)) => Some(table),
            _ => {
                self.say(&join(place, key), "this table is missing; every syllabus needs it");
                None
            }
        }
    }

    pub(super) fn text(&mut self, from: &Table, place: &str, key: &str) -> String {
        match from.get(key) {
            Some(Value::String(text)) if !text.trim().is_empty() => text.clone(),
            _ => {
                self.say(&join(place, key), "a text is needed here");
                String::new()
            }
        }
    }

    /// Names of sensors that exist.
    pub(super) fn sensors(&mut self, t: &Table, place: &str) -> Vec<String> {
        let named = self.texts(t, place, "sensors");
        for name in named.iter().filter(|name| !sensors().any(|known| known == **name)) {
            let known: Vec<&str> = sensors().collect();
            self.issues.push(issue(
                &join(place, "sensors"),
                format!("no sensor is called `{name}`: write one of {}", known.join(", ")),
            ));
        }
        named
    }

    pub(super) fn texts(&mut self, from: &Table, place: &str, key: &str) -> Vec<String> {
        match from.get(key) {
            Some(Value::Array(list)) if list.iter().all(Value::is_str) => {
                list.iter().filter_map(|v| v.as_str().map(str::to_owned)).collect()
            }
            None => Vec::new(),
            Some(_) => {
                self.say(&join(place, key), "a list of texts is needed here");
                Vec::new()
            }
        }
    }

    pub(super) fn quantity(&mut self, from: &Table, place: &str, key: &str, kind: Kind) -> i64 {
        let found = match from.get(key) {
            Some(Value::String(text)) => quantity(text, kind).ok_or_else(|| format!("`{text}` is not understood")),
            Some(Value::Integer(n)) => Err(format!("{n} is a bare number")),
            Some(Value::Float(n)) => Err(format!("{n} is a bare number")),
            Some(_) => Err("this is no quantity".to_owned()),
            None => Err("this quantity is missing".to_owned()),
        };
        found.unwrap_or_else(|why| {
            self.say(
                &join(place, key),
                format!("{why}; write a number with its unit, like {}", kind.example()),
            );
            0
        })
    }

    /// One that syllabi did not always have: without it they are read as they were when they were written.
    pub(super) fn quantity_if_set(&mut self, from: &Table, place: &str, key: &str, kind: Kind) -> Option<i64> {
        from.contains_key(key).then(|| self.quantity(from, place, key, kind))
    }

    pub(super) fn only(&mut self, from: &Table, place: &str, keys: &[&str]) {
        for key in from.keys().filter(|key| !keys.contains(&key.as_str())) {
            self.say(
                &join(place, key),
                format!("this key is not known here; known are {}", keys.join(", ")),
            );
        }
    }

    pub(super) fn choice(&mut self, t: &Table, place: &str, key: &str, known: &[&str]) -> String {
        let text = self.text(t, place, key);
        if !text.is_empty() && !known.contains(&text.as_str()) {
            self.say(
                &join(place, key),
                format!("`{text}` is not known; choose one of {}", known.join(", ")),
            );
        }
        text
    }
}

pub(super) fn issue(place: &str, text: impl Into<String>) -> Issue {
    Issue {
        place: place.to_owned(),
        text: text.into(),
    }
}

pub(super) fn join(place: &str, key: &str) -> String {
    if place.is_empty() {
        key.to_owned()
    } else {
        format!("{place}.{key}")
    }
}

pub(super) fn each_table(table: &Table) -> impl Iterator<Item = (&String, &Table)> {
    table.iter().filter_map(|(key, value)| Some((key, value.as_table()?)))
}
