// SPDX-License-Identifier: GPL-2.0-or-later
// Light and dark. The page follows the system until the user says otherwise.
import { byId } from './dom.js';

const dark = window.matchMedia('(prefers-color-scheme: dark)');
const listeners = [];
let chosen = null;
let colours = null;

function name() {
  return chosen || (dark.matches ? 'dark' : 'light');
}

/** A colour of the page's style, for a canvas */
export function colour(key) {
  if (!colours) {
    const style = getComputedStyle(document.documentElement);
    colours = new Proxy({}, {
      get: (kept, k) => kept[k] || (kept[k] = style.getPropertyValue(`--${k}`).trim()),
    });
  }
  return colours[key];
}

function isDark() {
  return name() === 'dark';
}

export function onTheme(listener) {
  listeners.push(listener);
}

function apply() {
  document.documentElement.dataset.theme = name();
  byId('theme').textContent = isDark() ? 'Light' : 'Dark';
  colours = null;
  listeners.forEach((listener) => listener());
}

export function toggleTheme() {
  chosen = isDark() ? 'light' : 'dark';
  apply();
}

export function startTheme() {
  byId('theme').addEventListener('click', toggleTheme);
  dark.addEventListener('change', apply);
  apply();
}

/* Few against many, from the map viridis: it can be told apart in grey, too. */
const VIRIDIS = [[68, 1, 84], [71, 44, 122], [59, 81, 139], [44, 113, 142],
  [33, 144, 141], [39, 173, 129], [92, 200, 99], [170, 220, 50], [253, 231, 37]];

/** A colour for a share from 0 to 1, as [red, green, blue]: more stands out more,
 *  before a light background as before a dark one. */
export function heatColour(share) {
  const at = (isDark() ? share : 1 - share) * (VIRIDIS.length - 1);
  const i = Math.min(VIRIDIS.length - 2, Math.floor(at));
  return VIRIDIS[i].map((c, k) =>
    Math.round(c + (VIRIDIS[i + 1][k] - c) * (at - i)));
}
