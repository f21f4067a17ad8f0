import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createTestClock, MINUTE, startDouble, startHouse, T } from './kit.ts';

// properties-plugins §F: one provider stands for all, what happens around it is the same
let double: Awaited<ReturnType<typeof startDouble>>;
let folder: string;
const houses: Awaited<ReturnType<typeof startHouse>>[] = [];

beforeEach(async () => {
  double = await startDouble();
  folder = mkdtempSync(join(tmpdir(), 'vigil-outbox-'));
});
afterEach(async () => {
  for (const house of houses.splice(0)) await house.close();
  await double.close();
  rmSync(folder, { recursive: true, force: true });
});

async function house(clock = createTestClock(), env: Record<string, string> = {}, timeoutMs?: number) {
  const one = await startHouse({ WEBHOOK_URL: double.url, ...env }, { clock, dataDir: folder, ...(timeoutMs && { timeoutMs }) });
  houses.push(one);
  return one;
}
const told = () => double.taken().map(({ body }) => (JSON.parse(body) as { message: string }).message);

describe('the same alarm again', () => {
  it.each([
    ['a minute after it was delivered', MINUTE, 1],
    ['14 minutes after', 14 * MINUTE, 1],
    ['16 minutes after', 16 * MINUTE, 2]
  ])('%s', async (_, later, times) => {
    const { clock, alarm, announce, settled } = await house();
    alarm({ message: 'one' });
    await settled(1);
    clock.time += later;
    alarm({ message: 'one' });
    announce('the end');
    await settled(times + 1);
    expect(told().filter((message) => message === 'one')).toHaveLength(times);
  });

  it('is held for 30 seconds while the first attempt is under way', async () => {
    const { clock, alarm, announce, settled } = await house(createTestClock(false));
    alarm({});
    alarm({});
    clock.time += 29_000;
    alarm({});
    announce('the end');
    await settled(2);
    expect(double.requests).toHaveLength(2);
  });

  it('of another level, plugin or direction is another alarm', async () => {
    const { alarm, settled } = await house();
    alarm({ level: 1 });
    alarm({ level: 2 });
    alarm({ level: 2, key: 'simplealarms_2' });
    alarm({ level: 2, eventName: 'low' });
    await settled(4);
    expect(double.taken()).toHaveLength(4);
  });
});

describe('a provider in trouble', () => {
  it('ten minutes of errors: the alarm that goes on is delivered once, with its latest words', async () => {
    const clock = createTestClock(false);
    const { alarm, settled, notices, integrations, sum } = await house(clock);
    double.behave = () => (clock.time < T + 10 * MINUTE ? 503 : 200);
    for (let cycle = 0; cycle <= 12; cycle++) {
      alarm({ message: `BG ${cycle}` });
      await new Promise(setImmediate);
      await vi.waitFor(() => expect(sum('queued') === 0 || clock.sleeping() === 1).toBe(true), { interval: 2, timeout: 30_000 });
      clock.advance(MINUTE);
    }
    await settled(1);
    expect(told()).toEqual([expect.stringMatching(/^BG (9|10)$/)]);
    expect(integrations.stats().Webhook).toMatchObject({ delivered: 1, dropped: 0, queued: 0 });
    expect(notices).toEqual([expect.stringMatching(/^Webhook does not take messages \(HTTP 503\)/)]);
  });

  it('an alarm that goes on while an attempt is under way does not become two', async () => {
    const clock = createTestClock(false);
    const { alarm, settled } = await house(clock);
    double.behave = () => 503;
    alarm({ message: 'first words' });
    await vi.waitFor(() => expect(clock.sleeping()).toBe(1), { interval: 2, timeout: 30_000 });
    // the cycle of the engine falls into the attempt
    double.behave = () => {
      alarm({ message: 'second words' });
      return 200;
    };
    clock.advance(MINUTE);
    await vi.waitFor(() => expect(told()).toHaveLength(1), { interval: 2, timeout: 30_000 });
    double.behave = () => 200;
    alarm({ key: 'the end', message: 'the end' });
    await settled(2);
    expect(told()).toEqual(['first words', 'the end']);
  });

  it('stalls: the attempt ends by itself and the next one gets through', async () => {
    const { alarm, settled, integrations } = await house(createTestClock(), {}, 100);
    double.behave = () => (double.requests.length < 2 ? 'stall' : 200);
    alarm({});
    await settled(1);
    expect(double.requests.map(({ answered }) => answered)).toEqual(['stalled', 'stalled', 200]);
    expect(integrations.stats().Webhook).toMatchObject({ delivered: 1, failures: 2 });
  });

  it('pauses grow up to a minute, with jitter, and as long as the service asks', async () => {
    const clock = createTestClock();
    const times: number[] = [];
    double.behave = () => {
      times.push(clock.time);
      if (times.length === 9) return { status: 429, headers: { 'retry-after': '240' } };
      return times.length > 9 ? 200 : 500;
    };
    const { alarm, settled } = await house(clock);
    alarm({});
    await settled(1);
    const pauses = times.slice(1).map((time, index) => (time - times[index]!) / 1000);
    // random() is 0.5: three quarters of 2, 4, 8 … s
    expect(pauses).toEqual([1.5, 3, 6, 12, 24, 45, 45, 45, 240]);
  });

  it('drops after half an hour what would look like a new alarm, and says so', async () => {
    const { alarm, settled, notices, integrations } = await house();
    double.behave = () => 500;
    alarm({ message: 'secret figure 42' });
    await settled(1);
    expect(integrations.stats().Webhook).toMatchObject({ delivered: 0, dropped: 1 });
    expect(notices).toHaveLength(2);
    expect(notices[1]).toMatch(/did not take within 30 minutes was dropped/);
    expect(notices.join()).not.toContain('42');
  });

  it('says how late a message is', async () => {
    const clock = createTestClock();
    double.behave = () => (clock.time < T + 5 * MINUTE ? 502 : 200);
    const { announce, settled } = await house(clock);
    announce('Call me');
    await settled(1);
    expect(told()[0]).toMatch(/^BG Now: 320\n\(delayed by [56] minutes\)$/);
  });

  it('an all-clear makes the alarms of its group pointless, and only those', async () => {
    const clock = createTestClock(false);
    const { alarm, announce, clear, settled, integrations } = await house(clock);
    double.behave = () => 503;
    alarm({ message: 'over' });
    alarm({ message: 'pump', group: 'Pump', key: 'pump_2' });
    announce('still true');
    await vi.waitFor(() => expect(clock.sleeping()).toBe(1), { interval: 2, timeout: 30_000 });
    clear('default');
    await vi.waitFor(() => expect(integrations.stats().Webhook?.withdrawn).toBe(1), { interval: 2, timeout: 30_000 });
    double.behave = () => 200;
    clock.advance(MINUTE);
    await settled(3);
    expect(double.taken().map(({ body }) => JSON.parse(body).title)).not.toContain('over');
    expect(told()).toHaveLength(3);
    expect(told()).toContain('pump');
  });

  it('a message nobody takes does not stand in the way of the others', async () => {
    const { alarm, announce, integrations } = await house();
    double.behave = ({ body }) => (body.includes('poison') ? 500 : 200);
    alarm({ level: 2, message: 'poison' });
    announce('gets through');
    await vi.waitFor(() => expect(integrations.stats().Webhook?.delivered).toBe(1), { interval: 2, timeout: 30_000 });
    expect(told()).toEqual(['BG Now: 320']);
  });

  it('refused for good: not repeated, administrators hear of it', async () => {
    const { alarm, settled, notices } = await house();
    double.behave = () => 403;
    alarm({});
    await settled(1);
    expect(double.requests).toHaveLength(1);
    expect(notices).toEqual(['Webhook refused a message (HTTP 403). Please check its settings.']);
  });

  it('a redirect is no delivery', async () => {
    const { alarm, settled, integrations } = await house();
    double.behave = () => ({ status: 302, headers: { location: '/elsewhere' } });
    alarm({});
    await settled(1);
    expect(integrations.stats().Webhook).toMatchObject({ delivered: 0, refused: 1 });
  });

  it('keeps a hundred messages, the urgent ones rather than others', async () => {
    const clock = createTestClock(false);
    const { alarm, settled, integrations, notices } = await house(clock);
    double.behave = () => 503;
    alarm({ level: 0, message: 'info', key: 'first' });
    await vi.waitFor(() => expect(clock.sleeping()).toBe(1), { interval: 2, timeout: 30_000 });
    for (let n = 0; n < 110; n++) alarm({ level: 2, key: `k${n}`, message: `urgent ${n}` });
    await vi.waitFor(() => expect(integrations.stats().Webhook).toMatchObject({ queued: 100, dropped: 11 }), {
      interval: 2,
      timeout: 30_000
    });
    double.behave = () => 200;
    clock.advance(MINUTE);
    await settled(111);
    expect(told()).not.toContain('info');
    expect(notices).toContain('Too many messages wait for Webhook; the least urgent was dropped.');
  });
});

describe('a restart', () => {
  it('keeps what waits, and delivers it once', async () => {
    const clock = createTestClock(false);
    const before = await house(clock);
    double.behave = () => 503;
    before.alarm({ message: 'survives' });
    before.announce('too');
    await vi.waitFor(() => expect(clock.sleeping()).toBe(1), { interval: 2, timeout: 30_000 });
    await before.stop();
    houses.splice(0);

    double.behave = () => 200;
    clock.time += 90_000;
    const after = await house(clock);
    await after.settled(2);
    after.alarm({ message: 'survives' });
    after.alarm({ key: 'the end', message: 'the end' });
    await after.settled(3);
    expect(told()).toEqual(['survives', 'BG Now: 320', 'the end']);
    await after.stop();
    houses.splice(0);

    const third = await house(clock);
    third.alarm({ message: 'survives' });
    third.alarm({ key: 'really', message: 'really the end' });
    await third.settled(1);
    expect(told()).toEqual(['survives', 'BG Now: 320', 'the end', 'really the end']);
  });

  it('lets the attempt under way end: it is not repeated afterwards', async () => {
    const before = await house();
    before.alarm({});
    await vi.waitFor(() => expect(double.requests).toHaveLength(1), { interval: 1, timeout: 30_000 });
    await before.stop();
    houses.splice(0);
    const after = await house();
    after.alarm({ key: 'sentinel' });
    await after.settled(1);
    expect(double.requests).toHaveLength(2);
  });

  it('does not hand out old alarms', async () => {
    const clock = createTestClock(false);
    const before = await house(clock);
    double.behave = () => 503;
    before.alarm({});
    await vi.waitFor(() => expect(clock.sleeping()).toBe(1), { interval: 2, timeout: 30_000 });
    await before.stop();
    houses.splice(0);
    double.behave = () => 200;
    clock.time += 31 * MINUTE;
    const after = await house(clock);
    await after.settled(1);
    expect(double.taken()).toEqual([]);
    expect(after.notices).toHaveLength(1);
  });
});

describe('what leaves (§E.7)', () => {
  it.each([
    [2, 'high', {}, true],
    [2, 'high', { ALARM_URGENT_HIGH: 'off' }, true],
    [2, 'high', { ALARM_HIGH: 'off' }, true],
    [2, 'high', { ALARM_URGENT_HIGH: 'off', ALARM_HIGH: 'off' }, false],
    [1, 'high', { ALARM_HIGH: 'off' }, false],
    [1, 'high', { ALARM_URGENT_HIGH: 'off' }, true],
    [2, 'low', { ALARM_URGENT_LOW: 'off', ALARM_LOW: 'off' }, false],
    [1, 'low', { ALARM_LOW: 'off' }, false],
    [1, 'low', { ALARM_HIGH: 'off', ALARM_URGENT_HIGH: 'off' }, true],
    [2, 'timeago', { ALARM_HIGH: 'off', ALARM_LOW: 'off', ALARM_URGENT_HIGH: 'off', ALARM_URGENT_LOW: 'off' }, true]
  ] as const)('level %d %s with %o: %s', async (level, eventName, env, leaves) => {
    const { alarm, announce, settled } = await house(createTestClock(), env);
    alarm({ level, eventName, message: 'the alarm' });
    announce('the end');
    await settled(leaves ? 2 : 1);
    expect(told().includes('the alarm')).toBe(leaves);
  });
});

it('a house without providers does nothing and knows no receipt', async () => {
  const silent = await startHouse({}, { dataDir: folder });
  houses.push(silent);
  silent.alarm({});
  expect(silent.integrations.stats()).toEqual({});
  expect(silent.integrations.pushoverReceipt('abc')).toBe(false);
});
