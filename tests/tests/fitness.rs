//! A real drive: no wrong fix is believed, and of the good ones four in five at least, moving and standing.
use kaoguan_tests::drive::{judged, shares};

#[test]
fn of_a_real_drive_no_wrong_fix_is_believed_and_most_good_ones_are() {
    let Some(epochs) = judged() else { return };
    let [wrong, moving, standing] = shares(&epochs);
    println!(
        "wrong {wrong:?}, moving {moving:?} {:.1} %, standing {standing:?} {:.1} %",
        moving.percent(),
        standing.percent()
    );
    // Four good ones come before the unit knows the time.
    assert_eq!(
        (wrong.all, moving.all, standing.all),
        (20, 543, 452),
        "the recording is another one"
    );
    assert_eq!(wrong.some, 0);
    assert!(
        moving.percent() >= 80.0 && standing.percent() >= 80.0,
        "{moving:?} {standing:?}"
    );
}
