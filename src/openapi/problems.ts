import type { z } from 'zod';
import type { CATALOGUE } from '../errors.ts';
import { Problem, V3Problem } from './shapes/errors.ts';

/** The refusals as components: which status, why, and in whose words. */
export const PROBLEMS = {
  BadRequest: [400, 'The query, path or body cannot be understood; nothing was changed.', Problem],
  Unauthorized: [401, 'A credential or a permission is missing, or wrong.', Problem],
  NotFound: [404, 'There is no such document or path.', Problem],
  NotAcceptable: [406, 'There is no such form of the answer.', Problem],
  Conflict: [409, 'A document with that `_id` exists already.', Problem],
  Stale: [412, 'The document has changed since (`If-Match`, `If-Unmodified-Since`).', Problem],
  TooLarge: [413, 'The body is too large.', Problem],
  UnsupportedType: [415, 'The body is of a type, charset or encoding nobody reads here.', Problem],
  TooMany: [429, 'Not so soon again; `Retry-After` says when.', Problem],
  Failed: [500, 'The server failed.', Problem],
  Away: [503, 'The database is away; `Retry-After` says when to try again.', Problem],
  V3BadRequest: [400, 'The query, path or body cannot be understood; nothing was changed.', V3Problem],
  V3Unauthorized: [401, 'There is no valid token.', V3Problem],
  V3Forbidden: [403, 'A permission is missing.', V3Problem],
  V3NotFound: [404, 'There is no such document, collection or operation.', V3Problem],
  V3NotAcceptable: [406, 'There is no such form of the answer.', V3Problem],
  V3Gone: [410, 'The document was deleted.', V3Problem],
  V3Stale: [412, 'The document has changed since (`If-Match`, `If-Unmodified-Since`).', V3Problem],
  V3TooLarge: [413, 'The body is too large.', V3Problem],
  V3UnsupportedType: [415, 'The body is of a charset or encoding nobody reads here.', V3Problem],
  V3ReadOnly: [422, 'The document is locked.', V3Problem],
  V3Failed: [500, 'The server failed.', V3Problem],
  V3Away: [503, 'The database is away; `Retry-After` says when to try again.', V3Problem]
} as const satisfies Readonly<Record<string, readonly [status: StatusOfCatalogue, description: string, shape: z.ZodType]>>;

type StatusOfCatalogue = (typeof CATALOGUE)[keyof typeof CATALOGUE]['status'];

/** Name of a refusal among the components. */
export type ProblemName = keyof typeof PROBLEMS;
