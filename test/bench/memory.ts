import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { asking, reads, UPLOADS, uploading } from './cases.ts';
import type { Grounds } from './grounds.ts';
import type { Part } from './part.ts';
import type { Store } from './place.ts';
import { rateOnceThere } from './rate.ts';
import { contendersOf, type Served, serve, stopAll, YEAR } from './servers.ts';
import { CHANNELS, gather, toTheLast } from './sockets.ts';
import { mapped, type Row, type Section, verdicts } from './table.ts';

const QUIET_MS = 30_000;
const SOCKETS = 1000;
const BROADCASTS = 20;
const SITES = 10;
const MINUTE = 60_000;

export const MEMORY: Part = { name: 'memory', amounts: [YEAR], measure };

const quiet = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, QUIET_MS));

/** Resident memory of a server from its start through a load and a crowd of sockets. */
async function measure(grounds: Grounds): Promise<Section> {
  const served = await serve(contendersOf(grounds).filter(({ start }) => start));
  const rss = (): Record<string, number> => mapped(served, ({ running }) => running!.rss());
  try {
    await quiet();
    const idle = rss();
    const crowded = await withSockets(served);
    await quiet();
    const left = rss();
    for (const one of Object.values(served)) await load(one, grounds.end);
    const loaded = rss();
    await quiet();
    const settled = rss();
    return {
      title: 'Memory',
      method: `Resident memory of the server process, a year stored. Load: every case of reading and storing for a second, one after the other. Sockets: ${SOCKETS} that read, half a minute after the start, after ${BROADCASTS} uploads.`,
      rows: [
        row('idle, half a minute after the start', idle, 90),
        row(`with ${SOCKETS} sockets`, crowded, 160),
        row('half a minute after the sockets left', left),
        row('at the end of the load', loaded),
        row('half a minute after the load', settled),
        row(
          `${SITES} empty sites in one process`,
          Object.fromEntries(grounds.stores.map((store) => [`Vigil, ${store}`, tenSites(grounds, store)]))
        )
      ]
    };
  } finally {
    await stopAll(served);
  }
}

function row(name: string, values: Readonly<Record<string, number>>, most?: number): Row {
  console.log(name, JSON.stringify(values));
  return {
    name,
    target: most ? `≤ ${most} MB` : 'watched',
    figures: mapped(values, (mb) => `${mb} MB`),
    met: verdicts(values, most === undefined ? undefined : (mb) => mb <= most)
  };
}

async function load({ site, running }: Served, end: number): Promise<void> {
  const pid = running?.child.pid;
  for (const read of reads(end))
    await rateOnceThere(read.name, { options: await asking(site.url, read.path, { ...read, unseen: true }, site), pid });
  for (const upload of UPLOADS) await rateOnceThere(upload.name, { options: uploading(upload, site, end), pid });
}

async function withSockets(served: Readonly<Record<string, Served>>): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  const [channel] = CHANNELS;
  for (const [column, { site, running }] of Object.entries(served)) {
    const sockets = await gather(site, channel!, SOCKETS);
    const base = Date.now() - 30 * MINUTE;
    for (let n = 0; n < BROADCASTS; n++) await toTheLast(sockets, channel!, site, base, n);
    found[column] = running!.rss();
    for (const socket of sockets) socket.close();
  }
  return found;
}

function tenSites(grounds: Grounds, store: Store): number {
  const places = Array.from({ length: SITES }, (_, n) => grounds.empty(store, `ten${n}`));
  const envs = places.map(({ dataDir, env }) => ({ ...env, DATA_DIR: dataDir }));
  const script = join('test', 'bench', 'ten-sites.ts');
  const { stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', script, JSON.stringify(envs)], { encoding: 'utf8' });
  if (!Number(stdout)) throw new Error(`ten sites did not start: ${stderr}`);
  return Number(stdout);
}
