import { describe, expect, it } from 'vitest';
import { status } from '../../plugins/kit.ts';
import { toldBy } from './kit.ts';

const told = (uploaders: Record<string, unknown>[], settings: Record<string, unknown> = {}) =>
  toldBy('upbat', {
    devicestatus: uploaders.map((uploader, index) => status(index + 1, { device: `openaps://rig${index + 1}`, uploader })),
    extended: { upbat: { enableAlerts: true, ...settings } }
  });

describe('upbat (properties-plugins C.5)', () => {
  it('tells every device once one is low', () => {
    const devicestatus = [
      status(3, { device: 'phone', uploader: { battery: 25 } }),
      status(2, { device: 'openaps://rig1', uploader: { battery: 55, batteryVoltage: 3900, isCharging: true } })
    ];
    expect(toldBy('upbat', { devicestatus, extended: { upbat: { enableAlerts: true } } })).toEqual([
      {
        level: 1,
        title: 'Warning Uploader Battery is Low',
        message: 'phone 25%; rig1 55%⚡ (3.900v)',
        group: 'Uploader Battery',
        pushoverSound: 'echo'
      }
    ]);
  });

  it.each([
    [31, {}, undefined],
    [30, {}, 1],
    [21, {}, 1],
    [20, {}, 2],
    [0, {}, 2],
    [40, { warn: 40 }, 1],
    [25, { urgent: 25 }, 2]
  ])('%i %% with %j', (battery, settings, level) => {
    const title = `${level === 2 ? 'Urgent' : 'Warning'} Uploader Battery is Low`;
    expect(told([{ battery }], settings)).toEqual(level === undefined ? [] : [expect.objectContaining({ level, title })]);
  });

  it.each([
    ['off', [{ battery: 5 }], { enableAlerts: false }],
    ['not set', [{ battery: 5 }], { enableAlerts: undefined }],
    ['no uploader', [], {}],
    ['battery is no number', [{ battery: 'low' }], {}],
    ['only volts', [{ batteryVoltage: 3.1 }], {}]
  ])('silent: %s', (_name, uploaders, settings) => expect(told(uploaders, settings)).toEqual([]));

  it('names a device that tells volts only, beside a low one', () => {
    expect(told([{ batteryVoltage: 3.1 }, { battery: 10 }])[0]?.message).toBe('rig1 3.100v; rig2 10%');
  });
});
