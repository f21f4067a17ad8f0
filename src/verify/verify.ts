import { APPS, Broken, type Check, type Outcome, Skipped } from './check.ts';
import { CLEAN, GUESSES, READING, WRITING } from './checks.ts';
import { createProbe, isObject, reasonOf } from './probe.ts';
import type { ProbeSocket } from './socket.ts';
import { type Credentials, NEEDS, openVisit, type Visit, withRights } from './visit.ts';
import { removeWritten } from './writes.ts';

/** What a visit has found. */
export interface Report {
  readonly url: string;
  /** What the site calls itself. */
  readonly server: string;
  readonly outcomes: readonly Outcome[];
  readonly apps: readonly AppReport[];
  /** Checks that ran and passed, and those that ran. */
  readonly passed: number;
  readonly of: number;
  /** How long answers took, ms. */
  readonly latency: { readonly median: number; readonly p95: number; readonly max: number };
}

/** What it means for one app. */
interface AppReport {
  readonly app: string;
  readonly verdict: 'works' | 'works with remarks' | 'broken' | 'not checked';
  readonly reasons: readonly string[];
}

interface Options extends Credentials {
  /** Upload, change and remove documents of 2001, too. */
  readonly write?: boolean;
  /** Ends the visit early; what was written is removed all the same. */
  readonly signal?: AbortSignal;
  /** Told before each check. */
  readonly onCheck?: (done: number, total: number) => void;
  readonly now?: () => number;
}

/**
 * Visits a site as apps do.
 * @param address `https://site.example`
 * @throws Error with a sentence for people when nothing answers there, or the visit was ended early
 */
export async function verify(
  address: string,
  { write = false, signal, onCheck = () => {}, now = Date.now, ...credentials }: Options = {}
): Promise<Report> {
  const visit = await openVisit(address, credentials, { signal, now });
  const server = await nameOf(visit);
  const outcomes: Outcome[] = [];
  const count = READING.length + GUESSES.length + (write ? WRITING.length + 1 : 0);
  const run = async (checks: readonly Check[], who: Visit) => {
    for (const check of checks) {
      if (signal?.aborted) return;
      onCheck(outcomes.length, count);
      outcomes.push(await outcomeOf(check, who));
    }
  };
  if (write) await withWrites(visit, run, outcomes);
  else await run(READING, visit);
  await run(GUESSES, visit);
  if (signal?.aborted) throw new Error('Ended early.');
  const ran = outcomes.filter(({ result }) => result !== 'skipped');
  return {
    url: visit.base,
    server,
    outcomes,
    apps: APPS.map((app) => ({
      app,
      ...judge(
        app,
        outcomes.filter(({ apps }) => apps.includes(app))
      )
    })),
    passed: ran.filter(({ result }) => result === 'ok').length,
    of: ran.length,
    latency: latencyOf(visit.latencies)
  };
}

/** Whatever happens in between, what was written is removed, and so is the token made for it. */
async function withWrites(
  visit: Visit,
  run: (checks: readonly Check[], who: Visit) => Promise<void>,
  outcomes: Outcome[]
): Promise<void> {
  const { who, release } = await withToken(visit);
  try {
    await run([...READING, ...WRITING], who);
  } finally {
    // an interrupted visit cleans up, too
    const cleaner = { ...who, signal: undefined };
    const clean: Check = {
      id: CLEAN,
      title: 'nothing of this visit is left',
      apps: [],
      needs: ['admin'],
      async run(probe) {
        const left = await removeWritten(probe, who.made);
        if (left > 0)
          throw new Broken(
            `${left} documents of June 2001 are left; they are called vigil-verify-${who.run} (device, enteredBy)`
          );
      }
    };
    outcomes.push(await outcomeOf(clean, cleaner));
    await release();
  }
}

const SUBJECTS = '/api/v2/authorization/subjects';
const TOKEN_MS = 3_600_000;

/** v3 takes tokens only; who brings the secret alone gets one for the time of the visit. */
async function withToken(visit: Visit): Promise<{ who: Visit; release: () => Promise<void> }> {
  const nothing = { who: visit, release: async () => {} };
  if (visit.token !== undefined || !visit.rights.has('admin')) return nothing;
  const probe = createProbe({ ...visit, signal: undefined }, 'prepare', [], []);
  try {
    const name = `vigil-verify-${visit.run}`;
    // should this process be killed, the token ends by itself
    const expires = new Date(visit.now() + TOKEN_MS).toISOString();
    await probe.ask('POST', SUBJECTS, { body: { name, roles: ['admin'], expires, notes: 'made by vigil verify for one visit' } });
    const made = (await probe.list(SUBJECTS)).find((subject) => subject.name === name);
    if (!made) return nothing;
    const release = async () => void (await probe.ask('DELETE', `${SUBJECTS}/${made._id}`).catch(() => undefined));
    return { who: await withRights({ ...visit, token: String(made.accessToken) }), release };
  } catch {
    return nothing;
  }
}

async function outcomeOf({ id, title, apps, needs, run }: Check, visit: Visit): Promise<Outcome> {
  const remarks: string[] = [];
  const about = { id, title, apps, remarks };
  const missing = needs.find((need) => !visit.rights.has(need));
  if (missing) return { ...about, result: 'skipped', reason: `needs ${NEEDS[missing]}` };
  const sockets: ProbeSocket[] = [];
  try {
    await run(createProbe(visit, id, remarks, sockets));
    return { ...about, result: 'ok' };
  } catch (error) {
    if (error instanceof Skipped) return { ...about, result: 'skipped', reason: error.message };
    return { ...about, result: 'failed', reason: error instanceof Broken ? error.message : reasonOf(error) };
  } finally {
    for (const socket of sockets) socket.close();
  }
}

/** An app of whose day nothing could be asked is not called working because the clock is right. */
function judge(app: string, outcomes: readonly Outcome[]): Omit<AppReport, 'app'> {
  const failed = outcomes.filter(({ result }) => result === 'failed');
  if (failed.length > 0) return { verdict: 'broken', reasons: failed.map(({ reason = '' }) => reason) };
  const remarks = [...new Set(outcomes.flatMap((outcome) => outcome.remarks))];
  const skipped = outcomes.filter(({ result }) => result === 'skipped');
  const missing = [...new Set(skipped.map(({ reason }) => `not all was checked: ${reason}`))];
  const session = outcomes.filter(({ title }) => title.startsWith(`${app}: `));
  if (session.every(({ result }) => result === 'skipped')) return { verdict: 'not checked', reasons: missing };
  return { verdict: remarks.length > 0 ? 'works with remarks' : 'works', reasons: [...remarks, ...missing] };
}

async function nameOf(visit: Visit): Promise<string> {
  try {
    const status = (await createProbe(visit, 'prepare', [], []).get('/api/v1/status.json')).json();
    if (!isObject(status)) return 'unknown';
    const own = isObject(status.server) ? ` (${status.server.name} ${status.server.version})` : '';
    return `${status.name ?? 'unknown'} ${status.version ?? ''}${own}`.trim();
  } catch {
    return 'unknown';
  }
}

function latencyOf(times: readonly number[]): Report['latency'] {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (part: number) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0);
  return { median: at(0.5), p95: at(0.95), max: at(1) };
}
