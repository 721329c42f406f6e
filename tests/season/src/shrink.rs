//! The smallest day on which something still goes the same way.
//!
//! The problem: a wrong judgement comes out of a day with a dozen faults, noises and spells, and nobody sees why. The
//! answer: whatever can be taken away without changing what became of the encounter is taken away: the rider's other
//! faults, each part of the weather, the errors of the installation; then the bytes after and before it. What is left is
//! saved as a run that the simulator can play, with the truth beside it.
use crate::day::{Case, Grounds, rows};
use crate::row::{Day, Outcome, Row};
use anyhow::{Context, Result, bail};
use clap::Args;
use kaoguan_exam::Answer;
use kaoguan_sim::driver::{Faults, named};
use kaoguan_sim::replay::Recorder;
use kaoguan_sim::sensors::Chunk;
use kaoguan_sim::sensors::weather::{STILL, Weather};
use kaoguan_tests::door::Way;
use kaoguan_tests::river::River;
use std::fs;
use std::path::{Path, PathBuf};

/// A cut is not made finer than this, microseconds.
const CUT_US: i64 = 500_000;

/// Which encounter.
#[derive(Args)]
pub struct Wanted {
    /// The class that is examined
    #[arg(long, default_value = "E", value_parser = crate::class_named)]
    class: String,
    /// exam or close
    #[arg(long, value_parser = day_named)]
    day: Day,
    /// The day's seed
    #[arg(long)]
    seed: u64,
    /// The day's weather
    #[arg(long, value_parser = crate::weather_named)]
    weather: Weather,
    /// Site and ride, like hill#1
    #[arg(long)]
    place: String,
    /// The rule, like hill_start.rolled_back
    #[arg(long)]
    rule: String,
    /// Where the run goes
    #[arg(long)]
    out: PathBuf,
}

fn day_named(name: &str) -> Result<Day, String> {
    Day::of(name).ok_or_else(|| format!("\"{name}\" is neither exam nor close"))
}

/// What must stay as it is.
struct Goal<'w> {
    wanted: &'w Wanted,
    expected: String,
    outcome: Outcome,
}

impl Goal<'_> {
    /// The row of the encounter, if it still has its outcome.
    fn met<'r>(&self, rows: &'r [Row]) -> Option<&'r Row> {
        rows.iter().find(|row| {
            (&row.place, &row.rule) == (&self.wanted.place, &self.wanted.rule)
                && (&row.expected, row.outcome) == (&self.expected, self.outcome)
        })
    }
}

/// Shrinks a day and saves what is left.
///
/// # Errors
/// Where the day has no such encounter, and those of the disk.
pub fn shrink(wanted: &Wanted) -> Result<()> {
    let grounds = Grounds::of_class(&wanted.class).context("no ground")?;
    let mut case = Case::of(&grounds, wanted.day, &wanted.weather, wanted.seed);
    let first = rows(&grounds, &case, &case.ride(&grounds, Way::Samples));
    let row = first
        .iter()
        .find(|row| (&row.place, &row.rule) == (&wanted.place, &wanted.rule));
    let Some(row) = row else {
        let places: Vec<String> = first.iter().map(|row| format!("{} {}", row.place, row.rule)).collect();
        bail!(
            "that day has no {} at {}; it has\n  {}",
            wanted.rule,
            wanted.place,
            places.join("\n  ")
        );
    };
    println!("{}", row.line());
    let goal = Goal {
        wanted,
        expected: row.expected.clone(),
        outcome: row.outcome,
    };
    let mut taken = Vec::new();
    for (what, smaller) in smaller(&case) {
        let mut tried = case;
        smaller(&mut tried);
        if tried != case
            && goal
                .met(&rows(&grounds, &tried, &tried.ride(&grounds, Way::Samples)))
                .is_some()
        {
            println!("without {what}");
            taken.push(what);
            case = tried;
        }
    }
    let (river, whole) = record(&grounds, &case);
    let cut = cut(&grounds, &case, &goal, &river, &whole);
    save(wanted, &case, &goal, &river, cut, &taken)
}

type Smaller = Box<dyn Fn(&mut Case)>;

/// What may be taken away, one by one.
fn smaller(case: &Case) -> Vec<(String, Smaller)> {
    let mut all: Vec<(String, Smaller)> = Vec::new();
    let mut add = |what: String, smaller: Smaller| all.push((what, smaller));
    for fault in case.rider.faults.iter() {
        let without = move |case: &mut Case| {
            case.rider.faults = Faults::of(case.rider.faults.iter().filter(|have| *have != fault));
        };
        add(format!("{fault:?}"), Box::new(without));
    }
    if let Some(flawless) = named("flawless") {
        add(
            "their manners".into(),
            Box::new(|case| case.rider.manners = flawless.manners),
        );
    }
    for spell in case.weather.spells {
        let without = move |case: &mut Case| {
            let left: Vec<_> = case
                .weather
                .spells
                .iter()
                .filter(|have| *have != spell)
                .copied()
                .collect();
            // A command that shrinks one day may keep these few bytes.
            case.weather.spells = Box::leak(left.into_boxed_slice());
        };
        add(format!("spells {:?}", spell.0), Box::new(without));
    }
    add(
        "power that goes away".into(),
        Box::new(|case| case.weather.brown_out = None),
    );
    add("doubled delivery".into(), Box::new(|case| case.weather.doubled = false));
    add("multipath".into(), Box::new(|case| case.weather.multipath = 0.0));
    add(
        "the base's move".into(),
        Box::new(|case| case.weather.base_moved = [0.0; 3]),
    );
    add(
        "the clock's step".into(),
        Box::new(|case| case.weather.clock_step_s = 0.0),
    );
    add("vibration".into(), Box::new(|case| case.weather.vibration = 0.0));
    add("the gyro's walk".into(), Box::new(|case| case.weather.gyro_walk = 0.0));
    add("lying contacts".into(), Box::new(|case| case.weather.bounce = 0.0));
    add(
        "phantom hits".into(),
        Box::new(|case| case.weather.phantom_hits_s = None),
    );
    add(
        "the receiver's white noise".into(),
        Box::new(|case| case.weather.white = STILL.white),
    );
    add(
        "the receiver's wandering".into(),
        Box::new(|case| case.weather.slow = STILL.slow),
    );
    add(
        "noise of the velocity".into(),
        Box::new(|case| case.weather.velocity = STILL.velocity),
    );
    add(
        "noise of the heading".into(),
        Box::new(|case| case.weather.heading = STILL.heading),
    );
    add(
        "errors of the antennas' places".into(),
        Box::new(|case| case.installation.antenna = 0.0),
    );
    add(
        "the sensor's tilt".into(),
        Box::new(|case| case.installation.tilt_deg = 0.0),
    );
    add(
        "errors of the survey".into(),
        Box::new(|case| case.installation.survey = 0.0),
    );
    all
}

/// The shortest stretch of bytes that still does it: first without the end, then without the beginning.
fn cut<'c>(grounds: &Grounds, case: &Case, goal: &Goal<'_>, river: &River, whole: &'c [Chunk]) -> &'c [Chunk] {
    let does = |chunks: &[Chunk]| {
        let settings = case.settings();
        let mut played = River::replay(
            grounds.config(),
            case.ground(grounds),
            chunks,
            case.seed,
            &settings,
            Answer::Dismiss,
        );
        played.truth = river.truth.clone();
        // Where nothing was said, the item must still have been seen.
        let site = goal.wanted.place.split('#').next();
        let board = played.exam.board();
        let ridden = board
            .items
            .iter()
            .any(|item| Some(item.site.as_str()) == site && item.rides > 0);
        ridden && goal.met(&rows(grounds, case, &played)).is_some()
    };
    if !does(whole) {
        return whole;
    }
    let at = |us: i64| whole.partition_point(|chunk| chunk.at_us < us);
    let end_us = whole.last().map_or(0, |chunk| chunk.at_us);
    let to = at(least(0, end_us, |us| does(&whole[..at(us)])));
    let from = at(-least(-end_us, 0, |us| does(&whole[at(-us).min(to)..to])));
    &whole[from.min(to)..to]
}

/// The least value between two, to the cut's fineness, at which something holds; it holds at the higher one.
fn least(mut low: i64, mut high: i64, holds: impl Fn(i64) -> bool) -> i64 {
    while high - low > CUT_US {
        let middle = low + (high - low) / 2;
        if holds(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    high
}

/// Saves a whole day as a run, with the truth beside it.
///
/// # Errors
/// Those of the disk.
pub fn save_whole(grounds: &Grounds, case: &Case, folder: &Path) -> Result<()> {
    let (river, chunks) = record(grounds, case);
    keep(folder, &chunks, &river)?;
    let text = format!(
        "# The day {} {} in {}\n\nThe whole of it; its truth is in `summary.json`.\n\nPlay it with `kaoguan-sim replay` (see its help).\n",
        case.day, case.seed, case.weather.name
    );
    let page = folder.join("README.md");
    fs::write(&page, &text).with_context(|| format!("writing {}", page.display()))
}

fn record(grounds: &Grounds, case: &Case) -> (River, Vec<Chunk>) {
    River::record_day(
        grounds.config(),
        case.ground(grounds),
        &case.rider,
        case.seed,
        &case.settings(),
        Answer::Dismiss,
    )
}

/// Bytes and truth.
fn keep(folder: &Path, chunks: &[Chunk], river: &River) -> Result<()> {
    let at = |path: &Path| format!("writing {}", path.display());
    let mut recorder = Recorder::create(folder).with_context(|| at(folder))?;
    chunks
        .iter()
        .try_for_each(|chunk| recorder.push(chunk))
        .and_then(|()| recorder.finish())
        .with_context(|| at(folder))?;
    let summary = folder.join("summary.json");
    fs::write(&summary, serde_json::to_string_pretty(&river.truth)? + "\n").with_context(|| at(&summary))
}

fn save(wanted: &Wanted, case: &Case, goal: &Goal<'_>, river: &River, cut: &[Chunk], taken: &[String]) -> Result<()> {
    keep(&wanted.out, cut, river)?;
    let seconds = |us: i64| us as f64 * 1e-6;
    let span = cut.first().zip(cut.last()).map_or((0, 0), |(a, b)| (a.at_us, b.at_us));
    let faults: Vec<String> = case.rider.faults.iter().map(|fault| format!("{fault:?}")).collect();
    let text = format!(
        "# {} at {}: {}, {}\n\nThe smallest day that still does it, out of `--class {} --day {} --seed {} --weather {}`.\n\n\
         * The rider's faults that are left: {}\n* Taken away: {}\n* Seconds of the ride: {:.1} to {:.1}, {} pieces of bytes\n\
         * The truth of the whole ride is in `summary.json`.\n\nPlay it with `kaoguan-sim replay` (see its help).\n",
        wanted.rule,
        wanted.place,
        goal.expected,
        goal.outcome.word(),
        wanted.class,
        case.day,
        case.seed,
        wanted.weather.name,
        if faults.is_empty() {
            "none".into()
        } else {
            faults.join(", ")
        },
        if taken.is_empty() {
            "nothing".into()
        } else {
            taken.join("; ")
        },
        seconds(span.0),
        seconds(span.1),
        cut.len()
    );
    let page = wanted.out.join("README.md");
    fs::write(&page, &text).with_context(|| format!("writing {}", page.display()))?;
    println!("{text}{}", page.display());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_that_holds_is_found_to_the_cut() {
        let found = least(0, 60_000_000, |us| us >= 41_300_000);
        assert!((41_300_000..=41_300_000 + CUT_US).contains(&found), "{found}");
        assert_eq!(least(0, 10, |_| true), 10);
    }

    /// A helmet that comes off needs no noise, no other fault and nothing of the hill.
    #[test]
    fn a_close_day_shrinks_to_what_matters() {
        let weather = kaoguan_sim::sensors::weather::named("clear").expect("there is one");
        let folder = std::env::temp_dir().join(format!("kaoguan-shrink-{}", std::process::id()));
        let (grounds, rule) = (Grounds::village(), "rider.no_helmet");
        let seed = (1..50)
            .find(|seed| {
                let case = Case::of(&grounds, Day::Close, &weather, *seed);
                case.rider
                    .faults
                    .iter()
                    .any(|fault| fault == kaoguan_sim::driver::Fault::NoHelmet)
            })
            .expect("one in three takes it off");
        shrink(&Wanted {
            class: "E".into(),
            day: Day::Close,
            seed,
            weather,
            place: "poles#1".into(),
            rule: rule.into(),
            out: folder.clone(),
        })
        .expect("shrunk");
        let page = fs::read_to_string(folder.join("README.md")).expect("a page");
        assert!(page.contains("are left: NoHelmet\n"), "{page}");
        let chunks = kaoguan_sim::replay::folder(&folder).expect("a run");
        let lasts_s = (chunks[chunks.len() - 1].at_us - chunks[0].at_us) / 1_000_000;
        assert!(lasts_s < 60, "{lasts_s} s");
        let case = Case {
            rider: *named("flawless").expect("there is one"),
            ..Case::of(&grounds, Day::Close, &weather, seed)
        };
        let ground = case.ground(&grounds);
        let river = River::replay(
            grounds.config(),
            ground,
            &chunks,
            seed,
            &case.settings(),
            Answer::Dismiss,
        );
        assert!(
            river.exam.findings().iter().any(|finding| finding.rule == rule),
            "{page}"
        );
        fs::remove_dir_all(folder).expect("tidied");
    }
}
