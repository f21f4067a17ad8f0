import type { Request, Response } from 'express';

/** Cuts to whole seconds, as HTTP dates are. */
const seconds = (ms: number): number => Math.floor(ms / 1000) * 1000;

/**
 * Sets `Last-Modified` and answers `If-Modified-Since`. The time is that of the newest document, not of its last change (apps
 * expect it so); who needs to see edits uses the ETag, which therefore goes first. Dates in ISO form are understood (oref0).
 * @param newest epoch ms; undefined: never 304
 * @param shown what the header of a 304 says where it is later: `/entries` names the newest reading there is
 * @returns true when 304 was sent
 */
export function sentNotModified(req: Request, res: Response, newest: number | undefined, shown?: number): boolean {
  if (newest === undefined || !Number.isFinite(newest) || Math.abs(newest) > 8.64e15) return false;
  res.setHeader('Last-Modified', new Date(newest).toUTCString());
  if (req.headers['if-none-match'] !== undefined) return false;
  const since = Date.parse(req.headers['if-modified-since'] ?? '');
  if (Number.isNaN(since) || seconds(newest) > since) return false;
  if (shown !== undefined && shown > newest && seconds(shown) <= since)
    res.setHeader('Last-Modified', new Date(shown).toUTCString());
  res.status(304).end();
  return true;
}
