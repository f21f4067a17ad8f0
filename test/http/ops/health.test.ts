import express from 'express';
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { Refusal } from '../../../src/errors.ts';
import { healthz, readyz } from '../../../src/http/ops/health.ts';
import { createLifecycle } from '../../../src/lifecycle.ts';
import { startServer } from '../../support/start-server.ts';

type Deps = Parameters<typeof readyz>[0];

function site(ping: () => Promise<void>, state: 'booting' | 'loaded' = 'loaded') {
  const lifecycle = createLifecycle();
  const deps = { storage: { ping }, live: { state: () => state }, lifecycle } as unknown as Deps;
  const app = express().get('/healthz', healthz).get('/readyz', readyz(deps));
  return { app, lifecycle };
}

describe('GET /readyz', () => {
  it('200 when the database answers', async () => {
    const { status, body, headers } = await request(site(async () => undefined).app).get('/readyz');
    expect([status, body, headers['cache-control']]).toEqual([200, { status: 'ok' }, 'no-store']);
  });

  it.each([
    ['the database is away', 'storage', site(() => Promise.reject(new Refusal('storage-away', 'mongodb://u:p@host is away')))],
    ['the database says nothing at all', 'storage', site(() => new Promise(() => undefined))],
    ['the recent past is not loaded', 'starting', site(async () => undefined, 'booting')]
  ])('503 while %s: a reason and no details', async (_, reason, { app }) => {
    const began = performance.now();
    const { status, body, headers } = await request(app).get('/readyz');
    expect([status, body, headers['retry-after']]).toEqual([503, { status: 'unavailable', reason }, '5']);
    expect(performance.now() - began).toBeLessThan(20_000);
    expect((await request(app).get('/healthz')).status).toBe(200);
  });

  it('503 once the server is to stop, while it is still alive', async () => {
    const { app, lifecycle } = site(async () => undefined);
    lifecycle.close();
    expect((await request(app).get('/readyz')).body).toEqual({ status: 'unavailable', reason: 'closing' });
    expect((await request(app).get('/healthz')).body).toEqual({ status: 'ok' });
  });

  it('asks the database once for many who ask at the same time', async () => {
    let pings = 0;
    let answer!: () => void;
    const { app } = site(() => {
      pings += 1;
      return new Promise((resolve) => {
        answer = resolve;
      });
    });
    const server = app.listen(0);
    const url = `http://127.0.0.1:${(server.address() as { port: number }).port}/readyz`;
    let asked = 0;
    server.on('request', () => ++asked === 10 && setImmediate(() => answer()));
    const all = await Promise.all(Array.from({ length: 10 }, () => fetch(url).then(({ status }) => status)));
    server.close();
    expect([pings, new Set(all)]).toEqual([1, new Set([200])]);
  });
});

describe('on a site that sends visitors to https', () => {
  it('the probes answer over plain http, and everything else does not', async () => {
    const server = await startServer({ INSECURE_USE_HTTP: 'false', AUTH_DEFAULT_ROLES: 'denied' });
    try {
      const status = async (path: string): Promise<number> => (await fetch(server.url + path, { redirect: 'manual' })).status;
      expect(await Promise.all(['/healthz', '/readyz', '/healthz?x=1', '/api/v1/status.json'].map(status))).toEqual([
        200, 200, 200, 307
      ]);
    } finally {
      await server.close();
    }
  });
});
