// Several sites in one process, as a host would run them; prints its resident memory in MB when they have settled.
import { readFileSync } from 'node:fs';
import { built } from './built.ts';

const SETTLE_MS = 10_000;

const envs = JSON.parse(process.argv[2]!) as Record<string, string>[];
const { createServer, readConfig } = await built();
const servers = [];
for (const [n, env] of envs.entries())
  servers.push(
    await createServer({
      ...readConfig({ ...env, HOSTNAME: '127.0.0.1', API_SECRET: `a-secret-of-site-${n}`, LOG_LEVEL: 'error' }),
      port: 0
    })
  );
await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
const kb = /VmRSS:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
process.stdout.write(`${Math.round(Number(kb) / 1024)}\n`);
for (const server of servers) await server.close();
process.exit(0);
