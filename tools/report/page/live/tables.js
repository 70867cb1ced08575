// SPDX-License-Identifier: GPL-2.0-or-later
// Traffic: counts and rates of regions and processors; what QEMU says of its traps.
import { byId, el, replace } from '../dom.js';
import { count, short } from '../text.js';
import { model, rate } from './model.js';

function bytes(n) {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let i = 0;
  for (; n >= 1024 && i < units.length - 1; i++) {
    n /= 1024;
  }
  return `${i ? n.toFixed(1) : n} ${units[i]}`;
}

function perSecond(n) {
  return n === null || n === undefined ? '-' : short(n);
}

function percent(n) {
  return n === undefined ? '-' : `${n.toFixed(1)} %`;
}

function table(titles, rows) {
  return el('table', { class: 'counts' },
    el('thead', null, el('tr', null, titles.map((t) => el('th', { scope: 'col' }, t)))),
    el('tbody', null, rows.map((row) => el('tr', null, row.map((text) =>
      el('td', null, text))))));
}

/* From the log: there is no QEMU that could be asked. */
function logRegions(now) {
  const rows = model.update.regions.map((region, i) => [region.label,
    perSecond(rate((m) => m.regions[i] ? m.regions[i].reads : 0, now)),
    perSecond(rate((m) => m.regions[i] ? m.regions[i].writes : 0, now)),
    count(region.reads), count(region.writes)]);
  return table(['region', 'reads/s', 'writes/s', 'reads', 'writes'], rows);
}

function trouble(log) {
  const texts = [];
  if (log.stopped) {
    texts.push('The guest is paused until the log can be written again.');
  }
  if (log.error) {
    texts.push(log.error);
  }
  return texts.map((text) => el('p', { class: 'error' }, text));
}

/* What a device has of all columns; the last ones only if there is something. */
const COLUMNS = [
  ['region', (r) => r.name],
  ['reads/s', (r) => perSecond(r['reads-per-second'])],
  ['writes/s', (r) => perSecond(r['writes-per-second'])],
  ['reads', (r) => count(r.read.accesses)],
  ['writes', (r) => count(r.write.accesses)],
  ['traps', (r) => percent(r['trap-percent'])],
  ['exits', (r) => percent(r['exit-percent'])],
  ['failed', (r) => r.failed ? count(r.failed) : '', true],
  ['busiest vCPU', (r) => r['busiest-percent'] === undefined ? '' :
    `${r['busiest-cpu']}: ${percent(r['busiest-percent'])}`, true],
];

function deviceTable(device) {
  const regions = device.regions || [];
  const columns = COLUMNS.filter(([, text, optional]) => !optional ||
    regions.some((region) => text(region)));
  const state = device.started === undefined ? '' :
    device.started ? ', started' : ', stopped';
  return [el('h3', null, `${device.id || device['qom-path']}${state}`),
    table(columns.map(([title]) => title),
      regions.map((region) => columns.map(([, text]) => text(region))))];
}

function logTable(log) {
  const ring = log['ring-size'] ? Math.floor(log['ring-used'] * 100 / log['ring-size']) : 0;
  return [el('p', { class: 'note' }, `log ${log.id}: ${count(log.events)} events, ` +
      `${perSecond(log['events-per-second'])}/s; ${bytes(log.bytes)}; ` +
      `ring ${ring} %; lost ${count(log.lost)}`),
  trouble(log), (log.devices || []).map(deviceTable)];
}

function cpuTable(now) {
  const rows = model.update.cpus.map(([cpu, n]) => [`vCPU ${cpu}`,
    perSecond(rate((m) => m.cpus.get(cpu) || 0, now)), count(n)]);
  return rows.length ? table(['vCPU', 'accesses/s', 'accesses'], rows) : [];
}

/* A guest may have taken over its QEMU: whatever that answers, the log is shown. */
function qemuTables(status) {
  try {
    return status.logs.map(logTable);
  } catch {
    return el('p', { class: 'error' }, 'QEMU\'s answer is not understood.');
  }
}

export function drawTables(now) {
  const { status } = model;
  byId('qemu').textContent = status ? 'as QEMU says; share of the guest\'s time in traps' :
    'as the log says';
  replace(byId('regions'), status ? qemuTables(status) : logRegions(now));
  replace(byId('cpus'), cpuTable(now));
}
