// npm run bench: how fast is Vigil on both stores, beside bare servers and any other one (PEER_URL, PEER_SECRET)? Writes results.md.
import { spawnSync } from 'node:child_process';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import type { Running } from '../support/process.ts';
import { measureGrowth } from './growth.ts';
import { CAN_PIN, pinSelf } from './pin.ts';
import { median } from './rate.ts';
import { measureReads } from './reads.ts';
import { seedDays } from './seed.ts';
import { type Grounds, type Place, prepareGrounds, startVigil } from './servers.ts';
import { enter, type Site } from './site.ts';
import { measureSockets } from './sockets.ts';
import { type Row, render, type Section } from './table.ts';
import { measureWrites } from './writes.ts';

const MINUTE = 60_000;
const QUIET_MS = 30_000;
/** Parts to run, all by default: `BENCH_PARTS=reads,writes`. */
const parts = (process.env.BENCH_PARTS ?? 'start,reads,writes,sockets,memory,growth').split(',');

const bytesOf = (folder: string): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile())
    .reduce((sum, file) => sum + statSync(join(file.parentPath, file.name)).size, 0);

const each = <T, U>(record: Readonly<Record<string, T>>, map: (value: T, column: string) => U): Record<string, U> =>
  Object.fromEntries(Object.entries(record).map(([column, value]) => [column, map(value, column)]));

const quiet = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, QUIET_MS));

async function start(places: readonly Place[], counts: string): Promise<Section> {
  const starts: Record<string, number> = {};
  const bytes: Record<string, number> = {};
  for (const place of places) {
    bytes[place.store] = await place.bytes();
    const times: number[] = [];
    for (let n = 0; n < 5; n++) {
      const trial = await startVigil(place);
      times.push(trial.startMs);
      await trial.stop();
    }
    starts[place.store] = median(times);
  }
  const mb = (value: number): number => value / 1e6;
  return {
    title: 'Start and disk',
    method: `A year of a Loop user: ${counts}. Start: from spawning the process to its first answer, median of five.`,
    rows: [
      {
        name: 'start with a year stored',
        target: '≤ 600 ms',
        figures: each(starts, (ms) => `${ms.toFixed(0)} ms`),
        met: starts.SQLite! <= 600
      },
      {
        name: 'disk for the year',
        target: '≤ 60 MB',
        figures: each(bytes, (b) => `${mb(b).toFixed(1)} MB`),
        met: mb(bytes.SQLite!) <= 60
      }
    ]
  };
}

async function main(): Promise<void> {
  pinSelf();
  const end = Date.now() - 5 * MINUTE;
  const grounds: Grounds = await prepareGrounds(bytesOf);
  const sections: Section[] = [];
  const running: Record<string, Running> = {};
  try {
    const places = grounds.stores.map((store) => grounds.place(store, 'year'));
    let counts = '';
    for (const place of places) counts = await seedDays(place, 365, end);
    if (parts.includes('start')) sections.push(await start(places, counts));

    for (const place of places) running[`Vigil, ${place.store}`] = await startVigil(place);
    await quiet();
    const idle = each(running, (server) => server.rss());
    const sites: Record<string, Site> = {};
    for (const [column, server] of Object.entries(running)) sites[column] = await enter(server.url);
    const { PEER_URL: peer, PEER_SECRET: secret } = process.env;
    if (peer) sites.peer = await enter(peer.replace(/\/$/, ''), secret);

    const [place] = places;
    if (parts.includes('reads')) sections.push(await measureReads(sites, place!.dataDir, end));
    if (parts.includes('writes')) sections.push(await measureWrites(sites, place!.dataDir, end));
    const loaded = each(running, (server) => server.rss());
    const live = parts.includes('sockets') ? await measureSockets(sites, (column) => running[column]?.rss() ?? 0) : undefined;
    if (live) sections.push(live.section);
    await quiet();
    if (parts.includes('memory'))
      sections.push(
        memory(
          idle,
          loaded,
          live?.crowded,
          each(running, (server) => server.rss())
        )
      );
    for (const server of Object.values(running)) await server.stop();
    if (parts.includes('growth')) sections.push(await measureGrowth(grounds, end));
    write(sections);
  } finally {
    for (const server of Object.values(running)) await server.stop();
    await grounds.dispose();
  }
}

type Megabytes = Readonly<Record<string, number>>;

function memory(idle: Megabytes, loaded: Megabytes, crowded: Megabytes | undefined, after: Megabytes): Section {
  const row = (name: string, values: Megabytes, most?: number): Row => ({
    name,
    target: most ? `≤ ${most} MB` : 'watched',
    figures: each(values, (mb) => `${mb} MB`),
    met: most ? values['Vigil, SQLite']! <= most : undefined
  });
  const ten = spawnSync(process.execPath, ['--import', 'tsx', 'test/bench/ten-sites.ts'], { encoding: 'utf8' }).stdout.trim();
  return {
    title: 'Memory',
    method: 'Resident memory of the server process, a year stored.',
    rows: [
      row('idle, half a minute after the start', idle, 90),
      row('at the end of the load above', loaded),
      ...(crowded ? [row('with 1000 sockets', crowded, 160)] : []),
      row('half a minute after all of it', after),
      { name: 'ten sites in one process', target: 'watched', figures: { 'Vigil, SQLite': `${ten} MB` } }
    ]
  };
}

function write(sections: readonly Section[]): void {
  const text = [
    '# Benchmark results',
    '',
    `Written by \`npm run bench\` on ${new Date().toISOString().slice(0, 10)}: Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB. ${CAN_PIN ? 'Each measured server has one core, the load and MongoDB the others.' : 'Servers and load share all cores.'} List answers are kept for a second or until the next change; "never asked before" goes around that.`,
    '',
    ...sections.map(render)
  ].join('\n');
  writeFileSync(new URL('results.md', import.meta.url), text);
  console.log(text);
}

await main();
