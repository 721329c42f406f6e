//! The terminal page: what it shows of a picture, on a screen of 80 by 24.
use kaoguan_unit::command::watch::{Source, draw};
use kaoguan_unit::health::{Direction, Fix, Health, LinkHealth, PortHealth, SpoolHealth, Switches};
use kaoguan_unit::ntrip::State;
use kaoguan_unit::ntrip::tally::{Stand, Tally};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::style::Color;

fn port(name: &str, quiet_ms: i64) -> PortHealth {
    PortHealth {
        port: name.into(),
        path: "/dev/ttyUSB0".into(),
        quiet_ms: Some(quiet_ms),
        sentences_per_10_s: 398,
        samples_per_10_s: 199,
        bytes_per_10_s: 24_610,
        ..PortHealth::default()
    }
}

fn picture() -> Health {
    let mut receiver = port("receiver", 90);
    receiver.refused.insert("bad_checksum".into(), 12);
    Health {
        unit: "moto-1".into(),
        site: "village".into(),
        utc_us: Some(1_795_161_600_000_000 + 3_723_000_000),
        ports: vec![receiver, port("attitude", 5), port("signals", 4_200)],
        gnss: Some(Fix {
            quality: "fixed".into(),
            satellites: 28,
            age_ms: Some(1_000),
            sigma_tenth_mm: Some(92),
            speed_mm_s: Some(2_345),
            ago_ms: 100,
        }),
        heading: Some(Direction {
            heading_cdeg: 9_007,
            quality: "float".into(),
            ..Direction::default()
        }),
        signals: Some(Switches {
            on: vec!["helmet".into()],
            off: vec!["horn".into()],
            proven: true,
            ago_ms: 20,
        }),
        spool: Some(SpoolHealth {
            state: "disk_full".into(),
            dropped_samples: 7,
            ..SpoolHealth::default()
        }),
        link: Some(LinkHealth {
            connected: false,
            trouble: Some("refused".into()),
            waiting: Some(41),
            receipt_ago_ms: Some(8_300),
            ..LinkHealth::default()
        }),
        ..Health::default()
    }
}

/// Lines of text, wide characters once; and the colour in which a word begins.
struct Screen {
    lines: Vec<String>,
    colors: Vec<Vec<Color>>,
}

impl Screen {
    fn of(picture: Option<&Health>, source: Source) -> Screen {
        let mut terminal = Terminal::new(TestBackend::new(80, 24)).expect("a screen");
        terminal.draw(|frame| draw(frame, picture, source)).expect("drawn");
        let buffer = terminal.backend().buffer().clone();
        let mut screen = Screen {
            lines: Vec::new(),
            colors: Vec::new(),
        };
        for y in 0..24 {
            let (mut line, mut colors, mut skip) = (String::new(), Vec::new(), 0);
            for x in 0..80 {
                let cell = &buffer[(x, y)];
                if skip > 0 {
                    skip -= 1;
                    continue;
                }
                skip = unicode_width::UnicodeWidthStr::width(cell.symbol()).saturating_sub(1);
                colors.extend(cell.symbol().chars().map(|_| cell.fg));
                line.push_str(cell.symbol());
            }
            screen.lines.push(line);
            screen.colors.push(colors);
        }
        screen
    }

    fn color(&self, word: &str) -> Color {
        let found = self.lines.iter().zip(&self.colors).find_map(|(line, colors)| {
            let at = line.find(word)?;
            colors.get(line[..at].chars().count()).copied()
        });
        found.unwrap_or_else(|| panic!("{word:?} is not on\n{}", self.lines.join("\n")))
    }
}

#[test]
fn everything_is_on_a_small_screen_and_what_is_wrong_is_red() {
    let screen = Screen::of(Some(&picture()), Source::Running);
    for (word, wanted) in [
        ("运行中的单元", Color::Green),
        ("接收机 receiver", Color::Reset),
        ("39.8", Color::Reset),
        ("19.9", Color::Reset),
        ("2461", Color::Reset),
        ("信号盒 signals", Color::Red),
        ("4.2 s", Color::Red),
        ("fixed", Color::Green),
        ("28", Color::Reset),
        ("1.0 s", Color::Reset),
        ("9.2 mm", Color::Reset),
        ("2.34 m/s", Color::Reset),
        ("90.07°", Color::Yellow),
        ("helmet", Color::Green),
        ("disk_full, -7", Color::Red),
        ("未连接 no connection", Color::Red),
        ("refused", Color::Red),
        ("8.3 s, 待收 waiting 41", Color::Reset),
        ("09:02:03 UTC", Color::Reset),
        ("bad_checksum 12", Color::Reset),
    ] {
        // The panel of refused sentences has the word too: behind the link's.
        assert_eq!(screen.color(word), wanted, "{word}\n{}", screen.lines.join("\n"));
    }
}

#[test]
fn nothing_yet_and_a_unit_that_has_gone_are_said() {
    assert!(Screen::of(None, Source::Alone).lines[0].contains("nothing yet"));
    assert!(Screen::of(None, Source::Gone).lines[0].contains("waiting for it"));
    let screen = Screen::of(Some(&picture()), Source::Gone);
    assert_eq!(screen.color("单元停了"), Color::Red);
    // An empty picture is drawn without a fault, too.
    let empty = Screen::of(Some(&Health::default()), Source::Alone);
    assert_eq!(empty.color("没有单元在运行"), Color::Yellow);
}

fn corrected(quiet_ms: i64) -> Health {
    let mut picture = picture();
    picture.corrections = Some(State {
        is_up: true,
        connections: 3,
        bytes_per_10_s: 5_120,
        quiet_ms: Some(quiet_ms),
        tally: Tally {
            base: Some(Stand {
                station: 7,
                off_tenth_mm: Some(123),
            }),
            ..Tally::default()
        },
        ..State::default()
    });
    picture
}

#[test]
fn corrections_are_shown_with_their_age_and_are_red_when_they_are_old() {
    for (quiet_ms, age, color) in [(400, "0.4 s", Color::Green), (10_001, "10.0 s", Color::Red)] {
        let screen = Screen::of(Some(&corrected(quiet_ms)), Source::Running);
        let shown = screen
            .lines
            .iter()
            .find(|line| line.contains("差分 corrections"))
            .expect("a line");
        assert!(shown.contains(&format!("{age}, 512 B/s")), "{shown}");
        assert_eq!(screen.color(&format!("{age}, 512")), color);
        let all = screen.lines.join("\n");
        assert!(all.contains("重连 reconnects: 2, 基站 base 12.3 mm"), "{all}");
    }
    let mut broken = corrected(400);
    broken.corrections.iter_mut().for_each(|state| {
        state.is_up = false;
        state.trouble = Some("the caster closed".into());
    });
    let screen = Screen::of(Some(&broken), Source::Running);
    assert_eq!(screen.color("0.4 s, 512"), Color::Red);
    assert_eq!(
        screen.color("2, the caster closed"),
        Color::Red,
        "{}",
        screen.lines.join("\n")
    );
}
