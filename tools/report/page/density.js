// SPDX-License-Identifier: GPL-2.0-or-later
// How many accesses each column of pixels has, lane by lane: from time bins, from
// segments where much happens, or from the single accesses.
import { lowerBound } from './chunks.js';

const FINE_BIN = 2;             /* pixels: up to there, bins are fine enough */
const MOST_CHUNKS = 4;          /* that one picture is made of */

class Columns {
  constructor() {
    this.reads = new Float64Array(0);
    this.writes = new Float64Array(0);
  }

  reset(width) {
    if (this.reads.length !== width) {
      this.reads = new Float64Array(width);
      this.writes = new Float64Array(width);
    } else {
      this.reads.fill(0);
      this.writes.fill(0);
    }
  }
}

/* Add what lies between two columns, in fractions of a column */
function spread(into, x0, x1, amount) {
  const width = into.length;
  if (!amount || x1 < 0 || x0 >= width) {
    return;
  }
  const first = Math.floor(x0);
  const last = Math.floor(x1);
  if (first === last || x1 - x0 < 1) {
    if (first >= 0) {
      into[first] += amount;
    }
    return;
  }
  const each = amount / (x1 - x0);
  for (let x = Math.max(0, first); x <= Math.min(width - 1, last); x++) {
    into[x] += each * (Math.min(x + 1, x1) - Math.max(x, x0));
  }
}

export class Density {
  constructor(log) {
    this.log = log;
    this.lanes = log.lanes.map(() => new Columns());
    this.cpuLane = new Map(log.lanes.map((lane, i) => [lane, i])
      .filter(([lane]) => lane.kind === 'cpu' && !lane.others)
      .map(([lane, i]) => [lane.cpu === null ? 0xffff : lane.cpu, i]));
    this.otherCpus = log.lanes.findIndex((l) => l.kind === 'cpu' && l.others);
    this.otherRegions = log.lanes.findIndex((l) => l.kind === 'region' && l.others);
    this.regionLane = log.regions.map((r) => r.lane === null ? this.otherRegions : r.lane);
    this.source = 'bins';
    this.single = null;
    this.singles = 0;
    this.before = this.sums();
  }

  /* How many accesses lie before each bin */
  sums() {
    const { lanes, bins } = this.log;
    const sums = new Float64Array(bins.n + 1);
    for (const lane of lanes) {
      if (lane.kind === 'region' && lane.reads && lane.writes) {
        for (let i = 0; i < bins.n; i++) {
          sums[i + 1] += lane.reads[i] + lane.writes[i];
        }
      }
    }
    for (let i = 0; i < bins.n; i++) {
      sums[i + 1] += sums[i];
    }
    return sums;
  }

  /* So few accesses that each one can be seen, though bins would be fine enough? */
  isSparse({ from, to }, width) {
    const { bins } = this.log;
    const first = Math.max(0, Math.min(bins.n, Math.floor(from / bins.width)));
    const end = Math.max(first, Math.min(bins.n, Math.ceil(to / bins.width)));
    return this.before[end] - this.before[first] <= width / 2;
  }

  /** Fill this.lanes for a range and a number of pixels. */
  compute(range, width) {
    const scale = width / (range.to - range.from);
    const { log } = this;

    this.lanes.forEach((lane) => lane.reset(width));
    this.single = null;
    this.singles = 0;
    this.source = 'bins';
    const fine = log.bins.width * scale < FINE_BIN;
    if (!fine || this.isSparse(range, width)) {
      this.single = log.singles.visible(range.from, range.to, MOST_CHUNKS);
      this.source = this.single ? 'single' : log.segments && !fine ? 'segments' : 'bins';
    }
    if (this.source === 'single') {
      this.fromSingles(range, scale);
      return;
    }
    log.lanes.forEach((lane, i) => {
      const s = this.source === 'segments' ? log.segments.lanes.indexOf(i) : -1;
      if (s >= 0) {
        this.fromSegments(s, this.lanes[i], range, scale);
      } else if (lane.reads && lane.writes) {
        this.fromBins(lane, this.lanes[i], range, scale);
      }
    });
  }

  fromBins(lane, into, { from, to }, scale) {
    const { n, width } = this.log.bins;
    const end = Math.min(n, Math.ceil(to / width) + 1);
    for (let i = Math.max(0, Math.floor(from / width)); i < end; i++) {
      if (lane.reads[i] || lane.writes[i]) {
        const x0 = (i * width - from) * scale;
        const x1 = ((i + 1) * width - from) * scale;
        spread(into.reads, x0, x1, lane.reads[i]);
        spread(into.writes, x0, x1, lane.writes[i]);
      }
    }
  }

  fromSegments(s, into, { from, to }, scale) {
    const { n, t0, t1, reads, writes } = this.log.segments;
    for (let i = lowerBound(t1, from); i < n && t0[i] <= to; i++) {
      const x0 = (t0[i] - from) * scale;
      const x1 = (t1[i] - from) * scale;
      spread(into.reads, x0, x1, reads[s * n + i]);
      spread(into.writes, x0, x1, writes[s * n + i]);
    }
  }

  fromSingles({ from }, scale) {
    for (const { chunk, from: first, to: last } of this.single) {
      this.singles += last - first;
      for (let i = first; i < last; i++) {
        const x = Math.floor((chunk.t[i] - from) * scale);
        const kind = (chunk.op[i] & 3) === 0 ? 'reads' : 'writes';
        this.add(this.laneOf(chunk, i), kind, x);
        this.add(this.cpuOf(chunk, i), kind, x);
      }
    }
  }

  add(lane, kind, x) {
    if (lane >= 0) {
      this.lanes[lane][kind][x]++;
    }
  }

  laneOf(chunk, i) {
    return this.regionLane[chunk.region[i]] ?? this.otherRegions;
  }

  cpuOf(chunk, i) {
    const lane = this.cpuLane.get(chunk.cpu[i]);
    return lane === undefined ? this.otherCpus : lane;
  }
}
