import type { z } from 'zod';
import { SERVER } from '../config/version.ts';
import { Broken, must } from './check.ts';
import { openSocket, type ProbeSocket, type SocketOptions } from './socket.ts';
import type { Visit } from './visit.ts';

/** An answer to a request. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** What was asked, without a token. */
  readonly asked: string;
  /** @throws Broken when the body is no JSON */
  json(): unknown;
}

interface Ask {
  /** With our credentials (the default), as a stranger, or with the JWT as v3 wants it. */
  readonly as?: 'us' | 'stranger' | 'jwt';
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON, or bytes as they are. */
  readonly body?: unknown;
}

/** What a check asks with. Its id goes along in `User-Agent`, so that the log of the site tells what each request was for. */
export interface Probe {
  readonly visit: Visit;
  ask(method: string, path: string, options?: Ask): Promise<Answer>;
  get(path: string, options?: Ask): Promise<Answer>;
  /** A list of documents that v1 answers. @throws Broken when it is none */
  list(path: string, options?: Ask): Promise<Record<string, unknown>[]>;
  /** The `result` of v3's envelope. @throws Broken when there is none */
  v3(path: string, options?: Ask): Promise<unknown>;
  socket(namespace: string, options?: Pick<SocketOptions, 'query' | 'transport'>): Promise<ProbeSocket>;
  remark(sentence: string): void;
}

/** Apps give up after 20 to 60 seconds; wrong guesses are slowed by five. */
const PATIENCE_MS = 30_000;

/**
 * @param remarks takes what the check remarks
 * @param sockets takes what it opens, to be closed after it
 */
export function createProbe(visit: Visit, id: string, remarks: string[], sockets: ProbeSocket[]): Probe {
  const agent = `vigil-verify/${SERVER.version} (${id})`;

  async function ask(method: string, path: string, { as = 'us', headers = {}, body }: Ask = {}): Promise<Answer> {
    const url = new URL(visit.base + path);
    const credentials = as === 'stranger' ? {} : as === 'jwt' ? { authorization: `Bearer ${visit.jwt ?? ''}` } : visit.headers;
    if (as === 'us' && visit.tokenInQuery) url.search += `${url.search ? '&' : '?'}token=${visit.tokenInQuery}`;
    // the exchange has the token in its path
    const asked = `${method} ${url.pathname.replace(/(\/authorization\/request\/).+/, '$1…')}`;
    const isRaw = body instanceof Uint8Array;
    const began = performance.now();
    let response: Response;
    let text: string;
    try {
      response = await fetch(url, {
        method,
        // the secret goes nowhere but to the site
        redirect: 'manual',
        headers: {
          accept: 'application/json',
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...credentials,
          'user-agent': agent,
          ...headers
        },
        ...(body !== undefined && { body: isRaw ? Buffer.from(body) : JSON.stringify(body) }),
        signal: AbortSignal.any([AbortSignal.timeout(PATIENCE_MS), ...(visit.signal ? [visit.signal] : [])])
      });
      text = await response.text();
    } catch (error) {
      throw new Broken(`${asked} was not answered (${reasonOf(error)})`);
    }
    visit.latencies.push(performance.now() - began);
    return {
      status: response.status,
      headers: response.headers,
      text,
      asked,
      json() {
        try {
          return JSON.parse(text);
        } catch {
          throw new Broken(`${asked} answered ${response.status} and no JSON`);
        }
      }
    };
  }

  return {
    visit,
    ask,
    get: (path, options) => ask('GET', path, options),
    async list(path, options) {
      const answer = await ask('GET', path, options);
      must(answer.status === 200, `${answer.asked} answered ${answer.status}`);
      const found = answer.json();
      must(Array.isArray(found) && found.every(isObject), `${answer.asked} answered no list of documents`);
      return found;
    },
    async v3(path, options = {}) {
      const answer = await ask('GET', path, { as: 'jwt', ...options });
      must(answer.status === 200, `${answer.asked} answered ${answer.status}`);
      const envelope = answer.json();
      must(
        isObject(envelope) && envelope.status === 200 && 'result' in envelope,
        `${answer.asked} answered without the envelope {status, result}`
      );
      return envelope.result;
    },
    async socket(namespace, options) {
      const socket = await openSocket(visit, namespace, { agent, ...options });
      sockets.push(socket);
      return socket;
    },
    remark: (sentence) => void remarks.push(sentence)
  };
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Holds a value against a shape. @param what names it: `status.json` @throws Broken naming the first field that does not fit */
export function fits<T>(value: unknown, shape: z.ZodType<T>, what: string): T {
  const read = shape.safeParse(value, { reportInput: false });
  if (read.success) return read.data;
  const { path, message } = read.error.issues[0]!;
  throw new Broken(`${what}${path.length > 0 ? `: ${path.join('.')}` : ''} does not fit (${message})`);
}

/** The words of the network, without an address. */
export function reasonOf(error: unknown): string {
  const { name, message, cause } = error as Error & { cause?: { code?: unknown } };
  if (name === 'TimeoutError') return 'no answer in time';
  if (name === 'AbortError') return 'interrupted';
  return typeof cause?.code === 'string' ? cause.code : message;
}
