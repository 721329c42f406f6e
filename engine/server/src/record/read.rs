//! Reading a record: out of any bytes, without trust.
use super::container::{self, Part};
use super::stretch::{Item, Stretch};
use super::{Damage, FORMAT, Record, RecordError, SIGNATURE_BLANK};
use crate::entry::{Entry, Kind, Open};
use crate::journal::Link;
use crate::keys;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// The largest record that is read, bytes. An exam of an hour is some 20 MB.
pub const RECORD_BYTES_MAX: u64 = 1 << 30;

/// Reads a record's file.
///
/// # Errors
/// [`RecordError::Io`]; [`RecordError::Damaged`] with what is wrong with the file.
pub fn read(path: &Path) -> Result<Record, RecordError> {
    let io = |source| RecordError::Io {
        what: "read",
        file: path.to_path_buf(),
        source,
    };
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(RECORD_BYTES_MAX + 1).read_to_end(&mut bytes))
        .map_err(io)?;
    let damaged = |damage| RecordError::Damaged {
        file: path.to_path_buf(),
        damage,
    };
    if bytes.len() as u64 > RECORD_BYTES_MAX {
        return Err(damaged(Damage::TooLarge { max: RECORD_BYTES_MAX }));
    }
    from_bytes(&bytes).map_err(damaged)
}

/// Reads a record from its bytes.
///
/// # Errors
/// What is wrong with them.
pub fn from_bytes(bytes: &[u8]) -> Result<Record, Damage> {
    let parts = container::parts(bytes)?;
    let mut metadata = BTreeMap::new();
    let mut attachments = BTreeMap::new();
    let mut items = Vec::new();
    for part in parts {
        match part {
            Part::Message {
                topic: super::topic::JOURNAL,
                data,
            } => {
                let entry = Entry::decode(data).map_err(Damage::Entry)?;
                items.push(Item::Own {
                    entry,
                    bytes: data.to_vec(),
                });
            }
            Part::Message {
                topic: super::topic::OTHERS,
                data,
            } => items.push(others(data)?),
            Part::Message { .. } => {}
            Part::Attachment { name, data } => {
                attachments.insert(name.to_owned(), String::from_utf8_lossy(data).into_owned());
            }
            Part::Metadata { name, values } => {
                metadata.extend(
                    values
                        .into_iter()
                        .map(|(key, value)| (format!("{name}/{key}"), value.to_owned())),
                );
            }
        }
    }
    let values = Values(metadata);
    match values.get("kaoguan/format")? {
        format if format == FORMAT.to_string() => {}
        format => {
            return Err(Damage::Format {
                found: format.to_owned(),
            });
        }
    }
    let file_signature = values.get("kaoguan.seal/file_signature")?;
    Ok(Record {
        stretch: Stretch {
            before: values.link("kaoguan/chain_before")?,
            after: values.link("kaoguan/chain_after")?,
            open: opening(&items)?,
            items,
        },
        file_digest: file_digest(bytes, file_signature),
        values: values.0,
        attachments,
    })
}

struct Values(BTreeMap<String, String>);

impl Values {
    fn get(&self, key: &str) -> Result<&str, Damage> {
        self.0
            .get(key)
            .map(String::as_str)
            .ok_or_else(|| Damage::Missing(format!("metadata {key}")))
    }
    fn link(&self, key: &str) -> Result<Link, Damage> {
        keys::unhex(self.get(key)?)
            .map(Link)
            .ok_or_else(|| Damage::Missing(format!("metadata {key} as 64 hex digits")))
    }
}

fn opening(items: &[Item]) -> Result<Open, Damage> {
    match items.first() {
        Some(Item::Own {
            entry: Entry {
                kind: Kind::Open(open), ..
            },
            ..
        }) => Ok(Open::clone(open)),
        _ => Err(Damage::Missing("the exam's opening as the first entry".into())),
    }
}

fn others(data: &[u8]) -> Result<Item, Damage> {
    let (first, hashes): (u64, Vec<minicbor::bytes::ByteVec>) =
        minicbor::decode(data).map_err(|e| Damage::Entry(format!("not a run of hashes: {e}")))?;
    let hashes = hashes
        .iter()
        .map(|hash| <[u8; 32]>::try_from(hash.as_slice()).ok())
        .collect::<Option<_>>();
    let hashes = hashes.ok_or_else(|| Damage::Entry("a hash of another entry is not 32 bytes long".into()))?;
    Ok(Item::Others { first, hashes })
}

/// The digest that was signed: of the file with a blank in the signature's place. `None` where it has no such place.
fn file_digest(bytes: &[u8], signature: &str) -> Option<[u8; 32]> {
    let wanted = signature.as_bytes();
    if wanted.len() != SIGNATURE_BLANK.len() {
        return None;
    }
    let at = bytes.windows(wanted.len()).rposition(|window| window == wanted)?;
    let (front, rest) = bytes.split_at_checked(at)?;
    let back = rest.get(wanted.len()..)?;
    let mut hasher = blake3::Hasher::new();
    hasher.update(front).update(SIGNATURE_BLANK.as_bytes()).update(back);
    Some(*hasher.finalize().as_bytes())
}
