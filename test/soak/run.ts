// npm run soak: does the built server stay as it is under a steady load? SOAK_MINUTES=30 SOAK_RATE=50 SOAK_SOCKETS=200
// SOAK_MONGODB_URI: on that (empty) database instead of SQLite. Writes results.md; the exit code says whether a bound broke.
import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { BUILD, PROCESS_SECRET, type Running, startProcess } from '../support/process.ts';
import { clock } from './figures.ts';
import type { Heard, Order } from './listeners.ts';
import { createMemory } from './memory.ts';
import { report } from './report.ts';
import { createSender, type Sender } from './sender.ts';
import { createUploads } from './uploads.ts';
import { verify } from './verify.ts';

const minutes = Number(process.env.SOAK_MINUTES ?? 30);
const rate = Number(process.env.SOAK_RATE ?? 50);
const sockets = Number(process.env.SOAK_SOCKETS ?? 200);
const mongo = process.env.SOAK_MONGODB_URI;
const DAY = 86_400_000;
const secret = createHash('sha1').update(PROCESS_SECRET).digest('hex');

const dataDir = mkdtempSync(join(tmpdir(), 'vigil-soak-'));
const env = { AUTH_DEFAULT_ROLES: 'denied', METRICS: 'on', LOG_LEVEL: 'warn', ...(mongo && { MONGODB_URI: mongo }) };
let server = await startProcess(BUILD, dataDir, env);
const listeners = fork(new URL('listeners.ts', import.meta.url), { execArgv: ['--import', 'tsx'] });
const tell = (order: Order): void => void listeners.send(order);
try {
  process.exitCode = await soak();
} finally {
  listeners.kill();
  await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
}

async function soak(): Promise<0 | 1> {
  const start = Date.now();
  const uploads = createUploads(start);
  const { accessToken, jwt } = await signIn(server);
  const sender = createSender({ url: server.url, secret, jwt });
  const fill = [...uploads.fill()];
  for (let n = 0; n < fill.length; n += 40) await Promise.all(fill.slice(n, n + 40).map((upload) => sender.quietly(upload)));
  tell({ do: 'connect', url: server.url, secret, accessToken, sockets });
  await once(listeners, 'message');
  console.log(`${fill.length} documents stored, ${sockets} sockets connected; ${rate} uploads/s for ${minutes} minutes`);

  const memory = createMemory(server);
  await load(sender, uploads);
  memory.stop();
  tell({ do: 'report' });
  const [heard] = (await once(listeners, 'message')) as [Heard];
  listeners.kill();

  await server.stop();
  const exitCode = server.child.exitCode;
  server = await startProcess(BUILD, dataDir, env);
  const verdict = await verify({ url: server.url, secret }, sender, start - 10 * DAY - (minutes * 60 * rate + 1000) * 61_000);
  sender.close();
  const { text, broken } = report({
    minutes,
    rate,
    store: mongo ? 'MongoDB' : 'SQLite',
    sent: sender.figures(),
    heard,
    memory: memory.summary(),
    verdict,
    exitCode
  });
  console.log(text);
  writeFileSync(new URL('results.md', import.meta.url), text);
  return broken ? 1 : 0;
}

/** Uploads at a steady rate, whether or not the earlier ones were answered; resolves when all are. */
async function load(sender: Sender, uploads: ReturnType<typeof createUploads>): Promise<void> {
  const began = clock();
  const underWay = new Set<Promise<void>>();
  for (let n = 0; n < minutes * 60 * rate; ) {
    for (; began + (n * 1000) / rate <= clock(); n++) {
      const at = began + (n * 1000) / rate;
      const again = sender.again();
      const upload = again ?? uploads.next(Date.now());
      if (!again) tell({ do: 'expect', marker: upload.marker, at, live: upload.live });
      const sending = sender.send(upload, at).finally(() => underWay.delete(sending));
      underWay.add(sending);
    }
    await pause(2);
  }
  await Promise.all(underWay);
}

/** An administrator's subject: its access token and a JWT, which lasts for eight hours. */
async function signIn({ url }: Running): Promise<{ accessToken: string; jwt: string }> {
  const headers = { 'api-secret': secret, 'content-type': 'application/json' };
  const subjects = `${url}/api/v2/authorization/subjects`;
  await fetch(subjects, { method: 'POST', headers, body: JSON.stringify({ name: 'soak', roles: ['admin'] }) });
  const [subject] = (await (await fetch(subjects, { headers })).json()) as { accessToken: string }[];
  const { accessToken } = subject!;
  const grant = await fetch(`${url}/api/v2/authorization/request/${accessToken}`);
  const { token } = (await grant.json()) as { token: string };
  return { accessToken, jwt: token };
}
