import { Router } from 'express';
import type { Sgv } from '../live/live.ts';
import { bgNowOf, deltaOf } from '../plugins/bgnow.ts';
import { type Bwp, bwp } from '../plugins/bwp.ts';
import { cobOf } from '../plugins/cob.ts';
import { type Current, createCurrent } from '../plugins/current.ts';
import { iobOf } from '../plugins/iob.ts';
import { fieldsOf, numberOf } from '../plugins/reading.ts';
import type { Sandbox } from '../plugins/sandbox.ts';
import { mmolText, scaleMgdl, type Units } from '../plugins/units.ts';
import type { Services } from '../services.ts';
import { sendBareJson } from './bare-json.ts';
import { guard, identify } from './middleware/credentials.ts';

/** Numbers of the trend words as watches know them. */
const TRENDS: Readonly<Record<string, number>> = {
  NONE: 0,
  DoubleUp: 1,
  SingleUp: 2,
  FortyFiveUp: 3,
  Flat: 4,
  FortyFiveDown: 5,
  SingleDown: 6,
  DoubleDown: 7,
  'NOT COMPUTABLE': 8,
  'RATE OUT OF RANGE': 9
};
const UNKNOWN_TREND = 8;

/** `GET /pebble`: the last readings for watches (rest-v1-v2 §13). xDrip+ emulates the same shape. */
export function pebble(services: Services, current: () => Current = createCurrent(services)): Router {
  const router = Router();
  router.get('/pebble', identify(services), guard('api:pebble,entries:read'), (request, response) => {
    const { sandbox } = current();
    const units = unitsOf(request.query.units) ?? sandbox.units;
    const count = countOf(request.query.count);
    sendBareJson(response, {
      status: [{ now: services.now() }],
      bgs: readings(sandbox, units, count),
      cals: calibrations(sandbox, count)
    });
  });
  return router;
}

function unitsOf(asked: unknown): Units | undefined {
  if (typeof asked !== 'string' || asked === '') return undefined;
  return asked.toLowerCase().includes('mmol') ? 'mmol' : 'mg/dl';
}

function countOf(asked: unknown): number {
  return (typeof asked === 'string' && Number.parseInt(asked, 10)) || 1;
}

/** Newest first; a negative count leaves out so many of the oldest. */
function latest<T extends { mills: number }>(list: readonly T[], count: number, time: number): T[] {
  return list
    .filter((entry) => entry.mills <= time)
    .toReversed()
    .slice(0, count);
}

function readings(sandbox: Sandbox, units: Units, count: number): object[] {
  const raw = sandbox.enabled('rawbg') && sandbox.lastEntry(sandbox.data.cals) !== undefined;
  return latest(sandbox.data.sgvs, count, sandbox.time).map((sgv, index) => ({
    ...reading(sgv, units),
    ...(raw ? { filtered: sgv.filtered, unfiltered: sgv.unfiltered, noise: sgv.noise } : {}),
    ...(index === 0 ? extras(sandbox, units) : {})
  }));
}

function reading(sgv: Sgv, units: Units): object {
  const trend =
    (typeof sgv.direction === 'string' && Object.hasOwn(TRENDS, sgv.direction) ? TRENDS[sgv.direction] : undefined) ??
    UNKNOWN_TREND;
  return { sgv: units === 'mmol' ? mmolText(sgv.mgdl) : String(sgv.mgdl), trend, direction: sgv.direction, datetime: sgv.mills };
}

/** What only the newest reading carries. */
function extras(sandbox: Sandbox, units: Units): object {
  const status = sandbox.data.devicestatus.findLast(
    (s) => s.mills <= sandbox.time && (numberOf(fieldsOf(s.uploader).battery) ?? 0) > 0
  );
  return {
    bgdelta: change(sandbox, units),
    ...(status ? { battery: String(fieldsOf(status.uploader).battery) } : {}),
    ...(sandbox.enabled('iob') ? { iob: iobOf(sandbox)?.display ?? 0, ...preview(sandbox) } : {}),
    ...(sandbox.enabled('cob') ? { cob: cobOf(sandbox)?.display ?? 0 } : {})
  };
}

/** Change in five minutes: the difference of the two values as shown, so that it adds up on the watch. */
function change(sandbox: Sandbox, units: Units): number | string {
  const now = bgNowOf(sandbox)?.mean;
  const delta = deltaOf(sandbox);
  if (units === 'mg/dl') return delta?.mgdl ?? 0;
  if (now === undefined || !delta) return '0.0';
  return (Math.round((scaleMgdl(now, units) - scaleMgdl(delta.mean5MinsAgo, units)) * 10) / 10).toFixed(1);
}

/** The bolus preview goes with IOB, also where its own feature is off. Its outcome stays in the site's units, as in the reference. */
function preview(sandbox: Sandbox): object {
  const { bolusEstimateDisplay, outcomeDisplay } = (sandbox.properties.bwp ?? bwp.compute(sandbox).bwp) as Bwp;
  return { bwp: bolusEstimateDisplay, bwpo: outcomeDisplay };
}

function calibrations(sandbox: Sandbox, count: number): object[] {
  if (!sandbox.enabled('rawbg')) return [];
  return latest(sandbox.data.cals, count, sandbox.time).map(({ slope, intercept, scale }) => ({ slope, intercept, scale }));
}
