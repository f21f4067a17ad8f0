import { io, type Socket } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Doc } from '../src/storage/port.ts';
import { SECRET_SHA1, startServer, type TestServer } from './support/start-server.ts';

// The test scenarios of "WebSocket Event Coverage: Nightscout Socket.IO vs REST API" (§10) and the verification lines of its
// requirements (§9). REQ-API-020 is held by test/openapi/sockets.test.ts.

let server: TestServer;
let accessToken: string;
let jwt: string;
const open: Socket[] = [];
const secret = { 'api-secret': SECRET_SHA1, 'content-type': 'application/json' };

beforeAll(async () => {
  server = await startServer({ AUTH_DEFAULT_ROLES: 'denied' });
  const authorization = `${server.url}/api/v2/authorization`;
  await fetch(`${authorization}/subjects`, {
    method: 'POST',
    headers: secret,
    body: JSON.stringify({ name: 'b', roles: ['admin'] })
  });
  const subjects = (await (await fetch(`${authorization}/subjects`, { headers: secret })).json()) as { accessToken: string }[];
  accessToken = subjects[0]!.accessToken;
  jwt = ((await (await fetch(`${authorization}/request/${accessToken}`)).json()) as { token: string }).token;
});

afterAll(async () => {
  for (const socket of open) socket.close();
  await server.close();
});

function connect(namespace: string): Socket {
  const socket = io(server.url + namespace, { transports: ['websocket'], forceNew: true });
  open.push(socket);
  return socket;
}

async function authorized(): Promise<Socket> {
  const socket = connect('/');
  expect(await socket.emitWithAck('authorize', { client: 'test', secret: SECRET_SHA1 })).toEqual({
    read: true,
    write: true,
    write_treatment: true
  });
  return socket;
}

async function subscribed(): Promise<Socket> {
  const socket = connect('/storage');
  expect(await socket.emitWithAck('subscribe', { accessToken, collections: ['treatments'] })).toEqual({
    success: true,
    collections: ['treatments']
  });
  return socket;
}

const heard = <T>(socket: Socket, event: string, isIt: (payload: T) => boolean): Promise<T> =>
  new Promise((resolve) => socket.on(event, (payload: T) => isIt(payload) && resolve(payload)));

describe('WebSocket test scenarios', () => {
  it('scenario 1: WebSocket v1 CRUD', async () => {
    const [sender, other] = [await authorized(), await authorized()];
    const broadcast = heard<{ treatments?: Doc[] }>(
      other,
      'dataUpdate',
      ({ treatments }) => !!treatments?.some(({ notes }) => notes === 'scenario 1')
    );
    const [doc] = (await sender.emitWithAck('dbAdd', {
      collection: 'treatments',
      data: { eventType: 'Note', notes: 'scenario 1' }
    })) as Doc[];
    expect(doc).toMatchObject({ _id: expect.stringMatching(/^[0-9a-f]{24}$/), notes: 'scenario 1' });
    expect((await broadcast).treatments).toMatchObject([{ _id: doc!._id }]);
    expect(await server.services.storage.count('treatments', { _id: doc!._id })).toBe(1);
  });

  it('scenario 2: APIv3 REST + storage subscribe', async () => {
    const client = await subscribed();
    const event = heard<{ colName: string; doc: Doc }>(client, 'create', ({ doc }) => doc.notes === 'scenario 2');
    const answer = await fetch(`${server.url}/api/v3/treatments`, {
      method: 'POST',
      headers: { authorization: `Bearer ${jwt}`, 'content-type': 'application/json' },
      body: JSON.stringify({ eventType: 'Note', notes: 'scenario 2', date: Date.now(), app: 'test', utcOffset: 0 })
    });
    const { identifier } = (await answer.json()) as { identifier: string };
    expect(answer.status).toBe(201);
    expect(await event).toMatchObject({ colName: 'treatments', doc: { identifier, notes: 'scenario 2' } });
  });

  it('scenario 3, inverted (REQ-API-021, GAP-API-014): a v1 POST is heard on /storage', async () => {
    const client = await subscribed();
    const event = heard<{ colName: string; doc: Doc }>(client, 'create', ({ doc }) => doc.notes === 'scenario 3');
    const answer = await fetch(`${server.url}/api/v1/treatments`, {
      method: 'POST',
      headers: secret,
      body: JSON.stringify({ eventType: 'Note', notes: 'scenario 3', created_at: new Date(Date.now() - 60_000).toISOString() })
    });
    const [{ _id }] = (await answer.json()) as [{ _id: string }];
    expect(await event).toMatchObject({ colName: 'treatments', doc: { identifier: _id, srvModified: expect.any(Number) } });
  });

  it('REQ-API-022: of 100 dbAdd in a second, those over the burst are told to wait, and are not stored', async () => {
    const socket = await authorized();
    const before = await server.services.storage.count('activity', {});
    const acks = await Promise.all(
      Array.from({ length: 100 }, (_, n) =>
        socket.emitWithAck('dbAdd', {
          collection: 'activity',
          data: { steps: n, created_at: new Date(1_780_000_000_000 + n * 1000).toISOString() }
        })
      )
    );
    const refused = acks.filter((ack) => !Array.isArray(ack));
    expect(refused.length).toBeGreaterThanOrEqual(35);
    expect(refused[0]).toEqual({ result: 'Too many requests', retryAfter: expect.any(Number) });
    expect(await server.services.storage.count('activity', {})).toBe(before + acks.length - refused.length);
  });
});
