/** Every refusal the server can give: code → HTTP status and the short sentence. Each surface only decides how to spell it. */
export const CATALOGUE = {
  'bad-json': { status: 400, message: 'Bad Request' },
  'bad-query': { status: 400, message: 'Bad query' },
  'bad-document': { status: 400, message: 'Bad document' },
  'bad-id': { status: 400, message: 'Invalid _id format' },
  'bad-path': { status: 400, message: 'Bad path' },
  'missing-filter': { status: 400, message: 'Missing find' },
  unauthorized: { status: 401, message: 'Unauthorized' },
  forbidden: { status: 403, message: 'Forbidden' },
  'not-found': { status: 404, message: 'Not Found' },
  'not-acceptable': { status: 406, message: 'Not Acceptable' },
  conflict: { status: 409, message: 'Conflict' },
  gone: { status: 410, message: 'Gone' },
  stale: { status: 412, message: 'Precondition Failed' },
  'too-large': { status: 413, message: 'Payload Too Large' },
  'unsupported-type': { status: 415, message: 'Unsupported Media Type' },
  'bad-range': { status: 416, message: 'Range Not Satisfiable' },
  'read-only': { status: 422, message: 'Trying to modify read-only document' },
  'too-many': { status: 429, message: 'Too Many Requests' },
  internal: { status: 500, message: 'Internal Server Error' },
  'storage-failed': { status: 500, message: 'Database error' },
  'storage-away': { status: 503, message: 'Database not reachable' }
} as const;

/** A key of {@link CATALOGUE}. */
export type ErrorCode = keyof typeof CATALOGUE;

/**
 * A deliberate refusal: safe to show to the caller, never holds a secret or a health value.
 * @param code entry of the catalogue; gives the HTTP status and the short message
 * @param detail what exactly was wrong, in a sentence (v1 `description`, v3 `message`)
 * @param retryAfter seconds after which trying again makes sense (429, 503)
 */
export class Refusal extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  readonly title: string;
  readonly detail: string | undefined;
  readonly retryAfter: number | undefined;

  constructor(code: ErrorCode, detail?: string, retryAfter?: number) {
    super(detail ?? CATALOGUE[code].message);
    this.name = 'Refusal';
    this.code = code;
    this.status = CATALOGUE[code].status;
    this.title = CATALOGUE[code].message;
    this.detail = detail;
    this.retryAfter = retryAfter;
  }
}
