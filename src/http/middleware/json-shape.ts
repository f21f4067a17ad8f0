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
    if (byte === QUOTE) at = endOfText(body, at);
    else if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
      if (++depth > MAX_DEPTH) throw new Refusal('bad-json', 'The body is nested too deeply');
      if (++containers > MAX_CONTAINERS) throw new Refusal('too-large', 'The body holds too many documents, send them in parts');
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) depth--;
  }
}

/** @param start where a text begins @returns where its closing quote stands, or the end of the body */
function endOfText(body: Buffer, start: number): number {
  let end = body.indexOf(QUOTE!, start + 1);
  while (end !== -1 && isEscaped(body, end)) end = body.indexOf(QUOTE!, end + 1);
  return end === -1 ? body.length : end;
}

function isEscaped(body: Buffer, at: number): boolean {
  let before = at - 1;
  while (body[before] === BACKSLASH) before--;
  return (at - 1 - before) % 2 === 1;
}
