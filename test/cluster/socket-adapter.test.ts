import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { createClient } from 'redis';
import { Server } from 'socket.io';
import { io, type Socket } from 'socket.io-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSocketAdapter, type SocketAdapter } from '../../src/cluster/socket-adapter.ts';
import { haveRedis, OwnRedis } from '../support/redis.ts';
import { until } from './kit.ts';

// issue 5, item 8: Socket.IO's own Redis adapter; broadcasts of ours are local, what asks or moves sockets reaches all

describe.runIf(haveRedis)('Socket.IO over Redis', () => {
  let redis: OwnRedis;
  let servers: { io: Server; adapter: SocketAdapter; url: string }[];
  let client: Socket;

  beforeEach(async () => {
    redis = await OwnRedis.launch();
    servers = [];
    for (let i = 0; i < 2; i++) {
      const adapter = await createSocketAdapter(createClient, { url: redis.url, key: 'test:io', log: pino({ level: 'silent' }) });
      const http = createServer().listen(0, '127.0.0.1');
      await new Promise((resolve) => http.once('listening', resolve));
      servers.push({
        io: new Server(http, { adapter: adapter.adapter }),
        adapter,
        url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`
      });
    }
    client = io(servers[1]!.url, { transports: ['websocket'], forceNew: true });
    await new Promise<void>((resolve) => client.on('connect', () => resolve()));
  });
  afterEach(async () => {
    client.close();
    for (const { io: server, adapter } of servers) {
      await server.close();
      await adapter.close();
    }
    await redis.kill();
  });

  it('sockets of another process are found and disconnected', async () => {
    const { io: a } = servers[0]!;
    await until(async () => (await a.fetchSockets()).some(({ id }) => id === client.id), 'the socket');
    a.disconnectSockets();
    await until(() => client.disconnected, 'the farewell');
  });

  it('a local broadcast stays here, and a Redis that is away breaks nothing', async () => {
    const heard: string[] = [];
    client.on('word', (word) => heard.push(word));
    servers[0]!.io.local.emit('word', 'of a');
    servers[1]!.io.local.emit('word', 'of b');
    await until(() => heard.length > 0, 'the word');
    await redis.kill();
    servers[0]!.io.emit('word', 'lost');
    servers[1]!.io.emit('word', 'to its own');
    await until(() => heard.length > 1, 'the second word');
    expect(heard).toEqual(['of b', 'to its own']);
  });
});
