//! Boards as JSON, with the words that belong to them.
//!
//! The problem: the core's types know neither wording nor encoding, and must not. The answer: plain JSON, built here;
//! rules bring their Chinese and English wording from the syllabus that the exam was opened with, sites their names
//! from its course. The last word of a name is its unit.
//!
//! Deliberately not here: words of the page (the catalogue), anything that a program would judge by.
use crate::hub::{Exams, Live, Seen};
use crate::record::views;
use crate::texts::Said;
use crate::wording;
use kaoguan_course::{Course, Datum, Part, Point2, Shape, Site};
use kaoguan_exam::board::Fitness;
use kaoguan_exam::syllabus::{Left, RuleText};
use kaoguan_exam::{Board, Finding, ItemState, ItemView, PoseView, Question, Setup, Syllabus};
use kaoguan_telemetry::{Port, Reading, Stamp};
use kaoguan_unit::batcher::PERIOD_US;
use serde_json::{Value, json};

/// Everything about one exam but its track.
pub fn exam(live: &Live, halted: Option<&str>) -> Value {
    let mut view = summary(live, halted);
    let setup = &live.opened.setup;
    let board = &live.board;
    view["k_tenths"] = json!(setup.parts().syllabus.k_tenths());
    view["items"] = board.items.iter().map(|item| item_view(item, setup)).collect();
    view["findings"] = board
        .findings
        .iter()
        .map(|finding| finding_view(finding, setup))
        .collect();
    view["questions"] = board
        .questions
        .iter()
        .map(|question| question_view(question, setup))
        .collect();
    view["left"] = left(setup);
    view["pose"] = board.pose.as_ref().map(pose).into();
    view["samples"] = json!(board.samples);
    view
}

/// The rules that this exam leaves to the examiner, and what he may deduct for each.
fn left(setup: &Setup) -> Value {
    let parts = setup.parts();
    let row = |rule: &RuleText| {
        let site = parts.course.sites.iter().find(|site| site.manoeuvre == rule.item);
        let why = rule.why.as_ref();
        json!({
            "rule": rule.id, "code": rule.code, "points": rule.points, "zh": rule.zh, "en": rule.en,
            "unset": rule.left == Some(Left::Unset), "why_zh": why.map(|why| &why.zh), "why_en": why.map(|why| &why.en),
            "site": site.map(|site| &site.id), "site_zh": site.map(|site| &site.zh), "site_en": site.map(|site| &site.en),
        })
    };
    parts.left_to_examiner().map(row).collect()
}

/// One line about an exam.
pub fn summary(live: &Live, halted: Option<&str>) -> Value {
    let opened = &live.opened;
    let state = match (live.closed_us, halted) {
        (Some(_), _) => "closed",
        (None, Some(_)) => "halted",
        (None, None) => "running",
    };
    json!({
        "exam": opened.exam, "candidate": opened.candidate, "attempt": opened.attempt, "class": opened.class,
        "unit": opened.unit.as_str(), "opened_by": opened.by, "opened_us": opened.at_us, "closed_us": live.closed_us,
        "state": state, "halted": halted.filter(|_| live.closed_us.is_none()), "lost_us": live.lost_us,
        "at_us": live.board.at.map(|at| at.0), "score": live.board.score, "pass_mark": live.board.pass_mark,
        "verdict": views::verdict(&live.board.verdict), "awaits_word": live.board.awaits_word,
        "digest": live.outcome.as_ref().map(|outcome| &outcome.digest),
        "record": live.outcome.as_ref().map(|_| format!("/records/{}.mcap", opened.exam)),
    })
}

/// All exams at hand, in the order of their opening.
pub fn summaries(exams: &Exams) -> Vec<Value> {
    let mut lives: Vec<&Live> = exams.by_id.values().collect();
    lives.sort_by_key(|live| live.opened.entry);
    lives
        .iter()
        .map(|live| summary(live, exams.halted.as_deref()))
        .collect()
}

/// The board as an MQTT client sees it: everything but the track.
pub fn board(live: &Live, halted: Option<&str>) -> Vec<u8> {
    exam(live, halted).to_string().into_bytes()
}

/// The vehicle on the plane.
pub fn pose(pose: &PoseView) -> Value {
    let unfit = match pose.fitness {
        Fitness::Fit => None,
        Fitness::Unfit(why) => Some(why.key()),
    };
    let told = json!({
        "at_us": pose.at.0, "outline_mm": pose.outline, "tyres_mm": pose.tyres, "heading_cdeg": pose.heading_cdeg,
        "lean_cdeg": pose.lean_cdeg, "speed_mm_s": pose.speed_mm_s, "u_tenth_mm": pose.u_tenth_mm,
        "u_by_source": pose.u_by_source, "reckoned_ms": pose.reckoned_ms, "unfit": unfit,
    });
    views::with_trailer(told, pose)
}

/// What a unit sees now: its antenna on the plane, and for how many seconds its batches are behind. Nothing is judged by it.
pub fn seen(seen: &Seen, datum: &Datum) -> Value {
    let samples = &seen.live.samples;
    let fix = samples.iter().find_map(|sample| match sample.reading {
        Reading::Gnss(fix) if sample.port == Port::Receiver => Some(fix),
        _ => None,
    });
    let antenna = fix.map(|fix| {
        let plane = datum.to_plane(fix.latitude.0, fix.longitude.0, f64::from(fix.height.0) / 10_000.0);
        [mm(plane.e), mm(plane.n)]
    });
    let at_us = samples.iter().filter_map(|sample| match sample.at {
        Stamp::Utc(at) => Some(at.0),
        Stamp::Uptime(_) => None,
    });
    // A batch is a tenth of a second of the unit's life.
    let behind_s = seen.live.behind.saturating_mul(PERIOD_US.unsigned_abs()) / 1_000_000;
    json!({
        "unit": seen.live.unit.as_str(), "boot": seen.live.boot, "at_us": at_us.max(), "heard_us": seen.heard_us,
        "behind_s": behind_s, "antenna_mm": antenna,
    })
}

/// A finding with its wording.
pub fn finding_view(finding: &Finding, setup: &Setup) -> Value {
    let remedy = wording::finding_remedy(finding, Some(&setup.parts().syllabus));
    let view = views::finding(finding);
    worded(view, &finding.rule, finding.site.as_deref(), setup, remedy)
}

/// A question with its wording.
pub fn question_view(question: &Question, setup: &Setup) -> Value {
    let remedy = wording::question_remedy(question, Some(&setup.parts().syllabus));
    let view = views::question(question);
    worded(view, &question.rule, question.site.as_deref(), setup, remedy)
}

/// What is new on a board, for those who follow by MQTT: `("finding" | "question" | "verdict", JSON)`.
pub fn news(before: &Board, now: &Board, setup: &Setup) -> Vec<(&'static str, Value)> {
    let mut news = Vec::new();
    for finding in now.findings.iter().filter(|finding| !before.findings.contains(finding)) {
        news.push(("finding", finding_view(finding, setup)));
    }
    for gone in &before.findings {
        if !now.findings.iter().any(|finding| finding.no == gone.no) {
            let mut view = finding_view(gone, setup);
            view["withdrawn"] = json!(true);
            news.push(("finding", view));
        }
    }
    for question in now
        .questions
        .iter()
        .filter(|question| !before.questions.contains(question))
    {
        news.push(("question", question_view(question, setup)));
    }
    if before.verdict != now.verdict {
        let mut view = views::verdict(&now.verdict);
        view["score"] = json!(now.score);
        news.push(("verdict", view));
    }
    news
}

fn worded(mut view: Value, rule: &str, site: Option<&str>, setup: &Setup, remedy: Option<Said>) -> Value {
    let parts = setup.parts();
    let text = parts.syllabus.rule(rule);
    let site = site.and_then(|site| parts.course.site(site));
    view["zh"] = text.map(|text| text.zh.as_str()).into();
    view["en"] = text.map(|text| text.en.as_str()).into();
    view["source_of_rule"] = text.map(|text| text.source.as_str()).into();
    view["confidence_of_rule"] = text.map(|text| text.confidence.as_str()).into();
    view["remedy"] = json!(remedy);
    view["site_zh"] = site.map(|site| site.zh.as_str()).into();
    view["site_en"] = site.map(|site| site.en.as_str()).into();
    view
}

fn item_view(item: &ItemView, setup: &Setup) -> Value {
    let site = setup.parts().course.site(&item.site);
    let (state, why) = match item.state {
        ItemState::Pending => ("pending", None),
        ItemState::Riding => ("riding", None),
        ItemState::Settling => ("settling", None),
        ItemState::Done => ("done", None),
        ItemState::Void(why) => ("void", Some(why.key())),
    };
    json!({
        "site": item.site, "manoeuvre": item.manoeuvre, "state": state, "unfit": why, "rides": item.rides,
        "voids": item.voids.iter().map(|(at, why)| json!({ "at_us": at.0, "unfit": why.key() })).collect::<Value>(),
        "zh": site.map(|site| &site.zh), "en": site.map(|site| &site.en),
    })
}

/// The course's geometry in millimetres of its plane, for drawing.
pub fn course(course: &Course) -> Value {
    json!({
        "id": course.id, "zh": course.zh, "en": course.en, "class": course.class,
        "survey_u_tenth_mm": course.survey_u.0, "boundary_mm": ring(&course.boundary),
        "sites": course.sites.iter().map(site).collect::<Value>(),
    })
}

fn site(site: &Site) -> Value {
    json!({
        "id": site.id, "manoeuvre": site.manoeuvre, "zh": site.zh, "en": site.en, "order": site.order,
        "ground_mm": ring(&site.ground), "parts": site.parts.iter().map(part).collect::<Value>(),
    })
}

fn part(part: &Part) -> Value {
    let (shape, radius, width) = match &part.shape {
        Shape::Line(_) => ("line", None, None),
        Shape::Area(_) => ("area", None, None),
        Shape::Pole { radius, .. } => ("pole", Some(mm(*radius)), None),
        Shape::Profile { width, .. } => ("profile", None, Some(mm(*width))),
    };
    json!({
        "id": part.id, "role": part.role, "ordinal": part.ordinal, "shape": shape, "radius_mm": radius,
        "width_mm": width, "points_mm": ring(&part.points()),
    })
}

fn ring(points: &[Point2]) -> Vec<[i64; 2]> {
    points.iter().map(|point| [mm(point.e), mm(point.n)]).collect()
}

fn mm(metres: f64) -> i64 {
    (metres * 1000.0).round() as i64
}

/// The rules of a syllabus, for people, with its warnings.
pub fn syllabus(syllabus: &Syllabus) -> Value {
    let (zh, en) = syllabus.title();
    let rules: Value = syllabus
        .rules()
        .iter()
        .map(|rule| {
            json!({
                "id": rule.id, "code": rule.code, "item": rule.item, "points": rule.points, "zh": rule.zh,
                "en": rule.en, "source": rule.source, "confidence": rule.confidence, "examiner": rule.examiner,
            })
        })
        .collect();
    let warnings: Value = syllabus.warnings().iter().map(|issue| json!(issue.text)).collect();
    json!({
        "id": syllabus.id(), "zh": zh, "en": en, "k_tenths": syllabus.k_tenths(), "rules": rules, "warnings": warnings,
    })
}
