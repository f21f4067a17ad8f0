import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import type { Answer, EngineInput, HttpInput, RawInput } from './input.ts';
import type { Site } from './site.ts';

/** An answer has to be there after so many ms. */
const PATIENCE_MS = 30_000;
/** How long a bare connection may stay silent before it is given up; half a request is no fault of the server's. */
const SILENCE_MS = 60;

export const createAgent = (): Agent => new Agent({ keepAlive: true, maxSockets: 32, scheduling: 'lifo' });

/** What no client library can put on the wire is no input. */
const UNSENDABLE: Answer = { status: -1, contentType: '', text: '', ms: 0 };

/** Sends a request and takes in the whole answer. */
export function sendHttp(site: Site, agent: Agent, input: Omit<HttpInput, 'door'>): Promise<Answer> {
  const began = performance.now();
  const text = input.body === undefined ? undefined : site.fill(input.body);
  const body = text?.startsWith('base64:')
    ? Buffer.from(text.slice(7), 'base64')
    : text === undefined
      ? undefined
      : Buffer.from(text);
  return new Promise((resolve) => {
    const done = (answer: Partial<Answer>): void =>
      resolve({ status: 0, contentType: '', text: '', ms: performance.now() - began, ...answer });
    try {
      const sent = request(
        site.server.url,
        {
          agent,
          method: input.method,
          path: site.fill(input.path),
          timeout: PATIENCE_MS,
          headers: {
            ...Object.fromEntries(Object.entries(input.headers).map(([name, value]) => [name, site.fill(value)])),
            ...(body !== undefined && { 'content-length': body.length })
          }
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', (error) => done({ status: response.statusCode!, trouble: `half an answer: ${error.message}` }));
          response.on('end', () => {
            const type = String(response.headers['content-type'] ?? '');
            const packed = response.headers['content-encoding'] !== undefined;
            done({ status: response.statusCode!, contentType: type, text: packed ? '' : Buffer.concat(chunks).toString() });
          });
        }
      );
      sent.on('upgrade', (_response, socket) => {
        socket.destroy();
        done({ status: 101 });
      });
      sent.on('timeout', () => sent.destroy(new Error('no answer in time')));
      sent.on('error', (error: NodeJS.ErrnoException) => done({ trouble: error.code ?? error.message }));
      sent.end(body);
    } catch (error) {
      if (error instanceof TypeError || error instanceof RangeError) resolve(UNSENDABLE);
      else done({ trouble: String(error) });
    }
  });
}

/** Writes bytes on a connection of their own. A server that hangs up or waits for more has done nothing wrong. */
export function sendRaw(site: Site, { bytes }: RawInput): Promise<Answer> {
  const began = performance.now();
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(Number(new URL(site.server.url).port), '127.0.0.1');
    const done = (): void => {
      socket.destroy();
      const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? -1);
      resolve({ status, contentType: '', text, ms: performance.now() - began });
    };
    socket.setTimeout(SILENCE_MS, done);
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
    });
    socket.on('error', done);
    socket.on('close', done);
    socket.write(Buffer.from(bytes, 'latin1'));
  });
}

/** Opens a polling session by hand, posts a payload, and closes the session. */
export async function sendPackets(site: Site, agent: Agent, input: EngineInput): Promise<Answer> {
  const path = `/socket.io/?EIO=${input.version}&transport=polling`;
  const open = await sendHttp(site, agent, { method: 'GET', path, headers: {} });
  const sid = /"sid":"([^"]+)"/.exec(open.text)?.[1];
  if (sid === undefined) return { ...open, status: open.status < 500 ? 0 : open.status, trouble: 'no session' };
  const at = `${path}&sid=${sid}`;
  const post = (payload: string, query = '', type = 'text/plain;charset=UTF-8'): Promise<Answer> =>
    sendHttp(site, agent, { method: 'POST', path: at + query, headers: { 'content-type': type }, body: payload });
  if (input.version === 4) await post('40');
  const answer = await post(input.payload, input.query, input.contentType);
  await post(input.version === 4 ? '1' : '1:1');
  return answer;
}
