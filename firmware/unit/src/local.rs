//! The local socket: how the unit is, a line of JSON a second, for whoever sits at the computer.
//!
//! The problem: the serial lines are open and can be opened only once, and the terminal must show what they say without
//! disturbing anything. The answer: a Unix socket in the spool's folder that gives each caller the picture once a second
//! and listens to nobody; a caller who does not read is dropped, and there are only so many of them. It says nothing of
//! where the vehicle is, so everybody on the computer may read it. Deliberately not here: orders of any kind.
use crate::config::Config;
use crate::health::Health;
use std::io;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// Terminals at once: more is a mistake.
const CALLERS: usize = 4;
/// A caller takes a line within this, or goes.
const PATIENCE: Duration = Duration::from_secs(2);

/// Where it lies.
pub fn path(config: &Config) -> PathBuf {
    config.spool.join("unit.sock")
}

/// The unit's end.
#[derive(Debug)]
pub struct Local {
    picture: watch::Sender<String>,
    path: Option<PathBuf>,
    _task: JoinSet<()>,
}

impl Local {
    /// Listens. Where that cannot be, the unit runs all the same and says why.
    pub fn open(path: PathBuf) -> Local {
        let (picture, pictures) = watch::channel(String::new());
        let mut task = JoinSet::new();
        let path = match bind(&path) {
            Ok(listener) => {
                task.spawn(serve(listener, pictures));
                Some(path)
            }
            Err(e) => {
                tracing::warn!(
                    "local socket {}: {e}; kaoguan-unit watch will not find this unit",
                    path.display()
                );
                None
            }
        };
        Local {
            picture,
            path,
            _task: task,
        }
    }

    /// The picture is now this.
    pub fn show(&self, health: &Health) {
        if let Ok(text) = serde_json::to_string(health) {
            self.picture.send_replace(text + "\n");
        }
    }
}

impl Drop for Local {
    fn drop(&mut self) {
        if let Some(path) = &self.path {
            let _ = std::fs::remove_file(path);
        }
    }
}

fn bind(path: &Path) -> io::Result<UnixListener> {
    // Only a socket: a slip must not delete somebody's file.
    if std::fs::symlink_metadata(path).is_ok_and(|found| found.file_type().is_socket()) {
        std::fs::remove_file(path)?;
    }
    let listener = UnixListener::bind(path)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o666))?;
    Ok(listener)
}

async fn serve(listener: UnixListener, pictures: watch::Receiver<String>) {
    let mut callers = JoinSet::new();
    loop {
        tokio::select! {
            Some(_) = callers.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) if callers.len() < CALLERS => {
                    callers.spawn(tell(stream, pictures.clone()));
                }
                Ok(_) => tracing::warn!("local socket: more than {CALLERS} callers"),
                Err(e) => {
                    tracing::warn!("local socket: {e}");
                    tokio::time::sleep(PATIENCE).await;
                }
            },
        }
    }
}

async fn tell(mut stream: UnixStream, mut pictures: watch::Receiver<String>) {
    pictures.mark_changed();
    while pictures.changed().await.is_ok() {
        let text = pictures.borrow_and_update().clone();
        let told = tokio::time::timeout(PATIENCE, stream.write_all(text.as_bytes())).await;
        if !matches!(told, Ok(Ok(()))) {
            return;
        }
    }
}

/// The terminal's end.
#[derive(Debug)]
pub struct Caller(Lines<BufReader<UnixStream>>);

impl Caller {
    /// Calls a unit that runs.
    ///
    /// # Errors
    /// Where none does, or its socket cannot be reached.
    pub async fn call(path: &Path) -> io::Result<Caller> {
        Ok(Caller(BufReader::new(UnixStream::connect(path).await?).lines()))
    }

    /// The next picture. May be cancelled.
    ///
    /// # Errors
    /// Where the unit has gone, or speaks otherwise.
    pub async fn next(&mut self) -> io::Result<Health> {
        loop {
            let line = self.0.next_line().await?.ok_or(io::ErrorKind::UnexpectedEof)?;
            // Before the unit's first look there is an empty one.
            if !line.is_empty() {
                return serde_json::from_str(&line).map_err(io::Error::other);
            }
        }
    }
}
