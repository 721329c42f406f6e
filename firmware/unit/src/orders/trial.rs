//! A configuration that an order brought is on trial until it does what the one before it did; else the unit goes back.
//!
//! The problem: a baud rate with a slip in it is a faultless file, and the vehicle that took it over the network stands on the square
//! without a heading, or never comes back to be given a better one. The answer: what the old one produced when the order came is
//! written down beside the file before the new one takes its place. The new one has passed once the broker is reached and all of that is
//! there at one moment; where that is not so within the declared time, or the unit does not stay up for so long, or the file cannot even be
//! read, the old one takes its place again, and health and a second answer to the order say why. Who cuts the power
//! anywhere in between finds one of both, whole, and the paper that says which. While it is on trial the unit has no room for an
//! exam: it may begin anew at any moment. Deliberately not here: whether what is produced is true, and files changed by hand:
//! nobody's order, nobody's trial.
use super::configuration::{beside, write};
use super::{Answer, Outcome};
use crate::Config;
use crate::health::{Health, ON_TRIAL, hex};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// A unit that has begun so often on trial does not stay up with it.
const STARTS_MAX: u32 = 5;
/// What was said longer ago is no longer produced, milliseconds.
const FRESH_MS: i64 = 2_000;
/// A disk that refuses is asked again after this.
const AGAIN: Duration = Duration::from_secs(5);

/// What lies beside the configuration's file, from the order until the end of the trial; after going back until that was told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Paper {
    /// The order.
    id: String,
    /// Of the configuration on trial.
    digest: String,
    /// Of the one to go back to, which lies beside as `.old`.
    before: String,
    /// What that one produced when the order came.
    asks: BTreeSet<String>,
    /// Starts since.
    starts: u32,
    /// Why the unit goes back, or went.
    back: Option<Vec<String>>,
}

impl Paper {
    fn path(file: &Path) -> PathBuf {
        beside(file, "trial")
    }

    /// `None` where there is none; one that cannot be read is none, too.
    fn read(file: &Path) -> Option<Paper> {
        serde_json::from_slice(&fs::read(Paper::path(file)).ok()?).ok()
    }

    fn store(&self, file: &Path) -> io::Result<()> {
        write(&Paper::path(file), &serde_json::to_vec(self)?, true)
    }

    fn remove(file: &Path) {
        if let Err(e) = fs::remove_file(Paper::path(file)) {
            tracing::warn!("{}: {e}", Paper::path(file).display());
        }
    }

    /// The old one takes its place again. First why: where the power goes behind that, the next start goes on.
    fn go_back(mut self, file: &Path, why: Vec<String>) -> io::Result<()> {
        let old = fs::read(beside(file, "old"))?;
        if digest(&old) != self.before {
            return Err(io::Error::other("what lies beside it as .old is not what it replaced"));
        }
        tracing::error!(
            "配置试用失败，恢复原配置 / the configuration of order {} is taken back: {}",
            self.id,
            why.join("; ")
        );
        self.back = Some(why);
        self.store(file)?;
        write(file, &old, true)
    }
}

fn digest(bytes: &[u8]) -> String {
    hex(blake3::hash(bytes).as_bytes())
}

/// What a picture shows that arrives now.
pub fn produced(picture: &Health) -> BTreeSet<String> {
    let fresh = |ago: Option<i64>| ago.is_some_and(|ago| ago <= FRESH_MS);
    let words = [
        ("position", picture.gnss.as_ref().map(|fix| fix.ago_ms)),
        ("heading", picture.heading.as_ref().map(|heading| heading.ago_ms)),
        (
            "trailer's heading",
            picture.trailer_heading.as_ref().map(|heading| heading.ago_ms),
        ),
        ("attitude", picture.attitude.as_ref().map(|attitude| attitude.ago_ms)),
        ("signals", picture.signals.as_ref().map(|signals| signals.ago_ms)),
    ];
    let here = words.into_iter().filter(|(_, ago)| fresh(*ago));
    here.map(|(word, _)| word.to_owned()).collect()
}

/// Puts a text on trial in the place of `file`, whose own text stays beside it; while that is on trial itself, the one before it.
///
/// # Errors
/// The file system's. Then the old one is in its place.
pub fn put_on(file: &Path, id: &str, text: &str, asks: &BTreeSet<String>) -> io::Result<()> {
    // A link to the file stays a link.
    let file = fs::canonicalize(file)?;
    let now = fs::read(&file)?;
    let unproven = Paper::read(&file).filter(|paper| paper.back.is_none() && paper.digest == digest(&now));
    let (before, asks) = match unproven {
        Some(paper) => (paper.before, paper.asks),
        None => {
            write(&beside(&file, "old"), &now, true)?;
            (digest(&now), asks.clone())
        }
    };
    let paper = Paper {
        id: id.to_owned(),
        digest: digest(text.as_bytes()),
        before,
        asks,
        starts: 0,
        back: None,
    };
    paper.store(&file)?;
    write(&file, text.as_bytes(), true)
}

/// Before a unit reads its file: one that has begun too often on trial, or was cut off while it went back, goes back now.
pub fn begin(file: &Path) {
    let Some((file, paper, now)) = found(file) else { return };
    let done = match &paper.back {
        None if paper.digest != now => {
            // The power went before it was in place, or a person changed it.
            Paper::remove(&file);
            Ok(())
        }
        None if paper.starts >= STARTS_MAX => {
            let why = format!("the unit began {} times with it and did not stay up", paper.starts);
            paper.go_back(&file, vec![why])
        }
        None => Paper {
            starts: paper.starts + 1,
            ..paper
        }
        .store(&file),
        Some(why) if paper.digest == now => paper.clone().go_back(&file, why.clone()),
        Some(_) => Ok(()),
    };
    if let Err(e) = done {
        tracing::error!("{}: {e}", file.display());
    }
}

/// A file on trial that cannot be read goes back; whether it has.
pub fn is_taken_back(file: &Path) -> bool {
    let Some((file, paper, now)) = found(file) else {
        return false;
    };
    let why = vec!["it cannot be read".to_owned()];
    paper.digest == now && paper.go_back(&file, why).is_ok()
}

/// The real file, its paper, and the digest of what lies there.
fn found(file: &Path) -> Option<(PathBuf, Paper, String)> {
    let file = fs::canonicalize(file).ok()?;
    let paper = Paper::read(&file)?;
    let now = digest(&fs::read(&file).ok()?);
    Some((file, paper, now))
}

/// The trial as a running unit follows it.
#[derive(Debug)]
pub struct Trial {
    file: Option<PathBuf>,
    paper: Option<Paper>,
    ends: Instant,
    span: Duration,
    is_told: bool,
}

/// What a look came to.
#[derive(Debug, PartialEq, Eq)]
pub enum Step {
    /// Nothing to do.
    GoOn,
    /// It has passed: there is room for exams again.
    Passed,
    /// The old one is in its place: the unit must begin anew.
    Back,
}

impl Trial {
    /// Of a unit that has begun now.
    pub fn open(config: &Config) -> Trial {
        let own = hex(&config.digest);
        let file = config.file.as_ref().and_then(|file| fs::canonicalize(file).ok());
        let paper = file.as_ref().and_then(|file| Paper::read(file));
        let is_ours = |paper: &Paper| match paper.back {
            None => paper.digest == own,
            Some(_) => paper.before == own,
        };
        Trial {
            file,
            paper: paper.filter(is_ours),
            ends: Instant::now() + config.trial,
            span: config.trial,
            is_told: false,
        }
    }

    /// Whether the unit may begin anew by itself.
    pub fn is_on(&self) -> bool {
        self.paper.as_ref().is_some_and(|paper| paper.back.is_none())
    }

    /// Why the unit went back, for the order that began it; once, when somebody can hear it.
    pub fn answer(&mut self, is_connected: bool) -> Option<Answer> {
        let paper = self.paper.as_ref().filter(|_| is_connected && !self.is_told)?;
        let why = paper.back.clone()?;
        self.is_told = true;
        self.file.iter().for_each(|file| Paper::remove(file));
        Some(Answer {
            id: paper.id.clone(),
            kind: "configuration".into(),
            outcome: Outcome::Undone { why },
        })
    }

    /// Paints how it stands over a picture, and ends it where it ends.
    pub fn look(&mut self, picture: &mut Health, now: Instant) -> Step {
        let (Some(paper), Some(file)) = (&self.paper, &self.file) else {
            return Step::GoOn;
        };
        if let Some(why) = &paper.back {
            picture.configuration = Some(format!("order {} was taken back: {}", paper.id, why.join("; ")));
            return Step::GoOn;
        }
        let missing = missing(picture, &paper.asks);
        if missing.is_empty() {
            tracing::info!(
                "the configuration of order {} does what the one before it did",
                paper.id
            );
            Paper::remove(file);
            self.paper = None;
            return Step::Passed;
        }
        picture.configuration = Some(format!("order {} {ON_TRIAL}: {}", paper.id, missing.join("; ")));
        if now < self.ends {
            return Step::GoOn;
        }
        let within = |what: &String| format!("{what} within {} s", self.span.as_secs());
        match paper.clone().go_back(file, missing.iter().map(within).collect()) {
            Ok(()) => Step::Back,
            Err(e) => {
                tracing::error!("{}: {e}", file.display());
                self.ends = now + AGAIN;
                Step::GoOn
            }
        }
    }
}

/// What is not as it was before.
fn missing(picture: &Health, asks: &BTreeSet<String>) -> Vec<String> {
    let is_connected = picture.link.as_ref().is_some_and(|link| link.connected);
    let link = (!is_connected).then(|| "no connection to the broker".to_owned());
    let here = produced(picture);
    let others = asks
        .difference(&here)
        .map(|word| format!("no {word}, which there was before"));
    link.into_iter().chain(others).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::health::{Direction, Inertial, LinkHealth};

    const OLD: &str = "old = 1\n";
    const NEW: &str = "new = 1\n";

    /// A file with the old text, in a folder of its own.
    fn file() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("unit.toml");
        fs::write(&file, OLD).expect("written");
        (folder, file)
    }

    fn text(file: &Path) -> String {
        fs::read_to_string(file).expect("there")
    }

    fn asks(words: &[&str]) -> BTreeSet<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    fn trial(file: &Path, now: Instant) -> Trial {
        Trial {
            file: Some(file.to_owned()),
            paper: Paper::read(file),
            ends: now + Duration::from_secs(120),
            span: Duration::from_secs(120),
            is_told: false,
        }
    }

    fn picture(is_connected: bool, attitude_ago_ms: Option<i64>) -> Health {
        Health {
            link: Some(LinkHealth {
                connected: is_connected,
                ..LinkHealth::default()
            }),
            heading: Some(Direction::default()),
            attitude: attitude_ago_ms.map(|ago_ms| Inertial {
                ago_ms,
                ..Inertial::default()
            }),
            ..Health::default()
        }
    }

    #[test]
    fn it_passes_once_all_is_there_that_was_and_the_broker_is_reached() {
        let (_folder, file) = file();
        put_on(&file, "c1", NEW, &asks(&["attitude", "heading"])).expect("put");
        let now = Instant::now();
        let mut trial = trial(&file, now);
        for (is_connected, attitude, wanted) in [
            (false, Some(2_000), "no connection to the broker"),
            (true, None, "no attitude, which there was before"),
            (true, Some(2_001), "no attitude"),
        ] {
            let mut picture = picture(is_connected, attitude);
            assert_eq!(trial.look(&mut picture, now), Step::GoOn);
            assert!(trial.is_on() && picture.is_on_trial());
            let said = picture.configuration.expect("said");
            assert!(said.contains("order c1 is on trial") && said.contains(wanted), "{said}");
        }
        assert_eq!(trial.look(&mut picture(true, Some(2_000)), now), Step::Passed);
        assert!(!trial.is_on() && Paper::read(&file).is_none());
        assert_eq!(
            trial.look(&mut picture(false, None), now + Duration::from_secs(900)),
            Step::GoOn
        );
        assert_eq!(text(&file), NEW);
    }

    #[test]
    fn it_goes_back_at_its_end_and_says_so_once_somebody_hears_it() {
        let (_folder, file) = file();
        put_on(&file, "c1", NEW, &asks(&["attitude"])).expect("put");
        let begun = Instant::now();
        let mut trial = trial(&file, begun);
        let just_before = begun + Duration::from_millis(119_999);
        assert_eq!(trial.look(&mut picture(false, None), just_before), Step::GoOn);
        assert_eq!(text(&file), NEW);
        let end = begun + Duration::from_secs(120);
        assert_eq!(trial.look(&mut picture(false, None), end), Step::Back);
        assert_eq!(text(&file), OLD);
        begin(&file);
        let mut after = self::trial(&file, end);
        assert!(!after.is_on());
        let mut picture = picture(true, None);
        assert_eq!(after.look(&mut picture, end), Step::GoOn);
        assert!(!picture.is_on_trial());
        assert!(picture.configuration.expect("said").contains("order c1 was taken back"));
        assert_eq!(after.answer(false), None);
        let why = [
            "no connection to the broker within 120 s",
            "no attitude, which there was before within 120 s",
        ];
        let outcome = Outcome::Undone {
            why: why.map(str::to_owned).into(),
        };
        assert_eq!(
            after.answer(true).map(|answer| (answer.id, answer.outcome)),
            Some(("c1".into(), outcome))
        );
        assert_eq!((after.answer(true), Paper::read(&file)), (None, None));
    }

    #[test]
    fn a_unit_that_does_not_stay_up_goes_back_before_it_reads_its_file() {
        let (_folder, file) = file();
        put_on(&file, "c1", NEW, &asks(&[])).expect("put");
        for _ in 0..STARTS_MAX {
            begin(&file);
            assert_eq!(text(&file), NEW);
        }
        begin(&file);
        assert_eq!(text(&file), OLD);
        begin(&file);
        assert!(trial(&file, Instant::now()).answer(true).is_some(), "and it is told");
        put_on(&file, "c2", NEW, &asks(&[])).expect("put");
        assert!(is_taken_back(&file), "one that this program cannot read");
        assert_eq!(text(&file), OLD);
    }

    /// The power goes between any two steps: what is found is whole, and the next start knows what to do.
    #[test]
    fn the_power_may_go_between_any_two_steps() {
        let (_folder, file) = file();
        put_on(&file, "c1", NEW, &asks(&[])).expect("put");
        let paper = Paper::read(&file).expect("a paper");
        // The paper is there and the new text is not.
        fs::write(&file, OLD).expect("written");
        begin(&file);
        assert_eq!((text(&file).as_str(), Paper::read(&file)), (OLD, None));
        // Why it goes back is there and the old text is not.
        fs::write(&file, NEW).expect("written");
        let back = Paper {
            back: Some(vec!["x".into()]),
            ..paper
        };
        back.store(&file).expect("stored");
        begin(&file);
        assert_eq!(text(&file), OLD);
        assert!(trial(&file, Instant::now()).answer(true).is_some());
        // What a power cut left of a write beside is in nobody's way.
        fs::write(beside(&file, "trial.new"), "{").expect("written");
        fs::write(beside(&file, "new"), "half").expect("written");
        put_on(&file, "c2", NEW, &asks(&[])).expect("put");
        assert_eq!((text(&file).as_str(), text(&beside(&file, "old")).as_str()), (NEW, OLD));
    }

    #[test]
    fn a_second_order_on_trial_goes_back_to_the_last_good_one_and_nobody_s_file_is_overwritten() {
        let (_folder, file) = file();
        put_on(&file, "c1", NEW, &asks(&["heading"])).expect("put");
        put_on(&file, "c2", "newer = 1\n", &asks(&[])).expect("put");
        let paper = Paper::read(&file).expect("a paper");
        assert_eq!((paper.before, paper.asks), (digest(OLD.as_bytes()), asks(&["heading"])));
        assert_eq!(text(&beside(&file, "old")), OLD);
        // Somebody mends the file at the vehicle: no trial is his.
        fs::write(&file, "by hand").expect("written");
        begin(&file);
        assert_eq!((text(&file).as_str(), Paper::read(&file)), ("by hand", None));
        // Without the old one there is nothing to go back to.
        put_on(&file, "c3", NEW, &asks(&[])).expect("put");
        fs::write(beside(&file, "old"), "another").expect("written");
        assert!(!is_taken_back(&file));
        assert_eq!(text(&file), NEW);
    }
}
