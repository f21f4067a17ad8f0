import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type Alarms, createAlarms } from '../../src/alarms/alarms.ts';
import type { Check } from '../../src/alarms/checks/check.ts';
import { createChecks, type RunChecks } from '../../src/alarms/checks/index.ts';
import { simplealarms } from '../../src/alarms/checks/simplealarms.ts';
import type { EventMap } from '../../src/bus/events.ts';
import { upsert } from '../../src/collections/mutations.ts';
import { createCurrent } from '../../src/plugins/current.ts';
import type { Services } from '../../src/services.ts';
import type { CollectionName, Doc, Storage } from '../../src/storage/port.ts';
import { type BareServer, bareServer } from '../sockets/bare-server.ts';
import { startServer } from '../support/start-server.ts';

const T = 1704110400000;
const MINUTE = 60_000;
const LOW = 45;
/** Every feature with a check. */
const ALL =
  'ar2 simplealarms timeago upbat pump openaps loop xdripjs bwp iob cob cage sage iage bage treatmentnotify careportal dbsize';
const ALERTS = Object.fromEntries(
  ['TIMEAGO', 'UPBAT', 'PUMP', 'OPENAPS', 'LOOP', 'XDRIPJS', 'CAGE', 'SAGE', 'IAGE', 'BAGE', 'DBSIZE'].map((name) => [
    `${name}_ENABLE_ALERTS`,
    'true'
  ])
);

interface Site {
  readonly clock: { now: number };
  readonly services: Services;
  /** Events on the bus, in order: `urgent_alarm Urgent LOW`. */
  readonly heard: string[];
  readonly queries: () => number;
  alarms: Alarms;
  /** Waits until a cycle has begun and ended after this call. */
  cycle(): Promise<void>;
  cycles(): number;
  /** Closes the alarms and makes new ones over the same storage. */
  restart(startedMs?: number): Promise<void>;
  put(collection: CollectionName, ...docs: Doc[]): Promise<void>;
}

let server: BareServer;
let site: Site | undefined;
afterEach(async () => {
  await site?.alarms.close();
  await server?.close();
  site = undefined;
});

async function open(
  env: Record<string, string> = {},
  {
    runChecks = createChecks(),
    startedMs = 1e9,
    wrap = (storage) => storage
  }: { runChecks?: RunChecks; startedMs?: number; wrap?: (storage: Storage) => Storage } = {}
): Promise<Site> {
  const clock = { now: T };
  let queries = 0;
  server = await bareServer(
    { ENABLE: ALL, ALARM_TYPES: 'simple', ...ALERTS, ...env },
    {
      now: () => clock.now,
      wrap: (storage) => {
        const wrapped = wrap(storage);
        return {
          ...wrapped,
          find: (...args) => {
            queries += 1;
            return wrapped.find(...args);
          }
        };
      }
    }
  );
  const services: Services = { ...server.services, config: { ...server.services.config, heartbeatMs: 20 } };
  let cycles = 0;
  const counted: RunChecks = (...args) => {
    cycles += 1;
    return runChecks(...args);
  };
  const make = (ms: number) => createAlarms({ services, current: createCurrent(services), runChecks: counted, startedMs: ms });
  const made: Site = {
    clock,
    services,
    heard: [],
    queries: () => queries,
    alarms: make(startedMs),
    cycles: () => cycles,
    async cycle() {
      const from = cycles;
      await expect.poll(() => cycles, { timeout: 30_000, interval: 10 }).toBeGreaterThan(from + 1);
    },
    async restart(ms = startedMs) {
      await made.alarms.close();
      made.alarms = make(ms);
      made.alarms.start();
    },
    async put(collection, ...docs) {
      await services.commit(
        collection,
        'v1',
        docs.map((doc) => upsert(collection, doc, { onMatch: 'replace' }))
      );
    }
  };
  services.bus.subscribe('notification', 'test', ({ event, message }) => {
    made.heard.push(`${event} ${'clear' in message ? message.message : message.title}`);
  });
  made.alarms.start();
  site = made;
  return made;
}

const sgv = (value: number, at: number): Doc => ({ type: 'sgv', sgv: value, date: at, dateString: new Date(at).toISOString() });
const ack: EventMap['alarm-ack'] = { level: 2, group: 'default', silenceMs: 30 * MINUTE };
const LOW_ALARM = 'urgent_alarm Urgent LOW';

describe('stale data (D23)', () => {
  it('warns after 16 minutes and alarms after 31, by the clock alone and without a query', async () => {
    const { clock, heard, cycle, put, queries } = await open();
    await put('entries', sgv(100, T));
    await cycle();
    const before = queries();
    clock.now = T + 15 * MINUTE;
    await cycle();
    expect(heard).toEqual([]);
    clock.now = T + 16 * MINUTE;
    await cycle();
    expect(new Set(heard.splice(0))).toEqual(new Set(['alarm Stale data, check rig?']));
    clock.now = T + 31 * MINUTE;
    await cycle();
    expect(heard.at(-1)).toBe('urgent_alarm Stale data, check rig?');
    expect(queries()).toBe(before);
  });

  it('is all clear when data comes', async () => {
    const { clock, heard, cycle, put } = await open();
    await put('entries', sgv(100, T));
    clock.now = T + 20 * MINUTE;
    await cycle();
    await put('entries', sgv(100, clock.now));
    await cycle();
    expect(heard.at(-1)).toBe("clear_alarm Auto ack'd alarm(s)");
  });
});

describe('a low', () => {
  it('alarms at once, again each cycle, and is silent when acknowledged', async () => {
    const { heard, cycle, put, services } = await open();
    await cycle();
    await put('entries', sgv(LOW, T));
    await cycle();
    await cycle();
    expect(heard.length).toBeGreaterThan(1);
    expect(new Set(heard.splice(0))).toEqual(new Set([LOW_ALARM]));
    services.bus.publish('alarm-ack', ack);
    services.bus.publish('alarm-ack', ack);
    expect(heard).toEqual(["clear_alarm default - Urgent was ack'd"]);
    await cycle();
    expect(heard).toHaveLength(1);
  });

  it.each<[string, CollectionName, Doc[]]>([
    ['profile without a store', 'profile', [{ startDate: '2024-01-01T00:00:00Z', defaultProfile: 'x' }]],
    [
      'profile with nonsense in it',
      'profile',
      [
        {
          startDate: '2024-01-01T00:00:00Z',
          defaultProfile: 'D',
          store: { D: { dia: {}, sens: 'x', basal: [null, 5], timezone: 7 } }
        }
      ]
    ],
    ['profile whose store is a list', 'profile', [{ startDate: '2024-01-01T00:00:00Z', store: [null] }]],
    [
      'device status of nonsense',
      'devicestatus',
      [
        {
          device: { a: 1 },
          created_at: '2024-01-01T11:59:00Z',
          uploader: [],
          uploaderBattery: {},
          pump: 'no',
          openaps: { suggested: null, enacted: 'x', iob: [[]] },
          loop: [],
          xdripjs: 5
        }
      ]
    ],
    [
      'device status of nulls',
      'devicestatus',
      [
        {
          device: null,
          created_at: '2024-01-01T11:59:00Z',
          uploader: null,
          pump: { clock: null, battery: null, iob: null, reservoir: 'x' },
          openaps: null,
          loop: null,
          xdripjs: null
        }
      ]
    ],
    [
      'treatments of nonsense',
      'treatments',
      [
        { eventType: 'Site Change', created_at: '2024-01-01T11:00:00Z', notes: { a: [] }, enteredBy: 5 },
        { eventType: 'Sensor Start', created_at: '2024-01-01T11:00:00Z', notes: [], insulin: {}, carbs: 'x' }
      ]
    ],
    [
      'readings without a value',
      'entries',
      [
        { type: 'sgv', date: T - 5 * MINUTE },
        { type: 'mbg', mbg: 'x', date: T - MINUTE },
        { type: 'cal', slope: {}, date: T - MINUTE }
      ]
    ]
  ])('is not silenced by a %s', async (_name, collection, docs) => {
    const { heard, cycle, put } = await open();
    await put(collection, ...docs);
    await put('entries', sgv(LOW, T));
    await cycle();
    expect(heard).toContain(LOW_ALARM);
  });
});

describe('checks that fail (D21)', () => {
  const broken: Check = {
    name: 'timeago',
    label: 'Time ago',
    run() {
      throw new Error('broken');
    }
  };

  it('do not stop the others, and take back no alarm', async () => {
    const { heard, cycle, put } = await open({}, { runChecks: createChecks([broken, simplealarms]) });
    await put('entries', sgv(LOW, T - MINUTE));
    await cycle();
    expect(heard).toContain(LOW_ALARM);
    await put('entries', sgv(100, T));
    await cycle();
    expect(heard.filter((one) => one.startsWith('clear'))).toEqual([]);
  });

  it('all together do not end the alarms', async () => {
    let isBroken = true;
    const checks = createChecks();
    const { heard, cycle, put } = await open(
      {},
      {
        runChecks(...args) {
          if (isBroken) throw new Error('broken');
          return checks(...args);
        }
      }
    );
    await put('entries', sgv(LOW, T));
    await cycle();
    expect(heard).toEqual([]);
    isBroken = false;
    await cycle();
    expect(heard).toContain(LOW_ALARM);
  });
});

describe('restart (D23)', () => {
  it('during a snooze keeps it, and no longer than it lasts', async () => {
    const { clock, heard, cycle, put, restart, services } = await open();
    await put('entries', sgv(LOW, T));
    await cycle();
    services.bus.publish('alarm-ack', ack);
    heard.length = 0;
    await restart();
    await cycle();
    expect(heard).toEqual([]);
    clock.now = T + 30 * MINUTE + 1;
    await put('entries', sgv(LOW, clock.now));
    await cycle();
    expect(heard).toContain(LOW_ALARM);
  });

  it('of the whole server, after an acknowledgement over HTTP', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'vigil-alarms-'));
    const clock = { now: T };
    const heard: string[] = [];
    const startOne = async () => {
      const one = await startServer(
        { ENABLE: 'simplealarms careportal treatmentnotify', ALARM_TYPES: 'simple' },
        { dataDir, now: () => clock.now }
      );
      one.services.bus.subscribe('notification', 'test', ({ event, message }) => void heard.push(`${message.group}: ${event}`));
      const call = (path: string, body?: Doc[]) =>
        fetch(`${one.url}/api/v1/${path}`, {
          headers: { ...one.secret, 'content-type': 'application/json' },
          ...(body && { method: 'POST', body: JSON.stringify(body) })
        });
      return { ...one, call };
    };

    const first = await startOne();
    await first.call('entries', [sgv(LOW, clock.now)]);
    await expect.poll(() => heard).toContain('default: urgent_alarm');
    const answer = await first.call(`notifications/ack?level=2&group=default&time=${20 * MINUTE}`);
    expect([answer.status, await answer.text()]).toEqual([200, 'OK']);
    expect(heard.at(-1)).toBe('default: clear_alarm');
    await first.close();

    heard.length = 0;
    clock.now += 5 * MINUTE;
    const second = await startOne();
    await second.call('entries', [sgv(LOW, clock.now)]);
    // the cycle that tells this has also looked at the low
    await second.call('treatments', [
      { eventType: 'Announcement', notes: 'hello', created_at: new Date(clock.now).toISOString() }
    ]);
    await expect.poll(() => heard).toContain('Announcement: urgent_alarm');
    expect(heard.filter((one) => one.startsWith('default'))).toEqual([]);
    clock.now += 16 * MINUTE;
    await second.call('entries', [sgv(LOW, clock.now)]);
    await expect.poll(() => heard).toContain('default: urgent_alarm');
    await second.close();
    rmSync(dataDir, { recursive: true });
  });

  it('an alarm that is out is cleared when its cause went meanwhile', async () => {
    const { heard, cycle, put, restart } = await open();
    await put('entries', sgv(LOW, T - MINUTE));
    await cycle();
    await site!.alarms.close();
    await put('entries', sgv(100, T));
    heard.length = 0;
    await restart();
    await cycle();
    expect(heard).toEqual(["clear_alarm Auto ack'd alarm(s)"]);
  });

  it('works without the stored state, and does not overwrite what it could not read', async () => {
    let isAway = true;
    const written: unknown[] = [];
    const { heard, cycle, put, services } = await open(
      {},
      {
        wrap: (storage) => ({
          ...storage,
          find: (name, query) => {
            if (name === 'state' && isAway) throw new Error('away');
            return storage.find(name, query);
          },
          apply: async (changes) => {
            if (changes.some(({ collection }) => collection === 'state')) written.push(changes);
            return storage.apply(changes);
          }
        })
      }
    );
    await put('entries', sgv(LOW, T));
    await cycle();
    expect(heard).toContain(LOW_ALARM);
    services.bus.publish('alarm-ack', ack);
    heard.length = 0;
    await cycle();
    expect(heard).toEqual([]);
    await site!.alarms.close();
    expect(written).toEqual([]);
    isAway = false;
  });
});

describe('start (sockets-v3 §3.3)', () => {
  const GREETING = 'clear_alarm Server started without alarms';

  it('tells once that there is no alarm', async () => {
    const { heard, cycle, put } = await open({}, { startedMs: 30 });
    await put('entries', sgv(100, T));
    await expect.poll(() => heard).toContain(GREETING);
    await cycle();
    expect(heard).toEqual([GREETING]);
  });

  it('does not say so when there is one, also one that is silent', async () => {
    const { heard, cycle, put, restart, services } = await open({}, { startedMs: 1e9 });
    await put('entries', sgv(LOW, T));
    services.bus.publish('alarm-ack', ack);
    heard.length = 0;
    // cycles are further apart than this
    await restart(30);
    await cycle();
    await cycle();
    expect(heard).toEqual([]);
  });
});

describe('pace', () => {
  it('a storm of writes makes few cycles, the first at once and the last with everything', async () => {
    const { heard, cycles, cycle, put } = await open({ ENABLE: 'simplealarms' });
    await cycle();
    const from = cycles();
    const began = Date.now();
    for (let i = 0; i < 100; i += 1) await put('entries', sgv(i === 99 ? LOW : 100, T - (100 - i) * 1000));
    await expect.poll(() => heard).toContain(LOW_ALARM);
    expect(cycles() - from).toBeLessThanOrEqual(2 + (Date.now() - began) / 250);
  });
});
