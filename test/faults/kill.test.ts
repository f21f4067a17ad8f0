import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { mongoUrl } from '../support/mongo.ts';
import { BUILD, PROCESS_SECRET, startProcess } from '../support/process.ts';

// The full drill is ten rounds of 5,000: KILL_ROUNDS=10 KILL_POSTS=5000
const ROUNDS = Number(process.env.KILL_ROUNDS ?? 2);
const POSTS = Number(process.env.KILL_POSTS ?? 600);
const secret = createHash('sha1').update(PROCESS_SECRET).digest('hex');
const agent = new Agent({ keepAlive: true, maxSockets: 50 });

afterAll(() => agent.destroy());

/** Sends one reading; resolves with its `_id` once acknowledged, or undefined when no answer came. */
function post(url: string, date: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const body = JSON.stringify([{ type: 'sgv', sgv: 100, date, device: 'kill-test' }]);
    const req = request(
      `${url}/api/v1/entries.json`,
      { method: 'POST', agent, headers: { 'api-secret': secret, 'content-type': 'application/json' } },
      (res) => {
        let text = '';
        res.on('data', (chunk) => {
          text += chunk;
        });
        res.on('end', () => resolve(res.statusCode === 200 ? JSON.parse(text)[0]._id : undefined));
        res.on('error', () => resolve(undefined));
      }
    );
    req.on('error', () => resolve(undefined));
    req.end(body);
  });
}

async function drill(env: Record<string, string>): Promise<{ acknowledged: number; rounds: number }> {
  const dataDir = mkdtempSync(join(tmpdir(), 'vigil-kill-'));
  const acknowledged = new Map<number, string>();
  const base = Date.now() - 3_600_000;
  try {
    for (let round = 0; round < ROUNDS; round++) {
      const server = await startProcess(BUILD, dataDir, { AUTH_DEFAULT_ROLES: 'denied', ...env });
      // the last third of the burst is still under way when the process dies
      const killAfter = Math.floor(POSTS * (0.3 + (0.4 * round) / ROUNDS));
      let answered = 0;
      let killed: Promise<void> | undefined;
      await Promise.all(
        Array.from({ length: POSTS }, async (_, n) => {
          const date = base + round * POSTS + n;
          const id = await post(server.url, date);
          if (id) acknowledged.set(date, id);
          if (++answered >= killAfter) killed ??= server.stop('SIGKILL');
        })
      );
      await (killed ?? server.stop('SIGKILL'));
    }
    const server = await startProcess(BUILD, dataDir, { AUTH_DEFAULT_ROLES: 'denied', ...env });
    const answer = await fetch(`${server.url}/api/v1/entries.json?find[date][$gte]=${base}&count=100000`, {
      headers: { 'api-secret': secret }
    });
    const entries = (await answer.json()) as { _id: string; date: number }[];
    await server.stop();
    const byDate = new Map(entries.map(({ date, _id }) => [date, _id]));
    expect(byDate.size, 'a reading is stored twice').toBe(entries.length);
    expect(
      [...acknowledged].filter(([date, id]) => byDate.get(date) !== id),
      'acknowledged readings are missing'
    ).toEqual([]);
    return { acknowledged: acknowledged.size, rounds: ROUNDS };
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

describe('kill -9 in the middle of a burst: every acknowledged reading is there afterwards, once', () => {
  it('on SQLite', { timeout: 300_000 }, async () => {
    const { acknowledged } = await drill({});
    expect(acknowledged).toBeGreaterThan(POSTS * 0.2);
  });

  it('on MongoDB', { timeout: 300_000 }, async ({ skip }) => {
    const url = await mongoUrl();
    if (!url) return skip();
    const { acknowledged } = await drill({ MONGODB_URI: `${url}kill_${process.pid}_${Date.now()}` });
    expect(acknowledged).toBeGreaterThan(POSTS * 0.2);
  });
});
