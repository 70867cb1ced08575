// SPDX-License-Identifier: GPL-2.0-or-later
// What is selected: an access, a register (a row of the log), words of the search.
const listeners = { access: [], row: [], search: [], log: [] };

export const state = {
  report: null,                 /* the index */
  log: null,                    /* the one that is shown */
  access: null,                 /* what Log.describe() gives */
  row: -1,
  search: '',
};

export function on(what, listener) {
  listeners[what].push(listener);
}

export function set(what, value) {
  state[what] = value;
  listeners[what].forEach((listener) => listener(value));
}
