//! What a site's watch says of planks and bridges: contacts, and wheels that have gone along their deck.
use super::cases::{Rig, by, line, mm10, ms, pose, rig, seen};
use super::deck::{Memory, SideTrack};
use super::*;
use crate::ground::deck::OnDeck;
use crate::ground::deck::tests::bridges_of_a_truck;
use crate::ground::towed::outline_of;
use crate::item::Item;
use crate::manoeuvres;
use crate::syllabus::Syllabus;
use crate::vehicle::Vehicle;
use kaoguan_course::{Point2, Shape};

/// Where a wheel is on a deck of ten metres: past its beginning, before its end, inside its sides.
fn on_deck(past: i32, inside: i32) -> Option<OnDeck> {
    Some(OnDeck {
        past: mm10(past),
        before: mm10(100_000 - past),
        along: by(past.min(100_000 - past)),
        inside: by(inside),
    })
}

/// Both front wheels' contacts change at 200 ms: each bridge hears its own, the only one the left ones.
#[test]
fn a_contact_is_told_to_its_own_deck() {
    let deck = || {
        Shape::Area(
            [(5.0, -0.1), (15.0, -0.1), (15.0, 0.1), (5.0, 0.1)]
                .map(|(e, n)| Point2::new(e, n))
                .into(),
        )
    };
    let mut rig = rig(&[(4, 1, Watch::Crossing, line()), (5, 1, Watch::Deck, deck())]);
    for no in 0..20 {
        let inside = [by(no * 100), by(no * 100 - 5_000)];
        rig.read(1, i64::from(no) * 100, Reads::Deck(inside));
    }
    rig.knobs.signal_hold = Micros(0);
    let told = |rig: &mut Rig, at: i64, said| rig.contact(at, said);
    assert_eq!(told(&mut rig, 1_740, [Some(true), None, Some(true), None]), []);
    let said = told(&mut rig, 1_750, [Some(true), None, Some(true), None]);
    // 0.1 mm a hundredth of a second: at 1740 ms 174.0 mm inside.
    let [fact] = said[..] else { panic!("{said:?}") };
    assert_eq!(
        (fact.at, fact.sight),
        (ms(1_740), seen(1_740, Aim::Wheel(1, Wheel::Front)))
    );
    let What::Contact(Wheel::Front, true, inside) = fact.what else {
        panic!("{fact:?}")
    };
    assert_eq!((inside.value, inside.u), (mm10(1_740), mm10(100)));
    let mut told_already = Vec::new();
    rig.watch.contacts_told(ms(1_800), &mut |fact| told_already.push(fact));
    assert_eq!(told_already.len(), 1);
    rig.watch.unheard();
    rig.watch.contacts_told(ms(1_800), &mut |_| panic!("nobody hears them"));
    rig.watch.interrupt();
    let forgotten = [
        told(&mut rig, 1_900, [Some(false); 4]),
        told(&mut rig, 1_950, [Some(false); 4]),
    ];
    assert!(
        forgotten.iter().all(Vec::is_empty),
        "where it was before the gap is not known"
    );
}

/// The places of the last 1.6 s, in between what lies between them, before them the first one.
#[test]
fn a_deck_remembers_where_its_wheels_were() {
    let mut memory = Memory::default();
    for no in 0..20 {
        memory.keep(ms(i64::from(no) * 100), [Some(by(no * 100)), None]);
    }
    let inside = |at: i64| {
        memory
            .inside(Wheel::Front, ms(at))
            .map(|(by, at)| (by.value.0, at.0 / 1_000))
    };
    assert_eq!(inside(1_000), Some((1_000, 1_000)));
    assert_eq!(inside(1_025), Some((1_025, 1_025)));
    assert_eq!(inside(1_900), Some((1_900, 1_900)));
    assert_eq!(inside(2_500), Some((1_900, 1_900)), "nothing is known after it");
    assert_eq!(inside(100), Some((300, 300)), "nor before the oldest one");
    assert_eq!(memory.inside(Wheel::Rear, ms(1_000)), None);
    memory.clear();
    assert_eq!(memory.inside(Wheel::Front, ms(1_000)), None);
}

/// Before the deck, along it, and 300 mm behind it: told once, with what its contact felt and where it was best.
#[test]
fn who_has_gone_along_a_bridge_is_told_what_was_felt() {
    let along = |told: [Option<bool>; 2], starts: i32, ends: i32| {
        let (mut track, mut said) = (SideTrack::default(), Vec::new());
        let rows = [
            (starts, 0),
            (0, -50),
            (40_000, 300),
            (60_000, 300),
            (100_000, 350),
            (101_000, 900),
            (ends, 900),
            (ends, 0),
        ];
        for (no, (past, inside)) in (0..).zip(rows) {
            let contact = if no == 2 { told[0] } else { told[1] };
            let wheels = [on_deck(past, inside), None];
            track.push(ms(no * 100), wheels, [contact; 2], RoleNo(7), 3, &mut |fact| {
                said.push(fact)
            });
        }
        said
    };
    let fact = |felt| Fact {
        at: ms(600),
        what: What::OverDeck(RoleNo(7), Wheel::Front, felt, by(350)),
        sight: seen(400, Aim::Part(3)),
    };
    let (no, yes) = (Some(false), Some(true));
    assert_eq!(along([yes, no], -1, 103_001), [fact(yes)]);
    assert_eq!(along([no, no], -1, 103_001), [fact(no)]);
    assert_eq!(along([None, yes], -1, 103_001), [fact(None)], "not heard all the time");
    assert_eq!(along([yes, no], 0, 103_001), [], "it was never before it");
    assert_eq!(along([yes, no], -1, 103_000), [], "trembling on its edge");
}

/// What its contact felt before the deck was not felt on it.
#[test]
fn what_was_felt_before_the_deck_does_not_count() {
    let (mut track, mut said) = (SideTrack::default(), Vec::new());
    for (no, past) in (0..).zip([-1_000, 0, 40_000, 103_001]) {
        let told = [Some(no == 0); 2];
        track.push(
            ms(no * 100),
            [on_deck(past, if no == 0 { 900 } else { 300 }), None],
            told,
            RoleNo(7),
            3,
            &mut |fact| said.push(fact.what),
        );
    }
    assert_eq!(said, [What::OverDeck(RoleNo(7), Wheel::Front, Some(false), by(300))]);
}

/// The only deck hears the left contacts, the right one of two hears the right ones.
#[test]
fn the_right_contacts_are_told_to_the_right_deck() {
    let mut rig = rig(&[
        (5, 1, Watch::Crossing, line()),
        (6, 1, Watch::Crossing, line()),
        (7, 1, Watch::Crossing, line()),
    ]);
    rig.knobs.signal_hold = Micros(0);
    for (no, side) in [(0, 0), (1, 1)] {
        let mut track = SideTrack::default();
        track.push(
            ms(0),
            [on_deck(4_000, 300), on_deck(9_000, 300)],
            [None; 2],
            RoleNo(0),
            0,
            &mut |_| {},
        );
        (rig.watch.watched[no].track, rig.watch.watched[no].side) = (Track::SideDeck(track), side);
    }
    let mut memory = Memory::default();
    memory.keep(ms(0), [Some(by(700)), None]);
    rig.watch.watched[2].track = Track::Deck(memory);
    let mut word = |said: [Option<bool>; 4]| {
        let told = [rig.contact(0, said), rig.contact(10, said)].concat();
        told.iter().map(|fact| fact.what).collect::<Vec<_>>()
    };
    let on = |role: u16, wheel, inside| What::OnDeck(RoleNo(role), wheel, true, by(inside));
    assert_eq!(word([None, None, None, Some(true)]), [on(6, Wheel::Rear, 9_000)]);
    let left = word([Some(true), None, None, None]);
    assert_eq!(
        left,
        [on(5, Wheel::Front, 4_000), What::Contact(Wheel::Front, true, by(700))]
    );
}

/// The rear contact says nothing for longer than a quarter of a second while the others speak: once its deck is told, and no other one.
#[test]
fn a_contact_of_which_words_are_missing_is_told_to_its_own_deck() {
    let mut rig = rig(&[(6, 1, Watch::Crossing, line()), (7, 1, Watch::Crossing, line())]);
    (rig.watch.watched[0].track, rig.watch.watched[0].side) = (Track::SideDeck(SideTrack::default()), 1);
    rig.watch.watched[1].track = Track::Deck(Memory::default());
    let spoken = Some(false);
    rig.contact(0, [spoken; 4]);
    rig.contact(200, [spoken, None, spoken, None]);
    let mut miss = |at| {
        let mut said = Vec::new();
        let any = rig
            .watch
            .miss_contacts(ms(at), Micros(250_000), &mut |fact| said.push(fact));
        (any, said)
    };
    assert_eq!(miss(250), (false, Vec::new()));
    let told = [
        Fact::new(ms(251), What::ContactUnsaid(Wheel::Rear)),
        Fact::new(ms(251), What::OnDeckUnsaid(RoleNo(6), Wheel::Rear)),
    ];
    assert_eq!(miss(251), (true, told.to_vec()));
    assert_eq!(miss(252), (false, Vec::new()), "only once");
}

/// One wire fails: of each contact its own wheel is told, of the left ones to the only deck, of the right ones to the right one of two.
#[test]
fn each_contact_of_which_words_are_missing_is_told_of_its_wheel() {
    let (left, right) = (What::ContactUnsaid, |wheel| What::OnDeckUnsaid(RoleNo(6), wheel));
    let told = [
        left(Wheel::Front),
        left(Wheel::Rear),
        right(Wheel::Front),
        right(Wheel::Rear),
    ];
    for (no, told) in told.into_iter().enumerate() {
        let mut rig = rig(&[(6, 1, Watch::Crossing, line()), (7, 1, Watch::Crossing, line())]);
        (rig.watch.watched[0].track, rig.watch.watched[0].side) = (Track::SideDeck(SideTrack::default()), 1);
        rig.watch.watched[1].track = Track::Deck(Memory::default());
        let mut words = [Some(true); 4];
        rig.contact(0, words);
        words[no] = None;
        rig.contact(200, words);
        let mut said = Vec::new();
        rig.watch
            .miss_contacts(ms(251), Micros(250_000), &mut |fact| said.push(fact));
        assert_eq!(said, [Fact::new(ms(251), told)]);
    }
}

/// A truck goes straight along its left bridge with the twins of its left rear wheel, 930 mm left of its middle, in the middle of the 200 mm:
/// 400 mm of rubber and deck are in common, and 210 mm under the front wheel, which is 300 mm wide and runs 40 mm farther left. The front
/// contact feels it, the rear one does not; the right wheels are on no bridge.
#[test]
fn a_truck_along_its_left_bridge_is_told_wheel_by_wheel() {
    let (course, entry) = (bridges_of_a_truck(), manoeuvres::named("plank_bridge").unwrap());
    let site = &course.sites[0];
    let syllabus = Syllabus::parse(include_str!("../../../syllabi/ga1026-2022.toml")).unwrap();
    let vehicle = Vehicle::parse(include_str!("../../../vehicles/b2-truck.toml")).unwrap();
    let mut rig = Rig {
        watch: Item::bind(site, &syllabus, &vehicle).unwrap().watch,
        body: outline_of(&vehicle),
        doubt: syllabus.doubt,
        knobs: syllabus.reading,
    };
    for at in [0, 1_000] {
        rig.contact(at, [Some(true), Some(false), Some(true), Some(true)]);
    }
    let axis = site.axis;
    let corners = site.part("deck_left").expect("a deck").points();
    let [one, other] = [corners[0], corners[2]].map(|p| (p.e * axis.e + p.n * axis.n, p.n * axis.e - p.e * axis.n));
    let (from, to) = (one.0.min(other.0), one.0.max(other.0));
    let aside = (one.1 + other.1) / 2.0 - 0.930;
    let place = |along| Point2::new(axis.e * along - axis.n * aside, axis.n * along + axis.e * aside);
    // The front wheel comes to the deck at 850 mm, the rear one at 6050 mm; either is 300 mm behind it that much and its length later.
    let (mut told, mut rear) = (Vec::new(), from - 6.05);
    for no in 0..180 {
        let here = Pose {
            front: place(rear + 5.2),
            axle: place(rear + 5.2),
            heading: libm::atan2(axis.e, axis.n),
            ..pose(2_000 + 100 * no, place(rear))
        };
        told.extend(
            rig.push(&here)
                .into_iter()
                .filter(|fact| matches!(fact.what, What::OverDeck(..))),
        );
        rear += 0.1;
    }
    let role = (entry.roles)()
        .iter()
        .position(|role| role.name == "deck_left")
        .unwrap() as u16;
    let gone = |past| 2_000 + 100 * libm::ceil((to - from + past + 0.3) * 10.0) as i64;
    let expected = [
        (gone(0.85), Wheel::Front, true, 2_100, 2_900),
        (gone(6.05), Wheel::Rear, false, 4_000, 8_100),
    ];
    let told: Vec<_> = told
        .iter()
        .map(|fact| match fact.what {
            What::OverDeck(of, wheel, felt, inside) => (fact.at, of, wheel, felt, inside.value, fact.sight),
            other => panic!("{other:?}"),
        })
        .collect();
    let expected = expected.map(|(at, wheel, felt, inside, best)| {
        (
            ms(at),
            RoleNo(role),
            wheel,
            Some(felt),
            mm10(inside),
            seen(best, Aim::Part(2)),
        )
    });
    assert_eq!(told, expected);
}
