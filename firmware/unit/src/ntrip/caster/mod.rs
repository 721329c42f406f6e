//! A caster for one square (考场差分服务): one upstream serves every vehicle there, over versions 1 and 2.
//!
//! The problem: a service counts its accounts, two vehicles on one of them throw each other out, and a base of one's own has one serial
//! line. The answer: one connection or line comes in, each vehicle asks here as it would ask the service; whole proven frames only
//! go on. Over TLS where the file names a certificate: passwords go over the wire as they are. Deliberately not here: certificates of
//! vehicles (they have passwords), more than one mount point, feeding a caster over the network, what a vehicle says of its place.
pub mod config;
mod upstream;
mod visitor;
mod words;

pub use config::{CasterConfig, Upstream};

use bytes::Bytes;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{Semaphore, broadcast};
use tokio::task::JoinSet;

/// Frames that a visitor may be behind: some ten seconds of four systems at 1 Hz with their ephemerides. Later they harm.
const BEHIND_MAX: usize = 64;
/// The kernel's own queue of a visitor: a few seconds. Without a bound it hides for minutes that nobody reads.
const SEND_BUFFER: u32 = 16 << 10;
/// After an error of the listening socket itself (no file handles left).
const AGAIN: Duration = Duration::from_millis(200);

/// A caster that listens.
#[derive(Debug)]
pub struct Caster {
    config: Arc<CasterConfig>,
    listener: TcpListener,
    frames: broadcast::Sender<Bytes>,
    tasks: JoinSet<()>,
}

impl Caster {
    /// Binds its port and begins to fetch.
    ///
    /// # Errors
    /// Where the port cannot be had.
    pub fn start(config: CasterConfig) -> std::io::Result<Caster> {
        let socket = match config.listen.is_ipv4() {
            true => TcpSocket::new_v4()?,
            false => TcpSocket::new_v6()?,
        };
        socket.set_reuseaddr(true)?;
        socket.set_send_buffer_size(SEND_BUFFER)?;
        socket.bind(config.listen)?;
        let listener = socket.listen(128)?;
        let (frames, _) = broadcast::channel(BEHIND_MAX);
        let mut tasks = JoinSet::new();
        tasks.spawn(upstream::run(config.clone(), frames.clone()));
        Ok(Caster {
            config: Arc::new(config),
            listener,
            frames,
            tasks,
        })
    }

    /// Where it listens, with the port that it got where the file says 0.
    ///
    /// # Errors
    /// The operating system's.
    pub fn address(&self) -> std::io::Result<std::net::SocketAddr> {
        self.listener.local_addr()
    }

    /// Serves until `shutdown` is done.
    pub async fn run(mut self, shutdown: impl Future) {
        let places = Arc::new(Semaphore::new(self.config.clients_max));
        let mut shutdown = pin!(shutdown);
        loop {
            let accepted = tokio::select! {
                _ = &mut shutdown => return,
                // What has ended is taken away, so that it does not gather.
                Some(_) = self.tasks.join_next() => continue,
                accepted = self.listener.accept() => accepted,
            };
            match accepted {
                Ok((stream, from)) => self.receive(stream, from, &places),
                Err(e) => {
                    tracing::warn!("caster: {e}");
                    tokio::time::sleep(AGAIN).await;
                }
            }
        }
    }

    fn receive(&mut self, stream: TcpStream, from: std::net::SocketAddr, places: &Arc<Semaphore>) {
        let Ok(place) = places.clone().try_acquire_owned() else {
            return tracing::warn!(
                "caster: {from} is sent away: {} are here already",
                self.config.clients_max
            );
        };
        let visit = visitor::receive(self.config.clone(), stream, from, self.frames.clone());
        self.tasks.spawn(async move {
            visit.await;
            drop(place);
        });
    }
}
