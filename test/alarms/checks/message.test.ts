import { describe, expect, it } from 'vitest';
import { alarmMessage } from '../../../src/alarms/checks/message.ts';
import { profileWith, sgv, treatment } from '../../plugins/kit.ts';
import { type AlarmWorld, currentOf } from './kit.ts';

const message = (world: AlarmWorld): string => alarmMessage(currentOf(world).sandbox);

describe('alarmMessage (properties-plugins A.3)', () => {
  const rising = [sgv(150, 5), sgv(170, 0, { direction: 'FortyFiveUp' })];

  it('puts glucose first, then a line of each feature that has one', () => {
    const world = { sgvs: rising, treatments: [treatment(0, { insulin: 1.25 })] };
    expect(message({ ...world, enable: ['bgnow', 'direction', 'ar2', 'iob', 'cob', 'bwp'] })).toBe(
      'BG Now: 170 +20 ↗ mg/dl\nBG 15m: 206 mg/dl\nIOB: 1.25U'
    );
  });

  it('keeps the order rawbg, ar2, bwp, iob, cob', () => {
    const cals = [{ _id: 'c', mills: 0, scale: 1, slope: 895.8571693, intercept: 34_281.06876, type: 'cal' as const }];
    const sgvs = [sgv(105, 5), sgv(108, 0, { direction: 'Flat', unfiltered: 142_144, filtered: 138_944, noise: 1 })];
    const world = { sgvs, cals, profile: profileWith(), treatments: [treatment(1, { insulin: 1, carbs: 40 })] };
    expect(
      message(world)
        .split('\n')
        .map((line) => line.split(':')[0])
    ).toEqual(['BG Now', 'Raw BG', 'BG 15m', 'BWP', 'IOB', 'COB']);
  });

  it.each([
    ['mmol', [sgv(150, 5), sgv(170, 0)], ['bgnow'], 'BG Now: 9.4 +1.1 mmol/L'],
    ['mmol without zeros behind', [sgv(144, 5), sgv(180, 0)], ['bgnow'], 'BG Now: 10 +2 mmol/L'],
    ['falling', [sgv(120, 5), sgv(85, 0)], ['bgnow'], 'BG Now: 85 -35 mg/dl'],
    ['below range', [sgv(39, 0)], ['bgnow'], 'BG Now: LOW mg/dl'],
    ['above range', [sgv(401, 0)], ['bgnow'], 'BG Now: HIGH mg/dl'],
    ['nothing but a reading', [sgv(100, 0)], [], 'BG Now: 100 mg/dl'],
    ['nothing', [], ['bgnow'], '']
  ] as const)('%s', (name, sgvs, enable, expected) => {
    expect(message({ sgvs: [...sgvs], enable: [...enable], units: name.startsWith('mmol') ? 'mmol' : 'mg/dl' })).toBe(expected);
  });
});
