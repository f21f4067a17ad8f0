import { canonicalId } from '../object-id.ts';
import { type Doc, KEY_FIELDS, type Key, type Stored, type StoreName, storedJson } from '../port.ts';
import { type Filter, matcher, type Query } from '../query.ts';
import type { Driver, Value } from './driver.ts';
import { translate, type Where } from './filter.ts';
import { alongIndex, columnOf, jsonPath } from './indexes.ts';

/** Answers up to here are read in one go; longer ones page by page. */
const DIRECT = 1000;
const PAGE = 200;
/** More documents than this under one identity key are not told apart. */
const PER_KEY = 50;

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Reads of one collection. */
export interface SqliteCollection {
  find(query: Query): AsyncIterable<Stored[]>;
  count(filter: Filter): Promise<number>;
  candidates(keys: readonly Key[]): Doc[];
  /** Told before an odd document is written. */
  expectOdd(): void;
}

export function createCollection(name: StoreName, driver: Driver): SqliteCollection {
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

  async function* find({ filter, sort = [], skip = 0, limit = Number.POSITIVE_INFINITY }: Query): AsyncIterable<Stored[]> {
    if (limit <= 0) return;
    const { sql, params, exact } = where(filter);
    const order = orderBy(sort);
    if (exact && limit <= DIRECT) {
      const along = alongIndex(name, { filter, sort });
      const found = rows(`SELECT doc FROM "${name}"${along} WHERE ${sql} ${order} LIMIT ? OFFSET ?`, [...params, limit, skip]);
      if (found.length > 0) yield found.map(([json]) => storedJson(json as string));
      return;
    }
    // only the places of the documents are held; the documents themselves come page by page
    const places = rows(
      `SELECT seq FROM "${name}" WHERE ${sql} ${order}${exact ? ' LIMIT ? OFFSET ?' : ''}`,
      exact ? [...params, Number.isFinite(limit) ? limit : -1, skip] : params
    );
    const fits = exact ? undefined : matcher(filter);
    const read = driver.prepare(`SELECT doc FROM "${name}" WHERE seq = ?`);
    read.setReturnArrays(true);
    let toSkip = exact ? 0 : skip;
    let left = limit;
    for (let at = 0; at < places.length && left > 0; at += PAGE) {
      const page: Stored[] = [];
      for (const [seq] of places.slice(at, at + PAGE)) {
        const row = read.get(seq) as unknown as [string] | undefined;
        if (!row) continue;
        const stored = storedJson(row[0]);
        if (fits && !fits(stored.doc)) continue;
        if (toSkip-- > 0) continue;
        page.push(stored);
        if (--left === 0) break;
      }
      if (page.length > 0) yield page;
      await nextTurn();
    }
  }

  async function count(filter: Filter): Promise<number> {
    const { sql, params, exact } = where(filter);
    if (exact) return Number(rows(`SELECT count(*) FROM "${name}" WHERE ${sql}`, params)[0]![0]);
    let total = 0;
    for await (const page of find({ filter })) total += page.length;
    return total;
  }

  function candidates(keys: readonly Key[]): Doc[] {
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

/** The row of a document: id, odd, JSON text and the key columns, in the order of {@link KEY_FIELDS}. */
export function rowOf(doc: Doc & { _id: string }): { odd: boolean; values: Value[] } {
  const id = canonicalId(doc._id);
  let odd = false;
  const keys = KEY_FIELDS.map((field): Value => {
    const value = doc[field];
    if (value === undefined || value === null) return null;
    if (field === 'isValid' && typeof value === 'boolean') return Number(value);
    if (field !== 'isValid' && (typeof value === 'string' || typeof value === 'number')) return value;
    odd = true;
    return null;
  });
  return { odd, values: [id, Number(odd), JSON.stringify(id === doc._id ? doc : { ...doc, _id: id }), ...keys] };
}
