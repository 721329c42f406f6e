//! Connections to the broker.
use crate::broker::PACKET_BYTES_MAX;
use rumqttc::MqttOptions;
use std::time::Duration;

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
