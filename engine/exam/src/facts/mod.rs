//! The observer: compares footprint and course and speaks when something changes or is asked for.
//!
//! It knows no phases, no limits of the law and no points. A violation is counted once and re-armed when all is clear; a
//! crossing is told when it is beyond doubt and dated by interpolation; a switch counts when it has held.
#[cfg(test)]
mod cases;
pub mod crossing;
pub mod deck;
#[cfg(test)]
mod deck_cases;
pub mod excursion;
pub mod felt;
pub mod motion;
pub mod pace;
#[cfg(test)]
mod pole_cases;
pub mod switches;
pub mod way;

use crate::budget::Budget;
use crate::ground::gauge::{Gauge, Reads, When, Yard};
use crate::ground::outline::Outline;
use crate::ground::pose::{Mark, Pose};
use crate::manoeuvre::{Aim, Distance, Fact, Sight, Watch, What, Wheel};
use crate::passage::RoleNo;
use crate::scene::Arrow;
use crate::syllabus::{Doubt, Reading};
use crossing::Crossing;
use deck::{Contacts, Memory, SideTrack};
use excursion::{Excursion, Over};
use kaoguan_telemetry::units::{EventTime, Micros, TenthMillimetres};
use pace::Paces;
use std::collections::VecDeque;

/// A pole's sensor tells of a hit within this time: it must shake, be heard by radio, and wait for the box's next frame
/// (facts, sensors 11: frames each 100 ms; the radio's delay is assumed).
const HIT_LATE: Micros = Micros::from_secs(1);
/// Distances to a pole that are remembered: that time at 20 Hz, and the poses between that a fast sweep looks at.
const POLE_MEMORY: usize = 240;
/// Whoever is so far from a site that its parts are not measured is farther than this from each of them.
const AWAY: TenthMillimetres = TenthMillimetres(10_000);
/// A wheel this far before a pole will pass it anew; less is trembling beside it.
const CLEARLY_BEFORE: TenthMillimetres = TenthMillimetres(3_000);

impl motion::Place for Pose {
    type Mark = Mark;
    fn mark(&self) -> Mark {
        Pose::mark(self)
    }
    fn ahead_of(&self, mark: &Mark) -> TenthMillimetres {
        Pose::ahead_of(self, mark)
    }
    fn has_turned_from(&self, mark: &Mark) -> bool {
        Pose::has_turned_from(self, mark)
    }
    fn at(&self) -> EventTime {
        self.at
    }
    fn speed_mm_s(&self) -> i64 {
        Pose::speed_mm_s(self)
    }
    fn apart(&self, value: TenthMillimetres) -> Distance {
        self.doubt.judged_difference(value)
    }
}

/// One watch on one part.
#[derive(Debug, Clone)]
pub struct Watched {
    /// Its number on its site.
    no: u16,
    role: RoleNo,
    ordinal: u16,
    /// Of a bridge: 0 where it is for the left wheels, 1 for the right ones.
    side: usize,
    gauge: Gauge,
    track: Track,
}

impl Watched {
    /// A gauge for a role, with the part's ordinal.
    pub fn new(role: RoleNo, ordinal: u16, watch: Watch, gauge: Gauge) -> Watched {
        let side = gauge.side();
        let track = match watch {
            Watch::Crossing | Watch::EndsCrossing | Watch::MouthCrossing => Track::Crossing(Default::default()),
            Watch::Pace => Track::Pace(Default::default()),
            Watch::TyreBeyond | Watch::BodyBeyond => Track::Beyond(Excursion::default()),
            Watch::Astride | Watch::Pole | Watch::PoleTouch => Track::Pole(PoleTrack::default()),
            Watch::Deck => Track::Deck(Memory::default()),
            Watch::SideDeck => Track::SideDeck(SideTrack::default()),
            Watch::AxleAtStop
            | Watch::BodyGapAtStop
            | Watch::BodyBeyondAtTurn
            | Watch::OutsideAtTurn
            | Watch::FrontShortAtTurn
            | Watch::Nothing => Track::Once,
        };
        Watched {
            no: 0,
            role,
            ordinal,
            side,
            gauge,
            track,
        }
    }
}

#[derive(Debug, Clone)]
enum Track {
    Crossing([Crossing; 2]),
    Pace([Crossing; 2]),
    Beyond(Excursion),
    Pole(PoleTrack),
    Deck(Memory),
    SideDeck(SideTrack),
    Once,
}

#[derive(Debug, Clone, Default)]
struct PoleTrack {
    touch: Excursion,
    /// How near the outline was, as long as a hit may tell of it: negative is away.
    lately: VecDeque<(EventTime, Distance)>,
    before: Option<(EventTime, [(TenthMillimetres, TenthMillimetres); 2])>,
    /// The wheel was well before the pole since it was told to have passed it.
    armed: [bool; 2],
    front_wrong: Option<(TenthMillimetres, EventTime)>,
}

/// Farther than any part of the site; or so far as nobody knows.
fn away() -> Distance {
    Distance {
        value: AWAY,
        u: TenthMillimetres(0),
        budget: Budget::default(),
        sight: None,
    }
}

/// What is beyond this is beyond doubt.
fn k_u(doubt: &Doubt, u: TenthMillimetres) -> TenthMillimetres {
    TenthMillimetres((i64::from(u.0) * doubt.k_tenths / 10) as i32)
}

type Out<'o> = &'o mut dyn FnMut(Fact<RoleNo>);

/// Everything that is watched on one site.
#[derive(Debug, Clone)]
pub struct SiteWatch {
    watched: Vec<Watched>,
    /// Speeds since the last crossing that they are asked for at.
    paces: Option<Paces>,
    yard: Yard,
    inside: bool,
    near: bool,
    /// It was seen so far away that nothing of the site was measured, and not lost since.
    far: bool,
    contacts: Contacts,
}

impl SiteWatch {
    /// Watches these parts on this ground.
    pub fn new(mut watched: Vec<Watched>, yard: Yard) -> SiteWatch {
        for (watched, no) in watched.iter_mut().zip(0..) {
            watched.no = no;
        }
        let is_asked = watched.iter().any(|watched| matches!(watched.track, Track::Pace(_)));
        SiteWatch {
            watched,
            paces: is_asked.then(Paces::default),
            yard,
            inside: false,
            near: false,
            far: false,
            contacts: Default::default(),
        }
    }

    /// The next fit pose.
    pub fn push(&mut self, pose: &Pose, body: &Outline, doubt: &Doubt, knobs: &Reading, out: Out<'_>) {
        if !self.inside && !self.yard.concerns(pose) {
            // What it does out there is nobody's matter; when it comes back nothing may be interpolated over that.
            if std::mem::take(&mut self.near) {
                self.interrupt();
            }
            self.far = true;
            return;
        }
        (self.near, self.far) = (true, false);
        if let Some(paces) = &mut self.paces {
            paces.push(pose.at, pose.speed_m_h());
        }
        let outline = body.lazy(pose);
        for watched in self
            .watched
            .iter_mut()
            .filter(|watched| watched.gauge.when() == When::Always)
        {
            let reads = watched.gauge.read(pose, &outline);
            match (&mut watched.track, &mut self.paces, reads) {
                (Track::SideDeck(track), _, Reads::SideDeck(wheels)) => {
                    let told = self.contacts.told_of(watched.side);
                    track.push(pose.at, wheels, told, watched.role, watched.no, out);
                }
                (Track::Pace(_), Some(paces), _) => watched.take_pace(pose.at, reads, doubt, paces, out),
                _ => watched.take(pose.at, reads, doubt, knobs, out),
            }
        }
        // It has left only when that is beyond doubt; it is on it as soon as it is seen there.
        let margin = match self.inside {
            true => k_u(doubt, pose.doubt.worst(pose.doubt.antenna_ahead)),
            false => TenthMillimetres(0),
        };
        let inside = match self.inside {
            true => self.yard.still_holds(pose, margin),
            false => self.yard.holds(pose, margin),
        };
        if self.inside && !inside {
            out(Fact::new(pose.at, What::LeftGround));
        }
        self.inside = inside;
    }

    /// Whether the vehicle was on the site's ground when it was last seen fit.
    pub fn is_inside(&self) -> bool {
        self.inside
    }

    /// What is asked for where it stopped or turned round: `pose` is that place, `at` when it was there last.
    pub fn measure(&self, when: When, pose: &Pose, body: &Outline, at: EventTime, out: Out<'_>) {
        let outline = body.lazy(pose);
        for watched in self.watched.iter().filter(|watched| watched.gauge.when() == when) {
            if let Reads::Once(by) = watched.gauge.read(pose, &outline) {
                let seen = if when == When::AtTurn { at } else { pose.at };
                let sight = Sight {
                    at: seen,
                    on: Aim::Part(watched.no),
                };
                let what = What::Measured(watched.role, by);
                out(Fact { at, what, sight });
            }
        }
    }

    /// The item begins: what is open on its lines was before it, and opens anew where it is still so.
    pub fn begin(&mut self) {
        for watched in &mut self.watched {
            match &mut watched.track {
                Track::Beyond(excursion) => excursion.begin(),
                Track::Pole(track) => track.touch.begin(),
                _ => {}
            }
        }
    }

    /// The item ends: what is still open is told.
    pub fn finish(&mut self, out: Out<'_>) {
        for watched in &mut self.watched {
            let over = match &mut watched.track {
                Track::Beyond(excursion) => excursion.close(),
                Track::Pole(track) => track.touch.close(),
                _ => None,
            };
            tell_over(watched.role, watched.no, over, out);
        }
    }

    /// What a watch measured, as an arrow on the map.
    pub fn arrow(&self, aim: Aim, pose: &Pose, body: &Outline) -> Option<Arrow> {
        let (no, wheel) = match aim {
            Aim::Part(no) => (no, None),
            Aim::Wheel(no, wheel) => (no, Some(wheel)),
            Aim::Vehicle | Aim::Rest => return None,
        };
        let watched = self.watched.get(usize::from(no))?;
        watched.gauge.arrow(pose, body.lazy(pose).rings(), wheel)
    }

    /// Poses are missing or unfit: nothing may be interpolated over this.
    pub fn interrupt(&mut self) {
        self.far = false;
        self.paces.iter_mut().for_each(Paces::interrupt);
        for watched in &mut self.watched {
            match &mut watched.track {
                Track::Crossing(wheels) | Track::Pace(wheels) => wheels.iter_mut().for_each(Crossing::interrupt),
                Track::Beyond(excursion) => *excursion = Excursion::default(),
                Track::Pole(track) => *track = PoleTrack::default(),
                Track::Deck(memory) => memory.clear(),
                Track::SideDeck(track) => *track = SideTrack::default(),
                Track::Once => {}
            }
        }
    }

    /// Nobody hears the contacts any more.
    pub fn unheard(&mut self) {
        self.contacts = Default::default();
    }
}

fn tell_over(role: RoleNo, no: u16, over: Option<Over>, out: Out<'_>) {
    if let Some(over) = over {
        out(Fact {
            at: over.at,
            what: What::Beyond(role, over.worst),
            sight: Sight {
                at: over.worst_at,
                on: Aim::Part(no),
            },
        });
    }
}

impl Watched {
    fn take(&mut self, at: EventTime, reads: Reads, doubt: &Doubt, knobs: &Reading, out: Out<'_>) {
        let surely = |u: TenthMillimetres| k_u(doubt, u);
        match (&mut self.track, reads) {
            (Track::Crossing(wheels), Reads::Crossing { front, rear, within, u }) => {
                for (i, (wheel, beyond)) in [(Wheel::Front, front), (Wheel::Rear, rear)].into_iter().enumerate() {
                    if let Some((at, forward)) = wheels[i].push(at, beyond, within[i], surely(u)) {
                        let what = if forward {
                            What::Crossed(self.role, wheel)
                        } else {
                            What::CrossedBack(self.role, wheel)
                        };
                        let on = Aim::Wheel(self.no, wheel);
                        let sight = Sight { at, on };
                        out(Fact { at, what, sight });
                    }
                }
            }
            (Track::Beyond(excursion), Reads::Beyond(by)) => {
                tell_over(
                    self.role,
                    self.no,
                    excursion.push(at, by, -surely(by.u), knobs.rearm),
                    out,
                );
            }
            (
                Track::Pole(track),
                Reads::Pole {
                    touch,
                    past,
                    wrong,
                    aside,
                },
            ) => {
                if track.lately.len() == POLE_MEMORY {
                    track.lately.pop_front();
                }
                track.lately.push_back((at, touch));
                tell_over(
                    self.role,
                    self.no,
                    track.touch.push(at, touch, -surely(touch.u), knobs.rearm),
                    out,
                );
                if let Some((value, seen, wheel)) = track.passed(at, past, wrong) {
                    let what = What::Passed(self.role, self.ordinal, Distance { value, ..aside });
                    let on = Aim::Wheel(self.no, wheel);
                    let sight = Sight { at: seen, on };
                    out(Fact { at, what, sight });
                }
            }
            (Track::Deck(memory), Reads::Deck(inside)) => memory.keep(at, inside.map(Some)),
            _ => {}
        }
    }
}

impl Watched {
    /// Where a wheel went over the line in the riding direction the speeds are split.
    fn take_pace(&mut self, at: EventTime, reads: Reads, doubt: &Doubt, paces: &mut Paces, out: Out<'_>) {
        let (Track::Pace(wheels), Reads::Crossing { front, rear, within, u }) = (&mut self.track, reads) else {
            return;
        };
        for (i, (wheel, beyond)) in [(Wheel::Front, front), (Wheel::Rear, rear)].into_iter().enumerate() {
            if let Some((at, true)) = wheels[i].push(at, beyond, within[i], k_u(doubt, u)) {
                let pace = paces.split(at, doubt.speed_u_mm_s * 36 / 10);
                let on = Aim::Wheel(self.no, wheel);
                let what = What::Pace(self.role, wheel, pace);
                let sight = Sight { at, on };
                out(Fact { at, what, sight });
            }
        }
    }
}

impl PoleTrack {
    /// Both wheels went past: the worse wheel's distance on the wrong side, interpolated to the pole's height of the way,
    /// when that was, and which wheel it is.
    fn passed(
        &mut self,
        at: EventTime,
        past: [TenthMillimetres; 2],
        wrong: [TenthMillimetres; 2],
    ) -> Option<(TenthMillimetres, EventTime, Wheel)> {
        let now = [(past[0], wrong[0]), (past[1], wrong[1])];
        for (armed, past) in self.armed.iter_mut().zip(past) {
            *armed |= past.0 < -CLEARLY_BEFORE.0;
        }
        let (then, before) = self.before.replace((at, now))?;
        let armed = self.armed;
        let went = |i: usize| {
            let ((p0, w0), (p1, w1)) = (before[i], now[i]);
            (armed[i] && p0.0.is_negative() && p1.0 >= 0).then(|| {
                let (p0, p1, w0, w1) = (i64::from(p0.0), i64::from(p1.0), i64::from(w0.0), i64::from(w1.0));
                let value = TenthMillimetres((w0 + (w1 - w0) * -p0 / (p1 - p0)) as i32);
                (value, then + Micros((at - then).0.saturating_mul(-p0) / (p1 - p0)))
            })
        };
        if let Some(front) = went(0) {
            self.front_wrong = Some(front);
            self.armed[0] = false;
        }
        let rear = went(1)?;
        self.armed[1] = false;
        let front = self.front_wrong.take().filter(|front| front.0 >= rear.0);
        let (value, seen) = front.unwrap_or(rear);
        Some((value, seen, if front.is_some() { Wheel::Front } else { Wheel::Rear }))
    }
}
