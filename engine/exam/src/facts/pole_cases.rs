//! What a site's watch says of a pole about the entry line.
use super::cases::{beside, by, line, mm10, ms, pole, rig, seen};
use super::*;

/// A pole that was touched before the entry line, and is still within the reach of doubt on it: nothing of before is told; what touches it
/// behind the line is told with its own worst.
#[test]
fn a_touch_before_the_item_is_none_of_it() {
    let near = |touch: i32| Reads::Pole {
        touch: by(touch),
        past: [mm10(0); 2],
        wrong: [mm10(0); 2],
        aside: beside(0),
    };
    for (behind, told) in [(-981, None), (-300, Some(-300))] {
        let mut rig = rig(&[(4, 1, Watch::Crossing, line()), (7, 3, Watch::Pole, pole())]);
        rig.read(1, 0, near(-981));
        rig.read(1, 100, near(50));
        rig.watch.begin();
        let said = [rig.read(1, 200, near(behind)), rig.read(1, 300, near(-981))].concat();
        let expected = told.map(|worst| Fact {
            at: ms(200),
            what: What::Beyond(RoleNo(7), by(worst)),
            sight: seen(200, Aim::Part(1)),
        });
        assert_eq!(said, Vec::from_iter(expected));
    }
}
