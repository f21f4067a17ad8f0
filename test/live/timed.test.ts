import { describe, expect, it } from 'vitest';
import { deviceStatus } from '../../src/live/devicestatus.ts';
import { instant, timed } from '../../src/live/timed.ts';

// socket-v1.md §13.2 and §13.7

const T = Date.parse('2026-11-22T06:00:00.000Z');
const created_at = new Date(T).toISOString();

describe('time of a document', () => {
  it.each([
    [
      { created_at, duration: 30 },
      { mills: T, endmills: T + 1_800_000 }
    ],
    [
      { created_at, duration: 0 },
      { mills: T, endmills: T }
    ],
    [
      { created_at, durationInMilliseconds: 90_000 },
      { mills: T, duration: 2, endmills: T + 90_000 }
    ],
    [
      { created_at, durationInMilliseconds: 26_584 },
      { mills: T, duration: 0, endmills: T + 26_584 }
    ],
    [{ created_at, durationInMilliseconds: 0 }, { mills: T }],
    [
      { created_at, duration: 'long' },
      { mills: T, endmills: T }
    ],
    [
      { created_at, duration: '30' },
      { mills: T, endmills: T + 1_800_000 }
    ],
    [
      { created_at, duration: 30, endmills: T + 5 },
      { mills: T, endmills: T + 5 }
    ],
    [{ created_at, duration: 1e300 }, { mills: T }],
    [{ created_at }, { mills: T }],
    [{ sysTime: created_at }, { mills: T }],
    [{ date: T }, { mills: T }],
    [{ created_at: T }, { mills: T }],
    [{ created_at: 'bad', mills: T }, { mills: T }]
  ])('%j', (doc, expected) => {
    const { mills, endmills, duration } = timed({ _id: 'a', ...doc })!;
    const kept = 'duration' in doc || duration === undefined ? {} : { duration };
    expect({ mills, ...kept, ...(endmills !== undefined && { endmills }) }).toEqual(expected);
  });

  it.each([{ created_at: 'bad' }, {}, { created_at: null }, { created_at: {} }, { created_at: Number.NaN }, { mills: 9e15 }])(
    '%j has none',
    (doc) => {
      expect(timed({ _id: 'a', ...doc })).toBeUndefined();
    }
  );

  it('a permanent profile switch does not end', () => {
    expect(timed({ _id: 'a', created_at, eventType: 'Profile Switch', duration: 0 })).not.toHaveProperty('endmills');
    expect(timed({ _id: 'a', created_at, eventType: 'Profile Switch', duration: 30 })).toHaveProperty('endmills', T + 1_800_000);
  });

  it('names an amount absolute, at any depth, and leaves the stored document alone', () => {
    const doc = { _id: 'a', created_at, amount: '1.5', inner: [{ amount: 2 }, { amount: 3, absolute: 4 }] };
    const before = structuredClone(doc);
    expect(timed(doc)).toMatchObject({
      absolute: 1.5,
      inner: [
        { amount: 2, absolute: 2 },
        { amount: 3, absolute: 4 }
      ]
    });
    expect(doc).toEqual(before);
  });

  it.each([
    ['1732255200000', 1732255200000],
    ['', undefined],
    [Number.POSITIVE_INFINITY, undefined],
    ['2026-11-22T06:00:00', T],
    [true, undefined]
  ])('reads %j', (value, expected) => expect(instant(value)).toBe(expected));
});

describe('device status', () => {
  it.each([
    [{ uploaderBattery: 80 }, { uploader: { battery: 80 } }],
    [{ uploaderBattery: '80' }, { uploader: { battery: '80' } }],
    [{ uploaderBattery: 0 }, { uploader: { battery: 0 } }],
    [{ uploaderBattery: 80, uploader: { name: 'x' } }, { uploader: { battery: 80 } }],
    // share2nightscout-bridge writes false; it must not hide a real value (clients.md §16)
    [
      { uploaderBattery: false, uploader: { battery: 5 } },
      { uploaderBattery: false, uploader: { battery: 5 } }
    ],
    [{ uploaderBattery: null }, { uploaderBattery: null }],
    [{ uploader: { battery: 'half' } }, { uploader: { battery: 'half' } }]
  ])('%j', (doc, expected) => {
    const stored = { _id: 'a', created_at, ...doc };
    const before = structuredClone(stored);
    expect(deviceStatus(stored)).toEqual({ _id: 'a', created_at, ...expected, mills: T });
    expect(stored).toEqual(before);
  });
});
