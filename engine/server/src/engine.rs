//! The whole engine in one value: broker, ingest, keeper, sealer, store and console, started in order and ended in the
//! opposite one.
//!
//! The problem: `serve`, the demo and the tests need the same engine. The answer: [`start`] and a handle.
//!
//! Deliberately not here: signals, terminals, exit codes.
use crate::api;
use crate::broker::Broker;
use crate::config::{Mqtt, SiteConfig};
use crate::hub::{Hub, Outcome};
use crate::journal::{Journal, JournalError, Recovered as JournalFound};
use crate::keeper::recover::{self, Recovered};
use crate::keeper::{self, Command, Keeper, OpenRequest, Surroundings};
use crate::keys::SiteKey;
use crate::mqtt::Address;
use crate::outbox::Outbox;
use crate::publish;
use crate::refusal::{Kind, Refusal, refuse};
use crate::sealer::{self, Sealer};
use crate::site_time;
use crate::store::Store;
use crate::{eyes, ingest};
use anyhow::{Context, Result};
use kaoguan_exam::{Act, Board};
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use std::thread;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;

/// So often the keeper looks at the clock.
const TICK: Duration = Duration::from_millis(250);
/// So long the start waits for the broker's word.
const SUBSCRIBED: Duration = Duration::from_secs(10);

/// What the pages and the demo ask the engine through.
#[derive(Clone)]
pub struct Asker {
    commands: mpsc::Sender<Command>,
}

impl Asker {
    /// Opens an exam; says its id.
    ///
    /// # Errors
    /// [`Refusal`], a sentence.
    pub async fn open(&self, request: OpenRequest) -> Result<String, Refusal> {
        let (reply, answer) = oneshot::channel();
        self.ask(Command::Open { request, reply }, answer).await
    }

    /// Does what a named person wants.
    ///
    /// # Errors
    /// [`Refusal`], a sentence.
    pub async fn act(&self, exam: &str, act: Act) -> Result<(), Refusal> {
        let (reply, answer) = oneshot::channel();
        let exam = exam.to_owned();
        self.ask(Command::Act { exam, act, reply }, answer).await
    }

    async fn ask<T>(&self, command: Command, answer: oneshot::Receiver<Result<T, Refusal>>) -> Result<T, Refusal> {
        let gone = || refuse("error-stopping", Kind::Busy, &[]);
        self.commands.send(command).await.map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?
    }
}

/// A running engine.
pub struct Engine {
    asker: Asker,
    hub: Arc<Hub>,
    http: SocketAddr,
    mqtt: SocketAddr,
    key: String,
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
    keeper: thread::JoinHandle<()>,
    sealer: thread::JoinHandle<()>,
    store: (Store, thread::JoinHandle<()>),
    broker: Option<Broker>,
}

/// Everything of a site that lives on its disk, opened and proven.
struct Disk {
    journal: Journal,
    found: JournalFound,
    recovered: Recovered,
    key: SiteKey,
    records: PathBuf,
    store: (Store, thread::JoinHandle<()>),
}

/// Starts the engine of a site: recovers what the journal holds, then listens.
///
/// # Errors
/// A sentence: the disk, the journal (damaged, in use), the key, an address.
pub async fn start(config: SiteConfig) -> Result<Engine> {
    let data = config.data.clone();
    let disk = tokio::task::spawn_blocking(move || open_disk(&data)).await??;
    let found = &disk.found;
    if let Some(torn) = &found.torn {
        tracing::warn!(
            ?torn,
            "the journal's tail was being written when the engine ended; it was cut off, nothing of it was acknowledged"
        );
    }
    tracing::info!(
        entries = found.entries,
        running = disk.recovered.running.len(),
        "the journal is whole"
    );
    let (broker, address) = reach_broker(&config).await?;
    let listener = tokio::net::TcpListener::bind(config.http)
        .await
        .with_context(|| format!("the console cannot listen on {}", config.http))?;
    let mqtt = match &broker {
        Some(broker) => broker.addr,
        None => resolve(&address).await?,
    };
    launch(config, disk, broker, address, listener, mqtt).await
}

async fn launch(
    config: SiteConfig,
    disk: Disk,
    broker: Option<Broker>,
    address: Address,
    listener: tokio::net::TcpListener,
    mqtt: SocketAddr,
) -> Result<Engine> {
    let http = listener.local_addr()?;
    let (stop, stopped) = watch::channel(false);
    let (commands, inbox) = mpsc::channel(keeper::WAITING_MAX);
    let asker = Asker {
        commands: commands.clone(),
    };
    let public = disk.key.public();
    let site = api::Site::new(&config, public.clone(), disk.records.clone())?;
    let hub = Arc::new(Hub::of(site.roster.named()));
    let outbox = Arc::new(Outbox::default());
    let (jobs, inbox_of_sealer) = sync_channel(sealer::WAITING_MAX);
    let sealer = Sealer {
        key: disk.key,
        records: disk.records,
        store: disk.store.0.clone(),
        hub: Arc::clone(&hub),
        outbox: Arc::clone(&outbox),
    };
    let around = Surroundings {
        hub: Arc::clone(&hub),
        outbox: Arc::clone(&outbox),
        documents: config.documents.clone(),
        source_lost_after: config.source_lost_after,
        exam_room: config.exam_room,
        sealer: jobs,
    };
    let keeper = Keeper::new(disk.journal, around, disk.recovered);
    let sealer = named("sealer", move || sealer.run(inbox_of_sealer))?;
    let keeper = named("keeper", move || keeper.run(inbox))?;
    let console = api::Api {
        asker: asker.clone(),
        hub: Arc::clone(&hub),
        store: disk.store.0.clone(),
        site: Arc::new(site),
        stop: stopped.clone(),
        watchers: Arc::new(tokio::sync::Semaphore::new(api::WATCHERS_MAX)),
    };
    let line = Line {
        address,
        site: config.id.clone(),
        stopped: stopped.clone(),
    };
    let (mut tasks, subscribed) = line.open(commands.clone(), &hub, outbox);
    tasks.push(tokio::spawn(tick(commands, stopped.clone())));
    tasks.push(tokio::spawn(api::serve(listener, console, stopped)));
    tasks.extend(tell_time(&config, line));
    // A broker elsewhere may come later; the site starts without it and says so.
    if tokio::time::timeout(SUBSCRIBED, subscribed).await.is_err() {
        tracing::warn!("the broker has not answered within {SUBSCRIBED:?}; going on, and trying again each second");
    }
    Ok(Engine {
        asker,
        hub,
        http,
        mqtt,
        key: public,
        stop,
        tasks,
        keeper,
        sealer,
        store: disk.store,
        broker,
    })
}

/// What each connection to the broker needs.
struct Line {
    address: Address,
    site: String,
    stopped: watch::Receiver<bool>,
}

impl Line {
    /// Hears batches, hears what is for eyes, and speaks, each on a connection of its own; the future is done once both hear.
    fn open(
        &self,
        commands: mpsc::Sender<Command>,
        hub: &Arc<Hub>,
        outbox: Arc<Outbox>,
    ) -> (Vec<JoinHandle<()>>, impl Future<Output = ()> + use<>) {
        let own = || (self.address.clone(), self.site.clone(), self.stopped.clone());
        let (hears, hearing) = oneshot::channel();
        let (sees, seeing) = oneshot::channel();
        let (address, site, stopped) = own();
        let ears = tokio::spawn(ingest::run(address, site, commands, hears, stopped));
        let (address, site, stopped) = own();
        let eyes = tokio::spawn(eyes::run(address, site, Arc::clone(hub), sees, stopped));
        let (address, site, stopped) = own();
        let mouth = tokio::spawn(publish::run(address, site, Arc::clone(hub), outbox, stopped));
        let both = async move {
            // Where one has ended the site is stopping.
            let _ = (hearing.await, seeing.await);
        };
        (vec![ears, eyes, mouth], both)
    }
}

/// Tells field nodes the time, where the site says how good this machine's clock is.
fn tell_time(config: &SiteConfig, line: Line) -> Option<JoinHandle<()>> {
    if config.clock_within.is_none() && !config.documents.nodes.nodes.is_empty() {
        tracing::warn!(
            "the site has field nodes, and does not say how good this machine's clock is (site.clock_within): nobody tells them the time"
        );
    }
    let within = config.clock_within?;
    Some(tokio::spawn(site_time::run(
        line.address,
        line.site,
        within,
        line.stopped,
    )))
}

impl Engine {
    /// Where the console listens.
    pub fn http_addr(&self) -> SocketAddr {
        self.http
    }
    /// Where units connect.
    pub fn mqtt_addr(&self) -> SocketAddr {
        self.mqtt
    }
    /// The site's public key, hexadecimal.
    pub fn public_key(&self) -> &str {
        &self.key
    }

    /// Opens an exam; says its id.
    ///
    /// # Errors
    /// [`Refusal`], a sentence.
    pub async fn open_exam(&self, request: OpenRequest) -> Result<String, Refusal> {
        self.asker.open(request).await
    }

    /// Does what a named person wants.
    ///
    /// # Errors
    /// [`Refusal`], a sentence.
    pub async fn act(&self, exam: &str, act: Act) -> Result<(), Refusal> {
        self.asker.act(exam, act).await
    }

    /// The newest board of an exam at hand.
    pub fn board(&self, exam: &str) -> Option<Board> {
        self.hub.exam(exam, |live| live.board.clone())
    }

    /// Wakes at every change of any board.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.hub.watch()
    }

    /// Waits until the exam is closed and its record sealed. `None` where no such exam is at hand.
    pub async fn closed(&self, exam: &str) -> Option<Outcome> {
        let mut changes = self.hub.watch();
        loop {
            changes.borrow_and_update();
            if let Some(outcome) = self.hub.exam(exam, |live| live.outcome.clone())? {
                return Some(outcome);
            }
            changes.changed().await.ok()?;
        }
    }

    /// Ends everything; what was acknowledged is on the disk.
    pub async fn shutdown(self) {
        self.stop.send_replace(true);
        let _ = self.asker.commands.send(Command::Stop).await;
        for task in self.tasks {
            if let Err(why) = task.await {
                tracing::error!(%why, "a task ended badly");
            }
        }
        // The keeper ends first, then its sealer runs dry, then the store.
        let (keeper, sealer, (store, thread)) = (self.keeper, self.sealer, self.store);
        let ended = tokio::task::spawn_blocking(move || {
            let ended = [keeper.join(), sealer.join()];
            store.stop();
            ended.into_iter().chain([thread.join()]).all(|end| end.is_ok())
        });
        if !matches!(ended.await, Ok(true)) {
            tracing::error!("a thread ended badly; the journal is checked at the next start");
        }
        if let Some(broker) = self.broker {
            broker.stop().await;
        }
    }
}

fn open_disk(data: &Path) -> Result<Disk> {
    let records = data.join("records");
    std::fs::create_dir_all(&records).with_context(|| format!("cannot create {}", records.display()))?;
    let (journal, found) = Journal::open(&data.join("journal"))?;
    let key = SiteKey::open(&data.join("site.key"))?;
    let (store, known, thread) = Store::open(&data.join("results.db"))?;
    let recovered = recovered(&journal, &known)?;
    Ok(Disk {
        journal,
        found,
        recovered,
        key,
        records,
        store: (store, thread),
    })
}

fn recovered(journal: &Journal, known: &BTreeSet<String>) -> Result<Recovered, JournalError> {
    recover::recover(journal, known)
}

async fn reach_broker(config: &SiteConfig) -> Result<(Option<Broker>, Address)> {
    match &config.mqtt {
        Mqtt::Own(bind) => {
            let broker = Broker::start(*bind).await?;
            // We reach our own broker over loopback where it listens on every address.
            let host = match broker.addr.ip() {
                ip if ip.is_unspecified() => "127.0.0.1".to_owned(),
                ip => ip.to_string(),
            };
            let address = Address {
                host,
                port: broker.addr.port(),
                login: None,
            };
            Ok((Some(broker), address))
        }
        Mqtt::At { host, port, login } => {
            let address = Address {
                host: host.clone(),
                port: *port,
                login: login.clone(),
            };
            Ok((None, address))
        }
    }
}

async fn resolve(address: &Address) -> Result<SocketAddr> {
    let name = (address.host.as_str(), address.port);
    let found = tokio::net::lookup_host(name).await.ok().and_then(|mut all| all.next());
    found.with_context(|| format!("the broker's name {}:{} is not known", address.host, address.port))
}

fn named(name: &str, run: impl FnOnce() + Send + 'static) -> Result<thread::JoinHandle<()>> {
    thread::Builder::new()
        .name(name.into())
        .spawn(run)
        .with_context(|| format!("the thread {name} does not start"))
}

/// A full channel means that the keeper is awake anyway.
async fn tick(commands: mpsc::Sender<Command>, mut stop: watch::Receiver<bool>) {
    let mut ticks = tokio::time::interval(TICK);
    loop {
        tokio::select! {
            _ = ticks.tick() => { let _ = commands.try_send(Command::Tick); }
            _ = stop.wait_for(|stop| *stop) => return,
        }
    }
}
