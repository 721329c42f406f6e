//! One edition of one jurisdiction's rules, as data.
use crate::Issue;

/// A rule as people read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleText {
    /// The rule's id.
    pub id: String,
    /// The authority's code.
    pub code: String,
    /// Manoeuvre, or `general`.
    pub item: String,
    /// Points; 100 ends the exam.
    pub points: u32,
    /// Chinese wording.
    pub zh: String,
    /// English wording.
    pub en: String,
    /// Clause or source.
    pub source: String,
    /// H, M or L.
    pub confidence: String,
    /// True where the examiner may deduct it by hand.
    pub examiner: bool,
}

/// A proven syllabus.
#[derive(Debug, Clone, Default)]
pub struct Syllabus {
    pub(crate) id: String,
    pub(crate) rules: Vec<RuleText>,
}

impl Syllabus {
    /// Reads an edition's TOML text.
    ///
    /// # Errors
    /// All issues at once, each with its place.
    pub fn parse(_text: &str) -> Result<Syllabus, Vec<Issue>> {
        Ok(Syllabus::default())
    }
    /// The edition's id, `ga1026-2022`.
    pub fn id(&self) -> &str {
        &self.id
    }
    /// All rules, for people.
    pub fn rules(&self) -> &[RuleText] {
        &self.rules
    }
    /// One rule by its id.
    pub fn rule(&self, id: &str) -> Option<&RuleText> {
        self.rules.iter().find(|rule| rule.id == id)
    }
}
