import { io, type Socket } from 'socket.io-client';
import { describe, expect, it } from 'vitest';
import { createMetrics } from '../../src/observe/metrics.ts';
import { startServer } from '../support/start-server.ts';

const connected = (socket: Socket): Promise<Socket> =>
  new Promise((resolve) => void socket.once('connect', () => resolve(socket)));

describe('metrics of a site', () => {
  it('sockets by namespace and transport, as long as they are there', async () => {
    const server = await startServer({ METRICS: 'on' });
    const open = (namespace: string, transport: string) =>
      connected(io(server.url + namespace, { transports: [transport], forceNew: true }));
    const sockets = await Promise.all([
      open('/', 'websocket'),
      open('/', 'websocket'),
      open('/', 'polling'),
      open('/alarm', 'websocket')
    ]);
    try {
      const lines = async () =>
        (await (await fetch(`${server.url}/metrics`)).text()).split('\n').filter((line) => line.startsWith('vigil_sockets{'));
      // a client of another namespace is in no other
      expect((await lines()).sort()).toEqual([
        'vigil_sockets{namespace="/",transport="polling"} 1',
        'vigil_sockets{namespace="/",transport="websocket"} 2',
        'vigil_sockets{namespace="/alarm",transport="websocket"} 1'
      ]);
      sockets[0]!.close();
      while ((await lines()).some((line) => line.endsWith(' 2')));
      expect(await lines()).toContain('vigil_sockets{namespace="/",transport="websocket"} 1');
    } finally {
      for (const socket of sockets) socket.close();
      await server.close();
    }
  });

  it('deliveries to push services, by channel and outcome', async () => {
    const metrics = createMetrics();
    const stats = { queued: 3, delivered: 10, failures: 2, refused: 1, dropped: 0, withdrawn: 4 };
    metrics.watch({
      live: { data: () => ({ dbstats: { dataSize: 5, indexSize: 6 } }) as never, state: () => 'booting' },
      deliveries: () => ({ ntfy: stats }),
      sockets: () => []
    });
    for (let n = 0; n < 2; n++) {
      const { body } = await metrics.render();
      expect(body).toContain('vigil_alarm_deliveries_total{channel="ntfy",outcome="delivered"} 10\n');
      expect(body).toContain('vigil_alarm_deliveries_total{channel="ntfy",outcome="withdrawn"} 4\n');
      expect(body).toContain('vigil_outbox_depth{channel="ntfy"} 3\n');
      expect(body).toContain('vigil_storage_size_bytes{part="indexes"} 6\n');
      expect(body).toContain('vigil_live_loaded 0\n');
    }
    metrics.close();
  });
});
