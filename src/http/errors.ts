import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import type { Logger } from 'pino';
import { type ErrorCode, Refusal } from '../errors.ts';
import { requestId } from '../observe/request-log.ts';
import { type TellRefusal, tellNobody } from './middleware/tell-refusal.ts';

/** Errors of the body parsers, the router and of what sends files carry a status; these are the ones we pass on. */
const BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  400: 'bad-json',
  412: 'stale',
  413: 'too-large',
  415: 'unsupported-type',
  416: 'bad-range'
};
/** Of these the usual words say it all. */
const NO_BODY = new Set<ErrorCode>(['stale', 'bad-range']);

const SENTENCES: Readonly<Record<string, string>> = {
  'entity.parse.failed': 'The body is not valid JSON',
  'entity.too.large': 'The body is too large',
  'parameters.too.many': 'The body has too many parameters',
  'charset.unsupported': 'The charset of the body is not supported',
  'encoding.unsupported': 'The Content-Encoding of the body is not supported',
  'request.size.invalid': 'The body is shorter than its Content-Length',
  'request.aborted': 'The request was aborted'
};

/** What is thrown anywhere, as a refusal; undefined when it is a fault of ours. Never repeats what the caller sent. */
export function toRefusal(error: unknown): Refusal | undefined {
  if (error instanceof Refusal) return error;
  const { status, statusCode, type } = (error ?? {}) as { status?: unknown; statusCode?: unknown; type?: unknown };
  const code = BY_STATUS[Number(status ?? statusCode)];
  if (!code) return undefined;
  if (error instanceof URIError || (code === 'bad-json' && type === undefined))
    return new Refusal('bad-path', 'The path cannot be decoded');
  if (NO_BODY.has(code)) return new Refusal(code);
  return new Refusal(code, SENTENCES[String(type)] ?? 'The body cannot be read');
}

/** Spells a refusal: v3 knows `message` only, the others `message` and `description`. */
function spell(req: Request, { status, title, detail }: Refusal): object {
  if (isApi3(req)) return { status, message: detail ?? title };
  if (status === 401) return { status, message: title, description: 'Invalid/Missing' };
  return { status, message: title, ...(detail !== undefined && { description: detail }) };
}

const isApi3 = (req: Request): boolean => /^\/api\/v3(\/|$)/i.test(req.originalUrl);

/** Answers with a refusal. */
function sendRefusal(req: Request, res: Response, refusal: Refusal): void {
  if (refusal.retryAfter !== undefined) res.setHeader('Retry-After', String(Math.ceil(refusal.retryAfter)));
  else if (refusal.status === 503) res.setHeader('Retry-After', '5');
  for (const name of ['Last-Modified', 'ETag', 'Content-Type']) res.removeHeader(name);
  res.status(refusal.status).json(spell(req, refusal));
}

/**
 * The one place where errors become answers. What we did not expect is logged once and shown as a bare 500, never with a stack.
 * @param tell hears of refusals
 */
export function errorRenderer(log: Logger, tell: TellRefusal = tellNobody): ErrorRequestHandler {
  return (error, req, res, next) => {
    const refusal = toRefusal(error);
    if (refusal) tell(req, res, refusal);
    const id = requestId(res);
    if (!refusal || refusal.status === 500) log.error({ err: error, id, method: req.method, path: req.path }, 'request failed');
    if (res.headersSent) {
      // half an answer must not look like a whole one
      res.destroy();
      return;
    }
    if (refusal) return sendRefusal(req, res, refusal);
    const shown = new Refusal('internal', `Unexpected error, request ${id}`);
    try {
      sendRefusal(req, res, shown);
    } catch (failure) {
      next(failure);
    }
  };
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Whatever no route took: JSON below `/api`, a small page elsewhere. */
export const notFound: RequestHandler = (req, res) => {
  const sentence = `Cannot ${req.method} ${req.originalUrl.split('?')[0]}`;
  if (/^\/api(\/|$)/i.test(req.originalUrl.split('?')[0]!)) return sendRefusal(req, res, new Refusal('not-found', sentence));
  const text = sentence.replace(/[&<>"']/g, (letter) => ESCAPES[letter]!);
  res
    .status(404)
    .type('html')
    .send(
      `<!DOCTYPE html>\n<html lang="en">\n<head><meta charset="utf-8"><title>Error</title></head>\n<body><pre>${text}</pre></body>\n</html>\n`
    );
};
