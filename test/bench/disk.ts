// tsx test/bench/disk.ts [days] [doubles|whole]: what a year takes on disk, by collection, before and after it is archived.
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Change } from '../../src/storage/port.ts';
import { openDriver } from '../../src/storage/sqlite/driver.ts';
import { createSqliteStorage } from '../../src/storage/sqlite/sqlite.ts';
import { loopYear, type Predictions } from './year.ts';

const DAY = 86_400_000;
const mb = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

/** Bytes of each table and index, largest first; empty pages apart. */
function report(file: string): void {
  const driver = openDriver(file);
  driver.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  const sizes = driver
    .prepare('SELECT name, pgsize AS bytes, pgsize - unused AS used FROM dbstat WHERE aggregate = TRUE ORDER BY pgsize DESC')
    .all() as { name: string; bytes: number; used: number }[];
  console.log(`file ${mb(statSync(file).size)}`);
  for (const { name, bytes, used } of sizes.slice(0, 14)) console.log(`  ${name}: ${mb(bytes)} (${mb(used)} used)`);
  try {
    const cold = driver
      .prepare(
        'SELECT collection, count(*) AS blocks, sum(n) AS docs, sum(length(docs)) AS bytes, sum(length(summary)) AS summaries FROM cold GROUP BY collection'
      )
      .all() as { collection: string; blocks: number; docs: number; bytes: number; summaries: number }[];
    for (const { collection, blocks, docs, bytes, summaries } of cold)
      console.log(
        `  archived ${collection}: ${docs} in ${blocks} blocks, ${mb(bytes)}, ${(bytes / docs).toFixed(1)} bytes each, summaries ${mb(summaries)}`
      );
  } catch {
    // a file of an older version has no archive
  }
  driver.close();
}

const days = Number(process.argv[2] ?? 365);
const predictions = (process.argv[3] ?? 'doubles') as Predictions;
const keep = process.argv[4];
const folder = keep ?? mkdtempSync(join(tmpdir(), 'vigil-disk-'));
const file = join(folder, 'vigil.db');
const end = Date.now() - 60_000;
const storage = createSqliteStorage({ file });
try {
  let changes: Change[] = [];
  let text = 0;
  for (const { collection, doc } of loopYear(end - days * DAY, days, { predictions })) {
    changes.push({ op: 'insert', collection, doc });
    text += JSON.stringify(doc).length;
    if (changes.length < 2000) continue;
    await storage.apply(changes);
    changes = [];
  }
  await storage.apply(changes);
  console.log(`${days} days, predictions as ${predictions}: ${mb(text)} of JSON text`);
  report(file);
  if ('compact' in storage) {
    const began = performance.now();
    console.log('compact', await storage.compact(), `${((performance.now() - began) / 1000).toFixed(1)} s`);
    report(file);
  }
} finally {
  await storage.close();
  if (!keep) rmSync(folder, { recursive: true, force: true });
}
