//! Standing, moving off, rolling back: from speed and from the distance to where the vehicle came to rest.
use crate::manoeuvre::{Distance, Took, What};
use crate::syllabus::Reading;
use kaoguan_telemetry::units::{EventTime, Micros, TenthMillimetres};

/// What motion needs to know of a pose. `M` is a mark on the ground that only the ground understands.
pub trait Place {
    /// A mark.
    type Mark: Copy;
    /// Marks this place.
    fn mark(&self) -> Self::Mark;
    /// Distance ahead of a mark.
    fn ahead_of(&self, mark: &Self::Mark) -> TenthMillimetres;
    /// Whether it looks in clearly another direction than at a mark.
    fn has_turned_from(&self, mark: &Self::Mark) -> bool;
    /// When.
    fn at(&self) -> EventTime;
    /// Speed along the heading, millimetres per second.
    fn speed_mm_s(&self) -> i64;
    /// A distance between here and another place of the same vehicle, with its uncertainty.
    fn apart(&self, value: TenthMillimetres) -> Distance;
}

/// Where the vehicle came to rest, and how far it has been behind that since.
#[derive(Debug, Clone, Copy)]
struct Rest<M> {
    mark: M,
    farthest_back: TenthMillimetres,
    farthest_at: EventTime,
    told: bool,
}

#[derive(Debug, Clone, Copy)]
enum Phase<M> {
    Moving,
    Slowing(Still<M>),
    Standing(Still<M>),
}

/// A roll-back is looked for until the vehicle is this far ahead of where it stood.
const WELL_AWAY: TenthMillimetres = TenthMillimetres(10_000);

/// A stop as it is seen: from when the vehicle went under the threshold to when it was last below it.
#[derive(Debug, Clone, Copy)]
struct Still<M> {
    since: EventTime,
    from: M,
    last: EventTime,
    gone: TenthMillimetres,
}

impl<M: Copy> Still<M> {
    /// Below the threshold up to here.
    fn until<P: Place<Mark = M>>(self, pose: &P) -> Still<M> {
        Still {
            last: pose.at(),
            gone: pose.ahead_of(&self.from),
            ..self
        }
    }

    /// How long it stood: rolling out and moving off below the threshold are taken away. Whoever goes a distance `d`
    /// between the threshold `v` and rest needs 2 d / v at an even braking, and up to 3 d / v at a soft one; whoever is
    /// that far off for another reason (rolled back a little) stood for longer.
    fn standstill(self, knobs: &Reading) -> Took {
        let gone = i64::from(self.gone.0).abs() * 100_000;
        let rolling = gone.checked_div(knobs.stop_below_mm_s).unwrap_or_default() * 3;
        let without = |edges: Micros| (self.last - self.since - edges).max(Micros(0));
        Took {
            surely: without(knobs.stop_edges.max(Micros(rolling))),
            at_most: without(knobs.stop_edges),
        }
    }
}

/// Follows the motion of one vehicle.
#[derive(Debug, Clone, Copy)]
pub struct Motion<M> {
    phase: Phase<M>,
    rest: Option<Rest<M>>,
    /// From where it rolled back the last time that was told, and when it was farthest.
    rolled_back: Option<(M, EventTime)>,
    before: Option<(EventTime, i64)>,
    /// Whether anybody has been told that it moves, or that it stands.
    told: bool,
}

impl<M> Default for Motion<M> {
    fn default() -> Self {
        Motion {
            phase: Phase::Moving,
            rest: None,
            rolled_back: None,
            before: None,
            told: false,
        }
    }
}

impl<M: Copy> Motion<M> {
    /// Takes the next pose that is fit; says what changed.
    pub fn push<P, Q>(&mut self, pose: &P, knobs: &Reading, say: &mut impl FnMut(EventTime, What<Q>))
    where
        P: Place<Mark = M>,
    {
        let (at, speed) = (pose.at(), pose.speed_mm_s());
        let slow = speed.abs() < knobs.stop_below_mm_s;
        if !self.told && speed.abs() > knobs.move_above_mm_s {
            // Whoever is on the move when the recording begins has moved off before it.
            self.told = true;
            say(at, What::MovedOff(Took::default()));
        }
        match self.phase {
            Phase::Moving if slow => {
                let since = self.slowed_at(at, speed, knobs);
                self.phase = Phase::Slowing(Still {
                    since,
                    from: pose.mark(),
                    last: at,
                    gone: TenthMillimetres(0),
                });
                if self.told {
                    say(since, What::Slowed);
                }
            }
            Phase::Slowing(_) if !slow => {
                self.phase = Phase::Moving;
                if self.told {
                    say(at, What::MovedOff(Took::default()));
                }
            }
            Phase::Slowing(still) if at - still.since >= knobs.stop_hold => self.stand(pose, still, say),
            Phase::Standing(still) => self.watch_start(pose, still, knobs, say),
            _ => {}
        }
        self.watch_roll_back(pose, knobs, say);
        self.before = Some((at, speed));
    }

    /// Out of sight: says since when nobody knows whether it moves, and begins anew.
    /// `believed`: what came after that fix was only reckoned, and nothing has borne it out.
    pub fn interrupt<Q>(&mut self, believed: Option<EventTime>, say: &mut impl FnMut(EventTime, What<Q>)) {
        let since = match (self.phase, self.before) {
            (Phase::Slowing(still), _) => Some(still.since),
            (_, before) => before.map(|(at, _)| at),
        };
        if let Some(since) = since {
            let since = believed.map_or(since, |believed| since.min(believed));
            say(since, What::Unseen);
        }
        *self = Motion::default();
    }

    /// When the speed went under the threshold, between the last pose and this one.
    fn slowed_at(&self, at: EventTime, speed: i64, knobs: &Reading) -> EventTime {
        let Some((before_at, before)) = self.before else {
            return at;
        };
        let (fast, slow) = (before.abs(), speed.abs());
        if fast <= slow {
            return at;
        }
        let span = (at - before_at).0;
        at - Micros(span * (knobs.stop_below_mm_s - slow) / (fast - slow))
    }

    fn stand<P: Place<Mark = M>, Q>(&mut self, pose: &P, still: Still<M>, say: &mut impl FnMut(EventTime, What<Q>)) {
        if let Some(rest) = self.rest.take().filter(|rest| !rest.told) {
            self.tell(rest, pose, say);
        }
        self.phase = Phase::Standing(still.until(pose));
        self.rest = Some(Rest {
            mark: pose.mark(),
            farthest_back: TenthMillimetres(0),
            farthest_at: pose.at(),
            told: false,
        });
        self.told = true;
        say(still.since, What::Stopped);
    }

    fn watch_start<P: Place<Mark = M>, Q>(
        &mut self,
        pose: &P,
        still: Still<M>,
        knobs: &Reading,
        say: &mut impl FnMut(EventTime, What<Q>),
    ) {
        let is_off = |rest: Rest<M>| pose.ahead_of(&rest.mark).0.abs() > knobs.move_distance.0;
        if pose.speed_mm_s().abs() > knobs.move_above_mm_s || self.rest.is_some_and(is_off) {
            self.phase = Phase::Moving;
            say(still.last, What::MovedOff(still.standstill(knobs)));
        } else if pose.speed_mm_s().abs() < knobs.stop_below_mm_s {
            self.phase = Phase::Standing(still.until(pose));
        }
    }

    /// Told once for each stop: when the vehicle is on its way forward again from its farthest point back.
    fn watch_roll_back<P: Place<Mark = M>, Q>(
        &mut self,
        pose: &P,
        knobs: &Reading,
        say: &mut impl FnMut(EventTime, What<Q>),
    ) {
        let Some(mut rest) = self.rest.filter(|rest| !rest.told) else {
            return;
        };
        if pose.has_turned_from(&rest.mark) {
            // Turned round, by hand or on another way: behind the mark is not back any more.
            self.rest = None;
            return;
        }
        let ahead = pose.ahead_of(&rest.mark);
        if ahead < rest.farthest_back {
            (rest.farthest_back, rest.farthest_at) = (ahead, pose.at());
        }
        let regained = ahead.0 - rest.farthest_back.0 > knobs.move_distance.0;
        if regained && rest.farthest_back.0 < -knobs.roll_back_noted.0 {
            rest.told = true;
            self.tell(rest, pose, say);
        }
        rest.told |= ahead > WELL_AWAY;
        self.rest = Some(rest);
    }

    fn tell<P: Place<Mark = M>, Q>(&mut self, rest: Rest<M>, pose: &P, say: &mut impl FnMut(EventTime, What<Q>)) {
        if rest.farthest_back.0 < 0 {
            self.rolled_back = Some((rest.mark, rest.farthest_at));
            say(pose.at(), What::RolledBack(pose.apart(-rest.farthest_back)));
        }
    }

    /// Of the last roll-back that was told: from where, and when it was farthest.
    pub fn rolled_back(&self) -> Option<(M, EventTime)> {
        self.rolled_back
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A vehicle on a rail: its place is one number, in millimetres.
    struct Rail(i64, i64, i32);
    impl Place for Rail {
        type Mark = i32;
        fn mark(&self) -> i32 {
            self.2 * 10
        }
        fn ahead_of(&self, mark: &i32) -> TenthMillimetres {
            TenthMillimetres(self.2 * 10 - mark)
        }
        fn has_turned_from(&self, _: &i32) -> bool {
            false
        }
        fn at(&self) -> EventTime {
            EventTime(self.0 * 1_000)
        }
        fn speed_mm_s(&self) -> i64 {
            self.1
        }
        fn apart(&self, value: TenthMillimetres) -> Distance {
            by(value.0)
        }
    }

    fn by(value: i32) -> Distance {
        Distance::of(TenthMillimetres(value), TenthMillimetres(120))
    }

    const KNOBS: Reading = Reading {
        stop_below_mm_s: 100,
        move_above_mm_s: 250,
        stop_hold: Micros(500_000),
        stop_edges: Micros(100_000),
        move_distance: TenthMillimetres(1_000),
        turn_distance: TenthMillimetres(1_500),
        signal_hold: Micros(150_000),
        signal_every: Micros(100_000),
        signal_gap: Some(Micros(250_000)),
        roll_back_most: None,
        rearm: TenthMillimetres(500),
        roll_back_noted: TenthMillimetres(300),
    };

    /// Rows of milliseconds, mm/s, mm.
    fn run(rows: &[(i64, i64, i32)]) -> Vec<(i64, What<()>)> {
        let mut motion = Motion::default();
        let mut said = Vec::new();
        for row in rows {
            motion.push(&Rail(row.0, row.1, row.2), &KNOBS, &mut |at, what: What<()>| {
                said.push((at.0 / 1_000, what))
            });
        }
        said
    }

    /// Speed falls from 300 to 50 mm/s within 100 ms: it was 100 mm/s at 80 ms. From there it rolls 5 mm: 3 * 5 / 100 s.
    #[test]
    fn a_stop_begins_when_the_speed_went_under() {
        let said = run(&[
            (0, 300, 0),
            (100, 50, 20),
            (300, 0, 25),
            (500, 0, 25),
            (600, 0, 25),
            (2_100, 400, 60),
        ]);
        let begun = (0, What::MovedOff(Took::default()));
        assert_eq!(
            said,
            [
                begun,
                (80, What::Slowed),
                (80, What::Stopped),
                (
                    600,
                    What::MovedOff(Took {
                        surely: Micros(370_000),
                        at_most: Micros(420_000)
                    })
                )
            ]
        );
    }

    #[test]
    fn a_short_slow_moment_is_no_stop() {
        let rows = [
            (0, 300, 0),
            (100, 50, 20),
            (500, 50, 40),
            (560, 300, 60),
            (1_200, 300, 250),
        ];
        let off = |at| (at, What::MovedOff(Took::default()));
        assert_eq!(run(&rows), [off(0), (80, What::Slowed), off(560)]);
    }

    /// Slow since 300 ms when the fix is lost: from there on nobody knows; what was a mark before it is none after it.
    #[test]
    fn what_happens_out_of_sight_is_not_known() {
        let mut motion = Motion::default();
        let mut said = Vec::new();
        let mut say = |at: EventTime, what: What<()>| said.push((at.0 / 1_000, what));
        for row in [(0, 0, 0), (500, 0, 0), (600, 400, 120), (700, 0, 150), (900, 0, 150)] {
            motion.push(&Rail(row.0, row.1, row.2), &KNOBS, &mut say);
        }
        motion.interrupt(None, &mut say);
        for row in [(5_000, 400, -3_000), (5_500, 400, 0)] {
            motion.push(&Rail(row.0, row.1, row.2), &KNOBS, &mut say);
        }
        let began = [(0, What::Stopped), (500, What::MovedOff(Micros(400_000).into()))];
        // From 400 mm/s at 0.6 s to 0 at 0.7 s: 100 mm/s at 0.675 s.
        let lost = [
            (675, What::Slowed),
            (675, What::Unseen),
            (5_000, What::MovedOff(Took::default())),
        ];
        assert_eq!(said, [&began[..], &lost].concat());
    }

    #[test]
    fn a_roll_back_is_told_once_by_its_extreme() {
        let stop = [(0, 0, 0), (500, 0, 0)];
        let back = [
            (1_000, -250, -120),
            (1_500, -100, -200),
            (1_700, 150, -180),
            (2_000, 300, -90),
            (2_400, 500, 100),
        ];
        let again = [(2_600, -300, -400), (3_000, 500, 0)];
        let said = run(&[&stop[..], &back, &again].concat());
        assert_eq!(
            said,
            [
                (0, What::Stopped),
                (500, What::MovedOff(Micros(400_000).into())),
                (2_000, What::RolledBack(by(2_000)))
            ]
        );
    }

    #[test]
    fn a_roll_back_that_ends_in_a_new_stop_is_told_there() {
        let said = run(&[
            (0, 0, 0),
            (500, 0, 0),
            (1_000, -300, -200),
            (1_500, 0, -320),
            (2_100, 0, -320),
        ]);
        assert!(said.contains(&(2_100, What::RolledBack(by(3_200)))), "{said:?}");
        // From -300 mm/s at 1.0 s to 0 at 1.5 s: 100 mm/s at 1.333 s.
        assert_eq!(said.last(), Some(&(1_333, What::Stopped)));
    }

    const OFF: What<()> = What::MovedOff(Took {
        surely: Micros(0),
        at_most: Micros(0),
    });

    fn told(motion: &mut Motion<i32>, rows: &[(i64, i64, i32)]) -> Vec<(i64, What<()>)> {
        let mut said = Vec::new();
        for row in rows {
            motion.push(&Rail(row.0, row.1, row.2), &KNOBS, &mut |at, what| {
                said.push((at.0 / 1_000, what))
            });
        }
        said
    }

    /// At 250 mm/s itself it does not move yet, at 100 mm/s itself it is not slow, and 100 mm of creeping are no distance.
    #[test]
    fn the_thresholds_themselves_change_nothing() {
        assert_eq!(run(&[(0, 250, 0), (100, 100, 0)]), []);
        assert_eq!(run(&[(0, 251, 0), (100, 100, 0)]), [(0, OFF)]);
        let standing = [(0, 0, 0), (500, 0, 0), (600, 250, 50), (700, 90, 100)];
        assert_eq!(run(&standing), [(0, What::Stopped)]);
        let after = |more| run(&[&standing[..], &[more]].concat()).split_off(1);
        assert_eq!(
            after((800, 251, 100)),
            [(
                700,
                What::MovedOff(Took {
                    surely: Micros(0),
                    at_most: Micros(600_000)
                })
            )]
        );
        assert_eq!(after((800, 90, 101)).len(), 1, "creeping");
    }

    /// It stood until it was last below 100 mm/s; between the thresholds it does not stand any longer. It rolled 100 mm meanwhile: up
    /// to three seconds of it.
    #[test]
    fn it_stood_until_it_was_last_slow() {
        let said = run(&[
            (0, 0, 0),
            (500, 0, 0),
            (4_000, 0, 100),
            (4_500, 100, 100),
            (5_000, 300, 100),
        ]);
        let stood = Took {
            surely: Micros(1_000_000),
            at_most: Micros(3_900_000),
        };
        assert_eq!(said, [(0, What::Stopped), (4_000, What::MovedOff(stood))]);
    }

    /// Creeping away below the threshold it moves off, and is slow at once.
    #[test]
    fn who_creeps_away_is_slow_again() {
        let said = run(&[
            (0, 0, 0),
            (500, 0, 0),
            (3_000, 50, 101),
            (3_100, 50, 106),
            (3_200, 60, 112),
        ]);
        let times: Vec<_> = said
            .iter()
            .map(|(at, what)| (*at, std::mem::discriminant(what)))
            .collect();
        let expected = [(0, What::Stopped), (500, OFF), (3_100, What::Slowed)];
        assert_eq!(times, expected.map(|(at, what)| (at, std::mem::discriminant(&what))));
    }

    /// 100 mm on the way home from exactly 30 mm back: nothing; from more, when more than 100 mm are regained. Its farthest point is
    /// where it was first.
    #[test]
    fn a_roll_back_is_more_than_is_noted_and_over_when_more_than_a_distance_is_regained() {
        let stop = [(0, 0, 0), (500, 0, 0), (1_000, -260, -20)];
        let after = |rows: &[(i64, i64, i32)]| {
            let mut motion = Motion::default();
            let said = told(&mut motion, &[&stop[..], rows].concat());
            let back = said
                .into_iter()
                .filter(|(_, what)| matches!(what, What::RolledBack(_)))
                .collect::<Vec<_>>();
            (back, motion.rolled_back().map(|(mark, at)| (mark, at.0 / 1_000)))
        };
        assert_eq!(after(&[(1_100, -260, -30), (2_000, 300, 90)]), (vec![], None));
        let (far, still, there) = ((1_100, -260, -31), (1_200, 110, -31), (2_000, 300, 69));
        assert_eq!(after(&[far, still, there]), (vec![], None), "100 mm regained");
        let over = (vec![(2_100, What::RolledBack(by(310)))], Some((0, 1_100)));
        assert_eq!(after(&[far, still, there, (2_100, 300, 70)]), over);
    }

    /// From a metre ahead it does not roll back to where it stood; from less it does. A new stop ahead is none either.
    #[test]
    fn well_away_from_where_it_stood_it_does_not_roll_back() {
        let stop = [(0, 0, 0), (500, 0, 0)];
        let back = |rows: &[(i64, i64, i32)]| {
            let said = run(&[&stop[..], rows].concat());
            said.iter()
                .filter(|(_, what)| matches!(what, What::RolledBack(_)))
                .count()
        };
        let home = [(3_000, -300, -300), (4_000, 300, 0)];
        assert_eq!(back(&[&[(1_000, 300, 1_000)][..], &home].concat()), 1);
        assert_eq!(back(&[&[(1_000, 300, 1_001)][..], &home].concat()), 0);
        assert_eq!(back(&[&[(1_000, 300, 1_500)][..], &home].concat()), 0);
        assert_eq!(back(&[(1_000, 300, 300), (2_000, 0, 500), (2_600, 0, 500)]), 0);
    }

    /// A vehicle that has turned by more than the mark allows from a time on.
    struct Turning(Rail, bool);
    impl Place for Turning {
        type Mark = i32;
        fn mark(&self) -> i32 {
            self.0.mark()
        }
        fn ahead_of(&self, mark: &i32) -> TenthMillimetres {
            self.0.ahead_of(mark)
        }
        fn has_turned_from(&self, _: &i32) -> bool {
            self.1
        }
        fn at(&self) -> EventTime {
            self.0.at()
        }
        fn speed_mm_s(&self) -> i64 {
            self.0.speed_mm_s()
        }
        fn apart(&self, value: TenthMillimetres) -> Distance {
            by(value.0)
        }
    }

    /// Behind where it stood is not back any more once it has turned round, nor when it looks that way again.
    #[test]
    fn who_has_turned_round_does_not_roll_back() {
        let back = |turns: bool| {
            let (mut motion, mut backs) = (Motion::default(), 0);
            let rows = [(0, 0, 0, false), (500, 0, 0, false), (1_000, 300, 100, turns)];
            for (ms, mm_s, mm, turned) in rows
                .into_iter()
                .chain([(2_000, -300, -300, false), (3_000, 300, 0, false)])
            {
                let pose = Turning(Rail(ms, mm_s, mm), turned);
                motion.push(&pose, &KNOBS, &mut |_, what: What<()>| {
                    backs += usize::from(matches!(what, What::RolledBack(_)));
                });
            }
            backs
        };
        assert_eq!([back(false), back(true)], [1, 0]);
    }
}
