import { io, type Socket } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Committed } from '../src/bus/events.ts';
import type { CollectionName, Doc } from '../src/storage/port.ts';
import { mongoUrl } from './support/mongo.ts';
import { SECRET_SHA1, startServer, type TestServer } from './support/start-server.ts';

// GAP-API-014, REQ-API-021: whichever door a write comes in through, every listener hears it, exactly once.

type Act = 'create' | 'update' | 'delete';
type Sample = Doc & { created_at?: string };

/** A fresh document of each collection; `n` keeps them apart. */
const SAMPLES: Record<CollectionName, (n: number) => Sample> = {
  entries: (n) => ({
    type: 'sgv',
    sgv: 100 + (n % 50),
    date: start + n * 1000,
    dateString: new Date(start + n * 1000).toISOString(),
    device: 'matrix'
  }),
  treatments: (n) => ({ eventType: 'Note', notes: `note ${n}`, created_at: new Date(start + n * 1000).toISOString() }),
  devicestatus: (n) => ({ device: `matrix-${n}`, created_at: new Date(start + n * 1000).toISOString(), pump: { reservoir: n } }),
  profile: (n) => ({
    defaultProfile: 'Default',
    startDate: new Date(start + n * 1000).toISOString(),
    created_at: new Date(start + n * 1000).toISOString(),
    store: { Default: { dia: 3 } }
  }),
  food: (n) => ({ type: 'food', name: `food ${n}`, carbs: 10, created_at: new Date(start + n * 1000).toISOString() }),
  activity: (n) => ({ type: 'steps-total', steps: n, created_at: new Date(start + n * 1000).toISOString() }),
  settings: (n) => ({ name: `setting ${n}` })
};
const start = Date.now() - 3_000_000;

/** Which member of a delta carries the collection; food, activity and settings are in none (socket-v1.md §6.2). */
const DELTA_KEY: Partial<Record<CollectionName, string>> = {
  entries: 'sgvs',
  treatments: 'treatments',
  devicestatus: 'devicestatus',
  profile: 'profiles'
};
const V1_PATH: Partial<Record<CollectionName, string>> = {
  entries: 'entries',
  treatments: 'treatments',
  devicestatus: 'devicestatus',
  profile: 'profile',
  food: 'food',
  activity: 'activity'
};
const V1_PUT: CollectionName[] = ['treatments', 'profile', 'food', 'activity'];
const V3: CollectionName[] = ['entries', 'treatments', 'devicestatus', 'profile', 'food', 'settings'];
const ROOT: CollectionName[] = ['entries', 'treatments', 'devicestatus', 'profile', 'food', 'activity'];

const CELLS: [CollectionName, string, Act][] = [
  ...Object.keys(V1_PATH).flatMap(
    (c) =>
      [
        [c, 'v1 POST', 'create'],
        [c, 'v1 DELETE', 'delete']
      ] as [CollectionName, string, Act][]
  ),
  ...V1_PUT.map((c) => [c, 'v1 PUT', 'update'] as [CollectionName, string, Act]),
  ...V3.flatMap(
    (c) =>
      [
        [c, 'v3 POST', 'create'],
        [c, 'v3 PUT', 'update'],
        [c, 'v3 PATCH', 'update'],
        [c, 'v3 DELETE soft', 'delete'],
        [c, 'v3 DELETE permanent', 'delete']
      ] as [CollectionName, string, Act][]
  ),
  ...ROOT.flatMap(
    (c) =>
      [
        [c, 'dbAdd', 'create'],
        [c, 'dbUpdate', 'update'],
        [c, 'dbUpdateUnset', 'update'],
        [c, 'dbRemove', 'delete']
      ] as [CollectionName, string, Act][]
  )
];

const matrix = (store: 'SQLite' | 'MongoDB', mongoUri: () => Promise<string | undefined>) =>
  describe(`every collection × every door × every listener, on ${store}`, () => {
    let server: TestServer;
    let root: Socket;
    let storage: Socket;
    let jwt: string;
    let n = 0;
    const committed: Committed[] = [];
    const deltas: Record<string, Doc[]>[] = [];
    const feed: [Act, { colName: string; doc?: Doc; identifier?: string }][] = [];
    let available = true;

    const v1 = (method: string, path: string, body?: unknown) =>
      fetch(`${server.url}/api/v1/${path}`, {
        method,
        headers: { 'api-secret': SECRET_SHA1, 'content-type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify(body) })
      });
    const v3 = (method: string, path: string, body?: unknown) =>
      fetch(`${server.url}/api/v3/${path}`, {
        method,
        headers: { authorization: `Bearer ${jwt}`, 'content-type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify(body) })
      });

    beforeAll(async () => {
      const uri = await mongoUri();
      if (store === 'MongoDB' && !uri) {
        available = false;
        return;
      }
      server = await startServer({ AUTH_DEFAULT_ROLES: 'denied', SOCKET_WRITE_BURST: '10000' }, uri ? { mongoUri: uri } : {});
      server.services.bus.subscribe('committed', 'matrix', (events) => void committed.push(...events));
      const authorization = `${server.url}/api/v2/authorization`;
      const headers = { 'api-secret': SECRET_SHA1, 'content-type': 'application/json' };
      await fetch(`${authorization}/subjects`, {
        method: 'POST',
        headers,
        body: JSON.stringify({ name: 'matrix', roles: ['admin'] })
      });
      const subjects = (await (await fetch(`${authorization}/subjects`, { headers })).json()) as { accessToken: string }[];
      const { accessToken } = subjects[0]!;
      jwt = ((await (await fetch(`${authorization}/request/${accessToken}`)).json()) as { token: string }).token;
      root = io(server.url, { transports: ['websocket'] });
      root.on('dataUpdate', (data) => data.delta && deltas.push(data));
      await new Promise((resolve) => root.emit('authorize', { client: 'test', secret: SECRET_SHA1 }, resolve));
      storage = io(`${server.url}/storage`, { transports: ['websocket'] });
      for (const act of ['create', 'update', 'delete'] as const) storage.on(act, (event) => feed.push([act, event]));
      await new Promise((resolve) => storage.emit('subscribe', { accessToken }, resolve));
    });

    afterAll(async () => {
      root?.close();
      storage?.close();
      await server?.close();
    });

    /** Everything sent before has been heard once a later write has. */
    async function fence(): Promise<void> {
      const notes = `fence ${n++}`;
      const heardOnRoot = new Promise<void>((resolve) => {
        root.on('dataUpdate', function listen(data: Record<string, Doc[]>) {
          if (data.treatments?.some((t) => t.notes === notes)) {
            root.off('dataUpdate', listen);
            resolve();
          }
        });
      });
      const heardOnStorage = new Promise<void>((resolve) => {
        storage.on('create', function listen({ doc }: { doc: Doc }) {
          if (doc.notes === notes) {
            storage.off('create', listen);
            resolve();
          }
        });
      });
      await v1('POST', 'treatments', { eventType: 'Note', notes, created_at: new Date(start - n * 1000).toISOString() });
      await Promise.all([heardOnRoot, heardOnStorage]);
    }

    /** A stored document to be changed; born where the door allows (v3 wants `app` and `date`). */
    async function born(collection: CollectionName, door: string): Promise<{ _id: string; identifier: string; doc: Doc }> {
      const sample = SAMPLES[collection](++n);
      if (door.startsWith('v3') || collection === 'settings') {
        const body = { ...sample, identifier: `matrix-${store}-${n}`, app: 'matrix', date: start + n * 1000, utcOffset: 0 };
        const answer = await v3('POST', collection, body);
        expect(answer.status).toBe(201);
        const { doc } = committed.findLast((c) => c.collection === collection && c.doc.identifier === body.identifier)!;
        return { _id: doc._id, identifier: body.identifier, doc: body };
      }
      const answer = await v1('POST', V1_PATH[collection]!, [sample]);
      const [{ _id }] = (await answer.json()) as [{ _id: string }];
      return { _id, identifier: _id, doc: sample };
    }

    async function act(
      collection: CollectionName,
      door: string,
      target: { _id: string; identifier: string; doc: Doc } | undefined
    ): Promise<string> {
      const path = V1_PATH[collection]!;
      const emit = (event: string, message: Doc) =>
        new Promise<unknown>((resolve) => root.emit(event, { collection, ...message }, resolve));
      const sample = SAMPLES[collection](++n);
      switch (door) {
        case 'v1 POST': {
          const [{ _id }] = (await (await v1('POST', path, [sample])).json()) as [{ _id: string }];
          return _id;
        }
        case 'v1 PUT':
          expect((await v1('PUT', path, { ...target!.doc, _id: target!._id, touched: n })).status).toBe(200);
          return target!._id;
        case 'v1 DELETE':
          expect((await v1('DELETE', `${path}/${target!._id}`)).status).toBe(200);
          return target!._id;
        case 'v3 POST': {
          const { identifier } = (await (
            await v3('POST', collection, {
              ...sample,
              app: 'matrix',
              date: start + n * 1000,
              utcOffset: 0,
              device: `matrix-${n}`
            })
          ).json()) as { identifier: string };
          return committed.findLast((c) => c.doc.identifier === identifier)!.doc._id;
        }
        case 'v3 PUT':
          expect((await v3('PUT', `${collection}/${target!.identifier}`, { ...target!.doc, touched: n })).status).toBe(200);
          return target!._id;
        case 'v3 PATCH':
          expect((await v3('PATCH', `${collection}/${target!.identifier}`, { touched: n })).status).toBe(200);
          return target!._id;
        case 'v3 DELETE soft':
          expect((await v3('DELETE', `${collection}/${target!.identifier}`)).status).toBe(200);
          return target!._id;
        case 'v3 DELETE permanent':
          expect((await v3('DELETE', `${collection}/${target!.identifier}?permanent=true`)).status).toBe(200);
          return target!._id;
        case 'dbAdd': {
          const [{ _id }] = (await emit('dbAdd', { data: sample })) as [{ _id: string }];
          return _id;
        }
        case 'dbUpdate':
          expect(await emit('dbUpdate', { _id: target!._id, data: { touched: n, sgv: 55 } })).toEqual({ result: 'success' });
          return target!._id;
        case 'dbUpdateUnset':
          expect(
            await emit('dbUpdateUnset', { _id: target!._id, data: { notes: 1, pump: 1, store: 1, name: 1, steps: 1, device: 1 } })
          ).toEqual({ result: 'success' });
          return target!._id;
        default:
          expect(await emit('dbRemove', { _id: target!._id })).toEqual({ result: 'success' });
          return target!._id;
      }
    }

    it.for(CELLS)('%s, %s: heard once as %s', async ([collection, door, kind], { skip }) => {
      if (!available) return skip();
      const target = kind === 'create' ? undefined : await born(collection, door);
      const lastModified = async () =>
        ((await (await v3('GET', 'lastModified')).json()) as { result: { collections: Record<string, number> } }).result
          .collections[collection] ?? 0;
      await fence();
      const before = V3.includes(collection) ? await lastModified() : 0;
      committed.length = 0;
      deltas.length = 0;
      feed.length = 0;

      const _id = await act(collection, door, target);
      await fence();

      const announced = committed.filter((c) => c.doc._id === _id);
      expect(
        announced.map(({ op }) => op),
        'on the bus'
      ).toEqual([kind]);
      const { identifier = _id } = announced[0]!.doc;

      const deltaKey = DELTA_KEY[collection];
      if (deltaKey && collection !== 'profile') {
        const items = deltas.flatMap((delta) => delta[deltaKey] ?? []).filter((item) => item._id === _id);
        expect(items.length, 'in dataUpdate').toBe(visibleOnRoot(collection, door) ? 1 : 0);
        if (kind === 'delete') expect(items[0]).toMatchObject({ action: 'remove' });
      }
      if (!V3.includes(collection)) return;

      const events = feed.filter(([, event]) => (event.doc?.identifier ?? event.identifier) === identifier);
      expect(
        events.map(([event, { colName }]) => [event, colName]),
        'on /storage'
      ).toEqual([[kind, collection]]);
      if (kind !== 'delete') expect(events[0]![1].doc!.srvModified).toEqual(announced[0]!.srvModified);

      const history = (await (await v3('GET', `${collection}/history/${announced[0]!.srvModified - 1}`)).json()) as {
        result: Doc[];
      };
      const listed = history.result.filter((doc) => doc.identifier === identifier);
      expect(
        listed.map(({ isValid }) => isValid === false),
        'in HISTORY'
      ).toEqual([kind === 'delete']);
      expect(await lastModified(), 'in lastModified').toBeGreaterThan(before);
    });

    // a reading's other fields, and a status at an unchanged time, are not part of a delta (socket-v1.md §6.3)
    const visibleOnRoot = (collection: CollectionName, door: string): boolean =>
      collection === 'treatments' ||
      !(
        door === 'v3 PUT' ||
        door === 'v3 PATCH' ||
        door === 'dbUpdateUnset' ||
        (door === 'dbUpdate' && collection === 'devicestatus')
      );
  });

matrix('SQLite', async () => undefined);
matrix('MongoDB', async () => {
  const url = await mongoUrl();
  return url && `${url}broadcast_${process.pid}_${Date.now()}`;
});
