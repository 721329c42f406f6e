//! firmware/unit
