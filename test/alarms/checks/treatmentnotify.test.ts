import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { MINUTE, treatment } from '../../plugins/kit.ts';
import { type AlarmWorld, askedIn, mbg, toldBy } from './kit.ts';

const told = (fields: Record<string, unknown>, minutes = 1) =>
  toldBy('treatmentnotify', { treatments: [treatment(minutes, fields)] });
const asked = (world: AlarmWorld) => askedIn({ enable: ['treatmentnotify'], ...world });
const sha1 = (text: string): string => createHash('sha1').update(text).digest('hex');
const snoozeOf = (message: string) => ({
  level: 2,
  title: 'Snoozing alarms since there was a recent treatment',
  message,
  lengthMills: 10 * MINUTE
});
const note = { eventType: 'Note', notes: 'a note' };

describe('treatmentnotify (properties-plugins C.13)', () => {
  it('tells a treatment as clients have captured it (socket-v1 9.4), and lets alarms wait', () => {
    const bolus = { eventType: 'Meal Bolus', glucose: 120, glucoseType: 'Finger', carbs: 30, insulin: 2.345 };
    const message = 'BG: 120 (Finger)\nCarbs: 30g\nInsulin: 2.34U\nEntered By: mom\nNotes: lunch';
    expect(asked({ treatments: [treatment(1, { ...bolus, enteredBy: 'mom', notes: 'lunch' })] })).toEqual({
      notifies: [
        {
          level: 0,
          title: 'Meal Bolus',
          message,
          plugin: { name: 'treatmentnotify', label: 'Treatment Notifications', pluginType: 'notification', enabled: true },
          notifyhash: '7481f0353a0c3395a40ae6e97d748ed4121afb1e'
        }
      ],
      snoozes: [snoozeOf(message)]
    });
  });

  it('hashes type and time, the time as it was sent', () => {
    expect(told(note)[0]).toMatchObject({ message: '\nNotes: a note', notifyhash: sha1('{"eventType":"Note"}') });
    const time = '2024-01-01T11:59:00Z';
    expect(told({ ...note, timestamp: time })[0]).toMatchObject({
      timestamp: time,
      notifyhash: sha1(`{"eventType":"Note","timestamp":"${time}"}`)
    });
    expect(told({ ...note, timestamp: 1_718_000_000_000 })[0]).toMatchObject({
      timestamp: 1_718_000_000_000,
      notifyhash: sha1('{"eventType":"Note","timestamp":1718000000000}')
    });
  });

  it.each([
    ['carbs and insulin', { eventType: '', carbs: 10, insulin: 1 }, 'Meal Bolus', '\nCarbs: 10g\nInsulin: 1.00U'],
    ['carbs', { carbs: 10 }, 'Carb Correction', '\nCarbs: 10g'],
    ['insulin', { eventType: '', insulin: 1 }, 'Correcton Bolus', '\nInsulin: 1.00U'],
    ['nothing', { eventType: '' }, 'Note', '...'],
    ['nothing, not even a type', { eventType: null }, 'Note', '...'],
    [
      'a target',
      { eventType: 'Temporary Target', duration: 45, targetTop: 90, targetBottom: 80, reason: 'Eating Soon' },
      'Temporary Target',
      '\nReason: Eating Soon\nTarget Top: 90\nTarget Bottom: 80\nDuration: 45 min'
    ],
    [
      'a cancelled target',
      { eventType: 'Temporary Target', duration: 0, enteredBy: 'mom' },
      'Temporary Target Cancel',
      'Canceled'
    ],
    ['more basal', { eventType: 'Temp Basal', percent: 50, duration: 30 }, 'Temp Basal', '\nDuration: 30 min\nPercent: +50%'],
    ['less basal', { eventType: 'Temp Basal', percent: -50, duration: 30 }, 'Temp Basal', '\nDuration: 30 min\nPercent: -50%'],
    ['no basal', { eventType: 'Temp Basal', absolute: 0, duration: 30 }, 'Temp Basal', '\nDuration: 30 min\nValue: 0U'],
    ['text for numbers', { eventType: 'BG Check', glucose: '131', glucoseType: 'Manual' }, 'BG Check', 'BG: 131 (Manual)'],
    ['glucose of unknown origin', { eventType: 'BG Check', glucose: 131 }, 'BG Check', 'BG: 131'],
    ['objects for words', { eventType: 'Note', notes: { toString: 1 }, glucose: [1] }, 'Note', '...']
  ])('%s', (_name, fields, title, message) => {
    expect(told(fields)).toEqual([expect.objectContaining({ level: 0, title, message })]);
  });

  it.each([
    [0, 1],
    [9.99, 1],
    [10, 0],
    [-1, 0]
  ])('%d minutes old', (minutes, times) => {
    const { notifies, snoozes } = asked({ treatments: [treatment(minutes, note)] });
    expect([notifies.length, snoozes.length]).toEqual([times, times]);
  });

  it.each([
    ['Loop', { eventType: 'Correction Bolus', automatic: true, insulin: 0.35 }],
    ['Trio', { eventType: 'SMB', enteredBy: 'Trio', insulin: 0.3 }],
    ['Trio', { eventType: 'Temp Basal', enteredBy: 'Trio', absolute: 1, duration: 30 }],
    ['AAPS', { eventType: 'Correction Bolus', type: 'SMB', insulin: 0.15 }],
    ['AAPS (v1)', { eventType: 'Correction Bolus', isSMB: true, insulin: 0.15 }]
  ])('what %s does by itself every few minutes snoozes no alarm (D21)', (_app, fields) => {
    expect(asked({ treatments: [treatment(1, fields)] }).snoozes).toEqual([]);
  });

  it.each([{ $gt: 1 }, 7, ['Note']])('a type that is no word (%j) is no treatment, and snoozes nothing (D21)', (eventType) => {
    expect(asked({ treatments: [treatment(1, { eventType, insulin: 1 })] })).toEqual({ notifies: [], snoozes: [] });
  });

  it('looks past treatments of the future', () => {
    const treatments = [treatment(2, note), treatment(-5, { eventType: 'Carb Correction', carbs: 5 })];
    expect(asked({ treatments }).notifies.map(({ title }) => title)).toEqual(['Note']);
  });

  it.each([
    ['openaps://rig', 'Temp Basal', 0],
    ['openaps://rig', 'Note', 0],
    ['openaps://rig', undefined, 0],
    ['openaps://rig', 'Meal Bolus', 1],
    ['openaps://rig', 'Correction Bolus', 1],
    ['openaps://rig', 'Carb Correction', 1],
    ['openaps://rig', 'BG Check', 1],
    ['loop://iPhone', 'Temp Basal', 0],
    ['loop://iPhone', 'Correction Bolus', 1],
    ['mom', 'Temp Basal', 1],
    ['my openaps://rig', 'Note', 1]
  ])('entered by %s: %s', (enteredBy, eventType, times) => {
    const { notifies, snoozes } = asked({ treatments: [treatment(1, { enteredBy, eventType })] });
    expect([notifies.length, snoozes.length]).toEqual([times, times]);
  });

  it.each([
    ['Correction Bolus', 0.5, 0],
    ['Meal Bolus', '0.5', 0],
    ['Correction Bolus', 1, 1],
    ['Correction Bolus', undefined, 1],
    ['Combo Bolus', 0.5, 1]
  ])('TREATMENTNOTIFY_INCLUDE_BOLUSES_OVER=1: %s of %s U', (eventType, insulin, times) => {
    const extended = { treatmentnotify: { includeBolusesOver: 1 } };
    const { notifies, snoozes } = asked({ treatments: [treatment(1, { eventType, insulin })], extended });
    expect([notifies.length, snoozes.length]).toEqual([times, times]);
  });

  it.each([
    [25, 25],
    [0, undefined],
    [-1, undefined],
    ['long', 10]
  ])('TREATMENTNOTIFY_SNOOZE_MINS=%s', (snoozeMins, minutes) => {
    const { snoozes } = asked({ treatments: [treatment(1, note)], extended: { treatmentnotify: { snoozeMins } } });
    expect(snoozes.map(({ lengthMills }) => lengthMills / MINUTE)).toEqual(minutes === undefined ? [] : [minutes]);
  });

  describe('meter readings', () => {
    const calibration = { level: 0, title: 'Calibration', message: 'Meter BG: 111 mg/dl', pushoverSound: 'magic' };

    it('are told, and alone snooze nothing', () => {
      expect(asked({ mbgs: [mbg(111, 1)] })).toEqual({ notifies: [expect.objectContaining(calibration)], snoozes: [] });
      expect(asked({ mbgs: [mbg(111, 1)], units: 'mmol' }).notifies[0]?.message).toBe('Meter BG: 6.2 mmol/L');
    });

    it('snooze when there is any treatment, also an old one', () => {
      const { notifies, snoozes } = asked({ mbgs: [mbg(111, 1)], treatments: [treatment(300, note)] });
      expect(notifies.map(({ title }) => title)).toEqual(['Calibration']);
      expect(snoozes).toEqual([snoozeOf('\nNotes: a note')]);
    });

    it('come before the treatment', () => {
      const { notifies } = asked({ mbgs: [mbg(111, 1)], treatments: [treatment(1, note)] });
      expect(notifies.map(({ title }) => title)).toEqual(['Calibration', 'Note']);
    });

    it('of long ago are not told', () => expect(asked({ mbgs: [mbg(111, 10)] })).toEqual({ notifies: [], snoozes: [] }));
  });

  describe('announcements', () => {
    const announce = { eventType: 'Announcement', isAnnouncement: true, notes: 'hello' };

    it.each([
      [300, 2, 'Urgent Announcement', 'persistent'],
      [190, 1, 'Announcement', 'climb'],
      [100, 0, 'Announcement', undefined],
      [70, 1, 'Announcement', 'falling'],
      [50, 2, 'Urgent Announcement', 'persistent']
    ])('at %i mg/dl', (mgdl, level, title, pushoverSound) => {
      const sound = pushoverSound ? { pushoverSound } : {};
      const expected = [{ level, title, message: 'hello', group: 'Announcement', isAnnouncement: true, ...sound }];
      expect(told({ ...announce, mgdl })).toEqual(expected);
      expect(told({ ...announce, mmol: mgdl / 18.01559 })).toEqual(expected);
    });

    it('snooze nothing, whatever mark they bear', () => {
      expect(asked({ treatments: [treatment(1, announce)], mbgs: [mbg(100, 1)] }).snoozes).toEqual([]);
      // AAPS sends them so over v3, when a pump is unreachable
      const unmarked = asked({ treatments: [treatment(1, { eventType: 'Announcement', notes: 'Pump unreachable', mgdl: 100 })] });
      expect(unmarked).toEqual({ notifies: [expect.objectContaining({ isAnnouncement: true, level: 0 })], snoozes: [] });
      expect(asked({ treatments: [treatment(1, { eventType: 'Note', isAnnouncement: true, notes: 'x' })] }).snoozes).toEqual([]);
    });

    it('without words or glucose', () => {
      expect(told({ eventType: 'Announcement', isAnnouncement: true })).toEqual([
        { level: 0, title: 'Announcement', message: '.', group: 'Announcement', isAnnouncement: true }
      ]);
    });
  });
});
