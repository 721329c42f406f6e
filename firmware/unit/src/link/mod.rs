//! The way to the engine: batches from the spool out, receipts back, over any MQTT 3.1.1 broker.
//!
//! The problem: the broker restarts, the network is away, a PUBACK is not storage. The answer: batches go in the order of
//! their numbers, at most [`window::SIZE`] without the engine's own receipt, and again from the first unreceipted one
//! after a new connection or a stall; repeats are harmless, `(unit, boot, no)` names them. Deliberately not here: a
//! queue in memory (the disk is the queue), and any reading of a batch.
mod session;
mod window;
mod words;

pub use session::{plain, trouble};
pub use window::{SIZE as WINDOW, STALL, Window};
pub use words::{Command, Topics};

use crate::config::Config;
use crate::spool::{Desk, Place, Reader, Receipted};
use crate::vitals::Vital;
use kaoguan_telemetry::UnitId;
use kaoguan_telemetry::units::Uptime;
use kaoguan_telemetry::wire::{Live, Receipt, TimeAnswer, TimeQuestion, VERSION};
use rumqttc::{ClientError, QoS};
use session::{Ears, Session, Sessions};
use std::collections::VecDeque;
use std::io;
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

/// Before the goodbye, the engine may take this long to give the last receipts.
const LAST_RECEIPTS: Duration = Duration::from_secs(1);
/// The goodbye itself may take this long.
const GOODBYE: Duration = Duration::from_secs(1);
/// Words that wait for a connection: answers of a minute's commands.
const WORDS: usize = 32;
/// The publisher gives a sign of life at least so often.
const SIGN: Duration = Duration::from_secs(1);
/// Further behind than this, what is seen now is said apart with each sign of life: five seconds of batches.
pub const BEHIND: u64 = 50;
/// After the disk or a full request queue refused.
const AGAIN: Duration = Duration::from_millis(50);

/// The running link.
#[derive(Debug)]
pub struct Link {
    stop: watch::Sender<bool>,
    commands: mpsc::Receiver<Command>,
    words: mpsc::Sender<Word>,
    trial: watch::Sender<bool>,
    times: Option<Times>,
    told: watch::Receiver<Told>,
    vitals: [Vital; 2],
    publisher: JoinHandle<()>,
    sessions: JoinHandle<()>,
}

/// What the site says of the time.
#[derive(Debug)]
pub struct Times {
    answers: mpsc::Receiver<TimeAnswer>,
    boot: u32,
}

impl Times {
    /// The next answer to a question of this boot; waits for ever where none comes any more. May be cancelled.
    pub async fn next(&mut self) -> TimeAnswer {
        while let Some(answer) = self.answers.recv().await {
            if answer.boot == self.boot {
                return answer;
            }
        }
        std::future::pending().await
    }
}

/// A text for people or for the engine that is no batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Word {
    /// What became of a command. It waits for a connection.
    Answer(String),
    /// How the unit is, retained. Without a connection it is gone: there will be a newer one.
    Health(String),
    /// A field node asks for the time. Without a connection it is gone: it will ask again.
    AskTime(Uptime),
}

/// What is known of the link.
#[derive(Debug, Clone, Default)]
pub struct Told {
    /// Whether there is a connection.
    pub connected: bool,
    /// Connections since the start.
    pub connections: u64,
    /// Why the last attempt failed.
    pub trouble: Option<String>,
    /// The last batch that the engine has, and when it said so first.
    pub receipted: Option<(Place, Instant)>,
}

impl Link {
    /// Starts connecting, for ever.
    pub fn start(config: &Config, desk: Desk) -> Link {
        let topics = Topics::new(&config.site, config.id.as_str());
        let (sessions, mut ears) = Sessions::new(config, topics.clone());
        let boot = desk.boot();
        let times = ears.times.take().map(|answers| Times { answers, boot });
        let (stop, stopped) = watch::channel(false);
        let (commands_in, commands) = mpsc::channel(16);
        let (words, words_out) = mpsc::channel(WORDS);
        let (told_in, told) = watch::channel(Told::default());
        let (trial, is_on_trial) = watch::channel(false);
        let vitals = [Vital::new("the link's publisher"), Vital::new("the link's connection")];
        let publisher = Publisher {
            unit: config.id,
            birth: words::birth(config, desk.boot()),
            is_node: config.core.site_clock.is_some(),
            topics,
            reader: Some(desk.reader()),
            desk,
            window: Window::new(Instant::now()),
            session: None,
            impossible: None,
            pause: None,
            words: words_out,
            answers: VecDeque::new(),
            told: told_in,
            is_on_trial,
            vital: vitals[0].clone(),
        };
        let sessions = tokio::spawn(sessions.run(vitals[1].clone()));
        let publisher = tokio::spawn(publisher.run(ears, stopped, commands_in));
        Link {
            stop,
            commands,
            words,
            trial,
            times,
            told,
            vitals,
            publisher,
            sessions,
        }
    }

    /// The next command of the engine. May be cancelled.
    pub async fn command(&mut self) -> Option<Command> {
        self.commands.recv().await
    }

    /// Where the site's answers come in; once.
    pub fn times(&mut self) -> Option<Times> {
        self.times.take()
    }

    /// Says a word; where [`WORDS`] wait already it is gone.
    pub fn say(&self, word: Word) {
        let _ = self.words.try_send(word);
    }

    /// Whether the unit may begin anew by itself: then its status says that there is no room for an exam.
    pub fn on_trial(&self, yes: bool) {
        self.trial
            .send_if_modified(|is_on| std::mem::replace(is_on, yes) != yes);
    }

    /// What is known of it now.
    pub fn told(&self) -> Told {
        self.told.borrow().clone()
    }

    /// What must give signs: the publisher each second, the connection at each of its events, keep-alives among them.
    pub fn vitals(&self) -> [Vital; 2] {
        self.vitals.clone()
    }

    /// Waits a moment for the last receipts, says `offline` and disconnects.
    pub async fn close(self) {
        self.stop.send_replace(true);
        let _ = self.publisher.await;
        let mut sessions = self.sessions;
        if tokio::time::timeout(GOODBYE, &mut sessions).await.is_err() {
            sessions.abort();
        }
    }
}

/// The publishing end: never the task that polls.
struct Publisher {
    unit: UnitId,
    birth: String,
    /// Its time is the site's.
    is_node: bool,
    topics: Topics,
    /// Away only while a blocking read has it.
    reader: Option<Reader>,
    desk: Desk,
    window: Window,
    session: Option<Session>,
    /// A receipt that makes no sense: told in the status until a sensible one comes.
    impossible: Option<Receipt>,
    /// Nothing is sent before this instant.
    pause: Option<Instant>,
    words: mpsc::Receiver<Word>,
    /// Answers without a connection.
    answers: VecDeque<String>,
    told: watch::Sender<Told>,
    /// The unit may begin anew by itself: no exam is to begin.
    is_on_trial: watch::Receiver<bool>,
    vital: Vital,
}

impl Publisher {
    async fn run(mut self, mut ears: Ears, mut stopped: watch::Receiver<bool>, commands: mpsc::Sender<Command>) {
        let mut until = None;
        let mut signs = tokio::time::interval(SIGN);
        while !self.is_over(until) {
            self.fill().await;
            tokio::select! {
                Ok(()) = ears.session.changed() => self.reconnect(ears.session.borrow_and_update().clone()),
                Some(receipt) = ears.receipts.recv() => self.receipt(receipt),
                Some(command) = ears.commands.recv() => drop(commands.try_send(command)),
                Some(trouble) = ears.troubles.recv() => self.told.send_modify(|told| told.trouble = Some(trouble)),
                Some(word) = self.words.recv() => self.say(word),
                _ = signs.tick() => {
                    self.vital.sign();
                    self.say_live();
                }
                Ok(()) = self.desk.synced.changed() => {}
                Ok(()) = self.desk.status.changed() => self.say_status(),
                Ok(()) = self.is_on_trial.changed() => self.say_status(),
                Ok(()) = stopped.changed(), if until.is_none() => until = Some(Instant::now() + LAST_RECEIPTS),
                () = sleep_until(self.window.stalls_at()) => self.stall(),
                () = sleep_until(self.pause) => self.pause = None,
                () = sleep_until(until), if until.is_some() => {}
            }
        }
        self.goodbye();
    }

    /// Stopping, and nothing to wait for any more.
    fn is_over(&self, until: Option<Instant>) -> bool {
        let Some(until) = until else { return false };
        let is_done = self.window.receipted() >= *self.desk.synced.borrow();
        is_done || self.session.is_none() || Instant::now() >= until
    }

    /// Sends what the window allows.
    async fn fill(&mut self) {
        while let Some(client) = self.session.as_ref().map(|session| session.client.clone())
            && self.pause.is_none()
            && self.window.room() > 0
            // A thread that may block is woken only for something.
            && self.desk.has_behind(self.window.cursor())
        {
            let batches = match self.next().await {
                Ok(batches) if batches.is_empty() => return,
                Ok(batches) => batches,
                Err(e) => {
                    tracing::warn!("{e}");
                    self.desk.mend();
                    return self.wait();
                }
            };
            for (place, payload) in batches {
                if !self.window.admits(place) {
                    return;
                }
                if client
                    .try_publish(&self.topics.samples, QoS::AtLeastOnce, false, payload)
                    .is_err()
                {
                    return self.wait();
                }
                self.window.send(place, Instant::now());
            }
        }
    }

    /// The next batches: the newest as it was written, older ones off the disk.
    async fn next(&mut self) -> io::Result<Vec<(Place, Vec<u8>)>> {
        let after = self.window.cursor();
        match self.desk.fresh(after) {
            Some(batch) => Ok(vec![batch]),
            None => self.read(after, self.window.room()).await,
        }
    }

    /// Off the disk, on a thread that may block.
    async fn read(&mut self, after: Option<Place>, room: usize) -> io::Result<Vec<(Place, Vec<u8>)>> {
        let mut reader = self.reader.take().unwrap_or_else(|| self.desk.reader());
        let work = tokio::task::spawn_blocking(move || {
            let batches = reader.batches(after, room);
            (reader, batches)
        });
        let (reader, batches) = work.await.map_err(io::Error::other)?;
        self.reader = Some(reader);
        batches
    }

    fn wait(&mut self) {
        self.pause = Some(Instant::now() + AGAIN);
    }

    fn receipt(&mut self, receipt: Receipt) {
        match self.desk.receipt(receipt) {
            Receipted::New(place) => {
                self.window.receipt(place, Instant::now());
                self.told
                    .send_modify(|told| told.receipted = Some((place, Instant::now())));
                if self.impossible.take().is_some() {
                    self.say_status();
                }
            }
            Receipted::Known => {}
            Receipted::Impossible { last } => {
                let place = Place {
                    boot: receipt.boot,
                    no: receipt.no,
                };
                tracing::error!(
                    "收据不可信 / a receipt for {place}, but the last one here is {last}: was this unit's disk replaced? \
                     Nothing is deleted; give the unit a new id"
                );
                self.impossible = Some(receipt);
                self.say_status();
            }
        }
    }

    fn stall(&mut self) {
        tracing::warn!(
            "mqtt: no receipt for {} s; sending the first batch again",
            STALL.as_secs()
        );
        self.window.stall();
    }

    /// A new connection, or none.
    fn reconnect(&mut self, session: Option<Session>) {
        self.session = session;
        self.told.send_modify(|told| told.connected = self.session.is_some());
        let Some(session) = &self.session else { return };
        self.told.send_modify(|told| {
            told.connections += 1;
            told.trouble = None;
        });
        tracing::debug!("mqtt: connection {}", session.number);
        self.window.reconnect();
        self.pause = None;
        if let Err(e) = self.greet() {
            tracing::warn!("mqtt: greeting: {e}");
        }
        while let Some(answer) = self.answers.pop_front() {
            self.say(Word::Answer(answer));
        }
    }

    fn say(&mut self, word: Word) {
        let (topic, retain, text) = match word {
            Word::Answer(text) => (&self.topics.answer, false, text),
            Word::Health(text) => (&self.topics.health, true, text),
            Word::AskTime(asked) => return self.ask_time(asked),
        };
        let said = match &self.session {
            Some(session) => session
                .client
                .try_publish(topic, QoS::AtLeastOnce, retain, text.as_str())
                .is_ok(),
            None => false,
        };
        if !said && !retain {
            self.answers.push_back(text);
            self.answers.truncate(WORDS);
        }
    }

    /// At most once: a question that is late is of no use.
    fn ask_time(&self, asked: Uptime) {
        let question = TimeQuestion {
            version: VERSION,
            boot: self.desk.boot(),
            asked,
        };
        if let Some(session) = &self.session
            && let Ok(payload) = minicbor::to_vec(question)
        {
            let topic = self.topics.ask_time.as_str();
            let _ = session.client.try_publish(topic, QoS::AtMostOnce, false, payload);
        }
    }

    fn greet(&self) -> Result<(), ClientError> {
        let Some(session) = &self.session else { return Ok(()) };
        let client = &session.client;
        client.try_subscribe(&self.topics.receipt, QoS::AtLeastOnce)?;
        client.try_subscribe(&self.topics.command, QoS::AtLeastOnce)?;
        if self.is_node {
            client.try_subscribe(&self.topics.time, QoS::AtMostOnce)?;
        }
        client.try_publish(&self.topics.conn, QoS::AtLeastOnce, true, words::conn("online"))?;
        client.try_publish(&self.topics.birth, QoS::AtLeastOnce, true, self.birth.as_str())?;
        self.say_status();
        Ok(())
    }

    /// On the next connection the greeting says it again.
    fn say_status(&self) {
        let mut status = *self.desk.status.borrow();
        if *self.is_on_trial.borrow() {
            status.room_min = 0;
        }
        let status = words::status(status, self.impossible);
        if let Some(session) = &self.session {
            let _ = session
                .client
                .try_publish(&self.topics.status, QoS::AtLeastOnce, true, status);
        }
    }

    /// What is seen now, while what was stored is far behind. Lossy: where it finds no room the next one is newer anyway.
    fn say_live(&self) {
        let Some(session) = &self.session else { return };
        let behind = self.desk.behind(self.window.receipted());
        if behind < BEHIND {
            return;
        }
        let live = Live {
            version: VERSION,
            unit: self.unit,
            boot: self.desk.boot(),
            behind,
            samples: self.desk.newest.borrow().values().copied().collect(),
        };
        // Writing into a Vec cannot fail.
        let bytes = minicbor::to_vec(&live).unwrap_or_default();
        let _ = session
            .client
            .try_publish(&self.topics.live, QoS::AtMostOnce, false, bytes);
    }

    fn goodbye(&mut self) {
        // An order to restart was answered just now.
        while let Ok(word) = self.words.try_recv() {
            self.say(word);
        }
        let Some(session) = &self.session else { return };
        let _ = session
            .client
            .try_publish(&self.topics.conn, QoS::AtLeastOnce, true, words::conn("offline"));
        let _ = session.client.try_disconnect();
    }
}

async fn sleep_until(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at.into()).await,
        None => std::future::pending().await,
    }
}
