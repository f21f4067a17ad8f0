import { describe, expect, it } from 'vitest';
import { createDelayList, penaltyGroup } from '../../src/access/delay-list.ts';

function kit(delayMs = 1000) {
  const state = { time: 1_000_000, slept: [] as number[], wake: [] as (() => void)[] };
  const sleep = (ms: number) => {
    state.slept.push(ms);
    return new Promise<void>((resolve) => state.wake.push(resolve));
  };
  return { state, list: createDelayList(delayMs, () => state.time, sleep) };
}

/** How long a caller of that address is held, ms. */
function held({ state, list }: ReturnType<typeof kit>, address: string): number {
  const before = state.slept.length;
  void list.wait(address).catch(() => undefined);
  return state.slept[before] ?? 0;
}

describe('delay list (auth.md §7, D16)', () => {
  it('holds the next request of that address, whoever asks, until the penalty is over', () => {
    const one = kit();
    expect(held(one, '203.0.113.1')).toBe(0);
    one.list.fail('203.0.113.1');
    expect(held(one, '203.0.113.1')).toBe(1000);
    expect(held(one, '203.0.113.2')).toBe(0);
    one.state.time += 400;
    expect(held(one, '203.0.113.1')).toBe(600);
    one.state.time += 600;
    expect(held(one, '203.0.113.1')).toBe(0);
  });

  it('adds up, but not beyond a minute: one forgotten device must not lock out a home', () => {
    const one = kit();
    for (let i = 0; i < 4; i++) one.list.fail('203.0.113.1');
    expect(held(one, '203.0.113.1')).toBe(4000);
    for (let i = 0; i < 1000; i++) one.list.fail('203.0.113.1');
    expect(held(one, '203.0.113.1')).toBe(60_000);
  });

  it('is cleared by a success', () => {
    const one = kit();
    one.list.fail('203.0.113.1');
    one.list.succeed('203.0.113.1');
    expect(held(one, '203.0.113.1')).toBe(0);
  });

  it('does nothing with a penalty of 0', () => {
    const one = kit(0);
    one.list.fail('203.0.113.1');
    expect(held(one, '203.0.113.1')).toBe(0);
  });

  it('punishes a repeated wrong token once, also after a success in between', () => {
    const one = kit();
    expect(one.list.fail('203.0.113.1', 'old')).toBe(true);
    expect(one.list.fail('203.0.113.1', 'old')).toBe(false);
    expect(held(one, '203.0.113.1')).toBe(1000);
    expect(one.list.fail('203.0.113.1', 'other')).toBe(true);
    expect(held(one, '203.0.113.1')).toBe(2000);
    one.list.succeed('203.0.113.1');
    expect(held(one, '203.0.113.1')).toBe(0);
    expect(one.list.fail('203.0.113.1', 'old')).toBe(false);
  });

  it('refuses instead of piling up waiting requests, and takes them again once some have gone', async () => {
    const one = kit();
    for (let i = 0; i < 30; i++) one.list.fail('203.0.113.1');
    for (let i = 0; i < 50; i++) void one.list.wait('203.0.113.1');
    await expect(one.list.wait('203.0.113.1')).rejects.toMatchObject({ code: 'too-many', retryAfter: 30 });
    for (const wake of one.state.wake) wake();
    await new Promise(setImmediate);
    expect(held(one, '203.0.113.1')).toBe(30_000);
  });

  it('forgets the oldest address when there are too many', () => {
    const one = kit();
    for (let i = 0; i < 10_001; i++) one.list.fail(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`);
    expect(held(one, '10.0.0.0')).toBe(0);
    expect(held(one, '10.0.0.1')).toBe(1000);
  });

  it.each([
    ['203.0.113.1', '203.0.113.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:0001:0002::1', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['1:2:3::4:5', '1:2:3:0::/64'],
    ['64:ff9b::1.2.3.4', '64:ff9b:0:0::/64']
  ])('counts %s as %s', (address, group) => expect(penaltyGroup(address)).toBe(group));
});
