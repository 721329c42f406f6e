//! One MQTT connection after the other, for ever.
//!
//! The problem: rumqttc keeps what it could not send and sends it first on the next connection, out of our order; and
//! publishing from the task that polls it freezes under load. The answer: each connection has a fresh client that takes
//! its queue to the grave (our queue is the disk), and this task only polls and hands on; publishing is another's work.
use super::words::{Command, Topics, conn};
use crate::config::Config;
use crate::config::tls;
use crate::vitals::Vital;
use kaoguan_telemetry::wire::{BATCH_BYTES_MAX, Receipt, TimeAnswer, VERSION};
use rumqttc::{
    AsyncClient, ConnectionError, Event, EventLoop, LastWill, MqttOptions, Outgoing, Packet, Publish, QoS,
    TlsConfiguration, Transport,
};
use std::error::Error;
use std::time::Duration;
use tokio::sync::{mpsc, watch};

/// Requests that may wait for the poll: the window, the greeting and a few status messages.
const REQUESTS: usize = super::window::SIZE * 2;
/// Over a mobile network's NAT, which forgets after a minute.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// An answer to the connection attempt, and room in the socket, must come within this.
const NETWORK_TIMEOUT_S: u64 = 3;
/// First and longest wait before the next attempt.
const RECONNECT: [Duration; 2] = [Duration::from_millis(100), Duration::from_secs(2)];
/// What a broker may send: receipts and commands are a few hundred bytes.
const INCOMING_MAX: usize = 1 << 20;
/// A batch with its topic.
const OUTGOING_MAX: usize = BATCH_BYTES_MAX + 1024;
/// Publishes without PUBACK that rumqttc may hold: more than we ever have on the way.
const INFLIGHT: u16 = 4 * super::window::SIZE as u16;

/// A connection that is up.
#[derive(Debug, Clone)]
pub struct Session {
    pub client: AsyncClient,
    /// Counts the connections.
    pub number: u64,
}

/// What the broker says.
#[derive(Debug)]
pub struct Ears {
    /// `None` while there is no connection.
    pub session: watch::Receiver<Option<Session>>,
    pub receipts: mpsc::Receiver<Receipt>,
    pub commands: mpsc::Receiver<Command>,
    /// Why attempts failed.
    pub troubles: mpsc::Receiver<String>,
    /// What the site says of the time; the link's, not the publisher's.
    pub times: Option<mpsc::Receiver<TimeAnswer>>,
}

/// The polling end.
pub struct Sessions {
    options: MqttOptions,
    topics: Topics,
    session: watch::Sender<Option<Session>>,
    receipts: mpsc::Sender<Receipt>,
    commands: mpsc::Sender<Command>,
    troubles: mpsc::Sender<String>,
    times: mpsc::Sender<TimeAnswer>,
}

/// How a connection ended.
enum End {
    /// As we wanted.
    Goodbye,
    /// Otherwise; and whether it ever was up.
    Lost { was_up: bool },
}

impl Sessions {
    pub fn new(config: &Config, topics: Topics) -> (Sessions, Ears) {
        let (session, session_out) = watch::channel(None);
        // Receipts are cumulative and commands expire: what does not fit may go.
        let (receipts, receipts_out) = mpsc::channel(64);
        let (commands, commands_out) = mpsc::channel(16);
        // Only the latest counts, and the next attempt says it again.
        let (troubles, troubles_out) = mpsc::channel(1);
        // One question is out at a time.
        let (times, times_out) = mpsc::channel(4);
        let options = options(config, &topics);
        let ears = Ears {
            session: session_out,
            receipts: receipts_out,
            commands: commands_out,
            troubles: troubles_out,
            times: Some(times_out),
        };
        (
            Sessions {
                options,
                topics,
                session,
                receipts,
                commands,
                troubles,
                times,
            },
            ears,
        )
    }

    /// Returns after a goodbye.
    pub async fn run(self, vital: Vital) {
        let [first, longest] = RECONNECT;
        let mut wait = first;
        let mut number = 0;
        loop {
            number += 1;
            let (client, mut events) = AsyncClient::new(self.options.clone(), REQUESTS);
            events
                .network_options
                .set_connection_timeout(NETWORK_TIMEOUT_S)
                .set_tcp_nodelay(true);
            let session = Session { client, number };
            let end = self.poll(&mut events, session, wait == first, &vital).await;
            self.session.send_replace(None);
            wait = match end {
                End::Goodbye => return,
                End::Lost { was_up: true } => first,
                End::Lost { was_up: false } => (wait * 2).min(longest),
            };
            tokio::time::sleep(wait).await;
        }
    }

    /// Polls one connection to its end.
    async fn poll(&self, events: &mut EventLoop, session: Session, is_news: bool, vital: &Vital) -> End {
        let mut was_up = false;
        loop {
            let polled = events.poll().await;
            vital.sign();
            match polled {
                Ok(Event::Incoming(Packet::ConnAck(_))) => {
                    was_up = true;
                    let (host, port) = self.options.broker_address();
                    tracing::info!("mqtt: connected to {host}:{port}");
                    self.session.send_replace(Some(session.clone()));
                }
                Ok(Event::Incoming(Packet::Publish(publish))) => self.hear(&publish),
                Ok(Event::Outgoing(Outgoing::Disconnect)) => return End::Goodbye,
                Ok(_) => {}
                Err(e) => {
                    let e = trouble(&e);
                    let _ = self.troubles.try_send(e.clone());
                    if was_up || is_news {
                        tracing::warn!("mqtt: {e}; trying again, the data waits on the disk");
                    }
                    return End::Lost { was_up };
                }
            }
        }
    }

    fn hear(&self, publish: &Publish) {
        if publish.topic == self.topics.receipt {
            match minicbor::decode::<Receipt>(&publish.payload) {
                Ok(receipt) if receipt.version == VERSION => drop(self.receipts.try_send(receipt)),
                Ok(receipt) => tracing::warn!("mqtt: receipt of version {}, not {VERSION}", receipt.version),
                Err(e) => tracing::warn!("mqtt: {} bytes that are no receipt: {e}", publish.payload.len()),
            }
        } else if publish.topic == self.topics.command {
            match Command::parse(&publish.payload) {
                Some(command) => drop(self.commands.try_send(command)),
                None => tracing::warn!("mqtt: {} bytes that are no command", publish.payload.len()),
            }
        } else if publish.topic == self.topics.time {
            match minicbor::decode::<TimeAnswer>(&publish.payload) {
                Ok(answer) if answer.version == VERSION => drop(self.times.try_send(answer)),
                Ok(_) | Err(_) => tracing::warn!("mqtt: {} bytes that say no time", publish.payload.len()),
            }
        }
    }
}

fn options(config: &Config, topics: &Topics) -> MqttOptions {
    let mut options = plain(config, config.id.as_str());
    options
        .set_keep_alive(KEEP_ALIVE)
        .set_clean_session(false)
        .set_inflight(INFLIGHT)
        .set_max_packet_size(INCOMING_MAX, OUTGOING_MAX)
        .set_last_will(LastWill::new(&topics.conn, conn("lost"), QoS::AtLeastOnce, true));
    options
}

/// How the configuration says that a broker is reached, without a will: nobody who only asks may leave one behind.
pub fn plain(config: &Config, name: &str) -> MqttOptions {
    let mut options = MqttOptions::new(name, &config.mqtt.host, config.mqtt.port);
    if let Some(tls) = &config.mqtt.tls {
        options.set_transport(Transport::tls_with_config(TlsConfiguration::Rustls(tls.config.clone())));
    }
    if let Some((user, password)) = &config.mqtt.login {
        options.set_credentials(user, password);
    }
    options
}

/// Why a connection failed, with a remedy where the handshake says enough.
pub fn trouble(e: &ConnectionError) -> String {
    let mut cause: Option<&(dyn Error + 'static)> = Some(e);
    while let Some(e) = cause {
        let handshake = e
            .downcast_ref::<std::io::Error>()
            .and_then(|io| io.get_ref()?.downcast_ref::<rustls::Error>());
        let handshake = handshake.or(e.downcast_ref());
        if let Some(handshake) = handshake {
            return match tls::remedy(handshake) {
                Some(remedy) => format!("{handshake}; {remedy}"),
                None => handshake.to_string(),
            };
        }
        cause = e.source();
    }
    e.to_string()
}
