import { describe, expect, it } from 'vitest';
import { createStatusText, filterSecrets, socketStatus, statusBody } from '../../src/config/public-settings.ts';
import { readConfig } from '../../src/config/read-config.ts';

const NOW = 1795329316425;
const body = (env: Record<string, string>) =>
  statusBody(readConfig(env, 'machine'), { now: NOW, authorized: null, runtimeState: 'loaded' });

/** The reference's answer of a default site, text and all: clients such as LoopFollow and nightguard read it. */
const DEFAULT_SITE =
  `{"status":"ok","name":"nightscout","version":"15.0.7","serverTime":"2026-11-22T06:35:16.425Z","serverTimeEpoch":1795329316425,"apiEnabled":true,
"careportalEnabled":true,"boluscalcEnabled":false,"settings":{"units":"mg/dl","timeFormat":12,"dayStart":7,"dayEnd":21,"nightMode":false,"editMode":true,
"showRawbg":"never","customTitle":"Nightscout","theme":"default","alarmUrgentHigh":true,"alarmUrgentHighMins":[30,60,90,120],"alarmHigh":true,
"alarmHighMins":[30,60,90,120],"alarmLow":true,"alarmLowMins":[15,30,45,60],"alarmUrgentLow":true,"alarmUrgentLowMins":[15,30,45],
"alarmUrgentMins":[30,60,90,120],"alarmWarnMins":[30,60,90,120],"alarmTimeagoWarn":true,"alarmTimeagoWarnMins":15,"alarmTimeagoUrgent":true,
"alarmTimeagoUrgentMins":30,"alarmPumpBatteryLow":false,"language":"en","scaleY":"log","showPlugins":"dbsize delta direction upbat","showForecast":"ar2",
"focusHours":3,"heartbeat":60,"baseURL":"","authDefaultRoles":"readable","thresholds":{"bgHigh":260,"bgTargetTop":180,"bgTargetBottom":80,"bgLow":55},
"insecureUseHttp":true,"secureHstsHeader":true,"secureHstsHeaderIncludeSubdomains":false,"secureHstsHeaderPreload":false,"secureCsp":false,
"deNormalizeDates":false,"showClockDelta":false,"showClockLastTime":false,"frameUrl1":"","frameUrl2":"","frameUrl3":"","frameUrl4":"","frameUrl5":"",
"frameUrl6":"","frameUrl7":"","frameUrl8":"","frameName1":"","frameName2":"","frameName3":"","frameName4":"","frameName5":"","frameName6":"","frameName7":"",
"frameName8":"","authFailDelay":5000,"adminNotifiesEnabled":true,"authenticationPromptOnLoad":false,"DEFAULT_FEATURES":["bgnow","delta","direction","timeago",
"devicestatus","upbat","errorcodes","profile","bolus","dbsize","runtimestate","basal","careportal"],"alarmTypes":["predict"],"enable":["bgnow","delta",
"direction","timeago","devicestatus","upbat","errorcodes","profile","bolus","dbsize","runtimestate","basal","careportal","ar2"]},
"extendedSettings":{"devicestatus":{"advanced":true,"days":1}},"authorized":null,"runtimeState":"loaded"}`.replaceAll('\n', '');

describe('status.json (§I)', () => {
  it.each([
    ['a default site', {}, null],
    [
      'a site with a title that looks like JSON, for a subject',
      { CUSTOM_TITLE: '"},{"serverTime":1', ENABLE: 'iob' },
      { token: 'x' }
    ]
  ])('is written the same way piece by piece: %s', (_, env, authorized) => {
    const config = readConfig(env as Record<string, string>, 'machine');
    const moment = { now: NOW, authorized, runtimeState: 'booted' } as const;
    expect(createStatusText(config)(moment)).toBe(JSON.stringify(statusBody(config, moment)));
  });

  it('of a default site is the reference’s to the letter, our own name beside it (D25)', () => {
    const { server, ...rest } = body({ INSECURE_USE_HTTP: 'true' });
    expect(JSON.stringify(rest)).toBe(DEFAULT_SITE);
    expect(server).toEqual({ name: 'vigil', version: expect.stringMatching(/^\d+\.\d+\.\d+/) });
  });

  it('repeats features as the recorded site did', () => {
    const { settings } = body({
      AUTH_FAIL_DELAY: '50',
      ENABLE:
        'careportal iob cob bwp cage sage iage bage rawbg pump openaps loop override dbsize basal bolus delta direction upbat ar2 simplealarms treatmentnotify'
    });
    expect(settings.authFailDelay).toBe(50);
    expect(settings.enable.join(' ')).toBe(
      'careportal iob cob bwp cage sage iage bage rawbg pump openaps loop override dbsize basal bolus delta direction upbat ar2 simplealarms treatmentnotify' +
        ' treatmentnotify bgnow timeago devicestatus errorcodes profile runtimestate ar2'
    );
  });

  it('carries the grant of a subject and a closed site’s roles', () => {
    const grant = { token: 'x', sub: 'statusonly', permissionGroups: [['api:status:read'], []], iat: 1, exp: 28801 };
    const config = readConfig({ AUTH_DEFAULT_ROLES: 'denied', DISABLE: 'careportal', ENABLE: 'boluscalc' }, 'machine');
    expect(statusBody(config, { now: NOW, authorized: grant, runtimeState: 'booted' })).toMatchObject({
      careportalEnabled: false,
      boluscalcEnabled: true,
      settings: { authDefaultRoles: 'denied' },
      authorized: grant,
      runtimeState: 'booted'
    });
  });
});

const SECRET_SITE = {
  ENABLE: 'loop bridge careportal iob',
  OBSCURED: 'iob bridge',
  OBSCURE_DEVICE_PROVENANCE: 'hidden-device',
  LOOP_APNS_KEY: 'apple-key',
  LOOP_APNS_KEY_ID: 'apple-id',
  LOOP_DEVELOPER_TEAM_ID: 'TEAM567890',
  LOOP_PUSH_SERVER_ENVIRONMENT: 'production',
  BRIDGE_USER_NAME: 'dexcom-user',
  BRIDGE_PASSWORD: 'dexcom-pass'
};
const SECRETS = /apple-key|apple-id|TEAM567890|dexcom|hidden-device|obscure/;

describe('secrets (§G.3, D18)', () => {
  it('never reach readers over REST or sockets', () => {
    const config = readConfig(SECRET_SITE, 'machine');
    expect(JSON.stringify(config)).toMatch(SECRETS);
    for (const shown of [body(SECRET_SITE), socketStatus(config, { now: NOW, activeProfile: null })]) {
      expect(JSON.stringify(shown)).not.toMatch(SECRETS);
      expect(shown.extendedSettings).toEqual({
        devicestatus: { advanced: true, days: 1 },
        loop: { pushServerEnvironment: 'production' }
      });
      expect(shown.settings.enable).toContain('careportal');
      expect(shown.settings.enable).not.toContain('iob');
    }
  });

  it('are taken out at any depth without touching the original', () => {
    const date = new Date(NOW);
    const value = {
      a: [{ password: 'p', keep: 1, deep: { userName: 'u', date } }],
      obscured: ['x'],
      enable: ['x', 'y'],
      n: null
    };
    expect(filterSecrets(value)).toEqual({ a: [{ keep: 1, deep: { date } }], enable: ['y'], n: null });
    expect(value.a[0]?.password).toBe('p');
    expect(value.enable).toEqual(['x', 'y']);
  });
});

describe('status on the root socket (socket-v1.md §4)', () => {
  const config = readConfig({}, 'machine');
  it('has its own fields in order', () => {
    expect(Object.keys(socketStatus(config, { now: NOW, activeProfile: 'Night' }))).toEqual(
      'status name version versionNum serverTime careportalEnabled boluscalcEnabled settings extendedSettings activeProfile'.split(
        ' '
      )
    );
    expect(socketStatus(config, { now: NOW, activeProfile: 'Night' })).toMatchObject({
      versionNum: 150007,
      activeProfile: 'Night',
      serverTime: '2026-11-22T06:35:16.425Z'
    });
  });
  it('names no profile without a permanent switch', () =>
    expect(socketStatus(config, { now: NOW, activeProfile: null })).not.toHaveProperty('activeProfile'));
});
