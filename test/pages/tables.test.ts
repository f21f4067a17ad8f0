import { describe, expect, it } from 'vitest';
import { browserModule } from './browser-module.ts';

interface Stats {
  average: number;
  low: number;
  inRange: number;
  high: number;
  lowest: number;
  highest: number;
  coverage: number;
}
const { statsOf, midnights } = await browserModule<{
  statsOf(entries: object[], options: object): Stats | undefined;
  midnights(now: number, days: number): number[];
}>('day-stats');
const { activeProfile, basalPerDay } = await browserModule<{
  activeProfile(record: object | null, switches: object[], now: number): Record<string, unknown> | undefined;
  basalPerDay(basal: unknown): number | undefined;
}>('active-profile');

const NOW = 1_795_000_000_000;
const MINUTE = 60_000;

describe('statistics of a day', () => {
  const thresholds = { bgHigh: 260, bgTargetTop: 180, bgTargetBottom: 80, bgLow: 55 };
  const of = (entries: object[], now = 60 * MINUTE) => statsOf(entries, { from: 0, to: 60 * MINUTE, now, thresholds });

  it('average, time in range and coverage', () => {
    const values = [60, 100, 120, 200];
    expect(of(values.map((sgv, at) => ({ sgv, date: at * 5 * MINUTE })))).toMatchObject({
      average: 120,
      low: 25,
      inRange: 50,
      high: 25,
      lowest: 60,
      highest: 200,
      coverage: (100 * 4) / 12
    });
  });
  it('five minutes count once: neither a sensor by the minute nor two uploaders weigh more', () => {
    const byTheMinute = [100, 101, 99, 100, 100].map((sgv, at) => ({ sgv, date: at * MINUTE }));
    expect(of([...byTheMinute, { sgv: 200, date: 5 * MINUTE }])).toMatchObject({ average: 150, inRange: 50, high: 50 });
  });
  it('error codes and other days do not count; numbers as text do', () => {
    expect(
      of([
        { sgv: 5, date: 0 },
        { sgv: 100, date: -1 },
        { sgv: 100, date: 60 * MINUTE }
      ])
    ).toBeUndefined();
    expect(
      of([
        { sgv: '100', date: 0 },
        { sgv: 110, date: MINUTE }
      ])
    ).toMatchObject({ average: 105 });
  });
  it('a day that is not over is covered as far as it has come', () => {
    expect(of([{ sgv: 100, date: 0 }], 5 * MINUTE)?.coverage).toBe(100);
  });
  it('seven days are eight midnights, the last one to come', () => {
    const borders = midnights(NOW, 7);
    expect(borders).toHaveLength(8);
    expect(borders[7]).toBeGreaterThan(NOW);
    expect(borders[6]).toBeLessThanOrEqual(NOW);
    for (const at of borders) expect(new Date(at).getHours()).toBe(0);
  });
});

describe('the profile in force', () => {
  const record = { defaultProfile: 'Day', store: { Day: { dia: 5 }, Sick: { dia: 6 } } };
  const turn = (profile: string, minutesAgo: number, more = {}) => ({
    profile,
    created_at: new Date(NOW - minutesAgo * MINUTE).toISOString(),
    duration: 0,
    ...more
  });

  it('is the default one without any switch', () => {
    expect(activeProfile(record, [], NOW)).toEqual({ name: 'Day', values: { dia: 5 } });
    expect(activeProfile(null, [], NOW)).toBeUndefined();
  });
  it('is that of the newest switch that has not run out and is not to come', () => {
    const switches = [turn('Sick', 600), turn('Day', 100, { duration: 60 }), turn('Day', -10)];
    expect(activeProfile(record, switches, NOW)).toMatchObject({ name: 'Sick', values: { dia: 6 }, since: NOW - 600 * MINUTE });
    expect(activeProfile(record, [...switches, turn('Day', 30, { duration: 60 })], NOW)).toMatchObject({ name: 'Day' });
  });
  it('AAPS sends its values along, and a percentage that the values do not contain', () => {
    const json = JSON.stringify({ dia: 7 });
    expect(activeProfile(record, [turn('Hike', 5, { profileJson: json, percentage: 80, timeshift: 0 })], NOW)).toMatchObject({
      name: 'Hike',
      values: { dia: 7 },
      percentage: 80
    });
    expect(activeProfile(record, [turn('Hike', 5, { profileJson: '{' })], NOW)).toMatchObject({
      name: 'Hike',
      values: undefined
    });
  });
  it('basal per day', () => {
    expect(
      basalPerDay([
        { time: '00:00', value: 0.8 },
        { time: '06:00', value: '1.1' },
        { time: '22:00', value: 0.7 }
      ])
    ).toBe(23.8);
    expect(basalPerDay([{ time: 'x', value: 1 }])).toBeUndefined();
    expect(basalPerDay(undefined)).toBeUndefined();
  });
});
