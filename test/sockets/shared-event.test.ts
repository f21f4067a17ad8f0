import { io, type Socket } from 'socket.io-client';
import ioV2 from 'socket.io-client-v2';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import WebSocket from 'ws';
import { SECRET_SHA1, startServer, type TestServer } from '../support/start-server.ts';

// issue 6: what is large is put into words, compressed and framed once for all sockets (a thousand of them took 550 MB)
const COUNT = 500;
const AUTHORIZE = { client: 'web', secret: SECRET_SHA1, status: true };
let server: TestServer;
const sent: { date: number; sgv: number }[] = [];

beforeAll(async () => {
  server = await startServer({ AUTH_DEFAULT_ROLES: 'denied' });
  const now = Date.now();
  for (let n = 0; n < COUNT; n++) sent.push({ date: now - (COUNT - n) * 300_000, sgv: 80 + ((n * 7) % 200) });
  const body = JSON.stringify(sent.map((entry) => ({ type: 'sgv', device: 'xDrip', direction: 'Flat', ...entry })));
  const headers = { 'content-type': 'application/json', ...server.secret };
  const answer = await fetch(`${server.url}/api/v1/entries.json`, { method: 'POST', headers, body });
  expect(answer.status).toBe(200);
  await vi.waitUntil(() => server.services.live.data().sgvs.length > 400, { timeout: 30_000 });
});
afterAll(() => server.close());

interface Update {
  readonly sgvs: readonly { mills: number; mgdl: number }[];
  readonly status?: object;
}
const expected = () => server.services.live.data().sgvs.map(({ mills, mgdl }) => [mills, mgdl]);
const shown = ({ sgvs }: Update) => sgvs.map(({ mills, mgdl }) => [mills, mgdl]);

/** Connects below Socket.IO. @returns the first full update, and the bytes that came over the wire until then */
async function firstUpdate(perMessageDeflate: boolean | object): Promise<{ update: Update; bytes: number; extensions: string }> {
  const address = `${server.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`;
  const client = new WebSocket(address, { perMessageDeflate });
  try {
    return await new Promise((resolve, reject) => {
      client.on('error', reject);
      client.on('message', (data) => {
        const text = String(data);
        if (text.startsWith('0')) client.send('40');
        if (text.startsWith('40')) client.send(`42["authorize",${JSON.stringify(AUTHORIZE)}]`);
        if (!text.startsWith('42["dataUpdate"')) return;
        const { bytesRead } = (client as unknown as { _socket: { bytesRead: number } })._socket;
        resolve({ update: (JSON.parse(text.slice(2)) as [string, Update])[1], bytes: bytesRead, extensions: client.extensions });
      });
    });
  } finally {
    client.terminate();
  }
}

describe('the first update', () => {
  it('comes compressed to those who take it, and plain to others', async () => {
    const compressed = await firstUpdate(true);
    const plain = await firstUpdate(false);
    expect(compressed.extensions).toBe('permessage-deflate');
    expect(plain.extensions).toBe('');
    for (const { update } of [compressed, plain]) {
      expect(shown(update)).toEqual(expected());
      expect(update.status).toMatchObject({ status: 'ok' });
    }
    expect(compressed.bytes).toBeLessThan(plain.bytes / 3);
  });

  it('is not compressed for a client with a smaller window, which could not read it', async () => {
    const { bytes } = await firstUpdate(false);
    for (const [bits, isPlain] of [
      [9, true],
      [15, false]
    ] as const) {
      const one = await firstUpdate({ serverMaxWindowBits: bits });
      expect(one.extensions).toBe('permessage-deflate');
      expect(shown(one.update)).toEqual(expected());
      expect(one.bytes > bytes / 2).toBe(isPlain);
    }
  });

  const clients: readonly (readonly [string, () => Socket])[] = [
    ['version 4, websocket', () => io(server.url, { transports: ['websocket'], forceNew: true })],
    ['version 4, polling', () => io(server.url, { transports: ['polling'], forceNew: true })],
    ['version 4, polling and then websocket', () => io(server.url, { forceNew: true })],
    ['version 2, websocket', () => ioV2(server.url, { transports: ['websocket'], forceNew: true }) as unknown as Socket],
    ['version 2, polling', () => ioV2(server.url, { transports: ['polling'], forceNew: true }) as unknown as Socket]
  ];

  it.each(clients)('reaches Socket.IO %s whole, and what changes after it follows', async (_, connect) => {
    const socket = connect();
    try {
      const updates: Update[] = [];
      socket.on('dataUpdate', (update: Update) => updates.push(update));
      socket.on('connect', () => socket.emit('authorize', AUTHORIZE, () => {}));
      await expect.poll(() => updates.length).toBe(1);
      expect(shown(updates[0]!)).toEqual(expected());
      const date = Date.now() - 1000;
      const headers = { 'content-type': 'application/json', ...server.secret };
      const body = JSON.stringify([{ type: 'sgv', sgv: 123, date }]);
      await fetch(`${server.url}/api/v1/entries.json`, { method: 'POST', headers, body });
      await expect.poll(() => updates.at(-1)!.sgvs?.map(({ mills }) => mills)).toEqual([date]);
    } finally {
      socket.close();
    }
  });

  it('is what is true now, also right after a change', async () => {
    await firstUpdate(true);
    const date = Date.now() - 500;
    const headers = { 'content-type': 'application/json', ...server.secret };
    await fetch(`${server.url}/api/v1/entries.json`, {
      method: 'POST',
      headers,
      body: JSON.stringify([{ type: 'sgv', sgv: 99, date }])
    });
    await expect.poll(() => server.services.live.data().sgvs.at(-1)?.mills).toBe(date);
    expect(shown((await firstUpdate(true)).update).at(-1)).toEqual([date, 99]);
  });
});
