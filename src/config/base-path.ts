/** First words of paths this server answers itself: a site "under" one of them would hide it. */
const OWN =
  /^\/(api|api-docs|api3-docs|assets|admin|clock|food|healthz|help|metrics|pebble|profile|readyz|report|socket\.io|split|swagger)(\/|$)/i;
/** What a path may be made of; it ends in redirects, addresses and policies as it is. */
const PLAIN = /^(\/[\w.~-]+)+$/;

/**
 * The path under which people reach this site, by BASE_URL: `https://host/nightscout/` gives `/nightscout`; empty for a site of
 * its own host, and for what cannot be such a path (then with a sentence of warning).
 */
export function basePathOf(baseUrl: string): { readonly path: string; readonly warning?: string } {
  const address = /^[a-z][a-z\d+.-]*:\/\//i.test(baseUrl) ? baseUrl : `https://${baseUrl}`;
  if (baseUrl === '' || !URL.canParse(address)) return { path: '' };
  const path = new URL(address).pathname.replace(/\/+$/, '');
  if (path === '') return { path };
  if (OWN.test(path) || !PLAIN.test(path))
    return {
      path: '',
      warning: `BASE_URL ends in "${path}", which is no path a site can be under; the path is ignored. Give the address of the start page.`
    };
  return { path };
}
