//! Connections to the broker.
use crate::broker::PACKET_BYTES_MAX;
use rumqttc::{AsyncClient, Event, Incoming, MqttOptions, Publish, QoS};
use std::time::Duration;
use tokio::sync::oneshot;

/// Where the broker listens, and who we are to it.
#[derive(Debug, Clone)]
pub struct Address {
    /// Its host.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// User and password.
    pub login: Option<(String, String)>,
}

/// So long a failed connection rests before it is tried again; for ever, because a site runs unattended.
pub const RETRY: Duration = Duration::from_secs(1);

impl Address {
    /// Options of a clean session: nothing waits for us in the broker, units publish again what has no receipt.
    pub fn options(&self, client: String) -> MqttOptions {
        let mut options = MqttOptions::new(client, &self.host, self.port);
        options
            .set_keep_alive(Duration::from_secs(30))
            .set_clean_session(true)
            .set_max_packet_size(PACKET_BYTES_MAX, PACKET_BYTES_MAX);
        if let Some((user, password)) = &self.login {
            options.set_credentials(user, password);
        }
        options
    }
}

/// Who hears what comes.
pub trait Ear {
    /// Takes a message, and says whether anybody still listens; the next one waits until then.
    fn take(&mut self, publish: Publish) -> impl Future<Output = bool> + Send;
}

/// Hears these topics until the ear says that nobody listens any more. `ready` hears when the broker has confirmed all of them for the
/// first time.
pub async fn hear(options: MqttOptions, topics: &[(String, QoS)], ready: oneshot::Sender<()>, mut ear: impl Ear) {
    let client_id = options.client_id();
    let (client, mut events) = AsyncClient::new(options, 16);
    let mut ready = Some(ready);
    let (mut confirmed, mut down) = (0, false);
    loop {
        match events.poll().await {
            Ok(Event::Incoming(Incoming::ConnAck(_))) => {
                (confirmed, down) = (0, false);
                // The channel was empty when the connection broke; a full one is tried again with the next connection.
                for (topic, qos) in topics {
                    let _ = client.try_subscribe(topic, *qos);
                }
            }
            Ok(Event::Incoming(Incoming::SubAck(_))) => {
                confirmed += 1;
                if let Some(ready) = ready.take_if(|_| confirmed >= topics.len()) {
                    let _ = ready.send(());
                }
            }
            Ok(Event::Incoming(Incoming::Publish(publish))) => {
                if !ear.take(publish).await {
                    return;
                }
            }
            Ok(_) => {}
            Err(why) => {
                if !std::mem::replace(&mut down, true) {
                    tracing::warn!(%why, client_id, "the broker is not reached; trying each second");
                }
                tokio::time::sleep(RETRY).await;
            }
        }
    }
}
