import type { V3Collection } from '../../collections/v3-document.ts';
import { isObjectId } from '../../storage/object-id.ts';
import type { Doc } from '../../storage/port.ts';
import { isPlainObject } from '../../storage/query.ts';
import { isDated } from '../names.ts';
import { type Page, SourceError } from '../source.ts';
import type { Range } from '../times.ts';
import { Answered, type Caller, Unavailable } from './http.ts';
import type { Credentials } from './site-v1.ts';
import { type Timed, type Window, walk } from './windows.ts';

const LIMITS = [1000, 500, 100, 20] as const;
/** The first instant HISTORY takes. */
const BEGINNING = 946_684_800_001;
const NEWEST = 50;
/** Deleted documents that are looked up at once. */
const AT_ONCE = 6;

/** What API v3 of a site gives. */
export interface SiteV3 {
  /** True when HISTORY holds every document, as Vigil's does; the reference's leaves out what came over v1. */
  isComplete(): Promise<boolean>;
  /** Everything HISTORY tells, the oldest change first, soft deletes included. */
  history(name: V3Collection, after: unknown): AsyncIterable<Page>;
  /** What a search finds: no deleted documents. */
  search(name: V3Collection, after: unknown, range: Range): AsyncIterable<Page>;
  newest(name: V3Collection): Promise<Doc[]>;
}

/** API v3 of a live site: reference or Vigil. */
export function createSiteV3(caller: Caller, credentials: Credentials): SiteV3 {
  const host = new URL(caller.base).host;
  let limit: number | undefined;

  const raw = async (path: string): Promise<unknown> => caller.json(`/api/v3/${path}`, await credentials());

  async function list(name: V3Collection, path: string): Promise<Doc[]> {
    let found: unknown;
    try {
      found = await raw(path);
    } catch (error) {
      if (!(error instanceof Answered)) throw error;
      if (error.status === 401 || error.status === 403) throw new Unavailable(`The token may not read ${name} at ${host}.`);
      throw new SourceError(`${host} answered ${error.status} when it was asked for ${name}.`);
    }
    const result = isPlainObject(found) ? found.result : undefined;
    if (!Array.isArray(result)) throw new SourceError(`${host} gave something else than a list of ${name}.`);
    return result as Doc[];
  }

  /** The most the site gives at once: its settings may say less than usual. */
  async function limitOf(name: V3Collection): Promise<number> {
    if (limit !== undefined) return limit;
    for (const one of LIMITS) {
      try {
        await raw(`${name}?limit=${one}&fields=identifier`);
        limit = one;
        return one;
      } catch (error) {
        if (!(error instanceof Answered) || error.status !== 400) break;
      }
    }
    return LIMITS[0];
  }

  /** HISTORY tells of documents that were deleted for good in the same words as of those that are only marked. */
  async function withoutGone(name: V3Collection, docs: readonly Doc[]): Promise<Doc[]> {
    const isThere = async (doc: Doc): Promise<boolean> => {
      if (doc?.isValid !== false) return true;
      try {
        await raw(`${name}/${encodeURIComponent(String(doc.identifier)).replaceAll('.', '%2E')}`);
        return true;
      } catch (error) {
        if (error instanceof Answered && error.status !== 401 && error.status !== 403) return error.status === 410;
        throw error;
      }
    };
    const kept: Doc[] = [];
    for (let at = 0; at < docs.length; at += AT_ONCE) {
      const some = docs.slice(at, at + AT_ONCE);
      const there = await Promise.all(some.map(isThere));
      kept.push(...some.filter((_, n) => there[n]));
    }
    return kept;
  }

  async function* history(name: V3Collection, after: unknown): AsyncIterable<Page> {
    const most = await limitOf(name);
    const isWhole = await isComplete();
    let place = (after as { since: number; first?: number } | undefined) ?? { since: BEGINNING };
    for (;;) {
      const docs = await list(name, `${name}/history/${place.since}?limit=${most}`);
      if (docs.length === 0) return;
      const [first, last] = [modified(docs[0]!), modified(docs.at(-1)!)];
      if (first === undefined || last === undefined) throw new SourceError(`${host} gave a history of ${name} without times.`);
      // the reference cuts its pages anywhere, also between two changes of one ms
      const isCut = !isWhole && docs.length >= most;
      const all = isCut && first === last ? [...docs, ...(await allAt(name, last, most))] : docs;
      const since = isCut && first !== last ? last - 1 : last;
      place = { since, first: place.first ?? first };
      const span = Date.now() - place.first!;
      yield {
        items: (await withoutGone(name, all)).map((doc) => ({ doc: fromV3(doc) })),
        cursor: place,
        ...(span > 0 && { part: Math.min(1, Math.max(0, (last - place.first!) / span)) })
      };
    }
  }

  async function allAt(name: V3Collection, at: number, most: number): Promise<Doc[]> {
    return everyPage((skip) => list(name, `${name}?srvModified$eq=${at}&sort=identifier&limit=${most}&skip=${skip}`), most);
  }

  function timed(name: V3Collection, most: number): Timed {
    const field = name === 'entries' ? 'date' : 'created_at';
    const lowest = name === 'entries' ? '-9000000000000000' : "'0'";
    const ask = ({ from, to }: Window, count: number): Promise<Doc[]> => {
      const conditions = `${field}$gte=${encodeURIComponent(from ?? lowest)}${to === undefined ? '' : `&${field}$lt=${encodeURIComponent(to)}`}`;
      const one = (skip: number): Promise<Doc[]> =>
        list(name, `${name}?${conditions}&sort$desc=${field}&limit=${Math.min(count, most)}${skip > 0 ? `&skip=${skip}` : ''}`);
      return count <= most ? one(0) : everyPage(one, most);
    };
    return { field, kept: name === 'entries' ? 'ms' : 'iso', limit: most, most: Number.POSITIVE_INFINITY, ask };
  }

  async function* search(name: V3Collection, after: unknown, range: Range): AsyncIterable<Page> {
    const most = await limitOf(name);
    if (isDated(name)) {
      for await (const page of walk(timed(name, most), after, range))
        yield { ...page, items: page.items.map((item) => ('doc' in item ? { doc: fromV3(item.doc as Doc) } : item)) };
      return;
    }
    const docs = await everyPage((skip) => list(name, `${name}?sort=identifier&limit=${most}&skip=${skip}`), most);
    yield { items: docs.map((doc) => ({ doc: fromV3(doc) })), cursor: 'all', part: 1 };
  }

  let complete: Promise<boolean> | undefined;
  const isComplete = (): Promise<boolean> => {
    complete ??= raw('version').then(
      (found) =>
        isPlainObject(found) &&
        isPlainObject(found.result) &&
        isPlainObject(found.result.server) &&
        found.result.server.name === 'vigil',
      (error) => {
        if (error instanceof Answered) return false;
        throw error;
      }
    );
    return complete;
  };

  return {
    isComplete,
    history,
    search,
    newest: async (name) =>
      isDated(name) ? (await timed(name, await limitOf(name)).ask({}, NEWEST)).map((doc) => fromV3(doc) as Doc) : []
  };
}

async function everyPage(ask: (skip: number) => Promise<Doc[]>, most: number): Promise<Doc[]> {
  const docs: Doc[] = [];
  for (;;) {
    const page = await ask(docs.length);
    docs.push(...page);
    if (page.length < most) return docs;
  }
}

const modified = (doc: Doc): number | undefined => (typeof doc?.srvModified === 'number' ? doc.srvModified : undefined);

/** v3 shows the `_id` of a document without identifier as its identifier, and the `_id` of others never. */
function fromV3(doc: unknown): unknown {
  if (!isPlainObject(doc) || !isObjectId(doc.identifier)) return doc;
  const { identifier, ...rest } = doc;
  return { _id: identifier, ...rest };
}
