//! The site's signing key.
//!
//! The problem: a record must say which site sealed it, in ten years and without that site's help. The answer: one
//! ed25519 key for a site, made on its first start; its public half stands beside it and in every record.
//!
//! Deliberately not here: who trusts the key. A record that brings its own public key proves that it was not changed
//! since; *whose* it is, the reader decides by comparing the key with the one that the site has published.
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Why there is no key.
#[derive(Debug, Error)]
pub enum KeyError {
    /// The operating system refuses.
    #[error("cannot {what} the site's key {}: {source}", file.display())]
    Io {
        /// What was tried.
        what: &'static str,
        /// The file.
        file: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Somebody else could have copied it.
    #[error("the site's key {} may be read by others (mode {mode:03o}): run `chmod 600` on it, or make a new one", file.display())]
    Open {
        /// The file.
        file: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// It is no key.
    #[error("{} is not a site's key: it must be one line of 64 characters 0-9 a-f", file.display())]
    Malformed {
        /// The file.
        file: PathBuf,
    },
}

/// A site's key: signs.
#[derive(Debug, Clone)]
pub struct SiteKey(SigningKey);

impl SiteKey {
    /// Reads the key from `path`; where there is none, makes one, for the owner's eyes only. The public key is written
    /// beside it, with the ending `.pub`.
    ///
    /// # Errors
    /// [`KeyError`]; a key that is already there is never replaced.
    pub fn open(path: &Path) -> Result<SiteKey, KeyError> {
        let key = match File::open(path) {
            Ok(file) => read(file, path)?,
            Err(e) if e.kind() == io::ErrorKind::NotFound => make(path)?,
            Err(source) => {
                return Err(KeyError::Io {
                    what: "open",
                    file: path.into(),
                    source,
                });
            }
        };
        let public = path.with_extension("pub");
        fs::write(&public, format!("{}\n", key.public())).map_err(|source| KeyError::Io {
            what: "write the public half of",
            file: public,
            source,
        })?;
        Ok(key)
    }

    /// A key from 32 secret bytes.
    pub fn from_seed(seed: &[u8; 32]) -> SiteKey {
        SiteKey(SigningKey::from_bytes(seed))
    }

    /// The public key, 64 characters of lower-case hexadecimal.
    pub fn public(&self) -> String {
        hex(self.0.verifying_key().as_bytes())
    }

    /// Signs a digest in a context; 128 characters of lower-case hexadecimal. Deterministic (RFC 8032).
    pub fn sign(&self, context: &str, digest: &[u8; 32]) -> String {
        hex(&self.0.sign(&message(context, digest)).to_bytes())
    }
}

/// Whether the signature over the digest in this context is by this public key. False for whatever is malformed.
pub fn is_signed(public: &str, context: &str, digest: &[u8; 32], signature: &str) -> bool {
    let (Some(public), Some(signature)) = (unhex::<32>(public), unhex::<64>(signature)) else {
        return false;
    };
    let Ok(public) = VerifyingKey::from_bytes(&public) else {
        return false;
    };
    public
        .verify_strict(&message(context, digest), &Signature::from_bytes(&signature))
        .is_ok()
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The bytes of lower-case hexadecimal of exactly this length; upper case is refused, so that one value has one text.
pub fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digits: Vec<u8> = text
        .bytes()
        .map(|c| match c {
            b'0'..=b'9' => Some(c - b'0'),
            b'a'..=b'f' => Some(c - b'a' + 10),
            _ => None,
        })
        .collect::<Option<_>>()?;
    let bytes: Vec<u8> = digits
        .chunks(2)
        .map(|pair| pair.iter().fold(0, |sum, digit| sum * 16 + digit))
        .collect();
    (digits.len() == 2 * N).then(|| bytes.try_into().ok()).flatten()
}

fn message(context: &str, digest: &[u8; 32]) -> Vec<u8> {
    [context.as_bytes(), b"\n", digest].concat()
}

fn read(file: File, path: &Path) -> Result<SiteKey, KeyError> {
    let io = |what| {
        move |source| KeyError::Io {
            what,
            file: path.to_path_buf(),
            source,
        }
    };
    let mode = file.metadata().map_err(io("look at"))?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(KeyError::Open {
            file: path.into(),
            mode,
        });
    }
    let mut text = String::new();
    file.take(1024).read_to_string(&mut text).map_err(io("read"))?;
    match unhex::<32>(text.trim_end()) {
        Some(seed) => Ok(SiteKey::from_seed(&seed)),
        None => Err(KeyError::Malformed { file: path.into() }),
    }
}

fn make(path: &Path) -> Result<SiteKey, KeyError> {
    let write = || {
        let mut seed = [0; 32];
        File::open("/dev/urandom")?.read_exact(&mut seed)?;
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        writeln!(file, "{}", hex(&seed))?;
        file.sync_all()?;
        Ok(SiteKey::from_seed(&seed))
    };
    write().map_err(|source| KeyError::Io {
        what: "make",
        file: path.into(),
        source,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::tests::Dir;

    #[test]
    fn made_once_then_read_and_for_the_owner_alone() {
        let dir = Dir::new("keys");
        let path = dir.0.join("site.key");
        let made = SiteKey::open(&path).expect("made");
        assert_eq!(fs::metadata(&path).expect("there").permissions().mode() & 0o777, 0o600);
        assert_eq!(SiteKey::open(&path).expect("read").public(), made.public());
        assert_eq!(
            fs::read_to_string(dir.0.join("site.pub")).expect("there").trim_end(),
            made.public()
        );
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).expect("chmod");
        let error = SiteKey::open(&path).expect_err("others may read it").to_string();
        assert!(error.contains("mode 640"), "{error}");
    }

    #[test]
    fn a_malformed_key_is_named_and_kept() {
        let dir = Dir::new("badkey");
        let path = dir.0.join("site.key");
        fs::write(&path, "hello").expect("writes");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("chmod");
        assert!(matches!(SiteKey::open(&path), Err(KeyError::Malformed { .. })));
        assert_eq!(fs::read_to_string(&path).expect("there"), "hello");
    }

    /// RFC 8032, section 7.1, TEST 1: the secret and its public key.
    #[test]
    fn the_public_key_is_that_of_the_standard() {
        let seed = unhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60").expect("hex");
        let public = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
        assert_eq!(SiteKey::from_seed(&seed).public(), public);
    }

    #[test]
    fn one_value_has_one_text() {
        assert_eq!(unhex("00fa"), Some([0, 0xfa]));
        for other in ["00FA", "00f", "00fa0", "00fa00", "00fg", " 0fa", ""] {
            assert_eq!(unhex::<2>(other), None, "{other:?}");
        }
    }

    #[test]
    fn only_the_same_digest_in_the_same_context_is_signed() {
        let key = SiteKey::from_seed(&[7; 32]);
        let signature = key.sign("a", &[1; 32]);
        assert!(is_signed(&key.public(), "a", &[1; 32], &signature));
        assert!(!is_signed(&key.public(), "b", &[1; 32], &signature));
        assert!(!is_signed(&key.public(), "a", &[2; 32], &signature));
        assert!(!is_signed(
            &SiteKey::from_seed(&[8; 32]).public(),
            "a",
            &[1; 32],
            &signature
        ));
        assert!(!is_signed(&key.public(), "a", &[1; 32], &signature.to_uppercase()));
        assert!(!is_signed(&key.public(), "a", &[1; 32], ""));
    }
}
