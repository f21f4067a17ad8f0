import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startServer } from '../support/start-server.ts';
import { alarm, createTestClock, MINUTE, type Received, startDouble, startHouse, T } from './kit.ts';

let double: Awaited<ReturnType<typeof startDouble>>;
const closers: (() => Promise<void>)[] = [];

beforeEach(async () => {
  double = await startDouble();
});
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
  await double.close();
});

async function house(
  env: Record<string, string>,
  options: { clock?: ReturnType<typeof createTestClock>; dataDir?: string } = {}
) {
  const one = await startHouse(env, options);
  closers.push(one.close);
  return one;
}

const PUSHOVER = { PUSHOVER_API_TOKEN: 'app-token-9', PUSHOVER_USER_KEY: 'user-key-9' };
const pushover = (env: Record<string, string> = {}) => ({ ...PUSHOVER, PUSHOVER_URL: double.url, ...env });
/** Every emergency message gets a receipt, numbered. */
function giveReceipts(): void {
  let n = 0;
  double.behave = ({ path, body }) => {
    if (path !== '/1/messages.json') return 200;
    return { status: 200, body: JSON.stringify({ status: 1, ...(body.includes('priority=2') && { receipt: `receipt${++n}` }) }) };
  };
}

describe('Pushover (§F)', () => {
  it('an alarm rings until it is acknowledged', async () => {
    const { alarm, settled } = await house(pushover({ BASE_URL: 'https://site.example/' }));
    alarm({ title: 'Urgent, HIGH ↑', message: 'BG Now: 320\nIOB: 1 U', sound: 'persistent' });
    await settled(1);
    expect(double.requests[0]).toMatchObject({
      method: 'POST',
      path: '/1/messages.json',
      form: {
        token: 'app-token-9',
        user: 'user-key-9',
        title: 'Urgent, HIGH ↑',
        message: 'BG Now: 320\nIOB: 1 U',
        sound: 'persistent',
        timestamp: String(T / 1000),
        priority: '2',
        retry: '120',
        expire: '900',
        callback: 'https://site.example/api/v1/notifications/pushovercallback'
      }
    });
  });

  it('a warning rings less often; without BASE_URL there is no callback, without a sound it is gamelan', async () => {
    const { alarm, settled } = await house(pushover());
    alarm({ level: 1 });
    await settled(1);
    expect(double.requests[0]?.form).toMatchObject({ priority: '2', retry: '900', expire: '900', sound: 'gamelan' });
    expect(double.requests[0]?.form).not.toHaveProperty('callback');
  });

  it('news do not ring', async () => {
    const { alarm, settled } = await house(pushover());
    alarm({ level: 0 });
    await settled(1);
    expect(double.requests[0]?.form.priority).toBe('0');
    for (const name of ['retry', 'expire', 'callback']) expect(double.requests[0]?.form).not.toHaveProperty(name);
  });

  it.each([
    ['everything to the user', {}, ['user-key-9'], ['user-key-9'], ['user-key-9']],
    ['lists', { PUSHOVER_USER_KEY: 'a  b' }, ['a', 'b'], ['a', 'b'], ['a', 'b']],
    ['a group instead of a user', { PUSHOVER_USER_KEY: '', PUSHOVER_GROUP_KEY: 'g' }, ['g'], ['g'], ['g']],
    ['classes of their own', { PUSHOVER_ALARM_KEY: 'al', PUSHOVER_ANNOUNCEMENT_KEY: 'an' }, ['al'], ['an'], ['user-key-9']],
    ['alarms off', { PUSHOVER_ALARM_KEY: 'off' }, [], ['user-key-9'], ['user-key-9']],
    ['announcements off', { PUSHOVER_ANNOUNCEMENT_KEY: 'OFF' }, ['user-key-9'], [], ['user-key-9']],
    ['news off', { PUSHOVER_USER_KEY: 'off', PUSHOVER_ALARM_KEY: 'al' }, ['al'], [], []],
    ['keys of digits keep their zeros', { PUSHOVER_USER_KEY: '0012' }, ['0012'], ['0012'], ['0012']]
  ])('recipients: %s', async (_, env, alarms, announcements, news) => {
    const { alarm, announce, settled } = await house(pushover(env));
    alarm({ level: 2, title: 'alarm' });
    announce('announcement');
    alarm({ level: 0, title: 'news' });
    await settled(alarms.length + announcements.length + news.length);
    const users = (title: string) => double.requests.filter(({ form }) => form.title === title).map(({ form }) => form.user);
    expect({ alarms: users('alarm'), announcements: users('announcement'), news: users('news') }).toEqual({
      alarms,
      announcements,
      news
    });
  });

  it('one bad recipient neither stops nor doubles the message for the others', async () => {
    const { alarm, settled, notices } = await house(pushover({ PUSHOVER_USER_KEY: 'bad good flaky' }));
    let failures = 0;
    double.behave = ({ body }) => (body.includes('user=bad') ? 400 : body.includes('user=flaky') && failures++ < 2 ? 500 : 200);
    alarm({});
    await settled(3);
    expect(
      double
        .taken()
        .map(({ form }) => form.user)
        .sort()
    ).toEqual(['flaky', 'good']);
    expect(notices).toEqual(['Pushover refused a message (HTTP 400). Please check its settings.']);
  });

  it('an all-clear calls off what rings in its group, and nothing else', async () => {
    giveReceipts();
    const { alarm, clear, settled } = await house(pushover());
    alarm({ level: 1 });
    alarm({ level: 2 });
    alarm({ level: 2, group: 'Pump', key: 'pump_2' });
    await settled(3);
    clear('default');
    await settled(4);
    const called = cancelled();
    expect(called).toHaveLength(2);
    expect(called.every(({ form }) => form.token === 'app-token-9')).toBe(true);
    // again: they are quiet already
    clear('default');
    await settled(5);
    expect(cancelled()).toHaveLength(2);
    clear('Pump');
    await settled(6);
    expect(cancelled()).toHaveLength(3);
  });

  it('an alarm that is being sent while the all-clear comes is called off afterwards', async () => {
    const { alarm, clear, settled } = await house(pushover());
    double.behave = ({ path }) => {
      if (path === '/1/messages.json') clear('default');
      return { status: 200, body: '{"receipt":"late1"}' };
    };
    alarm({});
    await settled(2);
    expect(cancelled().map(({ path }) => path)).toEqual(['/1/receipts/late1/cancel.json']);
  });

  it.each([
    [2, 'high', {}, 30],
    [2, 'high', { ALARM_URGENT_HIGH_MINS: '7 9' }, 7],
    [1, 'high', { ALARM_HIGH_MINS: '8' }, 8],
    [2, 'high', { ALARM_URGENT_HIGH: 'off', ALARM_HIGH_MINS: '9' }, 9],
    [2, 'low', { ALARM_URGENT_LOW_MINS: '5 10' }, 5],
    [1, 'low', {}, 15],
    [2, 'timeago', { ALARM_URGENT_MINS: '11' }, 11],
    [1, 'timeago', { ALARM_WARN_MINS: '12' }, 12],
    [1, 'timeago', { ALARM_WARN_MINS: 'soon' }, 30]
  ] as const)('a tap on the phone silences level %d %s with %o for %d minutes (§E.7)', async (level, eventName, env, minutes) => {
    giveReceipts();
    const { alarm, settled, integrations, acks } = await house(pushover(env));
    alarm({ level, eventName, group: 'G' });
    await settled(1);
    expect(integrations.pushoverReceipt('receipt1')).toBe(true);
    expect(acks).toEqual([{ level, group: 'G', silenceMs: minutes * MINUTE }]);
  });

  it.each([['unknown'], [''], [undefined], [null], [7], [['receipt1']], [{ receipt: 'receipt1' }]])(
    'no receipt: %j',
    async (receipt) => {
      giveReceipts();
      const { alarm, settled, integrations, acks } = await house(pushover());
      alarm({});
      await settled(1);
      expect(integrations.pushoverReceipt(receipt)).toBe(false);
      expect(acks).toEqual([]);
    }
  );

  it('a tap is understood after a restart, for an hour', async () => {
    giveReceipts();
    const dataDir = mkdtempSync(join(tmpdir(), 'vigil-receipts-'));
    closers.push(async () => rmSync(dataDir, { recursive: true }));
    const clock = createTestClock(false);
    const before = await startHouse(pushover(), { clock, dataDir });
    before.alarm({});
    await before.settled(1);
    await before.stop();
    clock.time += 10 * MINUTE;
    const after = await startHouse(pushover(), { clock, dataDir });
    await vi.waitFor(() => expect(after.integrations.pushoverReceipt('receipt1')).toBe(true), { interval: 2, timeout: 30_000 });
    await after.stop();
    clock.time += 60 * MINUTE;
    const muchLater = await startHouse(pushover(), { clock, dataDir });
    muchLater.alarm({ key: 'sentinel' });
    await muchLater.settled(1);
    expect(muchLater.integrations.pushoverReceipt('receipt1')).toBe(false);
    await muchLater.stop();
  });

  it('keys reach neither the log nor the store nor administrators', async () => {
    double.behave = () => 500;
    const { alarm, settled, log, notices, storage } = await house(pushover());
    alarm({});
    await settled(1);
    const stored: string[] = [];
    for await (const batch of storage.find('state', { filter: {} })) stored.push(...batch.map(({ json }) => json));
    expect(stored.join()).toContain('Pushover');
    for (const secret of Object.values(PUSHOVER)) expect([...log, ...notices, ...stored].join()).not.toContain(secret);
    expect(log.join()).not.toContain('320');
  });
});

const cancelled = () => double.requests.filter(({ path }) => /^\/1\/receipts\/\w+\/cancel\.json$/.test(path));

describe('IFTTT (§F)', () => {
  const maker = (env: Record<string, string> = {}) => ({ ENABLE: 'maker', MAKER_KEY: 'k1', MAKER_URL: double.url, ...env });
  const paths = (requests: readonly Received[]) => requests.map(({ path }) => path);

  it('tells three events, from general to particular', async () => {
    const { alarm, settled } = await house(maker());
    alarm({ level: 1, title: 'Warning, HIGH', message: 'BG Now: 200' });
    await settled(3);
    expect(paths(double.requests)).toEqual([
      '/trigger/ns-event/with/key/k1',
      '/trigger/ns-warning/with/key/k1',
      '/trigger/ns-warning-high/with/key/k1'
    ]);
    for (const { method, form } of double.requests) {
      expect(method).toBe('GET');
      expect(form).toEqual({ value1: 'Warning, HIGH', value2: '\nBG Now: 200' });
    }
  });

  it('names the plugin where there is no event, and has keys for announcements', async () => {
    const { emit, announce, settled } = await house(maker({ MAKER_ANNOUNCEMENT_KEY: 'k2 k3' }));
    const { eventName: _, ...nameless } = alarm({ level: 0 });
    emit('notification', nameless);
    await settled(3);
    expect(paths(double.requests)[2]).toBe('/trigger/ns-info-ar2/with/key/k1');
    announce('Hello');
    await settled(9);
    expect(new Set(paths(double.requests.slice(3)).map((path) => path.slice(-2)))).toEqual(new Set(['k2', 'k3']));
  });

  it('an event that failed is repeated, the others are not', async () => {
    const { alarm, settled } = await house(maker());
    let failed = false;
    double.behave = ({ path }) => {
      if (!path.includes('ns-urgent/') || failed) return 200;
      failed = true;
      return 500;
    };
    alarm({});
    await settled(3);
    expect(paths(double.taken()).sort()).toEqual([
      '/trigger/ns-event/with/key/k1',
      '/trigger/ns-urgent-high/with/key/k1',
      '/trigger/ns-urgent/with/key/k1'
    ]);
  });

  it('the all-clear comes at most every half hour', async () => {
    const clock = createTestClock();
    const { alarm, clear, settled } = await house(maker(), { clock });
    clear();
    await settled(1);
    expect(double.requests[0]).toMatchObject({
      path: '/trigger/ns-allclear/with/key/k1',
      form: { value1: 'All Clear', value3: `\n${T / MINUTE}` }
    });
    clock.time += 29 * MINUTE;
    clear();
    alarm({});
    await settled(4);
    clock.time += 2 * MINUTE;
    clear();
    await settled(5);
    expect(paths(double.requests).filter((path) => path.includes('allclear'))).toHaveLength(2);
  });

  it('needs the feature', async () => {
    const { integrations, config } = await house({ MAKER_KEY: 'k1', MAKER_URL: double.url });
    expect(integrations.stats()).toEqual({});
    expect(config.warnings).toEqual(['MAKER_KEY is set, but ENABLE does not name "maker", so it has no effect.']);
  });
});

describe('ntfy, Gotify and the webhook', () => {
  it('ntfy gets JSON at its root, so that every letter fits into a title', async () => {
    const { alarm, clear, settled } = await house({ NTFY_URL: `${double.url}/my-topic`, NTFY_TOKEN: 'tk_1' });
    alarm({ title: 'Urgent ↑ 🩸', message: 'BG Now: 320' });
    await settled(1);
    clear();
    alarm({ level: 0, title: 'news' });
    await settled(2);
    expect(double.requests.map(({ path, headers, body }) => [path, headers.authorization, JSON.parse(body)])).toEqual([
      ['/', 'Bearer tk_1', { topic: 'my-topic', title: 'Urgent ↑ 🩸', message: 'BG Now: 320', priority: 5 }],
      ['/', 'Bearer tk_1', { topic: 'my-topic', title: 'news', message: 'BG Now: 320', priority: 3 }]
    ]);
  });

  it('Gotify', async () => {
    const { alarm, settled } = await house({ GOTIFY_URL: `${double.url}/gotify/`, GOTIFY_TOKEN: 'A1' });
    alarm({ level: 1 });
    await settled(1);
    expect(double.requests[0]).toMatchObject({ method: 'POST', path: '/gotify/message', headers: { 'x-gotify-key': 'A1' } });
    expect(JSON.parse(double.requests[0]!.body)).toEqual({ title: 'Urgent, HIGH', message: 'BG Now: 320', priority: 8 });
  });

  it('the webhook is signed, repeated under the same id, and hears of all-clears', async () => {
    const address = double.url.replace('http://', 'http://me:p%40ss@');
    const { alarm, clear, settled } = await house({ WEBHOOK_URL: `${address}/hook?a=1`, WEBHOOK_SECRET: 'shared key' });
    double.behave = () => (double.requests.length < 1 ? 500 : 200);
    alarm({});
    await settled(1);
    clear();
    await settled(2);
    const [first, second, third] = double.requests as [Received, Received, Received];
    for (const { headers, body } of double.requests) {
      expect(headers['x-vigil-signature']).toBe(`sha256=${createHmac('sha256', 'shared key').update(body).digest('hex')}`);
      expect(headers.authorization).toBe(`Basic ${Buffer.from('me:p@ss').toString('base64')}`);
    }
    expect(second.headers['x-vigil-delivery']).toBe(first.headers['x-vigil-delivery']);
    expect(JSON.parse(second.body)).toEqual({
      id: first.headers['x-vigil-delivery'],
      event: 'urgent_alarm',
      title: 'Urgent, HIGH',
      message: 'BG Now: 320',
      level: 2,
      group: 'default',
      at: T,
      eventName: 'high',
      plugin: 'ar2'
    });
    expect(JSON.parse(third.body)).toMatchObject({ event: 'clear_alarm', title: 'All Clear', group: 'default' });
  });

  it('all of them at once, each by itself', async () => {
    const { alarm, settled, integrations } = await house({
      ...pushover(),
      NTFY_URL: `${double.url}/t`,
      GOTIFY_URL: `${double.url}/gotify`,
      GOTIFY_TOKEN: 'A1',
      WEBHOOK_URL: `${double.url}/hook`
    });
    double.behave = ({ path }) => (path === '/hook' ? 404 : 200);
    alarm({});
    await settled(4);
    const results = Object.entries(integrations.stats()).map(([name, { delivered, refused }]) => [name, delivered, refused]);
    expect(results).toEqual([
      ['Pushover', 1, 0],
      ['ntfy', 1, 0],
      ['Gotify', 1, 0],
      ['Webhook', 0, 1]
    ]);
  });
});

it('POST /notifications/pushovercallback: a known receipt acknowledges, an unknown one is a 500 (rest-v1-v2 §11.3)', async () => {
  giveReceipts();
  const server = await startServer(pushover());
  closers.push(server.close);
  const acks: unknown[] = [];
  server.services.bus.subscribe('alarm-ack', 'test', (ack) => void acks.push(ack));
  server.services.bus.publish('notification', { event: 'urgent_alarm', message: alarm({}), at: Date.now() });
  await vi.waitFor(() => expect(server.services.integrations?.stats().Pushover?.delivered).toBe(1), { timeout: 30_000 });
  const answer = async (body: string, type = 'application/x-www-form-urlencoded') => {
    const response = await fetch(`${server.url}/api/v1/notifications/pushovercallback`, {
      method: 'POST',
      headers: { 'content-type': type },
      body
    });
    return [response.status, response.headers.get('content-type'), await response.text()];
  };
  for (const body of ['receipt=unknown', '', 'receipt[]=receipt1'])
    expect(await answer(body)).toEqual([500, 'text/plain; charset=utf-8', 'Internal Server Error']);
  expect(acks).toEqual([]);
  expect(await answer('receipt=receipt1&acknowledged=1&acknowledged_by=user')).toEqual([200, 'text/plain; charset=utf-8', 'OK']);
  expect(acks).toEqual([{ level: 2, group: 'default', silenceMs: 30 * MINUTE }]);
});

it('a reading that came in over v1 rings outside, once, and its acknowledgement is told', async () => {
  const server = await startServer({ WEBHOOK_URL: double.url, BG_HIGH: '260' });
  closers.push(server.close);
  const post = (sgv: number, ago: number) =>
    fetch(`${server.url}/api/v1/entries`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...server.secret },
      body: JSON.stringify([{ type: 'sgv', sgv, date: Date.now() - ago, dateString: new Date(Date.now() - ago).toISOString() }])
    });
  const events = () => double.requests.map(({ body }) => (JSON.parse(body) as { event: string }).event);
  await post(320, 300_000);
  await vi.waitFor(() => expect(events()).toEqual(['urgent_alarm']), { timeout: 30_000 });
  await post(325, 0);
  await fetch(`${server.url}/api/v1/notifications/ack?level=2`, { headers: server.secret });
  await vi.waitFor(() => expect(events()).toEqual(['urgent_alarm', 'clear_alarm']), { timeout: 30_000 });
});
