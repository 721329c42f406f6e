//! The shipped binary, ended with its test.
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

pub const BINARY: &str = env!("CARGO_BIN_EXE_kaoguan-unit");

pub struct Process(pub Child);

impl Process {
    pub fn start(arguments: &[&str], config: &Path, environment: &[(&str, &str)]) -> Process {
        let child = Command::new(BINARY)
            .args(arguments)
            .arg("--config")
            .arg(config)
            .envs(environment.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        Process(child.expect("starts"))
    }
    pub fn pid(&self) -> Pid {
        Pid::from_raw(self.0.id() as i32)
    }
    /// Asks it to end; what it printed.
    pub fn end(mut self, signal: Signal) -> (Option<i32>, String) {
        kill(self.pid(), signal).expect("sent");
        let status = self.0.wait().expect("waited for");
        let mut text = String::new();
        let mut out = self.0.stdout.take().expect("piped");
        std::io::Read::read_to_string(&mut out, &mut text).expect("text");
        (status.code(), text)
    }
    pub fn is_alive(&mut self) -> bool {
        self.0.try_wait().expect("asked").is_none()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A subcommand to its end.
pub fn output(arguments: &[&str], config: &Path) -> Output {
    let mut command = Command::new(BINARY);
    command.args(arguments).arg("--config").arg(config);
    command.output().expect("runs")
}
