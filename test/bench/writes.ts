import { startBare } from './bare-process.ts';
import { measureBatches } from './batches.ts';
import { UPLOADS, uploading } from './cases.ts';
import type { Grounds } from './grounds.ts';
import type { Part } from './part.ts';
import { CLIENTS, posting, type Runner, race, rateText, shareText } from './rate.ts';
import { contendersOf, serve, stopAll, YEAR } from './servers.ts';
import { mapped, type Row, type Section, verdicts } from './table.ts';

export const WRITES: Part = { name: 'writes', amounts: [YEAR], measure };

/** Rates of storing, every upload durable before it is answered. */
async function measure(grounds: Grounds): Promise<Section> {
  const served = await serve(contendersOf(grounds));
  const express = await startBare('express', grounds.folder, {});
  const http = await startBare('http', grounds.folder, {});
  const rows: Row[] = [];
  try {
    for (const upload of UPLOADS) {
      const { name, make, least } = upload;
      const runners: Record<string, Runner> = {};
      for (const [column, { site, running }] of Object.entries(served))
        runners[column] = { options: uploading(upload, site, grounds.end), pid: running?.child.pid };
      runners['bare Express'] = { options: posting(`${express.url}/echo`, make(grounds.end), {}), pid: express.pid };
      runners['bare http'] = { options: posting(`${http.url}/echo`, make(grounds.end), {}), pid: http.pid };
      const found = await race(runners);
      const row: Row = {
        name: `POST ${name}`,
        target: least === undefined ? 'watched' : `≥ ${least * 100} % of bare Express`,
        figures: mapped(found.rates, rateText),
        ratios: mapped(served, (_, column) => shareText(found, column, 'bare Express')),
        met: verdicts(served, least === undefined ? undefined : (_, column) => found.to(column, 'bare Express') >= least)
      };
      console.log(row.name, JSON.stringify(row.ratios), JSON.stringify(row.figures));
      rows.push(row);
    }
    rows.push(await measureBatches(served, { express, http }, grounds.end));
  } finally {
    express.stop();
    http.stop();
    await stopAll(served);
  }
  return {
    title: 'Storing',
    method: `A year stored. Uploads per second, durable before they are answered, ${CLIENTS} connections; the bare servers read a JSON body and send it back. A batch is one POST of 1000 new entries, one after the other, each server in turn.`,
    rows
  };
}
