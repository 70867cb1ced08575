// SPDX-License-Identifier: GPL-2.0-or-later
// Accesses of each region over time: reads above the line, writes below it.
import { byId, clean, context, tip } from '../dom.js';
import { at, count, plural, span as spanText } from '../text.js';
import { colour } from '../theme.js';
import { model } from './model.js';

const LANE = 56;
const LABELS = 110;
const MARKS = 14;
const SECOND = 1e9;
const NARROW = 500;             /* pixels, below which labels are in the lanes */

function axisLog() {
  return { axis: model.update.axis, cuts: model.update.cuts };
}

/* What is shown: from, to, on the axis */
function range() {
  const { end, axis } = model.update;
  const to = Math.max(end, 1);
  const seconds = Number(byId('span').value);
  const from = seconds && axis === 'time' ? Math.max(0, to - seconds * SECOND) : 0;
  return { from, to };
}

function view(width) {
  const labels = width < NARROW ? 0 : LABELS;
  const { from, to } = range();
  const scale = (width - labels) / Math.max(1, to - from);
  return { labels, from, to, x: (t) => labels + (t - from) * scale, scale };
}

function laneName(i) {
  const { regions } = model.update;
  return i === 16 ? 'others' : regions[i] ? regions[i].label : '';
}

/* [x, number] of each bin that can be seen; those that share a pixel are added up. */
function columns(counts, width, v) {
  const found = new Map();
  counts.forEach((n, i) => {
    const x = Math.round(v.x(i * width));
    if (n && v.x((i + 1) * width) > v.labels) {
      found.set(x, (found.get(x) || 0) + n);
    }
  });
  return found;
}

function drawBars(c, counts, v, middle, up, most, key) {
  const bar = model.bins.width * v.scale;
  c.fillStyle = colour(key);
  for (const [x, n] of counts) {
    const h = Math.max(1, n / most * (LANE / 2 - 4));
    const left = Math.max(x, v.labels);
    c.fillRect(left, up ? middle - h : middle, Math.max(1, Math.ceil(x + bar) - left), h);
  }
}

function drawLane(c, lane, i, v, width) {
  const top = MARKS + i * LANE;
  const middle = top + LANE / 2;
  const reads = columns(lane.reads, model.bins.width, v);
  const writes = columns(lane.writes, model.bins.width, v);
  const most = Math.max(1, ...reads.values(), ...writes.values());
  c.strokeStyle = colour('grid');
  c.beginPath();
  c.moveTo(0, top + LANE - 0.5);
  c.lineTo(width, top + LANE - 0.5);
  c.moveTo(v.labels, middle);
  c.lineTo(width, middle);
  c.stroke();
  drawBars(c, reads, v, middle, true, most, 'read');
  drawBars(c, writes, v, middle, false, most, 'write');
  c.fillStyle = colour('text');
  c.fillText(clean(laneName(i)), 6, v.labels ? middle : top + 10,
    (v.labels || width) - 12);
}

function drawMarks(c, v, height) {
  for (const mark of model.marks) {
    if (mark.kind === 'gap' || mark.t < v.from) {
      continue;
    }
    const x = v.x(mark.t);
    c.fillStyle = colour('mark');
    c.globalAlpha = 0.35;
    c.fillRect(x, 0, 1, height);
    c.globalAlpha = 1;
    c.beginPath();
    c.moveTo(x - 5, 0);
    c.lineTo(x + 5, 0);
    c.lineTo(x, 9);
    c.fill();
  }
}

export function drawTimeline() {
  const canvas = byId('lanes-canvas');
  const width = canvas.parentElement.clientWidth;
  const lanes = Math.max(1, model.bins.lanes.length);
  const height = MARKS + lanes * LANE;
  const c = context(canvas, width, height);
  const v = view(width);
  c.fillStyle = colour('back');
  c.fillRect(0, 0, width, height);
  c.font = '12px system-ui, sans-serif';
  c.textBaseline = 'middle';
  model.bins.lanes.forEach((lane, i) => drawLane(c, lane, i, v, width));
  drawMarks(c, v, height);
  const log = axisLog();
  byId('range').textContent = `${at(log, v.from)} to ${at(log, v.to)}, ` +
    spanText(log, v.to - v.from);
}

function marksAt(v, x) {
  return model.marks.filter((m) => m.kind !== 'gap' && Math.abs(v.x(m.t) - x) < 5)
    .slice(-5).map((m) => m.text);
}

function explain(event) {
  const box = byId('lanes-canvas').getBoundingClientRect();
  const x = event.clientX - box.left;
  const i = Math.floor((event.clientY - box.top - MARKS) / LANE);
  const v = view(box.width);
  const { width, lanes } = model.bins;
  if (!width || x < v.labels) {
    tip([], 0, 0);
    return;
  }
  const t = v.from + (x - v.labels) / v.scale;
  const bin = Math.floor(t / width);
  const lane = lanes[i];
  const lines = [at(axisLog(), bin * width), ...marksAt(v, x)];
  if (lane) {
    lines.splice(1, 0, `${laneName(i)}: ${plural(lane.reads[bin] || 0, 'read')}, ` +
      `${plural(lane.writes[bin] || 0, 'write')} in ${spanText(axisLog(), width)}`);
  }
  tip(lines, event.clientX, event.clientY);
}

export function startTimeline(redraw) {
  const canvas = byId('lanes-canvas');
  canvas.addEventListener('mousemove', (event) => model.update && explain(event));
  canvas.addEventListener('mouseleave', () => tip([], 0, 0));
  byId('span').addEventListener('change', redraw);
  new ResizeObserver(redraw).observe(canvas.parentElement);
}

export function summary() {
  const u = model.update;
  const log = axisLog();
  return [`${plural(u.accesses, 'access', 'accesses')} (${count(u.reads)} reads, ` +
    `${count(u.writes)} writes)`, spanText(log, u.end), plural(u.lines, 'line')].join(', ');
}
