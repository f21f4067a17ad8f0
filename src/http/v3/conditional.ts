import type { Request, Response } from 'express';
import { Refusal } from '../../errors.ts';

const seconds = (ms: number): number => Math.floor(ms / 1000);

/** Epoch ms of a date header, or undefined when it is absent or unreadable. */
function dateHeader(req: Request, name: string): number | undefined {
  const ms = Date.parse(req.get(name) ?? '');
  return Number.isNaN(ms) ? undefined : ms;
}

/** Asked with the stored version's modification time (epoch ms), or undefined when nothing is stored. @throws Refusal 412 */
export type Unchanged = (modified: number | undefined, exists?: boolean) => void;

/**
 * The caller's conditions for a write (D6): `If-Unmodified-Since`, compared in whole seconds, and `If-Match` with
 * srvModified as the tag (`"1613057404186"`, `W/"…"`, a list, or `*`).
 */
export function writeConditions(req: Request): Unchanged {
  const since = dateHeader(req, 'If-Unmodified-Since');
  const tags = req
    .get('If-Match')
    ?.split(',')
    .map((tag) => tag.trim().replace(/^W\//, '').replaceAll('"', ''));
  return (modified, exists = true) => {
    if (exists && since !== undefined && modified !== undefined && seconds(modified) > seconds(since)) throw new Refusal('stale');
    if (tags && !(exists && (tags.includes('*') || tags.includes(String(modified))))) throw new Refusal('stale');
  };
}

/** READ: true when the document did not change after the second of `If-Modified-Since`. */
export function notModifiedSince(req: Request, modified: number | undefined): boolean {
  const since = dateHeader(req, 'If-Modified-Since');
  return since !== undefined && modified !== undefined && seconds(modified) <= seconds(since);
}

/** Answers 304: no body, the validators that are set already. */
export function sendNotModified(res: Response): void {
  res.statusCode = 304;
  res.end();
}
