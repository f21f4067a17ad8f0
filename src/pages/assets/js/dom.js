const SVG = 'http://www.w3.org/2000/svg';

/** The element with this id; the page is ours, so it is there. */
export const byId = (id) => document.getElementById(id);

/**
 * Builds an element. Texts become text nodes, never markup: names and notes come from strangers.
 * @param {Record<string, unknown>} attributes `onclick` and the like are listeners; false and undefined are left out
 */
export function el(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** As {@link el}, inside a drawing. */
export function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false || value === null) continue;
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? '' : String(value));
  }
  node.append(...children.flat().filter((child) => child !== undefined && child !== null && child !== false));
  return node;
}

/**
 * A table; cells are texts or elements, the first of each row names it.
 * @param options.titled a heading says already what the caption says, which then is only spoken
 * @param options.stacked on a phone each row becomes a small list instead of something to scroll
 */
export function table(caption, heads, rows, { titled = false, stacked = false } = {}) {
  const row = (cells) =>
    cells.map((cell, at) => (at === 0 ? el('th', { scope: 'row' }, cell) : el('td', { 'data-head': heads[at] }, cell)));
  return el(
    'div',
    { class: `scroll${stacked ? ' stacked' : ''}`, tabindex: '0', role: 'region', 'aria-label': caption },
    el(
      'table',
      {},
      el('caption', { class: titled && 'spoken' }, caption),
      el('thead', {}, el('tr', {}, ...heads.map((head) => el('th', { scope: 'col' }, head)))),
      el('tbody', {}, ...rows.map((cells) => el('tr', {}, ...row(cells))))
    )
  );
}
