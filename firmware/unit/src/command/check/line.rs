//! One line: is it there, may it be opened, at which rate does it speak, and what arrives.
//!
//! The rate is found by what the unit's own decoders accept: a sentence with its checksum does not come out of noise. The
//! declared one is tried first, and the others only where it gives nothing and something is there to be heard.
use super::hearing::Hearing;
use super::{Level, Row, needs};
use crate::Config;
#[cfg(target_os = "linux")]
use crate::bus::{self, Driver, Kernel};
use crate::config::Line;
use crate::texts;
use crate::{health, ports};
use kaoguan_telemetry::Port;
use kaoguan_unit_core::Dialect;
use std::io;
use std::path::Path;
use std::time::Duration;
use tokio::io::AsyncReadExt;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio_serial::{ClearBuffer, SerialPort, SerialStream};

/// What receivers, sensors and boxes are delivered with, the most usual first.
const BAUDS: [u32; 9] = [115_200, 460_800, 230_400, 921_600, 57_600, 38_400, 19_200, 9_600, 4_800];
/// Long enough for whoever speaks once a second.
const TRY: Duration = Duration::from_millis(1_500);
/// A buffer is emptied in this.
const STALE: Duration = Duration::from_millis(100);
/// So many proven ones are no accident, also where a sum has eight bits.
const ENOUGH: u64 = 3;

/// What one rate gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tried {
    /// Symbols a second.
    pub baud: u32,
    /// Proven sentences and frames.
    pub good: u64,
    /// Refused ones.
    pub bad: u64,
}

/// The right rate among those that were tried: the one with the most proven ones, if they are no accident.
pub fn choose(tried: &[Tried]) -> Option<u32> {
    let sound = tried.iter().filter(|tried| is_sound(tried.good, tried.bad));
    sound
        .max_by_key(|tried| (tried.good, std::cmp::Reverse(tried.bad)))
        .map(|tried| tried.baud)
}

fn is_sound(good: u64, bad: u64) -> bool {
    good >= ENOUGH && good >= bad
}

/// Starts a task for each line; the receiver's says `here`, as a GGA, where the vehicle is.
pub fn start(config: &Config, span: Duration, here: watch::Sender<Option<String>>, work: &mut JoinSet<Vec<Row>>) {
    let mut here = Some(here);
    if config.class.is_some_and(|class| class.draws) && config.trailer.is_none() {
        let mut row = Row::new(30, texts::TRAILER);
        row.wrong(Level::Red, texts::NO_TRAILER, texts::NO_TRAILER_REMEDY);
        work.spawn(async move { vec![row] });
    }
    let own = |port: Port| port != Port::Signals || !config.shares_line();
    let lines: Vec<_> = config
        .lines()
        .filter(|(port, _)| own(*port))
        .map(|(port, line)| (port, line.clone()))
        .collect();
    for (order, (port, line)) in lines.into_iter().enumerate() {
        let config = config.clone();
        if port == Port::Signals && config.bus().is_some() {
            work.spawn(async move { bus(&config, order * 10, &line, span).await });
            continue;
        }
        let here = if port == Port::Receiver { here.take() } else { None };
        work.spawn(async move { look(&config, order * 10, port, &line, span, here).await });
    }
}

/// The title of a line's row.
pub fn title(port: Port, line: &Line) -> String {
    let text = match port {
        Port::Receiver => texts::RECEIVER,
        Port::Attitude => texts::ATTITUDE,
        Port::Signals => texts::SIGNAL_BOX,
        Port::Trailer => texts::TRAILER,
        Port::Unit => texts::UNIT,
    };
    format!("{text}  {}  {} baud", line.path.display(), line.baud)
}

async fn look(
    config: &Config,
    order: usize,
    port: Port,
    line: &Line,
    span: Duration,
    here: Option<watch::Sender<Option<String>>>,
) -> Vec<Row> {
    let mut row = Row::new(order, title(port, line));
    let mut stream = match ports::open(line) {
        Ok(stream) => stream,
        Err(e) => {
            closed(&mut row, &line.path, &e);
            return vec![row];
        }
    };
    empty(&mut stream).await;
    let mut hearing = Hearing::new(config, port);
    hearing.here = here;
    if let Err(e) = hearing.listen(&mut stream, span, u64::MAX).await {
        row.object(
            Level::Red,
            texts::LINE_BROKE.with(&[("why", &e)]),
            Some(texts::LINE_BROKE_REMEDY.to_string()),
        );
        return vec![row];
    }
    let counts = hearing.counts();
    if is_sound(hearing.accepted(), counts.bad_checksum) {
        heard(&mut row, &hearing);
        needs::of(config, port, &hearing, &mut row);
        let mut rows = vec![row];
        rows.extend(
            hearing
                .clock
                .and_then(|(_, ahead)| super::surroundings::clock(port, ahead)),
        );
        return rows;
    }
    search(config, port, line, &mut stream, &hearing, &mut row).await;
    vec![row]
}

/// What lay in a buffer before anybody listened has no rate.
async fn empty(stream: &mut SerialStream) {
    let mut buffer = [0; 4_096];
    let read = async { while stream.read(&mut buffer).await.is_ok_and(|n| n > 0) {} };
    let _ = tokio::time::timeout(STALE, read).await;
}

/// Only Linux has it.
#[cfg(not(target_os = "linux"))]
async fn bus(_: &Config, order: usize, line: &Line, _: Duration) -> Vec<Row> {
    let mut row = Row::new(order, format!("{}  {}", texts::SIGNAL_BOX, line.path.display()));
    row.object(Level::Red, texts::BUS_NOT_LINUX, None);
    vec![row]
}

/// The vehicle's bus, heard from the kernel: it has no rate of its own here, that is the interface's.
#[cfg(target_os = "linux")]
async fn bus(config: &Config, order: usize, line: &Line, span: Duration) -> Vec<Row> {
    let mut row = Row::new(order, format!("{}  {}", texts::SIGNAL_BOX, line.path.display()));
    let Some(can) = config.bus() else { return vec![row] };
    let interface = String::from_utf8_lossy(&can.bus).into_owned();
    let mut driver = Kernel::new(&interface, can);
    if let Err(e) = driver.open() {
        row.object(Level::Red, bus::remedy(&interface, &e), None);
        return vec![row];
    }
    let (arrivals, mut heard_out) = mpsc::channel(256);
    let (opened, _) = mpsc::channel(1);
    let (questions, asked) = mpsc::channel(2);
    let mut hearing = Hearing::new(config, Port::Signals);
    let reader = bus::Reader {
        driver,
        interface,
        origin: hearing.origin(),
        arrivals,
        opened,
        questions: can.ask.is_some().then_some(asked),
    };
    let mut task = JoinSet::new();
    task.spawn(reader.run());
    hearing.hear(&mut heard_out, &questions, span).await;
    heard(&mut row, &hearing);
    if hearing.accepted() == 0 {
        row.wrong(Level::Red, texts::NOTHING_CAME, texts::BUS_SILENT_REMEDY);
    }
    needs::of(config, Port::Signals, &hearing, &mut row);
    vec![row]
}

/// It cannot be opened.
fn closed(row: &mut Row, path: &Path, e: &tokio_serial::Error) {
    // The library's own kinds say less than the system's.
    let reason = std::fs::OpenOptions::new()
        .read(true)
        .write(true)
        .open(path)
        .err()
        .map(|e| e.kind());
    let values: [(&str, &dyn std::fmt::Display); 2] = [("path", &path.display()), ("why", e)];
    let (what, remedy) = match reason {
        Some(io::ErrorKind::NotFound) => (texts::NO_PORT, texts::NO_PORT_REMEDY),
        Some(io::ErrorKind::PermissionDenied) => (texts::NO_PERMISSION, texts::NO_PERMISSION_REMEDY),
        _ if e.to_string().contains("busy") => (texts::PORT_BUSY, texts::PORT_BUSY_REMEDY),
        _ => (texts::PORT_CLOSED, texts::PORT_CLOSED_REMEDY),
    };
    row.object(Level::Red, what.with(&values), Some(remedy.with(&values)));
}

/// What arrives, in words.
fn heard(row: &mut Row, hearing: &Hearing) {
    let tenths = |count: u64| {
        let rate = hearing.rate(count);
        format!("{}.{}/s", rate / 10, rate % 10)
    };
    let kinds = hearing.kinds.iter().map(|(kind, (count, is_read))| {
        let unread = if *is_read {
            String::new()
        } else {
            format!(" ({})", texts::UNREAD)
        };
        format!("{kind} {}{unread}", tenths(*count))
    });
    let samples = hearing
        .samples
        .iter()
        .map(|(kind, count)| format!("{kind} {}", tenths(*count)));
    for (text, list) in [
        (texts::SENTENCES, kinds.collect::<Vec<_>>()),
        (texts::SAMPLES, samples.collect()),
    ] {
        if !list.is_empty() {
            row.say(format!("{text}: {}", list.join(" · ")));
        }
    }
    let refused = health::refused(hearing.counters(), hearing.port());
    let bad: Vec<_> = ["bad_checksum", "broken", "malformed", "overlong"]
        .iter()
        .filter_map(|kind| refused.get(*kind).map(|count| format!("{kind} {count}")))
        .collect();
    if !bad.is_empty() {
        row.say(format!("{}: {}", texts::REFUSED, bad.join(" · ")));
    }
}

/// Nothing sound came at the declared rate: is there another one?
async fn search(config: &Config, port: Port, line: &Line, stream: &mut SerialStream, first: &Hearing, row: &mut Row) {
    let asks = port == Port::Signals && matches!(config.core.signals.dialect, Dialect::Modbus(_));
    let bytes = first.counts().bytes;
    if bytes == 0 && !asks {
        return row.wrong(Level::Red, texts::NOTHING_CAME, texts::NOTHING_CAME_REMEDY);
    }
    let mut tried = Vec::new();
    for baud in BAUDS.into_iter().filter(|baud| *baud != line.baud) {
        if stream.set_baud_rate(baud).is_err() {
            continue;
        }
        // What came at the other rate is no news at this one.
        let _ = stream.clear(ClearBuffer::Input);
        empty(stream).await;
        let mut hearing = Hearing::new(config, port);
        if hearing.listen(stream, TRY, 3 * ENOUGH).await.is_err() {
            break;
        }
        let tried_now = Tried {
            baud,
            good: hearing.accepted(),
            bad: hearing.counts().bad_checksum,
        };
        tried.push(tried_now);
        if tried_now.good >= 3 * ENOUGH {
            break;
        }
    }
    let section = if port == Port::Signals {
        "signal_box"
    } else {
        health::name(port)
    };
    match choose(&tried) {
        Some(baud) => {
            let values: [(&str, &dyn std::fmt::Display); 3] =
                [("declared", &line.baud), ("baud", &baud), ("section", &section)];
            row.object(
                Level::Red,
                texts::WRONG_BAUD.with(&values),
                Some(texts::WRONG_BAUD_REMEDY.with(&values)),
            );
        }
        None if bytes == 0 => row.wrong(Level::Red, texts::NO_ANSWER, texts::NO_ANSWER_REMEDY),
        None => {
            let what = texts::GARBAGE.with(&[("bytes", &bytes)]);
            row.object(Level::Red, what, Some(texts::GARBAGE_REMEDY.to_string()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn tried(baud: u32, good: u64, bad: u64) -> Tried {
        Tried { baud, good, bad }
    }

    #[test]
    fn the_rate_with_the_most_proven_ones_is_chosen_and_an_accident_is_none() {
        assert_eq!(choose(&[]), None);
        assert_eq!(
            choose(&[tried(9_600, 2, 0), tried(115_200, 1, 0)]),
            None,
            "two are an accident"
        );
        assert_eq!(choose(&[tried(9_600, 3, 40)]), None, "more refused than proven");
        let all = [tried(115_200, 4, 3), tried(460_800, 40, 1), tried(230_400, 40, 2)];
        assert_eq!(choose(&all), Some(460_800));
    }
}
