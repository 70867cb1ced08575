// SPDX-License-Identifier: GPL-2.0-or-later
// One log of the report (docs/report-format.md), with the parts that are always needed.
import { block } from './blocks.js';
import { Chunks } from './chunks.js';
import { redraw } from './range.js';
import { hex, place, regionName, withShifts } from './text.js';

const READ = 0;
const WRITE = 1;

async function loadLane(lane) {
  const [reads, writes, counts, min, max, latencyMax, latencySum, latencyN] =
    await Promise.all([lane.reads, lane.writes, lane.counts, lane.min, lane.max,
      lane['latency-max'], lane['latency-sum'], lane['latency-n']].map(block));
  return Object.assign({}, lane, { reads, writes, counts, min, max, latencyMax,
    latencySum, latencyN });
}

async function loadSegments(segments) {
  if (!segments || !segments.n) {
    return null;
  }
  const [t0, t1, line, reads, writes] = await Promise.all(
    [segments.t0, segments.t1, segments.line, segments.reads, segments.writes]
      .map(block));
  return t0 && t1 && reads && writes ?
    Object.assign({}, segments, { t0, t1, line, reads, writes }) : null;
}

async function loadInterrupts(irqs) {
  if (!irqs) {
    return null;
  }
  const [t, line, device, vector, kind, level] = await Promise.all(
    [irqs.t, irqs.line, irqs.device, irqs.vector, irqs.kind, irqs.level].map(block));
  return t && device ?
    Object.assign({}, irqs, { t, line, device, vector, kind, level }) : null;
}

function title(log, lane) {
  if (lane.kind === 'region') {
    return lane.others ? 'other regions' : regionName(log, lane.region);
  }
  if (lane.kind === 'cpu') {
    return lane.others ? 'other CPUs' : lane.cpu === null ? 'cpu unknown' : `cpu${lane.cpu}`;
  }
  return lane.kind === 'irq' ? `interrupts ${lane.device}` : 'marks';
}

const PAGE = 0xfffff000;        /* the lower half of the offset of 4 KiB */

/* The key of a row in the map from accesses to rows */
function rowKey(kind, region, high, low) {
  return `${kind} ${region} ${high} ${low}`;
}

function rowsByPlace(rows) {
  const map = new Map();
  rows.forEach((row, i) => {
    const offset = BigInt(row.offset || 0);
    map.set(rowKey(row.kind, row.region, Number(offset >> 32n),
      Number(offset & 0xffffffffn)), i);
  });
  return map;
}

export class Log {
  constructor(description) {
    Object.assign(this, description);
    this.cuts = withShifts(this);
    this.singles = new Chunks(this, redraw);
  }

  /** Parts that the first picture needs; they take the places of their references. */
  load() {
    this.loaded = this.loaded || this.loadParts();
    return this.loaded;
  }

  async loadParts() {
    const [lanes, segments, rows, phases, marks, pauses, irqs] = await Promise.all([
      Promise.all(this.lanes.map(loadLane)), loadSegments(this.segments),
      block(this.rows), block(this.phases), block(this.marks), block(this.pauses),
      loadInterrupts(this.irqs)]);
    lanes.forEach((lane) => { lane.title = title(this, lane); });
    this.lanes = lanes;
    this.segments = segments;
    this.rows = rows || [];
    this.phases = phases || [];
    this.marks = marks || { items: [], 'left-out': 0, missing: true };
    this.pauses = (pauses || []).concat(this.cuts);
    this.irqs = irqs;
    this.rowOf = rowsByPlace(this.rows);
    return this;
  }

  /** Parts for one view, loaded when it is opened */
  async part(name) {
    return block(this[name]);
  }

  /** The row that counts a register: its own, or that of others of its 4 KiB, of its
   *  region, of all */
  row(region, high, low) {
    const find = (...key) => this.rowOf.get(rowKey(...key));
    return find('register', region, high, low) ??
      find('page', region, high, (low & PAGE) >>> 0) ?? find('region', region, 0, 0) ??
      find('others', undefined, 0, 0) ?? -1;
  }

  /** The row of the access i of a chunk */
  rowAt(chunk, i) {
    return this.row(chunk.region[i], chunk.offset.high ? chunk.offset.high[i] : 0,
      chunk.offset.low[i]);
  }

  rowTitle(row) {
    switch (row.kind) {
    case 'register': return place(this, row.region, row.offset, row.name);
    case 'page': return `${place(this, row.region, row.offset)}: rest of its 4 KiB`;
    case 'region': return `${regionName(this, row.region)}: other registers`;
    default: return 'all others';
    }
  }

  /** The access i of a chunk, for a person */
  describe({ chunk, i }) {
    const op = chunk.op[i] & 3;
    const width = (chunk.op[i] >> 2) & 15;
    const high = chunk.offset.high ? chunk.offset.high[i] : 0;
    const low = chunk.offset.low[i];
    const row = this.row(chunk.region[i], high, low);
    return {
      number: chunk.first + i,
      t: chunk.t[i],
      line: chunk.line[i],
      op,
      row,
      letter: op === READ ? 'R' : op === WRITE ? 'W' : '?',
      width,
      region: chunk.region[i],
      offset: whole(high, low),
      name: row >= 0 ? this.rows[row].name : undefined,
      value: whole(chunk.value.high ? chunk.value.high[i] : 0, chunk.value.low[i]),
      cpu: this.has.cpu && chunk.cpu[i] !== 0xffff ? chunk.cpu[i] : undefined,
      latency: this.has.latency && chunk.latency && chunk.latency[i] !== 0xffffffff ?
        chunk.latency[i] : undefined,
      /* 0: it is not known of this one */
      pc: this.has.pc && chunk.pc && (chunk.pc.high[i] || chunk.pc.low[i]) ?
        whole(chunk.pc.high[i], chunk.pc.low[i]) : undefined,
    };
  }
}

function whole(high, low) {
  return high ? hex((BigInt(high) << 32n) | BigInt(low)) : hex(low);
}
