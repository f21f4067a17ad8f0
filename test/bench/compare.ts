import autocannon from 'autocannon';

const SECONDS = Number(process.env.BENCH_SECONDS ?? 3);
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);

export const METHOD = `Ratios are medians of ${ROUNDS} pairs run in turn, ${SECONDS} s each, 10 connections.`;

export const median = (values: number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

async function rate(options: autocannon.Options): Promise<{ perSecond: number; p99: number }> {
  const result = await autocannon({ connections: 10, duration: SECONDS, ...options });
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${options.url}: ${result.non2xx} refused, ${result.errors} errors`);
  return { perSecond: result.requests.average, p99: result.latency.p99 };
}

/** Ours and the bare one in turn, so that a machine that slows down slows both. Rates per second, p99 in ms. */
export async function compare(
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
  requests: [{ setupRequest: (request) => ({ ...request, path: `${path}&rr=${++sequence}` }) }]
});
