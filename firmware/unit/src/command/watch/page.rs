//! The page: one picture on one screen of 80 by 24, what is wrong in red.
use crate::health::{Fix, Health, LinkHealth, OLD_MS, PortHealth, SpoolHealth};
use crate::ntrip::State as Corrections;
use crate::texts::{self, Text};
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Cell, Paragraph, Row, Table, Wrap};
use std::collections::BTreeMap;

/// Where the picture comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// A unit that runs.
    Running,
    /// Nobody: the ports are listened to here.
    Alone,
    /// A unit that ran a moment ago.
    Gone,
}

const GOOD: Style = Style::new().fg(Color::Green);
const DOUBTFUL: Style = Style::new().fg(Color::Yellow);
const BAD: Style = Style::new().fg(Color::Red).add_modifier(Modifier::BOLD);
const PLAIN: Style = Style::new();
const DIM: Style = Style::new().add_modifier(Modifier::DIM);
/// A line that has given nothing for so long is shown in red, milliseconds.
const QUIET_MS: i64 = 1_000;
/// Corrections come each second; later than this the caster is given up, too, milliseconds.
const QUIET_CORRECTIONS_MS: i64 = 10_000;
/// Lines of disk and network, where nothing is wrong.
const LINK_LINES: usize = 5;

/// Paints a picture, or that there is none yet.
pub fn draw(frame: &mut Frame, picture: Option<&Health>, source: Source) {
    let Some(health) = picture else {
        let waiting = if source == Source::Gone {
            texts::WATCH_GONE
        } else {
            texts::WATCH_NOTHING
        };
        return frame.render_widget(Paragraph::new(waiting.to_string()), frame.area());
    };
    let ports = health.ports.len() as u16;
    let refused_lines = refused_lines(health);
    let [head, table, middle, refused, foot] = Layout::vertical([
        Constraint::Length(2),
        Constraint::Length(ports + 3),
        Constraint::Min(9),
        Constraint::Length(refused_lines.len() as u16 + 2),
        Constraint::Length(1),
    ])
    .areas(frame.area());
    let link = link_lines(health);
    let [left, right] = Layout::horizontal([Constraint::Percentage(50), Constraint::Percentage(50)]).areas(middle);
    let [signals, disk] =
        Layout::vertical([Constraint::Min(4), Constraint::Length(link.len() as u16 + 2)]).areas(right);
    frame.render_widget(Paragraph::new(self::head(health, source)), head);
    draw_ports(frame, table, health);
    draw_lines(frame, left, texts::WATCH_FIX, fix_lines(health));
    draw_lines(frame, signals, texts::WATCH_SWITCHES, switch_lines(health));
    draw_lines(frame, disk, texts::WATCH_LINK, link);
    draw_lines(frame, refused, texts::WATCH_REFUSED, refused_lines);
    frame.render_widget(Paragraph::new(Line::styled(texts::WATCH_QUIT.to_string(), DIM)), foot);
}

fn head(health: &Health, source: Source) -> Vec<Line<'static>> {
    let (text, style) = match source {
        Source::Running => (texts::WATCH_RUNNING, GOOD),
        Source::Alone => (texts::WATCH_ALONE, DOUBTFUL),
        Source::Gone => (texts::WATCH_GONE, BAD),
    };
    let time = health.utc_us.map_or_else(
        || texts::WATCH_NO_TIME.to_string(),
        |us| format!("{} {} UTC", texts::WATCH_TIME, clock(us)),
    );
    let up = health.uptime_s;
    let up = format!(
        "{} {}:{:02}:{:02}",
        texts::WATCH_UPTIME,
        up / 3_600,
        up / 60 % 60,
        up % 60
    );
    vec![
        Line::from(vec![
            Span::styled(
                format!("考官 {} · {}  ", health.unit, health.site),
                Style::new().add_modifier(Modifier::BOLD),
            ),
            Span::styled(text.to_string(), style),
        ]),
        Line::from(format!("{time}   {up}   v{}", health.firmware)),
    ]
}

/// `hh:mm:ss` of an instant.
fn clock(us: i64) -> String {
    let s = us.div_euclid(1_000_000).rem_euclid(86_400);
    format!("{:02}:{:02}:{:02}", s / 3_600, s / 60 % 60, s % 60)
}

fn draw_ports(frame: &mut Frame, area: Rect, health: &Health) {
    let columns = [
        texts::WATCH_PORT,
        texts::WATCH_DEVICE,
        texts::WATCH_SENTENCES,
        texts::WATCH_SAMPLES,
        texts::WATCH_BYTES,
        texts::WATCH_QUIET,
    ];
    let widths = [
        Constraint::Length(22),
        Constraint::Min(12),
        Constraint::Length(11),
        Constraint::Length(9),
        Constraint::Length(8),
        Constraint::Length(12),
    ];
    // The English of a narrow column would not fit beside the Chinese: it is the shorter one that stands there.
    let head = Row::new(columns.map(|text| Cell::from(text.zh))).style(DIM);
    let rows = health.ports.iter().map(port_row);
    let table = Table::new(rows, widths).header(head).block(block(texts::WATCH_PORTS));
    frame.render_widget(table, area);
}

fn port_row(port: &PortHealth) -> Row<'static> {
    let is_quiet = port.silent.is_some() || port.quiet_ms.is_none_or(|quiet| quiet > QUIET_MS);
    let quiet = match (&port.silent, port.quiet_ms) {
        (Some(why), _) => why.clone(),
        (None, Some(ms)) => seconds(ms),
        (None, None) => "-".into(),
    };
    let style = if is_quiet { BAD } else { PLAIN };
    let cells = [
        port_name(&port.port),
        port.path.clone(),
        tenths(port.sentences_per_10_s),
        tenths(port.samples_per_10_s),
        (port.bytes_per_10_s / 10).to_string(),
        quiet,
    ];
    Row::new(cells.map(Cell::from)).style(style)
}

fn port_name(name: &str) -> String {
    let text = match name {
        "receiver" => texts::RECEIVER,
        "attitude" => texts::ATTITUDE,
        "signals" => texts::SIGNAL_BOX,
        "trailer" => texts::TRAILER,
        other => return other.to_owned(),
    };
    format!("{} {name}", text.zh)
}

fn fix_lines(health: &Health) -> Vec<Line<'static>> {
    let mut lines = match &health.gnss {
        Some(fix) => fix_of(fix),
        None => vec![Line::styled(texts::WATCH_NOTHING.to_string(), BAD)],
    };
    if let Some(why) = &health.no_fix {
        lines.insert(0, Line::styled(why.clone(), BAD));
    }
    lines.push(match &health.heading {
        Some(heading) => {
            let sigma = heading
                .sigma_cdeg
                .map_or(String::new(), |sigma| format!(" ±{}°", hundredths(sigma)));
            let text = format!("{}°{sigma} {}", hundredths(heading.heading_cdeg), heading.quality);
            pair(
                texts::WATCH_HEADING,
                text,
                quality_style(&heading.quality, heading.ago_ms),
            )
        }
        None => pair(texts::WATCH_HEADING, "-", BAD),
    });
    if let Some(tenths) = health.heading.as_ref().and_then(|heading| heading.baseline_tenth_mm) {
        lines.push(pair(
            texts::WATCH_BASELINE,
            format!("{}.{:04} m", tenths / 10_000, tenths % 10_000),
            PLAIN,
        ));
    }
    match &health.attitude {
        Some(attitude) => {
            let style = if attitude.ago_ms > OLD_MS { BAD } else { PLAIN };
            let lean = attitude
                .vendor_cdeg
                .map_or("-".into(), |[roll, ..]| format!("{}°", hundredths(roll)));
            lines.push(pair(texts::WATCH_LEAN, lean, style));
            let force = attitude.force_um_s2.map(|force| hundredths(force / 10_000)).join(" ");
            lines.push(pair(texts::WATCH_FORCE, format!("{force} m/s²"), style));
        }
        None => lines.push(pair(texts::WATCH_LEAN, "-", BAD)),
    }
    lines
}

fn fix_of(fix: &Fix) -> Vec<Line<'static>> {
    let known = |value: Option<String>, without: Style| match value {
        Some(text) => (text, PLAIN),
        None => ("-".to_owned(), without),
    };
    let (age, age_style) = known(fix.age_ms.map(seconds), DOUBTFUL);
    let (sigma, sigma_style) = known(
        fix.sigma_tenth_mm
            .map(|tenths| format!("{}.{} mm", tenths / 10, tenths % 10)),
        BAD,
    );
    let (speed, speed_style) = known(
        fix.speed_mm_s
            .map(|mm| format!("{}.{:02} m/s", mm / 1_000, mm % 1_000 / 10)),
        DOUBTFUL,
    );
    let old = if fix.ago_ms > OLD_MS {
        format!(" ({})", seconds(fix.ago_ms))
    } else {
        String::new()
    };
    vec![
        pair(
            texts::WATCH_QUALITY,
            format!("{}{old}", fix.quality),
            quality_style(&fix.quality, fix.ago_ms),
        ),
        pair(texts::WATCH_SATELLITES, fix.satellites.to_string(), PLAIN),
        pair(texts::WATCH_AGE, age, age_style),
        pair(texts::WATCH_SIGMA, sigma, sigma_style),
        pair(texts::WATCH_SPEED, speed, speed_style),
    ]
}

fn quality_style(quality: &str, ago_ms: i64) -> Style {
    match quality {
        _ if ago_ms > OLD_MS => BAD,
        "fixed" => GOOD,
        "float" => DOUBTFUL,
        _ => BAD,
    }
}

fn switch_lines(health: &Health) -> Vec<Line<'static>> {
    let Some(signals) = &health.signals else {
        return vec![Line::styled(texts::WATCH_NOTHING.to_string(), BAD)];
    };
    let style = if signals.ago_ms > OLD_MS { BAD } else { GOOD };
    let list = |text: Text, names: &[String], style: Style| {
        Line::from(vec![
            Span::styled(format!("{}: ", short(text)), DIM),
            Span::styled(names.join(" "), style),
        ])
    };
    vec![
        list(texts::WATCH_ON, &signals.on, style),
        list(texts::WATCH_OFF, &signals.off, DIM),
    ]
}

fn link_lines(health: &Health) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    lines.extend(health.spool.as_ref().map(spool_line));
    lines.extend(health.link.iter().flat_map(connection_lines));
    lines.extend(health.corrections.iter().flat_map(correction_lines));
    let machine = &health.machine;
    let words = [
        machine.temperature_mdeg.map(|mdeg| format!("{} °C", mdeg / 1_000)),
        machine
            .load_percent
            .map(|percent| format!("load {}.{:02}", percent / 100, percent % 100)),
        machine.resident_kib.map(|kib| format!("{} MiB", kib >> 10)),
    ];
    lines.push(pair(
        texts::WATCH_MACHINE,
        words.into_iter().flatten().collect::<Vec<_>>().join(" "),
        PLAIN,
    ));
    // The frame's height is the same with and without trouble.
    lines.resize(lines.len().max(LINK_LINES), Line::default());
    lines
}

/// How old they are, how fast they come, how often the caster was called again; in red where they are too old to be any use.
fn correction_lines(corrections: &Corrections) -> Vec<Line<'static>> {
    let quiet = corrections.quiet_ms;
    let style = match quiet {
        Some(ms) if corrections.is_up && ms <= QUIET_CORRECTIONS_MS => GOOD,
        _ => BAD,
    };
    let age = quiet.map_or("-".into(), seconds);
    let rate = format!("{age}, {} B/s", corrections.bytes_per_10_s / 10);
    let again = corrections.connections.saturating_sub(1);
    let base = corrections.tally.base.and_then(|base| base.off_tenth_mm);
    let (more, more_style) = match (&corrections.trouble, base) {
        (Some(why), _) => (format!(", {why}"), BAD),
        (None, Some(off)) => (
            format!(", {} {}.{} mm", short(texts::WATCH_BASE), off / 10, off % 10),
            PLAIN,
        ),
        (None, None) => (String::new(), PLAIN),
    };
    vec![
        pair(texts::WATCH_CORRECTIONS, rate, style),
        pair(texts::WATCH_RECONNECTS, format!("{again}{more}"), more_style),
    ]
}

fn spool_line(spool: &SpoolHealth) -> Line<'static> {
    let room = spool
        .room_bytes
        .map_or(String::new(), |room| format!(", {} MiB", room >> 20));
    let dropped = match spool.dropped_samples {
        0 => String::new(),
        samples => format!(", -{samples}"),
    };
    let is_well = spool.state == "ok" && spool.dropped_samples == 0;
    pair(
        texts::SPOOL,
        format!("{}{room}{dropped}", spool.state),
        if is_well { GOOD } else { BAD },
    )
}

fn connection_lines(link: &LinkHealth) -> Vec<Line<'static>> {
    let (text, style) = match link.connected {
        true => (texts::WATCH_CONNECTED, GOOD),
        false => (texts::WATCH_NO_CONNECTION, BAD),
    };
    let mut lines = vec![pair(texts::WATCH_NETWORK, short(text), style)];
    lines.extend(
        link.trouble
            .as_ref()
            .filter(|_| !link.connected)
            .map(|why| Line::styled(why.clone(), BAD)),
    );
    let ago = link.receipt_ago_ms.map_or("-".into(), seconds);
    let waiting = link.waiting.map_or("-".into(), |waiting| waiting.to_string());
    lines.push(pair(
        texts::WATCH_RECEIPT,
        format!("{ago}, {} {waiting}", short(texts::WATCH_WAITING)),
        PLAIN,
    ));
    lines
}

/// A line for each port of which something was refused; at least one, so that the page does not jump at the first.
fn refused_lines(health: &Health) -> Vec<Line<'static>> {
    let counts = |refused: &BTreeMap<String, u64>| {
        let counts = refused.iter().map(|(kind, count)| format!("{kind} {count}"));
        counts.collect::<Vec<_>>().join("  ")
    };
    let ports = health
        .ports
        .iter()
        .map(|port| (port.port.clone(), counts(&port.refused)));
    let all = ports.chain([("time".to_owned(), counts(&health.time))]);
    let lines = all.filter(|(_, counts)| !counts.is_empty());
    let mut lines: Vec<_> = lines
        .map(|(name, counts)| Line::from(vec![Span::styled(format!("{name:9}"), DIM), Span::raw(counts)]))
        .collect();
    lines.resize(lines.len().max(1), Line::default());
    lines
}

fn draw_lines(frame: &mut Frame, area: Rect, title: Text, lines: Vec<Line<'static>>) {
    frame.render_widget(
        Paragraph::new(lines).wrap(Wrap { trim: false }).block(block(title)),
        area,
    );
}

fn block(title: Text) -> Block<'static> {
    Block::bordered().border_style(DIM).title(short(title))
}

/// Both languages where there is little room.
fn short(text: Text) -> String {
    format!("{} {}", text.zh, text.en)
}

fn pair(name: Text, value: impl std::fmt::Display, style: Style) -> Line<'static> {
    Line::from(vec![
        Span::styled(format!("{}: ", short(name)), DIM),
        Span::styled(value.to_string(), style),
    ])
}

/// `9.8` of tenths.
fn tenths(count: u64) -> String {
    format!("{}.{}", count / 10, count % 10)
}

/// `-1.23` of hundredths.
fn hundredths(count: i32) -> String {
    let sign = if count < 0 { "-" } else { "" };
    let count = count.unsigned_abs();
    format!("{sign}{}.{:02}", count / 100, count % 100)
}

/// `1.2 s` of milliseconds.
fn seconds(ms: i64) -> String {
    format!("{}.{} s", ms / 1_000, ms % 1_000 / 100)
}
