import { io } from 'socket.io-client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { JSON_TYPE, SECRET, type Site, startSite, unharmed } from './kit.ts';

let site: Site;
beforeAll(async () => {
  site = await startSite({
    ENABLE: 'careportal iob cob pump openaps loop',
    ALARM_TYPES: 'simple',
    // its treatments would snooze the alarm waited for
    DISABLE: 'treatmentnotify',
    BG_HIGH: '260',
    HEARTBEAT: '1'
  });
});
afterAll(() => site.stop());

const json = async (path: string): Promise<unknown> => (await site.send('GET', path)).json();
const v3 = () => ({ ...JSON_TYPE, ...site.bearer });

/** A socket that has authorised. */
async function reader() {
  const socket = io(site.url, { transports: ['websocket'], forceNew: true });
  const heard: [string, unknown][] = [];
  socket.onAny((event: string, data: unknown) => void heard.push([event, data]));
  await new Promise<void>((resolve) => socket.on('connect', () => resolve()));
  await new Promise((resolve) => socket.emit('authorize', { client: 'test', secret: SECRET['api-secret'] }, resolve));
  return { socket, heard };
}

/** Stores a document at a door. @returns the status, 200 of a socket being its success */
async function store(door: string, collection: string, text: string): Promise<number> {
  if (door !== 'socket') {
    const { status } = await site.send(
      'POST',
      `/api/${door}/${collection}`,
      text,
      door === 'v3' ? v3() : { ...JSON_TYPE, ...SECRET }
    );
    return status;
  }
  const { socket } = await reader();
  const answer = await new Promise<unknown>((resolve) => socket.emit('dbAdd', { collection, data: JSON.parse(text) }, resolve));
  socket.close();
  return Array.isArray(answer) && answer.length > 0 ? 200 : 400;
}

const DOORS = ['v1', 'v3', 'socket'] as const;
const reading = (fields: string): string => `{"type":"sgv","sgv":133,"device":"odd","app":"odd",${fields}}`;

describe('numbers no reader expects', () => {
  it.each([
    ['1e400', '"date":1e400'],
    ['-1e400', '"date":-1e400'],
    ['-0', '"date":-0'],
    ['a huge integer', '"date":123456789012345678901234567890'],
    ['beyond any date', '"date":9000000000000000'],
    ['before any date', '"date":-9000000000000000'],
    ['a small fraction', '"date":1795329859000.000001'],
    ['a value of 1e400', `"date":${Date.now() - 600_000},"sgv":1e400`],
    ['a value of -0', `"date":${Date.now() - 900_000},"sgv":-0`],
    ['an exponent as long as a story', `"date":${Date.now() - 950_000},"sgv":1e${'9'.repeat(5000)}`],
    ['digits as long as a story', `"date":${Date.now() - 970_000},"sgv":${'9'.repeat(50_000)}`]
  ])('%s: answered below 500 at every door, and every answer stays JSON', async (_what, fields) => {
    for (const door of DOORS) expect(await store(door, 'entries', reading(fields))).toBeLessThan(500);
    for (const path of ['entries.json?count=20', 'entries/sgv.json?count=20', 'entries/current.json'])
      expect(Array.isArray(await json(`/api/v1/${path}`))).toBe(true);
    expect(await json('/api/v2/properties')).toBeTypeOf('object');
    expect(await json('/pebble')).toMatchObject({ bgs: expect.any(Array) });
    await site.answers();
  });

  it.each(['NaN', 'Infinity', '-Infinity', 'undefined', '01', '1.', '.5', '0x10', "'1'"])('%s is no JSON', async (text) => {
    await unharmed(site, async () => {
      for (const door of ['v1', 'v3']) expect(await store(door, 'entries', reading(`"date":${text}`))).toBe(400);
    });
  });
});

describe('dates at the edges', () => {
  const ISO = [
    '0000-01-01T00:00:00.000Z',
    '0001-01-01T00:00:00Z',
    '-000001-01-01T00:00:00Z',
    '9999-12-31T23:59:59.999Z',
    '+275760-09-13T00:00:00.000Z',
    '+275760-09-13T00:00:00.001Z',
    '2025-02-30T00:00:00Z',
    '2025-11-23T24:00:00Z',
    '2025-11-23T23:59:60Z',
    '2025-11-23T12:00:00+99:99',
    '2025-W48-1',
    '2025-327',
    '20251123T120000Z',
    '2025-11-23T12:00:00,123456789Z',
    `2026-11-23T12:00:00.${'1'.repeat(5000)}Z`,
    '2025-11-23 12:00:00 +0000 UTC',
    'Mon, 23 Nov 2025 12:00:00 GMT',
    '',
    ' ',
    'now',
    '١٢٣٤-١١-٢٣T00:00:00Z'
  ];
  it.each(ISO)('%s', async (text) => {
    for (const door of DOORS)
      expect(
        await store(door, 'treatments', JSON.stringify({ eventType: 'Note', app: 'odd', created_at: text, date: text }))
      ).toBeLessThan(500);
    expect(Array.isArray(await json('/api/v1/treatments.json?count=50'))).toBe(true);
    expect(Array.isArray(await json('/api/v1/treatments.json?count=50&find[created_at][$gte]=0000-01-01'))).toBe(true);
    expect((await site.send('GET', '/api/v3/treatments?limit=100&sort$desc=date', undefined, v3())).status).toBe(200);
    await site.answers();
  });
});

describe('a document dated 2099 (GAP-API-021)', () => {
  const FUTURE = Date.parse('2099-01-01T00:00:00.000Z');
  const created_at = new Date(FUTURE).toISOString();
  const bg = async (): Promise<number> => ((await json('/api/v2/properties/bgnow')) as { bgnow: { last: number } }).bgnow.last;

  afterEach(async () => {
    for (const name of ['entries', 'treatments', 'devicestatus'])
      await site.send(
        'DELETE',
        `/api/v1/${name}?find[${name === 'entries' ? 'date' : 'created_at'}][$gte]=${name === 'entries' ? FUTURE - 1 : '2098-01-01'}`
      );
  });

  it.each(DOORS)('through %s: is stored, and hides neither the present reading nor the latest answers', async (door) => {
    const date = Date.now();
    await site.send('POST', '/api/v1/entries', { type: 'sgv', sgv: 101, date, device: door });
    await site.send('POST', '/api/v1/devicestatus', {
      device: door,
      created_at: new Date(date).toISOString(),
      pump: { reservoir: 42 }
    });
    await site.send('POST', '/api/v1/treatments', { eventType: 'Note', notes: door, created_at: new Date(date).toISOString() });
    await site.send('POST', '/api/v1/profile', {
      defaultProfile: 'now',
      startDate: new Date(date).toISOString(),
      store: { now: { basal: [] } }
    });
    const before = (await json('/pebble')) as { bgs: unknown[] };
    expect(before).toMatchObject({ bgs: [{ sgv: '101' }] });

    expect(await store(door, 'entries', reading(`"date":${FUTURE},"sgv":39`))).toBeLessThan(300);
    expect(
      await store(
        door,
        'devicestatus',
        JSON.stringify({ device: 'odd', app: 'odd', date: FUTURE, created_at, pump: { reservoir: 1 } })
      )
    ).toBeLessThan(300);
    expect(
      await store(door, 'treatments', JSON.stringify({ eventType: 'Note', notes: 'odd', app: 'odd', date: FUTURE, created_at }))
    ).toBeLessThan(300);

    // stored
    expect(await json(`/api/v1/entries.json?find[date][$gte]=${FUTURE}`)).toHaveLength(1);
    expect(await json('/api/v1/treatments.json?find[created_at]=2099-01-01T00:00:00.000Z')).toHaveLength(1);
    // and no more than that
    expect(await bg()).toBe(101);
    expect(await json('/pebble')).toMatchObject({ bgs: [{ sgv: '101' }] });
    for (const path of [
      'entries/current.json',
      'entries.json?count=1',
      'entries/sgv.json?count=1',
      'entries/sgv.json?find[sgv][$gte]=1&count=1'
    ])
      expect(await json(`/api/v1/${path}`)).toMatchObject([{ sgv: 101 }]);
    expect(await json('/api/v1/devicestatus.json?count=1')).toMatchObject([{ device: door }]);
    expect(await json('/api/v1/treatments.json?count=1')).toMatchObject([{ notes: door }]);
    expect(await json('/api/v2/properties/pump')).not.toMatchObject({ pump: { data: { reservoir: { value: 1 } } } });

    // the next reading is told to everybody, and alarms
    const { socket, heard } = await reader();
    await site.send('POST', '/api/v1/entries', { type: 'sgv', sgv: 300, date: Date.now(), device: `${door} high` });
    await expect.poll(() => heard.map(([event]) => event)).toContain('urgent_alarm');
    expect(heard.some(([event, data]) => event === 'dataUpdate' && JSON.stringify(data).includes('"mgdl":300'))).toBe(true);
    expect(await bg()).not.toBe(39);
    socket.close();
  });

  it('profile of 2099: the one in force stays', async () => {
    const current = await json('/api/v1/profile/current');
    await site.send('POST', '/api/v1/profile', {
      defaultProfile: 'future',
      startDate: created_at,
      store: { future: { basal: [] } }
    });
    expect(await json('/api/v1/profile/current')).toEqual(current);
  });
});

describe('texts no one can type', () => {
  it.each([
    ['a lone surrogate', '"\\ud800"'],
    ['the other half', '"\\udc00x"'],
    ['NUL', '"a\\u0000b"'],
    ['every control character', `"${Array.from({ length: 32 }, (_, n) => `\\u${n.toString(16).padStart(4, '0')}`).join('')}"`],
    ['a right-to-left override', '"\\u202e"'],
    ['a megabyte of combining marks', `"${'\\u0301'.repeat(100_000)}"`]
  ])('%s: comes back as JSON from every door, as a value and as a key', async (_what, text) => {
    for (const door of DOORS) {
      const date = Date.now() - Math.floor(Math.random() * 3_600_000) - 60_000;
      const doc = `{"eventType":"Note","app":"odd","date":${date},"created_at":"${new Date(date).toISOString()}","notes":${text},${text}:1,"enteredBy":"odd"}`;
      expect(await store(door, 'treatments', doc)).toBeLessThan(500);
    }
    for (const path of ['/api/v1/treatments.json?count=200', '/api/v2/ddata/at']) await json(path);
    await (await site.send('GET', '/api/v3/treatments?limit=500', undefined, v3())).json();
    const { socket, heard } = await reader();
    await expect.poll(() => heard.length).toBeGreaterThan(0);
    socket.close();
    await site.answers();
  });

  it.each([
    ['a lone byte', [0x80]],
    ['an overlong slash', [0xc0, 0xaf]],
    ['half a letter', [0xe2, 0x82]],
    ['a surrogate in UTF-8', [0xed, 0xa0, 0x80]],
    ['above Unicode', [0xf5, 0x80, 0x80, 0x80]]
  ])('invalid UTF-8: %s in a body', async (_what, bytes) => {
    for (const door of ['v1', 'v3']) {
      const body = Buffer.concat([
        Buffer.from('{"eventType":"Note","app":"odd","date":1795329859000,"notes":"'),
        Buffer.from(bytes),
        Buffer.from('"}')
      ]);
      const answer = await fetch(`${site.url}/api/${door}/treatments`, { method: 'POST', headers: { ...v3(), ...SECRET }, body });
      expect(answer.status).toBeLessThan(500);
    }
    await json('/api/v1/treatments.json?count=200');
    await site.answers();
  });
});

describe('keys that are more than keys', () => {
  const KEYS = [
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'hasOwnProperty',
    'valueOf',
    'toJSON',
    'then',
    '__defineGetter__',
    'length'
  ];

  it.each(KEYS)('%s in a document is a field like any other', async (key) => {
    for (const [n, door] of DOORS.entries()) {
      const date = Date.now() - 120_000 - n;
      const doc = `{"eventType":"Note","app":"odd","date":${date},"created_at":"${new Date(date).toISOString()}","enteredBy":"${key}","${key}":{"polluted":true,"isAdmin":true}}`;
      expect(await store(door, 'treatments', doc)).toBeLessThan(500);
    }
    for (const path of [
      '/api/v1/treatments.json?count=200',
      '/api/v2/properties',
      '/api/v2/ddata/at',
      '/api/v1/status.json',
      '/pebble'
    ])
      expect(JSON.stringify(await json(path))).not.toMatch(/"(?!__proto__|constructor)[a-z]+Authorized":true,"polluted"/);
    expect((await fetch(`${site.url}/api/v1/treatments`, { method: 'POST', headers: JSON_TYPE, body: '{}' })).status).toBe(401);
    await site.answers();
  });

  it.each(KEYS)('%s in a query, a path and a subject', async (key) => {
    await unharmed(site, async () => {
      for (const path of [
        `/api/v1/entries.json?${key}=1`,
        `/api/v1/entries.json?${key}[isAdmin]=1&find[${key}]=1`,
        `/api/v1/entries.json?find[${key}][$gt]=1`,
        `/api/v1/entries.json?find[a][${key}]=1`,
        `/api/v1/entries/${key}`,
        `/api/v1/count/${key}/where`,
        `/api/v1/slice/${key}/${key}/${key}/${key}/${key}`,
        `/api/v1/echo/${key}/${key}`,
        `/api/v2/properties/${key}`,
        `/api/v2/authorization/request/${key}`,
        `/api/v3/${key}`,
        `/api/v3/entries/${key}`,
        `/api/v3/entries?${key}=1&sort=${key}&fields=${key}`,
        `/api/v3/entries?${key}$gt=1`
      ]) {
        const answer = await site.send('GET', path, undefined, { ...SECRET, ...site.bearer });
        expect([path, answer.status < 500]).toEqual([path, true]);
        await answer.text();
      }
    });
    const role = await site.send('POST', '/api/v2/authorization/roles', `{"name":"${key}","permissions":["x"],"${key}":{"a":1}}`);
    expect(role.status).toBeLessThan(500);
    expect((await site.send('GET', '/api/v2/authorization/subjects', undefined, {})).status).toBe(401);
  });
});
