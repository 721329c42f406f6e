//! Surveyed ground. A `Course` that exists is valid.

/// One thing wrong with a file, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    /// Feature id, or the path of a key.
    pub place: String,
    /// A sentence: what is wrong, and what to do.
    pub text: String,
}

impl std::fmt::Display for Issue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.place, self.text)
    }
}

/// A valid course.
#[derive(Debug, Clone, Default)]
pub struct Course {
    /// The course's id.
    pub id: String,
}
