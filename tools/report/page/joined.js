// SPDX-License-Identifier: GPL-2.0-or-later
// Registers and phases of two logs, joined.
function texts(list) {
  return (list || []).map((v) => v.value).join(', ');
}

/* A device has the same name in both logs, or else the same number; a region of it, its
 * name: labels may say more in one log than in the other. */
function regionKey(logs, k, number) {
  const { regions, devices } = logs[k];
  const region = regions[number];
  if (!region) {
    return '';
  }
  const { name } = devices[region.device];
  const inBoth = logs[1 - k].devices.some((device) => device.name === name);
  return `${inBoth ? name : region.device} ${region.name}`;
}

/* What both logs have of each row: each access is in one, in both logs alike. The table of
 * registers would not do, since what is a window of one log may be registers of the other. */
export function joined(logs, tables) {
  const all = new Map();
  logs.forEach((log, k) => {
    const items = new Map(((tables[k] || {}).items || []).map((item) => [item.row, item]));
    log.rows.forEach((row, i) => {
      const id = `${row.kind} ${regionKey(logs, k, row.region)} ${row.offset}`;
      const found = all.get(id) || { id, title: log.rowTitle(row), sides: [null, null], rows: [-1, -1],
        written: ['', ''], known: [false, false] };
      const item = items.get(i);
      found.sides[k] = row;
      found.rows[k] = i;
      found.written[k] = item ? texts(item['values-written']) : '';
      found.known[k] = Boolean(item);
      all.set(id, found);
    });
  });
  return [...all.values()].map(compared);
}

function compared(found) {
  const [a, b] = found.sides;
  const n = (side, what) => side ? side[what] : 0;
  return { ...found, ra: n(a, 'reads'), rb: n(b, 'reads'), wa: n(a, 'writes'),
    wb: n(b, 'writes'), only: !b ? 'A' : !a ? 'B' : '',
    others: found.known[0] && found.known[1] && found.written[0] !== found.written[1] };
}

/* A name may come again: the first of one log and the first of the other belong together. */
export function phaseRows(logs) {
  const all = new Map();
  logs.forEach((log, k) => {
    const times = new Map();
    log.phases.forEach((phase) => {
      const n = times.get(phase.name) || 0;
      const id = `${n} ${phase.name}`;
      const row = all.get(id) || { name: phase.name, logs, sides: [undefined, undefined] };
      times.set(phase.name, n + 1);
      row.sides[k] = phase;
      all.set(id, row);
    });
  });
  return [...all.values()];
}
