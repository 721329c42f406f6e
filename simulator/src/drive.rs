//! A ride into a folder: bytes with their arrivals, truth and a summary.
use crate::replay::Recorder;
use crate::ride::{Moment, Next, Request, Ride};
use crate::sensors::{Sensors, Settings};
use crate::truth::{Observer, Summary, Writer};
use std::fs::File;
use std::io::{self, BufWriter};
use std::path::Path;

/// Rides to the end without a gate, and writes `receiver.nmea`, `attitude.bin`, `signals.bin`, `arrivals.csv`,
/// `truth.jsonl` (each n-th moment of 200 Hz) and `summary.json`.
///
/// # Errors
/// Those of the file system; a sentence where the course has no sites.
pub fn drive(request: Request, settings: &Settings, folder: &Path, truth_every: u32) -> io::Result<Summary> {
    let mut ride = Ride::new(request).map_err(io::Error::other)?;
    let (course, spec) = (ride.course().clone(), ride.spec().clone());
    let mut sensors = Sensors::new(&course, &spec, ride.seed(), settings);
    let mut observer = Observer::new(&course, &spec);
    let mut recorder = Recorder::create(folder)?;
    let out = BufWriter::new(File::create(folder.join("truth.jsonl"))?);
    let mut writer = Writer::new(out, truth_every, settings.start_utc_us);
    let mut chunks = Vec::new();
    loop {
        match ride.advance() {
            Moment::Truth(truth) => {
                sensors.push(&truth, &mut chunks);
                chunks.drain(..).try_for_each(|chunk| recorder.push(&chunk))?;
                observer.push(&truth);
                writer.push(&truth)?;
            }
            Moment::Ready | Moment::Gate(_) => ride.answer(Next::Continue),
            Moment::Done => break,
        }
    }
    recorder.finish()?;
    writer.finish()?;
    let summary = observer.finish(ride.rider().name, ride.seed(), settings.start_utc_us);
    let text = serde_json::to_string_pretty(&summary)?;
    std::fs::write(folder.join("summary.json"), text + "\n")?;
    Ok(summary)
}
