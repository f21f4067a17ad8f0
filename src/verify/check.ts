import type { Probe } from './probe.ts';

/** Apps a report is about. */
export const APPS = ['Loop', 'Trio', 'AAPS', 'xDrip+', 'xDrip4iOS', 'LoopFollow', 'nightguard'] as const;
export type App = (typeof APPS)[number];

/** What a check can only do with: reading rights, an administrator's rights on v1, an access token, all rights of one on v3. */
export type Need = 'read' | 'admin' | 'token' | 'v3-write';

/** One thing an app relies on. */
export interface Check {
  /** For scripts, and in the `User-Agent` of its requests: `v1-entries-count`. */
  readonly id: string;
  /** What should be so, as the end of "it is so that …". */
  readonly title: string;
  /** Who breaks without; empty: nobody of {@link APPS}. */
  readonly apps: readonly App[];
  readonly needs: readonly Need[];
  /** Resolves when it is so. @throws Broken when it is not, Skipped when it cannot be told */
  run(probe: Probe): Promise<void>;
}

/** It is not so; the message says what was found. Holds no secret and no health value. */
export class Broken extends Error {}

/** It cannot be told; the message ends the sentence "skipped: …". */
export class Skipped extends Error {}

/** What came of a check. */
export interface Outcome {
  readonly id: string;
  readonly title: string;
  readonly apps: readonly App[];
  readonly result: 'ok' | 'failed' | 'skipped';
  /** Why it failed or was skipped. */
  readonly reason?: string;
  /** What is different from what apps would like best, and breaks none of them. */
  readonly remarks: readonly string[];
}

/** @throws Broken with the sentence unless the condition holds */
export function must(condition: unknown, sentence: string): asserts condition {
  if (!condition) throw new Broken(sentence);
}
