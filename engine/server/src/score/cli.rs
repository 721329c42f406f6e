//! `kaoguan score` and `kaoguan verify`: the thin shells, and their words for people (Chinese first).
use super::{Claim, Scored, Verified, score_record, verify_record};
use crate::entry::Open;
use crate::keys::unhex;
use crate::record::{self, Record, RecordError, views};
use kaoguan_exam::{Finding, Measure, Question, Syllabus, Verdict};
use serde_json::{Value, json};
use std::fmt::Write as _;
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
    Exit codes: 0 the same findings byte for byte, 1 they differ, 2 the record can't be read.")]
pub struct ScoreArgs {
    /// The sealed record
    pub record: PathBuf,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Judge by this syllabus instead of the sealed one
    #[arg(long, value_name = "FILE")]
    pub syllabus: Option<PathBuf>,
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
    let scored = || {
        let record = record::read(&args.record)?;
        let syllabus = args.syllabus.as_deref().map(text_of).transpose()?;
        let scored = score_record(&record, syllabus.as_deref())?;
        Ok((record, syllabus, scored))
    };
    let (record, syllabus, scored) = match scored() {
        Ok(scored) => scored,
        Err(refused) => return refuse(&refused),
    };
    let open = Open {
        syllabus: syllabus.unwrap_or(record.stretch.open.syllabus),
        ..record.stretch.open
    };
    print(&if args.json {
        format!("{:#}\n", scored_json(&scored))
    } else {
        scored_table(&open, &scored)
    });
    ExitCode::from(if scored.same { SAME } else { DIFFERS })
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
        format!("{:#}\n", verified_json(&verified))
    } else {
        verified_table(&record, &verified)
    });
    ExitCode::from(if verified.ok() { SAME } else { DIFFERS })
}

fn refuse(refused: &RecordError) -> ExitCode {
    // Nobody to tell when standard error is closed.
    let _ = writeln!(std::io::stderr(), "无法读取 cannot go on: {refused}");
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

fn scored_json(scored: &Scored) -> Value {
    json!({
        "exam": scored.exam,
        "verdict": views::verdict(&scored.verdict),
        "same": scored.same,
        "digest": scored.digest,
        "sealed_digest": scored.sealed_digest,
        "findings": scored.findings.iter().map(views::finding).collect::<Vec<_>>(),
        "questions": scored.questions.iter().map(views::question).collect::<Vec<_>>(),
    })
}

fn verified_json(verified: &Verified) -> Value {
    let step = |step: &super::Step| {
        let (_, en) = claim(step.what);
        json!({ "claim": en, "ok": step.held.is_ok(), "why": step.held.as_ref().err() })
    };
    json!({
        "ok": verified.ok(),
        "public_key": verified.public_key,
        "steps": verified.steps.iter().map(step).collect::<Vec<_>>(),
        "scored": verified.scored.as_ref().map(scored_json),
    })
}

// Writing into a String cannot fail: the results of `writeln!` below are let go.

fn scored_table(open: &Open, scored: &Scored) -> String {
    let syllabus = Syllabus::parse(&open.syllabus).ok();
    let mut out = String::new();
    let _ = writeln!(
        out,
        "考试 exam {}  考生 candidate {}  第 {} 次 attempt  车型 class {}",
        open.exam, open.candidate, open.attempt, open.class
    );
    for f in &scored.findings {
        let _ = writeln!(out, "{}", finding_line(f, syllabus.as_ref()));
    }
    for q in &scored.questions {
        let _ = writeln!(out, "{}", question_line(q, syllabus.as_ref()));
    }
    let _ = writeln!(out, "结果 verdict: {}", verdict_words(&scored.verdict));
    let _ = writeln!(out, "摘要 digest {}", scored.digest);
    match scored.same {
        true => out.push_str("与封存的完全一致 the same as sealed, byte for byte\n"),
        false => {
            let _ = writeln!(
                out,
                "与封存的不一致 differs from what was sealed: {}",
                scored.sealed_digest
            );
        }
    }
    out
}

fn verified_table(record: &Record, verified: &Verified) -> String {
    let mut out = String::new();
    for step in &verified.steps {
        let (zh, en) = claim(step.what);
        let _ = match &step.held {
            Ok(()) => writeln!(out, "✓ {zh} {en}"),
            Err(why) => writeln!(out, "✗ {zh} {en}: {why}"),
        };
    }
    let _ = writeln!(out, "签名公钥 signed by {}", verified.public_key);
    if let Some(scored) = &verified.scored {
        out.push_str(&scored_table(&record.stretch.open, scored));
    }
    out.push_str(if verified.ok() {
        "核验通过 verified\n"
    } else {
        "核验未通过 NOT verified\n"
    });
    out
}

fn claim(claim: Claim) -> (&'static str, &'static str) {
    match claim {
        Claim::Chain => ("哈希链完整", "the chain of entries is whole"),
        Claim::Judged => ("判定内容签名有效", "everything judged is signed"),
        Claim::File => ("文件签名有效", "every byte of the file is signed"),
        Claim::Documents => ("附件与开考时一致", "the attached documents are those of the opening"),
        Claim::Findings => ("重新评分结果一致", "judged again, the findings are the same"),
        Claim::Key => ("公钥相符", "the signer is the expected one"),
    }
}

fn finding_line(f: &Finding, syllabus: Option<&Syllabus>) -> String {
    let text = rule_words(&f.rule, syllabus);
    format!(
        "  扣分 {:>3} #{} {} [{}] {text}{}",
        f.points,
        f.no,
        clock(f.at.0),
        f.code,
        measure_words(f.measure.as_ref())
    )
}

fn question_line(q: &Question, syllabus: Option<&Syllabus>) -> String {
    let answer = match &q.answer {
        None => "未答 open".into(),
        Some((answer, by)) => format!("{} {by}", crate::canon::answer_word(*answer)),
    };
    let text = rule_words(&q.rule, syllabus);
    format!(
        "  待裁 {:>3} ?{} {} [{}] {text}{} → {answer}",
        q.points,
        q.no,
        clock(q.at.0),
        q.code,
        measure_words(q.measure.as_ref())
    )
}

fn rule_words(id: &str, syllabus: Option<&Syllabus>) -> String {
    syllabus
        .and_then(|syllabus| syllabus.rule(id))
        .map_or_else(|| id.to_owned(), |rule| format!("{} {}", rule.zh, rule.en))
}

fn measure_words(measure: Option<&Measure>) -> String {
    measure.map_or_else(String::new, |m| {
        let (whole, tenth) = (m.u_tenths / 10, (m.u_tenths % 10).abs());
        let unit = m.unit.symbol();
        format!(" ({} {unit} ± {whole}.{tenth}, 限 limit {} {unit})", m.value, m.limit)
    })
}

fn verdict_words(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Running => "未完成 running".into(),
        Verdict::AwaitingExaminer { questions } => {
            format!("待考官裁定 awaiting the examiner: {} questions", questions.len())
        }
        Verdict::Pass => "合格 pass".into(),
        Verdict::Fail { decisive: Some(no) } => format!("不合格 fail (#{no})"),
        Verdict::Fail { decisive: None } => "不合格 fail (考官 examiner)".into(),
        Verdict::Void { why } => format!("无效 void: {why}"),
    }
}

/// UTC time of day with milliseconds.
fn clock(us: i64) -> String {
    let ms = us.div_euclid(1000).rem_euclid(86_400_000);
    format!(
        "{:02}:{:02}:{:02}.{:03}Z",
        ms / 3_600_000,
        ms / 60_000 % 60,
        ms / 1000 % 60,
        ms % 1000
    )
}
