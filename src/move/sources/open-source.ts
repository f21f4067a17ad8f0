import type { MoveName } from '../names.ts';
import type { Source } from '../source.ts';
import type { Range } from '../times.ts';
import { collectionNames } from './collection-names.ts';
import type { SiteAccess } from './site.ts';

/** What to read from. */
export interface SourceOrder {
  /** `https://site`, `mongodb://…`, or the path of a folder or file. */
  readonly source: string;
  readonly access: SiteAccess;
  /** Collections the user has named; empty: all there are. */
  readonly names: readonly MoveName[];
  readonly range: Range;
  /** The settings: names of MongoDB collections. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The clock, epoch ms. */
  readonly now: () => number;
}

/** Opens whatever the user named; the code for one kind is loaded when it is asked for. @throws SourceError */
export async function openSource({ source, access, names, range, env, now }: SourceOrder): Promise<Source> {
  if (/^https?:\/\//i.test(source)) return (await import('./site.ts')).openSite(source, access, { now, range });
  const called = collectionNames(env);
  if (/^mongodb(\+srv)?:\/\//i.test(source)) return (await import('./mongodb.ts')).openMongoSource(source, called);
  return (await import('./files.ts')).openFileSource(source, called, names.length === 1 ? names[0] : undefined);
}
