//! What is measured of gates and discs on a straight road: by their numbers, across and along the road's axis.
//!
//! The axis of the road is the middle between its two edges where the thing stands.
use super::to_line;
use crate::{Point2, Shape, Site};

type Numbered = (String, f64);

/// A gate: its poles' middles, left and right, and their radii.
type Gate = [(Point2, f64); 2];

fn gates(site: &Site) -> Vec<Gate> {
    let poles: Vec<(Point2, f64)> = site.poles().iter().map(|(at, radius, _)| (*at, *radius)).collect();
    let pairs = poles.chunks_exact(2);
    pairs.filter_map(|pair| pair.try_into().ok()).collect()
}

fn middle([left, right]: &Gate) -> Point2 {
    Point2::new((left.0.e + right.0.e) * 0.5, (left.0.n + right.0.n) * 0.5)
}

/// Between the poles of each gate, from surface to surface.
pub(super) fn widths(site: &Site) -> Vec<Numbered> {
    let width = |[left, right]: &Gate| left.0.distance(right.0) - left.1 - right.1;
    gates(site).iter().map(width).enumerate().map(counted).collect()
}

/// From gate to gate along the riding direction.
pub(super) fn spacings(site: &Site) -> Vec<Numbered> {
    apart(site, gates(site).iter().map(middle).collect())
}

/// From the middle of each gate to the road's.
pub(super) fn offsets(site: &Site) -> Vec<Numbered> {
    aside(site, gates(site).iter().map(middle).collect())
}

fn discs(site: &Site) -> Vec<(Point2, f64)> {
    let mut discs: Vec<_> = site
        .parts_of("disc")
        .filter_map(|part| match part.shape {
            Shape::Pole { centre, radius } => Some((part.ordinal, (centre, radius))),
            _ => None,
        })
        .collect();
    discs.sort_by_key(|(ordinal, _)| *ordinal);
    discs.into_iter().map(|(_, disc)| disc).collect()
}

/// Of each disc.
pub(super) fn disc_diameters(site: &Site) -> Vec<Numbered> {
    let diameters = discs(site).into_iter().map(|(_, radius)| 2.0 * radius);
    diameters.enumerate().map(counted).collect()
}

/// From disc to disc along the riding direction.
pub(super) fn disc_spacings(site: &Site) -> Vec<Numbered> {
    apart(site, discs(site).into_iter().map(|(at, _)| at).collect())
}

/// From the middle of each disc that lies beside the road's axis to that.
pub(super) fn disc_offsets(site: &Site) -> Vec<Numbered> {
    off_the_axis(site, |no| !ON_AXIS.contains(&no))
}

/// The same of those that lie on it.
pub(super) fn discs_on_axis(site: &Site) -> Vec<Numbered> {
    off_the_axis(site, |no| ON_AXIS.contains(&no))
}

/// The first disc and the sixth, which a train's road does not have.
const ON_AXIS: [usize; 2] = [0, 5];

fn off_the_axis(site: &Site, is_meant: impl Fn(usize) -> bool) -> Vec<Numbered> {
    let all = aside(site, discs(site).into_iter().map(|(at, _)| at).collect());
    let meant = all.into_iter().enumerate().filter(|(no, _)| is_meant(*no));
    meant.map(|(_, off)| off).collect()
}

fn counted((index, value): (usize, f64)) -> Numbered {
    (format!("{}", index + 1), value)
}

fn apart(site: &Site, places: Vec<Point2>) -> Vec<Numbered> {
    let pairs = places.windows(2).enumerate();
    pairs
        .filter_map(|(index, pair)| match pair {
            [from, to] => Some((format!("{}-{}", index + 1, index + 2), to.minus(*from).dot(site.axis))),
            _ => None,
        })
        .collect()
}

/// Half of the difference of the distances to both edges.
fn aside(site: &Site, places: Vec<Point2>) -> Vec<Numbered> {
    let edges = ["edge_left", "edge_right"].map(|role| site.part(role).map(|part| part.points()));
    let [Some(left), Some(right)] = edges else {
        return Vec::new();
    };
    let off = |at: Point2| Some((to_line(at, &left)? - to_line(at, &right)?).abs() * 0.5);
    let all = places.into_iter().map(off).enumerate();
    all.filter_map(|(index, off)| Some(counted((index, off?)))).collect()
}

#[cfg(test)]
mod tests {
    use crate::report::{Dimension, Verdict, report};
    use crate::standard::tests::truck;
    use crate::{BuiltFor, Course, Measure, TenthMm, standard};

    fn rows(item: &str, text: impl Fn(String) -> String) -> Vec<Dimension> {
        report(&Course::load(&text(truck(item))).unwrap())
    }

    /// Found values by their key, rounded to a millimetre, each with the verdict that all of them share.
    fn check(rows: &[Dimension], expected: &[(&str, usize, i32, Verdict)]) {
        for (key, count, mm, verdict) in expected {
            let of_key: Vec<_> = rows.iter().filter(|row| row.key == *key).collect();
            assert_eq!(of_key.len(), *count, "{key}");
            for row in of_key {
                let Some(Measure::Length(TenthMm(tenths))) = row.found else {
                    panic!("{row:?}")
                };
                assert!((tenths - mm * 10).abs() <= 15, "{mm}: {row:?}");
                assert_eq!(row.verdict, *verdict, "{row:?}");
            }
        }
        let counted: usize = expected.iter().map(|(_, count, ..)| count).sum();
        assert_eq!(rows.len(), counted);
    }

    /// L 9.00, W 2.49, WB 5.20 m, worked out on paper; what nobody has quoted for sure is not settled, however exactly it is laid.
    #[test]
    fn the_roads_of_large_vehicles_are_measured() {
        use Verdict::{NotSettled, Ok};
        check(
            &rows("width_gate", |text| text),
            &[
                ("lane_width", 1, 7_050, Ok),
                ("gate_width", 3, 3_090, Ok),
                ("gate_spacing", 2, 27_000, Ok),
                ("gate_offset", 3, 1_000, NotSettled),
            ],
        );
        check(
            &rows("narrow_turn", |text| text),
            &[("lane_width", 1, 11_000, NotSettled)],
        );
        check(
            &rows("obstacle_discs", |text| text),
            &[
                ("lane_width", 1, 7_050, NotSettled),
                ("disc_diameter", 6, 700, NotSettled),
                ("disc_offset", 4, 1_000, NotSettled),
                ("disc_on_axis", 2, 0, NotSettled),
                ("disc_spacing", 5, 10_400, NotSettled),
            ],
        );
    }

    /// From its front axle to its last one a train has 7.56 m, of which one and a half lie between two discs. The first disc is on the axis.
    #[test]
    fn a_train_has_three_discs() {
        use Verdict::NotSettled;
        let items = ["obstacle_discs".to_owned()];
        let laid = standard::lay_out("A2", &TRAIN, &items, &standard::Place::of_class("A2"));
        check(
            &report(&Course::load(&laid.expect("a layout")).unwrap()),
            &[
                ("lane_width", 1, 7_050, NotSettled),
                ("disc_diameter", 3, 700, NotSettled),
                ("disc_offset", 2, 1_000, NotSettled),
                ("disc_on_axis", 1, 0, NotSettled),
                ("disc_spacing", 2, 11_340, NotSettled),
            ],
        );
    }

    const TRAIN: BuiltFor = BuiltFor {
        length: TenthMm(121_000),
        width: TenthMm(25_000),
        wheelbase: TenthMm(33_000),
        train_base: TenthMm(75_600),
        ..BuiltFor::UNSAID
    };

    /// Other vehicles (a minibus, WB 3.31 m) have two and a half wheelbases where large ones have two.
    #[test]
    fn a_minibus_s_discs_are_farther_apart() {
        let minibus = BuiltFor {
            length: TenthMm(59_900),
            width: TenthMm(20_400),
            wheelbase: TenthMm(33_100),
            ..BuiltFor::UNSAID
        };
        let items = ["obstacle_discs".to_owned()];
        let laid = standard::lay_out("B1", &minibus, &items, &standard::Place::of_class("B1"));
        let rows = report(&Course::load(&laid.expect("a layout")).unwrap());
        let apart: Vec<_> = rows.into_iter().filter(|row| row.key == "disc_spacing").collect();
        check(&apart, &[("disc_spacing", 5, 8_275, Verdict::NotSettled)]);
    }

    /// Poles of 50 mm radius where there were ones of 20: each gate is 60 mm narrower.
    #[test]
    fn a_gate_is_as_wide_as_the_room_between_its_poles() {
        let thick = |text: String| text.replace("\"radius_mm\":20", "\"radius_mm\":50");
        let widths: Vec<_> = rows("width_gate", thick)
            .into_iter()
            .filter(|row| row.key == "gate_width")
            .collect();
        check(&widths, &[("gate_width", 3, 3_030, Verdict::Warning)]);
    }
}
