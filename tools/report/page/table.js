// SPDX-License-Identifier: GPL-2.0-or-later
// A table that can be sorted and searched. Of many rows, only those that can be seen
// are elements.
import { el, replace } from './dom.js';

const ROW = 24;                 /* pixels, as in the style */
const MORE = 8;                 /* rows above and below what can be seen */

let tables = 0;

function compare(a, b) {
  if (a === b) {
    return 0;
  }
  if (a === undefined || a === null || a === '') {
    return 1;
  }
  if (b === undefined || b === null || b === '') {
    return -1;
  }
  return a < b ? -1 : 1;
}

/* All rows and the head are as wide, or their columns would not be below each other. */
function narrowest(columns) {
  return columns.map((c) => Number(/(\d+)px/.exec(c.width || '120px')[1]))
    .reduce((a, b) => a + b, 0);
}

/**
 * A column: { title, width (of CSS), text(item), full(item): what is searched, and shown
 * beside the pointer, if text() is shorter; sort(item): what to compare instead,
 * number: to the right, code: in the font of code, down: the first click sorts downwards,
 * class(item) }. none: what an empty table says.
 */
export class Table {
  constructor({ name, columns, choose, key = (item) => item, none = 'none in this log' }) {
    this.none = none;
    this.id = `table-${tables++}`;
    this.columns = columns;
    this.choose = choose;
    this.key = key;
    this.items = [];
    this.shown = [];
    this.words = [];
    this.sorted = { column: -1, down: false };
    this.chosen = null;
    this.template = columns.map((c) => c.width || '120px').join(' ');
    this.head = el('div', { class: 'head', role: 'row' }, columns.map((column, i) =>
      el('button', { type: 'button', role: 'columnheader', 'aria-sort': 'none',
        class: column.number ? 'number' : null, title: `sort by ${column.title}`,
        onclick: () => this.sortBy(i) }, column.title)));
    this.body = el('div', { class: 'body', role: 'rowgroup',
      onclick: (event) => this.onClick(event) });
    this.node = el('div', { class: 'table', role: 'grid', tabindex: '0',
      'aria-label': name, onscroll: () => this.draw(),
      onkeydown: (event) => this.onKey(event) }, this.head, this.body);
    this.head.style.gridTemplateColumns = this.template;
    this.head.style.minWidth = this.body.style.minWidth = `${narrowest(columns)}px`;
    new ResizeObserver(() => this.draw()).observe(this.node);
  }

  setItems(items) {
    this.items = items;
    this.texts = null;
    this.update();
  }

  /** Show the rows that contain all words of a text. */
  search(text) {
    const words = text.toLowerCase().split(/\s+/).filter((w) => w);
    if (words.join(' ') !== this.words.join(' ')) {
      this.words = words;
      this.update();
    }
  }

  sortBy(i) {
    const { column, down } = this.sorted;
    this.sorted = { column: i,
      down: column === i ? !down : Boolean(this.columns[i].down) };
    [...this.head.children].forEach((button, k) => button.setAttribute('aria-sort',
      k !== i ? 'none' : this.sorted.down ? 'descending' : 'ascending'));
    this.update();
  }

  matches(i) {
    return this.words.every((word) => this.texts[i].includes(word));
  }

  update() {
    let order = this.items.map((_, i) => i);
    if (this.words.length) {
      this.texts = this.texts || this.items.map((item) => this.columns
        .map((c) => (c.full || c.text)(item)).join(' ').toLowerCase());
      order = order.filter((i) => this.matches(i));
    }
    this.shown = order.map((i) => this.items[i]);
    const column = this.columns[this.sorted.column];
    if (column) {
      const value = column.sort || column.text;
      const sign = this.sorted.down ? -1 : 1;
      const values = new Map(this.shown.map((item) => [item, value(item)]));
      this.shown.sort((a, b) => sign * compare(values.get(a), values.get(b)));
    }
    this.body.style.height = `${(this.shown.length || 2) * ROW}px`;
    this.node.setAttribute('aria-rowcount', this.shown.length);
    this.node.scrollTop = 0;
    this.draw();
  }

  draw() {
    const first = Math.max(0, Math.floor(this.node.scrollTop / ROW) - MORE);
    const last = Math.min(this.shown.length,
      Math.ceil((this.node.scrollTop + this.node.clientHeight) / ROW) + MORE);
    if (!this.shown.length) {
      replace(this.body, el('div', { class: 'empty' },
        this.items.length ? 'nothing is found' : this.none));
      return;
    }
    replace(this.body, this.shown.slice(first, last)
      .map((item, k) => this.row(item, first + k)));
    const chosen = this.body.querySelector('[aria-selected="true"]');
    if (chosen) {
      this.node.setAttribute('aria-activedescendant', chosen.id);
    } else {
      this.node.removeAttribute('aria-activedescendant');
    }
  }

  row(item, i) {
    const row = el('div', { class: 'row', role: 'row', 'aria-rowindex': i + 1,
      id: `${this.id}-${i}`,
      'aria-selected': String(this.chosen !== null && this.key(item) === this.chosen) },
    this.columns.map((column) => {
      const text = column.text(item);
      const title = column.full ? column.full(item) : text;
      return el('div', { role: 'gridcell', title, class: ['cell',
        column.number ? 'number' : '', column.code ? 'code' : '',
        column.class ? column.class(item) : ''].join(' ') }, text);
    }));
    row.style.top = `${i * ROW}px`;
    row.style.gridTemplateColumns = this.template;
    return row;
  }

  /* By its place: the rows may be others by now than when the button went down. */
  onClick(event) {
    const y = event.clientY - this.body.getBoundingClientRect().top;
    const item = this.shown[Math.floor(y / ROW)];
    if (item !== undefined) {
      this.pick(item);
    }
  }

  pick(item) {
    this.chosen = this.key(item);
    this.draw();
    this.choose(item);
  }

  /** Mark the row with a key, without a call of choose() */
  mark(key) {
    this.chosen = key;
    const i = this.shown.findIndex((item) => this.key(item) === key);
    if (i >= 0) {
      this.reveal(i);
    }
    this.draw();
  }

  reveal(i) {
    const top = i * ROW;
    const room = this.node.clientHeight - this.head.offsetHeight;
    if (top < this.node.scrollTop || top + ROW > this.node.scrollTop + room) {
      this.node.scrollTop = Math.max(0, top - room / 2);
    }
  }

  onKey(event) {
    const moves = { ArrowDown: 1, ArrowUp: -1, PageDown: 15, PageUp: -15,
      Home: -Infinity, End: Infinity };
    const move = moves[event.key];
    if (move === undefined || !this.shown.length) {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    const now = this.shown.findIndex((item) => this.key(item) === this.chosen);
    const i = Math.min(this.shown.length - 1, Math.max(0, now + move));
    this.reveal(i);
    this.pick(this.shown[i]);
  }
}
