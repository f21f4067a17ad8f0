import { describe, expect, it } from 'vitest';
import { createChecks } from '../../../src/alarms/checks/index.ts';
import { MINUTE, status, T } from '../../plugins/kit.ts';
import { toldBy } from './kit.ts';

const world = (xdripjs: Record<string, unknown>, minute = 0, settings: Record<string, unknown> = {}) => ({
  time: T + minute * MINUTE,
  devicestatus: [status(1, { xdripjs })],
  extended: { xdripjs: { enableAlerts: true, ...settings } }
});
const told = (xdripjs: Record<string, unknown>, settings: Record<string, unknown> = {}) =>
  toldBy('xdripjs', world(xdripjs, 0, settings));

describe('xdripjs (properties-plugins C.9)', () => {
  const common = { group: 'xDrip-js', pushoverSound: 'incoming' };
  const battery = 'CGM Transmitter Battery Low';

  it.each([
    [{ state: 1, stateString: 'Stopped' }, 1, 'CGM Transmitter state: Stopped', 'CGM Transmitter state: Stopped'],
    [
      { state: 7, stateString: 'Need calibration' },
      0,
      'CGM Transmitter state: Need calibration',
      'CGM Transmitter state: Need calibration'
    ],
    [{ state: 6, voltagea: 299 }, 1, battery, 'CGM Transmitter Battery A Low Voltage: 299'],
    [{ state: 6, voltagea: 300, voltageb: 289 }, 1, battery, 'CGM Transmitter Battery B Low Voltage: 289']
  ])('%j', (xdripjs, level, title, message) => expect(told(xdripjs)).toEqual([{ level, title, message, ...common }]));

  it('tells a low battery beside a state', () => {
    expect(told({ state: 7, stateString: 'x', voltagea: 200 }).map(({ level }) => level)).toEqual([0, 1]);
  });

  it.each([
    ['OK', { state: 6, voltagea: 300, voltageb: 290 }, {}],
    ['nothing of interest', {}, {}],
    ['alerts off', { state: 1, voltagea: 1 }, { enableAlerts: false }],
    ['alerts not set', { state: 1, voltagea: 1 }, { enableAlerts: undefined }],
    ['a lower limit', { state: 6, voltagea: 250 }, { warnBatV: 250 }]
  ])('silent: %s', (_name, xdripjs, settings) => expect(told(xdripjs, settings)).toEqual([]));

  it('tells a state for a minute, again when it changes, and again after the interval', () => {
    const run = createChecks();
    const heard = (minute: number, state: number): number => toldBy('xdripjs', world({ state }, minute), run).length;
    const steps = [
      [0, 1, 1],
      [0, 1, 1],
      [0.5, 1, 1],
      [1, 1, 0],
      [10, 1, 0],
      [11, 2, 1],
      [12, 2, 0],
      [40, 2, 0],
      [41, 2, 1],
      [42, 2, 0],
      [43, 6, 0],
      [44, 2, 1]
    ] as const;
    expect(steps.map(([minute, state]) => [minute, state, heard(minute, state)])).toEqual(steps);
  });

  it('tells a low battery all the time', () => {
    const run = createChecks();
    const heard = [0, 1, 5].map((minute) => toldBy('xdripjs', world({ state: 6, voltagea: 200 }, minute), run).length);
    expect(heard).toEqual([1, 1, 1]);
  });

  it('follows the interval of the site, in hours', () => {
    const run = createChecks();
    const heard = [0, 5, 6].map((m) => toldBy('xdripjs', world({ state: 1 }, m, { stateNotifyIntrvl: 0.1 }), run).length);
    expect(heard).toEqual([1, 0, 1]);
  });

  it('starts anew when the clock is set back', () => {
    const run = createChecks();
    toldBy('xdripjs', world({ state: 1 }, 100), run);
    expect([0, 1, 2].map((minute) => toldBy('xdripjs', world({ state: 1 }, minute), run).length)).toEqual([1, 0, 0]);
  });

  it('two servers remember apart', () => {
    expect(told({ state: 1 })).toHaveLength(1);
    expect(told({ state: 1 })).toHaveLength(1);
  });
});
