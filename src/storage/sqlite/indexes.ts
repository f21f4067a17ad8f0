import { INDEXES, TIME_FIELDS } from '../indexes.ts';
import { COLLECTIONS, INTERNAL, KEY_FIELDS, type StoreName } from '../port.ts';
import type { Query } from '../query.ts';

const KEYS = new Set<string>(KEY_FIELDS);

/** Name of the column that holds a field, or undefined for fields that live in the JSON text only. */
export function columnOf(field: string): string | undefined {
  if (field === '_id') return 'id';
  return KEYS.has(field) ? `"k_${field}"` : undefined;
}

/**
 * The place of a field inside the JSON text, as an SQL literal; dots lead into objects.
 * @returns undefined for names SQLite cannot write as a path
 */
export function jsonPath(field: string): string | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: such a name is refused
  if (/["\\\u0000-\u001f]/.test(field)) return undefined;
  const labels = field.split('.').map((part) => `."${part}"`);
  return `'$${labels.join('').replaceAll("'", "''")}'`;
}

/**
 * One table per collection: the document as JSON text, its id, and a copy of every key field so that it can be indexed.
 * `odd` marks the few documents whose key fields hold lists, objects or booleans: SQL cannot compare those as MongoDB does.
 */
export function schema(): string[] {
  return [...COLLECTIONS, ...INTERNAL].flatMap((name) => [
    `CREATE TABLE IF NOT EXISTS "${name}" (seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, odd INTEGER NOT NULL, doc TEXT NOT NULL, ${KEY_FIELDS.map((f) => `"k_${f}"`).join(', ')})`,
    `CREATE INDEX IF NOT EXISTS "${name}_odd" ON "${name}" (odd) WHERE odd = 1`,
    ...indexes(name)
  ]);
}

/**
 * Indexes of the shared list that a table of a few days does without: each costs every upload. The order of v3 by identifier is
 * sorted on the spot, and a type is looked for along the dates.
 */
function lean(fields: readonly string[]): readonly string[] | undefined {
  if (fields[0] === 'type' && fields.length > 1) return undefined;
  return fields[0] === 'identifier' ? ['identifier'] : fields;
}

/** Those of them that an older version made. */
export function outdatedIndexes(): string[] {
  return [...COLLECTIONS, ...INTERNAL].flatMap((name) =>
    INDEXES[name]
      .filter((fields) => lean(fields) !== fields && lean(fields)?.join() !== fields.join())
      .map((fields) => `DROP INDEX IF EXISTS ${nameOf(name, fields)}`)
  );
}

const nameOf = (name: StoreName, fields: readonly string[]): string => `"${name}_by_${fields.join('_')}"`;

/**
 * The index a query should be read along, as SQL behind the table's name; nothing where SQLite chooses well. It does not when
 * an order begins with an indexed time and has more terms: it would sort the whole collection for a page of the latest.
 * @param filter nothing but the time itself and `isValid` may be asked for, else another index may be the better one
 */
export function alongIndex(name: StoreName, { filter, sort = [] }: Query): string {
  const [first] = sort;
  if (!first || sort.length < 2 || !TIME_FIELDS.has(first[0])) return '';
  if (Object.keys(filter).some((field) => field !== first[0] && field !== 'isValid')) return '';
  const fields = INDEXES[name].find((index) => index[0] === first[0]);
  return fields ? ` INDEXED BY ${nameOf(name, fields)}` : '';
}

function indexes(name: StoreName): string[] {
  return INDEXES[name].flatMap((listed) => {
    const fields = lean(listed);
    if (!fields) return [];
    const columns = fields.map((field) => columnOf(field)!);
    // a condition on an id implies that it is there, so documents without it need no place in the index
    const present = fields.some((field) => TIME_FIELDS.has(field)) ? '' : ` WHERE ${columns[0]} IS NOT NULL`;
    return `CREATE INDEX IF NOT EXISTS ${nameOf(name, fields)} ON "${name}" (${columns.join(', ')})${present}`;
  });
}
