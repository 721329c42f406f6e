//! A unit whose signal box must be asked, on a pty: the question is written, again and again, and nobody needs a broker for it.
mod support;

use std::io::{Read, Write};
use std::time::{Duration, Instant};
use support::rig::Rig;

/// Module 3, discrete inputs, 16 from 0; the sum from a stock calculator.
const QUESTION: [u8; 8] = [3, 2, 0, 0, 0, 16, 0x78, 0x24];
const ANSWER: [u8; 7] = [3, 2, 2, 0x01, 0x80, 0xC0, 0x48];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_line_is_asked_each_round() {
    let mut rig = Rig::new(1, false);
    let file = rig.file();
    let (before, _) = file.split_once("[signal_box]").expect("a section");
    let text = format!(
        "{before}[signal_box]\ndialect = \"modbus\"\npath = \"{}\"\nbaud = \"115200 baud\"\nlatency = \"10 ms\"\npoll = \"20 ms\"\n\
         [signal_box.modules]\nbar = {{ address = 3, read = \"inputs\", from = 0, count = 16 }}\n\
         [signal_box.signals]\nhelmet = {{ module = \"bar\", input = 15, on_when = \"high\" }}\n",
        rig.wires[2].path
    );
    let config = kaoguan_unit::Config::parse(&text, "unit.toml").unwrap_or_else(|e| panic!("{e}"));
    let running = rig.start_with(config);
    let mut line = rig.wires.remove(2).master;
    let asked = tokio::task::spawn_blocking(move || {
        let (begun, mut asked) = (Instant::now(), Vec::new());
        while asked.len() < 5 && begun.elapsed() < Duration::from_secs(20) {
            let mut question = [0; 8];
            line.read_exact(&mut question).expect("a question");
            asked.push(question);
            line.write_all(&ANSWER).expect("the line takes it");
        }
        asked
    });
    let asked = tokio::time::timeout(Duration::from_secs(20), asked)
        .await
        .expect("it is asked")
        .expect("no panic");
    assert_eq!(asked, [QUESTION; 5]);
    running.stop().await;
}
