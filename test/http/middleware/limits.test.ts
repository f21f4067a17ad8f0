import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../../support/start-server.ts';

describe('guessing tokens (D16)', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.close());

  it('is bounded per client, and says when to come back', async () => {
    const ask = (n: number) => request(server.url).get(`/api/v2/authorization/request/guess-${String(n).padStart(16, '0')}`);
    for (let n = 0; n < 30; n++) await ask(n).expect(401);
    const { status, headers, body } = await ask(30);
    expect(status).toBe(429);
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    expect(body).toMatchObject({ status: 429 });
    // other requests of that client go on
    await request(server.url).get('/api/v1/status.json').expect(200);
  });
});
