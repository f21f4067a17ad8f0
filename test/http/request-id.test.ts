import express from 'express';
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { errorRenderer } from '../../src/http/errors.ts';
import { errorRenderer as v3ErrorRenderer } from '../../src/http/v3/envelope.ts';
import { createLogger } from '../../src/observe/logger.ts';
import { requestLog } from '../../src/observe/request-log.ts';

// D9: a fault of ours is logged once, and whoever reports it can name the line

function site(render: typeof errorRenderer) {
  const lines: Record<string, unknown>[] = [];
  const log = createLogger('info', { write: (line: string) => void lines.push(JSON.parse(line)) });
  const app = express();
  app.use(requestLog(log));
  app.get(['/api/v1/broken', '/api/v3/broken'], () => {
    throw new Error('nobody foresaw this');
  });
  app.use(render(log));
  return { app, lines };
}

describe.each([
  ['v1', errorRenderer, (body: { description?: string }) => /request (\S+)$/.exec(body.description ?? '')?.[1]],
  ['v3', v3ErrorRenderer, (body: { requestId?: string }) => body.requestId]
] as const)('an unexpected failure in %s', (api, render, idIn) => {
  it.each([
    ['an id of our own', undefined],
    ['the id of the proxy', 'edge-4711.a_b:c']
  ])('has %s: in the header, in the answer and in both log lines', async (_, sent) => {
    const { app, lines } = site(render);
    const asked = request(app).get(`/api/${api}/broken`);
    const { status, headers, body } = await (sent ? asked.set('X-Request-Id', sent) : asked);
    const id = headers['x-request-id'];
    expect(status).toBe(500);
    if (sent) expect(id).toBe(sent);
    expect(idIn(body)).toBe(id);
    for (let turn = 0; turn < 50 && lines.length < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(lines.map((line) => [line.level, line.id])).toEqual([
      ['error', id],
      ['info', id]
    ]);
    expect(JSON.stringify(body)).not.toContain('foresaw');
  });
});
