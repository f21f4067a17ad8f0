import type { z } from 'zod';
import { type App, Broken, type Check, must, type Need } from '../check.ts';
import { fits, type Probe } from '../probe.ts';

/** One request of an app's day that only reads. */
interface Step {
  /** Unique in its session. */
  readonly id: string;
  /** What the app wants to know. */
  readonly title: string;
  /** Path and query as the app spells them; `{now-1d}` and `{iso-1d}` are times before now, `{isoS-1d}` without milliseconds. */
  readonly path: string;
  /** How the app signs in, if not by api-secret or token as given. */
  readonly as?: 'jwt';
  readonly headers?: Readonly<Record<string, string>>;
  /** What the app decodes; more may be there. */
  readonly shape: z.ZodType;
  /** What the app would lose by an element that does not fit, when that is the fault of another uploader and not of the site. */
  readonly soft?: { readonly shape: z.ZodType; readonly remark: string };
}

/** The reading part of an app's day. */
export interface Session {
  readonly app: App;
  readonly needs: Need;
  readonly steps: readonly Step[];
}

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Puts times into a path. */
const filled = (path: string, now: number): string =>
  path.replace(/\{(now|iso|isoS)([+-]\d+)([mhd])\}/g, (_all, form: string, amount: string, unit: string) => {
    const at = now + Number(amount) * UNITS[unit]!;
    if (form === 'now') return String(at);
    const iso = new Date(at).toISOString();
    return form === 'iso' ? iso : iso.replace(/\.\d+Z$/, 'Z');
  });

/** A session as checks: each step is one. */
export const checksOf = ({ app, needs, steps }: Session): Check[] =>
  steps.map((step) => ({
    id: `${app.toLowerCase().replace('+', '')}-${step.id}`,
    title: `${app}: ${step.title}`,
    apps: [app],
    needs: [needs],
    run: (probe) => take(probe, step)
  }));

async function take(probe: Probe, { path, as, headers, shape, soft }: Step): Promise<void> {
  const options = { ...(as && { as }), ...(headers && { headers }) };
  const answer = await probe.get(filled(path, probe.visit.now()), options);
  must(answer.status === 200, `${answer.asked} answered ${answer.status}`);
  const body = answer.json();
  fits(body, shape, answer.asked);
  if (!soft) return;
  try {
    fits(body, soft.shape, answer.asked);
  } catch (error) {
    if (!(error instanceof Broken)) throw error;
    probe.remark(`${soft.remark}: ${error.message}`);
  }
}
