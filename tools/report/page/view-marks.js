// SPDX-License-Identifier: GPL-2.0-or-later
// Marks, as a table.
import { el, replace } from './dom.js';
import { selectLine } from './lines.js';
import { show } from './range.js';
import { Table } from './table.js';
import { at, count } from './text.js';

export const marksView = {
  id: 'marks',
  title: 'Marks',
  available: (log) => !log.marks.missing,
  open(panel, log) {
    const { items } = log.marks;
    this.table = new Table({ name: 'Marks', none: 'This log has no marks; vfio-trace mark sets them.', columns: [
      { title: 'Time', width: '104px', number: true, text: (m) => at(log, m.t),
        sort: (m) => m.line },
      { title: 'Line', width: '90px', number: true, text: (m) => `#${m.line}`,
        sort: (m) => m.line },
      { title: 'By', width: '72px', text: (m) => m.kind },
      { title: 'Text', width: 'minmax(300px, 1fr)', code: true, text: (m) => m.text },
    ], choose: (mark) => {
      selectLine(mark.line, false).then(() => show(mark.t));
    } });
    this.table.setItems(items);
    replace(panel, log.marks['left-out'] ? el('p', { class: 'note' },
      `${count(log.marks['left-out'])} further marks are left out`) : null, this.table.node);
  },
  search(words) {
    this.table.search(words);
  },
};
