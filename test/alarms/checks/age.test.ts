import { describe, expect, it } from 'vitest';
import { treatment } from '../../plugins/kit.ts';
import { toldBy } from './kit.ts';

const told = (feature: string, eventType: string, hours: number, minutes = 0, settings: Record<string, unknown> = {}) =>
  toldBy(feature, {
    treatments: [treatment(hours * 60 + minutes, { eventType })],
    extended: { [feature]: { enableAlerts: true, ...settings } }
  });

describe('ages (properties-plugins C.4)', () => {
  const table = [
    ['cage', 'Site Change', 44, 0, 'Cannula age 44 hours', 'Change cannula soon'],
    ['cage', 'Site Change', 48, 1, 'Cannula age 48 hours', 'Time to change cannula'],
    ['cage', 'Site Change', 72, 2, 'Cannula age 72 hours', 'Cannula change overdue!'],
    ['sage', 'Sensor Start', 144, 0, 'Sensor age 6 days 0 hours', 'Change/restart sensor soon'],
    ['sage', 'Sensor Change', 164, 1, 'Sensor age 6 days 20 hours', 'Time to change/restart sensor'],
    ['sage', 'Sensor Start', 166, 2, 'Sensor age 6 days 22 hours', 'Sensor change/restart overdue!'],
    ['iage', 'Insulin Change', 44, 0, 'Insulin reservoir age 44 hours', 'Change insulin reservoir soon'],
    ['iage', 'Insulin Change', 48, 1, 'Insulin reservoir age 48 hours', 'Time to change insulin reservoir'],
    ['bage', 'Pump Battery Change', 312, 0, 'Pump battery age 312 hours', 'Change pump battery soon'],
    ['bage', 'Pump Battery Change', 336, 1, 'Pump battery age 336 hours', 'Time to change pump battery'],
    ['bage', 'Pump Battery Change', 360, 2, 'Pump battery age 360 hours', 'Pump Battery change overdue!']
  ] as const;

  it.each(table)('%s: %s %i hours ago is level %i', (feature, eventType, hours, level, title, message) => {
    const pushoverSound = level === 2 ? 'persistent' : 'incoming';
    const expected = { level, title, message, group: feature.toUpperCase(), pushoverSound, debug: { age: hours } };
    expect(told(feature, eventType, hours)).toEqual([expected]);
    expect(told(feature, eventType, hours, 20.9)).toEqual([expected]);
    expect(told(feature, eventType, hours, 21)).toEqual([]);
    expect(told(feature, eventType, hours, 60)).toEqual([]);
    expect(told(feature, eventType, hours - 1, 59)).toEqual([]);
    expect(told(feature, eventType, hours, 0, { enableAlerts: false })).toEqual([]);
  });

  it('iage never becomes urgent', () => expect(told('iage', 'Insulin Change', 72)).toEqual([]));

  it('follows the limits of the site', () => {
    expect(told('cage', 'Site Change', 60, 0, { warn: 60 })).toEqual([expect.objectContaining({ level: 1 })]);
    expect(told('cage', 'Site Change', 48, 0, { warn: 60 })).toEqual([]);
  });

  it.each(['cage', 'sage', 'iage', 'bage'])('%s without a treatment', (feature) =>
    expect(toldBy(feature, { extended: { [feature]: { enableAlerts: true } } })).toEqual([])
  );
});
