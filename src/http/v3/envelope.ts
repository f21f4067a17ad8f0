import type { ErrorRequestHandler, Response } from 'express';
import type { Logger } from 'pino';
import { type ErrorCode, Refusal } from '../../errors.ts';
import { requestId } from '../../observe/request-log.ts';
import { toRefusal } from '../errors.ts';
import { type TellRefusal, tellNobody } from '../middleware/tell-refusal.ts';

/** These answers carry no text in the reference, and apps go by the status alone. */
const SILENT: ReadonlySet<ErrorCode> = new Set(['not-found', 'gone', 'stale']);

/**
 * Sends text as it is. Not `res.send`: that would add an ETag of its own, and AAPS throws a page away whose ETag is not
 * `W/"<ms>"`.
 */
export function sendText(res: Response, status: number, type: string, body: string | Buffer): void {
  res.statusCode = status;
  res.setHeader('Content-Type', `${type}; charset=utf-8`);
  res.setHeader('Content-Length', Buffer.byteLength(body));
  res.end(body);
}

/** `{"status":…, …fields}` with the same status as the answer itself. */
export function sendStatus(res: Response, status: number, fields: Record<string, unknown> = {}): void {
  sendText(res, status, 'application/json', JSON.stringify({ status, ...fields }));
}

/** `{"status":200,"result":…}` around JSON text. */
export const sendResult = (res: Response, json: string): void =>
  sendText(res, 200, 'application/json', `{"status":200,"result":${json}}`);

/** Last-Modified as HTTP writes it, from epoch ms. */
export function setLastModified(res: Response, ms: number | undefined): void {
  if (ms !== undefined && Number.isFinite(ms) && Math.abs(ms) <= 8.64e15)
    res.setHeader('Last-Modified', new Date(ms).toUTCString());
}

/** The refusal of an unknown path, method or collection. */
export const noSuchOperation = (): Refusal => new Refusal('not-found', 'Bad operation or collection');

/** Spells every error in v3's words; what nobody foresaw is logged once, under the id the caller gets. */
export function errorRenderer(log: Logger, tell: TellRefusal = tellNobody): ErrorRequestHandler {
  return (error: unknown, req, res, next) => {
    if (res.headersSent) {
      next(error);
      return;
    }
    const refusal = toRefusal(error);
    if (refusal) tell(req, res, refusal);
    const id = requestId(res);
    // a document that only cannot be rendered was found all the same
    if (refusal?.code !== 'not-acceptable') res.removeHeader('Last-Modified');
    for (const name of ['ETag', 'Location']) res.removeHeader(name);
    if (refusal) {
      if (refusal.status === 500) log.error({ err: error, id }, 'v3 request failed');
      if (refusal.retryAfter !== undefined) res.setHeader('Retry-After', Math.ceil(refusal.retryAfter));
      const message = refusal.detail ?? (SILENT.has(refusal.code) ? undefined : refusal.title);
      sendStatus(res, refusal.status, message === undefined ? {} : { message });
      return;
    }
    log.error({ err: error, id }, 'v3 request failed');
    sendStatus(res, 500, { message: 'Database error', requestId: id });
  };
}
