import { describe, expect, it } from 'vitest';
import { clientExtendedSettings } from '../../src/config/extended-settings.ts';
import { readConfig } from '../../src/config/read-config.ts';

const extended = (env: Record<string, string>) => readConfig(env, 'machine').extendedSettings;

describe('extended settings (§J)', () => {
  it('follows the worked example', () => {
    const result = extended({
      ENABLE: 'pump openaps bridge',
      PUMP_FIELDS: 'reservoir battery',
      PUMP_WARN_BATT_P: '30',
      PUMP_ENABLE_ALERTS: 'on',
      pump_retro_fields: 'x',
      CUSTOMCONNSTR_PUMP_URGENT_RES: '3',
      OPENAPS_PRED_IOB_COLOR: '#fff',
      BRIDGE_PASSWORD: '012345'
    });
    expect(JSON.stringify(result)).toBe(
      '{"devicestatus":{"advanced":true,"days":1},"pump":{"fields":"reservoir battery","warnBattP":30,"enableAlerts":true,"retroFields":"x","urgentRes":3},' +
        '"openaps":{"predIobColor":"#fff"},"bridge":{"password":12345}}'
    );
  });

  it.each([
    ['defaults of devicestatus', {}, { devicestatus: { advanced: true, days: 1 } }],
    ['overridden', { DEVICESTATUS_DAYS: '2', DEVICESTATUS_ADVANCED: 'off' }, { devicestatus: { advanced: false, days: 2 } }],
    ['not enabled, not read', { PUMP_FIELDS: 'x' }, { devicestatus: { advanced: true, days: 1 } }],
    [
      'empty text is zero',
      { ENABLE: 'pump', PUMP_FIELDS: '' },
      { devicestatus: { advanced: true, days: 1 }, pump: { fields: 0 } }
    ],
    [
      'numbers',
      { ENABLE: 'bwp', BWP_WARN: '0.50', BWP_URGENT: 'Infinity' },
      { devicestatus: { advanced: true, days: 1 }, bwp: { warn: 0.5, urgent: 'Infinity' } }
    ]
  ])('%s', (_, env, expected) => expect(extended(env as Record<string, string>)).toEqual(expected));

  it('lets clients see their own features only', () => {
    const all = extended({ ENABLE: 'pump bridge cors', PUMP_FIELDS: 'x', BRIDGE_PASSWORD: 'p', CORS_ALLOW_ORIGIN: '*' });
    expect(Object.keys(all)).toEqual(['devicestatus', 'pump', 'bridge', 'cors']);
    expect(Object.keys(clientExtendedSettings(all))).toEqual(['devicestatus', 'pump']);
  });
});
