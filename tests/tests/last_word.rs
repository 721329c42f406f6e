//! What an unset knob leaves to the examiner in the item that was ridden last: he has time to deduct it, and nobody else waits.
use kaoguan_exam::{Act, Answer, Exam, Verdict};
use kaoguan_tests::hand::*;
use kaoguan_tests::river::Texts;

/// From the plank's end back to the west of the square and through the poles, whose time no source knows.
fn poles_last() -> Path {
    let path = plank(hill(Path::at(24.0, 0.0, 90.0).stand(3.0).go(1.0, 1.3)));
    let home = path
        .go(1.0, 1.3)
        .to(24.0, -8.0, 0.0, 1.3)
        .to(18.0, -5.0, 270.0, 1.3)
        .go(22.0, 1.3);
    home.to(-7.0, -2.5, 0.0, 1.3)
        .to(-3.0, 0.0, 90.0, 1.3)
        .weave(23.8, 1.3)
        .stand(4.0)
}

fn ridden(path: &Path, edition: impl Fn(String) -> String) -> Rig {
    let mut rig = Rig::new();
    let texts = Texts::village();
    let syllabus = edition(texts.syllabus.clone());
    rig.exam = Exam::new(&Texts { syllabus, ..texts }.setup());
    rig.plain(path);
    rig.flush();
    innocent(&mut rig);
    // The hand is near the lines here and there.
    for question in 1..=rig.exam.questions().len() as u32 {
        let (answer, by) = (Answer::Dismiss, "Li".into());
        rig.exam.act(&Act::Answer { question, answer, by });
    }
    rig
}

/// Poles last: nothing is final before the examiner has deducted what he saw, or has said that there is nothing more.
#[test]
fn a_pass_waits_where_the_last_item_leaves_a_rule_to_the_examiner() {
    let by = || "Li".to_owned();
    for deducts in [false, true] {
        let mut rig = ridden(&poles_last(), |edition| edition);
        assert_eq!(rig.exam.verdict(), &Verdict::AwaitingExaminer { questions: vec![] });
        assert!(rig.exam.awaits_word() && rig.exam.board().awaits_word);
        if deducts {
            let (rule, reason) = ("pole_course.too_slow".into(), "watch".into());
            let site = None;
            rig.exam.act(&Act::Deduct {
                rule,
                site,
                by: by(),
                reason,
            });
        }
        rig.exam.act(&Act::NothingMore { by: by() });
        let passed = *rig.exam.verdict() == Verdict::Pass;
        assert!(
            passed != deducts && rig.exam.verdict().is_final(),
            "{:?}",
            rig.exam.verdict()
        );
    }
}

/// Poles first, an edition that is older than the knob, a province that has turned it, one that has set the time: a pass is a pass.
#[test]
fn nobody_else_waits() {
    let first = plank(hill(poles()));
    assert!(ridden(&first, |edition| edition).passed());
    let older = |edition: String| {
        let (head, tail) = edition.split_once("[knob.waits_for_word]").expect("the knob");
        let (_, tail) = tail.split_once("\n\n").expect("its end");
        format!("{head}{tail}").replace("waits_for_word = \"yes\"\n", "")
    };
    assert!(ridden(&poles_last(), older).passed());
    let overlay = |turn: &str| {
        format!(
            "[overlay]\nid = \"t\"\nedition = \"ga1026-2022\"\nzh = \"t\"\nen = \"t\"\nsource = \"t\"\nconfidence = \"L\"\n[turn]\n{turn}\n"
        )
    };
    for turn in ["waits_for_word = \"no\"", "pole_course_time = \"10 min\""] {
        let turned =
            |edition: String| kaoguan_exam::syllabus::overlay::overlaid(&edition, &overlay(turn)).expect("it fits");
        assert!(ridden(&poles_last(), turned).passed(), "{turn}");
    }
}
