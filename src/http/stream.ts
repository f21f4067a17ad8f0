import type { Request, Response } from 'express';

/** An answer up to this size (characters) goes out in one piece, with an ETag; longer ones flow. */
const WHOLE = 1_048_576;

/**
 * Sends text that is made bit by bit. Small answers are collected first, so that they carry an ETag that changes exactly when
 * they do (xDrip+ compares it between polls) and can be answered with 304. Large ones are passed on as they come, at the pace
 * of the reader, and are never held as a whole. The content type must be set.
 * `res.locals.size` tells how many characters it were.
 * @param chunks text; what it throws before anything was sent is thrown, later failures break the connection
 * @param keep told the text of an answer that goes out in one piece
 */
export async function sendChunks(
  req: Request,
  res: Response,
  chunks: AsyncIterable<string>,
  keep: (body: string) => void = () => {}
): Promise<void> {
  let held = '';
  let size = 0;
  let write: Writer | undefined;
  for await (const chunk of chunks) {
    size += chunk.length;
    res.locals.size = size;
    if (write) await write(chunk);
    else {
      held += chunk;
      if (held.length <= WHOLE) continue;
      if (req.method === 'HEAD') break;
      write = writerTo(res);
      await write(held);
    }
    if (res.destroyed || res.closed) return;
  }
  if (write || held.length > WHOLE) res.end();
  else {
    keep(held);
    res.send(held);
  }
}

type Writer = (text: string) => Promise<void>;

/** Writes and waits while the reader is behind. One pair of listeners for all chunks: a response takes them, but gives none back. */
function writerTo(res: Response): Writer {
  let wake = (): void => {};
  res.on('drain', () => wake());
  res.on('close', () => wake());
  return async (text) => {
    if (res.write(text) || res.destroyed) return;
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
  };
}
