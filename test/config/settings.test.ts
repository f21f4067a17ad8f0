import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/read-config.ts';

const settings = (env: Record<string, string> = {}) => readConfig(env, 'machine').settings;
const DEFAULTS = 'bgnow delta direction timeago devicestatus upbat errorcodes profile bolus dbsize runtimestate basal careportal';

describe('types of settings (§G.1, §G.2)', () => {
  it.each([
    ['switch', { NIGHT_MODE: 'ON', ALARM_HIGH: 'False' }, { nightMode: true, alarmHigh: false }],
    ['a switch keeps other text', { ALARM_LOW: 'nope' }, { alarmLow: 'nope' }],
    ['number', { TIME_FORMAT: '24' }, { timeFormat: 24 }],
    ['number with decimal comma', { AUTH_FAIL_DELAY: '0,5' }, { authFailDelay: 0.5 }],
    ['number that is none', { TIME_FORMAT: 'abc' }, { timeFormat: 'abc' }],
    ['numbers', { ALARM_HIGH_MINS: '10 20  x' }, { alarmHighMins: [10, 20, null] }],
    ['one number is a list', { ALARM_URGENT_LOW_MINS: '5' }, { alarmUrgentLowMins: [5] }],
    [
      'texts stay text',
      { DAY_START: '8', ALARM_TIMEAGO_WARN_MINS: '20', HEARTBEAT: '30', EDIT_MODE: 'off' },
      { dayStart: '8', alarmTimeagoWarnMins: '20', heartbeat: '30', editMode: 'off' }
    ],
    [
      'never mapped',
      { ALARM_PUMP_BATTERY_LOW: 'on', SECURE_HSTS_HEADER_PRELOAD: 'on', SECURE_HSTS_HEADER_INCLUDE_SUBDOMAINS: 'on' },
      { alarmPumpBatteryLow: 'on', secureHstsHeaderPreload: 'on', secureHstsHeaderIncludeSubdomains: 'on' }
    ],
    ['display copies', { INSECURE_USE_HTTP: 'yes', SECURE_CSP: 'on' }, { insecureUseHttp: 'yes', secureCsp: true }],
    [
      'names with digits',
      { FRAME_URL_1: 'https://a.example', FRAME_NAME_8: 'Eight' },
      { frameUrl1: 'https://a.example', frameName8: 'Eight' }
    ],
    ['BASE_URL', { BASE_URL: 'https://ns.example' }, { baseURL: 'https://ns.example' }],
    ['mmol', { DISPLAY_UNITS: 'MMOL/L' }, { units: 'mmol' }],
    ['raw glucose pill', { SHOW_RAWBG: 'noise' }, { showPlugins: 'dbsize delta direction upbat rawbg' }],
    ['pills', { SHOW_PLUGINS: 'iob cob' }, { showPlugins: 'iob cob delta direction upbat' }],
    ['open careportal', { TREATMENTS_AUTH: 'off' }, { authDefaultRoles: 'readable careportal' }]
  ])('%s', (_, env, expected) => expect(settings(env as unknown as Record<string, string>)).toMatchObject(expected));
});

describe('thresholds (§G.4)', () => {
  const thresholds = (env: Record<string, string>) => Object.values(settings(env).thresholds);
  const four = (bgHigh: string, top: string, bottom: string, low: string) => ({
    BG_HIGH: bgHigh,
    BG_TARGET_TOP: top,
    BG_TARGET_BOTTOM: bottom,
    BG_LOW: low
  });

  it.each([
    ['mmol 15/10/4.0/3,3', { DISPLAY_UNITS: 'mmol', ...four('15', '10', '4.0', '3,3') }, [270, 180, 72, 59]],
    ['mmol without thresholds', { DISPLAY_UNITS: 'mmol' }, [260, 180, 80, 55]],
    ['mmol with thresholds in mg/dl', { DISPLAY_UNITS: 'mmol', BG_HIGH: '250' }, [250, 180, 80, 55]],
    ['mmol with only one of them', { DISPLAY_UNITS: 'mmol', BG_LOW: '3.5' }, [260, 180, 80, 3.5]],
    ['in the wrong order', four('89', '90', '95', '96'), [91, 90, 89, 88]]
  ])('%s', (_, env, expected) => expect(thresholds(env)).toEqual(expected));

  it('warns of an alarm that can never sound', () => {
    expect(readConfig({ DISPLAY_UNITS: 'mmol', BG_LOW: '3.5' }, 'm').warnings).toEqual([
      'BG_LOW stands for 3.5 mg/dl, which no reading passes: this alarm never sounds. Give all four BG_… thresholds in mmol, or all four in mg/dl.'
    ]);
  });

  it('warns of mmol thresholds on a mg/dl site', () => {
    expect(
      readConfig(four('15', '10', '4', '3'), 'm').warnings.filter((sentence) =>
        sentence.includes('Thresholds are in mg/dl unless')
      )
    ).toHaveLength(4);
  });

  it('keeps the alarm when a threshold is no number, and says so', () => {
    const config = readConfig({ BG_HIGH: 'abc' }, 'm');
    expect(config.settings.thresholds.bgHigh).toBe(260);
    expect(config.warnings).toEqual(['BG_HIGH="abc" must be a number. The default 260 is used.']);
  });
});

describe('features (§G.5)', () => {
  const enable = (env: Record<string, string>) => settings(env).enable.join(' ');
  it.each([
    ['nothing set', {}, `${DEFAULTS} ar2`],
    ['a threshold set', { BG_HIGH: '250' }, `${DEFAULTS} simplealarms`],
    [
      'percent-encoded',
      { ENABLE: 'Careportal%20IOB  cob' },
      `careportal iob cob treatmentnotify ${DEFAULTS.replace(' careportal', '')} ar2`
    ],
    ['both alarm types', { ALARM_TYPES: 'simple nonsense predict' }, `${DEFAULTS} simplealarms ar2`],
    ['unknown alarm types', { ALARM_TYPES: 'nonsense' }, `${DEFAULTS} ar2`],
    ['pushover by its token', { PUSHOVER_API_TOKEN: 'x' }, `pushover treatmentnotify ${DEFAULTS} ar2`],
    ['maker', { ENABLE: 'maker' }, `maker treatmentnotify ${DEFAULTS} ar2`],
    [
      'disabled',
      { ENABLE: 'careportal simplealarms', DISABLE: 'AR2 dbsize', ALARM_TYPES: 'simple' },
      `careportal simplealarms treatmentnotify bgnow delta direction timeago devicestatus upbat errorcodes profile bolus runtimestate basal simplealarms`
    ],
    ['commas do not separate', { ENABLE: 'iob,cob' }, `iob,cob ${DEFAULTS} ar2`]
  ])('%s', (_, env, expected) => expect(enable(env as Record<string, string>)).toBe(expected));
});
