//! The corrections as they stand in a picture: with the rate of the last seconds, and how long ago the last frame came.
use super::client::State;
use std::collections::VecDeque;
use tokio::sync::watch;
use tokio::time::Instant;

/// Looks that the rate is made of: one a second.
const LOOKS: usize = 6;

/// Looks at a client's state.
#[derive(Debug)]
pub struct Look {
    state: watch::Receiver<State>,
    bytes: VecDeque<(Instant, u64)>,
}

impl Look {
    /// At this client's.
    pub fn new(state: watch::Receiver<State>) -> Look {
        Look {
            state,
            bytes: VecDeque::new(),
        }
    }

    /// How they are now; once a second, so that there is a rate.
    pub fn picture(&mut self) -> State {
        let mut state = self.state.borrow().clone();
        let now = Instant::now();
        self.bytes.push_back((now, state.bytes));
        if self.bytes.len() > LOOKS {
            self.bytes.pop_front();
        }
        if let Some((begin, before)) = self.bytes.front().filter(|(begin, _)| *begin < now) {
            let ms = millis(*begin, now).max(1).unsigned_abs();
            state.bytes_per_10_s = state.bytes.saturating_sub(*before).saturating_mul(10_000) / ms;
        }
        state.up_ms = state.up_since.map(|since| millis(since, now));
        state.quiet_ms = state.last_frame.map(|last| millis(last, now));
        state
    }
}

fn millis(from: Instant, to: Instant) -> i64 {
    i64::try_from(to.saturating_duration_since(from).as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[tokio::test(start_paused = true)]
    async fn the_rate_is_that_of_the_last_five_seconds() {
        let (state, seen) = watch::channel(State::default());
        let mut look = Look::new(seen);
        assert_eq!((look.picture().bytes_per_10_s, look.picture().quiet_ms), (0, None));
        for second in 0..20 {
            tokio::time::advance(Duration::from_secs(1)).await;
            state.send_modify(|state| {
                state.bytes += if second < 10 { 100 } else { 300 };
                state.last_frame = Some(Instant::now());
            });
            look.picture();
        }
        tokio::time::advance(Duration::from_millis(700)).await;
        let picture = look.picture();
        assert_eq!(picture.quiet_ms, Some(700));
        // Four seconds of 300 in the last 4.7.
        assert_eq!(picture.bytes_per_10_s, 2_553);
    }
}
