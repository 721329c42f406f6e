//! The plank bridge as scripts: facts in, faults out.
use super::*;
use crate::script::check;

const LIMITS: Limits = Limits {
    time_u: Micros(30_000),
    end: TenthMillimetres(2_000),
    asks_trailer: true,
};
const UP: &str = "
     0.0 crossed entry_line front
     1.0 contact front on 100 u 12
     2.0 contact rear on 100 u 12";

#[test]
fn clean() {
    check::<PlankBridge>(
        LIMITS,
        &format!(
            "{UP}
     3.0 contact front off -50 u 12  -> wheel_dropped -50 u 12
     4.0 contact rear off -50 u 12   -> wheel_dropped -50 u 12
     6.0 crossed exit_line rear"
        ),
    );
}

#[test]
fn one_drop_is_one_fault_until_both_wheels_are_back_on() {
    check::<PlankBridge>(
        LIMITS,
        &format!(
            "{UP}
     2.5 contact rear off 800 u 12   -> wheel_dropped 800 u 12
     2.6 contact front off 400 u 12
     2.7 contact front on 400 u 12
     2.8 contact front off 300 u 12
     2.9 contact front on 300 u 12
     3.0 contact rear on 300 u 12
     3.1 contact rear off 201 u 12   -> wheel_dropped 201 u 12
     6.0 crossed exit_line rear"
        ),
    );
}

/// A front wheel that rides off the end hides no drop of the rear wheel behind it.
#[test]
fn riding_off_is_no_drop() {
    check::<PlankBridge>(
        LIMITS,
        &format!(
            "{UP}
     3.0 contact front off 200 u 12  -> wheel_dropped 200 u 12
     3.4 contact rear off 500 u 12   -> wheel_dropped 500 u 12
     6.0 crossed exit_line rear"
        ),
    );
}

#[test]
fn each_wheel_that_never_was_on_is_a_fault() {
    check::<PlankBridge>(
        LIMITS,
        "0.0 crossed entry_line front
         0.0 contact front off -900 u 12
         0.0 contact rear off -2100 u 12
         1.0 contact front on 100 u 12
         6.0 crossed exit_line rear -> wheel_missed",
    );
    check::<PlankBridge>(
        LIMITS,
        "0.0 crossed entry_line front
         6.0 crossed exit_line rear -> wheel_missed ?, wheel_missed ?",
    );
}

/// The rear contact was never heard; or first where its wheel may be on; or it was not all the way.
#[test]
fn a_wheel_whose_contact_was_not_heard_is_asked() {
    for heard in [
        "",
        "1.5 contact rear off -150 u 12 -> wheel_dropped -150 u 12 ?",
        "0.0 contact rear off -2100 u 12\n 1.5 unheard\n 2.9 contact rear off -300 u 12",
    ] {
        check::<PlankBridge>(
            LIMITS,
            &format!(
                "0.0 crossed entry_line front
                 1.0 contact front on 100 u 12
                 {heard}
                 6.0 crossed exit_line rear -> wheel_missed ?"
            ),
        );
    }
}

/// The box fell silent with both wheels on, and its next word is that the front one is off: nobody heard it fall.
#[test]
fn a_first_word_of_off_is_no_fall() {
    check::<PlankBridge>(
        LIMITS,
        &format!(
            "{UP}
     2.2 unheard
     2.6 contact front off 800 u 12  -> wheel_dropped 800 u 12 ?
     2.6 contact rear on 300 u 12
     6.0 crossed exit_line rear"
        ),
    );
    check::<PlankBridge>(
        LIMITS,
        &format!(
            "{OVER}
     2.2 unheard
     2.6 on_deck deck_left front off 800 u 12    -> wheel_fell 800 u 12 ?
     9.9 crossed exit_line rear"
        ),
    );
}

/// A contact that is made by the ramp too, 400 mm before the deck: it was heard to come on, so it does not stick.
#[test]
fn a_contact_may_come_on_before_the_deck() {
    check::<PlankBridge>(
        LIMITS,
        "0.0 crossed entry_line front
         0.0 contact front off -900 u 12
         0.0 contact rear off -2100 u 12
         1.0 contact front on -400 u 12
         2.0 contact rear on -400 u 12
         2.5 contact rear off 800 u 12   -> wheel_dropped 800 u 12
         6.0 crossed exit_line rear      -> !wheel_missed",
    );
}

/// On since before the entry, a metre and more before the deck: it says nothing about its wheel, before it goes off and after.
#[test]
fn a_contact_that_sticks_is_no_witness() {
    let begun = "0.0 crossed entry_line front
         0.0 contact front on -900 u 12
         0.0 contact rear off -2100 u 12
         2.0 contact rear on 100 u 12";
    check::<PlankBridge>(
        LIMITS,
        &format!("{begun}\n 6.0 crossed exit_line rear -> wheel_missed ?, wheel_dropped ?"),
    );
    check::<PlankBridge>(
        LIMITS,
        &format!("{begun}\n 2.5 contact front off 700 u 12 -> wheel_dropped 700 u 12 ?"),
    );
    check::<PlankBridge>(
        LIMITS,
        "0.0 crossed entry_line front
         0.0 on_deck deck_left rear on -900 u 12
         3.2 over_deck deck_left rear felt -300 u 17  -> wheel_beside unfelt 300 u 17, wheel_fell ?",
    );
}

#[test]
fn a_stop_is_weighed_and_leaving_is_a_wrong_route() {
    check::<PlankBridge>(
        LIMITS,
        "0.0 crossed entry_line front
         1.9 stopped
         2.0 moved_off 2600 -> stopped 2600 ms
         3.0 left_ground    -> wrong_route
         4.0 moved_off 2600",
    );
}

#[test]
fn contacts_before_the_entry_are_nobodys() {
    check::<PlankBridge>(
        LIMITS,
        "-1.0 contact rear off 800 u 12
          0.0 crossed entry_line front",
    );
}

/// Two seconds; a wheel that was on for a moment; off the ground behind the exit.
#[test]
fn at_its_limit_nothing_is_wrong() {
    check::<PlankBridge>(
        LIMITS,
        "0.0 crossed entry_line front
         1.0 contact front on 100 u 12
         1.5 contact rear on 300 u 12
         1.6 contact rear off 200 u 12  -> wheel_dropped 200 u 12
         3.0 stopped
         5.0 moved_off 2000             -> stopped 2000 ms
         5.5 contact front off 0 u 12   -> wheel_dropped 0 u 12
         6.0 crossed exit_line rear     -> !wheel_missed
         7.0 left_ground                -> !wrong_route",
    );
}

const OVER: &str = "
     0.0 crossed entry_line front
     1.0 on_deck deck_left front on 100 u 12
     2.0 on_deck deck_left rear on 100 u 12";

/// A truck: left wheels, then right wheels.
#[test]
fn the_left_wheels_over_the_left_plank_and_the_right_ones_over_the_right() {
    check::<PlankBridge>(
        LIMITS,
        &format!(
            "{OVER}
     3.0 on_deck deck_left front off -50 u 12    -> wheel_fell -50 u 12
     3.2 over_deck deck_left front felt 80 u 17  -> !wheel_beside
     4.0 on_deck deck_left rear off -50 u 12     -> wheel_fell -50 u 12
     4.2 over_deck deck_left rear felt 90 u 17
     6.0 on_deck deck_right front on 20 u 12
     7.0 on_deck deck_right rear on 20 u 12
     8.0 over_deck deck_right front felt 90 u 17
     9.0 over_deck deck_right rear felt 90 u 17
     9.9 crossed exit_line rear"
        ),
    );
}

/// The wheel behind it falls along: one drop; back on, it is another one, and on the other plank as well.
#[test]
fn one_drop_is_one_fault_until_the_wheel_is_back_on() {
    check::<PlankBridge>(
        LIMITS,
        &format!(
            "{OVER}
     2.5 on_deck deck_left front off 800 u 12    -> wheel_fell 800 u 12
     2.7 on_deck deck_left rear off 700 u 12
     2.8 on_deck deck_left front on 600 u 12
     2.9 on_deck deck_left rear on 500 u 12
     3.1 on_deck deck_left rear off 400 u 12     -> wheel_fell 400 u 12
     3.2 over_deck deck_left front felt 80 u 17
     3.3 over_deck deck_left rear felt 80 u 17
     6.0 on_deck deck_right rear on 20 u 12
     6.5 on_deck deck_right rear off 600 u 12    -> wheel_fell 600 u 12
     9.9 crossed exit_line rear"
        ),
    );
}

/// A front wheel that rides off the end hides no drop of the rear wheel behind it.
#[test]
fn riding_off_one_of_two_is_no_drop() {
    check::<PlankBridge>(
        LIMITS,
        &format!(
            "{OVER}
     3.0 on_deck deck_left front off 200 u 12    -> wheel_fell 200 u 12
     3.4 on_deck deck_left rear off 500 u 12     -> wheel_fell 500 u 12
     9.9 crossed exit_line rear"
        ),
    );
}

/// What the contact says and what was seen: beside it both agree, on it a person looks.
#[test]
fn a_wheel_beside_its_plank_is_believed_where_it_may_have_been_there() {
    check::<PlankBridge>(
        LIMITS,
        "0.0 crossed entry_line front
         3.2 over_deck deck_left rear missed -300 u 17  -> wheel_beside touch -300 u 17
         6.2 over_deck deck_right rear missed 95 u 17   -> wheel_beside touch 95 u 17
         7.2 over_deck deck_right rear felt -95 u 17    -> wheel_beside against 95 u 17 ?
         9.9 crossed exit_line rear",
    );
}

/// Nobody heard it: what is proven by the position, and a person for the rest.
#[test]
fn without_a_contact_the_position_speaks_and_the_rest_is_asked() {
    check::<PlankBridge>(
        LIMITS,
        "0.0 crossed entry_line front
         3.2 over_deck deck_left rear unheard -300 u 17 -> wheel_beside unfelt 300 u 17, wheel_fell ?
         6.2 over_deck deck_right rear unheard 95 u 17  -> wheel_beside unfelt -95 u 17, wheel_fell ?
         9.9 crossed exit_line rear",
    );
}

/// Each bridge has its own contacts: what falls off one says nothing of the other, and the left one is the first.
#[test]
fn each_bridge_has_its_side() {
    assert_eq!([side(PlankPart::Left), side(PlankPart::Right)], [0, 1]);
}

/// Exactly as far off the ends as may be is not off them; in the middle of the sides nothing is beside.
#[test]
fn the_ends_and_the_sides_themselves_are_on_it() {
    let at = |value: i32| LIMITS.is_off_the_deck(Distance::of(TenthMillimetres(value), TenthMillimetres(100)));
    assert_eq!([at(-2_000), at(-2_001)], [false, true]);
    check::<PlankBridge>(
        LIMITS,
        "0.0 crossed entry_line front
         3.2 over_deck deck_left rear felt 0 u 17
         9.0 crossed exit_line rear",
    );
}

/// Both contacts say from before the plank on that nobody is on it: whoever passes beside it may be on another way.
#[test]
fn who_passes_beside_it_with_both_wheels_is_asked_about() {
    check::<PlankBridge>(
        LIMITS,
        "0.0 crossed entry_line front
         0.1 contact front off -900 u 12
         0.2 contact rear off -2000 u 12
         9.0 crossed exit_line rear -> wheel_missed ?, wheel_missed ?",
    );
}

/// Of two bridges nobody is said to have missed one: that is known wheel by wheel.
#[test]
fn a_contact_of_one_of_two_bridges_is_no_missed_plank() {
    check::<PlankBridge>(
        LIMITS,
        "0.0 crossed entry_line front
         0.1 on_deck deck_left front off -900 u 12
         9.0 crossed exit_line rear",
    );
}

/// Frames of the rear contact stop while the others come: nobody heard whether its wheel was on, and what it said before is no word of a
/// fall. Of two planks each contact is one of its own.
#[test]
fn a_contact_of_which_words_are_missing_is_no_witness() {
    for (lost, said) in [("", "wheel_missed"), ("1.5 unsaid contact rear", "wheel_missed ?")] {
        check::<PlankBridge>(
            LIMITS,
            &format!(
                "0.0 crossed entry_line front
                 0.0 contact front off -900 u 12
                 0.0 contact rear off -2100 u 12
                 1.0 contact front on 100 u 12
                 {lost}
                 6.0 crossed exit_line rear -> {said}"
            ),
        );
    }
    for (lost, said) in [("front", "wheel_fell 800 u 12 ?"), ("rear", "wheel_fell 800 u 12")] {
        check::<PlankBridge>(
            LIMITS,
            &format!(
                "{OVER}
     2.2 unsaid on_deck deck_left {lost}
     2.3 unsaid on_deck deck_right front
     2.6 on_deck deck_left front off 800 u 12    -> {said}
     9.9 crossed exit_line rear"
            ),
        );
    }
}

/// The tractor is over both bridges: of the trailer's wheels a person is asked, unless the edition frees them, or nothing is drawn.
#[test]
fn a_trailers_wheels_are_asked_about() {
    let free = Limits {
        asks_trailer: false,
        ..LIMITS
    };
    for (limits, tows, said) in [
        (LIMITS, "towing", "wheel_beside ?, wheel_fell ?"),
        (LIMITS, "tick", "!wheel_beside, !wheel_fell"),
        (free, "towing", ""),
    ] {
        check::<PlankBridge>(
            limits,
            &format!("{OVER}\n 0.1 {tows}\n 9.9 crossed exit_line rear -> {said}"),
        );
    }
}
