import { SECRET_SHA1, type TestServer } from '../support/start-server.ts';

/** An answer, body parsed where it is JSON. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // what a test reads out of a body is the test's business
  // biome-ignore lint/suspicious/noExplicitAny: see above
  readonly body: any;
}

export interface Call {
  readonly headers?: Record<string, string>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is. */
  readonly raw?: string | Buffer;
  /** With the API secret (default for everything but GET and HEAD). */
  readonly secret?: boolean;
}

/** Calls a server; `GET` asks for JSON unless told otherwise. */
export async function call(server: TestServer, method: string, path: string, options: Call = {}): Promise<Answer> {
  const { headers = {}, body, raw, secret = !['GET', 'HEAD', 'OPTIONS'].includes(method) } = options;
  const response = await fetch(server.url + path, {
    method,
    redirect: 'manual',
    headers: {
      accept: 'application/json',
      ...(secret && { 'api-secret': SECRET_SHA1 }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers
    },
    ...(body !== undefined ? { body: JSON.stringify(body) } : raw !== undefined ? { body: new Uint8Array(Buffer.from(raw)) } : {})
  });
  const text = await response.text();
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    parsed = undefined;
  }
  return { status: response.status, headers: response.headers, text, body: parsed };
}

/** Creates a role and a subject of that role. @returns the subject's access token */
export async function tokenFor(server: TestServer, name: string, permissions: string[]): Promise<string> {
  await call(server, 'POST', '/api/v2/authorization/roles', { body: { name, permissions } });
  await call(server, 'POST', '/api/v2/authorization/subjects', { body: { name, roles: [name] } });
  const { body } = await call(server, 'GET', '/api/v2/authorization/subjects', { secret: true });
  return (body as { name: string; accessToken: string }[]).find((subject) => subject.name === name)!.accessToken;
}
