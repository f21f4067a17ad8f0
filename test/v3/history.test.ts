import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { upsert } from '../../src/collections/mutations.ts';
import type { Doc } from '../../src/storage/port.ts';
import { bolus, createV3Kit, reading, type V3Kit } from './v3-kit.ts';

const LONG_AGO = 1_000_000_000_000;
let kit: V3Kit;
beforeEach(async () => {
  kit = await createV3Kit();
});
afterEach(() => kit.close());

const ids = (body: { result: Doc[] }) => body.result.map(({ identifier }) => identifier);
const history = async (since: string | number, query = '') =>
  (await kit.get(`/treatments/history/${since}${query}`).expect(200)).body;
const overV1 = (collection: 'entries' | 'treatments', doc: Doc) =>
  kit.services.commit(collection, 'v1', [upsert(collection, doc, { onMatch: 'merge' })]);

async function three(): Promise<number[]> {
  const times: number[] = [];
  for (const n of [1, 2, 3]) {
    const { body } = await kit.post('/treatments', bolus({ identifier: `h-${n}`, date: 1_707_552_000_000 + n })).expect(201);
    times.push(body.lastModified);
  }
  return times;
}

describe('HISTORY (rest-v3 §11.10)', () => {
  it('tells what changed after an instant, oldest change first, deleted documents marked', async () => {
    const [first = 0] = await three();
    await kit.patch('/treatments/h-1', { insulin: 9 });
    await kit.delete('/treatments/h-2');
    expect(ids(await history(LONG_AGO))).toEqual(['h-3', 'h-1', 'h-2']);
    const body = await history(first, '?fields=identifier,isValid');
    expect(body.result.at(-1)).toEqual({ identifier: 'h-2', isValid: false });
    expect((await kit.get('/treatments/h-1')).body.result).toEqual((await history(LONG_AGO)).result[1]);
  });

  it('the comparison is strict: AAPS asks on from the last instant until a page is empty', async () => {
    const [, , last = 0] = await three();
    const { body, headers } = await kit.get(`/treatments/history/${last}`).expect(200);
    expect(body).toEqual({ status: 200, result: [] });
    expect(headers).not.toHaveProperty('etag');
    expect(headers).not.toHaveProperty('last-modified');
  });

  it('ETag is W/"<ms>" and Last-Modified the same second, whatever fields are asked for', async () => {
    const [, , last = 0] = await three();
    for (const query of ['', '?fields=identifier', '?limit=500']) {
      const { headers } = await kit.get(`/treatments/history/${LONG_AGO}${query}`);
      expect(headers.etag).toBe(`W/"${last}"`);
      expect(headers['last-modified']).toBe(new Date(last).toUTCString());
    }
  });

  it('304 by If-None-Match and by If-Modified-Since, not with Cache-Control: no-cache', async () => {
    const [, , last = 0] = await three();
    const get = () => kit.get(`/treatments/history/${LONG_AGO}`);
    const { headers, text } = await get().set('If-None-Match', `W/"${last}"`).expect(304);
    expect([headers.etag, text]).toEqual([`W/"${last}"`, '']);
    await get().set('If-Modified-Since', new Date(last).toUTCString()).expect(304);
    await get()
      .set('If-Modified-Since', new Date(last - 2000).toUTCString())
      .expect(200);
    await get().set('If-None-Match', `W/"${last}"`).set('Cache-Control', 'no-cache').expect(200);
    await get().set('If-None-Match', 'W/"1"').expect(200);
  });

  it.each(['abc', '0', '1', '5', '', '?limit=5', '1969-01-01'])('time %j is refused', async (since) => {
    const { body } = await kit.get(`/treatments/history/${since}`).expect(400);
    expect(body).toEqual({ status: 400, message: 'Bad or missing Last-Modified header/parameter' });
  });

  it.each(['1000000000', '2024-01-01', '2024-01-01T00:00:00Z', '2024-01-01T00:00:00.000Z', `${LONG_AGO}.json`])(
    'time %s is understood',
    async (since) => {
      await three();
      expect(ids(await history(since))).toHaveLength(3);
    }
  );

  it('the header form means "in or after that second"', async () => {
    const [, , last = 0] = await three();
    const get = (value: string) => kit.get('/treatments/history').set('Last-Modified', value);
    const { body } = await get(new Date(last).toUTCString()).expect(200);
    expect(ids(body)).toContain('h-3');
    expect((await get(new Date(last + 2000).toUTCString()).expect(200)).body.result).toEqual([]);
    await get('garbage').expect(400);
    await kit.get('/treatments/history').expect(400);
  });

  it('limit cuts a page, other parameters change nothing', async () => {
    const [first = 0] = await three();
    expect(ids(await history(LONG_AGO, '?limit=1'))).toEqual(['h-1']);
    expect(ids(await history(first, '?limit=1&sort$desc=date&insulin=77&skip=5'))).toEqual(['h-2']);
    await kit.get(`/treatments/history/${LONG_AGO}?limit=0`).expect(400);
  });

  it('a page never ends inside a group of equal srvModified (D5)', async () => {
    const docs = ['a', 'b', 'c', 'd', 'e'].map((id, i) => ({
      _id: `65c7000000000000000f000${i}`,
      identifier: id,
      srvModified: 1_700_000_000_000 + (i > 3 ? 1 : 0) * 5,
      date: 1
    }));
    await kit.plant('treatments', { ...docs[0]!, srvModified: 1_699_999_999_999 }, ...docs.slice(1));
    expect(ids(await history(LONG_AGO, '?limit=1'))).toEqual(['a']);
    expect(ids(await history(1_699_999_999_999, '?limit=2'))).toEqual(['b', 'c', 'd']);
    expect(ids(await history(LONG_AGO, '?limit=2'))).toEqual(['a', 'b', 'c', 'd']);
    expect(ids(await history(1_700_000_000_000, '?limit=2'))).toEqual(['e']);
  });

  it('whatever the door: writes over v1 show with identifier and srvModified (D1, D2)', async () => {
    const [outcome] = await overV1('treatments', { eventType: 'Note', created_at: '2024-02-10T08:00:00.000Z', notes: 'v1' });
    const { result } = await history(LONG_AGO);
    expect(result).toEqual([
      expect.objectContaining({ identifier: outcome?.doc?._id, srvModified: outcome?.doc?.srvModified, notes: 'v1' })
    ]);
  });

  it('hard deletes show, so that phones drop their copy (D1)', async () => {
    await three();
    await kit.delete('/treatments/h-2?permanent=true').expect(200);
    const { result } = await history(LONG_AGO);
    expect(result.map(({ identifier, isValid }: Doc) => [identifier, isValid])).toEqual([
      ['h-1', true],
      ['h-3', true],
      ['h-2', false]
    ]);
    expect(result[2]).not.toHaveProperty('_id');
    expect(result[2]).not.toHaveProperty('collection');
    expect((await kit.get('/treatments')).body.result).toHaveLength(2);
  });

  it('a hard-deleted document with a field called collection shows as well', async () => {
    await kit.post('/treatments', bolus({ identifier: 'h-c', collection: 'mine' })).expect(201);
    await kit.delete('/treatments/h-c?permanent=true').expect(200);
    expect((await history(LONG_AGO)).result).toEqual([expect.objectContaining({ identifier: 'h-c', isValid: false })]);
  });

  it('documents the reference wrote count with their date, but not when it lies ahead of the clock', async () => {
    const now = Date.now();
    const doc = (id: string, ms: number) => ({
      _id: `65c70000000000000010000${id}`,
      eventType: 'Note',
      created_at: new Date(ms).toISOString()
    });
    await kit.plant('treatments', doc('1', now - 60_000), doc('2', now - 30_000), doc('3', now + 3_600_000));
    const { body, headers } = await kit.get(`/treatments/history/${now - 45_000}`).expect(200);
    expect(ids(body)).toEqual(['65c700000000000000100002']);
    expect(headers.etag).toBe(`W/"${now - 30_000}"`);
    const modified = (await kit.get('/lastModified')).body.result.collections.treatments;
    expect(modified).toBe(now - 30_000);
  });

  it('paging through everything meets each document once', async () => {
    await Promise.all(
      Array.from({ length: 40 }, (_, n) => kit.post('/treatments', bolus({ identifier: `p-${n}`, date: 1_707_552_000_000 + n })))
    );
    const met: unknown[] = [];
    for (let since = LONG_AGO; ; ) {
      const { body, headers } = await kit.get(`/treatments/history/${since}?limit=7`).expect(200);
      if (body.result.length === 0) break;
      met.push(...ids(body));
      since = Number(/^W\/"(\d+)"$/.exec(headers.etag!)![1]);
    }
    expect(met).toHaveLength(40);
    expect(new Set(met).size).toBe(40);
  });
});

describe('lastModified (rest-v3 §11.3)', () => {
  it('is empty at first, then tells each collection; food under both its names', async () => {
    expect((await kit.get('/lastModified')).body).toEqual({
      status: 200,
      result: { srvDate: expect.any(Number), collections: {} }
    });
    const food = (await kit.post('/food', bolus())).body.lastModified;
    const [outcome] = await overV1('entries', reading());
    const { body, headers } = await kit.get('/lastModified').expect(200);
    expect(body.result.collections).toEqual({ entries: outcome?.doc?.srvModified, food });
    expect(headers).not.toHaveProperty('last-modified');
    expect(headers).not.toHaveProperty('etag');
  });

  it('moves with a hard delete', async () => {
    const created = (await kit.post('/food', bolus({ identifier: 'f' }))).body.lastModified;
    await kit.delete('/food/f?permanent=true').expect(200);
    expect((await kit.get('/lastModified')).body.result.collections.food).toBeGreaterThan(created);
  });

  it('shows what the caller may read', async () => {
    await kit.post('/food', bolus());
    await kit.post('/treatments', bolus());
    expect(Object.keys((await kit.get('/lastModified', 'creates')).body.result.collections)).toEqual(['treatments']);
    expect((await kit.get('/lastModified', 'nothing')).body.result.collections).toEqual({});
  });
});

describe('auto-prune (rest-v3 §14)', () => {
  it('removes what is too old after a write, quietly, at most once an hour', async () => {
    const pruning = await createV3Kit({ API3_AUTOPRUNE_DEVICESTATUS: '1' });
    try {
      const ms = Date.now();
      const old = (id: string) => ({
        _id: `65c70000000000000020000${id}`,
        device: 'd',
        created_at: new Date(ms - 2 * 86_400_000).toISOString()
      });
      const left = () => pruning.stored('devicestatus').then((docs) => docs.length);
      await pruning.plant('devicestatus', old('1'), old('2'), { ...old('3'), created_at: new Date(ms).toISOString() });
      await pruning.post('/devicestatus', bolus({ identifier: 'new', date: ms })).expect(201);
      await expect.poll(left).toBe(2);
      expect(
        pruning.heard.map(({ op }) => op),
        'nobody is told: phones keep their copies'
      ).toEqual(['create']);
      expect(await pruning.stored('tombstones')).toEqual([]);
      await pruning.plant('devicestatus', old('4'));
      await pruning.patch('/devicestatus/new', { a: 1 }).expect(200);
      expect(await left()).toBe(3);
      pruning.clock.ahead += 3_700_000;
      await pruning.patch('/devicestatus/new', { a: 2 }).expect(200);
      await expect.poll(left).toBe(2);
    } finally {
      await pruning.close();
    }
  });
});
