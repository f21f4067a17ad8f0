import type { Options } from 'autocannon';
import { startBare } from './bare-process.ts';
import { deviceStatus, entry, tempBasal, thousandEntries, v3Entry } from './documents.ts';
import { CLIENTS, median, posting, race } from './rate.ts';
import type { Site } from './site.ts';
import type { Row, Section } from './table.ts';

const UPLOADS = [
  { name: 'one v1 entry', path: '/api/v1/entries.json', who: 'secret', make: entry, least: 0.5 },
  { name: 'one v1 treatment', path: '/api/v1/treatments.json', who: 'secret', make: tempBasal, least: 0.5 },
  { name: 'one v1 device status', path: '/api/v1/devicestatus.json', who: 'secret', make: deviceStatus, least: undefined },
  { name: 'one v3 entry', path: '/api/v3/entries', who: 'bearer', make: v3Entry, least: 0.5 }
] as const;

const BATCHES = 20;
const BATCH_TARGET = 50_000;

/** Rates of storing, every upload durable before it is answered. */
export async function measureWrites(sites: Readonly<Record<string, Site>>, folder: string, end: number): Promise<Section> {
  const express = await startBare('express', folder, {});
  const http = await startBare('http', folder, {});
  const rows: Row[] = [];
  const [first] = Object.keys(sites);
  try {
    for (const { name, path, who, make, least } of UPLOADS) {
      const runners: Record<string, Options> = {};
      for (const [column, site] of Object.entries(sites)) runners[column] = posting(site.url + path, make(end), site[who]);
      runners['bare Express'] = posting(`${express.url}/echo`, make(end), {});
      runners['bare http'] = posting(`${http.url}/echo`, make(end), {});
      const { rates, to } = await race(runners);
      const row = {
        name: `POST ${name}`,
        target: least === undefined ? 'watched' : `≥ ${least * 100} % of bare Express`,
        figures: Object.fromEntries(
          Object.entries(rates).map(([column, { perSecond, p50, p99 }]) => [
            column,
            `${perSecond.toFixed(0)}/s (${p50}/${p99} ms)`
          ])
        ),
        ratio: Object.keys(sites)
          .map((column) => `${(to(column, 'bare Express') * 100).toFixed(0)} %`)
          .join(', '),
        met: least === undefined ? undefined : to(first!, 'bare Express') >= least
      };
      console.log(row.name, row.ratio, JSON.stringify(row.figures));
      rows.push(row);
    }
    rows.push(await batches(sites, express.url, end));
  } finally {
    express.stop();
    http.stop();
  }
  return {
    title: 'Storing',
    method: `Uploads per second, durable, ${CLIENTS} connections; the bare servers read a JSON body and send it back. A batch is one POST of 1000 new entries, one after the other.`,
    rows
  };
}

async function batches(sites: Readonly<Record<string, Site>>, echo: string, end: number): Promise<Row> {
  const make = thousandEntries(end);
  const figures: Record<string, string> = {};
  const perSecond: number[] = [];
  let batch = 0;
  const measure = async (send: (body: string) => Promise<Response>): Promise<number> => {
    const rates: number[] = [];
    for (let n = 0; n < BATCHES; n++) {
      const body = JSON.stringify(make(batch++));
      const began = performance.now();
      const answer = await send(body);
      await answer.arrayBuffer();
      rates.push(1_000_000 / (performance.now() - began));
      if (!answer.ok) throw new Error(`a batch was answered ${answer.status}`);
    }
    return median(rates);
  };
  const post = (url: string, headers: Record<string, string>) => (body: string) =>
    fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body });
  for (const [column, site] of Object.entries(sites)) {
    const rate = await measure(post(`${site.url}/api/v1/entries.json`, site.secret));
    figures[column] = `${rate.toFixed(0)} entries/s`;
    perSecond.push(rate);
  }
  figures['bare Express'] = `${(await measure(post(`${echo}/echo`, {}))).toFixed(0)} entries/s`;
  console.log('POST 1000 entries', JSON.stringify(figures));
  return { name: 'POST 1000 entries', target: `≥ ${BATCH_TARGET} entries/s`, figures, met: perSecond[0]! >= BATCH_TARGET };
}
