//! What a unit says of itself (`health`, `conn`, `status`), as it is kept: the newest of each, with when it was heard.
//!
//! The problem: whoever reaches the broker can say anything, of any size, in any unit's name. The answer: what is too large, cannot be
//! read, or says that it is another's is refused with its reason; of the rest only what people look at is kept, its sentences
//! shortened and without characters that steer a terminal or turn a line round. A word that the broker had kept (retained) may be
//! hours old: it is marked as such until the unit speaks itself, and the same word brought once more is no news.
//!
//! Deliberately not here: what any of it means ([`super::faults`]).
use kaoguan_telemetry::{Port, UnitId};
use kaoguan_unit::health::Health;
use serde_json::Value;
use std::fmt;

/// A larger word is refused: a picture with all that a unit can say is under 8 KiB.
pub const WORD_BYTES_MAX: usize = 64 * 1024;
/// Of a sentence so many characters are kept: what a trial lacks, sensor by sensor, takes some 150.
pub const TEXT_MAX: usize = 240;
/// Of a name so many.
const NAME_MAX: usize = 40;

/// A message of a unit.
#[derive(Debug, Clone, Copy)]
pub struct Message<'m> {
    /// The site that its topic names.
    pub site: &'m str,
    /// The topic's last word.
    pub topic: &'m str,
    /// What it says; nothing takes back what was said before.
    pub bytes: &'m [u8],
    /// When it was heard, on the engine's clock, UTC microseconds.
    pub at_us: i64,
    /// The broker had kept it, nobody knows for how long.
    pub is_retained: bool,
}

/// Why a word is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// Larger than [`WORD_BYTES_MAX`]: so many bytes.
    TooLarge(usize),
    /// Not what this topic says.
    Unreadable,
    /// It says that it is another unit's, or of another site.
    Another,
    /// More units speak than a site has.
    TooMany,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refused::TooLarge(bytes) => write!(f, "{bytes} bytes are more than {WORD_BYTES_MAX}"),
            Refused::Unreadable => f.write_str("it cannot be read"),
            Refused::Another => f.write_str("it says that it is another unit's, or of another site"),
            Refused::TooMany => f.write_str("more units speak than a site has"),
        }
    }
}

/// A word, and when it was heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word<T> {
    /// The word.
    pub said: T,
    /// When, on the engine's clock, UTC microseconds.
    pub at_us: i64,
    /// The unit was heard to say it; else the broker had kept it.
    pub is_live: bool,
}

/// Whether a unit is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conn {
    /// It greeted.
    Online,
    /// It said goodbye.
    Offline,
    /// The broker lost it.
    Lost,
}

impl Conn {
    /// As the topic has it.
    pub const fn key(self) -> &'static str {
        match self {
            Conn::Online => "online",
            Conn::Offline => "offline",
            Conn::Lost => "lost",
        }
    }
}

/// How its disk is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disk {
    /// Its own word.
    pub state: String,
    /// Minutes of life for which there is room.
    pub room_min: Option<u64>,
}

/// The newest words of one unit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words {
    /// Its picture.
    pub health: Option<Word<Health>>,
    /// Whether it is there.
    pub conn: Option<Word<Conn>>,
    /// Its disk.
    pub disk: Option<Word<Disk>>,
    /// Why its newest picture was not taken; `None` as soon as one is.
    pub unread: Option<Word<Refused>>,
}

impl Words {
    /// Takes one more.
    ///
    /// # Errors
    /// Why not; then nothing has changed but that of a picture this is remembered.
    pub fn take(&mut self, unit: UnitId, said: Message<'_>) -> Result<(), Refused> {
        let taken = self.read(unit, &said);
        if said.topic == "health" {
            let before = self.unread.take();
            self.unread = taken.err().map(|why| unread(before, why, &said));
        }
        taken
    }

    fn read(&mut self, unit: UnitId, said: &Message<'_>) -> Result<(), Refused> {
        if said.bytes.len() > WORD_BYTES_MAX {
            return Err(Refused::TooLarge(said.bytes.len()));
        }
        match said.topic {
            "health" => put(&mut self.health, said, |bytes| health(bytes, unit, said.site)),
            "conn" => put(&mut self.conn, said, |bytes| conn(bytes).ok_or(Refused::Unreadable)),
            "status" => put(&mut self.disk, said, |bytes| disk(bytes).ok_or(Refused::Unreadable)),
            _ => Err(Refused::Unreadable),
        }
    }
}

/// As with [`put`]: what the broker brings once more is no news.
fn unread(before: Option<Word<Refused>>, why: Refused, said: &Message<'_>) -> Word<Refused> {
    let before = before.filter(|before| said.is_retained && before.said == why);
    before.unwrap_or(Word {
        said: why,
        at_us: said.at_us,
        is_live: !said.is_retained,
    })
}

fn put<T: PartialEq>(
    place: &mut Option<Word<T>>,
    said: &Message<'_>,
    read: impl FnOnce(&[u8]) -> Result<T, Refused>,
) -> Result<(), Refused> {
    if said.bytes.is_empty() {
        *place = None;
        return Ok(());
    }
    let word = read(said.bytes)?;
    // What the broker brings again after our own connection broke was heard when it was said.
    let is_known = said.is_retained && place.as_ref().is_some_and(|before| before.said == word);
    if !is_known {
        *place = Some(Word {
            said: word,
            at_us: said.at_us,
            is_live: !said.is_retained,
        });
    }
    Ok(())
}

fn health(bytes: &[u8], unit: UnitId, site: &str) -> Result<Health, Refused> {
    let health: Health = serde_json::from_slice(bytes).map_err(|_| Refused::Unreadable)?;
    if health.unit != unit.as_str() || health.site != site {
        return Err(Refused::Another);
    }
    Ok(shortened(health))
}

/// What people look at, no longer than they would read.
fn shortened(mut health: Health) -> Health {
    health.ports.truncate(Port::ALL.len());
    for port in &mut health.ports {
        port.port = clipped(&port.port, NAME_MAX);
        port.path = clipped(&port.path, NAME_MAX);
        port.silent = port.silent.take().map(|why| clipped(&why, NAME_MAX));
        port.refused.clear();
    }
    health.firmware = clipped(&health.firmware, NAME_MAX);
    health.config_digest = clipped(&health.config_digest, 2 * NAME_MAX);
    health.configuration = health.configuration.map(|said| clipped(&said, TEXT_MAX));
    health.no_fix = health.no_fix.map(|why| clipped(&why, NAME_MAX));
    if let Some(fix) = &mut health.gnss {
        fix.quality = clipped(&fix.quality, NAME_MAX);
    }
    for heading in health.heading.iter_mut().chain(&mut health.trailer_heading) {
        heading.quality = clipped(&heading.quality, NAME_MAX);
    }
    if let Some(spool) = &mut health.spool {
        spool.state = clipped(&spool.state, NAME_MAX);
        spool.last = None;
    }
    if let Some(link) = &mut health.link {
        link.trouble = link.trouble.take().map(|why| clipped(&why, TEXT_MAX));
        link.receipted = None;
    }
    if let Some(corrections) = &mut health.corrections {
        corrections.trouble = corrections.trouble.take().map(|why| clipped(&why, TEXT_MAX));
        corrections.tally.messages.clear();
    }
    // Which switches are on is a second's word, told once in thirty.
    health.signals = None;
    health.time.clear();
    health
}

fn conn(bytes: &[u8]) -> Option<Conn> {
    let value: Value = serde_json::from_slice(bytes).ok()?;
    match value.get("state")?.as_str()? {
        "online" => Some(Conn::Online),
        "offline" => Some(Conn::Offline),
        "lost" => Some(Conn::Lost),
        _ => None,
    }
}

fn disk(bytes: &[u8]) -> Option<Disk> {
    let value: Value = serde_json::from_slice(bytes).ok()?;
    Some(Disk {
        state: clipped(value.get("state")?.as_str()?, NAME_MAX),
        room_min: value.get("room_min").and_then(Value::as_u64),
    })
}

/// At most so many characters, none of which steers anything: what ends a line, turns its direction or is not seen is a space.
fn clipped(text: &str, most: usize) -> String {
    let mut kept: String = text
        .chars()
        .take(most)
        .map(|c| if is_steering(c) { ' ' } else { c })
        .collect();
    if text.chars().nth(most).is_some() {
        kept.push('…');
    }
    kept
}

fn is_steering(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{00ad}' | '\u{061c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}
