import { cpuOf } from './cpu.ts';
import type { Grounds } from './grounds.ts';
import type { Part } from './part.ts';
import { median } from './rate.ts';
import { contendersOf, YEAR } from './servers.ts';
import { mapped, type Section, verdicts } from './table.ts';

const TIMES = 9;
const MOST_MS = 600;
const MOST_BYTES = 60e6;

export const START: Part = { name: 'start', amounts: [YEAR], measure };

/** How long a start takes, and what the year takes on disk. */
async function measure(grounds: Grounds): Promise<Section> {
  const contenders = contendersOf(grounds).filter(({ start }) => start);
  const bytes: Record<string, number> = {};
  for (const { column, place } of contenders) bytes[column] = await place!.bytes();
  const starts = Object.fromEntries(contenders.map(({ column }) => [column, { ms: [] as number[], cpu: [] as number[] }]));
  for (let n = 0; n < TIMES; n++) {
    for (const { column, start } of contenders) {
      const running = await start!();
      starts[column]!.ms.push(running.startMs);
      starts[column]!.cpu.push(cpuOf(running.child.pid) ?? Number.NaN);
      await running.stop();
    }
  }
  const ms = mapped(starts, (found) => median(found.ms));
  const cpu = mapped(starts, (found) => median(found.cpu));
  console.log('start', JSON.stringify(ms), 'CPU', JSON.stringify(cpu));
  return {
    title: 'Start and disk',
    method: `A year of a Loop user stored. Start: from spawning the process to its first answer, and CPU time of the process until then; median of ${TIMES}, each server in turn.`,
    rows: [
      {
        name: 'start to the first answer',
        target: `≤ ${MOST_MS} ms`,
        figures: mapped(ms, (value, column) => `${value.toFixed(0)} ms (CPU ${cpu[column]!.toFixed(0)} ms)`),
        met: verdicts(ms, (value) => value <= MOST_MS)
      },
      {
        name: 'bytes on disk for the year',
        target: `SQLite ≤ ${MOST_BYTES / 1e6} MB`,
        figures: mapped(bytes, (value) => `${(value / 1e6).toFixed(1)} MB`),
        met: { 'Vigil, SQLite': bytes['Vigil, SQLite']! <= MOST_BYTES }
      }
    ]
  };
}
