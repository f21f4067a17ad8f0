import { createHash } from 'node:crypto';
import { isV3Collection } from '../../collections/v3-document.ts';
import { isPlainObject } from '../../storage/query.ts';
import { MOVE_NAMES, type MoveName } from '../names.ts';
import { type Page, type Source, SourceError } from '../source.ts';
import type { Range } from '../times.ts';
import { Answered, type Caller, type CallerOptions, createCaller, Unavailable } from './http.ts';
import { type Credentials, createSiteV1 } from './site-v1.ts';
import { createSiteV3 } from './site-v3.ts';

/** How to get into a live site. */
export interface SiteAccess {
  /** Access token of a subject: API v3 is asked. */
  readonly token?: string | undefined;
  /** API secret, plain: API v1 is asked. Without either, v1 is asked as a visitor. */
  readonly secret?: string | undefined;
}

/** A session is renewed this long before its end, ms. */
const EARLY_MS = 60_000;
/** What older sites do not have, and a token need not be allowed to read. */
const OPTIONAL: readonly MoveName[] = ['settings', 'food', 'activity'];

/**
 * A live Nightscout site, which may be another Vigil.
 * @param range helps to ask for less; what lies outside may come all the same
 * @throws SourceError
 */
export async function openSite(
  url: string,
  access: SiteAccess,
  { now, range, ...options }: { now: () => number; range: Range } & CallerOptions
): Promise<Source> {
  const { bare, token, secret } = readAddress(url, access);
  const caller = await createCaller(bare, options);
  const host = new URL(caller.base).host;
  const fingerprint = `site ${caller.base} ${token === undefined ? 'v1' : 'v3'} ${JSON.stringify(range)}`;
  if (token === undefined) {
    const headers: Record<string, string> =
      secret === undefined ? {} : { 'api-secret': createHash('sha1').update(secret).digest('hex') };
    return overV1(caller, async () => headers, { label: `${host} (API v1)`, fingerprint, range });
  }
  const session = await createSession(caller, token, now);
  return overV3(caller, session, { label: `${host} (API v3)`, fingerprint, range });
}

interface About {
  readonly label: string;
  readonly fingerprint: string;
  readonly range: Range;
}

async function overV1(caller: Caller, credentials: Credentials, { label, fingerprint, range }: About): Promise<Source> {
  const site = createSiteV1(caller, credentials);
  const notes = ['API v1 does not give the settings apps have stored (collection settings): use a --token to bring them over.'];
  const names = MOVE_NAMES.filter((name) => name !== 'settings');
  return {
    label,
    fingerprint,
    notes,
    faults: [],
    names: async () => withPeople(names, site.people, notes),
    newest: (name) => site.newest(name),
    total: (name) => site.total(name),
    pages: (name, after) => orNone(name, site.pages(name, after, range), notes),
    close: async () => {}
  };
}

async function overV3(caller: Caller, credentials: Credentials, { label, fingerprint, range }: About): Promise<Source> {
  const [v1, v3] = [createSiteV1(caller, credentials), createSiteV3(caller, credentials)];
  const notes: string[] = [];

  async function* documents(name: Parameters<typeof v3.history>[0], after: unknown): AsyncIterable<Page> {
    const place = after as { phase: 'history' | 'search' | 'rest'; at: unknown } | undefined;
    const isComplete = await v3.isComplete();
    if (place === undefined || place.phase === 'history')
      for await (const page of v3.history(name, place?.at)) yield { ...page, cursor: { phase: 'history', at: page.cursor } };
    // what came over v1 to the reference is in no history
    if (!isComplete && place?.phase !== 'rest')
      for await (const page of v3.search(name, place?.phase === 'search' ? place.at : undefined, range))
        yield { ...page, cursor: { phase: 'search', at: page.cursor } };
    if (name !== 'entries' && name !== 'treatments' && name !== 'devicestatus') return;
    for await (const docs of v1.undated(name)) yield { items: docs.map((doc) => ({ doc })), cursor: { phase: 'rest' }, part: 1 };
  }

  return {
    label,
    fingerprint,
    notes,
    faults: [],
    names: async () => withPeople(MOVE_NAMES, v1.people, notes),
    newest: async (name) => (isV3Collection(name) ? v3.newest(name) : []),
    total: (name) => v1.total(name),
    pages: (name, after) => orNone(name, isV3Collection(name) ? documents(name, after) : v1.pages(name, after, range), notes),
    close: async () => {}
  };
}

/** Goes without a collection one can go without. */
async function* orNone(name: MoveName, pages: AsyncIterable<Page>, notes: string[]): AsyncIterable<Page> {
  try {
    yield* pages;
  } catch (error) {
    if (!(error instanceof Unavailable) || !OPTIONAL.includes(name)) throw error;
    notes.push(`${error.message} The collection ${name} was left out.`);
  }
}

async function withPeople(
  names: readonly MoveName[],
  people: (name: 'subjects' | 'roles') => Promise<unknown>,
  notes: string[]
): Promise<MoveName[]> {
  const mayAsk = (await people('subjects')) !== undefined && (await people('roles')) !== undefined;
  if (!mayAsk) notes.push('Subjects and roles (who may use the site) are shown to administrators only and are left out.');
  return names.filter((name) => mayAsk || (name !== 'subjects' && name !== 'roles'));
}

/** Exchanges the access token for sessions. */
async function createSession(caller: Caller, token: string, now: () => number): Promise<Credentials> {
  let session: { headers: Record<string, string>; until: number } | undefined;
  const renew = async (): Promise<NonNullable<typeof session>> => {
    const found = await caller.json(`/api/v2/authorization/request/${encodeURIComponent(token)}`, {}).catch((error: unknown) => {
      if (!(error instanceof Answered)) throw error;
      const host = new URL(caller.base).host;
      throw new SourceError(
        error.status === 401
          ? `${host} does not know this access token.`
          : `${host} answered ${error.status} to the access token: is it a Nightscout site?`
      );
    });
    if (!isPlainObject(found) || typeof found.token !== 'string')
      throw new SourceError('The site gave no session for the access token.');
    const { exp, iat } = found;
    // its clock may be another one than ours
    const lifeMs = typeof exp === 'number' && typeof iat === 'number' ? (exp - iat) * 1000 : 3_600_000;
    return { headers: { authorization: `Bearer ${found.token}` }, until: now() + lifeMs - EARLY_MS };
  };
  session = await renew();
  return async () => {
    if (session!.until <= now()) session = await renew();
    return session!.headers;
  };
}

/** As apps write it, too: `https://SECRET@site/api/v1/`, `https://site/?token=…`. */
function readAddress(url: string, { token, secret }: SiteAccess): { bare: string } & SiteAccess {
  const parsed = new URL(url);
  const own = decodeURIComponent(parsed.username);
  const asked = parsed.searchParams.get('token') ?? undefined;
  parsed.username = '';
  parsed.password = '';
  parsed.search = '';
  parsed.hash = '';
  const found = token ?? (secret === undefined ? asked : undefined);
  return { bare: parsed.href, token: found, secret: found === undefined ? (secret ?? (own || undefined)) : undefined };
}
