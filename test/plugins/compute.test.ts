import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Timed } from '../../src/live/live.ts';
import { computeProperties } from '../../src/plugins/compute.ts';
import { PLUGINS } from '../../src/plugins/index.ts';
import type { Plugin } from '../../src/plugins/plugin.ts';
import { ago, profileWith, propertiesOf, sandboxOf, sgv, status, T, treatment } from './kit.ts';

const plugin = (name: string, values: Record<string, unknown> | (() => never)): Plugin => ({
  name,
  offers: ['a', 'b'],
  compute: typeof values === 'function' ? values : () => values
});

describe('computeProperties (properties-plugins A.1, D21)', () => {
  const run = (plugins: Plugin[], enable = plugins.map(({ name }) => name)) => {
    const errors: string[] = [];
    const properties = computeProperties(sandboxOf({ enable }), { plugins, onError: (name) => errors.push(name) });
    return { properties, errors };
  };

  it('lets the first to offer a name win', () => {
    expect(run([plugin('x', { a: 1 }), plugin('y', { a: 2, b: 3 })]).properties).toEqual({ a: 1, b: 3 });
  });

  it('keeps an empty object and drops what is nothing', () => {
    expect(run([plugin('x', { a: {}, b: 0 }), plugin('y', { b: '' })]).properties).toEqual({ a: {} });
  });

  it('skips a plugin that throws, tells so, and runs the others', () => {
    const broken = plugin('broken', () => {
      throw new Error('no');
    });
    expect(run([broken, plugin('y', { a: 2 })])).toEqual({ properties: { a: 2 }, errors: ['broken'] });
  });

  it('runs what is enabled only', () =>
    expect(run([plugin('x', { a: 1 }), plugin('y', { a: 2 })], ['y']).properties).toEqual({ a: 2 }));

  it('keeps the order of the reference, on which properties build', () => {
    const order =
      'bgnow rawbg direction upbat ar2 iob cob pump openaps xdripjs loop bwp cage sage iage bage basal dbsize runtimestate';
    expect(PLUGINS.map(({ name }) => name).join(' ')).toBe(order);
  });
});

describe('plugins, whatever is uploaded', () => {
  const instant = fc.oneof(
    fc.integer({ min: 0, max: 400 }).map((m) => ago(m)),
    fc.constant('soon'),
    fc.constant(null),
    fc.constant({ $gt: 1 })
  );
  const junk = fc.oneof(fc.jsonValue({ maxDepth: 2 }), instant, fc.double(), fc.constant(undefined));
  const part = (...names: string[]) => fc.record(Object.fromEntries(names.map((name) => [name, junk])), { requiredKeys: [] });
  const decision = fc.oneof(junk, part('timestamp', 'mills', 'received', 'predBGs', 'eventualBG', 'COB', 'iob', 'time'));
  const statusFields = fc.record(
    {
      device: junk,
      uploader: fc.oneof(junk, part('battery', 'batteryVoltage', 'isCharging')),
      pump: fc.oneof(junk, part('clock', 'reservoir', 'battery', 'status', 'iob', 'reservoir_display_override', 'extended')),
      openaps: fc.oneof(junk, fc.record({ iob: fc.oneof(decision, fc.array(decision)), suggested: decision, enacted: decision })),
      loop: fc.oneof(
        junk,
        fc.record({ timestamp: instant, iob: decision, cob: decision, enacted: decision, predicted: part('startDate') })
      ),
      override: decision,
      mmtune: decision,
      xdripjs: fc.oneof(junk, part('timestamp', 'state', 'stateString', 'voltagea', 'slope'))
    },
    { requiredKeys: [] }
  );
  const treatmentFields = part(
    'eventType',
    'insulin',
    'carbs',
    'duration',
    'percent',
    'absolute',
    'relative',
    'profile',
    'profileJson',
    'notes',
    'percentage'
  );
  const schedule = fc.oneof(junk, fc.array(fc.oneof(junk, part('time', 'value', 'timeAsSeconds'))));
  const names = ['dia', 'sens', 'carbratio', 'carbs_hr', 'basal', 'target_low', 'target_high', 'timezone', 'units'] as const;
  const store = fc.record(Object.fromEntries(names.map((name) => [name, schedule])), { requiredKeys: [] });
  const profile = fc.oneof(
    junk,
    fc.record({
      defaultProfile: fc.oneof(junk, fc.constant('Day')),
      startDate: junk,
      units: junk,
      store: fc.oneof(junk, fc.record({ Day: fc.oneof(junk, store) }))
    })
  );
  const timed = (fields: fc.Arbitrary<Record<string, unknown>>, make: typeof status) =>
    fc
      .array(fc.tuple(fc.integer({ min: -10, max: 500 }), fields), { maxLength: 5 })
      .map((list): Timed[] => list.map(([minutes, f]) => make(minutes, f)));

  it('never throws, and everything can be sent', () => {
    const world = fc.record({
      profile,
      treatments: timed(treatmentFields, treatment),
      devicestatus: timed(statusFields, status)
    });
    fc.assert(
      fc.property(world, fc.constantFrom('mg/dl' as const, 'mmol' as const), (given, units) => {
        expect(propertiesOf({ ...given, units, sgvs: [sgv(120, 6), sgv(130, 1)] }).bgnow.last).toBe(130);
      }),
      { numRuns: 400 }
    );
  });

  it('changes nothing but what is shown for other units (D22)', () => {
    const readings = fc.tuple(
      fc.integer({ min: 40, max: 400 }),
      fc.integer({ min: 40, max: 400 }),
      fc.integer({ min: 1, max: 14 })
    );
    fc.assert(
      fc.property(readings, fc.integer({ min: 0, max: 8 }), ([before, now, gap], insulin) => {
        const world = {
          profile: profileWith(),
          sgvs: [sgv(before, gap), sgv(now, 0)],
          treatments: [treatment(40, { insulin, carbs: 30 })]
        };
        const [a, b] = (['mg/dl', 'mmol'] as const).map((units) => propertiesOf({ ...world, units }));
        for (const found of [a, b]) delete found?.bgnow.sgvs;
        expect(b?.bgnow).toEqual(a?.bgnow);
        expect([b?.delta?.mgdl, b?.ar2.level, b?.ar2.eventName]).toEqual([a?.delta?.mgdl, a?.ar2.level, a?.ar2.eventName]);
        expect([b?.iob, b?.cob, b?.basal]).toEqual([a?.iob, a?.cob, a?.basal]);
        expect([b?.bwp.bolusEstimate, b?.bwp.belowLowTarget]).toEqual([a?.bwp.bolusEstimate, a?.bwp.belowLowTarget]);
      })
    );
  });

  it('leaves the live data as it was', () => {
    const freeze = <V>(value: V): V => {
      if (typeof value === 'object' && value !== null) for (const member of Object.values(Object.freeze(value))) freeze(member);
      return value;
    };
    const devicestatus = [
      status(2, {
        uploader: { battery: 50 },
        pump: { clock: ago(2) },
        openaps: { iob: [{ iob: 1, time: ago(2) }], enacted: { timestamp: ago(2), received: true } }
      })
    ];
    const world = freeze({
      profile: profileWith(),
      sgvs: [sgv(100, 5), sgv(120, 0)],
      devicestatus,
      treatments: [treatment(9, { insulin: 1, carbs: 9 })]
    });
    expect(propertiesOf(world).bgnow.mills).toBe(T);
  });
});
