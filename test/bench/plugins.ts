import { spawnSync } from 'node:child_process';
import pino from 'pino';
import { readConfig } from '../../src/config/read-config.ts';
import { openStorage } from '../../src/storage/open.ts';
import type { Grounds } from './grounds.ts';
import type { Part } from './part.ts';
import type { Amount, Place } from './place.ts';
import { fill } from './seed.ts';
import { mapped, type Section, verdicts } from './table.ts';
import { minuteReadings } from './year.ts';

const DAYS = 60;
const MOST_MS = 10;
/** A month of everything else lies there as well. */
const MONTH: Amount = { days: 30 };

export const PLUGINS: Part = { name: 'plugins', amounts: [MONTH], measure };

interface Times {
  readonly p50: number;
  readonly p99: number;
  /** Of code that has never run. */
  readonly first: number;
}

/** How long all plugins together take. */
async function measure(grounds: Grounds): Promise<Section> {
  const times: Record<string, Times> = {};
  for (const store of grounds.stores) times[`Vigil, ${store}`] = await recompute(grounds.place(store, MONTH), grounds.end);
  console.log('plugins', JSON.stringify(times));
  return {
    title: 'Plugins',
    method: `One recomputation of the properties by all plugins, ${DAYS} days of readings a minute apart stored beside a month of a Loop user, in a process of its own; 1000 of them, a minute apart by the clock they are given.`,
    rows: [
      {
        name: 'one recomputation of all plugins',
        target: `≤ ${MOST_MS} ms`,
        figures: mapped(
          times,
          ({ p50, p99, first }) => `p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms, the first ${first.toFixed(1)} ms`
        ),
        met: verdicts(times, ({ p99 }) => p99 <= MOST_MS)
      }
    ]
  };
}

async function recompute({ dataDir, env }: Place, end: number): Promise<Times> {
  const settings = { ...env, DATA_DIR: dataDir };
  await fill(await openStorage(readConfig(settings), pino({ level: 'silent' })), minuteReadings(end, DAYS));
  const script = 'test/bench/recompute.ts';
  const { stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', script, JSON.stringify(settings)], {
    encoding: 'utf8'
  });
  if (stdout === '') throw new Error(`the plugins did not run: ${stderr}`);
  return JSON.parse(stdout) as Times;
}
