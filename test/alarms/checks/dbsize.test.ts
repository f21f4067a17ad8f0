import { describe, expect, it } from 'vitest';
import { toldBy } from './kit.ts';

const MIB = 1024 * 1024;
const told = (mib: number, settings: Record<string, unknown> = {}) =>
  toldBy('dbsize', {
    dbstats: { dataSize: (mib - 20) * MIB, indexSize: 20 * MIB },
    extended: { dbsize: { enableAlerts: true, ...settings } }
  });

describe('dbsize (properties-plugins C.11)', () => {
  it.each([
    [350, 1, 'Warning'],
    [430, 2, 'Urgent']
  ])('%i MiB', (mib, level, word) => {
    expect(told(mib)).toEqual([
      {
        level,
        title: `${word} Database Size near its limits!`,
        message: `Database size is ${mib} MiB out of 496 MiB. Please backup and clean up database!`,
        group: 'Database Size',
        pushoverSound: 'echo'
      }
    ]);
  });

  it.each([
    [120, {}, undefined],
    [296, {}, undefined],
    [297, {}, 1],
    [371, {}, 1],
    [372, {}, 2],
    [430, { urgentPercentage: 0 }, 1],
    [350, { warnPercentage: 0 }, undefined],
    [120, { max: 150 }, 2],
    [430, { max: -1 }, undefined],
    [430, { max: 0 }, 2],
    [430, { enableAlerts: false }, undefined],
    [430, { enableAlerts: undefined }, undefined]
  ])('%i MiB with %j', (mib, settings, level) => {
    expect(told(mib, settings).map((alarm) => alarm.level)).toEqual(level === undefined ? [] : [level]);
  });

  it('is silent while it is empty, however small the limit', () => {
    const extended = { dbsize: { enableAlerts: true, max: 1 } };
    expect(toldBy('dbsize', { dbstats: { dataSize: 1000, indexSize: 0 }, extended })).toEqual([]);
  });

  it('is silent when the size is not known', () =>
    expect(toldBy('dbsize', { extended: { dbsize: { enableAlerts: true } } })).toEqual([]));
});
