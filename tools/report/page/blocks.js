// SPDX-License-Identifier: GPL-2.0-or-later
// The data in the page: elements with gzip in base64, unpacked when they are needed.
const SIZES = { u8: 1, u16: 2, u32: 4, f64: 8 };
const ARRAYS = { u8: Uint8Array, u16: Uint16Array, u32: Uint32Array, f64: Float64Array };
const kept = new Map();

function fromBase64(text) {
  if (Uint8Array.fromBase64) {
    return Uint8Array.fromBase64(text);
  }
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) {
    bytes[i] = binary.charCodeAt(i);
  }
  return bytes;
}

async function unpack(id) {
  const element = document.getElementById(id);
  if (!element || element.tagName !== 'SCRIPT') {
    throw new Error(`the page lacks its block ${id}: the file is damaged`);
  }
  if (typeof DecompressionStream === 'undefined') {
    throw new Error('this browser is too old: it has no DecompressionStream');
  }
  try {
    const stream = new Blob([fromBase64(element.textContent)]).stream()
      .pipeThrough(new DecompressionStream('gzip'));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  } catch {
    throw new Error(`block ${id} cannot be unpacked: the file is damaged`);
  }
}

function wrongLength(ref, length) {
  return new Error(`block ${ref.id} has ${length} instead of ${ref.n}: the file is damaged`);
}

function decodedJson(ref, bytes) {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw new Error(`block ${ref.id} is no JSON: the file is damaged`);
  }
}

function decoded(ref, bytes) {
  if (ref.type === 'json') {
    return decodedJson(ref, bytes);
  }
  if (ref.type === 'lines') {
    /* the last newline ends a line, too */
    const lines = new TextDecoder().decode(bytes).split('\n');
    if (lines.length !== ref.n + 1) {
      throw wrongLength(ref, lines.length - 1);
    }
    lines.pop();
    return lines;
  }
  const Kind = ARRAYS[ref.type];
  if (!Kind) {
    return bytes;
  }
  if (bytes.length !== ref.n * SIZES[ref.type]) {
    throw wrongLength(ref, bytes.length / SIZES[ref.type]);
  }
  return new Kind(bytes.buffer);
}

/** What a reference means; the caller keeps it. */
export async function fetchBlock(ref) {
  return decoded(ref, await unpack(ref.id));
}

/** The same, kept for the next caller. A missing reference gives null. */
export function block(ref) {
  if (!ref) {
    return Promise.resolve(null);
  }
  if (!kept.has(ref.id)) {
    kept.set(ref.id, fetchBlock(ref));
  }
  return kept.get(ref.id);
}

export function index() {
  return block({ id: 'report-index', type: 'json' });
}
