// SPDX-License-Identifier: GPL-2.0-or-later
// Wheel, mouse and fingers on a canvas whose horizontal axis is time.
import { pan, setRange, visible, zoom, zoomAll } from './range.js';

const STEP = 1.0016;            /* zoom for one unit of a wheel */
const MOVED = 4;                /* pixels: more is no click */

function place(canvas, event) {
  const box = canvas.getBoundingClientRect();
  return { x: event.clientX - box.left, y: event.clientY - box.top };
}

/* On the labels, it scrolls as everywhere else. */
function onWheel(canvas, view, event) {
  if (place(canvas, event).x < view.left()) {
    return;
  }
  event.preventDefault();
  /* lines and pages, as some browsers count */
  const unit = [1, 16, 400][event.deltaMode];
  const across = event.shiftKey ? event.deltaY || event.deltaX : event.deltaX;
  if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
    pan(across * unit / view.width());
  } else {
    zoom(STEP ** (event.deltaY * unit), view.time(place(canvas, event).x));
  }
}

/* Two fingers: what is between them stays between them. */
function pinch(view, before, now) {
  const { from, to } = visible();
  const scale = (to - from) / view.width();
  const [a0, a1] = before.map((x) => from + (x - view.left()) * scale);
  const [b0, b1] = now.map((x) => x - view.left());
  if (Math.abs(b1 - b0) < 5) {
    return;
  }
  const ns = (a1 - a0) / (b1 - b0);
  setRange(a0 - b0 * ns, a0 - b0 * ns + view.width() * ns);
}

/**
 * pointer(): listen on a canvas
 *
 * @view: left(), width(): where the axis lies; time(x); click(x, y); selecting([x, x]);
 * select(x, x); hover(x, y, event), with x below 0 at the end
 */
export function pointer(canvas, view) {
  const fingers = new Map();
  let start = null;
  let panning = false;

  canvas.addEventListener('wheel', (event) => onWheel(canvas, view, event),
    { passive: false });
  canvas.addEventListener('dblclick', zoomAll);
  canvas.addEventListener('pointerdown', (event) => {
    if (event.button > 1) {
      return;
    }
    const at = place(canvas, event);
    canvas.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, at.x);
    start = fingers.size === 1 ? at : null;
    panning = event.pointerType === 'touch' || event.shiftKey || event.button === 1;
    view.hover(-1, 0, event);
  });
  canvas.addEventListener('pointermove', (event) => {
    const at = place(canvas, event);
    if (!fingers.has(event.pointerId)) {
      view.hover(at.x, at.y, event);
      return;
    }
    const before = [...fingers.values()];
    const last = fingers.get(event.pointerId);
    fingers.set(event.pointerId, at.x);
    if (fingers.size === 2) {
      pinch(view, before, [...fingers.values()]);
    } else if (panning) {
      pan((last - at.x) / view.width());
    } else if (start) {
      view.selecting([start.x, at.x]);
    }
  });
  const end = (event) => {
    const at = place(canvas, event);
    if (!fingers.delete(event.pointerId)) {
      return;
    }
    const far = start && Math.abs(at.x - start.x) >= MOVED;
    if (event.type === 'pointerup' && start && !far) {
      view.selecting(null);
      view.click(start.x, start.y);
    } else if (event.type === 'pointerup' && start && !panning) {
      view.select(start.x, at.x);
    } else {
      view.selecting(null);
    }
    start = null;
  };
  canvas.addEventListener('pointerup', end);
  canvas.addEventListener('pointercancel', end);
  canvas.addEventListener('pointerleave', (event) => view.hover(-1, 0, event));
}
