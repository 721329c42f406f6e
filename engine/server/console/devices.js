// The site's devices: a strip of chips under the header, what is wrong with each, and what mends it. For the examiner's eyes: nothing
// here opens, blocks or judges an exam.
import { h, replace } from "./dom.js";
import { both, clock, language, named, pair, t } from "./texts.js";
import { live } from "./live.js";

// Shape and sign beside the colour: in sunlight, or for who does not see it, colour says nothing.
const MARKS = { good: "✓", unknown: "?", doubtful: "!", bad: "✕" };
let opened = null;

// So many chips of units that the site's file does not name: anybody on the network can invent names, and a row of them is read by nobody.
const STRANGERS_MAX = 12;

// Vehicles first, as the engine lists them, and those that the site's file names before others; of strangers no more than can be looked at, and how many are left out.
function shown(all) {
  const rank = (device) => (device.role.kind === "node" ? 2 : 0) + (device.named ? 0 : 1);
  const sorted = all.sort((a, b) => rank(a) - rank(b) || (a.unit < b.unit ? -1 : 1));
  let strangers = 0;
  const kept = sorted.filter((device) => device.named || ++strangers <= STRANGERS_MAX);
  return { kept, more: sorted.length - kept.length };
}

export function vehicles() {
  return shown([...live.devices.values()].filter((device) => device.role.kind === "vehicle"));
}

export function drawDevices(place) {
  const { kept, more } = shown([...live.devices.values()]);
  place.hidden = kept.length === 0;
  place.classList.toggle("old", !live.state.connected);
  if (!place.firstChild) replace(place, h("p"), h("div"), h("span", { class: "more" }));
  const [head, row, rest] = place.children;
  const count = (state) => kept.filter((device) => device.state === state).length;
  replace(head, both("devices"), Object.keys(MARKS).filter(count).map((state) => h("span", {}, mark(state), count(state))));
  chips(row, kept, show);
  tellMore(rest, more);
  opened?.draw();
}

export function tellMore(place, more) {
  place.hidden = more === 0;
  place.title = t("device-not-named");
  replace(place, more ? both("devices-more", { n: more }) : null);
}

export function mark(state) {
  return h("i", { class: `mark ${state}`, role: "img", "aria-label": t(named("device", state)) }, MARKS[state]);
}

// One word: the worst that is wrong, or that nothing is.
function word(device) {
  return device.short?.[language() === "en" ? "en" : "zh"] ?? t(named("device", device.state));
}

// Each unit keeps its chip: a press that began on it ends on it, who walks with the keyboard stays where he was, and nothing scrolls away.
// `more` says of a device what else the chip is: `pressed`, `disabled`, `instead` (what stands in the word's place).
export function chips(place, all, press, more = () => ({})) {
  const units = new Set(all.map((device) => device.unit));
  for (const button of [...place.children]) if (!units.has(button.dataset.unit)) button.remove();
  all.forEach((device, at) => {
    const there = place.children[at];
    const button = there?.dataset.unit === device.unit ? there : place.insertBefore(chip(device.unit, press), there ?? null);
    fill(button, device, more(device));
  });
  // Where the order had changed, the old ones stand behind.
  while (place.children.length > all.length) place.lastChild.remove();
}

function chip(unit, press) {
  return h("button", { type: "button", "data-unit": unit, onclick: () => press(unit) }, h("i", { role: "img" }), h("b", {}, unit), h("span"));
}

function fill(button, device, { pressed, disabled = false, instead }) {
  const [sign, , said] = button.children;
  button.className = `device ${device.state}`;
  button.title = `${device.role.zh} ${device.role.en}`;
  button.disabled = disabled;
  if (pressed !== undefined) button.setAttribute("aria-pressed", String(pressed));
  sign.className = `mark ${device.state}`;
  sign.ariaLabel = t(named("device", device.state));
  sign.textContent = MARKS[device.state];
  said.textContent = instead ?? word(device);
}

// Draws anew what scrolls, and leaves it where it was.
export function keepPlace(find, draw) {
  const top = find()?.scrollTop ?? 0;
  draw();
  const now = find();
  if (now) now.scrollTop = top;
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
    if (device) keepPlace(() => body, () => replace(body, head(device), faultList(device), figures(device)));
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
    row("figure-fix", said("nofix", told.no_fix), fix && !told.no_fix && [said("quality", fix.quality), ` · ${t("figure-satellites", { n: fix.satellites })}`], fix && old(fix.ago_ms, told)),
    row("figure-age", fix && seconds(fix.age_ms)),
    row("figure-sigma", fix && tenths(fix.sigma_tenth_mm, " mm")),
    row("figure-heading", direction(told.heading), told.heading && old(told.heading.ago_ms, told)),
    row("figure-trailer", direction(told.trailer_heading), told.trailer_heading && old(told.trailer_heading.ago_ms, told)),
    row("figure-lines", told.ports.map(line)),
    row("figure-corrections", corrections && caster(corrections)),
    row("figure-disk", disk(device, told)),
    row("figure-waiting", told.waiting !== null && t("figure-batches", { n: told.waiting })),
    row("figure-time", told.at_us && clock(told.at_us), told.clock_ahead_ms !== null && h("small", {}, ` ${t("figure-clock", { s: seconds(told.clock_ahead_ms) })}`)),
    row("figure-program", h("bdi", {}, told.firmware), h("small", {}, ` ${t("figure-up", { n: told.boot ?? "-", minutes: Math.floor(told.uptime_s / 60) })}`)),
    row("figure-heat", told.temperature_mdeg !== null && `${Math.round(told.temperature_mdeg / 1000)} °C`),
  ];
}

// A unit's own word where the catalogue knows it, else as it stands, apart: it may run from right to left, the numbers beside it must not.
function said(prefix, word) {
  if (!word) return null;
  const key = named(prefix, word.replace(/(?<=[a-z])[A-Z]/g, (big) => `-${big}`).toLowerCase());
  const text = t(key);
  return h("bdi", {}, text === key ? word : text);
}

function line(port) {
  const rate = port.silent ? said("silent", port.silent) : t("figure-rate", { rate: port.samples_per_10_s / 10 });
  return h("span", { class: port.silent ? "line silent" : "line" }, said("line", port.port), " ", rate);
}

function direction(heading) {
  if (!heading) return null;
  const sigma = heading.sigma_cdeg === null ? "" : ` ±${hundredths(heading.sigma_cdeg)}°`;
  const baseline = heading.baseline_tenth_mm === null ? "" : ` · ${t("figure-baseline", { m: (heading.baseline_tenth_mm / 10000).toFixed(3) })}`;
  return [`${hundredths(heading.heading_cdeg)}°${sigma} · `, said("quality", heading.quality), baseline];
}

function caster(corrections) {
  const base = corrections.base_off_tenth_mm === null ? "" : ` · ${t("figure-base", { mm: (corrections.base_off_tenth_mm / 10).toFixed(1) })}`;
  if (!corrections.up) return t("figure-caster-down");
  return `${t("figure-caster", { rate: Math.round(corrections.bytes_per_10_s / 10), ago: seconds(corrections.quiet_ms) ?? "-" })}${base}`;
}

function disk(device, told) {
  const room = device.room_min === null ? [] : [t("figure-room", { minutes: device.room_min })];
  const dropped = told.dropped_samples ? [t("figure-dropped", { n: told.dropped_samples })] : [];
  return [said("disk", told.disk), ...[...room, ...dropped].map((text) => ` · ${text}`)];
}

// What is shown in red on the unit's own page: nobody may take an old word for a new one.
function old(ms, told) {
  return ms > told.old_ms ? h("b", { class: "low" }, ` ${t("figure-ago", { s: seconds(ms) })}`) : null;
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
