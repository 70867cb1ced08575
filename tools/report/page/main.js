// SPDX-License-Identifier: GPL-2.0-or-later
// The page of vfio-trace report: reads the data, starts the views.
import { index } from './blocks.js';
import { byId, clean, complain, el, notice, replace } from './dom.js';
import { startKeys } from './keys.js';
import { selectLine, startLines } from './lines.js';
import { Log } from './log.js';
import { setEnd } from './range.js';
import { on, set, state } from './state.js';
import { addView, currentView, openView, startTabs } from './tabs.js';
import { count, duration, plural, span } from './text.js';
import { startTheme } from './theme.js';
import { startTimeline } from './timeline.js';
import { diffView } from './view-diff.js';
import { heatView } from './view-heat.js';
import { latencyView } from './view-latency.js';
import { marksView } from './view-marks.js';
import { memoryView } from './view-memory.js';
import { phasesView } from './view-phases.js';
import { pollsView } from './view-polls.js';
import { ratesView } from './view-rates.js';
import { registersView } from './view-registers.js';

const FORMAT = 1;
const SEARCHED = ['registers', 'heat', 'polls', 'marks', 'phases', 'memory', 'diff'];
const SHORTEST_LINES = 10;
const SHORTEST_NS = 1000;
const MOST_CUTS = 3;
const MOST_DEVICES = 4;
const MARGIN = 0.005;           /* behind the last access, so that it can be seen */

function fail(error) {
  complain(`This report can not be shown: ${error.message || error}.`);
  document.documentElement.dataset.state = 'failed';
}

/* What a view asks for later may be damaged, too. */
function startComplaints() {
  window.addEventListener('unhandledrejection', (event) => {
    complain(`Something is missing on this page: ${event.reason?.message || event.reason}.`);
  });
}

function summary(log) {
  const devices = log.devices.map((d) => [d.name, d.vendor && d.id &&
    !(/^0x0*$/.test(d.vendor) && /^0x0*$/.test(d.id)) &&
    `${d.vendor.slice(2)}:${d.id.slice(2)}`].filter((s) => s).join(' ')).filter((s) => s);
  const more = devices.splice(MOST_DEVICES).length;
  return [`${plural(log.accesses, 'access', 'accesses')} (${plural(log.reads, 'read')}, ` +
    `${plural(log.writes, 'write')})`,
  log.axis === 'line' ? plural(log.lines, 'line') : span(log, log.end), ...devices,
  ...(more ? [plural(more, 'further device')] : [])].join(', ');
}

/* What the clock does at the cut i of the axis */
function jump(log, cut, i) {
  const gap = cut.to + cut.shift - cut.from - (i ? log.cuts[i - 1].shift : 0);
  return `line ${count(cut.line)} (by ${duration(Math.abs(gap))}${gap < 0 ? ', back' : ''})`;
}

/* The first line without a single access: there the next page begins */
function nextLine(log) {
  const last = log.chunks[log.chunks.length - 1];
  return last ? last['last-line'] + 1 : 1;
}

function notices(log) {
  const texts = [];
  if (log.selected) {
    texts.push('This is a selection of the log.');
  }
  if (log.axis === 'line') {
    texts.push('The log has no times: all is drawn by line.');
  }
  if (log.cuts.length) {
    texts.push(`The clock of the log jumps ${plural(log.cuts.length, 'time')}, at ` +
      `${log.cuts.slice(0, MOST_CUTS).map((cut, i) => jump(log, cut, i)).join(', ')}` +
      `${log.cuts.length > MOST_CUTS ? ', ...' : ''}: these gaps are drawn short, hatched.`);
  }
  if (log.damaged) {
    texts.push(`${plural(log.damaged, 'line')} of the log ` +
      `${log.damaged === 1 ? 'is' : 'are'} damaged.`);
  }
  if (log.cut) {
    texts.push('The log is cut off at its end.');
  }
  if (log.lost || log['lost-unknown']) {
    texts.push(log['lost-unknown'] ? 'Accesses were lost while the log was written.' :
      `${plural(log.lost, 'access', 'accesses')} were lost while the log was written.`);
  }
  if (log['left-out']) {
    texts.push('Some tables are not in this page, as there was no room for them: ' +
      'vfio-trace report --max-size makes a larger one.');
  }
  if (log.single < log.accesses) {
    texts.push(`The first ${count(log.single)} accesses are here one by one, the others ` +
      `as numbers. For those: vfio-trace report --from '#${nextLine(log)}'.`);
  }
  return texts.join(' ');
}

async function choose(i) {
  const log = state.logs[i];
  await log.load();
  const name = clean(log.name);
  byId('title').textContent = name.replace(/^.*\/(?=.)/, '');
  byId('title').title = name;
  document.title = `${byId('title').textContent} - vfio-trace report`;
  byId('summary').textContent = clean(summary(log));
  notice(notices(log));
  state.row = -1;
  state.markAt = null;
  setEnd(log.end * (1 + MARGIN) + 1, log.axis === 'line' ? SHORTEST_LINES : SHORTEST_NS);
  set('log', log);
}

async function enter(text) {
  const line = text.match(/^#(\d+)$/);
  if (line) {
    await selectLine(Number(line[1]));
  }
}

function startSearch() {
  const field = byId('search');
  field.addEventListener('input', () => {
    const words = field.value.startsWith('#') ? '' : field.value.trim();
    if (words && !SEARCHED.includes(currentView())) {
      openView('registers');
    }
    set('search', words);
  });
  field.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') {
      enter(field.value.trim());
    }
  });
}

function startLogs() {
  byId('log-choice').hidden = state.logs.length < 2;
  replace(byId('log'), state.logs.map((log, i) =>
    el('option', { value: String(i) }, `${'AB'[i]}: ${log.name}`)));
  byId('log').addEventListener('change', () => choose(Number(byId('log').value)).catch(fail));
}

async function start() {
  document.documentElement.dataset.state = 'loading';
  startComplaints();
  startTheme();
  state.report = await index();
  if (state.report.format !== FORMAT) {
    throw new Error(`its data has format ${state.report.format}, this page reads ${FORMAT}`);
  }
  state.logs = state.report.logs.map((description) => new Log(description));
  [registersView, heatView, ratesView, latencyView, pollsView, phasesView, marksView,
    memoryView, diffView].forEach(addView);
  startTimeline();
  startLines();
  startTabs();
  startKeys();
  startSearch();
  startLogs();
  byId('made').textContent = clean(state.report.generator);
  await choose(0);
  if (state.logs.length === 2) {
    openView('diff');
  }
  /* after the first picture; tests wait for it */
  requestAnimationFrame(() => requestAnimationFrame(() => {
    performance.mark('vfio-trace-shown');
    document.documentElement.dataset.state = 'shown';
  }));
}

on('access', (access) => {
  if (access) {
    set('row', access.row);
  }
});
start().catch(fail);
