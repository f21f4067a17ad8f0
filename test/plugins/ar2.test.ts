import { describe, expect, it } from 'vitest';
import { propertiesOf, sgv, T } from './kit.ts';

describe('ar2 (properties-plugins B.4)', () => {
  it.each([
    { before: 100, now: 105, gap: 5, points: '109 112 115 117 118 120', avgLoss: 0.000631, level: undefined, event: undefined },
    { before: 120, now: 120, gap: 5, points: '120 120 121 121 121 122', avgLoss: 0.0000181, level: undefined, event: undefined },
    { before: 150, now: 170, gap: 5, points: '186 198 206 212 216 218', avgLoss: 0.066415, level: 1, event: 'high' },
    { before: 140, now: 200, gap: 5, points: '258 309 350 381 400 400', avgLoss: 0.258785, level: 2, event: 'high' },
    { before: 90, now: 80, gap: 5, points: '74 70 68 66 66 66', avgLoss: 0.072391, level: 1, event: 'low' },
    { before: 90, now: 83, gap: 5, points: '79 76 74 73 73 73', avgLoss: 0.051235, level: 1, event: 'low' },
    { before: 120, now: 85, gap: 5, points: '66 56 50 46 44 43', avgLoss: 0.176691, level: 2, event: 'low' },
    { before: 120, now: 85, gap: 11, points: '75 69 66 63 62 62', avgLoss: 0.081929, level: 1, event: 'low' },
    { before: 39, now: 45, gap: 5, points: '', avgLoss: 0, level: undefined, event: undefined }
  ])('$before → $now in $gap min', ({ before, now, gap, points, avgLoss, level, event }) => {
    const { ar2 } = propertiesOf({ sgvs: [sgv(before, gap), sgv(now, 0)] });
    const predicted: { mgdl: number; mills: number; scaled: number }[] = ar2.forecast.predicted;
    expect(predicted.map(({ mgdl }) => mgdl).join(' ')).toBe(points);
    expect(predicted.map(({ mills }) => mills)).toEqual(predicted.map((_, n) => T + (n + 1) * 300_000 + 2000));
    expect(ar2.forecast.avgLoss).toBeCloseTo(avgLoss, avgLoss < 0.001 ? 6 : 5);
    expect([ar2.level, ar2.eventName]).toEqual([level, event]);
    expect(ar2.displayLine).toBe(points ? `BG 15m: ${points.split(' ')[2]} mg/dl` : undefined);
  });

  it('shows text with one decimal on an mmol/L site', () => {
    const { ar2 } = propertiesOf({ units: 'mmol', sgvs: [sgv(150, 5), sgv(170, 0)] });
    expect(ar2.forecast.predicted[0]).toMatchObject({ mgdl: 186, scaled: '10.3', color: 'cyan' });
    expect(ar2).toMatchObject({ level: 1, eventName: 'high', displayLine: 'BG 15m: 11.4 mmol/L' });
  });

  it.each([
    ['alarmHigh', 150, 170],
    ['alarmLow', 90, 80]
  ])('names no event where %s is off', (name, before, now) => {
    const { ar2 } = propertiesOf({ sgvs: [sgv(before, 5), sgv(now, 0)], settings: { [name]: false } });
    expect(ar2).toMatchObject({ level: 1, eventName: '' });
  });
});
