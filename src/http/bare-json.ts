import type { Response } from 'express';

/** Sends JSON as `/pebble` and `/summary` do: `application/json` without a charset and without an ETag, since each answer tells the time. */
export function sendBareJson(response: Response, body: unknown): void {
  response.setHeader('Content-Type', 'application/json');
  response.end(JSON.stringify(body));
}
