//! A small disk that a test can fill.
//!
//! The problem: a full disk needs one of its own, and not everybody may mount one. The answer: a tmpfs where this process
//! may mount (root, and not in a container without privileges); elsewhere the process under test may not write its
//! largest file larger than it is (RLIMIT_FSIZE), which fails in the same calls with another word. Never passed over.
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The disk; gone when it is dropped.
pub struct Disk {
    folder: tempfile::TempDir,
    is_mounted: bool,
}

impl Disk {
    /// Mounts one of so many MiB, or says that its end is imitated.
    pub fn small(mebibytes: u32) -> Disk {
        let folder = tempfile::tempdir().expect("a folder");
        let size = format!("size={mebibytes}m");
        let mount = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &size, "kaoguan-test"])
            .arg(folder.path())
            .output();
        let is_mounted = mount.is_ok_and(|mount| mount.status.success());
        if !is_mounted {
            println!(
                "ATTENTION: this process may not mount a small disk; its end is imitated by a limit on files' sizes"
            );
        }
        Disk { folder, is_mounted }
    }

    /// A folder on it.
    pub fn path(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// What the system says of it where it is full.
    pub fn says(&self) -> &'static str {
        if self.is_mounted { "no room" } else { "File too large" }
    }

    /// The unit's word for it.
    pub fn condition(&self) -> &'static str {
        if self.is_mounted { "disk_full" } else { "disk_error" }
    }

    fn filler(&self) -> PathBuf {
        self.folder.path().join("filler")
    }

    /// Fills it to the last byte, for the process that writes here.
    ///
    /// # Panics
    /// Where that cannot be done.
    pub fn fill(&self, process: u32) {
        if !self.is_mounted {
            return limit(process, &largest(&self.path()).to_string());
        }
        let mut file = File::create(self.filler()).expect("a filler");
        for block in [1 << 16, 1 << 12, 1] {
            while file.write_all(&vec![0; block]).is_ok() {}
        }
    }

    /// Gives the space back; to nobody where the process has ended, and its limit with it.
    ///
    /// # Panics
    /// Where that cannot be done.
    pub fn free(&self, process: Option<u32>) {
        if !self.is_mounted {
            process.into_iter().for_each(|process| limit(process, "unlimited"));
            return;
        }
        std::fs::remove_file(self.filler()).expect("the filler goes");
    }
}

/// Bytes of the largest file in a folder: journal or spool, which grow.
fn largest(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).expect("a folder").flatten();
    let sizes = entries.map(|entry| match entry.metadata() {
        Ok(of) if of.is_dir() => largest(&entry.path()),
        Ok(of) => of.len(),
        Err(_) => 0,
    });
    sizes.max().unwrap_or(0)
}

/// Only the soft limit: any process of the same user may set it, and take it back.
fn limit(process: u32, bytes: &str) {
    let mut prlimit = Command::new("prlimit");
    prlimit.args(["--pid", &process.to_string(), &format!("--fsize={bytes}:")]);
    let status = prlimit.status();
    assert!(
        status.as_ref().is_ok_and(std::process::ExitStatus::success),
        "prlimit of process {process} to {bytes}: {status:?}"
    );
}

impl Drop for Disk {
    fn drop(&mut self) {
        if self.is_mounted {
            // Lazily: a process that is being killed may still hold a file.
            let _ = Command::new("umount").arg("-l").arg(self.folder.path()).status();
        }
    }
}
