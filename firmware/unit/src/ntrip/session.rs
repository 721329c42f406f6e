//! One connection to a caster, from the dial to its end.
//!
//! Every wait has an end: for the connection, for the answer, for bytes, and for bytes that hold a frame; so a caster that accepts and
//! says nothing is left like one that is not there.
use super::answer::{Answer, Head};
use super::body::Body;
use super::dial::{Dial, Way};
use super::request::request;
use super::source::Source;
use super::table::{self, Mount};
use kaoguan_unit_core::rtcm::{Frame, Frames};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt, ReadHalf, WriteHalf};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until, timeout};

/// For the connection with its TLS, and then for a whole answer.
const ANSWER: Duration = Duration::from_secs(10);
/// Without a byte for this long a connection is dead. Source: sensors.md section 7.
pub const SILENCE: Duration = Duration::from_secs(10);
/// Bytes that hold no frame for this long are no corrections.
const FRUITLESS: Duration = Duration::from_secs(60);
/// Sentences that a caster must take at once.
const TAKES: Duration = Duration::from_secs(5);
const PIECE: usize = 4_096;

/// Where the vehicle is, as a GGA; `None` until it is known.
pub type Place = watch::Receiver<Option<String>>;

/// Why a connection ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// It never was one, or broke: a sentence.
    Broken(String),
    /// The caster closed it.
    Closed,
    /// No byte came for [`SILENCE`].
    Silent,
    /// Bytes came, and no frame.
    Fruitless,
    /// Login, mount point or something else is refused.
    Refused(Answer),
    /// There is no such mount point; these there are.
    Table(Vec<Mount>),
}

/// What happens on a connection.
pub trait Listener {
    /// The caster sends corrections from here on.
    fn up(&mut self);
    /// A whole frame.
    fn frame(&mut self, frame: Frame<'_>);
    /// So many bytes came, and these counts stand now.
    fn counted(&mut self, bytes: u64, counts: kaoguan_unit_core::rtcm::Counts);
}

/// Asks for the source's mount point and listens until the end.
pub async fn listen(dial: &impl Dial, source: &Source, place: &mut Place, listener: &mut impl Listener) -> End {
    let known = place.borrow_and_update().clone().filter(|_| source.gga_each.is_some());
    let (mut input, output, answer, behind) = match ask(dial, source, &source.mount, known.as_deref()).await {
        Ok(asked) => asked,
        Err(end) => return end,
    };
    match answer {
        Answer::Stream { chunked } => {
            listener.up();
            let stream = Stream {
                input,
                output,
                body: Body::new(chunked),
                frames: Frames::default(),
                bytes: 0,
                first: Vec::new(),
            };
            stream.follow(source, place, &behind, listener).await
        }
        Answer::Table { chunked } => match rest_of_table(&mut input, Body::new(chunked), &behind).await {
            Ok(text) => End::Table(table::read(&text)),
            Err(end) => end,
        },
        refused => End::Refused(refused),
    }
}

/// Asks for the source table.
///
/// # Errors
/// The end, where it is not the table.
pub async fn table(dial: &impl Dial, source: &Source) -> Result<Vec<Mount>, End> {
    let (mut input, _output, answer, behind) = ask(dial, source, "", None).await?;
    match answer {
        // Some casters send it as plain text.
        Answer::Table { chunked } | Answer::Stream { chunked } => {
            let text = rest_of_table(&mut input, Body::new(chunked), &behind).await?;
            Ok(table::read(&text))
        }
        refused => Err(End::Refused(refused)),
    }
}

type Asked = (ReadHalf<Box<dyn Way>>, WriteHalf<Box<dyn Way>>, Answer, Vec<u8>);

/// Dials, asks and reads the head of the answer.
async fn ask(dial: &impl Dial, source: &Source, mount: &str, place: Option<&str>) -> Result<Asked, End> {
    let broken = |e: std::io::Error| End::Broken(e.to_string());
    let late = |what: &str| End::Broken(format!("{what} within {} s", ANSWER.as_secs()));
    let way = timeout(ANSWER, dial.dial(source))
        .await
        .map_err(|_| late("no connection"))?;
    let (mut input, mut output) = tokio::io::split(way.map_err(broken)?);
    let text = request(source, mount, place);
    let answer = async {
        output.write_all(text.as_bytes()).await.map_err(broken)?;
        output.flush().await.map_err(broken)?;
        head(&mut input).await.map_err(broken)
    };
    let (answer, behind) = timeout(ANSWER, answer).await.map_err(|_| late("no answer"))??;
    Ok((input, output, answer, behind))
}

async fn head(input: &mut ReadHalf<Box<dyn Way>>) -> std::io::Result<(Answer, Vec<u8>)> {
    let mut head = Head::default();
    let mut piece = [0; PIECE];
    loop {
        let read = input.read(&mut piece).await?;
        if read == 0 {
            return Ok((head.cut(), Vec::new()));
        }
        if let Some(told) = head.push(piece.get(..read).unwrap_or(&[])) {
            return Ok(told);
        }
    }
}

/// Reads until the table is whole, the caster closes, or it is longer than any.
async fn rest_of_table(input: &mut ReadHalf<Box<dyn Way>>, mut body: Body, behind: &[u8]) -> Result<String, End> {
    let mut text = Vec::new();
    let mut piece = [0; PIECE];
    body.push(behind, &mut text).map_err(|e| End::Broken(e.to_string()))?;
    loop {
        let seen = String::from_utf8_lossy(&text);
        if table::is_whole(&seen) || body.is_ended() || text.len() > table::BYTES_MAX {
            return Ok(seen.into_owned());
        }
        let read = timeout(SILENCE, input.read(&mut piece)).await;
        match read.map_err(|_| End::Silent)?.map_err(|e| End::Broken(e.to_string()))? {
            0 => return Ok(String::from_utf8_lossy(&text).into_owned()),
            read => body
                .push(piece.get(..read).unwrap_or(&[]), &mut text)
                .map_err(|e| End::Broken(e.to_string()))?,
        }
    }
}

/// A connection that sends corrections.
struct Stream {
    input: ReadHalf<Box<dyn Way>>,
    output: WriteHalf<Box<dyn Way>>,
    body: Body,
    frames: Frames,
    bytes: u64,
    /// The first bytes of the body, until it is clear that they are no table.
    first: Vec<u8>,
}

impl Stream {
    async fn follow(mut self, source: &Source, place: &mut Place, behind: &[u8], listener: &mut impl Listener) -> End {
        let mut told = Instant::now();
        let mut fruit = Instant::now();
        let mut silent_at = Instant::now() + SILENCE;
        let mut piece = [0; PIECE];
        if let Err(end) = self.take(behind, listener) {
            return end;
        }
        loop {
            let frames = self.frames.counts().frames;
            tokio::select! {
                read = self.input.read(&mut piece) => match read {
                    Ok(0) => return End::Closed,
                    Ok(read) => {
                        silent_at = Instant::now() + SILENCE;
                        if let Err(end) = self.take(piece.get(..read).unwrap_or(&[]), listener) {
                            return end;
                        }
                    }
                    Err(e) => return End::Broken(e.to_string()),
                },
                place = due(place, told), if source.gga_each.is_some() => {
                    if let Err(end) = self.tell(&place).await {
                        return end;
                    }
                    told = Instant::now() + source.gga_each.unwrap_or(SILENCE);
                }
                () = sleep_until(silent_at) => return End::Silent,
                () = sleep_until(fruit + FRUITLESS) => return End::Fruitless,
            }
            if self.frames.counts().frames > frames {
                fruit = Instant::now();
            }
        }
    }

    /// Takes a piece of the body.
    fn take(&mut self, piece: &[u8], listener: &mut impl Listener) -> Result<(), End> {
        let mut bytes = Vec::new();
        let taken = self.body.push(piece, &mut bytes);
        self.bytes += bytes.len() as u64;
        self.frames.hear(&bytes, |frame| listener.frame(frame));
        listener.counted(self.bytes, self.frames.counts());
        taken.map_err(|e| End::Broken(e.to_string()))?;
        self.looks_like_corrections(&bytes)?;
        match self.body.is_ended() {
            true => Err(End::Closed),
            false => Ok(()),
        }
    }

    /// A caster that answers 200 to a mount point it does not have sends its table as plain text.
    fn looks_like_corrections(&mut self, bytes: &[u8]) -> Result<(), End> {
        let room = table::BYTES_MAX.saturating_sub(self.first.len());
        if self.frames.counts().frames > 0 {
            self.first = Vec::new();
            return Ok(());
        }
        self.first.extend(bytes.iter().take(room));
        let starts = |word: &[u8]| self.first.starts_with(word);
        if !(starts(b"STR;") || starts(b"CAS;") || starts(b"NET;")) {
            self.first.truncate(4);
            return Ok(());
        }
        let text = String::from_utf8_lossy(&self.first);
        match table::is_whole(&text) {
            true => Err(End::Table(table::read(&text))),
            false => Ok(()),
        }
    }

    async fn tell(&mut self, place: &str) -> Result<(), End> {
        let write = async {
            self.output.write_all(place.as_bytes()).await?;
            self.output.flush().await
        };
        match timeout(TAKES, write).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(e)) => Err(End::Broken(e.to_string())),
            Err(_) => Err(End::Broken("it takes no bytes".into())),
        }
    }
}

/// The place, once it is due and known.
async fn due(place: &mut Place, at: Instant) -> String {
    sleep_until(at).await;
    loop {
        if let Some(known) = place.borrow_and_update().clone() {
            return known;
        }
        if place.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
