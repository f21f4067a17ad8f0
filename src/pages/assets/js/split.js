import { byId, el } from './dom.js';
import { api, enter } from './session.js';
import { here } from './site.js';

const { settings } = await enter(() => api('/api/v1/status.json'));

/** Only addresses of web pages: nothing that would run in this page. `/clock/clock` is a page of this site. */
function pageAddress(text) {
  try {
    const { protocol, href } = new URL(/^\/(?!\/)/.test(text) ? here(text) : text, location.href);
    return protocol === 'https:' || protocol === 'http:' ? href : undefined;
  } catch {
    return undefined;
  }
}

const frames = [1, 2, 3, 4, 5, 6, 7, 8]
  .map((n) => ({ n, name: String(settings[`frameName${n}`] ?? ''), url: String(settings[`frameUrl${n}`] ?? '').trim() }))
  .filter(({ url }) => url !== '' && pageAddress(url));

byId('none').hidden = frames.length > 0;
byId('frames').replaceChildren(
  ...frames.map(({ n, name, url }) =>
    el(
      'figure',
      {},
      name !== '' && el('figcaption', {}, name),
      el('iframe', { src: pageAddress(url), title: name || `Page ${n}`, referrerpolicy: 'no-referrer' })
    )
  )
);
