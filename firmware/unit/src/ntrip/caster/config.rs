//! The caster's file: where it listens, who may come, and whence its corrections are.
use crate::config::tls::{self, ServerTls};
use crate::config::{Line, Login, corrections, line};
use crate::ntrip::Source;
use crate::settings::quantity::{LATITUDE, LONGITUDE};
use crate::settings::{self, Faults, Faulty, Section};
use kaoguan_telemetry::units::Nanodegrees;
use std::net::SocketAddr;
use std::path::Path;

/// Vehicles of one square at a time, with room for their restarts.
const CLIENTS_DEFAULT: u16 = 64;
const CLIENTS_MOST: u16 = 1_024;

/// All that a caster is told.
#[derive(Debug, Clone)]
pub struct CasterConfig {
    /// Where it listens.
    pub listen: SocketAddr,
    /// What it shows, where it speaks TLS: then it speaks nothing else.
    pub tls: Option<ServerTls>,
    /// Its only mount point.
    pub mount: String,
    /// Connections at a time.
    pub clients_max: usize,
    /// Who may have corrections; `None`: everybody who can reach it.
    pub users: Option<Vec<Login>>,
    /// Where the base is, or where a service with virtual stations is to put one.
    pub place: Option<(Nanodegrees, Nanodegrees)>,
    /// Whence the corrections are.
    pub upstream: Upstream,
}

/// Whence the corrections are.
#[derive(Debug, Clone)]
pub enum Upstream {
    /// From another caster.
    Caster(Source),
    /// From a base receiver's own line.
    Base(Line),
}

impl CasterConfig {
    /// Reads a file.
    ///
    /// # Errors
    /// [`Faulty`] with every fault; one where the file cannot be read.
    pub fn load(path: &Path) -> Result<CasterConfig, Faulty> {
        settings::load(path, CasterConfig::parse)
    }

    /// Reads a text; `name` stands in the message.
    ///
    /// # Errors
    /// [`Faulty`] with every fault.
    pub fn parse(text: &str, name: &str) -> Result<CasterConfig, Faulty> {
        settings::parse(text, name, read)
    }
}

/// Every section is read to its end before any `?`, so that all faults are found.
fn read(mut root: Section, faults: &mut Faults) -> Option<CasterConfig> {
    let mut section = root.table("caster", faults);
    let listen = listen(&mut section, faults);
    let mount = section.text("mount", faults);
    if mount.is_some_and(|mount| !corrections::is_mount(mount)) {
        section.fault(
            "mount",
            "must be letters, digits, - _ and . without a slash or a space",
            faults,
        );
    }
    let clients_max = clients(&mut section, faults);
    let anyone = section.flag("anyone", faults);
    let place = place(&mut section, faults);
    // One with faults is no absent one.
    let tls = match section.table_if_any("tls", faults) {
        Some(section) => tls::server(section, faults).map(Some),
        None => Some(None),
    };
    section.finish(faults);
    let users = users(&mut root, anyone == Some(true), faults);
    let upstream = upstream(&mut root, faults);
    root.finish(faults);
    Some(CasterConfig {
        listen: listen?,
        tls: tls?,
        mount: mount?.to_owned(),
        clients_max: clients_max?,
        users: users?,
        place: place?,
        upstream: upstream?,
    })
}

fn listen(section: &mut Section, faults: &mut Faults) -> Option<SocketAddr> {
    let text = section.text("listen", faults)?;
    let address = text.parse().ok();
    if address.is_none() {
        section.fault(
            "listen",
            "must be an address and a port, such as \"0.0.0.0:2101\"",
            faults,
        );
    }
    address
}

fn clients(section: &mut Section, faults: &mut Faults) -> Option<usize> {
    if !section.has("clients_max") {
        section.optional("clients_max");
        return Some(usize::from(CLIENTS_DEFAULT));
    }
    let most = section.index("clients_max", CLIENTS_MOST, faults)?;
    if most == 0 {
        section.fault("clients_max", "must be 1 at least: else nobody is served", faults);
    }
    Some(usize::from(most))
}

/// `Some(None)` where there is none; both or neither.
fn place(section: &mut Section, faults: &mut Faults) -> Option<Option<(Nanodegrees, Nanodegrees)>> {
    let mut angle = |key, units, most: i64| {
        let Some(text) = section.text_if_any(key, faults) else {
            return Some(None);
        };
        let read = settings::quantity::parse(text, units).ok();
        let good = read.filter(|ndeg| ndeg.abs() <= most * 1_000_000_000);
        if good.is_none() {
            section.fault(
                key,
                "must be degrees and a side, such as \"26.647 N\" or \"106.63 E\"",
                faults,
            );
        }
        good.map(|ndeg| Some(Nanodegrees(ndeg)))
    };
    let (latitude, longitude) = (angle("latitude", LATITUDE, 90), angle("longitude", LONGITUDE, 180));
    match (latitude?, longitude?) {
        (Some(latitude), Some(longitude)) => Some(Some((latitude, longitude))),
        (None, None) => Some(None),
        _ => {
            section.fault("latitude", "and longitude must stand together", faults);
            None
        }
    }
}

/// `Some(None)` where anyone may come.
fn users(root: &mut Section, anyone: bool, faults: &mut Faults) -> Option<Option<Vec<Login>>> {
    let Some(section) = root.table_if_any("users", faults) else {
        if !anyone {
            root.fault(
                "users",
                "is missing: name = \"password\" lines, or anyone = true in [caster]",
                faults,
            );
        }
        return anyone.then_some(None);
    };
    if anyone {
        section.fault("", "contradicts anyone = true", faults);
    }
    let mut users = Vec::new();
    for (name, value) in section.entries() {
        match value.get_ref().as_str() {
            Some(password) if !name.contains(':') => users.push(Login {
                user: name.to_owned(),
                password: password.to_owned(),
            }),
            _ => section.fault(name, "must be a password as text, of a name without a colon", faults),
        }
    }
    if users.is_empty() {
        section.fault("", "names nobody", faults);
    }
    Some(Some(users))
}

fn upstream(root: &mut Section, faults: &mut Faults) -> Option<Upstream> {
    let caster = root
        .table_if_any("upstream", faults)
        .map(|section| corrections::source(section, faults));
    let base = root.table_if_any("base", faults).map(|mut section| {
        let line = line(&mut section, faults);
        section.finish(faults);
        line
    });
    match (caster, base) {
        (Some(caster), None) => caster.map(Upstream::Caster),
        (None, Some(base)) => base.map(Upstream::Base),
        _ => {
            root.fault("upstream", "or base: one of both must be there", faults);
            None
        }
    }
}
