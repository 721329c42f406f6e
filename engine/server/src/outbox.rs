//! What the engine has to say over MQTT, until it is said.
//!
//! The problem: the keeper must never wait for a network. The answer: receipts are a table, the newest for each unit, so
//! that a slow broker costs nothing but time; news are a bounded list whose oldest go first, because every board repeats
//! them.
//!
//! Deliberately not here: boards (they lie in the hub), MQTT.
use kaoguan_telemetry::UnitId;
use kaoguan_telemetry::wire::Receipt;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// A hundred findings and questions of ten exams at once.
pub const NEWS_MAX: usize = 1_000;

/// One piece of news about an exam.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct News {
    /// The exam's id.
    pub exam: String,
    /// `finding`, `question` or `verdict`.
    pub topic: &'static str,
    /// JSON.
    pub payload: Vec<u8>,
}

#[derive(Debug, Default)]
struct Waiting {
    receipts: BTreeMap<UnitId, (Receipt, bool)>,
    news: VecDeque<News>,
    lost: u64,
}

/// The outbox.
#[derive(Debug, Default)]
pub struct Outbox {
    waiting: Mutex<Waiting>,
    wake: Notify,
}

impl Outbox {
    /// A unit may forget this much.
    pub fn receipt(&self, unit: UnitId, receipt: Receipt) {
        self.lock().receipts.insert(unit, (receipt, true));
        self.wake.notify_one();
    }

    /// Something happened in an exam.
    pub fn news(&self, news: News) {
        let mut waiting = self.lock();
        if waiting.news.len() >= NEWS_MAX {
            waiting.news.pop_front();
            waiting.lost += 1;
        }
        waiting.news.push_back(news);
        drop(waiting);
        self.wake.notify_one();
    }

    /// All receipts are to be said again: the broker may have forgotten them.
    pub fn again(&self) {
        self.lock().receipts.values_mut().for_each(|(_, due)| *due = true);
        self.wake.notify_one();
    }

    /// Takes what is due.
    pub fn take(&self) -> (Vec<(UnitId, Receipt)>, Vec<News>) {
        let mut waiting = self.lock();
        let mut receipts = Vec::new();
        for (unit, (receipt, due)) in &mut waiting.receipts {
            if std::mem::take(due) {
                receipts.push((*unit, *receipt));
            }
        }
        (receipts, waiting.news.drain(..).collect())
    }

    /// Comes back when something is due.
    pub async fn wait(&self) {
        self.wake.notified().await;
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_newest_receipt_of_a_unit_is_said_and_again_says_it_again() {
        let outbox = Outbox::default();
        let unit = UnitId::new("moto-1").expect("a good name");
        let receipt = |no| Receipt {
            version: 1,
            boot: 1,
            no,
        };
        outbox.receipt(unit, receipt(1));
        outbox.receipt(unit, receipt(2));
        assert_eq!(outbox.take().0, [(unit, receipt(2))]);
        assert_eq!(outbox.take().0, []);
        outbox.again();
        assert_eq!(outbox.take().0, [(unit, receipt(2))]);
    }

    #[test]
    fn news_are_bounded_and_the_oldest_go() {
        let outbox = Outbox::default();
        for no in 0..NEWS_MAX + 2 {
            outbox.news(News {
                exam: no.to_string(),
                topic: "finding",
                payload: Vec::new(),
            });
        }
        let (_, news) = outbox.take();
        assert_eq!((news.len(), news[0].exam.as_str()), (NEWS_MAX, "2"));
    }
}
