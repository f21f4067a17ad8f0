// npm run bench: how fast is Vigil beside a bare Express app, in one run, with a year of data stored? Writes results.md.
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import autocannon from 'autocannon';
import { createSqliteStorage } from '../../src/storage/sqlite/sqlite.ts';
import { BUILD, PROCESS_SECRET, type Running, startProcess } from '../support/process.ts';
import { startBare } from './bare-process.ts';
import { latency } from './latency.ts';
import { seedYear } from './seed.ts';

const SECONDS = Number(process.env.BENCH_SECONDS ?? 4);
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);
const secret = createHash('sha1').update(PROCESS_SECRET).digest('hex');
const median = (values: number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
const round = (value: number, digits = 0): string => value.toFixed(digits);

async function rate(options: autocannon.Options): Promise<{ perSecond: number; p99: number }> {
  const result = await autocannon({ connections: 10, duration: SECONDS, ...options });
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${options.url}: ${result.non2xx} refused, ${result.errors} errors`);
  return { perSecond: result.requests.average, p99: result.latency.p99 };
}

/** Ours and the bare one in turn, so that a machine that slows down slows both. */
async function compare(
  ours: autocannon.Options,
  bare: autocannon.Options
): Promise<{ ours: number; bare: number; ratio: number; p99: number }> {
  const pairs = [];
  for (let n = 0; n < ROUNDS; n++) pairs.push([await rate(ours), await rate(bare)] as const);
  return {
    ours: median(pairs.map(([a]) => a.perSecond)),
    bare: median(pairs.map(([, b]) => b.perSecond)),
    ratio: median(pairs.map(([a, b]) => a.perSecond / b.perSecond)),
    p99: median(pairs.map(([a]) => a.p99))
  };
}

let sequence = 0;
const posting = (
  url: string,
  path: string,
  body: (n: number) => unknown,
  headers: Record<string, string>
): autocannon.Options => ({
  url: `${url}${path}`,
  method: 'POST',
  headers: { 'content-type': 'application/json', ...headers },
  requests: [{ setupRequest: (request) => ({ ...request, body: JSON.stringify(body(++sequence)) }) }]
});

async function main(): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'vigil-bench-'));
  const rows: string[] = [];
  const row = (name: string, target: string, figure: string, met: boolean) =>
    rows.push(`| ${name} | ${target} | ${figure} | ${met ? 'yes' : 'no'} |`);
  let server: Running | undefined;
  let bare: Awaited<ReturnType<typeof startBare>> | undefined;
  try {
    const file = join(dataDir, 'vigil.db');
    const storage = createSqliteStorage({ file });
    const end = Date.now() - 300_000;
    const counts = await seedYear(storage, end);
    await storage.close();
    const disk = Math.round(statSync(file).size / 1e6);
    console.log('seeded', counts, `${disk} MB`);

    const starts: number[] = [];
    for (let n = 0; n < 3; n++) {
      const trial = await startProcess(BUILD, dataDir);
      starts.push(trial.startMs);
      await trial.stop();
    }
    row('start to first answer, a year stored', '≤ 1000 ms', `${round(median(starts))} ms`, median(starts) <= 1000);

    server = await startProcess(BUILD, dataDir);
    const { url } = server;
    const idle = server.rss();
    const read = async (path: string) => (await fetch(url + path, { headers: { accept: 'application/json' } })).text();
    const reads: [string, string, string, number | undefined][] = [
      ['latest 10 entries', '/api/v1/entries.json?count=10', '≥ 60 % of bare', 0.6],
      ['a day of sgv (288)', '/api/v1/entries/sgv.json?count=288', 'watched', undefined],
      ['latest 100 treatments', '/api/v1/treatments.json?count=100', 'watched', undefined],
      ['latest 10 device statuses', '/api/v1/devicestatus.json?count=10', 'watched', undefined]
    ];
    const bodies = Object.fromEntries(
      await Promise.all(reads.map(async ([, path], n) => [`/${n}`, { type: 'json', body: await read(path) }]))
    );
    bare = await startBare(dataDir, bodies);
    for (const [n, [name, path, target, least]] of reads.entries()) {
      const got = await compare({ url: url + path, headers: { accept: 'application/json' } }, { url: `${bare.url}/${n}` });
      row(
        `GET ${name}`,
        target,
        `${round(got.ours)}/s, bare ${round(got.bare)}/s: **${round(got.ratio * 100)} %**`,
        least === undefined || got.ratio >= least
      );
    }

    // readings a minute apart over the last two days, over and over: what the live state really holds
    const slot = (n: number) => end - (n % 2880) * 60_000 + 7;
    const entry = (n: number) => [
      {
        type: 'sgv',
        sgv: 100 + (n % 90),
        date: slot(n),
        dateString: new Date(slot(n)).toISOString(),
        device: 'bench',
        direction: 'Flat'
      }
    ];
    const note = (n: number) => [
      {
        eventType: 'Temp Basal',
        created_at: new Date(slot(n)).toISOString(),
        rate: n / 100,
        absolute: n / 100,
        duration: 30,
        enteredBy: 'bench',
        syncIdentifier: `bench${n % 2880}`
      }
    ];
    for (const [name, path, body] of [
      ['entry', '/api/v1/entries.json', entry],
      ['treatment', '/api/v1/treatments.json', note]
    ] as const) {
      const got = await compare(posting(url, path, body, { 'api-secret': secret }), posting(bare.url, '/echo', body, {}));
      row(
        `POST one ${name}, durable, 10 clients`,
        '≥ 35 % of a JSON echo',
        `${round(got.ours)}/s, echo ${round(got.bare)}/s: **${round(got.ratio * 100)} %**, p99 ${round(got.p99)} ms`,
        got.ratio >= 0.35
      );
    }

    const heard = await latency(url, secret, 300);
    row(
      'upload → root dataUpdate',
      'p50 ≤ 20 ms, p99 ≤ 100 ms',
      `p50 ${round(heard.p50, 1)} ms, p99 ${round(heard.p99, 1)} ms`,
      heard.p50 <= 20 && heard.p99 <= 100
    );
    row('resident memory, a year stored', '≤ 120 MB', `idle ${idle} MB, after the above ${server.rss()} MB`, server.rss() <= 120);

    const lines = [
      '# Benchmark results',
      '',
      `Written by \`npm run bench\` on ${new Date().toISOString().slice(0, 10)}: Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB.`,
      `SQLite with a year stored (${Object.entries(counts)
        .map(([name, count]) => `${count} ${name}`)
        .join(', ')}; ${disk} MB on disk). Ratios are medians of ${ROUNDS} pairs run in turn, ${SECONDS} s each, 10 connections.`,
      '',
      '| case | target | figure | met |',
      '|---|---|---|---|',
      ...rows,
      ''
    ];
    writeFileSync(new URL('results.md', import.meta.url), lines.join('\n'));
    console.log(lines.join('\n'));
  } finally {
    bare?.stop();
    await server?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

await main();
