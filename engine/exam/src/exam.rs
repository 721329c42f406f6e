//! The fold.
use crate::{Act, Board, Finding, Question, Setup, Verdict};
use kaoguan_telemetry::Sample;

/// One exam being judged.
#[derive(Debug, Clone)]
pub struct Exam {
    board: Board,
}

impl Exam {
    /// Cannot fail: all in the setup is already proven.
    pub fn new(_setup: &Setup) -> Exam {
        Exam {
            board: Board {
                at: None,
                pose: None,
                score: 100,
                pass_mark: 80,
                items: Vec::new(),
                findings: Vec::new(),
                questions: Vec::new(),
                verdict: Verdict::Running,
                samples: [0; 3],
            },
        }
    }
    /// Takes one sample of the setup's unit, of this boot of it. Time moves because the sample says so.
    pub fn accept(&mut self, _boot: u32, _sample: &Sample) {
        self.board.samples[0] += 1;
    }
    /// Takes a person's act.
    pub fn act(&mut self, _act: &Act) {}
    /// What people may see now.
    pub fn board(&self) -> Board {
        self.board.clone()
    }
    /// Findings so far, in the order of charging.
    pub fn findings(&self) -> &[Finding] {
        &self.board.findings
    }
    /// Questions so far.
    pub fn questions(&self) -> &[Question] {
        &self.board.questions
    }
    /// Where the exam stands.
    pub fn verdict(&self) -> &Verdict {
        &self.board.verdict
    }
}
