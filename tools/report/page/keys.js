// SPDX-License-Identifier: GPL-2.0-or-later
// The keyboard.
import { byId, el, replace } from './dom.js';
import { selectNumber } from './lines.js';
import { pan, show, visible, zoom, zoomAll } from './range.js';
import { set, state } from './state.js';
import { openNumber } from './tabs.js';
import { toggleTheme } from './theme.js';

function nextMark(direction) {
  const { from, to } = visible();
  const middle = state.markAt ?? (from + to) / 2;
  const marks = state.log.marks.items.filter((m) => m.kind !== 'tracer');
  const found = direction > 0 ? marks.find((m) => m.t > middle) :
    marks.findLast((m) => m.t < middle);
  if (found) {
    state.markAt = found.t;
    show(found.t);
  }
}

function step(by) {
  if (state.access) {
    selectNumber(state.access.number + by);
  } else {
    state.log.singles.numberAt(visible().from).then(selectNumber);
  }
}

function select() {
  const { from, to } = visible();
  state.log.singles.numberAt((from + to) / 2).then(selectNumber);
}

const KEYS = [
  ['ArrowLeft', 'left', 'earlier', () => pan(-0.2)],
  ['ArrowRight', 'right', 'later', () => pan(0.2)],
  ['+', '+ or =', 'zoom in', () => zoom(0.5)],
  ['=', '', '', () => zoom(0.5)],
  ['-', '-', 'zoom out', () => zoom(2)],
  ['0', '0', 'the whole log', zoomAll],
  ['Enter', 'Enter', 'select the access in the middle of the timeline', select],
  ['.', '.', 'next access', () => step(1)],
  [',', ',', 'access before', () => step(-1)],
  ['n', 'n', 'next mark of the user or the guest', () => nextMark(1)],
  ['p', 'p', 'mark before', () => nextMark(-1)],
  ['Escape', 'Escape', 'select nothing', () => {
    set('row', -1);
    set('access', null);
  }],
  ['/', '/', 'search', () => byId('search').focus()],
  ['t', 't', 'light or dark', toggleTheme],
  ['?', '?', 'these keys', showKeys],
];

const OTHERS = [
  ['up, down', 'in tables, the heat map, the lines (Tab gets there): choose a row'],
  ['wheel', 'zoom'],
  ['drag', 'zoom to what is dragged over'],
  ['Shift+drag', 'move, as Shift+wheel'],
  ['double click', 'the whole log'],
  ['click', 'select: what is nearest in the timeline, a row, a cell of the heat map'],
  ['fingers', 'one moves, two zoom, a tap selects'],
];

function showKeys() {
  const list = KEYS.filter(([, name]) => name);
  replace(byId('keys'), el('h2', null, 'Keys and mouse'), el('dl', null,
    list.map(([, name, what]) => [el('dt', null, name), el('dd', null, what)]),
    el('dt', null, '1 to 9'), el('dd', null, 'views below the timeline'),
    OTHERS.map(([name, what]) => [el('dt', null, name), el('dd', null, what)])),
  el('button', { type: 'button', onclick: () => byId('keys').close() }, 'Close'));
  byId('keys').showModal();
}

function onKey(event) {
  const typing = event.target.closest('input, select, textarea, dialog');
  if (event.ctrlKey || event.altKey || event.metaKey || !state.log) {
    return;
  }
  if (typing) {
    if (event.key === 'Escape' && event.target.blur) {
      event.target.blur();
    }
    return;
  }
  if (event.key === 'Enter' && event.target !== byId('lanes-canvas')) {
    return;
  }
  if (/^[1-9]$/.test(event.key)) {
    openNumber(Number(event.key) - 1);
    return;
  }
  const key = KEYS.find(([name]) => name === event.key);
  if (key) {
    event.preventDefault();
    key[3]();
  }
}

export function startKeys() {
  document.addEventListener('keydown', onKey);
  byId('help').addEventListener('click', showKeys);
}
