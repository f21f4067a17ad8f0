import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bolus, createV3Kit, reading, type V3Kit } from './v3-kit.ts';

let kit: V3Kit;
beforeAll(async () => {
  kit = await createV3Kit({ API3_MAX_LIMIT: '50' });
  const docs = [
    { sgv: 90, device: 'B', noise: 0 },
    { sgv: 110, device: 'A', noise: 1 },
    { sgv: 130, device: 'B', noise: 2 },
    { sgv: 150, device: 'A', noise: 0, direction: 'SingleUp', note: 'true', tags: ['x', 'y'] },
    { sgv: 170, device: 'B', noise: 1, direction: 'SingleUp', flag: true, n: { m: 1 } },
    { sgv: 190, device: 'A', noise: 2, direction: 'SingleUp', flag: 'true', n: { m: 2 } }
  ];
  for (const [i, doc] of docs.entries())
    await kit.post('/entries', reading({ identifier: `s-${i}`, date: 1_707_552_000_000 + i * 300_000, ...doc })).expect(201);
  await kit.post('/entries', reading({ identifier: 's-9', date: 1_707_570_000_000, device: 'A' })).expect(201);
  await kit.delete('/entries/s-9').expect(200);
});
afterAll(() => kit.close());

async function found(query: string): Promise<string> {
  const { body } = await kit.get(`/entries?${query}`).expect(200);
  return body.result.map(({ identifier }: { identifier: string }) => identifier.slice(2)).join('');
}

describe('filters (rest-v3 §11.4)', () => {
  it.each([
    ['', '012345'],
    ['sgv=110', '1'],
    ['sgv$eq=110', '1'],
    ['sgv$ne=110', '02345'],
    ['sgv$gt=150', '45'],
    ['sgv$gte=150', '345'],
    ['sgv$lt=110', '0'],
    ['sgv$lte=110', '01'],
    ['nosuch$ne=1', '012345'],
    ['nosuch=1', ''],
    ['count=1', ''],
    ['device=A', '135'],
    ['device$in=A|C', '135'],
    ['device$nin=A|C', '024'],
    ['tags=y', '3'],
    ['n.m=2', '5'],
    ['note=true', ''],
    ["note='true'", '3'],
    ['flag=true', '4'],
    ["flag='true'", '5'],
    ["sgv='110'", ''],
    ['sgv$gt=abc', ''],
    ['sgv=', ''],
    ['device$re=^A', '135'],
    ['direction$re=Up$', '345'],
    ['direction$re=up$', ''],
    ['direction$re=(?i)up$', '345'],
    ['sgv$re=1', ''],
    ['date$gte=1707553200000', '45'],
    ['date$gte=1707553200', '45'],
    ['date$gte=2024-02-10T08:20:00.000Z', '45'],
    ['date$gte=2024-02-10T09:20:00%2B01:00', '45'],
    ['date=1707552600000', '2'],
    ['created_at$gt=1707553200000', '5'],
    ['created_at$gte=2024-02-10T08:20:00Z', '45'],
    ['created_at$re=T08:2', '45'],
    ['identifier$in=s-1|s-2|s-9', '12'],
    ['noise=0&device=B', '0'],
    ['now=5&token=x&device=B', '024'],
    ['sgv$=1', ''],
    ['isValid=false', '012345'],
    ['isValid$ne=true', '012345'],
    ['srvModified$gt=1000', '012345'],
    ['srvModified$lt=1000', '']
  ])('%s', async (query, expected) => {
    expect(await found(query)).toBe(expected);
  });

  it.each([
    ['sgv$gte=110&sgv$lte=150', '123'],
    ['sgv$gte=110&sgv$gte=150', '345'],
    ['sgv=110&sgv=130', ''],
    ['sgv$in=110|130', '12'],
    ['sgv$nin=110|130', '0345'],
    ['date$in=1707552000000|1707552300000', '01'],
    ['flag$in=true', '45']
  ])('%s: ANDed, and lists match numbers (D13)', async (query, expected) => {
    expect(await found(query)).toBe(expected);
  });

  it.each(['sgv[$gt]=1', 'device[$ne]=x', '$where[a]=1', '__proto__[x]=1', 'a[b][c]=d'])(
    '%s smuggles no operator in (Q7)',
    async (query) => {
      const { status, body } = await kit.get(`/entries?${query}`);
      expect([200, 400]).toContain(status);
      if (status === 200) expect(body.result).toEqual([]);
    }
  );

  const outOfTolerance = (name: string, values: string[]) =>
    values.map((value): [query: string, message: unknown] => [`${name}=${value}`, `Parameter ${name} out of tolerance`]);
  const refused: [query: string, message: unknown][] = [
    ['sgv$foo=1', 'Unsupported filter operator foo'],
    ['sgv$RE=1', 'Unsupported filter operator RE'],
    ['$or=x', 'Unsupported filter operator or'],
    ['$where=1', 'Unsupported filter operator where'],
    ['device$re=[', expect.any(String)],
    ['device$re=(?=x)', expect.any(String)],
    ['fields=a,', expect.any(String)],
    ['fields=$x', expect.any(String)],
    ['sort=a&sort$desc=b', 'Parameters sort and sort_desc cannot be combined'],
    ...outOfTolerance('limit', ['0', '-1', 'abc', '51', '0.5', '0x3', '1&limit=2', 'Infinity']),
    ...outOfTolerance('skip', ['-1', 'abc']),
    ['sort=a&sort$desc=b&sgv$foo=1&limit=x', 'Unsupported filter operator foo']
  ];
  it.each(refused)('%s is refused', async (query, message) => {
    expect((await kit.get(`/entries?${query}`).expect(400)).body).toEqual({ status: 400, message });
  });
});

describe('order and paging', () => {
  it.each([
    ['sort=sgv&limit=2', '01'],
    ['sort$desc=sgv&limit=2', '54'],
    ['sort$desc=date&limit=1.9', '5'],
    ['sort=device', '135024'],
    ['sort$desc=device', '420531'],
    ['sort=n.m&n.m$gte=1', '45'],
    ['skip=2&limit=2', '23'],
    ['skip=&limit=', '012345'],
    ['limit=1e1', '012345']
  ])('%s', async (query, expected) => {
    expect(await found(query)).toBe(expected);
  });
});

describe('fields', () => {
  it('exact top-level names, unknown ones missing', async () => {
    const result = async (fields: string) => (await kit.get(`/entries?limit=1&fields=${fields}`).expect(200)).body.result[0];
    expect(await result('identifier,sgv')).toEqual({ identifier: 's-0', sgv: 90 });
    expect(await result('nope')).toEqual({});
    expect(await result('n.m')).toEqual({});
    expect(await result('_id')).toEqual({});
    expect(await result('_all')).toHaveProperty('created_at');
  });
});

describe('documents as v3 shows them (rest-v3 §5, §16)', () => {
  it('those of the reference get their identifier and virtual times, stored as they are', async () => {
    await kit.plant('treatments', {
      _id: '65c7000000000000000e0001',
      eventType: 'Note',
      created_at: '2019-04-27T00:40:00.000Z',
      notes: 'n',
      utcOffset: 120
    });
    const expected = {
      eventType: 'Note',
      created_at: '2019-04-27T00:40:00.000Z',
      notes: 'n',
      utcOffset: 120,
      identifier: '65c7000000000000000e0001',
      srvModified: 1_556_325_600_000,
      srvCreated: 1_556_325_600_000
    };
    expect((await kit.get('/treatments')).body.result).toEqual([expected]);
    const { body, headers } = await kit.get('/treatments/65C7000000000000000E0001').expect(200);
    expect(body.result).toEqual(expected);
    expect(headers['last-modified']).toBe('Sat, 27 Apr 2019 00:40:00 GMT');
  });

  it('the quick way of presenting gives what the careful one does', async () => {
    const tricky = [
      { identifier: 'plain' },
      { nested: { identifier: 'inner', a: [{ identifier: 'x' }] } },
      { identifier: 'both', nested: { identifier: 'inner' } },
      { nested: { identifier: 'inner' }, identifier: 'after' },
      { notes: 'says "identifier":"x" and {[\\"', identifier: 'quoting' },
      { notes: '}"srvModified":1,"srvCreated":2}' },
      { list: [1, { identifier: 'deep' }], notes: 'é\u2028"' }
    ];
    for (const [i, fields] of tricky.entries())
      await kit.post('/food', bolus({ date: 1_707_552_000_000 + i * 1000, ...fields })).expect(201);
    const { body } = await kit.get('/food?sort=date');
    const stored = await kit.stored('food');
    expect(body.result).toHaveLength(tricky.length);
    for (const shown of body.result) {
      const { _id, ...rest } = stored.find(({ date }) => date === shown.date)!;
      expect(shown).toEqual({ ...rest, identifier: rest.identifier ?? _id });
    }
  });
});
