import { readConfig } from '../../config/read-config.ts';
import { MOVE_NAMES, type MoveName } from '../names.ts';

/** What a collection may be called in a database or dump, the most likely name first. */
export type CollectionNames = (name: MoveName) => readonly string[];

/** Any database: only the names of its collections are asked for. */
const ANY = 'mongodb://127.0.0.1/any';

/** The names the settings give (`MONGO_TREATMENTS_COLLECTION` …), then the usual ones. @param env as the server reads it */
export function collectionNames(env: Readonly<Record<string, string | undefined>>): CollectionNames {
  const [set, usual] = [readConfig({ ...env, CUSTOMCONNSTR_STORAGE_URI: ANY }), readConfig({ STORAGE_URI: ANY })];
  return (name) => [...new Set([set.mongo!.collections[name], usual.mongo!.collections[name]])];
}

/** Which collection bears a name; undefined: none of ours. */
export const collectionCalled = (names: CollectionNames, text: string): MoveName | undefined =>
  MOVE_NAMES.find((name) => names(name)[0] === text) ?? MOVE_NAMES.find((name) => names(name).includes(text) || name === text);
