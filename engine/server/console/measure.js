// The evidence behind a finding or a question: the value, its k·u band, and the limit on one line.
import { h, svg } from "./dom.js";
import { t } from "./texts.js";

const WIDE = 360;
const SIDE = 12;

export function measureBar(measure, kTenths) {
  const { value, limit, unit, least } = measure;
  const u = measure.u_tenths / 10;
  const band = (u * kTenths) / 10;
  const [low, high] = span(value, limit, band);
  const x = (at) => SIDE + ((at - low) / (high - low)) * (WIDE - 2 * SIDE);
  const over = least ? limit - value : value - limit;
  const proven = over > band;
  const colour = proven ? "#b3121f" : over + band > 0 ? "#3a3fa8" : "#0a6b3c";
  const picture = svg("svg", { viewBox: `0 0 ${WIDE} 38`, class: "bar", role: "img", "aria-label": sentence(measure, u, band) },
    svg("rect", { x: x(low), y: 17, width: x(limit) - x(low), height: 6, fill: least ? "#f3d3d3" : "#d5e6da" }),
    svg("rect", { x: x(limit), y: 17, width: x(high) - x(limit), height: 6, fill: least ? "#d5e6da" : "#f3d3d3" }),
    svg("rect", { x: x(value - band), y: 12, width: Math.max(x(value + band) - x(value - band), 1), height: 16, rx: 4, fill: colour, "fill-opacity": 0.2, stroke: colour, "stroke-width": 1 }),
    svg("line", { x1: x(limit), y1: 7, x2: x(limit), y2: 33, stroke: "#22303a", "stroke-width": 2.4 }),
    svg("circle", { cx: x(value), cy: 20, r: 5.5, fill: colour, stroke: "#fff", "stroke-width": 1.6 }));
  const number = (label, text, strong) => h("span", {}, h("small", {}, label), h(strong ? "b" : "span", {}, text));
  return h("div", { class: "measure" }, picture,
    h("div", { class: "numbers" },
      number(t("measured"), shown(value, unit), true),
      number(t(least ? "limit-least" : "limit"), shown(limit, unit)),
      number(t(over <= 0 ? "margin-inside" : least ? "margin-short" : "margin"), `${shown(Math.abs(over), unit)} ± ${spread(u, unit)}`),
      number(t("band"), spread(band, unit))));
}

// Enough to both sides that limit, value and band stand free.
function span(value, limit, band) {
  const low = Math.min(value - band, limit);
  const high = Math.max(value + band, limit);
  const room = Math.max((high - low) * 0.25, 1);
  return [low - room, high + room];
}

function shown(value, unit) {
  if (unit === "m/h") return `${(value / 1000).toFixed(1)} ${t("unit-km-h")}`;
  return unit === "ms" ? `${(value / 1000).toFixed(2)} s` : `${value} ${t(unit === "mm" ? "unit-mm" : "unit-x")}`;
}

// An uncertainty beside its value: of a speed in kilometres per hour like that.
function spread(value, unit) {
  return unit === "m/h" ? (value / 1000).toFixed(2) : short(value);
}

function short(value) {
  return value >= 10 ? value.toFixed(0) : value.toFixed(1);
}

function sentence(measure, u, band) {
  return `${t("measured")} ${measure.value}, ${t(measure.least ? "limit-least" : "limit")} ${measure.limit}, u ${short(u)}, ${t("band")} ${short(band)} (${measure.unit})`;
}
