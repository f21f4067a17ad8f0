import type { MoveName } from './names.ts';

/** What a source gave: a document, or why there is none and where that was. */
export type Item = { readonly doc: unknown } | { readonly unreadable: string; readonly where: string };

/** Some documents, and the place to go on from when they are safe. */
export interface Page {
  readonly items: readonly Item[];
  /** Plain JSON; handed back to `pages`. */
  readonly cursor: unknown;
  /** How much of the collection has been read, 0 to 1; absent: not known. */
  readonly part?: number;
}

/** Where documents come from. Reads only. */
export interface Source {
  /** For people; holds no secret. */
  readonly label: string;
  /** Two sources with the same text are the same one, unchanged: a cursor of one means the same to the other. Holds no secret. */
  readonly fingerprint: string;
  /** Sentences for people about what is peculiar here; grows while it is read. */
  readonly notes: string[];
  /** Sentences about documents that may be missing or damaged; whoever has some has not got everything. */
  readonly faults: string[];
  /** What it has. @throws SourceError */
  names(): Promise<readonly MoveName[]>;
  /** The latest documents, so that what is old is never taken for the present while the rest comes; absent where order is not known. */
  newest?(name: MoveName): Promise<readonly unknown[]>;
  /** How many documents it says a collection has, where it can be asked. */
  total?(name: MoveName): Promise<number | undefined>;
  /**
   * All documents of a collection; some may come twice.
   * @param after a cursor of an earlier page, or undefined for the beginning
   * @throws SourceError
   */
  pages(name: MoveName, after: unknown): AsyncIterable<Page>;
  close(): Promise<void>;
}

/** The source cannot be read (any more): a sentence for people, without secrets. */
export class SourceError extends Error {
  override readonly name = 'SourceError';
}

/** The message of whatever was thrown, for people. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
