//! A wheel goes over a line: told when it is beyond doubt on the other side, dated when it was on the line.
use super::excursion::zero_between;
use kaoguan_telemetry::units::{EventTime, TenthMillimetres};

/// Follows one wheel against one line.
#[derive(Debug, Clone, Copy, Default)]
pub struct Crossing {
    /// The side on which the wheel was last beyond doubt.
    side: Option<bool>,
    before: Option<(EventTime, TenthMillimetres)>,
    /// The last change of sign between the line's ends.
    on_line: Option<EventTime>,
}

impl Crossing {
    /// Takes the distance beyond the line; `surely` is k·u. Says when the line was crossed, and whether forwards.
    pub fn push(
        &mut self,
        at: EventTime,
        beyond: TenthMillimetres,
        within: bool,
        surely: TenthMillimetres,
    ) -> Option<(EventTime, bool)> {
        let before = self.before.replace((at, beyond));
        if let Some(before) = before
            && (before.1.0 < 0) != (beyond.0 < 0)
        {
            self.on_line = within.then(|| instant(before, (at, beyond)));
        }
        if beyond.0.abs() <= surely.0 {
            return None;
        }
        let side = beyond.0.is_positive();
        let was = self.side.replace(side);
        let crossed = self.on_line.take();
        (was == Some(!side)).then_some(())?;
        Some((crossed?, side))
    }

    /// Poses are missing: the side stays, the instant is not known.
    pub fn interrupt(&mut self) {
        self.before = None;
        self.on_line = None;
    }
}

fn instant(before: (EventTime, TenthMillimetres), after: (EventTime, TenthMillimetres)) -> EventTime {
    if before.1.0 < 0 {
        zero_between(before, after)
    } else {
        zero_between((before.0, -before.1), (after.0, -after.1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(rows: &[(i32, bool)]) -> Vec<(i64, bool)> {
        let mut crossing = Crossing::default();
        let mut said = Vec::new();
        for (i, (value, within)) in rows.iter().enumerate() {
            let at = EventTime(i as i64 * 100);
            said.extend(crossing.push(at, TenthMillimetres(*value), *within, TenthMillimetres(500)));
        }
        said.into_iter().map(|(at, forward)| (at.0, forward)).collect()
    }

    #[test]
    fn told_when_sure_dated_when_on_the_line() {
        assert_eq!(
            run(&[(-900, true), (-100, true), (300, true), (450, true), (700, true)]),
            [(125, true)]
        );
    }

    #[test]
    fn trembling_on_the_line_is_no_crossing() {
        assert_eq!(
            run(&[(-900, true), (200, true), (-200, true), (400, true), (-800, true)]),
            []
        );
    }

    #[test]
    fn back_again_is_another_crossing() {
        assert_eq!(
            run(&[(-900, true), (900, true), (-900, true)]),
            [(50, true), (150, false)]
        );
    }

    #[test]
    fn past_the_end_of_the_line_is_no_crossing() {
        assert_eq!(run(&[(-900, true), (-600, false), (700, false), (900, true)]), []);
    }

    /// Exactly on the line is beyond it: dated there, both ways. Told only beyond k·u.
    #[test]
    fn on_the_line_itself_is_beyond_it() {
        assert_eq!(run(&[(-900, true), (0, true), (900, true)]), [(100, true)]);
        assert_eq!(run(&[(900, true), (0, true), (-900, true)]), [(100, false)]);
        assert_eq!(run(&[(-900, true), (500, true), (501, true)]), [(64, true)]);
        assert_eq!(
            run(&[(-900, true), (900, true), (500, true), (-500, true)]),
            [(50, true)]
        );
    }

    /// Over a gap nobody knows when it crossed, on which side it was stays known.
    #[test]
    fn nothing_is_interpolated_over_a_gap() {
        let push = |crossing: &mut Crossing, at: i64, value: i32| {
            crossing.push(EventTime(at), TenthMillimetres(value), true, TenthMillimetres(500))
        };
        let mut crossing = Crossing::default();
        push(&mut crossing, 0, -900);
        crossing.interrupt();
        assert_eq!(push(&mut crossing, 1_000, 900), None, "not seen on the line");
        assert_eq!(push(&mut crossing, 1_100, -900), Some((EventTime(1_050), false)));
        // On the line before the gap, beyond it after: that it was on the line does not hold any more.
        assert_eq!(push(&mut crossing, 1_200, 100), None);
        crossing.interrupt();
        assert_eq!(push(&mut crossing, 2_000, 900), None);
    }
}
