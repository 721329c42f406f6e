//! Pieces of one layer as lines: who draws an edge as line, arc, line means one edge.

/// Ends that are nearer than this are the same point, metres.
const JOIN: f64 = 1e-3;
/// Ends that are nearer than this should have met, metres: nothing on a course is so narrow.
const NEAR: f64 = 0.05;

/// A line of metres east, north and up.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Chain {
    pub points: Vec<[f64; 3]>,
    /// Drawn as closed, or its ends meet; the first point is not repeated.
    pub closed: bool,
}

impl Chain {
    fn ends(&self) -> Option<([f64; 3], [f64; 3])> {
        Some((*self.points.first()?, *self.points.last()?))
    }

    /// How far its ends are apart, metres.
    pub fn gap(&self) -> f64 {
        self.ends().map_or(0.0, |(first, last)| far(first, last))
    }
}

pub(super) fn far(a: [f64; 3], b: [f64; 3]) -> f64 {
    let [e, n, z] = [b[0] - a[0], b[1] - a[1], b[2] - a[2]];
    libm::sqrt(e * e + n * n + z * z)
}

/// Joins pieces that meet end to end; each line runs as its first piece was drawn.
pub(super) fn join(pieces: Vec<Chain>) -> Vec<Chain> {
    let mut left: Vec<Option<Chain>> = pieces.into_iter().map(Some).collect();
    let mut chains = Vec::new();
    for index in 0..left.len() {
        let Some(mut chain) = left.get_mut(index).and_then(Option::take) else {
            continue;
        };
        while !chain.closed && grow(&mut chain, &mut left) {}
        chains.push(chain);
    }
    chains
}

/// Takes one more piece at either end, if one is there.
fn grow(chain: &mut Chain, left: &mut [Option<Chain>]) -> bool {
    let Some((first, last)) = chain.ends() else {
        return false;
    };
    for place in left.iter_mut() {
        let Some((from, to)) = place.as_ref().filter(|piece| !piece.closed).and_then(Chain::ends) else {
            continue;
        };
        let meets = |a, b| far(a, b) <= JOIN;
        let (at_end, turned) = if meets(last, from) {
            (true, false)
        } else if meets(last, to) {
            (true, true)
        } else if meets(first, to) {
            (false, false)
        } else if meets(first, from) {
            (false, true)
        } else {
            continue;
        };
        let Some(mut piece) = place.take() else { continue };
        if turned {
            piece.points.reverse();
        }
        if at_end {
            chain.points.extend(piece.points.into_iter().skip(1));
        } else {
            piece.points.pop();
            piece.points.append(&mut chain.points);
            chain.points = piece.points;
        }
        return true;
    }
    false
}

/// Takes an area's repeated first point away; an area whose ends meet is closed.
pub(super) fn close(chain: &mut Chain) {
    if chain.points.len() > 2 && chain.gap() <= JOIN {
        chain.points.pop();
        chain.closed = true;
    }
}

/// Ends of different lines that nearly meet: where, and how far apart, metres.
pub(super) fn near_misses(chains: &[Chain]) -> Vec<([f64; 3], f64)> {
    let ends: Vec<(usize, [f64; 3])> = chains
        .iter()
        .enumerate()
        .filter(|(_, chain)| !chain.closed)
        .flat_map(|(index, chain)| {
            chain
                .ends()
                .into_iter()
                .flat_map(move |(a, b)| [(index, a), (index, b)])
        })
        .collect();
    let mut found = Vec::new();
    for (index, (chain, end)) in ends.iter().enumerate() {
        for (other, at) in ends.iter().skip(index + 1) {
            let gap = far(*end, *at);
            if chain != other && gap > JOIN && gap < NEAR {
                found.push((*end, gap));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(points: &[(f64, f64)]) -> Chain {
        Chain {
            points: points.iter().map(|(e, n)| [*e, *n, 0.0]).collect(),
            closed: false,
        }
    }

    #[test]
    fn pieces_that_meet_are_one_line_as_its_first_was_drawn() {
        let pieces = vec![
            piece(&[(2.0, 0.0), (3.0, 0.0)]),
            piece(&[(4.0, 1.0), (3.0, 0.000_5)]),
            piece(&[(2.0, 0.0), (0.0, 0.0)]),
            piece(&[(9.0, 9.0), (8.0, 8.0)]),
        ];
        let chains = join(pieces);
        let wanted = piece(&[(0.0, 0.0), (2.0, 0.0), (3.0, 0.0), (4.0, 1.0)]);
        assert_eq!(chains, vec![wanted, piece(&[(9.0, 9.0), (8.0, 8.0)])]);
    }

    #[test]
    fn four_lines_are_an_area_and_three_are_not() {
        let mut four = vec![
            piece(&[(0.0, 0.0), (1.0, 0.0)]),
            piece(&[(1.0, 1.0), (1.0, 0.0)]),
            piece(&[(0.0, 1.0), (1.0, 1.0)]),
            piece(&[(0.0, 1.0), (0.0, 0.0)]),
        ];
        let mut whole = join(four.clone());
        close(&mut whole[0]);
        assert!(
            whole.len() == 1 && whole[0].closed && whole[0].points.len() == 4,
            "{whole:?}"
        );
        four.pop();
        let mut open = join(four);
        close(&mut open[0]);
        assert!(!open[0].closed && open[0].gap() == 1.0);
    }

    #[test]
    fn ends_that_nearly_meet_are_told() {
        let chains = [piece(&[(0.0, 0.0), (1.0, 0.0)]), piece(&[(1.012, 0.0), (2.0, 0.0)])];
        let misses = near_misses(&chains);
        assert!(misses.len() == 1 && (misses[0].1 - 0.012).abs() < 1e-9, "{misses:?}");
        assert_eq!(
            near_misses(&[piece(&[(0.0, 0.0), (1.0, 0.0)]), piece(&[(1.06, 0.0), (2.0, 0.0)])]),
            vec![]
        );
    }
}
