import type { Doc } from '../../storage/port.ts';
import { isPlainObject } from '../../storage/query.ts';
import { isDated, type MoveName } from '../names.ts';
import { type Page, SourceError } from '../source.ts';
import type { Range } from '../times.ts';
import { Answered, type Caller, Unavailable } from './http.ts';
import { type Timed, type Window, walk } from './windows.ts';

const LIMIT = 1000;
/** The ceiling of Vigil's API; the reference has none. */
const MOST = 100_000;
const NEWEST = 50;
/** A condition on the `_id` lifts the default window of four days, and every rule about dates. */
const EVERY_ID = '000000000000000000000000';
/** Before every text. */
const EVERY_TEXT = ' ';
const COUNTED = ['entries', 'treatments', 'devicestatus'];

/** Headers that show who is asking, anew for each request: sessions end. */
export type Credentials = () => Promise<Readonly<Record<string, string>>>;

/** What API v1 of a site gives. */
export interface SiteV1 {
  /** @throws SourceError */
  pages(name: MoveName, after: unknown, range: Range): AsyncIterable<Page>;
  newest(name: MoveName): Promise<Doc[]>;
  total(name: MoveName): Promise<number | undefined>;
  /** Documents without a usable time, which no walk along the time meets. */
  undated(name: MoveName): AsyncIterable<Doc[]>;
  /** Subjects or roles; undefined: only administrators are told. */
  people(name: 'subjects' | 'roles'): Promise<Doc[] | undefined>;
}

/** API v1 of a live site: reference or Vigil. */
export function createSiteV1(caller: Caller, credentials: Credentials): SiteV1 {
  const host = new URL(caller.base).host;

  async function get(path: string): Promise<unknown> {
    try {
      return await caller.json(path, await credentials());
    } catch (error) {
      if (!(error instanceof Answered)) throw error;
      const [what] = path.split('?');
      if (error.status === 401 || error.status === 403)
        throw new Unavailable(`${host} does not let us read ${what}: give a --token or --secret that may.`);
      if (error.status === 404) throw new Unavailable(`There is no ${what} at ${host}: is it a Nightscout site?`);
      throw new SourceError(`${host} answered ${error.status} to ${what}.`);
    }
  }

  async function list(name: MoveName, query: readonly (readonly [string, string | number])[]): Promise<Doc[]> {
    const text = query.map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(String(value))}`).join('&');
    const found = await get(`/api/v1/${name}.json?${text}`);
    if (!Array.isArray(found)) throw new SourceError(`${host} gave something else than a list of ${name}.`);
    return found.map((doc) => (isPlainObject(doc) ? asStored(name, doc) : (doc as Doc)));
  }

  function timed(name: MoveName): Timed {
    const field = name === 'entries' ? 'date' : 'created_at';
    const lowest = name === 'entries' ? -9_000_000_000_000_000 : 0;
    const ask = (order: 1 | -1, { from, to }: Window, limit: number): Promise<Doc[]> =>
      list(name, [
        [`find[${field}][$gte]`, from ?? lowest],
        ...(to === undefined ? [] : [[`find[${field}][$lt]`, to] as const]),
        [`sort[${field}]`, order],
        ['count', limit]
      ]);
    const descending = (docs: Doc[]): Doc[] => docs.sort((a, b) => compare(b[field], a[field]));
    return {
      field,
      kept: name === 'entries' ? 'ms' : 'iso',
      limit: LIMIT,
      most: MOST,
      ask: async (window, limit) => descending(await ask(-1, window, limit)),
      async oldest() {
        const from = name === 'entries' ? 946_684_800_000 : '2000-01-01T00:00:00.000Z';
        const [doc] = await ask(1, { from }, 1);
        const value = doc?.[field];
        return typeof value === 'number' ? value : Date.parse(String(value)) || undefined;
      }
    };
  }

  /** How many the site gives at once, when it gives less than it is asked for without saying so. */
  async function ceiling({ ask, field }: Timed): Promise<number> {
    const docs = await ask({}, LIMIT);
    const last = docs.at(-1)?.[field] as number | string | undefined;
    if (docs.length >= LIMIT || last === undefined) return LIMIT;
    const [more] = await ask({ to: last }, 1);
    return more ? docs.length : LIMIT;
  }

  async function* byId(name: MoveName, conditions: readonly (readonly [string, string])[]): AsyncIterable<Doc[]> {
    for (const start of [EVERY_ID, EVERY_TEXT]) {
      let condition: readonly [string, string] = ['find[_id][$gte]', start];
      for (;;) {
        const docs = await list(name, [condition, ...conditions, ['sort[_id]', 1], ['count', LIMIT]]);
        const last = docs
          .map(({ _id }) => String(_id))
          .sort()
          .at(-1);
        if (last === undefined || condition[1] === last) break;
        yield docs;
        // hexadecimal digits would be taken for an ObjectId, also where the id is text
        condition = ['find[_id][$gt]', start === EVERY_TEXT ? `${last} ` : last];
      }
    }
  }

  async function* undated(name: MoveName): AsyncIterable<Doc[]> {
    const conditions: readonly (readonly [string, string])[] =
      name === 'entries'
        ? [
            ['find[date][$exists]', '0'],
            ['find[$or][0][date][$gte]', '']
          ]
        : [['find[$nor][0][created_at][$gte]', '0']];
    for (const condition of conditions) yield* byId(name, [condition]);
  }

  async function* pages(name: MoveName, after: unknown, range: Range): AsyncIterable<Page> {
    if (name === 'subjects' || name === 'roles') {
      yield { items: ((await people(name)) ?? []).map((doc) => ({ doc })), cursor: 'all', part: 1 };
      return;
    }
    if (!isDated(name)) {
      const docs = name === 'food' ? await list(name, []) : await list(name, [['count', MOST]]);
      yield { items: docs.map((doc) => ({ doc })), cursor: 'all', part: 1 };
      return;
    }
    const place = after as { phase: 'walk'; at: unknown; limit: number } | { phase: 'rest' } | undefined;
    if (place?.phase !== 'rest') {
      const rules = timed(name);
      const limit = place?.limit ?? (await ceiling(rules));
      for await (const page of walk({ ...rules, limit }, place?.at, range))
        yield { ...page, cursor: { phase: 'walk', at: page.cursor, limit } };
    }
    for await (const docs of undated(name)) yield { items: docs.map((doc) => ({ doc })), cursor: { phase: 'rest' }, part: 1 };
  }

  async function people(name: 'subjects' | 'roles'): Promise<Doc[] | undefined> {
    const found = await caller.json(`/api/v2/authorization/${name}`, await credentials()).catch((error: unknown) => {
      if (error instanceof Answered) return undefined;
      throw error;
    });
    // built-in roles have no _id, and every site has them
    return Array.isArray(found)
      ? (found as Doc[])
          .filter((doc) => isPlainObject(doc) && doc._id !== undefined)
          .map(({ accessToken: _t, lastUsed: _u, ...doc }) => doc)
      : undefined;
  }

  return {
    pages,
    undated,
    people,
    async newest(name) {
      return isDated(name) ? timed(name).ask({}, NEWEST) : [];
    },
    async total(name) {
      if (!COUNTED.includes(name)) return undefined;
      const found = await get(`/api/v1/count/${name}/where.json?find[_id][$gte]=${EVERY_ID}`).catch(() => undefined);
      const count = Array.isArray(found) ? (found[0] as { count?: unknown } | undefined)?.count : undefined;
      return typeof count === 'number' ? count : undefined;
    }
  };
}

/** Without what v1 adds on its way out: amounts a treatment does not have are shown as null. */
function asStored(name: MoveName, doc: Doc): Doc {
  if (name !== 'treatments') return doc;
  const { carbs, insulin, ...rest } = doc;
  if (carbs !== null && insulin !== null) return doc;
  const gone = (field: string): boolean => (field === 'carbs' && carbs === null) || (field === 'insulin' && insulin === null);
  return carbs === null && insulin === null
    ? rest
    : (Object.fromEntries(Object.entries(doc).filter(([field]) => !gone(field))) as Doc);
}

/** As the database of the site orders them. */
function compare(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0;
}
