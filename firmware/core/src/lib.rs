//! firmware/core
