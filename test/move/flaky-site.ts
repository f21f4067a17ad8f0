import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A site that stands before a real one and behaves as others do. */
export interface FlakySite {
  readonly url: string;
  /** Requests that came in. */
  readonly asked: string[];
  /** What happens to the requests from now on; undefined: they are passed on. */
  trouble: ((n: number, path: string) => Trouble | undefined) | undefined;
  close(): Promise<void>;
}

export type Trouble = { status: number; headers?: Record<string, string>; body?: string } | 'reset' | 'cut' | 'hang';

/**
 * Answers like the reference: no `server` in its version, and in HISTORY only what came over v3, cut off at the limit.
 * @param target the real site
 */
export async function startFlaky(target: string): Promise<FlakySite> {
  const asked: string[] = [];
  const server: Server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const site: FlakySite = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    trouble: undefined,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      })
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url!;
    asked.push(path);
    const trouble = site.trouble?.(asked.length, path);
    if (trouble === 'hang') return;
    if (trouble === 'reset') return void request.socket.destroy();
    if (trouble && trouble !== 'cut') return void response.writeHead(trouble.status, trouble.headers).end(trouble.body ?? '');
    const { host: _h, connection: _c, ...headers } = request.headers;
    const real = await fetch(target + path, { headers: headers as Record<string, string>, redirect: 'manual' });
    const text = asReference(path, real.status, await real.text());
    response.writeHead(real.status, {
      'content-type': real.headers.get('content-type') ?? 'text/plain',
      'content-length': Buffer.byteLength(text)
    });
    if (trouble !== 'cut') return void response.end(text);
    response.write(text.slice(0, text.length / 2));
    response.destroy();
  }
  return site;
}

function asReference(path: string, status: number, text: string): string {
  if (status !== 200 || !path.startsWith('/api/v3/')) return text;
  const body = JSON.parse(text) as { result: unknown };
  if (path.startsWith('/api/v3/version')) {
    delete (body.result as { server?: unknown }).server;
    return JSON.stringify(body);
  }
  if (!path.includes('/history/')) return text;
  const overV3 = (body.result as { app?: unknown }[]).filter(({ app }) => app !== undefined);
  return JSON.stringify({ ...body, result: overV3 });
}
