import { Router } from 'express';
import { toNumber } from '../../collections/primitives.ts';
import { Refusal } from '../../errors.ts';
import { derived } from '../../live/derived.ts';
import type { Timed } from '../../live/live.ts';
import { bwpOf } from '../../plugins/bwp.ts';
import { cobOf } from '../../plugins/cob.ts';
import type { Current } from '../../plugins/current.ts';
import { iobOf } from '../../plugins/iob.ts';
import { type Fields, fieldsOf, numberOf } from '../../plugins/reading.ts';
import type { Sandbox } from '../../plugins/sandbox.ts';
import type { Services } from '../../services.ts';
import { sendBareJson } from '../bare-json.ts';
import { guard, identify } from '../middleware/credentials.ts';
import { summaryTempBasals } from './summary-temp-basals.ts';

const HOUR = 3_600_000;
const DEFAULT_HOURS = 6;

/** `GET /summary[?hours=6]`: the last hours in few bytes (rest-v1-v2 §12.7). */
export function summary(services: Services, current: () => Current): Router {
  const router = Router();
  router.get('/summary', identify(services), guard('api:*:read'), (request, response) => {
    if (services.live.state() !== 'loaded') throw new Refusal('storage-away', 'The data is not loaded yet', 5);
    const { sandbox } = current();
    const asked = request.query.hours;
    const hours = asked === undefined || asked === '' ? DEFAULT_HOURS : Number(asked);
    sendBareJson(response, {
      sgvs: sgvs(sandbox, hours),
      treatments: {
        tempBasals: summaryTempBasals(derived(sandbox.data).tempbasalTreatments, sandbox, hours),
        treatments: doses(sandbox, hours),
        targets: derived(sandbox.data).tempTargetTreatments.map(target)
      },
      profile: withoutSeconds(sandbox.profile.active(sandbox.time)?.store ?? {}),
      state: state(sandbox)
    });
  });
  return router;
}

/** Within the window? Nothing is when `hours` is no number. */
function within(sandbox: Sandbox, hours: number): (item: { mills: number }) => boolean {
  return (item) => item.mills > sandbox.time - hours * HOUR;
}

function sgvs(sandbox: Sandbox, hours: number): object[] {
  return sandbox.data.sgvs
    .filter(within(sandbox, hours))
    .map(({ mgdl, mills, noise }) => ({ sgv: mgdl, mills, ...(noise !== undefined && noise !== 1 ? { noise } : {}) }));
}

function doses(sandbox: Sandbox, hours: number): object[] {
  return sandbox.data.treatments.filter(within(sandbox, hours)).flatMap((treatment) => {
    const carbs = numberOf(treatment.carbs);
    const insulin = numberOf(treatment.insulin);
    if ((!carbs && !insulin) || treatment.eventType === 'Temp Basal' || treatment.eventType === 'Temporary Target') return [];
    return [{ mills: treatment.mills, ...(carbs ? { carbs } : {}), ...(insulin ? { insulin } : {}) }];
  });
}

function target({ targetTop, targetBottom, duration, mills }: Timed): object {
  const seconds = Math.round((numberOf(duration) ?? 0) * 60);
  return {
    targetTop: Math.round(toNumber(targetTop)),
    targetBottom: Math.round(toNumber(targetBottom)),
    duration: seconds,
    mills
  };
}

/** The profile without what clients work out themselves. */
function withoutSeconds(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSeconds);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([key]) => key !== 'timeAsSeconds');
  return Object.fromEntries(members.map(([key, member]) => [key, withoutSeconds(member)]));
}

/** Figures of the pills. A feature without a value gives null, one that is off and has no figure of its own is left out. */
function state(sandbox: Sandbox): Fields {
  const property = (name: string): Fields => fieldsOf(sandbox.properties[name]);
  return {
    iob: rounded(iobOf(sandbox)?.iob, 100),
    cob: rounded(cobOf(sandbox)?.cob, 1),
    bwp: rounded(bwpOf(sandbox)?.bolusEstimate, 100),
    cage: property('cage').age,
    sage: property('sage').age,
    iage: property('iage').age,
    bage: property('bage').age,
    battery: property('upbat').level
  };
}

function rounded(value: number | undefined, parts: number): number | null {
  return value === undefined ? null : Math.round(value * parts) / parts;
}
