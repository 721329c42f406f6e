// The course from above, and everybody on it.
import { h, replace, svg } from "./dom.js";
import { both, language, named, t } from "./texts.js";
import { live } from "./live.js";
import { View } from "./view.js";
import { COLOURS, drawTrack, drawVehicle } from "./vehicle.js";

const INK = "#22303a";

// What the uncertainty is made of: the largest part is where better equipment would help.
function budget(pose) {
  const [receiver, heading, lean, survey] = pose.u_by_source.map((part) => `${(part / 10).toFixed(1)} ${t("unit-mm")}`);
  return [`${t("budget-receiver")} ${receiver}`, `${t("budget-heading")} ${heading}`, `${t("budget-lean")} ${lean}`, `${t("budget-survey")} ${survey}`].join("\n");
}

export class Plan {
  constructor(place, course) {
    this.course = course;
    this.chosen = null;
    this.following = false;
    this.canvas = h("canvas", { tabindex: 0 });
    this.hud = h("div", { class: "hud" });
    this.tools = h("div", { class: "tools" });
    this.legend = h("div", { class: "legend" });
    replace(place, this.canvas, this.hud, this.tools, this.legend);
    this.view = new View(this.canvas, (why) => {
      if (why === "moved" && this.following) { this.following = false; this.drawTools(); }
      this.wake();
    });
    new ResizeObserver(() => this.resize()).observe(place);
    this.words();
  }

  // Room around the sites; the boundary is only the edge of the square.
  bounds() {
    const points = this.course.sites.flatMap((site) => site.ground_mm);
    if (!points.length) return [-10000, -10000, 10000, 10000];
    const [east, north] = [points.map((point) => point[0]), points.map((point) => point[1])];
    return [Math.min(...east), Math.min(...north), Math.max(...east), Math.max(...north)];
  }

  fit() {
    this.following = false;
    this.drawTools();
    this.view.fit(this.bounds(), this.inset());
  }

  // The gauges lie over the top of a wide plan and over the bottom of a narrow one.
  inset() {
    return this.view.size()[0] > 620 ? { top: 72, bottom: 34 } : { top: 72, bottom: 118 };
  }

  resize() {
    const ratio = window.devicePixelRatio || 1;
    const [width, height] = this.view.size();
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    if (!this.view.touched && !this.following) this.view.fit(this.bounds(), this.inset());
    this.wake();
  }

  words() {
    replace(this.legend, line(false), h("small", {}, t("front-track")), line(true), h("small", {}, t("rear-track")));
    this.drawTools();
    this.wake();
  }

  drawTools() {
    const button = (label, title, click, pressed) =>
      h("button", { type: "button", title, "aria-label": title, "aria-pressed": pressed === undefined ? null : String(pressed), onclick: click }, label);
    replace(
      this.tools,
      button("+", t("zoom-in"), () => this.view.zoom(1.5)),
      button("−", t("zoom-out"), () => this.view.zoom(1 / 1.5)),
      button(t("fit-view"), t("fit-view"), () => this.fit()),
      button(t("follow"), t("follow"), () => {
        this.following = !this.following;
        if (this.following && this.view.scale < 0.06) this.view.scale = 0.09;
        this.drawTools();
        this.wake();
      }, this.following),
    );
  }

  choose(exam) {
    this.chosen = exam;
    this.wake();
  }

  // Brings a place of a finding near.
  look(point) {
    this.following = false;
    this.view.scale = Math.max(this.view.scale, 0.09);
    this.view.touched = true;
    this.drawTools();
    this.view.look(point);
  }

  wake() {
    if (this.waiting) return;
    this.waiting = requestAnimationFrame(() => { this.waiting = 0; this.draw(); });
  }

  draw() {
    const pose = live.exams.get(this.chosen)?.pose;
    if (this.following && pose?.tyres_mm?.length) this.view.centre = [...pose.tyres_mm[0]];
    const paper = this.canvas.getContext("2d");
    const ratio = window.devicePixelRatio || 1;
    paper.setTransform(ratio, 0, 0, ratio, 0, 0);
    const [width, height] = this.view.size();
    paper.fillStyle = "#dfe3dc";
    paper.fillRect(0, 0, width, height);
    this.drawCourse(paper);
    this.drawExams(paper);
    this.drawSeen(paper);
    this.drawFindings(paper);
    this.drawScale(paper, height);
    this.drawHud(pose);
  }

  drawCourse(paper) {
    this.area(paper, this.course.boundary_mm, "#eef0ea", "#b9c0b6", 1);
    const items = live.exams.get(this.chosen)?.items ?? [];
    for (const site of this.course.sites) {
      const state = items.find((item) => item.site === site.id)?.state;
      const edge = { riding: "#0b57a4", settling: "#0b57a4", void: "#b86e00", done: "#0a6b3c" }[state];
      this.area(paper, site.ground_mm, "#fbfcf9", edge ?? "#9aa5a0", edge ? 2.5 : 1);
      for (const shape of ["profile", "area", "line", "pole"]) {
        for (const part of site.parts) if (part.shape === shape) this.part(paper, part);
      }
      this.siteName(paper, site, state);
    }
  }

  part(paper, part) {
    const draw = { area: "partArea", line: "partLine", pole: "partPole", profile: "partProfile" }[part.shape];
    if (draw) this[draw](paper, part);
  }

  partArea(paper, part) {
    const fill = part.role === "deck" ? "#c9b58a" : "#f2c230";
    this.area(paper, part.points_mm, fill, INK, 1);
  }

  partLine(paper, part) {
    const crossing = part.role.endsWith("_line");
    paper.strokeStyle = crossing ? "#6b7780" : INK;
    paper.setLineDash(crossing ? [6, 4] : []);
    paper.lineWidth = crossing ? 1.4 : Math.max(1.8, 60 * this.view.scale);
    this.path(paper, part.points_mm);
    paper.stroke();
    paper.setLineDash([]);
  }

  partPole(paper, part) {
    const [x, y] = this.view.at(part.points_mm[0]);
    const radius = Math.max(3.6, part.radius_mm * this.view.scale);
    paper.beginPath();
    paper.arc(x, y, radius, 0, 2 * Math.PI);
    paper.fillStyle = "#d4202c";
    paper.fill();
    paper.lineWidth = 1.5;
    paper.strokeStyle = "#fff";
    paper.stroke();
    if (this.view.scale > 0.05 && part.ordinal) {
      paper.fillStyle = INK;
      paper.font = "600 12px system-ui, sans-serif";
      paper.textAlign = "center";
      paper.fillText(part.ordinal, x, y - radius - 5);
    }
  }

  // A ramp or plank: a band of its own width.
  partProfile(paper, part) {
    const width = Math.max(part.width_mm * this.view.scale, 3);
    paper.lineCap = "butt";
    for (const [colour, wide] of [["#a8a294", width], ["#ddd8cb", Math.max(width - 2, 1)]]) {
      paper.strokeStyle = colour;
      paper.lineWidth = wide;
      this.path(paper, part.points_mm);
      paper.stroke();
    }
  }

  siteName(paper, site, state) {
    const west = Math.min(...site.ground_mm.map((point) => point[0]));
    const north = Math.max(...site.ground_mm.map((point) => point[1]));
    const [x, y] = this.view.at([west, north]);
    const mark = { done: " ✓", void: " ↻", riding: " ●", settling: " …" }[state] ?? "";
    const [large, small] = language() === "en" ? [site.en, site.zh] : [site.zh, site.en];
    paper.textAlign = "left";
    paper.fillStyle = INK;
    paper.font = "700 14px system-ui, sans-serif";
    paper.fillText(`${site.order} ${large}${mark}`, x, y - 7);
    const width = paper.measureText(`${site.order} ${large}${mark}`).width;
    paper.fillStyle = "#5a6770";
    paper.font = "12px system-ui, sans-serif";
    paper.fillText(small, x + width + 8, y - 7);
  }

  // The chosen exam on top of the others; closed ones only when they are chosen.
  drawExams(paper) {
    const shown = [...live.exams.values()].filter((exam) => exam.state !== "closed" || exam.exam === this.chosen);
    shown.sort((a, b) => (a.exam === this.chosen) - (b.exam === this.chosen));
    for (const exam of shown) {
      const chosen = exam.exam === this.chosen;
      drawTrack(paper, this.view, live.tracks.get(exam.exam), colourOf(exam), chosen);
    }
    for (const exam of shown) {
      const chosen = exam.exam === this.chosen;
      drawVehicle(paper, this.view, exam.pose, colourOf(exam), `${exam.unit} · ${exam.score}`, chosen);
    }
  }

  // Where units are while their batches are late: a hollow ring, which nobody takes for a judged place.
  drawSeen(paper) {
    for (const view of live.seen.values()) {
      if (!view.antenna_mm) continue;
      const [x, y] = this.view.at(view.antenna_mm);
      paper.strokeStyle = "#b86e00";
      paper.lineWidth = 2;
      paper.setLineDash([3, 3]);
      paper.beginPath();
      paper.arc(x, y, 9, 0, 2 * Math.PI);
      paper.stroke();
      paper.setLineDash([]);
      paper.fillStyle = "#b86e00";
      paper.font = "12px system-ui, sans-serif";
      paper.fillText(view.unit, x + 13, y + 4);
    }
  }

  // Where the chosen exam's findings and open questions were measured.
  drawFindings(paper) {
    const exam = live.exams.get(this.chosen);
    const asked = (exam?.questions ?? []).filter((question) => !question.answer);
    for (const [list, colour, mark] of [[exam?.findings ?? [], "#b3121f", "#"], [asked, "#3a3fa8", "?"]]) {
      for (const one of list) {
        const place = one.scene?.arrow?.from_tenth_mm.map((part) => part / 10) ?? one.scene?.poses[0]?.tyres_mm[0];
        if (place) flag(paper, this.view.at(place), `${mark}${one.no}`, colour);
      }
    }
  }

  drawScale(paper, height) {
    const metres = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20].find((length) => length * 1000 * this.view.scale >= 56) ?? 50;
    const wide = metres * 1000 * this.view.scale;
    const [x, y] = [16, height - 18];
    paper.strokeStyle = INK;
    paper.lineWidth = 2;
    paper.beginPath();
    paper.moveTo(x, y - 5);
    paper.lineTo(x, y);
    paper.lineTo(x + wide, y);
    paper.lineTo(x + wide, y - 5);
    paper.stroke();
    paper.fillStyle = INK;
    paper.font = "12px system-ui, sans-serif";
    paper.textAlign = "left";
    paper.fillText(metres < 1 ? `${metres * 100} cm` : `${metres} m`, x + wide + 7, y + 1);
  }

  drawHud(pose) {
    const words = `${language()}|${JSON.stringify(pose && [pose.speed_mm_s, pose.lean_cdeg, pose.u_tenth_mm, pose.reckoned_ms, pose.unfit])}`;
    if (words === this.hudWords) return;
    this.hudWords = words;
    if (!pose) { replace(this.hud, this.chosen ? h("span", { class: "quiet" }, both("no-pose")) : null); return; }
    const lean = pose.lean_cdeg / 100;
    const side = Math.abs(lean) < 0.5 ? "" : t(lean > 0 ? "lean-right" : "lean-left");
    replace(
      this.hud,
      h("span", { class: pose.unfit || pose.reckoned_ms ? "fit unfit" : "fit" }, both(pose.unfit ? named("unfit", pose.unfit) : pose.reckoned_ms ? "fit-reckoned" : "fit-fix")),
      h("span", { class: "gauge" }, h("small", {}, t("speed")), h("b", {}, (Math.round((pose.speed_mm_s * 36) / 1000) / 10 + 0).toFixed(1)), h("small", {}, "km/h")),
      h("span", { class: "gauge" }, leanGlyph(lean), h("small", {}, t("lean")), h("b", {}, `${Math.abs(lean).toFixed(1)}°`), h("small", {}, side)),
      h("span", { class: "gauge", title: budget(pose) }, h("small", {}, t("uncertainty")), h("b", {}, `±${(pose.u_tenth_mm / 10).toFixed(0)}`), h("small", {}, t("unit-mm"))),
    );
  }

  area(paper, points, fill, edge, width) {
    this.path(paper, points);
    paper.closePath();
    paper.fillStyle = fill;
    paper.fill();
    paper.lineWidth = width;
    paper.strokeStyle = edge;
    paper.stroke();
  }

  path(paper, points) {
    paper.beginPath();
    points.forEach((point, no) => {
      const [x, y] = this.view.at(point);
      if (no) paper.lineTo(x, y); else paper.moveTo(x, y);
    });
  }
}

// A pin with its number, its foot on the place.
function flag(paper, [x, y], words, colour) {
  paper.font = "700 11px system-ui, sans-serif";
  const wide = paper.measureText(words).width + 8;
  paper.strokeStyle = colour;
  paper.lineWidth = 1.6;
  paper.beginPath();
  paper.moveTo(x, y);
  paper.lineTo(x, y + 14);
  paper.stroke();
  paper.fillStyle = colour;
  paper.beginPath();
  paper.roundRect(x - wide / 2, y + 14, wide, 16, 4);
  paper.fill();
  paper.beginPath();
  paper.arc(x, y, 2.4, 0, 2 * Math.PI);
  paper.fill();
  paper.fillStyle = "#fff";
  paper.textAlign = "center";
  paper.fillText(words, x, y + 26);
}

// One colour a unit, so that a vehicle keeps its colour over the day.
export function colourOf(exam) {
  let sum = 0;
  for (const character of exam.unit) sum = (sum * 31 + character.codePointAt(0)) % 997;
  return COLOURS[sum % COLOURS.length];
}

// Seen from behind, leaning as the vehicle does.
function leanGlyph(lean) {
  return svg("svg", { viewBox: "-14 -22 28 26", width: 26, height: 24, "aria-hidden": "true" },
    svg("line", { x1: -13, y1: 2, x2: 13, y2: 2, stroke: "#9aa5a0", "stroke-width": 1.5 }),
    svg("g", { transform: `rotate(${lean})` },
      svg("line", { x1: 0, y1: 1, x2: 0, y2: -19, stroke: INK, "stroke-width": 3.2, "stroke-linecap": "round" }),
      svg("line", { x1: -7, y1: -14, x2: 7, y2: -14, stroke: INK, "stroke-width": 2.4, "stroke-linecap": "round" })));
}

function line(dashed) {
  return svg("svg", { viewBox: "0 0 24 6", width: 24, height: 6, "aria-hidden": "true" },
    svg("line", { x1: 1, y1: 3, x2: 23, y2: 3, stroke: INK, "stroke-width": dashed ? 1.6 : 2.4, "stroke-dasharray": dashed ? "5 4" : null }));
}
