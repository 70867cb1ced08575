// SPDX-License-Identifier: GPL-2.0-or-later
// The range of time that all views show.
const listeners = [];
const SMALLEST = 20;            /* ns, or lines */
const range = { from: 0, to: 1, end: 1, smallest: SMALLEST };
let drawing = 0;

export function onRange(listener) {
  listeners.push(listener);
}

function draw() {
  drawing = 0;
  for (const listener of listeners) {
    listener(range);
  }
}

/** Draw all views anew, once, however often it is called before the next frame. */
export function redraw() {
  if (!drawing) {
    drawing = requestAnimationFrame(draw);
  }
}

export function visible() {
  return range;
}

export function setRange(from, to) {
  const length = Math.min(Math.max(to - from, range.smallest), range.end);
  const middle = (from + to) / 2;
  from = Math.max(0, Math.min(middle - length / 2, range.end - length));
  range.from = from;
  range.to = from + length;
  redraw();
}

/** Another log: all of it */
export function setEnd(end, smallest) {
  range.end = Math.max(end, smallest);
  range.smallest = smallest;
  setRange(0, range.end);
}

export function zoomAll() {
  setRange(0, range.end);
}

/** Zoom by a factor; the time at stays where it is. */
export function zoom(factor, at = (range.from + range.to) / 2) {
  const length = Math.min(range.end, Math.max(range.smallest,
    (range.to - range.from) * factor));
  const share = (at - range.from) / (range.to - range.from);
  const from = at - share * length;
  setRange(from, from + length);
}

/** Move by a share of what is visible. */
export function pan(share) {
  const length = range.to - range.from;
  const from = Math.max(0, Math.min(range.from + share * length,
    range.end - length));
  setRange(from, from + length);
}

/** Show a time, in the middle unless it is visible already. */
export function show(t, length = range.to - range.from) {
  if (t < range.from || t > range.to || length < range.to - range.from) {
    setRange(t - length / 2, t + length / 2);
  } else {
    redraw();
  }
}
