import { describe, expect, it } from 'vitest';
import { agoDisplay, formatAgo } from '../../src/plugins/ago.ts';
import { MINUTE, T } from './kit.ts';

const HOUR = 60;
const DAY = 24 * HOUR;

describe('how long ago (properties-plugins B.7)', () => {
  it.each([
    [-6, undefined, 'in the future', 'future'],
    [-4, 1, 'min ago', '1m ago'],
    [0, 1, 'min ago', '1m ago'],
    [1.6, 2, 'min ago', '2m ago'],
    [3, 3, 'mins ago', '3m ago'],
    [59, 59, 'mins ago', '59m ago'],
    [70, 1, 'hour ago', '1h ago'],
    [119, 2, 'hour ago', '2h ago'],
    [1439, 24, 'hours ago', '24h ago'],
    [DAY, 1, 'day ago', '1d ago'],
    [3 * DAY, 3, 'days ago', '3d ago'],
    [7 * DAY, undefined, 'long ago', 'ago']
  ])('%d minutes: %s %s, in short %s', (minutes, value, label, short) => {
    const mills = T - minutes * MINUTE;
    expect(agoDisplay(mills, T)).toMatchObject({ label });
    expect(agoDisplay(mills, T).value).toBe(value);
    expect(formatAgo(mills, T)).toBe(short);
  });

  it('has a word for no data', () => expect(agoDisplay(undefined, T)).toEqual({ label: 'time ago', shortLabel: 'ago' }));
});
