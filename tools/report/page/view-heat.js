// SPDX-License-Identifier: GPL-2.0-or-later
// The heat map: registers by time.
import { block } from './blocks.js';
import { context, el, replace, tip } from './dom.js';
import { pointer } from './pointer.js';
import { redraw, setRange, visible } from './range.js';
import { set, state } from './state.js';
import { at, count } from './text.js';
import { colour, heatColour } from './theme.js';

const LABELS = 170;
const HEIGHT = 460;             /* of what can be seen at once */
const LEVELS = 256;

/* Colours of all levels as numbers of four bytes, as a picture's memory has them */
function palette() {
  const colours = new Uint32Array(LEVELS);
  const bytes = new Uint8Array(colours.buffer);
  for (let i = 1; i < LEVELS; i++) {
    bytes.set([...heatColour(0.12 + 0.88 * i / (LEVELS - 1)), 255], 4 * i);
  }
  return colours;
}

export const heatView = {
  id: 'heat',
  title: 'Heat map',
  available: (log) => Boolean(log.rows.length && log.heat && log.heat.reads &&
    log.heat.writes),
  async open(panel, log) {
    this.log = log;
    [this.reads, this.writes] = await Promise.all(
      [block(log.heat.reads), block(log.heat.writes)]);
    this.choice = el('select', { onchange: () => this.update() },
      el('option', { value: 'both' }, 'reads and writes'),
      el('option', { value: 'reads' }, 'reads'),
      el('option', { value: 'writes' }, 'writes'));
    this.order = el('select', { onchange: () => this.update() },
      el('option', { value: 'offset' }, 'offset'),
      el('option', { value: 'first' }, 'first access'),
      el('option', { value: 'most' }, 'most accesses'));
    this.canvas = el('canvas', { role: 'img', 'aria-label': 'Registers by time' });
    this.canvas.style.position = 'sticky';
    this.canvas.style.top = '0';
    this.spacer = el('div');
    this.box = el('div', { id: 'heat', onscroll: redraw }, this.canvas, this.spacer);
    this.note = el('span', { class: 'note' });
    this.scale = el('canvas', { class: 'scale', width: '120', height: '12' });
    replace(panel, el('div', { class: 'bar' }, el('label', null, 'Show ', this.choice),
      el('label', null, 'Order by ', this.order), 'few ', this.scale, ' many',
      this.note), this.box);
    pointer(this.canvas, {
      left: () => LABELS,
      width: () => this.width(),
      time: (x) => this.timeOf(x),
      click: (x, y) => this.click(y),
      selecting: () => {},
      select: (a, b) => setRange(Math.min(this.timeOf(a), this.timeOf(b)),
        Math.max(this.timeOf(a), this.timeOf(b))),
      hover: (x, y, event) => this.hover(x, y, event),
    });
    new ResizeObserver(redraw).observe(this.box);
    this.words = [];
    this.update();
  },
  width() {
    return Math.max(50, this.box.clientWidth - LABELS);
  },
  timeOf(x) {
    const { from, to } = visible();
    return from + (x - LABELS) / this.width() * (to - from);
  },
  search(text) {
    this.words = text.toLowerCase().split(/\s+/).filter((w) => w);
    this.update();
  },
  row() {
    redraw();
  },
  update() {
    const { log } = this;
    const kind = this.choice.value;
    const arrays = [];
    if (kind !== 'writes') {
      arrays.push(this.reads);
    }
    if (kind !== 'reads') {
      arrays.push(this.writes);
    }
    this.arrays = arrays;
    this.rows = log.rows.map((_, i) => i).filter((i) => this.words.every((word) =>
      log.rowTitle(log.rows[i]).toLowerCase().includes(word)));
    const by = {
      offset: (a, b) => a - b,
      first: (a, b) => (log.rows[a].t0 ?? Infinity) - (log.rows[b].t0 ?? Infinity) || 0,
      most: (a, b) => this.total(b) - this.total(a),
    }[this.order.value];
    this.rows.sort(by);
    this.size = this.rows.length <= HEIGHT / 14 ? 18 : this.rows.length <= 600 ? 12 : 4;
    this.most = this.highest();
    redraw();
  },
  total(i) {
    return (this.log.rows[i].reads || 0) + (this.log.rows[i].writes || 0);
  },
  highest() {
    let most = 1;
    for (const array of this.arrays) {
      for (let i = 0; i < array.length; i++) {
        most = array[i] > most ? array[i] : most;
      }
    }
    return most;
  },
  /* Accesses of a row in bins from first to before end */
  sum(row, first, end) {
    const { bins } = this.log.heat;
    let sum = 0;
    for (const array of this.arrays) {
      for (let i = row * bins + first; i < row * bins + end; i++) {
        sum += array[i];
      }
    }
    return sum;
  },
  /* For each column of pixels its bins: [first, end] */
  columns(range, width) {
    const { bins, width: each } = this.log.heat;
    const scale = (range.to - range.from) / width;
    const found = [];
    for (let x = 0; x < width; x++) {
      const first = Math.min(bins - 1, Math.floor((range.from + x * scale) / each));
      const end = Math.floor((range.from + (x + 1) * scale) / each);
      found.push([Math.max(0, first), Math.min(bins, Math.max(first + 1, end))]);
    }
    return found;
  },
  picture(range, first, last) {
    const width = Math.floor(this.width());
    const columns = this.columns(range, width);
    const image = new ImageData(width, Math.max(1, last - first));
    const pixels = new Uint32Array(image.data.buffer);
    const colours = palette();
    const factor = (LEVELS - 1) / Math.log2(1 + this.most);
    for (let r = first; r < last; r++) {
      for (let x = 0; x < width; x++) {
        const sum = this.sum(this.rows[r], columns[x][0], columns[x][1]);
        if (sum) {
          pixels[(r - first) * width + x] = colours[Math.min(LEVELS - 1,
            Math.max(1, Math.round(Math.log2(1 + sum) * factor)))];
        }
      }
    }
    return image;
  },
  draw(range) {
    const shown = Math.min(HEIGHT, Math.max(40, this.rows.length * this.size));
    this.spacer.style.height = `${Math.max(0, this.rows.length * this.size - shown)}px`;
    this.box.style.maxHeight = `${shown + 2}px`;
    const first = Math.floor(this.box.scrollTop / this.size);
    const last = Math.min(this.rows.length, first + Math.ceil(shown / this.size) + 1);
    const c = context(this.canvas, this.box.clientWidth, shown);
    const image = this.picture(range, first, last);
    const small = new OffscreenCanvas(image.width, image.height);
    small.getContext('2d').putImageData(image, 0, 0);
    c.clearRect(0, 0, this.box.clientWidth, shown);
    c.imageSmoothingEnabled = false;
    this.shift = first * this.size - this.box.scrollTop;
    c.drawImage(small, LABELS, this.shift, image.width, image.height * this.size);
    this.drawLabels(c, first, last);
    this.drawScale();
    this.note.textContent = `${count(this.rows.length)} rows`;
    this.canvas.dataset.frames = Number(this.canvas.dataset.frames || 0) + 1;
  },
  drawLabels(c, first, last) {
    c.font = '11px system-ui, sans-serif';
    c.textBaseline = 'middle';
    for (let r = first; r < last; r++) {
      const y = (r - first) * this.size + this.shift;
      if (this.rows[r] === state.row) {
        c.strokeStyle = colour('pick');
        c.strokeRect(0.5, y + 0.5, this.box.clientWidth - 1, this.size - 1);
      }
      if (this.size >= 10) {
        c.fillStyle = colour('text');
        c.fillText(this.log.rowTitle(this.log.rows[this.rows[r]]), 4,
          y + this.size / 2, LABELS - 8);
      }
    }
  },
  drawScale() {
    const c = this.scale.getContext('2d');
    for (let x = 0; x < 120; x++) {
      c.fillStyle = `rgb(${heatColour(0.12 + 0.88 * x / 119).join(' ')})`;
      c.fillRect(x, 0, 1, 12);
    }
  },
  rowAt(y) {
    return this.rows[Math.floor((y + this.box.scrollTop) / this.size)];
  },
  click(y) {
    const row = this.rowAt(y);
    if (row !== undefined) {
      set('row', row === state.row ? -1 : row);
    }
  },
  hover(x, y, event) {
    const row = x < 0 ? undefined : this.rowAt(y);
    if (row === undefined) {
      tip([], 0, 0);
      return;
    }
    const lines = [this.log.rowTitle(this.log.rows[row])];
    if (x >= LABELS) {
      const i = Math.floor(this.timeOf(x) / this.log.heat.width);
      lines.push(`${at(this.log, this.timeOf(x))}: ${count(this.sum(row, i, i + 1))} accesses`);
    }
    tip(lines, event.clientX, event.clientY);
  },
};
