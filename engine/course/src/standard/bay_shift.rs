//! 桩考 of large vehicles: a lane with two bays side by side on its right, six poles at their corners, a line on either side.
//!
//! Entered at the end that is not the start: bay B (乙库) is met first, bay A (甲库) second, the start line lies beyond.

use super::item::{Given, Item};

/// Between the start line or the other one and the line where the lane ends, metres. Assumed.
const RUN_OUT: f64 = 2.5;
/// Radius of a pole, metres. Assumed.
const POLE: f64 = 0.02;

/// The item for a vehicle; none without the regulation's dimensions.
pub(super) fn layout(given: &Given<'_>) -> Option<Item> {
    let (lane, control) = (given.value("lane_width")?, given.value("control_distance")?);
    let (width, back) = (given.value("bay_width")?, -given.value("bay_length")?);
    let before = RUN_OUT + control;
    let (middle, beyond) = (before + width, before + 2.0 * width);
    let end = beyond + control + RUN_OUT;
    let across = |x: f64| [(x, lane), (x, 0.0)];
    let round = |from: f64, to: f64| [(from, 0.0), (from, back), (to, back), (to, 0.0)];
    let item = Item::new("poles", "bay_shift", ("桩考", "two bays and six poles"))
        .line("entry_line", &across(0.0))
        .line("control_second", &across(RUN_OUT))
        .line("control_first", &across(end - RUN_OUT))
        .line("exit_line", &across(end))
        .line("edge_left", &[(0.0, lane), (end, lane)])
        .line("edge_right", &[(0.0, 0.0), (before, 0.0)])
        .line("edge_right", &[(beyond, 0.0), (end, 0.0)])
        .line("bay_line", &round(before, beyond))
        .line("bay_a_line", &round(middle, beyond))
        .line("bay_b_line", &round(before, middle))
        .line("bay_mouth", &[(before, 0.0), (beyond, 0.0)]);
    let corners = [before, middle, beyond].map(|x| [(x, 0.0), (x, back)]);
    let of_row = |row: usize| corners.map(|pair| pair[row]);
    Some(
        of_row(0)
            .into_iter()
            .chain(of_row(1))
            .fold(item, |item, at| item.corner_pole(at, POLE)),
    )
}

#[cfg(test)]
mod tests {
    use crate::standard::tests::large_vehicle;
    use crate::{Compare, Course, Point2, Verdict, report};

    /// L 9, W 2.49: the ground begins 2 m before the entry and 2 m below the bays' back (2 L = 18). The other line after
    /// 2.5 m; 1.5 L = 13.5; two bays of W + 0.7 = 3.19; 13.5; 2.5. Poles 1 to 3 at the mouth, 4 to 6 at the back.
    #[test]
    fn the_bays_are_where_paper_puts_them() {
        let course = Course::load(&large_vehicle(&["bay_shift"])).unwrap();
        let site = course.site("poles").unwrap();
        for (part, index, at) in [
            ("poles-control-second", 1, (4.5, 20.0)),
            ("poles-bay-b-line", 0, (18.0, 20.0)),
            ("poles-bay-b-line", 2, (21.19, 2.0)),
            ("poles-bay-a-line", 1, (21.19, 2.0)),
            ("poles-bay-a-line", 3, (24.38, 20.0)),
            ("poles-bay-line", 2, (24.38, 2.0)),
            ("poles-bay-mouth", 1, (24.38, 20.0)),
            ("poles-control-first", 0, (37.88, 33.5)),
            ("poles-exit-line", 1, (40.38, 20.0)),
            ("poles-pole-2", 0, (21.19, 20.0)),
            ("poles-pole-4", 0, (18.0, 2.0)),
        ] {
            let points = site.parts.iter().find(|known| known.id == part).unwrap().points();
            let off = points[index].distance(Point2::new(at.0, at.1));
            assert!(off < 3e-4, "{part} {index}: {:?}, not {at:?}", points[index]);
        }
    }

    /// Each bay's own width at mouth and back, both outer sides and the line between, the lane, both control lines.
    #[test]
    fn it_is_measured_as_the_regulation_asks() {
        let course = Course::load(&large_vehicle(&["bay_shift"])).unwrap();
        let rows = report::report(&course);
        let of = |key: &str| rows.iter().filter(|row| row.key == key).count();
        assert_eq!(
            ["bay_width", "bay_length", "lane_width", "control_distance"].map(of),
            [4, 3, 1, 2]
        );
        let as_asked = rows
            .iter()
            .all(|row| row.verdict == Verdict::Ok && row.compare == Compare::Equal);
        assert!(as_asked, "{rows:#?}");
    }
}
