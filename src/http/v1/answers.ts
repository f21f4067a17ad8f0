import type { Request, Response } from 'express';
import type { CollectionName } from '../../storage/port.ts';
import type { Page } from '../page-cache.ts';
import { sentNotModified } from './last-modified.ts';
import type { V1 } from './v1.ts';

/** A list answer of v1; `shown` is what a 304 names as the newest (`/entries`). */
export interface Answer extends Page {
  /** Of {@link body} as it is sent. */
  readonly bytes: number;
  readonly etag: string | undefined;
  readonly shown: number | undefined;
}

/** Takes the text of an answer that went out whole. */
export type Keep = (body: string, times: { newest: number | undefined; shown: number | undefined }) => void;

const keyOf = (req: Request): string => `${req.headers.accept ?? ''} ${req.originalUrl}`;

/**
 * Answers from what was sent for the same question a moment ago, when nothing of the collection changed since: followers,
 * widgets and watches poll the same few addresses. Rights have been looked at by then.
 * @returns true when the request is answered
 */
export async function answeredAgain(v1: V1, req: Request, res: Response, collection: CollectionName): Promise<boolean> {
  const answer = await v1.answers.peek(collection, keyOf(req));
  if (!answer) return false;
  if (sentNotModified(req, res, answer.modified, answer.shown)) return true;
  const { etag, body, bytes } = answer;
  if (etag) res.setHeader('ETag', etag);
  const asked = req.headers['if-none-match'];
  // what res.send would work out again for every poll is known
  if (etag && asked === etag && req.headers['cache-control'] === undefined) {
    res.statusCode = 304;
    res.end();
    return true;
  }
  res.setHeader('Content-Type', answer.type);
  if (req.method === 'GET' && asked === undefined) {
    res.setHeader('Content-Length', bytes);
    res.end(body);
  } else res.send(body);
  return true;
}

/** Keeps an answer for {@link answeredAgain}; to be called before the documents are read. */
export function keepAnswer(v1: V1, req: Request, res: Response, collection: CollectionName): Keep {
  const keep = v1.answers.keeper(collection, keyOf(req));
  return (body, { newest, shown }) => {
    const etagOf = req.app.get('etag fn') as ((body: string, encoding: string) => string) | undefined;
    keep({
      type: String(res.getHeader('Content-Type')),
      ...rendered(body),
      modified: newest,
      shown,
      etag: etagOf?.(body, 'utf8')
    });
  };
}

/** Longer texts are kept as bytes, so that they are not encoded for every caller. */
const LONG = 16_384;

/** Node sends a short text in one write with the head of the answer, but bytes apart from it. */
function rendered(text: string): Pick<Answer, 'body' | 'bytes'> {
  const bytes = Buffer.byteLength(text);
  return { bytes, body: bytes > LONG ? Buffer.from(text) : text };
}
