// What stands behind a finding or a question, for whoever wants to see: the picture, what u is made of, the clause. The
// smallest change that would have avoided it is said at once.
import { h } from "./dom.js";
import { both, named, pair, t } from "./texts.js";
import { scenePicture } from "./scene.js";

// Which ones a person opened or closed: the board is drawn anew at every change.
const opened = new Map();

export function remedyLine(of) {
  return of.remedy ? h("p", { class: "remedy" }, h("small", {}, t("remedy")), pair(of.remedy.zh, of.remedy.en)) : null;
}

// `kind` is "finding" or "question"; an open question shows its evidence unasked.
export function evidence(of, kind, exam, doing) {
  const key = `${exam.exam} ${kind} ${of.no} ${of.at_us}`;
  const open = opened.get(key) ?? (kind === "question" && !of.answer);
  const body = h("div", {});
  const fill = () => body.childElementCount || body.append(...inside(of, exam, doing).filter(Boolean));
  if (open) fill();
  const box = h("details", { class: "evidence", open }, h("summary", {}, both("evidence")), body);
  box.addEventListener("toggle", () => { opened.set(key, box.open); if (box.open) fill(); });
  return box;
}

function inside(of, exam, doing) {
  const scene = of.scene;
  const place = scene?.arrow ? scene.arrow.from_tenth_mm.map((part) => part / 10) : scene?.poses[0]?.tyres_mm[0];
  return [
    scenePicture(of, exam, doing.course),
    of.measure ? budget(of.measure) : null,
    h("p", { class: "clause" },
      of.source_of_rule ? h("span", {}, `${t("clause")} ${of.code} · ${of.source_of_rule} · ${t(named("confidence", String(of.confidence_of_rule).toLowerCase()))}`) : null,
      place ? h("button", { type: "button", onclick: () => doing.look(place) }, t("evidence-look")) : null),
  ];
}

// Each source of u in tenths of its unit; the bar is its share in u squared, where better equipment would help.
function budget(measure) {
  const parts = Object.entries(measure.u_by_source ?? {}).map(([name, part]) => [name.split("_tenth_")[0], part]);
  const sum = parts.reduce((total, [, part]) => total + part * part, 0);
  if (!sum) return null;
  const unit = t(`unit-${measure.unit.replace("/", "-")}`);
  const row = ([name, part]) => {
    const bar = h("i", {});
    bar.style.width = `${((100 * part * part) / sum).toFixed(0)}%`;
    return h("li", {}, h("span", {}, t(named("budget", name))), h("b", {}, (part / 10).toFixed(1)), h("span", { class: "share" }, bar));
  };
  return h("div", { class: "budget" },
    h("small", {}, `${t("budget")} · u = ${(measure.u_tenths / 10).toFixed(1)} ${unit}`),
    h("ul", {}, parts.sort((a, b) => b[1] - a[1]).map(row)));
}
