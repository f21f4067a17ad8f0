import { describe, expect, it } from 'vitest';
import { ago, status, treatment } from '../../plugins/kit.ts';
import { type AlarmWorld, toldBy } from './kit.ts';

const told = (pump: Record<string, unknown>, settings: Record<string, unknown> = {}, more: AlarmWorld = {}) =>
  toldBy('pump', {
    devicestatus: [status(1, { pump: { clock: ago(1), ...pump } })],
    extended: { pump: { enableAlerts: true, ...settings } },
    ...more
  });
const full = { reservoir: 86.4, battery: { percent: 80 } };

describe('pump (properties-plugins C.6)', () => {
  it.each([
    ['reservoir', { reservoir: 4 }, 2, 'URGENT: Pump Reservoir Low', 'Pump Battery: 80%\nPump Reservoir: 4.00U'],
    ['reservoir', { reservoir: 9.9 }, 1, 'Warning, Pump Reservoir Low', 'Pump Battery: 80%\nPump Reservoir: 9.90U'],
    ['battery', { battery: { percent: 19 } }, 2, 'URGENT: Pump Battery Low', 'Pump Battery: 19%\nPump Reservoir: 86.4U'],
    ['battery', { battery: { percent: 29 } }, 1, 'Warning, Pump Battery Low', 'Pump Battery: 29%\nPump Reservoir: 86.4U'],
    ['volts', { battery: { voltage: 1.29 } }, 2, 'URGENT: Pump Battery Low', 'Pump Battery: 1.29v\nPump Reservoir: 86.4U'],
    ['volts', { battery: { voltage: 1.34 } }, 1, 'Warning, Pump Battery Low', 'Pump Battery: 1.34v\nPump Reservoir: 86.4U'],
    ['clock', { clock: ago(70) }, 2, 'URGENT: Pump data stale', 'Pump Battery: 80%\nPump Reservoir: 86.4U'],
    ['clock', { clock: ago(31) }, 1, 'Warning, Pump data stale', 'Pump Battery: 80%\nPump Reservoir: 86.4U'],
    [
      'the worst',
      { reservoir: 9, battery: { percent: 10 } },
      2,
      'URGENT: Pump Battery Low',
      'Pump Battery: 10%\nPump Reservoir: 9.00U'
    ],
    [
      'the first of equals',
      { reservoir: 4, clock: ago(70) },
      2,
      'URGENT: Pump Reservoir Low',
      'Pump Battery: 80%\nPump Reservoir: 4.00U'
    ]
  ])('%s %j', (_name, pump, level, title, message) => {
    expect(told({ ...full, ...pump })).toEqual([{ level, title, message, group: 'Pump', pushoverSound: 'echo' }]);
  });

  it('has a text also for a pump that tells neither battery nor reservoir: without one the alarm would be dropped', () => {
    expect(told({ clock: ago(70) })).toEqual([
      { level: 2, title: 'URGENT: Pump data stale', message: 'Last Clock: 1h ago', group: 'Pump', pushoverSound: 'echo' }
    ]);
  });

  it('takes the level a pump driver insists on', () => {
    expect(told({ reservoir: 50, reservoir_level_override: 2 })).toEqual([expect.objectContaining({ level: 2 })]);
  });

  it.each([
    ['all is well', full, {}, {}],
    ['limits not passed', { reservoir: 10, battery: { percent: 30 }, clock: ago(30) }, {}, {}],
    ['alerts off', { reservoir: 1 }, { enableAlerts: false }, {}],
    ['alerts not set', { reservoir: 1 }, { enableAlerts: undefined }, {}],
    ['paused', { reservoir: 1 }, {}, { treatments: [treatment(5, { eventType: 'OpenAPS Offline', duration: 60 })] }],
    ['no pump', {}, {}, { devicestatus: [] }]
  ])('silent: %s', (_name, pump, settings, more) => expect(told(pump, settings, more)).toEqual([]));
});
