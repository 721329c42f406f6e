//! `kaoguan-unit check`: is everything wired as the file says, and is what arrives enough for an exam?
//!
//! The problem: who sets a vehicle up in the morning sees a box with lamps. The answer: every line is opened and listened to
//! for some seconds with the unit's own decoders; what is not as it must be stands in red with what to do. Red is what
//! makes exams void or stops the unit, yellow what may be so now and right later (no fixed solution under a roof).
//! Deliberately not here: whether a fix is true, which is the engine's judgement, and any change of anything.
mod corrections;
mod hearing;
mod line;
mod needs;
mod pictured;
mod surroundings;

pub use line::{Tried, choose};

use crate::Config;
use crate::texts::{self, Text};
use std::fmt::Display;
use std::io::IsTerminal;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// 检查端口、波特率、数据和网络 / Looks at ports, baud rates, data and network
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// 每个端口听几秒 / So many seconds each line is listened to
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=60))]
    seconds: u64,
}

/// How something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// As it must be.
    Green,
    /// To be looked at; the unit runs with it.
    Yellow,
    /// Not as it must be.
    Red,
}

/// One thing that was looked at.
#[derive(Debug)]
pub struct Row {
    /// Its place in the table.
    order: usize,
    level: Level,
    title: String,
    lines: Vec<String>,
}

impl Row {
    fn new(order: usize, title: impl Display) -> Row {
        Row {
            order,
            level: Level::Green,
            title: title.to_string(),
            lines: Vec::new(),
        }
    }
    /// Says something that is no objection.
    fn say(&mut self, text: impl Display) {
        self.lines.push(text.to_string());
    }
    /// Says what is wrong, and what to do.
    fn object(&mut self, level: Level, what: impl Display, remedy: Option<String>) {
        self.level = self.level.max(level);
        self.lines.push(format!("{} {what}", mark(level)));
        self.lines.extend(remedy.map(|remedy| format!("  → {remedy}")));
    }
    /// As [`Row::object`], with texts that have no values.
    fn wrong(&mut self, level: Level, what: Text, remedy: Text) {
        self.object(level, what, Some(remedy.to_string()));
    }
    fn print(&self) {
        println!("{} {}", paint(self.level, mark(self.level)), self.title);
        self.lines.iter().for_each(|line| println!("      {line}"));
    }
}

/// Exit code 0 where all is well, 1 where something is red, 2 where the configuration is refused.
pub fn run(arguments: &Arguments, path: &Path) -> ExitCode {
    let config = match super::load(path) {
        Ok(config) => config,
        Err(code) => return code,
    };
    super::logs("error");
    println!("{}\n", good(path, &config));
    super::to_the_end(async {
        let rows = look(&config, Duration::from_secs(arguments.seconds)).await;
        let worst = rows.iter().map(|row| row.level).max().unwrap_or(Level::Green);
        rows.iter().for_each(Row::print);
        println!("\n{}", verdict(worst));
        Ok(if worst == Level::Red {
            ExitCode::from(super::BAD)
        } else {
            ExitCode::SUCCESS
        })
    })
}

/// The sentence that a configuration without faults is answered with.
pub fn good(path: &Path, config: &Config) -> String {
    texts::CONFIG_GOOD.with(&[("file", &path.display()), ("unit", &config.id), ("site", &config.site)])
}

fn verdict(worst: Level) -> String {
    let text = match worst {
        Level::Green => texts::CHECK_GREEN,
        Level::Yellow => texts::CHECK_YELLOW,
        Level::Red => texts::CHECK_RED,
    };
    paint(worst, &text.to_string())
}

/// Looks at everything at once; the rows in the order of the file.
async fn look(config: &Config, span: Duration) -> Vec<Row> {
    let mut work = JoinSet::new();
    let mut rows = Vec::new();
    match super::running(config).await {
        Some(caller) => {
            let own = config.clone();
            work.spawn(async move { pictured::unit(&own, caller).await });
        }
        None => {
            let (here, place) = watch::channel(None);
            line::start(config, span, here, &mut work);
            let own = config.clone();
            work.spawn(async move { corrections::ask(&own, span, place).await.into_iter().collect() });
        }
    }
    let own = config.clone();
    work.spawn(async move { vec![surroundings::broker(&own).await] });
    rows.push(surroundings::spool(config));
    rows.extend(surroundings::voice(config));
    let all = work.len();
    let mut seconds = tokio::time::interval(Duration::from_secs(1));
    let mut waited = 0;
    while !work.is_empty() {
        tokio::select! {
            Some(done) = work.join_next() => rows.extend(done.unwrap_or_default()),
            _ = seconds.tick() => {
                progress(waited, all - work.len(), all);
                waited += 1;
            }
        }
    }
    if std::io::stderr().is_terminal() {
        eprint!("\r\x1b[K");
    }
    if !rows.iter().any(|row| row.order == surroundings::CLOCK) {
        rows.push(surroundings::clock_alone());
    }
    rows.sort_by_key(|row| row.order);
    rows
}

fn progress(waited: u64, done: usize, all: usize) {
    if std::io::stderr().is_terminal() {
        let text = texts::CHECK_LISTENS.with(&[("seconds", &waited), ("done", &done), ("all", &all)]);
        eprint!("\r\x1b[K{text}");
    }
}

const fn mark(level: Level) -> &'static str {
    match level {
        Level::Green => "✓",
        Level::Yellow => "!",
        Level::Red => "✗",
    }
}

fn paint(level: Level, text: &str) -> String {
    let color = match level {
        Level::Green => 32,
        Level::Yellow => 33,
        Level::Red => 31,
    };
    if std::io::stdout().is_terminal() {
        format!("\x1b[1;{color}m{text}\x1b[0m")
    } else {
        text.to_owned()
    }
}
