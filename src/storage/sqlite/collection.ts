import { canonicalId } from '../object-id.ts';
import { type Doc, type Key, type Stored, type StoreName, storedJson } from '../port.ts';
import { type Filter, matcher, type Query } from '../query.ts';
import type { Archive } from './cold/archive.ts';
import { nextTurn } from './cold/codec.ts';
import { beatsArchive, countCold, type HotReads, type HotRow, neededBlocks, readBoth } from './cold/read.ts';
import type { Driver, Value } from './driver.ts';
import { translate, type Where } from './filter.ts';
import { alongIndex, columnOf, jsonPath } from './indexes.ts';

/** Answers up to here are read in one go; longer ones page by page. */
const DIRECT = 1000;
const PAGE = 200;
/** More documents than this under one identity key are not told apart. */
const PER_KEY = 50;

/** Reads of one collection. */
export interface SqliteCollection {
  find(query: Query): AsyncIterable<Stored[]>;
  count(filter: Filter): Promise<number>;
  candidates(keys: readonly Key[]): Promise<Doc[]>;
  /** Told before an odd document is written. */
  expectOdd(): void;
}

/** What the collection's table holds, and behind it the archive of its old documents. */
export function createCollection(name: StoreName, driver: Driver, archive: Archive): SqliteCollection {
  /** Known to be without odd documents until one is written: asking the database at every query would cost as much as the query. */
  let odd = driver.prepare(`SELECT 1 FROM "${name}" WHERE odd = 1 LIMIT 1`).get() !== undefined;

  /**
   * SQL answers for all documents but the odd ones; those are few and are asked one by one, so that one of them, which any
   * uploader can write, does not cost everybody the indexes.
   */
  function where(filter: Filter): Where {
    const translated = translate(filter);
    if (!odd) return translated;
    if (!translated.exact) return { ...translated, sql: `(${translated.sql}) OR odd = 1` };
    const fits = matcher(filter);
    const places = rows(`SELECT seq, doc FROM "${name}" WHERE odd = 1`, [])
      .filter(([, json]) => fits(JSON.parse(json as string) as Doc))
      .map(([seq]) => seq as number);
    const ordinary = `(${translated.sql}) AND odd = 0`;
    const sql = places.length === 0 ? ordinary : `(${ordinary}) OR seq IN (${places.join(', ')})`;
    return { sql, params: translated.params, exact: true };
  }

  const rows = (sql: string, params: readonly Value[]): unknown[][] => {
    const statement = driver.prepare(sql);
    statement.setReturnArrays(true);
    return statement.all(...params) as unknown[][];
  };

  const inArchive = (): boolean => archive.directory.shelf(name).overall !== undefined;

  async function* find(query: Query): AsyncIterable<Stored[]> {
    const { filter, sort = [], limit = Number.POSITIVE_INFINITY } = query;
    if (limit <= 0) return;
    archive.directory.refresh();
    if (limit <= DIRECT && (sort.length > 0 || !inArchive())) {
      const found = direct(query);
      const full = found?.length === limit;
      if (found && (!inArchive() || (full && beatsArchive(archive, name, sort, found.at(-1)!)))) {
        if (found.length > 0) yield found.map(({ json }) => storedJson(json));
        return;
      }
    }
    const needed = neededBlocks(archive, name, filter);
    if (needed.length > 0) {
      yield* readBoth(archive, name, hot, query, needed);
      return;
    }
    for await (const page of hot.rows(query)) yield page.map(({ json }) => storedJson(json));
  }

  /** A short answer of the table in one go; undefined when SQL alone cannot give it. */
  function direct({ filter, sort = [], skip = 0, limit = 0 }: Query): HotRow[] | undefined {
    const { sql, params, exact } = where(filter);
    if (!exact) return undefined;
    const along = alongIndex(name, { filter, sort });
    const text = `SELECT seq, doc FROM "${name}"${along} WHERE ${sql} ${orderBy(sort)} LIMIT ? OFFSET ?`;
    return rows(text, [...params, limit, skip]).map(([seq, json]) => ({ seq: seq as number, json: json as string }));
  }

  async function* hotRows(query: Query): AsyncIterable<HotRow[]> {
    const { filter, sort = [], skip = 0, limit = Number.POSITIVE_INFINITY } = query;
    const found = limit <= DIRECT ? direct(query) : undefined;
    if (found) {
      if (found.length > 0) yield found;
      return;
    }
    const { sql, params, exact } = where(filter);
    // only the places of the documents are held; the documents themselves come page by page
    const places = rows(
      `SELECT seq FROM "${name}" WHERE ${sql} ${orderBy(sort)}${exact ? ' LIMIT ? OFFSET ?' : ''}`,
      exact ? [...params, Number.isFinite(limit) ? limit : -1, skip] : params
    );
    const release = archive.hold();
    try {
      const fits = exact ? undefined : matcher(filter);
      let toSkip = exact ? 0 : skip;
      let left = limit;
      for (let at = 0; at < places.length && left > 0; at += PAGE) {
        const page: HotRow[] = [];
        for (const [place] of places.slice(at, at + PAGE)) {
          const seq = place as number;
          // it may have gone into the archive since
          const json = bySeq(seq) ?? (inArchive() ? await archive.bySeq(name, seq) : undefined);
          if (json === undefined || (fits && !fits(JSON.parse(json) as Doc))) continue;
          if (toSkip-- > 0) continue;
          page.push({ seq, json });
          if (--left === 0) break;
        }
        if (page.length > 0) yield page;
        await nextTurn();
      }
    } finally {
      release();
    }
  }

  function bySeq(seq: number): string | undefined {
    const read = driver.prepare(`SELECT doc FROM "${name}" WHERE seq = ?`);
    read.setReturnArrays(true);
    return (read.get(seq) as unknown as [string] | undefined)?.[0];
  }

  const hot: HotReads = { rows: hotRows, bySeq };

  async function count(filter: Filter): Promise<number> {
    archive.directory.refresh();
    const began = archive.directory.moment();
    const needed = neededBlocks(archive, name, filter);
    const { sql, params, exact } = where(filter);
    let total = 0;
    if (exact) total = Number(rows(`SELECT count(*) FROM "${name}" WHERE ${sql}`, params)[0]![0]);
    else for await (const page of hotRows({ filter })) total += page.length;
    return needed.length === 0 ? total : total + (await countCold(archive, filter, needed, began));
  }

  async function candidates(keys: readonly Key[]): Promise<Doc[]> {
    archive.directory.refresh();
    return inArchive() ? archive.candidates(name, keys, () => hotCandidates(keys)) : hotCandidates(keys);
  }

  function hotCandidates(keys: readonly Key[]): Doc[] {
    const found = new Map<string, Doc>();
    for (const key of keys) {
      const known = Object.entries(key).filter(([field]) => columnOf(field));
      const conditions = known.map(([field]) => `${columnOf(field)} = ?`).join(' AND ');
      const values = known.map(([field, value]) => (field === '_id' ? canonicalId(String(value)) : value));
      for (const [json] of rows(`SELECT doc FROM "${name}" WHERE ${conditions} LIMIT ${PER_KEY}`, values)) {
        const doc = JSON.parse(json as string) as Doc;
        if (Object.entries(key).every(([field, value]) => columnOf(field) || doc[field] === value)) found.set(doc._id!, doc);
      }
    }
    return [...found.values()];
  }

  return {
    find,
    count,
    candidates,
    expectOdd: () => {
      odd = true;
    }
  };
}

function orderBy(sort: NonNullable<Query['sort']>): string {
  const terms = sort.flatMap(([field, direction]) => {
    const path = jsonPath(field);
    const by = columnOf(field) ?? (path && `json_extract(doc, ${path})`);
    return by ? [`${by}${direction < 0 ? ' DESC' : ''}`] : [];
  });
  return `ORDER BY ${[...terms, `seq${(sort[0]?.[1] ?? 1) < 0 ? ' DESC' : ''}`].join(', ')}`;
}
