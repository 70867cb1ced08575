// SPDX-License-Identifier: GPL-2.0-or-later
// The log's lines around what is selected.
import { fetchBlock } from './blocks.js';
import { byId, clean, el, pairs, replace } from './dom.js';
import { show } from './range.js';
import { on, set, state } from './state.js';
import { at, duration, place, plural } from './text.js';

const AROUND = 60;              /* lines before and after the selected one */
const ABOVE = 0.3;              /* of the list, above the selected line */
const CLOSE = 200;              /* a selected access is shown with so many others */
const SEARCHED = 1 << 20;       /* accesses that are looked at for one of a register */

let first = 0;                  /* number of the first access in the list */

/* Without the unit: each line would have it */
function when(log, t) {
  return at(log, t).replace(/ s$/, '');
}

/* Columns of the list: as wide as what is in it */
function widths(log, list) {
  const most = (text) => Math.max(0, ...list.map((a) => text(a).length));
  return { line: most((a) => `#${a.line}`), time: most((a) => when(log, a.t)),
    place: Math.min(24, most((a) => place(log, a.region, a.offset))),
    value: most((a) => a.value) };
}

function oneLine(log, a, width) {
  const cpu = a.cpu === undefined ? '' : ` cpu${a.cpu}`;
  const took = a.latency === undefined ? '' : ` ${duration(a.latency)}`;
  return `${`#${a.line}`.padStart(width.line)} ${when(log, a.t).padStart(width.time)} ` +
    `${a.letter}${a.width || ' '} ${place(log, a.region, a.offset).padEnd(width.place)} ` +
    `${a.value.padStart(width.value)} ${clean(a.name || '')}${cpu}${took}`;
}

function marksBetween(log, after, upTo) {
  return log.marks.items.filter((mark) => mark.line > after && mark.line <= upTo);
}

async function around(log, number) {
  const found = [];
  const last = Math.min(log.single, number + 2 * AROUND);
  for (let n = Math.max(0, number); n < last; n++) {
    found.push(log.describe(await log.singles.access(n)));
  }
  return found;
}

function line(log, access, width) {
  return el('div', { class: `line ${access.letter === 'R' ? 'r' : 'w'}`, role: 'option',
    'data-line': access.line, id: `line-${access.number}`,
    'aria-selected': String(Boolean(state.access) && state.access.log === log &&
      state.access.number === access.number),
    onclick: () => set('access', { log, ...access }) }, oneLine(log, access, width));
}

function markLine(log, mark, width) {
  return el('div', { class: 'line m', role: 'presentation' },
    `${`#${mark.line}`.padStart(width.line)} ${when(log, mark.t).padStart(width.time)} ` +
    `MARK ${mark.text}`);
}

async function rawLine(log, access) {
  const found = await log.singles.access(access.number);
  if (!found || !found.chunk.lines) {
    return null;
  }
  /* it goes when the chunk goes */
  found.chunk.text = found.chunk.text || fetchBlock(found.chunk.lines);
  return (await found.chunk.text)[found.i];
}

async function drawDetails(log, access) {
  const raw = await rawLine(log, access);
  if (state.access !== access) {
    return;
  }
  replace(byId('line-details'), el('div', { class: 'card' },
    raw === null ? null : el('div', { class: 'raw' }, raw),
    pairs([['register', place(log, access.region, access.offset, access.name)],
      ['access', `${{ R: 'read', W: 'write', '?': 'access' }[access.letter]} of ` +
        `${access.width ? plural(access.width, 'byte') : 'bytes'}, value ${access.value}`],
      ['time', at(log, access.t, 1)],
      ['CPU', access.cpu],
      ['latency', access.latency === undefined ? '' : duration(access.latency)],
      ['program counter', access.pc]])));
}

function hint(text) {
  replace(byId('lines'), el('div', { class: 'hint' }, text));
}

async function draw() {
  const { log, access } = state;
  const here = access && access.log === log ? access : null;
  byId('selected').textContent = here ? `line ${here.line}` : '';
  byId('earlier').disabled = !here || first <= 0;
  byId('later').disabled = !here || first + 2 * AROUND >= log.single;
  if (!here) {
    replace(byId('line-details'));
    byId('lines').removeAttribute('aria-activedescendant');
    hint(log.single ? 'Click an access in the timeline, or a row of a table: the lines around it are shown here.' :
      'This page has no single accesses.');
    return;
  }
  const found = await around(log, first);
  if (state.access !== access) {
    return;
  }
  const nodes = [];
  const width = widths(log, found);
  found.forEach((a, i) => {
    if (i) {
      nodes.push(...marksBetween(log, found[i - 1].line, a.line)
        .map((mark) => markLine(log, mark, width)));
    }
    nodes.push(line(log, a, width));
  });
  replace(byId('lines'), nodes);
  const chosen = byId('lines').querySelector('[aria-selected="true"]');
  if (chosen) {
    byId('lines').setAttribute('aria-activedescendant', chosen.id);
    byId('lines').scrollTop = chosen.offsetTop - byId('lines').offsetTop -
      byId('lines').clientHeight * ABOVE;
  }
}

async function selected(access) {
  if (access) {
    if (access.number < first || access.number >= first + 2 * AROUND) {
      first = Math.max(0, access.number - AROUND);
    }
    show(access.t);
    drawDetails(access.log, access);
  }
  await draw();
}

async function move(by) {
  first = Math.max(0, Math.min(first + by, Math.max(0, state.log.single - 2 * AROUND)));
  await draw();
}

/** Select the access with a number, if the page has it. */
export async function selectNumber(number) {
  const { log } = state;
  const found = await log.singles.access(number);
  if (found && log === state.log) {
    set('access', { log, ...log.describe(found) });
  }
  return Boolean(found);
}

/** Select the first access of a register (a row of the log) between two times. */
export async function selectRow(row, from, to) {
  const { log } = state;
  let n = await log.singles.numberAt(from);
  const searched = Math.min(log.single, n + SEARCHED);
  while (n >= 0 && n < searched) {
    const { chunk, i } = await log.singles.access(n);
    for (let k = i; k < chunk.n && chunk.t[k] <= to; k++) {
      if (log.rowAt(chunk, k) === row) {
        return selectNumber(chunk.first + k);
      }
    }
    n = chunk.t[chunk.n - 1] > to ? -1 : chunk.first + chunk.n;
  }
  byId('selected').textContent = 'no single access of it is in this page here';
  return false;
}

/** Select the first access at a line or after it, and zoom to it. */
export async function selectLine(number, close = true) {
  const { log } = state;
  const n = await log.singles.numberOfLine(number);
  if (n < 0 || !await selectNumber(n)) {
    /* others would be taken for it */
    set('access', null);
    byId('selected').textContent = `no single access at or after line ${number} in this page`;
    return false;
  }
  if (close) {
    const from = log.describe(await log.singles.access(Math.max(0, n - CLOSE / 2)));
    const to = log.describe(await log.singles.access(
      Math.min(log.single - 1, n + CLOSE / 2)));
    show(state.access.t, Math.max(to.t - from.t, 1000));
  }
  return true;
}

function onKey(event) {
  const by = { ArrowDown: 1, ArrowUp: -1, PageDown: 15, PageUp: -15 }[event.key];
  if (by && state.access) {
    event.preventDefault();
    event.stopPropagation();
    selectNumber(Math.max(0, Math.min(state.log.single - 1, state.access.number + by)));
  }
}

export function startLines() {
  byId('lines').addEventListener('keydown', onKey);
  byId('earlier').addEventListener('click', () => move(-AROUND));
  byId('later').addEventListener('click', () => move(AROUND));
  on('access', selected);
  on('log', () => {
    first = 0;
    set('access', null);
  });
}
