// The site's devices: a strip of chips under the header, what is wrong with each, and what mends it. For the examiner's eyes: nothing
// here opens, blocks or judges an exam.
import { h, replace } from "./dom.js";
import { both, clock, language, named, pair, t } from "./texts.js";
import { live } from "./live.js";

// Shape and sign beside the colour: in sunlight, or for who does not see it, colour says nothing.
const MARKS = { good: "✓", unknown: "?", doubtful: "!", bad: "✕" };
let opened = null;

// Vehicles first, as the engine lists them.
export function devices() {
  const rank = (device) => (device.role.kind === "node" ? 1 : 0);
  return [...live.devices.values()].sort((a, b) => rank(a) - rank(b) || (a.unit < b.unit ? -1 : 1));
}

export function vehicles() {
  return devices().filter((device) => device.role.kind === "vehicle");
}

export function drawDevices(place) {
  const all = devices();
  place.hidden = all.length === 0;
  place.classList.toggle("old", !live.state.connected);
  const count = (state) => all.filter((device) => device.state === state).length;
  const counts = Object.keys(MARKS).filter(count).map((state) => h("span", {}, mark(state), count(state)));
  const scrolled = place.querySelector("div")?.scrollLeft ?? 0;
  withFocus(place, () => replace(place, h("p", {}, both("devices"), counts), h("div", {}, all.map((device) => chip(device, () => show(device.unit))))));
  place.querySelector("div").scrollLeft = scrolled;
  opened?.draw();
}

// Who walks through the chips with the keyboard stays where he was when they are drawn anew.
export function withFocus(place, draw) {
  const unit = place.contains(document.activeElement) ? document.activeElement.dataset.unit : null;
  draw();
  if (unit) [...place.querySelectorAll("button")].find((button) => button.dataset.unit === unit)?.focus();
}

export function mark(state) {
  return h("i", { class: `mark ${state}`, role: "img", "aria-label": t(named("device", state)) }, MARKS[state]);
}

// One word: the worst that is wrong, or that nothing is.
function word(device) {
  return device.short?.[language() === "en" ? "en" : "zh"] ?? t(named("device", device.state));
}

// `instead`: what stands in the word's place.
export function chip(device, press, more = {}, instead = null) {
  const about = `${device.role.zh} ${device.role.en}`;
  return h("button", { type: "button", class: `device ${device.state}`, "data-unit": device.unit, title: about, onclick: press, ...more },
    mark(device.state), h("b", {}, device.unit), h("span", {}, instead ?? word(device)));
}

// Each fault with what mends it, in both languages.
export function faultList(device) {
  const one = (fault) => h("li", { class: fault.state }, mark(fault.state), h("div", {},
    h("p", {}, pair(fault.said.zh, fault.said.en)),
    h("p", { class: "mend" }, h("small", {}, t("device-mend")), pair(fault.remedy.zh, fault.remedy.en))));
  return device.faults.length ? h("ul", { class: "faults" }, device.faults.map(one)) : null;
}

// Stays open and true while the device changes.
function show(unit) {
  const body = h("div", { tabindex: -1, autofocus: true });
  const box = h("dialog", { class: "about" }, body, h("div", { class: "buttons" }, h("button", { type: "button", onclick: () => box.close() }, both("close"))));
  const draw = () => {
    const device = live.devices.get(unit);
    if (device) replace(body, head(device), faultList(device), figures(device));
    else box.close();
  };
  box.addEventListener("close", () => { box.remove(); opened = null; });
  opened = { draw };
  draw();
  document.body.append(box);
  box.showModal();
}

function head(device) {
  const { role } = device;
  const vehicle = role.kind === "vehicle" ? ` · ${role.class} · ${role.vehicle}` : "";
  return h("header", {}, mark(device.state), h("div", {},
    h("h2", {}, device.unit, " ", h("span", { class: `state ${device.state}` }, word(device))),
    h("p", {}, pair(role.zh, role.en), vehicle),
    device.named ? null : h("p", {}, h("small", {}, t("device-not-named")))));
}

function figures(device) {
  const told = device.figures;
  const heard = device.heard_us ? h("span", {}, clock(device.heard_us), device.live ? "" : ` (${t("device-kept")})`) : "-";
  const rows = told ? pictured(device, told) : [];
  return h("table", { class: "figures" }, h("tbody", {}, row("figure-heard", heard), rows));
}

function row(key, ...values) {
  const there = values.filter((value) => value !== null && value !== undefined && value !== false && value !== "");
  return there.length ? h("tr", {}, h("th", { scope: "row" }, both(key)), h("td", {}, there)) : null;
}

function pictured(device, told) {
  const { fix, corrections } = told;
  return [
    row("figure-fix", said("nofix", told.no_fix), fix && !told.no_fix && `${said("quality", fix.quality)} · ${t("figure-satellites", { n: fix.satellites })}`, fix && old(fix.ago_ms)),
    row("figure-age", fix && seconds(fix.age_ms)),
    row("figure-sigma", fix && tenths(fix.sigma_tenth_mm, " mm")),
    row("figure-heading", direction(told.heading), told.heading && old(told.heading.ago_ms)),
    row("figure-trailer", direction(told.trailer_heading), told.trailer_heading && old(told.trailer_heading.ago_ms)),
    row("figure-lines", told.ports.map(line)),
    row("figure-corrections", corrections && caster(corrections)),
    row("figure-disk", disk(device, told)),
    row("figure-waiting", told.waiting !== null && t("figure-batches", { n: told.waiting })),
    row("figure-time", told.at_us && clock(told.at_us), told.clock_ahead_ms !== null && h("small", {}, ` ${t("figure-clock", { s: seconds(told.clock_ahead_ms) })}`)),
    row("figure-program", told.firmware, h("small", {}, ` ${t("figure-up", { n: told.boot ?? "-", minutes: Math.floor(told.uptime_s / 60) })}`)),
    row("figure-heat", told.temperature_mdeg !== null && `${Math.round(told.temperature_mdeg / 1000)} °C`),
  ];
}

// A unit's own word where the catalogue knows it, else as it stands.
function said(prefix, word) {
  if (!word) return null;
  const key = named(prefix, word.replace(/(?<=[a-z])[A-Z]/g, (big) => `-${big}`).toLowerCase());
  const text = t(key);
  return text === key ? word : text;
}

function line(port) {
  const rate = port.silent ? said("silent", port.silent) : t("figure-rate", { rate: port.samples_per_10_s / 10 });
  return h("span", { class: port.silent ? "line silent" : "line" }, `${said("line", port.port)} ${rate}`);
}

function direction(heading) {
  if (!heading) return null;
  const sigma = heading.sigma_cdeg === null ? "" : ` ±${hundredths(heading.sigma_cdeg)}°`;
  const baseline = heading.baseline_tenth_mm === null ? "" : ` · ${t("figure-baseline", { m: (heading.baseline_tenth_mm / 10000).toFixed(3) })}`;
  return `${hundredths(heading.heading_cdeg)}°${sigma} · ${said("quality", heading.quality)}${baseline}`;
}

function caster(corrections) {
  const base = corrections.base_off_tenth_mm === null ? "" : ` · ${t("figure-base", { mm: (corrections.base_off_tenth_mm / 10).toFixed(1) })}`;
  if (!corrections.up) return t("figure-caster-down");
  return `${t("figure-caster", { rate: Math.round(corrections.bytes_per_10_s / 10), ago: seconds(corrections.quiet_ms) ?? "-" })}${base}`;
}

function disk(device, told) {
  const room = device.room_min === null ? [] : [t("figure-room", { minutes: device.room_min })];
  const dropped = told.dropped_samples ? [t("figure-dropped", { n: told.dropped_samples })] : [];
  return [said("disk", told.disk), ...room, ...dropped].filter(Boolean).join(" · ");
}

// What is shown in red on the unit's own page: nobody may take an old word for a new one.
function old(ms) {
  return ms > 2000 ? h("b", { class: "low" }, ` ${t("figure-ago", { s: seconds(ms) })}`) : null;
}

function seconds(ms) {
  return ms === null || ms === undefined ? null : `${(ms / 1000).toFixed(1)} s`;
}

function tenths(count, unit) {
  return count === null ? null : `${(count / 10).toFixed(1)}${unit}`;
}

function hundredths(count) {
  return (count / 100).toFixed(2);
}
