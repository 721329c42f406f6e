//! Writing a record: the same stretch and the same key give the same bytes.
use super::stretch::{Item, Stretch};
use super::{FORMAT, RecordError, SIGNATURE_BLANK, Sealed, context, topic, views};
use crate::entry::{Entry, Kind};
use crate::keys::SiteKey;
use crate::session::{Seen, Session, decode};
use crate::{canon, keys};
use kaoguan_telemetry::wire::Batch;
use kaoguan_telemetry::{Stamp, UnitId};
use mcap::records::{MessageHeader, Metadata};
use std::collections::BTreeMap;
use std::io::Cursor;

/// Boots of a unit that get a raw channel of their own; an exam sees one or two. Whoever invents more shares the last.
const BOOTS_MAX: usize = 64;

/// The record of a stretch as bytes.
///
/// # Errors
/// [`RecordError::Documents`] where the opening's documents are refused; [`RecordError::Write`].
pub fn to_bytes(stretch: &Stretch, key: &SiteKey) -> Result<(Vec<u8>, Sealed), RecordError> {
    let session = stretch.judge()?;
    let canon = session.canon();
    let judged = stretch.judged(&canon);
    let mut sheet = Sheet::new(stretch)?;
    sheet.about(stretch, &session, &canon)?;
    sheet.documents(stretch, &canon)?;
    sheet.items(stretch)?;
    sheet.words(&session)?;
    sheet.seal(key, &judged)?;
    let mut bytes = sheet.finish()?;
    let file_digest = sign_file(&mut bytes, key)?;
    let sealed = Sealed {
        exam: stretch.open.exam.clone(),
        digest: canon::digest(&canon),
        canon,
        verdict: session.exam().verdict().clone(),
        file_digest,
        bytes: bytes.len() as u64,
    };
    Ok((bytes, sealed))
}

/// Signs the file with a blank in the signature's place, then writes the signature there.
fn sign_file(bytes: &mut [u8], key: &SiteKey) -> Result<String, RecordError> {
    let blank = SIGNATURE_BLANK.as_bytes();
    // The seal is the last thing in the data section, so the last blank is the seal's.
    let place = bytes.windows(blank.len()).rposition(|window| window == blank);
    let digest = *blake3::hash(bytes).as_bytes();
    let signature = key.sign(context::FILE, &digest);
    let field = place.and_then(|at| bytes.get_mut(at..at + blank.len()));
    match field {
        Some(field) if signature.len() == field.len() => field.copy_from_slice(signature.as_bytes()),
        _ => return Err(RecordError::Write("the seal has no place for the signature".into())),
    }
    Ok(keys::hex(&digest))
}

/// The MCAP file being written.
struct Sheet {
    out: mcap::Writer<Cursor<Vec<u8>>>,
    /// Event time of the stretch so far, UTC microseconds: the time axis of the file.
    now_us: i64,
    sequences: BTreeMap<u16, u32>,
    seen: Seen,
    boots: Vec<u32>,
    /// The vehicle's own unit; a node's raw bytes have channels with its name.
    unit: UnitId,
}

impl Sheet {
    fn new(stretch: &Stretch) -> Result<Sheet, RecordError> {
        let out = mcap::WriteOptions::new()
            .compression(None)
            .profile("kaoguan")
            .library(concat!("kaoguan ", env!("CARGO_PKG_VERSION")))
            // The signature is written into the data section afterwards, and covers what this CRC would.
            .calculate_data_section_crc(false)
            .create(Cursor::new(Vec::new()))?;
        Ok(Sheet {
            out,
            now_us: starts_us(stretch),
            sequences: BTreeMap::new(),
            seen: Seen::default(),
            boots: Vec::new(),
            unit: stretch.open.unit,
        })
    }

    fn about(&mut self, stretch: &Stretch, session: &Session, canon: &str) -> Result<(), RecordError> {
        let (first, last) = stretch.span();
        let open = &stretch.open;
        self.metadata(
            "kaoguan",
            [
                ("format", FORMAT.to_string()),
                ("software", env!("CARGO_PKG_VERSION").to_string()),
                ("exam", open.exam.clone()),
                ("candidate", open.candidate.clone()),
                ("attempt", open.attempt.to_string()),
                ("class", open.class.clone()),
                ("unit", open.unit.to_string()),
                ("closed", session.closed().unwrap_or_default().to_string()),
                ("journal_first", first.to_string()),
                ("journal_last", last.to_string()),
                ("chain_before", stretch.before.to_string()),
                ("chain_after", stretch.after.to_string()),
                ("digest", canon::digest(canon)),
            ],
        )?;
        match &open.nodes {
            Some(nodes) => self.metadata("kaoguan.nodes", nodes.said()),
            None => Ok(()),
        }
    }

    fn documents(&mut self, stretch: &Stretch, canon: &str) -> Result<(), RecordError> {
        let open = &stretch.open;
        let documents = [
            ("course.geojson", "application/geo+json", open.course.as_str()),
            ("syllabus.toml", "application/toml", &open.syllabus),
            ("vehicle.toml", "application/toml", &open.vehicle),
            ("findings.txt", "text/plain", canon),
        ];
        let time = nanoseconds(self.now_us);
        for (name, media_type, text) in documents {
            self.out.attach(&mcap::Attachment {
                log_time: time,
                create_time: time,
                name: name.into(),
                media_type: media_type.into(),
                data: text.as_bytes().into(),
            })?;
        }
        Ok(())
    }

    fn items(&mut self, stretch: &Stretch) -> Result<(), RecordError> {
        for item in &stretch.items {
            match item {
                Item::Own { entry, bytes } => self.entry(entry, bytes)?,
                Item::Others { first, hashes } => {
                    let hashes: Vec<minicbor::bytes::ByteVec> =
                        hashes.iter().map(|hash| hash.to_vec().into()).collect();
                    let data = minicbor::to_vec((first, hashes)).unwrap_or_default();
                    self.message((topic::OTHERS, "cbor"), &[], self.now_us, self.now_us, &data)?;
                }
            }
        }
        Ok(())
    }

    fn entry(&mut self, entry: &Entry, bytes: &[u8]) -> Result<(), RecordError> {
        let batch = match &entry.kind {
            Kind::Batch(bytes) => decode(bytes).ok(),
            _ => None,
        };
        self.now_us = batch
            .as_ref()
            .and_then(newest_us)
            .map_or(self.now_us, |newest| newest.max(self.now_us));
        self.message((topic::JOURNAL, "cbor"), &[], self.now_us, entry.arrived_utc_us, bytes)?;
        match batch {
            Some(batch) if self.seen.first(batch.unit, batch.boot, batch.no) => {
                self.batch(&batch, entry.arrived_utc_us)
            }
            _ => Ok(()),
        }
    }

    fn batch(&mut self, batch: &Batch, arrived_us: i64) -> Result<(), RecordError> {
        let end_us = newest_us(batch).unwrap_or(self.now_us);
        let end_uptime = batch.raws.iter().map(|raw| raw.at.0).max().unwrap_or(0);
        for raw in &batch.raws {
            let at_us = end_us.saturating_sub(end_uptime.saturating_sub(raw.at.0));
            let data = [raw.at.0.to_le_bytes().as_slice(), &raw.bytes].concat();
            let boot = self.boot_name(batch.boot);
            let about = [
                ("prefix", "8 bytes little-endian: uptime of arrival, microseconds"),
                ("boot", boot.as_str()),
            ];
            let topic = match batch.unit == self.unit {
                true => format!("raw/{}", views::port(raw.port)),
                false => format!("raw/{}/{}", batch.unit, views::port(raw.port)),
            };
            self.message((&topic, "application/octet-stream"), &about, at_us, arrived_us, &data)?;
        }
        for sample in &batch.samples {
            let at_us = match sample.at {
                Stamp::Utc(at) => at.0,
                Stamp::Uptime(_) => end_us,
            };
            self.json(topic::SAMPLES, at_us, arrived_us, &views::sample(batch, sample))?;
        }
        Ok(())
    }

    fn words(&mut self, session: &Session) -> Result<(), RecordError> {
        let (exam, now) = (session.exam(), self.now_us);
        for finding in exam.findings() {
            self.json(topic::FINDINGS, finding.at.0, now, &views::finding(finding))?;
        }
        for question in exam.questions() {
            self.json(topic::QUESTIONS, question.at.0, now, &views::question(question))?;
        }
        self.json(topic::VERDICT, now, now, &views::verdict(exam.verdict()))
    }

    fn seal(&mut self, key: &SiteKey, judged: &[u8; 32]) -> Result<(), RecordError> {
        self.metadata(
            "kaoguan.seal",
            [
                ("public_key", key.public()),
                ("judged", keys::hex(judged)),
                ("judged_signature", key.sign(context::JUDGED, judged)),
                ("file_signature", SIGNATURE_BLANK.to_string()),
            ],
        )
    }

    fn finish(mut self) -> Result<Vec<u8>, RecordError> {
        self.out.finish()?;
        Ok(self.out.into_inner().into_inner())
    }

    fn metadata<K: Into<String>>(
        &mut self,
        name: &str,
        values: impl IntoIterator<Item = (K, String)>,
    ) -> Result<(), RecordError> {
        let metadata = values.into_iter().map(|(key, value)| (key.into(), value)).collect();
        Ok(self.out.write_metadata(&Metadata {
            name: name.into(),
            metadata,
        })?)
    }

    fn json(
        &mut self,
        topic: &str,
        at_us: i64,
        published_us: i64,
        value: &serde_json::Value,
    ) -> Result<(), RecordError> {
        self.message((topic, "json"), &[], at_us, published_us, value.to_string().as_bytes())
    }

    fn message(
        &mut self,
        (topic, encoding): (&str, &str),
        about: &[(&str, &str)],
        at_us: i64,
        published_us: i64,
        data: &[u8],
    ) -> Result<(), RecordError> {
        let about = about
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect();
        let channel_id = self.out.add_channel(0, topic, encoding, &about)?;
        let sequence = self.sequences.entry(channel_id).or_insert(0);
        let header = MessageHeader {
            channel_id,
            sequence: *sequence,
            log_time: nanoseconds(at_us),
            publish_time: nanoseconds(published_us),
        };
        *sequence = sequence.wrapping_add(1);
        Ok(self.out.write_to_known_channel(&header, data)?)
    }

    fn boot_name(&mut self, boot: u32) -> String {
        match self.boots.contains(&boot) {
            true => boot.to_string(),
            false if self.boots.len() < BOOTS_MAX => {
                self.boots.push(boot);
                boot.to_string()
            }
            false => "more".into(),
        }
    }
}

/// The newest event time in a batch, UTC microseconds.
fn newest_us(batch: &Batch) -> Option<i64> {
    let stamps = batch.samples.iter().map(|sample| sample.at);
    stamps
        .filter_map(|at| if let Stamp::Utc(at) = at { Some(at.0) } else { None })
        .max()
}

/// The event time at which the stretch begins: that of its first sample, or the engine's clock where it has none.
fn starts_us(stretch: &Stretch) -> i64 {
    let utc = |entry: &Entry| match &entry.kind {
        Kind::Batch(bytes) => decode(bytes).ok().and_then(|batch| newest_us(&batch)),
        _ => None,
    };
    let arrived = stretch.entries().next().map_or(0, |entry| entry.arrived_utc_us);
    stretch.entries().find_map(utc).unwrap_or(arrived)
}

/// MCAP's times are unsigned nanoseconds since 1970.
fn nanoseconds(us: i64) -> u64 {
    u64::try_from(us).unwrap_or(0).saturating_mul(1000)
}
