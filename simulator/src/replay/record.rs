//! A sealed record's raw bytes: MCAP messages on `raw/{port}`, 8 bytes of uptime (little-endian, microseconds) and the bytes.
use super::{read_file, sort};
use crate::sensors::{Chunk, Port};
use std::io;
use std::path::Path;

/// Between two boots of the recorded unit lies at least this, microseconds.
const BOOT_GAP_US: i64 = 1_000_000;

/// The record's chunks, sorted by arrival. Several boots follow each other.
///
/// # Errors
/// Those of reading; a sentence where it is no MCAP file or has no raw bytes.
pub fn read(path: &Path) -> io::Result<Vec<Chunk>> {
    let file = read_file(path)?;
    let bad = |text: String| io::Error::new(io::ErrorKind::InvalidData, format!("{}: {text}", path.display()));
    let mut boots: Vec<(String, Vec<Chunk>)> = Vec::new();
    for message in mcap::MessageStream::new(&file).map_err(|e| bad(e.to_string()))? {
        let message = message.map_err(|e| bad(e.to_string()))?;
        let Some(port) = port(&message.channel.topic) else {
            continue;
        };
        let Some((head, bytes)) = message.data.split_first_chunk::<8>() else {
            return Err(bad(format!(
                "a message on {} has {} bytes, 8 are its time",
                message.channel.topic,
                message.data.len()
            )));
        };
        let boot = message.channel.metadata.get("boot").cloned().unwrap_or_default();
        let chunk = Chunk {
            port,
            at_us: i64::from_le_bytes(*head),
            bytes: bytes.to_vec(),
        };
        match boots.iter_mut().find(|(name, _)| *name == boot) {
            Some((_, chunks)) => chunks.push(chunk),
            None => boots.push((boot, vec![chunk])),
        }
    }
    if boots.is_empty() {
        return Err(bad("there are no raw bytes in it".into()));
    }
    Ok(joined(boots))
}

fn port(topic: &str) -> Option<Port> {
    let name = topic.strip_prefix("raw/")?;
    Port::ALL.into_iter().find(|p| p.name() == name)
}

/// One boot after the other: uptimes begin anew in each.
fn joined(boots: Vec<(String, Vec<Chunk>)>) -> Vec<Chunk> {
    let mut all: Vec<Chunk> = Vec::new();
    for (_, mut chunks) in boots {
        sort(&mut chunks);
        let first = chunks.first().map_or(0, |c| c.at_us);
        let shift = all.last().map_or(0, |last| (last.at_us + BOOT_GAP_US - first).max(0));
        all.extend(chunks.into_iter().map(|c| Chunk {
            at_us: c.at_us + shift,
            ..c
        }));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;
    use std::io::Cursor;

    #[test]
    fn raw_messages_become_chunks_in_the_order_of_arrival() {
        let mut file = Vec::new();
        let mut writer = mcap::WriteOptions::new()
            .compression(None)
            .create(Cursor::new(&mut file))
            .expect("a writer");
        let mut put = |topic: &str, at: i64, bytes: &[u8]| {
            let about = BTreeMap::from([("boot".to_string(), "3".to_string())]);
            let channel = writer
                .add_channel(0, topic, "application/octet-stream", &about)
                .expect("a channel");
            let header = mcap::records::MessageHeader {
                channel_id: channel,
                sequence: 0,
                log_time: 0,
                publish_time: 0,
            };
            writer
                .write_to_known_channel(&header, &[&at.to_le_bytes()[..], bytes].concat())
                .expect("room");
        };
        put("raw/attitude", 20, b"b");
        put("samples", 21, b"{}");
        put("raw/receiver", 10, b"a");
        writer.finish().expect("an end");
        drop(writer);
        let path = std::env::temp_dir().join(format!("kaoguan-sim-record-{}.mcap", std::process::id()));
        std::fs::write(&path, &file).expect("room");
        let chunks = read(&path).expect("readable");
        let seen: Vec<(Port, i64)> = chunks.iter().map(|c| (c.port, c.at_us)).collect();
        assert_eq!(seen, [(Port::Receiver, 10), (Port::Attitude, 20)]);
        std::fs::remove_file(path).expect("gone");
    }
}
