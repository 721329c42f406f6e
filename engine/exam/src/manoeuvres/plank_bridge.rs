//! 通过单边桥: both wheels of two over one plank, the left wheels of more over the left one and then the right wheels over the
//! right one, without a wheel missing its plank or dropping off it.
//!
//! Twenty centimetres of plank cannot be judged by satellites alone, so the plank's contacts speak, and the position only
//! says whether the wheel was between the deck's ends when its contact went. A drop is counted once and re-armed when
//! both wheels are back on; of two planks when the wheel that fell is. Without contacts the rules go to the examiner.
//!
//! Of two planks each wheel is heard once it has gone along its own. A contact that never felt the plank is believed where the
//! wheel may have been beside it, and asked about where it was seen on it. Of a wheel without a contact the position decides
//! what it proves, that the wheel was beside the plank all the way; the rest is asked. Which wheels are whose follows from
//! the vehicle's file: the outermost on the left and on the right, and what runs in the middle has no plank.
//!
//! A contact is a witness of what it said: that it went off tells of a drop only where it was heard to be on before, and one
//! that is on when it is first heard, where no deck is, sticks; a person says what happened to its wheel. One that felt the plank
//! while its wheel was seen beside it is asked about too.
//!
//! Deliberately not here: the gear (二挡以上), which is how it is done and no rule of the list; the examiner sees it.
use crate::manoeuvre::{Distance, Fact, Manoeuvre, Role, Sheet, Watch, What, Wheel};
use crate::syllabus::LimitReader;
use kaoguan_telemetry::units::{EventTime, Micros, TenthMillimetres};

crate::faults! {
    /// 通过单边桥 faults.
    PlankFault {
        /// 其中有一车轮未上桥
        WheelMissed = "wheel_missed",
        /// 已驶上桥面，在行驶中出现车轮掉下桥面
        WheelDropped = "wheel_dropped",
        /// 其中有一车轮未上桥 (of two planks)
        WheelBeside = "wheel_beside",
        /// 已驶上桥面，在行驶中出现车轮掉下桥面 (of two planks)
        WheelFell = "wheel_fell",
        /// 中途停车
        Stopped = "stopped",
        /// 不按规定路线、顺序行驶
        WrongRoute = "wrong_route",
    }
}
use PlankFault as Wrong;

/// Parts of the plank bridge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlankPart {
    /// Entry line.
    Entry,
    /// Exit line.
    Exit,
    /// The only deck.
    Deck,
    /// The left wheels' deck.
    Left,
    /// The right wheels' deck.
    Right,
    /// Deck and ramps as a surface.
    Profile,
}

/// Limits of the plank bridge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Uncertainty of a duration.
    pub time_u: Micros,
    /// A wheel that leaves its contact not farther inside the deck's ends than this may be riding on or off, and one that is not
    /// farther off them may be on it.
    pub end: TenthMillimetres,
}

impl Limits {
    /// No wheel that is so far inside the deck's ends is on it.
    fn is_off_the_deck(self, inside: Distance) -> bool {
        inside.value < -self.end
    }
}

/// What is known of a wheel's contact since the item began.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Contact {
    /// What it says; `None` as long as nobody hears it.
    says: Option<bool>,
    /// It came on.
    been: bool,
    /// Its first word was that it is on, where no deck is: it sticks, and is no witness any more.
    sticks: bool,
    /// Some of what it had to say nobody heard.
    missed: bool,
}

impl Contact {
    fn hear(&mut self, (_, on, inside): Word, limits: Limits) {
        let (is_first, is_off_the_deck) = (self.says.is_none(), limits.is_off_the_deck(inside));
        self.missed |= is_first && !is_off_the_deck;
        self.sticks |= is_first && on && is_off_the_deck;
        self.been |= on && !self.sticks;
        self.says = Some(on);
    }

    /// It is on, as far as a contact that does not stick can tell.
    fn is_on(&self) -> bool {
        self.says == Some(true) && !self.sticks
    }

    fn unheard(&mut self) {
        (self.says, self.missed) = (None, true);
    }

    /// Whether its silence says that the wheel never was on.
    fn was_never_on(&self) -> bool {
        self.says.is_some() && !self.been && !self.sticks && !self.missed
    }
}

/// Which wheels have fallen off one of two planks and were not back on since.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Fallen {
    front: bool,
    rear: bool,
}

impl Fallen {
    fn any(self) -> bool {
        self.front || self.rear
    }
    fn set(&mut self, wheel: Wheel, fallen: bool) {
        match wheel {
            Wheel::Front => self.front = fallen,
            Wheel::Rear => self.rear = fallen,
        }
    }
}

/// What is remembered between the lines.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ride {
    /// The contacts of the left plank, or of the only one, and of the right plank: front and rear.
    contacts: [[Contact; 2]; 2],
    /// A drop off it was noted and not all wheels have been back on since.
    dropped: Option<EventTime>,
    /// Of the left and the right plank.
    fallen: [Fallen; 2],
    /// A wheel was on one of two planks, or has gone along it.
    of_two: bool,
    /// It has come to rest since the item was told to have begun.
    rests: bool,
}

/// The phases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlankBridge {
    /// Before the entry line.
    Before,
    /// Between the lines.
    Riding(Ride),
    /// Over the exit line.
    Done,
}

impl Manoeuvre for PlankBridge {
    const NAME: &'static str = "plank_bridge";
    type Part = PlankPart;
    type Fault = Wrong;
    type Limits = Limits;
    const ROLES: &'static [Role<PlankPart>] = &[
        Role::one("entry_line", PlankPart::Entry, &[Watch::Crossing]),
        Role::one("exit_line", PlankPart::Exit, &[Watch::Crossing]),
        at_most_one("deck", PlankPart::Deck, &[Watch::Deck]),
        at_most_one("deck_left", PlankPart::Left, &[Watch::SideDeck]),
        at_most_one("deck_right", PlankPart::Right, &[Watch::SideDeck]),
        Role::some("profile", PlankPart::Profile, 2, &[Watch::Nothing]),
    ];
    const BEGIN: Self = PlankBridge::Before;

    fn limits(reader: &mut LimitReader<'_>) -> Limits {
        Limits {
            time_u: reader.micros("time_u"),
            end: reader.rule_distance("wheel_dropped"),
        }
    }

    fn begins(what: What<PlankPart>) -> bool {
        matches!(what, What::Crossed(PlankPart::Entry, Wheel::Front))
    }

    fn step(self, fact: Fact<PlankPart>, limits: Limits, sheet: &mut Sheet) -> Self {
        use PlankBridge::*;
        let at = fact.at;
        match (self, fact.what) {
            (Before, What::Crossed(PlankPart::Entry, Wheel::Front)) => Riding(Ride::default()),
            (Riding(ride), What::Stopped) => Riding(Ride { rests: true, ..ride }),
            (Riding(ride), What::Contact(wheel, on, inside)) => {
                Riding(ride.felt(at, (wheel, on, inside), limits, sheet))
            }
            (Riding(ride), What::OnDeck(deck, wheel, on, inside)) => {
                Riding(ride.felt_by(deck, at, (wheel, on, inside), limits, sheet))
            }
            (Riding(ride), What::OverDeck(deck, wheel, felt, inside)) => {
                let contact = ride.contacts[side(deck)][wheel as usize];
                went_along(at, felt.filter(|_| !contact.sticks), inside, sheet);
                Riding(Ride { of_two: true, ..ride })
            }
            (Riding(mut ride), What::Unheard) => {
                ride.contacts.as_flattened_mut().iter_mut().for_each(Contact::unheard);
                Riding(ride)
            }
            (Riding(Ride { rests: true, .. }), What::MovedOff(stood)) => {
                sheet.time(at, Wrong::Stopped, stood, limits.time_u);
                self
            }
            (Riding(ride), What::Crossed(PlankPart::Exit, Wheel::Rear)) => {
                ride.judge(at, sheet);
                Done
            }
            (Riding(_), What::LeftGround) => {
                sheet.fault(at, Wrong::WrongRoute);
                Done
            }
            (phase, _) => phase,
        }
    }

    fn is_done(self) -> bool {
        self == PlankBridge::Done
    }
}

/// A role that one of the two kinds of bridge has: which, the course's own checks know.
const fn at_most_one(name: &'static str, part: PlankPart, watch: &'static [Watch]) -> Role<PlankPart> {
    Role {
        name,
        part,
        count: 0..=1,
        watch,
    }
}

/// A contact's word: which wheel, on or off, how far inside the deck's ends.
type Word = (Wheel, bool, Distance);

impl Ride {
    /// The only plank's contact.
    fn felt(mut self, at: EventTime, word: Word, limits: Limits, sheet: &mut Sheet) -> Ride {
        let [contacts, _] = &mut self.contacts;
        let (wheel, on, inside) = word;
        let was_on = contacts[wheel as usize].is_on();
        contacts[wheel as usize].hear(word, limits);
        if on {
            let all_on = contacts.iter().all(Contact::is_on);
            self.dropped = self.dropped.filter(|_| !all_on);
            return self;
        }
        if self.dropped.is_none() {
            went_off(at, Wrong::WheelDropped, was_on, inside, limits, sheet);
        }
        let fell = inside.value > limits.end;
        self.dropped = self.dropped.or(fell.then_some(at));
        self
    }

    /// The contact of one of two planks.
    fn felt_by(mut self, deck: PlankPart, at: EventTime, word: Word, limits: Limits, sheet: &mut Sheet) -> Ride {
        let (wheel, on, inside) = word;
        let contact = &mut self.contacts[side(deck)][wheel as usize];
        let was_on = contact.is_on();
        contact.hear(word, limits);
        let fallen = &mut self.fallen[side(deck)];
        if !on && !fallen.any() {
            went_off(at, Wrong::WheelFell, was_on, inside, limits, sheet);
        }
        if on || inside.value > limits.end {
            fallen.set(wheel, !on);
        }
        self.of_two = true;
        self
    }

    /// Over the exit line: of one plank it is known now who never was on it.
    fn judge(self, at: EventTime, sheet: &mut Sheet) {
        let [contacts, _] = self.contacts;
        if self.of_two {
            return;
        }
        // Whoever passes beside it may be on another way.
        let beside = contacts.iter().all(|contact| !contact.been);
        for contact in contacts.iter().filter(|contact| !contact.been) {
            match contact.was_never_on() && !beside {
                true => sheet.fault(at, Wrong::WheelMissed),
                false => sheet.ask(at, Wrong::WheelMissed),
            }
            if contact.sticks {
                sheet.ask(at, Wrong::WheelDropped);
            }
        }
    }
}

/// 0 of the left plank, 1 of the right one.
fn side(deck: PlankPart) -> usize {
    usize::from(deck == PlankPart::Right)
}

/// A contact says that it is off: that its wheel has left the deck is known where it was on before, and elsewhere asked.
fn went_off(at: EventTime, fault: Wrong, was_on: bool, inside: Distance, limits: Limits, sheet: &mut Sheet) {
    if was_on {
        sheet.distance(at, fault, inside);
    } else if !limits.is_off_the_deck(inside) {
        sheet.ask_distance(at, fault, inside);
    }
}

/// A wheel has gone along its own of two planks.
fn went_along(at: EventTime, felt: Option<bool>, inside: Distance, sheet: &mut Sheet) {
    match felt {
        Some(true) if inside.value.0 < 0 => sheet.contradicted(at, Wrong::WheelBeside, inside.opposite()),
        Some(true) => {}
        Some(false) => sheet.touch(at, Wrong::WheelBeside, inside),
        None => {
            sheet.unfelt(at, Wrong::WheelBeside, inside.opposite());
            sheet.ask(at, Wrong::WheelFell);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::check;

    const LIMITS: Limits = Limits {
        time_u: Micros(30_000),
        end: TenthMillimetres(2_000),
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
}
