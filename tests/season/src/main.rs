//! `kaoguan-season`: many whole exams in many weathers, and how often the engine is wrong.
//!
//! The problem: a scoring engine is worth what its wrong verdicts cost, and nobody believes a number that the engine
//! computed of itself. The answer: drawn riders in named weathers, real bytes through the unit's core into the exam, and a
//! second judge that knows the truth only. An exam shows a candidate; a close day shows somebody near every limit at once,
//! whom no points send home, because wrong judgements hide near limits. Days are ridden in blocks; a block is a file of its own, so that a season may
//! be interrupted, resumed and shared between machines; the report is made of all blocks in their order, and is the same,
//! byte for byte, for the same seed.
mod chart;
mod classes;
mod count;
mod day;
mod fusion;
mod report;
mod row;
mod said;
mod shrink;
mod sizes;
mod speed;
mod tail;

use anyhow::{Context, Result, bail};
use clap::{Parser, Subcommand};
use day::{Case, Grounds};
use indicatif::{ProgressBar, ProgressStyle};
use kaoguan_sim::sensors::weather::{self, Weather};
use kaoguan_tests::door::Way;
use row::{Day, Row};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Days of a block.
const BLOCK: u64 = 50;

/// Rides whole exams in every weather and reports how often the engine is wrong
#[derive(Parser)]
#[command(
    name = "kaoguan-season",
    version,
    args_conflicts_with_subcommands = true,
    after_help = "Example: kaoguan-season --exams 1000 --close 1000 --seed 1 --out season"
)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    /// Exams of drawn candidates in each weather
    #[arg(long, default_value_t = 100)]
    exams: u64,
    /// Days of riders near every limit at once in each weather
    #[arg(long, default_value_t = 0)]
    close: u64,
    /// The first day's seed; each day has its own
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The class that is examined, or all, each in a folder of its own
    #[arg(long, default_value = "E", value_parser = class_or_all)]
    class: String,
    /// Only this item of a large vehicle's class, under the last edition that has it, such as obstacle_discs
    #[arg(long, requires = "class")]
    item: Option<String>,
    /// Only these weathers, separated by commas
    #[arg(long, value_delimiter = ',', value_parser = weather_named)]
    weather: Vec<Weather>,
    /// Only each n-th block from the i-th on, from 1: the rest is another machine's
    #[arg(long, value_name = "I/N", value_parser = shard, default_value = "1/1")]
    shard: (u64, u64),
    /// Each n-th day goes through real bytes too, and the two doors are held against each other; 1 for all
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u64).range(1..=100))]
    bytes_each: u64,
    /// Keep the blocks that are there
    #[arg(long)]
    resume: bool,
    /// Where blocks and report go
    #[arg(long, default_value = "season")]
    out: PathBuf,
    /// Don't save the worst cases as runs
    #[arg(long)]
    no_runs: bool,
}

#[derive(Subcommand)]
enum Command {
    /// Makes of one encounter the smallest day that still has its outcome, and saves it as a run
    Shrink(shrink::Wanted),
    /// Makes the report of whatever blocks are there, of several seasons with their own counts too
    Report {
        /// Where the blocks are, and the report goes
        #[arg(long, default_value = "season")]
        out: PathBuf,
        /// Don't save the worst cases as runs
        #[arg(long)]
        no_runs: bool,
        /// The class whose blocks they are, or all: then also the table of those that are there
        #[arg(long, default_value = "E", value_parser = class_or_all)]
        class: String,
    },
    /// Estimates by importance sampling how often an error is larger than k times its stated uncertainty
    Tail(tail::Wanted),
    /// Tells how often wrong fixes that no witness can see lead to wrong judgements, by their size
    Sizes(sizes::Wanted),
    /// Tells in millimetres and in cases what fusing the sensors wins over raw positions
    Fusion(fusion::Wanted),
    /// Says how many exams and samples a second this machine does
    Speed(speed::Wanted),
}

fn weather_named(name: &str) -> Result<Weather, String> {
    let known = weather::ALL.map(|weather| weather.name).join(", ");
    weather::named(name).ok_or_else(|| format!("there is no weather \"{name}\"; there are {known}"))
}

fn class_named(name: &str) -> Result<String, String> {
    let known: Vec<&str> = classes::all().collect();
    match known.contains(&name) {
        true => Ok(name.to_owned()),
        false => Err(format!("there is no class \"{name}\"; there are {}", known.join(", "))),
    }
}

/// Every class at once.
const ALL: &str = "all";

fn class_or_all(name: &str) -> Result<String, String> {
    if name == ALL {
        Ok(name.to_owned())
    } else {
        class_named(name)
    }
}

fn shard(text: &str) -> Result<(u64, u64), String> {
    let pair = text
        .split_once('/')
        .and_then(|(i, n)| Some((i.parse().ok()?, n.parse().ok()?)));
    pair.filter(|(i, n)| (1..=*n).contains(i))
        .ok_or_else(|| format!("\"{text}\" is not like 1/4"))
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = match &cli.command {
        Some(Command::Shrink(wanted)) => shrink::shrink(wanted),
        Some(Command::Report { out, no_runs, class }) => report_again(out, class, !no_runs),
        Some(Command::Tail(wanted)) => tail::tail(wanted),
        Some(Command::Sizes(wanted)) => sizes::sizes(wanted),
        Some(Command::Fusion(wanted)) => fusion::fusion(wanted),
        Some(Command::Speed(wanted)) => speed::speed(wanted),
        None => season(&cli),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("错误 error: {why:#}");
            ExitCode::FAILURE
        }
    }
}

/// A block to ride.
struct Block {
    day: Day,
    weather: Weather,
    seeds: std::ops::Range<u64>,
    file: PathBuf,
}

fn season(cli: &Cli) -> Result<()> {
    if cli.class != ALL {
        let grounds = match &cli.item {
            Some(item) => Grounds::of_item(&cli.class, item),
            None => Grounds::of_class(&cli.class),
        };
        return season_of(cli, &grounds.context("no ground")?, &cli.out);
    }
    for class in classes::all() {
        println!("{class}");
        let grounds = Grounds::of_class(class).context("no ground")?;
        season_of(cli, &grounds, &cli.out.join(class))?;
    }
    report_all_classes(&cli.out)
}

fn season_of(cli: &Cli, grounds: &Grounds, out: &Path) -> Result<()> {
    let folder = out.join("blocks");
    if !cli.resume && cli.shard == (1, 1) && folder.exists() {
        bail!(
            "{} is there already: add --resume, or remove it, or name another --out",
            folder.display()
        );
    }
    fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
    let blocks = blocks(cli, &folder);
    let (part, parts) = cli.shard;
    let mine: Vec<&Block> = blocks
        .iter()
        .zip(1..)
        .filter(|(block, no)| (no - 1) % parts == part - 1 && !block.file.exists())
        .map(|(block, _)| block)
        .collect();
    ride(&mine, grounds, cli.bytes_each)?;
    let missing = blocks.iter().filter(|block| !block.file.exists()).count();
    if missing > 0 {
        println!(
            "{missing} of {} blocks are still to be ridden; the report is made when all are there",
            blocks.len()
        );
        return Ok(());
    }
    let files: Vec<PathBuf> = blocks.into_iter().map(|block| block.file).collect();
    report(out, &rows_of(&files)?, grounds, !cli.no_runs)
}

fn rows_of(blocks: &[PathBuf]) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for block in blocks {
        rows.extend(read(block)?);
    }
    Ok(rows)
}

fn report(out: &Path, rows: &[Row], grounds: &Grounds, with_runs: bool) -> Result<()> {
    let worst = report::write(out, grounds, rows, with_runs)?;
    if with_runs {
        save_worst(out, grounds, &worst)?;
    }
    println!("{}", out.join("report.md").display());
    Ok(())
}

/// Rides the worst days again and keeps their bytes where the report says.
fn save_worst(out: &Path, grounds: &Grounds, worst: &[&Row]) -> Result<()> {
    let bar = progress(worst.len() as u64);
    for row in worst {
        let weather = weather_named(&row.weather).map_err(anyhow::Error::msg)?;
        let folder = out.join(row.run());
        if !folder.exists() {
            shrink::save_whole(grounds, &Case::of(grounds, row.day, &weather, row.seed), &folder)?;
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(())
}

/// The report of all blocks that are there, of a class or of each.
fn report_again(out: &Path, class: &str, with_runs: bool) -> Result<()> {
    if class != ALL {
        let grounds = Grounds::of_class(class).context("no ground")?;
        return report(out, &rows_of(&blocks_in(out)?)?, &grounds, with_runs);
    }
    for class in ridden_in(out) {
        report_again(&out.join(class), class, with_runs)?;
    }
    report_all_classes(out)
}

/// The classes whose blocks are in a folder.
fn ridden_in(out: &Path) -> impl Iterator<Item = &'static str> {
    classes::all().filter(|class| out.join(class).join("blocks").exists())
}

fn report_all_classes(out: &Path) -> Result<()> {
    let mut seasons = Vec::new();
    for class in ridden_in(out) {
        let grounds = Grounds::of_class(class).context("no ground")?;
        seasons.push((grounds, rows_of(&blocks_in(&out.join(class))?)?));
    }
    classes::write(out, &seasons)?;
    println!("{}", out.join("classes.md").display());
    Ok(())
}

/// The files of all blocks in a folder, in the order of weathers, days and seeds.
fn blocks_in(out: &Path) -> Result<Vec<PathBuf>> {
    let folder = out.join("blocks");
    let entries = fs::read_dir(&folder).with_context(|| format!("reading {}", folder.display()))?;
    let mut blocks = Vec::new();
    for entry in entries {
        let file = entry?.path();
        let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let parts: Vec<&str> = name.split('-').collect();
        let place = weather::ALL
            .iter()
            .position(|weather| parts.get(1) == Some(&weather.name));
        let first = parts.get(2).and_then(|first| first.parse::<u64>().ok());
        if file.extension().is_some_and(|extension| extension == "csv")
            && let (Some(place), Some(first)) = (place, first)
        {
            blocks.push((place, parts[0] != "exam", first, file));
        }
    }
    if blocks.is_empty() {
        bail!(
            "{} has no blocks: ride some with --out {}",
            folder.display(),
            out.display()
        );
    }
    blocks.sort();
    Ok(blocks.into_iter().map(|(_, _, _, file)| file).collect())
}

fn blocks(cli: &Cli, folder: &Path) -> Vec<Block> {
    let weathers = if cli.weather.is_empty() {
        weather::ALL.to_vec()
    } else {
        cli.weather.clone()
    };
    let mut blocks = Vec::new();
    for (weather, (day, count)) in weathers
        .into_iter()
        .flat_map(|weather| [(Day::Exam, cli.exams), (Day::Close, cli.close)].map(|days| (weather, days)))
    {
        let end = cli.seed + count;
        for first in (cli.seed..end).step_by(BLOCK as usize) {
            let seeds = first..(first + BLOCK).min(end);
            let file = format!("{day}-{}-{}-{}.csv", weather.name, seeds.start, seeds.end - 1);
            blocks.push(Block {
                day,
                weather,
                seeds,
                file: folder.join(file),
            });
        }
    }
    blocks
}

/// Rides blocks on all cores.
fn ride(blocks: &[&Block], grounds: &Grounds, bytes_each: u64) -> Result<()> {
    let bar = progress(blocks.iter().map(|block| block.seeds.end - block.seeds.start).sum());
    let next = AtomicUsize::new(0);
    let work = || -> Result<()> {
        while let Some(block) = blocks.get(next.fetch_add(1, Ordering::Relaxed)) {
            let mut text = format!("{}\n", Row::HEAD);
            for seed in block.seeds.clone() {
                let way = if seed % bytes_each == 0 {
                    Way::Bytes
                } else {
                    Way::Samples
                };
                let case = Case::of(grounds, block.day, &block.weather, seed);
                day::ride(grounds, &case, way)?
                    .iter()
                    .for_each(|row| text += &(row.line() + "\n"));
                bar.inc(1);
            }
            // Whole or not at all: a block that is there is finished.
            let half = block.file.with_extension("half");
            fs::write(&half, text)
                .and_then(|()| fs::rename(&half, &block.file))
                .context("writing a block")?;
        }
        Ok(())
    };
    on_all_cores(work)?;
    bar.finish();
    Ok(())
}

/// Does the same work on each core until all are done.
fn on_all_cores(work: impl Fn() -> Result<()> + Sync) -> Result<()> {
    let threads = std::thread::available_parallelism().map_or(1, |n| n.get());
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(&work)).collect();
        workers.into_iter().try_for_each(|worker| match worker.join() {
            Ok(done) => done,
            Err(panic) => std::panic::resume_unwind(panic),
        })
    })
}

/// A progress bar over days.
fn progress(days: u64) -> ProgressBar {
    let bar = ProgressBar::new(days);
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos} of {len} days, {per_sec}, {eta}") {
        bar.set_style(style);
    }
    bar
}

fn read(file: &Path) -> Result<Vec<Row>> {
    let text = fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
    let lines = text.lines().enumerate().skip(1);
    let row = |(no, line)| Row::parse(line).with_context(|| format!("{} line {}: not a row", file.display(), no + 1));
    lines.map(row).collect()
}
