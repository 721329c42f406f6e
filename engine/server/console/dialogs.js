// Opening, deducting, stopping: each asks for what the engine asks for, and shows the engine's own refusal.
import { eachFrame, h, replace } from "./dom.js";
import { both, language, t } from "./texts.js";
import { act, live } from "./live.js";
import { chips, faultList, keepPlace, tellMore, vehicles } from "./devices.js";

const NAME = "examiner";

export function examiner() {
  return localStorage.getItem(NAME) ?? "";
}

export function setExaminer(name) {
  localStorage.setItem(NAME, name.trim());
}

export function openExam(units, done) {
  const form = dialog("open-exam", async (values) => {
    const { candidate, unit, by } = values;
    const said = await act("/api/exams", { candidate, unit, class: values.class, attempt: Number(values.attempt), by }, language());
    done(said.exam);
  });
  const first = likely();
  const unit = input("unit", { required: true, maxlength: 16, pattern: "[a-z0-9\\-]+", list: "units", value: first?.unit ?? units[0] ?? "" });
  const of = input("class", { required: true, value: first?.role.class ?? "E", maxlength: 4 });
  const choices = h("div", { class: "choices" });
  const rest = h("small");
  const wrong = h("div", { class: "wrong", role: "status" });
  const draw = () => {
    const { kept, more } = vehicles();
    chips(choices, kept, (name) => { unit.value = name; choose(); }, (device) => ({ pressed: device.unit === unit.value, disabled: rides(device.unit), instead: rides(device.unit) ? t("verdict-running") : undefined }));
    tellMore(rest, more);
    const device = live.devices.get(unit.value);
    keepPlace(() => wrong.querySelector(".faults"), () => replace(wrong, device?.role.kind === "node" ? h("p", { class: "sure" }, both("device-is-node")) : null, device ? faultList(device) : null));
  };
  // Pressed or typed, a vehicle that is known brings its class.
  const choose = () => {
    const { role } = live.devices.get(unit.value) ?? {};
    if (role?.kind === "vehicle") of.value = role.class;
    draw();
  };
  unit.addEventListener("input", choose);
  const drawSoon = eachFrame(draw);
  const redraw = (what) => { if (what === "device" || what === "exam") drawSoon(); };
  live.on(redraw);
  form.box.addEventListener("close", () => live.off(redraw));
  choose();
  replace(form.fields,
    field("candidate", input("candidate", { required: true, maxlength: 64, pattern: "\\S+", autofocus: true })),
    h("div", { class: "field" }, h("label", { class: "field" }, both("vehicle-unit"), unit, h("datalist", { id: "units" }, units.map((name) => h("option", { value: name })))), choices, rest, wrong),
    h("div", { class: "row" }, field("class", of), field("attempt", input("attempt", { type: "number", min: 1, max: 2, value: 1 }))),
    person());
}

// The vehicle that comes next, most likely: one that the site's file names before one that named itself, then a good one.
function likely() {
  const free = vehicles().kept.filter((device) => !rides(device.unit));
  const rank = (device) => (device.named ? 0 : 2) + (device.state === "good" ? 0 : 1);
  return free.sort((a, b) => rank(a) - rank(b))[0];
}

// Who rides already cannot begin: the engine would refuse it.
function rides(unit) {
  return [...live.exams.values()].some((exam) => exam.unit === unit && exam.state !== "closed");
}

// `given`: the rule and place that the examiner pointed at.
export function deduct(exam, rules, given = {}) {
  const form = dialog("deduct", ({ rule, site, by, reason }) =>
    act(`/api/exams/${exam.exam}/deductions`, { rule, site: site || null, by, reason }, language()));
  const name = (one) => (language() === "en" ? one.en : one.zh);
  const option = (rule) => h("option", { value: rule.id, selected: rule.id === given.rule }, `${rule.code} ${name(rule)} · ${rule.points >= 100 ? t("eliminating") : t("points-off", { points: rule.points })}`);
  replace(form.fields,
    field("deduct-rule", h("select", { name: "rule", required: true }, h("option", { value: "" }, "—"), rules.filter((rule) => rule.examiner).map(option))),
    field("deduct-site", h("select", { name: "site" }, h("option", { value: "" }, t("deduct-site-none")), exam.items.map((item) => h("option", { value: item.site, selected: item.site === given.site }, name(item))))),
    field("reason", h("textarea", { name: "reason", required: true, maxlength: 500, rows: 2 })),
    person());
}

export function stop(exam) {
  const form = dialog("stop-exam", ({ how, by, reason }) =>
    act(`/api/exams/${exam.exam}/stop`, { by, reason, fail: how === "fail" }, language()), "stop-confirm", "danger");
  const choice = (value, key, checked) => h("label", { class: "choice" }, h("input", { type: "radio", name: "how", value, required: true, checked }), both(key));
  replace(form.fields,
    h("p", { class: "sure" }, t("stop-sure", { exam: `${exam.candidate} (${exam.exam})` })),
    h("fieldset", {}, h("legend", {}, t("stop-how")), choice("void", "stop-void"), choice("fail", "stop-fail")),
    field("reason", h("textarea", { name: "reason", required: true, maxlength: 500, rows: 2 })),
    person());
}

export function answer(exam, question, word, ask) {
  return say(`/api/exams/${exam.exam}/answers`, { question: question.no, answer: word }, ask);
}

export function nothingMore(exam, ask) {
  return say(`/api/exams/${exam.exam}/nothing-more`, {}, ask);
}

// One press with the examiner's name; who has none yet is asked for it.
async function say(path, what, ask) {
  if (!examiner()) { ask(); return; }
  try {
    await act(path, { ...what, by: examiner() }, language());
  } catch (why) {
    complain(why);
  }
}

export function complain(why) {
  const box = h("dialog", { class: "complaint" }, h("p", {}, t("failed-request", { why: why.message })), h("button", { type: "button", autofocus: true, onclick: () => box.close() }, "OK"));
  box.addEventListener("close", () => box.remove());
  document.body.append(box);
  box.showModal();
}

function input(name, attributes) {
  return h("input", { name, autocomplete: "off", ...attributes });
}

function field(key, ...inputs) {
  return h("label", { class: "field" }, both(key), ...inputs);
}

function person() {
  return h("label", { class: "field" }, both("examiner-name"), input("by", { required: true, maxlength: 64, value: examiner() }), h("small", {}, t("examiner-name-hint")));
}

// A form that stays open, with the engine's sentence in it, until the engine has agreed.
function dialog(title, send, confirm = title, kind = "") {
  const fields = h("div", { class: "fields" });
  const refusal = h("p", { class: "refusal", role: "alert" });
  const form = h("form", { method: "dialog" }, h("h2", {}, both(title)), fields, refusal,
    h("div", { class: "buttons" }, h("button", { type: "button", onclick: () => box.close() }, both("cancel")), h("button", { type: "submit", class: `primary ${kind}` }, both(confirm))));
  const box = h("dialog", {}, form);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const values = Object.fromEntries(new FormData(form));
    refusal.textContent = "";
    try {
      setExaminer(values.by);
      await send(values);
      box.close();
    } catch (why) {
      refusal.textContent = why.message;
    }
  });
  box.addEventListener("close", () => box.remove());
  document.body.append(box);
  box.showModal();
  return { box, fields };
}
