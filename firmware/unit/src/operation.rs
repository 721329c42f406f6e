//! What keeps a running unit in people's hands: its picture, systemd's watchdog, and the engine's orders.
//!
//! The problem: the one loop must stay readable, and none of this may delay a byte. The answer: all of it hangs here, looked
//! at once a second between two events. The picture goes to the local socket each second, and over MQTT each half
//! minute, or five seconds after a change of what matters. Deliberately not here: measuring ([`crate::health`]), obeying
//! ([`crate::orders`]).
use crate::config::Config;
use crate::health::{self, Health, LinkHealth, Machine, SpoolHealth};
use crate::link::{Command, Link, Told, Word};
use crate::local::{self, Local};
use crate::orders::trial::{self, Step, Trial};
use crate::orders::{Answer, CLOCK_FLOOR_US, Orders, Then};
use crate::shell::Shell;
use crate::spool::{Place, Spool};
use crate::vitals::Watchdog;
use std::collections::BTreeSet;
use std::time::{Duration, Instant, SystemTime};
use tokio::time::{Interval, MissedTickBehavior, interval};

/// A look each.
const LOOK: Duration = Duration::from_secs(1);
/// The picture goes over the network at most so often, when something matters.
const PUBLISH_LEAST: Duration = Duration::from_secs(5);

/// What the loop has to do.
#[derive(Debug)]
pub enum Due {
    /// A second is over.
    Look,
    /// An order that took its time is done.
    Answer(Answer),
}

/// All of it.
#[derive(Debug)]
pub struct Operation {
    looks: Interval,
    who: Health,
    config: Config,
    local: Local,
    watchdog: Watchdog,
    orders: Orders,
    trial: Trial,
    /// What arrived at the last look.
    produced: BTreeSet<String>,
    published: Option<(Instant, String)>,
}

impl Operation {
    /// Of a unit that is up; systemd is told so.
    pub fn start(config: &Config, spool: &Spool, link: &Link) -> Operation {
        let mut looks = interval(LOOK);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let who = Health {
            boot: Some(spool.desk().boot()),
            ..health::of(config)
        };
        let vitals = [spool.vital()].into_iter().chain(link.vitals()).collect();
        let watchdog = Watchdog::new(vitals);
        watchdog.ready();
        if let Some(tls) = &config.mqtt.tls {
            tls.dates(rustls::pki_types::UnixTime::now())
                .iter()
                .for_each(|date| tracing::warn!("tls: {date}"));
        }
        let trial = Trial::open(config);
        link.on_trial(trial.is_on());
        Operation {
            looks,
            who,
            config: config.clone(),
            local: Local::open(local::path(config)),
            watchdog,
            orders: Orders::new(config),
            trial,
            produced: BTreeSet::new(),
            published: None,
        }
    }

    /// What is due next. May be cancelled.
    pub async fn due(&mut self) -> Due {
        tokio::select! {
            _ = self.looks.tick() => Due::Look,
            answer = self.orders.answer() => Due::Answer(answer),
        }
    }

    /// Does it.
    pub fn go_on(&mut self, due: &Due, shell: &mut Shell, spool: &Spool, link: &Link) -> Then {
        match due {
            Due::Look => return self.look(shell, spool, link),
            Due::Answer(answer) => tell(answer, link),
        }
        Then::GoOn
    }

    /// Looks at everything, and tells who should know.
    fn look(&mut self, shell: &mut Shell, spool: &Spool, link: &Link) -> Then {
        let mut picture = self.who.clone();
        shell.paint(&mut picture, &self.config);
        picture.clock_ahead_ms = picture.utc_us.and_then(clock_ahead_ms);
        picture.spool = Some(spool_health(&self.config, spool));
        let last = *spool.desk().synced.borrow();
        picture.link = Some(link_health(&link.told(), last));
        picture.machine = Machine::look();
        self.produced = trial::produced(&picture);
        let step = self.try_out(&mut picture, link);
        self.local.show(&picture);
        self.watchdog.look(Instant::now(), &picture.line());
        self.publish(&picture, link);
        step
    }

    /// A configuration on trial: has it passed, does the unit go back, is somebody to be told that it went?
    fn try_out(&mut self, picture: &mut Health, link: &Link) -> Then {
        let is_connected = picture.link.as_ref().is_some_and(|link| link.connected);
        let step = self.trial.look(picture, Instant::now());
        link.on_trial(self.trial.is_on());
        if let Some(answer) = self.trial.answer(is_connected) {
            self.orders.note(&answer);
            tell(&answer, link);
        }
        match step {
            Step::Back => Then::Restart,
            Step::GoOn | Step::Passed => Then::GoOn,
        }
    }

    fn publish(&mut self, picture: &Health, link: &Link) {
        if !picture.link.as_ref().is_some_and(|link| link.connected) {
            // The next connection hears of it at once.
            self.published = None;
            return;
        }
        let matters = matters(picture);
        let now = Instant::now();
        if let Ok(text) = serde_json::to_string(picture)
            && is_due(self.published.as_ref(), now, &matters)
        {
            link.say(Word::Health(text));
            self.published = Some((now, matters));
        }
    }

    /// Obeys an order, and answers it.
    pub fn obey(&mut self, command: &Command, shell: &Shell, link: &Link) -> Then {
        let (answer, then) = self.orders.take(command, shell.event(), &self.produced);
        if let Some(answer) = answer {
            tell(&answer, link);
        }
        then
    }

    /// The unit is going down.
    pub fn stop(self) {
        self.watchdog.stopping();
    }
}

fn tell(answer: &Answer, link: &Link) {
    if let Ok(text) = serde_json::to_string(answer) {
        link.say(Word::Answer(text));
    }
}

/// Whether a picture goes over the network, after the one before.
fn is_due(before: Option<&(Instant, String)>, now: Instant, matters: &str) -> bool {
    before.is_none_or(|(at, mattered)| {
        let age = now.saturating_duration_since(*at);
        age >= health::SAID_EACH || (age >= PUBLISH_LEAST && mattered != matters)
    })
}

/// What is told at once when it changes: who is silent, the fix and the heading, whether there is a time, the corrections, the disk, a
/// configuration on trial.
fn matters(picture: &Health) -> String {
    let ports = picture
        .ports
        .iter()
        .map(|port| format!("{}:{:?} ", port.port, port.silent))
        .collect::<String>();
    let quality = picture.gnss.as_ref().map(|fix| fix.quality.as_str());
    let heading = picture.heading.as_ref().map(|heading| heading.quality.as_str());
    let trailer = picture.trailer_heading.as_ref().map(|heading| heading.quality.as_str());
    let is_timed = picture.utc_us.is_some();
    let is_corrected = picture.corrections.as_ref().map(|corrections| corrections.is_up);
    let spool = picture.spool.as_ref().map(|spool| spool.state.as_str());
    format!(
        "{ports}{quality:?}{heading:?}{trailer:?}{is_timed}{is_corrected:?}{:?}{spool:?}{:?}",
        picture.no_fix, picture.configuration
    )
}

/// Of a clock that is set at all.
fn clock_ahead_ms(event_us: i64) -> Option<i64> {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).ok()?;
    let clock_us = i64::try_from(since.as_micros())
        .ok()
        .filter(|us| *us >= CLOCK_FLOOR_US)?;
    Some(clock_us.saturating_sub(event_us) / 1_000)
}

fn spool_health(config: &Config, spool: &Spool) -> SpoolHealth {
    let desk = spool.desk();
    let status = *desk.status.borrow();
    let last = *desk.synced.borrow();
    SpoolHealth {
        state: status.condition.name().to_owned(),
        dropped_samples: status.dropped_samples,
        last: last.map(|place| place.to_string()),
        max_bytes: config.spool_max,
        room_bytes: health::room(&config.spool),
    }
}

fn link_health(told: &Told, last: Option<Place>) -> LinkHealth {
    let receipted = told.receipted.map(|(place, _)| place);
    let waiting = match (last, receipted) {
        (Some(last), Some(have)) if last.boot == have.boot => Some(last.no.saturating_sub(have.no)),
        _ => None,
    };
    LinkHealth {
        connected: told.connected,
        connections: told.connections,
        trouble: told.trouble.clone(),
        receipted: receipted.map(|place| place.to_string()),
        waiting,
        receipt_ago_ms: told
            .receipted
            .and_then(|(_, at)| i64::try_from(at.elapsed().as_millis()).ok()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_published_each_half_minute_and_no_news_more_often_than_each_five_seconds() {
        let begin = Instant::now();
        let before = (begin, "fixed".to_owned());
        let due = |seconds: u64, matters: &str| is_due(Some(&before), begin + Duration::from_secs(seconds), matters);
        assert!(is_due(None, begin, "fixed"));
        assert!(!due(29, "fixed") && due(30, "fixed"));
        assert!(!due(4, "silent") && due(5, "silent"));
    }

    /// What an examiner must not begin an exam with is told within seconds, both ways.
    #[test]
    fn a_lost_heading_the_first_time_and_corrections_that_end_are_news() {
        let heading = |quality: &str| {
            Some(health::Direction {
                quality: quality.into(),
                ..health::Direction::default()
            })
        };
        let corrections = |is_up| {
            Some(crate::ntrip::State {
                is_up,
                ..crate::ntrip::State::default()
            })
        };
        let good = Health {
            heading: heading("fixed"),
            utc_us: Some(1),
            corrections: corrections(true),
            ..Health::default()
        };
        let others = [
            Health {
                heading: None,
                ..good.clone()
            },
            Health {
                heading: heading("float"),
                ..good.clone()
            },
            Health {
                utc_us: None,
                ..good.clone()
            },
            Health {
                corrections: corrections(false),
                ..good.clone()
            },
        ];
        for other in others {
            assert_ne!(matters(&other), matters(&good), "{other:?}");
        }
        let later = Health {
            uptime_s: 9,
            utc_us: Some(2),
            ..good.clone()
        };
        assert_eq!(matters(&later), matters(&good));
    }
}
