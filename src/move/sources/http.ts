import { retrying } from '../retry.ts';
import { SourceError } from '../source.ts';

/** An answer takes at most this long, ms: a small database looks through a year of device statuses. */
const TIMEOUT_MS = 90_000;
/** No page is that large. */
const MAX_BYTES = 256 * 1024 * 1024;
const PASSING = new Set([408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524, 525, 527, 530]);

/** An answer that is not what was hoped for. */
export class Answered extends Error {
  readonly status: number;
  readonly body: string;
  readonly retryAfterMs: number;
  constructor(status: number, body: string, retryAfterMs = 0) {
    super(`it answered ${status}`);
    this.status = status;
    this.body = body;
    this.retryAfterMs = retryAfterMs;
  }
}

/** Not for us, or not there; what one can do without is left out. */
export class Unavailable extends SourceError {}

export interface Caller {
  /** Without a slash at its end. */
  readonly base: string;
  /**
   * GET, as JSON; trouble that passes is waited for.
   * @throws Answered for a status that will not change, SourceError when it has not got well for minutes
   */
  json(path: string, headers: Readonly<Record<string, string>>): Promise<unknown>;
}

/** How patient a caller is; for tests. */
export interface CallerOptions {
  readonly attempts?: number;
  readonly firstMs?: number;
}

/**
 * Asks a site. Redirects are followed once, before any credential is sent: a secret goes to nobody but the site itself.
 * @param site `https://…`, path and all
 * @throws SourceError when there is no answer at all
 */
export async function createCaller(site: string, options: CallerOptions = {}): Promise<Caller> {
  const wanted = new URL(site);
  const base = await settle(wanted, options);
  const host = wanted.host;
  return {
    base,
    async json(path, headers) {
      try {
        return await retrying(() => once(`${base}${path}`, headers), {
          isPassing: (error) => !(error instanceof Answered) || PASSING.has(error.status),
          afterMs: (error) => (error instanceof Answered ? error.retryAfterMs : undefined),
          attempts: options.attempts ?? 9,
          firstMs: options.firstMs ?? 500
        });
      } catch (error) {
        if (error instanceof Answered && !PASSING.has(error.status)) throw error;
        throw new SourceError(`${host} does not give its documents (${reasonOf(error)}). The same command goes on from there.`);
      }
    }
  };
}

/** Where the site really is: http may lead to https, a name to another one of the same site. */
async function settle(wanted: URL, options: CallerOptions): Promise<string> {
  const probe = `${wanted.origin}${wanted.pathname.replace(/\/(api\/?.*)?$/, '')}`;
  const answer = await retrying(
    () =>
      fetch(`${probe}/api/v1/status.json`, { signal: AbortSignal.timeout(TIMEOUT_MS), headers: { accept: 'application/json' } }),
    { isPassing: () => true, attempts: Math.min(options.attempts ?? 4, 4), firstMs: options.firstMs ?? 500 }
  ).catch((error: unknown) => {
    throw new SourceError(`${wanted.host} cannot be reached (${reasonOf(error)}).`);
  });
  await answer.body?.cancel();
  const landed = new URL(answer.url);
  return `${landed.origin}${landed.pathname.replace(/\/api\/v1\/status\.json$/, '').replace(/\/$/, '')}`;
}

async function once(url: string, headers: Readonly<Record<string, string>>): Promise<unknown> {
  const answer = await fetch(url, {
    redirect: 'manual',
    signal: AbortSignal.timeout(TIMEOUT_MS),
    headers: { accept: 'application/json', ...headers }
  });
  const text = await readText(answer);
  if (answer.status !== 200) throw new Answered(answer.status, text.slice(0, 1000), retryAfterOf(answer));
  // a failed query of the reference; whether it passes is not said
  if (text === 'null') throw new Answered(500, text);
  try {
    return JSON.parse(text);
  } catch {
    throw new Answered(/^\s*</.test(text) ? 404 : 502, text.slice(0, 200));
  }
}

async function readText(answer: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of answer.body ?? []) {
    bytes += part.length;
    if (bytes > MAX_BYTES) throw new Answered(413, '');
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function retryAfterOf({ headers }: Response): number {
  const text = headers.get('retry-after');
  if (!text) return 0;
  const seconds = Number(text);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  return Math.max(0, Date.parse(text) - Date.now()) || 0;
}

/** Why, in few words; `fetch` hides it in the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const { code } = (error.cause ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : error.name === 'TimeoutError' ? 'no answer in time' : error.message;
}
