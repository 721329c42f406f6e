//! The regulation's dimensions as a table: required, found, difference, and on whose word.

use super::canvas::{Anchor, Canvas};
use super::{MARGIN, WIDTH};
use crate::{Compare, Course, Dimension, Measure, Verdict, report};

/// Left edges of the columns, pixels from the margin.
const COLUMNS: [f64; 8] = [0.0, 400.0, 560.0, 680.0, 790.0, 880.0, 960.0, 1_090.0];
/// Height of a row, and of each further line of it, pixels.
const ROW: f64 = 23.0;
const LINE: f64 = 17.0;
/// Height of the letters, pixels.
const SIZE: f64 = 13.0;

/// Draws the table at `y` and says where the next thing may begin.
pub(super) fn draw(canvas: &mut Canvas, course: &Course, y: f64) -> f64 {
    let rows = report(course);
    if rows.is_empty() {
        return y;
    }
    let title = "法规尺寸核对　Dimensions of the regulation";
    canvas.text("title", (MARGIN, y + 24.0), 21.0, Anchor::Start, title);
    let mut y = y + 56.0;
    let heads = [
        "项目与尺寸 dimension",
        "要求 required",
        "= mm",
        "实测 found",
        "偏差 dev.",
        "u",
        "结论 verdict",
        "依据 source (H/M/L)",
    ];
    for (x, head) in COLUMNS.iter().zip(heads) {
        canvas.text("faint", (MARGIN + x, y), 13.0, Anchor::Start, head);
    }
    for row in &rows {
        canvas.line("rule", (MARGIN, y + 6.0), (WIDTH - MARGIN, y + 6.0));
        y = line(canvas, row, y + ROW);
    }
    canvas.line("rule", (MARGIN, y + 6.0), (WIDTH - MARGIN, y + 6.0));
    let note = "「偏差」须由负责人书面认可；「符合」指差值不超过测量不确定度的两倍。　A warning needs a person's written consent; ok means within twice the survey's uncertainty.";
    canvas.text("faint", (MARGIN, y + 28.0), 12.0, Anchor::Start, note);
    y + 40.0
}

/// Writes a row whose first line stands at `y`, and says where its last one does.
fn line(canvas: &mut Canvas, row: &Dimension, y: f64) -> f64 {
    let sign = match row.compare {
        Compare::Equal => "=",
        Compare::AtLeast => "≥",
        Compare::AtMost => "≤",
    };
    let class = match row.verdict {
        Verdict::Ok => "ok",
        Verdict::Warning => "warn",
        Verdict::NotSettled => "open",
    };
    let place = if row.place.is_empty() {
        String::new()
    } else {
        format!("　{}", row.place)
    };
    let shown = |measure: Option<Measure>| measure.map_or("—".into(), |measure| measure.to_string());
    let cells = [
        format!("{}　{}{place}", row.zh, row.what),
        format!("{sign} {}", row.formula),
        shown(row.required),
        shown(row.found),
        row.deviation.map_or("—".into(), signed),
        shown(row.u),
        format!("{} {}", row.verdict.zh(), row.verdict.en()),
    ];
    for (index, (x, cell)) in COLUMNS.iter().zip(cells).enumerate() {
        canvas.text(
            if index == 6 { class } else { "" },
            (MARGIN + x, y),
            SIZE,
            Anchor::Start,
            &cell,
        );
    }
    let left = COLUMNS[7];
    let source = format!("{} ({})", row.source, row.confidence);
    let lines = broken(&source, WIDTH - 2.0 * MARGIN - left);
    for (no, words) in lines.iter().enumerate() {
        let at = (MARGIN + left, y + no as f64 * LINE);
        canvas.text("", at, SIZE, Anchor::Start, words);
    }
    y + lines.len().saturating_sub(1) as f64 * LINE
}

/// A sentence in lines of at most this width: a Latin letter is a little less than half as wide as it is high.
fn broken(sentence: &str, width: f64) -> Vec<String> {
    let wide = |words: &str| {
        let each = words.chars().map(|c| if c.is_ascii() { 0.47 } else { 1.0 });
        each.sum::<f64>() * SIZE
    };
    let mut lines: Vec<String> = Vec::new();
    for word in sentence.split(' ') {
        match lines.last_mut() {
            Some(line) if wide(line) + wide(word) + wide(" ") <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

fn signed(measure: Measure) -> String {
    let text = measure.to_string();
    if text.starts_with('-') {
        text
    } else {
        format!("+{text}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_source_is_broken_between_words() {
        assert_eq!(broken("one page (M)", 430.0), ["one page (M)"]);
        let long = "assumed: the width was NOT FOUND; a vehicle that turns within 1.77 WB needs three moves forwards";
        let lines = broken(long, 430.0);
        assert_eq!(lines.join(" "), long);
        assert!(lines.len() == 2 && lines[0].len() > 60, "{lines:?}");
    }
}
