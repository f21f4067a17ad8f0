import { describe, expect, it } from 'vitest';
import { createBus } from '../../src/bus/bus.ts';
import type { Committed, EventMap } from '../../src/bus/events.ts';
import type { LiveData } from '../../src/live/live.ts';
import { appOf, appOfSender } from '../../src/uploads/app-name.ts';
import { gapsOf } from '../../src/uploads/gaps.ts';
import { reasonOfCredentials } from '../../src/uploads/reason.ts';
import { createUploads } from '../../src/uploads/uploads.ts';

const MINUTE = 60_000;
const START = 1_795_000_000_000;

function watched(stored: Partial<LiveData> = {}) {
  let at = START;
  const bus = createBus((error) => {
    throw error;
  });
  const data = { sgvs: [], treatments: [], devicestatus: [], ...stored } as unknown as LiveData;
  const uploads = createUploads({
    bus,
    live: { data: () => data, state: () => 'loaded', onChange: () => () => undefined },
    now: () => at
  });
  const commit = (collection: Committed['collection'], ...docs: Record<string, unknown>[]) =>
    bus.publish(
      'committed',
      docs.map((doc, n) => ({
        collection,
        op: 'create' as const,
        door: 'v1' as const,
        doc: { _id: `${n}`, ...doc },
        srvModified: at
      }))
    );
  const upload = (userAgent: string, collection: Committed['collection'], body: unknown, address = '192.0.2.1') =>
    bus.publish('uploaded', { door: 'v1', sender: { userAgent, address }, collection, body });
  const refuse = (more: Partial<EventMap['refused']> & { address?: string; userAgent?: string }) => {
    const { address = '203.0.113.9', userAgent = 'Loop/57 CFNetwork/1 Darwin/23', ...rest } = more;
    bus.publish('refused', {
      door: 'v1',
      sender: { userAgent, address },
      reason: 'wrong-secret',
      what: 'POST /api/v1/entries',
      detail: undefined,
      doc: undefined,
      ...rest
    });
  };
  return {
    bus,
    uploads,
    commit,
    upload,
    refuse,
    wait: (ms: number) => {
      at += ms;
    },
    now: () => at,
    of: (app: string) => uploads.apps().find((one) => one.app === app)
  };
}

describe('the name of an app, as clients.md knows its documents', () => {
  it.each([
    ['Loop', { enteredBy: 'loop://iPhone' }],
    ['Loop', { enteredBy: 'Loop (via remote command)' }],
    ['Loop', { device: 'loop://iPhone' }],
    ['Trio', { device: 'Trio' }],
    ['AAPS', { app: 'AAPS', device: 'G6 Native' }],
    ['AAPS', { enteredBy: 'openaps://AndroidAPS' }],
    ['AAPS', { device: 'AndroidAPS-DexcomG6' }],
    ['AAPS', { device: 'openaps://samsung SM-G991B', uploaderBattery: 64 }],
    ['OpenAPS', { device: 'openaps://edison1', uploader: { battery: 50 } }],
    ['OpenAPS', { enteredBy: 'openaps://medtronic/723' }],
    ['xDrip+', { device: 'xDrip-DexcomG5' }],
    ['xDrip+', { enteredBy: 'xdrip pos:0.93' }],
    ['xDrip+', { device: 'samsung SM-G991B', uploader: { battery: 83, type: 'PHONE' } }],
    ['xDrip4iOS', { enteredBy: 'xDrip4iOS' }],
    ['nightguard', { enteredBy: 'nightguard' }],
    ['share2nightscout-bridge', { device: 'share2' }],
    ['nightscout-connect', { device: 'nightscout-connect-librelinkup' }],
    ['My script', { app: 'My <script>' }],
    [undefined, { device: 'Dexcom G6 21.0 8A1B2C', sgv: 120 }],
    [undefined, { enteredBy: 'Grandma' }]
  ])('%s: %j', (app, doc) => expect(appOf(doc)).toBe(app));

  it.each([
    ['Loop', 'Loop/57 CFNetwork/1494.0.7 Darwin/23.4.0'],
    ['xDrip+', 'xDrip+ 2024.07.19'],
    ['xDrip4iOS', 'xdrip/6 CFNetwork/1494 Darwin/23'],
    ['Android app', 'okhttp/4.12.0'],
    ['Web browser', 'Mozilla/5.0 (X11; Linux x86_64)'],
    ['Strange App', 'Strange%20App/1<b>']
  ])('%s: %s', (name, userAgent) => expect(appOfSender({ userAgent, address: '' })?.name).toBe(name));
});

describe('what an app sent last', () => {
  it('is told apart by kind, with its own time and the time it came', () => {
    const site = watched();
    site.commit('entries', { device: 'xDrip-G6', date: START - MINUTE }, { device: 'xDrip-G6', date: START - 6 * MINUTE });
    site.wait(MINUTE);
    site.commit('treatments', { enteredBy: 'xdrip pos:1', created_at: new Date(START).toISOString() });
    expect(site.of('xDrip+')).toMatchObject({
      device: 'xDrip-G6',
      doors: ['v1'],
      reading: { at: START, mills: START - MINUTE },
      treatment: { at: START + MINUTE, mills: START },
      deviceStatus: undefined
    });
  });

  it('Trio’s readings name nobody: the request that brought them does', () => {
    const site = watched();
    const body = [{ sgv: 133, date: START, type: 'sgv' }];
    site.commit('entries', ...body);
    expect(site.uploads.apps()).toEqual([]);
    site.upload('Trio/1 CFNetwork/1 Darwin/23', 'entries', body);
    expect(site.uploads.apps()).toMatchObject([{ app: 'Trio', reading: { at: START, mills: START }, address: '192.0.2.1' }]);
  });

  it('what was stored before the start is shown, until the app that sends it is known', () => {
    const device = 'Dexcom G6 21.0 8A1B2C';
    const site = watched({
      sgvs: [{ _id: '1', mgdl: 100, mills: START - 10 * MINUTE, device, type: 'sgv' }],
      devicestatus: [{ _id: '2', mills: START - 9 * MINUTE, device: 'loop://iPhone' }]
    });
    expect(site.of(device)?.reading).toEqual({ at: undefined, mills: START - 10 * MINUTE });
    expect(site.of('Loop')?.deviceStatus?.mills).toBe(START - 9 * MINUTE);
    site.upload('Loop/57 CFNetwork/1 Darwin/23', 'entries', [{ device, sgv: 101, date: START }]);
    expect(site.uploads.apps()).toMatchObject([{ app: 'Loop', device, reading: { at: START, mills: START } }]);
  });

  it('an older reading that is sent again does not make the newest one older', () => {
    const site = watched();
    site.commit('entries', { device: 'xDrip-G6', date: START });
    site.commit('entries', { device: 'xDrip-G6', date: START - 60 * MINUTE });
    expect(site.of('xDrip+')?.reading?.mills).toBe(START);
  });

  it('deletions, imports and what the server writes itself are no uploads', () => {
    const site = watched();
    const doc = { _id: '1', device: 'xDrip-G6', date: START };
    for (const [op, door] of [
      ['delete', 'v1'],
      ['create', 'import'],
      ['update', 'server']
    ] as const)
      site.bus.publish('committed', [{ collection: 'entries', op, door, doc, srvModified: START }]);
    expect(site.uploads.apps()).toEqual([]);
  });

  it('forgets who sent nothing for the longest time, of more than forty', () => {
    const site = watched();
    for (let n = 0; n < 60; n++) {
      site.commit('entries', { app: `app ${n}`, date: START });
      site.wait(1);
    }
    expect(site.uploads.apps()).toHaveLength(40);
    expect(site.of('app 59')).toBeDefined();
    expect(site.of('app 0')).toBeUndefined();
  });
});

describe('a clock that is wrong', () => {
  it('is ahead when a reading is dated in the future', () => {
    const site = watched();
    site.commit('entries', { device: 'xDrip-G6', date: START + 60 * MINUTE });
    expect(site.of('xDrip+')?.clock).toEqual({ state: 'ahead', byMs: 60 * MINUTE });
    site.commit('entries', { device: 'xDrip-G6', date: START });
    expect(site.of('xDrip+')).toMatchObject({ clock: undefined, reading: { mills: START } });
  });

  it('is behind, or its data late, only when that is so again and again', () => {
    const site = watched();
    const hourLate = () => site.commit('entries', { device: 'xDrip-G6', date: site.now() - 60 * MINUTE });
    hourLate();
    expect(site.of('xDrip+')?.clock).toBeUndefined();
    for (let n = 0; n < 2; n++) {
      site.wait(5 * MINUTE);
      hourLate();
    }
    expect(site.of('xDrip+')?.clock).toEqual({ state: 'late', byMs: 60 * MINUTE });
  });

  it('carbs entered ahead of their time say nothing about it', () => {
    const site = watched();
    site.commit('treatments', { enteredBy: 'loop://iPhone', created_at: new Date(START + 30 * MINUTE).toISOString() });
    expect(site.of('Loop')?.clock).toBeUndefined();
  });
});

describe('refusals', () => {
  it('the same one again counts up', () => {
    const site = watched();
    site.refuse({});
    site.wait(5 * MINUTE);
    site.refuse({});
    expect(site.uploads.refused()).toMatchObject([
      { app: 'Loop', reason: 'wrong-secret', count: 2, firstAt: START, at: START + 5 * MINUTE }
    ]);
  });

  it('of what a stranger sent only the name of a known app is kept', () => {
    const site = watched();
    site.refuse({ userAgent: 'okhttp/4', doc: { device: 'xDrip-DexcomG5', notes: 'hypo at school', sgv: 43 } });
    site.refuse({ userAgent: 'okhttp/4', doc: { app: 'my secret text', device: 'hypo at school' }, reason: 'bad-data' });
    const told = site.uploads.refused();
    expect(told.map(({ app }) => app).sort()).toEqual(['Android app', 'xDrip+']);
    expect(JSON.stringify(told)).not.toMatch(/hypo|secret text|43\b/);
  });

  it('a flood from one address pushes out its own only', () => {
    const site = watched();
    site.refuse({ address: '198.51.100.1' });
    for (let n = 0; n < 5000; n++) site.refuse({ address: '203.0.113.9', userAgent: `attack${n}/1` });
    const told = site.uploads.refused();
    expect(told.filter(({ address }) => address === '203.0.113.9')).toHaveLength(12);
    expect(told.some(({ address }) => address === '198.51.100.1')).toBe(true);
  });

  it('a flood from everywhere pushes out neither the house nor who asks again and again, and stays small', () => {
    const site = watched();
    site.upload('okhttp/4', 'entries', [{ device: 'xDrip-G6', date: START }], '192.0.2.1');
    site.refuse({ address: '192.0.2.1', reason: 'too-large' });
    for (let n = 0; n < 3; n++) site.refuse({ address: '198.51.100.1' });
    for (let n = 0; n < 20_000; n++) site.refuse({ address: `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`, userAgent: `x${n}/1` });
    const told = site.uploads.refused();
    expect(told.length).toBeLessThanOrEqual(80);
    expect(told.find(({ address }) => address === '192.0.2.1')?.reason).toBe('too-large');
    expect(told.find(({ address }) => address === '198.51.100.1')?.count).toBe(3);
  });

  it('whoever is let in later was of the house before', () => {
    const site = watched();
    site.refuse({ address: '192.0.2.7' });
    site.upload('Loop/57 CFNetwork/1', 'entries', [{ sgv: 1, date: START }], '192.0.2.7');
    for (let n = 0; n < 1000; n++) site.refuse({ address: `10.0.${n >> 8}.${n & 255}` });
    expect(site.uploads.refused().some(({ address }) => address === '192.0.2.7')).toBe(true);
  });

  it('are forgotten after a day', () => {
    const site = watched();
    site.refuse({});
    site.wait(25 * 60 * MINUTE);
    expect(site.uploads.refused()).toEqual([]);
  });
});

describe('what is wrong with credentials', () => {
  const jwt = (exp: number) => `x.${Buffer.from(JSON.stringify({ exp })).toString('base64url')}.y`;
  it.each([
    ['wrong-secret', { secret: 'f'.repeat(40) }],
    ['wrong-secret', { secret: ['a'] }],
    ['wrong-token', { secret: 'phone-0123456789abcdef' }],
    ['wrong-token', { token: 'phone-0123456789abcdef' }],
    ['wrong-token', { bearer: 'nonsense' }],
    ['wrong-token', { bearer: jwt(START / 1000 + 60) }],
    ['no-credentials', {}],
    // AAPS renews its session by being refused
    [undefined, { bearer: jwt(START / 1000 - 60) }]
  ])('%s: %j', (reason, credentials) => expect(reasonOfCredentials(credentials, START)).toBe(reason));
});

describe('gaps', () => {
  const at = (...minutes: number[]) => minutes.map((minute) => START + minute * MINUTE);
  const gaps = (minutes: number[], from: number, to: number) =>
    gapsOf(at(...minutes), START + from * MINUTE, START + to * MINUTE).map((gap) => [
      (gap.from - START) / MINUTE,
      (gap.to - START) / MINUTE
    ]);
  it('are pauses of more than a quarter of an hour, the present one too', () => {
    expect(gaps([0, 5, 20, 36, 40], 0, 45)).toEqual([[20, 36]]);
    expect(gaps([0, 5], 0, 30)).toEqual([[5, 30]]);
  });
  it('one that began before counts from the beginning', () => expect(gaps([-300, 30], 0, 40)).toEqual([[0, 30]]));
  it('without readings there is none to tell', () => expect(gaps([], 0, 60)).toEqual([]));
  it('readings of the future are none yet', () => expect(gaps([0, 90], 0, 60)).toEqual([[0, 60]]));
});
