//! The canonical text of what an exam has said: "the same findings, byte for byte" means these bytes.
//!
//! The problem: two judgements must be equal or different, on any processor and in any year, and a person must be able
//! to see where they differ. The answer: whose exam it is, one line for each finding and question, then the verdict; fields in a fixed
//! order, separated by one space; integers in decimal, times in UTC microseconds. Its blake3 hash is the digest.
//!
//! ```text
//! kaoguan-canon 1
//! exam ID candidate TOKEN attempt N class CODE
//! finding NO at US site ID rule ID code ID points N MEASURE SOURCE settled|provisional
//! question NO at US site ID rule ID code ID points N MEASURE why doubtful|no_sensor|unfit ANSWER
//! verdict running | awaiting NO,NO | awaiting word | pass | fail NO | void WORDS
//! ```
//!
//! `MEASURE` is `measure VALUE limit LIMIT u TENTHS UNIT` (`least LIMIT` where falling short of it is the fault) or
//! `measure -`. `SOURCE` is `by machine`, `by answer NO WHO` or
//! `by examiner WHO WORDS`. `ANSWER` is `answer -` or `answer confirm|dismiss|cannot_tell WHO`. Text is written bare where
//! it is made of `A-Z a-z 0-9 . _ - : /`, else as a JSON string; what is absent is `-`, and a text that is `-` is quoted.
//!
//! Deliberately not here: points left and wording (both follow from the syllabus), counts of samples (a batch delivered
//! twice must change nothing), the pose, and what explains a finding (budget, scene: they follow from the same samples,
//! decide nothing, and a record that was sealed before they were shown keeps its digest).
use crate::entry::Open;
use kaoguan_exam::finding::{Bound, Source, Why};
use kaoguan_exam::{Answer, Exam, Finding, Measure, Question, Verdict};
use std::fmt::Write;

/// The canonical text of an exam: whose it is, its findings, questions and verdict.
pub fn canon(open: &Open, exam: &Exam) -> String {
    text(&head(open), exam.findings(), exam.questions(), exam.verdict())
}

fn head(open: &Open) -> String {
    let (exam, candidate, class) = (word(&open.exam), word(&open.candidate), word(&open.class));
    format!(
        "kaoguan-canon 1\nexam {exam} candidate {candidate} attempt {} class {class}\n",
        open.attempt
    )
}

fn text(head: &str, findings: &[Finding], questions: &[Question], verdict: &Verdict) -> String {
    let mut out = head.to_owned();
    for line in findings.iter().map(finding).chain(questions.iter().map(question)) {
        out.push_str(&line);
        out.push('\n');
    }
    // Writing into a String cannot fail.
    let _ = writeln!(out, "verdict {}", verdict_words(verdict));
    out
}

/// The digest of a canonical text: blake3, 64 characters of lower-case hexadecimal.
pub fn digest(canon: &str) -> String {
    blake3::hash(canon.as_bytes()).to_hex().to_string()
}

fn finding(f: &Finding) -> String {
    let source = match &f.source {
        Source::Machine => "by machine".into(),
        Source::Answer { question, by } => format!("by answer {question} {}", word(by)),
        Source::Examiner { by, reason } => format!("by examiner {} {}", word(by), word(reason)),
    };
    let settled = if f.settled { "settled" } else { "provisional" };
    let place = place(f.site.as_deref(), &f.rule, &f.code, f.points);
    format!(
        "finding {} at {} {place} {} {source} {settled}",
        f.no,
        f.at.0,
        measure(f.measure.as_ref())
    )
}

fn question(q: &Question) -> String {
    let why = match q.why {
        Why::Doubtful => "doubtful",
        Why::NoSensor => "no_sensor",
        Why::Unfit => "unfit",
    };
    let answer = match &q.answer {
        None => "-".into(),
        Some((answer, by)) => format!("{} {}", answer_word(*answer), word(by)),
    };
    let place = place(q.site.as_deref(), &q.rule, &q.code, q.points);
    format!(
        "question {} at {} {place} {} why {why} answer {answer}",
        q.no,
        q.at.0,
        measure(q.measure.as_ref())
    )
}

/// The word for an answer: `confirm`, `dismiss`, `cannot_tell`.
pub fn answer_word(answer: Answer) -> &'static str {
    match answer {
        Answer::Confirm => "confirm",
        Answer::Dismiss => "dismiss",
        Answer::CannotTell => "cannot_tell",
    }
}

fn verdict_words(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Running => "running".into(),
        Verdict::AwaitingExaminer { questions } if questions.is_empty() => "awaiting word".into(),
        Verdict::AwaitingExaminer { questions } => {
            let numbers: Vec<String> = questions.iter().map(u32::to_string).collect();
            format!("awaiting {}", numbers.join(","))
        }
        Verdict::Pass => "pass".into(),
        Verdict::Fail { decisive: Some(no) } => format!("fail {no}"),
        Verdict::Fail { decisive: None } => "fail -".into(),
        Verdict::Void { why } => format!("void {}", word(why)),
    }
}

fn place(site: Option<&str>, rule: &str, code: &str, points: u32) -> String {
    let site = site.map_or("-".into(), word);
    format!("site {site} rule {} code {} points {points}", word(rule), word(code))
}

fn measure(measure: Option<&Measure>) -> String {
    match measure {
        None => "measure -".into(),
        Some(m) => format!(
            "measure {} {} {} u {} {}",
            m.value,
            if m.bound == Bound::Least { "least" } else { "limit" },
            m.limit,
            m.u_tenths,
            m.unit.symbol()
        ),
    }
}

fn word(text: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | ':' | '/');
    if !text.is_empty() && text != "-" && text.chars().all(bare) {
        text.to_owned()
    } else {
        serde_json::Value::from(text).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kaoguan_exam::Unit;
    use kaoguan_telemetry::units::EventTime;

    fn finding_of(source: Source) -> Finding {
        Finding {
            no: 1,
            at: EventTime(1_795_000_000_000_001),
            site: Some("ramp-1".into()),
            rule: "rolled_back".into(),
            code: "20203".into(),
            points: 100,
            measure: Some(Measure {
                value: 420,
                limit: 300,
                u_tenths: 105,
                bound: Bound::Most,
                unit: Unit::Millimetres,
                budget: Default::default(),
            }),
            scene: None,
            source,
            settled: true,
        }
    }

    #[test]
    fn a_speed_that_falls_short_says_so() {
        let speed = Measure {
            value: 9_040,
            limit: 10_000,
            u_tenths: 1_800,
            bound: Bound::Least,
            unit: Unit::MetresPerHour,
            budget: Default::default(),
        };
        assert_eq!(measure(Some(&speed)), "measure 9040 least 10000 u 1800 m/h");
    }

    /// Written by hand from the module's documentation.
    #[test]
    fn the_text_is_the_documented_one() {
        let findings = [
            finding_of(Source::Machine),
            Finding {
                no: 2,
                site: None,
                measure: None,
                settled: false,
                ..finding_of(Source::Examiner {
                    by: "李 四".into(),
                    reason: "a\nb".into(),
                })
            },
            Finding {
                no: 3,
                ..finding_of(Source::Answer {
                    question: 9,
                    by: "-".into(),
                })
            },
        ];
        let questions = [Question {
            no: 9,
            at: EventTime(-5),
            site: None,
            rule: "r".into(),
            code: "".into(),
            points: 10,
            measure: None,
            scene: None,
            why: Why::NoSensor,
            answer: Some((Answer::CannotTell, "li".into())),
        }];
        let expected = "head\n\
            finding 1 at 1795000000000001 site ramp-1 rule rolled_back code 20203 points 100 measure 420 limit 300 u 105 mm by machine settled\n\
            finding 2 at 1795000000000001 site - rule rolled_back code 20203 points 100 measure - by examiner \"李 四\" \"a\\nb\" provisional\n\
            finding 3 at 1795000000000001 site ramp-1 rule rolled_back code 20203 points 100 measure 420 limit 300 u 105 mm by answer 9 \"-\" settled\n\
            question 9 at -5 site - rule r code \"\" points 10 measure - why no_sensor answer cannot_tell li\n\
            verdict fail 1\n";
        assert_eq!(
            text("head\n", &findings, &questions, &Verdict::Fail { decisive: Some(1) }),
            expected
        );
    }

    #[test]
    fn the_head_says_whose_exam_it_is() {
        let open = Open {
            exam: "20261123-1".into(),
            candidate: "张 7".into(),
            attempt: 2,
            class: "E".into(),
            unit: kaoguan_telemetry::UnitId::new("moto-1").expect("a name"),
            course: String::new(),
            syllabus: String::new(),
            vehicle: String::new(),
            opened_by: "li".into(),
            from_utc_us: None,
            nodes: None,
        };
        assert_eq!(
            head(&open),
            "kaoguan-canon 1\nexam 20261123-1 candidate \"张 7\" attempt 2 class E\n"
        );
    }

    #[test]
    fn every_verdict_has_its_own_line() {
        let verdicts = [
            (Verdict::Running, "verdict running\n"),
            (
                Verdict::AwaitingExaminer { questions: vec![1, 4] },
                "verdict awaiting 1,4\n",
            ),
            (
                Verdict::AwaitingExaminer { questions: vec![] },
                "verdict awaiting word\n",
            ),
            (Verdict::Pass, "verdict pass\n"),
            (Verdict::Fail { decisive: None }, "verdict fail -\n"),
            (Verdict::Void { why: "大雨".into() }, "verdict void \"大雨\"\n"),
        ];
        for (verdict, line) in verdicts {
            assert_eq!(text("", &[], &[], &verdict), line);
        }
    }
}
