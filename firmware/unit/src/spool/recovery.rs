//! What a spool folder still holds after the power went at any byte, and what is done where the disk itself rots.
//!
//! The problem: 8 GiB cannot be read through at each start. The answer: a segment with a successor in its boot was whole and
//! synced before that one was made, so its length in batches stands in the two names, and where an older boot ended stands in
//! the state file; only the newest boot's last segment is read, to its first record that is not whole and proven, and cut
//! there: the tail that the power cut tore. Damage anywhere else is found by whoever reads the batches anyway; then the numbers that are gone are filled with empty batches,
//! because the engine waits for each number, and a hole is noted, so that a `Gap` tells of it.
use super::contents::first_event;
use super::folder::Folder;
use super::index::{Reader, Segment, Shared};
use super::segment::{self, Record, Survey};
use super::state::Hole;
use super::{Condition, Place};
use kaoguan_telemetry::UnitId;
use kaoguan_telemetry::units::EventTime;
use kaoguan_telemetry::wire::{Batch, VERSION};
use std::collections::{BTreeMap, BTreeSet};
use std::io;

/// So many batches behind damage are looked through for an event: a minute without a time lock, so that mending stays short.
const NEAR: usize = 600;
/// So often a segment is read at a start before what cannot be read is given up.
const TRIES: u32 = 3;

/// What was found.
#[derive(Debug, Default)]
pub struct Found {
    pub segments: BTreeMap<Place, Segment>,
    /// Where the last event on the disk stands, and in which segment: there the newest hole begins.
    pub last: Option<(Hole, Place)>,
}

impl Found {
    fn know(&mut self, first: Place, survey: &Survey) {
        if let (None, Some(from)) = (&self.last, survey.last_event) {
            self.last = Some((Hole { boot: first.boot, from }, first));
        }
    }
}

/// Looks at the whole folder, newest first, and cuts the torn tail; `ends` says where boots ended that were looked at before.
///
/// # Errors
/// Where the disk refuses.
pub fn recover(folder: &dyn Folder, ends: &BTreeMap<u32, u64>) -> io::Result<Found> {
    let names = folder.names()?;
    let firsts: BTreeSet<Place> = names.iter().filter_map(|name| segment::place(name)).collect();
    let mut found = Found::default();
    let mut behind: Option<Place> = None;
    for first in firsts.into_iter().rev() {
        let next = behind.filter(|next| next.boot == first.boot).map(|next| next.no);
        let end = next.or_else(|| ends.get(&first.boot).copied());
        let segment = match end.filter(|end| *end > first.no) {
            Some(end) => closed(folder, first, end, next.is_none(), &mut found)?,
            None => match tail(folder, first, &mut found)? {
                Some(segment) => segment,
                None => continue,
            },
        };
        behind = Some(first);
        found.segments.insert(first, segment);
    }
    Ok(found)
}

/// A segment that is known to end before `end`; read only where no later one knew an event.
fn closed(folder: &dyn Folder, first: Place, end: u64, is_last: bool, found: &mut Found) -> io::Result<Segment> {
    if is_last && found.last.is_none() {
        found.know(first, &patient(folder, first)?);
    }
    Ok(Segment {
        count: end - first.no,
        bytes: segment::length(folder, first)?,
    })
}

/// The last segment of a boot that nobody has looked at; `None`, and gone, where nothing whole is in it.
fn tail(folder: &dyn Folder, first: Place, found: &mut Found) -> io::Result<Option<Segment>> {
    let survey = patient(folder, first)?;
    if survey.count == 0 {
        return match folder.remove(&segment::name(first)) {
            // Without a batch in it nobody reads it; it is removed at the next start.
            Err(e) if !Condition::leaves_reading(&e) => Err(e),
            _ => Ok(None),
        };
    }
    let kept = match cut(folder, first, &survey) {
        Ok(()) => 0,
        // Nobody reads behind the last whole record; it is cut at the next start, or goes with the file.
        Err(e) if Condition::leaves_reading(&e) => survey.torn,
        Err(e) => return Err(e),
    };
    found.know(first, &survey);
    Ok(Some(Segment {
        count: survey.count,
        bytes: survey.bytes + kept,
    }))
}

/// What the disk cannot read however often it is asked is as good as torn: the unit must start.
fn patient(folder: &dyn Folder, first: Place) -> io::Result<Survey> {
    for _ in 1..TRIES {
        if let Ok(survey) = segment::survey(folder, first) {
            return Ok(survey);
        }
    }
    segment::legible(folder, first)
}

fn cut(folder: &dyn Folder, first: Place, survey: &Survey) -> io::Result<()> {
    if survey.torn == 0 {
        return Ok(());
    }
    let name = segment::name(first);
    let mut file = folder.amend(&name)?;
    file.set_len(survey.bytes)?;
    file.sync()?;
    tracing::warn!("spool: {} bytes of a torn batch cut from {name}", survey.torn);
    Ok(())
}

/// Fills a damaged segment up with empty batches, to its `count`; its new length in bytes, and the hole with its end.
///
/// # Errors
/// Where the disk refuses.
pub fn mend(
    shared: &Shared,
    first: Place,
    count: u64,
    unit: UnitId,
) -> io::Result<(u64, Option<(Hole, Option<EventTime>)>)> {
    let folder = &*shared.folder;
    let survey = segment::legible(folder, first)?;
    if survey.count >= count {
        return Ok((survey.bytes + survey.torn, None));
    }
    let name = segment::name(first);
    tracing::error!("spool: {} batches are damaged on disk in {name}", count - survey.count);
    let from = match survey.last_event {
        Some(from) => Some(from),
        None => last_event_before(shared, first)?,
    };
    let bytes = fill(folder, first, count, from, unit, &survey)?;
    let Some(from) = from else { return Ok((bytes, None)) };
    let last = Place {
        boot: first.boot,
        no: first.no + count - 1,
    };
    let hole = Hole { boot: first.boot, from };
    Ok((bytes, Some((hole, first_event_after(shared, last)))))
}

fn fill(
    folder: &dyn Folder,
    first: Place,
    count: u64,
    last_event: Option<EventTime>,
    unit: UnitId,
    survey: &Survey,
) -> io::Result<u64> {
    let mut file = folder.amend(&segment::name(first))?;
    file.write(0, segment::HEAD)?;
    let mut bytes = survey.bytes.max(segment::HEAD.len() as u64);
    for no in first.no + survey.count..first.no + count {
        let batch = Batch {
            version: VERSION,
            unit,
            boot: first.boot,
            no,
            samples: vec![],
            raws: vec![],
        };
        let record = Record {
            no,
            last_event,
            payload: batch.encode(),
        };
        file.write(bytes, &record.to_bytes())?;
        bytes += record.size();
    }
    file.set_len(bytes)?;
    file.sync()?;
    Ok(bytes)
}

/// Of the segment before, where it is of its boot and still here.
fn last_event_before(shared: &Shared, first: Place) -> io::Result<Option<EventTime>> {
    let before = shared
        .lock()
        .segments
        .range(..first)
        .next_back()
        .map(|(place, _)| *place);
    let Some(before) = before.filter(|before| before.boot == first.boot) else {
        return Ok(None);
    };
    Ok(segment::legible(&*shared.folder, before)?.last_event)
}

/// `None` where none is near, or the next batch is damaged as well: then the hole ends with what is measured next.
fn first_event_after(shared: &Shared, last: Place) -> Option<EventTime> {
    let mut reader = Reader::new(shared.clone());
    let mut at = last;
    for _ in 0..NEAR {
        let (place, payload) = reader.after(Some(at)).ok()??;
        let batch = Batch::decode(&payload).ok()?;
        if let Some(event) = first_event(&batch.samples) {
            return Some(event);
        }
        at = place;
    }
    None
}
