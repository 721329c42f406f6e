//! The hill start as scripts: facts in, faults out.
use super::*;
use crate::script;

const LIMITS: Limits = Limits {
    start_deadline: Micros(31_000_000),
    start_told: Micros(3_000_000),
    time_u: Micros(30_000),
    blink: Blink::OF_A_SECOND,
};

/// With the parking brake pulled and the left lamp lit from the beginning: these cases are about the rest.
fn check(script: &str) {
    script::check::<HillStart>(
        LIMITS,
        &format!("-9.0 signal parking_brake on\n -9.0 signal lamp_left on\n {script}"),
    );
}

#[test]
fn clean() {
    check(
        " 0.0 crossed entry_line front
          4.0 stopped
          4.0 measured pole_line -150 u 12
          4.0 measured edge_right 150 u 15
          8.0 moved_off 4000                -> start_too_slow 4000 ms
         12.0 crossed exit_line rear        -> axle_far_from_line -150 u 12, axle_off_line -150 u 12, \
body_far_from_edge 150 u 15, body_off_edge 150 u 15",
    );
}

#[test]
fn rolls_back() {
    check(
        " 0.0 crossed entry_line front
          4.0 stopped
          8.0 moved_off 4000                -> start_too_slow 4000 ms
          9.0 rolled_back 320 u 10          -> rolled_back_far 320 u 10, rolled_back 320 u 10
         12.0 crossed exit_line rear
         13.0 rolled_back 900 u 10",
    );
}

#[test]
fn stands_too_long_and_is_charged_once() {
    check(
        " 0.0 crossed entry_line front
          4.0 stopped
         37.9 tick
         38.1 tick                          -> start_too_slow 31000 ms
         40.0 moved_off 36000
         44.0 crossed exit_line rear",
    );
}

#[test]
fn a_second_stop_behind_the_line_is_timed_and_not_measured() {
    check(
        " 0.0 crossed entry_line front
          4.0 stopped
          4.0 measured pole_line -150 u 12
          8.0 moved_off 4000                -> start_too_slow 4000 ms
          9.0 stopped
          9.0 measured pole_line 300 u 12
         43.1 tick                          -> start_too_slow 31000 ms
         60.0 moved_off 51000
         64.0 crossed exit_line rear        -> axle_far_from_line -150 u 12, axle_off_line -150 u 12",
    );
}

/// Stops at the foot, then on the line: a person says which of them is the stop.
#[test]
fn a_second_stop_on_the_line_leaves_the_first_to_the_examiner() {
    check(
        " 0.0 crossed entry_line front
          1.0 stopped
          1.0 measured pole_line 4000 u 12
          4.0 moved_off 3000                -> start_too_slow 3000 ms
          9.0 stopped
          9.0 measured pole_line -100 u 12
         13.0 moved_off 4000                -> start_too_slow 4000 ms
         16.0 crossed exit_line rear        -> axle_far_from_line 4000 u 12 ?, axle_off_line 4000 u 12 ?",
    );
}

#[test]
fn a_moment_s_stop_is_for_the_examiner_to_say() {
    check(
        " 0.0 crossed entry_line front
          4.0 slowed
          4.3 moved_off 0
          8.0 crossed exit_line rear         -> wrong_route ?",
    );
}

#[test]
fn riding_over_without_a_stop_is_a_wrong_route() {
    check(
        " 0.0 crossed entry_line front
          5.0 crossed exit_line front
          6.0 crossed exit_line rear         -> wrong_route",
    );
}

#[test]
fn leaving_the_ramp_is_a_wrong_route_in_every_phase() {
    for before in [
        "",
        "\n 1.0 stopped",
        "\n 1.0 stopped\n 2.0 moved_off 1000 -> start_too_slow 1000 ms",
    ] {
        check(&format!(
            "0.0 crossed entry_line front{before}\n 9.0 left_ground -> wrong_route"
        ));
    }
}

#[test]
fn wheels_on_the_edge_are_weighed_from_the_entry_on() {
    check(
        "-1.0 beyond edge_left 90 u 9
          0.0 crossed entry_line front
          1.0 beyond edge_left 90 u 9  -> wheel_on_edge 90 u 9
          2.0 beyond edge_right 80 u 9 -> wheel_on_edge 80 u 9",
    );
}

#[test]
fn a_stop_before_the_entry_is_no_stop() {
    check(
        "-2.0 stopped
          0.0 crossed entry_line front
          6.0 crossed exit_line rear         -> wrong_route",
    );
}

/// Pulled while it stood, lit before it moved off and still blinking then.
#[test]
fn the_brake_while_it_stands_and_the_lamp_before_it_starts() {
    for (switches, faults) in [
        (
            "4.1 signal parking_brake on\n 7.0 signal lamp_left on\n 7.2 signal lamp_left off",
            "",
        ),
        ("7.0 signal lamp_left on", "parking_brake"),
        (
            "4.1 signal parking_brake on\n 6.0 signal lamp_left on\n 6.9 signal lamp_left off",
            "lamp",
        ),
        ("4.1 signal parking_brake on\n 7.0 signal lamp_right on", "lamp"),
        ("", "parking_brake, lamp"),
    ] {
        let arrow = if faults.is_empty() { "" } else { " -> " };
        script::check::<HillStart>(
            LIMITS,
            &format!(
                "0.0 crossed entry_line front\n 1.0 signal parking_brake on\n 2.0 signal parking_brake off\n 4.0 stopped\n {switches}\n 8.0 moved_off 4000 -> start_too_slow 4000 ms\n 9.0 signal lamp_left on\n 12.0 crossed exit_line rear{arrow}{faults}"
            ),
        );
    }
}

/// Each distance where it is only just none of the worse fault, and where it is only just one.
#[test]
fn distances_at_their_limits() {
    for (axle, body, back) in [(0, 300, 100), (500, 500, 300), (560, 560, 349), (58, 373, 149)] {
        check(&format!(
            " 0.0 crossed entry_line front
              4.0 stopped
              4.0 measured pole_line {axle} u 12
              4.0 measured edge_right {body} u 12
              8.0 moved_off 4000         -> start_too_slow 4000 ms
              9.0 rolled_back {back} u 10 -> rolled_back_far {back} u 10, rolled_back {back} u 10
              9.5 beyond edge_right 0 u 12 -> wheel_on_edge 0 u 12
             12.0 crossed exit_line rear -> axle_far_from_line {axle} u 12, axle_off_line {axle} u 12, \
body_far_from_edge {body} u 12, body_off_edge {body} u 12, !parking_brake, !lamp, !wrong_route"
        ));
    }
}

#[test]
fn thirty_seconds_are_not_too_long() {
    check(
        " 0.0 crossed entry_line front
          4.0 stopped
         34.0 moved_off 30000 -> start_too_slow 30000 ms
         40.0 crossed exit_line rear",
    );
}

/// Two stops as near as each other: the first is the stop, and nobody is asked.
#[test]
fn a_second_stop_that_is_no_nearer_betters_nothing() {
    check(
        " 0.0 crossed entry_line front
          4.0 stopped
          4.0 measured pole_line -150 u 12
          8.0 moved_off 4000                -> start_too_slow 4000 ms
          9.0 stopped
          9.0 measured pole_line -150 u 12
         11.0 moved_off 2000                -> start_too_slow 2000 ms
         14.0 crossed exit_line rear        -> axle_far_from_line -150 u 12, axle_off_line -150 u 12",
    );
}

/// Charged once, it asks for no time any more.
#[test]
fn the_deadline_is_taken_away_when_it_was_told() {
    let at = |s: i64, what| Fact::new(EventTime(s * 1_000_000), what);
    let mut sheet = Sheet::default();
    let facts = [
        at(0, What::Crossed(HillPart::Entry, Wheel::Front)),
        at(4, What::Stopped),
        at(38, What::Deadline),
    ];
    let told: Vec<_> = facts
        .into_iter()
        .scan(HillStart::BEGIN, |hill, fact| {
            *hill = hill.step(fact, LIMITS, &mut sheet);
            Some(hill.deadline(LIMITS).map(|due| due.0 / 1_000_000))
        })
        .collect();
    assert_eq!(told, [None, Some(38), None]);
}

/// A lamp on the way up is none of the start; what was said before a silence holds nobody.
#[test]
fn what_the_switches_said_elsewhere_does_not_count() {
    for (before, silent) in [("1.5 tick", "2.5 tick"), ("1.5 signal parking_brake on", "2.5 unheard")] {
        script::check::<HillStart>(
            LIMITS,
            &format!(
                "0.0 crossed entry_line front
                 1.0 signal lamp_left on
                 {before}
                 2.0 slowed
                 2.3 moved_off 0
                 2.4 signal lamp_left off
                 {silent}
                 4.0 stopped
                 8.0 moved_off 4000          -> start_too_slow 4000 ms
                12.0 crossed exit_line rear  -> parking_brake, lamp"
            ),
        );
    }
}

/// A roll-back that is told at rest; out over the exit without having been seen to move off; off the ground while it was slow.
#[test]
fn what_is_told_while_it_stands() {
    check(
        " 0.0 crossed entry_line front
          4.0 stopped
          4.0 measured pole_line -150 u 12
          6.0 rolled_back 320 u 10          -> rolled_back_far 320 u 10, rolled_back 320 u 10
         12.0 crossed exit_line rear        -> axle_far_from_line -150 u 12, axle_off_line -150 u 12",
    );
    check(" 0.0 crossed entry_line front\n 3.0 slowed\n 5.0 left_ground -> wrong_route");
}

/// Moving off is told when it is beyond doubt: the lamp counts as it was when it moved off, or by the box's next frame; and one
/// whose wire has failed does not.
#[test]
fn a_start_that_is_told_late_has_the_lamp_of_its_own_moment() {
    for (before, after, said) in [
        ("8.1 signal lamp_left on", "9.0 tick", "!lamp"),
        ("8.2 signal lamp_left on", "9.0 tick", "lamp"),
        ("7.0 tick", "7.96 signal lamp_left on", "!lamp"),
        ("7.0 signal lamp_left on", "8.2 unheard", "!lamp"),
        ("7.0 signal lamp_left on\n 7.5 unsaid lamp_left", "9.0 tick", "lamp"),
    ] {
        script::check::<HillStart>(
            LIMITS,
            &format!(
                "0.0 crossed entry_line front
                 4.0 stopped
                 4.1 signal parking_brake on
                 {before}
                 8.0 moved_off 4000 -> start_too_slow 4000 ms
                 {after}
                 12.0 crossed exit_line rear -> {said}"
            ),
        );
    }
    script::check::<HillStart>(
        LIMITS,
        "-9.0 signal lamp_left on
          0.0 crossed entry_line front
          3.0 signal parking_brake on
          3.5 unsaid parking_brake
          4.0 stopped
          8.0 moved_off 4000          -> start_too_slow 4000 ms
         12.0 crossed exit_line rear  -> parking_brake",
    );
}
