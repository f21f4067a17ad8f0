import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bolus, createV3Kit, type V3Kit } from './v3-kit.ts';

let kit: V3Kit;
beforeAll(async () => {
  kit = await createV3Kit();
  await kit.post('/treatments', bolus({ identifier: 'x', n: { m: 1 }, list: [1, 'a', { b: 2 }] })).expect(201);
});
afterAll(() => kit.close());

const QUERIES = [
  'sort=a"b',
  "sort=a'b",
  'sort=a\\b',
  'sort=.',
  'sort=a..b',
  'sort=__proto__',
  'sort$desc=constructor.x',
  'sort=_id',
  'a"b$ne=1',
  "a'b$gt=1",
  '.a=1',
  'a..b$in=1|2',
  '__proto__=1',
  '__proto__$ne=1',
  'constructor$re=x',
  '=1',
  '$eq=1',
  '$1=1',
  'date$re=(((((',
  `insulin$re=${'(a*)*'.repeat(50)}`,
  `notes$re=${'x'.repeat(5000)}`,
  'identifier$in=',
  'date$gte=99999999999999999999',
  'date$gte=1e400',
  'created_at$gte=+999999-01-01',
  'created_at$lt=99999999999999',
  'srvModified$gt=NaN',
  'limit=9007199254740993',
  'skip=1e300',
  'skip=99999999999',
  'fields=__proto__',
  'fields=constructor,toString',
  `fields=${'a,'.repeat(3000)}a`,
  `${'k'.repeat(8000)}=1`,
  '%00=%00',
  'a=%ff%fe',
  'a[b]=1&a[b]=2&a=3',
  `${Array.from({ length: 300 }, (_, i) => `f${i}$ne=${i}`).join('&')}`
];

describe('nothing a stranger sends is our fault (D9)', () => {
  it.each(QUERIES)('SEARCH ?%s', async (query) => {
    expect((await kit.get(`/treatments?${query}`)).status).toBeLessThan(500);
  });

  it.each([
    '/treatments/%00',
    '/treatments/__proto__',
    '/treatments/constructor',
    `/treatments/${'x'.repeat(7000)}`,
    '/treatments/history/9e15',
    '/treatments/history/-1',
    '/treatments/history/1e400',
    '/treatments/history/99999999999999999',
    '//',
    '/treatments//x',
    '/treatments/../x',
    '/treatments/%2e%2e/x',
    '/.json',
    '/treatments/.json',
    '/treatments/history.',
    '/treatments/history/.csv'
  ])('GET %s', async (path) => {
    expect((await kit.get(path)).status).toBeLessThan(500);
  });

  it.each([
    ['If-Match', ',,,"'],
    ['If-Unmodified-Since', '99999999999999999999'],
    ['If-Modified-Since', '-1'],
    ['If-None-Match', 'W/"'],
    ['Last-Modified', '275761'],
    ['Accept', ';;;,q=x'],
    ['Accept', 'a/b;q=9'],
    ['Content-Encoding', 'nosuch'],
    ['Content-Type', 'application/json; charset=nosuch'],
    ['Authorization', 'Bearer a.b.c']
  ])('%s: %s', async (name, value) => {
    for (const path of ['/treatments', '/treatments/x', '/treatments/history', '/treatments/history/1000000000000']) {
      expect((await kit.get(path).set(name, value)).status, path).toBeLessThan(500);
    }
    expect((await kit.patch('/treatments/x', { a: 1 }).set(name, value)).status).toBeLessThan(500);
  });

  it('bodies of any shape', async () => {
    const value = fc.jsonValue({ maxDepth: 3 });
    const key = fc.oneof(
      fc.constantFrom(
        'date',
        'created_at',
        'utcOffset',
        'app',
        'identifier',
        'device',
        'eventType',
        'duration',
        'endmills',
        'mills',
        '_id',
        'isValid',
        'srvModified',
        'subject',
        'a.b',
        '__proto__',
        '$set',
        'durationInMilliseconds',
        'pumpId'
      ),
      fc.string()
    );
    const body = fc.oneof(fc.dictionary(key, value, { maxKeys: 6 }), value);
    await fc.assert(
      fc.asyncProperty(body, fc.constantFrom('post', 'put', 'patch'), fc.boolean(), async (sent, method, whole) => {
        const full = whole && typeof sent === 'object' && !Array.isArray(sent) ? { ...bolus(), ...sent } : sent;
        const path = method === 'post' ? '/treatments' : '/treatments/x';
        const test = kit[method as 'post'](path).set('Content-Type', 'application/json');
        const { status, text } = await test.send(JSON.stringify(full));
        expect(status, `${method} ${JSON.stringify(full)} ${text}`).toBeLessThan(500);
      }),
      { numRuns: 300 }
    );
    await kit.get('/treatments').expect(200);
    await kit.get('/treatments.csv').expect(200);
    await kit.get('/treatments.xml').expect(200);
    await kit.get('/treatments/history/1000000000000').expect(200);
  });

  it('thousands of fields at once, and an index far behind the end of a list', async () => {
    await kit.post('/treatments', bolus({ identifier: 'y', date: 1_707_552_999_000, list: [1] })).expect(201);
    const many = Object.fromEntries(Array.from({ length: 3000 }, (_, i) => [`k${i}`, i]));
    const began = performance.now();
    await kit.patch('/treatments/y', many).expect(200);
    expect(performance.now() - began).toBeLessThan(20_000);
    await kit.patch('/treatments/y', { 'list.4000000000': 1 }).expect(400);
    await kit.patch('/treatments/y', { 'list.length': 4_000_000_000 }).expect(400);
    const { body } = await kit.get('/treatments/y').expect(200);
    expect(body.result).toMatchObject({ k2999: 2999 });
  });

  it('a body nested a hundred thousand deep', async () => {
    const text = `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
    const { status } = await kit.post('/treatments').set('Content-Type', 'application/json').send(text);
    expect(status).toBe(400);
  });
});
