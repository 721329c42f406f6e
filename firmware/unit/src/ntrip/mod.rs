//! Corrections (差分数据): from a caster over NTRIP to the receiver's own line, and from one line or caster to a whole square.
//!
//! The problem: without corrections there is no fix; a network service is cut, silent, locked, wrong by a name, or sends what no
//! receiver should see; and a dozen vehicles on one square do not need a dozen accounts. The answer, in river order: [`dial`] opens the
//! way, [`request`] asks, [`answer`] and [`body`] read what comes in any pieces, the core's `rtcm` lets whole proven frames
//! through, [`queue`] keeps the newest for the receiver's line, [`client`] begins again with [`patience`]; [`caster`] serves what one
//! such client, or a base receiver's own line, gives.
//!
//! Why a client of our own and not `ntrip-core` 0.2, which was read: it takes `SOURCETABLE 200 OK` for a stream; an answer without an
//! empty line behind it (`ERROR - Bad Password`) is an error of the network to it, after which it asks again; its head has no
//! deadline; its `read_chunk` sits through its own reconnections, without backoff and deaf to everything else; it builds its GGA from
//! floats; and it can trust no certificate of one's own. What is left of it when that is taken away is less than what stands here.
//!
//! Deliberately not here: what a frame says (but for where the base stands, which is the core's), a choice of mount point, the digest
//! scheme, RTSP and UDP of version 2, being a *source* of somebody else's caster.
pub mod answer;
pub mod body;
pub mod caster;
pub mod client;
pub mod dial;
pub mod look;
pub mod patience;
pub mod queue;
pub mod request;
pub mod session;
pub mod source;
pub mod table;
pub mod tally;

pub use client::State;
pub use source::{Source, Surveyed, Trust, Version};

use client::{Client, Sink};
use dial::Network;
use kaoguan_unit_core::rtcm::Frame;
use queue::{Intake, Outlet};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

/// Frames on their way to the core: it reads where the base stands, which comes again. What does not fit may go.
const TO_CORE: usize = 64;

/// The corrections of one unit.
#[derive(Debug)]
pub struct Corrections {
    place: watch::Sender<Option<String>>,
    state: watch::Receiver<State>,
    frames: mpsc::Receiver<Vec<u8>>,
    outlet: Option<Outlet>,
    client: JoinSet<()>,
}

impl Corrections {
    /// Starts fetching, where there is somewhere to fetch from.
    pub fn start(source: Option<&Source>) -> Corrections {
        let (place, place_seen) = watch::channel(None);
        let (state_in, state) = watch::channel(State::default());
        let (intake, outlet) = queue::queue();
        let (core, frames) = mpsc::channel(TO_CORE);
        let mut client = JoinSet::new();
        let outlet = source.map(|source| {
            let sink = Ways { intake, core };
            client.spawn(Client::new(Network, source.clone(), place_seen, state_in, sink).run());
            outlet
        });
        Corrections {
            place,
            state,
            frames,
            outlet,
            client,
        }
    }

    /// What the receiver's line takes; once, and `None` where there are no corrections.
    pub fn outlet(&mut self) -> Option<Outlet> {
        self.outlet.take()
    }

    /// Where the shell says where the vehicle is.
    pub fn place(&self) -> watch::Sender<Option<String>> {
        self.place.clone()
    }

    /// How they are, now and later; `None` where there are none.
    pub fn state(&self) -> Option<watch::Receiver<State>> {
        (!self.client.is_empty()).then(|| self.state.clone())
    }

    /// The next whole frame, for the core. May be cancelled; waits for ever where there are no corrections.
    pub async fn next(&mut self) -> Vec<u8> {
        match self.frames.recv().await {
            Some(frame) => frame,
            None => std::future::pending().await,
        }
    }
}

/// To the receiver, and to the core.
struct Ways {
    intake: Intake,
    core: mpsc::Sender<Vec<u8>>,
}

impl Sink for Ways {
    fn take(&mut self, frame: Frame<'_>) -> u64 {
        let _ = self.core.try_send(frame.bytes().to_vec());
        self.intake.push(frame)
    }
}

#[cfg(test)]
pub(crate) mod testing {
    use kaoguan_unit_core::crc24::crc24;

    /// A frame around a payload.
    pub(crate) fn frame(payload: &[u8]) -> Vec<u8> {
        let mut frame = vec![0xD3];
        frame.extend((payload.len() as u16).to_be_bytes());
        frame.extend(payload);
        let crc = frame.iter().fold(0, |crc, byte| crc24(crc, *byte));
        frame.extend(&crc.to_be_bytes()[1..]);
        frame
    }

    /// Observations that carry `tag` so that frames differ; the flag is bit 54.
    pub(crate) fn observation(message: u16, tag: u8, more_follow: bool) -> Vec<u8> {
        let [high, low] = (message << 4).to_be_bytes();
        frame(&[high, low, 0, 0, 0, 0, u8::from(more_follow) << 1, tag])
    }
}
