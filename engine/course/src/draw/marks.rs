//! The column beside the plan: legend, datum, survey and north.

use super::canvas::{Anchor, Canvas, Frame};
use crate::Course;
use std::fmt::Write;

pub(super) fn draw(canvas: &mut Canvas, course: &Course, frame: Frame) {
    let y = legend(canvas, course, frame);
    survey(canvas, course, frame.x, y + 30.0);
    north(canvas, frame);
}

fn north(canvas: &mut Canvas, frame: Frame) {
    let (x, y) = (frame.x + frame.width - 36.0, frame.y + frame.height - 36.0);
    canvas.polygon("black", &[(x, y - 26.0), (x + 10.0, y + 14.0), (x, y + 6.0)]);
    canvas.polygon("white", &[(x, y - 26.0), (x - 10.0, y + 14.0), (x, y + 6.0)]);
    canvas.text("title", (x, y - 31.0), 14.0, Anchor::Middle, "北 N");
    canvas.text("faint", (x, y + 30.0), 11.0, Anchor::Middle, "真北 true");
}

fn legend(canvas: &mut Canvas, course: &Course, frame: Frame) -> f64 {
    let x = frame.x;
    canvas.text("title", (x, frame.y + 16.0), 17.0, Anchor::Start, "图例 Legend");
    let bays = course.sites.iter().any(|site| site.part("bay_line").is_some());
    let of_bays = [
        ("dashed", "库口 mouth of a bay"),
        ("dotted", "库位前端，不画 slot's front, not painted"),
    ];
    let rows = [
        ("boundary", "场地边界 boundary"),
        ("ground", "项目区域 ground of an item"),
        ("edge", "边线，内侧为准 edge line, inner side judges"),
        ("cross", "起终点线、进出线 start, finish, entry, exit"),
        ("pole", "桩杆 pole"),
        ("ride", "行驶方向、绕桩侧 riding direction, side of pole"),
        ("area", "桩杆线、桥面 pole line, deck"),
        ("surface", "坡道、桥、路面 ramp, bridge, road surface"),
        ("dim", "尺寸 (mm) dimension"),
    ];
    let mut y = frame.y + 44.0;
    let of_bays = of_bays.into_iter().filter(|_| bays);
    for (class, words) in rows.into_iter().chain(of_bays) {
        swatch(canvas, class, x, y);
        canvas.text("", (x + 60.0, y + 4.5), 13.0, Anchor::Start, words);
        y += if bays { 24.0 } else { 27.0 };
    }
    y
}

fn swatch(canvas: &mut Canvas, class: &str, x: f64, y: f64) {
    match class {
        "ground" | "area" | "surface" => canvas.rect(class, (x + 4.0, y - 8.0), 40.0, 16.0),
        "pole" => canvas.circle(class, (x + 24.0, y), 5.0),
        _ => canvas.line(class, (x + 4.0, y), (x + 44.0, y)),
    }
}

fn survey(canvas: &mut Canvas, course: &Course, x: f64, y: f64) {
    canvas.text("title", (x, y), 17.0, Anchor::Start, "测量 Survey");
    let datum = &course.datum;
    let degrees = |ndeg: i64| ndeg as f64 * 1e-9;
    let base = course.surface().base_at(0.0, 0.0);
    let percent = |slope: f64| {
        let hundredths = libm::round(-1e4 * slope);
        // A level ground falls 0.00 %, not -0.00 %.
        format!("{:.2} %", if hundredths == 0.0 { 0.0 } else { -100.0 * slope })
    };
    let rows = [
        ("基准点 datum (WGS-84)", String::new()),
        ("　纬度 latitude", format!("{:.9}°", degrees(datum.lat_ndeg()))),
        ("　经度 longitude", format!("{:.9}°", degrees(datum.lon_ndeg()))),
        (
            "　大地高 ellipsoidal height",
            format!("{:.4} m", f64::from(datum.h_tenth_mm()) * 1e-4),
        ),
        (
            "标准不确定度 u",
            format!("{:.1} mm", f64::from(course.survey_u.0) / 10.0),
        ),
        ("测量日期 date", course.survey_date.clone()),
        ("测量者 by", course.survey_by.clone()),
        ("地面坡度向东 fall to the east", percent(base.slope_e)),
        ("地面坡度向北 fall to the north", percent(base.slope_n)),
        ("项目数 items", course.sites.len().to_string()),
        ("文件摘要 BLAKE3 of the file", String::new()),
    ];
    let mut y = y + 28.0;
    for (name, value) in rows {
        canvas.text("faint", (x, y), 13.0, Anchor::Start, name);
        let wide = value.chars().count() > 18;
        y += if wide { 20.0 } else { 0.0 };
        canvas.text("", (x + 330.0, y), 13.0, Anchor::End, &value);
        y += 24.0;
    }
    let hex = course.digest().iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    });
    for half in [hex.get(..32), hex.get(32..)].into_iter().flatten() {
        canvas.text("", (x + 330.0, y), 13.0, Anchor::End, half);
        y += 20.0;
    }
}
