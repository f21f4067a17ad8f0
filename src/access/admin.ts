import type { Doc } from '../storage/port.ts';

/** A subject as the administration sees it; the token is worked out, never stored. */
export interface ListedSubject {
  readonly _id: string;
  readonly name: string;
  readonly accessToken: string;
  /** As stored; absent when the subject has none. */
  readonly roles?: unknown;
  /** ISO date after which the token is unknown; absent: never. */
  readonly expires?: string;
  /** ISO date of the last use of the token; absent: not known. */
  readonly lastUsed?: string;
}

/** Administration of subjects or of roles. Documents come back as stored: what was sent, `created_at`, `_id`. */
export interface AdminOf<Listed> {
  /** Sorted by name. */
  list(): Listed[];
  /** @throws Refusal `bad-document` (no name, wrong shapes), `bad-id`, `conflict` (that `_id` exists) */
  create(body: unknown): Promise<Doc>;
  /** Replaces or inserts by `_id`. @throws Refusal `bad-document`, `bad-id` */
  update(body: unknown): Promise<Doc>;
  /** Does nothing when it is not there. @throws Refusal `bad-id` */
  remove(_id: string): Promise<void>;
}

export interface AccessAdmin {
  readonly subjects: AdminOf<ListedSubject>;
  /** Lists stored roles and the built-in ones no stored role hides. */
  readonly roles: AdminOf<Doc>;
}
