// SPDX-License-Identifier: GPL-2.0-or-later
// What is drawn over all lanes of the timeline: phases, marks, pauses.
import { clean, fit } from './dom.js';
import { colour } from './theme.js';

const BAND = 18;                /* pixels: the height of the phases */

/*
 * An area: left and width of the axis; top and bottom of the lanes; x(t): the place of
 * a time.
 */

export function drawPhases(c, log, range, area) {
  c.font = '11px system-ui, sans-serif';
  c.textBaseline = 'middle';
  log.phases.forEach((phase, k) => {
    if (phase.further || phase.to < range.from || phase.from > range.to) {
      return;
    }
    const x0 = Math.max(area.left, area.x(phase.from));
    const x1 = Math.min(area.left + area.width, area.x(phase.to));
    c.fillStyle = colour(k % 2 ? 'phase-odd' : 'phase');
    c.fillRect(x0, 0, Math.max(1, x1 - x0), BAND);
    if (x1 - x0 > 30) {
      c.fillStyle = colour('text');
      c.fillText(fit(c, clean(phase.name), x1 - x0 - 6, true), x0 + 4, BAND / 2);
    }
  });
}

/* A triangle, smaller for those of the tracer */
function drawMark(c, x, { top, bottom }, small) {
  const size = small ? 3 : 5;
  if (!small) {
    c.globalAlpha = 0.45;
    c.fillRect(x, top, 1, bottom - top);
    c.globalAlpha = 1;
  }
  c.beginPath();
  c.moveTo(x - size, top - 14);
  c.lineTo(x + size, top - 14);
  c.lineTo(x, top - 14 + 2 * size);
  c.fill();
}

export function drawMarks(c, log, range, area) {
  let before = -10;
  c.fillStyle = colour('mark');
  for (const mark of log.marks.items) {
    if (mark.t >= range.from && mark.t <= range.to) {
      const x = area.x(mark.t);
      if (x - before >= 1) {
        before = x;
        drawMark(c, x, area, mark.kind === 'tracer');
      }
    }
  }
}

export function drawPauses(c, log, range, { left, width, top, bottom, x }) {
  c.strokeStyle = colour('pause');
  for (const pause of log.pauses) {
    if (pause.to < range.from || pause.from > range.to) {
      continue;
    }
    const x0 = Math.max(left, x(pause.from));
    const x1 = Math.max(x0 + 2, Math.min(left + width, x(pause.to)));
    c.save();
    c.beginPath();
    c.rect(x0, top, x1 - x0, bottom - top);
    c.clip();
    c.beginPath();
    for (let at = x0 - bottom; at < x1; at += 7) {
      c.moveTo(at, bottom);
      c.lineTo(at + bottom, 0);
    }
    c.stroke();
    c.restore();
  }
}
