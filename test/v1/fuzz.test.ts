import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../support/start-server.ts';
import { call } from './call.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
  await call(server, 'POST', '/api/v1/entries', {
    body: [{ type: 'sgv', sgv: 100, date: Date.now(), a: { b: [1, { c: '2' }] } }]
  });
  await call(server, 'POST', '/api/v1/treatments', { body: [{ eventType: 'Note', notes: 'x', insulin: 1 }] });
});
afterAll(() => server.close());

const key = fc.oneof(
  fc.constantFrom(
    'date',
    'created_at',
    'dateString',
    '_id',
    'sgv',
    'notes',
    'a.b',
    'a.b.0.c',
    'constructor',
    '__proto__',
    '$or',
    '$and',
    '0',
    '1',
    ''
  ),
  fc.constantFrom(
    '$eq',
    '$ne',
    '$gte',
    '$in',
    '$nin',
    '$regex',
    '$options',
    '$exists',
    '$not',
    '$type',
    '$size',
    '$mod',
    '$all',
    '$elemMatch',
    '$where'
  ),
  fc.string({ maxLength: 4 })
);
const value = fc.oneof(
  fc.constantFrom(
    '1',
    'true',
    '/x/i',
    '2024-01-01',
    '1795320000000',
    '[',
    '(',
    '*',
    '0123456789abcdef01234567',
    '\0',
    '"',
    "'",
    '\\'
  ),
  fc.string({ maxLength: 8 })
);
const parameter = fc
  .tuple(fc.constantFrom('find', 'find', 'find', 'sort', 'count'), fc.array(key, { maxLength: 5 }), value)
  .map(
    ([name, keys, text]) => `${name}${keys.map((one) => `[${encodeURIComponent(one)}]`).join('')}=${encodeURIComponent(text)}`
  );
const query = fc.array(parameter, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('&'));
const path = fc.oneof(
  fc.constantFrom(
    '/entries',
    '/entries/sgv',
    '/treatments',
    '/devicestatus',
    '/activity',
    '/profiles',
    '/profile',
    '/count/entries/where',
    '/echo/treatments'
  ),
  fc
    .tuple(
      fc.constantFrom('/times', '/slice/entries', '/slice/treatments', '/entries'),
      fc.array(fc.string({ minLength: 1, maxLength: 6 }), { maxLength: 4 })
    )
    .map(([base, parts]) => [base, ...parts.map(encodeURIComponent)].join('/'))
);

describe('whatever is asked', () => {
  it('the answer is below 500', async () => {
    await fc.assert(
      fc.asyncProperty(path, query, async (where, what) => {
        const answer = await call(server, 'GET', `/api/v1${where}?${what}`);
        expect(answer.status, answer.text.slice(0, 200)).toBeLessThan(500);
      }),
      { numRuns: 600 }
    );
  }, 60_000);

  it('whatever is uploaded is stored as it is or refused as a whole', async () => {
    const json = fc.jsonValue({ maxDepth: 4 });
    const doc = fc.dictionary(
      fc.oneof(
        key,
        fc.constantFrom('eventType', 'carbs', 'preBolus', 'eventTime', 'duration', 'identifier', 'type', 'secret', 'token')
      ),
      json,
      { maxKeys: 6 }
    );
    const body = fc.oneof(
      fc.array(fc.oneof({ weight: 5, arbitrary: doc }, { weight: 1, arbitrary: json }), { maxLength: 3 }),
      doc
    );
    const collection = fc.constantFrom('entries', 'treatments', 'devicestatus', 'profile', 'food', 'activity');
    await fc.assert(
      fc.asyncProperty(collection, fc.constantFrom('POST', 'PUT'), body, async (where, method, what) => {
        const answer = await call(server, method, `/api/v1/${where}`, { body: what });
        expect(answer.status, answer.text.slice(0, 200)).toBeLessThan(500);
        if (answer.status === 200 && method === 'POST' && Array.isArray(what))
          expect(answer.body.length).toBeGreaterThanOrEqual(what.length);
      }),
      { numRuns: 400 }
    );
  }, 60_000);
});
