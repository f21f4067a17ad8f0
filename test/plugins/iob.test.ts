import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { doseAt } from '../../src/plugins/iob-treatments.ts';
import { ago, profileWith, propertiesOf, status, T, treatment } from './kit.ts';

const iobOf = (minutes: number, insulin: number, store: Record<string, unknown>) =>
  propertiesOf({ profile: profileWith(store), treatments: [treatment(minutes, { insulin, eventType: 'Meal Bolus' })] }).iob;

describe('iob from treatments (properties-plugins C.1)', () => {
  it.each([
    [0, 1, 0, '1.00'],
    [15, 0.978, 0.1111, '0.98'],
    [30, 0.922, 0.2222, '0.92'],
    [60, 0.711, 0.4444, '0.71'],
    [74, 0.567, 0.5481, '0.57'],
    [75, 0.556, 0.5556, '0.56'],
    [90, 0.405, 0.4762, '0.41'],
    [120, 0.175, 0.3175, '0.17'],
    [150, 0.04, 0.1587, '0.04'],
    [165, 0.008, 0.0794, '0.01'],
    [175, 0, 0.0265, '0'],
    [180, 0, 0, '0']
  ])('1 U after %d min: %d U, activity %d, shown %s', (minutes, iob, activity, display) => {
    const shown = iobOf(minutes, 1, { dia: 3, sens: 50 });
    expect(shown).toMatchObject({ iob, display, displayLine: `IOB: ${display}U`, source: 'Care Portal' });
    expect(shown.activity).toBeCloseTo(activity, 4);
  });

  it.each([
    [60, 1.781, 0.256],
    [125, 1.111, 0.5333],
    [240, 0.118, 0.18286],
    [300, 0, 0]
  ])('2 U over 5 h after %d min: %d U, activity %d', (minutes, iob, activity) => {
    const shown = iobOf(minutes, 2, { dia: 5, sens: 40 });
    expect(shown.iob).toBe(iob);
    expect(shown.activity).toBeCloseTo(activity, 4);
  });

  it('prints the example of the specification', () => {
    const bolus = { _id: 'a', mills: T - 30 * 60_000, insulin: 2, eventType: 'Meal Bolus' };
    expect(propertiesOf({ profile: profileWith(), treatments: [bolus] }).iob).toEqual({
      iob: 1.844,
      activity: 0.44444444444444436,
      lastBolus: bolus,
      source: 'Care Portal',
      display: '1.84',
      displayLine: 'IOB: 1.84U'
    });
  });

  it('works with the usual 3 h and without activity where there is no profile', () => {
    expect(propertiesOf({ treatments: [treatment(30, { insulin: 1 })] }).iob).toMatchObject({ iob: 0.922, activity: 0 });
  });

  it('does not count insulin of the future, or what is no number', () => {
    const treatments = [treatment(-5, { insulin: 3 }), treatment(5, { insulin: 'much' }), treatment(5, { insulin: { $gt: 1 } })];
    expect(propertiesOf({ profile: profileWith(), treatments }).iob).toMatchObject({ iob: 0, lastBolus: null, display: '0' });
  });

  it('is empty without treatments and devices', () => expect(propertiesOf({ profile: profileWith() }).iob).toEqual({}));
});

describe('iob from devices (properties-plugins C.1)', () => {
  const world = (...devicestatus: ReturnType<typeof status>[]) => propertiesOf({ profile: profileWith(), devicestatus }).iob;
  const openaps = (minutes: number, iob: unknown, device = 'openaps://rig') => status(minutes, { device, openaps: { iob } });

  it('prints the example of the specification', () => {
    const bolus = treatment(30, { insulin: 2 });
    const devicestatus = [openaps(2, { iob: 1.2345, basaliob: 0.2, activity: 0.011, timestamp: ago(2) })];
    expect(propertiesOf({ profile: profileWith(), treatments: [bolus], devicestatus }).iob).toEqual({
      iob: 1.235,
      basaliob: 0.2,
      activity: 0.011,
      source: 'OpenAPS',
      device: 'openaps://rig',
      mills: T - 120_000,
      treatmentIob: 1.844,
      display: '1.24',
      displayLine: 'IOB: 1.24U'
    });
  });

  it('takes the first of a list (oref0), also where the time is called `time` (AAPS)', () => {
    expect(world(openaps(3, [{ iob: 2.31, time: ago(3) }, { iob: 9 }]))).toMatchObject({ iob: 2.31, mills: T - 180_000 });
  });

  it('lets the value of Loop go before any other', () => {
    const loop = status(10, { device: 'loop://iPhone', loop: { iob: { iob: 0.7, timestamp: ago(10) } } });
    expect(world(loop, openaps(1, { iob: 5, timestamp: ago(1) }))).toMatchObject({ iob: 0.7, source: 'Loop' });
  });

  it('reads a pump, named MM Connect where the status is from there', () => {
    expect(world(status(1, { pump: { iob: { bolusiob: 0.9 } } }))).not.toHaveProperty('source');
    expect(world(status(1, { pump: { iob: { iob: 1.1 } }, connect: {} }))).toMatchObject({ iob: 1.1, source: 'MM Connect' });
    expect(world(status(1, { pump: { iob: { iob: 0 } } }))).toMatchObject({ iob: 0, display: '0' });
  });

  it.each([
    ['older than 30 minutes', 30.1],
    ['more than 5 minutes ahead', -5.1]
  ])('leaves out a status %s', (_, minutes) => expect(world(openaps(minutes, { iob: 2 }))).toEqual({}));

  it('is quiet about an empty report', () => {
    expect(world(openaps(1, []))).toEqual({});
    expect(world(openaps(1, {}))).toEqual({});
  });
});

describe('iob, for any dose', () => {
  it('goes down to zero within the duration of action and stays there', () => {
    const dose = fc.record({
      insulin: fc.double({ min: 0.05, max: 40, noNaN: true }),
      dia: fc.double({ min: 2, max: 10, noNaN: true })
    });
    fc.assert(
      fc.property(dose, fc.double({ min: 0, max: 1, noNaN: true }), ({ insulin, dia }, part) => {
        const early = doseAt(insulin, part * dia * 60, dia, 50).iob;
        const later = doseAt(insulin, part * dia * 60 + 5, dia, 50).iob;
        // the second parabola turns up by a trace just before the end
        return later <= early + insulin * 0.001 && early <= insulin && doseAt(insulin, dia * 60 + 1, dia, 50).iob === 0;
      })
    );
  });
});
