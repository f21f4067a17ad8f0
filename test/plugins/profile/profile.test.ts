import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE, profileWith, propertiesOf, sandboxOf, T, treatment } from '../kit.ts';

const store = { Day: { sens: 30, carbratio: 7, basal: 1.5 }, Sick: { sens: 20 } };
const json = JSON.stringify({ sens: 44, dia: 6 });

describe('active profile (properties-plugins D.2)', () => {
  const at = (...switches: Record<string, unknown>[]) => {
    const treatments = switches.map(({ minutes, ...fields }) =>
      treatment(Number(minutes), { eventType: 'Profile Switch', ...fields })
    );
    return sandboxOf({ profile: profileWith({}, { store }), treatments }).profile.active(T);
  };

  it.each([
    { name: 'no switch', switches: [], active: 'Day' },
    { name: 'permanent', switches: [{ minutes: 60, profile: 'Sick', duration: 0 }], active: 'Sick' },
    { name: 'without a duration', switches: [{ minutes: 60, profile: 'Sick' }], active: 'Sick' },
    { name: 'temporary, over', switches: [{ minutes: 60, profile: 'Sick', duration: 30 }], active: 'Day' },
    { name: 'temporary, running', switches: [{ minutes: 20, profile: 'Sick', duration: 30 }], active: 'Sick' },
    { name: 'unknown name', switches: [{ minutes: 60, profile: 'Gone' }], active: 'Day' },
    { name: 'older than the profile document', switches: [{ minutes: 60 * 24 * 40, profile: 'Sick' }], active: 'Day' },
    {
      name: 'sent along as JSON',
      switches: [{ minutes: 60, profile: 'AAPS', profileJson: json }],
      active: `AAPS@@@@@${T - 60 * MINUTE}`
    },
    { name: 'broken JSON', switches: [{ minutes: 60, profile: 'AAPS', profileJson: '{"sens":' }], active: 'Day' },
    { name: 'a known name before its JSON', switches: [{ minutes: 60, profile: 'Sick', profileJson: json }], active: 'Sick' },
    {
      name: 'a permanent one rules again after a temporary one',
      switches: [
        { minutes: 90, profile: 'Sick', duration: 0 },
        { minutes: 60, profile: 'Day', duration: 30 }
      ],
      active: 'Sick'
    },
    { name: 'a name of Object', switches: [{ minutes: 60, profile: 'constructor' }], active: 'Day' }
  ])('$name → $active', ({ switches, active }) => expect(at(...switches)?.name).toBe(active));
});

describe('profile values (properties-plugins D.3)', () => {
  const values = (profile: unknown, ...treatments: ReturnType<typeof treatment>[]) => sandboxOf({ profile, treatments }).profile;

  it('follows the clock on the wall of the profile', () => {
    const basal = [
      { time: '00:00', value: 0.1 },
      { time: '12:00', value: 0.5 }
    ];
    const profile = values(profileWith({ basal, timezone: 'America/New_York' }));
    expect([profile.value('basal', T), profile.value('basal', T + 5 * HOUR)]).toEqual([0.1, 0.5]);
  });

  it.each([
    ['spring forward, 03:30 local', '2024-03-10T07:30:00Z', 3],
    ['spring forward, 12:30 local', '2024-03-10T16:30:00Z', 12],
    ['fall back, first 01:30', '2024-11-03T05:30:00Z', 1],
    ['fall back, second 01:30', '2024-11-03T06:30:00Z', 1],
    ['fall back, 12:30 local', '2024-11-03T17:30:00Z', 12]
  ])('on the days clocks change: %s', (_, time, hour) => {
    const basal = Array.from({ length: 24 }, (__, h) => ({ time: `${String(h).padStart(2, '0')}:00`, value: h }));
    const profile = values(profileWith({ basal, timezone: 'America/New_York' }));
    expect(profile.value('basal', Date.parse(time))).toBe(hour);
  });

  it('takes time zones of any case, and the server one for an unknown name', () => {
    const basal = [
      { time: '00:00', value: 1 },
      { time: '08:00', value: 2 }
    ];
    expect(values(profileWith({ basal, timezone: 'ETC/GMT+8' })).value('basal', T)).toBe(1);
    expect(values(profileWith({ basal, timezone: 'Mars/Crater' })).value('basal', T)).toBeTypeOf('number');
  });

  it('reads numbers from text and single values as they are', () => {
    const profile = values(profileWith({ sens: [{ time: '00:00', value: '45' }], dia: '4.5', carbratio: '9' }));
    expect([profile.value('sens', T), profile.dia(T), profile.value('carbratio', T)]).toEqual([45, 4.5, 9]);
  });

  it('rounds the instant to the minute', () => {
    const sens = [
      { time: '00:00', value: 1 },
      { time: '12:00', value: 2 }
    ];
    const profile = values(profileWith({ sens }));
    expect([profile.value('sens', T - 31_000), profile.value('sens', T - 30_000)]).toEqual([1, 2]);
  });

  it('keeps the last value of yesterday where the day begins later', () => {
    const sens = [
      { time: '13:00', value: 30 },
      { time: '18:00', value: 40 }
    ];
    expect(values(profileWith({ sens })).value('sens', T)).toBe(40);
  });

  it('scales by the percentage of a CircadianPercentageProfile switch: 150 %', () => {
    const ccp = { eventType: 'Profile Switch', profile: 'Day', CircadianPercentageProfile: true, percentage: 150, timeshift: 0 };
    const profile = values(profileWith({}, { store }), treatment(60, ccp));
    expect(profile.value('sens', T)).toBe(20);
    expect(profile.value('carbratio', T)).toBeCloseTo(4.667, 3);
    expect(profile.value('basal', T)).toBe(2.25);
  });

  it('does not scale for a switch that only mentions a percentage', () => {
    const aaps = { eventType: 'Profile Switch', profile: 'Day', percentage: 150 };
    expect(values(profileWith({}, { store }), treatment(60, aaps)).value('sens', T)).toBe(30);
  });

  it('reads a document from before profiles had names', () => {
    const profile = values({ _id: 'old', dia: 4, sens: 33, basal: [{ time: '00:00', value: 0.7 }] });
    expect([profile.active(T)?.name, profile.value('sens', T), profile.dia(T)]).toEqual(['Default', 33, 4]);
  });

  it('gives glucose values in mg/dl whatever units the profile is kept in (D22)', () => {
    const mmol = values(profileWith({ sens: 2.5, units: 'mmol/L' }));
    expect(mmol.glucoseValue('sens', T)).toBeCloseTo(45.04, 2);
    expect(values(profileWith({ sens: 45 })).glucoseValue('sens', T)).toBe(45);
    expect(values(profileWith({ target_low: 5 }, { units: 'mmol' })).glucoseValue('target_low', T)).toBeCloseTo(90.08, 2);
  });

  it('takes a profile that names no units to be kept in those of the site', () => {
    const profile = profileWith({ sens: 2.5 }, { units: undefined });
    expect(sandboxOf({ profile, units: 'mmol' }).profile.glucoseValue('sens', T)).toBeCloseTo(45.04, 2);
    expect(sandboxOf({ profile }).profile.glucoseValue('sens', T)).toBe(2.5);
  });

  it('has a duration of insulin action of 3 h where the profile has none', () => {
    expect([values(profileWith({ dia: 0 })).dia(T), values(undefined).dia(T)]).toEqual([3, 3]);
  });
});

describe('basal with temp basal and combo bolus (properties-plugins D.4, C.10)', () => {
  const temp = (fields: Record<string, unknown>) => treatment(10, { eventType: 'Temp Basal', duration: 30, ...fields });
  const combo = treatment(10, { eventType: 'Combo Bolus', duration: 60, relative: 0.5 });

  it.each([
    { name: 'plain', treatments: [], display: '1.000U', total: 1 },
    { name: '-50 %', treatments: [temp({ percent: -50 })], display: 'T: 0.500U', total: 0.5 },
    { name: 'absolute 0 plus combo', treatments: [temp({ absolute: 0 }), combo], display: 'TC: 0.500U', total: 0.5 },
    { name: 'combo alone', treatments: [combo], display: 'C: 1.500U', total: 1.5 },
    { name: 'rate as text', treatments: [temp({ absolute: '0.35' })], display: 'T: 0.350U', total: 0.35 },
    {
      name: 'null beside a percentage says nothing',
      treatments: [temp({ absolute: null, percent: 20 })],
      display: 'T: 1.200U',
      total: 1.2
    },
    {
      name: 'over',
      treatments: [treatment(40, { eventType: 'Temp Basal', duration: 30, absolute: 3 })],
      display: '1.000U',
      total: 1
    }
  ])('$name: $display', ({ treatments, display, total }) => {
    const { basal } = sandboxOf({ profile: profileWith(), treatments }).profile.basal(T) ?? {};
    expect(basal).toBe(1);
    const shown = propertiesWith(treatments);
    expect(shown.display).toBe(display);
    expect(shown.current.totalbasal).toBe(total);
  });

  it('has no basal without a profile', () => expect(propertiesOf({}).basal).toBeUndefined());

  const propertiesWith = (treatments: ReturnType<typeof treatment>[]) =>
    propertiesOf({ profile: profileWith(), treatments }).basal;
});
