//! The fold: one sample in, zero or more findings out; time moves because the sample says so.
mod heard;
mod hits;
mod nodes;
mod paint;

use crate::board::{Board, Fitness, ItemState, ItemView, Unfit};
use crate::facts::SiteWatch;
use crate::facts::deck::Lag;
use crate::facts::motion::Motion;
use crate::facts::switches::Switch;
use crate::facts::way::Heading;
use crate::field::Field;
use crate::finding::{Finding, Question, Verdict};
use crate::ground::album::Album;
use crate::ground::gauge::When;
use crate::ground::pose::Mark;
use crate::ground::{Ground, Laid, Pose};
use crate::inbox::{Dated, Inbox};
use crate::item::{General, Item};
use crate::ledger::{Ledger, Place};
use crate::manoeuvre::{Aim, Fact, Sheet, Sight, What};
use crate::passage::RoleNo;
use crate::syllabus::Left;
use crate::{Act, Setup};
use hits::Hits;
use kaoguan_telemetry::units::EventTime;
use kaoguan_telemetry::{Gear, Port, Reading, Sample, Signal};
use nodes::Ear;
use paint::Unpainted;

/// One exam being judged.
pub struct Exam {
    setup: Setup,
    inbox: Inbox,
    field: Field,
    ears: Vec<Ear>,
    hits: Hits,
    ground: Ground,
    motion: Motion<Mark>,
    heading: Heading<Pose>,
    items: Vec<Item>,
    general: Vec<General>,
    switches: [Switch; Signal::ALL.len()],
    gear: Switch<Gear>,
    /// The reverse gear was heard to be in since the signal box was heard.
    reverse_is_heard: bool,
    /// When the box's last frame was.
    frame: Option<EventTime>,
    ledger: Ledger,
    album: Album,
    unpainted: Vec<Unpainted>,
    boot: u32,
    now: Option<EventTime>,
    fit: Option<Pose>,
    shown: Option<Pose>,
    unfit: Option<Unfit>,
}

impl Exam {
    /// Cannot fail: all in the setup is already proven.
    pub fn new(setup: &Setup) -> Exam {
        let parts = &setup.parts;
        let mut items: Vec<Item> = parts
            .course
            .sites
            .iter()
            .filter_map(|site| Item::bind(site, &parts.syllabus, &parts.vehicle))
            .collect();
        items.sort_by_key(|item| item.order);
        let class = parts.syllabus.classes.get(&parts.class).cloned().unwrap_or_default();
        Exam {
            inbox: Inbox::new(parts.vehicle.ports),
            field: Field::new(&parts.nodes),
            ears: nodes::ears(&parts.nodes, &mut items),
            hits: Hits::default(),
            ground: Ground::new(&parts.course, &parts.vehicle, &parts.syllabus.doubt),
            motion: Motion::default(),
            heading: Heading::default(),
            items,
            general: class
                .general
                .iter()
                .filter_map(|name| General::bind(name, &parts.syllabus))
                .collect(),
            switches: Default::default(),
            gear: Switch::default(),
            reverse_is_heard: false,
            frame: None,
            ledger: Ledger::new(&parts.syllabus.of_class(&parts.class), class.pass_mark),
            album: Album::new(parts.syllabus.doubt.bridge),
            unpainted: Vec::new(),
            boot: 0,
            now: None,
            fit: None,
            shown: None,
            unfit: None,
            setup: setup.clone(),
        }
    }

    /// Takes one sample of the setup's unit, of this boot of it.
    pub fn accept(&mut self, boot: u32, sample: &Sample) {
        if boot > self.boot {
            let is_restart = self.boot > 0;
            self.boot = boot;
            if is_restart {
                // What was before the new boot is over before its first word.
                self.drain_inbox();
                self.interrupt(Unfit::Gap);
            }
        }
        self.inbox.push(boot, sample);
        while let Some(dated) = self.inbox.pop() {
            self.field.own(dated);
        }
        self.flow();
    }

    /// Takes a person's act, or the shore's word about a source.
    pub fn act(&mut self, act: &Act) {
        match act {
            Act::SourceLost { .. } => {
                self.drain_inbox();
                self.interrupt(Unfit::Gap);
            }
            Act::HitExplained { hit } => self.explain(*hit),
            _ => {
                self.ledger.act(act, self.now);
                self.own_up(act);
            }
        }
        self.conclude();
    }

    /// Findings so far, in the order of charging; provisional ones are not settled yet.
    pub fn findings(&self) -> &[Finding] {
        self.ledger.findings()
    }
    /// Questions so far.
    pub fn questions(&self) -> &[Question] {
        self.ledger.questions()
    }
    /// Where the exam stands.
    pub fn verdict(&self) -> &Verdict {
        self.ledger.verdict()
    }
    /// Whether all is ridden and the examiner has still to say that he has nothing more to deduct ([`Act::NothingMore`]).
    pub fn awaits_word(&self) -> bool {
        self.ledger.awaits_word()
    }
    /// The setup it began with.
    pub fn setup(&self) -> &Setup {
        &self.setup
    }

    /// What people may see now.
    pub fn board(&self) -> Board {
        let counts = self.inbox.counts();
        let view = |item: &Item| ItemView {
            site: item.site.clone(),
            manoeuvre: item.manoeuvre.to_owned(),
            state: item.state,
            rides: item.rides,
            voids: item.voids.clone(),
        };
        Board {
            at: self.now,
            pose: self.shown.as_ref().map(|pose| self.ground.view(pose)),
            score: self.ledger.score(),
            pass_mark: self.ledger.pass_mark(),
            items: self.items.iter().map(view).collect(),
            findings: self.findings().to_vec(),
            questions: self.questions().to_vec(),
            verdict: self.verdict().clone(),
            awaits_word: self.awaits_word(),
            samples: [counts.accepted, counts.repeated, counts.refused],
        }
    }

    /// Nothing is waited for any more.
    fn drain_inbox(&mut self) {
        self.inbox.give_up();
        while let Some(dated) = self.inbox.take() {
            self.field.own(dated);
        }
        self.field.hurry();
        self.flow();
    }

    fn judge(&mut self, dated: &Dated) {
        if self.verdict().is_final() {
            return;
        }
        self.now = Some(dated.at);
        self.miss_frames(dated.at);
        match dated.sample.reading {
            Reading::Signals(signals) => self.take_signals(dated.at, &signals),
            Reading::Silent(_) if dated.sample.port == Port::Signals => {
                self.ledger.deaf();
                self.unheard(dated.at);
                self.frame = None;
            }
            Reading::Plank(plank) if !self.setup.parts.nodes.has_planks() => {
                self.miss_contacts(dated.at);
                // One contact alone cannot tell a wheel that missed the plank from one that is not wired.
                if plank.front.is_some() && plank.rear.is_some() {
                    self.ledger.sees("plank", dated.at);
                }
                let knobs = self.setup.parts.syllabus.reading;
                self.each_watch(|watch, out| watch.contact(dated.at, Lag::default(), &plank, &knobs, out));
            }
            // A frame that is not proven charges nobody.
            Reading::PoleHit(hit) if !hit.restored && hit.proven => self.take_pole_hit(dated.at, hit),
            _ => {
                if let Some(laid) = self.ground.lay(dated) {
                    self.take_laid(&laid);
                }
            }
        }
        self.conclude();
    }

    fn take_laid(&mut self, laid: &Laid) {
        self.shown = laid.pose.or(self.shown);
        let bridge = self.setup.parts.syllabus.doubt.bridge;
        let late = self.fit.is_some_and(|fit| laid.at - fit.at > bridge);
        match (laid.fitness, laid.pose) {
            (Fitness::Fit, Some(pose)) => {
                if late {
                    self.interrupt(self.unfit.unwrap_or(Unfit::Gap));
                }
                self.unfit = None;
                self.album.keep(&pose);
                match self.fit.replace(pose) {
                    Some(before) => self.sweep(&before, &pose),
                    None => self.step(&pose),
                }
                self.paint_what_is_complete(pose.at);
            }
            (Fitness::Unfit(why), _) => {
                let why = *self.unfit.get_or_insert(why);
                if late {
                    self.interrupt(why);
                }
            }
            (Fitness::Fit, None) => {}
        }
    }

    /// Nothing may be decided from what lies between the last fit pose and now.
    fn interrupt(&mut self, why: Unfit) {
        let believed = self.fit.take().map(|pose| pose.believed);
        self.unpainted.clear();
        self.hits.unsay();
        self.ground.distrust();
        self.unheard(self.now.unwrap_or_default());
        let mut said = Vec::new();
        self.heading.interrupt();
        self.motion
            .interrupt(believed, &mut |at, what: What<RoleNo>| said.push(Fact::new(at, what)));
        for (no, item) in self.items.iter_mut().enumerate() {
            item.watch.interrupt();
            if matches!(item.state, ItemState::Riding | ItemState::Settling) {
                item.void(self.now.unwrap_or_default(), why);
                self.ledger.void(no);
            }
        }
        said.into_iter().for_each(|fact| self.deal_to_all(fact));
        self.ledger.unfit_between_items();
    }

    /// Nobody hears the signal box: what a switch said before is not known to hold after.
    fn unheard(&mut self, at: EventTime) {
        let held = self.switches.iter().filter_map(Switch::held_until).min();
        self.switches = Default::default();
        self.gear = Switch::default();
        self.reverse_is_heard = false;
        let others = self.items.iter_mut().filter(|item| !item.has_node_planks);
        others.for_each(|item| item.watch.unheard());
        self.deal_to_all(Fact::new(at, What::Unheard(held.unwrap_or(at))));
    }

    fn sweep(&mut self, before: &Pose, pose: &Pose) {
        for between in before.sweep(pose) {
            self.watch_pose(&between);
        }
        self.step(pose);
    }

    fn watch_pose(&mut self, pose: &Pose) {
        let (doubt, knobs) = (self.setup.parts.syllabus.doubt, self.setup.parts.syllabus.reading);
        let body = self.ground.outline();
        self.each_watch(|watch, out| watch.push(pose, &body, &doubt, &knobs, out));
    }

    fn step(&mut self, pose: &Pose) {
        self.watch_pose(pose);
        let knobs = self.setup.parts.syllabus.reading;
        let mut said = Vec::new();
        self.motion.push(pose, &knobs, &mut |at, what: What<RoleNo>| {
            said.push(Fact::new(at, what))
        });
        for mut fact in said {
            if let (What::RolledBack(_), Some((_, at))) = (fact.what, self.motion.rolled_back()) {
                fact.sight = Sight { at, on: Aim::Rest };
            }
            self.deal_to_all(fact);
            match fact.what {
                What::Stopped => self.measure(When::AtStop, pose, fact.at),
                What::MovedOff(stood) => self.heading.moved_off(pose, fact.at, stood),
                _ => {}
            }
        }
        self.follow_way(pose);
        // What it is only reckoned to have done charges nobody by a switch.
        self.deliver_deadlines(pose.believed);
    }

    /// Whether it went on or turned round; what is asked for where it turned.
    fn follow_way(&mut self, pose: &Pose) {
        let knobs = self.setup.parts.syllabus.reading;
        let mut said = Vec::new();
        let turn = self.heading.push(pose, &knobs, &mut |at, what: What<RoleNo>| {
            said.push(Fact::new(at, what))
        });
        said.into_iter().for_each(|fact| self.deal_to_all(fact));
        if let Some(turn) = turn {
            self.measure(When::AtTurn, &turn.place, turn.at);
        }
    }

    fn measure(&mut self, when: When, place: &Pose, at: EventTime) {
        let body = self.ground.outline();
        self.each_watch(|watch, out| watch.measure(when, place, &body, at, out));
    }

    /// Lets every site's watch speak, and deals what it says to that site.
    fn each_watch(&mut self, mut speak: impl FnMut(&mut SiteWatch, &mut dyn FnMut(Fact<RoleNo>))) {
        for no in 0..self.items.len() {
            self.watch_of(no, &mut speak);
        }
    }

    fn watch_of(&mut self, no: usize, speak: impl FnOnce(&mut SiteWatch, &mut dyn FnMut(Fact<RoleNo>))) {
        let mut said = Vec::new();
        speak(&mut self.items[no].watch, &mut |fact| said.push(fact));
        for fact in said {
            self.deal(no, fact);
        }
    }

    fn deal(&mut self, no: usize, fact: Fact<RoleNo>) {
        let mut sheet = Sheet::default();
        let item = &mut self.items[no];
        item.hear(fact, &self.switches, self.gear.told(), &mut sheet);
        // Where it stopped, or was beyond a line, may be judged when the item ends, long after.
        let late = match fact.what {
            What::Measured(..) => true,
            What::Beyond(_, by) => by.value.0 > 0,
            _ => false,
        };
        if late && item.state == ItemState::Riding {
            self.album.pin(fact.sight.at);
        }
        let place = Place {
            item: Some(no),
            site: Some(item.site.clone()),
            ride: item.rides,
            began: item.began,
            plank: item.has_node_planks.then_some(!item.unheard),
        };
        let kept = self.ledger.take(item.manoeuvre, &place, &sheet, self.now);
        self.paint(kept, Some(no));
    }

    /// Facts of the whole vehicle: to the item being ridden, and to the rules that hold everywhere.
    fn deal_to_all(&mut self, fact: Fact<RoleNo>) {
        let riding: Vec<usize> = (0..self.items.len())
            .filter(|no| self.items[*no].state == ItemState::Riding)
            .collect();
        let is_own = |item: &Item| item.has_its_own_roll_back(self.reverse_is_heard);
        let own_roll_back = self.items.iter().any(is_own);
        for no in riding {
            // What its own nodes say holds, whatever becomes of the vehicle's box.
            if !(matches!(fact.what, What::Unheard(_)) && self.items[no].has_node_planks) {
                self.deal(no, fact);
            }
        }
        if own_roll_back && matches!(fact.what, What::RolledBack(_)) {
            return;
        }
        self.deal_general(|_| true, self.or_reversed(fact));
    }

    /// Farther back than anybody rolls, where it is driven backwards as well: the wire of the reverse gear may have failed after it was
    /// heard to be in.
    fn or_reversed(&self, fact: Fact<RoleNo>) -> Fact<RoleNo> {
        let most = self.setup.parts.syllabus.reading.roll_back_most;
        let what = match (fact.what, most) {
            (What::RolledBack(by), Some(most)) if by.value > most && self.items.iter().any(Item::reverses_here) => {
                What::WentBack(by)
            }
            (what, _) => what,
        };
        Fact { what, ..fact }
    }

    fn deal_general(&mut self, which: impl Fn(&General) -> bool, fact: Fact<RoleNo>) {
        let riding = self.items.iter().position(|item| item.state == ItemState::Riding);
        let place = Place {
            item: riding,
            site: riding.map(|no| self.items[no].site.clone()),
            ride: riding.map_or(0, |no| self.items[no].rides),
            began: None,
            plank: None,
        };
        // Whoever has ridden everything may take the helmet off.
        if !self.items.is_empty() && self.items.iter().all(|item| item.state == ItemState::Done) {
            return;
        }
        for no in 0..self.general.len() {
            if which(&self.general[no]) {
                let mut sheet = Sheet::default();
                self.general[no].play.observe(fact, &mut sheet);
                let kept = self.ledger.take(self.general[no].name, &place, &sheet, self.now);
                self.paint(kept, None);
            }
        }
    }

    /// Deadlines are spoken in the order of the times they were due, items before general rules, and only as far as the
    /// vehicle was seen: what it did up to then has been told.
    fn deliver_deadlines(&mut self, seen: EventTime) {
        loop {
            let items = self
                .items
                .iter()
                .enumerate()
                .filter(|(_, item)| item.state == ItemState::Riding);
            let due_items = items.filter_map(|(no, item)| Some((item.play.deadline()?, 0, no)));
            let due_general = self
                .general
                .iter()
                .enumerate()
                .filter_map(|(no, rule)| Some((rule.play.deadline()?, 1, no)));
            let Some((at, kind, no)) = due_items.chain(due_general).filter(|(at, ..)| *at <= seen).min() else {
                return;
            };
            let fact = Fact::new(at, What::Deadline);
            let unheard = if kind == 0 {
                self.deal(no, fact);
                self.items[no].play.deadline() == Some(at)
            } else {
                let name = self.general[no].name;
                self.deal_general(|rule| rule.name == name, fact);
                self.general[no].play.deadline() == Some(at)
            };
            // A manoeuvre that does not take its own deadline away would be told for ever.
            if unheard {
                return;
            }
        }
    }

    /// Whether an unset knob leaves a rule of the item that ended last to the examiner: of every other one he had time while the
    /// candidate rode on.
    fn word_is_due(&self) -> bool {
        let parts = &self.setup.parts;
        let last = self.items.iter().max_by_key(|item| (item.closed, item.order));
        let is_left = |item: &Item| {
            let mut left = parts.left_to_examiner();
            left.any(|rule| rule.left == Some(Left::Unset) && rule.item == item.manoeuvre)
        };
        parts.syllabus.waits_for_word && last.is_some_and(is_left)
    }

    fn conclude(&mut self) {
        let Some(now) = self.now else { return };
        // What the vehicle is only reckoned to have done is not settled before a believed fix bears it out.
        let reckoned = self.fit.filter(|pose| pose.believed < pose.at);
        let now = reckoned.map_or(now, |pose| now.min(pose.believed));
        let settle = self.setup.parts.syllabus.doubt.settle;
        self.ledger.settle(now, settle);
        for (no, item) in self.items.iter_mut().enumerate() {
            if item.state == ItemState::Settling
                && item.closed.is_some_and(|at| now - at >= settle)
                && !self.ledger.waits(no)
            {
                item.state = ItemState::Done;
                if std::mem::take(&mut item.unheard) {
                    self.ledger.ask_unheard(now, item);
                }
            }
        }
        let ridden = !self.items.is_empty() && self.items.iter().all(|item| item.state == ItemState::Done);
        if ridden {
            self.ledger.ask_for_missing_sensors(now, &self.setup.parts);
            if self.word_is_due() {
                self.ledger.wait_for_word();
            }
        }
        self.ledger.conclude(ridden);
        self.hits.settle(now, settle, self.ledger.verdict());
    }
}
