//! What a named person does to an exam. It enters the fold at its place in the journal, like any sensor.
use crate::node::Hit;
use kaoguan_telemetry::units::EventTime;

/// The answer to a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// The fault happened: it is charged.
    Confirm,
    /// It did not happen.
    Dismiss,
    /// The person cannot tell: to the candidate's benefit, like a dismissal, and counted apart.
    CannotTell,
}

/// A person's act, or the shore's word about a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// An answer to the question with this number.
    Answer {
        /// [`crate::Question::no`].
        question: u32,
        /// What was answered.
        answer: Answer,
        /// Who answered.
        by: String,
    },
    /// A deduction that no sensor sees; the rule must be one that the syllabus leaves to the examiner.
    Deduct {
        /// The rule's id in the syllabus.
        rule: String,
        /// The site it concerns, if any.
        site: Option<String>,
        /// Who deducts.
        by: String,
        /// Why, in words.
        reason: String,
    },
    /// All is ridden, and the examiner has nothing more to deduct: where an unset knob leaves a rule of the last item to him, a pass is
    /// final only by this. Before all is ridden it says nothing.
    NothingMore {
        /// Who says so.
        by: String,
    },
    /// The examiner ends the exam.
    Stop {
        /// Who stops.
        by: String,
        /// Why, in words.
        reason: String,
        /// True: the candidate has failed by this (danger, cheating); false: the exam is void (system fault, weather).
        fail: bool,
    },
    /// The vehicle's unit has been silent for the declared wait: nothing of it after this instant is judged until it speaks again.
    SourceLost {
        /// Last instant known from it.
        from: EventTime,
    },
    /// A hit at a field node's pole was another exam's: its vehicle was charged with it. So the pole has not shaken by itself.
    HitExplained {
        /// Which.
        hit: Hit,
    },
}
