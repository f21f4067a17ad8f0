import { describe, expect, it } from 'vitest';
import type { Cal, Sgv } from '../../src/live/live.ts';
import { type Curve, placed } from '../../src/live/treatments.ts';

// socket-v1.md §13.4

const T = 1_795_000_000_000;
const MIN = 60_000;
const sgv = (minutes: number, mgdl: number, more: Partial<Sgv> = {}): Sgv => ({
  _id: `${minutes}`,
  mgdl,
  mills: T + minutes * MIN,
  type: 'sgv',
  ...more
});
const curve = (sgvs: Sgv[], more: Partial<Curve> = {}): Curve => ({ sgvs, rawCal: undefined, displayUnits: 'mg/dl', ...more });
const at = (minutes: number, more = {}) => ({ _id: 't', eventType: 'Note', mills: T + minutes * MIN, ...more });
const two = [sgv(-5, 100), sgv(0, 120)];

describe('place of a treatment on the glucose axis', () => {
  it.each([
    ['between two readings', at(-2), two, { mgdl: 110 }],
    ['before all readings', at(-20), two, { mgdl: 100 }],
    ['after all readings', at(20), two, { mgdl: 120 }],
    ['on a reading', at(-5), two, { mgdl: 100 }],
    ['without readings', at(0), [], { mgdl: 180 }],
    ['the mean is rounded', at(-3), [sgv(-5, 121), sgv(0, 114)], { mgdl: 118 }],
    ['error codes are passed over', at(1), [sgv(-5, 100), sgv(0, 9), sgv(2, 39), sgv(5, 140)], { mgdl: 120 }],
    ['mmol', at(0, { glucose: 7.5, units: 'mmol' }), two, { mmol: 7.5 }],
    ['mmol, capped', at(0, { glucose: 30, units: 'mmol' }), two, { mmol: 22 }],
    ['text, capped', at(0, { glucose: '600', units: 'mg/dl' }), two, { mgdl: 396.34298 }],
    ['no number', at(0, { glucose: 'high' }), two, {}],
    ['unit of the site', at(0, { glucose: 100 }), two, { mgdl: 100 }]
  ])('%s', (_name, treatment, sgvs, expected) => {
    const { mgdl, mmol } = placed(treatment, curve(sgvs)) as { mgdl?: number; mmol?: number };
    expect({ ...(mgdl !== undefined && { mgdl }), ...(mmol !== undefined && { mmol }) }).toEqual(expected);
  });

  it('takes the unit of the site when none is said', () => {
    expect(placed(at(0, { glucose: 6 }), curve(two, { displayUnits: 'mmol' }))).toHaveProperty('mmol', 6);
  });

  it('with rawbg, an error code counts with its raw value', () => {
    const rawCal: Cal = { _id: 'c', mills: T, scale: 1, intercept: 34281.06876, slope: 895.8571693, type: 'cal' };
    expect(placed(at(0), curve([sgv(0, 10, { unfiltered: 142144 })], { rawCal }))).toHaveProperty('mgdl', 120);
    expect(placed(at(0), curve([sgv(0, 10)], { rawCal }))).toHaveProperty('mgdl', 180);
  });

  it('names a missing event type', () => expect(placed({ _id: 't', mills: T }, curve([]))).toHaveProperty('eventType', ''));
});
