//! The unit's file, `unit.toml`: who it is, where its disk, broker and ports are, and how its sensors are wired.
//!
//! The problem: a wrong polarity or latency is a wrong exam, and the file is written by hand on the vehicle. The
//! answer: every quantity carries its unit in text, polarity, latency and check have no default, an unknown key is a
//! fault, and all faults come at once with key path and line. Deliberately not here: anything about rules or courses.
mod can;
mod can_speed;
mod class;
pub mod corrections;
pub mod dbc;
mod node;
pub mod tls;
mod voice;
mod wiring;

pub use crate::settings::{Fault, Faulty};
pub use class::Class;
pub use corrections::Login;
pub use tls::Tls;
pub use voice::VoiceSettings;

use crate::ntrip::Source;
use crate::ports::LINES;
use crate::settings::quantity::{BAUD, SIZE, TIME};
use crate::settings::{self, Faults, Section};
use kaoguan_telemetry::units::Micros;
use kaoguan_telemetry::{Port, UnitId};
use kaoguan_unit_core as core;
use kaoguan_unit_core::AttitudeDialect;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Bound of the spool where none is given. 72 hours must fit with fixes at 20 Hz and attitude at 100 Hz. As measured
/// (docs/spool/README.md, `examples/spool_page.rs`), raw bytes and all headers included:
///
/// | receiver: GGA + RMC + GST + KSXT | attitude | bytes a second | 72 hours |
/// |---|---|---|---|
/// | 10 Hz | 100 Hz | 17,100 | 4.1 GiB |
/// | 20 Hz | 100 Hz | 22,800 | 5.5 GiB |
/// | 10 Hz | 200 Hz | 27,000 | 6.5 GiB |
/// | 20 Hz, and a trailer's | 200 Hz | 43,100 | 10.4 GiB: such a unit says so in its file |
///
/// Batches of a tenth of a second; they go with each fix, which at 20 Hz is 0.1 GiB more for their heads.
pub const SPOOL_MAX_DEFAULT: &str = "8 GiB";
/// Below this a spool could not hold eight segments of a useful size.
const SPOOL_MAX_LEAST: i64 = 1 << 20;
/// A mobile network is back within a minute.
const TRIAL_DEFAULT: &str = "120 s";
const TRIAL_US: std::ops::RangeInclusive<i64> = 5_000_000..=600_000_000;
/// How an attitude sensor may speak.
const ATTITUDES: &[(AttitudeDialect, &str)] = &[
    (AttitudeDialect::HiPnuc, "hipnuc"),
    (AttitudeDialect::WitMotion, "witmotion"),
];
/// One sample a second is promised to whoever joins the ports; half of it leaves room for the way.
const SILENCE_DEFAULT: &str = "500 ms";

/// All that a unit is told.
#[derive(Debug, Clone)]
pub struct Config {
    /// The unit's name at its site; also its MQTT client id.
    pub id: UnitId,
    /// The site's name in the topics.
    pub site: String,
    /// What the vehicle is examined for, where that is declared.
    pub class: Option<Class>,
    /// Folder of the spool; made where it is missing.
    pub spool: PathBuf,
    /// Bound of the spool, bytes.
    pub spool_max: u64,
    /// Within this time a configuration that an order brought must do what the one before it did.
    pub trial: Duration,
    /// The site's broker.
    pub mqtt: Mqtt,
    /// The GNSS receiver's line; a field node has none, nor an attitude sensor.
    pub receiver: Option<Line>,
    /// The file in which the kernel stamps the receiver's pulse a second, where one is wired.
    pub pulse: Option<PathBuf>,
    /// The line of the trailer's receiver, where there is one.
    pub trailer: Option<Line>,
    /// The attitude sensor's line.
    pub attitude: Option<Line>,
    /// The signal box's line; the receiver's own path where the box speaks among its sentences.
    pub signal_box: Line,
    /// Who serves the receiver's corrections, where they come through this unit.
    pub corrections: Option<Source>,
    /// What the core is told.
    pub core: core::Config,
    /// Socket of the led clock; `None` for the monotonic one.
    pub led: Option<PathBuf>,
    /// The program that speaks prompts, where there is one.
    pub voice: Option<VoiceSettings>,
    /// The file that this was read from, where it was one.
    pub file: Option<PathBuf>,
    /// BLAKE3 of the file's text, for the birth message.
    pub digest: [u8; 32],
}

/// Where the broker is.
#[derive(Clone)]
pub struct Mqtt {
    /// Name or address.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// User and password, where the broker wants them.
    pub login: Option<(String, String)>,
    /// Whom to believe and what to show, where the broker speaks TLS.
    pub tls: Option<Tls>,
}

impl fmt::Debug for Mqtt {
    /// Without the password: this goes to logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let user = self.login.as_ref().map_or("nobody", |(user, _)| user);
        write!(f, "{user} at {}:{}", self.host, self.port)
    }
}

/// One serial line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Device, such as `/dev/ttyUSB0`.
    pub path: PathBuf,
    /// Symbols per second; eight data bits, no parity, one stop bit.
    pub baud: u32,
}

impl Config {
    /// Reads a file.
    ///
    /// # Errors
    /// [`Faulty`] with every fault; one where the file cannot be read.
    pub fn load(path: &Path) -> Result<Config, Faulty> {
        let mut config = settings::load(path, Config::parse)?;
        config.file = Some(path.to_owned());
        Ok(config)
    }

    /// Reads a text; `name` stands in the message.
    ///
    /// # Errors
    /// [`Faulty`] with every fault.
    pub fn parse(text: &str, name: &str) -> Result<Config, Faulty> {
        settings::parse(text, name, |root, faults| read(root, text, faults))
    }

    /// The vehicle's bus, where it is heard from the kernel and not from a line: [`Config::signal_box`] then names its interface.
    pub fn bus(&self) -> Option<&core::CanConfig> {
        match &self.core.signals.dialect {
            core::Dialect::Can(can) => Some(can).filter(|can| can.is_proven),
            _ => None,
        }
    }

    /// The ports that have a line, in the order of [`crate::ports::LINES`]; a signal box that shares the receiver's has the same.
    pub fn lines(&self) -> impl Iterator<Item = (Port, &Line)> {
        let lines = [
            self.receiver.as_ref(),
            self.attitude.as_ref(),
            Some(&self.signal_box),
            self.trailer.as_ref(),
        ];
        LINES
            .into_iter()
            .zip(lines)
            .filter_map(|(port, line)| Some((port, line?)))
    }

    /// Whether the signal box speaks among the receiver's sentences.
    pub fn shares_line(&self) -> bool {
        self.receiver
            .as_ref()
            .is_some_and(|line| line.path == self.signal_box.path)
    }

    /// Whether anybody speaks only when he is asked.
    pub fn asks(&self) -> bool {
        match &self.core.signals.dialect {
            core::Dialect::Modbus(_) => true,
            core::Dialect::Can(can) => can.ask.is_some(),
            _ => false,
        }
    }

    /// How many ports the leader of its clock counts: a signal box that shares a line has a count of its own.
    pub fn counted(&self) -> usize {
        3 + usize::from(self.trailer.is_some())
    }
}

/// Every section is read to its end before any `?`, so that all faults are found.
fn read(mut root: Section, text: &str, faults: &mut Faults) -> Option<Config> {
    let identity = identity(root.table("unit", faults), faults);
    let mqtt = mqtt(root.table("mqtt", faults), faults);
    let is_node = node::is_node(&root);
    let vehicle = (!is_node).then(|| sensors(&mut root, faults));
    let site_clock = root.table_if_any("site_clock", faults);
    if let Some(section) = site_clock.as_ref().filter(|_| !is_node) {
        section.fault("", "a vehicle has its time from its receiver", faults);
    }
    let site_clock = is_node.then(|| node::site_clock(site_clock, faults));
    let trailer = root
        .table_if_any("trailer", faults)
        .map(|section| self::receiver(section, faults));
    let signal_box = wiring::signal_box(root.table("signal_box", faults), faults);
    let corrections = root
        .table_if_any("corrections", faults)
        .map(|section| corrections::source(section, faults));
    if corrections.is_some() && root.has("clock") {
        root.fault(
            "corrections",
            "a led clock is its leader's: no network moves it",
            faults,
        );
    }
    let led = root.table_if_any("clock", faults).map(|section| led(section, faults));
    let voice = root
        .table_if_any("voice", faults)
        .map(|section| voice::voice(section, faults));
    root.finish(faults);
    let (id, site, class, spool, spool_max, trial) = identity?;
    let lines = match vehicle {
        Some(read) => read?,
        None => Sensors::nothing(),
    };
    let site_clock = match site_clock {
        Some(read) => Some(read?),
        None => None,
    };
    // A section with faults is no absent one.
    let trailer = match trailer {
        Some(read) => Some(read?),
        None => None,
    };
    let corrections = match corrections {
        Some(read) => Some(read?),
        None => None,
    };
    let (signal_box, signals) = signal_box?;
    Some(Config {
        id,
        site,
        class,
        spool,
        spool_max,
        trial,
        mqtt: mqtt?,
        receiver: lines.receiver,
        pulse: lines.pulse,
        trailer: trailer.as_ref().map(|(line, _)| line.clone()),
        attitude: lines.attitude,
        signal_box,
        corrections,
        core: core::Config {
            receiver: lines.core.0,
            trailer: trailer.map(|(_, core)| core),
            attitude: lines.core.1,
            signals,
            site_clock,
        },
        led: led.flatten(),
        voice: match voice {
            Some(read) => Some(read?),
            None => None,
        },
        file: None,
        digest: *blake3::hash(text.as_bytes()).as_bytes(),
    })
}

/// Unit, site, class, spool and its bound, and how long a trial lasts.
type Identity = (UnitId, String, Option<Class>, PathBuf, u64, Duration);

fn identity(mut section: Section, faults: &mut Faults) -> Option<Identity> {
    let id = section.text("id", faults);
    let parsed = id.and_then(UnitId::new);
    if id.is_some() && parsed.is_none() {
        section.fault("id", "must be 1 to 16 characters of a-z 0-9 -", faults);
    }
    let site = section.text("site", faults);
    let is_plain = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-';
    if site.is_some_and(|site| site.len() > 64 || !site.bytes().all(is_plain)) {
        section.fault(
            "site",
            "must be at most 64 characters of a-z 0-9 -: it stands in every topic",
            faults,
        );
    }
    let class = class::class(&mut section, faults);
    let spool = section.text("spool", faults);
    let max = section.quantity_or("spool_max", SPOOL_MAX_DEFAULT, SIZE, faults);
    if max.is_some_and(|max| max < SPOOL_MAX_LEAST) {
        section.fault("spool_max", "must be at least 1 MiB", faults);
    }
    let trial = section.quantity_or("trial", TRIAL_DEFAULT, TIME, faults);
    if trial.is_some_and(|trial| !TRIAL_US.contains(&trial)) {
        section.fault("trial", "must be 5 s to 600 s", faults);
    }
    section.finish(faults);
    Some((
        parsed?,
        site?.to_owned(),
        class,
        PathBuf::from(spool?),
        u64::try_from(max?).ok()?,
        Duration::from_micros(u64::try_from(trial?).ok()?),
    ))
}

fn mqtt(mut section: Section, faults: &mut Faults) -> Option<Mqtt> {
    let host = section.text("host", faults);
    let port = section.index("port", u16::MAX, faults);
    let username = section.text_if_any("username", faults);
    let password = section.text_if_any("password", faults);
    if username.is_none() && password.is_some() {
        section.fault("password", "needs a username beside it", faults);
    }
    let tls = section
        .table_if_any("tls", faults)
        .map(|section| tls::tls(section, faults));
    section.finish(faults);
    let login = username.map(|user| (user.to_owned(), password.unwrap_or("").to_owned()));
    Some(Mqtt {
        host: host?.to_owned(),
        port: port?,
        login,
        tls: match tls {
            Some(read) => Some(read?),
            None => None,
        },
    })
}

/// `path` and `baud` of a port's section.
pub(crate) fn line(section: &mut Section, faults: &mut Faults) -> Option<Line> {
    let path = section.text("path", faults);
    let baud = section.quantity("baud", BAUD, faults);
    if baud.is_some_and(|baud| !(300..=4_000_000).contains(&baud)) {
        section.fault("baud", "must be 300 to 4000000 baud", faults);
    }
    Some(Line {
        path: PathBuf::from(path?),
        baud: u32::try_from(baud?).ok()?,
    })
}

/// `latency` (no default) and `silence` of a port's section.
fn timing(section: &mut Section, faults: &mut Faults) -> Option<(Micros, Micros)> {
    let latency = section.quantity("latency", TIME, faults);
    if latency.is_some_and(|us| us > 1_000_000) {
        section.fault("latency", "must be at most 1 s", faults);
    }
    let silence = section.quantity_or("silence", SILENCE_DEFAULT, TIME, faults);
    if silence.is_some_and(|us| !(10_000..=1_000_000).contains(&us)) {
        section.fault(
            "silence",
            "must be 10 ms to 1 s: one sample a second is promised",
            faults,
        );
    }
    Some((Micros(latency?), Micros(silence?)))
}

/// What only a vehicle has.
struct Sensors {
    receiver: Option<Line>,
    pulse: Option<PathBuf>,
    attitude: Option<Line>,
    core: (core::ReceiverConfig, core::AttitudeConfig),
}

impl Sensors {
    fn nothing() -> Sensors {
        Sensors {
            receiver: None,
            pulse: None,
            attitude: None,
            core: node::nothing(),
        }
    }
}

/// Both sections, and the receiver's pulse.
fn sensors(root: &mut Section, faults: &mut Faults) -> Option<Sensors> {
    let mut receiver = root.table("receiver", faults);
    let pulse = receiver.text_if_any("pulse", faults).map(PathBuf::from);
    if pulse.is_some() && root.has("clock") {
        receiver.fault("pulse", "a led clock is its leader's: it has no pulse", faults);
    }
    let receiver = self::receiver(receiver, faults);
    let attitude = attitude(root.table("attitude", faults), faults);
    let ((receiver, receiver_core), (attitude, attitude_core)) = (receiver?, attitude?);
    Some(Sensors {
        receiver: Some(receiver),
        pulse,
        attitude: Some(attitude),
        core: (receiver_core, attitude_core),
    })
}

fn receiver(mut section: Section, faults: &mut Faults) -> Option<(Line, core::ReceiverConfig)> {
    let line = line(&mut section, faults);
    let timing = timing(&mut section, faults);
    let heading_skew = section.quantity_or("heading_skew", "0 ms", TIME, faults);
    if heading_skew.is_some_and(|us| us > 1_000_000) {
        section.fault("heading_skew", "must be at most 1 s", faults);
    }
    section.finish(faults);
    let (latency, silence) = timing?;
    let receiver = core::ReceiverConfig {
        latency,
        silence,
        heading_skew: Micros(heading_skew?),
    };
    Some((line?, receiver))
}

fn attitude(mut section: Section, faults: &mut Faults) -> Option<(Line, core::AttitudeConfig)> {
    let line = line(&mut section, faults);
    let timing = timing(&mut section, faults);
    let dialect = match section.has("dialect") {
        true => section.choice("dialect", ATTITUDES, faults),
        false => Some(AttitudeDialect::WitMotion),
    };
    let with_angle = section.flag("vendor_angle", faults);
    section.finish(faults);
    let (latency, silence) = timing?;
    Some((
        line?,
        core::AttitudeConfig {
            dialect: dialect?,
            latency,
            silence,
            with_angle: with_angle?,
        },
    ))
}

fn led(mut section: Section, faults: &mut Faults) -> Option<PathBuf> {
    let path = section.text("led", faults).map(PathBuf::from);
    section.finish(faults);
    path
}
