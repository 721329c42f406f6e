//! What a spool folder still holds after the power went at any byte.
//!
//! Each segment is read to its first record that is not whole and proven, and cut there. At the end of a boot that is
//! the tail that kill -9 tore. In the middle of one the disk itself has rotted: the numbers that are gone are filled
//! with empty batches, because the engine waits for each number, and a hole is noted, so that a `Gap` tells of it.
use super::Place;
use super::index::Segment;
use super::segment::{self, Record, Survey};
use super::state::Hole;
use kaoguan_telemetry::UnitId;
use kaoguan_telemetry::units::EventTime;
use kaoguan_telemetry::wire::{Batch, VERSION};
use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// What was found.
#[derive(Debug, Default)]
pub struct Found {
    pub segments: BTreeMap<Place, Segment>,
    /// After the last event of the last boot, and where the disk has rotted.
    pub holes: Vec<Hole>,
}

/// Reads and mends the whole folder.
///
/// # Errors
/// Where the disk refuses.
pub fn recover(dir: &Path, unit: UnitId) -> io::Result<Found> {
    let mut files: BTreeMap<Place, PathBuf> = BTreeMap::new();
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        if let Some(first) = segment::place(&path) {
            files.insert(first, path);
        }
    }
    let mut found = Found::default();
    let mut last: Option<Hole> = None;
    let firsts: Vec<Place> = files.keys().copied().collect();
    for (i, (first, path)) in files.into_iter().enumerate() {
        let until = firsts
            .get(i + 1)
            .filter(|next| next.boot == first.boot)
            .map(|next| next.no);
        let before = last.filter(|hole| hole.boot == first.boot).map(|hole| hole.from);
        let mut survey = segment::survey(&path, first)?;
        cut(&path, &survey)?;
        if let Some(until) = until {
            found
                .holes
                .extend(fill(&path, first, until, before, unit, &mut survey)?);
        }
        if survey.count == 0 {
            fs::remove_file(&path)?;
            continue;
        }
        if let Some(from) = survey.last_event.max(before) {
            last = Some(Hole { boot: first.boot, from });
        }
        found.segments.insert(
            first,
            Segment {
                path,
                count: survey.count,
                bytes: survey.bytes,
            },
        );
    }
    let newest = found.segments.keys().next_back().map(|first| first.boot);
    found.holes.extend(last.filter(|hole| Some(hole.boot) == newest));
    Ok(found)
}

fn cut(path: &Path, survey: &Survey) -> io::Result<()> {
    if survey.torn == 0 || survey.count == 0 {
        return Ok(());
    }
    let file = OpenOptions::new().write(true).open(path)?;
    file.set_len(survey.bytes)?;
    file.sync_all()?;
    tracing::warn!(
        "spool: {} bytes of a torn batch cut from {}",
        survey.torn,
        path.display()
    );
    Ok(())
}

/// Makes the segment end at batch `until`, where the next one begins.
fn fill(
    path: &Path,
    first: Place,
    until: u64,
    before: Option<EventTime>,
    unit: UnitId,
    survey: &mut Survey,
) -> io::Result<Option<Hole>> {
    let missing = until.saturating_sub(first.no + survey.count);
    // Batches behind `until` were never synced and were written again in the next segment.
    survey.count = survey.count.min(until - first.no);
    if missing == 0 {
        return Ok(None);
    }
    tracing::error!(
        "spool: {missing} batches of boot {} are damaged on disk in {}",
        first.boot,
        path.display()
    );
    let last_event = survey.last_event.max(before);
    let mut file = OpenOptions::new().write(true).open(path)?;
    if survey.bytes == 0 {
        file.set_len(0)?;
        file.write_all(segment::HEAD)?;
        survey.bytes = segment::HEAD.len() as u64;
    }
    file.seek(SeekFrom::Start(survey.bytes))?;
    for no in first.no + survey.count..until {
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
        file.write_all(&record.to_bytes())?;
        survey.bytes += record.size();
    }
    file.sync_all()?;
    survey.count += missing;
    Ok(last_event.map(|from| Hole { boot: first.boot, from }))
}
