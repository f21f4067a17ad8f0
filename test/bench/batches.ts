import type { startBare } from './bare-process.ts';
import { cpuOf } from './cpu.ts';
import { thousandEntries } from './documents.ts';
import { median, quantile } from './rate.ts';
import type { Served } from './servers.ts';
import { mapped, type Row, verdicts } from './table.ts';

const BATCHES = 25;
/** The first ones find code that has never run. */
const WARM_UP = 3;
const SIZE = 1000;
const TARGET = 50_000;

type Bare = Awaited<ReturnType<typeof startBare>>;

interface Sender {
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly pid: number | undefined;
  readonly times: number[];
}

/** Backfills of a thousand new readings, each server in turn. */
export async function measureBatches(
  served: Readonly<Record<string, Served>>,
  { express, http }: { express: Bare; http: Bare },
  end: number
): Promise<Row> {
  const make = thousandEntries(end);
  const senders: Record<string, Sender> = {
    ...mapped(served, ({ site, running }) => ({
      url: `${site.url}/api/v1/entries.json`,
      headers: site.secret,
      pid: running?.child.pid,
      times: []
    })),
    'bare Express': { url: `${express.url}/echo`, headers: {}, pid: express.pid, times: [] },
    'bare http': { url: `${http.url}/echo`, headers: {}, pid: http.pid, times: [] }
  };
  let batch = 0;
  const round = async (): Promise<void> => {
    for (const sender of Object.values(senders)) sender.times.push(await send(sender, JSON.stringify(make(batch++))));
  };
  for (let n = 0; n < WARM_UP; n++) await round();
  for (const { times } of Object.values(senders)) times.length = 0;
  const before = mapped(senders, ({ pid }) => cpuOf(pid));
  for (let n = 0; n < BATCHES; n++) await round();
  const cpu = mapped(senders, ({ pid }, column) => {
    const [from, to] = [before[column], cpuOf(pid)];
    return from === undefined || to === undefined ? undefined : (to - from) / BATCHES;
  });
  const perSecond = mapped(senders, ({ times }) => (SIZE * 1000) / median(times));
  const row: Row = {
    name: `POST ${SIZE} v1 entries`,
    target: `≥ ${TARGET} entries/s`,
    figures: mapped(
      senders,
      ({ times }, column) =>
        `${perSecond[column]!.toFixed(0)} entries/s (${median(times).toFixed(0)}/${quantile(times, 0.99).toFixed(0)} ms${cpu[column] === undefined ? '' : `, ${cpu[column].toFixed(0)} ms CPU`})`
    ),
    ratios: mapped(served, (_, column) => `${((perSecond[column]! / perSecond['bare Express']!) * 100).toFixed(0)} %`),
    met: verdicts(served, (_, column) => perSecond[column]! >= TARGET)
  };
  console.log(row.name, JSON.stringify(row.figures));
  return row;
}

async function send({ url, headers }: Sender, body: string): Promise<number> {
  const began = performance.now();
  const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body });
  await answer.arrayBuffer();
  if (!answer.ok) throw new Error(`a batch was answered ${answer.status}`);
  return performance.now() - began;
}
