//! A receiver's raw log without arrival times: made from the sentences' own UTC.
//!
//! All lines of one epoch arrive together, 60 ms after their time of validity; a line without a time belongs to the epoch
//! before it. A clock that jumps back by more than half a day has passed midnight; any smaller jump back arrives at once,
//! because bytes can't arrive before their predecessors.
use crate::sensors::{Chunk, Port, receiver};

const DAY_US: i64 = 86_400_000_000;

/// The log's chunks, arrivals in microseconds of the log's first day.
pub fn read(bytes: &[u8]) -> Vec<Chunk> {
    let mut chunks: Vec<Chunk> = Vec::new();
    let (mut day_us, mut last_tod) = (0, None);
    let mut pending = Vec::new();
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let Some(tod) = time_of_day(line) else {
            match chunks.last_mut() {
                Some(chunk) => chunk.bytes.extend_from_slice(line),
                None => pending.extend_from_slice(line),
            }
            continue;
        };
        if last_tod.is_some_and(|last: i64| last - tod > DAY_US / 2) {
            day_us += DAY_US;
        }
        last_tod = Some(tod);
        let at_us = day_us + tod + receiver::LATENCY_US;
        match chunks.last_mut() {
            Some(chunk) if at_us <= chunk.at_us => chunk.bytes.extend_from_slice(line),
            _ => {
                let mut bytes = std::mem::take(&mut pending);
                bytes.extend_from_slice(line);
                chunks.push(Chunk {
                    port: Port::Receiver,
                    at_us,
                    bytes,
                });
            }
        }
    }
    if !pending.is_empty() {
        chunks.push(Chunk {
            port: Port::Receiver,
            at_us: 0,
            bytes: pending,
        });
    }
    chunks
}

/// Microseconds of the day, of a GGA or RMC of any talker; `None` for anything else.
fn time_of_day(line: &[u8]) -> Option<i64> {
    let start = line.iter().rposition(|byte| *byte == b'$')?;
    let text = std::str::from_utf8(line.get(start + 1..)?).ok()?;
    let mut fields = text.split(',');
    let name = fields.next()?;
    if name.len() != 5 || !(name.ends_with("GGA") || name.ends_with("RMC")) {
        return None;
    }
    let time = fields.next()?;
    let (clock, fraction) = time.split_once('.').unwrap_or((time, ""));
    if clock.len() != 6 || !clock.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number = |from: usize| clock.get(from..from + 2)?.parse::<i64>().ok();
    let micros: i64 = format!("{fraction:0<6}").get(..6)?.parse().ok()?;
    let (hours, minutes, seconds) = (number(0)?, number(2)?, number(4)?);
    (hours < 24 && minutes < 60 && seconds < 61).then(|| ((hours * 60 + minutes) * 60 + seconds) * 1_000_000 + micros)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn epochs_arrive_after_their_time_and_midnight_goes_on() {
        let log =
            b"garbage\n$GNGGA,235959.90,1*00\r\n$GNHDT,1,T*00\r\n$GNRMC,235959.90,A*00\r\n$GNGGA,000000.00,2*00\r\n";
        let chunks = read(log);
        assert_eq!(chunks.len(), 2);
        assert_eq!(chunks[0].at_us, DAY_US - 100_000 + 60_000);
        assert_eq!(chunks[1].at_us, DAY_US + 60_000);
        let joined: Vec<u8> = chunks.iter().flat_map(|c| c.bytes.clone()).collect();
        assert_eq!(joined, log, "no byte is lost or changed");
    }

    #[test]
    fn a_clock_that_steps_back_arrives_at_once() {
        let chunks = read(b"$GNGGA,010000.20,1*00\n$GNGGA,010000.00,1*00\n$GNGGA,010000.40,1*00\n");
        assert_eq!(chunks.len(), 2);
        assert!(chunks[0].bytes.len() > 40);
    }
}
