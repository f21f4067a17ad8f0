import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Check } from '../../../src/alarms/checks/check.ts';
import { createChecks } from '../../../src/alarms/checks/index.ts';
import type { Timed } from '../../../src/live/live.ts';
import { createSandbox } from '../../../src/plugins/sandbox.ts';
import { ago, profileWith, sgv, status, treatment } from '../../plugins/kit.ts';
import { ALL, type AlarmWorld, askedIn, currentOf, mbg } from './kit.ts';

const alert = { enableAlerts: true };
/** Everything at once: each feature has something to tell. */
const trouble: AlarmWorld = {
  sgvs: [sgv(200, 25), sgv(300, 20)],
  profile: profileWith(),
  mbgs: [mbg(111, 1)],
  dbstats: { dataSize: 1e9 },
  treatments: [
    treatment(312 * 60, { eventType: 'Pump Battery Change' }),
    treatment(144 * 60, { eventType: 'Sensor Start' }),
    treatment(48 * 60, { eventType: 'Site Change' }),
    treatment(48 * 60, { eventType: 'Insulin Change' }),
    treatment(1, { eventType: 'Note', notes: 'x' })
  ],
  devicestatus: [
    status(2, {
      device: 'rig',
      uploader: { battery: 5 },
      pump: { reservoir: 1 },
      openaps: { enacted: { timestamp: ago(90), received: true } },
      loop: { timestamp: ago(90) },
      xdripjs: { state: 1 }
    })
  ],
  extended: Object.fromEntries(ALL.map((name) => [name, alert]))
};

const named = (world: AlarmWorld): string[] => askedIn(world).notifies.map(({ plugin }) => plugin.name);

describe('createChecks', () => {
  it('asks in the order of properties-plugins A.1', () => {
    const order = 'upbat pump openaps xdripjs loop cage sage iage bage treatmentnotify treatmentnotify timeago dbsize';
    expect(named(trouble).join(' ')).toBe(order);
    const high = { ...trouble, sgvs: [sgv(200, 5), sgv(300, 0)], treatments: [treatment(1, { insulin: 0.1 })] };
    expect(named(high).join(' ')).toContain('upbat ar2 simplealarms pump');
    expect(named(high).join(' ')).toContain('loop bwp treatmentnotify');
  });

  it.each([...new Set(named(trouble))])('asks %s only when it is enabled', (name) => {
    expect(named({ ...trouble, enable: ALL.filter((feature) => feature !== name) })).not.toContain(name);
    expect(new Set(named({ ...trouble, enable: ['bgnow', name] }))).toEqual(new Set([name]));
  });

  it('has words, a level and a sender for every request, without which it would be dropped (E.2)', () => {
    for (const { level, title, message, plugin } of askedIn(trouble).notifies) {
      expect([0, 1, 2]).toContain(level);
      expect(title && message && plugin.label).toBeTruthy();
      expect(plugin).toMatchObject({ pluginType: 'notification', enabled: true });
    }
  });

  it('skips a check that throws, tells so, and asks the others (D21)', () => {
    const wish = { level: 1, title: 'a', message: 'b' } as const;
    const snooze = { ...wish, lengthMills: 1 };
    const broken: Check = {
      name: 'pump',
      label: 'Pump',
      run: () => {
        throw new Error('no');
      }
    };
    const works: Check = { name: 'loop', label: 'Loop', run: () => ({ notifies: [wish], snoozes: [snooze] }) };
    const silent: Check = { name: 'cage', label: 'Cage', run: () => undefined };
    const failed: unknown[] = [];
    const onError = (plugin: string, error: unknown) => failed.push([plugin, String(error)]);
    expect(createChecks([broken, works, silent])(currentOf({}), { onError })).toEqual({
      notifies: [{ ...wish, plugin: { name: 'loop', label: 'Loop', pluginType: 'notification', enabled: true } }],
      snoozes: [snooze]
    });
    expect(failed).toEqual([['pump', 'Error: no']]);
  });

  it('finds nothing to tell when nothing is known, and when no property could be worked out', () => {
    expect(askedIn({ extended: trouble.extended })).toEqual({ notifies: [], snoozes: [] });
    const { sandbox } = currentOf({ ...trouble, treatments: [], mbgs: [], sgvs: [] });
    const run = () => createChecks()({ sandbox: createSandbox(sandbox), properties: {} }, { onError: expect.unreachable });
    expect(run()).toEqual({ notifies: [], snoozes: [] });
  });
});

describe('checks, whatever is uploaded (D21)', () => {
  const hostile = fc.constantFrom<unknown>(
    { toString: 1 },
    { valueOf: 1 },
    { $gt: 1 },
    [[]],
    null,
    '',
    -1,
    1e308,
    '1e999',
    ago(1)
  );
  const junk = fc.oneof(fc.jsonValue({ maxDepth: 2 }), hostile, fc.double(), fc.constant(undefined));
  const part = (...names: string[]) => fc.record(Object.fromEntries(names.map((name) => [name, junk])), { requiredKeys: [] });
  const decision = fc.oneof(junk, part('timestamp', 'mills', 'received', 'iob', 'time', 'predBGs'));
  const statusFields = fc.record(
    {
      device: junk,
      uploader: fc.oneof(junk, part('battery', 'batteryVoltage', 'isCharging', 'name')),
      pump: fc.oneof(
        junk,
        part('clock', 'reservoir', 'battery', 'status', 'iob', 'reservoir_display_override', 'reservoir_level_override')
      ),
      openaps: fc.oneof(junk, fc.record({ iob: decision, suggested: decision, enacted: decision })),
      loop: fc.oneof(junk, fc.record({ timestamp: hostile, iob: decision, enacted: decision, failureReason: junk })),
      xdripjs: fc.oneof(junk, part('timestamp', 'state', 'stateString', 'voltagea', 'voltageb'))
    },
    { requiredKeys: [] }
  );
  const eventType = fc.oneof(
    junk,
    fc.constantFrom('Announcement', 'Temporary Target', 'Site Change', 'OpenAPS Offline', 'Profile Switch')
  );
  const words = ['insulin', 'carbs', 'duration', 'percent', 'absolute', 'glucose', 'glucoseType', 'notes', 'reason', 'enteredBy'];
  const treatmentFields = fc
    .tuple(eventType, part(...words, 'targetTop', 'timestamp', 'isAnnouncement', 'mgdl', 'mmol', 'profile', 'profileJson'))
    .map(([type, fields]) => ({ ...fields, eventType: type }));
  const schedule = fc.oneof(junk, fc.array(fc.oneof(junk, part('time', 'value'))));
  const names = ['dia', 'sens', 'carbratio', 'carbs_hr', 'basal', 'target_low', 'target_high', 'timezone', 'units'];
  const store = fc.record(Object.fromEntries(names.map((name) => [name, schedule])), { requiredKeys: [] });
  const profile = fc.oneof(
    junk,
    fc.record({
      defaultProfile: fc.oneof(junk, fc.constant('Day')),
      units: junk,
      store: fc.record({ Day: fc.oneof(junk, store) })
    })
  );
  const timed = (fields: fc.Arbitrary<Record<string, unknown>>, make: typeof status) =>
    fc
      .array(fc.tuple(fc.integer({ min: -10, max: 500 }), fields), { maxLength: 5 })
      .map((list): Timed[] => list.map(([minutes, given]) => make(minutes, given)));
  const world = fc.record({
    profile,
    treatments: timed(treatmentFields, treatment),
    devicestatus: timed(statusFields, status),
    units: fc.constantFrom('mg/dl' as const, 'mmol' as const)
  });

  it('never throws, never hides a low, and bwp lets none wait', () => {
    fc.assert(
      fc.property(world, fc.integer({ min: 40, max: 54 }), (given, mgdl) => {
        const asked = askedIn({ ...given, extended: trouble.extended, sgvs: [sgv(mgdl + 5, 5), sgv(mgdl, 0)] });
        const low = asked.notifies.find(({ plugin }) => plugin.name === 'simplealarms');
        expect(low).toMatchObject({ level: 2, title: 'Urgent LOW', eventName: 'low', pushoverSound: 'persistent' });
        expect(low?.message).toMatch(/^BG Now: /);
        expect(low?.group).toBeUndefined();
        expect(asked.snoozes.filter(({ title }) => title.includes('IOB'))).toEqual([]);
        expect(() => JSON.stringify(asked)).not.toThrow();
      }),
      { numRuns: 500 }
    );
  });

  it('never holds back an urgent high for want of a profile or insulin', () => {
    const shapes = fc.record({
      profile,
      devicestatus: timed(
        statusFields.map(({ openaps: _o, loop: _l, pump: _p, ...rest }) => rest),
        status
      )
    });
    fc.assert(
      fc.property(shapes, (given) => {
        const asked = askedIn({ ...given, sgvs: [sgv(300, 5), sgv(300, 0)] });
        expect(asked.notifies.map(({ title }) => title)).toContain('Urgent HIGH');
        expect(asked.snoozes).toEqual([]);
      }),
      { numRuns: 300 }
    );
  });

  it('each request has words', () => {
    fc.assert(
      fc.property(world, (given) => {
        for (const { title, message, level } of askedIn({ ...given, extended: trouble.extended, sgvs: [sgv(100, 20)] })
          .notifies) {
          expect([typeof title, typeof message, [0, 1, 2].includes(level)]).toEqual(['string', 'string', true]);
          expect(title && message).toBeTruthy();
        }
      }),
      { numRuns: 300 }
    );
  });
});
