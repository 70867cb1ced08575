// SPDX-License-Identifier: GPL-2.0-or-later
// Numbers, times and places as text.
import { clean } from './dom.js';

const UNITS = [[1e9, 's'], [1e6, 'ms'], [1e3, 'us'], [1, 'ns']];

export function count(n) {
  return Math.round(n).toLocaleString('en-US');
}

export function plural(n, noun, nouns = `${noun}s`) {
  return `${count(n)} ${n === 1 ? noun : nouns}`;
}

/** Few digits: for axes and rates */
export function short(n) {
  const size = Math.abs(n);
  for (const [limit, unit] of [[1e9, 'G'], [1e6, 'M'], [1e3, 'k']]) {
    if (size >= limit) {
      return `${+(n / limit).toPrecision(3)}${unit}`;
    }
  }
  return `${+n.toPrecision(3)}`;
}

/** A duration in ns */
export function duration(ns) {
  for (const [size, unit] of UNITS) {
    if (Math.abs(ns) >= size) {
      return `${+(ns / size).toPrecision(4)} ${unit}`;
    }
  }
  return '0 s';
}

/** A log's cuts, with what is added to a place behind one for its time, in ns from the
 *  log's start */
export function withShifts(log) {
  return (log.cuts || []).map((cut) => ({ ...cut,
    shift: Number(BigInt(cut.time) - BigInt(log.start) - BigInt(cut.to)) }));
}

/** Nanoseconds from a log's start by its clock: the axis has cuts where that jumps */
function clock(log, t) {
  const before = (log.cuts || []).filter((cut) => cut.to <= t);
  return before.length ? t + before[before.length - 1].shift : t;
}

/** A time of a log: seconds from its start, or a line */
export function at(log, t, step = 0) {
  if (log.axis === 'line') {
    return `line ${count(t + 1)}`;
  }
  const digits = step > 0 ?
    Math.min(9, Math.max(0, Math.ceil(9 - Math.log10(step) - 1e-6))) : 6;
  return `${(clock(log, t) / 1e9).toFixed(digits)} s`;
}

/** What lies between two times of a log */
export function span(log, t) {
  return log.axis === 'line' ? plural(Math.round(t), 'line') : duration(t);
}

export function hex(value, digits = 0) {
  return `0x${value.toString(16).padStart(digits, '0')}`;
}

/** A region's name; some accesses are to none that the log knows */
export function regionName(log, region) {
  const of = log.regions[region];
  return of ? of.label : 'other';
}

/** A register as a person names it: bar0+0x8 STATUS */
export function place(log, region, offset, name) {
  return clean(`${regionName(log, region)}+${offset}${name ? ` ${name}` : ''}`);
}

/** Numbers in the order of their values, whatever their length */
export function compareHex(a, b) {
  const x = BigInt(a || 0);
  const y = BigInt(b || 0);
  return x < y ? -1 : x > y ? 1 : 0;
}
