/** Variables of one feature; read by the rule of `extended-settings.ts` when the feature is enabled. */
export interface FeatureVariables {
  readonly feature: string;
  readonly about: string;
  /** `[name without prefix, default as text, what it does]` */
  readonly rows: readonly (readonly [name: string, fallback: string, about: string])[];
  /** Full names. */
  readonly names: readonly string[];
}

const ALERTS = ['ENABLE_ALERTS', 'off', 'Whether it alarms.'] as const;

const age = (info: number, warn: number, urgent: number) =>
  [
    ALERTS,
    ['INFO', String(info), 'Age of the first notice, in hours.'],
    ['WARN', String(warn), 'Age of the warning, in hours.'],
    ['URGENT', String(urgent), 'Age of the urgent alarm, in hours.']
  ] as const;

const DISPLAY = ['DISPLAY', 'hours', 'hours or days.'] as const;

/** The variables known per feature; further ones are passed on to clients by the same rule. */
export const FEATURE_VARIABLES: readonly FeatureVariables[] = [
  group('rawbg', 'Raw glucose', [['DISPLAY', 'unsmoothed', 'unsmoothed, filtered or unfiltered.']]),
  group('ar2', 'Forecast', [['CONE_FACTOR', '2', 'Width of the forecast cone; 0 for a line.']]),
  group('upbat', 'Battery of the uploading phone', [
    ALERTS,
    ['WARN', '30', 'Warning at this charge, in percent.'],
    ['URGENT', '20', 'Urgent alarm at this charge, in percent.']
  ]),
  group('timeago', 'Age of the last reading', [ALERTS]),
  group('errorcodes', 'Error codes of the sensor', [
    ['INFO', '1 2 3 4 5 6 7 8', 'Codes that give a notice.'],
    ['WARN', '', 'Codes that give a warning.'],
    ['URGENT', '9 10', 'Codes that give an urgent alarm.']
  ]),
  group('bwp', 'Bolus wizard preview', [
    ['WARN', '0.50', 'Warning from this much missing insulin, in U.'],
    ['URGENT', '1.00', 'Urgent alarm from this much missing insulin, in U.'],
    ['SNOOZE', '0.10', 'A high alarm is snoozed below this much missing insulin, in U.'],
    ['SNOOZE_MINS', '10', 'How long it is snoozed, in minutes.']
  ]),
  group('cage', 'Age of the cannula', [...age(44, 48, 72), DISPLAY]),
  group('sage', 'Age of the sensor', age(144, 164, 166)),
  group('iage', 'Age of the insulin', age(44, 48, 72)),
  group('bage', 'Age of the pump battery', [...age(312, 336, 360), DISPLAY]),
  group('pump', 'Pump', [
    ALERTS,
    ['FIELDS', 'reservoir', 'What the pill shows: reservoir battery clock status device.'],
    ['RETRO_FIELDS', 'reservoir battery clock', 'What it shows of the past.'],
    ['WARN_CLOCK', '30', 'Warning when pump data is this old, in minutes.'],
    ['URGENT_CLOCK', '60', 'Urgent alarm when pump data is this old, in minutes.'],
    ['WARN_RES', '10', 'Warning below this much insulin, in U.'],
    ['URGENT_RES', '5', 'Urgent alarm below this much insulin, in U.'],
    ['WARN_BATT_V', '1.35', 'Warning below this voltage, in V.'],
    ['URGENT_BATT_V', '1.3', 'Urgent alarm below this voltage, in V.'],
    ['WARN_BATT_P', '30', 'Warning below this charge, in percent.'],
    ['URGENT_BATT_P', '20', 'Urgent alarm below this charge, in percent.'],
    ['WARN_ON_SUSPEND', 'off', 'Shown to clients only.'],
    ['WARN_BATT_QUIET_NIGHT', 'off', 'No battery alarms outside DAY_START to DAY_END.']
  ]),
  group('openaps', 'OpenAPS', [
    ALERTS,
    ['WARN', '30', 'Warning when it has not looped for this long, in minutes.'],
    ['URGENT', '60', 'Urgent alarm when it has not looped for this long, in minutes.'],
    ['FIELDS', 'status-symbol status-label iob meal-assist rssi', 'What the pill shows.'],
    ['RETRO_FIELDS', 'status-symbol status-label iob meal-assist rssi', 'What it shows of the past.'],
    ['PRED_IOB_COLOR', '#1e88e5', 'Colour of the IOB forecast.'],
    ['PRED_COB_COLOR', '#FB8C00', 'Colour of the COB forecast.'],
    ['PRED_ACOB_COLOR', '#FB8C00', 'Colour of the aCOB forecast.'],
    ['PRED_ZT_COLOR', '#00d2d2', 'Colour of the zero-temp forecast.'],
    ['PRED_UAM_COLOR', '#c9bd60', 'Colour of the UAM forecast.'],
    ['COLOR_PREDICTION_LINES', 'on', 'Whether forecasts have colours of their own.']
  ]),
  group('loop', 'Loop', [
    ALERTS,
    ['WARN', '30', 'Warning when it has not looped for this long, in minutes.'],
    ['URGENT', '60', 'Urgent alarm when it has not looped for this long, in minutes.'],
    ['APNS_KEY', '', 'Key for Apple push messages (remote commands); never shown.'],
    ['APNS_KEY_ID', '', 'Id of that key; never shown.'],
    ['DEVELOPER_TEAM_ID', '', 'Apple developer team, 10 characters; never shown.'],
    ['PUSH_SERVER_ENVIRONMENT', '', 'production or empty for development.']
  ]),
  group('xdripjs', 'xDrip-js', [
    ALERTS,
    ['WARN_BAT_V', '300', 'Warning below this transmitter voltage, in 1/100 V.'],
    ['STATE_NOTIFY_INTRVL', '0.5', 'Hours after which a state is told again.']
  ]),
  group('treatmentnotify', 'Notices of treatments', [
    ['SNOOZE_MINS', '10', 'How long a treatment snoozes alarms, in minutes.'],
    ['INCLUDE_BOLUSES_OVER', '0', 'Smallest bolus that is told, in U.']
  ]),
  group('dbsize', 'Size of the database', [
    ALERTS,
    ['MAX', '496', 'Size it may have, in MiB.'],
    ['WARN_PERCENTAGE', '60', 'Warning from this part of it, in percent.'],
    ['URGENT_PERCENTAGE', '75', 'Urgent alarm from this part of it, in percent.'],
    ['IN_MIB', 'off', 'Show MiB instead of percent.']
  ]),
  group('basal', 'Basal', [['RENDER', 'none', 'none, default or icicle.']]),
  group('bolus', 'Bolus', [
    ['RENDER_OVER', '0', 'Smallest bolus drawn with its label, in U.'],
    ['RENDER_FORMAT', 'default', 'default, hidden, minimal or concise.'],
    ['RENDER_FORMAT_SMALL', 'default', 'The same for smaller boluses.']
  ]),
  group('profile', 'Profile', [
    ['HISTORY', 'off', 'Whether the editor keeps former profiles.'],
    ['MULTIPLE', 'off', 'Whether there are several profiles.']
  ]),
  group('devicestatus', 'Device status', [
    ['ADVANCED', 'on', 'Whether clients get all recent device statuses.'],
    ['DAYS', '1', 'Days of device statuses kept live: 1 or 2.']
  ]),
  group('cors', 'Requests from other web pages', [['ALLOW_ORIGIN', '*', 'The page that may ask, * for any.']]),
  group('pushover', 'Pushover', [
    ['API_TOKEN', '', 'Token of the Pushover application.'],
    ['USER_KEY', '', 'Who is told everything; keys with spaces between.'],
    ['GROUP_KEY', '', 'The same for a group.'],
    ['ALARM_KEY', '', 'Who is told alarms; off for nobody.'],
    ['ANNOUNCEMENT_KEY', '', 'Who is told announcements; off for nobody.']
  ]),
  group('maker', 'IFTTT', [
    ['KEY', '', 'Webhook keys with spaces between.'],
    ['ANNOUNCEMENT_KEY', '', 'Webhook keys for announcements.']
  ])
];

function group(feature: string, about: string, rows: FeatureVariables['rows']): FeatureVariables {
  return { feature, about, rows, names: rows.map(([name]) => `${feature.toUpperCase()}_${name}`) };
}
