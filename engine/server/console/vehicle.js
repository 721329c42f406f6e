// Tracks and vehicles on the plan. A track is drawn through its points by a Catmull-Rom spline: for the eye, between
// measured places; nothing is judged from it.
export const COLOURS = ["#0b57a4", "#8a2f8f", "#00706b", "#a34a00", "#4a4fb5", "#7a5c00"];
const FAR_MM = 2500;
// Below this, pixels a millimetre, a vehicle is an arrow.
const FAR_SCALE = 0.03;

export function drawTrack(paper, view, points, colour, chosen) {
  if (!points?.length) return;
  paper.lineJoin = "round";
  paper.lineCap = "round";
  paper.globalAlpha = chosen ? 1 : 0.45;
  wheel(paper, view, points, 2, colour, 1.4, [5, 4]);
  wheel(paper, view, points, 0, colour, 2.2, []);
  paper.globalAlpha = 1;
}

// One wheel's track: `of` 0 is the front, 2 the rear. Unfit stretches are amber.
function wheel(paper, view, points, of, colour, width, dash) {
  const place = (no) => {
    const point = points[Math.min(Math.max(no, 0), points.length - 1)];
    return view.at([point[of], point[of + 1]]);
  };
  let unfit = null;
  paper.lineWidth = width;
  paper.setLineDash(dash);
  for (let no = 0; no + 1 < points.length; no += 1) {
    if (points[no + 1][5] !== unfit) {
      if (unfit !== null) paper.stroke();
      unfit = points[no + 1][5];
      paper.strokeStyle = unfit ? "#d98200" : colour;
      paper.beginPath();
      paper.moveTo(...place(no));
    }
    const [a, b] = [points[no], points[no + 1]];
    if (Math.hypot(a[of] - b[of], a[of + 1] - b[of + 1]) > FAR_MM) {
      paper.moveTo(...place(no + 1));
      continue;
    }
    const [p0, p1, p2, p3] = [place(no - 1), place(no), place(no + 1), place(no + 2)];
    paper.bezierCurveTo(
      p1[0] + (p2[0] - p0[0]) / 6, p1[1] + (p2[1] - p0[1]) / 6,
      p2[0] - (p3[0] - p1[0]) / 6, p2[1] - (p3[1] - p1[1]) / 6, p2[0], p2[1]);
  }
  if (unfit !== null) paper.stroke();
  paper.setLineDash([]);
}

export function drawVehicle(paper, view, pose, colour, label, chosen) {
  if (!pose?.outline_mm?.length) return;
  const ring = pose.outline_mm.map((point) => view.at(point));
  paper.beginPath();
  for (const outline of [ring, (pose.trailer_mm ?? []).map((point) => view.at(point))]) {
    outline.forEach(([x, y], no) => (no ? paper.lineTo(x, y) : paper.moveTo(x, y)));
    if (outline.length) paper.closePath();
  }
  paper.fillStyle = pose.unfit ? "#ffb00066" : `${colour}40`;
  paper.fill();
  const far = view.scale < FAR_SCALE;
  paper.lineWidth = far ? 1 : chosen ? 2.4 : 1.6;
  paper.strokeStyle = pose.unfit ? "#b86e00" : colour;
  paper.setLineDash(pose.unfit ? [4, 3] : []);
  paper.stroke();
  paper.setLineDash([]);
  if (!far) tyres(paper, view, pose, colour);
  marker(paper, view, pose, colour, label, ring, chosen);
}

function tyres(paper, view, pose, colour) {
  if (pose.tyres_mm.length < 2) return;
  const [front, rear] = pose.tyres_mm.map((point) => view.at(point));
  paper.strokeStyle = colour;
  paper.lineWidth = 1.5;
  paper.beginPath();
  paper.moveTo(...rear);
  paper.lineTo(...front);
  paper.stroke();
  for (const [x, y] of [front, rear]) {
    paper.beginPath();
    paper.arc(x, y, Math.max(2.6, 45 * view.scale), 0, 2 * Math.PI);
    paper.fillStyle = "#fff";
    paper.fill();
    paper.stroke();
  }
}

// From afar a vehicle is a few pixels: an arrow shows where it heads, and its name stands beside it.
function marker(paper, view, pose, colour, label, ring, chosen) {
  const middle = [0, 1].map((axis) => ring.reduce((sum, point) => sum + point[axis], 0) / ring.length);
  const heading = ((pose.heading_cdeg / 100 - 90) * Math.PI) / 180;
  if (view.scale < FAR_SCALE) {
    paper.save();
    paper.translate(...middle);
    paper.rotate(heading);
    paper.beginPath();
    paper.moveTo(11, 0);
    paper.lineTo(-7, 6.5);
    paper.lineTo(-3.5, 0);
    paper.lineTo(-7, -6.5);
    paper.closePath();
    paper.fillStyle = pose.unfit ? "#b86e00" : colour;
    paper.fill();
    paper.strokeStyle = "#fff";
    paper.lineWidth = 1.2;
    paper.stroke();
    paper.restore();
  }
  paper.font = `${chosen ? 700 : 500} 13px system-ui, sans-serif`;
  paper.textAlign = "left";
  const width = paper.measureText(label).width + 12;
  const [x, y] = [Math.max(4, Math.min(middle[0] + 14, view.size()[0] - width - 4)), Math.min(...ring.map((point) => point[1]), middle[1] - 6) - 24];
  paper.fillStyle = colour;
  paper.beginPath();
  paper.roundRect(x, y, width, 20, 5);
  paper.fill();
  paper.fillStyle = "#fff";
  paper.fillText(label, x + 6, y + 14.5);
}
