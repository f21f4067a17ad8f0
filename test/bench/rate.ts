import autocannon from 'autocannon';
import { cpuOf } from './cpu.ts';

/** Seconds of each measurement, and how often all servers take their turn. */
export const SECONDS = Number(process.env.BENCH_SECONDS ?? 1);
export const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
export const CLIENTS = 10;
const WARM_UP_SECONDS = 0.4;

/** @param share of the values that are not larger */
export const quantile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))]!;
export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** Requests to one server, and its process if it is ours. */
export interface Runner {
  readonly options: autocannon.Options;
  readonly pid: number | undefined;
}

/** Answers per second; the time half of them (and all but one in a hundred) stayed below, ms; CPU time of the server per answer, µs. */
export interface Rate {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly cpu: number | undefined;
}

/** @throws Error when a request failed or was refused: such a figure would be worth nothing */
async function rate({ options, pid }: Runner): Promise<Rate> {
  const before = cpuOf(pid);
  const result = await autocannon({ connections: CLIENTS, duration: SECONDS, sampleInt: 100, ...options });
  const after = cpuOf(pid);
  const refused = Object.entries(result.statusCodeStats ?? {}).filter(([code]) => !/^(2|304)/.test(code));
  if (refused.length > 0 || result.errors > 0)
    throw new Error(`${options.url}: refused ${JSON.stringify(refused)}, ${result.errors} errors`);
  const answers = result.requests.total;
  return {
    perSecond: answers / result.duration,
    p50: result.latency.p50,
    p99: result.latency.p99,
    cpu: before === undefined || after === undefined || answers === 0 ? undefined : ((after - before) * 1000) / answers
  };
}

/** What a race found: medians of each server, and how two of them compare. */
export interface Race {
  readonly rates: Readonly<Record<string, Rate>>;
  /** Median over the rounds of `a`'s rate as a share of `b`'s. */
  to(a: string, b: string): number;
  /** The same for CPU time per answer, as a share of `b`'s speed: 0.5 means that `a` takes twice as long; undefined: not known. */
  cpuTo(a: string, b: string): number | undefined;
}

/** So long a server may take to find its database again, and so often a round is measured anew for that, ms and times. */
const RECOVERY_MS = 12_000;
const TRIES = 3;

/** A MongoDB that shares its core with the load stalls now and then; its server says 503 and Retry-After until it is back. */
export async function rateOnceThere(name: string, runner: Runner): Promise<Rate> {
  for (let left = TRIES; ; left--) {
    try {
      return await rate(runner);
    } catch (error) {
      if (left === 0 || !/refused \[\["503"/.test((error as Error).message)) throw error;
      console.log(`${name} is measured again: ${(error as Error).message}`);
      await new Promise((resolve) => setTimeout(resolve, RECOVERY_MS));
    }
  }
}

/** All servers in turn, round after round, so that a machine that slows down slows all. */
export async function race(runners: Readonly<Record<string, Runner>>, rounds = ROUNDS): Promise<Race> {
  const names = Object.keys(runners);
  for (const name of names) await rateOnceThere(name, warmUp(runners[name]!));
  const measured: Record<string, Rate>[] = [];
  for (let n = 0; n < rounds; n++) {
    const round: Record<string, Rate> = {};
    for (const name of n % 2 === 0 ? names : names.toReversed()) round[name] = await rateOnceThere(name, runners[name]!);
    measured.push(round);
  }
  const of = (name: string, field: 'perSecond' | 'p50' | 'p99'): number => median(measured.map((round) => round[name]![field]));
  const cpu = (name: string): number | undefined => {
    const known = measured.map((round) => round[name]!.cpu).filter((value) => value !== undefined);
    return known.length > 0 ? median(known) : undefined;
  };
  return {
    rates: Object.fromEntries(
      names.map((name) => [
        name,
        { perSecond: of(name, 'perSecond'), p50: of(name, 'p50'), p99: of(name, 'p99'), cpu: cpu(name) }
      ])
    ),
    to: (a, b) => median(measured.map((round) => round[a]!.perSecond / round[b]!.perSecond)),
    cpuTo(a, b) {
      const [one, other] = [cpu(a), cpu(b)];
      return one === undefined || other === undefined ? undefined : other / one;
    }
  };
}

const warmUp = (runner: Runner): Runner => ({ ...runner, options: { ...runner.options, duration: WARM_UP_SECONDS } });

/** `4712/s (2/11 ms, 212 µs CPU)` */
export const rateText = ({ perSecond, p50, p99, cpu }: Rate): string =>
  `${perSecond.toFixed(0)}/s (${p50}/${p99} ms${cpu === undefined ? '' : `, ${cpu.toFixed(0)} µs CPU`})`;

const percent = (share: number): string => `${(share * 100).toFixed(0)} %`;

/** `66 % (CPU 71 %)` */
export const shareText = ({ to, cpuTo }: Race, a: string, b: string): string => {
  const cpu = cpuTo(a, b);
  return `${percent(to(a, b))}${cpu === undefined ? '' : ` (CPU ${percent(cpu)})`}`;
};

let sequence = 0;

/** POSTs whose bodies differ from each other. */
export const posting = (url: string, body: (n: number) => unknown, headers: Record<string, string>): autocannon.Options => ({
  url,
  method: 'POST',
  headers: { 'content-type': 'application/json', ...headers },
  requests: [{ setupRequest: (request) => ({ ...request, body: JSON.stringify(body(++sequence)) }) }]
});

/** GETs none of which has been asked before. */
export const neverAsked = (url: string, path: (n: number) => string, headers: Record<string, string>): autocannon.Options => ({
  url,
  headers,
  requests: [{ setupRequest: (request) => ({ ...request, path: path(++sequence) }) }]
});
