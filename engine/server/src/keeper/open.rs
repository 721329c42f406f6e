//! Opening an exam.
use super::{Keeper, Log, Running, now_us};
use crate::calendar::day;
use crate::entry::{Kind, NodesDoc, Open};
use crate::refusal::{Kind as Why, Refusal, refuse};
use kaoguan_exam::Issue;
use kaoguan_telemetry::UnitId;
use serde::Deserialize;

/// More exams at once than any laptop judges.
const RUNNING_MAX: usize = 64;
/// A token or a name has at most this many characters.
pub const NAME_MAX: usize = 64;

/// What an exam is opened with.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenRequest {
    /// The candidate's token (no name, no document number).
    pub candidate: String,
    /// The unit on the vehicle.
    pub unit: String,
    /// Class code: `E`.
    pub class: String,
    /// Who opens it.
    pub by: String,
    /// 1 or 2.
    #[serde(default = "first")]
    pub attempt: u8,
    /// The exam's id, where a booking system gives one: 1 to 64 of `a-z 0-9 -`. Else `YYYYMMDD-N`.
    #[serde(default)]
    pub exam: Option<String>,
}

fn first() -> u8 {
    1
}

impl<L: Log> Keeper<L> {
    pub(super) fn open(&mut self, request: OpenRequest) -> Result<String, Refusal> {
        let unit =
            UnitId::new(&request.unit).ok_or_else(|| refuse("error-bad-unit", Why::Bad, &[("unit", &request.unit)]))?;
        person(&request.by)?;
        token(&request.candidate)?;
        let exam = self.free_id(request.exam)?;
        if let Some(other) = self.running.iter().find(|running| running.unit() == unit) {
            let values = [("unit", unit.as_str()), ("exam", other.exam())];
            return Err(refuse("error-unit-busy", Why::Conflict, &values));
        }
        if self.running.len() >= RUNNING_MAX {
            return Err(refuse(
                "error-too-many-exams",
                Why::Busy,
                &[("max", &RUNNING_MAX.to_string())],
            ));
        }
        let documents = &self.around.documents;
        let open = Open {
            exam: exam.clone(),
            candidate: request.candidate,
            attempt: request.attempt,
            class: request.class,
            unit,
            course: documents.course.clone(),
            syllabus: documents.syllabus.clone(),
            vehicle: documents.vehicle_of(unit).to_owned(),
            opened_by: request.by,
            from_utc_us: self.newest.get(&unit).copied(),
            nodes: NodesDoc::of(&documents.nodes),
        };
        let rehearsed = Running::begin(&open, 0, 0).map_err(|issues| bad_setup(&issues))?;
        let nodes = rehearsed.session().exam().nodes();
        self.disks.admit(unit, nodes, self.around.exam_room)?;
        let entry = self
            .write(Kind::Open(Box::new(open.clone())))
            .map_err(|why| refuse("error-halted", Why::Busy, &[("why", &why.to_string())]))?;
        self.ids.insert(exam.clone());
        let running = Running::begin(&open, entry.no, entry.arrived_utc_us).map_err(|issues| bad_setup(&issues))?;
        self.around.hub.put(running.live());
        self.running.push(running);
        Ok(exam)
    }

    fn free_id(&self, asked: Option<String>) -> Result<String, Refusal> {
        let Some(id) = asked else {
            let day = day(now_us());
            let free = (1..).map(|n| format!("{day}-{n}")).find(|id| !self.ids.contains(id));
            return Ok(free.unwrap_or(day));
        };
        let plain = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-';
        if id.is_empty() || id.len() > NAME_MAX || !id.bytes().all(plain) {
            return Err(refuse("error-bad-exam-id", Why::Bad, &[]));
        }
        match self.ids.contains(&id) {
            true => Err(refuse("error-exam-exists", Why::Conflict, &[("exam", &id)])),
            false => Ok(id),
        }
    }
}

/// A named person, 1 to [`NAME_MAX`] characters.
pub(super) fn person(name: &str) -> Result<(), Refusal> {
    let fits = !name.trim().is_empty() && name.chars().count() <= NAME_MAX && !name.chars().any(char::is_control);
    fits.then_some(())
        .ok_or_else(|| refuse("error-no-person", Why::Bad, &[("max", &NAME_MAX.to_string())]))
}

fn token(token: &str) -> Result<(), Refusal> {
    let fits = (1..=NAME_MAX).contains(&token.chars().count()) && !token.chars().any(|c| c.is_control() || c == ' ');
    fits.then_some(())
        .ok_or_else(|| refuse("error-bad-candidate", Why::Bad, &[("max", &NAME_MAX.to_string())]))
}

fn bad_setup(issues: &[Issue]) -> Refusal {
    let all: Vec<String> = issues.iter().map(Issue::to_string).collect();
    refuse("error-bad-setup", Why::Bad, &[("issues", &all.join("; "))])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_has_a_name() {
        assert!(person("王考官").is_ok());
        for nobody in ["", "  ", "a\nb", &"王".repeat(NAME_MAX + 1)] {
            assert_eq!(person(nobody).expect_err("nobody").key, "error-no-person");
        }
    }
}
