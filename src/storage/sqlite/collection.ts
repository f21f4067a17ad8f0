import { TIME_FIELDS } from '../indexes.ts';
import { canonicalId } from '../object-id.ts';
import { type Doc, type Key, type Stored, type StoreName, storedJson } from '../port.ts';
import { type Filter, matcher, type Query } from '../query.ts';
import type { Archive } from './cold/archive.ts';
import { nextTurn } from './cold/codec.ts';
import { beatsArchive, countCold, type HotReads, type HotRow, oldFor, readBoth } from './cold/read.ts';
import type { Driver, Value } from './driver.ts';
import { translate, type Where } from './filter.ts';
import { alongIndex, columnOf, jsonPath } from './indexes.ts';

/** Answers up to here are read in one go; longer ones page by page. */
const DIRECT = 1000;
const PAGE = 200;
/** More documents than this under one identity key are not told apart. */
const PER_KEY = 50;
/** Printable ASCII. */
const PLAIN = /^[\x20-\x7e]*$/;

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
    archive.directory.refresh(false);
    const found = limit <= DIRECT && (sort.length > 0 || !inArchive()) ? direct('doc', query) : undefined;
    const settled = found?.length === limit && beatsArchive(archive, name, sort, found.at(-1)![0] as string);
    const old = settled ? undefined : oldFor(archive, name, filter);
    if (old) {
      yield* readBoth(archive, name, hot, query, old);
      return;
    }
    if (found) {
      if (found.length > 0) yield found.map(([json]) => storedJson(json as string));
      return;
    }
    for await (const page of hot.rows(query)) yield page.map(({ json }) => storedJson(json));
  }

  /** A short answer of the table in one go; undefined when SQL alone cannot give it. */
  function direct(columns: string, { filter, sort = [], skip = 0, limit = 0 }: Query): unknown[][] | undefined {
    const { sql, params, exact } = where(filter);
    if (!exact) return undefined;
    const along = alongIndex(name, { filter, sort });
    const text = `SELECT ${columns} FROM "${name}"${along} WHERE ${sql} ${orderBy(sort)} LIMIT ? OFFSET ?`;
    return rows(text, [...params, limit, skip]);
  }

  async function* hotRows(query: Query): AsyncIterable<HotRow[]> {
    const { filter, sort = [], skip = 0, limit = Number.POSITIVE_INFINITY } = query;
    const found = limit <= DIRECT ? direct('seq, doc', query) : undefined;
    if (found) {
      if (found.length > 0) yield found.map(([seq, json]) => ({ seq: seq as number, json: json as string }));
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
    archive.directory.refresh(false);
    const began = archive.directory.moment();
    const old = oldFor(archive, name, filter);
    const { sql, params, exact } = where(filter);
    let total = 0;
    if (exact) total = Number(rows(`SELECT count(*) FROM "${name}" WHERE ${sql}`, params)[0]![0]);
    else for await (const page of hotRows({ filter })) total += page.length;
    return old ? total + (await countCold(archive, filter, old, began)) : total;
  }

  async function candidates(keys: readonly Key[]): Promise<Doc[]> {
    archive.directory.refresh(true);
    return inArchive() ? archive.candidates(name, keys, () => hotCandidates(keys)) : hotCandidates(keys);
  }

  function hotCandidates(keys: readonly Key[]): Doc[] {
    const found = new Map<string, Doc>();
    for (const { fields, keys: alike } of shapesOf(keys)) {
      const known = fields.filter((field) => columnOf(field));
      const others = fields.filter((field) => !columnOf(field));
      if (!anyNear(known, alike)) continue;
      const conditions = known.map((field) => `${columnOf(field)} = ?`).join(' AND ');
      const statement = driver.prepare(`SELECT doc FROM "${name}" WHERE ${conditions} LIMIT ${PER_KEY}`);
      statement.setReturnArrays(true);
      for (const key of alike) {
        const values = known.map((field) => (field === '_id' ? canonicalId(String(key[field])) : key[field]!));
        for (const [json] of statement.all(...values) as unknown as [string][]) {
          const doc = JSON.parse(json) as Doc;
          if (others.every((field) => doc[field] === key[field])) found.set(doc._id!, doc);
        }
      }
    }
    return [...found.values()];
  }

  /** False when nothing lies between the first and the last time of the keys: the common case of an import, in one look. */
  function anyNear(fields: readonly string[], keys: readonly Key[]): boolean {
    const field = fields.find((one) => TIME_FIELDS.has(one));
    if (!field || keys.length < 20) return true;
    const numbers: number[] = [];
    const texts: string[] = [];
    for (const key of keys) {
      const value = key[field]!;
      if (typeof value === 'number') numbers.push(value);
      // only plain text has one order everywhere
      else if (PLAIN.test(value)) texts.push(value);
      else return true;
    }
    const sql = `SELECT 1 FROM "${name}" WHERE ${columnOf(field)} BETWEEN ? AND ? LIMIT 1`;
    const isNear = (least: Value, most: Value): boolean => rows(sql, [least, most]).length > 0;
    if (
      numbers.length > 0 &&
      isNear(
        numbers.reduce((x, y) => Math.min(x, y)),
        numbers.reduce((x, y) => Math.max(x, y))
      )
    )
      return true;
    texts.sort();
    return texts.length > 0 && isNear(texts[0]!, texts.at(-1)!);
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

/** Keys by the fields they have, in their order. */
function shapesOf(keys: readonly Key[]): Iterable<{ fields: string[]; keys: Key[] }> {
  const shapes = new Map<string, { fields: string[]; keys: Key[] }>();
  for (const key of keys) {
    const fields = Object.keys(key);
    const shape = fields.join('\0');
    const known = shapes.get(shape);
    if (known) known.keys.push(key);
    else shapes.set(shape, { fields, keys: [key] });
  }
  return shapes.values();
}

function orderBy(sort: NonNullable<Query['sort']>): string {
  const terms = sort.flatMap(([field, direction]) => {
    const path = jsonPath(field);
    const by = columnOf(field) ?? (path && `json_extract(doc, ${path})`);
    return by ? [`${by}${direction < 0 ? ' DESC' : ''}`] : [];
  });
  return `ORDER BY ${[...terms, `seq${(sort[0]?.[1] ?? 1) < 0 ? ' DESC' : ''}`].join(', ')}`;
}
