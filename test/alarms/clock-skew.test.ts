import { describe, expect, it } from 'vitest';
import { watchClocks } from '../../src/alarms/clock-skew.ts';
import { createBus } from '../../src/bus/bus.ts';
import type { Committed } from '../../src/bus/events.ts';
import type { Doc } from '../../src/storage/port.ts';

const T = 1704110400000;
const MINUTE = 60_000;

function watched() {
  const bus = createBus((error) => {
    throw error;
  });
  const clock = { now: T };
  const heard: string[] = [];
  bus.subscribe('admin-notify', 'test', ({ message }) => void heard.push(message));
  const stop = watchClocks({ bus, now: () => clock.now });
  const commit = (doc: Doc, more: Partial<Committed> = {}) =>
    bus.publish('committed', [
      { collection: 'entries', op: 'create', door: 'v1', doc: { _id: 'x', ...doc }, srvModified: T, ...more }
    ]);
  return { clock, heard, commit, stop };
}
const iso = (at: number): string => new Date(at).toISOString();

describe('an uploader whose clock is ahead', () => {
  it.each<[string, Doc, Partial<Committed>, boolean]>([
    ['a reading', { date: T + 11 * MINUTE, device: 'xDrip' }, {}, true],
    ['a reading, updated', { date: T + 11 * MINUTE, device: 'xDrip' }, { op: 'update' }, true],
    ['a status', { created_at: iso(T + 11 * MINUTE), device: 'xDrip' }, { collection: 'devicestatus' }, true],
    ['ten minutes are borne', { date: T + 10 * MINUTE, device: 'xDrip' }, {}, false],
    ['the present', { date: T, device: 'xDrip' }, {}, false],
    ['treatments may lie in the future', { created_at: iso(T + 60 * MINUTE) }, { collection: 'treatments' }, false],
    ['what is removed', { date: T + 11 * MINUTE }, { op: 'delete' }, false],
    ['an import', { date: T + 11 * MINUTE }, { door: 'import' }, false],
    ['no date', { date: {} }, {}, false]
  ])('%s', (_name, doc, more, isTold) => {
    const { heard, commit } = watched();
    commit(doc, more);
    expect(heard).toHaveLength(isTold ? 1 : 0);
    if (isTold) expect(heard[0]).toContain('"xDrip"');
  });

  it('is told once per hour and device', () => {
    const { clock, heard, commit, stop } = watched();
    const upload = (device: string) => commit({ date: clock.now + 30 * MINUTE, device });
    upload('a');
    upload('a');
    upload('b');
    expect(heard).toHaveLength(2);
    clock.now += 60 * MINUTE;
    upload('a');
    expect(heard).toHaveLength(3);
    stop();
    upload('c');
    expect(heard).toHaveLength(3);
  });

  it('is named harmlessly, whatever it calls itself', () => {
    const { heard, commit } = watched();
    commit({ date: T + 30 * MINUTE, device: `<img src=x onerror="alert(1)">${'y'.repeat(500)}` });
    commit({ date: T + 30 * MINUTE, device: { name: 1 } });
    expect(heard[0]).not.toMatch(/[<>]|x"/);
    expect(heard[0]!.length).toBeLessThan(250);
    expect(heard[1]).toContain('"unknown"');
  });
});
