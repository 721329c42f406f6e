//! Each fault by a picture as a unit serialises it; what is refused; what is never asked of a node.
use super::words::{Message, Refused, TEXT_MAX, WORD_BYTES_MAX};
use super::*;
use crate::config::{Documents, Mqtt, SiteConfig};
use crate::texts::catalogue;
use kaoguan_exam::{Node, NodePart, Nodes};
use kaoguan_telemetry::units::Micros;
use kaoguan_unit::health::{Direction, Fix, Health, Inertial, LinkHealth, PortHealth, SpoolHealth};
use kaoguan_unit::ntrip;
use std::time::Duration;

const SITE: &str = "square";
/// 2026-11-23 10:00 UTC.
const NOW_US: i64 = 1_795_428_000_000_000;
const SECOND_US: i64 = 1_000_000;
const TRAILER: &str = include_str!("../../../vehicles/c6-light-trailer.toml");

fn unit(name: &str) -> UnitId {
    UnitId::new(name).expect("a good name")
}

/// A motorcycle of its own file, any other unit on the same one, and a pole.
fn site() -> SiteConfig {
    let vehicle = include_str!("../../../vehicles/e-hj110.toml");
    let pole = Node {
        unit: unit("pole-3"),
        site: "poles".into(),
        part: NodePart::Pole(3),
    };
    SiteConfig {
        id: SITE.into(),
        data: "data".into(),
        mqtt: Mqtt::Own(([127, 0, 0, 1], 0).into()),
        http: ([127, 0, 0, 1], 0).into(),
        source_lost_after: Duration::from_secs(30),
        exam_room: Duration::from_secs(3_600),
        clock_within: Some(Duration::from_millis(20)),
        documents: Documents {
            course: include_str!("../../../../course-maps/village-square/course.geojson").into(),
            syllabus: include_str!("../../../syllabi/ga1026-2022.toml").into(),
            vehicle: vehicle.into(),
            vehicles: [(unit("moto-1"), vehicle.to_owned())].into(),
            nodes: Nodes {
                nodes: vec![pole],
                wait: Micros(10 * SECOND_US),
            },
        },
    }
}

fn roster() -> Roster {
    Roster::new(&site()).expect("good documents")
}

fn line(port: &str) -> PortHealth {
    PortHealth {
        port: port.into(),
        quiet_ms: Some(20),
        sentences_per_10_s: 400,
        samples_per_10_s: 200,
        ..PortHealth::default()
    }
}

/// Of a vehicle's unit with which an exam may begin.
fn good(name: &str) -> Health {
    Health {
        unit: name.into(),
        site: SITE.into(),
        boot: Some(7),
        firmware: "0.1.0".into(),
        uptime_s: 600,
        utc_us: Some(NOW_US - SECOND_US),
        ports: ["receiver", "attitude", "signals"].map(line).into(),
        gnss: Some(Fix {
            quality: "fixed".into(),
            satellites: 28,
            age_ms: Some(1_000),
            sigma_tenth_mm: Some(90),
            speed_mm_s: Some(0),
            ago_ms: 40,
        }),
        heading: Some(Direction {
            quality: "fixed".into(),
            ago_ms: 40,
            ..Direction::default()
        }),
        attitude: Some(Inertial::default()),
        spool: Some(SpoolHealth {
            state: "ok".into(),
            ..SpoolHealth::default()
        }),
        link: Some(LinkHealth {
            connected: true,
            waiting: Some(2),
            ..LinkHealth::default()
        }),
        corrections: Some(ntrip::State {
            is_up: true,
            quiet_ms: Some(300),
            ..ntrip::State::default()
        }),
        ..Health::default()
    }
}

/// Of a pole: a signal box, and the site's time.
fn pole() -> Health {
    Health {
        ports: vec![line("signals")],
        gnss: None,
        heading: None,
        attitude: None,
        corrections: None,
        ..good("pole-3")
    }
}

fn hear(heard: &mut Heard, name: &str, topic: &str, bytes: &[u8]) -> Result<(), Refused> {
    heard.hear(unit(name), message(topic, bytes, NOW_US, false))
}

fn message<'m>(topic: &'m str, bytes: &'m [u8], at_us: i64, is_retained: bool) -> Message<'m> {
    Message {
        site: SITE,
        topic,
        bytes,
        at_us,
        is_retained,
    }
}

fn json(health: &Health) -> Vec<u8> {
    serde_json::to_vec(health).expect("JSON")
}

const ONLINE: &[u8] = br#"{"state":"online"}"#;
const ROOMY: &[u8] = br#"{"state":"ok","dropped_samples":0,"room_min":600}"#;

/// A unit that said all three.
fn of(health: &Health, disk: &[u8]) -> Heard {
    let mut heard = Heard::default();
    let name = health.unit.clone();
    for (topic, bytes) in [("conn", ONLINE), ("status", disk), ("health", &json(health))] {
        hear(&mut heard, &name, topic, bytes).expect("taken");
    }
    heard
}

/// How a unit is, and the names of what is wrong with it.
fn told(roster: &Roster, heard: &Heard, name: &str, now_us: i64) -> (State, Vec<&'static str>) {
    let devices = list(roster, &heard.units, now_us);
    let device = devices.iter().find(|device| device.unit.as_str() == name);
    let device = device.expect("it is among the devices");
    (device.state, device.faults.iter().map(|fault| fault.name).collect())
}

fn told_now(heard: &Heard, name: &str) -> (State, Vec<&'static str>) {
    told(&roster(), heard, name, NOW_US)
}

#[test]
fn what_the_file_names_is_there_unheard_and_what_is_good_is_good() {
    let devices = list(&roster(), &BTreeMap::new(), NOW_US)
        .iter()
        .map(|device| (device.unit.to_string(), device.state, device.faults[0].name))
        .collect::<Vec<_>>();
    let unheard = |name: &str| (name.to_owned(), State::Unknown, "unheard");
    assert_eq!(devices, [unheard("moto-1"), unheard("pole-3")]);
    assert_eq!(told_now(&of(&good("moto-1"), ROOMY), "moto-1"), (State::Good, vec![]));
    assert_eq!(told_now(&of(&pole(), ROOMY), "pole-3"), (State::Good, vec![]));
    // Nobody has named it, so it is on the site's usual vehicle.
    let heard = of(&good("moto-9"), ROOMY);
    let roster = roster();
    let devices = list(&roster, &heard.units, NOW_US);
    assert_eq!(
        devices.iter().map(|d| d.unit.as_str()).collect::<Vec<_>>(),
        ["moto-1", "moto-9", "pole-3"]
    );
    let Role::Vehicle(mount) = devices[1].role else {
        panic!("a vehicle")
    };
    assert_eq!(
        (mount.id.as_str(), mount.class.as_str(), devices[1].is_named),
        ("e-hj110", "E", false)
    );
    assert_eq!((devices[1].state, devices[0].state), (State::Good, State::Unknown));
    let Role::Node(place) = devices[2].role else {
        panic!("a node")
    };
    assert_eq!(
        (place.item.zh.as_str(), place.part.zh.as_str(), place.part.en.as_str()),
        ("桩考", "第 3 桩", "pole 3")
    );
}

/// A change to a good picture, how the device is then, and the faults' names.
type Case = (fn(&mut Health), State, &'static [&'static str]);

#[test]
fn each_fault_of_a_picture_is_named_and_nothing_else_is() {
    use State::{Bad, Doubtful};
    let cases: &[Case] = &[
        (|h| h.ports[1].silent = Some("NoBytes".into()), Bad, &["silent"]),
        (|h| h.ports[0].silent = Some("Unplugged".into()), Bad, &["silent"]),
        (|h| drop(h.ports.remove(0)), Bad, &["no-receiver"]),
        (|h| h.no_fix = Some("NoSolution".into()), Bad, &["no-fix"]),
        (|h| h.gnss = None, Bad, &["no-position"]),
        (|h| fix(h).ago_ms = 2_001, Bad, &["no-position"]),
        (|h| fix(h).quality = "float".into(), Doubtful, &["quality"]),
        (|h| fix(h).quality = "single".into(), Bad, &["quality"]),
        (|h| fix(h).age_ms = None, Bad, &["no-age"]),
        (|h| fix(h).age_ms = Some(5_001), Bad, &["age"]),
        (|h| fix(h).sigma_tenth_mm = None, Bad, &["no-sigma"]),
        (|h| fix(h).sigma_tenth_mm = Some(251), Doubtful, &["sigma"]),
        (|h| fix(h).speed_mm_s = None, Bad, &["no-velocity"]),
        (|h| h.heading = None, Bad, &["no-heading"]),
        (|h| heading(h).ago_ms = 2_001, Bad, &["no-heading"]),
        (|h| heading(h).quality = "float".into(), Doubtful, &["heading"]),
        (|h| heading(h).quality = "none".into(), Bad, &["heading"]),
        (|h| h.utc_us = None, Bad, &["no-time"]),
        (|h| h.attitude = None, Bad, &["no-attitude"]),
        (|h| state(h).is_up = false, Bad, &["corrections"]),
        (|h| state(h).quiet_ms = Some(10_001), Bad, &["corrections-quiet"]),
        (
            |h| (state(h).quiet_ms, state(h).up_ms) = (None, Some(11_000)),
            Bad,
            &["corrections-quiet"],
        ),
        (|h| link(h).waiting = Some(51), Doubtful, &["behind"]),
        (
            |h| h.configuration = Some("order c1 is on trial: no heading, which there was before".into()),
            Bad,
            &["trial"],
        ),
        (
            |h| h.configuration = Some("order c1 was taken back: no heading".into()),
            Doubtful,
            &["undone"],
        ),
        (
            |h| (h.uptime_s, h.gnss, h.heading) = (5, None, None),
            State::Unknown,
            &["young"],
        ),
        (|h| h.uptime_s = 1, State::Good, &[]),
        // Two at once: the worse one first.
        (
            |h| (fix(h).quality, h.heading) = ("float".into(), None),
            Bad,
            &["no-heading", "quality"],
        ),
    ];
    for (no, (change, state, names)) in cases.iter().enumerate() {
        let mut health = good("moto-1");
        change(&mut health);
        let found = told_now(&of(&health, ROOMY), "moto-1");
        assert_eq!(found, (*state, names.to_vec()), "case {no}");
    }
    // At its bound nothing is wrong.
    let mut health = good("moto-1");
    (
        fix(&mut health).age_ms,
        fix(&mut health).sigma_tenth_mm,
        fix(&mut health).ago_ms,
    ) = (Some(5_000), Some(250), 2_000);
    (state(&mut health).quiet_ms, link(&mut health).waiting, health.uptime_s) = (Some(10_000), Some(50), 6);
    assert_eq!(told_now(&of(&health, ROOMY), "moto-1"), (State::Good, vec![]));
}

fn fix(health: &mut Health) -> &mut Fix {
    health.gnss.as_mut().expect("a fix")
}

fn heading(health: &mut Health) -> &mut Direction {
    health.heading.as_mut().expect("a heading")
}

fn state(health: &mut Health) -> &mut ntrip::State {
    health.corrections.as_mut().expect("corrections")
}

fn link(health: &mut Health) -> &mut LinkHealth {
    health.link.as_mut().expect("a link")
}

#[test]
fn a_disk_is_held_against_what_an_exam_needs_here() {
    let cases: [(&[u8], State, &[&str]); 6] = [
        (br#"{"state":"ok","room_min":60}"#, State::Good, &[]),
        (br#"{"state":"ok","room_min":59}"#, State::Bad, &["room"]),
        (br#"{"state":"ok"}"#, State::Good, &[]),
        (br#"{"state":"disk_full","room_min":600}"#, State::Bad, &["disk-full"]),
        (br#"{"state":"disk_error"}"#, State::Bad, &["disk-error"]),
        (br#"{"state":"receipt_impossible"}"#, State::Bad, &["receipt"]),
    ];
    for (disk, state, names) in cases {
        let heard = of(&good("moto-1"), disk);
        assert_eq!(told_now(&heard, "moto-1"), (state, names.to_vec()));
        let mut own = pole();
        own.utc_us = Some(NOW_US);
        assert_eq!(told_now(&of(&own, disk), "pole-3"), (state, names.to_vec()));
    }
    // On trial a unit says that it has no room: that is the trial's, and no disk to be changed.
    let mut health = good("moto-1");
    health.configuration = Some("order c1 is on trial: no heading".into());
    let heard = of(&health, br#"{"state":"ok","room_min":0}"#);
    assert_eq!(told_now(&heard, "moto-1"), (State::Bad, vec!["trial"]));
    // Before its first status its picture speaks.
    let mut heard = Heard::default();
    health = good("moto-1");
    health.spool.as_mut().expect("a spool").state = "disk_full".into();
    hear(&mut heard, "moto-1", "health", &json(&health)).expect("taken");
    assert_eq!(told_now(&heard, "moto-1"), (State::Bad, vec!["disk-full"]));
}

#[test]
fn who_is_away_is_asked_nothing_else_and_comes_back_by_his_own_word() {
    let mut broken = good("moto-1");
    broken.gnss = None;
    let mut heard = of(&broken, br#"{"state":"disk_full"}"#);
    let at = |heard: &Heard, seconds: i64| told(&roster(), heard, "moto-1", NOW_US + seconds * SECOND_US);
    assert_eq!(at(&heard, 90), (State::Bad, vec!["disk-full", "no-position"]));
    assert_eq!(at(&heard, 91), (State::Bad, vec!["stale"]));
    hear(&mut heard, "moto-1", "conn", br#"{"state":"lost"}"#).expect("taken");
    assert_eq!(at(&heard, 0), (State::Bad, vec!["lost"]));
    hear(&mut heard, "moto-1", "conn", br#"{"state":"offline"}"#).expect("taken");
    assert_eq!(at(&heard, 0), (State::Bad, vec!["offline"]));
    // The will of an old connection may come late: who speaks is there.
    let bytes = json(&good("moto-1"));
    heard
        .hear(unit("moto-1"), message("health", &bytes, NOW_US + 1, false))
        .expect("taken");
    hear(&mut heard, "moto-1", "status", ROOMY).expect("taken");
    assert_eq!(at(&heard, 1), (State::Good, vec![]));
}

#[test]
fn what_the_broker_had_kept_is_no_news_and_proves_nobody_there() {
    let bytes = json(&good("moto-1"));
    let mut heard = Heard::default();
    let kept = |at_us| message("health", &bytes, at_us, true);
    heard.hear(unit("moto-1"), kept(NOW_US)).expect("taken");
    assert_eq!(told_now(&heard, "moto-1"), (State::Unknown, vec!["retained"]));
    // Brought again it is as old as before.
    heard
        .hear(unit("moto-1"), kept(NOW_US + 80 * SECOND_US))
        .expect("taken");
    let later = NOW_US + 91 * SECOND_US;
    assert_eq!(told(&roster(), &heard, "moto-1", later), (State::Bad, vec!["stale"]));
    // Heard from the unit itself, it is not made older by the broker.
    hear(&mut heard, "moto-1", "health", &bytes).expect("taken");
    heard.hear(unit("moto-1"), kept(NOW_US + 1)).expect("taken");
    assert_eq!(told_now(&heard, "moto-1"), (State::Good, vec![]));
    // What is taken back is as if it had never been said.
    for topic in ["health", "conn", "status"] {
        hear(&mut heard, "moto-9", topic, b"").expect("taken");
        hear(&mut heard, "moto-1", topic, b"").expect("taken");
    }
    assert!(heard.units.is_empty());
}

#[test]
fn a_node_is_asked_for_its_time_and_for_no_receiver() {
    let cases: [(Option<i64>, &[&str]); 4] = [
        (Some(NOW_US - 10 * SECOND_US), &[]),
        (Some(NOW_US - 10 * SECOND_US - 1), &["untimed"]),
        (Some(NOW_US + 11 * SECOND_US), &["untimed"]),
        (None, &["untimed"]),
    ];
    for (utc_us, names) in cases {
        let heard = of(&Health { utc_us, ..pole() }, ROOMY);
        assert_eq!(told_now(&heard, "pole-3").1, names, "{utc_us:?}");
    }
    let mut silent = pole();
    silent.ports[0].silent = Some("NoBytes".into());
    assert_eq!(told_now(&of(&silent, ROOMY), "pole-3"), (State::Bad, vec!["silent"]));
    // Where nobody says how good this machine's clock is, nobody tells the time.
    let config = SiteConfig {
        clock_within: None,
        ..site()
    };
    let roster = Roster::new(&config).expect("good documents");
    assert_eq!(told(&roster, &of(&pole(), ROOMY), "pole-3", NOW_US).1, ["untold"]);
}

#[test]
fn a_train_needs_its_trailer_s_heading_too() {
    let mut config = site();
    config.documents.vehicles.insert(unit("train-1"), TRAILER.into());
    let roster = Roster::new(&config).expect("good documents");
    let mut health = good("train-1");
    let names = |health: &Health| told(&roster, &of(health, ROOMY), "train-1", NOW_US).1;
    assert_eq!(names(&health), ["no-trailer"]);
    health.ports.push(line("trailer"));
    assert_eq!(names(&health), ["no-trailer-heading"]);
    health.trailer_heading = health.heading.clone();
    assert_eq!(names(&health), Vec::<&str>::new());
    health.trailer_heading.as_mut().expect("a heading").quality = "float".into();
    assert_eq!(names(&health), ["trailer-heading"]);
    health.ports[3].silent = Some("Garbage".into());
    assert_eq!(names(&health), ["silent"]);
}

#[test]
fn what_is_huge_another_s_or_no_word_at_all_is_refused_and_counted() {
    let mut heard = Heard::default();
    let mut stranger = good("moto-1");
    stranger.site = "elsewhere".into();
    let huge = [
        b"{\"state\":\"online\",\"x\":\"",
        "x".repeat(WORD_BYTES_MAX).as_bytes(),
        b"\"}",
    ]
    .concat();
    let deep = "[".repeat(60_000);
    let cases: [(&str, &str, &[u8], Refused); 9] = [
        ("moto-1", "conn", &huge, Refused::TooLarge(huge.len())),
        ("moto-1", "health", &huge, Refused::TooLarge(huge.len())),
        ("moto-2", "health", &json(&good("moto-1")), Refused::Another),
        ("moto-1", "health", &json(&stranger), Refused::Another),
        ("moto-1", "health", deep.as_bytes(), Refused::Unreadable),
        ("moto-1", "health", b"{\"unit\":\"moto-1\"}", Refused::Unreadable),
        ("moto-1", "conn", b"{\"state\":\"there\"}", Refused::Unreadable),
        ("moto-1", "status", b"\xff", Refused::Unreadable),
        ("moto-1", "birth", b"{}", Refused::Unreadable),
    ];
    let count = cases.len() as u64;
    for (name, topic, bytes, why) in cases {
        assert_eq!(hear(&mut heard, name, topic, bytes), Err(why), "{topic}");
    }
    assert!(heard.units.is_empty());
    assert_eq!((heard.refused, heard.changes), (count, 0));
    // As many as a site has, and not one more; a known one still speaks.
    for no in 0..UNITS_MAX {
        hear(&mut heard, &format!("u-{no}"), "conn", ONLINE).expect("taken");
    }
    assert_eq!(hear(&mut heard, "one-more", "conn", ONLINE), Err(Refused::TooMany));
    assert_eq!(hear(&mut heard, "u-7", "conn", br#"{"state":"lost"}"#), Ok(()));
    assert_eq!(heard.units.len(), UNITS_MAX);
}

#[test]
fn a_unit_s_sentences_are_cut_and_steer_nothing_and_its_numbers_overflow_nothing() {
    let mut health = good("moto-1");
    let long = format!("<img src=x onerror=alert(1)>\u{202e}\n{}", "长".repeat(1_000));
    health.configuration = Some(long.clone());
    health.ports = ["a", "b", "c", "d", "e", "f", "g"].map(line).into();
    health.ports[0].silent = Some(long.clone());
    health.ports[1].port = long.clone();
    health.no_fix = Some(long.clone());
    fix(&mut health).quality = long.clone();
    health.utc_us = Some(i64::MIN);
    link(&mut health).waiting = Some(u64::MAX);
    (state(&mut health).is_up, state(&mut health).trouble) = (false, Some(long.clone()));
    state(&mut health).tally.messages = (0..4_000).map(|no| (no, 1)).collect();
    health.time.insert(long, 1);
    let mut heard = Heard::default();
    hear(&mut heard, "moto-1", "health", &json(&health)).expect("taken");
    let view = view::all(&roster(), &heard, NOW_US).to_string();
    assert!(view.len() < 8_000, "{} bytes", view.len());
    assert!(!view.contains('\u{202e}') && !view.contains("\\n"), "{view}");
    let words = heard.units[&unit("moto-1")].health.as_ref().expect("a picture");
    let kept = words.said.configuration.as_ref().expect("a sentence");
    assert_eq!(kept.chars().count(), TEXT_MAX + 1);
    assert_eq!(words.said.ports.len(), 5);
    assert!(kept.starts_with("<img") && kept.ends_with('…'));
}

/// Every fault that the code can name has its three texts, filled whole.
#[test]
fn every_fault_has_its_sentence_its_word_and_its_remedy() {
    let source = include_str!("faults.rs");
    let mut names: BTreeSet<&str> = source
        .split("Fault::new(")
        .skip(1)
        .filter_map(|rest| rest.split('"').nth(1))
        .collect();
    names.extend([
        "trial",
        "undone",
        "no-heading",
        "heading",
        "no-trailer-heading",
        "trailer-heading",
    ]);
    let zh = &catalogue().zh;
    let keys: BTreeSet<&str> = zh.keys().filter_map(|key| key.strip_prefix("fault-")).collect();
    for name in &keys {
        for kind in ["short", "mend"] {
            assert!(zh.contains_key(&format!("{kind}-{name}")), "{kind}-{name}");
        }
        assert!(names.contains(name), "no code names {name}");
    }
    for words in ["short-", "mend-"] {
        assert_eq!(zh.keys().filter(|key| key.starts_with(words)).count(), keys.len());
    }
}

/// Whoever reaches the broker can invent units: they take no place of one that the site's file names.
#[test]
fn a_unit_that_the_file_names_has_a_place_however_many_strangers_spoke_before() {
    let named = roster().named().collect();
    let mut heard = Heard::of(Arc::new(named));
    for no in 0..UNITS_MAX {
        hear(&mut heard, &format!("u-{no}"), "conn", ONLINE).expect("taken");
    }
    assert_eq!(hear(&mut heard, "one-more", "conn", ONLINE), Err(Refused::TooMany));
    hear(&mut heard, "moto-1", "health", &json(&good("moto-1"))).expect("taken");
    hear(&mut heard, "pole-3", "health", &json(&pole())).expect("taken");
    assert_eq!(told_now(&heard, "moto-1"), (State::Good, vec![]));
    assert_eq!(told_now(&heard, "pole-3"), (State::Good, vec![]));
    assert_eq!(heard.units.len(), UNITS_MAX + 2);
}

/// A unit of another program speaks, and is not understood: it is not one that nobody has heard.
#[test]
fn whose_picture_cannot_be_read_is_told_so_until_one_can() {
    let mut heard = Heard::of(Arc::new(roster().named().collect()));
    let mut lacking: serde_json::Value = serde_json::from_slice(&json(&good("moto-1"))).expect("JSON");
    lacking.as_object_mut().expect("an object").remove("uptime_s");
    let lacking = lacking.to_string().into_bytes();
    let unread = (State::Doubtful, vec!["unread"]);
    let at = |heard: &Heard, seconds: i64| told(&roster(), heard, "moto-1", NOW_US + seconds * SECOND_US);
    let later = |heard: &mut Heard, bytes: &[u8], seconds: i64| {
        heard.hear(
            unit("moto-1"),
            message("health", bytes, NOW_US + seconds * SECOND_US, false),
        )
    };
    assert_eq!(later(&mut heard, &lacking, 0), Err(Refused::Unreadable));
    assert_eq!(at(&heard, 90), unread);
    assert_eq!(at(&heard, 91), (State::Bad, vec!["stale"]));
    later(&mut heard, &json(&good("moto-1")), 1).expect("taken");
    assert_eq!(at(&heard, 1), (State::Good, vec![]));
    // Another program is started: its predecessor's picture counts while it is news, and no longer.
    let of_another = json(&good("moto-2"));
    assert_eq!(later(&mut heard, &of_another, 60), Err(Refused::Another));
    assert_eq!(at(&heard, 60), unread);
    assert_eq!(at(&heard, 92), unread, "it speaks");
    let devices = list(&roster(), &heard.units, NOW_US + 60 * SECOND_US)[0].faults[0].said();
    assert!(
        devices.en.contains("another device") && devices.zh.contains("别的设备"),
        "{devices}"
    );
    later(&mut heard, b"", 93).expect("taken back");
    assert_eq!(at(&heard, 93), (State::Unknown, vec!["unheard"]));
    // Who is in no file and has said nothing that can be read is no device.
    assert_eq!(hear(&mut heard, "moto-9", "health", &lacking), Err(Refused::Unreadable));
    assert!(heard.units.is_empty());
}

#[test]
fn what_turns_a_line_or_is_not_seen_is_a_space_and_foreign_words_stand_apart() {
    let steering = "\u{61c}\u{ad}\u{180e}\u{200f}\u{202e}\u{2066}\u{feff}\u{e0041}\u{e007f}";
    let mut health = good("moto-1");
    fix(&mut health).quality = format!("{steering}שלום");
    let heard = of(&health, ROOMY);
    let kept = &heard.units[&unit("moto-1")].health.as_ref().expect("a picture").said;
    let quality = &kept.gnss.as_ref().expect("a fix").quality;
    assert_eq!(quality.trim_start(), "שלום", "{}", quality.escape_unicode());
    let roster = roster();
    let said = list(&roster, &heard.units, NOW_US)[0].faults[0].said();
    // The number of satellites beside it stays where it is.
    assert!(
        said.zh.contains("\u{2068}") && said.zh.contains("שלום\u{2069}"),
        "{}",
        said.zh.escape_unicode()
    );
}
