import { describe, expect, it } from 'vitest';
import { browserModule } from './browser-module.ts';

interface Reading {
  state: string;
  range: string;
  text: string;
  unit: string;
  arrow: string;
  delta: string;
  since: string;
  sentence: string;
}
const { currentReading } = await browserModule<{ currentReading(state: object): Reading }>('now');

const NOW = 1_795_000_000_000;
const MINUTE = 60_000;
const thresholds = { bgHigh: 260, bgTargetTop: 180, bgTargetBottom: 80, bgLow: 55 };

/** @param options.age minutes @param options.deltaOf age of the reading that the server's delta speaks of, minutes */
function shown(mgdl: number, options: { age?: number; units?: string; deltaOf?: number } = {}): Reading {
  const { age = 3, units = 'mg/dl', deltaOf = age } = options;
  return currentReading({
    data: { sgvs: [{ _id: 'a', mills: NOW - age * MINUTE, mgdl, direction: 'FortyFiveUp' }] },
    status: { settings: { units, thresholds } },
    properties: { delta: { display: '+4', times: { recent: NOW - deltaOf * MINUTE } } },
    now: NOW
  });
}

describe('the value in large letters', () => {
  it.each([
    [112, 'mg/dl', '112', 'in-range'],
    [112, 'mmol', '6.2', 'in-range'],
    [180, 'mg/dl', '180', 'in-range'],
    [181, 'mg/dl', '181', 'high'],
    [260, 'mmol', '14.4', 'urgent-high'],
    [79, 'mg/dl', '79', 'low'],
    [55, 'mg/dl', '55', 'urgent-low'],
    [401, 'mg/dl', 'HIGH', 'urgent-high'],
    [39, 'mmol', 'LOW', 'urgent-low'],
    [10, 'mg/dl', '???', 'error']
  ])('%d mg/dl in %s is %s, %s', (mgdl, units, text, range) => {
    expect(shown(mgdl, { units })).toMatchObject({ text, range, state: 'fresh' });
  });

  it('says how it goes and how old it is', () => {
    expect(shown(112)).toMatchObject({ arrow: '↗', delta: '+4', since: '3 min ago', sentence: '112 mg/dl, rising slowly' });
    expect(shown(112, { age: -1 })).toMatchObject({ since: 'just now' });
  });
  it('a change that belongs to another reading is not shown, nor one of a number that is none', () => {
    expect(shown(112, { deltaOf: 8 }).delta).toBe('');
    expect(shown(401).delta).toBe('');
    expect(shown(10)).toMatchObject({ delta: '', arrow: '', unit: '', sentence: 'Sensor error' });
  });
  it('is marked as old after 15 minutes, without trend or change', () => {
    expect(shown(112, { age: 15 }).state).toBe('fresh');
    expect(shown(112, { age: 15.1 })).toMatchObject({
      state: 'stale',
      text: '112',
      arrow: '',
      delta: '',
      since: 'Old: 15 min ago'
    });
  });
  it('is no value any more after 30 minutes', () => {
    expect(shown(112, { age: 31 })).toMatchObject({
      state: 'gone',
      range: 'error',
      text: 'No data',
      arrow: '',
      delta: '',
      since: 'Last reading: 112 mg/dl, 31 min ago'
    });
    expect(shown(112, { age: 60 * 75 }).since).toContain('3 days ago');
  });
  it('a reading from the future is not now', () => {
    expect(shown(112, { age: -6 }).state).toBe('none');
  });
});
