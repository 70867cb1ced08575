// SPDX-License-Identifier: GPL-2.0-or-later
// Single accesses: chunks of columns, unpacked when they are looked at.
import { fetchBlock } from './blocks.js';

const KEEP = 12;                /* chunks: some 20 MB */

/* Columns of up to four bytes in one array, of eight in two halves */
function column(block, n, plane, bytes) {
  const low = new Uint32Array(n);
  const high = bytes > 4 ? new Uint32Array(n) : null;
  for (let k = 0; k < bytes; k++) {
    const into = k < 4 ? low : high;
    const shift = (k % 4) * 8;
    const start = (plane + k) * n;
    for (let i = 0; i < n; i++) {
      into[i] |= block[start + i] << shift;
    }
  }
  return { low, high };
}

function unpackColumns(log, chunk, block) {
  const columns = {};
  let plane = 0;
  for (const [name, bytes] of log.columns) {
    columns[name] = column(block, chunk.n, plane, bytes);
    plane += bytes;
  }
  return columns;
}

function sums(first, { low, high }) {
  const all = new Float64Array(low.length);
  let sum = first;
  for (let i = 0; i < low.length; i++) {
    sum += low[i] + (high ? high[i] * 4294967296 : 0);
    all[i] = sum;
  }
  return all;
}

async function unpackChunk(log, chunk) {
  const block = await fetchBlock(chunk.planes);
  const bytes = log.columns.reduce((sum, [, size]) => sum + size, 0);
  if (block.length !== chunk.n * bytes) {
    throw new Error(`block ${chunk.planes.id} has ${block.length} bytes instead of ` +
      `${chunk.n * bytes}: the file is damaged`);
  }
  const columns = unpackColumns(log, chunk, block);
  return {
    n: chunk.n,
    first: chunk.first,
    t: sums(chunk.t, columns.delta),
    line: sums(chunk.line, columns.line),
    region: columns.region.low,
    op: columns.op.low,
    cpu: columns.cpu.low,
    offset: columns.offset,
    value: columns.value,
    latency: columns.latency ? columns.latency.low : null,
    pc: columns.pc || null,
    lines: chunk.lines || null,
  };
}

/** First index whose item is not below value */
export function lowerBound(items, value, n = items.length) {
  let low = 0;
  let high = n;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (items[middle] < value) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

export class Chunks {
  constructor(log, changed) {
    this.log = log;
    this.list = log.chunks || [];
    this.starts = Float64Array.from(this.list, (c) => c.t);
    this.firsts = Float64Array.from(this.list, (c) => c.first);
    this.lines = Float64Array.from(this.list, (c) => c.line);
    this.ready = new Map();
    this.waiting = new Map();
    this.changed = changed;
  }

  /** The time up to which there are single accesses */
  get end() {
    if (this.log.single === this.log.accesses) {
      return Infinity;
    }
    return this.list.length ? this.list[this.list.length - 1].end : -Infinity;
  }

  load(i) {
    if (this.ready.has(i)) {
      const chunk = this.ready.get(i);
      /* the newest is the last */
      this.ready.delete(i);
      this.ready.set(i, chunk);
      return Promise.resolve(chunk);
    }
    if (!this.waiting.has(i)) {
      this.waiting.set(i, unpackChunk(this.log, this.list[i]).then((chunk) => {
        this.waiting.delete(i);
        this.ready.set(i, chunk);
        while (this.ready.size > KEEP) {
          this.ready.delete(this.ready.keys().next().value);
        }
        this.changed();
        return chunk;
      }));
    }
    return this.waiting.get(i);
  }

  /** The indexes of the chunks with accesses from one time to another */
  between(from, to) {
    const found = [];
    const first = Math.max(0, lowerBound(this.starts, from) - 1);
    for (let i = first; i < this.list.length && this.starts[i] <= to; i++) {
      if (this.list[i].end >= from) {
        found.push(i);
      }
    }
    return found;
  }

  /** Those that are there: [{chunk, from, to}]; null while one is loaded,
   *  or if there are more than most. */
  visible(from, to, most) {
    if (to > this.end) {
      return null;
    }
    const indexes = this.between(from, to);
    if (indexes.length > most) {
      return null;
    }
    const missing = indexes.filter((i) => !this.ready.has(i));
    for (const i of missing) {
      this.load(i);
    }
    if (missing.length) {
      return null;
    }
    return indexes.map((i) => {
      const chunk = this.ready.get(i);
      return { chunk, from: lowerBound(chunk.t, from), to: lowerBound(chunk.t, to) };
    });
  }

  /** The access with a number: {chunk, i}, or null */
  async access(number) {
    if (number < 0 || number >= this.log.single) {
      return null;
    }
    const at = lowerBound(this.firsts, number + 1) - 1;
    const chunk = await this.load(at);
    return { chunk, i: number - chunk.first };
  }

  async numberBy(starts, name, value) {
    if (!this.list.length) {
      return -1;
    }
    /* the chunk before may still have it */
    let at = Math.max(0, lowerBound(starts, value) - 1);
    for (; at < this.list.length; at++) {
      const chunk = await this.load(at);
      const i = lowerBound(chunk[name], value);
      if (i < chunk.n) {
        return chunk.first + i;
      }
    }
    return -1;
  }

  /** The number of the first access at or after a time */
  numberAt(t) {
    return this.numberBy(this.starts, 't', t);
  }

  numberOfLine(line) {
    return this.numberBy(this.lines, 'line', line);
  }
}
