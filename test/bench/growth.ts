import { asking, pollsOf, type Read, reads, UPLOADS, type Upload, uploading } from './cases.ts';
import { thousandEntries, v3Entry } from './documents.ts';
import type { Grounds } from './grounds.ts';
import type { Part } from './part.ts';
import type { Store } from './place.ts';
import { type Race, type Runner, race, rateText } from './rate.ts';
import { startVigil } from './servers.ts';
import { enter, type Site } from './site.ts';
import { mapped, type Row, type Section } from './table.ts';

/** Five years at the server's own quality would take a quarter of an hour to compress; the year is there for other parts, too. */
const AGES = [
  { name: '1 month', days: 30 },
  { name: '1 year', days: 365 },
  { name: '5 years', days: 5 * 365, quality: 3 }
] as const;
const [MONTH, , YEARS] = AGES;
const CROWDS = [1, 4, 16] as const;
/** Five years may cost this much more than a month. */
const MOST = 1.3;
const ROUNDS = 3;
const SECONDS = 0.4;
/** A round of backfills: with 16 clients one of them takes a second. */
const BACKFILL_SECONDS = 2;
/** The old range must lie within the month, and in the archive. */
const OLD_DAYS = 20;
/** Backfills lie before everything that is stored. */
const BEFORE_ALL_DAYS = 2000;

export const GROWTH: Part = { name: 'growth', amounts: AGES, measure };

interface Aged {
  readonly site: Site;
  readonly pid: number;
}

/** Answer times of what apps ask all day, with a month, a year and five years stored. */
async function measure(grounds: Grounds): Promise<Section> {
  const rows: Row[] = [];
  for (const store of grounds.stores) {
    const running = [];
    try {
      const aged: Record<string, Aged> = {};
      for (const age of AGES) {
        const server = await startVigil(grounds.place(store, age));
        running.push(server);
        aged[age.name] = { site: await enter(server.url), pid: server.child.pid! };
      }
      for (const [name, runnersOf] of casesOf(grounds.end))
        for (const crowd of CROWDS) rows.push(rowOf(store, name, crowd, await race(await runnersOf(aged, crowd), ROUNDS)));
    } finally {
      for (const server of running) await server.stop();
    }
  }
  return {
    title: 'Growth',
    method: `Answers per second (median and 99th percentile of the answer time, CPU time of the server process per answer) of questions no cache knows (but for 304 polls), ${ROUNDS} rounds of ${SECONDS} s (backfills ${BACKFILL_SECONDS} s) in which the three servers take their turn on the same core; medians. The ratio is the time per answer with five years stored over that with a month, in brackets that of CPU time.`,
    rows
  };
}

function rowOf(store: Store, name: string, crowd: number, found: Race): Row {
  const ratio = found.to(MONTH.name, YEARS.name);
  const cpu = found.cpuTo(MONTH.name, YEARS.name);
  const row: Row = {
    name: `${store}: ${name}, ${crowd} ${crowd === 1 ? 'client' : 'clients'}`,
    target: `≤ ${MOST}×`,
    figures: mapped(found.rates, rateText),
    // a database that stalls for longer than a round answers nothing in it
    ratios: {
      '': Number.isFinite(ratio)
        ? `${ratio.toFixed(2)}×${cpu === undefined ? '' : ` (CPU ${cpu.toFixed(2)}×)`}`
        : 'no answer within a round'
    },
    met: { [`Vigil, ${store}`]: ratio <= MOST }
  };
  console.log(row.name, JSON.stringify(row.ratios), JSON.stringify(row.figures));
  return row;
}

type RunnersOf = (aged: Readonly<Record<string, Aged>>, connections: number) => Promise<Record<string, Runner>>;

function* casesOf(end: number): Generator<readonly [name: string, runners: RunnersOf]> {
  const paced = (options: Runner['options'], connections: number, duration = SECONDS): Runner['options'] => ({
    ...options,
    connections,
    duration
  });
  const plain = reads(end, OLD_DAYS);
  for (const read of [...plain, pollsOf(plain[0]!)]) {
    const unseen: Read = { ...read, unseen: true };
    yield [
      `GET ${read.name}`,
      async (aged, connections) => {
        const runners: Record<string, Runner> = {};
        for (const [age, { site, pid }] of Object.entries(aged))
          runners[age] = { options: paced(await asking(site.url, read.path, unseen, site), connections), pid };
        return runners;
      }
    ];
  }
  // its days must lie within the month, too
  const alike = UPLOADS.map((upload) => (upload.make === v3Entry ? { ...upload, make: () => v3Entry(end, OLD_DAYS) } : upload));
  for (const upload of alike)
    yield [
      `POST ${upload.name}`,
      async (aged, connections) =>
        mapped(aged, ({ site, pid }) => ({ options: paced(uploading(upload, site, end), connections), pid }))
    ];
  const backfill: Upload = { ...UPLOADS[0]!, name: '1000 v1 entries', make: () => thousandEntries(end, BEFORE_ALL_DAYS) };
  yield [
    `POST ${backfill.name}`,
    async (aged, connections) =>
      mapped(aged, ({ site, pid }) => ({
        options: paced(uploading(backfill, site, end), connections, BACKFILL_SECONDS),
        pid
      }))
  ];
}
