//! `kaoguan-unit watch`: a terminal page of how the unit is.
//!
//! The problem: the lines can be opened once only, and a unit that runs must not be disturbed. The answer: where one runs
//! its local socket is read; where none does the ports are listened to with the unit's own core, and nothing is stored or
//! sent. Piped, it writes a line of JSON a second instead of a page. Deliberately not here: keys that change anything.
mod alone;
mod page;

pub use page::{Source, draw};

use crate::Config;
use crate::health::Health;
use crate::local::{self, Caller};
use alone::Alone;
use ratatui::crossterm::event::{self, Event, KeyCode, KeyEventKind, KeyModifiers};
use std::io::IsTerminal;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;
use tokio::sync::mpsc;

/// 在终端看单元的状态 / Shows how the unit is, in the terminal
#[derive(Debug, clap::Args)]
pub struct Arguments {}

/// So often a unit that has gone is called again, and keys are looked for.
const AGAIN: Duration = Duration::from_secs(1);
const KEYS: Duration = Duration::from_millis(100);

/// Exit code 0, or 2 where the configuration is refused.
pub fn run(_: &Arguments, path: &Path) -> ExitCode {
    let config = match super::load(path) {
        Ok(config) => config,
        Err(code) => return code,
    };
    if !std::io::stdout().is_terminal() {
        return super::to_the_end(lines(config));
    }
    // Logs would be written over the page: it shows what they say.
    let mut terminal = ratatui::init();
    let code = super::to_the_end(async {
        let mut feed = Feed::open(&config).await;
        let mut keys = keys();
        let mut picture = None;
        loop {
            terminal.draw(|frame| draw(frame, picture.as_ref(), feed.source()))?;
            tokio::select! {
                next = feed.next(&config) => picture = next.or(picture),
                key = keys.recv() => if key.is_none() {
                    return Ok(ExitCode::SUCCESS);
                },
            }
        }
    });
    ratatui::restore();
    code
}

/// For a pipe.
async fn lines(config: Config) -> anyhow::Result<ExitCode> {
    let mut feed = Feed::open(&config).await;
    let stop = super::asked_to_end()?;
    tokio::pin!(stop);
    loop {
        tokio::select! {
            () = &mut stop => return Ok(ExitCode::SUCCESS),
            next = feed.next(&config) => if let Some(picture) = next {
                println!("{}", serde_json::to_string(&picture)?);
            },
        }
    }
}

/// Where pictures come from.
enum Feed {
    Running(Caller),
    Alone(Box<Alone>),
    /// The unit was there and has gone. The ports stay its own: it may be starting again.
    Gone,
}

impl Feed {
    async fn open(config: &Config) -> Feed {
        match super::running(config).await {
            Some(caller) => Feed::Running(caller),
            None => Feed::Alone(Box::new(Alone::open(config))),
        }
    }

    fn source(&self) -> Source {
        match self {
            Feed::Running(_) => Source::Running,
            Feed::Alone(_) => Source::Alone,
            Feed::Gone => Source::Gone,
        }
    }

    /// The next picture; `None` where only the source has changed.
    async fn next(&mut self, config: &Config) -> Option<Health> {
        match self {
            Feed::Running(caller) => match caller.next().await {
                Ok(picture) => Some(picture),
                Err(_) => {
                    *self = Feed::Gone;
                    None
                }
            },
            Feed::Alone(alone) => Some(alone.next(config).await),
            Feed::Gone => {
                tokio::time::sleep(AGAIN).await;
                if let Ok(caller) = Caller::call(&local::path(config)).await {
                    *self = Feed::Running(caller);
                }
                None
            }
        }
    }
}

/// A message for each change of the window's size; closed by the key that quits.
fn keys() -> mpsc::Receiver<()> {
    let (sender, keys) = mpsc::channel(1);
    std::thread::spawn(move || {
        while !sender.is_closed() {
            let is_there = event::poll(KEYS).unwrap_or(false);
            match is_there.then(event::read) {
                Some(Ok(Event::Key(key))) if key.kind == KeyEventKind::Press => {
                    let is_interrupt = key.code == KeyCode::Char('c') && key.modifiers.contains(KeyModifiers::CONTROL);
                    if is_interrupt || matches!(key.code, KeyCode::Char('q') | KeyCode::Esc) {
                        return;
                    }
                }
                Some(Ok(Event::Resize(..))) => drop(sender.try_send(())),
                Some(Err(_)) => return,
                _ => {}
            }
        }
    });
    keys
}
