//! What must outlive the segments: how often the unit has started, and the holes it has not yet told anybody.
//!
//! A small text file, replaced whole: written beside, synced, renamed, the folder synced.
use kaoguan_telemetry::units::EventTime;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

/// A hole that no `Gap` on disk tells of yet. It ends with the first event that is measured again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hole {
    /// The boot in which it began.
    pub boot: u32,
    /// The last event on disk before it.
    pub from: EventTime,
}

/// Holes that may wait at once. Each needs an event on disk after the one before it, which tells of that one: two are
/// plenty; beyond this the latest is joined to the one before it, which began earlier and so covers it.
pub const HOLES_MAX: usize = 16;

/// The file's meaning.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct State {
    /// Starts so far; the first start is 1.
    pub boot: u32,
    /// Oldest first.
    pub holes: Vec<Hole>,
}

const NAME: &str = "state";

impl State {
    /// `None` where there is no file yet.
    ///
    /// # Errors
    /// Where it cannot be read or is not ours: then nobody knows the boot number, and reusing one loses data.
    pub fn load(dir: &Path) -> io::Result<Option<State>> {
        let path = dir.join(NAME);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(e),
        };
        let state = parse(&text);
        let bad = || {
            io::Error::new(
                io::ErrorKind::InvalidData,
                format!("{}: not a spool's state file", path.display()),
            )
        };
        state.map(Some).ok_or_else(bad)
    }

    /// Replaces the file; it is on disk when this returns.
    ///
    /// # Errors
    /// As the disk says; the old file is then still there.
    pub fn store(&self, dir: &Path) -> io::Result<()> {
        let beside = dir.join("state.new");
        let mut text = format!("kaoguan spool 1\nboot {}\n", self.boot);
        for hole in &self.holes {
            text += &format!("hole {} {}\n", hole.boot, hole.from.0);
        }
        let mut file = File::create(&beside)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&beside, dir.join(NAME))?;
        File::open(dir)?.sync_all()
    }

    /// Remembers a hole.
    pub fn add(&mut self, hole: Hole) {
        if self.holes.len() < HOLES_MAX && !self.holes.contains(&hole) {
            self.holes.push(hole);
        }
    }
}

fn parse(text: &str) -> Option<State> {
    let mut lines = text.lines();
    (lines.next()? == "kaoguan spool 1").then_some(())?;
    let boot = lines.next()?.strip_prefix("boot ")?.parse().ok()?;
    let hole = |line: &str| {
        let (boot, from) = line.strip_prefix("hole ")?.split_once(' ')?;
        Some(Hole {
            boot: boot.parse().ok()?,
            from: EventTime(from.parse().ok()?),
        })
    };
    Some(State {
        boot,
        holes: lines.map(hole).collect::<Option<_>>()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stored_is_loaded() {
        let dir = tempfile::tempdir().expect("a folder");
        assert_eq!(State::load(dir.path()).expect("readable"), None);
        let mut state = State { boot: 7, holes: vec![] };
        state.add(Hole {
            boot: 6,
            from: EventTime(1_790_000_000_000_000),
        });
        state.add(Hole {
            boot: 6,
            from: EventTime(1_790_000_000_000_000),
        });
        state.store(dir.path()).expect("stored");
        assert_eq!(State::load(dir.path()).expect("readable"), Some(state.clone()));
        assert_eq!(state.holes.len(), 1);
    }

    #[test]
    fn a_foreign_file_is_refused() {
        let dir = tempfile::tempdir().expect("a folder");
        for text in [
            "",
            "kaoguan spool 1\n",
            "kaoguan spool 1\nboot x\n",
            "kaoguan spool 1\nboot 1\nhole 1\n",
        ] {
            fs::write(dir.path().join(NAME), text).expect("written");
            assert!(State::load(dir.path()).is_err(), "{text:?}");
        }
    }
}
