import { COLLECTIONS, INTERNAL, type StoreName } from '../../src/storage/port.ts';

export const NAMES = Object.fromEntries([...COLLECTIONS, ...INTERNAL].map((name) => [name, name])) as Record<StoreName, string>;

/** What the configuration gives by default. */
export const settingsFor = (uri: string) => ({ uri, collections: NAMES, poolSize: 5, minPoolSize: 0, maxIdleTimeMs: 30_000 });
