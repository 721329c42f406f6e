// The examiner's page: who is riding, where, and what it costs. `?watch` shows it to candidates, without buttons;
// `?exam=ID` begins with one exam.
import { eachFrame, h, replace } from "./dom.js";
import { both, clock, day, language, loadTexts, named, otherLanguage, t } from "./texts.js";
import { connect, live, loadExam, loadList } from "./live.js";
import { colourOf, Plan } from "./plan.js";
import { drawBoard } from "./board.js";
import { drawDevices } from "./devices.js";
import * as dialogs from "./dialogs.js";

const query = new URLSearchParams(location.search);
const watching = query.has("watch");
const $ = (id) => document.getElementById(id);
let chosen = query.get("exam");
let picked = Boolean(chosen);
let rules = [];
let plan;

const doing = {
  watching,
  course: null,
  look: (point) => plan.look(point),
  answer: (exam, question, word) => dialogs.answer(exam, question, word, askName),
  deduct: (exam, given) => dialogs.deduct(exam, rules, given),
  nothingMore: (exam) => dialogs.nothingMore(exam, askName),
  stop: (exam) => dialogs.stop(exam),
};

async function begin() {
  document.body.classList.toggle("watching", watching);
  const [course, syllabus] = await Promise.all(["/api/course", "/api/syllabus"].map(async (path) => (await fetch(path)).json()), loadTexts());
  await loadTexts();
  rules = syllabus.rules;
  doing.course = course;
  plan = new Plan($("plan"), course);
  live.on(heard);
  await loadList();
  connect();
  if (chosen) choose(chosen, true);
  drawAll();
}

function heard(what, exam) {
  if (what === "pose") { plan.wake(); return; }
  if (what === "exam") { prefer(exam); drawExams(); if (exam === chosen) drawChosen(); plan.wake(); }
  if (what === "seen") { drawBanners(); plan.wake(); }
  if (what === "device") drawStrip();
  if (what === "site") { drawTop(); drawStrip(); drawBanners(); }
  if (what === "list") { drawResults(); if (!chosen) prefer(); }
  if (what === "exam") drawBanners();
}

// Somebody who has not chosen sees the exam that was opened last.
function prefer(exam) {
  const current = live.exams.get(chosen);
  const next = live.exams.get(exam);
  if (picked && current && (current.state !== "closed" || query.has("exam"))) return;
  if (next && next.state !== "closed" && (!current || current.state === "closed")) choose(next.exam, false);
  else if (!current && !next && live.closed.length) { choose(live.closed[0].exam, false); }
}

function choose(exam, byHand = true) {
  chosen = exam;
  picked = byHand;
  plan.choose(exam);
  loadExam(exam);
  drawExams();
  drawResults();
  drawChosen();
}

function drawAll() {
  drawTop();
  drawStrip();
  drawBanners();
  drawExams();
  drawResults();
  drawChosen();
  plan.words();
}

function drawTop() {
  if (document.activeElement?.id === "examiner") return;
  const { connected } = live.state;
  const name = h("input", { id: "examiner", maxlength: 64, autocomplete: "off", value: dialogs.examiner(), placeholder: t("examiner-name"), "aria-label": t("examiner-name"), oninput: (event) => dialogs.setExaminer(event.target.value) });
  replace($("top"),
    h("h1", {}, t("app-title"), h("small", {}, language() === "en" ? doing.course.en : doing.course.zh)),
    h("span", { class: connected ? "link on" : "link" }, t(connected ? "connection-live" : "connection-lost")),
    h("span", { class: "space" }),
    watching ? null : name,
    watching ? null : h("button", { type: "button", class: "primary", onclick: () => dialogs.openExam(units(), (exam) => choose(exam)) }, both("open-exam")),
    h("button", { type: "button", onclick: () => { otherLanguage(); drawAll(); } }, t("language-other")));
}

// Candidates have no need of it.
const drawStrip = eachFrame(() => { if (!watching) drawDevices($("devices")); });

function drawBanners() {
  const { halted } = live.state;
  const lost = [...live.exams.values()].filter((exam) => exam.lost_us && exam.state !== "closed");
  replace($("banners"),
    halted ? h("p", { class: "halted" }, both("halted-banner", { why: halted })) : null,
    lost.map((exam) => h("p", {}, both("source-lost-banner", { unit: exam.unit, time: clock(exam.lost_us) }))),
    [...live.seen.values()].map((view) => h("p", { class: "seen" }, both("live-banner", { unit: view.unit, time: view.at_us ? clock(view.at_us) : "-", seconds: view.behind_s }))));
}

function drawExams() {
  const running = [...live.exams.values()].filter((exam) => exam.state !== "closed").sort((a, b) => a.opened_us - b.opened_us);
  const card = (exam) => {
    const asked = exam.questions.filter((question) => !question.answer).length + (exam.awaits_word ? 1 : 0);
    const dot = h("i", { class: "dot" });
    dot.style.background = colourOf(exam);
    return h("button", { type: "button", class: exam.exam === chosen ? "card chosen" : "card", "aria-pressed": String(exam.exam === chosen), onclick: () => choose(exam.exam) },
      dot, h("span", {}, h("b", {}, exam.candidate), h("small", {}, exam.unit)), asked ? h("em", { title: t("questions") }, `? ${asked}`) : null, h("strong", { class: exam.score < exam.pass_mark ? "low" : "" }, exam.score));
  };
  replace($("exams"), running.map(card));
  $("exams").hidden = running.length === 0;
}

function drawResults() {
  const row = (exam) => h("tr", { class: exam.exam === chosen ? "chosen" : "", onclick: () => choose(exam.exam) },
    h("td", {}, h("span", { class: `verdict ${exam.verdict.verdict}` }, t(named("verdict", exam.verdict.verdict)))),
    h("td", { class: "number" }, exam.score), h("td", {}, exam.candidate), h("td", {}, exam.unit), h("td", {}, exam.exam), h("td", {}, day(exam.opened_us)),
    h("td", {}, exam.record ? h("a", { href: exam.record, download: "", onclick: (event) => event.stopPropagation() }, t("record-link")) : h("small", {}, t("record-sealing"))));
  const heading = (key) => h("th", {}, t(key));
  const heads = [heading("verdict-column"), heading("score-column"), heading("candidate"), heading("vehicle-unit"), heading("exam-number"), heading("opened-column"), heading("record-column")];
  replace($("results"), live.closed.length ? h("table", {}, h("caption", {}, both("results")), h("thead", {}, h("tr", {}, heads)), h("tbody", {}, live.closed.slice(0, 200).map(row))) : null);
  $("results").hidden = live.closed.length === 0;
}

// An open form or a text being selected is not taken away; the board is drawn at its next change.
function drawChosen() {
  const board = $("board");
  const scrolled = board.scrollTop;
  drawBoard(board, live.exams.get(chosen), doing);
  board.scrollTop = scrolled;
}

function units() {
  const known = [...live.exams.values(), ...live.closed].map((exam) => exam.unit);
  return [...new Set(known)].sort();
}

function askName() {
  $("examiner").focus();
  dialogs.complain(new Error(t("examiner-name-hint")));
}

begin();
