//! A vehicle as a sheet: from above and from the side, with everything that judgements are made with.
//!
//! Who surveys a vehicle sees a swapped sign or a point out of its order at once, in a picture. The same bytes for the same
//! vehicle. Deliberately not here: how it looks.
use kaoguan_course::draw::canvas::{Anchor, Canvas};
use kaoguan_exam::Vehicle;
use kaoguan_exam::vehicle::{Axle, BodyPoint};

const WIDTH: f64 = 1_400.0;
const MARGIN: f64 = 60.0;
const STYLE: &str = "\
text{font-family:'Noto Sans CJK SC','Noto Sans SC','Source Han Sans SC','Microsoft YaHei',sans-serif;fill:#111;font-variant-numeric:tabular-nums}\
.title{font-weight:700}.faint{fill:#555}.open{fill:#8a5a00;font-weight:700}\
.body{fill:#f2f5ee;stroke:#111;stroke-width:1.6}.side{fill:none;stroke:#6f7d62;stroke-width:1.2}.behind{fill:#f2f5ee;fill-opacity:.4;stroke:#111;stroke-width:1.6}.point{fill:#111}\
.tyre{fill:#9aa3ad;stroke:#111;stroke-width:1}.axis{stroke:#888;stroke-width:.8;stroke-dasharray:12 4 2 4}\
.ground{stroke:#8a7a5c;stroke-width:2}.antenna{fill:#b3261e;stroke:#5c0f0a;stroke-width:1}.base{stroke:#b3261e;stroke-width:1;stroke-dasharray:5 3}\
.sensor{fill:#1d4f91;stroke:#1d4f91}.dim{stroke:#444;stroke-width:.8}.halo{paint-order:stroke;stroke:#fff;stroke-width:3px}";

/// Millimetres of the body to the sheet: forward is left.
struct View {
    scale: f64,
    nose: i32,
    middle: f64,
    ground: f64,
}

impl View {
    fn above(&self, point: BodyPoint) -> (f64, f64) {
        (self.x(point[0]), self.middle - f64::from(point[1]) * self.scale)
    }
    fn beside(&self, point: BodyPoint) -> (f64, f64) {
        (self.x(point[0]), self.ground + f64::from(point[2]) * self.scale)
    }
    fn x(&self, forward: i32) -> f64 {
        MARGIN + f64::from(self.nose - forward) * self.scale
    }
    fn px(&self, mm: i32) -> f64 {
        f64::from(mm) * self.scale
    }
}

/// The sheet of a vehicle as SVG text.
pub fn svg(vehicle: &Vehicle) -> String {
    let mut canvas = Canvas::default();
    let whole = whole(vehicle);
    let along = |pick: fn(i32, i32) -> i32| whole.iter().map(|p| p[0]).reduce(pick).unwrap_or(0);
    let (nose, tail) = (along(i32::max), along(i32::min));
    let height = -whole.iter().map(|p| p[2]).min().unwrap_or(0);
    let scale = (WIDTH - 2.0 * MARGIN) / f64::from((nose - tail).max(1));
    // A sidecar is on one side only: as much room on the other keeps the wheels' line in the middle.
    let aside = whole.iter().map(|p| p[1].abs()).max().unwrap_or(0);
    let half = f64::from(aside.max(vehicle.size()[1] / 2)) * scale;
    let view = View {
        scale,
        nose,
        middle: 170.0 + half,
        ground: 170.0 + 2.0 * half + 110.0 + f64::from(height) * scale,
    };
    heading(&mut canvas, vehicle);
    from_above(&mut canvas, vehicle, &view, half);
    from_the_side(&mut canvas, vehicle, &view, tail);
    canvas.page(WIDTH, view.ground + 60.0, STYLE, "")
}

/// Every point that has to be on the sheet, the trailer's laid straight behind.
fn whole(vehicle: &Vehicle) -> Vec<BodyPoint> {
    let (main, second) = vehicle.antennas();
    let own = vehicle.outline().iter().copied().chain([main]).chain(second);
    let behind = vehicle
        .trailer()
        .into_iter()
        .flat_map(|trailer| trailer.outline.iter().map(|point| behind(vehicle, *point)));
    own.chain(behind).collect()
}

/// A point of the trailer in the tractor's frame, both in line.
fn behind(vehicle: &Vehicle, point: BodyPoint) -> BodyPoint {
    let back = vehicle
        .trailer()
        .map_or(0, |trailer| trailer.coupling[0] - trailer.length_to_coupling);
    [point[0] + back, point[1], point[2]]
}

fn heading(canvas: &mut Canvas, vehicle: &Vehicle) {
    let (zh, en) = vehicle.name();
    let title = format!("{} {zh} {en}", vehicle.id());
    canvas.text("title", (MARGIN, 44.0), 24.0, Anchor::Start, &title);
    let [length, width] = vehicle.size();
    let sizes = format!(
        "准驾车型 class {}　车长 length {length} mm　车宽 width {width} mm（不含后视镜 without mirrors）　轴距 wheelbase {} mm　u {} mm",
        vehicle.class(),
        vehicle.wheelbase(),
        vehicle.survey_u()
    );
    canvas.text("", (MARGIN, 72.0), 14.0, Anchor::Start, &sizes);
    match vehicle.survey() {
        Some([date, by]) => {
            let text = format!("测量 surveyed {date} {by}");
            canvas.text("", (MARGIN, 94.0), 14.0, Anchor::Start, &text);
        }
        None => {
            let text = "典型车辆，未经测量，不得用于考试 a typical vehicle, not surveyed: not for exams";
            canvas.text("open", (MARGIN, 94.0), 14.0, Anchor::Start, text);
        }
    }
    canvas.text("faint", (MARGIN, 116.0), 12.0, Anchor::Start, vehicle.source());
}

fn from_above(canvas: &mut Canvas, vehicle: &Vehicle, view: &View, half: f64) {
    let ring = |points: &[BodyPoint]| points.iter().map(|p| view.above(*p)).collect::<Vec<_>>();
    canvas.polygon("body", &ring(vehicle.outline()));
    for axle in vehicle.axles() {
        tyres(canvas, vehicle, view, axle);
    }
    if let Some(trailer) = vehicle.trailer() {
        let laid: Vec<BodyPoint> = trailer.outline.iter().map(|p| behind(vehicle, *p)).collect();
        canvas.polygon("behind", &ring(&laid));
        for axle in &trailer.axles {
            let at = behind(vehicle, [axle.at, 0, 0])[0];
            tyres(canvas, vehicle, view, &Axle { at, ..*axle });
        }
        canvas.circle("sensor", view.above(trailer.coupling), 5.0);
    }
    let (left, right) = (view.x(view.nose) - 20.0, WIDTH - MARGIN + 20.0);
    canvas.line("axis", (left, view.middle), (right, view.middle));
    for (no, point) in vehicle.outline().iter().enumerate() {
        let (x, y) = view.above(*point);
        canvas.circle("point", (x, y), 2.2);
        let out = if point[1] > 0 { -6.0 } else { 14.0 };
        canvas.text("halo", (x, y + out), 10.0, Anchor::Middle, &(no + 1).to_string());
    }
    let (main, second) = vehicle.antennas();
    if let Some(second) = second {
        canvas.line("base", view.above(main), view.above(second));
    }
    for (antenna, words) in [(Some(main), "主天线 main"), (second, "副天线 second")] {
        let Some(antenna) = antenna else { continue };
        let (x, y) = view.above(antenna);
        canvas.circle("antenna", (x, y), 5.0);
        canvas.text("halo", (x, y - 9.0), 11.0, Anchor::Middle, words);
    }
    if let Some(sensor) = vehicle.attitude_sensor() {
        let (x, y) = view.above(sensor);
        canvas.rect("sensor", (x - 4.0, y - 4.0), 8.0, 8.0);
        canvas.text("halo", (x, y + 17.0), 11.0, Anchor::Middle, "姿态 attitude");
    }
    let below = view.middle + half + 34.0;
    for axle in vehicle.axles().iter().take(2) {
        let x = view.x(axle.at);
        canvas.line("dim", (x, view.middle), (x, below));
    }
    let words = format!("{}", vehicle.wheelbase());
    let from = (view.x(vehicle.wheelbase()), below - 6.0);
    canvas.line("dim", from, (view.x(0), below - 6.0));
    let middle = (from.0 + view.x(0)) * 0.5;
    canvas.text("halo", (middle, below - 10.0), 12.0, Anchor::Middle, &words);
}

/// The contacts of an axle, each as long as the tyre's footprint looks from above.
fn tyres(canvas: &mut Canvas, vehicle: &Vehicle, view: &View, axle: &Axle) {
    for right in axle.contacts() {
        let (x, y) = view.above([axle.at + vehicle.tyre_radius(), right + axle.half_width, 0]);
        let (length, width) = (view.px(2 * vehicle.tyre_radius()), view.px(2 * axle.half_width));
        canvas.rect("tyre", (x, y), length, width);
    }
}

fn from_the_side(canvas: &mut Canvas, vehicle: &Vehicle, view: &View, tail: i32) {
    let ground = |forward: i32| view.beside([forward, 0, 0]);
    canvas.line("ground", ground(view.nose), ground(tail));
    // Points 1 to 13 run along the left side, from the front to the rear.
    let left = vehicle.outline().iter().take(vehicle.outline().len() / 2 + 1);
    canvas.polyline("side", &left.map(|p| view.beside(*p)).collect::<Vec<_>>());
    for point in vehicle.outline() {
        canvas.circle("point", view.beside(*point), 2.2);
    }
    for axle in vehicle.axles() {
        let radius = vehicle.tyre_radius();
        canvas.circle("tyre", view.beside([axle.at, 0, -radius]), view.px(radius));
    }
    if let Some(trailer) = vehicle.trailer() {
        for point in &trailer.outline {
            canvas.circle("point", view.beside(behind(vehicle, *point)), 2.2);
        }
        for axle in &trailer.axles {
            let at = behind(vehicle, [axle.at, 0, -vehicle.tyre_radius()]);
            canvas.circle("tyre", view.beside(at), view.px(vehicle.tyre_radius()));
        }
    }
    let (main, second) = vehicle.antennas();
    for antenna in [Some(main), second].into_iter().flatten() {
        let at = view.beside(antenna);
        canvas.circle("antenna", at, 5.0);
        let words = format!("{} mm", -antenna[2]);
        canvas.text("halo", (at.0 + 9.0, at.1 + 4.0), 11.0, Anchor::Start, &words);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbered points, an antenna each, one circle a wheel of each axle from the side; all within the sheet.
    #[test]
    fn a_train_is_drawn_with_all_its_axles() {
        let text = include_str!("../../vehicles/a2-tractor.toml");
        let vehicle = Vehicle::parse(text).expect("the example is good");
        let sheet = svg(&vehicle);
        let count = |what: &str| sheet.matches(what).count();
        assert_eq!(
            count("<circle class=\"tyre\""),
            4,
            "two axles of the tractor, two of the trailer"
        );
        assert_eq!(count("<rect class=\"tyre\""), 8);
        assert_eq!(
            count("<circle class=\"antenna\""),
            4,
            "two antennas, from above and from the side"
        );
        assert!(sheet.contains("a2-tractor") && !sheet.contains("NaN"));
    }
}
