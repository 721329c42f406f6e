//! Acts of persons: refused with a sentence where they would do nothing.
use super::open::person;
use super::{Keeper, Log, Running};
use crate::entry::Kind;
use crate::refusal::{Kind as Why, Refusal, refuse};
use kaoguan_exam::Act;

/// A reason has at most this many characters.
pub const REASON_MAX: usize = 500;

impl<L: Log> Keeper<L> {
    pub(super) fn act(&mut self, exam: &str, act: Act) -> Result<(), Refusal> {
        let no = self
            .running
            .iter()
            .position(|running| running.exam() == exam)
            .ok_or_else(|| match self.ids.contains(exam) {
                true => refuse("error-exam-closed", Why::Conflict, &[("exam", exam)]),
                false => refuse("error-no-exam", Why::Missing, &[("exam", exam)]),
            })?;
        allowed(&self.running[no], &act)?;
        let entry = self
            .write(Kind::act(exam, act))
            .map_err(|why| refuse("error-halted", Why::Busy, &[("why", &why.to_string())]))?;
        self.running[no].hear(&entry);
        self.explain_hits();
        self.show();
        self.close_final();
        Ok(())
    }
}

fn allowed(running: &Running, act: &Act) -> Result<(), Refusal> {
    match act {
        Act::Answer { question, by, .. } => {
            person(by)?;
            may_answer(running, *question)
        }
        Act::Deduct { rule, site, by, reason } => {
            person(by)?;
            worded(reason)?;
            may_deduct(running, rule, site.as_deref())
        }
        Act::NothingMore { by } => {
            person(by)?;
            match running.session().exam().awaits_word() {
                true => Ok(()),
                false => Err(refuse("error-no-word-due", Why::Conflict, &[("exam", running.exam())])),
            }
        }
        Act::Stop { by, reason, .. } => {
            person(by)?;
            worded(reason)
        }
        // The shore's own words; nobody may say them from outside.
        Act::SourceLost { .. } | Act::HitExplained { .. } => Err(refuse("error-not-allowed", Why::Bad, &[])),
    }
}

fn may_answer(running: &Running, no: u32) -> Result<(), Refusal> {
    let number = no.to_string();
    let question = running
        .session()
        .exam()
        .questions()
        .iter()
        .find(|question| question.no == no);
    match question {
        None => Err(refuse("error-no-question", Why::Missing, &[("question", &number)])),
        Some(question) => match &question.answer {
            Some((_, by)) => {
                let values = [("question", number.as_str()), ("by", by)];
                Err(refuse("error-answered", Why::Conflict, &values))
            }
            None => Ok(()),
        },
    }
}

fn may_deduct(running: &Running, rule: &str, site: Option<&str>) -> Result<(), Refusal> {
    let parts = running.setup().parts();
    match parts.syllabus.rule_for(&parts.class, rule) {
        None => return Err(refuse("error-no-rule", Why::Missing, &[("rule", rule)])),
        Some(text) if !text.examiner => {
            return Err(refuse("error-rule-not-by-hand", Why::Bad, &[("code", &text.code)]));
        }
        Some(_) => {}
    }
    match site.filter(|site| parts.course.site(site).is_none()) {
        Some(site) => Err(refuse("error-no-site", Why::Missing, &[("site", site)])),
        None => Ok(()),
    }
}

fn worded(reason: &str) -> Result<(), Refusal> {
    let fits = !reason.trim().is_empty() && reason.chars().count() <= REASON_MAX;
    fits.then_some(())
        .ok_or_else(|| refuse("error-no-reason", Why::Bad, &[("max", &REASON_MAX.to_string())]))
}
