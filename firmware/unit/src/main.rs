//! The unit.
fn main() {}
