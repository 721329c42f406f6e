//! A course as a sheet that an inspector signs.
//!
//! The problem: a person has to say, by name, that this square is the course in this file. The answer: one SVG sheet:
//! the plan with its metre grid, each site at its own scale in riding direction with dimensions in numbers, the side
//! views of ramps and bridges, and the regulation's dimensions as a table. Deliberately not here: interaction, maps
//! in the background, colours that carry meaning a black-and-white copy would lose.

mod bends;
pub mod canvas;
mod marks;
mod panel;
mod plan;
mod side_view;
mod table;

use crate::{Course, Shape};
use canvas::{Anchor, Canvas, Frame};

/// Width of the sheet, pixels.
const WIDTH: f64 = 1_600.0;
/// Margin around everything, pixels.
const MARGIN: f64 = 40.0;
/// Height of the plan, pixels.
const PLAN: f64 = 760.0;
/// Width of the column beside the plan, pixels.
const COLUMN: f64 = 330.0;

const STYLE: &str = "\
text{font-family:'Noto Sans CJK SC','Noto Sans SC','Source Han Sans SC','Microsoft YaHei',sans-serif;fill:#111;font-variant-numeric:tabular-nums}\
.faint{fill:#555}.halo{paint-order:stroke;stroke:#fff;stroke-width:3px;stroke-linejoin:round}\
.title{font-weight:700}.warn{fill:#b3261e;font-weight:700}.open{fill:#8a5a00;font-weight:700}.ok{fill:#1b6b34}\
.grid{stroke:#e3e6ea;stroke-width:.6}.grid10{stroke:#b9c0c8;stroke-width:.8}\
.frame{fill:none;stroke:#111;stroke-width:1}.rule{stroke:#999;stroke-width:.7}\
.boundary{fill:none;stroke:#111;stroke-width:1.4;stroke-dasharray:10 4 2 4}\
.ground{fill:#f2f5ee;stroke:#6f7d62;stroke-width:.8;stroke-dasharray:3 3}\
.edge{fill:none;stroke:#111;stroke-width:2}.cross{fill:none;stroke:#1d4f91;stroke-width:2}.dashed{fill:none;stroke:#1d4f91;stroke-width:1.2;stroke-dasharray:6 5}.dotted{fill:none;stroke:#1d4f91;stroke-width:1.2;stroke-dasharray:1.5 4}\
.area{fill:#d9dde2;stroke:#111;stroke-width:1}.surface{fill:#efe6d6;stroke:#8a7a5c;stroke-width:.8;fill-opacity:.75}\
.pole{fill:#b3261e;stroke:#5c0f0a;stroke-width:1}.ride{fill:none;stroke:#b3261e;stroke-width:1.6;marker-end:url(#arrow)}\
.dim{fill:none;stroke:#444;stroke-width:.8;marker-start:url(#tick);marker-end:url(#tick)}.ext{stroke:#888;stroke-width:.6}\
.soil{fill:none;stroke:#6f7d62;stroke-width:1.4;stroke-dasharray:6 3}.profile{fill:none;stroke:#111;stroke-width:2}\
.north{fill:#111;stroke:#111}.paper{fill:#fff;stroke:none}.black{fill:#111;stroke:#111;stroke-width:1}.white{fill:#fff;stroke:#111;stroke-width:1}";

const DEFS: &str = "\
<marker id=\"arrow\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" markerWidth=\"6\" markerHeight=\"6\" orient=\"auto\"><path d=\"M0,0.8 L10,5 L0,9.2 z\" fill=\"#b3261e\"/></marker>\
<marker id=\"tick\" viewBox=\"0 0 10 10\" refX=\"5\" refY=\"5\" markerWidth=\"9\" markerHeight=\"9\" orient=\"auto\"><path d=\"M2,8 L8,2\" stroke=\"#111\" stroke-width=\"1.4\"/></marker>";

/// The sheet of a course as SVG text: the same bytes for the same course.
pub fn svg(course: &Course) -> String {
    let mut canvas = Canvas::default();
    let mut y = heading(&mut canvas, course);
    let plan = Frame {
        x: MARGIN,
        y,
        width: WIDTH - 3.0 * MARGIN - COLUMN,
        height: PLAN,
    };
    plan::draw(&mut canvas, course, plan);
    let column = Frame {
        x: WIDTH - MARGIN - COLUMN,
        y,
        width: COLUMN,
        height: PLAN,
    };
    marks::draw(&mut canvas, course, column);
    y += PLAN + MARGIN;
    for site in &course.sites {
        y = panel::draw(&mut canvas, site, y);
        for part in &site.parts {
            if let Shape::Profile { line, .. } = &part.shape {
                y = side_view::draw(&mut canvas, course, &part.id, line, y);
            }
        }
    }
    y = table::draw(&mut canvas, course, y);
    y = signatures(&mut canvas, y);
    canvas.page(WIDTH, y + MARGIN, STYLE, DEFS)
}

fn heading(canvas: &mut Canvas, course: &Course) -> f64 {
    let title = format!("{}考试场地平面图　{}", course.zh, course.en);
    canvas.text("title", (MARGIN, 62.0), 30.0, Anchor::Start, &title);
    let built = course.built_for.map_or(String::new(), |vehicle| {
        let mm = |size: crate::TenthMm| f64::from(size.0) / 10.0;
        let (length, width, wheelbase) = (mm(vehicle.length), mm(vehicle.width), mm(vehicle.wheelbase));
        let track = match vehicle.track.0 {
            0 => String::new(),
            _ => format!("、轮距 T {} mm", mm(vehicle.track)),
        };
        format!(
            "　按车长 L {length} mm、车宽 W {width} mm、轴距 WB {wheelbase} mm{track} 布设 laid out for this vehicle"
        )
    });
    let class = format!("准驾车型 class {}　场地编号 id {}{built}", course.class, course.id);
    canvas.text("faint", (MARGIN, 90.0), 15.0, Anchor::Start, &class);
    112.0
}

fn signatures(canvas: &mut Canvas, y: f64) -> f64 {
    let y = y + 46.0;
    for (index, who) in [
        "测量人 surveyed by",
        "检查人 checked by",
        "批准人 approved by",
        "日期 date",
    ]
    .iter()
    .enumerate()
    {
        let x = MARGIN + index as f64 * (WIDTH - 2.0 * MARGIN) / 4.0;
        canvas.text("faint", (x, y), 14.0, Anchor::Start, who);
        canvas.line("rule", (x + 135.0, y + 3.0), (x + 350.0, y + 3.0));
    }
    y
}

/// The name of a role for people; the role itself where it has none here.
fn role_name(role: &str) -> &str {
    const NAMES: &[(&str, &str)] = &[
        ("bay_a_line", "甲库 bay A"),
        ("bay_b_line", "乙库 bay B"),
        ("bay_front", "库位前端 slot's front"),
        ("bay_line", "库线 bay"),
        ("bay_mouth", "库口 mouth"),
        ("bend_line", "弯道起点 bend"),
        ("control_first", "控制线一 control 1"),
        ("control_second", "控制线二 control 2"),
        ("deck", "桥面 deck"),
        ("deck_left", "左桥面 left deck"),
        ("deck_right", "右桥面 right deck"),
        ("disc", "圆饼 disc"),
        ("diverge_line", "驶离匝道 way out"),
        ("edge_left", "左边线 left edge"),
        ("edge_right", "右边线 right edge"),
        ("entry_line", "进入线 entry"),
        ("exit_line", "驶出线 exit"),
        ("finish_line", "终点线 finish"),
        ("fog_begin", "雾区起点 fog"),
        ("ground", "项目区域 ground"),
        ("line", "线 line"),
        ("merge_line", "汇入处 way in"),
        ("pole", "桩杆 pole"),
        ("pole_line", "桩杆线 pole line"),
        ("profile", "纵断面 profile"),
        ("prompt_line", "提示处 prompt"),
        ("rain_begin", "雨区起点 rain"),
        ("start_line", "起点线 start"),
        ("stop_zone", "停车区 stop zone"),
        ("turn_left", "左转处 turn left"),
        ("turn_right", "右转处 turn right"),
        ("zone_begin", "区段起点 begin"),
        ("zone_end", "区段终点 end"),
    ];
    NAMES
        .iter()
        .find(|(known, _)| *known == role)
        .map_or(role, |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::standard::{
        motorcycle_e,
        tests::{HJ110, small_car},
    };

    /// Nobody reads a program's word on a sheet.
    #[test]
    fn every_role_has_a_name_for_people() {
        for role in crate::roles::names().split(", ") {
            assert_ne!(role_name(role), role);
        }
    }

    #[test]
    fn the_committed_sheet_is_what_the_pen_draws() {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../course-maps/village-square/course.svg"
        );
        let committed = std::fs::read_to_string(path).unwrap_or_default();
        let drawn = svg(&Course::load(&motorcycle_e(&HJ110)).unwrap());
        assert!(
            committed == drawn,
            "draw it again and look at it: cargo run -p kaoguan-course --example village"
        );
    }

    #[test]
    fn every_site_pole_and_warning_is_on_the_sheet() {
        let sheet = svg(&Course::load(&motorcycle_e(&HJ110)).unwrap());
        for words in [
            "桩考",
            "坡道定点停车和起步",
            "通过单边桥",
            "2405",
            "5715",
            "10.5 %",
            "1852",
            "偏差 warning",
            "北 N",
        ] {
            assert!(sheet.contains(words), "{words}");
        }
        assert_eq!(
            sheet.matches("class=\"pole\"").count(),
            11,
            "five poles on the plan, five in the panel, one in the legend"
        );
    }

    /// Bends have their widths along their own lines: across the whole corner a tape would find 3822 mm.
    #[test]
    fn bays_and_bends_have_their_own_dimensions() {
        let sheet = svg(&Course::load(&small_car(&[])).unwrap());
        for words in [
            "R 7500", "R 4000", ">11500<", ">3500<", ">3603<", ">2306<", ">5173<", ">7709<", ">2506<",
        ] {
            assert!(sheet.contains(words), "{words}");
        }
        assert!(!sheet.contains(">3822<") && !sheet.contains("-0.00"));
        let strokes = |class: &str| sheet.matches(&format!("<polyline class=\"{class}\"")).count();
        // On the plan and in its panel: two mouths, one front line.
        assert_eq!((strokes("dashed"), strokes("dotted")), (4, 2));
        assert_eq!(
            sheet.matches("riding 270°").count(),
            2,
            "the hill and the curve, as it is entered"
        );
    }

    /// No two names of a panel cover each other: the control lines are 2.5 m from the ends of the lane.
    #[test]
    fn names_make_room_for_each_other() {
        let sheet = svg(&Course::load(&small_car(&["reverse_bay"])).unwrap());
        let baseline = |name: &str| {
            let line = sheet.lines().find(|line| line.contains(name)).unwrap();
            let y = line.split("y=\"").nth(1).unwrap().split('"').next().unwrap();
            y.parse::<f64>().unwrap()
        };
        assert_eq!(baseline("进入线 entry<") - baseline("控制线二 control 2<"), 17.0);
        assert!(baseline("库线 bay<") > baseline("库口 mouth<") + 50.0);
    }

    #[test]
    fn names_cannot_break_the_page() {
        let text = motorcycle_e(&HJ110).replace("village square", "<script>&");
        let sheet = svg(&Course::load(&text).unwrap());
        assert!(sheet.contains("&lt;script&gt;&amp;") && !sheet.contains("<script>"));
    }
}
