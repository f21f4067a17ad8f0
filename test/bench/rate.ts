import autocannon from 'autocannon';

/** Seconds of each measurement, and how often all servers take their turn. */
export const SECONDS = Number(process.env.BENCH_SECONDS ?? 2);
export const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);
export const CLIENTS = 10;

export const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

/** Answers per second, and the time half of them (and all but one in a hundred) stayed below, ms. */
export interface Rate {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
}

/** @throws Error when a request failed or was refused: such a figure would be worth nothing */
export async function rate(options: autocannon.Options): Promise<Rate> {
  const result = await autocannon({ connections: CLIENTS, duration: SECONDS, ...options });
  const refused = Object.entries(result.statusCodeStats ?? {}).filter(([code]) => !/^(2|304)/.test(code));
  if (refused.length > 0 || result.errors > 0)
    throw new Error(`${options.url}: refused ${JSON.stringify(refused)}, ${result.errors} errors`);
  return { perSecond: result.requests.average, p50: result.latency.p50, p99: result.latency.p99 };
}

/** All servers in turn, round after round, so that a machine that slows down slows all. Medians; `to` gives the median ratio. */
export async function race<N extends string>(
  runners: Readonly<Record<N, autocannon.Options>>
): Promise<{ rates: Record<N, Rate>; to: (a: N, b: N) => number }> {
  const names = Object.keys(runners) as N[];
  const rounds: Record<N, Rate>[] = [];
  for (let n = 0; n < ROUNDS; n++) {
    const round = {} as Record<N, Rate>;
    for (const name of names) round[name] = await rate(runners[name]);
    rounds.push(round);
  }
  const of = (name: N, field: keyof Rate): number => median(rounds.map((round) => round[name][field]));
  return {
    rates: Object.fromEntries(
      names.map((name) => [name, { perSecond: of(name, 'perSecond'), p50: of(name, 'p50'), p99: of(name, 'p99') }])
    ) as Record<N, Rate>,
    to: (a, b) => median(rounds.map((round) => round[a].perSecond / round[b].perSecond))
  };
}

let sequence = 0;

/** POSTs whose bodies differ from each other. */
export const posting = (url: string, body: (n: number) => unknown, headers: Record<string, string>): autocannon.Options => ({
  url,
  method: 'POST',
  headers: { 'content-type': 'application/json', ...headers },
  requests: [{ setupRequest: (request) => ({ ...request, body: JSON.stringify(body(++sequence)) }) }]
});

/** GETs of one address, none of which has been asked before (xDrip+ adds `rr=<ms>` like this). */
export const neverAsked = (url: string, path: string, headers: Record<string, string>): autocannon.Options => ({
  url,
  headers,
  requests: [{ setupRequest: (request) => ({ ...request, path: `${path}${path.includes('?') ? '&' : '?'}rr=${++sequence}` }) }]
});
