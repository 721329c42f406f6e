//! Planks and the contacts of wheels on them.
//!
//! A contact's word counts when it has held, and is told with how far the wheel was inside the deck's ends then. Of one of two
//! bridges it is told of its own wheels only, and of each of them, once it has gone along the deck, whether the contact felt
//! it and where it was seen. Deliberately not here: which of both is believed.
use super::switches::{Change, Switch};
use super::{Out, SiteWatch, Track};
use crate::ground::deck::OnDeck;
use crate::manoeuvre::{Aim, Distance, Fact, Sight, What, Wheel};
use crate::passage::RoleNo;
use crate::syllabus::Reading;
use kaoguan_telemetry::Plank;
use kaoguan_telemetry::units::{EventTime, Micros, TenthMillimetres};
use std::collections::VecDeque;

const WHEELS: [Wheel; 2] = [Wheel::Front, Wheel::Rear];

/// So long a place along the deck is remembered: longer than any contact is debounced.
const REMEMBERED: Micros = Micros(1_600_000);
/// And no more of them: that time at 20 Hz, with the twelve poses between two fixes that a fast sweep looks at.
const DECK_MEMORY: usize = 400;
/// A wheel this far past its deck's end has gone along it; less is trembling on the edge.
const GONE: TenthMillimetres = TenthMillimetres(3_000);

/// How long before it is judged a contact's word may have become true: nothing where the vehicle's own box said it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Lag {
    /// At most.
    pub most: Micros,
    /// At least.
    pub least: Micros,
}

/// The contacts of four wheels: front and rear of the left side (or of the only one), and of the right.
#[derive(Debug, Clone, Default)]
pub struct Contacts([[Switch; 2]; 2]);

impl Contacts {
    /// What those of a side say, front and rear.
    pub fn told_of(&self, side: usize) -> [Option<bool>; 2] {
        self.0[side].each_ref().map(Switch::told)
    }
}

/// Where the wheels were inside a deck's ends, lately.
#[derive(Debug, Clone, Default)]
pub struct Memory(VecDeque<(EventTime, [Option<Distance>; 2])>);

impl Memory {
    /// Remembers a place; those of too long ago are forgotten.
    pub fn keep(&mut self, at: EventTime, inside: [Option<Distance>; 2]) {
        while self.0.len() == DECK_MEMORY || self.0.front().is_some_and(|(then, _)| at - *then > REMEMBERED) {
            self.0.pop_front();
        }
        self.0.push_back((at, inside));
    }
    /// Forgets all.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// How far a wheel was inside the deck's ends, and when it was seen so.
    pub(super) fn inside(&self, wheel: Wheel, at: EventTime) -> Option<(Distance, EventTime)> {
        let memory = &self.0;
        let before = memory.iter().rev().find(|(when, ..)| *when <= at).or(memory.front())?;
        let after = memory.iter().find(|(when, ..)| *when > at).unwrap_or(before);
        let inside = before.1[wheel as usize]?;
        let (value, next) = (i64::from(inside.value.0), i64::from(after.1[wheel as usize]?.value.0));
        let seen = at.max(before.0).min(after.0);
        let (part, span) = ((seen - before.0).0, (after.0 - before.0).0);
        let gone = ((next - value) * part).checked_div(span).unwrap_or_default();
        let value = TenthMillimetres((value + gone) as i32);
        Some((Distance { value, ..inside }, seen))
    }
}

/// One of two bridges.
#[derive(Debug, Clone, Default)]
pub struct SideTrack {
    memory: Memory,
    along: [Option<Along>; 2],
}

/// A wheel on its way along its deck.
#[derive(Debug, Clone, Copy)]
struct Along {
    /// Its contact was heard at every place, and felt the deck at one.
    heard: bool,
    felt: bool,
    /// Where it was best inside the deck's sides.
    best: Option<(EventTime, Distance)>,
}

impl SideTrack {
    /// Takes where the wheels are and what their contacts say; tells of each that has gone along the deck.
    pub fn push(
        &mut self,
        at: EventTime,
        wheels: [Option<OnDeck>; 2],
        told: [Option<bool>; 2],
        role: RoleNo,
        no: u16,
        out: Out<'_>,
    ) {
        self.memory.keep(at, wheels.map(|wheel| wheel.map(|on| on.along)));
        for (i, wheel) in WHEELS.into_iter().enumerate() {
            let Some(on) = wheels[i] else { continue };
            if let Some((felt, (seen, inside))) = go(&mut self.along[i], at, on, told[i]) {
                let what = What::OverDeck(role, wheel, felt, inside);
                let on = Aim::Part(no);
                out(Fact {
                    at,
                    what,
                    sight: Sight { at: seen, on },
                });
            }
        }
    }
}

type Gone = (Option<bool>, (EventTime, Distance));

/// Follows one wheel from before the deck to behind it.
fn go(along: &mut Option<Along>, at: EventTime, on: OnDeck, told: Option<bool>) -> Option<Gone> {
    if on.past.0 < 0 {
        *along = Some(Along {
            heard: true,
            felt: false,
            best: None,
        });
        return None;
    }
    if on.before < -GONE {
        let gone = along.take()?;
        return Some((gone.heard.then_some(gone.felt), gone.best?));
    }
    let along = along.as_mut().filter(|_| on.before.0 >= 0)?;
    along.heard &= told.is_some();
    along.felt |= told == Some(true);
    if along.best.is_none_or(|(_, best)| on.inside.value > best.value) {
        along.best = Some((at, on.inside));
    }
    None
}

impl SiteWatch {
    /// The plank contacts' word.
    pub fn contact(&mut self, at: EventTime, lag: Lag, plank: &Plank, knobs: &Reading, out: Out<'_>) {
        let said = [[plank.front, plank.rear], [plank.front_right, plank.rear_right]];
        for (side, said) in said.into_iter().enumerate() {
            for (wheel, on) in WHEELS.into_iter().zip(said) {
                let Some(on) = on else { continue };
                let changed = self.contacts.0[side][wheel as usize].push(at, on, knobs.signal_hold);
                if let Some(change) = changed {
                    self.tell(side, wheel, change, lag, out);
                }
            }
        }
    }

    /// Forgets what a contact said that has said nothing for longer than `gap`, and tells its deck; says whether there was one.
    pub fn miss_contacts(&mut self, at: EventTime, gap: Micros, out: Out<'_>) -> bool {
        let mut any = false;
        for (side, no) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
            if self.contacts.0[side][no].forget_unsaid(at, gap).is_some() {
                any = true;
                self.tell_unsaid(at, side, WHEELS[no], out);
            }
        }
        any
    }

    fn tell_unsaid(&self, at: EventTime, side: usize, wheel: Wheel, out: Out<'_>) {
        for watched in &self.watched {
            match watched.track {
                Track::Deck(_) if side == 0 => out(Fact::new(at, What::ContactUnsaid(wheel))),
                Track::SideDeck(_) if side == watched.side => {
                    out(Fact::new(at, What::OnDeckUnsaid(watched.role, wheel)));
                }
                _ => {}
            }
        }
    }

    /// What the contacts say already: to whoever begins now.
    pub fn contacts_told(&self, at: EventTime, out: Out<'_>) {
        for (side, contacts) in self.contacts.0.iter().enumerate() {
            for (wheel, told) in WHEELS.into_iter().zip(contacts.iter().map(Switch::told)) {
                let Some(on) = told else { continue };
                let (first, since) = (at, at);
                self.tell(side, wheel, Change { on, first, since }, Lag::default(), out);
            }
        }
    }

    /// A contact that has changed is told to the only deck by the left ones, and to each of two by its own.
    fn tell(&self, side: usize, wheel: Wheel, Change { on, first, since }: Change, lag: Lag, out: Out<'_>) {
        let (first, since) = (first - lag.most, since - lag.least);
        for watched in &self.watched {
            let memory = match &watched.track {
                Track::Deck(memory) if side == 0 => memory,
                Track::SideDeck(track) if side == watched.side => &track.memory,
                _ => continue,
            };
            let (Some((early, _)), Some((late, seen))) = (memory.inside(wheel, first), memory.inside(wheel, since))
            else {
                continue;
            };
            let inside = late.or_anywhere_to(early);
            let what = match watched.track {
                Track::Deck(_) => What::Contact(wheel, on, inside),
                _ => What::OnDeck(watched.role, wheel, on, inside),
            };
            let on = Aim::Wheel(watched.no, wheel);
            out(Fact {
                at: since,
                what,
                sight: Sight { at: seen, on },
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// At 2 m/s, with swept poses each 25 ms: where a wheel was 1.5 s ago is known, what was two seconds ago is forgotten, and
    /// whoever stands for long keeps no more than there is room for.
    #[test]
    fn a_place_is_remembered_by_its_time() {
        let mut memory = Memory::default();
        let inside = |at: i64| Distance::of(TenthMillimetres((at / 50) as i32), TenthMillimetres(120));
        for at in (0..=4_000_000).step_by(25_000) {
            memory.keep(EventTime(at), [Some(inside(at)), None]);
        }
        let (then, seen) = memory
            .inside(Wheel::Front, EventTime(2_510_000))
            .expect("it is remembered");
        assert_eq!((then.value.0, seen.0), (50_200, 2_510_000));
        let (oldest, seen) = memory
            .inside(Wheel::Front, EventTime(2_000_000))
            .expect("the oldest one");
        assert_eq!((oldest.value.0, seen.0), (48_000, 2_400_000));
        for at in 4_000_001..4_001_000 {
            memory.keep(EventTime(at), [None, None]);
        }
        assert_eq!(memory.0.len(), DECK_MEMORY);
    }
}
