// SPDX-License-Identifier: GPL-2.0-or-later
// The views below the timeline: one is open, and only that one is drawn.
import { byId, el, replace } from './dom.js';
import { onRange, redraw, visible } from './range.js';
import { on, state } from './state.js';

/**
 * A view: { id, title, available(log), open(panel, log): fills the panel, may be async;
 * draw(range): after each change of the range; search(words); row(i): another register }
 */
const views = [];
let shown = [];
let current = null;
let wanted = '';
let ready = false;

export function addView(view) {
  views.push(view);
}

function tell(what, ...values) {
  if (ready && current && current[what]) {
    current[what](...values);
  }
}

function problem(panel, error) {
  replace(panel, el('p', { class: 'error', role: 'alert' }, String(error.message || error)));
}

export async function openView(id) {
  const view = shown.find((v) => v.id === id) || shown[0];
  const panel = el('div', { class: 'panel', role: 'tabpanel', id: `panel-${view.id}`,
    'aria-labelledby': `tab-${view.id}` });
  current = view;
  wanted = view.id;
  ready = false;
  [...byId('tabs').children].forEach((button) => {
    const selected = button.id === `tab-${view.id}`;
    button.setAttribute('aria-selected', String(selected));
    button.tabIndex = selected ? 0 : -1;
  });
  replace(byId('panels'), panel);
  try {
    await view.open(panel, state.log);
  } catch (error) {
    problem(panel, error);
    return;
  }
  if (current === view && panel.isConnected) {
    ready = true;
    tell('search', state.search);
    tell('draw', visible());
    panel.dataset.ready = 'yes';
    redraw();
  }
}

export function openNumber(n) {
  if (shown[n]) {
    openView(shown[n].id);
  }
}

export function currentView() {
  return wanted;
}

function step(event) {
  const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (by) {
    const i = shown.indexOf(current);
    event.preventDefault();
    event.stopPropagation();
    openView(shown[(i + by + shown.length) % shown.length].id);
    byId(`tab-${wanted}`).focus();
  }
}

function fill(log) {
  shown = views.filter((view) => !view.available || view.available(log));
  replace(byId('tabs'), shown.map((view, i) => el('button', { type: 'button',
    role: 'tab', id: `tab-${view.id}`, title: i < 9 ? `key ${i + 1}` : null,
    onclick: () => openView(view.id), onkeydown: step }, view.title)));
  openView(wanted);
}

export function startTabs() {
  onRange((range) => tell('draw', range));
  on('log', fill);
  on('search', (words) => tell('search', words));
  on('row', (row) => tell('row', row));
}
