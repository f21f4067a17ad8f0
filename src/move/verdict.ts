/**
 * What becomes of an imported document: `new` and `changed` are stored; `same` is there already; `newer` is there in a version
 * changed later; `deleted` was deleted here later; `refused` cannot be stored.
 */
export const WHATS = ['new', 'changed', 'same', 'newer', 'deleted', 'refused'] as const;
export type What = (typeof WHATS)[number];

/**
 * What was decided about one document. `alike`: a document of another name stands here under the same time and kind; the sender
 * knows whether that is one of its own, and asks again.
 */
export interface Verdict {
  readonly what: What | 'alike';
  /** Why it was refused, in a sentence. */
  readonly detail?: string;
  /** `_id` and identifier of the one that is alike. */
  readonly names?: readonly string[];
}

/** How a document meets one that only looks like it: `ask` back, it is another one (`alone`), it is the `same` one. */
export type How = 'ask' | 'alone' | 'same';

/** One document on its way in. */
export interface Line {
  readonly doc: unknown;
  readonly how: How;
}
