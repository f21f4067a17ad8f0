import { randomBytes } from 'node:crypto';
import { sha1 } from '../access/digest.ts';
import type { Need } from './check.ts';
import { createProbe, isObject, type Probe } from './probe.ts';

/** Whom a site is visited as. */
export interface Credentials {
  /** Plain API secret. */
  readonly secret?: string | undefined;
  /** Access token. */
  readonly token?: string | undefined;
}

/** One visit to a site: the address, who we are there and what we may. */
export interface Visit {
  /** Without a slash at its end. */
  readonly base: string;
  readonly headers: Readonly<Record<string, string>>;
  /** An access token goes into the query, as nightguard and LoopFollow send it. */
  readonly tokenInQuery: string | undefined;
  /** SHA-1 of the API secret. */
  readonly secretSha1: string | undefined;
  /** Ours, or the one made for this visit. */
  readonly token: string | undefined;
  readonly jwt: string | undefined;
  readonly rights: ReadonlySet<Need>;
  /** Marks what this visit writes. */
  readonly run: string;
  /** Identifiers of what was made over v3. */
  readonly made: Set<string>;
  /** Of every request, ms. */
  readonly latencies: number[];
  readonly signal: AbortSignal | undefined;
  readonly now: () => number;
}

/** Why a check cannot run, for each need. */
export const NEEDS: Readonly<Record<Need, string>> = {
  read: 'the right to read (--token or --secret)',
  admin: 'the API secret, or the token of an administrator',
  token: 'an access token (--token)',
  'v3-write': 'the access token of an administrator (--token)'
};

/**
 * Finds out who we are on a site. Asks only.
 * @throws Error with a sentence for people when nothing answers there
 */
export async function openVisit(
  address: string,
  { secret, token }: Credentials,
  { signal, now }: Pick<Visit, 'signal' | 'now'>
): Promise<Visit> {
  const secretSha1 = secret === undefined ? undefined : sha1(secret);
  const stranger: Visit = {
    base: await finalBase(address.replace(/[?#].*$/, '').replace(/\/+$/, ''), signal),
    headers: secretSha1 === undefined ? {} : { 'api-secret': secretSha1 },
    tokenInQuery: secretSha1 === undefined ? token : undefined,
    secretSha1,
    token,
    jwt: undefined,
    rights: new Set(),
    run: randomBytes(4).toString('hex'),
    made: new Set(),
    latencies: [],
    signal,
    now
  };
  return withRights(stranger);
}

/** Looks again at what may be done, with a token that was made meanwhile. */
export async function withRights(visit: Visit): Promise<Visit> {
  const probe = createProbe(visit, 'prepare', [], []);
  const rights = new Set<Need>();
  if ((await statusOf(probe, '/api/v1/entries.json?count=1')) === 200) rights.add('read');
  if (visit.secretSha1 || visit.token) {
    if ((await statusOf(probe, '/api/v2/authorization/debug/check/*:*:admin')) === 200) rights.add('admin');
  }
  const jwt = visit.token === undefined ? undefined : await exchange(probe, visit.token);
  if (jwt !== undefined) rights.add('token');
  const known = { ...visit, jwt, rights };
  if (jwt !== undefined && (await mayAllOnV3(createProbe(known, 'prepare', [], [])))) rights.add('v3-write');
  return known;
}

const statusOf = (probe: Probe, path: string): Promise<number> =>
  probe.get(path).then(
    ({ status }) => status,
    () => 0
  );

async function exchange(probe: Probe, token: string): Promise<string | undefined> {
  try {
    const answer = await probe.get(`/api/v2/authorization/request/${token}`, { as: 'stranger' });
    const grant = answer.json();
    return answer.status === 200 && isObject(grant) && typeof grant.token === 'string' ? grant.token : undefined;
  } catch {
    return undefined;
  }
}

async function mayAllOnV3(probe: Probe): Promise<boolean> {
  try {
    const status = await probe.v3('/api/v3/status');
    const permissions = isObject(status) ? status.apiPermissions : undefined;
    return isObject(permissions) && ['entries', 'treatments'].every((name) => permissions[name] === 'crud');
  } catch {
    return false;
  }
}

/** Where the site really is: a plain address that leads to https is left before any secret is sent. */
async function finalBase(address: string, signal: AbortSignal | undefined): Promise<string> {
  const path = '/api/v1/status.json';
  let base = address;
  for (let hop = 0; hop < 3; hop++) {
    let answer: Response;
    try {
      answer = await fetch(base + path, {
        redirect: 'manual',
        signal: AbortSignal.any([AbortSignal.timeout(15_000), ...(signal ? [signal] : [])])
      });
    } catch (error) {
      const cause = (error as Error).cause as { code?: unknown } | undefined;
      throw new Error(`${new URL(base).origin} does not answer (${cause?.code ?? (error as Error).message}).`);
    }
    await answer.body?.cancel();
    const location = answer.headers.get('location');
    if (answer.status < 300 || answer.status >= 400 || !location) return base;
    const target = new URL(location, base + path);
    if (!target.pathname.endsWith(path)) return base;
    base = target.origin + target.pathname.slice(0, -path.length);
  }
  throw new Error(`${new URL(address).origin} leads in a circle: does the proxy in front of it set X-Forwarded-Proto?`);
}
