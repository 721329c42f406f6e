// The eye on the plane: centre in millimetres, scale in pixels per millimetre; north is up.
// A square of two kilometres on a small window.
const LEAST = 0.0005;
const MOST = 2;

export class View {
  constructor(element, changed) {
    this.element = element;
    this.changed = changed;
    this.centre = [0, 0];
    this.scale = 0.03;
    this.touched = false;
    this.fingers = new Map();
    element.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    for (const kind of ["pointerdown", "pointermove", "pointerup", "pointercancel"]) {
      element.addEventListener(kind, (event) => this[kind](event));
    }
  }

  size() {
    return [this.element.clientWidth, this.element.clientHeight];
  }

  // Pixels of a point.
  at([east, north]) {
    const [width, height] = this.size();
    return [width / 2 + (east - this.centre[0]) * this.scale, height / 2 - (north - this.centre[1]) * this.scale];
  }

  // `inset` is what lies over the plan: pixels at its top and bottom.
  fit([west, south, east, north], inset = { top: 70, bottom: 34 }, margin = 22) {
    const [width, height] = this.size();
    const room = [Math.max(width - 2 * margin, 40), Math.max(height - inset.top - inset.bottom, 40)];
    this.scale = bound(Math.min(room[0] / (east - west), room[1] / (north - south)));
    this.centre = [(west + east) / 2, (south + north) / 2 + (inset.top - inset.bottom) / 2 / this.scale];
    this.touched = false;
    this.changed();
  }

  zoom(factor, around = this.size().map((side) => side / 2)) {
    const scale = bound(this.scale * factor);
    const [width, height] = this.size();
    const [x, y] = [around[0] - width / 2, height / 2 - around[1]];
    this.centre = [this.centre[0] + x / this.scale - x / scale, this.centre[1] + y / this.scale - y / scale];
    this.scale = scale;
    this.touched = true;
    this.changed();
  }

  // Brings a point into the middle.
  look(point) {
    this.centre = [point[0], point[1]];
    this.changed();
  }

  wheel(event) {
    event.preventDefault();
    this.zoom(Math.exp(-event.deltaY * 0.0015), [event.offsetX, event.offsetY]);
  }

  pointerdown(event) {
    this.element.setPointerCapture(event.pointerId);
    this.fingers.set(event.pointerId, [event.offsetX, event.offsetY]);
  }

  pointermove(event) {
    const before = this.fingers.get(event.pointerId);
    if (!before) return;
    const now = [event.offsetX, event.offsetY];
    const other = [...this.fingers].find(([id]) => id !== event.pointerId)?.[1];
    this.fingers.set(event.pointerId, now);
    if (other) {
      this.zoom(distance(now, other) / Math.max(distance(before, other), 1), [(now[0] + other[0]) / 2, (now[1] + other[1]) / 2]);
    } else {
      this.centre = [this.centre[0] - (now[0] - before[0]) / this.scale, this.centre[1] + (now[1] - before[1]) / this.scale];
      this.touched = true;
      this.changed("moved");
    }
  }

  pointerup(event) {
    this.fingers.delete(event.pointerId);
  }

  pointercancel(event) {
    this.fingers.delete(event.pointerId);
  }
}

function distance(a, b) {
  return Math.hypot(a[0] - b[0], a[1] - b[1]);
}

function bound(scale) {
  return Math.min(Math.max(scale, LEAST), MOST);
}
