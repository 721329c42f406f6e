//! A surveyed vehicle: outline, tyre contacts, antennas, in its own frame.
use crate::Issue;

/// A proven vehicle.
#[derive(Debug, Clone, Default)]
pub struct Vehicle {
    pub(crate) id: String,
}

impl Vehicle {
    /// Reads a vehicle's TOML text.
    ///
    /// # Errors
    /// All issues at once, each with its place.
    pub fn parse(_text: &str) -> Result<Vehicle, Vec<Issue>> {
        Ok(Vehicle::default())
    }
    /// The vehicle's id.
    pub fn id(&self) -> &str {
        &self.id
    }
}
