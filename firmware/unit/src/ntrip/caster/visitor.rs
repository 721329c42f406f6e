//! One who asks the caster: his request, and what he is given until he goes.
//!
//! The problem: whoever can reach the port may ask for anything, in pieces, and never read what he is given. The answer: a request has a
//! bound in bytes and in time; each visitor has a queue of his own of a bounded number of frames, and who lets it run over is told
//! in the log and thrown out, because corrections that come late are worse than none and his receiver must know. Deliberately not
//! here: his place (it is read and forgotten: all get the same).
use super::config::CasterConfig;
use super::words::{self, Asked, Version};
use bytes::Bytes;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::broadcast::{self, error::RecvError};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

const REQUEST_MAX: usize = 4_096;
/// For a whole request, and for each frame to be taken.
const PATIENCE: Duration = Duration::from_secs(10);

/// Lets him in, over TLS where the file says so.
pub async fn receive(config: Arc<CasterConfig>, stream: TcpStream, from: SocketAddr, frames: broadcast::Sender<Bytes>) {
    let Some(tls) = &config.tls else {
        return visit(config, stream, from, frames).await;
    };
    let acceptor = TlsAcceptor::from(tls.config.clone());
    match timeout(PATIENCE, acceptor.accept(stream)).await {
        Ok(Ok(stream)) => visit(config, stream, from, frames).await,
        // Who speaks plainly here, or does not believe the certificate, is told of by his own side; this log is for who looks for him.
        Ok(Err(e)) => tracing::warn!("caster: {from}: no TLS ({e}): does it ask with tls, and trust this certificate?"),
        Err(_) => tracing::warn!("caster: {from}: no TLS within {} s", PATIENCE.as_secs()),
    }
}

/// What a visit came to, in a person's words.
async fn visit<W: AsyncRead + AsyncWrite + Unpin>(
    config: Arc<CasterConfig>,
    mut stream: W,
    from: SocketAddr,
    frames: broadcast::Sender<Bytes>,
) {
    let asked = match timeout(PATIENCE, request(&mut stream)).await {
        Ok(Ok(Some(asked))) => asked,
        Ok(Ok(None)) => {
            let _ = stream.write_all(words::BAD_REQUEST.as_bytes()).await;
            let _ = timeout(PATIENCE, stream.shutdown()).await;
            return tracing::warn!("caster: {from}: no request of NTRIP");
        }
        Ok(Err(e)) => return tracing::debug!("caster: {from}: {e}"),
        Err(_) => return tracing::warn!("caster: {from}: no request within {} s", PATIENCE.as_secs()),
    };
    let answered = if asked.mount.is_empty() {
        tracing::debug!("caster: {from}: the source table");
        stream.write_all(words::table(&config, asked.version).as_bytes()).await
    } else if asked.mount != config.mount {
        tracing::warn!("caster: {from}: asks for {:?}, which is not here", asked.mount);
        stream
            .write_all(words::no_mount(&config, asked.version).as_bytes())
            .await
    } else if !may_come(&config, &asked) {
        let user = asked.login.as_ref().map_or("nobody", |(user, _)| user.as_str());
        tracing::warn!("caster: {from}: user {user:?} or its password is not accepted");
        stream
            .write_all(words::unauthorized(&config, asked.version).as_bytes())
            .await
    } else {
        let user = asked.login.as_ref().map_or("somebody", |(user, _)| user.as_str());
        tracing::info!("caster: {user} at {from} gets corrections");
        let why = give(&mut stream, asked.version, frames.subscribe()).await;
        tracing::info!("caster: {user} at {from}: {why}");
        return;
    };
    if let Err(e) = answered {
        tracing::debug!("caster: {from}: {e}");
    }
    // What was written is to arrive before the connection is closed.
    let _ = timeout(PATIENCE, stream.shutdown()).await;
}

/// `None` where it is none.
async fn request(stream: &mut (impl AsyncRead + Unpin)) -> std::io::Result<Option<Asked>> {
    let mut head = Vec::new();
    let mut piece = [0; 1_024];
    while head.len() <= REQUEST_MAX {
        let read = stream.read(&mut piece).await?;
        head.extend_from_slice(piece.get(..read).unwrap_or(&[]));
        if let Some(end) = crate::ntrip::answer::head_end(&head) {
            return Ok(words::asked(&String::from_utf8_lossy(head.get(..end).unwrap_or(&[]))));
        }
        if read == 0 {
            break;
        }
    }
    Ok(None)
}

fn may_come(config: &CasterConfig, asked: &Asked) -> bool {
    let Some(users) = &config.users else { return true };
    let Some((user, password)) = &asked.login else {
        return false;
    };
    users
        .iter()
        .any(|login| login.user == *user && login.password == *password)
}

/// Frames until he goes, or is too slow; why it ended.
async fn give<W: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut W,
    version: Version,
    mut frames: broadcast::Receiver<Bytes>,
) -> String {
    let (mut input, mut output) = tokio::io::split(stream);
    let mut said = [0; 512];
    if let Err(e) = send(&mut output, words::stream(version).as_bytes()).await {
        return e.to_string();
    }
    loop {
        let frame = tokio::select! {
            frame = frames.recv() => frame,
            read = input.read(&mut said) => match read {
                Ok(0) => return "has gone".into(),
                Ok(_) => continue,
                Err(e) => return format!("has gone: {e}"),
            },
        };
        let bytes = match frame {
            Ok(frame) => words::piece(version, &frame),
            Err(RecvError::Lagged(missed)) => {
                return format!("takes too little: {missed} frames were lost to it, thrown out");
            }
            Err(RecvError::Closed) => return "the caster stops".into(),
        };
        match timeout(PATIENCE, send(&mut output, &bytes)).await {
            Ok(Ok(())) => {}
            Ok(Err(e)) => return format!("has gone: {e}"),
            Err(_) => return format!("took nothing for {} s, thrown out", PATIENCE.as_secs()),
        }
    }
}

/// All of it to the kernel: what TLS still holds has not gone anywhere.
async fn send(output: &mut (impl AsyncWrite + Unpin), bytes: &[u8]) -> std::io::Result<()> {
    output.write_all(bytes).await?;
    output.flush().await
}
