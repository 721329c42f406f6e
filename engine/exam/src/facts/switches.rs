//! Signals and contacts: what a switch says counts when it has said it long enough. No single frame decides anything.
use kaoguan_telemetry::units::{EventTime, Micros};

/// One switch.
#[derive(Debug, Clone, Copy, Default)]
pub struct Switch {
    told: Option<bool>,
    coming: Option<(bool, EventTime)>,
}

impl Switch {
    /// Takes what the switch says; says when it changed, once the change has held for `hold` and been seen twice.
    pub fn push(&mut self, at: EventTime, on: bool, hold: Micros) -> Option<(EventTime, bool)> {
        if self.told == Some(on) {
            self.coming = None;
            return None;
        }
        match self.coming {
            Some((coming, since)) if coming == on => {
                if at - since < hold {
                    return None;
                }
                self.told = Some(on);
                self.coming = None;
                Some((since, on))
            }
            _ => {
                self.coming = Some((on, at));
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(rows: &[(i64, bool)]) -> Vec<(i64, bool)> {
        let mut switch = Switch::default();
        let hold = Micros(150);
        rows.iter()
            .filter_map(|(at, on)| switch.push(EventTime(*at), *on, hold))
            .map(|(at, on)| (at.0, on))
            .collect()
    }

    #[test]
    fn a_change_counts_from_its_first_frame_once_it_held() {
        assert_eq!(
            run(&[
                (0, true),
                (100, true),
                (200, true),
                (300, false),
                (400, false),
                (500, false)
            ]),
            [(0, true), (300, false)]
        );
    }

    #[test]
    fn one_odd_frame_is_nothing() {
        assert_eq!(
            run(&[
                (0, true),
                (200, true),
                (300, false),
                (400, true),
                (500, true),
                (900, false)
            ]),
            [(0, true)]
        );
    }
}
