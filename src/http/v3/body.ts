import express, { type Request, type RequestHandler } from 'express';
import { Refusal } from '../../errors.ts';
import { demandSaneJson } from '../middleware/json-shape.ts';

const LIMIT = 50 * 1024 * 1024;

/**
 * Reads a JSON body (objects and arrays only, 50 MiB, compressed ones inflated); any other content counts as no body.
 * Malformed JSON is a 400 (D9).
 */
export function jsonBody(): RequestHandler {
  return express.json({ limit: LIMIT, strict: true, type: 'application/json', verify: demandSaneJson });
}

/**
 * The body of a write: an object or array with something in it.
 * @throws Refusal 400 `Bad or missing request body`
 */
export function bodyOf(req: Request): object {
  const body: unknown = req.body;
  if (typeof body !== 'object' || body === null || Object.keys(body).length === 0)
    throw new Refusal('bad-document', 'Bad or missing request body');
  return body;
}
