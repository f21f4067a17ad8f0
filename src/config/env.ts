import { frameAncestorsSchema } from './frame-ancestors.ts';
import { pauseSchema } from './pause.ts';
import { trustProxySchema } from './trust-proxy.ts';
import {
  checked,
  choice,
  custom,
  flag,
  forgivingNumber,
  lenientNumber,
  minutesList,
  optionalNumber,
  settingNumber,
  settingSwitch,
  strictAmount,
  strictNumber,
  text,
  threshold,
  untyped,
  type Variable
} from './variable.ts';

const MIN_SECRET = 12;
const MIN_KEY = 32;
const MONGO_URI = /^mongodb(\+srv)?:\/\/[^\s/]+/;
const REDIS_URI = /^rediss?:\/\/[^\s/]+\S*$/;
const WEB = {
  allowed: 'an address that begins with http:// or https://',
  check: (value: string) => /^https?:\/\/[^\s/]+\S*$/i.test(value)
};
const TOPIC = 'an address that begins with http:// or https:// and ends with the name of a topic';

/** Every variable once, in the order of `.env.example`. Variables of single features (PUMP_…, LOOP_…) stand in `feature-env.ts`. */
export const VARIABLES = {
  // server
  PORT: strictNumber(1337, 0, 65535, 'Port to listen on; 0 lets the system choose a free one.'),
  HOSTNAME: text(
    undefined,
    'Address to listen on; all when not set. The name of this very machine, as shells and containers set it, does not count.',
    { aliases: ['HOST'] }
  ),
  DATA_DIR: text('./data', 'Folder for the database file, the generated secret and keys.'),
  LOG_LEVEL: choice(
    'info',
    ['fatal', 'error', 'warn', 'info', 'debug', 'silent'],
    'How much is logged: fatal, error, warn, info, debug or silent.',
    'default'
  ),
  NODE_ENV: text(undefined, 'Kind of installation: production, development or test.'),
  BASE_URL: text(
    '',
    'Address people see this site under, with its path if a proxy put it under one; used in links of push messages.'
  ),

  // access
  API_SECRET: checked(
    undefined,
    'Passphrase that may do everything, 12 characters or more; when not set, one is made at the first start and kept in DATA_DIR.',
    `at least ${MIN_SECRET} characters long`,
    (value) => value.length >= MIN_SECRET,
    { secret: true }
  ),
  JWT_SECRET: checked(
    undefined,
    'Key that signs tokens of apps, 32 characters or more; when not set, one is made at the first start and kept in DATA_DIR.',
    `at least ${MIN_KEY} characters long`,
    (value) => value.length >= MIN_KEY,
    { secret: true }
  ),
  AUTH_DEFAULT_ROLES: text('readable', 'Roles of visitors without credentials, with spaces between; "denied" closes the site.'),
  TREATMENTS_AUTH: flag(true, 'off lets visitors without credentials add treatments (better: AUTH_DEFAULT_ROLES).'),
  AUTH_FAIL_DELAY: settingNumber(5000, 'Wait after each wrong secret or token of an address, in milliseconds; 0 for none.', 0),
  AUTHENTICATION_PROMPT_ON_LOAD: settingSwitch(false, 'Whether the web page asks for credentials when it is opened.'),
  ADMIN_NOTIFIES_ENABLED: settingSwitch(true, 'Whether administrators are told about failed logins and weak settings.'),
  TRUST_PROXY: custom(
    trustProxySchema,
    'auto',
    'Whose X-Forwarded-For and X-Forwarded-Proto are believed: auto (one proxy on a private or local address), none, a number of proxies, or addresses and ranges.',
    'auto, none, a whole number, or addresses'
  ),

  RATE_LIMIT_WRONG_CREDENTIALS: strictNumber(
    30,
    0,
    1_000_000,
    'Different wrong secrets and tokens an address may try per minute; after that 429, but for who signed in from there before. 0: no such limit.'
  ),
  RATE_LIMIT_SEARCHES: strictNumber(
    120,
    0,
    1_000_000,
    'Searches through everything (regular expressions, /times, /slice, /count, /ddata/at) an address may ask for per minute; after that 429. 0: no such limit.'
  ),
  RATE_LIMIT_LARGE_ANSWERS: strictNumber(
    60,
    0,
    1_000_000,
    'Answers above 4 MiB an address may get per minute; after that 429 to what could be another one. 0: no such limit.'
  ),
  CONNECTIONS_PER_CLIENT: strictNumber(
    256,
    0,
    1_000_000,
    'Connections one address (trusted proxies excepted) may hold; a further one ends the longest idle or unfinished one. 0: no such limit.'
  ),
  MAX_CONNECTIONS: strictNumber(10_000, 0, 1_000_000, 'The same for everybody together. 0: no such limit.'),

  // transport
  INSECURE_USE_HTTP: flag(
    false,
    'on answers plain http (a home network, or behind a proxy without X-Forwarded-Proto); off sends such visitors to https.'
  ),
  SSL_KEY: text(undefined, 'File with the private key; with SSL_CERT the server speaks https by itself.'),
  SSL_CERT: text(undefined, 'File with the certificate that belongs to SSL_KEY.'),
  SSL_CA: text(undefined, 'File with further certificates of the chain.'),
  SECURE_HSTS_HEADER: flag(true, 'Whether browsers are told to use https only, and other protective headers are sent.'),
  SECURE_HSTS_HEADER_INCLUDESUBDOMAINS: flag(false, 'Whether that holds for subdomains too.'),
  SECURE_HSTS_HEADER_PRELOAD: flag(false, 'Whether browsers may know it beforehand (preload list).'),
  SECURE_HSTS_HEADER_INCLUDE_SUBDOMAINS: untyped(
    false,
    'Shown in the settings only; the header follows SECURE_HSTS_HEADER_INCLUDESUBDOMAINS.'
  ),
  SECURE_CSP: flag(
    false,
    'Whether a content security policy is sent with answers of the APIs too, and reports are taken; the pages always have one.'
  ),
  SECURE_CSP_REPORT_ONLY: flag(false, 'Whether that policy of the APIs only reports and blocks nothing.'),
  FRAME_ANCESTORS: custom(
    frameAncestorsSchema,
    ["'self'"],
    'Sites that may show the pages in a frame (a dashboard, a split view elsewhere): self, none, *, or their addresses; those of FRAME_URL_1 and so on may anyway.',
    'self, none, *, or addresses'
  ),

  // storage
  STORAGE_URI: checked(
    undefined,
    'MongoDB database to use, mongodb://… or mongodb+srv://…; when not set, a database file in DATA_DIR is used and nothing else is needed.',
    'an address that begins with mongodb:// or mongodb+srv:// and names a server',
    (value) => MONGO_URI.test(value),
    { aliases: ['MONGO_CONNECTION', 'MONGO', 'MONGOLAB_URI', 'MONGODB_URI'], secret: true }
  ),
  BACKUP_EVERY: custom(
    pauseSchema,
    undefined,
    'Time between backups by the server itself, as 12h, 24h or 7d (a bare number counts hours), or off. Not set: 24h for the database file in DATA_DIR, off for MongoDB.',
    'a time from 10m to 366d, or off'
  ),
  BACKUP_KEEP: strictNumber(7, 1, 10_000, 'How many backups are kept; older ones go when a new one has been verified.'),
  BACKUP_DIR: text(undefined, 'Folder for backups, better on another disk; when not set, backups in DATA_DIR.'),
  DISK_WARN_MB: strictNumber(
    500,
    0,
    100_000_000,
    'Free space of the disk with DATA_DIR below which administrators are told, in MB; backups of the server itself leave that much. 0: no warning.'
  ),
  ENTRIES_COLLECTION: text('entries', 'MongoDB collection of glucose entries.', { aliases: ['MONGO_COLLECTION'] }),
  MONGO_TREATMENTS_COLLECTION: text('treatments', 'MongoDB collection of treatments.'),
  MONGO_PROFILE_COLLECTION: text('profile', 'MongoDB collection of profiles.'),
  MONGO_DEVICESTATUS_COLLECTION: text('devicestatus', 'MongoDB collection of device statuses.'),
  MONGO_FOOD_COLLECTION: text('food', 'MongoDB collection of food.'),
  MONGO_ACTIVITY_COLLECTION: text('activity', 'MongoDB collection of activity.'),
  MONGO_SETTINGS_COLLECTION: text('settings', 'MongoDB collection of settings that apps store (API v3).'),
  MONGO_AUTHENTICATION_COLLECTIONS_PREFIX: text('auth_', 'Start of the names of the MongoDB collections of roles and subjects.'),
  MONGO_POOL_SIZE: lenientNumber(
    5,
    1,
    'Operations on MongoDB at once, one kept for uploads; two more connections look after it.'
  ),
  MONGO_MIN_POOL_SIZE: lenientNumber(0, 0, 'Connections to MongoDB that are kept open.'),
  MONGO_MAX_IDLE_TIME_MS: lenientNumber(30000, 0, 'Time after which an idle connection to MongoDB is closed, in milliseconds.'),
  REDIS_URL: checked(
    undefined,
    'Redis that several processes of one site talk over, redis://… or rediss://…; needs MongoDB and API_SECRET. Not set: there is one process.',
    'an address that begins with redis:// or rediss:// and names a server',
    (value) => REDIS_URI.test(value),
    { secret: true }
  ),
  REDIS_PREFIX: text(
    undefined,
    'Start of every name in Redis, the same in all processes of a site; when not set, made from the API secret and the names in MongoDB.'
  ),
  MONGO_POOL_DEBUG: flag(false, 'Known from other servers; has no effect here.'),
  JOURNAL_DIR: text(
    undefined,
    'Folder in which uploads are kept while MongoDB is away, with a copy of the last days to answer from; off: they are refused. Not set: journal in DATA_DIR. Not used with REDIS_URL.'
  ),
  JOURNAL_MAX_MB: strictNumber(256, 1, 100_000, 'Most of what is kept so, in MB; beyond it uploads are refused.'),

  // housekeeping
  ENTRIES_KEEP_DAYS: optionalNumber(7, 100_000, 'Days to keep entries; older ones are removed every hour. Not set: forever.'),
  TREATMENTS_KEEP_DAYS: optionalNumber(7, 100_000, 'Days to keep treatments, likewise.'),
  DEVICESTATUS_KEEP_DAYS: optionalNumber(7, 100_000, 'Days to keep device statuses, likewise.'),
  ACTIVITY_KEEP_DAYS: optionalNumber(7, 100_000, 'Days to keep activity, likewise.'),
  PREDICTIONS_KEEP_DAYS: optionalNumber(
    3,
    100_000,
    'Days after which the predicted curves are taken out of device statuses, the largest part of a database; the rest of them stays. Not set: never.'
  ),
  DELETED_KEEP_DAYS: strictNumber(
    730,
    30,
    100_000,
    'Days for which apps that synchronise by history are told about a document deleted for good.'
  ),
  STORAGE_BUDGET_MB: optionalNumber(
    20,
    10_000_000,
    'Size of the database above which device statuses are thinned: predicted curves older than a week first, then statuses older than a month, oldest first. Entries and treatments are never touched. Not set: never.'
  ),

  // apis
  API_MAX_COUNT: strictNumber(100000, 1, 10_000_000, 'Most documents one request of API v1 may ask for.'),
  SOCKET_WRITE_BURST: strictNumber(50, 1, 1_000_000, 'Writes a socket may send at once.'),
  SOCKET_WRITE_RATE: strictNumber(10, 1, 1_000_000, 'Writes a socket may send per second after that.'),
  SOCKETS_PER_CLIENT: strictNumber(
    100,
    0,
    1_000_000,
    'Sockets one address may hold at once; further ones are refused. 0: no such limit.'
  ),
  MAX_SOCKETS: strictNumber(5000, 0, 1_000_000, 'Sockets of everybody together; further ones are refused. 0: no such limit.'),
  API3_SECURITY_ENABLE: flag(true, 'off opens API v3 to everybody, without any credentials.'),
  API3_MAX_LIMIT: lenientNumber(1000, 1, 'Most documents one request of API v3 gets, and how many it gets when it does not say.'),
  API3_DEDUP_FALLBACK_ENABLED: flag(
    true,
    'Whether API v3 recognises a repeated document by its time and kind when its identifier does not.'
  ),
  API3_CREATED_AT_FALLBACK_ENABLED: flag(true, 'Whether API v3 takes created_at as the date of older documents without date.'),
  API3_AUTOPRUNE_DEVICESTATUS: forgivingNumber(
    undefined,
    0.001,
    false,
    'Days to keep device statuses; older ones are deleted after a write through API v3. Not set: forever.'
  ),
  API3_AUTOPRUNE_ENTRIES: forgivingNumber(undefined, 0.001, false, 'Days to keep entries, likewise.'),
  API3_AUTOPRUNE_FOOD: forgivingNumber(undefined, 0.001, false, 'Days to keep food, likewise.'),
  API3_AUTOPRUNE_PROFILE: forgivingNumber(undefined, 0.001, false, 'Days to keep profiles, likewise.'),
  API3_AUTOPRUNE_SETTINGS: forgivingNumber(undefined, 0.001, false, 'Days to keep settings, likewise.'),
  API3_AUTOPRUNE_TREATMENTS: forgivingNumber(undefined, 0.001, false, 'Days to keep treatments, likewise.'),
  UUID_HANDLING: flag(true, 'Whether a UUID sent as _id through API v1 becomes the identifier.'),
  PREDICTIONS_MAX_SIZE: forgivingNumber(288, 0, true, 'Predicted values kept per curve of an uploaded device status; 0 for all.'),
  DE_NORMALIZE_DATES: settingSwitch(false, 'Whether API v1 answers dates in the offset they were sent with.'),
  OBSCURE_DEVICE_PROVENANCE: text('', 'Shown instead of the device of entries.'),

  // features
  ENABLE: text('', 'Features to switch on, with spaces between: careportal iob cob cage pump openaps loop cors …'),
  DISABLE: text('', 'Features to switch off, with spaces between.'),
  OBSCURED: text('', 'Features left out of the list visitors see.'),

  // glucose and alarms
  DISPLAY_UNITS: text('mg/dl', 'Unit of glucose: mg/dl or mmol.'),
  BG_HIGH: threshold(260, 'Urgent high above this glucose, in DISPLAY_UNITS.'),
  BG_TARGET_TOP: threshold(180, 'High above this glucose, in DISPLAY_UNITS.'),
  BG_TARGET_BOTTOM: threshold(80, 'Low below this glucose, in DISPLAY_UNITS.'),
  BG_LOW: threshold(55, 'Urgent low below this glucose, in DISPLAY_UNITS.'),
  ALARM_TYPES: text('', 'simple (thresholds), predict (forecast) or both; when not set: simple if a BG_… is set, else predict.'),
  ALARM_URGENT_HIGH: settingSwitch(true, 'Urgent high alarms.'),
  ALARM_URGENT_HIGH_MINS: minutesList([30, 60, 90, 120], 'Snooze choices of urgent high alarms, in minutes.'),
  ALARM_HIGH: settingSwitch(true, 'High alarms.'),
  ALARM_HIGH_MINS: minutesList([30, 60, 90, 120], 'Snooze choices of high alarms, in minutes.'),
  ALARM_LOW: settingSwitch(true, 'Low alarms.'),
  ALARM_LOW_MINS: minutesList([15, 30, 45, 60], 'Snooze choices of low alarms, in minutes.'),
  ALARM_URGENT_LOW: settingSwitch(true, 'Urgent low alarms.'),
  ALARM_URGENT_LOW_MINS: minutesList([15, 30, 45], 'Snooze choices of urgent low alarms, in minutes.'),
  ALARM_URGENT_MINS: minutesList([30, 60, 90, 120], 'Snooze choices of other urgent alarms, in minutes.'),
  ALARM_WARN_MINS: minutesList([30, 60, 90, 120], 'Snooze choices of other warnings, in minutes.'),
  ALARM_TIMEAGO_WARN: settingSwitch(true, 'Warning when no new glucose arrives.'),
  ALARM_TIMEAGO_WARN_MINS: untyped(15, 'Minutes without glucose until that warning.'),
  ALARM_TIMEAGO_URGENT: settingSwitch(true, 'Urgent alarm when no new glucose arrives.'),
  ALARM_TIMEAGO_URGENT_MINS: untyped(30, 'Minutes without glucose until that alarm.'),
  ALARM_PUMP_BATTERY_LOW: untyped(false, 'Shown in the settings only; pump alarms follow PUMP_ENABLE_ALERTS.'),
  HEARTBEAT: untyped(60, 'Seconds between two looks at the clock for ageing data and alarms.'),

  // display
  CUSTOM_TITLE: text('Nightscout', 'Title of the site.'),
  THEME: text('default', 'Colours: default, colors or colorblindfriendly.'),
  LANGUAGE: text('en', 'Language of texts: en, de, fr …'),
  TIME_FORMAT: settingNumber(12, 'Clock of 12 or 24 hours.'),
  DAY_START: untyped(7, 'Hour at which the day begins; before it night rules hold.'),
  DAY_END: untyped(21, 'Hour at which the night begins.'),
  NIGHT_MODE: settingSwitch(false, 'Dark page.'),
  EDIT_MODE: untyped(true, 'Whether the page offers to edit treatments.'),
  SHOW_RAWBG: text('never', 'Raw glucose: always, noise or never.'),
  SHOW_PLUGINS: text('dbsize', 'Features shown as pills, with spaces between.'),
  SHOW_FORECAST: text('ar2', 'Forecasts shown, with spaces between: ar2 openaps loop.'),
  FOCUS_HOURS: untyped(3, 'Hours the chart shows.'),
  SCALE_Y: text('log', 'Glucose axis: log, linear or log-dynamic.'),
  SHOW_CLOCK_DELTA: settingSwitch(false, 'Whether clocks show the change of glucose.'),
  SHOW_CLOCK_LAST_TIME: settingSwitch(false, 'Whether clocks show the age of the reading.'),
  ...frames(),

  // messages that leave the server
  NTFY_URL: checked(
    undefined,
    'ntfy topic that alarms and announcements are sent to: https://ntfy.sh/ and a name nobody can guess.',
    TOPIC,
    (value) => WEB.check(value) && /^\/+([^/]+\/)*[^/]+\/?$/.test(pathOf(value)),
    { secret: true }
  ),
  NTFY_TOKEN: text(undefined, 'Access token of ntfy, for topics that need one.', { secret: true }),
  GOTIFY_URL: checked(undefined, 'Gotify server that alarms and announcements are sent to.', WEB.allowed, WEB.check, {
    secret: true
  }),
  GOTIFY_TOKEN: text(undefined, 'Token of the Gotify application.', { secret: true }),
  WEBHOOK_URL: checked(
    undefined,
    'Address that gets every alarm, announcement, notification and all-clear as JSON (POST).',
    WEB.allowed,
    WEB.check,
    { secret: true }
  ),
  WEBHOOK_SECRET: text(undefined, 'Key of the HMAC-SHA256 in X-Vigil-Signature, by which the receiver knows who sent the body.', {
    secret: true
  }),
  LOOP_MAX_REMOTE_BOLUS: strictAmount(30, 0, 100, 'Largest remote bolus that is passed on to Loop, in U; 0 for none.'),
  LOOP_MAX_REMOTE_CARBS: strictAmount(500, 0, 1000, 'Largest remote carbs entry that is passed on to Loop, in g; 0 for none.'),
  PUSHOVER_URL: checked('https://api.pushover.net', 'Address of Pushover.', WEB.allowed, WEB.check),
  MAKER_URL: checked('https://maker.ifttt.com', 'Address of IFTTT.', WEB.allowed, WEB.check),
  APNS_URL: checked(
    undefined,
    "Address used instead of Apple's push service, which LOOP_PUSH_SERVER_ENVIRONMENT chooses.",
    WEB.allowed,
    WEB.check
  ),

  // operations
  METRICS: choice(
    'private',
    ['private', 'on', 'off'],
    'Who may read /metrics (Prometheus): private (API secret, token of an administrator, or METRICS_TOKEN), on (everybody) or off (nobody).',
    'fail'
  ),
  METRICS_TOKEN: checked(
    undefined,
    'Token that reads /metrics and nothing else, 12 characters or more; Prometheus sends it as "Authorization: Bearer …".',
    `at least ${MIN_SECRET} characters long`,
    (value) => value.length >= MIN_SECRET,
    { secret: true }
  ),
  SLOW_QUERY_MS: strictNumber(
    500,
    0,
    3_600_000,
    'Database operations that take longer, in milliseconds, are logged by their shape, without any values; 0 for none.'
  ),

  // kept for existing installations
  IMPORT_CONFIG: text(undefined, 'Address of a file with settings; not read here: put those settings into the environment.'),
  NIGHTSCOUT_STATIC_FILES: text('/static', 'Known from other servers; has no effect here.'),
  DEBUG_MINIFY: flag(true, 'Known from other servers; has no effect here.')
} as const satisfies Record<string, Variable>;

/** Name of a variable in {@link VARIABLES}. */
export type VariableName = keyof typeof VARIABLES;

function pathOf(address: string): string {
  try {
    return new URL(address).pathname;
  } catch {
    return '';
  }
}

type FrameName = `FRAME_${'URL' | 'NAME'}_${1 | 2 | 3 | 4 | 5 | 6 | 7 | 8}`;

function frames(): Record<FrameName, Variable<string>> {
  const numbers = [1, 2, 3, 4, 5, 6, 7, 8] as const;
  return Object.fromEntries([
    ...numbers.map((n) => [`FRAME_URL_${n}`, text('', `Address of page ${n} in the split view.`)]),
    ...numbers.map((n) => [`FRAME_NAME_${n}`, text('', `Name of page ${n} in the split view.`)])
  ]) as Record<FrameName, Variable<string>>;
}
