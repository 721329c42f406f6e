//! Who serves the corrections, and who we are to it.
use crate::config::Login;
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
