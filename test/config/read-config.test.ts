import { describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from '../../src/config/read-config.ts';

const MACHINE = 'a1b2c3d4e5f6';
const read = (env: Record<string, string | undefined>) => readConfig(env, MACHINE);

function refusal(env: Record<string, string>): readonly string[] {
  try {
    read(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.sentences;
    throw error;
  }
  return [];
}

describe('an empty environment', () => {
  it('starts a complete server without a database', () => {
    const config = read({});
    expect(config).toMatchObject({
      port: 1337,
      dataDir: './data',
      insecureUseHttp: false,
      hsts: { enabled: true, includeSubdomains: false, preload: false },
      csp: { enabled: false, reportOnly: false },
      trustProxy: 'auto',
      cors: { enabled: false, allowOrigin: '*' },
      authDefaultRoles: ['readable'],
      authFailDelayMs: 5000,
      uuidHandling: true,
      predictionsMaxSize: 288,
      deNormalizeDates: false,
      obscureDeviceProvenance: '',
      apiMaxCount: 100000,
      api3: { securityEnable: true, dedupFallbackEnabled: true, createdAtFallbackEnabled: true, maxLimit: 1000, autoprune: {} },
      socketWrites: { burst: 50, perSecond: 10 },
      heartbeatMs: 60000,
      devicestatusHours: 24,
      logLevel: 'info',
      warnings: []
    });
    for (const key of ['hostname', 'apiSecret', 'jwtSecret', 'mongo', 'tls'] as const) expect(config[key]).toBeUndefined();
  });
});

describe('spellings of names (§G.1)', () => {
  it.each([
    ['plain', { CUSTOM_TITLE: 'A' }, 'A'],
    ['lower case', { custom_title: 'A' }, 'A'],
    ['with the prefix of Azure', { CUSTOMCONNSTR_CUSTOM_TITLE: 'A' }, 'A'],
    ['prefix and lower case', { CUSTOMCONNSTR_custom_title: 'A' }, 'A'],
    ['prefix wins over plain', { CUSTOM_TITLE: 'B', CUSTOMCONNSTR_custom_title: 'A' }, 'A'],
    ['plain wins over lower case', { custom_title: 'B', CUSTOM_TITLE: 'A' }, 'A'],
    ['empty counts as not set', { CUSTOMCONNSTR_CUSTOM_TITLE: '  ', CUSTOM_TITLE: 'A' }, 'A'],
    ['names and values are trimmed', { ' CUSTOM_TITLE ': '  A ' }, 'A'],
    ['undefined counts as not set', { CUSTOM_TITLE: undefined }, 'Nightscout']
  ])('%s', (_, env, title) => {
    const config = read(env);
    expect(config.settings.customTitle).toBe(title);
    expect(config.warnings).toEqual([]);
  });

  it('trims the secret, whose digest apps compute from the trimmed text', () => {
    expect(read({ API_SECRET: ' this is my long pass phrase ' }).apiSecret).toBe('this is my long pass phrase');
  });
});

describe('MongoDB (§H.1)', () => {
  const NAMES = ['STORAGE_URI', 'MONGO_CONNECTION', 'MONGO', 'MONGOLAB_URI', 'MONGODB_URI'];
  it.each(NAMES.map((name, index) => [name, NAMES.slice(index)] as const))('%s wins over the names after it', (name, names) => {
    const env = Object.fromEntries(names.map((each) => [each, `mongodb://${each.toLowerCase().replaceAll('_', '-')}/db`]));
    expect(read(env).mongo?.uri).toBe(`mongodb://${name.toLowerCase().replaceAll('_', '-')}/db`);
  });

  it('names the collections as the reference does, and its own apart', () => {
    expect(read({ MONGODB_URI: 'mongodb+srv://u:p@c.example.net/db' }).mongo).toEqual({
      uri: 'mongodb+srv://u:p@c.example.net/db',
      poolSize: 5,
      minPoolSize: 0,
      maxIdleTimeMs: 30000,
      collections: {
        entries: 'entries',
        treatments: 'treatments',
        devicestatus: 'devicestatus',
        profile: 'profile',
        food: 'food',
        activity: 'activity',
        settings: 'settings',
        subjects: 'auth_subjects',
        roles: 'auth_roles',
        tombstones: 'vigil_tombstones',
        state: 'vigil_state'
      }
    });
  });

  it('takes the names of an existing site', () => {
    const env = {
      MONGO: 'mongodb://h/db',
      MONGO_COLLECTION: 'e1',
      MONGO_TREATMENTS_COLLECTION: 't1',
      MONGO_AUTHENTICATION_COLLECTIONS_PREFIX: 'x_'
    };
    expect(read(env).mongo?.collections).toMatchObject({
      entries: 'e1',
      treatments: 't1',
      subjects: 'x_subjects',
      roles: 'x_roles'
    });
    expect(read({ ...env, ENTRIES_COLLECTION: 'e2' }).mongo?.collections.entries).toBe('e2');
  });

  it.each(['http://host/db', 'mongodb://', 'mongo.example.net', 'mongodb:/host/db'])(
    'refuses %s without repeating it: it may hold a password',
    (uri) => {
      const [sentence = ''] = refusal({ MONGODB_URI: uri });
      expect(sentence).toMatch(/^MONGODB_URI must be an address that begins with mongodb:\/\/ or mongodb\+srv:\/\/ /);
      expect(sentence.replace('mongodb://', '')).not.toContain(`"${uri}"`);
    }
  );
});

describe('what cannot work is refused in plain words', () => {
  it.each([
    ['PORT', 'abc', 'PORT="abc" must be a whole number from 0 to 65535.'],
    ['PORT', '65536', 'PORT="65536" must be a whole number from 0 to 65535.'],
    ['PORT', '-1', 'PORT="-1" must be a whole number from 0 to 65535.'],
    ['PORT', '80.5', 'PORT="80.5" must be a whole number from 0 to 65535.'],
    ['API_SECRET', 'elevenchars', 'API_SECRET must be at least 12 characters long.'],
    ['JWT_SECRET', 'short', 'JWT_SECRET must be at least 32 characters long.'],
    ['AUTH_FAIL_DELAY', '-1', 'AUTH_FAIL_DELAY="-1" must be a number, at least 0.'],
    ['API3_MAX_LIMIT', '-5', 'API3_MAX_LIMIT="-5" must be a whole number, at least 1.'],
    ['MONGO_POOL_SIZE', '-1', 'MONGO_POOL_SIZE="-1" must be a whole number, at least 1.'],
    ['API_MAX_COUNT', '0', 'API_MAX_COUNT="0" must be a whole number from 1 to 10000000.'],
    ['SOCKET_WRITE_BURST', 'many', 'SOCKET_WRITE_BURST="many" must be a whole number from 1 to 1000000.'],
    ['SOCKET_WRITE_RATE', '-1', 'SOCKET_WRITE_RATE="-1" must be a whole number from 1 to 1000000.'],
    ['HEARTBEAT', '-1', 'HEARTBEAT="-1" must be a number of seconds above 0.'],
    [
      'ENABLE',
      'careportal%2',
      'ENABLE="careportal%2" has a % that is not followed by two hex digits; write a space as a space or as %20.'
    ],
    [
      'ALARM_TYPES',
      '%zz',
      'ALARM_TYPES="%zz" has a % that is not followed by two hex digits; write a space as a space or as %20.'
    ]
  ])('%s=%s', (name, value, sentence) => expect(refusal({ [name]: value })).toEqual([sentence]));

  it('says TRUST_PROXY=true is not enough', () =>
    expect(refusal({ TRUST_PROXY: 'true' })[0]).toMatch(/^TRUST_PROXY="true" must be auto, none, a number/));

  it('lists all faults at once', () => expect(refusal({ PORT: 'x', API_SECRET: 'short', DISABLE: '%' })).toHaveLength(3));

  it('names the spelling that was used, and never the secret', () => {
    const sentences = refusal({ CUSTOMCONNSTR_API_SECRET: 'tooshort' });
    expect(sentences).toEqual(['CUSTOMCONNSTR_API_SECRET must be at least 12 characters long.']);
  });
});

describe('what the reference tolerates starts with a warning', () => {
  it.each([
    ['INSECURE_USE_HTTP', 'yes', (c: ReturnType<typeof read>) => c.insecureUseHttp, false],
    ['UUID_HANDLING', 'maybe', (c: ReturnType<typeof read>) => c.uuidHandling, true],
    ['API3_MAX_LIMIT', 'lots', (c: ReturnType<typeof read>) => c.api3.maxLimit, 1000],
    ['PREDICTIONS_MAX_SIZE', '-3', (c: ReturnType<typeof read>) => c.predictionsMaxSize, 288],
    ['AUTH_FAIL_DELAY', 'soon', (c: ReturnType<typeof read>) => c.authFailDelayMs, 5000],
    ['HEARTBEAT', 'often', (c: ReturnType<typeof read>) => c.heartbeatMs, 60000],
    ['HEARTBEAT', '0', (c: ReturnType<typeof read>) => c.heartbeatMs, 60000],
    ['API3_AUTOPRUNE_ENTRIES', 'never', (c: ReturnType<typeof read>) => c.api3.autoprune, {}],
    ['API3_AUTOPRUNE_ENTRIES', '-1', (c: ReturnType<typeof read>) => c.api3.autoprune, {}],
    ['API3_AUTOPRUNE_ENTRIES', '0', (c: ReturnType<typeof read>) => c.api3.autoprune, {}],
    ['LOG_LEVEL', 'verbose', (c: ReturnType<typeof read>) => c.logLevel, 'info'],
    ['TIME_FORMAT', 'abc', (c: ReturnType<typeof read>) => c.settings.timeFormat, 'abc'],
    ['ALARM_LOW', 'yes', (c: ReturnType<typeof read>) => c.settings.alarmLow, 'yes'],
    ['DISPLAY_UNITS', 'stones', (c: ReturnType<typeof read>) => c.settings.units, 'mg/dl']
  ])('%s=%s', (name, value, pick, expected) => {
    const config = read({ [name]: value });
    expect(pick(config)).toEqual(expected);
    expect(config.warnings).toHaveLength(1);
    expect(config.warnings[0]).toContain(`${name}="${value}"`);
  });

  it('IMPORT_CONFIG', () =>
    expect(read({ IMPORT_CONFIG: 'https://x.example/s.json' }).warnings[0]).toMatch(/^IMPORT_CONFIG is not read/));
  it('half a TLS pair', () => {
    const config = read({ SSL_KEY: '/k.pem' });
    expect(config.tls).toBeUndefined();
    expect(config.warnings[0]).toMatch(/^SSL_KEY and SSL_CERT only work together/);
  });
});

describe('values', () => {
  it.each([
    ['port', { PORT: '8080' }, (c: ReturnType<typeof read>) => c.port, 8080],
    [
      'https',
      { SSL_KEY: '/k', SSL_CERT: '/c', SSL_CA: '/ca' },
      (c: ReturnType<typeof read>) => c.tls,
      { keyFile: '/k', certFile: '/c', caFile: '/ca' }
    ],
    [
      'roles split at space, comma and colon',
      { AUTH_DEFAULT_ROLES: 'status-only, careportal:x' },
      (c: ReturnType<typeof read>) => c.authDefaultRoles,
      ['status-only', 'careportal', 'x']
    ],
    [
      'TREATMENTS_AUTH=off',
      { TREATMENTS_AUTH: 'OFF' },
      (c: ReturnType<typeof read>) => c.authDefaultRoles,
      ['readable', 'careportal']
    ],
    ['no delay', { AUTH_FAIL_DELAY: '0' }, (c: ReturnType<typeof read>) => c.authFailDelayMs, 0],
    ['heartbeat in seconds', { HEARTBEAT: '30' }, (c: ReturnType<typeof read>) => c.heartbeatMs, 30000],
    [
      'autoprune',
      { API3_AUTOPRUNE_DEVICESTATUS: '60', api3_autoprune_entries: '0.5' },
      (c: ReturnType<typeof read>) => c.api3.autoprune,
      { devicestatus: 60, entries: 0.5 }
    ],
    [
      'v3 fallbacks',
      { API3_DEDUP_FALLBACK_ENABLED: 'false' },
      (c: ReturnType<typeof read>) => c.api3.dedupFallbackEnabled,
      false
    ],
    ['HSTS', { SECURE_HSTS_HEADER_INCLUDESUBDOMAINS: 'on' }, (c: ReturnType<typeof read>) => c.hsts.includeSubdomains, true],
    ['two days of device statuses', { DEVICESTATUS_DAYS: '2' }, (c: ReturnType<typeof read>) => c.devicestatusHours, 48],
    ['original offsets', { DE_NORMALIZE_DATES: 'on' }, (c: ReturnType<typeof read>) => c.deNormalizeDates, true],
    [
      'cors',
      { ENABLE: 'cors', CORS_ALLOW_ORIGIN: 'https://a.example' },
      (c: ReturnType<typeof read>) => c.cors,
      { enabled: true, allowOrigin: 'https://a.example' }
    ],
    ['proxy hops', { TRUST_PROXY: '2' }, (c: ReturnType<typeof read>) => c.trustProxy, 2],
    ['no proxy', { TRUST_PROXY: 'off' }, (c: ReturnType<typeof read>) => c.trustProxy, 'none'],
    [
      'proxy addresses',
      { TRUST_PROXY: '10.0.0.1, fd00::/8 loopback' },
      (c: ReturnType<typeof read>) => c.trustProxy,
      ['10.0.0.1', 'fd00::/8', 'loopback']
    ],
    ['log level in any case', { LOG_LEVEL: 'Debug' }, (c: ReturnType<typeof read>) => c.logLevel, 'debug']
  ])('%s', (_, env, pick, expected) => {
    const config = read(env);
    expect(pick(config)).toEqual(expected);
    expect(config.warnings).toEqual([]);
  });

  it.each(['10.0.0.0/33', '10.0.0', 'proxy.local', '::1/129', '10.0.0.1/8/8', 'yes'])('refuses TRUST_PROXY=%s', (value) =>
    expect(refusal({ TRUST_PROXY: value })).toHaveLength(1)
  );
});

describe('listen address', () => {
  it.each([
    ['the container put its name there', { HOSTNAME: MACHINE }, undefined],
    ['in another case', { HOSTNAME: MACHINE.toUpperCase() }, undefined],
    ['HOST speaks when HOSTNAME is the machine', { HOSTNAME: MACHINE, HOST: '127.0.0.1' }, '127.0.0.1'],
    ['HOST alone', { HOST: '0.0.0.0' }, '0.0.0.0'],
    ['HOSTNAME wins', { HOSTNAME: '127.0.0.1', HOST: '0.0.0.0' }, '127.0.0.1'],
    ['localhost', { HOSTNAME: 'localhost' }, 'localhost'],
    ['IPv6', { HOSTNAME: '::1' }, '::1']
  ])('%s', (_, env, expected) => expect(read(env).hostname).toBe(expected));

  it('is honoured where the machine itself is called localhost', () =>
    expect(readConfig({ HOSTNAME: 'localhost' }, 'localhost').hostname).toBe('localhost'));
});

describe('names that are not read', () => {
  it.each([
    ['ENABEL', 'ENABEL is not known; did you mean ENABLE?'],
    ['BG_HIHG', 'BG_HIHG is not known; did you mean BG_HIGH?'],
    ['ALARM_URGENT_LOWS', 'ALARM_URGENT_LOWS is not known; did you mean ALARM_URGENT_LOW?'],
    ['MONGODB_URL', 'MONGODB_URL is not known; did you mean MONGODB_URI?'],
    ['MONGODB_COLLECTION', 'MONGODB_COLLECTION is not known; did you mean MONGO_COLLECTION?'],
    ['Display_Units', 'Display_Units is not read in this spelling; did you mean DISPLAY_UNITS?'],
    ['NIGHTSCOUT_COLOUR', 'NIGHTSCOUT_COLOUR is not known and has no effect.'],
    ['VIGIL_PORTS', 'VIGIL_PORTS is not known and has no effect.'],
    ['PUMP_FIELDS', 'PUMP_FIELDS is set, but ENABLE does not name "pump", so it has no effect.']
  ])('%s', (name, sentence) => expect(read({ [name]: '1' }).warnings).toEqual([sentence]));

  it.each([
    ...[
      'PATH',
      'HOME',
      'TERM',
      'PWD',
      'USER',
      'SHELL',
      'LANG',
      'LC_ALL',
      'TZ',
      'CI',
      'NODE_VERSION',
      'npm_package_name',
      'SSL_CERT_FILE',
      'SSL_CERT_DIR',
      'DISPLAY',
      'EDITOR'
    ],
    ...[
      'VIGIL_SERVICE_HOST',
      'VIGIL_PORT',
      'NIGHTSCOUT_PORT_1337_TCP_ADDR',
      'NIGHTSCOUT_SERVICE_PORT',
      'WEBSITE_SITE_NAME',
      'YARN_VERSION'
    ]
  ])('%s belongs to somebody else', (name) => expect(read({ [name]: 'x' }).warnings).toEqual([]));

  it('lets enabled features have variables of their own', () => {
    expect(
      read({ ENABLE: 'bridge pump', BRIDGE_USER_NAME: 'u', PUMP_SOMETHING_NEW: '1', CUSTOMCONNSTR_PUMP_FIELDS: 'x' }).warnings
    ).toEqual([]);
  });

  it('names an unknown feature, and the comma that made it', () => {
    expect(read({ ENABLE: 'careportal,iob' }).warnings).toEqual([
      'ENABLE names "careportal,iob", which is no feature known here (spaces separate features, commas do not).'
    ]);
  });
});
