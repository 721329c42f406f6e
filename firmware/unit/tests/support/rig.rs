//! A vehicle's lines as ptys, the unit's file for them, and the leader of its clock.
use kaoguan_unit::Config;
use nix::fcntl::OFlag;
use nix::pty::{PtyMaster, grantpt, posix_openpt, ptsname_r, unlockpt};
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// One pty: the test writes here, the unit reads there.
pub struct Wire {
    pub master: PtyMaster,
    pub path: String,
}

impl Wire {
    pub fn new() -> Wire {
        let master = posix_openpt(OFlag::O_RDWR | OFlag::O_NOCTTY | OFlag::O_CLOEXEC).expect("a pty");
        grantpt(&master).expect("granted");
        unlockpt(&master).expect("unlocked");
        let path = ptsname_r(&master).expect("a name");
        Wire { master, path }
    }
}

pub struct Rig {
    pub folder: tempfile::TempDir,
    /// Receiver, attitude, signals; of a vehicle that draws something its trailer's receiver.
    pub wires: Vec<Wire>,
    pub broker: u16,
    pub is_led: bool,
}

impl Rig {
    pub fn new(broker: u16, is_led: bool) -> Rig {
        let folder = tempfile::tempdir().expect("a folder");
        Rig {
            folder,
            wires: (0..3).map(|_| Wire::new()).collect(),
            broker,
            is_led,
        }
    }

    /// A led one of a vehicle that draws something.
    pub fn towing(broker: u16) -> Rig {
        let mut rig = Rig::new(broker, true);
        rig.wires.push(Wire::new());
        rig
    }

    pub fn clock(&self) -> PathBuf {
        self.folder.path().join("clock")
    }

    pub fn file(&self) -> String {
        let example = include_str!("../../unit.example.toml");
        let mut text = example
            .replace(
                "/var/lib/kaoguan/spool",
                &self.folder.path().join("spool").to_string_lossy(),
            )
            .replace("port = 1883", &format!("port = {}", self.broker));
        for (i, wire) in self.wires.iter().enumerate() {
            text = text.replace(&format!("/dev/ttyUSB{i}"), &wire.path);
        }
        if let Some(wire) = self.wires.get(3) {
            let line = format!("path = {:?}\nbaud = \"115200 baud\"\nlatency = \"60 ms\"\n", wire.path);
            text += &format!("[trailer]\n{line}");
        }
        if self.is_led {
            text += &format!("[clock]\nled = {:?}\n", self.clock());
        }
        text
    }

    pub fn config(&self) -> Config {
        Config::parse(&self.file(), "rig").unwrap_or_else(|e| panic!("{e}"))
    }

    pub fn start(&self) -> Running {
        self.start_with(self.config())
    }

    pub fn start_with(&self, config: Config) -> Running {
        let (stop, stopped) = oneshot::channel::<()>();
        let task = tokio::spawn(async move { kaoguan_unit::run(config, stopped).await });
        Running { stop, task }
    }

    pub fn write(&mut self, line: usize, bytes: &[u8]) {
        self.wires[line].master.write_all(bytes).expect("written");
    }
}

pub struct Running {
    stop: oneshot::Sender<()>,
    task: JoinHandle<anyhow::Result<kaoguan_unit::Ended>>,
}

impl Running {
    pub async fn stop(self) {
        drop(self.stop);
        self.task.await.expect("no panic").expect("no error");
    }
}

/// The led clock's other end.
pub struct Leader {
    stream: UnixStream,
    pub consumed: Vec<u64>,
    tag: u64,
}

impl Leader {
    pub fn connect(path: &Path) -> Leader {
        let until = Instant::now() + Duration::from_secs(10);
        loop {
            match UnixStream::connect(path) {
                Ok(stream) => {
                    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("set");
                    return Leader {
                        stream,
                        consumed: vec![0; 3],
                        tag: 0,
                    };
                }
                Err(e) => assert!(Instant::now() < until, "{}: {e}", path.display()),
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Sends a frame without waiting.
    pub fn send(&mut self, next_us: i64) {
        self.tag += 1;
        let words = self.consumed.iter().copied().chain([next_us as u64, self.tag]);
        let frame: Vec<u8> = words.flat_map(u64::to_le_bytes).collect();
        self.stream.write_all(&frame).expect("sent");
    }

    /// Waits for the answer.
    pub fn answer(&mut self) {
        let mut tag = [0; 8];
        self.stream.read_exact(&mut tag).expect("answered");
        assert_eq!(u64::from_le_bytes(tag), self.tag);
    }

    pub fn step(&mut self, next_us: i64) {
        self.send(next_us);
        self.answer();
    }
}
