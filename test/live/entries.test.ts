import { describe, expect, it } from 'vitest';
import { reading } from '../../src/live/entries.ts';

// socket-v1.md §13.3

describe('an entry as the root socket shows it', () => {
  it.each([
    [
      {
        type: 'sgv',
        sgv: '120',
        date: 5,
        direction: 'Flat',
        noise: 1,
        rssi: 100,
        filtered: 1,
        unfiltered: 2,
        trend: 4,
        utcOffset: 0,
        dateString: 'x',
        device: 'd'
      },
      [
        'sgvs',
        {
          _id: 'a',
          mgdl: 120,
          mills: 5,
          device: 'd',
          direction: 'Flat',
          filtered: 1,
          unfiltered: 2,
          noise: 1,
          rssi: 100,
          type: 'sgv'
        }
      ]
    ],
    [{ type: 'sgv', sgv: 12, date: 5 }, ['sgvs', { _id: 'a', mgdl: 12, mills: 5, type: 'sgv' }]],
    [{ mbg: 111, sgv: 90, date: 5, device: 'm' }, ['mbgs', { _id: 'a', mgdl: 111, mills: 5, device: 'm', type: 'mbg' }]],
    [
      { type: 'cal', slope: 895, intercept: 34281, scale: 1, date: 5, device: 'd' },
      ['cals', { _id: 'a', mills: 5, scale: 1, intercept: 34281, slope: 895, type: 'cal' }]
    ]
  ])('%j', (doc, [list, item]) => expect(reading({ _id: 'a', ...doc }, '')).toEqual({ list, item }));

  it.each([
    { type: 'sgv', sgv: 0, date: 5 },
    { type: 'etc', date: 5 },
    { sgv: 'HIGH', date: 5 },
    { sgv: 100 },
    { sgv: 100, date: 'never' },
    { sgv: {}, date: 5 },
    { sgv: 1, date: Number.NaN }
  ])('%j is none', (doc) => expect(reading({ _id: 'a', ...doc }, '')).toBeUndefined());

  it('OBSCURE_DEVICE_PROVENANCE takes the place of the device', () => {
    expect(reading({ _id: 'a', sgv: 100, date: 5, device: 'mine' }, 'xxx')?.item).toHaveProperty('device', 'xxx');
  });
});
