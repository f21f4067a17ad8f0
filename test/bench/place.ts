import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

export type Store = 'SQLite' | 'MongoDB';

/** Where the data of one site lie, ready to be served. */
export interface Place {
  readonly store: Store;
  readonly dataDir: string;
  readonly env: Readonly<Record<string, string>>;
  /** Bytes on disk: of all files of the embedded store; of documents and indexes as MongoDB compresses them. */
  bytes(): Promise<number>;
}

/** How much a place holds. */
export interface Amount {
  readonly days: number;
  /** Of the archive's compression; below the server's own it is made sooner and a little larger. */
  readonly quality?: number;
}

export const sqlitePlace = (dataDir: string): Place => ({
  store: 'SQLite',
  dataDir,
  env: {},
  bytes: async () =>
    readdirSync(dataDir, { recursive: true, withFileTypes: true })
      .filter((file) => file.isFile())
      .reduce((sum, file) => sum + statSync(join(file.parentPath, file.name)).size, 0)
});
