//! The bay shift as scripts: facts in, faults out.
use super::*;
use crate::script::check;
use kaoguan_telemetry::units::Micros;

const LIMITS: Limits = Limits {
    clock: Clock {
        time_u: Micros(30_000),
        asked_after: Some(Micros(491_000_000)),
    },
    in_reach: TenthMillimetres(500),
    moves: 2,
};

/// From the start into B, which it reaches at 40 s.
const IN_B: &str = "0.0 crossed entry_line front
     9.0 crossed control_first front
    10.0 stopped
    13.0 moved_off 2900
    13.0 goes backwards
    13.0 measured control_first -400 u 12
    13.0 measured control_second -29000 u 12
    25.0 crossed_back bay_mouth rear
    25.0 crossed_back bay_b_line rear
    30.0 crossed_back bay_b_line front
    40.0 stopped
    43.0 goes forwards
    43.0 measured bay_a_line 3100 u 12
    43.0 measured bay_b_line -300 u 12
    43.0 measured bay_mouth -8000 u 12";
/// A move of the shift: forwards until it begins to go back with the nose short of the mouth, and back until it stands so
/// far out of A and of B.
fn a_move(at: u32, a: i32, b: i32) -> String {
    format!(
        "{at} goes backwards
         {at} measured bay_a_line 900 u 12
         {at} measured bay_b_line 900 u 12
         {at} measured bay_mouth -250 u 12         -> body_out -250 u 12 ?
         {end} goes forwards
         {end} measured bay_a_line {a} u 12
         {end} measured bay_b_line {b} u 12
         {end} measured bay_mouth -8000 u 12",
        end = at + 10
    )
}

fn shift() -> String {
    // Where it turned to go back it was wholly in B: that is no place where it stood to drive on.
    let on = a_move(60, 1500, 1600).replacen("bay_b_line 900", "bay_b_line -400", 1);
    format!("{on}\n{}", a_move(80, -200, 2900))
}

const OUT: &str = "100.0 crossed bay_b_line front
    110.0 crossed bay_mouth rear";
/// From the other side into A and out again; the first stay is judged as said.
fn second(judged: &str) -> String {
    format!(
        "130.0 goes backwards
         130.0 measured control_first 29000 u 12
         130.0 measured control_second -250 u 12
         145.0 crossed_back bay_mouth rear {judged}
         160.0 goes forwards
         160.0 measured bay_a_line -280 u 12
         160.0 measured bay_b_line 2900 u 12
         160.0 measured bay_mouth -8000 u 12
         175.0 crossed bay_mouth rear"
    )
}
const FINE: &str = "-> not_in -300 u 12, not_in -200 u 12, !wrong_route";
const HOME: &str = "190.0 crossed control_first front -> not_in -280 u 12, too_slow 177000 ms
    195.0 crossed exit_line rear";

fn ride(parts: &[&str]) {
    check::<BayShift>(LIMITS, &parts.join("\n"));
}

#[test]
fn clean() {
    ride(&[IN_B, &shift(), OUT, &second(FINE), HOME, "200.0 pole_hit 20 u 12"]);
}

/// Crooked in B, straightened with the nose out of the bays, out of them on the same side and in again; in A the last
/// centimetres in a third move that begins when it already stood there, and one more on the way out.
#[test]
fn corrections_are_measured_by_their_best() {
    let crooked = IN_B.replace("bay_b_line -300", "bay_b_line 400");
    let straightened = "45.0 goes backwards
        45.0 measured bay_a_line 3100 u 12
        45.0 measured bay_b_line 800 u 12
        45.0 measured bay_mouth 1200 u 12
        46.0 goes forwards
        46.0 measured bay_a_line 3100 u 12
        46.0 measured bay_b_line 300 u 12
        47.0 crossed bay_a_line front
        48.0 crossed bay_mouth rear
        49.0 goes backwards
        49.0 measured control_first 9000 u 12
        49.0 measured control_second 20000 u 12
        50.0 crossed_back bay_mouth rear
        52.0 goes forwards
        52.0 measured bay_a_line 3100 u 12
        52.0 measured bay_b_line -60 u 12";
    let settled = "92.0 goes backwards
        92.0 measured bay_mouth 300 u 12
        94.0 goes forwards
        94.0 measured bay_a_line -90 u 12
        94.0 measured bay_b_line 2900 u 12";
    let judged = "-> not_in -60 u 12, not_in -200 u 12, !wrong_route";
    // Surely since the reversing that led in for good.
    let home = HOME.replace("177000", "141000");
    ride(&[&crooked, straightened, &shift(), settled, OUT, &second(judged), &home]);
}

#[test]
fn a_third_move_is_asked() {
    let third = format!(
        "{}\n{}\n{}",
        a_move(60, 2200, 900),
        a_move(72, 1000, 2000),
        a_move(84, -200, 2900)
    );
    let judged = "-> not_in -300 u 12, not_in -200 u 12, wrong_route ?";
    ride(&[IN_B, &third, OUT, &second(judged), HOME]);
}

/// Its nose was out of the bays while it shifted: 300 mm.
#[test]
fn a_nose_out_of_the_bays_in_the_shift_is_asked() {
    let far = a_move(60, 1500, 1600).replace("-250 u 12", "300 u 12");
    ride(&[IN_B, &far, &a_move(80, -200, 2900), OUT, &second(FINE), HOME]);
}

#[test]
fn out_of_a_by_its_own_mouth_is_asked() {
    let out = OUT.replace("bay_b_line", "bay_a_line");
    let judged = "-> not_in -300 u 12, not_in -200 u 12, wrong_route ?";
    ride(&[IN_B, &shift(), &out, &second(judged), HOME]);
}

#[test]
fn not_in_is_weighed_in_b_in_a_and_at_the_end() {
    let b = IN_B.replace("bay_b_line -300", "bay_b_line 90");
    let a = format!("{}\n{}", a_move(60, 1500, 1600), a_move(80, 120, 2900)).replace("-> body_out -250 u 12 ?", "");
    let last = second("-> not_in 90 u 12, not_in 120 u 12").replace("bay_a_line -280", "bay_a_line 70");
    ride(&[&b, &a, OUT, &last, &HOME.replace("not_in -280", "not_in 70")]);
}

/// Out of B without a shift; into A from the start; A first and B after it.
#[test]
fn whoever_leaves_out_a_bay_or_turns_the_order_round_took_a_wrong_route() {
    let judged = "-> wrong_route, !not_in";
    ride(&[IN_B, OUT, &second(judged), HOME]);
    let into_a = IN_B
        .replace("bay_a_line 3100", "bay_a_line -300")
        .replace("bay_b_line -300", "bay_b_line 3100");
    ride(&[&into_a, OUT, &second(judged), HOME]);
    let back_to_b = a_move(60, 3100, -300).replace("-> body_out -250 u 12 ?", "");
    ride(&[&into_a, &back_to_b, OUT, &second(judged), HOME]);
}

/// On its way out of A through B it corrects once, and turns round wholly in B: it has been in A all the same.
#[test]
fn who_stands_in_b_once_more_on_the_way_out_has_been_in_a() {
    let once_more = "100.0 goes backwards
        104.0 goes forwards
        104.0 measured bay_a_line 3000 u 12
        104.0 measured bay_b_line -100 u 12";
    let out = OUT.replace("100.0", "106.0");
    ride(&[IN_B, &shift(), once_more, &out, &second(FINE), HOME]);
    // As near to A as the receiver can tell, not within the reach.
    let near = format!("{}\n{}", a_move(60, 1500, 1600), a_move(80, 55, 2900));
    let near_a = FINE.replace("not_in -200", "not_in 55");
    ride(&[IN_B, &near, once_more, &out, &second(&near_a), HOME]);
    // It was not wholly in B before: whether it began anew there a person says.
    let crooked = IN_B.replace("bay_b_line -300", "bay_b_line 60");
    let shift = shift().replace("-> body_out -250 u 12 ?", "");
    let judged = "-> not_in -100 u 12, not_in -200 u 12, wrong_route ?";
    ride(&[&crooked, &shift, once_more, &out, &second(judged), HOME]);
}

/// The tail was in and out again before any turn was told.
#[test]
fn what_nobody_saw_of_a_stay_is_asked() {
    let seen = IN_B.split_once("40.0").expect("it stops").0;
    ride(&[seen, OUT, &second("-> not_in ?"), HOME]);
    let last = second(FINE)
        .replace("160.0 goes forwards", "")
        .replace("160.0 measured bay_a_line -280 u 12", "");
    ride(&[
        IN_B,
        &shift(),
        OUT,
        &last,
        &HOME.replace("not_in -280 u 12", "not_in ?"),
    ]);
}

/// Forwards into the bay, and backwards out of it.
#[test]
fn nose_first_is_a_wrong_route() {
    ride(&["0.0 crossed entry_line front
         13.0 goes backwards
         14.0 goes forwards
         25.0 crossed_back bay_mouth rear
         30.0 goes backwards
         40.0 crossed bay_mouth rear               -> wrong_route
         50.0 left_ground"]);
}

#[test]
fn lines_poles_and_stops_are_weighed() {
    ride(&["-1.0 beyond edge_left 80 u 12
          0.0 crossed entry_line front
          0.2 went_on 20000
          1.0 beyond edge_left -10 u 12            -> body_out -10 u 12
          2.0 beyond edge_left 80 u 12             -> body_out 80 u 12
          3.0 beyond bay_line 70 u 12              -> body_out 70 u 12
          3.5 beyond pole -60 u 12                 -> pole_touched -60 u 12
          3.6 pole_hit 20 u 12                     -> pole_touched touch 20 u 12
          4.0 stopped
          7.0 moved_off 3000
          7.0 went_on 3000                         -> stopped 3000 ms
          7.5 went_on 1900                         -> stopped 1900 ms
          9.0 pole_shaken 20 u 12                  -> pole_touched ?"]);
    ride(&["-3.0 pole_hit 20 u 12\n 0.0 crossed entry_line front"]);
}

/// From the reversing that led in, at 13 s. Whoever stands on the line when it is over may be past it.
#[test]
fn time_runs_from_the_first_reversing_to_the_start_line() {
    let late = "503.9 tick
        504.1 tick -> too_slow ?
        510.0 crossed control_first front -> not_in -280 u 12, too_slow 497000 ms
        515.0 crossed exit_line rear";
    ride(&[IN_B, &shift(), OUT, &second(FINE), late]);
}

/// The tail of a long vehicle is over the exit line only when its wheels have left the ground.
#[test]
fn home_is_home() {
    let home = HOME.replace("crossed exit_line rear", "left_ground -> !wrong_route");
    ride(&[IN_B, &shift(), OUT, &second(FINE), &home]);
}

/// After the first stay, after the second, in the bays, without any.
#[test]
fn who_leaves_before_the_end_took_a_wrong_route() {
    let after_first = format!("{IN_B}\n{}\n{OUT}", shift());
    let after_second = format!("{after_first}\n{}", second(FINE));
    for (before, judged) in [
        ("0.0 crossed entry_line front", ""),
        (IN_B, ""),
        (after_first.as_str(), "not_in -300 u 12, not_in -200 u 12, "),
        (after_second.as_str(), "not_in -280 u 12, "),
    ] {
        for end in ["crossed exit_line rear", "left_ground"] {
            ride(&[
                before,
                &format!("180.0 {end} -> {judged}wrong_route\n 190.0 left_ground"),
            ]);
        }
    }
}

/// 50 mm out is in, and begins the shift anew; as far out of both it stood in B.
#[test]
fn the_reach_itself_belongs_to_the_bay() {
    let by = |tenths: i32| Distance::of(TenthMillimetres(tenths), TenthMillimetres(120));
    for (out, moves) in [(500, 0), (501, 2)] {
        let mut stay = Stay { moves: 2, ..Stay::NONE };
        stay.stood_in_b(by(out), LIMITS);
        assert_eq!((stay.moves, stay.in_b(LIMITS)), (moves, moves == 0));
        stay.a = Some(by(out));
        assert_eq!(stay.in_a(LIMITS), moves == 0);
    }
    let mut stay = Stay::NONE;
    stay.of_a = Some(by(700));
    stay.stood(by(700), LIMITS);
    assert_eq!((stay.b, stay.a), (Some(by(700)), None));
}

/// Into A, straightened there, and out: it never was nearer to B. Out of B by A's mouth without a shift: it is charged, not asked.
#[test]
fn one_bay_alone_is_no_shift() {
    let into_a = IN_B
        .replace("bay_a_line 3100", "bay_a_line -300")
        .replace("bay_b_line -300", "bay_b_line 3100");
    let straightened = a_move(60, -320, 3100).replace("-> body_out -250 u 12 ?", "");
    let judged = "-> wrong_route, !not_in";
    ride(&[&into_a, &straightened, OUT, &second(judged), HOME]);
    ride(&[IN_B, &OUT.replace("bay_b_line", "bay_a_line"), &second(judged), HOME]);
}

/// Out of the bays once more; the reversing that leads in again is told behind the mouth, and is no move of the shift.
#[test]
fn the_way_in_is_no_move_however_late_it_is_told() {
    let again = "46.0 crossed bay_mouth rear
        50.0 crossed_back bay_mouth rear
        49.9 goes backwards
        52.0 goes forwards
        52.0 measured bay_a_line 2900 u 12
        52.0 measured bay_b_line 900 u 12";
    let home = HOME.replace("177000", "140100");
    ride(&[IN_B, again, &shift(), OUT, &second(FINE), &home]);
}

/// Far nearer to the second line than to the first it comes from the other side; at half the way or more it does not.
#[test]
fn from_the_other_side_is_less_than_half_as_far() {
    for (second, judged) in [(400, FINE), (499, FINE), (500, ""), (900, "")] {
        let again = format!(
            "130.0 goes backwards
             130.0 measured control_first 1000 u 12
             130.0 measured control_second {second} u 12
             145.0 crossed_back bay_mouth rear {judged}"
        );
        ride(&[IN_B, &shift(), OUT, &again]);
    }
}
