import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Doc } from '../../src/storage/port.ts';
import { freshDatabase, mongoUrl } from '../support/mongo.ts';
import { haveRedis, OwnRedis } from '../support/redis.ts';
import { fence, type Instance, startSite, until } from './kit.ts';

// issue 5, item 8: a write at one process is heard by the sockets of all, exactly once, whichever door it came in by

describe.runIf(haveRedis && mongoUrl())('two processes on one MongoDB', () => {
  let redis: OwnRedis;
  let database: Awaited<ReturnType<typeof freshDatabase>>;
  let site: Instance[];
  let [a, b]: Instance[] = [];
  const start = Date.now() - 3_000_000;
  let n = 0;

  beforeAll(async () => {
    redis = await OwnRedis.launch();
    database = await freshDatabase();
    site = await startSite(2, { REDIS_URL: redis.url }, database.url);
    [a, b] = site;
  });
  afterAll(async () => {
    for (const instance of site ?? []) await instance.close();
    await database?.drop();
    await redis?.kill();
  });

  const iso = () => new Date(start + n * 1000).toISOString();
  const next = () => {
    n++;
    return iso();
  };
  const emit = (event: string, message: Doc) => new Promise<unknown>((resolve) => a!.root.emit(event, message, resolve));
  const note = async () => {
    const notes = `note ${++n}`;
    const doc = {
      eventType: 'Note',
      notes,
      created_at: iso(),
      date: start + n * 1000,
      app: 'test',
      utcOffset: 0,
      identifier: `id-${n}`
    };
    expect((await a!.v3('POST', 'treatments', doc)).status).toBe(201);
    return doc;
  };

  type Door = readonly [string, 'create' | 'update' | 'delete', () => Promise<string>];
  const DOORS: Door[] = [
    [
      'v1 POST',
      'create',
      async () =>
        ((await (await a!.v1('POST', 'treatments', [{ eventType: 'Note', notes: 'x', created_at: next() }])).json()) as Doc[])[0]!
          ._id!
    ],
    [
      'v2 POST',
      'create',
      async () => {
        const answer = await fetch(`${a!.server.url}/api/v2/treatments`, {
          method: 'POST',
          headers: { ...a!.server.secret, 'content-type': 'application/json' },
          body: JSON.stringify({ eventType: 'Note', notes: 'v2', created_at: next() })
        });
        return ((await answer.json()) as Doc[])[0]!._id!;
      }
    ],
    ['v3 POST', 'create', async () => (await note()).identifier],
    [
      'v3 PUT',
      'update',
      async () => {
        const doc = await note();
        await a!.v3('PUT', `treatments/${doc.identifier}`, { ...doc, notes: 'put' });
        return doc.identifier;
      }
    ],
    [
      'v3 PATCH',
      'update',
      async () => {
        const doc = await note();
        await a!.v3('PATCH', `treatments/${doc.identifier}`, { notes: 'patched' });
        return doc.identifier;
      }
    ],
    [
      'v3 DELETE',
      'delete',
      async () => {
        const doc = await note();
        await a!.v3('DELETE', `treatments/${doc.identifier}`);
        return doc.identifier;
      }
    ],
    [
      'v3 DELETE permanent',
      'delete',
      async () => {
        const doc = await note();
        await a!.v3('DELETE', `treatments/${doc.identifier}?permanent=true`);
        return doc.identifier;
      }
    ],
    [
      'dbAdd',
      'create',
      async () =>
        (
          (await emit('dbAdd', {
            collection: 'treatments',
            data: { eventType: 'Note', notes: 'added', created_at: next() }
          })) as Doc[]
        )[0]!._id!
    ],
    [
      'dbUpdate',
      'update',
      async () => {
        const doc = await note();
        await emit('dbUpdate', { collection: 'treatments', _id: doc.identifier, data: { notes: 'updated' } });
        return doc.identifier;
      }
    ],
    [
      'dbRemove',
      'delete',
      async () => {
        const doc = await note();
        await emit('dbRemove', { collection: 'treatments', _id: doc.identifier });
        return doc.identifier;
      }
    ]
  ];

  it.for(DOORS)('%s at A: heard once at A and at B as %s', async ([, kind, act]) => {
    await fence(a!, site);
    for (const { deltas, feed } of site) {
      deltas.length = 0;
      feed.length = 0;
    }
    const id = await act();
    const stored = await a!.server.services.storage
      .find('treatments', { filter: { $or: [{ _id: id }, { identifier: id }] } })
      [Symbol.asyncIterator]()
      .next();
    const _id: unknown = (stored.value as { doc: Doc }[] | undefined)?.[0]?.doc._id;
    await fence(a!, site);
    for (const { deltas, feed } of site) {
      const heard = feed.filter(([, , doc]) => doc.identifier === id || doc._id === id).map(([event]) => event);
      expect(heard).toEqual(kind === 'create' || heard.length === 1 ? [kind] : ['create', kind]);
      if (kind === 'delete') {
        expect(deltas.flatMap((delta) => delta.treatments ?? []).filter(({ action }) => action === 'remove')).toHaveLength(1);
      } else {
        const shown = deltas.flatMap((delta) => delta.treatments ?? []).filter((t) => t._id === _id);
        expect(shown.map(({ action }) => action ?? 'create')).toEqual(kind === 'create' ? ['create'] : ['create', 'update']);
      }
    }
  });

  it('v1 DELETE at B: heard once at A', async () => {
    const doc = await note();
    await fence(a!, site);
    expect((await b!.v1('DELETE', `treatments?find[identifier]=${doc.identifier}`)).status).toBe(200);
    await fence(b!, site);
    expect(a!.feed.filter(([event, , gone]) => event === 'delete' && gone.identifier === doc.identifier)).toHaveLength(1);
  });

  it('the other process shows it in lastModified, HISTORY, pebble and properties', async () => {
    const date = Date.now();
    const before = (await (await b!.v3('GET', 'lastModified')).json()) as { result: { collections: { entries?: number } } };
    await a!.v1('POST', 'entries', [
      { type: 'sgv', sgv: 123, date, dateString: new Date(date).toISOString(), device: 'test', direction: 'Flat' }
    ]);
    const [doc] = (await (await a!.v1('GET', 'entries.json?count=1')).json()) as Doc[];
    const srvModified = Number(doc!.srvModified ?? 0);
    await until(
      async () => {
        const after = (await (await b!.v3('GET', 'lastModified')).json()) as { result: { collections: { entries: number } } };
        return after.result.collections.entries > (before.result.collections.entries ?? 0);
      },
      'lastModified',
      1000
    );
    const history = (await (
      await b!.v3('GET', `entries/history/${srvModified - 1 || before.result.collections.entries || 1}`)
    ).json()) as { result: Doc[] };
    expect(history.result.filter(({ date: at }) => at === date)).toHaveLength(1);
    const words = async ({ server, v1 }: Instance) => ({
      pebble: ((await (await fetch(`${server.url}/pebble`, { headers: server.secret })).json()) as { bgs: Doc[] }).bgs.map(
        ({ sgv, bgdelta, trend }) => ({ sgv, bgdelta, trend })
      ),
      bgnow: (
        (await (await fetch(`${server.url}/api/v2/properties/bgnow`, { headers: server.secret })).json()) as {
          bgnow: { last: number };
        }
      ).bgnow.last,
      entries: await (await v1('GET', 'entries.json?count=5')).json()
    });
    await until(async () => (await words(b!)).bgnow === 123);
    expect(await words(b!)).toEqual(await words(a!));
  });

  it('identical uploads at both at the same time become one document each', async () => {
    const many = Array.from({ length: 500 }, (_, i) => {
      const date = start - i * 300_000;
      return { type: 'sgv', sgv: 100 + (i % 50), date, dateString: new Date(date).toISOString(), device: 'twice' };
    });
    await Promise.all(
      many.flatMap((doc) => [a!, b!].map(async ({ v1 }) => expect((await v1('POST', 'entries', [doc])).status).toBe(200)))
    );
    const stored = await database.client.db().collection('entries').find({ device: 'twice' }).toArray();
    expect(stored).toHaveLength(500);
    expect(new Set(stored.map(({ date }) => date)).size).toBe(500);
    await fence(a!, site);
    await fence(b!, site);
    for (const { feed } of site) {
      const dates = feed.filter(([, , doc]) => doc.device === 'twice').map(([event, , doc]) => `${event} ${doc.date}`);
      expect(dates).toHaveLength(500);
      expect(new Set(dates).size).toBe(500);
    }
  });

  it('srvModified strictly rises over both, and each feed tells it in that order', async () => {
    for (const { feed } of site) feed.length = 0;
    const write = async ({ v1 }: Instance, i: number) => {
      n++;
      await v1('POST', 'activity', [{ type: 'steps', steps: i, created_at: new Date(start + n * 1000).toISOString() }]);
      await v1('POST', 'food', [{ type: 'food', name: `food ${n}`, carbs: 1 }]);
    };
    await Promise.all(Array.from({ length: 200 }, (_, i) => write(site[i % 2]!, i)));
    await fence(a!, site);
    for (const name of ['activity', 'food']) {
      const times = (await database.client.db().collection(name).find().toArray()).map(({ srvModified }) => srvModified);
      expect(times).toHaveLength(200);
      expect(new Set(times).size).toBe(200);
    }
    for (const { feed } of site) {
      const heard = feed.filter(([, colName]) => colName === 'food').map(([, , doc]) => Number(doc.srvModified));
      expect(heard).toHaveLength(200);
      expect(heard).toEqual(heard.toSorted((x, y) => x - y));
    }
  });

  it('a subject made at A is good at B, and refused there when it is deleted at A', async () => {
    const subjects = `${a!.server.url}/api/v2/authorization/subjects`;
    const headers = { ...a!.server.secret, 'content-type': 'application/json' };
    await fetch(subjects, { method: 'POST', headers, body: JSON.stringify({ name: 'guest', roles: ['readable'] }) });
    const all = (await (await fetch(subjects, { headers })).json()) as { _id: string; name: string; accessToken: string }[];
    const guest = all.find(({ name }) => name === 'guest')!;
    const mayRead = async () => (await fetch(`${b!.server.url}/api/v1/entries.json?token=${guest.accessToken}`)).status;
    await until(async () => (await mayRead()) === 200, 'the new subject', 2000);
    await fetch(`${subjects}/${guest._id}`, { method: 'DELETE', headers });
    await until(async () => (await mayRead()) === 401, 'the deletion', 2000);
  });

  it('a backfill of one request at A is heard once, in order, at B, and both show the same', async () => {
    const recent = Date.now() - 40 * 3_600_000;
    const many = Array.from({ length: 1500 }, (_, i) => {
      const date = recent + i * 60_000;
      return { type: 'sgv', sgv: 90 + (i % 60), date, dateString: new Date(date).toISOString(), device: 'backfill' };
    });
    expect((await a!.v1('POST', 'entries', many)).status).toBe(200);
    await fence(a!, site);
    for (const { feed } of site)
      expect(feed.filter(([, , doc]) => doc.device === 'backfill').map(([event, , doc]) => `${event} ${doc.date}`)).toEqual(
        many.map(({ date }) => `create ${date}`)
      );
    const shown = ({ server }: Instance) =>
      server.services.live.data().sgvs.map(({ mills, mgdl, _id }) => `${mills} ${mgdl} ${_id}`);
    await until(() => shown(b!).length === shown(a!).length, 'the live state');
    expect(shown(b!)).toEqual(shown(a!));
  });

  it('each process says how it stands with the others', async () => {
    const ready = (await (await fetch(`${b!.server.url}/readyz`)).json()) as unknown;
    expect(ready).toEqual({ status: 'ok', redis: 'connected' });
    const standing = site.map(({ server }) => server.services.cluster!.status());
    for (const one of standing) expect(one).toMatchObject({ connected: true, processes: 2 });
    expect(standing.filter(({ leads }) => leads)).toHaveLength(1);
  });
});
