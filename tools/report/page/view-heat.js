// SPDX-License-Identifier: GPL-2.0-or-later
// The heat map: registers by time.
import { block } from './blocks.js';
import { context, el, fit, replace, tip } from './dom.js';
import { selectRow } from './lines.js';
import { pointer } from './pointer.js';
import { redraw, setRange, visible } from './range.js';
import { set, state } from './state.js';
import { at, count, plural } from './text.js';
import { colour, heatColour } from './theme.js';
import { AXIS, drawAxis } from './timeaxis.js';

const HEIGHT = 440;             /* of what can be seen at once */
const LEVELS = 256;
const FAINTEST = 0.35;          /* of the colours: a single access must be seen, too */
const TEXT = 13;                /* pixels from one name to the next */

function shade(share) {
  return heatColour(FAINTEST + (1 - FAINTEST) * share);
}

/* Colours of all levels as numbers of four bytes, as a picture's memory has them */
function palette() {
  const colours = new Uint32Array(LEVELS);
  const bytes = new Uint8Array(colours.buffer);
  for (let i = 1; i < LEVELS; i++) {
    bytes.set([...shade(i / (LEVELS - 1)), 255], 4 * i);
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
    this.choice = el('select', { 'aria-label': 'direction', onchange: () => this.update() },
      el('option', { value: 'both' }, 'reads and writes'),
      el('option', { value: 'reads' }, 'reads'),
      el('option', { value: 'writes' }, 'writes'));
    this.order = el('select', { 'aria-label': 'order', onchange: () => this.update() },
      el('option', { value: 'offset' }, 'offset'),
      el('option', { value: 'first' }, 'first access'),
      el('option', { value: 'most' }, 'most accesses'));
    this.canvas = el('canvas', { role: 'img', tabindex: '0', onkeydown: (e) => this.onKey(e),
      'aria-label': 'Registers by time; up and down choose one, Enter its next access' });
    this.canvas.style.position = 'sticky';
    this.canvas.style.top = '0';
    this.spacer = el('div');
    this.box = el('div', { id: 'heat', onscroll: redraw }, this.canvas, this.spacer);
    this.note = el('span', { class: 'note', role: 'status' });
    this.scale = el('canvas', { class: 'scale', width: '120', height: '12' });
    replace(panel, el('div', { class: 'bar' }, el('label', null, 'Show ', this.choice),
      el('label', null, 'Order by ', this.order), 'few ', this.scale, ' many',
      this.note), this.box);
    pointer(this.canvas, {
      left: () => this.labels(),
      width: () => this.width(),
      time: (x) => this.timeOf(x),
      click: (x, y) => this.click(x, y),
      selecting: () => {},
      select: (a, b) => setRange(Math.min(this.timeOf(a), this.timeOf(b)),
        Math.max(this.timeOf(a), this.timeOf(b))),
      hover: (x, y, event) => this.hover(x, y, event),
    });
    new ResizeObserver(redraw).observe(this.box);
    this.words = [];
    this.update();
  },
  labels() {
    return this.box.clientWidth < 600 ? 120 : 190;
  },
  width() {
    return Math.max(50, this.box.clientWidth - this.labels());
  },
  timeOf(x) {
    const { from, to } = visible();
    return from + (x - this.labels()) / this.width() * (to - from);
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
    this.box.style.maxHeight = `${shown + AXIS + 2}px`;
    this.shown = shown;
    const first = Math.floor(this.box.scrollTop / this.size);
    const last = Math.min(this.rows.length, first + Math.ceil(shown / this.size) + 1);
    const c = context(this.canvas, this.box.clientWidth, shown + AXIS);
    const image = this.picture(range, first, last);
    const small = new OffscreenCanvas(image.width, image.height);
    small.getContext('2d').putImageData(image, 0, 0);
    c.clearRect(0, 0, this.box.clientWidth, shown + AXIS);
    drawAxis(c, this.log, range, { left: this.labels(), width: this.width(), top: 0,
      y: shown });
    c.save();
    c.beginPath();
    c.rect(0, 0, this.box.clientWidth, shown);
    c.clip();
    c.imageSmoothingEnabled = false;
    this.shift = first * this.size - this.box.scrollTop;
    c.drawImage(small, this.labels(), this.shift, image.width, image.height * this.size);
    this.drawLabels(c, first, last);
    c.restore();
    this.drawScale();
    this.note.textContent = this.noteText(shown);
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
      /* of low rows, each with room for its name has it */
      if (r % Math.ceil(TEXT / (this.size + 2)) === 0) {
        c.fillStyle = colour('text');
        c.fillText(fit(c, this.log.rowTitle(this.log.rows[this.rows[r]]),
          this.labels() - 10), 4, Math.max(6, y + this.size / 2));
      }
    }
  },
  noteText(shown) {
    const { log, rows } = this;
    const n = plural(rows.length, 'register');
    const chosen = rows.includes(state.row) ? `, ${log.rowTitle(log.rows[state.row])}` : '';
    return rows.length * this.size > shown ? `${n}, scroll for more${chosen}` : n + chosen;
  },
  drawScale() {
    const c = this.scale.getContext('2d');
    for (let x = 0; x < 120; x++) {
      c.fillStyle = `rgb(${shade(x / 119).join(' ')})`;
      c.fillRect(x, 0, 1, 12);
    }
  },
  rowAt(y) {
    return y > this.shown ? undefined : this.rows[Math.floor((y + this.box.scrollTop) / this.size)];
  },
  click(x, y) {
    const row = this.rowAt(y);
    if (row !== undefined) {
      set('row', row);
      selectRow(row, x < this.labels() ? visible().from : this.binAt(x), visible().to);
    }
  },
  /* Where the bin of a column begins, or the first of several bins */
  binAt(x) {
    const { width } = this.log.heat;
    return Math.floor(this.timeOf(x) / width) * width;
  },
  onKey(event) {
    const by = { ArrowDown: 1, ArrowUp: -1, PageDown: 15, PageUp: -15 }[event.key];
    const now = this.rows.indexOf(state.row);
    if (event.key === 'Enter' && now >= 0) {
      const { access } = state;
      selectRow(state.row, access && access.row === state.row ? access.t + 1 :
        visible().from, visible().to);
    } else if (by && this.rows.length) {
      const i = Math.min(this.rows.length - 1, Math.max(0, now + by));
      set('row', this.rows[i]);
      this.reveal(i);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  },
  reveal(i) {
    const top = i * this.size;
    if (top < this.box.scrollTop || top + this.size > this.box.scrollTop + this.shown) {
      this.box.scrollTop = Math.max(0, top - this.shown / 2);
    }
  },
  hover(x, y, event) {
    const row = x < 0 ? undefined : this.rowAt(y);
    if (row === undefined) {
      tip([], 0, 0);
      return;
    }
    const lines = [this.log.rowTitle(this.log.rows[row])];
    const i = Math.floor(this.timeOf(x) / this.log.heat.width);
    if (x >= this.labels() && i < this.log.heat.bins) {
      lines.push(`${at(this.log, this.timeOf(x))}: ${count(this.sum(row, i, i + 1))} accesses`);
    }
    tip(lines, event.clientX, event.clientY);
  },
};
