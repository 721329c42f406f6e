//! The site engine.
fn main() {}
