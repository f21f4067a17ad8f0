import { createHash } from 'node:crypto';
import { PROCESS_SECRET } from '../support/process.ts';

/** A running server and the ways into it. */
export interface Site {
  readonly url: string;
  readonly secret: { readonly 'api-secret': string };
  readonly bearer: { readonly authorization: string };
  readonly accessToken: string;
  send(method: string, path: string, body: unknown, headers: Record<string, string>): Promise<Response>;
}

/** Logs in with the secret and as an admin subject. */
export async function enter(url: string, plainSecret = PROCESS_SECRET): Promise<Site> {
  const secret = { 'api-secret': createHash('sha1').update(plainSecret).digest('hex') };
  const send: Site['send'] = (method, path, body, headers) =>
    fetch(url + path, { method, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) });
  await send('POST', '/api/v2/authorization/subjects', { name: 'bench', roles: ['admin'] }, secret);
  const subjects = (await (await fetch(`${url}/api/v2/authorization/subjects`, { headers: secret })).json()) as {
    name: string;
    accessToken: string;
  }[];
  const { accessToken } = subjects.find(({ name }) => name === 'bench')!;
  const { token } = (await (await fetch(`${url}/api/v2/authorization/request/${accessToken}`)).json()) as { token: string };
  return { url, secret, bearer: { authorization: `Bearer ${token}` }, accessToken, send };
}
