import { describe, expect, it } from 'vitest';
import { ago, status, treatment } from '../../plugins/kit.ts';
import { type AlarmWorld, toldBy } from './kit.ts';

const loops = {
  openaps: (minutes: number) => ({ openaps: { enacted: { timestamp: ago(minutes), received: true } } }),
  loop: (minutes: number) => ({ loop: { timestamp: ago(minutes) } })
};
type Feature = keyof typeof loops;
const told = (feature: Feature, minutes: number, settings: Record<string, unknown> = {}, more: AlarmWorld = {}) =>
  toldBy(feature, {
    devicestatus: [status(minutes, loops[feature](minutes))],
    extended: { [feature]: { enableAlerts: true, ...settings } },
    ...more
  });

describe.each<[Feature, string]>([
  ['openaps', 'OpenAPS'],
  ['loop', 'Loop']
])("%s isn't looping (properties-plugins C.7, C.8)", (feature, name) => {
  it.each([
    [30, undefined, ''],
    [30.1, 1, '30m ago'],
    [40, 1, '40m ago'],
    [60, 1, '1h ago'],
    [60.1, 2, '1h ago'],
    [300, 2, '5h ago']
  ])('%d minutes', (minutes, level, text) => {
    const expected = { level, title: `${name} isn't looping`, message: `Last Loop: ${text}`, group: name, pushoverSound: 'echo' };
    expect(told(feature, minutes)).toEqual(level === undefined ? [] : [expected]);
  });

  it('follows the limits of the site', () => {
    expect(told(feature, 12, { warn: 10 })).toEqual([expect.objectContaining({ level: 1 })]);
    expect(told(feature, 22, { urgent: 20 })).toEqual([expect.objectContaining({ level: 2 })]);
  });

  it.each([
    ['alerts off', { enableAlerts: false }, {}],
    ['alerts not set', { enableAlerts: undefined }, {}],
    ['nothing known of a loop', {}, { devicestatus: [] }],
    ['no time', {}, { devicestatus: [status(40, { openaps: { enacted: {} }, loop: { timestamp: 'soon' } })] }]
  ])('silent: %s', (_name, settings, more) => expect(told(feature, 90, settings, more)).toEqual([]));
});

describe('a loop that is paused or fails', () => {
  it('an active OpenAPS Offline silences OpenAPS, and only while it lasts', () => {
    const offline = (minutes: number) => ({ treatments: [treatment(minutes, { eventType: 'OpenAPS Offline', duration: 60 })] });
    expect(told('openaps', 90, {}, offline(30))).toEqual([]);
    expect(told('openaps', 90, {}, offline(61))).toHaveLength(1);
  });

  it('a Loop that only fails does not loop', () => {
    const devicestatus = [
      status(45, { loop: { timestamp: ago(45) } }),
      status(2, { loop: { timestamp: ago(2), failureReason: 'no glucose' } })
    ];
    expect(told('loop', 0, {}, { devicestatus })).toEqual([expect.objectContaining({ level: 1, message: 'Last Loop: 45m ago' })]);
  });
});
