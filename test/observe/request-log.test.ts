import express from 'express';
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { createLogger } from '../../src/observe/logger.ts';
import { requestId, requestLog } from '../../src/observe/request-log.ts';

function site(level: 'debug' | 'info') {
  const lines: Record<string, unknown>[] = [];
  let ticks = 0;
  const app = express();
  app.use(requestLog(createLogger(level, { write: (line: string) => void lines.push(JSON.parse(line)) }), () => (ticks += 12)));
  app.get('/ok', (req, res) => void res.json({ onRequest: (req as { id?: string }).id, onResponse: requestId(res) }));
  app.get('/broken', (_, res) => void res.status(500).end());
  return { app, lines };
}

/** The line is written when the connection has let go of the answer, a turn after the client has it. */
async function settled<T>(lines: T[]): Promise<T[]> {
  for (let turn = 0; turn < 50 && lines.length === 0; turn++) await new Promise((resolve) => setImmediate(resolve));
  return lines;
}

describe('request log', () => {
  it('gives each request an id, on request and answer alike', async () => {
    const { app } = site('info');
    const [a, b] = await Promise.all([request(app).get('/ok'), request(app).get('/ok')]);
    expect(a.headers['x-request-id']).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-z]+$/);
    expect(a.body).toEqual({ onRequest: a.headers['x-request-id'], onResponse: a.headers['x-request-id'] });
    expect(b.headers['x-request-id']).not.toBe(a.headers['x-request-id']);
  });

  it.each([
    ['a proxy’s id is kept', 'edge:4f2a.1-b_C', true],
    ['an overlong one is not', 'a'.repeat(65), false],
    ['nor one with other characters', 'a b<c>', false]
  ])('%s', async (_, sent, kept) => {
    const { headers } = await request(site('info').app).get('/ok').set('X-Request-Id', sent);
    expect(headers['x-request-id'] === sent).toBe(kept);
    expect(headers['x-request-id']).toBeTruthy();
  });

  it('logs method, address without secrets, status and milliseconds at debug', async () => {
    const { app, lines } = site('debug');
    await request(app).get('/ok?token=tok-value-1&count=2').set('X-Request-Id', 'abc');
    expect(await settled(lines)).toEqual([
      {
        level: 'debug',
        time: expect.any(String),
        id: 'abc',
        method: 'GET',
        path: '/ok?token=[redacted]&count=2',
        status: 200,
        ms: 12,
        msg: 'request'
      }
    ]);
  });

  it('at info only speaks of failures of its own', async () => {
    const { app, lines } = site('info');
    await request(app).get('/ok');
    await request(app).get('/missing');
    await request(app).get('/broken');
    expect((await settled(lines)).map(({ path, status }) => [path, status])).toEqual([['/broken', 500]]);
  });
});

describe('probes', () => {
  it('stay out of the log at info, also while they say 503', async () => {
    const lines: Record<string, unknown>[] = [];
    const app = express();
    app.use(requestLog(createLogger('info', { write: (line: string) => void lines.push(JSON.parse(line)) })));
    app.use((_, res) => void res.status(503).end());
    for (const path of ['/healthz', '/readyz', '/readyz?x=1', '/readyzz']) await request(app).get(path);
    expect((await settled(lines)).map(({ path }) => path)).toEqual(['/readyzz']);
  });
});
