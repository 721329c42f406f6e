//! A yard for a small car, by the regulation's formulas, laid out by hand: each item in its own corner, as it stands or mirrored.
use kaoguan_course::{Course, Datum};
use kaoguan_sim::elsewhere;
use std::sync::Arc;

type P = (f64, f64);

const L: f64 = 4.473;
const W: f64 = 1.706;
const WB: f64 = 2.603;

fn datum() -> Datum {
    Datum::new(26_647_000_000, 106_630_000_000, 10_850_000)
}

/// The yard's ground: it falls by half a per cent to the east and rises by three per mille to the north.
fn height((x, y): P) -> f64 {
    0.003 * y - 0.005 * x
}

struct Drawing {
    features: Vec<String>,
    site: &'static str,
    at: P,
    mirrored: bool,
}

impl Drawing {
    fn lay(&self, (x, y): P) -> P {
        let y = if self.mirrored { -y } else { y };
        (self.at.0 + x, self.at.1 + y)
    }

    fn position(&self, p: P, above: f64) -> String {
        let (x, y) = self.lay(p);
        let (lat, lon, h) = datum().to_geodetic(x, y, height((x, y)) + above);
        format!("[{lon:.9},{lat:.9},{h:.4}]")
    }

    fn feature(&mut self, id: &str, properties: &str, kind: &str, coordinates: &str) {
        self.features.push(format!(
            r#"{{"type":"Feature","id":"{id}","properties":{{{properties}}},"geometry":{{"type":"{kind}","coordinates":{coordinates}}}}}"#
        ));
    }

    fn positions(&self, points: &[P]) -> String {
        let all: Vec<String> = points.iter().map(|p| self.position(*p, 0.0)).collect();
        format!("[{}]", all.join(","))
    }

    fn ring(&self, points: &[P]) -> String {
        format!("[{}]", self.positions(&[points, &points[..1]].concat()))
    }

    /// Opens a site on a rectangle of ground.
    fn site(&mut self, site: &'static str, order: u8, at: P, mirrored: bool, [x0, y0, x1, y1]: [f64; 4]) {
        (self.site, self.at, self.mirrored) = (site, at, mirrored);
        let ring = self.ring(&[(x0, y0), (x1, y0), (x1, y1), (x0, y1)]);
        let properties =
            format!(r#""site":"{site}","role":"ground","manoeuvre":"{site}","zh":"项目","en":"item","order":{order}"#);
        self.feature(&format!("{site}-ground"), &properties, "Polygon", &ring);
    }

    /// A line; mirrored, left and right change their names.
    fn line(&mut self, role: &str, points: &[P]) {
        let other = match role {
            "edge_left" => "edge_right",
            "edge_right" => "edge_left",
            "turn_left" => "turn_right",
            role => role,
        };
        let role = if self.mirrored { other } else { role };
        let id = format!("{}-{role}-{}", self.site, self.features.len());
        let (site, coordinates) = (self.site, self.positions(points));
        self.feature(
            &id,
            &format!(r#""site":"{site}","role":"{role}""#),
            "LineString",
            &coordinates,
        );
    }

    fn reverse_bay(&mut self) {
        let (lane, reach, width, depth) = (1.5 * L, 1.5 * L, W + 0.6, L + 0.7);
        let (begin, end) = (-reach - 2.5, width + reach + 2.5);
        self.line("edge_left", &[(begin, lane), (end, lane)]);
        self.line("edge_right", &[(begin, 0.0), (0.0, 0.0)]);
        self.line("edge_right", &[(width, 0.0), (end, 0.0)]);
        self.line("bay_line", &[(0.0, 0.0), (0.0, -depth), (width, -depth), (width, 0.0)]);
        self.line("bay_mouth", &[(0.0, 0.0), (width, 0.0)]);
        for (role, x) in [
            ("entry_line", begin),
            ("control_second", -reach),
            ("control_first", width + reach),
            ("exit_line", end),
        ] {
            self.line(role, &[(x, 0.0), (x, lane)]);
        }
    }

    fn side_parking(&mut self) {
        let (lane, length, depth) = (1.5 * W + 0.8, 1.5 * L + 1.0, W + 0.8);
        let (begin, end) = (-6.7, length + 9.0);
        self.line("edge_left", &[(begin, lane), (end, lane)]);
        self.line("edge_right", &[(begin, 0.0), (0.0, 0.0)]);
        self.line("edge_right", &[(length, 0.0), (end, 0.0)]);
        self.line(
            "bay_line",
            &[(0.0, 0.0), (0.0, -depth), (length, -depth), (length, 0.0)],
        );
        self.line("bay_mouth", &[(0.0, 0.0), (length, 0.0)]);
        self.line("bay_front", &[(length, -depth), (length, lane)]);
        self.line("entry_line", &[(begin, 0.0), (begin, lane)]);
        self.line("exit_line", &[(end, 0.0), (end, lane)]);
    }

    fn curve(&mut self) {
        let arc = |centre: P, radius: f64, from: f64, to: f64| -> Vec<P> {
            let at = |k: usize| (from + (to - from) * k as f64 / 200.0).to_radians();
            let point = |k: usize| (centre.0 + radius * at(k).cos(), centre.1 + radius * at(k).sin());
            (0..=200).map(point).collect()
        };
        // The first bend turns left about the origin from west by south to the north-east, the second one right.
        let meet = 45f64.to_radians();
        let second = (11.5 * meet.cos(), 11.5 * meet.sin());
        let edge = |first: f64, then: f64| {
            let mut points = arc((0.0, 0.0), first, -90.0, 45.0);
            points.extend(arc(second, then, 225.0, 90.0).into_iter().skip(1));
            points
        };
        let (left, right) = (edge(4.0, 7.5), edge(7.5, 4.0));
        self.line("edge_left", &left);
        self.line("edge_right", &right);
        self.line("entry_line", &[left[0], right[0]]);
        self.line("exit_line", &[left[left.len() - 1], right[right.len() - 1]]);
    }

    fn right_angle(&mut self) {
        let (w, leg) = (WB + 1.0, 1.5 * L);
        self.line("edge_left", &[(-leg, 0.0), (0.0, 0.0), (0.0, leg)]);
        self.line("edge_right", &[(-leg, -w), (w, -w), (w, leg)]);
        self.line("entry_line", &[(-leg, 0.0), (-leg, -w)]);
        self.line("turn_left", &[(-3.5, 0.0), (-3.5, -w)]);
        self.line("exit_line", &[(0.0, leg), (w, leg)]);
    }

    /// Ten per cent for 24 m, the pole line 10 m up.
    fn hill_start(&mut self) {
        self.line("edge_left", &[(-4.0, 7.0), (30.0, 7.0)]);
        self.line("edge_right", &[(-4.0, 0.0), (30.0, 0.0)]);
        self.line("entry_line", &[(-3.0, 7.0), (-3.0, 0.0)]);
        self.line("exit_line", &[(22.0, 7.0), (22.0, 0.0)]);
        let pole = self.ring(&[(10.0, 0.0), (10.3, 0.0), (10.3, 7.0), (10.0, 7.0)]);
        self.feature(
            "hill-pole",
            r#""site":"hill_start","role":"pole_line""#,
            "Polygon",
            &pole,
        );
        // Its height above the sloping yard is meant above the line that the yard has there.
        let up = [(0.0, 0.0), (24.0, 2.4), (30.0, 2.4), (40.0, 0.0)];
        let profile: Vec<String> = up.iter().map(|(x, h)| self.position((*x, 3.5), *h)).collect();
        let (properties, line) = (
            r#""site":"hill_start","role":"profile","width_mm":8000"#,
            format!("[{}]", profile.join(",")),
        );
        self.feature("hill-profile", properties, "LineString", &line);
    }
}

/// The yard's text, each item mirrored or not.
pub fn text(mirrored: bool) -> String {
    let mut d = Drawing {
        features: Vec::new(),
        site: "",
        at: (0.0, 0.0),
        mirrored: false,
    };
    let square = [(-70.0, -60.0), (130.0, -60.0), (130.0, 130.0), (-70.0, 130.0)];
    let (datum, boundary, surface) = (d.positions(&[(0.0, 0.0)]), d.ring(&square), d.positions(&square));
    d.feature("datum", r#""role":"datum""#, "Point", &datum[1..datum.len() - 1]);
    d.feature("boundary", r#""role":"boundary""#, "Polygon", &boundary);
    d.feature("surface", r#""role":"surface""#, "MultiPoint", &surface);
    d.site("reverse_bay", 1, (0.0, 0.0), mirrored, [-11.0, -7.0, 13.5, 8.5]);
    d.reverse_bay();
    d.site("hill_start", 2, (50.0, 0.0), false, [-6.0, -2.0, 44.0, 9.0]);
    d.hill_start();
    d.site("side_parking", 3, (0.0, 40.0), mirrored, [-8.5, -4.5, 18.5, 5.5]);
    d.side_parking();
    d.site("curve", 4, (60.0, 45.0), mirrored, [-9.5, -9.5, 17.5, 17.5]);
    d.curve();
    d.site("right_angle", 5, (0.0, 85.0), mirrored, [-8.5, -5.5, 5.5, 8.5]);
    d.right_angle();
    format!(
        r#"{{"type":"FeatureCollection","kaoguan":{{"format":1,"id":"yard","zh":"测试","en":"test","class":"C1","survey":{{"u_mm":5,"date":"2026-11-26","by":"exact"}}}},"features":[{}]}}"#,
        d.features.join(",")
    )
}

/// The yard with one item only.
pub fn only(manoeuvre: &str) -> Arc<Course> {
    alone(&yard(false, 0.0), manoeuvre)
}

/// A course without its other items.
pub fn alone(course: &Course, manoeuvre: &str) -> Arc<Course> {
    let mut course = course.clone();
    course.sites.retain(|site| site.manoeuvre == manoeuvre);
    Arc::new(course)
}

/// The yard, turned about its datum.
pub fn yard(mirrored: bool, degrees: f64) -> Arc<Course> {
    let text = text(mirrored);
    let text = match degrees {
        0.0 => text,
        degrees => elsewhere::turned(&text, degrees, &datum(), &datum()).expect("a course"),
    };
    Arc::new(Course::load(&text).unwrap_or_else(|issues| panic!("{issues:?}")))
}
