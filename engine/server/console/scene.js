// What a finding looked like from above: the vehicle, the part of the course it was held against, the distance, the limit.
// Drawn as the rider sees it: he rides to the right, so his left is up. A close-up beside it shows what millimetres are.
import { h, svg } from "./dom.js";
import { language, named, t } from "./texts.js";

const WIDE = 394;
const HIGH = 196;
const SPLIT = 236;
const INK = "#22303a";
const PALE = "#9aa5a0";
const RED = "#b3121f";
const BLUE = "#0b57a4";
// A wheel seen from above, millimetres.
const WHEEL_LONG = 520;

export function scenePicture(of, exam, course) {
  const scene = of.scene;
  if (!scene?.poses.length) return null;
  const site = course?.sites.find((one) => one.id === (scene.part?.site ?? of.site));
  const now = middle(scene);
  const what = { scene, site, now, measure: of.measure, kTenths: exam.k_tenths, arrow: arrowOf(scene, of.measure), id: `${exam.exam}-${of.rule}-${of.no}-${"why" in of ? "q" : "f"}` };
  const wide = what.arrow ? SPLIT : WIDE;
  return h("figure", { class: "scene" },
    svg("svg", { viewBox: `0 0 ${WIDE} ${HIGH}`, role: "img", "aria-label": sentence(what) },
      panel(what, [0, 0, wide, HIGH], overview(what), false),
      what.arrow ? panel(what, [SPLIT + 4, 0, WIDE - SPLIT - 4, HIGH], closeUp(what), true) : null),
    h("figcaption", {}, sentence(what)));
}

// The pose of the instant itself, or the nearest to it.
function middle(scene) {
  const off = (pose) => Math.abs(pose.at_us - scene.at_us);
  return scene.poses.reduce((best, pose) => (off(pose) < off(best) ? pose : best));
}

// In millimetres; `unit` leads from the part to the vehicle where the value is positive.
function arrowOf(scene, measure) {
  if (!scene.arrow) return null;
  const [from, to] = [scene.arrow.from_tenth_mm, scene.arrow.to_tenth_mm].map((point) => point.map((part) => part / 10));
  const length = Math.hypot(from[0] - to[0], from[1] - to[1]);
  const value = measure?.unit === "mm" && measure.value < 0 ? -length : length;
  const unit = length > 0.5 ? [(from[0] - to[0]) / value, (from[1] - to[1]) / value] : null;
  return { from, to, length, unit, point: scene.arrow.point };
}

// What is seen: the vehicle, its arrow, and some room.
function overview({ now, arrow }) {
  return { points: [...now.outline_mm, ...(now.trailer_mm ?? []), ...(arrow ? [arrow.from, arrow.to] : [])], room: 260 };
}

function closeUp({ arrow, measure, kTenths }) {
  const band = measure?.unit === "mm" ? (measure.u_tenths / 10) * (kTenths / 10) : 0;
  const ends = [arrow.from, arrow.to];
  const limit = limitPoint(arrow, measure);
  if (limit) ends.push(limit);
  const room = Math.max(arrow.length * 0.45, band * 1.25, 40);
  return { points: ends, room };
}

function limitPoint(arrow, measure) {
  if (!arrow.unit || measure?.unit !== "mm") return null;
  return [0, 1].map((axis) => arrow.to[axis] + arrow.unit[axis] * measure.limit);
}

// One view of the plane: turned so that the vehicle heads to the right, and fitted to what is to be seen.
function frame([left, top, wide, high], { points, room }, heading) {
  const [sine, cosine] = [Math.sin(heading), Math.cos(heading)];
  const turned = ([e, n]) => [e * sine + n * cosine, e * cosine - n * sine];
  const at = points.map(turned);
  const low = [0, 1].map((axis) => Math.min(...at.map((point) => point[axis])) - room);
  const high2 = [0, 1].map((axis) => Math.max(...at.map((point) => point[axis])) + room);
  const scale = Math.min((wide - 6) / (high2[0] - low[0]), (high - 34) / (high2[1] - low[1]));
  const centre = [0, 1].map((axis) => (low[axis] + high2[axis]) / 2);
  return {
    scale,
    box: [left, top, wide, high],
    place: (point) => {
      const [ahead, right] = turned(point);
      return [left + wide / 2 + (ahead - centre[0]) * scale, top + high / 2 - 3 + (right - centre[1]) * scale];
    },
  };
}

function panel(what, box, seen, close) {
  const heading = (what.now.heading_cdeg / 100) * (Math.PI / 180);
  const view = frame(box, seen, heading);
  const clip = `${what.id}-${close ? "close" : "far"}`;
  const [left, top, wide, high] = box;
  return svg("g", {},
    svg("clipPath", { id: clip }, svg("rect", { x: left, y: top, width: wide, height: high, rx: 6 })),
    svg("g", { "clip-path": `url(#${clip})` },
      svg("rect", { x: left, y: top, width: wide, height: high, fill: "#f7f8f4" }),
      what.site ? parts(what, view) : null,
      ghosts(what, view, close),
      vehicle(what, view, what.now, heading, close),
      restLine(what, view, close),
      limitLine(what, view, close),
      arrow(what, view, close),
      labels(what, view, close),
      scaleBar(view)),
    svg("rect", { x: left + 0.5, y: top + 0.5, width: wide - 1, height: high - 1, rx: 6, fill: "none", stroke: "#cfd5d0" }));
}

// Everything of the site, and what it was held against in red.
function parts({ site, scene }, view) {
  const order = { profile: 0, area: 1, line: 2, pole: 3 };
  const drawn = [...site.parts].sort((a, b) => order[a.shape] - order[b.shape]);
  return drawn.map((part) => {
    const strong = part.id === scene.part?.id;
    const points = part.points_mm.map(view.place);
    const colour = strong ? RED : INK;
    if (part.shape === "pole") {
      const [x, y] = points[0];
      return svg("circle", { cx: x, cy: y, r: Math.max(part.radius_mm * view.scale, 2), fill: strong ? RED : "#d98b8f", stroke: "#fff", "stroke-width": 0.8 });
    }
    if (part.shape === "profile") return svg("polyline", { points: path(points), fill: "none", stroke: "#e9e5da", "stroke-width": part.width_mm * view.scale });
    if (part.shape === "area") return svg("polygon", { points: path(points), fill: part.role === "deck" ? "#d9c9a3" : "#f6dc8a", stroke: colour, "stroke-width": strong ? 1.6 : 0.8 });
    return svg("polyline", { points: path(points), fill: "none", stroke: strong ? RED : PALE, "stroke-width": strong ? 2 : 1.4, "stroke-dasharray": part.role.endsWith("_line") ? "6 4" : null });
  });
}

// The body, and what it draws.
function rings(pose) {
  return pose.trailer_mm ? [pose.outline_mm, pose.trailer_mm] : [pose.outline_mm];
}

function ghosts({ scene, now }, view, close) {
  const others = scene.poses.filter((pose) => pose !== now);
  return others.map((pose) => svg("g", { opacity: close ? 0.35 : 0.5 },
    ...(close ? [] : rings(pose).map((ring) => svg("polygon", { points: path(ring.map(view.place)), fill: "none", stroke: PALE, "stroke-width": 0.7 }))),
    tyres(scene, pose, view, (pose.heading_cdeg / 100) * (Math.PI / 180), PALE, "none")));
}

function vehicle({ scene }, view, pose, heading, close) {
  const [front, rear] = pose.tyres_mm.map(view.place);
  return svg("g", {},
    ...rings(pose).map((ring) => svg("polygon", { points: path(ring.map(view.place)), fill: BLUE, "fill-opacity": close ? 0.07 : 0.13, stroke: BLUE, "stroke-width": 1.2 })),
    tyres(scene, pose, view, heading, BLUE, "#ffffffd0"),
    close ? null : svg("line", { x1: rear[0], y1: rear[1], x2: front[0], y2: front[1], stroke: BLUE, "stroke-width": 0.8 }));
}

// A wheel over its contact with the ground, as wide as it was surveyed.
function tyres(scene, pose, view, heading, colour, fill) {
  const [sine, cosine] = [Math.sin(heading), Math.cos(heading)];
  return pose.tyres_mm.map(([e, n], no) => {
    const [half, long] = [scene.half_widths_mm[no], WHEEL_LONG / 2];
    const corner = (ahead, right) => view.place([e + sine * ahead + cosine * right, n + cosine * ahead - sine * right]);
    const points = [corner(long, -half), corner(long, half), corner(-long, half), corner(-long, -half)];
    return svg("polygon", { points: path(points), fill, stroke: colour, "stroke-width": 1, "stroke-linejoin": "round" });
  });
}

function limitLine({ arrow, measure, scene }, view, close) {
  const limit = arrow && limitPoint(arrow, measure);
  if (!limit || (measure.limit === 0 && scene.part)) return null;
  return across(arrow, view, limit, close, { "stroke-width": 1.4, "stroke-dasharray": "2 3" });
}

function restLine({ arrow, scene }, view, close) {
  return arrow && !scene.part ? across(arrow, view, arrow.to, close, { "stroke-width": 1.8 }) : null;
}

// A red line through a point, square to the arrow.
function across(arrow, view, point, close, attributes) {
  const [x, y] = view.place(point);
  const [ux, uy] = direction(arrow, view);
  const half = close ? 400 : 26;
  return svg("line", { x1: x - uy * half, y1: y + ux * half, x2: x + uy * half, y2: y - ux * half, stroke: RED, ...attributes });
}

// On the paper, from the part to the vehicle.
function direction(arrow, view) {
  const [a, b] = [arrow.to, arrow.from].map(view.place);
  const length = Math.hypot(b[0] - a[0], b[1] - a[1]) || 1;
  return [(b[0] - a[0]) / length, (b[1] - a[1]) / length];
}

function arrow(what, view, close) {
  if (!what.arrow) return null;
  const { from, to } = what.arrow;
  const [[x1, y1], [x2, y2]] = [from, to].map(view.place);
  const [ux, uy] = direction(what.arrow, view);
  const long = Math.hypot(x2 - x1, y2 - y1);
  const head = Math.min(close ? 8 : 5, long * 0.45);
  const tip = (x, y, sign) => path([[x, y], [x + sign * (ux * head) - uy * head * 0.45, y + sign * (uy * head) + ux * head * 0.45], [x + sign * (ux * head) + uy * head * 0.45, y + sign * (uy * head) - ux * head * 0.45]]);
  const band = close && what.measure?.unit === "mm" ? (what.measure.u_tenths / 10) * (what.kTenths / 10) * view.scale : 0;
  return svg("g", {},
    band ? svg("line", { x1: x1 - ux * band, y1: y1 - uy * band, x2: x1 + ux * band, y2: y1 + uy * band, stroke: "#3a3fa8", "stroke-opacity": 0.22, "stroke-width": 12 }) : null,
    svg("line", { x1, y1, x2, y2, stroke: "#111", "stroke-width": close ? 1.8 : 1.3 }),
    svg("polygon", { points: tip(x1, y1, -1), fill: "#111" }),
    svg("polygon", { points: tip(x2, y2, 1), fill: "#111" }),
    close ? null : svg("circle", { cx: (x1 + x2) / 2, cy: (y1 + y2) / 2, r: Math.max(long / 2 + 5, 9), fill: "none", stroke: "#111", "stroke-width": 0.8, "stroke-dasharray": "2 2" }));
}

function labels(what, view, close) {
  const [left, top, wide, high] = view.box;
  const text = (x, y, words, attributes = {}) => svg("text", { x, y, "font-size": 11, fill: INK, stroke: "#f7f8f4", "stroke-width": 3, "paint-order": "stroke", ...attributes }, words);
  if (!close) {
    return svg("g", {},
      text(left + wide - 8, top + high - 8, `${t("riding-direction")} →`, { "text-anchor": "end", fill: "#55636d" }),
      what.scene.part || what.arrow ? text(left + 8, top + 15, heldAgainst(what.scene), { fill: RED, "font-weight": 700 }) : null);
  }
  const length = what.measure?.unit === "mm" ? `${what.measure.value} ± ${(what.measure.u_tenths / 10).toFixed(1)} ${t("unit-mm")}` : `${what.arrow.length.toFixed(0)} ${t("unit-mm")}`;
  const limit = what.measure?.unit === "mm" && what.measure.limit !== 0 ? t("limit-line", { limit: what.measure.limit }) : null;
  return svg("g", {},
    text(left + 8, top + 15, length, { "font-weight": 700 }),
    limit ? text(left + 8, top + 31, limit, { fill: RED }) : null,
    text(left + wide - 8, top + high - 26, t(named("point", what.arrow.point)), { fill: BLUE, "text-anchor": "end", "font-weight": 700 }));
}

// A roll-back is held against no part of the course, but against where the vehicle stood.
function heldAgainst(scene) {
  return scene.part ? partName(scene.part) : t("stood-here");
}

function partName(part) {
  return part.ordinal ? `${t(named("role", part.role))} ${part.ordinal}` : t(named("role", part.role));
}

function scaleBar(view) {
  const [left, top, , high] = view.box;
  const mm = [5, 10, 20, 50, 100, 200, 500, 1000].find((length) => length * view.scale >= 28) ?? 2000;
  const [x, y, long] = [left + 8, top + high - 9, mm * view.scale];
  return svg("g", {},
    svg("path", { d: `M${x} ${y - 4}V${y}H${x + long}V${y - 4}`, fill: "none", stroke: INK, "stroke-width": 1.4 }),
    svg("text", { x: x + long + 5, y: y + 1, "font-size": 10.5, fill: INK, stroke: "#f7f8f4", "stroke-width": 3, "paint-order": "stroke" }, mm < 1000 ? `${mm} ${t("unit-mm")}` : `${mm / 1000} m`));
}

// The picture in words: what was held against what, and when.
function sentence({ scene, arrow, measure }) {
  const words = [t("evidence-at", { time: instant(scene.at_us) })];
  if (arrow) words.push(`${t(named("point", arrow.point))} → ${heldAgainst(scene)}`);
  if (measure?.unit === "mm") words.push(`${measure.value} ${t("unit-mm")}`);
  words.push(t("half-second"));
  return words.join(language() === "en" ? ", " : "，");
}

function instant(us) {
  const date = new Date(us / 1000);
  return `${date.toLocaleTimeString("zh-CN", { hour12: false })}.${String(Math.floor((us % 1e6) / 1e4)).padStart(2, "0")}`;
}

function path(points) {
  return points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" ");
}
