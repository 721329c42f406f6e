// What the engine says, kept as it stands now. The stream repeats everything after each connection, so there is nothing
// to catch up with.
const exams = new Map();
const tracks = new Map();
// What units see while their batches are late. It is for eyes: not recorded yet, not judged.
const seen = new Map();
const SEEN_MS = 3500;
// The site's devices by their units: for eyes.
const devices = new Map();
const listeners = new Set();
let closed = [];
let state = { connected: false, halted: null };

export const live = {
  exams,
  tracks,
  seen,
  devices,
  get closed() { return closed; },
  get state() { return state; },
  // `what` is "exam", "pose", "seen", "device", "site" or "list".
  on(listener) { listeners.add(listener); },
  off(listener) { listeners.delete(listener); },
};

function tell(what, exam) {
  for (const listener of listeners) listener(what, exam);
}

export function connect() {
  const stream = new EventSource("/api/events");
  const on = (event, take) => stream.addEventListener(event, (message) => take(JSON.parse(message.data)));
  stream.addEventListener("open", () => { devices.clear(); state = { ...state, connected: true }; tell("site"); });
  stream.addEventListener("error", () => {
    state = { ...state, connected: false };
    tell("site");
    // A refused stream is not tried again by the browser.
    if (stream.readyState === EventSource.CLOSED) setTimeout(connect, 2000);
  });
  on("site", ({ halted }) => { state = { ...state, halted }; tell("site"); });
  on("exam", (exam) => {
    const before = exams.get(exam.exam);
    exams.set(exam.exam, exam);
    if (!before || before.state !== exam.state || before.record !== exam.record) loadList();
    tell("exam", exam.exam);
  });
  on("track", ({ exam, points }) => { tracks.set(exam, points); tell("pose", exam); });
  on("seen", (view) => {
    seen.set(view.unit, view);
    tell("seen");
    setTimeout(() => { if (seen.get(view.unit) === view) { seen.delete(view.unit); tell("seen"); } }, SEEN_MS);
  });
  on("device", ({ unit, device }) => {
    if (device) devices.set(unit, device);
    else devices.delete(unit);
    tell("device", unit);
  });
  on("pose", ({ exam, pose, trail }) => {
    const there = exams.get(exam);
    if (there) { there.pose = pose; there.at_us = pose?.at_us ?? there.at_us; }
    tracks.get(exam)?.push(...trail);
    tell("pose", exam);
  });
}

export async function loadList() {
  const answer = await fetch("/api/exams");
  if (!answer.ok) return;
  closed = (await answer.json()).exams.filter((exam) => exam.state === "closed").sort((a, b) => b.closed_us - a.closed_us);
  tell("list");
}

// A closed exam that the stream no longer brings.
export async function loadExam(id) {
  if (exams.has(id)) return;
  const answer = await fetch(`/api/exams/${encodeURIComponent(id)}`);
  if (answer.ok && !exams.has(id)) { exams.set(id, await answer.json()); tell("exam", id); }
}

// Does something as a named person; throws the engine's own sentence.
export async function act(path, body, language) {
  const answer = await fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(said.error?.[language === "en" ? "en" : "zh"] ?? answer.statusText);
  return said;
}
