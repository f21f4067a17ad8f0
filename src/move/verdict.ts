/**
 * What becomes of an imported document: `new` and `changed` are stored; `same` is there already; `newer` is there in a version
 * changed later; `deleted` was deleted here later; `refused` cannot be stored.
 */
export const WHATS = ['new', 'changed', 'same', 'newer', 'deleted', 'refused'] as const;
export type What = (typeof WHATS)[number];

/**
 * What was decided about one document. `alike`: another `_id` stands here under the same time and kind, `detail` says which; the
 * sender knows whether it is a document of its own and asks again.
 */
export interface Verdict {
  readonly what: What | 'alike';
  /** Why it was refused, in a sentence; or the `_id` of the one that is alike. */
  readonly detail?: string;
}

/** How a document meets one that only looks like it: `ask` back, it is another one (`alone`), it is the `same` one. */
export type How = 'ask' | 'alone' | 'same';

/** One document on its way in. */
export interface Line {
  readonly doc: unknown;
  readonly how: How;
}
