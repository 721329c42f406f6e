//! Recorded bytes through the shipped simulator, unit and engine, at once: judged as they were.
use kaoguan_exam::Exam;
use kaoguan_tests::road::{self, Share};
use kaoguan_tests::site::{Journal, Plan, Process, Site, binary, outcome, score, until, web};
use serde_json::json;
use std::process::Command;

/// Plays through `kaoguan-sim replay ARGUMENTS` and a unit into the open exam of a site; returns when all is played.
fn play(site: &Site, arguments: &[&str]) {
    let path = |name: &str| site.folder().join(name);
    let mut command = Command::new(binary("kaoguan-sim"));
    command.arg("replay").args(arguments);
    command.arg("--clock").arg(path("led.sock"));
    command.arg("--unit-config-out").arg(path("unit.toml"));
    command.arg("--spool").arg(path("spool"));
    command.args(["--mqtt", &format!("127.0.0.1:{}", site.mqtt())]);
    command.args(["--site", kaoguan_tests::site::SITE, "--unit", kaoguan_tests::site::UNIT]);
    let mut sim = Process::start("kaoguan-sim replay", &mut command, &path("sim.log"));
    until("the unit's file is written", 20, || site.log("sim").contains("config"));
    let mut unit = Command::new(binary("kaoguan-unit"));
    unit.arg("--config").arg(path("unit.toml"));
    let _unit = Process::start("kaoguan-unit", &mut unit, &path("unit.log"));
    until("everything is played", 120, || !sim.is_running());
    let said = site.log("sim");
    println!("{}", said.lines().last().unwrap_or(""));
    assert!(said.contains(" s played"), "{said}");
    // What the unit holds goes out by itself.
    let newest = |site: &Site| site.exam().and_then(|view| view["at_us"].as_i64());
    let mut last = None;
    until("the engine has it all", 60, || {
        std::thread::sleep(std::time::Duration::from_millis(500));
        let (before, now) = (last, newest(site));
        last = now;
        now.is_some() && before == now
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_is_judged_as_it_was() {
    let first = Site::start(Plan::default());
    let wanted = first.ride("drops_plank", 7, &mut ()).await;
    assert_eq!((wanted.verdict.as_str(), wanted.score), ("pass", 90));
    let record = first.record();

    let second = Site::start(Plan::default());
    second.open_exam();
    play(&second, &[&record.to_string_lossy()]);
    assert_eq!(second.closed(), wanted);
    let (was, is) = (score(&record), score(&second.record()));
    assert_eq!(
        was["findings"][0]["at_us"], is["findings"][0]["at_us"],
        "at the same instant"
    );
    assert_eq!(
        was["findings"][0]["measure"], is["findings"][0]["measure"],
        "with the same measure"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_real_drive_through_unit_broker_and_engine() {
    let Some(log) = road::recording() else { return };
    let site = Site::start(Plan {
        documents: road::DOCUMENTS,
        class: "C1",
        ..Plan::default()
    });
    site.open_exam();
    play(&site, &["--receiver", &log.to_string_lossy()]);
    let body = json!({ "fail": false, "by": "王考官", "reason": "回放完毕" });
    let exam = kaoguan_tests::site::EXAM;
    let (status, answer) = web::post(site.http(), &format!("/api/exams/{exam}/stop"), &body).expect("answers");
    assert_eq!(status, 200, "{answer}");
    println!("{:?}", site.closed());

    let view = site.exam().expect("answers");
    let findings = view["findings"].as_array().expect("a list").iter();
    let settled = findings.filter(|f| f["settled"] == true);
    let at: Vec<i64> = settled.filter_map(|f| f["at_us"].as_i64()).collect();
    road::assert_true_crossings(&at);
    assert_eq!(outcome(&view).verdict, "void", "stopped by hand");

    let (mut exam, mut share) = (Exam::new(&road::setup()), Share::default());
    for (boot, sample) in Journal::of(&site.record()).samples() {
        exam.accept(boot, &sample);
        share.count(&exam, &sample);
    }
    println!("{share}");
    score(&site.record());
}
