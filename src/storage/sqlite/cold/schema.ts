/**
 * The archive: blocks of old documents of one collection, compressed together.
 *
 * - `cold`: `first_seq`, `last_seq`: their places in the order of storing; `version` counts rewrites; `summary` is what is known
 *   of them unopened (summary.ts); `docs` stands last, so that reading the rest does not read it.
 * - `cold_gone`: documents of a block that were changed or removed since: a changed one is back in its collection's table.
 * - `cold_keys`: hashes of ids → blocks (keys.ts).
 */
export const COLD_SCHEMA = [
  'CREATE TABLE IF NOT EXISTS cold (block INTEGER PRIMARY KEY AUTOINCREMENT, collection TEXT NOT NULL, n INTEGER NOT NULL, first_seq INTEGER NOT NULL, last_seq INTEGER NOT NULL, version INTEGER NOT NULL, summary TEXT NOT NULL, docs BLOB NOT NULL)',
  'CREATE TABLE IF NOT EXISTS cold_gone (block INTEGER NOT NULL, place INTEGER NOT NULL, PRIMARY KEY (block, place)) WITHOUT ROWID',
  'CREATE TABLE IF NOT EXISTS cold_keys (hash INTEGER NOT NULL, block INTEGER NOT NULL, PRIMARY KEY (hash, block)) WITHOUT ROWID'
] as const;
