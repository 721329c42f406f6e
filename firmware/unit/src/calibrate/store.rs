//! Puts a calibration where it is used: one value in a hand-written TOML file, the old one kept above it.
//!
//! The problem: the file is somebody's, with his comments and his order, and it must never be half written. The answer: one line is
//! exchanged in the text, the old line stays as a comment with the day until which it held; what comes out is read again and must
//! say the new value and else the same; then it is written beside the old file, synced, and moved over it.
//!
//! Deliberately not here: what a value means, and a value over several lines (it is refused: whoever wrote it that way knows how to
//! change it).
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};
use toml::{Table, Value};

/// A value for a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The section, such as `antenna`.
    pub section: &'static str,
    /// The key in it.
    pub key: &'static str,
    /// Its value as TOML.
    pub value: String,
}

/// Why it was not stored.
#[derive(Debug, thiserror::Error)]
pub enum NotStored {
    /// The file cannot be read or written.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// It is no TOML.
    #[error("it cannot be read as TOML: {0}")]
    NoToml(#[from] toml::de::Error),
    /// A value that is not on one line.
    #[error("{0}.{1} is written over several lines: exchange it by hand")]
    SeveralLines(&'static str, &'static str),
    /// What came out says something else than it should.
    #[error("{0}.{1} could not be exchanged safely: exchange it by hand")]
    Unsafe(&'static str, &'static str),
}

/// The old value of a key, as the file writes it.
///
/// # Errors
/// [`NotStored::NoToml`].
pub fn old(text: &str, section: &str, key: &str) -> Result<Option<Value>, NotStored> {
    let table: Table = text.parse()?;
    let section = table.get(section).and_then(Value::as_table);
    Ok(section.and_then(|section| section.get(key)).cloned())
}

/// The text with the changes; `note` stands behind each old line and each new one.
///
/// # Errors
/// As [`NotStored`] says; then nothing of it may be used.
pub fn changed(text: &str, changes: &[Change], note: &str) -> Result<String, NotStored> {
    let mut text = text.to_owned();
    for change in changes {
        text = one(&text, change, note)?;
    }
    Ok(text)
}

fn one(text: &str, change: &Change, note: &str) -> Result<String, NotStored> {
    let Change { section, key, value } = change;
    let lines: Vec<&str> = text.lines().collect();
    let begins = lines.iter().position(|line| header(line) == Some(section));
    let new = format!("{key} = {value} # {note}");
    let mut out: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
    match begins {
        None => out.extend([String::new(), format!("[{section}]"), new]),
        Some(begins) => {
            let inside = lines.iter().enumerate().skip(begins + 1);
            let mut inside = inside.take_while(|(_, line)| header(line).is_none());
            match inside.find(|(_, line)| names(line, key)) {
                None => out.insert(begins + 1, new),
                Some((at, line)) => {
                    if line.parse::<Table>().is_err() {
                        return Err(NotStored::SeveralLines(section, key));
                    }
                    out.splice(at..=at, [format!("# 旧值 / old: {}", line.trim()), new]);
                }
            }
        }
    }
    let out = out.join("\n") + "\n";
    prove(text, &out, change).map(|()| out)
}

/// The name of a section that a line begins.
fn header(line: &str) -> Option<&str> {
    let inside = line.trim().strip_prefix('[')?;
    Some(inside.split_once(']').map_or(inside, |(name, _)| name.trim()))
}

fn names(line: &str, key: &str) -> bool {
    let rest = line.trim_start().strip_prefix(key).map(str::trim_start);
    rest.is_some_and(|rest| rest.starts_with('='))
}

/// Read again, it says the new value, and everything else as before.
fn prove(before: &str, after: &str, change: &Change) -> Result<(), NotStored> {
    let Change { section, key, value } = change;
    let (mut expected, said): (Table, Table) = (before.parse()?, after.parse()?);
    let value = format!("v = {value}").parse::<Table>()?.remove("v");
    let entry = expected.entry(*section).or_insert_with(|| Value::Table(Table::new()));
    if let (Some(table), Some(value)) = (entry.as_table_mut(), value) {
        table.insert((*key).to_owned(), value);
    }
    match expected == said {
        true => Ok(()),
        false => Err(NotStored::Unsafe(section, key)),
    }
}

/// Writes beside, syncs, moves over.
///
/// # Errors
/// Those of the disk; the old file is then whole.
pub fn write(path: &Path, text: &str) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let mut name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_owned();
    name.push(".new");
    let beside = folder.join(name);
    let mut file = File::create(&beside)?;
    if let Ok(old) = fs::metadata(path) {
        file.set_permissions(old.permissions())?;
    }
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&beside, path)?;
    File::open(folder)?.sync_all()
}

/// Today in UTC, `2026-11-27`: the day of a calibration, from the machine's clock.
pub fn today() -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    date(i64::try_from(since.as_secs() / 86_400).unwrap_or(0))
}

/// The civil date of a day since 1970-01-01 (Howard Hinnant, "chrono-compatible low-level date algorithms").
fn date(days: i64) -> String {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let civil = if month < 10 { month + 3 } else { month - 9 };
    let year = year + era * 400 + i64::from(civil <= 2);
    format!("{year:04}-{civil:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "# mine\n[antenna]\nmain = [\"-300 mm\", \"0 mm\"] # measured\nsecond = [\n  \"1 mm\",\n]\n\n[attitude]\naxes = [\"forward\"]\n";

    fn change(section: &'static str, key: &'static str, value: &str) -> Change {
        let value = value.to_owned();
        Change { section, key, value }
    }

    #[test]
    fn the_old_line_stays_and_all_else() {
        let main = change("antenna", "main", "[\"-310 mm\", \"4 mm\"]");
        let zero = change("attitude", "zero", "{ roll = \"5 mdeg\" }");
        let skew = change("receiver", "heading_skew", "\"200 ms\"");
        let text = changed(FILE, &[main, zero, skew], "2026-11-27 张三").expect("stored");
        let expected = "# mine\n[antenna]\n# 旧值 / old: main = [\"-300 mm\", \"0 mm\"] # measured\nmain = [\"-310 mm\", \"4 mm\"] # 2026-11-27 张三\n\
                        second = [\n  \"1 mm\",\n]\n\n[attitude]\nzero = { roll = \"5 mdeg\" } # 2026-11-27 张三\naxes = [\"forward\"]\n\n\
                        [receiver]\nheading_skew = \"200 ms\" # 2026-11-27 张三\n";
        assert_eq!(text, expected);
        // Once more: the old ones stand one above the other.
        let again = changed(&text, &[change("receiver", "heading_skew", "\"0 ms\"")], "x").expect("stored");
        assert!(
            again.contains("# 旧值 / old: heading_skew = \"200 ms\" # 2026-11-27 张三\nheading_skew = \"0 ms\" # x\n")
        );
        assert_eq!(
            old(&again, "receiver", "heading_skew").expect("toml"),
            Some(Value::from("0 ms"))
        );
    }

    #[test]
    fn what_cannot_be_exchanged_safely_is_refused() {
        let second = changed(FILE, &[change("antenna", "second", "[]")], "x");
        assert!(matches!(second, Err(NotStored::SeveralLines("antenna", "second"))));
        assert!(matches!(
            changed("nonsense", &[change("a", "b", "1")], "x"),
            Err(NotStored::NoToml(_))
        ));
        // A line in a text of several lines looks like the key: what comes out would say something else.
        let trap = "[a]\ntext = \"\"\"\nb = 1\n\"\"\"\nb = 2\n";
        assert!(matches!(
            changed(trap, &[change("a", "b", "3")], "x"),
            Err(NotStored::Unsafe("a", "b"))
        ));
    }

    #[test]
    fn a_file_is_exchanged_whole() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("unit.toml");
        write(&path, "a = 1\n").expect("written");
        write(&path, "a = 2\n").expect("written");
        assert_eq!(fs::read_to_string(&path).expect("read"), "a = 2\n");
        assert_eq!(
            fs::read_dir(folder.path()).expect("read").count(),
            1,
            "nothing is left beside it"
        );
    }

    #[test]
    fn days_have_dates() {
        for (days, civil) in [
            (0, "1970-01-01"),
            (11_016, "2000-02-29"),
            (20_784, "2026-11-27"),
            (59, "1970-03-01"),
        ] {
            assert_eq!(date(days), civil);
        }
    }
}
