// SPDX-License-Identifier: GPL-2.0-or-later
// The keyboard.
import { byId, el, replace } from '../dom.js';
import { toggleTheme } from '../theme.js';

function scrollLines(by) {
  byId('list').scrollTop += by * byId('list').clientHeight;
}

const KEYS = [
  [' ', 'space', 'pause, and go on', () => byId('pause').click()],
  ['/', '/', 'filter', () => byId('filter').focus()],
  ['Home', 'Home', 'first line that is shown', () => scrollLines(-1e6)],
  ['End', 'End', 'newest line', () => scrollLines(1e6)],
  ['r', 'r', 'report of what there is so far', () => byId('report').click()],
  ['t', 't', 'light or dark', toggleTheme],
  ['?', '?', 'these keys', showKeys],
];

function showKeys() {
  replace(byId('keys'), el('h2', null, 'Keys'), el('dl', null,
    KEYS.map(([, name, what]) => [el('dt', null, name), el('dd', null, what)])),
  el('button', { type: 'button', onclick: () => byId('keys').close() }, 'Close'));
  byId('keys').showModal();
}

function onKey(event) {
  const typing = event.target.closest('input, select, dialog');
  const pressed = event.key === ' ' && event.target.closest('button, a');
  if (event.ctrlKey || event.altKey || event.metaKey || pressed) {
    return;
  }
  if (typing) {
    if (event.key === 'Escape' && event.target.blur) {
      event.target.blur();
    }
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
