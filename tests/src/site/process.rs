//! Processes that end with their test, the shipped binaries among them.
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::fs::File;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};

/// A running process; killed when it is dropped. What it says goes to a file that a failing test prints the end of.
pub struct Process {
    name: String,
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts a command; its output is appended to `log`.
    ///
    /// # Panics
    /// Where it does not start.
    pub fn start(name: &str, command: &mut Command, log: &Path) -> Process {
        let file = File::options().create(true).append(true).open(log).expect("a log file");
        let child = command
            .stdin(Stdio::null())
            .stdout(file.try_clone().expect("a second handle"))
            .stderr(file)
            .spawn()
            .unwrap_or_else(|e| panic!("{name} does not start: {e}"));
        Process {
            name: name.to_owned(),
            child,
            log: log.to_owned(),
        }
    }

    /// Its number.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// `kill -9`, and waits for the end.
    pub fn kill(mut self) {
        self.end(Signal::SIGKILL);
    }

    /// SIGTERM, and waits for the end.
    pub fn stop(mut self) {
        self.end(Signal::SIGTERM);
    }

    /// Whether it still runs.
    pub fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    fn end(&mut self, signal: Signal) {
        if !self.is_running() {
            return;
        }
        // It may have ended in between.
        let _ = i32::try_from(self.child.id()).map(|pid| kill(Pid::from_raw(pid), signal));
        let end = Instant::now() + Duration::from_secs(20);
        while self.is_running() {
            if Instant::now() > end {
                let _ = self.child.kill();
                let _ = self.child.wait();
                panic!("{} has not ended 20 s after {signal}", self.name);
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Ended already, or now.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            let said = std::fs::read_to_string(&self.log).unwrap_or_default();
            let lines: Vec<&str> = said.lines().collect();
            let tail = lines.iter().skip(lines.len().saturating_sub(15));
            println!("--- the last words of {}:", self.name);
            tail.for_each(|line| println!("    {line}"));
        }
    }
}

/// A shipped binary that is not killed where a file may grow no further (SIGXFSZ): its write fails, as on a full disk.
pub fn shipped(name: &str) -> Command {
    let mut command = Command::new("env");
    command.arg("--ignore-signal=XFSZ").arg(binary(name));
    command
}

/// The path of a shipped binary beside the test's own; built first where cargo runs the test.
///
/// # Panics
/// With a sentence where it is missing.
pub fn binary(name: &str) -> PathBuf {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let own = std::env::current_exe().expect("a test has a path");
        let folder = own.ancestors().nth(2).expect("target/<profile>/deps/test").to_owned();
        build(folder.ends_with("release"));
        folder
    });
    let path = folder.join(name);
    assert!(
        path.exists(),
        "{} is missing: cargo build --workspace --bins",
        path.display()
    );
    path
}

/// `cargo test -p kaoguan-tests` alone would run yesterday's binaries.
fn build(release: bool) {
    let Some(cargo) = std::env::var_os("CARGO") else { return };
    let mut command = Command::new(cargo);
    command.args(["build", "--quiet", "--workspace", "--bins"]);
    command.current_dir(repository());
    // What cargo told this test about itself would make it build everything anew.
    let told = [
        "CARGO_PKG_",
        "CARGO_MANIFEST_",
        "CARGO_CRATE_",
        "CARGO_BIN_",
        "CARGO_PRIMARY_",
    ];
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text == "LD_LIBRARY_PATH" || told.iter().any(|start| text.starts_with(start)) {
            command.env_remove(&name);
        }
    }
    if release {
        command.arg("--release");
    }
    let built = command.status().expect("cargo runs");
    assert!(built.success(), "cargo build --workspace --bins: {built}");
}

/// The workspace's root.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// A free loopback port that stays free while its owner is down: below the range that the system gives to clients.
///
/// # Panics
/// Where none is free.
pub fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let start = (std::process::id() % 1_000) as u16 * 10;
    for _ in 0..10_000 {
        let port = 20_000 + (start + NEXT.fetch_add(1, Ordering::Relaxed)) % 12_000;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
    panic!("no loopback port from 20000 to 31999 is free");
}

/// Waits until something is so.
///
/// # Panics
/// With a sentence on what was awaited.
pub fn until(what: &str, seconds: u64, mut is_so: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(seconds);
    while !is_so() {
        assert!(Instant::now() < end, "after {seconds} s still not so: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
