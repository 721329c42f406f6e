//! One vehicle of the demo: its unit, its simulated sensors, and its candidates one after another.
use super::day::Day;
use super::ground::Documents;
use super::outcome::Row;
use crate::engine::Engine;
use crate::keeper::OpenRequest;
use crate::texts::{Said, say};
use anyhow::{Context, Result, anyhow};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use kaoguan_course::Course;
use kaoguan_exam::{Act, Answer, Board, ItemState, Verdict};
use kaoguan_sim::driver;
use kaoguan_sim::ride::{Next, Request, Ride};
use kaoguan_sim::rig::{Gate, Progress, Rig, UnitSite, unit_toml};
use kaoguan_sim::sensors::{START_UTC_US, Settings};
use kaoguan_sim::vehicle::spec::Spec;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time::{Instant, timeout_at};

/// The scripted examiner's name, in every answer that he gives.
const EXAMINER: &str = "demo-examiner";
/// So long, on the wall clock, the rider waits for the board to catch up before he asks again.
const BOARD_PATIENCE: Duration = Duration::from_secs(2);
/// The join waits for the slowest port: the receiver's latency and one epoch.
const BOARD_LAG_US: i64 = 400_000;
/// So long a unit may take to start.
const UNIT_PATIENCE: Duration = Duration::from_secs(20);

/// One vehicle and its candidates.
pub struct Lane {
    pub engine: Arc<Engine>,
    pub day: &'static Day,
    pub documents: Arc<Documents>,
    pub unit: &'static str,
    /// With each candidate's number in the table.
    pub candidates: Vec<(usize, &'static str)>,
    pub seed: u64,
    pub speed: f64,
    pub scripted: bool,
    pub folder: PathBuf,
    pub bars: MultiProgress,
    pub json: bool,
}

impl Lane {
    /// Rides all of them; says how each ended.
    ///
    /// # Errors
    /// A sentence: a pseudo terminal, the unit, the engine.
    pub async fn ride(self) -> Result<Vec<Row>> {
        std::fs::create_dir_all(&self.folder).with_context(|| format!("cannot create {}", self.folder.display()))?;
        let course = Arc::new(Course::load(&self.documents.course).map_err(|issues| anyhow!("{}", issues[0]))?);
        let spec = Arc::new(Spec::read(self.documents.vehicle).map_err(|faults| anyhow!("{}", faults.join("; ")))?);
        let settings = self.day.settings(&course);
        let mut rig = Rig::open(START_UTC_US, self.speed).context("no pseudo terminal")?;
        if spec.trailer.is_some() {
            rig = rig.with_trailer().context("no pseudo terminal for the trailer")?;
        }
        // A socket's path has a short limit, and the data folder may lie deep.
        let socket = std::env::temp_dir().join(format!("kaoguan-{}-{}.sock", std::process::id(), self.unit));
        let (stop, stopped) = oneshot::channel::<()>();
        let unit = tokio::spawn(kaoguan_unit::run(self.unit_config(&rig, &socket, &settings)?, stopped));
        rig.lead(&socket, UNIT_PATIENCE)
            .await
            .with_context(|| format!("{} does not start", self.unit))?;
        let bar = self.bars.add(ProgressBar::new(1_000));
        bar.set_style(ProgressStyle::with_template(
            "{prefix:8} {msg:34} {wide_bar} {elapsed}",
        )?);
        bar.set_prefix(self.unit);
        let mut rows = Vec::new();
        for (no, rider) in &self.candidates {
            rows.push(
                self.candidate(*no, rider, &mut rig, &settings, &course, &spec, &bar)
                    .await?,
            );
        }
        bar.finish_and_clear();
        let _ = stop.send(());
        unit.await??;
        let _ = std::fs::remove_file(&socket);
        Ok(rows)
    }

    async fn candidate(
        &self,
        no: usize,
        name: &'static str,
        rig: &mut Rig,
        settings: &Settings,
        course: &Arc<Course>,
        spec: &Arc<Spec>,
        bar: &ProgressBar,
    ) -> Result<Row> {
        let rider = driver::choice(self.day.kind(), name).with_context(|| format!("no candidate is called {name}"))?;
        let request = Request {
            come_home: true,
            ..Request::new(course.clone(), spec.clone(), rider, self.seed)
        };
        let mut ride = Ride::new(request).map_err(|why| anyhow!(why))?;
        let mut gate = BoardGate {
            lane: self,
            rider: name,
            no,
            exam: None,
            refused: None,
        };
        bar.set_message(rider.zh);
        let progress = |progress: &Progress, _: &_| {
            let (item, items) = progress.item;
            bar.set_length(items as u64 * 10);
            bar.set_position(item as u64 * 10 + ((progress.ride_s * 0.2) as u64).min(9));
        };
        let ran = rig.ride(&mut ride, settings, &mut gate, progress).await;
        let (exam, refused) = (gate.exam.take(), gate.refused.take());
        if let Some(why) = refused {
            return Err(anyhow!(why));
        }
        ran.with_context(|| format!("{} stopped reading", self.unit))?;
        let exam = exam.context("the ride ended before its exam was opened")?;
        bar.set_message(say("demo-waits", &[]).zh);
        let outcome = self
            .engine
            .closed(&exam)
            .await
            .with_context(|| format!("the engine forgot exam {exam}"))?;
        let board = self.engine.board(&exam);
        let (questions, items) = board.map(|board| (board.questions, board.items)).unwrap_or_default();
        let row = Row {
            rider: name,
            who: Said {
                zh: rider.zh.into(),
                en: rider.en.into(),
            },
            class: self.day.class,
            outcome,
            questions,
            items,
        };
        if self.json {
            row.print_json();
        }
        Ok(row)
    }

    fn unit_config(&self, rig: &Rig, socket: &std::path::Path, settings: &Settings) -> Result<kaoguan_unit::Config> {
        let mqtt = self.engine.mqtt_addr();
        let host = mqtt.ip().to_string();
        let site = UnitSite {
            site: &self.day.site(),
            unit: self.unit,
            mqtt: (&host, mqtt.port()),
            spool: &self.folder.join("spool"),
            clock: Some(socket),
        };
        let text = unit_toml(rig, &site, settings);
        let file = self.folder.join("unit.toml");
        std::fs::write(&file, &text).with_context(|| format!("cannot write {}", file.display()))?;
        kaoguan_unit::Config::parse(&text, "unit.toml").map_err(|faulty| anyhow!("{faulty}"))
    }
}

/// The rider looks at the board before going on.
struct BoardGate<'l> {
    lane: &'l Lane,
    rider: &'static str,
    no: usize,
    exam: Option<String>,
    refused: Option<String>,
}

impl Gate for BoardGate<'_> {
    async fn ready(&mut self, _utc_us: i64) -> Next {
        let request = OpenRequest {
            candidate: self.rider.replace('_', "-"),
            unit: self.lane.unit.into(),
            class: self.lane.day.class.into(),
            by: EXAMINER.into(),
            attempt: 1,
            exam: Some(format!("demo-{:02}", self.no)),
        };
        match self.lane.engine.open_exam(request).await {
            Ok(exam) => self.exam = Some(exam),
            Err(why) => self.refused = Some(why.to_string()),
        }
        if self.exam.is_some() {
            Next::Continue
        } else {
            Next::Stop
        }
    }

    async fn item_done(&mut self, site: &str, utc_us: i64) -> Next {
        let Some(exam) = self.exam.clone() else {
            return Next::Stop;
        };
        let mut changes = self.lane.engine.changes();
        let patience = Instant::now() + BOARD_PATIENCE;
        loop {
            changes.borrow_and_update();
            let Some(board) = self.lane.engine.board(&exam) else {
                return Next::Stop;
            };
            if self.lane.scripted {
                self.answer(&exam, &board).await;
            }
            if board.verdict.is_final() {
                return Next::Stop;
            }
            let caught_up = board.at.is_some_and(|at| at.0 >= utc_us - BOARD_LAG_US);
            let item = board.items.iter().find(|item| item.site == site).map(|item| item.state);
            match item {
                Some(ItemState::Done) if self.may_go_on(&board) => return Next::Continue,
                Some(ItemState::Void(_)) if caught_up => return Next::RideAgain,
                _ => {}
            }
            if timeout_at(patience, changes.changed()).await.is_err() {
                return Next::Wait;
            }
        }
    }
}

impl BoardGate<'_> {
    /// A scripted examiner's last answers are awaited, so that nothing is ridden after a verdict.
    fn may_go_on(&self, board: &Board) -> bool {
        !self.lane.scripted
            || board.questions.iter().all(|question| question.answer.is_some())
                && !matches!(board.verdict, Verdict::AwaitingExaminer { .. })
    }

    async fn answer(&self, exam: &str, board: &Board) {
        if board.awaits_word {
            let by = EXAMINER.into();
            if let Err(why) = self.lane.engine.act(exam, Act::NothingMore { by }).await {
                tracing::debug!(%why, "a word was refused");
            }
        }
        for question in board.questions.iter().filter(|question| question.answer.is_none()) {
            let act = Act::Answer {
                question: question.no,
                answer: Answer::Dismiss,
                by: EXAMINER.into(),
            };
            // Answered twice is refused, and that is right: the board lags behind the answer.
            if let Err(why) = self.lane.engine.act(exam, act).await {
                tracing::debug!(%why, "an answer was refused");
            }
        }
    }
}
