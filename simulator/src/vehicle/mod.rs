//! The vehicle: its measures, its line, its progress along the line and where all its points are.

pub mod motion;
pub mod motorcycle;
pub mod path;
pub mod spec;
