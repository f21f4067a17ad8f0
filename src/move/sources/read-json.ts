import { BSON } from 'mongodb';
import type { Item } from '../source.ts';
import { plainDocument } from './plain.ts';

const [QUOTE, BACKSLASH, OPEN, CLOSE, OPEN_LIST, NEWLINE] = Buffer.from('"\\{}[\n');
const BLANK = new Set(Buffer.from(' \t\r\n,]'));
/** No document is larger. */
const MAX_BYTES = 64 * 1024 * 1024;

/**
 * The documents of a JSON file: one a line (NDJSON, mongoexport), a list (`mongoexport --jsonArray`, an answer of an API, also
 * over several lines), or one after the other. Extended JSON is understood. What cannot be read is told and passed over.
 */
export async function* readJson(chunks: AsyncIterable<Buffer>): AsyncIterable<Item & { readonly text?: string }> {
  for await (const { text, line } of textsOf(chunks)) {
    try {
      yield { doc: documentOf(text), text };
    } catch {
      yield { unreadable: 'It is no JSON, or no document', where: `line ${line}` };
    }
  }
}

function documentOf(text: string): unknown {
  const parsed: unknown = JSON.parse(text);
  if (parsed === null || typeof parsed !== 'object' || Array.isArray(parsed)) throw new Error('no document');
  if (!text.includes('"$')) return parsed;
  return plainDocument(BSON.EJSON.parse(text, { relaxed: true }) as Record<string, unknown>);
}

interface Text {
  readonly text: string;
  /** Where it begins, from 1. */
  readonly line: number;
}

/** Cuts the bytes into objects: in a list by their brackets, else by lines. */
async function* textsOf(chunks: AsyncIterable<Buffer>): AsyncIterable<Text> {
  const iterator = chunks[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  // a byte order mark, then blanks
  let first = -1;
  let next: IteratorResult<Buffer> | undefined;
  while (first < 0) {
    next = await iterator.next();
    if (next.done) return;
    head = Buffer.concat([head, next.value]);
    if (head.length < 4) continue;
    const from = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 3 : 0;
    first = head.subarray(from).findIndex((byte) => byte === OPEN_LIST || !BLANK.has(byte));
    if (first >= 0) first += from;
  }
  async function* all(): AsyncIterable<Buffer> {
    yield head.subarray(first);
    for (let more = await iterator.next(); !more.done; more = await iterator.next()) yield more.value;
  }
  yield* head[first] === OPEN_LIST || isPretty(head.subarray(first)) ? byBrackets(all()) : byLines(all());
}

/** True when the first line is no whole document, but a document begins there. */
function isPretty(head: Buffer): boolean {
  const end = head.indexOf(NEWLINE!);
  return head[0] === OPEN && end >= 0 && head.subarray(0, end).toString('utf8').trim() === '{';
}

async function* byLines(chunks: AsyncIterable<Buffer>): AsyncIterable<Text> {
  let held: Buffer[] = [];
  let line = 1;
  const whole = (): string => Buffer.concat(held).toString('utf8').trim();
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE!); end >= 0; end = chunk.indexOf(NEWLINE!, start)) {
      held.push(chunk.subarray(start, end));
      const text = whole();
      held = [];
      if (text !== '') yield { text, line };
      line += 1;
      start = end + 1;
    }
    held.push(chunk.subarray(start));
    if (held.length > 1 && held.reduce((sum, { length }) => sum + length, 0) > MAX_BYTES)
      throw new Error('A line is too long to be a document');
  }
  const text = whole();
  if (text !== '') yield { text, line };
}

async function* byBrackets(chunks: AsyncIterable<Buffer>): AsyncIterable<Text> {
  let held: Buffer[] = [];
  let depth = 0;
  let inText = false;
  let isEscaped = false;
  let line = 1;
  let began = 1;
  for await (const chunk of chunks) {
    let start = depth > 0 ? 0 : -1;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at]!;
      if (byte === NEWLINE) line += 1;
      if (inText) {
        if (isEscaped) isEscaped = false;
        else if (byte === BACKSLASH) isEscaped = true;
        else if (byte === QUOTE) inText = false;
      } else if (byte === OPEN) {
        if (depth++ === 0) {
          start = at;
          began = line;
        }
      } else if (byte === CLOSE && depth > 0) {
        if (--depth > 0) continue;
        held.push(chunk.subarray(start, at + 1));
        yield { text: Buffer.concat(held).toString('utf8'), line: began };
        held = [];
        start = -1;
      } else if (depth === 0) {
        if (byte === OPEN_LIST || BLANK.has(byte)) continue;
        // a list of something else: it is told once per item
        const end = chunk.subarray(at).findIndex((one) => BLANK.has(one));
        yield { text: chunk.subarray(at, end < 0 ? chunk.length : at + end).toString('utf8'), line };
        at = end < 0 ? chunk.length : at + end - 1;
      } else if (byte === QUOTE) inText = true;
    }
    if (start >= 0) held.push(chunk.subarray(start));
  }
  if (depth > 0) yield { text: Buffer.concat(held).toString('utf8'), line: began };
}
