//! What must outlive the segments: how often the unit has started, what the engine has, and the holes nobody was told of.
//!
//! A small text file, replaced whole: written beside, synced, renamed, the folder synced.
use super::Place;
use super::folder::Folder;
use kaoguan_telemetry::Gap;
use kaoguan_telemetry::units::EventTime;
use std::collections::BTreeMap;
use std::io::{self, Read};

/// Names a hole that no `Gap` on disk tells of yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hole {
    /// The boot in which it began.
    pub boot: u32,
    /// The last event on disk before it.
    pub from: EventTime,
}

impl Hole {
    /// The one that a gap tells of.
    pub const fn of(gap: Gap) -> Hole {
        Hole {
            boot: gap.boot,
            from: gap.from,
        }
    }
}

/// Holes that may wait at once. Each needs an event on disk after the one before it, which tells of that one: two are
/// plenty; beyond this the latest is joined to the one before it, which then ends no earlier.
pub const HOLES_MAX: usize = 16;

/// The file's meaning.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct State {
    /// Starts so far; the first start is 1.
    pub boot: u32,
    /// Up to here the engine has everything, and files may be gone. A removal that a power cut has undone is done again.
    pub receipted: Option<Place>,
    /// Behind the last batch of each earlier boot that is on the disk.
    pub ends: BTreeMap<u32, u64>,
    /// Each with its end, once something is measured again. The end is written down before the batch that it is in:
    /// where that batch is lost too, the hole begins where the disk ends, and is [`State::open`] again.
    pub holes: BTreeMap<Hole, Option<EventTime>>,
}

const NAME: &str = "state";
const BESIDE: &str = "state.new";
const HEAD: &str = "kaoguan spool 1";
/// No state is longer: a line for each hole, and one for each of 10,000 starts without a network.
const BYTES_MAX: u64 = 512 * 1024;

impl State {
    /// `None` where there is no file yet.
    ///
    /// # Errors
    /// Where it cannot be read or is not ours: then nobody knows the boot number, and reusing one loses data.
    pub fn load(folder: &dyn Folder) -> io::Result<Option<State>> {
        let file = match folder.read(NAME) {
            Ok(file) => file,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(e),
        };
        let mut text = String::new();
        file.take(BYTES_MAX).read_to_string(&mut text)?;
        let bad = || {
            io::Error::new(
                io::ErrorKind::InvalidData,
                "its file `state` is not a spool's state file",
            )
        };
        parse(&text).map(Some).ok_or_else(bad)
    }

    /// Replaces the file; it is on disk when this returns.
    ///
    /// # Errors
    /// As the disk says; the old file is then still there.
    pub fn store(&self, folder: &dyn Folder) -> io::Result<()> {
        let mut file = folder.create(BESIDE)?;
        file.write(0, self.text().as_bytes())?;
        file.sync()?;
        folder.rename(BESIDE, NAME)?;
        folder.sync()
    }

    fn text(&self) -> String {
        let mut text = format!("{HEAD}\nboot {}\n", self.boot);
        if let Some(Place { boot, no }) = self.receipted {
            text += &format!("receipted {boot} {no}\n");
        }
        for (boot, no) in &self.ends {
            text += &format!("end {boot} {no}\n");
        }
        for (hole, to) in &self.holes {
            let to = to.map_or(String::new(), |to| format!(" {}", to.0));
            text += &format!("hole {} {}{to}\n", hole.boot, hole.from.0);
        }
        text
    }

    /// A hole without an end, also where it had one: what was there is lost as well. Where there is no room, the one
    /// before it goes on instead; which one it was.
    pub fn open(&mut self, hole: Hole) -> Hole {
        let hole = if self.holes.len() < HOLES_MAX {
            hole
        } else {
            self.holes
                .range(..=hole)
                .next_back()
                .map_or(hole, |(before, _)| *before)
        };
        self.holes.insert(hole, None);
        hole
    }

    /// A hole whose end is known.
    pub fn add(&mut self, hole: Hole, to: EventTime) {
        if self.holes.len() < HOLES_MAX {
            self.holes.insert(hole, Some(to));
        } else {
            self.open(hole);
        }
    }

    /// Ends every hole without an end at `to`; which they were.
    pub fn close(&mut self, to: EventTime) -> Vec<Hole> {
        let ended = self.holes.iter_mut().filter(|(_, end)| end.is_none());
        let name = |(hole, end): (&Hole, &mut Option<EventTime>)| {
            *end = Some(to);
            *hole
        };
        ended.map(name).collect()
    }
}

fn parse(text: &str) -> Option<State> {
    let mut lines = text.lines();
    (lines.next()? == HEAD).then_some(())?;
    let mut state = State {
        boot: lines.next()?.strip_prefix("boot ")?.parse().ok()?,
        ..State::default()
    };
    for line in lines {
        match line.split(' ').collect::<Vec<_>>()[..] {
            ["receipted", boot, no] => {
                state.receipted = Some(Place {
                    boot: boot.parse().ok()?,
                    no: no.parse().ok()?,
                });
            }
            ["end", boot, no] => drop(state.ends.insert(boot.parse().ok()?, no.parse().ok()?)),
            ["hole", boot, from] => drop(state.holes.insert(hole(boot, from)?, None)),
            ["hole", boot, from, to] => drop(state.holes.insert(hole(boot, from)?, Some(EventTime(to.parse().ok()?)))),
            _ => return None,
        }
    }
    Some(state)
}

fn hole(boot: &str, from: &str) -> Option<Hole> {
    Some(Hole {
        boot: boot.parse().ok()?,
        from: EventTime(from.parse().ok()?),
    })
}

#[cfg(test)]
mod tests {
    use super::super::folder::Directory;
    use super::*;

    #[test]
    fn what_is_stored_is_loaded() {
        let dir = tempfile::tempdir().expect("a folder");
        let folder = Directory::open(dir.path()).expect("opens");
        assert_eq!(State::load(&folder).expect("readable"), None);
        let hole = |boot| Hole {
            boot,
            from: EventTime(1_790_000_000_000_000),
        };
        let mut state = State {
            boot: 7,
            ..State::default()
        };
        state.open(hole(5));
        assert_eq!(state.close(EventTime(1_790_000_000_000_001)), [hole(5)]);
        state.open(hole(6));
        state.open(hole(6));
        state.receipted = Some(Place { boot: 5, no: 3 });
        state.ends.insert(5, 4);
        state.store(&folder).expect("stored");
        assert_eq!(State::load(&folder).expect("readable"), Some(state.clone()));
        assert_eq!(state.holes.len(), 2);
    }

    #[test]
    fn a_foreign_file_is_refused() {
        let dir = tempfile::tempdir().expect("a folder");
        let folder = Directory::open(dir.path()).expect("opens");
        for text in [
            "",
            "kaoguan spool 1\n",
            "kaoguan spool 1\nboot x\n",
            "kaoguan spool 1\nboot 1\nhole 1\n",
            "kaoguan spool 1\nboot 1\nreceipted 1\n",
        ] {
            std::fs::write(dir.path().join(NAME), text).expect("written");
            assert!(State::load(&folder).is_err(), "{text:?}");
        }
    }
}
