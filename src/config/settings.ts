import type { Settings } from './config.ts';
import { VARIABLES, type VariableName } from './env.ts';
import { DEFAULT_FEATURES, featureWords, isKnownFeature, resolveFeatures } from './features.ts';
import { type Reading, shorten } from './read-variables.ts';
import { correctThresholds, type Thresholds, thresholdWarnings } from './thresholds.ts';

/** Public settings in the reference's order; `null` marks those that are worked out below. */
const ORDER = {
  units: null,
  timeFormat: 'TIME_FORMAT',
  dayStart: 'DAY_START',
  dayEnd: 'DAY_END',
  nightMode: 'NIGHT_MODE',
  editMode: 'EDIT_MODE',
  showRawbg: 'SHOW_RAWBG',
  customTitle: 'CUSTOM_TITLE',
  theme: 'THEME',
  alarmUrgentHigh: 'ALARM_URGENT_HIGH',
  alarmUrgentHighMins: 'ALARM_URGENT_HIGH_MINS',
  alarmHigh: 'ALARM_HIGH',
  alarmHighMins: 'ALARM_HIGH_MINS',
  alarmLow: 'ALARM_LOW',
  alarmLowMins: 'ALARM_LOW_MINS',
  alarmUrgentLow: 'ALARM_URGENT_LOW',
  alarmUrgentLowMins: 'ALARM_URGENT_LOW_MINS',
  alarmUrgentMins: 'ALARM_URGENT_MINS',
  alarmWarnMins: 'ALARM_WARN_MINS',
  alarmTimeagoWarn: 'ALARM_TIMEAGO_WARN',
  alarmTimeagoWarnMins: 'ALARM_TIMEAGO_WARN_MINS',
  alarmTimeagoUrgent: 'ALARM_TIMEAGO_URGENT',
  alarmTimeagoUrgentMins: 'ALARM_TIMEAGO_URGENT_MINS',
  alarmPumpBatteryLow: 'ALARM_PUMP_BATTERY_LOW',
  language: 'LANGUAGE',
  scaleY: 'SCALE_Y',
  showPlugins: null,
  showForecast: 'SHOW_FORECAST',
  focusHours: 'FOCUS_HOURS',
  heartbeat: 'HEARTBEAT',
  baseURL: 'BASE_URL',
  authDefaultRoles: null,
  thresholds: null,
  insecureUseHttp: 'INSECURE_USE_HTTP',
  secureHstsHeader: 'SECURE_HSTS_HEADER',
  secureHstsHeaderIncludeSubdomains: 'SECURE_HSTS_HEADER_INCLUDE_SUBDOMAINS',
  secureHstsHeaderPreload: 'SECURE_HSTS_HEADER_PRELOAD',
  secureCsp: 'SECURE_CSP',
  deNormalizeDates: 'DE_NORMALIZE_DATES',
  showClockDelta: 'SHOW_CLOCK_DELTA',
  showClockLastTime: 'SHOW_CLOCK_LAST_TIME',
  frameUrl1: 'FRAME_URL_1',
  frameUrl2: 'FRAME_URL_2',
  frameUrl3: 'FRAME_URL_3',
  frameUrl4: 'FRAME_URL_4',
  frameUrl5: 'FRAME_URL_5',
  frameUrl6: 'FRAME_URL_6',
  frameUrl7: 'FRAME_URL_7',
  frameUrl8: 'FRAME_URL_8',
  frameName1: 'FRAME_NAME_1',
  frameName2: 'FRAME_NAME_2',
  frameName3: 'FRAME_NAME_3',
  frameName4: 'FRAME_NAME_4',
  frameName5: 'FRAME_NAME_5',
  frameName6: 'FRAME_NAME_6',
  frameName7: 'FRAME_NAME_7',
  frameName8: 'FRAME_NAME_8',
  authFailDelay: 'AUTH_FAIL_DELAY',
  adminNotifiesEnabled: 'ADMIN_NOTIFIES_ENABLED',
  obscured: null,
  obscureDeviceProvenance: 'OBSCURE_DEVICE_PROVENANCE',
  authenticationPromptOnLoad: 'AUTHENTICATION_PROMPT_ON_LOAD',
  DEFAULT_FEATURES: null,
  alarmTypes: null,
  enable: null
} as const satisfies Record<string, VariableName | null>;

/** Switches that act strictly but show whatever text was given. */
const SHOWN_AS_GIVEN: ReadonlySet<VariableName> = new Set(['INSECURE_USE_HTTP', 'SECURE_HSTS_HEADER', 'SECURE_CSP']);
/** Settings the reference shows as text once they are set, on and off included. */
const SHOWN_AS_TEXT: ReadonlySet<VariableName> = new Set(['SECURE_HSTS_HEADER_PRELOAD']);

/**
 * The settings clients see (after `filterSecrets`), keys and types as the reference has them: thresholds always in mg/dl, switches
 * as booleans, `dayStart` and a few more as text once they are set.
 * @param hasPushover PUSHOVER_API_TOKEN is set, which switches the feature on
 */
export function readSettings(reading: Reading, hasPushover: boolean): Settings {
  const { values, given, warnings } = reading;
  const words = (name: 'ENABLE' | 'DISABLE' | 'OBSCURED' | 'ALARM_TYPES') => wordsOf(reading, name);
  const units = /mmol/i.test(values.DISPLAY_UNITS) ? 'mmol' : 'mg/dl';
  if (units === 'mg/dl' && !/^mg/i.test(values.DISPLAY_UNITS))
    warnings.push(
      `DISPLAY_UNITS="${shorten(values.DISPLAY_UNITS)}" is neither mg/dl nor mmol. Glucose is taken and shown in mg/dl.`
    );

  const asked: Thresholds = {
    bgHigh: values.BG_HIGH,
    bgTargetTop: values.BG_TARGET_TOP,
    bgTargetBottom: values.BG_TARGET_BOTTOM,
    bgLow: values.BG_LOW
  };
  const thresholds = correctThresholds(asked, units);
  warnings.push(...thresholdWarnings(asked, thresholds, units));

  const enabled = words('ENABLE');
  const { alarmTypes, enable } = resolveFeatures({
    enable: enabled,
    disable: words('DISABLE'),
    alarmTypes: words('ALARM_TYPES'),
    hasThresholds: (['BG_HIGH', 'BG_TARGET_TOP', 'BG_TARGET_BOTTOM', 'BG_LOW'] as const).some((name) => given.has(name)),
    hasPushover
  });
  for (const word of enabled.filter((name) => !isKnownFeature(name)))
    warnings.push(
      `ENABLE names "${shorten(word)}", which is no feature known here${word.includes(',') ? ' (spaces separate features, commas do not)' : ''}.`
    );

  const derived: Record<string, unknown> = {
    units,
    showPlugins: `${values.SHOW_PLUGINS} delta direction upbat${['always', 'noise'].includes(values.SHOW_RAWBG) ? ' rawbg' : ''}`,
    authDefaultRoles: `${values.AUTH_DEFAULT_ROLES}${values.TREATMENTS_AUTH ? '' : ' careportal'}`,
    thresholds,
    obscured: words('OBSCURED'),
    DEFAULT_FEATURES: [...DEFAULT_FEATURES],
    alarmTypes,
    enable
  };
  return Object.fromEntries(
    Object.entries(ORDER).map(([key, name]) => [key, name === null ? derived[key] : shown(reading, name)])
  ) as Settings;
}

function shown({ values, given }: Reading, name: VariableName): unknown {
  const text = given.get(name);
  if (text === undefined) return values[name];
  if (SHOWN_AS_TEXT.has(name)) return text;
  return SHOWN_AS_GIVEN.has(name) && !VARIABLES[name].schema.safeParse(text).success ? text : values[name];
}

function wordsOf({ values, problems }: Reading, name: 'ENABLE' | 'DISABLE' | 'OBSCURED' | 'ALARM_TYPES'): string[] {
  try {
    return featureWords(values[name]);
  } catch {
    problems.push(
      `${name}="${shorten(values[name])}" has a % that is not followed by two hex digits; write a space as a space or as %20.`
    );
    return [];
  }
}
