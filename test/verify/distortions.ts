import type { Distortion } from './distorting-proxy.ts';

// biome-ignore lint/suspicious/noExplicitAny: whatever the site answers
type Json = any;

/** Every element of a list (or of v3's result) without a field. */
const without =
  (field: string) =>
  (body: Json): Json => {
    const strip = (list: Json[]) => list.map(({ [field]: _gone, ...rest }) => rest);
    return Array.isArray(body) ? strip(body) : { ...body, result: strip(body.result) };
  };
const each = (change: (doc: Json) => object) => (body: Json) => body.map((doc: Json) => ({ ...doc, ...change(doc) }));
const result = (change: (result: Json) => Json) => (body: Json) => ({ ...body, result: change(body.result) });
const twice = (body: Json): Json => [...body, ...body];
const more = (doc: object) => (body: Json) => [...body, doc];

const is =
  (method: string, part = '') =>
  ({ method: given, url }: { method: string; url: string }) =>
    given === method && url.includes(part);
const asked =
  (part: string) =>
  ({ url }: { url: string }) =>
    decodeURIComponent(url).includes(part);
const boundOf = (url: string): number => Number(/\$gt\]?=(\d+)/.exec(decodeURIComponent(url))?.[1]);
const replaced = (from: RegExp, to: string) => (body: string) => body.replace(from, to);

let counter = 0;

/** For each check one thing that goes wrong at the site, such that this check and no other one fails. */
export const DISTORTIONS: Readonly<Record<string, Distortion>> = {
  clock: { headers: { date: () => new Date(Date.now() - 3_600_000).toUTCString() } },
  gzip: { when: ({ headers }) => headers['accept-encoding'] === 'identity', gzip: true },
  cors: { status: 500 },
  latency: { status: 502 },

  'status-fields': { json: (body) => ({ ...body, settings: { ...body.settings, units: 'stones' } }) },
  'status-version': { json: (body) => ({ ...body, version: '0.8.4' }) },
  verifyauth: { status: 401 },

  'auth-accepted': { json: (body) => ({ ...body, message: { ...body.message, message: 'UNAUTHORIZED' } }) },
  'auth-test': { status: 201 },
  'auth-stranger': { status: 403 },
  'auth-stranger-v3': { status: 403 },
  'auth-exchange': { json: (body) => ({ ...body, exp: body.exp * 1000 }) },
  'auth-token-query': { status: 401 },
  'auth-token-header': { status: 401 },
  'auth-status-authorized': { json: (body) => ({ ...body, authorized: null }) },
  'auth-wrong-secret': { status: 200 },
  'auth-wrong-token': { status: 200 },

  'v1-entries': { json: without('date') },
  'v1-entries-count': { when: asked('count=2'), json: more({ date: 1 }) },
  'v1-entries-gt': { when: asked('[$gt]'), json: (body, url) => [...body, { date: boundOf(url) }] },
  'v1-entries-lte': { when: asked('[$lte]'), json: () => [] },
  'v1-entries-datestring': { when: asked('dateString'), json: more({ date: 1 }) },
  'v1-entries-ne': { json: more({ type: 'cal' }) },
  'v1-entries-sgv': { json: each(() => ({ sgv: '100' })) },
  'v1-entries-accept': { text: () => '"2026-01-01T00:00:00.000Z"\t1\t100\t"Flat"\t"x"' },
  'v1-entries-304': { when: ({ headers }) => headers['if-modified-since'] !== undefined, status: 500 },
  'v1-csv': { headers: { 'content-type': 'text/html' } },
  'v1-tsv': { text: () => 'no table\r\n' },
  'v1-txt': { status: 404 },
  'v1-treatments': { json: each(() => ({ created_at: '2026-01-01T00:00:00+02:00' })) },
  'v1-treatments-order': { json: (body) => body.reverse() },
  'v1-treatments-type': { json: each(() => ({ eventType: 'Note' })) },
  'v1-treatments-exists': { json: more({ enteredBy: 'Trio', carbs: 1 }) },
  'v1-treatments-etag': { headers: { etag: () => `"${counter++}"` } },
  'v1-devicestatus': { json: each(() => ({ pump: 'full' })) },
  'v1-profiles': { json: each(() => ({ store: [] })) },
  'v1-profile-current': { when: asked('current'), json: (body) => [body] },

  'v2-properties': { json: (body) => ({ ...body, bgnow: { ...body.bgnow, last: '100' } }) },
  'v2-properties-named': { json: (body) => ({ ...body, iob: {} }) },
  'v2-ddata': { json: ({ sgvs: _gone, ...body }) => body },
  'v2-summary': { json: ({ state: _gone, ...body }) => body },

  'v3-version': { json: ({ result: _gone, ...body }) => body },
  'v3-status': { json: result((status) => ({ ...status, storage: null })) },
  'v3-status-fresh': { headers: { 'last-modified': 'Thu, 01 Jan 2026 00:00:00 GMT', 'cache-control': '' } },
  'v3-last-modified': { json: result((found) => ({ ...found, srvDate: '2026-01-01' })) },
  'v3-search': { json: without('identifier') },
  'v3-sort': { when: asked('$desc'), json: result((docs) => docs.reverse()) },
  'v3-limit-skip': { when: asked('limit=1&skip'), json: result((docs) => [...docs, ...docs]) },
  'v3-fields': { json: result((docs) => docs.map((doc: Json) => ({ ...doc, _id: 'x' }))) },
  'v3-filter-gt': {
    when: asked('limit=5'),
    json: (body, url) => ({ ...body, result: [{ identifier: 'x', date: boundOf(url) }, ...body.result] })
  },
  'v3-history': { headers: { etag: '"0a1b2c"' } },
  'v3-not-found': { status: 500 },
  'v3-bad-query': { status: 200 },

  'socket-eio4': { text: replaced(/"upgrades":\["websocket"\]/, '"upgrades":[]') },
  'socket-eio3': { status: 400 },
  'socket-websocket': { noUpgrade: true },
  'socket-authorize': { text: replaced(/"read":true/, '"read":false') },
  'socket-update': { text: replaced(/\["dataUpdate",\{/, '["dataUpdate",{"delta":true,') },
  'socket-status': { text: replaced(/"versionNum":\d+/, '"versionNum":140207') },
  'socket-storage': { text: replaced(/"success":true/, '"success":false') },
  'socket-alarm': { text: replaced(/"success":true/, '"success":false') },

  'loop-entries': { json: without('type') },
  'loop-treatments': { status: 204 },
  'loop-devicestatus': { json: each(() => ({ loop: 'closed' })) },
  'loop-profiles': { json: without('startDate') },
  'trio-glucose': { json: each(() => ({ date: '2026-01-01' })) },
  'trio-carbs': { json: without('created_at') },
  'trio-targets': { json: without('duration') },
  'trio-profile': { json: twice },
  'aaps-changes': { json: result((found) => ({ ...found, collections: null })) },
  'aaps-entries': { json: without('identifier') },
  'aaps-treatments': { json: without('identifier') },
  'aaps-history': { json: without('srvModified') },
  'aaps-profile': { json: result((docs) => [...docs, ...docs]) },
  'aaps-devicestatus': { json: without('identifier') },
  'aaps-food': { json: ({ result: _gone, ...body }) => body },
  'xdrip-status': { json: ({ version: _gone, ...body }) => body },
  'xdrip-first': { json: twice },
  'xdrip-newer': { json: each(() => ({ filtered: '1' })) },
  'xdrip-treatments': { json: each(() => ({ carbs: '40' })) },
  'xdrip-by-uuid': { json: more({ _id: 'x', created_at: '2026-01-01T00:00:00Z' }) },
  'xdrip-devicestatus': { json: twice },
  'xdrip4ios-readings': { json: without('sgv') },
  'xdrip4ios-treatments': { json: each(() => ({ _id: 'a-b' })) },
  'xdrip4ios-profile': { json: (body) => body[0] },
  'xdrip4ios-devicestatus': { json: without('_id') },
  'loopfollow-status': { status: 500 },
  'loopfollow-readings': { json: without('date') },
  'loopfollow-treatments': { json: without('_id') },
  'loopfollow-page': { json: (body) => Array.from({ length: 51 }, () => body[0] ?? { _id: 'x', created_at: 'x' }) },
  'loopfollow-profile': { json: without('store') },
  'loopfollow-devicestatus': { json: twice },
  'nightguard-status': { json: ({ settings: _gone, ...body }) => body },
  'nightguard-curve': { json: without('date') },
  'nightguard-present': { json: ({ bgnow: _gone, ...body }) => body },
  'nightguard-age': { json: without('created_at') },
  'nightguard-treatments': { json: without('_id') },
  'nightguard-devicestatus': { json: each(() => ({ pump: 5 })) },

  'write-entries': { when: is('POST'), json: (body) => body.reverse() },
  'write-entries-repeat': { when: is('GET'), json: twice },
  'write-entries-delete': { when: is('DELETE'), swallow: {} },
  'write-treatments': { when: is('GET'), json: each(({ created_at }) => ({ created_at: created_at.replace('Z', '+00:00') })) },
  'write-treatments-repeat': { when: is('GET'), json: twice },
  'write-treatments-put': { when: is('PUT'), swallow: {} },
  'write-treatments-delete': { when: is('DELETE'), swallow: {} },
  'write-treatments-uuid': { when: is('POST'), swallow: { status: 400 }, status: 400 },
  'write-event-time': { when: is('GET'), json: () => [] },
  'write-gzip': { when: is('POST'), swallow: [] },
  'write-devicestatus': { when: is('GET'), json: each(() => ({ verify: { list: [1] } })) },
  'write-stranger': { when: is('POST'), status: 403 },
  'write-v3-create': { when: is('GET'), json: result((doc) => ({ ...doc, app: 'another' })) },
  'write-v3-dedup': { when: ({ status }) => status === 200, status: 201 },
  'write-v3-update': { when: is('PATCH'), swallow: { status: 200 } },
  'write-v3-delete': { when: ({ status }) => status === 410, status: 404 },
  'write-v3-conditions': { when: ({ status }) => status === 412, status: 200 },
  'write-v3-bad': { when: is('POST'), status: 500 },
  'write-socket': { text: replaced(/"result":"success"/, '"result":"Not permitted"') },
  'write-storage-v3': { when: is('GET', 'socket.io'), text: replaced(/"srvModified":\d+/, '"srvModified":"today"') },
  'write-storage-v1': { when: is('GET', 'socket.io'), text: replaced(/"srvModified":\d+/, '"srvModified":1.5') },
  'write-clean': { when: is('DELETE', '/api/v1/'), swallow: {} }
};
