import type { IncomingMessage } from 'node:http';
import { Refusal } from '../../errors.ts';

/** Deeper than any document may be; what is deeper could end the process in whoever walks it. */
const MAX_DEPTH = 110;
/** Objects and lists in one body: three years of readings, or a hundred thousand device statuses with all they hold. */
const MAX_CONTAINERS = 1_500_000;

const [QUOTE, BACKSLASH, OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = Buffer.from('"\\[]{}');

/**
 * Looks at a JSON body before it is parsed (the `verify` of the parser): `[[[[…` and fifty megabytes of `{},` cost little to send,
 * but a lot of memory once they are values.
 * @throws Refusal `bad-json`, `too-large`, `unsupported-type`
 */
export function demandSaneJson(_req: IncomingMessage, _res: unknown, body: Buffer, charset: string): void {
  if (charset !== 'utf-8') throw new Refusal('unsupported-type', 'Send JSON as UTF-8');
  let depth = 0;
  let containers = 0;
  for (let at = 0; at < body.length; at++) {
    const byte = body[at];
    if (byte === QUOTE) {
      // most texts are short: calling into the library for each of them would cost more than looking at their bytes
      while (++at < body.length && body[at] !== QUOTE) if (body[at] === BACKSLASH) at++;
    } else if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
      if (++depth > MAX_DEPTH) throw new Refusal('bad-json', 'The body is nested too deeply');
      if (++containers > MAX_CONTAINERS) throw new Refusal('too-large', 'The body holds too many documents, send them in parts');
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) depth--;
  }
}
