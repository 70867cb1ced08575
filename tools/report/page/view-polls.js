// SPDX-License-Identifier: GPL-2.0-or-later
// Polls: how long they took, and what ended them.
import { el, replace } from './dom.js';
import { selectLine } from './lines.js';
import { setRange } from './range.js';
import { Table } from './table.js';
import { at, compareHex, count, place, span } from './text.js';

function ending(poll) {
  if (!compareHex(poll.mask, '0x0')) {
    return 'never: it did not change';
  }
  return `(value & ${poll.mask}) == ${poll.value}`;
}

/* Without times, a log has no longest one of several: they are as long as all of them. */
function length(log, poll) {
  return log.axis === 'line' ? poll.to - poll.from + 1 : poll.longest;
}

function columns(log) {
  return [
    { title: 'Register', width: 'minmax(160px, 1fr)', code: true,
      text: (p) => place(log, p.region, p.offset, p.name) },
    { title: 'Begins', width: '104px', number: true, text: (p) => at(log, p.from),
      sort: (p) => p.from },
    { title: log.axis === 'line' ? 'Lines' : 'Took', width: '84px', number: true,
      down: true, text: (p) => span(log, length(log, p)), sort: (p) => length(log, p) },
    { title: 'Reads', width: '72px', number: true, down: true,
      text: (p) => count(p.reads), sort: (p) => p.reads },
    { title: 'Times', width: '64px', number: true, down: true,
      text: (p) => count(p.polls || 1), sort: (p) => p.polls || 1 },
    { title: 'Ended when', width: 'minmax(200px, 1.2fr)', code: true, text: ending },
    { title: 'Line', width: '76px', number: true, text: (p) => `#${p.line}`,
      sort: (p) => p.line },
  ];
}

export const pollsView = {
  id: 'polls',
  title: 'Polls',
  available: (log) => Boolean(log.polls),
  async open(panel, log) {
    const polls = await log.part('polls');
    this.table = new Table({ name: 'Polls', columns: columns(log),
      none: 'The driver polls no register in this log.', choose: (poll) => {
      const margin = Math.max(1000, (poll.to - poll.from) * 0.1);
      selectLine(poll.line, false).then(() =>
        setRange(poll.from - margin, poll.to + margin));
    } });
    this.table.setItems(polls.items);
    this.table.sortBy(2);
    replace(panel, el('p', { class: 'note' }, 'A poll: reads of one register in a row until a ' +
      'value comes. Choose one, and the timeline shows it.', polls['left-out'] ?
      ` The ${count(polls['left-out'])} shortest are left out.` : ''), this.table.node);
  },
  search(words) {
    this.table.search(words);
  },
};
