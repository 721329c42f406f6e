//! The unit's own disk: every batch is here before anybody hears of it, and stays until the engine has it on its disk.
//!
//! The problem: the network is away for hours, the power for any moment, and nothing of an exam may be lost or counted
//! twice. The answer: one thread owns the files and syncs; whatever has queued up while one sync ran is covered by the
//! next (group commit), so a slow disk makes larger groups, not a longer queue. Readers see synced batches only.
//! Deliberately not here: MQTT, and any eviction: an unacknowledged batch is never deleted.
mod contents;
mod folder;
mod index;
mod recovery;
mod room;
mod segment;
mod state;
mod store;

pub use folder::{Folder, Sink, Source};
pub use index::{Reader, Shared};
pub use store::Store;

use crate::batcher::Parcel;
use crate::vitals::Vital;
use kaoguan_telemetry::wire::Receipt;
use kaoguan_telemetry::{Gap, Port, Reading, Sample, UnitId};
use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::path::Path;
use std::thread::JoinHandle;
use tokio::sync::{mpsc, watch};

/// Parcels that may wait for the disk: 13 s at twenty a second, longer than a card's worst pause; at 32 KiB each 8 MiB.
const QUEUE: usize = 256;
/// Gaps on their way to the core: one at a start and one each time that the disk was full.
const GAPS: usize = 64;

/// Names a batch of this unit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Counts the unit's starts, from 1.
    pub boot: u32,
    /// Counts the batches of the boot, from 0.
    pub no: u64,
}

impl Place {
    /// The place behind it in the same boot.
    pub const fn next(self) -> Place {
        Place {
            boot: self.boot,
            no: self.no.saturating_add(1),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "batch {} of boot {}", self.no, self.boot)
    }
}

/// What a receipt said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Receipted {
    /// Everything up to here is in the journal, more than was known.
    New(Place),
    /// Nothing new.
    Known,
    /// For batches that this unit never had.
    Impossible {
        /// The last one it has.
        last: Place,
    },
}

/// Whether the disk takes data.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Condition {
    /// Yes.
    #[default]
    Ok,
    /// The bound is reached, or the file system has no room.
    DiskFull,
    /// The disk refuses for another reason.
    DiskError,
}

impl Condition {
    /// The condition that an error shows.
    pub fn of(error: &io::Error) -> Condition {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Condition::DiskFull,
            _ => {
                tracing::error!("spool: {error}");
                Condition::DiskError
            }
        }
    }

    /// Whether what the disk holds can still be read and delivered after this error: there is no room on it, or it can only be read (a worn
    /// card, a file system that found itself damaged).
    pub fn leaves_reading(error: &io::Error) -> bool {
        use io::ErrorKind::{QuotaExceeded, ReadOnlyFilesystem, StorageFull};
        matches!(error.kind(), StorageFull | QuotaExceeded | ReadOnlyFilesystem)
    }

    /// As it stands in the status message.
    pub const fn name(self) -> &'static str {
        match self {
            Condition::Ok => "ok",
            Condition::DiskFull => "disk_full",
            Condition::DiskError => "disk_error",
        }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What people and the engine are told about the disk.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Status {
    /// Whether it takes data.
    pub condition: Condition,
    /// Samples refused since the start.
    pub dropped_samples: u64,
    /// Minutes of life for which there is room, at the pace of the last one.
    pub room_min: u32,
}

/// The spool as the rest of the unit sees it.
#[derive(Debug)]
pub struct Spool {
    orders: mpsc::Sender<Order>,
    gaps: mpsc::Receiver<Gap>,
    thread: JoinHandle<()>,
    desk: Desk,
    vital: Vital,
}

/// What the link needs: reading, receipts, and when to look again. Any number of copies.
#[derive(Debug, Clone)]
pub struct Desk {
    orders: mpsc::WeakSender<Order>,
    shared: Shared,
    boot: u32,
    /// The last synced batch.
    pub synced: watch::Receiver<Option<Place>>,
    /// The disk's condition.
    pub status: watch::Receiver<Status>,
    /// The newest measurement of each port, also where the disk refuses it.
    pub newest: watch::Receiver<BTreeMap<Port, Sample>>,
}

#[derive(Debug)]
enum Order {
    Mend,
    Release,
    Store(Parcel),
}

impl Spool {
    /// Opens the folder and starts the writing thread.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn open(dir: &Path, unit: UnitId, max: u64) -> io::Result<Spool> {
        let store = Store::open(dir, unit, max)?;
        let (orders, orders_in) = mpsc::channel(QUEUE);
        let (gaps_out, gaps) = mpsc::channel(GAPS);
        let (synced_out, synced) = watch::channel(store.shared().last());
        let (status_out, status) = watch::channel(store.status());
        let (newest_out, newest) = watch::channel(BTreeMap::new());
        let desk = Desk {
            orders: orders.downgrade(),
            shared: store.shared(),
            boot: store.boot(),
            synced,
            status,
            newest,
        };
        let vital = Vital::new("the spool's thread");
        let writer = Writer {
            vital: vital.clone(),
            store,
            orders: orders_in,
            gaps: gaps_out,
            synced: synced_out,
            status: status_out,
            newest: newest_out,
        };
        let thread = std::thread::Builder::new()
            .name("spool".into())
            .spawn(move || writer.run())?;
        Ok(Spool {
            orders,
            gaps,
            thread,
            desk,
            vital,
        })
    }

    /// For the link.
    pub fn desk(&self) -> Desk {
        self.desk.clone()
    }

    /// The thread's sign of life: it gives one at the end of each round, and there is one a second at least, of the unit's own beats.
    pub fn vital(&self) -> Vital {
        self.vital.clone()
    }

    /// Hands over a parcel; waits while [`QUEUE`] of them wait already.
    pub async fn store(&self, parcel: Parcel) {
        // The thread ends only after `close`.
        let _ = self.orders.send(Order::Store(parcel)).await;
    }

    /// The next gap that the core must be told of.
    pub async fn gap(&mut self) -> Option<Gap> {
        self.gaps.recv().await
    }

    /// Returns when everything handed over is on disk.
    pub async fn close(self) {
        drop(self.orders);
        let thread = self.thread;
        let _ = tokio::task::spawn_blocking(move || thread.join()).await;
    }
}

impl Desk {
    /// Counts the unit's starts, from 1.
    pub fn boot(&self) -> u32 {
        self.boot
    }

    /// Batches on the disk behind `place`.
    pub fn behind(&self, place: Option<Place>) -> u64 {
        self.shared.behind(place)
    }

    /// The batch behind `place`, where it is the last one of all and still at hand.
    pub fn fresh(&self, place: Option<Place>) -> Option<(Place, Vec<u8>)> {
        self.shared.fresh(place)
    }

    /// Whether there is a batch on the disk behind `place`.
    pub fn has_behind(&self, place: Option<Place>) -> bool {
        self.shared.has_behind(place)
    }

    /// A reader from the oldest batch on.
    pub fn reader(&self) -> Reader {
        Reader::new(self.shared.clone())
    }

    /// Notes a receipt and has the files behind it deleted.
    pub fn receipt(&self, receipt: Receipt) -> Receipted {
        let said = self.shared.receipt(receipt);
        let is_due = matches!(said, Receipted::New(_)) && self.shared.has_covered();
        if let Some(orders) = self.orders.upgrade().filter(|_| is_due) {
            // Where the queue is full the next receipt releases: it is cumulative.
            let _ = orders.try_send(Order::Release);
        }
        said
    }

    /// Has mended what a reader found damaged.
    pub fn mend(&self) {
        if let Some(orders) = self.orders.upgrade() {
            // Where the queue is full the reader finds the damage again.
            let _ = orders.try_send(Order::Mend);
        }
    }
}

struct Writer {
    vital: Vital,
    store: Store,
    orders: mpsc::Receiver<Order>,
    gaps: mpsc::Sender<Gap>,
    synced: watch::Sender<Option<Place>>,
    status: watch::Sender<Status>,
    newest: watch::Sender<BTreeMap<Port, Sample>>,
}

impl Writer {
    /// One group an iteration: everything that queued up while the last sync ran.
    fn run(mut self) {
        while let Some(order) = self.orders.blocking_recv() {
            self.obey(order);
            for _ in 1..QUEUE {
                let Ok(order) = self.orders.try_recv() else { break };
                self.obey(order);
            }
            self.store.sync();
            self.report();
            self.vital.sign();
        }
    }

    fn obey(&mut self, order: Order) {
        match order {
            Order::Mend => self.store.mend(),
            Order::Release => self.store.release(),
            Order::Store(parcel) => {
                self.note(&parcel.samples);
                self.store.append(parcel);
            }
        }
    }

    /// Nobody waits for it: whoever shows the newest asks for it.
    fn note(&self, samples: &[Sample]) {
        let is_measured = |sample: &&Sample| !matches!(sample.reading, Reading::Beat | Reading::Gap(_));
        self.newest.send_modify(|newest| {
            newest.extend(samples.iter().filter(is_measured).map(|sample| (sample.port, *sample)));
        });
    }

    fn report(&mut self) {
        let status = self.store.status();
        self.status
            .send_if_modified(|have| std::mem::replace(have, status) != status);
        let last = self.store.shared().last();
        self.synced
            .send_if_modified(|have| std::mem::replace(have, last) != last);
        for gap in self.store.take_gaps() {
            if self.gaps.try_send(gap).is_err() {
                tracing::error!(
                    "spool: the gap from {} us on waits for the next start to be told",
                    gap.from.0
                );
            }
        }
    }
}
