//! What is wrong with a device by its own words, and what to do about it.
//!
//! The problem: a page full of figures tells nobody whether the exam may begin. The answer: each thing that makes exams void, keeps one from
//! beginning, or must be known is a fault with three texts of the catalogue under one name: what it is (`fault-`), in a word
//! (`short-`), and what mends it (`mend-`). Who is away is asked nothing else, nor is a silent line. Bounds are the unit's own rhythm, what its own
//! page shows in red, and what the site's documents say. A field node has no receiver, and is asked for none.
//!
//! Deliberately not here: figures (the page shows them), and any word on the exam that runs.
use super::State;
use super::roster::{Mount, Role, Roster};
use super::words::{Conn, Refused, Words};
use crate::texts::{Said, catalogue, say_both};
use kaoguan_unit::batcher::PERIOD_US;
use kaoguan_unit::health::{Direction, Fix, Health, OLD_MS, PortHealth, SAID_EACH};
use kaoguan_unit::link::BEHIND;
use kaoguan_unit::ntrip;

/// A unit that said nothing for three of its rounds is not late: it is silent. Microseconds.
pub const SILENT_US: i64 = 3 * SAID_EACH.as_micros() as i64;
/// Rates are of the last five seconds; before that nobody knows what is missing. Seconds of a unit's life.
const YOUNG_S: i64 = 6;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// How much.
    pub state: State,
    /// Its name behind `fault-`, `short-` and `mend-`.
    pub name: &'static str,
    /// What stands in its texts.
    pub values: Vec<(&'static str, Said)>,
}

impl Fault {
    fn new(state: State, name: &'static str) -> Fault {
        Fault {
            state,
            name,
            values: Vec::new(),
        }
    }

    fn with(mut self, name: &'static str, value: Said) -> Fault {
        self.values.push((name, value));
        self
    }

    /// What it is.
    pub fn said(&self) -> Said {
        self.text("fault")
    }

    /// In a word.
    pub fn short(&self) -> Said {
        self.text("short")
    }

    /// What mends it.
    pub fn remedy(&self) -> Said {
        self.text("mend")
    }

    fn text(&self, kind: &str) -> Said {
        say_both(&format!("{kind}-{}", self.name), &self.values)
    }
}

/// Everything, the worst first.
pub fn of(role: &Role<'_>, roster: &Roster, words: &Words, now_us: i64) -> Vec<Fault> {
    let is_now = |at_us| now_us.saturating_sub(at_us) <= SILENT_US;
    let picture = words.health.as_ref().filter(|health| is_now(health.at_us));
    let mut faults = match (absence(words, now_us), picture) {
        (Some(away), _) => return vec![away],
        (None, Some(health)) => {
            let mut faults = of_picture(role, roster, words, &health.said);
            if !health.is_live {
                faults.push(Fault::new(State::Unknown, "retained").with("seconds", number(SAID_EACH.as_secs())));
            }
            faults
        }
        (None, None) if words.unread.is_none() => vec![Fault::new(State::Unknown, "unheard")],
        (None, None) => Vec::new(),
    };
    faults.extend(unread(words));
    faults.sort_by_key(|fault| std::cmp::Reverse(fault.state));
    faults
}

/// Why nothing else is asked: it is not there.
fn absence(words: &Words, now_us: i64) -> Option<Fault> {
    let health = words.health.as_ref();
    // The broker's word on an old connection may come when the unit is back and speaks.
    let is_back = |at_us| health.is_some_and(|health| health.is_live && health.at_us > at_us);
    let conn = words.conn.as_ref().filter(|conn| !is_back(conn.at_us));
    match conn.map(|conn| conn.said) {
        Some(Conn::Lost) => return Some(Fault::new(State::Bad, "lost")),
        Some(Conn::Offline) => return Some(Fault::new(State::Bad, "offline")),
        Some(Conn::Online) | None => {}
    }
    // Who speaks and is not understood is not silent; but what he said before is no news.
    let unread_us = words.unread.as_ref().map(|word| word.at_us);
    let age_us = now_us.saturating_sub(health.map(|word| word.at_us).max(unread_us)?);
    let silent = Fault::new(State::Bad, "stale").with("seconds", number(SILENT_US / 1_000_000));
    (age_us > SILENT_US).then_some(silent)
}

/// Another program's word, mostly.
fn unread(words: &Words) -> Option<Fault> {
    let why = match words.unread.as_ref()?.said {
        Refused::TooLarge(_) => "too-large",
        Refused::Another => "another",
        Refused::Unreadable | Refused::TooMany => "unreadable",
    };
    Some(Fault::new(State::Doubtful, "unread").with("why", say_both(&format!("unread-{why}"), &[])))
}

fn of_picture(role: &Role<'_>, roster: &Roster, words: &Words, health: &Health) -> Vec<Fault> {
    let mut faults: Vec<Fault> = health.ports.iter().filter_map(silent).collect();
    faults.extend(disk(roster, words, health));
    faults.extend(configuration(health));
    faults.extend(corrections(health));
    faults.extend(backlog(health));
    match role {
        Role::Vehicle(mount) => faults.extend(sensed(mount, roster, health)),
        Role::Node(_) => faults.extend(node(roster, words, health)),
    }
    faults
}

fn silent(line: &PortHealth) -> Option<Fault> {
    let why = named("silent", line.silent.as_ref()?);
    let fault = Fault::new(State::Bad, "silent").with("line", named("line", &line.port));
    Some(fault.with("why", why))
}

/// The engine refuses an exam by the same words ([`crate::units`]).
fn disk(roster: &Roster, words: &Words, health: &Health) -> Option<Fault> {
    let own = health.spool.as_ref().map(|spool| spool.state.as_str());
    let said = words.disk.as_ref().map(|disk| &disk.said);
    match said.map(|disk| disk.state.as_str()).or(own) {
        Some("disk_full") => return Some(Fault::new(State::Bad, "disk-full")),
        Some("disk_error") => return Some(Fault::new(State::Bad, "disk-error")),
        Some("receipt_impossible") => return Some(Fault::new(State::Bad, "receipt")),
        _ => {}
    }
    // On trial it says that there is none, whatever its disk has.
    let minutes = said?.room_min.filter(|_| !health.is_on_trial())?;
    let fault = Fault::new(State::Bad, "room").with("minutes", number(minutes));
    (minutes < roster.room_min).then(|| fault.with("wanted", number(roster.room_min)))
}

fn configuration(health: &Health) -> Option<Fault> {
    let why = foreign(health.configuration.as_ref()?);
    let (state, name) = match health.is_on_trial() {
        true => (State::Bad, "trial"),
        false => (State::Doubtful, "undone"),
    };
    Some(Fault::new(state, name).with("why", why))
}

/// Of those that come through this unit.
fn corrections(health: &Health) -> Option<Fault> {
    let corrections = health.corrections.as_ref()?;
    let most_ms = i64::try_from(ntrip::session::SILENCE.as_millis()).unwrap_or(i64::MAX);
    if !corrections.is_up {
        let why = corrections.trouble.as_deref().unwrap_or("-");
        return Some(Fault::new(State::Bad, "corrections").with("why", foreign(why)));
    }
    // Before the first frame: since the connection came up.
    let quiet_ms = corrections.quiet_ms.or(corrections.up_ms)?;
    let fault = Fault::new(State::Bad, "corrections-quiet").with("seconds", number(quiet_ms / 1_000));
    (quiet_ms > most_ms).then_some(fault)
}

/// Where the unit itself begins to say apart what it sees now.
fn backlog(health: &Health) -> Option<Fault> {
    let waiting = health.link.as_ref()?.waiting?;
    let seconds = waiting.saturating_mul(PERIOD_US.unsigned_abs()) / 1_000_000;
    (waiting > BEHIND).then(|| Fault::new(State::Doubtful, "behind").with("seconds", number(seconds)))
}

/// What a unit that has just begun does not have yet is on its way.
fn sensed(mount: &Mount, roster: &Roster, health: &Health) -> Vec<Fault> {
    let faults = vehicle(mount, roster, health);
    match health.uptime_s < YOUNG_S && !faults.is_empty() {
        true => vec![Fault::new(State::Unknown, "young")],
        false => faults,
    }
}

fn vehicle(mount: &Mount, roster: &Roster, health: &Health) -> Vec<Fault> {
    let mut faults = Vec::new();
    let line = |name: &str| health.ports.iter().find(|line| line.port == name);
    let hears = |name: &str| line(name).is_some_and(|line| line.silent.is_none());
    match line("receiver") {
        None => faults.push(Fault::new(State::Bad, "no-receiver")),
        Some(receiver) if receiver.silent.is_none() => {
            faults.extend(position(roster, health));
            faults.extend(direction(health.heading.as_ref(), ["no-heading", "heading"]));
            if health.utc_us.is_none() && health.gnss.is_some() {
                faults.push(Fault::new(State::Bad, "no-time"));
            }
        }
        Some(_) => {}
    }
    if mount.has_trailer && line("trailer").is_none() {
        faults.push(Fault::new(State::Bad, "no-trailer"));
    } else if mount.has_trailer && hears("trailer") {
        let names = ["no-trailer-heading", "trailer-heading"];
        faults.extend(direction(health.trailer_heading.as_ref(), names));
    }
    let is_level = health.attitude.as_ref().is_some_and(|said| said.ago_ms <= OLD_MS);
    if hears("attitude") && !is_level {
        faults.push(Fault::new(State::Bad, "no-attitude"));
    }
    faults
}

/// What the engine would not believe of the last position, by the site's own edition.
fn position(roster: &Roster, health: &Health) -> Vec<Fault> {
    if let Some(why) = &health.no_fix {
        return vec![Fault::new(State::Bad, "no-fix").with("why", named("nofix", why))];
    }
    match health.gnss.as_ref().filter(|fix| fix.ago_ms <= OLD_MS) {
        None => vec![Fault::new(State::Bad, "no-position")],
        Some(fix) => [quality(fix), age(fix, roster), sigma(fix, roster), velocity(fix)]
            .into_iter()
            .flatten()
            .collect(),
    }
}

fn quality(fix: &Fix) -> Option<Fault> {
    let state = state_of(&fix.quality)?;
    let fault = Fault::new(state, "quality").with("quality", named("quality", &fix.quality));
    Some(fault.with("satellites", number(fix.satellites)))
}

fn age(fix: &Fix, roster: &Roster) -> Option<Fault> {
    let is_fixed = state_of(&fix.quality).is_none();
    match fix.age_ms {
        None => is_fixed.then(|| Fault::new(State::Bad, "no-age")),
        Some(age_ms) if age_ms > roster.age_max_ms => {
            let fault = Fault::new(State::Bad, "age").with("seconds", number(age_ms / 1_000));
            Some(fault.with("most", number(roster.age_max_ms / 1_000)))
        }
        Some(_) => None,
    }
}

fn sigma(fix: &Fix, roster: &Roster) -> Option<Fault> {
    let Some(sigma) = fix.sigma_tenth_mm else {
        return Some(Fault::new(State::Bad, "no-sigma"));
    };
    // One that is not fixed is vague, and that it is not fixed has been said.
    let is_fixed = state_of(&fix.quality).is_none();
    let fault = Fault::new(State::Doubtful, "sigma").with("mm", number(sigma / 10));
    (is_fixed && sigma > roster.sigma_max_tenth_mm).then(|| fault.with("most", number(roster.sigma_max_tenth_mm / 10)))
}

fn velocity(fix: &Fix) -> Option<Fault> {
    fix.speed_mm_s.is_none().then(|| Fault::new(State::Bad, "no-velocity"))
}

/// Names: where there is none, and where it is not exact.
fn direction(said: Option<&Direction>, [none, vague]: [&'static str; 2]) -> Option<Fault> {
    let Some(said) = said.filter(|said| said.ago_ms <= OLD_MS) else {
        return Some(Fault::new(State::Bad, none));
    };
    let state = state_of(&said.quality)?;
    Some(Fault::new(state, vague).with("quality", named("quality", &said.quality)))
}

/// As the unit's own page colours a quality: what floats may be fixed in a moment.
fn state_of(quality: &str) -> Option<State> {
    match quality {
        "fixed" => None,
        "float" => Some(State::Doubtful),
        _ => Some(State::Bad),
    }
}

/// What it says must be dated, by the site's own clock, and not come later than an exam waits.
fn node(roster: &Roster, words: &Words, health: &Health) -> Option<Fault> {
    if !roster.is_time_told {
        return Some(Fault::new(State::Bad, "untold"));
    }
    let Some(said_us) = health.utc_us else {
        return Some(Fault::new(State::Bad, "untimed"));
    };
    let heard = words.health.as_ref().filter(|heard| heard.is_live)?;
    let off_us = heard.at_us.saturating_sub(said_us).saturating_abs();
    (off_us > roster.node_wait_us).then(|| Fault::new(State::Bad, "untimed"))
}

/// A unit's own word in both languages, where the catalogue has it under this prefix; else as it stands.
fn named(prefix: &str, word: &str) -> Said {
    let key = format!("{prefix}-{}", kebab(word));
    match catalogue().zh.contains_key(&key) {
        true => say_both(&key, &[]),
        false => foreign(word),
    }
}

/// A unit's own words inside a sentence, isolated as Fluent does it (FSI, PDI): they may be written from right to left, and must not turn
/// round the numbers beside them.
fn foreign(word: &str) -> Said {
    Said::same(&format!("\u{2068}{word}\u{2069}"))
}

/// `NoBytes` and `dead_reckoning` as the catalogue's keys have them.
fn kebab(word: &str) -> String {
    let mut key = String::new();
    for (at, c) in word.chars().enumerate() {
        match c {
            '_' => key.push('-'),
            c if c.is_ascii_uppercase() => {
                if at > 0 {
                    key.push('-');
                }
                key.push(c.to_ascii_lowercase());
            }
            c => key.push(c),
        }
    }
    key
}

fn number(value: impl ToString) -> Said {
    Said::same(&value.to_string())
}
