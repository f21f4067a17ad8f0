// Ten sites in one process, as a host would run them; prints its resident memory in MB when they have settled.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const SITES = 10;
const SETTLE_MS = 10_000;

interface Built {
  createServer(config: object): Promise<{ close(): Promise<void> }>;
}
const { createServer } = (await import(new URL('../../dist/server.js', import.meta.url).href)) as Built;
const { readConfig } = (await import(new URL('../../dist/config/read-config.js', import.meta.url).href)) as {
  readConfig(env: Record<string, string>): object;
};

const folder = mkdtempSync(join(tmpdir(), 'vigil-ten-'));
const servers = [];
for (let n = 0; n < SITES; n++) {
  const config = readConfig({
    DATA_DIR: join(folder, String(n)),
    HOSTNAME: '127.0.0.1',
    API_SECRET: `a-secret-of-site-${n}`,
    LOG_LEVEL: 'error'
  });
  servers.push(await createServer({ ...config, port: 0 }));
}
await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
const kb = /VmRSS:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
process.stdout.write(`${Math.round(Number(kb) / 1024)}\n`);
for (const server of servers) await server.close();
rmSync(folder, { recursive: true, force: true });
process.exit(0);
