import type { MoveName } from '../names.ts';
import { retrying } from '../retry.ts';
import { messageOf } from '../source.ts';
import type { Line, Verdict } from '../verdict.ts';
import type { Sink } from './sink.ts';

/** Asks the running server as its administrator, as `askSite` of the command line does. */
export type Ask = (path: string, options: { method: string; body: unknown; timeoutMs: number }) => Promise<Response>;

/** A server under load, or one that is being restarted, may take its time. */
const TIMEOUT_MS = 120_000;

/** A body of these answers holds a document nobody can read. */
const OF_ONE = new Set([400, 413]);

/** The answer of a server that did not take it. */
class Refused extends Error {
  readonly status: number;
  readonly retryAfter: number;
  constructor(status: number, message: string, retryAfter: number) {
    super(message);
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

/** The server that runs on these settings: it stores the documents itself, and tells everybody who listens. */
export function createSinkRunning(ask: Ask, { dryRun }: { dryRun: boolean }): Sink {
  async function send(body: object): Promise<Verdict[]> {
    const answer = await ask('/api/v2/import', { method: 'POST', body, timeoutMs: TIMEOUT_MS });
    const text = await answer.text();
    if (answer.status === 200) return (JSON.parse(text) as { verdicts: Verdict[] }).verdicts;
    throw new Refused(
      answer.status,
      `The running server answered ${answer.status}${sentenceOf(text)}`,
      Number(answer.headers.get('retry-after')) || 0
    );
  }

  async function put(name: MoveName, documents: readonly Line[]): Promise<Verdict[]> {
    try {
      return await retrying(() => send({ collection: name, dryRun, documents }), {
        isPassing: (error) => !(error instanceof Refused) || error.status === 429 || error.status >= 500,
        afterMs: (error) => (error instanceof Refused ? error.retryAfter * 1000 : undefined)
      });
    } catch (error) {
      if (!(error instanceof Refused) || !OF_ONE.has(error.status))
        throw new Error(`${messageOf(error)}. What came before is stored; the same command goes on from there.`);
      // one of them cannot even be read there: find out which
      if (documents.length === 1) return [{ what: 'refused', detail: error.message }];
      const half = Math.ceil(documents.length / 2);
      return [...(await put(name, documents.slice(0, half))), ...(await put(name, documents.slice(half)))];
    }
  }

  return { isLive: true, put, close: async () => {} };
}

function sentenceOf(text: string): string {
  try {
    const { description, message } = JSON.parse(text) as { description?: unknown; message?: unknown };
    return ` (${String(description ?? message)})`;
  } catch {
    return '';
  }
}
