import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { JSON_TYPE, SECRET, type Site, startSite } from './kit.ts';

// Nobody who uses a site as it is meant meets a limit: all of this comes from one address, with the limits of production.

let site: Site;
beforeAll(async () => {
  site = await startSite({ ENABLE: 'careportal iob cob pump openaps loop' });
});
afterAll(() => site.stop());

const HOME = { 'x-forwarded-for': '203.0.113.50' };
const DAY = 86_400_000;
const MINUTE = 60_000;
const seen = new Map<number, number>();

async function ask(
  method: string,
  path: string,
  options: { body?: unknown; gzip?: boolean; jwt?: boolean } = {}
): Promise<unknown> {
  const text = options.body === undefined ? undefined : JSON.stringify(options.body);
  const answer = await fetch(site.url + path, {
    method,
    headers: {
      ...HOME,
      ...(options.jwt ? site.bearer : SECRET),
      ...(text !== undefined && JSON_TYPE),
      ...(options.gzip && { 'content-encoding': 'gzip' })
    },
    ...(text !== undefined && { body: new Uint8Array(options.gzip ? gzipSync(text) : Buffer.from(text)) })
  });
  seen.set(answer.status, (seen.get(answer.status) ?? 0) + 1);
  const body = await answer.text();
  if (answer.status >= 400) throw new Error(`${method} ${path}: ${answer.status} ${body.slice(0, 200)}`);
  return body === '' ? undefined : JSON.parse(body);
}

const NOW = Date.now();
const iso = (ms: number): string => new Date(ms).toISOString();
const each = <T>(count: number, make: (n: number) => T): T[] => Array.from({ length: count }, (_, n) => make(n));

/** xDrip+: 90 days of readings, gzipped batches of 500, one after the other; then treatments one by one. */
async function xdrip(): Promise<void> {
  for (let day = 0; day < 90; day++) {
    const entries = each(288, (n) => {
      const date = NOW - day * DAY - n * 5 * MINUTE;
      return {
        type: 'sgv',
        sgv: 100 + (n % 80),
        date,
        dateString: iso(date),
        direction: 'Flat',
        device: 'xDrip-DexcomG6',
        filtered: 1,
        noise: 1
      };
    });
    await ask('POST', '/api/v1/entries', { body: entries, gzip: true });
    await ask('GET', '/api/v1/treatments?count=40');
  }
  for (let n = 0; n < 100; n++) {
    const uuid = `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
    await ask('PUT', '/api/v1/treatments', {
      body: { eventType: 'Meal Bolus', carbs: 20, uuid, created_at: iso(NOW - n * 6 * 60 * MINUTE) }
    });
    await ask('GET', `/api/v1/treatments.json?find[uuid]=${uuid}`);
  }
}

/** Loop and Trio: what was kept while away, in batches. */
async function loop(): Promise<void> {
  for (let part = 0; part < 60; part++) {
    const treatments = each(100, (n) => ({
      eventType: 'Temp Basal',
      rate: 1,
      duration: 30,
      syncIdentifier: `loop-${part}-${n}`,
      created_at: iso(NOW - (part * 100 + n) * 10 * MINUTE)
    }));
    await ask('POST', '/api/v1/treatments', { body: treatments });
    await ask('POST', '/api/v1/devicestatus', {
      body: [
        {
          device: 'loop://iPhone',
          created_at: iso(NOW - part * 5 * MINUTE),
          loop: { predicted: { values: each(72, (n) => 100 + n), startDate: iso(NOW) } }
        }
      ]
    });
  }
}

/** AAPS: the first sync. One document at a time through v3, then pages of history. */
async function aaps(): Promise<void> {
  await ask('GET', '/api/v3/lastModified', { jwt: true });
  for (let n = 0; n < 600; n++) {
    await ask('POST', '/api/v3/treatments', {
      jwt: true,
      body: {
        eventType: 'Bolus',
        insulin: 1,
        app: 'AAPS',
        date: NOW - 1000 - n * 80 * MINUTE,
        pumpId: n,
        pumpType: 'X',
        pumpSerial: 'Y',
        utcOffset: 60
      }
    });
    if (n % 3 === 0)
      await ask('POST', '/api/v3/devicestatus', {
        jwt: true,
        body: {
          device: 'openaps://AAPS',
          app: 'AAPS',
          date: NOW - n * 5 * MINUTE,
          openaps: { suggested: { predBGs: { IOB: each(48, (m) => m) } } }
        }
      });
  }
  for (const collection of ['entries', 'treatments', 'devicestatus', 'profile', 'food']) {
    let since = 1_500_000_000_000;
    for (let page = 0; page < 200; page++) {
      const { result } = (await ask('GET', `/api/v3/${collection}/history/${since}?limit=500`, { jwt: true })) as {
        result: { srvModified: number }[];
      };
      if (result.length === 0) break;
      since = result.at(-1)!.srvModified;
    }
  }
}

/** Ten of the family: LoopFollow asks every 10 s, nightguard, a watch face; and one makes the report of a quarter. */
async function followers(rounds: number): Promise<void> {
  await Promise.all(
    each(10, async (who) => {
      for (let round = 0; round < rounds; round++) {
        for (const path of [
          '/api/v1/entries.json?count=289&find[date][$gte]=1',
          '/api/v1/devicestatus.json?count=1',
          `/api/v1/treatments.json?find[created_at][$gte]=${iso(NOW - DAY)}&count=1000`,
          '/api/v1/treatments.json?find[eventType]=Sensor%20Start&count=1&find[created_at][$lte]=2027',
          '/api/v1/profile/current.json',
          '/api/v2/properties',
          '/api/v2/properties/iob,cob,bgnow,delta',
          '/pebble?count=3',
          '/api/v1/status.json'
        ])
          await ask('GET', path);
        if (who === 0 && round === 0)
          await Promise.all(
            each(90, async (day) => {
              const [from, to] = [iso(NOW - (day + 1) * DAY), iso(NOW - day * DAY)];
              await ask(
                'GET',
                `/api/v1/entries.json?find[date][$gte]=${NOW - (day + 1) * DAY}&find[date][$lt]=${NOW - day * DAY}&count=10000`
              );
              for (const name of ['treatments', 'devicestatus'])
                await ask('GET', `/api/v1/${name}.json?find[created_at][$gte]=${from}&find[created_at][$lt]=${to}&count=10000`);
            })
          );
      }
    })
  );
}

it('90 days from xDrip+, Loop and AAPS at once, while ten of the family look on: no 429', async () => {
  await Promise.all([xdrip(), loop(), aaps(), followers(6)]);
  expect(seen.get(429)).toBeUndefined();
  const count = async (name: string): Promise<number> =>
    (
      (await (await site.send('GET', `/api/v1/count/${name}/where.json?find[_id][$ne]=ffffffffffffffffffffffff`)).json()) as [
        { count: number }
      ]
    )[0].count;
  // and nothing was lost: one document of each stood there before
  expect(await count('entries')).toBe(90 * 288 + 1);
  expect(await count('treatments')).toBe(100 + 6000 + 600 + 1);
  expect(await count('devicestatus')).toBe(60 + 200 + 1);
}, 240_000);
