//! Going on after a stop, a crash or a kill: everything follows from the journal.
use super::{Running, newest};
use crate::arrivals::Arrivals;
use crate::entry::{Kind, Open};
use crate::journal::{Journal, JournalError};
use kaoguan_telemetry::UnitId;
use kaoguan_telemetry::wire::Batch;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// What the journal says.
#[derive(Default)]
pub struct Recovered {
    /// What every unit may forget.
    pub arrivals: Arrivals,
    /// Exams without a close, judged up to the journal's end.
    pub running: Vec<Running>,
    /// Closed exams that the store does not know: the opening's number and the time of the close.
    pub unsealed: VecDeque<(u64, i64)>,
    /// Every exam's id.
    pub ids: BTreeSet<String>,
    /// The newest event time in each unit's last batch.
    pub newest: BTreeMap<UnitId, i64>,
}

/// Reads the whole journal once, and the stretch of each open exam again.
///
/// # Errors
/// [`JournalError`].
pub fn recover(journal: &Journal, stored: &BTreeSet<String>) -> Result<Recovered, JournalError> {
    let mut out = Recovered::default();
    let mut open: BTreeMap<String, (u64, i64, Open)> = BTreeMap::new();
    let mut last: BTreeMap<UnitId, Vec<u8>> = BTreeMap::new();
    for linked in journal.read_from(0)? {
        let entry = linked?.entry;
        match entry.kind {
            Kind::Batch(batch) => {
                if let Some((boot, no)) = name(&batch.bytes) {
                    out.arrivals.hold(batch.unit, boot, no);
                    last.insert(batch.unit, batch.bytes);
                }
            }
            Kind::Open(opening) => {
                out.ids.insert(opening.exam.clone());
                open.insert(opening.exam.clone(), (entry.no, entry.arrived_utc_us, *opening));
            }
            Kind::Close(close) => {
                if let Some((opening, ..)) = open.remove(&close.exam)
                    && !stored.contains(&close.exam)
                {
                    out.unsealed.push_back((opening, entry.arrived_utc_us));
                }
            }
            Kind::Act(_) => {}
        }
    }
    for (unit, bytes) in last {
        let newest = Batch::decode(&bytes).ok().as_ref().and_then(newest);
        out.newest.extend(newest.map(|newest| (unit, newest)));
    }
    for (opening, at_us, open) in open.into_values() {
        match Running::begin(&open, opening, at_us) {
            Ok(running) => out.running.push(replay(journal, running)?),
            Err(issues) => {
                let issues: String = issues.iter().map(|issue| format!("\n  {issue}")).collect();
                tracing::error!(exam = %open.exam, "this build refuses the exam's documents; it stays in the journal:{issues}");
            }
        }
    }
    Ok(out)
}

fn replay(journal: &Journal, mut running: Running) -> Result<Running, JournalError> {
    for linked in journal.read_from(running.opening())? {
        let entry = linked?.entry;
        if entry.kind.concerns(running.session().opening()) {
            running.hear(&entry);
        }
    }
    Ok(running)
}

/// Boot and number of a batch, without reading its samples.
fn name(bytes: &[u8]) -> Option<(u32, u64)> {
    let mut decoder = minicbor::Decoder::new(bytes);
    decoder.array().ok()?;
    decoder.u8().ok()?;
    decoder.str().ok()?;
    Some((decoder.u32().ok()?, decoder.u64().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_is_that_of_the_batch() {
        let batch = Batch {
            version: kaoguan_telemetry::wire::VERSION,
            unit: UnitId::new("moto-1").expect("a good name"),
            boot: 70_000,
            no: u64::from(u32::MAX) + 5,
            samples: Vec::new(),
            raws: Vec::new(),
        };
        assert_eq!(name(&batch.encode()), Some((batch.boot, batch.no)));
        assert_eq!(name(&[0x85]), None);
    }
}
