//! What a site's watch says of a straight lane to the east, in metres: which fact, when, of which part, and where to look.
//!
//! Times in milliseconds. The motorcycle's wheels are 1.235 m apart; of every value u is 10 mm, so that beyond 48 mm it is beyond doubt.
use super::felt::Near;
use super::*;
use crate::board::Fitness;
use crate::ground::pose::Uncertainty;
use crate::ground::towed::outline_of;
use crate::item::Item;
use crate::load_course;
use crate::manoeuvre::{Sheet, Weighed};
use crate::manoeuvres;
use crate::syllabus::{LimitReader, Syllabus};
use crate::vehicle::Vehicle;
use kaoguan_course::{Part, Point2, Shape, Side, Site};
use kaoguan_telemetry::Plank;

pub(super) fn ms(at: i64) -> EventTime {
    EventTime(at * 1_000)
}

pub(super) fn mm10(tenths: i32) -> TenthMillimetres {
    TenthMillimetres(tenths)
}

pub(super) fn by(tenths: i32) -> Distance {
    Distance::of(mm10(tenths), mm10(100))
}

/// What is measured beside a pole has a doubt of its own.
pub(super) fn beside(tenths: i32) -> Distance {
    Distance::of(mm10(tenths), mm10(90))
}

pub(super) struct Rig {
    pub watch: SiteWatch,
    pub body: Outline,
    pub doubt: Doubt,
    pub knobs: Reading,
}

/// Of these parts on a ground from 0 to 20 m east and 5 m to either side: role number, ordinal, watch and shape.
pub(super) fn rig(parts: &[(u16, u16, Watch, Shape)]) -> Rig {
    let course = load_course(include_str!("../../../../course-maps/village-square/course.geojson")).unwrap();
    let syllabus = Syllabus::parse(include_str!("../../../syllabi/ga1026-2022.toml")).unwrap();
    let vehicle = Vehicle::parse(include_str!("../../../vehicles/e-hj110.toml")).unwrap();
    let ground = [(0.0, -5.0), (20.0, -5.0), (20.0, 5.0), (0.0, 5.0)];
    let site = Site {
        ground: ground.map(|(e, n)| Point2::new(e, n)).into(),
        axis: Point2::new(1.0, 0.0),
        ..course.sites[0].clone()
    };
    let bind = |(role, ordinal, watch, shape): &(u16, u16, Watch, Shape)| {
        let part = Part {
            id: format!("{role}-{ordinal}"),
            role: "line".into(),
            ordinal: Some(*ordinal),
            shape: shape.clone(),
            pass: Some(Side::Left),
        };
        let gauge = Gauge::bind(*watch, &part, &site, &vehicle).expect("a gauge");
        Watched::new(RoleNo(*role), *ordinal, *watch, gauge)
    };
    Rig {
        watch: SiteWatch::new(parts.iter().map(bind).collect(), Yard::of(&site, &vehicle)),
        body: outline_of(&vehicle),
        doubt: Doubt {
            k_tenths: 48,
            speed_u_mm_s: 50,
            ..syllabus.doubt
        },
        knobs: Reading {
            rearm: mm10(500),
            ..syllabus.reading
        },
    }
}

pub(super) fn across(at: Point2) -> Shape {
    Shape::Line(vec![Point2::new(at.e, at.n + 2.0), Point2::new(at.e, at.n - 2.0)])
}

pub(super) fn line() -> Shape {
    across(Point2::new(10.0, 0.0))
}

pub(super) fn pole() -> Shape {
    Shape::Pole {
        centre: Point2::new(10.0, 1.0),
        radius: 0.025,
    }
}

/// The rear wheel there, looking east.
pub(super) fn pose(at: i64, rear: Point2) -> Pose {
    let front = Point2::new(rear.e + 1.235, rear.n);
    Pose {
        at: ms(at),
        believed: ms(at),
        rear,
        front,
        axle: front,
        origin: rear,
        heading: libm::acos(0.0),
        pitch: 0.0,
        roll: 0.0,
        speed: 2.0,
        doubt: Uncertainty {
            receiver: 0.01,
            ..Uncertainty::default()
        },
        fitness: Fitness::Fit,
        trailer: None,
    }
}

impl Rig {
    pub fn push(&mut self, pose: &Pose) -> Vec<Fact<RoleNo>> {
        let mut said = Vec::new();
        self.watch
            .push(pose, &self.body, &self.doubt, &self.knobs, &mut |fact| said.push(fact));
        said
    }
    /// Each hundred milliseconds at the next place, all on the lane's middle.
    pub fn ride(&mut self, from: i64, places: &[Point2]) -> Vec<Fact<RoleNo>> {
        let times = (0..).map(|no| from + 100 * no);
        let mut said = Vec::new();
        for (at, place) in times.zip(places) {
            said.extend(self.push(&pose(at, *place)));
        }
        said
    }
    pub fn read(&mut self, no: usize, at: i64, reads: Reads) -> Vec<Fact<RoleNo>> {
        let mut said = Vec::new();
        let (doubt, knobs) = (self.doubt, self.knobs);
        self.watch.watched[no].take(ms(at), reads, &doubt, &knobs, &mut |fact| said.push(fact));
        said
    }
    pub fn contact(&mut self, at: i64, said: [Option<bool>; 4]) -> Vec<Fact<RoleNo>> {
        let mut told = Vec::new();
        let plank = Plank {
            front: said[0],
            rear: said[1],
            front_right: said[2],
            rear_right: said[3],
            proven: true,
        };
        self.watch
            .contact(ms(at), deck::Lag::default(), &plank, &self.knobs, &mut |fact| {
                told.push(fact)
            });
        told
    }
}

pub(super) fn seen(at: i64, on: Aim) -> Sight {
    Sight { at: ms(at), on }
}

fn east(metres: [i16; 4]) -> Vec<Point2> {
    metres.iter().map(|e| Point2::new((*e).into(), 0.0)).collect()
}

/// The second of two lines: front wheels over it half-way between 8 and 9 m of the rear wheel, and back again.
#[test]
fn wheels_over_a_line_and_back() {
    let lines = [
        (4, 1, Watch::Crossing, across(Point2::new(1.0, 0.0))),
        (7, 1, Watch::Crossing, line()),
    ];
    let mut rig = rig(&lines);
    let at = |beyond: [i32; 2]| Reads::Crossing {
        front: mm10(beyond[0]),
        rear: mm10(beyond[1]),
        within: [true; 2],
        u: mm10(100),
    };
    let rows = [
        [-1_000, -2_000],
        [1_000, -1_000],
        [3_000, 1_000],
        [1_000, -1_000],
        [480, -2_000],
    ];
    let said: Vec<_> = (0..)
        .zip(rows)
        .flat_map(|(no, row)| rig.read(1, no * 100, at(row)))
        .collect();
    let fact = |at: i64, what, wheel| Fact {
        at: ms(at),
        what,
        sight: seen(at, Aim::Wheel(1, wheel)),
    };
    let (front, rear) = (Wheel::Front, Wheel::Rear);
    assert_eq!(
        said,
        [
            fact(50, What::Crossed(RoleNo(7), front), front),
            fact(150, What::Crossed(RoleNo(7), rear), rear),
            fact(250, What::CrossedBack(RoleNo(7), rear), rear),
        ]
    );
    // 48 mm are k·u: on the line until then.
    assert_eq!(rig.read(1, 500, at([-480, -9_000])), []);
    assert_eq!(rig.read(1, 600, at([-481, -9_000])).len(), 1);
}

/// From 48 mm before the line on it may be beyond; it is over when it is 50 mm farther inside again.
#[test]
fn an_excursion_has_its_worst_and_where_to_look() {
    let mut rig = rig(&[(4, 1, Watch::Crossing, line()), (7, 1, Watch::TyreBeyond, line())]);
    let values = [-481, -400, 100, 400, 0, -980, -981, -480, -981];
    let said: Vec<_> = (0..)
        .zip(values)
        .flat_map(|(no, value)| rig.read(1, no * 100, Reads::Beyond(by(value))))
        .collect();
    let beyond = |at: i64, value: i32, worst: i64| Fact {
        at: ms(at),
        what: What::Beyond(RoleNo(7), by(value)),
        sight: seen(worst, Aim::Part(1)),
    };
    assert_eq!(said, [beyond(180, 400, 300), beyond(700, -480, 700)]);
    let mut open = Vec::new();
    rig.read(1, 1_000, Reads::Beyond(by(-200)));
    rig.watch.finish(&mut |fact| open.push(fact));
    assert_eq!(open, [beyond(1_000, -200, 1_000)]);
    rig.read(1, 1_100, Reads::Beyond(by(-200)));
    rig.watch.interrupt();
    rig.watch.finish(&mut |fact| open.push(fact));
    assert_eq!(open.len(), 1, "what was open before a gap is not told");
}

/// Over an edge before the entry line is nobody's matter in the item: whether it is told at the line itself, or not yet clear of the edge
/// there. Who is over it still behind the line is charged with the worst of there.
#[test]
fn what_was_over_an_edge_before_the_item_is_none_of_it() {
    let entry = manoeuvres::named("curve").unwrap();
    let role = |name: &str| (entry.roles)().iter().position(|role| role.name == name).unwrap() as u16;
    let course = load_course(include_str!("../../../../course-maps/village-square/course.geojson")).unwrap();
    let syllabus = Syllabus::parse(include_str!("../../../syllabi/ga1026-2022.toml")).unwrap();
    let vehicle = Vehicle::parse(include_str!("../../../vehicles/e-hj110.toml")).unwrap();
    let [entry_line, edge] = ["entry_line", "edge_left"].map(role);
    for (values, charged) in [
        ([-2_000, 900, -300, -1_100], vec![]),
        ([-2_000, 900, -1_100, -1_100], vec![]),
        ([-2_000, 900, 900, -1_100], vec![]),
        ([-2_000, 900, 700, 300], vec![(300, 300)]),
        ([-2_000, -2_000, -300, 300], vec![(250, 300)]),
    ] {
        let mut rig = rig(&[
            (entry_line, 1, Watch::Crossing, line()),
            (edge, 1, Watch::TyreBeyond, line()),
        ]);
        let mut item = Item::bind(&course.sites[0], &syllabus, &vehicle).unwrap();
        item.play = (entry.play)(&mut LimitReader::new(&syllabus, "curve"));
        let mut sheet = Sheet::default();
        for (no, value) in (0..).zip(values) {
            let mut said = rig.read(1, no * 100, Reads::Beyond(by(value)));
            std::mem::swap(&mut item.watch, &mut rig.watch);
            if no == 2 {
                let crossed = What::Crossed(RoleNo(entry_line), Wheel::Front);
                said.insert(0, Fact::new(ms(190), crossed));
            }
            said.into_iter().for_each(|fact| item.hear(fact, &[], None, &mut sheet));
            std::mem::swap(&mut item.watch, &mut rig.watch);
        }
        item.watch = rig.watch;
        item.hear(Fact::new(ms(400), What::LeftGround), &[], None, &mut sheet);
        let edges = sheet.0.iter().filter(|note| note.fault == "wheel_on_edge");
        let told: Vec<_> = edges
            .map(|note| match note.measure {
                Some(Weighed::Distance(by)) => (note.at.0 / 1_000, by.value.0),
                other => panic!("a distance, not {other:?}"),
            })
            .collect();
        assert_eq!(told, charged, "{values:?}");
    }
}

/// Past the pole and on its wrong side by so much: both wheels, rear one `behind` the front one.
fn by_a_pole(past: [i32; 2], wrong: [i32; 2]) -> Reads {
    Reads::Pole {
        touch: by(-5_000),
        past: past.map(mm10),
        wrong: wrong.map(mm10),
        aside: beside(0),
    }
}

/// Front wheel half-way between -600 and -400 mm, rear one a quarter between -900 and -100 mm: -500 and -700, the front is worse.
#[test]
fn a_pole_is_passed_by_its_worse_wheel() {
    let rows = |front: [i32; 2], rear: [i32; 2]| {
        [
            ([-4_000, -16_000], [-9_000, -9_000]),
            ([-1_000, -13_000], [front[0], -9_000]),
            ([1_000, -11_000], [front[1], -9_000]),
            ([11_000, -1_000], [-9_000, rear[0]]),
            ([15_000, 3_000], [-9_000, rear[1]]),
        ]
    };
    let passed = |front, rear| {
        let mut rig = rig(&[(4, 2, Watch::Pole, pole()), (7, 3, Watch::Pole, pole())]);
        let mut told = Vec::new();
        for (no, (past, wrong)) in (0..).zip(rows(front, rear)) {
            told.extend(rig.read(1, no * 100, by_a_pole(past, wrong)));
        }
        told
    };
    let fact = |value: i32, at: i64, wheel| Fact {
        at: ms(400),
        what: What::Passed(RoleNo(7), 3, beside(value)),
        sight: seen(at, Aim::Wheel(1, wheel)),
    };
    assert_eq!(
        passed([-6_000, -4_000], [-9_000, -1_000]),
        [fact(-5_000, 150, Wheel::Front)]
    );
    assert_eq!(
        passed([-6_000, -4_000], [-5_000, -1_000]),
        [fact(-4_000, 325, Wheel::Rear)]
    );
    assert_eq!(
        passed([-6_000, -4_000], [-6_000, -2_000]),
        [fact(-5_000, 150, Wheel::Front)],
        "as much"
    );
}

/// Whoever trembles beside the pole has passed it once; from more than 300 mm before it, it is passed anew.
#[test]
fn a_pole_is_passed_again_from_well_before_it_only() {
    let passes = |back: i32| {
        let mut rig = rig(&[(4, 2, Watch::Pole, pole())]);
        let wheels = [-3_001, 0, back, 1, -1, 1].map(|past| [past, past]);
        let told = (0..)
            .zip(wheels)
            .map(|(no, past)| rig.read(0, no * 100, by_a_pole(past, [0; 2])).len());
        told.collect::<Vec<_>>()
    };
    assert_eq!(passes(-3_000), [0, 1, 0, 0, 0, 0]);
    assert_eq!(passes(-3_001), [0, 1, 0, 1, 0, 0]);
    // The wheels one by one: only the front one went back and came again, so nothing is passed.
    let mut rig = rig(&[(4, 2, Watch::Pole, pole())]);
    let rows = [
        [-3_001, -15_000],
        [10, -12_000],
        [12_010, 10],
        [-4_000, 5],
        [10, 6],
        [-3_000, 20],
        [10, 20],
    ];
    let told: Vec<_> = (0..)
        .zip(rows)
        .map(|(no, past)| rig.read(0, no * 100, by_a_pole(past, [0; 2])).len())
        .collect();
    assert_eq!(told, [0, 0, 1, 0, 0, 0, 0]);
}

/// The sensor of pole 3 speaks: how near it was within the last second, less than that.
#[test]
fn a_hit_is_held_against_the_nearest_place_of_the_last_second() {
    let mut rig = rig(&[
        (4, 2, Watch::Pole, pole()),
        (7, 3, Watch::Pole, pole()),
        (8, 3, Watch::Crossing, line()),
    ]);
    let read = |touch: i32| Reads::Pole {
        touch: by(touch),
        past: [mm10(0); 2],
        wrong: [mm10(0); 2],
        aside: beside(0),
    };
    rig.read(0, 0, read(500));
    for (at, touch) in [(0, -100), (500, -300), (900, -200)] {
        rig.read(1, at, read(touch));
    }
    let hit = |rig: &Rig, at: i64, ordinal: u16| rig.watch.pole_hit(ms(at), ordinal);
    let near = |value: i32, when: i64| Near {
        near: by(value),
        far: by(value),
        sight: seen(when, Aim::Part(1)),
    };
    assert_eq!(hit(&rig, 999, 3), Some(near(100, 0)));
    assert_eq!(hit(&rig, 1_000, 3), Some(near(200, 900)));
    assert_eq!(hit(&rig, 1_900, 3), None);
    assert_eq!(hit(&rig, 999, 4), None);
    assert_eq!(hit(&rig, 999, 2).map(|near| near.sight.on), Some(Aim::Part(0)));
    for no in 0..1_000 {
        rig.read(1, 1_000 + no, read(-400));
    }
    let Track::Pole(track) = &rig.watch.watched[1].track else {
        panic!("a pole")
    };
    assert_eq!(track.lately.len(), POLE_MEMORY);
    assert_eq!(track.lately.back().map(|(at, _)| *at), Some(ms(1_999)));
    rig.watch.interrupt();
    assert_eq!(hit(&rig, 2_000, 3), None, "nobody knows over a gap");
}

/// A pole speaks while the vehicle is 30 m away, near it, and before it was seen or after it was lost.
#[test]
fn a_pole_that_speaks_while_nobody_is_there_is_far_away() {
    let mut rig = rig(&[(4, 2, Watch::Pole, pole()), (7, 3, Watch::Crossing, line())]);
    let is_far = |rig: &Rig, ordinal| rig.watch.is_far_from_pole(ordinal);
    assert!(!is_far(&rig, 2), "nobody knows where it is");
    rig.push(&pose(0, Point2::new(-30.0, 0.0)));
    assert!(is_far(&rig, 2));
    assert!(!is_far(&rig, 3), "that is a line's");
    rig.watch.interrupt();
    assert!(!is_far(&rig, 2), "nobody sees it any more");
    rig.push(&pose(100, Point2::new(-30.0, 0.0)));
    rig.push(&pose(200, Point2::new(8.0, 0.0)));
    assert!(!is_far(&rig, 2), "it is near");
}

/// A touch of a pole is an excursion of the outline; what is open when the item ends is told.
#[test]
fn a_touch_is_told_when_it_is_over_or_when_the_item_ends() {
    let mut rig = rig(&[(4, 2, Watch::Crossing, line()), (7, 3, Watch::Pole, pole())]);
    let near = |touch: i32| Reads::Pole {
        touch: by(touch),
        past: [mm10(0); 2],
        wrong: [mm10(0); 2],
        aside: beside(0),
    };
    let values = [-481, -200, -981, -200];
    let said: Vec<_> = (0..)
        .zip(values)
        .flat_map(|(no, value)| rig.read(1, no * 100, near(value)))
        .collect();
    let fact = |at: i64| Fact {
        at: ms(at),
        what: What::Beyond(RoleNo(7), by(-200)),
        sight: seen(at, Aim::Part(1)),
    };
    assert_eq!(said, [fact(100)]);
    let mut open = Vec::new();
    rig.watch.finish(&mut |fact| open.push(fact));
    assert_eq!(open, [fact(300)]);
}

/// Rear wheel at 5, 8, 9, 12 m: the front axle is on the line at 8.765 m, the rear one at 10 m.
#[test]
fn a_speed_is_told_where_a_wheel_goes_over_a_line_onwards() {
    let mut rig = rig(&[
        (4, 1, Watch::Crossing, across(Point2::new(1.0, 0.0))),
        (7, 1, Watch::Pace, line()),
    ]);
    let said = rig.ride(0, &east([5, 8, 9, 12]));
    let told: Vec<_> = said
        .iter()
        .filter_map(|fact| match fact.what {
            What::Pace(role, wheel, Some(pace)) => Some((
                fact.at.0 / 1_000,
                role,
                wheel,
                pace.here.m_h,
                pace.here.u_m_h,
                fact.sight,
            )),
            _ => None,
        })
        .collect();
    let speed = |at: i64, us: i64, wheel| {
        let sight = Sight {
            at: EventTime(us),
            on: Aim::Wheel(1, wheel),
        };
        (at, RoleNo(7), wheel, 7_200, 180, sight)
    };
    assert_eq!(
        told,
        [speed(176, 176_500, Wheel::Front), speed(233, 233_333, Wheel::Rear)]
    );
    // Back over it nothing is told, and over a gap nobody saw the speed.
    assert!(
        rig.ride(400, &east([9, 8, 7, 6]))
            .iter()
            .all(|fact| !matches!(fact.what, What::Pace(..)))
    );
    let without = rig_without_pace();
    assert!(without.watch.paces.is_none());
}

fn rig_without_pace() -> Rig {
    rig(&[(4, 1, Watch::Crossing, line())])
}

#[test]
fn over_a_gap_no_speed_is_known() {
    let mut rig = rig(&[(7, 1, Watch::Pace, line())]);
    rig.ride(0, &east([5, 6, 7, 8]));
    rig.watch.interrupt();
    let Some(paces) = &mut rig.watch.paces else {
        panic!("it is asked for")
    };
    assert!(paces.split(ms(250), 0).is_none());
}

/// From 5 m around on it is watched; it has come when a wheel is on the ground, and left when 48 mm beyond its end with its tail.
#[test]
fn the_ground_is_left_when_that_is_beyond_doubt() {
    let mut rig = rig(&[(7, 1, Watch::Crossing, line())]);
    let mut at = 0;
    let mut go = |rig: &mut Rig, rear: Point2| {
        at += 100;
        let said = rig.push(&pose(at, rear));
        (
            rig.watch.is_inside(),
            said.iter().any(|fact| fact.what == What::LeftGround),
        )
    };
    assert_eq!(go(&mut rig, Point2::new(-9.0, 0.0)), (false, false));
    assert_eq!(
        go(&mut rig, Point2::new(-1.236, 0.0)),
        (false, false),
        "the front wheel is a millimetre before it"
    );
    assert_eq!(go(&mut rig, Point2::new(-1.234, 0.0)), (true, false));
    assert_eq!(go(&mut rig, Point2::new(19.0, 0.0)), (true, false), "its tail is on it");
    assert_eq!(go(&mut rig, Point2::new(20.04, 0.0)), (true, false));
    let tail = rig
        .body
        .own
        .iter()
        .map(|point| point[0])
        .fold(0.0, |least, x| if x < least { x } else { least });
    assert_eq!(go(&mut rig, Point2::new(20.04 - tail, 0.0)), (true, false));
    assert_eq!(go(&mut rig, Point2::new(20.06 - tail, 0.0)), (false, true));
    assert_eq!(
        go(&mut rig, Point2::new(20.06 - tail, 0.0)),
        (false, false),
        "told once"
    );
}

/// Whoever drives round the site and comes back on its other side has not crossed its lines.
#[test]
fn what_happens_far_from_the_site_is_nobodys_matter() {
    let endless = Shape::Line(vec![Point2::new(10.0, 60.0), Point2::new(10.0, -60.0)]);
    let mut rig = rig(&[(7, 1, Watch::Crossing, endless)]);
    let crossed = |said: Vec<Fact<RoleNo>>| {
        said.iter()
            .filter(|fact| matches!(fact.what, What::Crossed(..)))
            .count()
    };
    // In the neighbourhood, never on the ground: before the line, then far away, then beyond it.
    let beside = [
        Point2::new(8.0, 6.0),
        Point2::new(8.0, 30.0),
        Point2::new(13.0, 6.0),
        Point2::new(13.5, 1.0),
    ];
    assert_eq!(crossed(rig.ride(0, &beside)), 0);
    let mut rig = rig_without_pace();
    let near = [Point2::new(8.0, 0.0), Point2::new(12.0, 0.0)];
    assert_eq!(crossed(rig.ride(0, &near)), 2);
}

/// Measured where it stopped, and where it turned: the gauges of that kind only, with where to look.
#[test]
fn what_is_asked_for_at_a_stop_is_measured_there() {
    let area = [(9.5, -1.0), (10.5, -1.0), (10.5, 1.0), (9.5, 1.0)].map(|(e, n)| Point2::new(e, n));
    let parts = [
        (4, 1, Watch::Crossing, line()),
        (5, 1, Watch::AxleAtStop, Shape::Area(area.into())),
        (6, 1, Watch::BodyBeyondAtTurn, line()),
    ];
    let rig = rig(&parts);
    let measured = |when: When| {
        let mut said = Vec::new();
        let place = pose(700, Point2::new(8.165, 0.0));
        rig.watch
            .measure(when, &place, &rig.body, ms(900), &mut |fact| said.push(fact));
        said.iter()
            .map(|fact| match fact.what {
                What::Measured(role, by) => (fact.at, role, by.value.0, fact.sight),
                _ => panic!("{fact:?}"),
            })
            .collect::<Vec<_>>()
    };
    // The axle stands at 9.4 m: 100 mm before the area.
    assert_eq!(
        measured(When::AtStop),
        [(ms(900), RoleNo(5), 1_000, seen(700, Aim::Part(1)))]
    );
    let turned = measured(When::AtTurn);
    assert_eq!(turned.len(), 1);
    assert_eq!(
        (turned[0].0, turned[0].1, turned[0].3),
        (ms(900), RoleNo(6), seen(900, Aim::Part(2)))
    );
    let place = pose(700, Point2::new(8.165, 0.0));
    assert!(rig.watch.arrow(Aim::Part(1), &place, &rig.body).is_some());
    assert!(rig.watch.arrow(Aim::Vehicle, &place, &rig.body).is_none());
}

/// What motion and way ask of a pose: a mark three metres behind it, and whether it looks another way.
#[test]
fn a_pose_is_a_place() {
    use motion::Place;
    let (here, behind) = (pose(7, Point2::new(3.0, 0.0)), pose(0, Point2::new(0.0, 0.0)));
    let mark = Place::mark(&behind);
    assert_eq!(Place::ahead_of(&here, &mark), mm10(30_000));
    assert_eq!((Place::at(&here), Place::speed_mm_s(&here)), (ms(7), 2_000));
    let back = Pose {
        heading: -here.heading,
        ..here
    };
    assert_eq!(
        [&here, &back].map(|pose| Place::has_turned_from(pose, &mark)),
        [false, true]
    );
}

/// The front wheel trembles beside the pole before the rear one comes: what it was when it passed counts.
#[test]
fn a_front_wheel_passes_a_pole_once() {
    let mut rig = rig(&[(4, 2, Watch::Pole, pole())]);
    let rows = [
        ([-4_000, -16_000], [-9_000, -9_000]),
        ([-1_000, -13_000], [-6_000, -9_000]),
        ([1_000, -11_000], [-4_000, -9_000]),
        ([-500, -12_500], [-1_000, -9_000]),
        ([500, -11_500], [-1_000, -9_000]),
        ([11_000, -1_000], [-9_000, -9_000]),
        ([15_000, 3_000], [-9_000, -9_000]),
    ];
    let mut told = Vec::new();
    for (no, (past, wrong)) in (0..).zip(rows) {
        told.extend(rig.read(0, no * 100, by_a_pole(past, wrong)));
    }
    let [fact] = told[..] else { panic!("{told:?}") };
    assert_eq!(fact.what, What::Passed(RoleNo(4), 2, beside(-5_000)));
}
