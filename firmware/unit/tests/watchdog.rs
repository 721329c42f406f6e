//! systemd's side of the unit: a real datagram socket as `NOTIFY_SOCKET`, and a thread that is really stopped.
mod support;

use nix::sys::ptrace;
use nix::sys::wait::{WaitPidFlag, waitpid};
use nix::unistd::Pid;
use std::os::unix::net::UnixDatagram;
use std::time::{Duration, Instant};
use support::process::Process;
use support::rig::Rig;

/// Shorter than any unit file would have it, longer than a busy machine pauses.
const INTERVAL_US: u64 = 4_000_000;

/// The thread of a process by its name.
fn thread(process: &Process, name: &str) -> Pid {
    let folder = format!("/proc/{}/task", process.pid());
    let named = |id: &str| std::fs::read_to_string(format!("{folder}/{id}/comm")).is_ok_and(|comm| comm.trim() == name);
    let ids = std::fs::read_dir(&folder).expect("it runs").flatten();
    let found = ids
        .map(|id| id.file_name().to_string_lossy().into_owned())
        .find(|id| named(id));
    Pid::from_raw(found.expect("the thread").parse().expect("a number"))
}

/// A thread that stands until this is dropped: also where the test fails, or its process could not be waited for.
struct Stopped(Pid);

impl Stopped {
    fn stop(thread: Pid) -> Stopped {
        ptrace::seize(thread, ptrace::Options::empty()).expect("one's own child may be traced");
        let stopped = Stopped(thread);
        ptrace::interrupt(thread).expect("stopped");
        waitpid(thread, Some(WaitPidFlag::__WALL)).expect("it stands");
        stopped
    }
}

impl Drop for Stopped {
    fn drop(&mut self) {
        let _ = ptrace::detach(self.0, None);
    }
}

/// The next word that has `wanted` in it, and how many of `other` came before it.
fn hear(socket: &UnixDatagram, wanted: &str, other: &str) -> usize {
    let end = Instant::now() + Duration::from_secs(60);
    let mut bytes = [0; 4_096];
    let mut others = 0;
    loop {
        assert!(Instant::now() < end, "systemd never heard {wanted}");
        let Ok(length) = socket.recv(&mut bytes) else { continue };
        let text = String::from_utf8_lossy(&bytes[..length]);
        if text.contains(wanted) {
            return others;
        }
        others += usize::from(text.contains(other));
    }
}

#[test]
fn systemd_is_fed_while_all_parts_move_and_no_longer() {
    let rig = Rig::new(support::broker::free_port(), false);
    let config = rig.folder.path().join("unit.toml");
    std::fs::write(&config, rig.file()).expect("written");
    let path = rig.folder.path().join("notify");
    let socket = UnixDatagram::bind(&path).expect("bound");
    socket.set_read_timeout(Some(Duration::from_secs(1))).expect("set");
    let interval = INTERVAL_US.to_string();
    let environment = [
        ("NOTIFY_SOCKET", path.to_str().expect("text")),
        ("WATCHDOG_USEC", interval.as_str()),
    ];
    let process = Process::start(&[], &config, &environment);
    assert_eq!(hear(&socket, "READY=1", "WATCHDOG=1"), 0, "ready comes first");
    hear(&socket, "WATCHDOG=1", "-");
    hear(&socket, "STATUS=no fix, spool ok, no connection", "-");
    let spool = Stopped::stop(thread(&process, "spool"));
    let fed = hear(&socket, "STATUS=the spool's thread is stuck", "WATCHDOG=1");
    assert!(fed <= 4, "fed {fed} times with a stuck thread");
    // It is alive and silent: a whole interval gives not one word.
    socket
        .set_read_timeout(Some(Duration::from_micros(INTERVAL_US)))
        .expect("set");
    let mut bytes = [0; 4_096];
    let word = socket
        .recv(&mut bytes)
        .map(|length| String::from_utf8_lossy(&bytes[..length]).into_owned());
    assert!(word.is_err(), "{word:?}");
    drop(spool);
    hear(&socket, "WATCHDOG=1", "-");
    let (code, _) = process.end(nix::sys::signal::Signal::SIGTERM);
    assert_eq!(code, Some(0));
    hear(&socket, "STOPPING=1", "-");
}
