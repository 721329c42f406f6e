//! Judging a record again.
//!
//! The problem: a verdict is worth what it survives. The answer: [`score`] runs the entries of a record through the same
//! fold as live and compares the canonical texts, byte for byte; [`verify`] proves before it that the entries are those
//! of the journal's chain and that the site signed them.
//!
//! Deliberately not here: trust in the findings, samples and raw bytes that the record shows to people. Only entries are
//! judged; the rest is held against the file's signature.
mod cli;
mod editions;

pub use cli::{ScoreArgs, VerifyArgs, run_score, run_verify};

use crate::canon;
use crate::record::{self, Record, RecordError};
use crate::session::{Counts, Session};
use kaoguan_exam::{Finding, Question, Verdict};
use std::path::Path;

/// A record judged again.
#[derive(Debug, Clone)]
pub struct Scored {
    /// The exam's id.
    pub exam: String,
    /// The canonical text of this judgement.
    pub canon: String,
    /// Its digest.
    pub digest: String,
    /// The digest that was sealed.
    pub sealed_digest: String,
    /// Whether text and digest are those that were sealed.
    pub same: bool,
    /// Points left.
    pub score: i32,
    /// The verdict.
    pub verdict: Verdict,
    /// The findings.
    pub findings: Vec<Finding>,
    /// The questions with their answers.
    pub questions: Vec<Question>,
    /// What went by.
    pub counts: Counts,
}

/// A record proven, link by link.
#[derive(Debug, Clone)]
pub struct Verified {
    /// The site's public key that the record carries.
    pub public_key: String,
    /// The steps, in the order in which they were taken.
    pub steps: Vec<Step>,
    /// The record judged again; `None` where its documents are refused.
    pub scored: Option<Scored>,
}

/// One step of a proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What is proven.
    pub what: Claim,
    /// `Err` with a sentence where it does not hold.
    pub held: Result<(), String>,
}

/// What a record claims.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// The entries form the sealed stretch of the journal's chain.
    Chain,
    /// The site signed everything judged.
    Judged,
    /// The site signed every byte of the file.
    File,
    /// The attached documents are those of the opening.
    Documents,
    /// Judged again, the findings are the same, byte for byte.
    Findings,
    /// The public key is the expected one.
    Key,
}

impl Verified {
    /// Whether every step held.
    pub fn ok(&self) -> bool {
        self.steps.iter().all(|step| step.held.is_ok())
    }
}

/// Judges a record again, from its entries alone.
///
/// # Errors
/// [`RecordError`] where it can't be read or its documents are refused.
pub fn score(path: &Path) -> Result<Scored, RecordError> {
    score_record(&record::read(path)?, None)
}

/// As [`score`] for a record that was read, under another syllabus where one is given.
///
/// # Errors
/// [`RecordError::Documents`] where the documents are refused.
pub fn score_record(record: &Record, syllabus: Option<&str>) -> Result<Scored, RecordError> {
    let mut open = record.stretch.open.clone();
    if let Some(text) = syllabus {
        open.syllabus = text.to_owned();
    }
    Ok(compare(&record.stretch.judge_as(&open)?, record))
}

/// Proves a record: chain, signatures, documents, and the judgement. With a public key, also that it is the signer's.
///
/// # Errors
/// [`RecordError`] where it can't be read; what does not hold stands in the answer.
pub fn verify(path: &Path, public_key: Option<&str>) -> Result<Verified, RecordError> {
    Ok(verify_record(&record::read(path)?, public_key))
}

/// As [`verify`] for a record that was read.
pub fn verify_record(record: &Record, public_key: Option<&str>) -> Verified {
    let scored = score_record(record, None);
    let signed = |held: bool, what: &str| {
        if held {
            Ok(())
        } else {
            Err(format!("the signature does not fit {what}"))
        }
    };
    let mut steps = vec![
        Step {
            what: Claim::Chain,
            held: record.stretch.prove(),
        },
        Step {
            what: Claim::Judged,
            held: signed(record.is_judged_signed(), "the entries and findings"),
        },
        Step {
            what: Claim::File,
            held: signed(
                record.is_file_signed(),
                "the file's bytes: it was changed after sealing",
            ),
        },
        Step {
            what: Claim::Documents,
            held: same_documents(record),
        },
        Step {
            what: Claim::Findings,
            held: same_findings(&scored),
        },
    ];
    let found = record.value("kaoguan.seal/public_key");
    if let Some(expected) = public_key {
        let held = if found == expected {
            Ok(())
        } else {
            Err(format!("it is signed by {found}, expected {expected}"))
        };
        steps.push(Step { what: Claim::Key, held });
    }
    Verified {
        public_key: found.to_owned(),
        steps,
        scored: scored.ok(),
    }
}

fn compare(session: &Session, record: &Record) -> Scored {
    let exam = session.exam();
    let canon = session.canon();
    let digest = canon::digest(&canon);
    let sealed_digest = record.value("kaoguan/digest").to_owned();
    Scored {
        exam: record.stretch.open.exam.clone(),
        same: canon == record.canon() && digest == sealed_digest,
        canon,
        digest,
        sealed_digest,
        score: exam.board().score,
        verdict: exam.verdict().clone(),
        findings: exam.findings().to_vec(),
        questions: exam.questions().to_vec(),
        counts: session.counts(),
    }
}

fn same_documents(record: &Record) -> Result<(), String> {
    let open = &record.stretch.open;
    let pairs = [
        ("course.geojson", &open.course),
        ("syllabus.toml", &open.syllabus),
        ("vehicle.toml", &open.vehicle),
    ];
    let other: Vec<&str> = pairs
        .iter()
        .filter(|(name, text)| record.attachment(name) != text.as_str())
        .map(|(name, _)| *name)
        .collect();
    match other.is_empty() {
        true => Ok(()),
        false => Err(format!("not what the exam was opened with: {}", other.join(", "))),
    }
}

fn same_findings(scored: &Result<Scored, RecordError>) -> Result<(), String> {
    match scored {
        Ok(scored) if scored.same => Ok(()),
        Ok(scored) => Err(format!(
            "judged again {}, sealed {}",
            scored.digest, scored.sealed_digest
        )),
        Err(refused) => Err(refused.to_string()),
    }
}
