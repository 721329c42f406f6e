//! Reading a settings file written by hand: every fault at once, each with its key path and line.
//!
//! The problem: serde stops at the first fault, and a technician in a village corrects a file once. The answer: each
//! key is asked for by name; what is wrong is noted and reading goes on; what nobody asked for is a fault too.
pub mod quantity;
mod section;

pub use section::{Fault, Faults, Section};

use std::fmt;
use std::path::Path;
use toml::de::DeTable;

/// Why a settings file is refused: all faults at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Faulty {
    /// The file's name, or what stands for it.
    pub name: String,
    /// At least one, in the order of the lines.
    pub faults: Vec<Fault>,
}

impl fmt::Display for Faulty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let n = self.faults.len();
        write!(f, "{} 有 {n} 处错误 {n} faults in {}:", self.name, self.name)?;
        self.faults.iter().try_for_each(|fault| write!(f, "\n  {fault}"))
    }
}

impl std::error::Error for Faulty {}

/// Reads a file; `read` gets its text too.
///
/// # Errors
/// [`Faulty`] with every fault; one where the file cannot be read.
pub fn load<T>(path: &Path, read: impl FnOnce(&str, &str) -> Result<T, Faulty>) -> Result<T, Faulty> {
    let name = path.display().to_string();
    match std::fs::read_to_string(path) {
        Ok(text) => read(&text, &name),
        Err(e) => Err(Faulty {
            name,
            faults: vec![Fault {
                line: None,
                key: "file".into(),
                text: format!("cannot be read: {e}"),
            }],
        }),
    }
}

/// Reads a text; `name` stands in the message. `read` asks every section to its end, so that all faults are found.
///
/// # Errors
/// [`Faulty`] with every fault.
pub fn parse<T>(
    text: &str,
    name: &str,
    read: impl FnOnce(Section<'_>, &mut Faults<'_>) -> Option<T>,
) -> Result<T, Faulty> {
    let mut faults = Faults::new(text);
    let (document, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        faults.add(error.span(), "toml", error.message());
    }
    let value = read(Section::root(&document), &mut faults);
    let faults = faults.into_sorted();
    match value {
        Some(value) if faults.is_empty() => Ok(value),
        _ => Err(Faulty {
            name: name.to_owned(),
            faults,
        }),
    }
}
