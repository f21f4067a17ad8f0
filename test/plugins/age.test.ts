import { describe, expect, it } from 'vitest';
import { propertiesOf, T, treatment } from './kit.ts';

const at = (eventType: string, hours: number, more = {}) => treatment(hours * 60 + 10, { eventType, ...more });
const alerts = {
  cage: { enableAlerts: true },
  sage: { enableAlerts: true },
  iage: { enableAlerts: true },
  bage: { enableAlerts: true }
};

describe('ages (properties-plugins C.4)', () => {
  it('prints the cannula example of the specification', () => {
    const { cage } = propertiesOf({ treatments: [at('Site Change', 48, { notes: 'nn' })], extended: alerts });
    expect(cage).toEqual({
      found: true,
      age: 48,
      treatmentDate: T - (48 * 60 + 10) * 60_000,
      checkForAlert: false,
      days: 2,
      hours: 0,
      notes: 'nn',
      minFractions: 10,
      level: 1,
      display: '48h',
      notification: {
        title: 'Cannula age 48 hours',
        message: 'Time to change cannula',
        pushoverSound: 'incoming',
        level: 1,
        group: 'CAGE'
      }
    });
  });

  it('prints the sensor example of the specification', () => {
    expect(propertiesOf({ treatments: [at('Sensor Start', 48)] }).sage).toEqual({
      'Sensor Start': {
        found: true,
        treatmentDate: T - (48 * 60 + 10) * 60_000,
        age: 48,
        days: 2,
        hours: 0,
        minFractions: 10,
        display: '2d0h',
        displayLong: '2 days 0 hours',
        level: -3
      },
      'Sensor Change': { found: false },
      min: 'Sensor Start'
    });
  });

  it('prints what is shown without data', () => {
    const { cage, sage, iage, bage } = propertiesOf({});
    const none = { found: false, age: 0, treatmentDate: null, checkForAlert: false, level: -3, display: 'n/a ' };
    expect([cage, bage]).toEqual([none, none]);
    expect(iage).toEqual({ found: false, age: 0, treatmentDate: null, level: -3 });
    expect(sage).toEqual({ 'Sensor Start': { found: false, level: -3 }, 'Sensor Change': { found: false }, min: 'Sensor Start' });
  });

  it.each([
    ['cage', 'Site Change', 43, -3],
    ['cage', 'Site Change', 44, 0],
    ['cage', 'Site Change', 48, 1],
    ['cage', 'Site Change', 72, 2],
    ['iage', 'Insulin Change', 44, 0],
    ['iage', 'Insulin Change', 48, 1],
    ['iage', 'Insulin Change', 100, 1],
    ['bage', 'Pump Battery Change', 311, -3],
    ['bage', 'Pump Battery Change', 312, 0],
    ['bage', 'Pump Battery Change', 336, 1],
    ['bage', 'Pump Battery Change', 360, 2]
  ])('%s: %s %d hours ago has level %d', (name, eventType, hours, level) => {
    expect(propertiesOf({ treatments: [at(eventType, hours)] })[name]).toMatchObject({ level, age: hours });
  });

  it.each([
    [143, -3],
    [144, 0],
    [164, 1],
    [166, 2]
  ])('sage after %d hours has level %d', (hours, level) => {
    expect(propertiesOf({ treatments: [at('Sensor Start', hours)] }).sage['Sensor Start'].level).toBe(level);
  });

  it('lets a change hide the start before it, and goes by a later start', () => {
    const { sage } = propertiesOf({ treatments: [at('Sensor Start', 50), at('Sensor Change', 48)] });
    expect([sage['Sensor Start'].found, sage['Sensor Change'].found, sage.min]).toEqual([false, true, 'Sensor Change']);
    expect(sage['Sensor Start']).toHaveProperty('displayLong');
    const later = propertiesOf({ treatments: [at('Sensor Change', 50), at('Sensor Start', 48)] }).sage;
    expect([later['Sensor Start'].found, later['Sensor Change'].found, later.min]).toEqual([true, true, 'Sensor Start']);
    expect(later['Sensor Change']).not.toHaveProperty('level');
  });

  it.each([
    ['cage', 'days', 50, '2d2h'],
    ['cage', 'hours', 50, '50h'],
    ['cage', 'days', 20, '20h'],
    ['bage', 'hours', 50, '50h'],
    ['bage', 'days', 50, '2d2h']
  ])('%s in %s: %d hours are %s', (name, display, hours, shown) => {
    const eventType = name === 'cage' ? 'Site Change' : 'Pump Battery Change';
    expect(propertiesOf({ treatments: [at(eventType, hours)], extended: { [name]: { display } } })[name].display).toBe(shown);
  });

  it.each([
    { name: 'alerts are off', extended: {}, minutes: 10, notified: false },
    { name: 'the first 20 minutes of the hour', extended: alerts, minutes: 20, notified: true },
    { name: 'later in the hour', extended: alerts, minutes: 21, notified: false },
    { name: 'the hour after', extended: alerts, minutes: 65, notified: false }
  ])('notifies only in the first minutes of the hour a level begins: $name', ({ extended, minutes, notified }) => {
    const { cage } = propertiesOf({ treatments: [treatment(48 * 60 + minutes, { eventType: 'Site Change' })], extended });
    expect('notification' in cage).toBe(notified);
  });

  it('is urgent with its own sound', () => {
    expect(propertiesOf({ treatments: [at('Pump Battery Change', 360)], extended: alerts }).bage.notification).toEqual({
      title: 'Pump battery age 360 hours',
      message: 'Pump Battery change overdue!',
      pushoverSound: 'persistent',
      level: 2,
      group: 'BAGE'
    });
  });

  it('is not confused by an event type that is no text', () => {
    expect(propertiesOf({ treatments: [treatment(1, { eventType: { toString: '' } })] }).cage.found).toBe(false);
  });

  it('takes the limits from the settings, and the newest event that is not of the future', () => {
    const treatments = [at('Site Change', 90), at('Site Change', 30), treatment(-60, { eventType: 'Site Change' })];
    expect(propertiesOf({ treatments, extended: { cage: { warn: 24 } } }).cage).toMatchObject({ age: 30, level: 1 });
  });
});
