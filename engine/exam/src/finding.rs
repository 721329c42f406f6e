//! What the exam says: findings, questions, the verdict. Integers and text only.
use crate::budget::Budget;
use crate::scene::Scene;
use kaoguan_telemetry::units::EventTime;
use std::sync::Arc;

/// The unit of a measured value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unit {
    /// Millimetres.
    Millimetres,
    /// Milliseconds.
    Milliseconds,
    /// Metres per hour: thousandths of a kilometre per hour.
    MetresPerHour,
    /// A count of events.
    Times,
}

impl Unit {
    /// The unit's symbol: `mm`, `ms`, `m/h`, `x`.
    pub fn symbol(self) -> &'static str {
        match self {
            Unit::Millimetres => "mm",
            Unit::Milliseconds => "ms",
            Unit::MetresPerHour => "m/h",
            Unit::Times => "x",
        }
    }
}

/// Which side of its limit is a fault.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bound {
    /// The limit is the most that is allowed.
    #[default]
    Most,
    /// The limit is the least that is due.
    Least,
}

/// A value that was judged against a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measure {
    /// What was measured, in `unit`.
    pub value: i64,
    /// The limit it is held against, in `unit`.
    pub limit: i64,
    /// Standard uncertainty of `value`, tenths of `unit`.
    pub u_tenths: i64,
    /// Whether that is the most or the least.
    pub bound: Bound,
    /// The unit of all three.
    pub unit: Unit,
    /// What the uncertainty is made of, tenths of `unit`.
    pub budget: Budget,
}

impl Measure {
    /// How far beyond the limit, or short of the least, in `unit`; negative inside.
    pub fn margin(&self) -> i64 {
        match self.bound {
            Bound::Most => self.value - self.limit,
            Bound::Least => self.limit - self.value,
        }
    }
}

/// Who found it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// The machine, proven by its sensors.
    Machine,
    /// A named person's answer to the question with this number.
    Answer {
        /// [`Question::no`].
        question: u32,
        /// Who.
        by: String,
    },
    /// A named person's own deduction, with the reason.
    Examiner {
        /// Who.
        by: String,
        /// Why.
        reason: String,
    },
}

/// A fault that was charged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Counts from 1 in the order of charging.
    pub no: u32,
    /// When the fault happened.
    pub at: EventTime,
    /// The site it belongs to; `None` on the way between sites.
    pub site: Option<String>,
    /// The rule's id in the syllabus.
    pub rule: String,
    /// The rule's code in the tables of the authority.
    pub code: String,
    /// Points lost; 100 ends the exam.
    pub points: u32,
    /// The measurement behind it, where there is one.
    pub measure: Option<Measure>,
    /// What it looked like from above; `None` where no fit pose is known around it.
    pub scene: Option<Arc<Scene>>,
    /// Who found it.
    pub source: Source,
    /// False while the fitness of its window is not yet known.
    pub settled: bool,
}

/// What the machine may not decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Counts from 1 in the order of asking.
    pub no: u32,
    /// When what is asked about happened (or the item ended, for a rule without its sensor).
    pub at: EventTime,
    /// The site it belongs to.
    pub site: Option<String>,
    /// The rule's id.
    pub rule: String,
    /// The rule's code.
    pub code: String,
    /// Points, if confirmed.
    pub points: u32,
    /// The doubtful measurement, where there is one.
    pub measure: Option<Measure>,
    /// What it looked like from above; `None` where no fit pose is known around it.
    pub scene: Option<Arc<Scene>>,
    /// Why it is asked: `doubtful`, `no_sensor`, `unfit`.
    pub why: Why,
    /// The answer and who gave it.
    pub answer: Option<(crate::Answer, String)>,
}

/// Why the machine asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// The value is within k·u of its limit.
    Doubtful,
    /// The rule's sensor is not on this vehicle.
    NoSensor,
    /// The position was not believed on the way between items.
    Unfit,
}

/// Where the exam stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Items are still to be ridden.
    Running,
    /// All is ridden, and these questions are open; none, where only the word is due that the examiner has nothing more to deduct.
    AwaitingExaminer {
        /// [`Question::no`] of each.
        questions: Vec<u32>,
    },
    /// Passed.
    Pass,
    /// Failed: passing has become impossible through this finding.
    Fail {
        /// [`Finding::no`]; `None` where the examiner stopped the exam.
        decisive: Option<u32>,
    },
    /// No result; free retake.
    Void {
        /// Why, in the examiner's or the system's words.
        why: String,
    },
}

impl Verdict {
    /// True once nothing can change any more.
    pub fn is_final(&self) -> bool {
        matches!(self, Verdict::Pass | Verdict::Fail { .. } | Verdict::Void { .. })
    }
}
