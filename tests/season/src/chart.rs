//! Pictures of the season, as SVG.
use crate::row::Outcome;
use std::fmt::Write;

const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 300.0;
const LEFT: f64 = 60.0;
const BOTTOM: f64 = 46.0;
const TOP: f64 = 34.0;

/// A part of each column: its name, colour and share.
pub struct Part {
    /// For the legend.
    pub name: &'static str,
    /// CSS colour.
    pub colour: &'static str,
}

impl Part {
    /// What became of an encounter, from the bottom up.
    pub const OUTCOMES: [(Outcome, Part); 4] = [
        (Outcome::Charged, Part::of("charged", "#b5303a")),
        (Outcome::Asked, Part::of("asked", "#e0a33c")),
        (Outcome::Void, Part::of("void", "#8a8f98")),
        (Outcome::Nothing, Part::of("nothing", "#7fb58a")),
    ];

    const fn of(name: &'static str, colour: &'static str) -> Part {
        Part { name, colour }
    }
}

/// Shares that add up to one.
pub struct Column {
    /// Where it begins and ends along x.
    pub from: f64,
    /// See `from`.
    pub to: f64,
    /// What is written under the axis, and where.
    pub mark: Option<(f64, String)>,
    /// Of each part.
    pub shares: Vec<f64>,
    /// Of how many.
    pub count: usize,
}

/// Columns of shares, at steps along x.
pub fn shares(title: &str, x_label: &str, parts: &[Part], columns: &[Column]) -> String {
    let mut out = head(title, x_label);
    let (low, high) = match (columns.first(), columns.last()) {
        (Some(first), Some(last)) => (first.from, last.to),
        _ => (0.0, 1.0),
    };
    let x = |value: f64| LEFT + (value - low) / (high - low) * (WIDTH - LEFT - 20.0);
    let y = |share: f64| HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - TOP);
    // Writing into a String cannot fail, here and below.
    for column in columns {
        let (from, to, count) = (&column.from, &column.to, column.count);
        let mut base = 0.0;
        for (part, share) in parts.iter().zip(&column.shares) {
            let _ = writeln!(
                out,
                r#"<rect x="{:.1}" y="{:.1}" width="{:.1}" height="{:.1}" fill="{}"><title>{}: {:.1} % of {count}</title></rect>"#,
                x(*from) + 0.5,
                y(base + share),
                x(*to) - x(*from) - 1.0,
                y(base) - y(base + share),
                part.colour,
                part.name,
                share * 100.0
            );
            base += share;
        }
    }
    for tick in 0..=4 {
        let share = f64::from(tick) / 4.0;
        let _ = writeln!(
            out,
            r##"<text x="{:.1}" y="{:.1}" text-anchor="end">{:.0} %</text>"##,
            LEFT - 8.0,
            y(share) + 4.0,
            share * 100.0
        );
    }
    for (at, mark) in columns.iter().filter_map(|column| column.mark.as_ref()) {
        let _ = writeln!(
            out,
            r#"<text x="{:.1}" y="{:.1}" text-anchor="middle">{mark}</text>"#,
            x(*at),
            HEIGHT - BOTTOM + 16.0
        );
    }
    if low < 0.0 && high > 0.0 {
        let _ = writeln!(
            out,
            r##"<line x1="{0:.1}" x2="{0:.1}" y1="{TOP}" y2="{1:.1}" stroke="#111" stroke-width="2"/>"##,
            x(0.0),
            HEIGHT - BOTTOM
        );
    }
    for (no, part) in parts.iter().enumerate() {
        let at = WIDTH - 20.0 - (parts.len() - no) as f64 * 92.0;
        let _ = writeln!(
            out,
            r#"<rect x="{at:.1}" y="8" width="12" height="12" fill="{}"/><text x="{:.1}" y="18">{}</text>"#,
            part.colour,
            at + 17.0,
            part.name
        );
    }
    out + "</svg>\n"
}

/// A histogram over z with the normal curve of the same area.
pub fn histogram(title: &str, values: &[f64]) -> String {
    const STEP: f64 = 0.25;
    const REACH: f64 = 5.0;
    let bins = (2.0 * REACH / STEP) as usize;
    let mut counts = vec![0usize; bins];
    for value in values {
        let bin = ((value + REACH) / STEP).clamp(0.0, bins as f64 - 1.0) as usize;
        counts[bin] += 1;
    }
    let normal = |z: f64| (-z * z / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt();
    let share = |count: usize| count as f64 / values.len().max(1) as f64 / STEP;
    let most = counts.iter().map(|count| share(*count)).fold(0.45, f64::max);
    let x = |z: f64| LEFT + (z + REACH) / (2.0 * REACH) * (WIDTH - LEFT - 20.0);
    let y = |density: f64| HEIGHT - BOTTOM - density / most * (HEIGHT - BOTTOM - TOP);
    let mut out = head(title, "(measured - true) / u");
    for (no, count) in counts.iter().enumerate() {
        let from = -REACH + no as f64 * STEP;
        let _ = writeln!(
            out,
            r##"<rect x="{:.1}" y="{:.1}" width="{:.1}" height="{:.1}" fill="#4a7fb5"/>"##,
            x(from) + 0.5,
            y(share(*count)),
            x(STEP) - x(0.0) - 1.0,
            y(0.0) - y(share(*count))
        );
    }
    let curve: Vec<String> = (0..=100)
        .map(|k| -REACH + f64::from(k) * REACH / 50.0)
        .map(|z| format!("{:.1},{:.1}", x(z), y(normal(z))))
        .collect();
    let _ = writeln!(
        out,
        r##"<polyline points="{}" fill="none" stroke="#b00" stroke-width="1.5"/>"##,
        curve.join(" ")
    );
    for z in -5..=5 {
        let _ = writeln!(
            out,
            r#"<text x="{:.1}" y="{:.1}" text-anchor="middle">{z}</text>"#,
            x(f64::from(z)),
            HEIGHT - BOTTOM + 16.0
        );
    }
    out + "</svg>\n"
}

fn head(title: &str, x_label: &str) -> String {
    format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12">
<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>
<text x="{LEFT}" y="18" font-weight="bold">{title}</text>
<text x="{:.1}" y="{:.1}" text-anchor="middle">{x_label}</text>
"##,
        (WIDTH + LEFT) / 2.0,
        HEIGHT - 10.0
    )
}
