//! One table of a TOML text, read key by key.
use super::quantity;
use std::fmt;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// One fault of a configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Line of the file, from 1, where one can be named.
    pub line: Option<usize>,
    /// Key path, such as `receiver.latency`.
    pub key: String,
    /// What is wrong, as a sentence.
    pub text: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "line {line}: {}: {}", self.key, self.text),
            None => write!(f, "{}: {}", self.key, self.text),
        }
    }
}

/// Collects the faults of one text.
pub struct Faults<'t> {
    text: &'t str,
    found: Vec<Fault>,
    /// Those that are not told any more.
    more: usize,
}

/// Nobody mends more in one go; each is looked for from the text's beginning.
const FAULTS_MAX: usize = 500;

impl<'t> Faults<'t> {
    /// Of this text.
    pub fn new(text: &'t str) -> Faults<'t> {
        Faults {
            text,
            found: Vec::new(),
            more: 0,
        }
    }
    /// Notes one; `at` is its place in the text, bytes.
    pub fn add(&mut self, at: Option<Range<usize>>, key: &str, text: impl Into<String>) {
        if self.found.len() >= FAULTS_MAX {
            self.more += 1;
            return;
        }
        let line = at.map(|span| 1 + self.text.bytes().take(span.start).filter(|b| *b == b'\n').count());
        self.found.push(Fault {
            line,
            key: key.to_owned(),
            text: text.into(),
        });
    }
    /// All faults in the order of the lines; those without a line come last, in the order in which they were found.
    pub fn into_sorted(mut self) -> Vec<Fault> {
        self.found.sort_by_key(|fault| fault.line.unwrap_or(usize::MAX));
        if self.more > 0 {
            self.found.push(Fault {
                line: None,
                key: "file".into(),
                text: format!("{} more faults", self.more),
            });
        }
        self.found
    }
}

/// One table being read.
pub struct Section<'d> {
    path: String,
    span: Option<Range<usize>>,
    table: Option<&'d DeTable<'d>>,
    asked: Vec<&'static str>,
}

impl<'d> Section<'d> {
    /// The whole document.
    pub fn root(document: &'d Spanned<DeTable<'d>>) -> Section<'d> {
        Section {
            path: String::new(),
            span: None,
            table: Some(document.get_ref()),
            asked: Vec::new(),
        }
    }

    /// A table given as a value, at its own key path.
    pub fn of(value: &'d Spanned<DeValue<'d>>, path: String, faults: &mut Faults) -> Section<'d> {
        let table = value.get_ref().as_table();
        if table.is_none() {
            faults.add(
                Some(value.span()),
                &path,
                format!("must be a table, not a {}", value.get_ref().type_str()),
            );
        }
        Section {
            path,
            span: Some(value.span()),
            table,
            asked: Vec::new(),
        }
    }

    /// The key path of `key` in this table.
    pub fn path(&self, key: &str) -> String {
        let parts = [self.path.as_str(), key].into_iter().filter(|part| !part.is_empty());
        parts.collect::<Vec<_>>().join(".")
    }

    /// A subordinate table that must be there.
    pub fn table(&mut self, key: &'static str, faults: &mut Faults) -> Section<'d> {
        match self.required(key, faults) {
            Some(value) => Section::of(value, self.path(key), faults),
            None => Section {
                path: self.path(key),
                span: None,
                table: None,
                asked: Vec::new(),
            },
        }
    }

    /// A subordinate table that may be missing.
    pub fn table_if_any(&mut self, key: &'static str, faults: &mut Faults) -> Option<Section<'d>> {
        let path = self.path(key);
        self.optional(key).map(|value| Section::of(value, path, faults))
    }

    /// Whether the key is there.
    pub fn has(&self, key: &str) -> bool {
        self.table.is_some_and(|table| table.contains_key(key))
    }

    /// Every key and value of a table whose keys are names.
    pub fn entries(&self) -> impl Iterator<Item = (&'d str, &'d Spanned<DeValue<'d>>)> + use<'d> {
        self.table
            .into_iter()
            .flatten()
            .map(|(key, value)| (key.get_ref().as_ref(), value))
    }

    /// The value of a key that may be missing.
    pub fn optional(&mut self, key: &'static str) -> Option<&'d Spanned<DeValue<'d>>> {
        self.asked.push(key);
        self.table.and_then(|table| table.get(key))
    }

    fn required(&mut self, key: &'static str, faults: &mut Faults) -> Option<&'d Spanned<DeValue<'d>>> {
        let value = self.optional(key);
        // A missing table has been named already; its keys need not be.
        if value.is_none() && self.table.is_some() {
            faults.add(self.span.clone(), &self.path(key), "is missing");
        }
        value
    }

    /// A text that must be there and not be empty.
    pub fn text(&mut self, key: &'static str, faults: &mut Faults) -> Option<&'d str> {
        let value = self.required(key, faults)?;
        self.as_text(key, value, faults)
    }

    /// A text that may be missing.
    pub fn text_if_any(&mut self, key: &'static str, faults: &mut Faults) -> Option<&'d str> {
        let value = self.optional(key)?;
        self.as_text(key, value, faults)
    }

    fn as_text(&self, key: &str, value: &'d Spanned<DeValue<'d>>, faults: &mut Faults) -> Option<&'d str> {
        let text = value.get_ref().as_str().filter(|text| !text.is_empty());
        if text.is_none() {
            faults.add(
                Some(value.span()),
                &self.path(key),
                "must be a text in quotes, not empty",
            );
        }
        text
    }

    /// A list of texts that must be there, not empty.
    pub fn texts(&mut self, key: &'static str, faults: &mut Faults) -> Option<Vec<String>> {
        let value = self.required(key, faults)?;
        let list = value.get_ref().as_array();
        let texts = list.and_then(|list| {
            list.iter()
                .map(|text| text.get_ref().as_str().map(str::to_owned))
                .collect::<Option<Vec<_>>>()
        });
        let texts = texts.filter(|texts| texts.first().is_some_and(|first| !first.is_empty()));
        if texts.is_none() {
            faults.add(
                Some(value.span()),
                &self.path(key),
                "must be a list of texts, [\"one\", \"two\"], not empty",
            );
        }
        texts
    }

    /// A quantity that must be there.
    pub fn quantity(&mut self, key: &'static str, units: &[(&str, i64)], faults: &mut Faults) -> Option<i64> {
        let value = self.required(key, faults)?;
        self.as_quantity(key, value, units, faults)
    }

    /// A quantity with a default, itself written as text.
    pub fn quantity_or(
        &mut self,
        key: &'static str,
        default: &str,
        units: &[(&str, i64)],
        faults: &mut Faults,
    ) -> Option<i64> {
        match self.optional(key) {
            Some(value) => self.as_quantity(key, value, units, faults),
            None => quantity::parse(default, units).ok(),
        }
    }

    /// A quantity that was read elsewhere, whose faults were told there.
    pub fn quantity_again(&self, key: &str, default: &str, units: &[(&str, i64)]) -> Option<i64> {
        let value = self.table.and_then(|table| table.get(key));
        let text = value.map_or(Some(default), |value| value.get_ref().as_str());
        text.and_then(|text| quantity::parse(text, units).ok())
    }

    fn as_quantity(
        &self,
        key: &str,
        value: &Spanned<DeValue<'_>>,
        units: &[(&str, i64)],
        faults: &mut Faults,
    ) -> Option<i64> {
        let read = match value.get_ref() {
            DeValue::String(text) => quantity::parse(text, units),
            DeValue::Integer(_) | DeValue::Float(_) => {
                let units = units.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
                Err(format!(
                    "a bare number has no unit; write it in quotes with one of {units}"
                ))
            }
            other => Err(format!("must be a quantity in quotes, not a {}", other.type_str())),
        };
        read.map_err(|text| faults.add(Some(value.span()), &self.path(key), text))
            .ok()
    }

    /// A count or an index: the only bare numbers there are.
    pub fn index(&mut self, key: &'static str, max: u16, faults: &mut Faults) -> Option<u16> {
        let value = self.required(key, faults)?;
        let read = number(value).filter(|n| *n <= max);
        if read.is_none() {
            faults.add(
                Some(value.span()),
                &self.path(key),
                format!("must be a whole number from 0 to {max}"),
            );
        }
        read
    }

    /// A port, 1 to 65535, that may be missing.
    pub fn port_if_any(&mut self, key: &'static str, faults: &mut Faults) -> Option<u16> {
        let value = self.optional(key)?;
        let port = number(value).filter(|port| *port != 0);
        if port.is_none() {
            faults.add(
                Some(value.span()),
                &self.path(key),
                "must be a whole number from 1 to 65535",
            );
        }
        port
    }

    /// Yes or no; no where it is missing.
    pub fn flag(&mut self, key: &'static str, faults: &mut Faults) -> Option<bool> {
        let Some(value) = self.optional(key) else {
            return Some(false);
        };
        let read = value.get_ref().as_bool();
        if read.is_none() {
            faults.add(Some(value.span()), &self.path(key), "must be true or false");
        }
        read
    }

    /// One of a few names, that must be there.
    pub fn choice<T: Copy>(&mut self, key: &'static str, among: &[(T, &str)], faults: &mut Faults) -> Option<T> {
        let value = self.required(key, faults)?;
        let text = value.get_ref().as_str().unwrap_or("");
        let found = among.iter().find(|(_, name)| *name == text).map(|(value, _)| *value);
        if found.is_none() {
            let names = among
                .iter()
                .map(|(_, name)| format!("\"{name}\""))
                .collect::<Vec<_>>()
                .join(", ");
            faults.add(Some(value.span()), &self.path(key), format!("must be one of {names}"));
        }
        found
    }

    /// A fault at a key of this table; at the table itself where the key is empty.
    pub fn fault(&self, key: &str, text: impl Into<String>, faults: &mut Faults) {
        let span = self
            .table
            .and_then(|table| table.get(key))
            .map(Spanned::span)
            .or(self.span.clone());
        faults.add(span, &self.path(key), text);
    }

    /// Whatever nobody asked for is a fault.
    pub fn finish(self, faults: &mut Faults) {
        for (key, value) in self.entries().filter(|(key, _)| !self.asked.contains(key)) {
            let known = self.asked.join(", ");
            faults.add(
                Some(value.span()),
                &self.path(key),
                format!("is not known here; known are {known}"),
            );
        }
    }
}

fn number(value: &Spanned<DeValue<'_>>) -> Option<u16> {
    let integer = value.get_ref().as_integer()?;
    u16::from_str_radix(integer.as_str(), integer.radix()).ok()
}
