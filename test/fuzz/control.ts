import type { Agent } from 'node:http';
import { isDeepStrictEqual } from 'node:util';
import { io, type Socket } from 'socket.io-client';
import type { Committed } from '../../src/bus/events.ts';
import { remove } from '../../src/collections/mutations.ts';
import type { Doc } from '../../src/storage/port.ts';
import { answerOf } from './send-frame.ts';
import { sendHttp } from './send-http.ts';
import type { Site } from './site.ts';

/** How long a new reading may take to everybody who waits for it, ms. */
const PATIENCE_MS = 30_000;
const DAY = 86_400_000;

const V3 = ['entries', 'treatments', 'devicestatus', 'profile', 'food', 'settings'] as const;
/** Every list in every form, with the newest of what was stored in between. */
const LISTS = [
  ...['json', 'csv', 'tsv', 'txt', 'html'].map((form) => `/api/v1/entries.${form}?count=500&find[date][$ne]=1`),
  ...[
    'entries/sgv',
    'entries/current',
    'treatments',
    'devicestatus',
    'profile',
    'profiles',
    'profile/current',
    'food',
    'food/quickpicks',
    'food/regular',
    'activity'
  ].map((path) => `/api/v1/${path}.json?count=500`),
  ...['treatments', 'devicestatus', 'activity'].map((path) => `/api/v1/${path}.json?count=500&find[created_at][$gte]=1970-01-01`),
  ...V3.flatMap((name) => ['json', 'csv', 'xml'].map((form) => `/api/v3/${name}.${form}?limit=500`)),
  ...V3.map((name) => `/api/v3/${name}/history/1000000000000?limit=500`),
  ...[
    '/api/v3/lastModified',
    '/api/v3/status',
    '/api/v3/version',
    '/api/v2/properties',
    '/api/v2/ddata/at',
    '/api/v2/ddata/at/2026-11-20T12:00:00Z'
  ],
  ...[
    '/api/v2/summary?hours=24',
    '/api/v2/predictions?hours=24',
    '/pebble?count=10',
    '/api/v1/status.json',
    '/api/v1/adminnotifies',
    '/api/v1/verifyauth'
  ],
  ...[
    '/api/v1/count/entries/where',
    '/api/v1/times/2026-11.json',
    '/api/v1/slice/entries/dateString/sgv/2026.json',
    '/api/v2/authorization/subjects',
    '/api/v2/authorization/roles'
  ]
];

/** Looks from time to time whether everything still works. */
export interface Control {
  /** Takes note of what was stored. */
  note(committed: readonly Committed[]): void;
  /** Nothing of what was noted is there any more. */
  forget(): void;
  /** @returns what does not work any more, in words */
  look(): Promise<string[]>;
  /** Whether an urgent alarm still goes out, once every silence is over; for the end of a run. */
  alarm(): Promise<string[]>;
  close(): void;
}

export async function createControl(site: Site, agent: Agent): Promise<Control> {
  const stored = new Map<string, { collection: Committed['collection']; doc: Doc | undefined }>();
  const waiting = new Map<string, () => void>();
  let round = 0;
  let reader: Socket | undefined;

  async function listen(): Promise<void> {
    reader?.disconnect();
    reader = io(site.server.url, { transports: ['websocket'], forceNew: true, reconnection: false });
    for (const event of ['dataUpdate', 'announcement', 'alarm', 'urgent_alarm', 'notification'])
      reader.on(event, (message: unknown) => {
        const text = `${event} ${JSON.stringify(message)}`;
        for (const [part, resolve] of waiting) if (text.includes(part)) resolve();
      });
    await new Promise<void>((resolve) => reader!.once('connect', resolve));
    await answerOf(reader, 'authorize', [{ secret: site.fill('{{secret}}') }]);
  }

  const hears = (part: string, what: string): Promise<string | undefined> =>
    new Promise((resolve) => {
      const timer = setTimeout(() => resolve(`${what} does not arrive at the root socket`), PATIENCE_MS);
      waiting.set(part, () => {
        clearTimeout(timer);
        waiting.delete(part);
        resolve(undefined);
      });
    });

  const ask = (method: string, path: string, body?: unknown) =>
    sendHttp(site, agent, {
      method,
      path,
      headers: path.startsWith('/api/v3')
        ? { authorization: 'Bearer {{jwt:admin}}' }
        : {
            'api-secret': '{{secret}}',
            'content-type': 'application/json',
            accept: path.includes('.') ? '*/*' : 'application/json'
          },
      ...(body !== undefined && { body: JSON.stringify(body) })
    });

  /** What was announced is what is stored. */
  async function readBack(): Promise<string[]> {
    const faults: string[] = [];
    for (const [key, { collection, doc }] of stored) {
      const _id = key.slice(key.indexOf(' ') + 1);
      let found: Doc | undefined;
      for await (const batch of site.server.services.storage.find(collection, { filter: { _id }, limit: 1 }))
        found = batch[0]?.doc;
      const same = isDeepStrictEqual(JSON.parse(JSON.stringify(found ?? null)), JSON.parse(JSON.stringify(doc ?? null)));
      if (!same)
        faults.push(
          `${collection} ${_id} is not stored as it was announced: ${JSON.stringify(doc)} is ${JSON.stringify(found)}`.slice(
            0,
            1500
          )
        );
    }
    stored.clear();
    return faults;
  }

  /** Readings of these days go, so that the next one is the newest; those of other times stay, and must not get in its way. */
  async function clearDay(): Promise<void> {
    const { storage, commit } = site.server.services;
    const isNear = (value: unknown): boolean => {
      const ms = typeof value === 'number' ? value : Number(value) || Date.parse(String(value));
      return [ms, ms * 1000].some((one) => Math.abs(one - site.clock.now) < DAY);
    };
    const ids: string[] = [];
    for await (const batch of storage.find('entries', { filter: {} }))
      for (const { doc } of batch)
        if ([doc.date, doc.dateString, doc.sysTime, doc.mills, doc.created_at].some(isNear)) ids.push(doc._id!);
    await commit(
      'entries',
      'server',
      ids.map((id) => remove(id))
    );
  }

  async function look(): Promise<string[]> {
    round += 1;
    await site.renew();
    await listen();
    const faults = await readBack();
    for (const path of LISTS) {
      const { status, trouble, text } = await ask('GET', path);
      if (status !== 200) faults.push(`GET ${path}: ${trouble ?? status} ${text.slice(0, 200)}`);
    }
    await clearDay();
    const sgv = 90 + (round % 60);
    const date = site.clock.now - 1;
    const device = `control-${round}`;
    const arrives = hears(`"${device}"`, 'a new reading');
    const posted = await ask('POST', '/api/v1/entries.json', [
      { type: 'sgv', sgv, date, dateString: new Date(date).toISOString(), device }
    ]);
    if (posted.status !== 200)
      faults.push(`a reading is answered with ${posted.status} ${posted.trouble ?? ''} ${posted.text.slice(0, 200)}`);
    const late = await arrives;
    if (late) faults.push(late);
    const current = JSON.parse((await ask('GET', '/api/v1/entries/current.json')).text || '[]') as { sgv?: unknown }[];
    if (current[0]?.sgv !== sgv) faults.push(`entries/current shows ${JSON.stringify(current[0])}, not ${sgv}`.slice(0, 500));
    const pebble = JSON.parse((await ask('GET', '/pebble')).text || '{}') as { bgs?: { sgv?: unknown }[] };
    if (pebble.bgs?.[0]?.sgv !== String(sgv)) faults.push(`/pebble shows ${JSON.stringify(pebble)}, not ${sgv}`.slice(0, 500));
    const { bgnow } = JSON.parse((await ask('GET', '/api/v2/properties/bgnow')).text || '{}') as { bgnow?: { last?: unknown } };
    if (bgnow?.last !== sgv) faults.push(`properties show ${JSON.stringify(bgnow)}, not ${sgv}`.slice(0, 500));

    const notes = `control announcement ${round}`;
    const announced = hears(`"${notes}"`, 'an announcement');
    const created_at = new Date(date).toISOString();
    await ask('POST', '/api/v1/treatments', [{ eventType: 'Announcement', notes, isAnnouncement: true, created_at, device }]);
    const silent = await announced;
    if (silent) faults.push(silent);
    return faults;
  }

  async function alarm(): Promise<string[]> {
    site.clock.now += 25 * 3_600_000;
    await site.renew();
    await listen();
    const rings = hears('urgent_alarm {', 'an urgent alarm');
    await ask('POST', '/api/v1/entries.json', [{ type: 'sgv', sgv: 350, date: site.clock.now - 1, device: 'control-alarm' }]);
    const silent = await rings;
    return silent ? [silent] : [];
  }

  return {
    note: (committed) => {
      for (const { collection, op, doc, soft } of committed)
        stored.set(`${collection} ${doc._id}`, { collection, doc: op === 'delete' && !soft ? undefined : doc });
    },
    forget: () => stored.clear(),
    look,
    alarm,
    close: () => void reader?.disconnect()
  };
}
