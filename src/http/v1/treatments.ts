import type { RequestHandler } from 'express';
import { toNumber } from '../../collections/primitives.ts';
import { parseTime } from '../../collections/times.ts';
import type { Stored } from '../../storage/port.ts';
import { type Adjust, createdAtAdjust } from './adjust.ts';
import { createdTime, listDocuments } from './documents.ts';
import { paramsOf, type V1 } from './v1.ts';

/**
 * `GET /treatments`: 100, or 1000 with a `find`, because Loop and Trio never send `count`. With `?token=` each carries `mills`:
 * nightguard logs in like that and draws carbs only with it. Others get what the reference's database gives, which has none.
 */
export function listTreatments(v1: V1): RequestHandler {
  const adjust = createdAtAdjust(v1.config);
  const list = (withMills: boolean): RequestHandler =>
    listDocuments(v1, {
      collection: 'treatments',
      sort: [['created_at', -1]],
      fallback: (found) => (found ? 1000 : 100),
      timeOf: createdTime,
      toJson: (stored) => treatmentJson(stored, { withMills, adjust })
    });
  const [plain, timed] = [list(false), list(true)];
  return (req, res, next) => (paramsOf(req).token === undefined ? plain : timed)(req, res, next);
}

const amount = (value: unknown): number | null => {
  if (value === undefined || value === null || value === '') return null;
  const number = toNumber(value);
  return Number.isFinite(number) ? number : null;
};

/**
 * A treatment as JSON text: `carbs` (g) and `insulin` (U) are numbers or null. What is merely missing is appended to the
 * stored text, so most treatments are not written anew.
 * @param options.withMills adds `mills` (epoch ms), and `endmills` where there is a duration
 */
export function treatmentJson(
  stored: Stored,
  { withMills = false, adjust }: { withMills?: boolean; adjust?: Adjust } = {}
): string {
  const { doc } = stored;
  const extra: Record<string, unknown> = {};
  const rewritten: Record<string, unknown> = {};
  for (const field of ['carbs', 'insulin'] as const) {
    const value = amount(doc[field]);
    if (!Object.hasOwn(doc, field)) extra[field] = value;
    else if (value !== doc[field]) rewritten[field] = value;
  }
  if (withMills && typeof doc.mills !== 'number') {
    const mills = parseTime(doc.created_at)?.mills;
    if (mills !== undefined) {
      (Object.hasOwn(doc, 'mills') ? rewritten : extra).mills = mills;
      const duration = toNumber(doc.duration ?? Number.NaN);
      if (doc.endmills === undefined && Number.isFinite(duration)) extra.endmills = mills + duration * 60_000;
    }
  }
  if (adjust || Object.keys(rewritten).length > 0) {
    const whole = { ...doc, ...rewritten, ...extra };
    return JSON.stringify(adjust ? adjust(whole) : whole);
  }
  const text = JSON.stringify(extra);
  return text === '{}' ? stored.json : `${stored.json.slice(0, -1)},${text.slice(1)}`;
}
