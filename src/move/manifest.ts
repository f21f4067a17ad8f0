import type { MoveName } from './names.ts';

/** Written last into the folder of an export: a folder with it is a complete one. */
export const MANIFEST_FILE = 'manifest.json';

/** What an export says about itself. */
export interface Manifest {
  readonly kind: 'vigil-export';
  readonly version: 1;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly server: string;
  readonly source: 'sqlite' | 'mongodb';
  readonly format: 'ndjson' | 'json' | 'csv';
  /** ISO 8601; absent: no bound. */
  readonly from?: string;
  readonly to?: string;
  readonly collections: Partial<Record<MoveName, ExportedCollection>>;
  /** The content hash over all collections (src/backup/content-hash.ts): equal for equal documents, whatever the store. */
  readonly hash: string;
}

/** One collection of an export. */
export interface ExportedCollection {
  readonly file: string;
  readonly count: number;
  readonly hash: string;
  readonly bytes: number;
}

/** @returns undefined when it is none of ours */
export function readManifest(text: string): Manifest | undefined {
  try {
    const found = JSON.parse(text) as Manifest;
    return found.kind === 'vigil-export' && found.version === 1 && typeof found.collections === 'object' ? found : undefined;
  } catch {
    return undefined;
  }
}
