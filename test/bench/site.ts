import { createHash } from 'node:crypto';
import { io, type Socket } from 'socket.io-client';
import { PROCESS_SECRET } from '../support/process.ts';

/** A running server and the ways into it. */
export interface Site {
  readonly url: string;
  readonly secret: { readonly 'api-secret': string };
  readonly bearer: { readonly authorization: string };
  readonly root: Socket;
  readonly storage: Socket;
  readonly alarm: Socket;
  send(method: string, path: string, body: unknown, headers: Record<string, string>): Promise<Response>;
  close(): void;
}

/** Logs in everywhere: an admin subject, its JWT, and a socket in each namespace. */
export async function enter(url: string): Promise<Site> {
  const secret = { 'api-secret': createHash('sha1').update(PROCESS_SECRET).digest('hex') };
  const send: Site['send'] = (method, path, body, headers) =>
    fetch(url + path, { method, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) });
  await send('POST', '/api/v2/authorization/subjects', { name: 'bench', roles: ['admin'] }, secret);
  const subjects = (await (await fetch(`${url}/api/v2/authorization/subjects`, { headers: secret })).json()) as {
    accessToken: string;
  }[];
  const { accessToken } = subjects[0]!;
  const { token } = (await (await fetch(`${url}/api/v2/authorization/request/${accessToken}`)).json()) as { token: string };
  const join = async (namespace: string, event: string, message: object): Promise<Socket> => {
    const socket = io(url + namespace, { transports: ['websocket'] });
    await new Promise((resolve) => socket.emit(event, message, resolve));
    return socket;
  };
  const root = await join('/', 'authorize', { client: 'bench', secret: secret['api-secret'] });
  const storage = await join('/storage', 'subscribe', { accessToken });
  const alarm = await join('/alarm', 'subscribe', { accessToken });
  return {
    url,
    secret,
    bearer: { authorization: `Bearer ${token}` },
    root,
    storage,
    alarm,
    send,
    close: () => [root, storage, alarm].forEach((s) => void s.close())
  };
}
