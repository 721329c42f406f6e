// The catalogue, and which language comes first. Both are always shown where there is room: the chosen one large.
import { h } from "./dom.js";

let catalogue = { "zh-CN": {}, en: {} };
let first = localStorage.getItem("language") === "en" ? "en" : "zh-CN";

export async function loadTexts() {
  catalogue = await (await fetch("/api/texts")).json();
  document.documentElement.lang = first;
}

export function language() {
  return first;
}

export function otherLanguage() {
  first = first === "en" ? "zh-CN" : "en";
  localStorage.setItem("language", first);
  document.documentElement.lang = first;
}

function filled(language, key, values) {
  let text = catalogue[language][key] ?? key;
  for (const [name, value] of Object.entries(values)) text = text.replaceAll(`{${name}}`, value);
  return text;
}

// The text of a key in the chosen language.
export function t(key, values = {}) {
  return filled(first, key, values);
}

// A text that exists in both languages: the chosen one, and the other one small beside or below it.
export function pair(zh, en) {
  const [large, small] = first === "en" ? [en, zh] : [zh, en];
  return h("span", { class: "pair" }, h("span", {}, large ?? small ?? ""), small && large && small !== large ? h("small", {}, small) : null);
}

export function both(key, values = {}) {
  return pair(filled("zh-CN", key, values), filled("en", key, values));
}

// The key of a name as the engine writes it: no_fix -> unfit-no-fix.
export function named(prefix, name) {
  return `${prefix}-${String(name).replaceAll("_", "-")}`;
}

export function clock(us) {
  return us === null || us === undefined ? "" : new Date(us / 1000).toLocaleTimeString("zh-CN", { hour12: false });
}

export function day(us) {
  const date = new Date(us / 1000);
  const two = (n) => String(n).padStart(2, "0");
  return `${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}`;
}
