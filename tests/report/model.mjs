// SPDX-License-Identifier: GPL-2.0-or-later
// Tests of the page's modules that need no browser; report/model runs them in Node.js
// beside a copy of the modules.
import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';

const elements = new Map();
globalThis.document = {
  getElementById: (id) => elements.get(id) || null,
  documentElement: { dataset: {} },
};
globalThis.requestAnimationFrame = (draw) => setTimeout(draw, 0);

const { block, fetchBlock } = await import('./blocks.js');
const { Log } = await import('./log.js');
const { lowerBound } = await import('./chunks.js');
const { Density } = await import('./density.js');
const { clean } = await import('./dom.js');
const { joined, phaseRows } = await import('./joined.js');
const { compareHex, duration, place, short } = await import('./text.js');
const range = await import('./range.js');

let ids = 0;

function put(bytes, id = `b-${ids++}`) {
  elements.set(id, { tagName: 'SCRIPT', textContent: gzipSync(bytes).toString('base64') });
  return id;
}

function array(type, items) {
  return { id: put(Buffer.from(items.buffer)), type, n: items.length };
}

function json(value) {
  const bytes = Buffer.from(JSON.stringify(value));
  return { id: put(bytes), type: 'json', n: bytes.length };
}

const COLUMNS = [['delta', 6], ['line', 4], ['region', 2], ['op', 1], ['cpu', 2],
  ['offset', 8], ['value', 8], ['latency', 4], ['pc', 8]];

/* Accesses 100 apart, one line each from line 10 on; every third one is a write. */
function chunk(first, n) {
  const bytes = COLUMNS.reduce((sum, [, size]) => sum + size, 0);
  const data = Buffer.alloc(bytes * n);
  const values = { delta: (i) => i ? 100 : 0, line: (i) => i ? 1 : 0, region: () => 0,
    op: (i) => ((first + i) % 3 === 0 ? 1 : 0) | 4 << 2, cpu: (i) => (first + i) % 2,
    offset: (i) => i % 2 ? 0x123456780n : 8, value: (i) => 0xfedcba9876543210n + BigInt(i),
    latency: (i) => i % 2 ? 0xffffffff : 700, pc: () => 0xffffffff81000000n };
  let plane = 0;
  for (const [name, size] of COLUMNS) {
    for (let i = 0; i < n; i++) {
      const value = BigInt(values[name](i));
      for (let k = 0; k < size; k++) {
        data[(plane + k) * n + i] = Number(value >> BigInt(8 * k) & 255n);
      }
    }
    plane += size;
  }
  return { planes: { id: put(data), type: 'planes', n }, n, first, t: first * 100,
    end: (first + n - 1) * 100, line: 10 + first, 'last-line': 9 + first + n };
}

const N = 90;

function description() {
  const reads = new Uint32Array(9);
  const writes = new Uint32Array(9);
  for (let i = 0; i < N; i++) {
    (i % 3 === 0 ? writes : reads)[Math.floor(i * 100 / 1000)]++;
  }
  const t0 = Float64Array.from([0, 3000, 6000]);
  return { name: 'a', axis: 'time', end: 8900, accesses: N, single: N,
    reads: 60, writes: 30, has: { cpu: true, latency: true, pc: true }, devices: [],
    regions: [{ label: 'bar0', name: 'bar0', lane: 0 }],
    bins: { n: 9, width: 1000 },
    lanes: [{ kind: 'region', region: 0, reads: array('u32', reads),
      writes: array('u32', writes), min: null, max: null },
    { kind: 'cpu', cpu: 0, reads: null, writes: null },
    { kind: 'cpu', cpu: 1, reads: null, writes: null }],
    segments: { n: 3, size: 30, lanes: [0], t0: array('f64', t0),
      t1: array('f64', t0.map((t) => t + 2900)), line: array('f64', t0),
      reads: array('u32', Uint32Array.from([20, 20, 20])),
      writes: array('u32', Uint32Array.from([10, 10, 10])) },
    rows: json([{ kind: 'register', region: 0, offset: '0x8', name: 'STATUS' },
      { kind: 'register', region: 0, offset: '0x123456780' }]),
    phases: null, marks: null, pauses: null, irqs: null, columns: COLUMNS,
    chunks: [chunk(0, 40), chunk(40, 50)] };
}

function total(columns) {
  const sum = (a) => a.reduce((x, y) => x + y, 0);
  return [sum(columns.reads), sum(columns.writes)].map((x) => Math.round(x * 1e6) / 1e6);
}

const tests = {
  async 'a block is unpacked; a damaged one is named'() {
    assert.deepEqual([...await fetchBlock(array('f64', Float64Array.of(1.5, -2)))],
      [1.5, -2]);
    assert.equal(await block(null), null);
    await assert.rejects(fetchBlock({ id: 'nothing', type: 'u8', n: 1 }), /nothing/);
    const ref = array('u32', new Uint32Array(4));
    await assert.rejects(fetchBlock({ ...ref, n: 5 }), /4 instead of 5: the file is damaged/);
    const lines = { id: put(Buffer.from('a\n<b>\n\xff\n', 'latin1')), type: 'lines', n: 3 };
    assert.deepEqual(await fetchBlock(lines), ['a', '<b>', '\ufffd']);
  },
  async 'an access has all its columns'() {
    const log = await new Log(description()).load();
    const a = log.describe(await log.singles.access(41));
    assert.deepEqual([a.number, a.t, a.line, a.letter, a.width, a.cpu],
      [41, 4100, 51, 'R', 4, 1]);
    assert.deepEqual([a.offset, a.name, a.row, a.value, a.latency, a.pc],
      ['0x123456780', undefined, 1, '0xfedcba9876543211', undefined,
        '0xffffffff81000000']);
    const found = await log.singles.access(41);
    found.chunk.pc.high[found.i] = found.chunk.pc.low[found.i] = 0;
    assert.equal(log.describe(found).pc, undefined);
    const b = log.describe(await log.singles.access(42));
    assert.deepEqual([b.letter, b.offset, b.name, b.latency], ['W', '0x8', 'STATUS', 700]);
    assert.equal(await log.singles.access(N), null);
    assert.equal(await log.singles.access(-1), null);
  },
  async 'what the log does not have is not made up'() {
    const has = { cpu: false, latency: false, pc: false };
    const log = await new Log({ ...description(), has }).load();
    const a = log.describe(await log.singles.access(0));
    assert.deepEqual([a.cpu, a.latency, a.pc], [undefined, undefined, undefined]);
    assert.deepEqual([log.marks.items, log.phases, log.pauses, log.irqs],
      [[], [], [], null]);
  },
  async 'accesses are found by time and line'() {
    const log = await new Log(description()).load();
    for (const [line, number] of [[0, 0], [10, 0], [49, 39], [50, 40], [99, 89], [100, -1]]) {
      assert.equal(await log.singles.numberOfLine(line), number, `line ${line}`);
    }
    for (const [t, number] of [[-5, 0], [3900, 39], [3901, 40], [8900, 89], [8901, -1]]) {
      assert.equal(await log.singles.numberAt(t), number, `time ${t}`);
    }
    assert.equal(lowerBound([1, 2, 2, 3], 2), 1);
  },
  async 'bins, segments and single accesses have the same sums'() {
    const log = await new Log(description()).load();
    const density = new Density(log);
    const all = { from: 0, to: 9000 };
    density.compute(all, 4);
    assert.equal(density.source, 'bins');
    assert.deepEqual(total(density.lanes[0]), [60, 30]);
    density.compute(all, 900);
    assert.equal(density.source, 'segments');
    assert.deepEqual(total(density.lanes[0]), [60, 30]);
    await log.singles.load(0);
    await log.singles.load(1);
    density.compute(all, 900);
    assert.equal(density.source, 'single');
    assert.deepEqual(total(density.lanes[0]), [60, 30]);
    assert.deepEqual(total(density.lanes[1]).reduce((a, b) => a + b), 45);
    density.compute({ from: 1000, to: 2000 }, 900);
    assert.equal(density.singles, 10);
  },
  async 'few accesses are drawn one by one, however short bins are'() {
    const log = await new Log(description()).load();
    const density = new Density(log);
    await log.singles.load(0);
    await log.singles.load(1);
    const long = { from: 0, to: 900000 };
    density.compute(long, 200);
    assert.equal(density.source, 'single');
    density.compute(long, 170);
    assert.equal(density.source, 'bins');
  },
  async 'what is not on the page is drawn of segments'() {
    const log = await new Log({ ...description(), single: 40,
      chunks: [chunk(0, 40)] }).load();
    await log.singles.load(0);
    assert.equal(log.singles.end, 3900);
    assert.equal(log.singles.visible(0, 5000, 4), null);
    assert.equal(log.singles.visible(0, 3000, 4).length, 1);
    assert.equal(await log.singles.access(40), null);
  },
  async 'the range stays in the log'() {
    range.setEnd(1000, 10);
    range.zoom(0.5, 0);
    assert.deepEqual([range.visible().from, range.visible().to], [0, 500]);
    range.pan(5);
    assert.deepEqual([range.visible().from, range.visible().to], [500, 1000]);
    range.zoom(1e-9, 700);
    assert.equal(Math.round(range.visible().to - range.visible().from), 10);
    range.setRange(-50, 5000);
    assert.deepEqual([range.visible().from, range.visible().to], [0, 1000]);
  },
  async 'two logs are joined by device, region and register'() {
    const [old, recent] = ['a', 'b'].map((id) => new Log({ ...description(), rows: null,
      devices: [{ name: '0000:01:00.0' }, { name: id }],
      regions: [{ device: 0, name: 'bar0', label: '1:bar0' },
        { device: 1, name: 'bar0', label: `${id}:bar0` }] }));
    const row = (region, offset, writes) => ({ kind: 'register', region, offset, reads: 1,
      writes });
    const others = { kind: 'others', reads: 0, writes: 1 };
    old.rows = [row(0, '0x0', 5), row(1, '0x0', 7), others];
    recent.rows = [row(0, '0x0', 5), row(1, '0x0', 9), row(1, '0x4', 1), others];
    const table = (value) => ({ items: [{ row: 0, 'values-written': [{ value }] },
      { kind: 'window', row: null }] });
    assert.deepEqual(joined([old, recent], [table('0x1'), table('0x2')])
      .map((r) => [r.title, r.wa, r.wb, r.only, r.others]),
    [['1:bar0+0x0', 5, 5, '', true], ['a:bar0+0x0', 7, 9, '', false],
      ['all others', 1, 1, '', false], ['b:bar0+0x4', 0, 1, 'B', false]]);
  },
  async 'phases with the same name are compared in their order'() {
    const log = (...names) => ({ phases: names.map((name, n) => ({ name, n })) });
    assert.deepEqual(phaseRows([log('load', 'run', 'load'), log('load', 'load')])
      .map((row) => [row.name, ...row.sides.map((side) => side?.n)]),
    [['load', 0, 0], ['run', 1, undefined], ['load', 2, 1]]);
  },
  async 'a register without a row of its own is in that of its page, region, or all'() {
    const page = { kind: 'page', region: 0, offset: '0x123456000' };
    const rows = [{ kind: 'register', region: 0, offset: '0x8' }, page,
      { kind: 'region', region: 0 }, { kind: 'others' }];
    const log = await new Log({ ...description(), rows: json(rows) }).load();
    assert.deepEqual([log.row(0, 0, 8), log.row(0, 1, 0x23456780), log.row(0, 0, 0x23456780),
      log.row(0, 0, 0xc), log.row(1, 0, 8), log.row(0xffff, 0, 8)], [0, 1, 2, 2, 3, 3]);
    const { chunk: found, i } = await log.singles.access(41);
    assert.equal(log.rowAt(found, i), 1);
    assert.equal(log.describe({ chunk: found, i }).name, undefined);
  },
  async 'texts'() {
    assert.equal(clean('a\u202eb\u0000\n<i>'), 'a\ufffdb\ufffd\ufffd<i>');
    for (const unseen of '\u00ad\u061c\u034f\u115f\u180e\u200b\u2028\u2066\u3164\ufe0f\ufeff\ufff9\u{e0041}') {
      assert.equal(clean(`a${unseen}b`), 'a\ufffdb', `U+${unseen.codePointAt(0).toString(16)}`);
    }
    assert.equal(clean('\u00e4 \u05d0 \u4e2d \u{1f600} a\u0301'), '\u00e4 \u05d0 \u4e2d \u{1f600} a\u0301');
    assert.deepEqual([duration(0), duration(1500), duration(2.5e9)],
      ['0 s', '1.5 us', '2.5 s']);
    assert.deepEqual([short(0), short(1234567), short(999)], ['0', '1.23M', '999']);
    assert.equal(compareHex('0xfffffffffffffffe', '0xffffffffffffffff'), -1);
    const log = { regions: [{ label: 'bar0' }] };
    assert.equal(place(log, 0, '0x8', 'S'), 'bar0+0x8 S');
    assert.equal(place(log, 0xffff, '0x8'), 'other+0x8');
  },
};

const names = Object.keys(tests);
let failed = 0;
console.log(`1..${names.length}`);
for (const [i, name] of names.entries()) {
  try {
    await tests[name]();
    console.log(`ok ${i + 1} - ${name}`);
  } catch (error) {
    failed++;
    console.log(`not ok ${i + 1} - ${name}`);
    console.log(String(error.stack).replace(/^/gm, '# '));
  }
}
process.exit(failed ? 1 : 0);
