//! Who serves the corrections, and who we are to it.
use crate::config::Login;
use kaoguan_telemetry::Base;
use std::path::PathBuf;
use std::time::Duration;

/// A mount point of a caster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Name or address.
    pub host: String,
    /// TCP port; with some services it chooses the datum.
    pub port: u16,
    /// The mount point, without a slash.
    pub mount: String,
    /// How we ask.
    pub version: Version,
    /// User and password.
    pub login: Option<Login>,
    /// How the way is closed to others; `None`: it is not.
    pub tls: Option<Trust>,
    /// How often our place is told; `None`: never.
    pub gga_each: Option<Duration>,
    /// Where the base should stand; only looked at, for people: an exam has the course's word.
    pub base: Option<Surveyed>,
}

/// Where a base should stand, as the course's `survey.base` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Surveyed {
    /// Earth-fixed x, y, z in the base's own datum, tenths of a millimetre.
    pub at_tenth_mm: [i64; 3],
    /// Farther from there it has been moved, tenths of a millimetre.
    pub within_tenth_mm: u64,
}

impl Surveyed {
    /// How far from there a base says that it stands, tenths of a millimetre.
    pub fn off_tenth_mm(&self, said: &Base) -> u64 {
        let said = [said.x_tenth_mm, said.y_tenth_mm, said.z_tenth_mm];
        let axes = said.iter().zip(self.at_tenth_mm);
        let square: i128 = axes.map(|(said, at)| (i128::from(*said) - i128::from(at)).pow(2)).sum();
        u64::try_from(square.isqrt()).unwrap_or(u64::MAX)
    }
}

/// The protocol that is asked for; what is answered is understood either way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// HTTP/1.0, `ICY 200 OK`.
    V1,
    /// HTTP/1.1, in chunks.
    V2,
}

/// Whose word a caster's certificate needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trust {
    /// One of the public authorities that browsers trust.
    Public,
    /// One of the certificates in this file (PEM).
    File(PathBuf),
}

impl Source {
    /// Name and place, for a person.
    pub fn name(&self) -> String {
        format!("{} at {}:{}", self.mount, self.host, self.port)
    }
}
