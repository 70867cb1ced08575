// SPDX-License-Identifier: GPL-2.0-or-later
// The axis of time below a canvas.
import { at } from './text.js';
import { colour } from './theme.js';

export const AXIS = 20;         /* pixels: its height */

/** A round step between the numbers of an axis */
function axisStep(length, most) {
  const raw = length / most;
  const ten = 10 ** Math.floor(Math.log10(raw));
  return [1, 2, 5, 10].map((k) => k * ten).find((step) => step >= raw);
}

/**
 * drawAxis(): numbers, and a line for each from the top down
 *
 * @place: left and width of the axis; top of the lines, y of the axis
 */
export function drawAxis(c, log, { from, to }, { left, width, top, y }) {
  const step = Math.max(1, axisStep(to - from, Math.max(2, Math.floor(width / 110))));
  c.font = '11px system-ui, sans-serif';
  c.textBaseline = 'middle';
  for (let t = Math.ceil(from / step) * step; t <= to; t += step) {
    const x = left + (t - from) / (to - from) * width;
    const text = at(log, t, step);
    c.fillStyle = colour('grid');
    c.fillRect(x, top, 1, y - top + 4);
    if (x + 3 + c.measureText(text).width <= left + width) {
      c.fillStyle = colour('dim');
      c.fillText(text, x + 3, y + AXIS / 2);
    }
  }
}
