// SPDX-License-Identifier: GPL-2.0-or-later
// The page of vfio-trace serve: a log as it grows.
import { byId, clean } from '../dom.js';
import { count, plural } from '../text.js';
import { onTheme, startTheme } from '../theme.js';
import { startFeed } from './feed.js';
import { startKeys } from './keys.js';
import { drawLines, startLines } from './lines.js';
import { hold, model, show, take } from './model.js';
import { drawTables } from './tables.js';
import { drawTimeline, startTimeline, summary } from './timeline.js';

/* What the server says of the log: a word for the page, a text */
const STATES = {
  reading: ['reading', 'reading what the log has'],
  live: ['live', 'live'],
  ended: ['ended', 'the trace has ended'],
  cut: ['cut', 'the log ends without an end mark: QEMU was killed'],
  failed: ['failed', 'the log can not be read'],
};
/* What is said of the connection instead */
const CONNECTION = {
  lost: ['lost', 'no connection to vfio-trace serve: trying again'],
  refused: ['lost', 'vfio-trace serve does not know this page any more: open a new address'],
  away: ['lost', 'many pages are open: this one stands still until you turn to it'],
  ended: ['lost', 'vfio-trace serve has ended: what is here stays'],
};

/* held: the moment of the pause, in ms; asked: the user has asked for another picture */
const page = { connection: 'connecting', paused: false, held: 0, missed: 0, wanted: false,
  asked: false };

function stateOf() {
  if (CONNECTION[page.connection]) {
    return CONNECTION[page.connection];
  }
  if (page.paused) {
    return ['paused', `paused: ${plural(page.missed, 'new line')}`];
  }
  return model.update ? STATES[model.update.state] : ['connecting', 'connecting'];
}

function drawState() {
  const [state, text] = stateOf();
  byId('state').textContent = text;
  byId('state').dataset.state = state;
}

function notices() {
  const u = model.update;
  const texts = [];
  if (u.message) {
    texts.push(u.message);
  }
  if (u.lines && !u.trace && u.state !== 'reading') {
    texts.push('No line is understood: is it a trace?');
  }
  if (u.lost || u['lost-unknown']) {
    texts.push(u['lost-unknown'] ? 'Accesses were lost while the log was written.' :
      `${plural(u.lost, 'access', 'accesses')} were lost while the log was written.`);
  }
  if (u.damaged) {
    texts.push(`${count(u.damaged)} damaged lines.`);
  }
  return clean(texts.join(' '));
}

/* A paused page stays as it is, so that text can be selected, until the user filters it,
   for example. */
function stays() {
  const asked = page.asked;
  page.asked = false;
  return page.paused && !asked;
}

function draw() {
  page.wanted = false;
  if (!page.paused) {
    show();
  }
  drawState();
  if (stays() || !model.update) {
    return;
  }
  const text = notices();
  byId('title').textContent = clean(model.update.name);
  document.title = `${clean(model.update.name)} - vfio-trace serve`;
  byId('summary').textContent = summary();
  byId('notice').textContent = text;
  byId('notice').hidden = !text;
  drawTimeline();
  drawTables(page.paused ? page.held : performance.now());
  drawLines();
  document.documentElement.dataset.state = 'shown';
}

/* Once for all that comes before the next picture */
function redraw() {
  if (!page.wanted) {
    page.wanted = true;
    requestAnimationFrame(draw);
  }
}

function ask() {
  page.asked = true;
  redraw();
}

function pause() {
  page.paused = !page.paused;
  page.missed = 0;
  page.held = performance.now();
  hold();
  byId('pause').textContent = page.paused ? 'Go on' : 'Pause';
  byId('pause').setAttribute('aria-pressed', String(page.paused));
  ask();
}

function start() {
  startTheme();
  onTheme(ask);
  startTimeline(ask);
  startLines(ask);
  startKeys();
  byId('pause').addEventListener('click', pause);
  startFeed((update) => {
    page.missed += update.newest.items.length + update.newest.skipped;
    take(update, performance.now());
    redraw();
  }, (connection) => {
    page.connection = connection;
    redraw();
  });
  /* rates sink to 0 when nothing comes any more */
  setInterval(redraw, 1000);
}

start();
