import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/read-config.ts';

const HOUR = 3_600_000;
const everyMs = (text: string | undefined, more: Record<string, string> = {}) =>
  readConfig({ DATA_DIR: '/d', ...(text !== undefined && { BACKUP_EVERY: text }), ...more }).backup.everyMs;

describe('BACKUP_EVERY', () => {
  it.each([
    ['24h', 24 * HOUR],
    ['24', 24 * HOUR],
    ['7d', 168 * HOUR],
    ['1,5 h', 1.5 * HOUR],
    ['90m', 1.5 * HOUR],
    ['2W', 336 * HOUR],
    ['off', undefined],
    ['0', undefined]
  ])('%s', (text, ms) => expect(everyMs(text)).toBe(ms));

  it('is a day for the database file and off for MongoDB when nothing is said', () => {
    expect(everyMs(undefined)).toBe(24 * HOUR);
    expect(everyMs(undefined, { MONGODB_URI: 'mongodb://h/d' })).toBeUndefined();
    expect(everyMs('12h', { MONGODB_URI: 'mongodb://h/d' })).toBe(12 * HOUR);
  });

  it.each(['soon', '1s', '5m', '-3h', '9999d'])('%s stops the start with a sentence', (text) =>
    expect(() => everyMs(text)).toThrow(/BACKUP_EVERY=".*" must be a time from 10m/)
  );
});
