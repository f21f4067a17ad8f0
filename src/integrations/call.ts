import { DeliveryFailure } from './provider.ts';

/** Calls a push service and returns the start of its answer. @throws DeliveryFailure, never with an address in it */
export type Call = (
  url: string,
  init: { method: 'GET' | 'POST'; headers?: Record<string, string>; body?: string }
) => Promise<string>;

/** No service has more to say. */
const LONGEST_ANSWER = 65_536;

/** Answers after which the same request can succeed. */
const PASSING: ReadonlySet<number> = new Set([408, 421, 425, 429]);

/**
 * HTTP for providers. Redirects are not followed: a POST would arrive as a GET, and keys at another house.
 * @param timeoutMs how long an answer may take as a whole, ms
 */
export function createCall(timeoutMs: number): Call {
  return async (address, { headers, ...init }) => {
    const { url, authorization } = withoutUser(address);
    let response: Response;
    let text: string;
    try {
      response = await fetch(url, {
        ...init,
        headers: { 'user-agent': 'Vigil', ...(authorization && { authorization }), ...headers },
        redirect: 'manual',
        signal: AbortSignal.timeout(timeoutMs)
      });
      text = await start(response);
    } catch (error) {
      throw new DeliveryFailure(reasonOf(error));
    }
    if (response.ok) return text;
    const { status } = response;
    const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
    throw new DeliveryFailure(`HTTP ${status}`, {
      permanent: status < 500 && !PASSING.has(status),
      ...(seconds > 0 && { retryAfterMs: seconds * 1000 })
    });
  };
}

async function start(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  // leaving the loop lets go of the connection
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    if (text.length > LONGEST_ANSWER) break;
  }
  return text;
}

/** fetch refuses addresses with a user in them; people write them all the same. */
function withoutUser(address: string): { url: URL; authorization: string | undefined } {
  const url = new URL(address);
  const { username, password } = url;
  if (!username && !password) return { url, authorization: undefined };
  url.username = '';
  url.password = '';
  const user = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { url, authorization: `Basic ${Buffer.from(user).toString('base64')}` };
}

function reasonOf(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') return 'no answer in time';
  const { code } = ((error as { cause?: unknown } | null)?.cause ?? {}) as { code?: unknown };
  return typeof code === 'string' ? `no connection, ${code}` : 'no connection';
}

/** An address with something appended to its path, whatever slashes it ends with. */
export const below = (base: string, path: string): string => `${base.replace(/\/+$/, '')}/${path}`;
