//! Reads one table of a TOML text key by key, and collects every fault with its line and key path.
use std::fmt;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// One fault of a configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Line of the file, from 1, where one can be named.
    pub line: Option<usize>,
    /// Key path, such as `mqtt.bind`, or the document's own place.
    pub key: String,
    /// What is wrong, as a sentence.
    pub text: String,
}

impl Fault {
    /// A fault without a line.
    pub fn of(key: &str, text: String) -> Fault {
        Fault {
            line: None,
            key: key.into(),
            text,
        }
    }
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
}

impl<'t> Faults<'t> {
    pub fn new(text: &'t str) -> Faults<'t> {
        Faults {
            text,
            found: Vec::new(),
        }
    }
    pub fn add(&mut self, at: Option<Range<usize>>, key: &str, text: impl Into<String>) {
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
        self.found
    }
}

/// One table being read.
pub struct Section<'d> {
    path: &'static str,
    span: Option<Range<usize>>,
    table: Option<&'d DeTable<'d>>,
    asked: Vec<&'static str>,
}

impl<'d> Section<'d> {
    /// The whole document.
    pub fn root(document: &'d Spanned<DeTable<'d>>) -> Section<'d> {
        Section {
            path: "",
            span: None,
            table: Some(document.get_ref()),
            asked: Vec::new(),
        }
    }

    /// A table of the document that must be there.
    pub fn table(&mut self, key: &'static str, faults: &mut Faults) -> Section<'d> {
        self.table_if_any(key, faults).unwrap_or_else(|| {
            faults.add(None, key, "this table is missing");
            Section {
                path: key,
                span: None,
                table: None,
                asked: Vec::new(),
            }
        })
    }

    /// A table of the document that may be missing.
    pub fn table_if_any(&mut self, key: &'static str, faults: &mut Faults) -> Option<Section<'d>> {
        let value = self.ask(key)?;
        let table = value.get_ref().as_table();
        if table.is_none() {
            faults.add(Some(value.span()), key, "must be a table");
        }
        Some(Section {
            path: key,
            span: Some(value.span()),
            table,
            asked: Vec::new(),
        })
    }

    /// Every key of a table whose keys are names, with its place and its text, where it is one.
    pub fn entries(&self) -> impl Iterator<Item = (&'d str, Range<usize>, Option<&'d str>)> + use<'d> {
        self.table
            .into_iter()
            .flatten()
            .map(|(key, value)| (key.get_ref().as_ref(), value.span(), value.get_ref().as_str()))
    }

    /// Whether the key is there.
    pub fn has(&self, key: &str) -> bool {
        self.table.is_some_and(|table| table.contains_key(key))
    }

    fn ask(&mut self, key: &'static str) -> Option<&'d Spanned<DeValue<'d>>> {
        self.asked.push(key);
        self.table.and_then(|table| table.get(key))
    }

    /// A text that must be there and not be empty.
    pub fn text(&mut self, key: &'static str, faults: &mut Faults) -> Option<&'d str> {
        // A missing table has been named already; its keys need not be.
        if self.table.is_some() && !self.has(key) {
            self.asked.push(key);
            self.fault(key, "is missing", faults);
        }
        self.text_if_any(key, faults)
    }

    /// A text that may be missing.
    pub fn text_if_any(&mut self, key: &'static str, faults: &mut Faults) -> Option<&'d str> {
        let value = self.ask(key)?;
        let text = value.get_ref().as_str().filter(|text| !text.is_empty());
        if text.is_none() {
            self.fault(key, "must be a text in quotes, not empty", faults);
        }
        text
    }

    /// Whole seconds, `"30 s"`, that may be missing.
    pub fn seconds_if_any(&mut self, key: &'static str, faults: &mut Faults) -> Option<u64> {
        let value = self.ask(key)?;
        let text = value.get_ref().as_str().unwrap_or("");
        let seconds = text.strip_suffix(" s").and_then(|number| number.parse().ok());
        if seconds.is_none() {
            self.fault(
                key,
                "must be whole seconds in quotes with their unit, like \"30 s\"",
                faults,
            );
        }
        seconds
    }

    /// A port, 1 to 65535, that may be missing.
    pub fn port_if_any(&mut self, key: &'static str, faults: &mut Faults) -> Option<u16> {
        let value = self.ask(key)?;
        let number = value.get_ref().as_integer();
        let port = number.and_then(|n| u16::from_str_radix(n.as_str(), n.radix()).ok());
        if port.is_none_or(|port| port == 0) {
            self.fault(key, "must be a whole number from 1 to 65535", faults);
        }
        port
    }

    /// A fault at a key of this table; at the table itself where the key is empty.
    pub fn fault(&self, key: &str, text: &str, faults: &mut Faults) {
        let span = self.table.and_then(|table| table.get(key)).map(Spanned::span);
        let path = [self.path, key].join(".");
        faults.add(span.or(self.span.clone()), path.trim_matches('.'), text);
    }

    /// Whatever nobody asked for is a fault.
    pub fn finish(self, faults: &mut Faults) {
        for (key, value) in self.table.into_iter().flatten() {
            let key = key.get_ref().as_ref();
            if !self.asked.contains(&key) {
                let path = [self.path, key].join(".");
                let known = self.asked.join(", ");
                faults.add(
                    Some(value.span()),
                    path.trim_matches('.'),
                    format!("is not known here; known are {known}"),
                );
            }
        }
    }
}
