// Opens the page when the network is away, so that it can say so itself. Only the page's own files are kept; glucose, treatments
// and credentials never are, and whatever the server has to say comes first.
const KEPT = 'vigil-1';
// a proxy may have put the site under a path
const ROOT = new URL('./', self.location.href).pathname;
const isOurs = ({ pathname }) =>
  pathname === ROOT || pathname.startsWith(`${ROOT}assets/`) || pathname === `${ROOT}socket.io/socket.io.esm.min.js`;

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== 'GET' || url.origin !== self.location.origin || !isOurs(url)) return;
  event.respondWith(networkFirst(event, url.pathname));
});

/** The query is left out of the key: a token may stand in it. */
async function networkFirst(event, key) {
  try {
    const response = await fetch(event.request);
    if (response.ok) {
      const copy = response.clone();
      event.waitUntil(caches.open(KEPT).then((cache) => cache.put(key, copy)));
    }
    return response;
  } catch (error) {
    const kept = await caches.match(key);
    if (kept) return kept;
    throw error;
  }
}
