//! `[corrections]`: who serves them, and who we are to it.
use crate::ntrip::dial::authorities;
use crate::ntrip::{Source, Surveyed, Trust, Version};
use crate::settings::quantity::{self, TIME};
use crate::settings::{Faults, Section};
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

const VERSIONS: [(Version, &str); 2] = [(Version::V1, "1"), (Version::V2, "2")];
/// Services ask for one every 5 to 10 s, and drop who is silent for a minute. Source: sensors.md section 7.
const GGA_DEFAULT: &str = "10 s";
/// Lengths, in tenths of a millimetre.
const LENGTH: &[(&str, i64)] = &[("mm", 10), ("m", 10_000)];
/// Nobody sets a tripod up again to a tenth of a millimetre; as the course's own bounds.
const WITHIN_DEFAULT: &str = "5 mm";
const WITHIN: std::ops::RangeInclusive<i64> = 10..=1_000;
/// From the middle of the earth, tenths of a millimetre: from the Dead Sea's shore to the roof of the world.
const ON_EARTH: std::ops::RangeInclusive<i128> = 63_500_000_000..=63_950_000_000;
const GGA_US: std::ops::RangeInclusive<i64> = 5_000_000..=60_000_000;

/// A user of a caster.
#[derive(Clone, PartialEq, Eq)]
pub struct Login {
    /// Without a colon.
    pub user: String,
    /// May be empty.
    pub password: String,
}

impl fmt::Debug for Login {
    /// Without the password: this goes to logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.user)
    }
}

/// Reads the section.
pub fn source(mut section: Section, faults: &mut Faults) -> Option<Source> {
    let host = section.text("host", faults);
    let port = section.port_if_any("port", faults);
    let mount = section.text("mount", faults);
    if mount.is_some_and(|mount| !is_mount(mount)) {
        section.fault(
            "mount",
            "must be letters, digits, - _ and . without a slash or a space",
            faults,
        );
    }
    let version = match section.has("version") {
        true => section.choice("version", &VERSIONS, faults),
        false => {
            section.optional("version");
            Some(Version::V2)
        }
    };
    let login = login(&mut section, faults);
    let tls = trust(&mut section, faults);
    let gga_each = gga(&mut section, faults);
    let base = base(&mut section, faults);
    section.finish(faults);
    Some(Source {
        host: host?.to_owned(),
        port: port.unwrap_or(2_101),
        mount: mount?.to_owned(),
        version: version?,
        login,
        tls,
        gga_each: gga_each?,
        base: base?,
    })
}

/// `None` where it is wrong, `Some(None)` where nobody says where the base stands.
fn base(section: &mut Section, faults: &mut Faults) -> Option<Option<Surveyed>> {
    let within = section.quantity_or("base_within", WITHIN_DEFAULT, LENGTH, faults);
    let Some(text) = section.text_if_any("base", faults) else {
        if section.has("base_within") {
            section.fault("base_within", "needs base beside it", faults);
        }
        return Some(None);
    };
    let at = axes(text).filter(is_on_earth);
    if at.is_none() {
        let text = "must be x, y and z of its antenna, earth-fixed, as the course's survey.base: such as \"-1630000.1234 5460000.5 2840000 m\"";
        section.fault("base", text, faults);
    }
    let within = within.filter(|within| WITHIN.contains(within));
    if within.is_none() {
        section.fault("base_within", "must be 1 mm to 100 mm", faults);
    }
    Some(Some(Surveyed {
        at_tenth_mm: at?,
        within_tenth_mm: u64::try_from(within?).ok()?,
    }))
}

/// Tenths of a millimetre of `x y z m`.
fn axes(text: &str) -> Option<[i64; 3]> {
    let numbers: Vec<&str> = text.strip_suffix(" m")?.split_whitespace().collect();
    let axis = |number: &str| {
        let (sign, digits) = number.strip_prefix('-').map_or((1, number), |rest| (-1, rest));
        let read = quantity::parse(&format!("{digits} m"), LENGTH).ok()?;
        Some(sign * read)
    };
    let [x, y, z] = numbers[..] else { return None };
    Some([axis(x)?, axis(y)?, axis(z)?])
}

fn is_on_earth(at: &[i64; 3]) -> bool {
    let square: i128 = at.iter().map(|axis| i128::from(*axis).pow(2)).sum();
    ON_EARTH.contains(&square.isqrt())
}

/// It stands in a request's first line.
pub fn is_mount(name: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    !name.is_empty() && name.len() <= 100 && name.bytes().all(is_plain)
}

fn login(section: &mut Section, faults: &mut Faults) -> Option<Login> {
    let user = section.text_if_any("username", faults);
    let password = section.text_if_any("password", faults);
    if user.is_none() && password.is_some() {
        section.fault("password", "needs a username beside it", faults);
    }
    if user.is_some_and(|user| user.contains(':')) {
        section.fault("username", "must have no colon: it ends there for a caster", faults);
    }
    Some(Login {
        user: user?.to_owned(),
        password: password.unwrap_or("").to_owned(),
    })
}

fn trust(section: &mut Section, faults: &mut Faults) -> Option<Trust> {
    let tls = section.flag("tls", faults).unwrap_or(false);
    let file = section.text_if_any("ca", faults).map(PathBuf::from);
    match (tls, file) {
        (false, Some(_)) => {
            section.fault("ca", "needs tls = true beside it", faults);
            None
        }
        (false, None) => None,
        (true, Some(file)) => {
            if let Err(why) = authorities(&file) {
                section.fault("ca", why.to_string(), faults);
            }
            Some(Trust::File(file))
        }
        (true, None) => Some(Trust::Public),
    }
}

/// `None` where it is wrong, `Some(None)` where the place is not told.
fn gga(section: &mut Section, faults: &mut Faults) -> Option<Option<Duration>> {
    let without = section.flag("without_gga", faults);
    let each = section.quantity_or("gga_each", GGA_DEFAULT, TIME, faults);
    let (without, each) = (without?, each?);
    if without && section.has("gga_each") {
        section.fault("gga_each", "contradicts without_gga", faults);
    }
    if !GGA_US.contains(&each) {
        section.fault("gga_each", "must be 5 s to 60 s", faults);
    }
    let each = Duration::from_micros(u64::try_from(each).ok()?);
    Some((!without).then_some(each))
}
