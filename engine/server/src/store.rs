//! Results, for lists and reports.
//!
//! The problem: people ask for yesterday's exams and for numbers over a season; the journal is no place to search. The
//! answer: a SQLite database with one writer thread that also reads, all of it rebuilt from the journal when the
//! file is missing. Nothing is judged by it.
//!
//! Deliberately not here: anything that exists nowhere else. Delete `results.db`, start again, and it is back.
use crate::hub::Live;
use anyhow::{Context, Result};
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;
use tokio::sync::oneshot;

/// So many questions wait at most; who asks more waits with his request.
const WAITING_MAX: usize = 64;
/// A list has at most so many lines.
pub const LIST_MAX: u32 = 500;

const SCHEMA: &str = "
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = NORMAL;
    CREATE TABLE IF NOT EXISTS exam (
        exam TEXT PRIMARY KEY, candidate TEXT NOT NULL, attempt INTEGER NOT NULL, class TEXT NOT NULL, unit TEXT NOT NULL,
        opened_by TEXT NOT NULL, opened_us INTEGER NOT NULL, closed_us INTEGER NOT NULL, opening INTEGER NOT NULL,
        verdict TEXT NOT NULL, score INTEGER NOT NULL, digest TEXT NOT NULL, record TEXT NOT NULL, view TEXT NOT NULL
    ) STRICT;
    CREATE INDEX IF NOT EXISTS exam_closed ON exam (closed_us);
    CREATE TABLE IF NOT EXISTS finding (
        exam TEXT NOT NULL REFERENCES exam, no INTEGER NOT NULL, at_us INTEGER NOT NULL, site TEXT, rule TEXT NOT NULL,
        code TEXT NOT NULL, points INTEGER NOT NULL, value INTEGER, lim INTEGER, u_tenths INTEGER, unit TEXT,
        source TEXT NOT NULL, source_detail TEXT NOT NULL, settled INTEGER NOT NULL, PRIMARY KEY (exam, no)
    ) STRICT;
    CREATE TABLE IF NOT EXISTS question (
        exam TEXT NOT NULL REFERENCES exam, no INTEGER NOT NULL, at_us INTEGER NOT NULL, site TEXT, rule TEXT NOT NULL,
        code TEXT NOT NULL, points INTEGER NOT NULL, why TEXT NOT NULL, answer TEXT, answered_by TEXT,
        PRIMARY KEY (exam, no)
    ) STRICT;
";

/// A closed exam.
#[derive(Debug, Clone)]
pub struct Row {
    opening: u64,
    record: String,
    view: Value,
}

impl Row {
    /// From the exam and its JSON view.
    pub fn of(live: &Live, view: Value) -> Row {
        Row {
            opening: live.opened.entry,
            record: live
                .outcome
                .as_ref()
                .map_or(String::new(), |outcome| outcome.record.display().to_string()),
            view,
        }
    }
}

enum Request {
    Put(Box<Row>),
    List(u32, oneshot::Sender<Vec<Value>>),
    One(String, oneshot::Sender<Option<Value>>),
    Stop,
}

/// The store's handle.
#[derive(Clone)]
pub struct Store {
    requests: SyncSender<Request>,
}

impl Store {
    /// Opens the database and starts its thread. Also says which exams it knows.
    ///
    /// # Errors
    /// A sentence with the file.
    pub fn open(path: &Path) -> Result<(Store, BTreeSet<String>, JoinHandle<()>)> {
        let open = || -> rusqlite::Result<_> {
            let db = Connection::open(path)?;
            db.execute_batch(SCHEMA)?;
            let known = db
                .prepare("SELECT exam FROM exam")?
                .query_map([], |row| row.get(0))?
                .collect::<Result<BTreeSet<String>, _>>()?;
            Ok((db, known))
        };
        let (db, known) = open().with_context(|| {
            format!(
                "the results {} cannot be opened; the file may be deleted, it is rebuilt from the journal",
                path.display()
            )
        })?;
        let (requests, inbox) = sync_channel(WAITING_MAX);
        let thread = std::thread::Builder::new()
            .name("store".into())
            .spawn(move || serve(db, &inbox))
            .context("the store's thread does not start")?;
        Ok((Store { requests }, known, thread))
    }

    /// Writes a closed exam; one that is there is replaced. Waits while the thread is busy.
    pub fn put(&self, row: Row) {
        // The thread ends only with the engine; then the row is written at the next start.
        let _ = self.requests.send(Request::Put(Box::new(row)));
    }

    /// The newest closed exams, newest first.
    pub async fn list(&self, most: u32) -> Vec<Value> {
        let (reply, answer) = oneshot::channel();
        self.ask(Request::List(most.min(LIST_MAX), reply)).await;
        answer.await.unwrap_or_default()
    }

    /// One closed exam, as its page shows it.
    pub async fn one(&self, exam: &str) -> Option<Value> {
        let (reply, answer) = oneshot::channel();
        self.ask(Request::One(exam.to_owned(), reply)).await;
        answer.await.ok().flatten()
    }

    /// Ends the thread.
    pub fn stop(&self) {
        let _ = self.requests.send(Request::Stop);
    }

    async fn ask(&self, request: Request) {
        let requests = self.requests.clone();
        // A full queue blocks; that may not hold the pages.
        let _ = tokio::task::spawn_blocking(move || requests.send(request)).await;
    }
}

fn serve(mut db: Connection, inbox: &Receiver<Request>) {
    for request in inbox {
        // Who asked and went away needs no answer.
        match request {
            Request::Put(row) => {
                if let Err(why) = put(&mut db, &row) {
                    tracing::error!(%why, exam = %row.view["exam"], "the result was not stored; it is at the next start");
                }
            }
            Request::List(most, reply) => {
                let _ = reply.send(said(list(&db, most)).unwrap_or_default());
            }
            Request::One(exam, reply) => {
                let _ = reply.send(said(one(&db, &exam)).flatten());
            }
            Request::Stop => return,
        }
    }
}

fn said<T>(read: rusqlite::Result<T>) -> Option<T> {
    read.map_err(|why| tracing::error!(%why, "the results cannot be read"))
        .ok()
}

fn put(db: &mut Connection, row: &Row) -> rusqlite::Result<()> {
    let change = db.transaction()?;
    let exam = text(&row.view, "exam");
    for table in ["finding", "question", "exam"] {
        change.execute(&format!("DELETE FROM {table} WHERE exam = ?1"), [&exam])?;
    }
    put_exam(&change, row)?;
    for finding in list_of(&row.view, "findings") {
        put_finding(&change, &exam, finding)?;
    }
    for question in list_of(&row.view, "questions") {
        put_question(&change, &exam, question)?;
    }
    change.commit()
}

fn put_exam(change: &Transaction<'_>, row: &Row) -> rusqlite::Result<()> {
    let view = &row.view;
    change.execute(
        "INSERT INTO exam VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14)",
        params![
            text(view, "exam"),
            text(view, "candidate"),
            view["attempt"].as_i64(),
            text(view, "class"),
            text(view, "unit"),
            text(view, "opened_by"),
            view["opened_us"].as_i64(),
            view["closed_us"].as_i64(),
            i64::try_from(row.opening).unwrap_or(i64::MAX),
            text(&view["verdict"], "verdict"),
            view["score"].as_i64(),
            text(view, "digest"),
            row.record,
            view.to_string(),
        ],
    )?;
    Ok(())
}

fn put_finding(change: &Transaction<'_>, exam: &str, finding: &Value) -> rusqlite::Result<()> {
    let measure = &finding["measure"];
    change.execute(
        "INSERT INTO finding VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14)",
        params![
            exam,
            finding["no"].as_i64(),
            finding["at_us"].as_i64(),
            finding["site"].as_str(),
            text(finding, "rule"),
            text(finding, "code"),
            finding["points"].as_i64(),
            measure["value"].as_i64(),
            measure["limit"].as_i64(),
            measure["u_tenths"].as_i64(),
            measure["unit"].as_str(),
            text(finding, "source"),
            finding["source_detail"].to_string(),
            finding["settled"].as_bool(),
        ],
    )?;
    Ok(())
}

fn put_question(change: &Transaction<'_>, exam: &str, question: &Value) -> rusqlite::Result<()> {
    let answer = &question["answer"];
    change.execute(
        "INSERT INTO question VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10)",
        params![
            exam,
            question["no"].as_i64(),
            question["at_us"].as_i64(),
            question["site"].as_str(),
            text(question, "rule"),
            text(question, "code"),
            question["points"].as_i64(),
            text(question, "why"),
            answer["answer"].as_str(),
            answer["by"].as_str(),
        ],
    )?;
    Ok(())
}

/// A list needs neither findings nor pose: the page asks for those by the exam's id.
fn list(db: &Connection, most: u32) -> rusqlite::Result<Vec<Value>> {
    let mut query = db.prepare_cached("SELECT view FROM exam ORDER BY closed_us DESC, exam DESC LIMIT ?1")?;
    let views = query.query_map([most], |row| row.get::<_, String>(0))?;
    views
        .map(|view| {
            let mut view: Value = serde_json::from_str(&view?).unwrap_or_default();
            if let Some(fields) = view.as_object_mut() {
                ["items", "findings", "questions", "pose", "samples"]
                    .iter()
                    .for_each(|key| {
                        fields.remove(*key);
                    });
            }
            Ok(view)
        })
        .collect()
}

fn one(db: &Connection, exam: &str) -> rusqlite::Result<Option<Value>> {
    let view = db
        .prepare_cached("SELECT view FROM exam WHERE exam = ?1")?
        .query_row([exam], |row| row.get::<_, String>(0))
        .optional()?;
    Ok(view.and_then(|view| serde_json::from_str(&view).ok()))
}

fn text(view: &Value, key: &str) -> String {
    view[key].as_str().unwrap_or_default().to_owned()
}

fn list_of<'v>(view: &'v Value, key: &str) -> &'v [Value] {
    view[key].as_array().map_or(&[], Vec::as_slice)
}
