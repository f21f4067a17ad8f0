import { INDEXES } from '../indexes.ts';
import { COLLECTIONS, INTERNAL, KEY_FIELDS, type StoreName } from '../port.ts';

const KEYS = new Set<string>(KEY_FIELDS);

/** Name of the column that holds a field, or undefined for fields that live in the JSON text only. */
export function columnOf(field: string): string | undefined {
  if (field === '_id') return 'id';
  return KEYS.has(field) ? `"k_${field}"` : undefined;
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

function indexes(name: StoreName): string[] {
  return INDEXES[name].map((fields) => {
    const columns = fields.map((field) => columnOf(field)!);
    // a condition on the first field implies that it is there, so documents without it need no place in the index
    return `CREATE INDEX IF NOT EXISTS "${name}_${fields.join('_')}" ON "${name}" (${columns.join(', ')}) WHERE ${columns[0]} IS NOT NULL`;
  });
}
