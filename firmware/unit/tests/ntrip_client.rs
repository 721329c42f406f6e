//! The client of corrections against casters that do what they should not, on a clock that stands still.
mod support;

use kaoguan_unit::config::Login;
use kaoguan_unit::ntrip::{Source, Version};
use std::time::Duration;
use support::script::*;
use tokio::time::{Instant, sleep};

const MINUTE: Duration = Duration::from_secs(60);

fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

/// What came through of these bytes, said after the head and then held.
async fn through(acts: Vec<Act>) -> Vec<u8> {
    let run = Run::start(Script::new(vec![acts]), source());
    sleep(seconds(3)).await;
    run.frames.bytes()
}

/// The end of the line behind ICY may be there or not; frames follow at once, in one piece with it or byte by byte.
#[tokio::test(start_paused = true)]
async fn version_1_with_and_without_the_second_line_end() {
    let all = frames().concat();
    for head in [
        &b"ICY 200 OK\r\n"[..],
        b"ICY 200 OK\r\n\r\n",
        b"ICY 200 OK\r\nServer: x\r\n\r\n",
    ] {
        let said = [head, &all].concat();
        for act in [Act::Say(said.clone()), Act::Drip(said)] {
            assert_eq!(through(vec![act, Act::Hold]).await, all);
        }
    }
}

/// Chunks of every length, so that a border lies at every byte of the frames; and every pair of cuts of the connection itself.
#[tokio::test(start_paused = true)]
async fn chunks_cut_frames_at_every_byte() {
    let all = frames()[..2].concat();
    for length in 1..=all.len() {
        let said = [HTTP, &chunked(&all, length)].concat();
        assert_eq!(
            through(vec![Act::Say(said), Act::Hold]).await,
            all,
            "chunks of {length}"
        );
    }
    let said = [HTTP, &chunked(&all, 7)].concat();
    for cut in 0..said.len() {
        let acts = [&said[..cut], &said[cut..]].map(|part| [Act::Say(part.to_vec()), Act::Wait(seconds(1))]);
        assert_eq!(
            through([&acts.concat()[..], &[Act::Hold]].concat()).await,
            all,
            "cut at {cut}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn noise_and_damage_take_no_good_frame_with_them_and_do_not_pass() {
    let [one, base, long] = frames();
    let mut damaged = long.clone();
    damaged[500] ^= 4;
    let noise: Vec<u8> = (0..=255u8).filter(|byte| *byte != 0xD3).collect();
    // A false beginning waits for its length: what follows must be as long.
    let parts = [
        &noise[..],
        &one,
        b"\xd3\x00",
        &noise,
        &damaged,
        &base,
        &noise,
        &long,
        &[0; 1_100],
    ];
    let run = Run::start(
        Script::new(vec![vec![
            Act::Say(b"ICY 200 OK\r\n".to_vec()),
            Act::Say(parts.concat()),
            Act::Hold,
        ]]),
        source(),
    );
    sleep(seconds(2)).await;
    assert_eq!(run.frames.bytes(), [one.clone(), base.clone(), long.clone()].concat());
    let state = run.state.borrow().clone();
    assert_eq!(
        (state.frames, state.bytes, state.is_up),
        (3, parts.concat().len() as u64, true)
    );
    assert!(
        state.refused >= 1 && state.skipped >= (3 * noise.len() + damaged.len() + 1_100) as u64,
        "{state:?}"
    );
}

/// Both ways of saying it: one question now, and not one more within a quarter of an hour.
#[tokio::test(start_paused = true)]
async fn a_refused_login_is_told_and_not_hammered() {
    for said in [
        &b"HTTP/1.0 401 Unauthorized\r\n\r\n"[..],
        b"ERROR - Bad Password\r\n",
        b"ERROR - Bad Password",
    ] {
        let script = Script::new(vec![vec![Act::Say(said.to_vec())]]);
        let login = Some(Login {
            user: "moto-1".into(),
            password: "sesame".into(),
        });
        let run = Run::start(script.clone(), Source { login, ..source() });
        sleep(14 * MINUTE).await;
        assert_eq!(script.seen(|seen| seen.dials.len()), 1);
        assert!(
            run.trouble().contains("does not accept this user and password"),
            "{}",
            run.trouble()
        );
        assert!(!run.trouble().contains("sesame") && !format!("{:?}", run.state.borrow()).contains("sesame"));
        sleep(46 * MINUTE).await;
        assert_eq!(script.seen(|seen| seen.dials.len()), 4);
    }
}

#[tokio::test(start_paused = true)]
async fn a_table_instead_of_a_stream_is_a_wrong_mount_point() {
    let table = b"STR;SQUARE1;Guiyang;RTCM 3;\r\nSTR;OTHER;;\r\nENDSOURCETABLE\r\n";
    let heads = [
        &b"SOURCETABLE 200 OK\r\nContent-Type: text/plain\r\n\r\n"[..],
        b"HTTP/1.1 200 OK\r\nContent-Type: gnss/sourcetable\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n",
    ];
    for head in heads {
        for act in [Act::Say([head, table].concat()), Act::Drip([head, table].concat())] {
            let run = Run::start(Script::new(vec![vec![act, Act::Hold]]), source());
            sleep(seconds(1)).await;
            let told = run.trouble();
            assert!(
                told.contains("no such mount point; of its 2 the nearest names are SQUARE1, OTHER"),
                "{told}"
            );
            assert_eq!(run.frames.bytes(), b"");
        }
    }
}

/// Version 2 says a number only: the table is asked for, once.
#[tokio::test(start_paused = true)]
async fn a_mount_point_that_is_not_found_is_told_with_its_neighbours() {
    let missing = vec![Act::Say(
        b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".to_vec(),
    )];
    let table = b"HTTP/1.1 200 OK\r\nContent-Type: gnss/sourcetable\r\n\r\nSTR;SQUARE1;;\r\nENDSOURCETABLE\r\n";
    let script = Script::new(vec![missing.clone(), vec![Act::Say(table.to_vec())], missing]);
    let run = Run::start(script.clone(), source());
    sleep(Duration::from_millis(100)).await;
    assert!(
        run.trouble().contains("of its 1 the nearest names are SQUARE1"),
        "{}",
        run.trouble()
    );
    sleep(60 * MINUTE).await;
    let tables = |said: &Vec<Vec<u8>>| said.iter().filter(|head| head.starts_with(b"GET / ")).count();
    assert_eq!(script.seen(|seen| tables(&seen.said)), 1);
    assert!(run.trouble().contains("nearest names are SQUARE1"), "{}", run.trouble());
}

/// Ten seconds without a byte are an end, nine are none; what accepts and says nothing at all is left as well.
#[tokio::test(start_paused = true)]
async fn silence_is_death_and_a_pause_is_not() {
    let [one, ..] = frames();
    let icy = Act::Say(b"ICY 200 OK\r\n".to_vec());
    let said = Act::Say(one.clone());
    let paused = vec![
        icy.clone(),
        Act::Wait(seconds(9)),
        said.clone(),
        Act::Wait(seconds(9)),
        said.clone(),
        Act::Hold,
    ];
    let script = Script::new(vec![paused, vec![icy.clone(), Act::Hold], vec![Act::Hold]]);
    let run = Run::start(script.clone(), source());
    sleep(seconds(27)).await;
    assert_eq!(
        (script.seen(|seen| seen.dials.len()), run.frames.bytes().len()),
        (1, 2 * one.len())
    );
    sleep(seconds(3)).await;
    assert_eq!(
        script.seen(|seen| seen.dials.len()),
        2,
        "28 s and at most a second of waiting"
    );
    assert_eq!(run.state.borrow().connections, 2);
    sleep(seconds(20)).await;
    assert_eq!(script.seen(|seen| seen.dials.len()), 3);
    sleep(seconds(10)).await;
    assert!(run.trouble().contains("no answer within 10 s"), "{}", run.trouble());
}

/// Bytes come for ever, and never a frame.
#[tokio::test(start_paused = true)]
async fn bytes_without_frames_are_no_corrections() {
    let script = Script::new(vec![vec![
        Act::Say(b"ICY 200 OK\r\n".to_vec()),
        Act::Each(b"hello\r\n".to_vec()),
    ]]);
    let run = Run::start(script.clone(), source());
    sleep(seconds(59)).await;
    assert_eq!(script.seen(|seen| seen.dials.len()), 1);
    sleep(seconds(3)).await;
    assert!(script.seen(|seen| seen.dials.len()) == 2 || run.trouble().contains("no frame of RTCM 3"));
}

/// A caster that is away for an hour: asked seldom, and never less than once a minute.
#[tokio::test(start_paused = true)]
async fn who_is_away_is_asked_at_a_pace_that_it_bears() {
    let script = Script::new(Vec::new());
    let _run = Run::start(script.clone(), source());
    sleep(60 * MINUTE).await;
    let gaps = script.seen(|seen| seen.dials.windows(2).map(|pair| pair[1] - pair[0]).collect::<Vec<_>>());
    assert!((60..=130).contains(&gaps.len()), "{}", gaps.len());
    assert!(
        gaps.iter()
            .all(|gap| *gap >= Duration::from_millis(500) && *gap <= MINUTE),
        "{gaps:?}"
    );
    assert!(
        gaps[0] <= seconds(1) && gaps[10..].iter().all(|gap| *gap >= seconds(30)),
        "{gaps:?}"
    );
}

/// Two terminals on one account throw each other out: five seconds of corrections are no reason to begin anew.
#[tokio::test(start_paused = true)]
async fn who_is_thrown_out_again_and_again_does_not_hammer() {
    let [one, ..] = frames();
    let acts = vec![Act::Say([&b"ICY 200 OK\r\n"[..], &one].concat()), Act::Wait(seconds(5))];
    let script = Script::new(vec![acts]);
    let _run = Run::start(script.clone(), source());
    sleep(60 * MINUTE).await;
    assert!(script.seen(|seen| seen.dials.len()) < 130);
}

/// The place is told as soon as it is known, in the head of version 2 and behind the answer of both, and then at its pace; a place that
/// is not known is not told as 0, 0.
#[tokio::test(start_paused = true)]
async fn the_place_is_told_within_seconds_and_again() {
    let [one, ..] = frames();
    let gga = "$GPGGA,080000.00,2638.8200000,N,10637.8000000,E,1,12,1.0,1085.000,M,0.0,M,,*64\r\n";
    for version in [Version::V1, Version::V2] {
        let acts = vec![Act::Say(b"ICY 200 OK\r\n".to_vec()), Act::Each(one.clone())];
        let script = Script::new(vec![acts]);
        let run = Run::start(script.clone(), Source { version, ..source() });
        let told = || script.seen(|seen| String::from_utf8_lossy(&seen.said[0]).matches(gga).count());
        sleep(seconds(20)).await;
        assert_eq!(
            script.seen(|seen| seen.said[0].windows(4).filter(|w| w == b"GGA,").count()),
            0
        );
        run.place.send_replace(Some(gga.to_owned()));
        sleep(seconds(1)).await;
        assert_eq!(told(), 1, "at once");
        for n in 1..=6 {
            run.place.send_replace(Some(gga.to_owned()));
            sleep(seconds(10)).await;
            assert_eq!(told(), 1 + n);
        }
    }
    // Known before: in the head, and behind the answer.
    let script = Script::new(vec![vec![
        Act::Wait(seconds(2)),
        Act::Say(b"ICY 200 OK\r\n".to_vec()),
        Act::Hold,
    ]]);
    let run = Run::start(script.clone(), source());
    run.place.send_replace(Some(gga.to_owned()));
    sleep(seconds(1)).await;
    let head = script.seen(|seen| String::from_utf8_lossy(&seen.said[0]).into_owned());
    assert!(head.contains(&format!("Ntrip-GGA: {gga}")), "{head}");
    sleep(seconds(2)).await;
    assert_eq!(
        script.seen(|seen| String::from_utf8_lossy(&seen.said[0]).matches(gga).count()),
        2
    );
}

#[tokio::test(start_paused = true)]
async fn who_does_not_want_to_say_where_he_is_never_does() {
    let script = Script::new(vec![vec![
        Act::Say(b"ICY 200 OK\r\n".to_vec()),
        Act::Each(frames()[0].clone()),
    ]]);
    let run = Run::start(
        script.clone(),
        Source {
            gga_each: None,
            ..source()
        },
    );
    run.place.send_replace(Some("$GPGGA,x*00\r\n".to_owned()));
    sleep(MINUTE).await;
    assert!(script.seen(|seen| !String::from_utf8_lossy(&seen.said[0]).contains("GGA")));
    assert!(run.state.borrow().is_up);
}

/// A service that is silent because it was told no place is asked again as soon as there is one, not after the whole wait.
#[tokio::test(start_paused = true)]
async fn a_place_that_becomes_known_ends_the_wait() {
    let script = Script::new(vec![vec![Act::Say(b"ICY 200 OK\r\n".to_vec()), Act::Hold]]);
    let run = Run::start(script.clone(), source());
    sleep(5 * MINUTE).await;
    // Somewhere in a wait of 30 s to 60 s.
    while run.state.borrow().is_up {
        sleep(Duration::from_millis(100)).await;
    }
    let before = script.seen(|seen| seen.dials.len());
    let now = Instant::now();
    run.place.send_replace(Some("$GPGGA,x*00\r\n".to_owned()));
    while script.seen(|seen| seen.dials.len()) == before {
        sleep(Duration::from_millis(100)).await;
    }
    assert!(now.elapsed() <= seconds(1), "{:?}", now.elapsed());
}
