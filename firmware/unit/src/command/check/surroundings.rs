//! What is around the lines: the disk, the broker, the clock and the voice.
use super::{Level, Row};
use crate::Config;
use crate::health;
use crate::link::Topics;
use crate::orders::CLOCK_FLOOR_US;
use crate::texts;
use kaoguan_telemetry::Port;
use kaoguan_telemetry::units::EventTime;
use rumqttc::{AsyncClient, Event, MqttOptions, Packet};
use std::fmt::Display;
use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::time::{Duration, SystemTime};

/// Places in the table, behind the lines.
pub const CLOCK: usize = 100;
const SPOOL: usize = 110;
const BROKER: usize = 120;
const VOICE: usize = 130;
/// Below this much room nothing is stored for long: an hour's data.
const ROOM_LEAST: u64 = 80 << 20;
/// A clock may be off by so much: certificates and logs do not mind, people do.
const CLOCK_OFF: i64 = 5_000_000;
/// The broker answers within this.
const PATIENCE: Duration = Duration::from_secs(5);

/// Whether the spool takes data, and how much.
pub fn spool(config: &Config) -> Row {
    let folder = &config.spool;
    let mut row = Row::new(SPOOL, format!("{}  {}", texts::SPOOL, folder.display()));
    if let Err(e) = try_write(folder) {
        let values: [(&str, &dyn Display); 2] = [("folder", &folder.display()), ("why", &e)];
        row.object(
            Level::Red,
            texts::SPOOL_REFUSES.with(&values),
            Some(texts::SPOOL_REFUSES_REMEDY.with(&values)),
        );
        return row;
    }
    let mib = |bytes: u64| bytes >> 20;
    let room = health::room(folder);
    let max = mib(config.spool_max);
    match room {
        Some(room) if room < ROOM_LEAST => {
            let what = texts::SPOOL_FULL.with(&[("room", &mib(room)), ("max", &max)]);
            row.object(Level::Red, what, Some(texts::SPOOL_FULL_REMEDY.to_string()));
        }
        Some(room) if room < config.spool_max => {
            let what = texts::SPOOL_SMALL.with(&[("room", &mib(room)), ("max", &max)]);
            row.object(Level::Yellow, what, Some(texts::SPOOL_FULL_REMEDY.to_string()));
        }
        Some(room) => row.say(texts::SPOOL_ROOM.with(&[("room", &mib(room)), ("max", &max)])),
        None => {}
    }
    row
}

/// Writes, syncs and removes a file; a folder that is made for this stays, as the unit would make it.
fn try_write(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let path = folder.join("check.tmp");
    let mut file = fs::File::create(&path)?;
    let written = file.write_all(&[0; 4_096]).and_then(|()| file.sync_all());
    fs::remove_file(&path)?;
    written
}

/// Whether the broker takes this unit; asked under another name, so that a running one keeps its connection.
pub async fn broker(config: &Config) -> Row {
    let mqtt = &config.mqtt;
    let scheme = if mqtt.tls.is_some() { "mqtts" } else { "mqtt" };
    let mut row = Row::new(
        BROKER,
        format!("{}  {scheme}://{}:{}", texts::BROKER, mqtt.host, mqtt.port),
    );
    if let Some(tls) = &mqtt.tls {
        tls.dates(rustls::pki_types::UnixTime::now())
            .into_iter()
            .for_each(|date| row.object(Level::Red, date, None));
    }
    let asked = tokio::time::timeout(PATIENCE, connect(config)).await;
    match asked.unwrap_or_else(|_| Err(format!("no answer in {} s", PATIENCE.as_secs()))) {
        Ok(()) => row.say(texts::BROKER_ANSWERS),
        Err(why) => row.object(
            Level::Red,
            texts::NO_BROKER.with(&[("why", &why)]),
            Some(texts::NO_BROKER_REMEDY.to_string()),
        ),
    }
    row
}

async fn connect(config: &Config) -> Result<(), String> {
    let options: MqttOptions = crate::link::plain(config, &format!("{}-check", config.id));
    // One that the unit itself asks for: a broker that lets it do so little as it needs lets it do this.
    let topics = Topics::new(&config.site, config.id.as_str());
    let (client, mut events) = AsyncClient::new(options, 4);
    loop {
        match events.poll().await {
            Ok(Event::Incoming(Packet::ConnAck(_))) => {
                // Where a certificate is refused TLS 1.3 says so only now.
                client
                    .try_subscribe(&topics.receipt, rumqttc::QoS::AtMostOnce)
                    .map_err(|e| e.to_string())?;
            }
            Ok(Event::Incoming(Packet::SubAck(_))) => {
                let _ = client.try_disconnect();
                let _ = tokio::time::timeout(Duration::from_millis(200), events.poll()).await;
                return Ok(());
            }
            Ok(_) => {}
            Err(e) => return Err(crate::link::trouble(&e)),
        }
    }
}

/// How far the computer's clock is ahead of an instant, microseconds.
pub fn clock_ahead_us(at: EventTime) -> Option<i64> {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).ok()?;
    Some(i64::try_from(since.as_micros()).ok()?.saturating_sub(at.0))
}

/// The computer's clock against the receiver's.
pub fn clock(port: Port, ahead_us: i64) -> Option<Row> {
    if port != Port::Receiver {
        return None;
    }
    let mut row = Row::new(CLOCK, texts::CLOCK);
    let off = format!(
        "{}.{:03}",
        ahead_us / 1_000_000,
        ahead_us.unsigned_abs() % 1_000_000 / 1_000
    );
    if ahead_us.abs() > CLOCK_OFF {
        let what = texts::CLOCK_OFF.with(&[("seconds", &off)]);
        row.object(Level::Yellow, what, Some(texts::CLOCK_OFF_REMEDY.to_string()));
    } else {
        row.say(texts::CLOCK_GOOD.with(&[("seconds", &off)]));
    }
    Some(row)
}

/// The clock where no receiver tells the time.
pub fn clock_alone() -> Row {
    let mut row = Row::new(CLOCK, texts::CLOCK);
    match clock_ahead_us(EventTime(CLOCK_FLOOR_US)) {
        Some(ahead) if ahead >= 0 => row.say(texts::CLOCK_UNCHECKED),
        _ => row.wrong(Level::Red, texts::CLOCK_UNSET, texts::CLOCK_OFF_REMEDY),
    }
    row
}

/// Whether the speaking program is there.
pub fn voice(config: &Config) -> Option<Row> {
    let program = &config.voice.as_ref()?.program;
    let mut row = Row::new(VOICE, format!("{}  {}", texts::VOICE, program.display()));
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let is_there = match program.components().count() {
        1 => std::env::split_paths(&folders).any(|folder| folder.join(program).is_file()),
        _ => program.is_file(),
    };
    if !is_there {
        row.wrong(Level::Red, texts::NO_VOICE, texts::NO_VOICE_REMEDY);
    }
    Some(row)
}
