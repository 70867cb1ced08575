// SPDX-License-Identifier: GPL-2.0-or-later
// What the page knows of the trace: updates of the server, put together.
import { withShifts } from '../text.js';

const LINES = 2000;
const MARKS = 500;
const RATE_MS = 2000;           /* a rate is that of so long */

function empty() {
  return { epoch: -1, update: null, bins: { width: 0, used: 0, lanes: [] },
    lines: [], marks: [], skipped: 0, history: [], status: null };
}

/* What is known; what is shown of it */
const known = empty();
export const model = empty();

/* The last bin that is known may have grown; the server sends it again. */
function takeBins(news) {
  const { bins } = known;
  if (news.from === 0) {
    bins.lanes = [];
  }
  bins.width = news.width;
  bins.used = news.used;
  news.lanes.forEach((lane, i) => {
    const counts = bins.lanes[i] = bins.lanes[i] || { reads: [], writes: [] };
    for (const kind of ['reads', 'writes']) {
      while (counts[kind].length < news.from) {
        counts[kind].push(0);
      }
      counts[kind].length = news.from;
      counts[kind].push(...lane[kind]);
    }
  });
}

function takeItems(list, news, most) {
  if (news.skipped) {
    list.push({ kind: 'gap', skipped: news.skipped, first: list.length === 0 });
  }
  for (const [number, t, kind, text] of news.items) {
    list.push({ number, t, kind, text });
  }
  if (list.length > most) {
    list.splice(0, list.length - most);
  }
}

/** An update of the server, at a time in ms. */
export function take(update, now) {
  if (update.epoch !== known.epoch) {
    const { status } = known;
    Object.assign(known, empty(), { epoch: update.epoch, status });
  }
  known.update = { ...update, cuts: withShifts(update) };
  known.skipped += update.newest.skipped;
  takeBins(update.bins);
  takeItems(known.lines, update.newest, LINES);
  takeItems(known.marks, update.marks, MARKS);
  if (update.status !== undefined) {
    known.status = update.status;
  }
  known.history.push({ now, regions: update.regions, cpus: new Map(update.cpus) });
  while (known.history.length > 2 && known.history[1].now <= now - RATE_MS) {
    known.history.shift();
  }
}

/** Show what is known. */
export function show() {
  Object.assign(model, known);
}

/** Show what there is now, whatever comes: take() changes what is known in its place. */
export function hold() {
  Object.assign(model, known, { bins: structuredClone(known.bins), lines: [...known.lines],
    marks: [...known.marks], history: [...known.history] });
}

/** Growth per second of what of() gets from a moment; null if it is not known. */
export function rate(of, now) {
  const { history, update } = model;
  const first = history[0];
  const last = history[history.length - 1];
  if (!last || update.state === 'reading') {
    return null;
  }
  /* the server is silent if nothing happens */
  const from = now - last.now > RATE_MS ? last : first;
  const ms = now - from.now;
  return ms > 0 ? (of(last) - of(from)) * 1000 / Math.max(ms, 250) : null;
}
