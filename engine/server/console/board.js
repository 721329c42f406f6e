// The chosen exam: score, items, what is asked, what was found.
import { h, replace } from "./dom.js";
import { both, clock, language, named, pair, t } from "./texts.js";
import { evidence, remedyLine } from "./evidence.js";
import { measureBar } from "./measure.js";

// The board is drawn anew at each change; what was unfolded stays so.
let leftOpen = false;

export function drawBoard(place, exam, doing) {
  if (!exam) {
    replace(place, h("div", { class: "empty" }, h("h2", {}, both("no-exams")), doing.watching ? null : h("p", {}, both("no-exams-hint"))));
    return;
  }
  const open = exam.questions.filter((question) => !question.answer);
  // A confirmed question stands among the findings, with who confirmed it.
  const answered = exam.questions.filter((question) => question.answer && question.answer.answer !== "confirm");
  replace(
    place,
    head(exam),
    items(exam),
    open.length ? h("section", { class: "asked" }, h("h3", {}, both("questions"), h("i", {}, open.length)), open.map((question) => questionCard(question, exam, doing))) : null,
    exam.awaits_word && exam.state !== "closed" ? lastWord(exam, doing) : null,
    h("section", {}, h("h3", {}, both("findings"), exam.findings.length ? h("i", {}, exam.findings.length) : null),
      exam.findings.length ? [...exam.findings].reverse().map((finding) => findingCard(finding, exam, doing)) : h("p", { class: "quiet" }, both("no-findings"))),
    exam.left?.length ? leftToExaminer(exam, doing) : null,
    answered.length ? h("section", { class: "answered" }, answered.map((question) => questionCard(question, exam, doing))) : null,
    doing.watching || exam.state === "closed" ? null : actions(exam, doing),
    foot(exam),
  );
}

function head(exam) {
  const verdict = exam.verdict.verdict;
  const waiting = exam.findings.filter((finding) => !finding.settled).reduce((sum, finding) => sum + finding.points, 0);
  return h("section", { class: `head ${verdict}` },
    h("div", { class: "who" },
      h("b", {}, exam.candidate),
      h("small", {}, `${exam.unit} · ${exam.class} · ${t("attempt-short", { n: exam.attempt })} · ${exam.exam}`)),
    h("div", { class: "score" },
      h("span", { class: exam.score < exam.pass_mark ? "points low" : "points" }, exam.score),
      h("div", {},
        h("span", { class: "verdict" }, both(named("verdict", verdict))),
        exam.verdict.why ? h("small", {}, exam.verdict.why) : null,
        h("small", {}, t("pass-mark", { points: exam.pass_mark })),
        waiting && exam.state !== "closed" ? h("small", { class: "waiting" }, t("provisional-points", { points: waiting })) : null)));
}

function items(exam) {
  const chip = (item) => h("li", { class: item.state },
    h("b", {}, pair(item.zh, item.en)),
    h("span", {}, t(named("item", item.state)), item.unfit ? `：${t(named("unfit", item.unfit))}` : "", item.rides > 1 ? ` · ${t("rides", { n: item.rides })}` : "",
      item.state !== "void" && item.voids?.length ? h("small", {}, `${t("verdict-void")} ×${item.voids.length}：${t(named("unfit", item.voids.at(-1).unfit))}`) : null));
  return h("ol", { class: "items", "aria-label": t("items") }, exam.items.map(chip));
}

function points(amount) {
  return amount >= 100 ? t("eliminating") : t("points-off", { points: amount });
}

function place(of) {
  return language() === "en" ? of.site_en ?? t("on-the-way") : of.site_zh ?? t("on-the-way");
}

function findingCard(finding, exam, doing) {
  const decisive = exam.verdict.decisive === finding.no;
  const by = t(named("source", finding.source), finding.source_detail ?? {});
  return h("article", { class: `finding ${finding.settled ? "" : "provisional"} ${decisive ? "decisive" : ""}` },
    h("div", { class: "line" },
      h("span", { class: "cost" }, points(finding.points)),
      h("div", { class: "words" }, pair(finding.zh, finding.en))),
    finding.measure ? measureBar(finding.measure, exam.k_tenths) : null,
    h("div", { class: "meta" },
      h("span", { class: finding.settled ? "tag" : "tag open" }, t(finding.settled ? "settled" : "provisional")),
      decisive ? h("span", { class: "tag strong" }, t("decisive")) : null,
      h("span", {}, place(finding)), h("span", {}, clock(finding.at_us)), h("span", {}, t("code", { code: finding.code })), h("span", {}, by)),
    remedyLine(finding),
    evidence(finding, "finding", exam, doing));
}

function questionCard(question, exam, doing) {
  const button = (answer) => h("button", { type: "button", class: `answer ${answer}`, onclick: () => doing.answer(exam, question, answer) }, both(named("answer", answer)));
  const answered = question.answer
    ? h("div", { class: "given" }, t("answered-by", { by: question.answer.by, answer: t(named("answer", question.answer.answer)) }))
    : doing.watching || exam.state === "closed" ? null : h("div", { class: "answers" }, ["confirm", "dismiss", "cannot_tell"].map(button));
  return h("article", { class: `question ${question.answer ? "done" : ""}` },
    h("div", { class: "line" },
      h("span", { class: "cost" }, t("question-if", { points: points(question.points) })),
      h("div", { class: "words" }, pair(question.zh, question.en))),
    question.measure ? measureBar(question.measure, exam.k_tenths) : null,
    h("div", { class: "meta" }, h("span", { class: "why" }, t(named("why", question.why))), h("span", {}, place(question)), h("span", {}, clock(question.at_us)), h("span", {}, t("code", { code: question.code }))),
    answered,
    remedyLine(question),
    evidence(question, "question", exam, doing));
}

// All is ridden, and of the last item a rule is the examiner's alone: what he saw he deducts, then says that it was all.
function lastWord(exam, doing) {
  return h("section", { class: "asked word" }, h("p", {}, both("nothing-more-hint")),
    doing.watching ? null : h("div", { class: "answers" }, h("button", { type: "button", class: "answer dismiss", onclick: () => doing.nothingMore(exam) }, both("nothing-more"))));
}

// What no machine decides in this exam: the examiner watches for it, and deducts it here before the verdict.
function leftToExaminer(exam, doing) {
  const isOpen = exam.state !== "closed" && !doing.watching;
  const row = (rule) => h("li", {},
    h("span", { class: "cost" }, points(rule.points)),
    h("span", { class: "words" }, pair(rule.zh, rule.en), h("small", {}, rule.site ? `${place(rule)} · ` : "", t(rule.unset ? "left-unset" : "left-always"))),
    isOpen ? h("button", { type: "button", onclick: () => doing.deduct(exam, rule) }, t("deduct-short")) : null);
  const box = h("details", { class: "left" }, h("summary", {}, both("left-to-examiner"), h("i", {}, exam.left.length)), h("ul", {}, exam.left.map(row)));
  box.open = leftOpen;
  box.addEventListener("toggle", () => { leftOpen = box.open; });
  return box;
}

function actions(exam, doing) {
  return h("div", { class: "actions" },
    h("button", { type: "button", onclick: () => doing.deduct(exam) }, both("deduct")),
    h("button", { type: "button", class: "stop", onclick: () => doing.stop(exam) }, both("stop-exam")));
}

function foot(exam) {
  return h("p", { class: "foot" },
    exam.samples ? h("span", {}, t("samples", { accepted: exam.samples[0].toLocaleString() })) : null,
    exam.at_us ? h("span", {}, clock(exam.at_us)) : null,
    exam.digest ? h("span", {}, `${t("digest")} `, h("code", {}, exam.digest.slice(0, 16))) : null,
    exam.record ? h("a", { href: exam.record, download: "" }, `${t("record-column")} ${t("record-link")}`) : null);
}
