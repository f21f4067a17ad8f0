import { type Bodies, startBare } from './bare-process.ts';
import { answerTo, asking, reads, variantsOf } from './cases.ts';
import type { Grounds } from './grounds.ts';
import type { Part } from './part.ts';
import { CLIENTS, ROUNDS, type Runner, race, rateText, SECONDS, shareText } from './rate.ts';
import { contendersOf, serve, stopAll, YEAR } from './servers.ts';
import { mapped, type Row, type Section, verdicts } from './table.ts';

export const READS: Part = { name: 'reads', amounts: [YEAR], measure };

/** Rates of reading. */
async function measure(grounds: Grounds): Promise<Section> {
  const served = await serve(contendersOf(grounds));
  const plain = reads(grounds.end);
  const cases = [...plain, ...variantsOf(plain)];
  const bodies: Bodies = {};
  const rows: Row[] = [];
  const bare: Awaited<ReturnType<typeof startBare>>[] = [];
  try {
    const [first] = Object.values(served);
    for (const [n, read] of cases.entries()) {
      const answer = await answerTo(first!.site, read);
      if (answer.status !== 200) throw new Error(`${read.name} was answered ${answer.status}`);
      bodies[`/${n}`] = { type: answer.headers.get('content-type') ?? 'text/plain', body: await answer.text() };
    }
    const express = await startBare('express', grounds.folder, bodies);
    bare.push(express);
    const http = await startBare('http', grounds.folder, bodies);
    bare.push(http);
    for (const [n, read] of cases.entries()) {
      const runners: Record<string, Runner> = {};
      for (const [column, { site, running }] of Object.entries(served))
        runners[column] = { options: await asking(site.url, read.path, read, site), pid: running?.child.pid };
      runners['bare Express'] = { options: await asking(express.url, `/${n}`, read), pid: express.pid };
      // it has no ETag
      if (!read.poll) runners['bare http'] = { options: await asking(http.url, `/${n}`, read), pid: http.pid };
      const found = await race(runners);
      const { least } = read;
      const row: Row = {
        name: `GET ${read.name}`,
        target: least === undefined ? 'watched' : `≥ ${least * 100} % of bare Express`,
        figures: mapped(found.rates, rateText),
        ratios: mapped(served, (_, column) => shareText(found, column, 'bare Express')),
        met: verdicts(served, least === undefined ? undefined : (_, column) => found.to(column, 'bare Express') >= least)
      };
      console.log(row.name, JSON.stringify(row.ratios), JSON.stringify(row.figures));
      rows.push(row);
    }
  } finally {
    for (const server of bare) server.stop();
    await stopAll(served);
  }
  return {
    title: 'Reading',
    method: `A year stored. Answers per second (median and 99th percentile of the answer time, CPU time of the server process per answer), ${CLIENTS} connections, ${ROUNDS} rounds of ${SECONDS} s in which all servers take their turn on the same core; medians. The bare servers send the bytes Vigil sent; ratios are to bare Express, of rates and, in brackets, of CPU time. List answers are kept for a second or until the next change; "never asked before" goes around that.`,
    rows
  };
}
