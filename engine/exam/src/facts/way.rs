//! Which way it goes: forwards or backwards, and whether it went on or turned round after a stop.
//!
//! A vehicle that reverses into a bay stops because it must; one that stops and goes on as before has stopped on the way. A
//! turn is told when it is beyond doubt, some distance later, and dated when the place of turning was left; and it is told when it
//! was farthest, since whoever stands near that place leaves it late.
use super::motion::Place;
use crate::manoeuvre::{Took, Way, What};
use crate::syllabus::Reading;
use kaoguan_telemetry::units::EventTime;

/// Follows which way one vehicle goes. `P` is its pose.
#[derive(Debug, Clone, Copy)]
pub struct Heading<P: Place> {
    way: Option<Way>,
    /// The farthest it has come this way.
    farthest: Option<P>,
    /// When it was there last, or so near that nobody can tell.
    there: EventTime,
    /// It has stood, and nobody knows yet how it goes on: where it moved off last, when it did after its longest rest there, and how
    /// long that was.
    stood: Option<(P::Mark, EventTime, Took)>,
}

/// A turn that is beyond doubt.
#[derive(Debug, Clone, Copy)]
pub struct Turn<P> {
    /// Where: the farthest it came before.
    pub place: P,
    /// When it left there.
    pub at: EventTime,
}

impl<P: Place> Default for Heading<P> {
    fn default() -> Self {
        Heading {
            way: None,
            farthest: None,
            there: EventTime::default(),
            stood: None,
        }
    }
}

impl<P: Place + Copy> Heading<P> {
    /// It has moved off here, after standing for so long.
    pub fn moved_off(&mut self, pose: &P, at: EventTime, stood: Took) {
        if stood.at_most.0 > 0 {
            let before = self.stood.map(|(_, at, stood)| (at, stood));
            let longer = before.filter(|(_, before)| before.at_most > stood.at_most);
            let (at, longest) = longer.unwrap_or((at, stood));
            self.stood = Some((pose.mark(), at, longest));
        }
    }

    /// Takes the next pose that is fit; says what is beyond doubt, and where it turned.
    pub fn push<Q>(&mut self, pose: &P, knobs: &Reading, say: &mut impl FnMut(EventTime, What<Q>)) -> Option<Turn<P>> {
        let at = pose.at();
        let farthest = *self.farthest.get_or_insert(*pose);
        let ahead = i64::from(pose.ahead_of(&farthest.mark()).0);
        let turned = i64::from(knobs.turn_distance.0);
        let Some(way) = self.way else {
            if ahead.abs() > turned {
                let way = if ahead.is_positive() {
                    Way::Forwards
                } else {
                    Way::Backwards
                };
                (self.way, self.farthest, self.there, self.stood) = (Some(way), Some(*pose), at, None);
                say(at, What::Goes(way));
            }
            return None;
        };
        let advance = ahead * way.sign();
        if advance >= 0 {
            (self.farthest, self.there) = (Some(*pose), at);
            self.went_on(pose, way, turned, say);
        } else if advance > -i64::from(knobs.move_distance.0) {
            self.there = at;
        } else if advance < -turned {
            let turn = Turn {
                place: farthest,
                at: self.there,
            };
            say(farthest.at(), What::TurnedRound);
            say(turn.at, What::Goes(way.other()));
            (self.way, self.farthest, self.there, self.stood) = (Some(way.other()), Some(*pose), at, None);
            return Some(turn);
        }
        None
    }

    fn went_on<Q>(&mut self, pose: &P, way: Way, far: i64, say: &mut impl FnMut(EventTime, What<Q>)) {
        let has_gone = |mark: &P::Mark| i64::from(pose.ahead_of(mark).0) * way.sign() > far;
        if let Some((_, at, stood)) = self.stood.take_if(|(mark, ..)| has_gone(mark)) {
            say(at, What::WentOn(stood));
        }
    }

    /// Out of sight: nobody knows how it went on.
    pub fn interrupt(&mut self) {
        *self = Heading::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manoeuvre::Distance;
    use kaoguan_telemetry::units::{Micros, TenthMillimetres};

    /// A vehicle on a rail: milliseconds and millimetres.
    #[derive(Clone, Copy)]
    struct Rail(i64, i32);
    impl Place for Rail {
        type Mark = i32;
        fn mark(&self) -> i32 {
            self.1 * 10
        }
        fn ahead_of(&self, mark: &i32) -> TenthMillimetres {
            TenthMillimetres(self.1 * 10 - mark)
        }
        fn has_turned_from(&self, _: &i32) -> bool {
            false
        }
        fn at(&self) -> EventTime {
            EventTime(self.0 * 1_000)
        }
        fn speed_mm_s(&self) -> i64 {
            0
        }
        fn apart(&self, value: TenthMillimetres) -> Distance {
            Distance::of(value, TenthMillimetres(0))
        }
    }

    const STOOD: Took = Took {
        surely: Micros(2_900_000),
        at_most: Micros(3_100_000),
    };

    /// Rows of milliseconds and millimetres; it moves off at the times given. What was said, and where it turned.
    fn run(rows: &[(i64, i32)], moves_off: &[i64]) -> (Vec<(i64, What<()>)>, Vec<(i64, i32)>) {
        let knobs = Reading {
            turn_distance: TenthMillimetres(1_500),
            move_distance: TenthMillimetres(300),
            ..Reading::default()
        };
        let (mut heading, mut said, mut turns) = (Heading::default(), Vec::new(), Vec::new());
        for (ms, mm) in rows {
            let pose = Rail(*ms, *mm);
            if moves_off.contains(ms) {
                heading.moved_off(&pose, pose.at(), STOOD);
            }
            let turn = heading.push(&pose, &knobs, &mut |at, what: What<()>| said.push((at.0 / 1_000, what)));
            turns.extend(turn.map(|turn| (turn.at.0 / 1_000, turn.place.1)));
        }
        (said, turns)
    }

    /// Forwards to 1000 mm, trembling there, then back: dated when it was last within 30 mm of the farthest.
    #[test]
    fn a_turn_is_told_when_sure_and_dated_when_its_place_was_left() {
        let rows = [
            (0, 0),
            (100, 500),
            (200, 1000),
            (300, 990),
            (400, 998),
            (500, 975),
            (600, 930),
            (700, 840),
            (800, 700),
        ];
        let (said, turns) = run(&rows, &[400]);
        assert_eq!(
            said,
            [
                (100, What::Goes(Way::Forwards)),
                (200, What::TurnedRound),
                (500, What::Goes(Way::Backwards))
            ]
        );
        assert_eq!(turns, [(500, 1000)]);
    }

    /// It stands for four seconds 20 mm behind its farthest: there nobody can tell that it has left.
    #[test]
    fn who_stands_near_the_place_of_turning_leaves_it_late() {
        let rows = [
            (0, 0),
            (100, 500),
            (200, 1000),
            (300, 980),
            (4300, 980),
            (4400, 900),
            (4500, 800),
        ];
        let (said, _) = run(&rows, &[4300]);
        assert_eq!(
            said[1..],
            [(200, What::TurnedRound), (4300, What::Goes(Way::Backwards))]
        );
    }

    #[test]
    fn who_stops_and_goes_the_same_way_went_on() {
        let rows = [
            (0, 0),
            (100, 500),
            (200, 600),
            (3200, 600),
            (3300, 700),
            (3400, 760),
            (3500, 900),
        ];
        let (said, turns) = run(&rows, &[3200]);
        assert_eq!(said, [(100, What::Goes(Way::Forwards)), (3200, What::WentOn(STOOD))]);
        assert!(turns.is_empty());
    }

    /// Three seconds, a jerk of 100 mm, a moment more: the three seconds are told with their own date.
    #[test]
    fn the_longest_of_several_rests_brings_its_date() {
        let knobs = Reading {
            turn_distance: TenthMillimetres(1_500),
            move_distance: TenthMillimetres(300),
            ..Reading::default()
        };
        let (mut heading, mut said) = (Heading::default(), Vec::new());
        let brief: Took = Micros(900_000).into();
        for (ms, mm, stood) in [
            (0, 0, None),
            (100, 500, None),
            (3_200, 600, Some(STOOD)),
            (3_400, 700, None),
            (4_300, 700, Some(brief)),
            (4_600, 900, None),
        ] {
            let pose = Rail(ms, mm);
            if let Some(stood) = stood {
                heading.moved_off(&pose, pose.at(), stood);
            }
            heading.push(&pose, &knobs, &mut |at, what: What<()>| said.push((at.0 / 1_000, what)));
        }
        assert_eq!(said[1..], [(3_200, What::WentOn(STOOD))]);
    }

    /// Backwards as well, and a roll of 150 mm the other way is none.
    #[test]
    fn backwards_is_a_way_too() {
        let rows = [
            (0, 0),
            (100, -500),
            (200, -600),
            (300, -450),
            (400, -700),
            (500, -800),
            (600, -649),
        ];
        let (said, turns) = run(&rows, &[300]);
        assert_eq!(
            said,
            [
                (100, What::Goes(Way::Backwards)),
                (300, What::WentOn(STOOD)),
                (500, What::TurnedRound),
                (500, What::Goes(Way::Forwards))
            ]
        );
        assert_eq!(turns, [(500, -800)]);
    }

    /// 150 mm are not yet a way, and 30 mm back is no longer there; the place is the last pose at the farthest point.
    #[test]
    fn the_distances_themselves_are_not_enough() {
        assert_eq!(run(&[(0, 0), (100, 150)], &[]).0, []);
        assert_eq!(run(&[(0, 0), (100, 151)], &[]).0, [(100, What::Goes(Way::Forwards))]);
        let back = [(0, 0), (100, 500), (200, 471), (300, 470), (400, 350)];
        assert_eq!(run(&back, &[]).1, [], "150 mm back");
        assert_eq!(run(&[&back[..], &[(500, 349)]].concat(), &[]).1, [(200, 500)]);
        let on = [(0, 0), (100, 500), (3_100, 500), (3_200, 650)];
        assert_eq!(run(&on, &[3_100]).0.len(), 1, "150 mm on");
        assert_eq!(run(&[&on[..], &[(3_300, 651)]].concat(), &[3_100]).0.len(), 2);
    }

    /// It came to rest there twice: where it was last is where it turned.
    #[test]
    fn it_turned_where_it_was_last() {
        let (mut heading, mut places) = (Heading::default(), Vec::new());
        let knobs = Reading {
            turn_distance: TenthMillimetres(1_500),
            move_distance: TenthMillimetres(300),
            ..Reading::default()
        };
        for row in [(0, 0), (100, 500), (200, 500), (300, 300)] {
            let turn = heading.push(&Rail(row.0, row.1), &knobs, &mut |_, _: What<()>| {});
            places.extend(turn.map(|turn| (turn.place.0, turn.at.0 / 1_000)));
        }
        assert_eq!(places, [(200, 200)]);
    }

    /// Whoever was slow without standing has not stopped; of two rests as long as each other the later one is told.
    #[test]
    fn what_did_not_stand_does_not_go_on() {
        let knobs = Reading {
            turn_distance: TenthMillimetres(1_500),
            move_distance: TenthMillimetres(300),
            ..Reading::default()
        };
        let went_on = |stood: [Took; 2]| {
            let (mut heading, mut said) = (Heading::default(), Vec::new());
            let rows = [
                (0, 0, None),
                (100, 500, None),
                (200, 510, Some(stood[0])),
                (300, 520, Some(stood[1])),
            ];
            for (ms, mm, stood) in rows.into_iter().chain([(400, 900, None)]) {
                let pose = Rail(ms, mm);
                if let Some(stood) = stood {
                    heading.moved_off(&pose, pose.at(), stood);
                }
                heading.push(&pose, &knobs, &mut |at, what: What<()>| said.push((at.0 / 1_000, what)));
            }
            said.split_off(1)
        };
        let moment = Micros(1).into();
        assert_eq!(went_on([Took::default(); 2]), []);
        assert_eq!(went_on([moment, Took::default()]), [(200, What::WentOn(moment))]);
        assert_eq!(went_on([STOOD; 2]), [(300, What::WentOn(STOOD))]);
    }

    /// After a gap it is told anew, from where it is seen.
    #[test]
    fn out_of_sight_it_may_have_turned() {
        let knobs = Reading {
            turn_distance: TenthMillimetres(1_500),
            move_distance: TenthMillimetres(300),
            ..Reading::default()
        };
        let (mut heading, mut said) = (Heading::default(), Vec::new());
        for (ms, mm) in [(0, 0), (100, 500), (5_000, 400), (5_100, 200)] {
            if ms == 5_000 {
                heading.interrupt();
            }
            let turn = heading.push(&Rail(ms, mm), &knobs, &mut |at, what: What<()>| {
                said.push((at.0 / 1_000, what))
            });
            assert!(turn.is_none());
        }
        assert_eq!(
            said,
            [(100, What::Goes(Way::Forwards)), (5_100, What::Goes(Way::Backwards))]
        );
    }
}
