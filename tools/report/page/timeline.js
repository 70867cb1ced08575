// SPDX-License-Identifier: GPL-2.0-or-later
// The timeline: a lane for each region and CPU, with marks, phases, interrupts, pauses.
import { byId, clean, context, fit, tip } from './dom.js';
import { lowerBound } from './chunks.js';
import { Density } from './density.js';
import { pointer } from './pointer.js';
import { onRange, redraw, setRange, visible, zoom, zoomAll } from './range.js';
import { on, set, state } from './state.js';
import { at, count, place as placeText, plural, short, span } from './text.js';
import { colour, onTheme } from './theme.js';
import { AXIS, drawAxis } from './timeaxis.js';
import { drawMarks, drawPauses, drawPhases } from './timemarks.js';

const HEIGHTS = { region: 52, cpu: 26, irq: 22 };
const STRIP = 34;               /* phases and marks */
const LABEL_FONT = '12px system-ui, sans-serif';
const MOST_DOTS = 4000;
const NEAR = 8;                 /* pixels: a click hits a dot */
const SEARCHED = 1 << 18;       /* accesses that are looked at for one of a lane */

let canvas;
let density = null;
let layout = [];
let dots = [];
const geometry = { all: 0, labels: 96, plot: 50 };
let titles = 96;                /* pixels: the widest name at the left */
const circles = { name: '', picture: null };

/* Where the axis lies, as of the last picture: the browser is slow to tell. */
function measure() {
  geometry.all = canvas.clientWidth;
  /* as wide as the names need, within limits */
  geometry.labels = Math.min(titles, geometry.all < 600 ? 96 : 200);
  geometry.plot = Math.max(50, Math.floor(geometry.all - geometry.labels));
}

function labelWidth() {
  return geometry.labels;
}

function plotWidth() {
  return geometry.plot;
}

function x2t(x) {
  const { from, to } = visible();
  return from + (x - labelWidth()) / plotWidth() * (to - from);
}

function t2x(t) {
  const { from, to } = visible();
  return labelWidth() + (t - from) / (to - from) * plotWidth();
}

function hasAccesses(log, lane) {
  return lane.kind === 'irq' ? lane.counts && lane.counts.some((c) => c) :
    lane.reads && lane.writes && (lane.reads.some((c) => c) || lane.writes.some((c) => c));
}

/* Offsets that the lane has: the scale of its dots */
function offsets(lane) {
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; lane.min && lane.max && i < lane.min.length; i++) {
    low = lane.min[i] < low ? lane.min[i] : low;
    high = lane.max[i] > high ? lane.max[i] : high;
  }
  return low <= high ? { low, high: Math.max(high, low + 4) } : { low: 0, high: 4 };
}

function highest(lane) {
  let most = 1;
  for (const counts of [lane.reads, lane.writes]) {
    for (let i = 0; counts && i < counts.length; i++) {
      most = counts[i] > most ? counts[i] : most;
    }
  }
  return most;
}

function widest(log) {
  const c = canvas.getContext('2d');
  c.font = LABEL_FONT;
  return Math.ceil(Math.max(80, ...log.lanes.map((lane) =>
    c.measureText(clean(lane.title)).width)) + 14);
}

/* Only what the log has is explained. */
function setLegend(log) {
  byId('key-marks').hidden = !log.marks.items.length;
  byId('key-irqs').hidden = !log.lanes.some((lane) => lane.kind === 'irq');
  byId('key-pauses').hidden = !log.pauses.length;
  byId('pauses').textContent = [log.pauses.length > log.cuts.length && 'pauses of the guest',
    log.cuts.length && 'gaps drawn short'].filter((s) => s).join(', ');
}

function setLog(log) {
  density = new Density(log);
  titles = widest(log);
  setLegend(log);
  layout = [];
  let top = STRIP;
  log.lanes.forEach((lane, i) => {
    if (HEIGHTS[lane.kind] && hasAccesses(log, lane)) {
      layout.push({ lane, i, top, height: HEIGHTS[lane.kind],
        ...offsets(lane), most: highest(lane) });
      top += HEIGHTS[lane.kind];
    }
  });
  redraw();
}

function height() {
  const last = layout[layout.length - 1];
  return (last ? last.top + last.height : STRIP) + AXIS;
}

function barSize(value, factor, half) {
  return value > 0 ? Math.min(half, Math.max(2,
    Math.round(Math.log2(1 + value) * factor))) : 0;
}

function drawCounts(c, place, columns) {
  const middle = place.top + place.height / 2;
  const half = place.height / 2 - 3;
  const x0 = labelWidth();
  const factor = half / Math.log2(1 + Math.max(2, place.most));
  for (const [kind, direction] of [['reads', -1], ['writes', 1]]) {
    const values = columns[kind];
    c.fillStyle = colour(kind === 'reads' ? 'read' : 'write');
    /* Whole pixels, and neighbours of the same size together, are drawn fastest. */
    for (let x = 0, end; x < values.length; x = end) {
      const size = barSize(values[x], factor, half);
      for (end = x + 1; end < values.length &&
        barSize(values[end], factor, half) === size; end++);
      if (size) {
        c.fillRect(x0 + x, direction < 0 ? middle - size : middle, end - x, size);
      }
    }
  }
}

function offsetY(place, offset) {
  const share = (offset - place.low) / (place.high - place.low);
  return place.top + place.height - 5 - share * (place.height - 10);
}

function drawOffsets(c, place, log, range) {
  const { width, n } = log.bins;
  const end = Math.min(n, Math.ceil(range.to / width));
  c.fillStyle = colour('dim');
  for (let i = Math.max(0, Math.floor(range.from / width)); i < end; i++) {
    if (!Number.isNaN(place.lane.min[i])) {
      const x = Math.max(labelWidth(), t2x(i * width));
      const y = offsetY(place, place.lane.max[i]);
      c.fillRect(x, y, Math.max(1, t2x((i + 1) * width) - x),
        Math.max(2, offsetY(place, place.lane.min[i]) - y));
    }
  }
}

/* A filled circle as a small picture: many of them are drawn faster than arcs. */
function circle() {
  const ratio = window.devicePixelRatio || 1;
  const name = `${colour('read')} ${ratio}`;
  if (circles.name !== name) {
    circles.name = name;
    circles.picture = new OffscreenCanvas(6 * ratio, 6 * ratio);
    const c = circles.picture.getContext('2d');
    c.scale(ratio, ratio);
    c.fillStyle = colour('read');
    c.arc(3, 3, 2.8, 0, 7);
    c.fill();
  }
  return circles.picture;
}

function drawDot(c, dot, picture) {
  if (dot.read) {
    c.drawImage(picture, Math.round(dot.x) - 3, Math.round(dot.y) - 3, 6, 6);
  } else {
    c.fillRect(Math.round(dot.x) - 2, Math.round(dot.y) - 2, 5, 5);
  }
}

function collectDots(log) {
  const byLane = new Map(layout.map((place) => [place.i, place]));
  dots = [];
  for (const { chunk, from, to } of density.single) {
    for (let i = from; i < to; i++) {
      const place = byLane.get(density.laneOf(chunk, i));
      const cpu = byLane.get(density.cpuOf(chunk, i));
      const high = chunk.offset.high ? chunk.offset.high[i] : 0;
      const low = chunk.offset.low[i];
      const dot = { chunk, i, x: t2x(chunk.t[i]), read: (chunk.op[i] & 3) === 0,
        chosen: state.row < 0 || log.row(chunk.region[i], high, low) === state.row };
      if (place) {
        dots.push({ ...dot, y: offsetY(place, high * 4294967296 + low) });
      }
      if (cpu) {
        dots.push({ ...dot, y: cpu.top + cpu.height / 2 });
      }
    }
  }
}

function drawDots(c, log) {
  const picture = circle();
  collectDots(log);
  c.fillStyle = colour('write');
  for (const chosen of [false, true]) {
    c.globalAlpha = chosen ? 1 : 0.4;
    for (const dot of dots) {
      if (dot.chosen === chosen) {
        drawDot(c, dot, picture);
      }
    }
  }
  c.globalAlpha = 1;
}

function drawInterrupts(c, place, log, range) {
  const bar = (x) => c.fillRect(x, place.top + 3, 1.5, place.height - 6);
  c.fillStyle = colour('irq');
  if (log.irqs && !log.irqs['left-out']) {
    const { t, device, devices, n } = log.irqs;
    let before = -1;
    for (let i = lowerBound(t, range.from); i < n && t[i] <= range.to; i++) {
      const x = t2x(t[i]);
      if (devices[device[i]] === place.lane.device && x - before >= 1) {
        bar(x);
        before = x;
      }
    }
    return;
  }
  const { width, n } = log.bins;
  for (let i = Math.max(0, Math.floor(range.from / width));
    i < n && i * width <= range.to; i++) {
    if (place.lane.counts[i]) {
      bar(Math.max(labelWidth(), t2x(i * width)));
    }
  }
}

function drawLabels(c) {
  c.fillStyle = colour('panel');
  c.fillRect(0, 0, labelWidth(), height());
  c.font = LABEL_FONT;
  c.textBaseline = 'middle';
  c.fillStyle = colour('text');
  c.fillText(fit(c, 'phases', labelWidth() - 10), 6, 10);
  c.fillText(fit(c, 'marks', labelWidth() - 10), 6, 25);
  for (const place of layout) {
    c.fillStyle = colour('text');
    c.fillText(fit(c, clean(place.lane.title), labelWidth() - 10), 6,
      place.top + place.height / 2);
    c.fillStyle = colour('grid');
    c.fillRect(0, place.top, labelWidth() + plotWidth(), 1);
  }
}

function drawPicked(c) {
  if (!state.access || state.access.log !== state.log) {
    return;
  }
  const x = t2x(state.access.t);
  if (x >= labelWidth()) {
    c.fillStyle = colour('pick');
    c.fillRect(x - 0.5, STRIP, 1.5, height() - STRIP - AXIS);
  }
}

function detailText(log, dotted) {
  if (dotted) {
    return `${plural(density.singles, 'single access', 'single accesses')}; ` +
      'the higher the offset, the higher the dot';
  }
  const bars = byId('mode').value === 'offset' ? 'bars: lowest to highest offset' :
    'bars: how many, reads above the line, writes below (logarithmic)';
  return density.source === 'segments' && visible().to > log.singles.end ?
    `${bars}; this part's single accesses are not in this page` :
    `${bars}; zoom in for single accesses`;
}

/* Few enough to be drawn one by one */
function areDots() {
  return density.source === 'single' && density.singles <= MOST_DOTS;
}

function drawLanes(c, log, range) {
  const dotted = areDots();
  const mode = byId('mode').value;
  for (const place of layout) {
    if (place.lane.kind === 'irq') {
      drawInterrupts(c, place, log, range);
    } else if (!dotted && mode === 'offset' && place.lane.min && place.lane.max) {
      drawOffsets(c, place, log, range);
    } else if (!dotted) {
      drawCounts(c, place, density.lanes[place.i]);
    }
  }
  dots = [];
  if (dotted) {
    drawDots(c, log);
  }
}

function draw(range) {
  const { log } = state;
  measure();
  if (!log || !density || !geometry.all) {
    return;
  }
  const c = context(canvas, geometry.all, height());
  c.clearRect(0, 0, geometry.all, height());
  density.compute(range, plotWidth());
  const area = { left: labelWidth(), width: plotWidth(), top: STRIP,
    bottom: height() - AXIS, x: t2x };
  drawPhases(c, log, range, area);
  drawAxis(c, log, range, { ...area, y: area.bottom });
  c.save();
  c.beginPath();
  c.rect(labelWidth(), STRIP, plotWidth(), height());
  c.clip();
  drawPauses(c, log, range, area);
  drawLanes(c, log, range);
  drawPicked(c);
  c.restore();
  drawMarks(c, log, range, area);
  drawLabels(c);
  drawing.drag(c);
  const end = Math.max(range.from, Math.min(range.to, log.end));
  const step = (range.to - range.from) / 1000;
  byId('range').textContent = `${at(log, range.from, step)} to ${at(log, end, step)}, ` +
    span(log, end - range.from);
  byId('detail').textContent = detailText(log, areDots());
  canvas.dataset.source = density.source;
  canvas.dataset.frames = Number(canvas.dataset.frames || 0) + 1;
}

const drawing = {
  selected: null,               /* [x, x] while a range is dragged */
  drag(c) {
    if (this.selected) {
      const [a, b] = this.selected;
      c.globalAlpha = 0.25;
      c.fillStyle = colour('accent');
      c.fillRect(Math.min(a, b), 0, Math.abs(b - a), height() - AXIS);
      c.globalAlpha = 1;
    }
  },
};

function nearest(x, y) {
  let best = null;
  let least = NEAR * NEAR;
  for (const dot of dots) {
    const away = (dot.x - x) ** 2 + (dot.y - y) ** 2;
    if (away < least) {
      least = away;
      best = dot;
    }
  }
  return best;
}

function placeAt(y) {
  return layout.find((p) => y >= p.top && y < p.top + p.height);
}

/* Of the accesses of a lane that lie below the pointer, the nearest one */
async function nearestInLane(log, place, x) {
  const lane = place && place.lane.kind === 'cpu' ? 'cpuOf' : 'laneOf';
  const [from, middle, to] = [x - NEAR / 2, x, x + NEAR / 2].map(x2t);
  let best = null;
  let least = Infinity;
  let n = place ? await log.singles.numberAt(from) : -1;
  const end = Math.min(log.single, n + SEARCHED);
  while (n >= 0 && n < end) {
    const { chunk, i } = await log.singles.access(n);
    for (let k = i; k < chunk.n && chunk.t[k] <= to; k++) {
      const away = Math.abs(chunk.t[k] - middle);
      if (away < least && density[lane](chunk, k) === place.i) {
        least = away;
        best = { chunk, i: k };
      }
    }
    n = chunk.t[chunk.n - 1] > to ? -1 : chunk.first + chunk.n;
  }
  return best;
}

async function pick(x, y) {
  const { log } = state;
  if (!log || x < labelWidth()) {
    return;
  }
  let found = nearest(x, y) || await nearestInLane(log, placeAt(y), x);
  if (!found) {
    const number = await log.singles.numberAt(x2t(x));
    found = number < 0 ? null : await log.singles.access(number);
  }
  if (found && log === state.log) {
    set('access', { log, ...log.describe(found) });
  }
}

/* A bin that is wider than a column has a part of its accesses there. */
function some(n) {
  return n > 0 && n < 10 ? short(n) : count(n || 0);
}

/* Lines of text */
function hoverText(x, y) {
  const { log } = state;
  const dot = nearest(x, y);
  if (dot) {
    const a = log.describe(dot);
    return [`#${a.line}  ${at(log, a.t, 1)}`, `${a.letter}${a.width} ` +
      `${placeText(log, a.region, a.offset, a.name)} ${a.value}`];
  }
  if (y < STRIP) {
    const mark = log.marks.items.find((m) => Math.abs(t2x(m.t) - x) < 5);
    const phase = log.phases.find((p) => !p.further && p.from <= x2t(x) &&
      p.to >= x2t(x));
    return mark ? [at(log, mark.t), mark.text] : phase ? [`phase ${phase.name}`] : [];
  }
  const place = placeAt(y);
  const column = Math.floor(x - labelWidth());
  if (!place || !place.lane.reads || column < 0) {
    return [];
  }
  const { reads, writes } = density.lanes[place.i];
  return [`${place.lane.title}  ${at(log, x2t(x))}`,
    `${some(reads[column])} reads, ${some(writes[column])} writes in this column`];
}

function listen() {
  pointer(canvas, {
    left: labelWidth,
    width: plotWidth,
    click: pick,
    select(a, b) {
      drawing.selected = null;
      setRange(Math.min(x2t(a), x2t(b)), Math.max(x2t(a), x2t(b)));
    },
    selecting(range) {
      drawing.selected = range;
      redraw();
    },
    time: x2t,
    hover(x, y, event) {
      tip(x < 0 || !state.log ? [] : hoverText(x, y), event.clientX, event.clientY);
    },
  });
}

export function startTimeline() {
  canvas = byId('lanes-canvas');
  listen();
  onRange(draw);
  onTheme(redraw);
  new ResizeObserver(redraw).observe(canvas.parentElement);
  byId('mode').addEventListener('change', redraw);
  byId('zoom-in').addEventListener('click', () => zoom(0.5));
  byId('zoom-out').addEventListener('click', () => zoom(2));
  byId('zoom-all').addEventListener('click', zoomAll);
  on('log', setLog);
  on('access', redraw);
  on('row', redraw);
}
