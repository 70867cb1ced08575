// SPDX-License-Identifier: GPL-2.0-or-later
// Elements of the page. Text becomes a text node, never markup: the functions here
// are the only ones that create elements, and none takes HTML.

export function byId(id) {
  return document.getElementById(id);
}

/* Control characters, those that change the direction of what follows, and all others that
 * have no picture */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** Text from a log, so that all of it can be seen and nothing else moves. */
export function clean(text) {
  return String(text).replace(UNSEEN, '\ufffd');
}

/**
 * el(): a new element
 *
 * @properties: class, events (onclick), data, ARIA and other attributes
 * @children: elements, or text; null and undefined are left out
 */
export function el(tag, properties, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties || {})) {
    if (value === null || value === undefined || value === false) {
      continue;
    }
    if (name.startsWith('on')) {
      node.addEventListener(name.slice(2), value);
    } else if (name === 'class') {
      node.className = value;
    } else if (name === 'value' || name === 'disabled' || name === 'checked') {
      node[name] = value;
    } else {
      node.setAttribute(name, value === true ? '' : clean(value));
    }
  }
  append(node, children);
  return node;
}

function append(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined) {
      node.append(child instanceof Node ? child : clean(child));
    }
  }
}

export function replace(node, ...children) {
  node.replaceChildren();
  append(node, children);
}

/** Name and value pairs as a list; those without a value are left out. */
export function pairs(list) {
  return el('dl', null, list.filter(([, value]) => value !== undefined &&
    value !== null && value !== '').map(([name, value]) =>
    [el('dt', null, name), el('dd', null, value)]));
}

/** A text, shortened for a canvas: in its middle, or at its end. */
export function fit(c, text, width, atEnd = false) {
  if (c.measureText(text).width <= width) {
    return text;
  }
  let low = 0;
  let high = text.length;
  const shortened = (n) => {
    const head = atEnd ? n : Math.floor(n / 2);
    return `${text.slice(0, head)}\u2026${text.slice(text.length - n + head)}`;
  };
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (c.measureText(shortened(middle)).width <= width) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return shortened(low);
}

/** A canvas for its size on the screen; its context counts in CSS pixels. */
export function context(canvas, width, height) {
  const ratio = window.devicePixelRatio || 1;
  const w = Math.max(1, Math.round(width * ratio));
  const h = Math.max(1, Math.round(height * ratio));
  if (canvas.width !== w || canvas.height !== h) {
    canvas.width = w;
    canvas.height = h;
    canvas.style.height = `${height}px`;
  }
  const c = canvas.getContext('2d');
  c.setTransform(ratio, 0, 0, ratio, 0, 0);
  return c;
}

/** What is to be known of the log; a complaint stays. */
export function notice(text) {
  const node = byId('notice');
  if (!node.classList.contains('error')) {
    replace(node, text);
    node.hidden = !text;
  }
}

/** Tell the user what went wrong first; what follows is often its consequence. */
export function complain(text) {
  const node = byId('notice');
  if (!node.classList.contains('error')) {
    replace(node, text);
    node.className = 'error';
    node.setAttribute('role', 'alert');
    node.hidden = false;
  }
}

/** Lines of text beside the pointer; none hides them. */
export function tip(lines, x, y) {
  const node = byId('tip');
  node.hidden = lines.length === 0;
  if (node.hidden) {
    return;
  }
  node.textContent = lines.map(clean).join('\n');
  const box = node.getBoundingClientRect();
  const left = x + 14 + box.width > window.innerWidth ? x - box.width - 10 : x + 14;
  const top = y + 14 + box.height > window.innerHeight ? y - box.height - 10 : y + 14;
  node.style.left = `${Math.max(0, left)}px`;
  node.style.top = `${Math.max(0, top)}px`;
}
