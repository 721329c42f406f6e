//! Prompts that are spoken: the text goes to a program's standard input.
//!
//! The problem: a unit has whatever loudspeaker the county could buy, and a speaking program may hang. The answer: the
//! program and its arguments are configured, no shell ever sees a text from outside, one prompt is spoken at a time, few
//! wait, and a program that takes too long is killed. Deliberately not here: what is said when; the engine knows.
use super::{Answer, Outcome};
use crate::config::VoiceSettings;
use crate::link::Command;
use std::process::Stdio;
use std::time::Instant;
use tokio::io::AsyncWriteExt;
use tokio::process::Child;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

/// Prompts that wait while one is spoken: more would be late when their turn comes.
pub const QUEUE: usize = 4;
/// A prompt is a sentence or two: so many bytes, some 200 characters of Chinese.
const TEXT_BYTES_MAX: usize = 600;

/// One prompt.
#[derive(Debug)]
pub struct Prompt {
    pub id: String,
    pub text: String,
    /// It must have begun by then.
    pub until: Instant,
}

/// The speaking task.
#[derive(Debug)]
pub struct Voice {
    prompts: mpsc::Sender<Prompt>,
    _task: JoinSet<()>,
}

impl Voice {
    pub fn start(settings: VoiceSettings, answers: mpsc::Sender<Answer>) -> Voice {
        let (prompts, waiting) = mpsc::channel(QUEUE);
        let mut task = JoinSet::new();
        task.spawn(speak_all(settings, waiting, answers));
        Voice { prompts, _task: task }
    }

    /// Hands a prompt over.
    pub fn say(&self, prompt: Prompt) -> Result<(), String> {
        self.prompts
            .try_send(prompt)
            .map_err(|_| format!("{QUEUE} prompts wait already"))
    }
}

/// What is to be spoken.
pub fn text(command: &Command) -> Result<String, String> {
    let text = command.text("text").ok_or("\"text\" is missing")?.trim();
    if text.is_empty() || text.len() > TEXT_BYTES_MAX {
        return Err(format!(
            "\"text\" has {} bytes; 1 to {TEXT_BYTES_MAX} are spoken",
            text.len()
        ));
    }
    // A program may read control characters, or what looks like markup, as orders of its own: letters and marks only.
    match text
        .chars()
        .find(|c| c.is_control() || matches!(c, '<' | '>' | '[' | ']' | '\\'))
    {
        Some(c) => Err(format!("\"text\" has {c:?}, which is not spoken")),
        None => Ok(text.to_owned()),
    }
}

async fn speak_all(settings: VoiceSettings, mut prompts: mpsc::Receiver<Prompt>, answers: mpsc::Sender<Answer>) {
    while let Some(prompt) = prompts.recv().await {
        let late = Instant::now().saturating_duration_since(prompt.until);
        let outcome = if late.is_zero() {
            match speak(&settings, &prompt.text).await {
                Ok(()) => Outcome::Done,
                Err(why) => Outcome::refused(why),
            }
        } else {
            Outcome::Late {
                late_us: i64::try_from(late.as_micros()).unwrap_or(i64::MAX),
            }
        };
        tracing::info!("prompt {}: {outcome:?}", prompt.id);
        let answer = Answer {
            id: prompt.id,
            kind: "prompt".into(),
            outcome,
        };
        if answers.send(answer).await.is_err() {
            return;
        }
    }
}

/// Speaks one text to its end, or to the end of patience.
async fn speak(settings: &VoiceSettings, text: &str) -> Result<(), String> {
    let name = settings.program.display();
    let child = tokio::process::Command::new(&settings.program)
        .args(&settings.arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn();
    let mut child = child.map_err(|e| format!("{name}: {e}"))?;
    match tokio::time::timeout(settings.longest, hear_out(&mut child, text)).await {
        Ok(Ok(status)) if status.success() => Ok(()),
        Ok(Ok(status)) => Err(format!("{name}: {status}")),
        Ok(Err(e)) => Err(format!("{name}: {e}")),
        Err(_) => {
            let _ = child.kill().await;
            Err(format!("{name} was killed after {} ms", settings.longest.as_millis()))
        }
    }
}

async fn hear_out(child: &mut Child, text: &str) -> std::io::Result<std::process::ExitStatus> {
    if let Some(mut input) = child.stdin.take() {
        // A program that does not read to the end says by its exit code whether that is a fault.
        let _ = input.write_all(text.as_bytes()).await;
        let _ = input.write_all(b"\n").await;
    }
    child.wait().await
}
