//! A real mosquitto on a free port, that can be killed and started again on the same one.
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const MOSQUITTO: &str = "/usr/sbin/mosquitto";

pub struct Broker {
    pub port: u16,
    folder: tempfile::TempDir,
    child: Option<Child>,
    more: String,
}

impl Broker {
    /// `None`, with a printed line, only where mosquitto is not installed.
    pub fn start() -> Option<Broker> {
        Broker::start_with("")
    }

    /// With more lines in its file: listeners of other kinds.
    pub fn start_with(more: &str) -> Option<Broker> {
        if !Path::new(MOSQUITTO).exists() {
            println!("skipped: {MOSQUITTO} is not installed");
            return None;
        }
        let port = free_port();
        let mut broker = Broker {
            port,
            folder: tempfile::tempdir().expect("a folder"),
            child: None,
            more: more.to_owned(),
        };
        broker.up();
        Some(broker)
    }

    /// Starts it; returns when it listens.
    pub fn up(&mut self) {
        let path = self.folder.path().join("mosquitto.conf");
        // Started by root it would become another user, who cannot write into the folder, and keep nothing.
        let text = format!(
            "listener {} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 0\nset_tcp_nodelay true\n\
             user root\npersistence true\npersistence_location {}/\n",
            self.port,
            self.folder.path().display()
        ) + &self.more;
        std::fs::write(&path, text).expect("written");
        let child = Command::new(MOSQUITTO)
            .arg("-c")
            .arg(&path)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        self.child = Some(child.expect("mosquitto starts"));
        let until = Instant::now() + Duration::from_secs(10);
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            assert!(Instant::now() < until, "mosquitto does not listen");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// SIGTERM: it writes down its sessions.
    pub fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            kill(Pid::from_raw(child.id() as i32), Signal::SIGTERM).expect("sent");
            child.wait().expect("waited for");
        }
    }

    /// kill -9: it keeps nothing.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().expect("killed");
            child.wait().expect("waited for");
        }
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A port that nobody listens at now.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr());
    listener.expect("a free port").port()
}
