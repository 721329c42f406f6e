//! Findings, questions and verdicts as sentences of the catalogue, with the syllabus's words for the rules.
use crate::calendar::clock;
use crate::canon::answer_word;
use crate::record::views;
use crate::remedy::remedy;
use crate::texts::{Said, say};
use kaoguan_exam::finding::Bound;
use kaoguan_exam::finding::Why;
use kaoguan_exam::{Finding, Measure, Question, Syllabus, Unit, Verdict};

/// As [`say`], with values that are sentences themselves: each language takes its own.
pub fn both(key: &str, values: &[(&str, &Said)]) -> Said {
    let zh: Vec<_> = values.iter().map(|(name, said)| (*name, said.zh.as_str())).collect();
    let en: Vec<_> = values.iter().map(|(name, said)| (*name, said.en.as_str())).collect();
    Said {
        zh: say(key, &zh).zh,
        en: say(key, &en).en,
    }
}

/// What is written the same in every language.
pub fn plain(text: &str) -> Said {
    Said {
        zh: text.to_owned(),
        en: text.to_owned(),
    }
}

/// What was charged, when, and how it was measured.
pub fn finding(f: &Finding, syllabus: Option<&Syllabus>) -> Said {
    both(
        "cli-finding",
        &[
            ("points", &plain(&f.points.to_string())),
            ("no", &plain(&f.no.to_string())),
            ("at", &plain(&clock(f.at.0))),
            ("code", &plain(&f.code)),
            ("rule", &rule_words(&f.rule, syllabus)),
            ("measure", &measure_words(f.measure.as_ref())),
        ],
    )
}

/// What is asked, and the answer.
pub fn question(q: &Question, syllabus: Option<&Syllabus>) -> Said {
    let answer = match &q.answer {
        None => say("cli-open", &[]),
        Some((answer, by)) => {
            let word = answer_word(*answer).replace('_', "-");
            let answer = say(&format!("answer-{word}"), &[]);
            both("cli-by", &[("answer", &answer), ("by", &plain(by))])
        }
    };
    both(
        "cli-question",
        &[
            ("points", &plain(&q.points.to_string())),
            ("no", &plain(&q.no.to_string())),
            ("at", &plain(&clock(q.at.0))),
            ("code", &plain(&q.code)),
            ("rule", &rule_words(&q.rule, syllabus)),
            ("measure", &measure_words(q.measure.as_ref())),
            ("answer", &answer),
        ],
    )
}

fn rule_words(id: &str, syllabus: Option<&Syllabus>) -> Said {
    let rule = syllabus.and_then(|syllabus| syllabus.rule(id));
    rule.map_or_else(
        || plain(id),
        |rule| Said {
            zh: rule.zh.clone(),
            en: rule.en.clone(),
        },
    )
}

fn measure_words(measure: Option<&Measure>) -> Said {
    let Some(m) = measure else { return plain("") };
    // A speed is kept in metres per hour and read in kilometres per hour.
    let km_h = |m_h: i64| format!("{}.{:02}", m_h / 1_000, m_h % 1_000 / 10);
    let (value, u, unit, limit) = match m.unit {
        Unit::MetresPerHour => (km_h(m.value), km_h(m.u_tenths / 10), "km/h", km_h(m.limit)),
        unit => {
            let u = format!("{}.{}", m.u_tenths / 10, (m.u_tenths % 10).abs());
            (m.value.to_string(), u, unit.symbol(), m.limit.to_string())
        }
    };
    let values = [("value", value.as_str()), ("u", &u), ("unit", unit), ("limit", &limit)];
    let key = match m.bound {
        Bound::Most => "cli-measure",
        Bound::Least => "cli-measure-least",
    };
    say(key, &values)
}

/// What explains a finding: what its *u* is made of, and the smallest change that would have avoided it.
pub fn finding_details(f: &Finding, syllabus: Option<&Syllabus>) -> Vec<Said> {
    details(f.measure.as_ref(), finding_remedy(f, syllabus))
}

/// The same for a question.
pub fn question_details(q: &Question, syllabus: Option<&Syllabus>) -> Vec<Said> {
    details(q.measure.as_ref(), question_remedy(q, syllabus))
}

/// The smallest change that would have avoided what was found.
pub fn finding_remedy(f: &Finding, syllabus: Option<&Syllabus>) -> Option<Said> {
    remedy(syllabus?.rule(&f.rule)?, f.measure.as_ref(), f.scene.as_deref())
}

/// The same for what is asked; where no sensor spoke nothing was seen, and there is nothing to be avoided.
pub fn question_remedy(q: &Question, syllabus: Option<&Syllabus>) -> Option<Said> {
    let rule = syllabus.filter(|_| q.why != Why::NoSensor)?.rule(&q.rule)?;
    remedy(rule, q.measure.as_ref(), q.scene.as_deref())
}

fn details(measure: Option<&Measure>, remedy: Option<Said>) -> Vec<Said> {
    let remedy = remedy.map(|remedy| both("cli-remedy", &[("remedy", &remedy)]));
    measure.map(budget_words).into_iter().chain(remedy).collect()
}

/// Each source with its part, in tenths of the unit.
fn budget_words(m: &Measure) -> Said {
    let unit = match m.unit {
        Unit::Millimetres => say("unit-mm", &[]),
        Unit::Milliseconds => say("unit-ms", &[]),
        Unit::MetresPerHour => say("unit-m-h", &[]),
        Unit::Times => say("unit-x", &[]),
    };
    let parts = m.budget.parts().into_iter().filter(|(_, part)| *part != 0);
    let parts: Vec<(Said, String)> = parts
        .map(|(name, part)| {
            let part = i64::from(part);
            (
                say(&format!("budget-{name}"), &[]),
                format!("{}.{}", part / 10, part % 10),
            )
        })
        .collect();
    let listed = |of: fn(&Said) -> &str, between: &str| {
        let named: Vec<String> = parts
            .iter()
            .map(|(name, part)| format!("{} {part}", of(name)))
            .collect();
        format!("{} {}", named.join(between), of(&unit))
    };
    let parts = Said {
        zh: listed(|said| &said.zh, "、"),
        en: listed(|said| &said.en, ", "),
    };
    both("cli-budget", &[("parts", &parts)])
}

/// The verdict.
pub fn verdict(verdict: &Verdict) -> Said {
    if let Verdict::Void { why } = verdict {
        return say("cli-void", &[("why", why)]);
    }
    let word = views::verdict(verdict)["verdict"]
        .as_str()
        .unwrap_or("running")
        .replace('_', "-");
    say(&format!("verdict-{word}"), &[])
}
