import type { ServerResponse } from 'node:http';

type Told = ServerResponse & { atEnd?: (() => void)[] };

/**
 * Calls back when an answer is out, or its caller has gone away. One listener serves all who want to know: every request has
 * several of them, and listeners of Node are dear.
 */
export function atEnd(response: ServerResponse, tell: () => void): void {
  const told = response as Told;
  if (told.atEnd) {
    told.atEnd.push(tell);
    return;
  }
  const waiting = [tell];
  told.atEnd = waiting;
  response.once('close', () => {
    for (const one of waiting) one();
  });
}
