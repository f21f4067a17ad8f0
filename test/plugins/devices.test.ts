import { describe, expect, it } from 'vitest';
import { ago, profileWith, propertiesOf, status, T, treatment, type World } from './kit.ts';

describe('upbat (properties-plugins C.5)', () => {
  const upbat = (...devicestatus: ReturnType<typeof status>[]) => propertiesOf({ devicestatus }).upbat;

  it('prints the example: a phone at 25 %, a rig at 55 % charging', () => {
    const phone = status(3, { device: 'phone', uploader: { battery: 25 } });
    const rig = status(2, { device: 'openaps://rig1', uploader: { battery: 55, batteryVoltage: 3900 }, isCharging: true });
    const shown = upbat(phone, rig);
    expect(shown).toMatchObject({ level: 25, display: '25%', status: 'warn', min: { battery: 25, value: 25, notification: 1 } });
    expect(shown.devices['openaps://rig1']).toMatchObject({ name: 'rig1', uri: 'openaps://rig1' });
    expect(shown.devices['openaps://rig1'].min).toEqual({
      battery: 55,
      batteryVoltage: 3900,
      value: 55,
      voltage: 3.9,
      voltageDisplay: '3.900v',
      display: '55%⚡',
      level: 75
    });
  });

  it.each([
    [95, 100, 'current'],
    [55, 75, 'current'],
    [31, 50, 'current'],
    [30, 50, 'warn'],
    [21, 25, 'warn'],
    [20, 25, 'urgent'],
    [0, 25, 'urgent']
  ])('%d %% has picture %d and is %s', (battery, level, word) => {
    expect(upbat(status(1, { uploader: { battery } }))).toMatchObject({ level, status: word, display: `${battery}%` });
  });

  it('shows volts where a device tells no percent', () => {
    expect(upbat(status(1, { device: 'old', uploader: { batteryVoltage: 3900 } }))).toMatchObject({
      display: '3.900v',
      status: 'current'
    });
  });

  it('goes by the last 10 minutes of a device, newest first, and forgets after 30', () => {
    const of = (minutes: number, battery: number) => status(minutes, { device: 'phone', uploader: { battery } });
    const shown = upbat(of(31, 1), of(14, 5), of(5, 40), of(1, 60));
    expect(shown.min.battery).toBe(40);
    expect(shown.devices.phone.statuses.map((s: { uploader: { battery: number } }) => s.uploader.battery)).toEqual([60, 40, 5]);
  });

  it('shows nothing of a device that tells neither', () => {
    expect(upbat(status(1, { uploader: { batteryVoltage: 0, battery: 'full' } }))).toMatchObject({ display: '?%' });
  });

  it('says so without data', () => expect(upbat()).toEqual({ display: '?%', devices: {} }));
});

describe('pump (properties-plugins C.6)', () => {
  const data = (pump: unknown, world: World & { minutes?: number } = {}) => {
    const devicestatus = [status(world.minutes ?? 1, { device: 'openaps://rig', pump })];
    return propertiesOf({ devicestatus, ...world }).pump.data;
  };

  it.each([
    { reservoir: 4, display: '4.00U', level: 2, title: 'URGENT: Pump Reservoir Low' },
    { reservoir: 9.9, display: '9.90U', level: 1, title: 'Warning, Pump Reservoir Low' },
    { reservoir: 86.4, display: '86.4U', level: -3, title: 'Pump Status' },
    { reservoir: '4', display: '4.00U', level: 2, title: 'URGENT: Pump Reservoir Low' }
  ])('reservoir $reservoir is $display', ({ reservoir, display, level, title }) => {
    expect(data({ reservoir })).toMatchObject({ level, title, reservoir: { display, level } });
  });

  it.each([
    { minutes: 3, display: '3m ago', level: -3 },
    { minutes: 31, display: '31m ago', level: 1 },
    { minutes: 70, display: '1h ago', level: 2 }
  ])('a clock of $minutes minutes ago is shown as $display', ({ minutes, display, level }) => {
    expect(data({ clock: ago(minutes) }, { minutes }).clock).toMatchObject({
      value: ago(minutes),
      label: 'Last Clock',
      display,
      level
    });
  });

  it.each([
    [{ percent: 60 }, { value: 60, unit: 'percent', display: '60%', level: -3 }],
    [{ percent: 29 }, { display: '29%', level: 1, message: 'Warning, Pump Battery Low' }],
    [
      { percent: 0, voltage: 1.5 },
      { display: '0%', level: 2, message: 'URGENT: Pump Battery Low' }
    ],
    [{ voltage: 1.52 }, { value: 1.52, unit: 'volts', display: '1.52v', level: -3 }],
    [{ voltage: 1.34 }, { level: 1 }],
    [{ voltage: 1.29 }, { level: 2 }]
  ])('battery %j', (battery, expected) => expect(data({ battery }).battery).toMatchObject(expected));

  it.each([
    [{ status: 'normal' }, 'normal'],
    [{}, 'normal'],
    [{ status: 'x', suspended: true }, 'suspended'],
    [{ status: 'x', bolusing: true, suspended: true }, 'bolusing']
  ])('status %j is %s', (state, word) =>
    expect(data({ status: state }).status).toEqual({ value: word, display: word, label: 'Status' })
  );

  it('shows what an Omnipod tells: 50+ U, also where the upload has no figure', () => {
    expect(data({ manufacturer: 'Insulet' }).reservoir).toEqual({ label: 'Reservoir', display: '50+ U' });
    expect(data({ reservoir_display_override: '50+U' }).reservoir).toEqual({ label: 'Reservoir', display: '50+U' });
    expect(data({ reservoir: 50, reservoir_display_override: '50+U', reservoir_level_override: 1 }).reservoir).toMatchObject({
      display: '50+U',
      level: 1
    });
  });

  it('does not print an override that is neither text nor number', () => {
    expect(data({ reservoir: 1, reservoir_display_override: { toString: '' } })).toMatchObject({
      message: 'Pump Reservoir: 1.00U'
    });
  });

  it('lists what is wrong, the reservoir first', () => {
    expect(data({ reservoir: 4, battery: { percent: 10 } })).toMatchObject({
      level: 2,
      title: 'URGENT: Pump Reservoir Low',
      message: 'Pump Battery: 10%\nPump Reservoir: 4.00U'
    });
  });

  it('is quiet while the loop is told to pause', () => {
    const pause = treatment(10, { eventType: 'OpenAPS Offline', duration: 60 });
    expect(data({ reservoir: 1, battery: { percent: 1 } }, { treatments: [pause] })).toMatchObject({
      level: -3,
      title: 'Pump Status'
    });
  });

  it.each([
    ['UTC', 2],
    ['Pacific/Auckland', -3]
  ])('lets the battery sleep by night where asked to, in %s', (timezone, level) => {
    const extended = { pump: { warnBattQuietNight: true } };
    const found = data({ battery: { percent: 10 } }, { extended, profile: profileWith({ timezone }) });
    expect(found.battery.level).toBe(level);
  });

  it('takes the whole status with the latest clock', () => {
    const older = status(1, { pump: { clock: ago(9) }, note: 'b' });
    const newer = status(5, { pump: { clock: ago(5) }, note: 'a' });
    expect(propertiesOf({ devicestatus: [newer, older] }).pump).toMatchObject({ note: 'a', clockMills: T - 300_000 });
  });
});

describe('openaps (properties-plugins C.7)', () => {
  const of = (minutes: number, parts: Record<string, unknown>) =>
    status(minutes, { device: 'openaps://rig/mount', openaps: parts });
  const openaps = (...devicestatus: ReturnType<typeof status>[]) => propertiesOf({ devicestatus }).openaps;
  const enacted = (minutes: number, more = {}) => ({ timestamp: ago(minutes), received: true, eventualBG: 110, ...more });

  it.each([
    { name: 'enacted', list: [of(3, { enacted: enacted(3) })], code: 'enacted', symbol: '⌁' },
    {
      name: 'the old spelling',
      list: [of(3, { enacted: enacted(3, { received: undefined, recieved: true }) })],
      code: 'enacted',
      symbol: '⌁'
    },
    { name: 'not enacted', list: [of(3, { enacted: enacted(3, { received: false }) })], code: 'notenacted', symbol: 'x' },
    {
      name: 'not enacted after enacted',
      list: [of(9, { enacted: enacted(9) }), of(3, { enacted: enacted(3, { received: false }) })],
      code: 'notenacted',
      symbol: 'x'
    },
    { name: 'suggested', list: [of(3, { suggested: { timestamp: ago(3) } })], code: 'looping', symbol: '↻' },
    { name: 'enacted too long ago', list: [of(16, { enacted: enacted(16) })], code: 'warning', symbol: '⚠' }
  ])('$name → $code', ({ list, code, symbol }) => expect(openaps(...list).status).toMatchObject({ code, symbol }));

  it('names its devices and says what each does', () => {
    expect(openaps(of(20, { iob: { iob: 1, time: ago(20) } })).seenDevices).toEqual({
      'openaps://rig/mount': {
        name: 'rig',
        uri: 'openaps://rig/mount',
        status: { symbol: '◉', code: 'waiting', label: 'Waiting', when: ago(20) }
      }
    });
  });

  it('takes predictions from the newest decision, the old list form as `values`', () => {
    const shown = openaps(
      of(9, { suggested: { timestamp: ago(9), predBGs: { IOB: [1] } } }),
      of(4, { enacted: enacted(4, { predBGs: [120, 118] }) })
    );
    expect(shown.lastPredBGs).toEqual({ values: [120, 118], moment: ago(4) });
    expect(shown).toMatchObject({ lastLoopMoment: ago(4), lastEventualBG: 110 });
  });

  it('takes the suggestion when both are of the same time', () => {
    const shown = openaps(of(4, { suggested: { timestamp: ago(4), eventualBG: 90 }, enacted: enacted(4) }));
    expect(shown).toMatchObject({ lastLoopMoment: ago(4), lastEventualBG: 90 });
  });
});

describe('loop (properties-plugins C.8)', () => {
  const of = (minutes: number, part: Record<string, unknown>, more = {}) =>
    status(minutes, { loop: { timestamp: ago(minutes), ...part }, ...more });
  const loop = (...devicestatus: ReturnType<typeof status>[]) => propertiesOf({ devicestatus }).loop;

  it.each([
    { name: 'enacted', list: [of(4, { enacted: { timestamp: ago(4), received: true } })], code: 'enacted' },
    { name: 'not received', list: [of(4, { enacted: { timestamp: ago(4) } })], code: 'error' },
    { name: 'failed', list: [of(4, { failureReason: 'no pump' })], code: 'error' },
    { name: 'recommended', list: [of(4, { recommendedTempBasal: { timestamp: ago(4) } })], code: 'recommendation' },
    { name: 'looping', list: [of(4, {})], code: 'looping' },
    { name: 'quiet for 16 minutes', list: [of(16, {})], code: 'warning' }
  ])('$name → $code', ({ list, code }) => expect(loop(...list).display.code).toBe(code));

  it('gives override, prediction and the last time all was well', () => {
    const override = {
      active: true,
      timestamp: ago(8),
      multiplier: 0.8,
      currentCorrectionRange: { minValue: 140, maxValue: 160 }
    };
    const predicted = { startDate: ago(8), values: [140, 139] };
    const shown = loop(of(8, { predicted }, { override }), of(3, { failureReason: 'no pump' }));
    expect(shown).toMatchObject({
      lastOverride: { ...override, moment: ago(8) },
      lastPredicted: predicted,
      lastOkMoment: ago(8)
    });
    expect(shown.lastLoop.moment).toBe(ago(3));
  });
});

describe('xdripjs (properties-plugins C.9)', () => {
  const state = (part: Record<string, unknown>, extended = {}) =>
    propertiesOf({
      devicestatus: [status(2, { device: 'xdripjs://rig', xdripjs: { timestamp: T - 120_000, ...part } })],
      extended
    }).sensorState;

  it.each([
    [{ state: 6, stateString: 'OK' }, -3],
    [{ state: 7, stateString: 'Needs calibration' }, 0],
    [{ state: 2, stateString: 'Warmup' }, 1],
    [{ state: 6, voltagea: 299 }, 1],
    [{ state: 6, voltagea: 300, voltageb: 290 }, -3],
    [{ state: 6, voltageb: 289 }, 1]
  ])('%j has level %d', (part, level) => expect(state(part).level).toBe(level));

  it('notifies when asked to', () => {
    const { notification } = state({ state: 6, voltageb: 280 }, { xdripjs: { enableAlerts: true } });
    expect(notification).toMatchObject({
      title: 'CGM Transmitter Battery Low',
      message: 'CGM Transmitter Battery B Low Voltage: 280'
    });
  });

  it('is null in every field without data', () => {
    const { seenDevices, level, ...rest } = propertiesOf({}).sensorState;
    expect([seenDevices, level]).toEqual([{}, -3]);
    expect(new Set(Object.values(rest))).toEqual(new Set([null]));
  });
});

describe('dbsize (properties-plugins C.11; LoopFollow reads it)', () => {
  const MIB = 1024 * 1024;

  it.each([
    [120, {}, '24%', 'current', 0],
    [350, {}, '70%', 'warn', 1],
    [430, {}, '86%', 'urgent', 2],
    [120, { inMib: true }, '120MiB', 'current', 0],
    [120, { max: 0 }, '24%', 'current', 0],
    [120, { max: -1 }, '0%', 'current', 0],
    [430, { urgentPercentage: 0 }, '86%', 'warn', 1]
  ])('%d MiB with %j: %s, %s', (size, dbsize, display, word, level) => {
    const dbstats = { dataSize: (size - 20) * MIB, indexSize: 20 * MIB };
    const shown = propertiesOf({ dbstats, extended: { dbsize } }).dbsize;
    expect(shown).toMatchObject({ display, status: word, notificationLevel: level, totalDataSize: size });
  });
});
