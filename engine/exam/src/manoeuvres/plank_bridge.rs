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
//! that is on when it is first heard, where no deck is, sticks; one of which words are missing is none for that time; a person says what happened to its wheel. One that felt the plank
//! while its wheel was seen beside it is asked about too.
//!
//! A trailer's wheels have no contact, and no source says whether they must be on the bridges: where the edition says so a person is asked
//! of them, as of any wheel that nobody heard.
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
    /// Whether a trailer's wheels went over the bridges a person says: no source tells whether they must.
    pub asks_trailer: bool,
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
    /// It draws a trailer, whose wheels no bridge is bound to.
    tows: bool,
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
            asks_trailer: reader.says("trailer", "asked"),
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
            (Riding(ride), What::Towing) => Riding(Ride { tows: true, ..ride }),
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
            (Riding(mut ride), What::Unheard(_)) => {
                ride.contacts.as_flattened_mut().iter_mut().for_each(Contact::unheard);
                Riding(ride)
            }
            (Riding(ride), What::ContactUnsaid(wheel)) => Riding(ride.unsaid(0, wheel)),
            (Riding(ride), What::OnDeckUnsaid(deck, wheel)) => Riding(ride.unsaid(side(deck), wheel)),
            (Riding(Ride { rests: true, .. }), What::MovedOff(stood)) => {
                sheet.time(at, Wrong::Stopped, stood, limits.time_u);
                self
            }
            (Riding(ride), What::Crossed(PlankPart::Exit, Wheel::Rear)) => {
                ride.judge(at, sheet);
                if ride.tows && limits.asks_trailer {
                    sheet.ask(at, Wrong::WheelBeside);
                    sheet.ask(at, Wrong::WheelFell);
                }
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
    /// Nothing is heard of a contact of this side any more.
    fn unsaid(mut self, side: usize, wheel: Wheel) -> Ride {
        self.contacts[side][wheel as usize].unheard();
        self
    }

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
mod tests;
