//! A disk that forgets whatever was not synced, as the cruellest one may.
//!
//! The problem: what a real file system keeps over a power cut is more than it promises, and another one keeps something
//! else. The answer: of each file it is known what is durable and which strokes came after; at a cut any subset of the
//! strokes survives, in pieces of a sector and torn at any byte, a later one without an earlier one, with zeros or rubbish
//! between; of the names any subset of the changes since the folder was synced. A fuse lets the power go at any byte of any
//! call. It may be full: then nothing grows on it and nothing new gets a name, as the strictest file system would have it.
//! Deliberately not here: other errors of a disk that lives on.
use super::dice::Dice;
use kaoguan_unit::spool::{Folder, Sink, Source};
use std::collections::BTreeMap;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::{Arc, Mutex, MutexGuard};

/// What a cut loses in one piece.
const SECTOR: u64 = 512;

/// A disk with one folder. Clones are the same disk.
#[derive(Debug, Clone, Default)]
pub struct Frail(Arc<Mutex<Disk>>);

#[derive(Debug, Clone, Default)]
struct Disk {
    files: Vec<File>,
    durable: BTreeMap<String, usize>,
    names: BTreeMap<String, usize>,
    /// Since the folder was synced.
    turns: Vec<Turn>,
    fuse: Option<u64>,
    is_dark: bool,
    /// Counts the cuts: whatever was opened before one is void.
    life: u64,
    syncs: u64,
    bytes_read: u64,
    /// Cannot be read until it is written anew.
    rotten: Option<(usize, u64)>,
    /// Bytes of all files that it has room for; `None`: any number.
    room: Option<u64>,
    /// What is freed somebody else takes at once.
    is_wanted: bool,
}

#[derive(Debug, Clone, Default)]
struct File {
    durable: Vec<u8>,
    now: Vec<u8>,
    strokes: Vec<Stroke>,
}

#[derive(Debug, Clone)]
enum Stroke {
    Write(u64, Vec<u8>),
    Length(u64),
}

#[derive(Debug, Clone)]
enum Turn {
    Link(String, usize),
    Rename(String, String, usize),
    Remove(String),
}

/// What survives of all that was not synced.
#[derive(Debug, Clone, Copy)]
pub enum Keeps {
    Nothing,
    Everything,
    Any(u64),
}

impl Frail {
    fn disk(&self) -> MutexGuard<'_, Disk> {
        self.0.lock().expect("not poisoned")
    }

    /// Another disk that holds the same.
    pub fn copy(&self) -> Frail {
        Frail(Arc::new(Mutex::new(self.disk().clone())))
    }

    /// The power goes after so many bytes and calls.
    pub fn light(&self, fuse: u64) {
        self.disk().fuse = Some(fuse);
    }

    /// Whether it has gone.
    pub fn is_dark(&self) -> bool {
        self.disk().is_dark
    }

    /// Calls that made something durable.
    pub fn syncs(&self) -> u64 {
        self.disk().syncs
    }

    /// A byte that the disk cannot read any more, until it is written anew.
    pub fn rot(&self, name: &str, at: u64) {
        let mut disk = self.disk();
        disk.rotten = Some((disk.names[name], at));
    }

    /// From now on there is room for so many more bytes than there are.
    pub fn leave(&self, bytes: u64) {
        let mut disk = self.disk();
        disk.room = Some(disk.used() + bytes);
        disk.is_wanted = false;
    }

    /// From now on there is no room, and what is freed somebody else takes at once.
    pub fn starve(&self) {
        self.leave(0);
        self.disk().is_wanted = true;
    }

    /// Bytes that anybody read.
    pub fn bytes_read(&self) -> u64 {
        self.disk().bytes_read
    }

    /// The power is cut, now if it has not gone before, and comes back.
    pub fn cut(&self, keeps: Keeps) {
        let mut disk = self.disk();
        let mut dice = match keeps {
            Keeps::Any(seed) => Some(Dice::new(seed)),
            _ => None,
        };
        // Some cuts keep nearly all, some nearly nothing.
        let percent = dice.as_mut().map_or(0, |dice| [5, 50, 95][dice.below(3) as usize]);
        let keep = |dice: &mut Option<Dice>| match dice {
            Some(dice) => dice.below(100) < percent,
            None => matches!(keeps, Keeps::Everything),
        };
        for file in &mut disk.files {
            for stroke in std::mem::take(&mut file.strokes) {
                for piece in stroke.pieces() {
                    if keep(&mut dice) {
                        piece.torn(&mut dice).apply(&mut file.durable, &mut dice);
                    }
                }
            }
            file.now.clone_from(&file.durable);
        }
        let turns = std::mem::take(&mut disk.turns);
        for turn in turns {
            if keep(&mut dice) {
                turn.apply(&mut disk.durable);
            }
        }
        disk.names = disk.durable.clone();
        disk.fuse = None;
        disk.is_dark = false;
        disk.life += 1;
    }
}

impl Stroke {
    fn pieces(self) -> Vec<Stroke> {
        let Stroke::Write(at, bytes) = self else {
            return vec![self];
        };
        let mut pieces: Vec<Stroke> = Vec::new();
        let mut done = 0;
        while done < bytes.len() {
            let from = at + done as u64;
            let to = ((from / SECTOR + 1) * SECTOR - at).min(bytes.len() as u64) as usize;
            pieces.push(Stroke::Write(from, bytes[done..to].to_vec()));
            done = to;
        }
        pieces
    }

    /// One piece in four is torn.
    fn torn(mut self, dice: &mut Option<Dice>) -> Stroke {
        if let (Stroke::Write(_, bytes), Some(dice)) = (&mut self, dice)
            && dice.below(4) == 0
        {
            bytes.truncate(dice.below(bytes.len() as u64 + 1) as usize);
        }
        self
    }

    fn apply(&self, to: &mut Vec<u8>, dice: &mut Option<Dice>) {
        match self {
            Stroke::Write(_, bytes) if bytes.is_empty() => {}
            Stroke::Write(at, bytes) => {
                let at = *at as usize;
                while to.len() < at {
                    // What lies between is zeros, or what the sector held before.
                    to.push(dice.as_mut().map_or(0, |dice| (dice.below(2) * dice.below(256)) as u8));
                }
                let end = at + bytes.len();
                to.resize(to.len().max(end), 0);
                to[at..end].copy_from_slice(bytes);
            }
            Stroke::Length(length) => to.resize(*length as usize, 0),
        }
    }
}

impl Turn {
    fn apply(&self, names: &mut BTreeMap<String, usize>) {
        match self {
            Turn::Link(name, file) => {
                names.insert(name.clone(), *file);
            }
            Turn::Rename(from, to, file) => {
                names.remove(from);
                names.insert(to.clone(), *file);
            }
            Turn::Remove(name) => {
                names.remove(name);
            }
        }
    }
}

fn full() -> io::Error {
    io::ErrorKind::StorageFull.into()
}

fn dark() -> io::Error {
    io::Error::other("the power is off")
}

impl Disk {
    /// Burns the fuse; how much of `wanted` was done before it ended.
    fn burn(&mut self, wanted: u64) -> io::Result<u64> {
        if self.is_dark {
            return Err(dark());
        }
        let Some(fuse) = &mut self.fuse else { return Ok(wanted) };
        let done = wanted.min(*fuse);
        *fuse -= done;
        self.is_dark = done < wanted;
        Ok(done)
    }

    /// One call.
    fn call(&mut self) -> io::Result<()> {
        match self.burn(1)? {
            1 => Ok(()),
            _ => Err(dark()),
        }
    }

    fn turn(&mut self, turn: Turn) -> io::Result<()> {
        self.call()?;
        turn.apply(&mut self.names);
        self.turns.push(turn);
        Ok(())
    }

    /// Of all files that have a name.
    fn used(&self) -> u64 {
        let sizes = self.names.values().map(|file| self.files[*file].now.len() as u64);
        sizes.sum()
    }

    fn free(&self) -> u64 {
        self.room.map_or(u64::MAX, |room| room.saturating_sub(self.used()))
    }

    fn find(&self, name: &str) -> io::Result<usize> {
        let found = self.names.get(name).copied();
        found.ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, name.to_owned()))
    }
}

/// A file that is open, until the next cut.
#[derive(Debug)]
struct Open {
    disk: Frail,
    file: usize,
    life: u64,
    at: u64,
}

impl Open {
    fn new(disk: &Frail, file: usize, life: u64) -> Box<Open> {
        Box::new(Open {
            disk: disk.clone(),
            file,
            life,
            at: 0,
        })
    }

    fn alive(&self) -> io::Result<MutexGuard<'_, Disk>> {
        let disk = self.disk.disk();
        match disk.life == self.life && !disk.is_dark {
            true => Ok(disk),
            false => Err(dark()),
        }
    }

    fn stroke(&self, stroke: Stroke) -> io::Result<()> {
        let mut disk = self.alive()?;
        let file = &mut disk.files[self.file];
        stroke.apply(&mut file.now, &mut None);
        file.strokes.push(stroke);
        Ok(())
    }
}

impl Folder for Frail {
    fn names(&self) -> io::Result<Vec<String>> {
        let disk = self.disk();
        match disk.is_dark {
            true => Err(dark()),
            false => Ok(disk.names.keys().cloned().collect()),
        }
    }
    fn read(&self, name: &str) -> io::Result<Box<dyn Source>> {
        let disk = self.disk();
        Ok(Open::new(self, disk.find(name)?, disk.life))
    }
    fn create(&self, name: &str) -> io::Result<Box<dyn Sink>> {
        let mut disk = self.disk();
        if let Ok(file) = disk.find(name) {
            disk.call()?;
            let life = disk.life;
            drop(disk);
            let open = Open::new(self, file, life);
            open.stroke(Stroke::Length(0))?;
            return Ok(open);
        }
        if disk.free() == 0 {
            return Err(full());
        }
        let file = disk.files.len();
        disk.files.push(File::default());
        disk.turn(Turn::Link(name.to_owned(), file))?;
        Ok(Open::new(self, file, disk.life))
    }
    fn amend(&self, name: &str) -> io::Result<Box<dyn Sink>> {
        let disk = self.disk();
        Ok(Open::new(self, disk.find(name)?, disk.life))
    }
    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let mut disk = self.disk();
        let file = disk.find(from)?;
        disk.turn(Turn::Rename(from.to_owned(), to.to_owned(), file))
    }
    fn remove(&self, name: &str) -> io::Result<()> {
        let mut disk = self.disk();
        disk.find(name)?;
        disk.turn(Turn::Remove(name.to_owned()))?;
        if disk.is_wanted {
            disk.room = Some(disk.used());
        }
        Ok(())
    }
    fn sync(&self) -> io::Result<()> {
        let mut disk = self.disk();
        disk.call()?;
        disk.syncs += 1;
        disk.turns.clear();
        disk.durable = disk.names.clone();
        Ok(())
    }
    fn free(&self) -> Option<u64> {
        Some(self.disk().free())
    }
}

impl Sink for Open {
    fn write(&mut self, at: u64, bytes: &[u8]) -> io::Result<()> {
        let mut disk = self.alive()?;
        let has = disk.files[self.file].now.len() as u64;
        // What lies behind its end needs room: of a stroke that does not fit, what does fit is there.
        let fits = has
            .saturating_add(disk.free())
            .saturating_sub(at)
            .min(bytes.len() as u64);
        let done = disk.burn(fits)?;
        let whole = done == fits;
        let end = at + done;
        if disk
            .rotten
            .is_some_and(|(file, rot)| file == self.file && (at..end).contains(&rot))
        {
            disk.rotten = None;
        }
        let file = &mut disk.files[self.file];
        let stroke = Stroke::Write(at, bytes[..done as usize].to_vec());
        stroke.apply(&mut file.now, &mut None);
        file.strokes.push(stroke);
        match (whole, fits == bytes.len() as u64) {
            (false, _) => Err(dark()),
            (true, false) => Err(full()),
            (true, true) => Ok(()),
        }
    }
    fn set_len(&mut self, bytes: u64) -> io::Result<()> {
        self.alive()?.call()?;
        let mut disk = self.alive()?;
        // Where nothing is written over what is there, cutting needs room, too.
        if disk.free() == 0 {
            return Err(full());
        }
        disk.rotten = disk.rotten.filter(|(file, rot)| *file != self.file || *rot < bytes);
        drop(disk);
        self.stroke(Stroke::Length(bytes))
    }
    fn sync(&mut self) -> io::Result<()> {
        let mut disk = self.alive()?;
        disk.call()?;
        disk.syncs += 1;
        let file = &mut disk.files[self.file];
        for stroke in std::mem::take(&mut file.strokes) {
            stroke.apply(&mut file.durable, &mut None);
        }
        Ok(())
    }
}

impl Read for Open {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let mut disk = self.alive()?;
        let bytes = &disk.files[self.file].now;
        let from = (self.at as usize).min(bytes.len());
        let count = to.len().min(bytes.len() - from);
        let is_in = |(file, at): (usize, u64)| file == self.file && (from..from + count).contains(&(at as usize));
        if disk.rotten.is_some_and(is_in) {
            return Err(io::Error::from_raw_os_error(5));
        }
        to[..count].copy_from_slice(&bytes[from..from + count]);
        disk.bytes_read += count as u64;
        drop(disk);
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for Open {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let length = self.alive()?.files[self.file].now.len() as u64;
        self.at = match to {
            SeekFrom::Start(at) => at,
            SeekFrom::End(by) => length.saturating_add_signed(by),
            SeekFrom::Current(by) => self.at.saturating_add_signed(by),
        };
        Ok(self.at)
    }
}
