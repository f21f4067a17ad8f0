// npm run bench: how fast is Vigil beside a bare Express app, in one run, with a year of data stored? Writes results.md.
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { createSqliteStorage } from '../../src/storage/sqlite/sqlite.ts';
import { BUILD, type Running, startProcess } from '../support/process.ts';
import { startBare } from './bare-process.ts';
import { compare, METHOD, median, neverAsked, posting } from './compare.ts';
import { type Latency, latency } from './latency.ts';
import { seedYear } from './seed.ts';
import { enter, type Site } from './site.ts';

const MINUTE = 60_000;
const rows: string[] = [];
const row = (name: string, target: string, figure: string, met: boolean | undefined): void => {
  console.log(name, figure);
  rows.push(`| ${name} | ${target} | ${figure} | ${met === undefined ? '' : met ? 'yes' : 'no'} |`);
};
type Comparison = Awaited<ReturnType<typeof compare>>;
const share = (name: string, least: number | undefined, { ours, bare, ratio, p99 }: Comparison): void =>
  row(
    name,
    least === undefined ? 'watched' : `≥ ${least * 100} %`,
    `${ours.toFixed(0)}/s, bare ${bare.toFixed(0)}/s: **${(ratio * 100).toFixed(0)} %**, p99 ${p99} ms`,
    least === undefined ? undefined : ratio >= least
  );
const delay = (name: string, most: { p50: number; p99?: number }, { p50, p99 }: Latency): void =>
  row(
    name,
    `p50 ≤ ${most.p50} ms${most.p99 ? `, p99 ≤ ${most.p99} ms` : ''}`,
    `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`,
    p50 <= most.p50 && (most.p99 === undefined || p99 <= most.p99)
  );

/** What is read, by whom, and how much of a bare route's rate it should reach. */
const READS = [
  ['v1 latest 10 entries', '/api/v1/entries.json?count=10', 'secret', 0.6],
  ['v1 a day of sgv (288)', '/api/v1/entries/sgv.json?count=288', 'secret', undefined],
  ['v1 latest 100 treatments', '/api/v1/treatments.json?count=100', 'secret', undefined],
  ['v1 latest 10 device statuses', '/api/v1/devicestatus.json?count=10', 'secret', undefined],
  ['v2 properties', '/api/v2/properties', 'secret', 0.6],
  ['v3 search of 100 entries', '/api/v3/entries?sort$desc=date&limit=100', 'bearer', 0.4],
  ['v3 HISTORY of 100 treatments', '/api/v3/treatments/history/946684800001?limit=100', 'bearer', 0.4]
] as const;

/** A reading a minute over the last two days, over and over: what the live state really holds. */
const slot = (end: number, n: number): number => end - (n % 2880) * MINUTE + 7;
const entry = (end: number) => (n: number) => [
  {
    type: 'sgv',
    sgv: 100 + (n % 90),
    date: slot(end, n),
    dateString: new Date(slot(end, n)).toISOString(),
    device: 'bench',
    direction: 'Flat'
  }
];
const tempBasal = (end: number) => (n: number) => [
  {
    eventType: 'Temp Basal',
    created_at: new Date(slot(end, n)).toISOString(),
    rate: n / 100,
    absolute: n / 100,
    duration: 30,
    enteredBy: 'loop://iPhone',
    syncIdentifier: `bench${n % 2880}`
  }
];
const v3Entry = (end: number) => (n: number) => ({
  type: 'sgv',
  sgv: 100,
  date: end - 40 * 1440 * MINUTE + n * 7,
  utcOffset: 0,
  app: 'AAPS',
  device: 'bench',
  isValid: true
});

async function reads(site: Site, folder: string): Promise<Awaited<ReturnType<typeof startBare>>> {
  const headersOf = (who: 'secret' | 'bearer') => ({ accept: 'application/json', ...site[who] });
  const bodies: Record<string, { type: string; body: string }> = {};
  for (const [n, [, path, who]] of READS.entries())
    bodies[`/${n}`] = { type: 'json', body: await (await fetch(site.url + path, { headers: headersOf(who) })).text() };
  const bare = await startBare(folder, bodies);
  for (const [n, [name, path, who, least]] of READS.entries())
    share(`GET ${name}`, least, await compare({ url: site.url + path, headers: headersOf(who) }, { url: `${bare.url}/${n}` }));
  for (const n of [0, 2, 5] as const) {
    const [name, path, who] = READS[n];
    if (who === 'bearer') continue; // v3 takes every parameter for a filter
    share(
      `GET ${name}, never asked before`,
      undefined,
      await compare(neverAsked(site.url, path, headersOf(who)), { url: `${bare.url}/${n}` })
    );
  }
  return bare;
}

async function writes(site: Site, bare: string, end: number): Promise<void> {
  const echo = `${bare}/echo`;
  share(
    'POST one v1 entry, durable',
    0.35,
    await compare(posting(`${site.url}/api/v1/entries.json`, entry(end), site.secret), posting(echo, entry(end), {}))
  );
  share(
    'POST one v1 treatment, durable',
    0.35,
    await compare(posting(`${site.url}/api/v1/treatments.json`, tempBasal(end), site.secret), posting(echo, tempBasal(end), {}))
  );
  share(
    'POST one v3 entry, durable',
    0.3,
    await compare(posting(`${site.url}/api/v3/entries`, v3Entry(end), site.bearer), posting(echo, v3Entry(end), {}))
  );
}

async function latencies(site: Site): Promise<void> {
  const base = Date.now() - 90 * MINUTE;
  const hasMills = (data: { sgvs?: { mills: number }[] }, n: number) =>
    data.sgvs?.some(({ mills }) => mills === base + n * 1000) ?? false;
  const upload = (n: number) =>
    site.send('POST', '/api/v1/entries.json', [{ type: 'sgv', sgv: 100 + (n % 50), date: base + n * 1000 }], site.secret);
  delay('v1 upload → root dataUpdate', { p50: 20, p99: 100 }, await latency(site.root, ['dataUpdate'], 200, upload, hasMills));
  const notes =
    (door: string) =>
    ({ doc }: { doc?: { notes?: string } }, n: number) =>
      doc?.notes === `${door} ${n}`;
  // each door in a stretch of time of its own, so that nothing counts as a repeat
  const note = (door: string, at: number, n: number) => ({
    eventType: 'Note',
    notes: `${door} ${n}`,
    created_at: new Date(at).toISOString()
  });
  const overV1 = (n: number) => site.send('POST', '/api/v1/treatments.json', note('v1', base - n * 1000, n), site.secret);
  delay('v1 write → /storage', { p50: 20 }, await latency(site.storage, ['create'], 200, overV1, notes('v1')));
  const overV3 = (n: number) => {
    const date = base - 20 * MINUTE - n * 1000;
    return site.send('POST', '/api/v3/treatments', { ...note('v3', date, n), date, app: 'bench', utcOffset: 0 }, site.bearer);
  };
  delay('v3 write → /storage', { p50: 20 }, await latency(site.storage, ['create'], 200, overV3, notes('v3')));
  const dbAdd = (n: number) =>
    new Promise((resolve) =>
      site.root.emit('dbAdd', { collection: 'treatments', data: note('root', base - 60 * MINUTE - n * 10_000, n) }, resolve)
    );
  delay(
    'dbAdd → /storage (40, below the rate limit)',
    { p50: 20 },
    await latency(site.storage, ['create'], 40, dbAdd, notes('root'))
  );
  const alarming = { at: Date.now() + 1000 };
  const high = (n: number) =>
    site.send('POST', '/api/v1/entries.json', [{ type: 'sgv', sgv: 300 + n, date: alarming.at - (40 - n) * 500 }], site.secret);
  const spaced = async (n: number) => {
    // alarms are worked out at most four times a second; one at a time is what an uploader causes
    await new Promise((resolve) => setTimeout(resolve, 300));
    return high(n);
  };
  const alarms = await latency(site.alarm, ['urgent_alarm', 'alarm'], 40, spaced, ({ message }: { message: string }, n) =>
    message.includes(String(300 + n))
  );
  delay('upload → alarm event', { p50: 50 }, { p50: alarms.p50 - 300, p99: alarms.p99 - 300 });
}

/** A day of one uploader and five followers: 288 readings, statuses and doses, and a poll a minute each. */
async function aDay(site: Site, end: number): Promise<void> {
  for (let n = 0; n < 288; n++) {
    await site.send('POST', '/api/v1/entries.json', entry(end)(n * 5), site.secret);
    await site.send('POST', '/api/v1/treatments.json', tempBasal(end)(n * 5), site.secret);
    await site.send(
      'POST',
      '/api/v1/devicestatus.json',
      [{ device: 'loop://iPhone', created_at: new Date(slot(end, n * 5)).toISOString(), pump: { reservoir: n } }],
      site.secret
    );
    for (let poll = 0; poll < 25; poll++)
      await (await fetch(`${site.url}/api/v1/entries.json?count=10&rr=${n}${poll}`, { headers: site.secret })).arrayBuffer();
  }
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'vigil-bench-'));
  const file = join(folder, 'vigil.db');
  const end = Date.now() - 5 * MINUTE;
  let server: Running | undefined;
  let site: Site | undefined;
  let bare: Awaited<ReturnType<typeof startBare>> | undefined;
  try {
    const storage = createSqliteStorage({ file });
    const counts = await seedYear(storage, end);
    await storage.close();
    const disk = Math.round(statSync(file).size / 1e6);

    const starts: number[] = [];
    for (let n = 0; n < 3; n++) {
      const trial = await startProcess(BUILD, folder);
      starts.push(trial.startMs);
      await trial.stop();
    }
    row('start to first answer', '≤ 1000 ms', `${median(starts).toFixed(0)} ms`, median(starts) <= 1000);

    const env = {
      SOCKET_WRITE_BURST: '50',
      ENABLE: 'careportal iob cob simplealarms',
      ALARM_TYPES: 'simple',
      DISABLE: 'ar2 treatmentnotify'
    };
    server = await startProcess(BUILD, folder, env);
    const fresh = server.rss();
    site = await enter(server.url);
    await aDay(site, end);
    const busy = server.rss();
    await new Promise((resolve) => setTimeout(resolve, 30_000));
    row(
      'resident memory after a day of traffic',
      '≤ 120 MB',
      `**${server.rss()} MB** half a minute later (${fresh} MB at start, ${busy} MB at the end of a day squeezed into seconds)`,
      server.rss() <= 120
    );

    bare = await reads(site, folder);
    await writes(site, bare.url, end);
    await latencies(site);
    row('resident memory after all of this', 'watched', `${server.rss()} MB`, undefined);

    const stored = Object.entries(counts)
      .map(([name, count]) => `${count} ${name}`)
      .join(', ');
    const lines = [
      '# Benchmark results',
      '',
      `Written by \`npm run bench\` on ${new Date().toISOString().slice(0, 10)}: Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB.`,
      `SQLite with a year stored (${stored}; ${disk} MB). "Bare" is an Express app that sends the same bytes, or reads a JSON body and sends it back. ${METHOD}`,
      'List answers are kept for a second or until the next change (`src/http/page-cache.ts`); the rows "never asked before" go around that.',
      '',
      '| case | target | figure | met |',
      '|---|---|---|---|',
      ...rows,
      ''
    ];
    writeFileSync(new URL('results.md', import.meta.url), lines.join('\n'));
    console.log(lines.join('\n'));
  } finally {
    site?.close();
    bare?.stop();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

await main();
