import type { MoveName } from '../names.ts';
import type { Line, Verdict } from '../verdict.ts';

/** Where documents go: the site of these settings. */
export interface Sink {
  /** Whether somebody may be looking: a server runs. */
  readonly isLive: boolean;
  /** @returns one verdict per line, in order, when all of it is durable. @throws Error with a sentence when the site cannot take it now */
  put(name: MoveName, lines: readonly Line[]): Promise<Verdict[]>;
  close(): Promise<void>;
}
