//! `unit.class`: what the vehicle is examined for, so that `check` knows what must be there. The unit itself asks for nothing.
use crate::settings::{Faults, Section};

/// Classes of licence with subject two, GA 1026, and whether their vehicle leans or draws something with a heading of its own.
const CLASSES: &[(&str, Class)] = &[
    ("A1", Class::PLAIN),
    ("A2", Class::DRAWS),
    ("A3", Class::PLAIN),
    ("B1", Class::PLAIN),
    ("B2", Class::PLAIN),
    ("C1", Class::PLAIN),
    ("C2", Class::PLAIN),
    ("C3", Class::PLAIN),
    ("C4", Class::PLAIN),
    ("C5", Class::PLAIN),
    ("C6", Class::DRAWS),
    ("D", Class::PLAIN),
    ("E", Class::LEANS),
    ("F", Class::LEANS),
];

/// What a class asks of the sensors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Class {
    /// Its vehicle has two wheels: a lean that is not followed is a place of the tyres that is not known.
    pub leans: bool,
    /// It draws something that needs antennas of its own.
    pub draws: bool,
}

impl Class {
    const PLAIN: Class = Class {
        leans: false,
        draws: false,
    };
    const LEANS: Class = Class {
        leans: true,
        draws: false,
    };
    const DRAWS: Class = Class {
        leans: false,
        draws: true,
    };
}

/// Reads it, where it is declared.
pub fn class(section: &mut Section, faults: &mut Faults) -> Option<Class> {
    section.optional("class")?;
    section.choice(
        "class",
        &CLASSES.iter().map(|(name, class)| (*class, *name)).collect::<Vec<_>>(),
        faults,
    )
}
