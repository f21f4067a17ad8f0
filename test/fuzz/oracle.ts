import { isDeepStrictEqual } from 'node:util';
import type { Committed } from '../../src/bus/events.ts';
import type { Operation } from '../openapi/kit.ts';
import { type Answer, type Input, mayWrite } from './input.ts';

/** A single answer may take so long, ms. */
export const SLOW_MS = 1000;
/** What is compared has to wait for both stores. */
export const SLOW_TOGETHER_MS = 5000;

const STACK = /\n\s+at .+:\d+:\d+|node_modules|node:internal|\.ts:\d+:\d+|\bSQLITE_|SqliteError|MongoServerError|\bE11000\b/;

/** Judges answers. `failing`: the described routes that answer 500 on purpose. */
export function createOracle(operations: readonly Operation[], slowMs: number) {
  const failing = operations
    .filter(({ spec, path }) => isText(spec.responses['500']) || /authorization\/(subjects|roles)$/.test(path))
    .map(({ method, path }) => ({ method: method.toUpperCase(), pattern: new RegExp(`^${path}(\\.\\w+)?/?(\\?|$)`, 'i') }));

  const told = (committed: readonly Committed[]): string =>
    committed.map(({ door, op, collection }) => `${door} ${op} ${collection}`).join(', ');

  /** @returns what is wrong with an answer, in words */
  return (input: Input, answer: Answer, committed: readonly Committed[] | undefined): string | undefined => {
    const { status, text, contentType, trouble, ms } = answer;
    if (status === -1) return committed?.length ? `no answer, but something was stored: ${told(committed)}` : undefined;
    if (trouble) return trouble;
    if (status === 0) return 'no answer';
    if (ms > slowMs) return `slow: ${Math.round(ms)} ms`;
    if (STACK.test(text)) return 'the answer shows the inside of the server';
    const onPurpose =
      input.door === 'http' && failing.some(({ method, pattern }) => method === input.method && pattern.test(input.path));
    if (status >= 500 && !onPurpose) return `status ${status}`;
    if (committed && committed.length > 0) {
      if (!mayWrite(input)) return `a request that only reads has stored something: ${told(committed)}`;
      if (status >= 400) return `refused with ${status}, but something was stored: ${told(committed)}`;
    }
    if (input.door !== 'http') return undefined;
    return envelope(input.method, input.path, answer) ?? (committed && !isForm(input) ? lost(input.body, committed) : undefined);

    function envelope(method: string, path: string, { text: body }: Answer): string | undefined {
      if (method === 'HEAD' || body === '') return undefined;
      let parsed: unknown;
      if (contentType.startsWith('application/json')) {
        try {
          parsed = JSON.parse(body);
        } catch {
          return 'the answer says it is JSON and is not';
        }
      }
      if (status < 400 || onPurpose || !/^\/api\/v\d(\/|$)/i.test(path.split('?')[0]!)) return undefined;
      const { status: said, message } = (parsed ?? {}) as { status?: unknown; message?: unknown };
      // v3 answers 404 and 410 without words
      const hasWords = typeof message === 'string' || (message === undefined && /^\/api\/v3/i.test(path));
      return said === status && hasWords ? undefined : 'a refusal in other words than usual';
    }
  };
}

const isText = (response: { content?: object } | undefined): boolean =>
  Boolean(response?.content && 'text/plain' in response.content);

/** Fields a door may bring into a form of its own, or that say who asks. */
const OWN =
  /^(_id|date|dateString|sysTime|utcOffset|created_at|eventTime|mills|timestamp|startDate|srv\w+|identifier|secret|token|subject|modifiedBy|isValid|preBolus|isAnnouncement|absolute|percent|notes|glucoseType|units|carbs|insulin|glucose|duration|durationInMilliseconds|endmills|relative|splitNow|splitExt|protein|fat|targetTop|targetBottom|eventType|type|app|device|__proto__|.*\..*)$/;

/** JSON sent under the name of a form is a form, with one long field name. */
const isForm = ({ headers }: { headers?: Readonly<Record<string, unknown>> }): boolean =>
  Object.entries(headers ?? {}).some(([name, value]) => /^content-type$/i.test(name) && /urlencoded/i.test(String(value)));

/** A new document must hold what was sent: a field that vanishes or changes on its way in is a lost value. */
function lost(body: string | undefined, committed: readonly Committed[]): string | undefined {
  let sent: unknown;
  try {
    sent = JSON.parse(body ?? '');
  } catch {
    return undefined;
  }
  const list = Array.isArray(sent) ? sent : [sent];
  // only where each sent document can be told from the others
  if (list.length !== 1 || committed.length !== 1 || committed[0]!.op !== 'create') return undefined;
  const { doc } = committed[0]!;
  if (list[0] === null || typeof list[0] !== 'object') return undefined;
  for (const [field, value] of Object.entries(list[0] as object)) {
    if (OWN.test(field) || field === '' || touched([field, value])) continue;
    if (!isDeepStrictEqual(JSON.parse(JSON.stringify(doc[field] ?? null)), value))
      return `the field ${JSON.stringify(field)} did not arrive as it was sent`;
  }
  return undefined;
}

/** Text that could be active HTML may be changed on its way in, and half a surrogate pair is; `{{…}}` is filled in when it is sent. */
const touched = (value: unknown): boolean => /[<>&]|\{\{|\\ud[89a-f]/.test(JSON.stringify(value) ?? '');
