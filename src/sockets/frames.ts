import type { Logger } from 'pino';
import { isPlainObject } from '../storage/query.ts';

/** Answers a frame; does nothing when the client asked for no answer. */
export type Reply = (answer: unknown) => void;

/** Any socket of any namespace, as far as listening goes. */
interface Listening {
  on(event: string, listener: (...args: unknown[]) => void): unknown;
}

/**
 * Listens to one event of a client. Whatever it sends, the handler's failure is logged and goes no further (D9).
 * @param handler gets the arguments without the acknowledgement, and how to answer
 */
export function listen(
  socket: object,
  event: string,
  log: Logger,
  handler: (args: readonly unknown[], reply: Reply) => void | Promise<void>
): void {
  (socket as Listening).on(event, (...args) => {
    const last = args.at(-1);
    const answer = typeof last === 'function' ? last : undefined;
    const reply: Reply = (value) => void answer?.(value);
    Promise.resolve()
      .then(() => handler(answer ? args.slice(0, -1) : args, reply))
      .catch((error: unknown) => log.error({ err: error, event }, 'a socket frame could not be handled'));
  });
}

/** The message of a frame as an object; undefined for null, text, numbers, lists and binary data. */
export const messageOf = (args: readonly unknown[]): Readonly<Record<string, unknown>> | undefined =>
  isPlainObject(args[0]) ? args[0] : undefined;
