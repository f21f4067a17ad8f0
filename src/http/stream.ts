import { once } from 'node:events';
import type { Request, Response } from 'express';

/** An answer up to this size (bytes of text) goes out in one piece, with an ETag; longer ones flow. */
const WHOLE = 1_048_576;

/**
 * Sends text that is made bit by bit. Small answers are collected first, so that they carry an ETag that changes exactly when
 * they do (xDrip+ compares it between polls) and can be answered with 304. Large ones are passed on as they come, at the pace
 * of the reader, and are never held as a whole. The content type must be set.
 * @param chunks text; what it throws before anything was sent is thrown, later failures break the connection
 */
export async function sendChunks(req: Request, res: Response, chunks: AsyncIterable<string>): Promise<void> {
  let held = '';
  let streaming = false;
  for await (const chunk of chunks) {
    if (!streaming) {
      held += chunk;
      if (held.length <= WHOLE) continue;
      streaming = true;
      if (req.method === 'HEAD') {
        res.end();
        return;
      }
      await write(res, held);
      held = '';
    } else await write(res, chunk);
    if (res.destroyed || res.closed) return;
  }
  if (streaming) res.end();
  else res.send(held);
}

async function write(res: Response, text: string): Promise<void> {
  if (res.write(text) || res.destroyed) return;
  await Promise.race([once(res, 'drain'), once(res, 'close')]);
}
