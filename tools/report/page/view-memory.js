// SPDX-License-Identifier: GPL-2.0-or-later
// The guest's memory, as snapshots and rings have it: bytes, and decoded descriptors.
import { block } from './blocks.js';
import { el, pairs, replace } from './dom.js';
import { selectLine } from './lines.js';
import { Table } from './table.js';
import { at, count, hex } from './text.js';

const MOST = 64 * 1024;         /* bytes of one thing that are shown */

function dump(bytes, start) {
  const lines = [];
  for (let i = 0; i < bytes.length; i += 16) {
    const part = [...bytes.subarray(i, i + 16)];
    const digits = part.map((b) => b.toString(16).padStart(2, '0'));
    const text = part.map((b) => b >= 0x20 && b < 0x7f ? String.fromCharCode(b) : '.');
    lines.push(`${(start + BigInt(i)).toString(16).padStart(12, '0')}  ` +
      `${digits.slice(0, 8).join(' ').padEnd(23)}  ${digits.slice(8).join(' ').padEnd(23)}  ` +
      text.join(''));
  }
  return lines;
}

function title(thing) {
  const index = thing.index === undefined || thing.index === null ? '' : `[${thing.index}]`;
  return `${thing.name || thing.kind}${index}`;
}

/* Bytes with their addresses; each line is an element, since text of el() has one line */
function hexOf(name, bytes, thing) {
  if (!thing.length) {
    return el('p', { class: 'note' }, `${name}: ${thing['left-out'] ?
      'its bytes are left out' : thing.state || 'no bytes'}`);
  }
  const part = bytes.subarray(thing.offset, thing.offset + Math.min(MOST, thing.length));
  return [el('h3', null, `${name} at ${thing.at}, ${count(thing.length)} bytes`),
    el('div', { class: 'hex', tabindex: '0' },
      dump(part, BigInt(thing.at || 0)).map((line) => el('div', null, line)))];
}

export const memoryView = {
  id: 'memory',
  title: 'Memory',
  available: (log) => Boolean(log.memory && log.memory.things && log.memory.bytes),
  async open(panel, log) {
    [this.things, this.bytes] = await Promise.all(
      [block(log.memory.things), block(log.memory.bytes)]);
    this.card = el('div', { class: 'card' }, el('p', { class: 'note' }, 'Choose a row: its bytes and fields are shown here.'));
    this.table = new Table({ name: 'Memory', columns: [
      { title: 'Time', width: '104px', number: true, text: (x) => at(log, x.t),
        sort: (x) => x.t },
      { title: 'What', width: '80px', text: (x) => x.kind },
      { title: 'Name', width: '110px', code: true, text: title },
      { title: 'Address', width: '120px', code: true, text: (x) => x.at || '' },
      { title: 'Fields', width: 'minmax(150px, 1fr)', code: true,
        text: (x) => (x.fields || []).map(([name, value]) => `${name}=${value}`).join(' ') },
    ], choose: (thing) => this.choose(thing) });
    this.table.node.style.maxHeight = '30vh';
    this.table.setItems(this.things);
    replace(panel, log.memory['left-out'] ? el('p', { class: 'note' },
      `The bytes of ${count(log.memory['left-out'])} are left out.`) : null,
    this.table.node, this.card);
  },
  choose(thing) {
    const runs = (thing.runs || []).map(([offset, length]) =>
      `${hex(offset)}, ${length} bytes`).join('; ');
    replace(this.card, el('h3', null, `${thing.kind} ${title(thing)}`),
      pairs([['line', `#${thing.line}`], ['device', thing.device], ['on', thing.on],
        ['state', thing.state], ['changed', runs], ...(thing.fields || [])]),
      hexOf(title(thing), this.bytes, thing),
      (thing.data || []).map((data) => hexOf(data.name, this.bytes, data)),
      el('button', { type: 'button', onclick: () => selectLine(thing.line) },
        'Zoom to the access after it'));
    selectLine(thing.line, false);
  },
  search(words) {
    this.table.search(words);
  },
};
