//! `kaoguan score` and `kaoguan verify`: the thin shells, and their words for people (Chinese first).
use super::{Claim, Scored, Verified, editions, score_record, verify_record};
use crate::cli::tell;
use crate::entry::Open;
use crate::keys::unhex;
use crate::record::{self, Record, RecordError, views};
use crate::texts::{Said, say};
use crate::wording;
use kaoguan_exam::syllabus::overlay::overlaid;
use kaoguan_exam::{Finding, Question, Syllabus};
use serde_json::{Value, json};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Nothing differs.
const SAME: u8 = 0;
/// Something differs, or a proof does not hold.
const DIFFERS: u8 = 1;
/// The record, or what should be held against it, can't be read.
const UNREADABLE: u8 = 2;

/// 重新评分 Score a record again and say whether the findings are the same
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Example: kaoguan score records/x1.mcap\n\
    kaoguan score records/x1.mcap --syllabus ga1026-2012.toml --syllabus ga1026-2017.toml --syllabus ga1026-2022.toml\n\
    Exit codes: 0 the same findings byte for byte, 1 they differ, 2 the record can't be read.")]
pub struct ScoreArgs {
    /// The sealed record
    pub record: PathBuf,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Judge by this syllabus instead of the sealed one; several are laid side by side, with what made the difference
    #[arg(long, value_name = "FILE")]
    pub syllabus: Vec<PathBuf>,
    /// Lay a province's overlay over each syllabus
    #[arg(long, value_name = "FILE")]
    pub overlay: Option<PathBuf>,
}

/// 核验记录 Verify a record: chain of entries, signatures, documents, and the judgement
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Example: kaoguan verify records/x1.mcap --key site.pub\n\
    Exit codes: 0 all holds, 1 something does not, 2 the record can't be read.")]
pub struct VerifyArgs {
    /// The sealed record
    pub record: PathBuf,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// The site's public key: a file, or its 64 hexadecimal digits. Without it, any signer is accepted
    #[arg(long, value_name = "FILE|HEX")]
    pub key: Option<String>,
}

/// Runs `kaoguan score`.
pub fn run_score(args: &ScoreArgs) -> ExitCode {
    let read = || {
        let record = record::read(&args.record)?;
        let syllabi = syllabi(args, &record)?;
        let scored = syllabi
            .iter()
            .map(|text| score_record(&record, Some(text)))
            .collect::<Result<Vec<Scored>, RecordError>>()?;
        Ok((record, syllabi, scored))
    };
    let (record, syllabi, scored) = match read() {
        Ok(read) => read,
        Err(refused) => return refuse(&refused),
    };
    let opens: Vec<Open> = syllabi.into_iter().map(|text| under(&record, text)).collect();
    let sheets: Vec<(&Open, &Scored)> = opens.iter().zip(&scored).collect();
    print(&match sheets.as_slice() {
        [(open, scored)] if args.json => format!("{:#}\n", scored_json(open, scored)),
        [(open, scored)] => scored_table(open, scored),
        several if args.json => {
            let all: Vec<Value> = several.iter().map(|(open, scored)| scored_json(open, scored)).collect();
            format!("{:#}\n", Value::from(all))
        }
        several => editions::table(several),
    });
    let same = scored.iter().all(|scored| scored.same);
    ExitCode::from(if same { SAME } else { DIFFERS })
}

/// The syllabi to judge by, the sealed one where none is named, each under the overlay.
fn syllabi(args: &ScoreArgs, record: &Record) -> Result<Vec<String>, RecordError> {
    let mut texts = args
        .syllabus
        .iter()
        .map(|path| text_of(path))
        .collect::<Result<Vec<String>, RecordError>>()?;
    if texts.is_empty() {
        texts.push(record.stretch.open.syllabus.clone());
    }
    let Some(path) = &args.overlay else { return Ok(texts) };
    let overlay = text_of(path)?;
    let laid = |text: &String| overlaid(text, &overlay).map_err(RecordError::Documents);
    texts.iter().map(laid).collect()
}

fn under(record: &Record, syllabus: String) -> Open {
    Open {
        syllabus,
        ..record.stretch.open.clone()
    }
}

/// Runs `kaoguan verify`.
pub fn run_verify(args: &VerifyArgs) -> ExitCode {
    let verified = || {
        let record = record::read(&args.record)?;
        let key = args.key.as_deref().map(key_of).transpose()?;
        let verified = verify_record(&record, key.as_deref());
        Ok((record, verified))
    };
    let (record, verified) = match verified() {
        Ok(verified) => verified,
        Err(refused) => return refuse(&refused),
    };
    print(&if args.json {
        format!("{:#}\n", verified_json(&record, &verified))
    } else {
        verified_table(&record, &verified)
    });
    ExitCode::from(if verified.ok() { SAME } else { DIFFERS })
}

fn refuse(refused: &RecordError) -> ExitCode {
    // Nobody to tell when standard error is closed.
    tell(say("cli-record-refused", &[("why", &refused.to_string())]));
    ExitCode::from(UNREADABLE)
}

fn print(text: &str) {
    // A reader that stopped reading (`| head`) is no failure of the judgement.
    let _ = std::io::stdout().write_all(text.as_bytes());
}

fn text_of(path: &Path) -> Result<String, RecordError> {
    std::fs::read_to_string(path).map_err(|source| RecordError::Io {
        what: "read",
        file: path.into(),
        source,
    })
}

fn key_of(given: &str) -> Result<String, RecordError> {
    let text = match unhex::<32>(given) {
        Some(_) => given.to_owned(),
        None => text_of(Path::new(given))?.trim_end().to_owned(),
    };
    match unhex::<32>(&text) {
        Some(_) => Ok(text),
        None => Err(RecordError::Key(format!("{given} is no public key"))),
    }
}

fn scored_json(open: &Open, scored: &Scored) -> Value {
    let syllabus = Syllabus::parse(&open.syllabus).ok();
    let with_remedy = |mut view: Value, remedy: Option<Said>| {
        view["remedy"] = json!(remedy);
        view
    };
    let finding = |f: &Finding| with_remedy(views::finding(f), wording::finding_remedy(f, syllabus.as_ref()));
    let question = |q: &Question| with_remedy(views::question(q), wording::question_remedy(q, syllabus.as_ref()));
    json!({
        "exam": scored.exam,
        "verdict": views::verdict(&scored.verdict),
        "same": scored.same,
        "digest": scored.digest,
        "sealed_digest": scored.sealed_digest,
        "findings": scored.findings.iter().map(finding).collect::<Vec<_>>(),
        "questions": scored.questions.iter().map(question).collect::<Vec<_>>(),
    })
}

fn verified_json(record: &Record, verified: &Verified) -> Value {
    let step = |step: &super::Step| json!({ "claim": claim(step.what).en, "ok": step.held.is_ok(), "why": step.held.as_ref().err() });
    json!({
        "ok": verified.ok(),
        "public_key": verified.public_key,
        "steps": verified.steps.iter().map(step).collect::<Vec<_>>(),
        "scored": verified.scored.as_ref().map(|scored| scored_json(&record.stretch.open, scored)),
    })
}

fn scored_table(open: &Open, scored: &Scored) -> String {
    let syllabus = Syllabus::parse(&open.syllabus).ok();
    let attempt = open.attempt.to_string();
    let mut lines = vec![say(
        "cli-exam",
        &[
            ("exam", &open.exam),
            ("candidate", &open.candidate),
            ("attempt", &attempt),
            ("class", &open.class),
        ],
    )];
    let syllabus = syllabus.as_ref();
    for finding in &scored.findings {
        lines.push(wording::finding(finding, syllabus));
        lines.extend(wording::finding_details(finding, syllabus).into_iter().map(indented));
    }
    for question in &scored.questions {
        lines.push(wording::question(question, syllabus));
        lines.extend(wording::question_details(question, syllabus).into_iter().map(indented));
    }
    let verdict = wording::verdict(&scored.verdict);
    lines.push(wording::both("cli-verdict", &[("verdict", &verdict)]));
    lines.push(say("cli-digest", &[("digest", &scored.digest)]));
    lines.push(match scored.same {
        true => say("cli-same", &[]),
        false => say("cli-differs", &[("digest", &scored.sealed_digest)]),
    });
    lines.iter().map(|line| format!("{line}\n")).collect()
}

fn indented(said: Said) -> Said {
    Said {
        zh: format!("    {}", said.zh),
        ..said
    }
}

fn verified_table(record: &Record, verified: &Verified) -> String {
    let step = |step: &super::Step| match &step.held {
        Ok(()) => format!("✓ {}\n", claim(step.what)),
        Err(why) => format!("✗ {}: {why}\n", claim(step.what)),
    };
    let steps: String = verified.steps.iter().map(step).collect();
    let signed = say("cli-signed-by", &[("key", &verified.public_key)]);
    let scored = verified.scored.as_ref();
    let scored = scored.map_or_else(String::new, |scored| scored_table(&record.stretch.open, scored));
    let end = match verified.ok() {
        true => say("cli-verified", &[]),
        false => say("cli-not-verified", &[]),
    };
    format!("{steps}{signed}\n{scored}{end}\n")
}

fn claim(claim: Claim) -> Said {
    let key = match claim {
        Claim::Chain => "claim-chain",
        Claim::Judged => "claim-judged",
        Claim::File => "claim-file",
        Claim::Documents => "claim-documents",
        Claim::Findings => "claim-findings",
        Claim::Key => "claim-key",
    };
    say(key, &[])
}
