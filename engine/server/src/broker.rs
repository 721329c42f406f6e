//! The site's own broker, for sites without one.
//!
//! The problem: a village has a laptop, not a server. The answer: an MQTT 3.1.1 and 5 broker inside the process, in
//! memory, bounded. Nothing depends on its storage: a unit keeps every batch until the journal's receipt, and receipts
//! and boards are published again when the engine starts.
//!
//! Deliberately not here: users and passwords. The site's network is closed; who needs more runs a broker of his own.
use anyhow::{Context, Result, anyhow};
use mqtt5::broker::config::StorageBackend;
use mqtt5::broker::{BrokerConfig, BrokerShutdownHandle, MqttBroker, StorageConfig};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::task::JoinHandle;

/// Vehicles, pages and people's own clients at one site.
const CLIENTS_MAX: usize = 512;
/// A batch is at most 48 KiB; a board with a hundred findings is smaller.
pub const PACKET_BYTES_MAX: usize = 256 * 1024;
/// Retained: birth, conn and receipt of each unit, a board and a verdict of each exam of a season.
const RETAINED_MAX: usize = 100_000;
/// For one client that does not read: what it misses, it is told again.
const QUEUED_MAX: usize = 1_000;

/// A running broker.
pub struct Broker {
    /// Where it listens.
    pub addr: SocketAddr,
    stop: BrokerShutdownHandle,
    task: JoinHandle<()>,
}

impl Broker {
    /// Listens.
    ///
    /// # Errors
    /// A sentence with the address, where it can't.
    pub async fn start(bind: SocketAddr) -> Result<Broker> {
        let mut broker = MqttBroker::with_config(config(bind))
            .await
            .with_context(|| format!("the broker cannot listen on {bind}"))?;
        let addr = broker.local_addr().unwrap_or(bind);
        let stop = broker.shutdown_handle();
        let mut ready = broker.ready_receiver();
        let task = tokio::spawn(async move {
            if let Err(why) = broker.run().await {
                tracing::error!(%why, "the broker ended");
            }
        });
        tokio::time::timeout(Duration::from_secs(10), ready.wait_for(|ready| *ready))
            .await
            .map_err(|_| anyhow!("the broker on {bind} was not ready within 10 s"))?
            .with_context(|| format!("the broker on {bind} ended at once"))?;
        Ok(Broker { addr, stop, task })
    }

    /// Ends it, and waits for the end; at most 5 s, because a client that does not let go must not hold us.
    pub async fn stop(self) {
        self.stop.shutdown();
        let _ = tokio::time::timeout(Duration::from_secs(5), self.task).await;
    }
}

fn config(bind: SocketAddr) -> BrokerConfig {
    let mut storage = StorageConfig::new();
    storage.backend = StorageBackend::Memory;
    storage.enable_persistence = false;
    storage.max_queued_messages_per_client = QUEUED_MAX;
    BrokerConfig {
        bind_addresses: vec![bind],
        max_clients: CLIENTS_MAX,
        max_packet_size: PACKET_BYTES_MAX,
        max_retained_messages: RETAINED_MAX,
        max_retained_message_size: PACKET_BYTES_MAX,
        session_expiry_interval: Duration::from_secs(3600),
        sys_topics_enabled: false,
        storage_config: storage,
        ..BrokerConfig::default()
    }
}
