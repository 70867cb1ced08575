// SPDX-License-Identifier: GPL-2.0-or-later
// The newest lines and marks. A list stays at its end, unless the user has moved it.
import { byId, clean, el, replace } from '../dom.js';
import { at, count } from '../text.js';
import { model } from './model.js';

const SHOWN = 300;
const NEAR = 40;                /* pixels from the end that count as the end */

let words = [];

function matches(item) {
  const text = item.text.toLowerCase();
  return words.every((word) => text.includes(word));
}

function row(item) {
  if (item.kind === 'gap') {
    return el('div', { class: 'gap' }, item.first ?
      `${count(item.skipped)} earlier` : `${count(item.skipped)} not shown: they came too fast`);
  }
  /* an entry may have several lines; none of them is markup */
  const node = el('div', { class: item.kind });
  node.textContent = item.text.split('\n').map(clean).join('\n');
  return node;
}

function fill(list, rows) {
  const stays = list.scrollHeight - list.scrollTop - list.clientHeight < NEAR;
  replace(list, rows);
  if (stays) {
    list.scrollTop = list.scrollHeight;
  }
}

/* As the log has it, and the lines */
function time(t) {
  const { axis, start, cuts } = model.update;
  if (axis === 'line') {
    return at({ axis }, t);
  }
  const cut = cuts.filter((c) => c.to <= t).pop();
  const ns = cut ? BigInt(cut.time) + BigInt(t - cut.to) : BigInt(start) + BigInt(t);
  const us = ns / 1000n;
  return `${us / 1000000n}.${String(us % 1000000n).padStart(6, '0')}`;
}

export function drawLines() {
  const found = words.length ? model.lines.filter((item) => item.kind !== 'gap' &&
    matches(item)) : model.lines;
  fill(byId('list'), found.slice(-SHOWN).map(row));
  byId('shown').textContent = words.length ?
    `${count(found.length)} of the last ${count(model.lines.length)}` :
    `the last ${count(Math.min(found.length, SHOWN))}`;
  fill(byId('marks'), model.marks.map((mark) => mark.kind === 'gap' ? row(mark) :
    row({ ...mark, text: `${time(mark.t)}  ${mark.text}` })));
}

export function startLines(redraw) {
  byId('filter').addEventListener('input', () => {
    words = byId('filter').value.toLowerCase().split(/\s+/).filter((w) => w);
    redraw();
  });
}
