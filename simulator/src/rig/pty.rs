//! A pseudo terminal: the simulator holds one end, a unit opens the other as its serial port.
use nix::fcntl::{FcntlArg, FdFlag, OFlag, fcntl};
use nix::pty::openpty;
use nix::sys::termios::{SetArg, cfmakeraw, tcgetattr, tcsetattr};
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::unix::AsyncFd;
use tokio::task::JoinHandle;

/// A unit that does not read for so long is gone.
const WRITE_TIMEOUT: Duration = Duration::from_secs(10);

/// One port's both ends. The other end stays open here too, so that a unit may come and go.
pub struct Pty {
    master: Arc<AsyncFd<OwnedFd>>,
    _slave: OwnedFd,
    path: PathBuf,
    drain: JoinHandle<()>,
}

impl Pty {
    /// Opens one in raw mode. Must be called within a tokio runtime.
    ///
    /// # Errors
    /// Those of the system.
    pub fn open() -> io::Result<Pty> {
        let ends = openpty(None, None)?;
        let mut mode = tcgetattr(&ends.slave)?;
        cfmakeraw(&mut mode);
        tcsetattr(&ends.slave, SetArg::TCSANOW, &mode)?;
        fcntl(&ends.master, FcntlArg::F_SETFL(OFlag::O_NONBLOCK))?;
        fcntl(&ends.master, FcntlArg::F_SETFD(FdFlag::FD_CLOEXEC))?;
        fcntl(&ends.slave, FcntlArg::F_SETFD(FdFlag::FD_CLOEXEC))?;
        let path = nix::unistd::ttyname(ends.slave.as_fd())?;
        // `new` is deprecated for handles that lie about their descriptor; an `OwnedFd` can't, and its successor is `unsafe`.
        #[allow(deprecated)]
        let master = Arc::new(AsyncFd::new(ends.master)?);
        let drain = tokio::spawn(drain(master.clone()));
        Ok(Pty {
            master,
            _slave: ends.slave,
            path,
            drain,
        })
    }

    /// The path that the unit opens.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes all bytes, waiting for the unit to read where the terminal's buffer is full.
    ///
    /// # Errors
    /// `TimedOut` where nobody reads for 10 s; those of the system.
    pub async fn write(&self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let ready = tokio::time::timeout(WRITE_TIMEOUT, self.master.writable()).await;
            let mut ready = ready.map_err(|_| {
                let text = format!("nobody has read from {} for 10 s", self.path.display());
                io::Error::new(io::ErrorKind::TimedOut, text)
            })??;
            match ready.try_io(|fd| Ok(nix::unistd::write(fd.get_ref(), bytes)?)) {
                Ok(written) => bytes = bytes.get(written?..).unwrap_or(&[]),
                Err(_would_block) => {}
            }
        }
        Ok(())
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        self.drain.abort();
    }
}

/// What a unit sends to its receiver (corrections) is read and forgotten: a full terminal would block the unit.
async fn drain(master: Arc<AsyncFd<OwnedFd>>) {
    let mut buffer = [0; 1024];
    while let Ok(mut ready) = master.readable().await {
        match ready.try_io(|fd| Ok(nix::unistd::read(fd.get_ref(), &mut buffer)?)) {
            Ok(Ok(0)) | Err(_) => {}
            Ok(Ok(_)) => {}
            Ok(Err(_)) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }
}
