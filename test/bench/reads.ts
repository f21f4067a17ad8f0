import type { Options } from 'autocannon';
import { type Bodies, startBare } from './bare-process.ts';
import { CLIENTS, neverAsked, ROUNDS, race, SECONDS } from './rate.ts';
import type { Site } from './site.ts';
import type { Row, Section } from './table.ts';

interface Read {
  readonly name: string;
  readonly path: string;
  readonly who: 'secret' | 'bearer';
  /** Least share of the bare Express route's rate; absent: watched. */
  readonly least?: number;
  /** With the ETag of the answer before: 304. */
  readonly poll?: true;
  /** Asked in a way no cache can know. */
  readonly unseen?: true;
}

/** What apps read, and how much of a bare route's rate it should reach. */
const reads = (end: number): readonly Read[] => [
  { name: 'v1 entries count=10', path: '/api/v1/entries.json?count=10', who: 'secret', least: 0.7 },
  { name: 'v1 sgv count=288', path: '/api/v1/entries/sgv.json?count=288', who: 'secret', least: 0.5 },
  {
    name: 'v1 entries, 1000 of half a year ago',
    path: `/api/v1/entries.json?count=1000&find[date][$lte]=${end - 180 * 86_400_000}`,
    who: 'secret'
  },
  { name: 'v1 treatments count=100', path: '/api/v1/treatments.json?count=100', who: 'secret', least: 0.5 },
  { name: 'v1 devicestatus count=10', path: '/api/v1/devicestatus.json?count=10', who: 'secret' },
  { name: 'v3 search of 100 entries', path: '/api/v3/entries?sort$desc=date&limit=100', who: 'bearer', least: 0.5 },
  { name: 'v3 HISTORY of 100 treatments', path: '/api/v3/treatments/history/946684800001?limit=100', who: 'bearer' },
  { name: 'v3 lastModified', path: '/api/v3/lastModified', who: 'bearer', least: 0.7 },
  { name: 'status', path: '/api/v1/status.json', who: 'secret', least: 0.7 },
  { name: 'v2 properties', path: '/api/v2/properties', who: 'secret' },
  { name: 'pebble', path: '/pebble', who: 'secret' },
  { name: '304 polls of v1 entries count=10', path: '/api/v1/entries.json?count=10', who: 'secret', least: 0.7, poll: true },
  { name: 'v1 entries count=10, never asked before', path: '/api/v1/entries.json?count=10', who: 'secret', unseen: true },
  { name: 'v1 sgv count=288, never asked before', path: '/api/v1/entries/sgv.json?count=288', who: 'secret', unseen: true },
  { name: 'v1 treatments count=100, never asked before', path: '/api/v1/treatments.json?count=100', who: 'secret', unseen: true }
];

/**
 * Rates of reading.
 * @param sites by column; the first one's answers are what the bare servers send
 */
export async function measureReads(sites: Readonly<Record<string, Site>>, folder: string, end: number): Promise<Section> {
  const [, first] = Object.entries(sites)[0]!;
  const cases = reads(end);
  const bodies: Bodies = {};
  for (const [n, { path, who }] of cases.entries()) {
    const answer = await fetch(first.url + path, { headers: headersOf(first, who) });
    bodies[`/${n}`] = { type: answer.headers.get('content-type') ?? 'text/plain', body: await answer.text() };
  }
  const express = await startBare('express', folder, bodies);
  const http = await startBare('http', folder, bodies);
  const rows: Row[] = [];
  try {
    for (const [n, read] of cases.entries()) {
      const runners: Record<string, Options> = {};
      for (const [column, site] of Object.entries(sites)) runners[column] = await asked(site.url, read.path, read, site);
      runners['bare Express'] = await asked(express.url, `/${n}`, read);
      if (!read.poll) runners['bare http'] = await asked(http.url, `/${n}`, read);
      const { rates, to } = await race(runners);
      const ratio = to(Object.keys(sites)[0]!, 'bare Express');
      const row = {
        name: `GET ${read.name}`,
        target: read.least === undefined ? 'watched' : `≥ ${read.least * 100} % of bare Express`,
        figures: Object.fromEntries(
          Object.entries(rates).map(([column, { perSecond, p50, p99 }]) => [
            column,
            `${perSecond.toFixed(0)}/s (${p50}/${p99} ms)`
          ])
        ),
        ratio: Object.keys(sites)
          .map((column) => `${(to(column, 'bare Express') * 100).toFixed(0)} %`)
          .join(', '),
        met: read.least === undefined ? undefined : ratio >= read.least
      };
      console.log(row.name, row.ratio, JSON.stringify(row.figures));
      rows.push(row);
    }
  } finally {
    express.stop();
    http.stop();
  }
  return {
    title: 'Reading',
    method: `Answers per second (median and 99th percentile of the answer time), ${CLIENTS} connections, ${SECONDS} s each, all servers in turn on the same core, medians of ${ROUNDS} rounds. The bare servers send the bytes Vigil sent. Ratios to bare Express, in the order of the columns.`,
    rows
  };
}

const headersOf = (site: Site | undefined, who: Read['who']): Record<string, string> => ({
  accept: 'application/json',
  ...site?.[who]
});

async function asked(url: string, path: string, { who, poll, unseen }: Read, site?: Site): Promise<Options> {
  const headers = headersOf(site, who);
  if (unseen && site) return neverAsked(url, path, headers);
  if (!poll) return { url: url + path, headers };
  const answer = await fetch(url + path, { headers });
  await answer.arrayBuffer();
  return { url: url + path, headers: { ...headers, 'if-none-match': answer.headers.get('etag') ?? '' } };
}
