import { createServer, type IncomingMessage, type ServerResponse, request as send } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { gzipSync } from 'node:zlib';

// biome-ignore lint/suspicious/noExplicitAny: whatever the site answers
type Json = any;

/** What goes wrong with the answers to one check. */
export interface Distortion {
  /** Which of its requests; absent: all of them. */
  readonly when?: (request: { method: string; url: string; headers: IncomingMessage['headers']; status: number }) => boolean;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | (() => string)>>;
  readonly json?: (body: Json, url: string) => Json;
  readonly text?: (body: string) => string;
  /** The site never sees the request; this JSON is answered. */
  readonly swallow?: unknown;
  /** Compresses the body for who did not ask. */
  readonly gzip?: true;
  readonly noUpgrade?: true;
}

export interface DistortingProxy {
  readonly url: string;
  /** Everything of which the check with this id is told, from now on. */
  distort(table: Readonly<Record<string, Distortion>>): void;
  /** For all requests. */
  distortAll(distortion: Distortion | undefined): void;
  close(): Promise<void>;
}

/** Stands before a site and spoils single answers: which check a request belongs to is in its `User-Agent`. */
export async function distortingProxy(target: string): Promise<DistortingProxy> {
  let table: Readonly<Record<string, Distortion>> = {};
  let everywhere: Distortion | undefined;
  const { port } = new URL(target);
  const of = ({ headers }: IncomingMessage): Distortion | undefined =>
    table[/\((.*)\)/.exec(headers['user-agent'] ?? '')?.[1] ?? ''] ?? everywhere;

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const { method = '', url = '', headers } = request;
    const distortion = of(request);
    const concerns = (status: number) => distortion?.when?.({ method, url, headers, status }) ?? true;
    if (distortion && 'swallow' in distortion && concerns(0)) {
      request.resume();
      response
        .writeHead(distortion.status ?? 200, { 'content-type': 'application/json' })
        .end(JSON.stringify(distortion.swallow));
      return;
    }
    const { 'accept-encoding': _packed, ...plain } = headers;
    const onward = send({ port, host: '127.0.0.1', method, path: url, headers: plain }, (upstream) => {
      const parts: Buffer[] = [];
      upstream.on('data', (part: Buffer) => parts.push(part));
      upstream.on('end', () => {
        let body = Buffer.concat(parts);
        const { 'content-length': _length, 'transfer-encoding': _coding, ...kept } = upstream.headers;
        let status = upstream.statusCode ?? 500;
        const changed: Record<string, string | string[] | undefined> = { ...kept };
        if (distortion && concerns(status)) {
          status = distortion.status ?? status;
          for (const [name, value] of Object.entries(distortion.headers ?? {}))
            changed[name] = typeof value === 'function' ? value() : value;
          if (distortion.json) body = Buffer.from(JSON.stringify(distortion.json(JSON.parse(body.toString()), url)));
          if (distortion.text) body = Buffer.from(distortion.text(body.toString()));
          if (distortion.gzip) {
            body = gzipSync(body);
            changed['content-encoding'] = 'gzip';
          }
        }
        const isEmpty = status === 304 || status === 204;
        response.writeHead(status, { ...changed, ...(!isEmpty && { 'content-length': String(body.length) }) });
        response.end(isEmpty ? undefined : body);
      });
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  }

  const server = createServer(answer);
  const sockets = new Set<{ destroy(): void }>();
  server.on('upgrade', (request, client, head) => {
    if (of(request)?.noUpgrade) return void client.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
    const upstream = connect(Number(port), '127.0.0.1');
    for (const one of [client, upstream]) sockets.add(one).size;
    const lines = Object.entries(request.headers).map(([name, value]) => `${name}: ${value}`);
    upstream.write(`GET ${request.url} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
    upstream.write(head);
    upstream.pipe(client).pipe(upstream);
    for (const one of [client, upstream]) one.on('error', () => one.destroy());
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    distort: (next) => {
      table = next;
    },
    distortAll: (next) => {
      everywhere = next;
    },
    close: () =>
      new Promise((resolve) => {
        for (const one of sockets) one.destroy();
        server.close(() => resolve());
        server.closeAllConnections();
      })
  };
}
