import { cpus, totalmem } from 'node:os';
import type { Durations } from './figures.ts';
import type { Heard } from './listeners.ts';
import type { Memory } from './memory.ts';
import type { Sender } from './sender.ts';
import type { Verdict } from './verify.ts';

/** Resident memory may be this much larger in the last third than in the first. */
const GROWTH = 0.1;

interface Run {
  readonly minutes: number;
  readonly rate: number;
  readonly store: string;
  readonly sent: ReturnType<Sender['figures']>;
  readonly heard: Heard;
  readonly memory: Memory;
  readonly verdict: Verdict;
  /** Of the server after SIGTERM. */
  readonly exitCode: number | null;
}

/** The run as a page, and whether a bound was broken. */
export function report({ minutes, rate, store, sent, heard, memory, verdict, exitCode }: Run): { text: string; broken: boolean } {
  const errors = sent.errors.reduce((total, [, count]) => total + count, 0);
  const lost = heard.disconnects.map(([reason, count]) => `${count} (${reason})`).join(', ');
  const bounds: [name: string, bound: string, figure: string, met: boolean][] = [
    [
      'failed uploads',
      '0',
      `${errors}${errors > 0 ? ` (${sent.errors.map((each) => each.join(' × ')).join(', ')})` : ''}`,
      errors === 0
    ],
    ['acknowledged documents that are missing after a restart', '0', String(verdict.missing), verdict.missing === 0],
    ['documents stored twice', '0', String(verdict.doubled), verdict.doubled === 0],
    ['documents in an older version than acknowledged', '0', String(verdict.stale), verdict.stale === 0],
    ['events a socket never heard of', '0', String(heard.missed), heard.missed === 0],
    ['sockets that lost their connection', '0', lost === '' ? '0' : lost, lost === ''],
    ['alarm events per socket, least and most', 'the same', heard.alarms.join(', '), heard.alarms[0] === heard.alarms[1]],
    [
      'resident memory, last third against first',
      `≤ +${GROWTH * 100} %`,
      `${memory.first.rss.toFixed(0)} → ${memory.last.rss.toFixed(0)} MB: ${(memory.growth * 100).toFixed(1)} %`,
      memory.growth <= GROWTH
    ],
    ['exit code after SIGTERM', '0', String(exitCode), exitCode === 0]
  ];
  const latencies: [string, Durations][] = [
    ['upload → answer', sent.latency],
    ['upload → `dataUpdate` at the first socket', heard.rootFirst],
    ['upload → `dataUpdate` at the last socket', heard.rootLast],
    ['upload → `/storage` event at the last socket', heard.storageLast],
    ['how late uploads were sent (the fault of this tool)', sent.lateness]
  ];
  const { root, storage, alarm } = heard.sockets;
  const text = `# Soak

${new Date().toISOString().slice(0, 10)}, ${cpus().length} × ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.version}, ${store}.
Server, uploads and sockets share this machine.

${minutes} minutes, ${rate} uploads/s: ${sent.sent} uploads (${sent.repeats} of them repeats) of readings, treatments and device statuses
over v1 and v3, 60 % of the last two days (changed over and over, so that the live state keeps its size), 40 % older.
${root} sockets on \`/\`, ${storage} on \`/storage\`, ${alarm} on \`/alarm\`, which got ${heard.messages} messages.
${verdict.stored} documents at the end, read back after SIGTERM and a new start.

| bound | | figure | met |
| --- | --- | --- | --- |
${bounds.map(([name, bound, figure, met]) => `| ${name} | ${bound} | ${figure} | ${met ? 'yes' : '**no**'} |`).join('\n')}

Memory is the resident memory of the server, looked at every 10 s (${memory.samples} times); after ${memory.warmUpSeconds} s of warm-up the rest is cut
into thirds, whose medians are compared. Largest: ${memory.most.toFixed(0)} MB. Heap in use: ${memory.first.heap.toFixed(0)} → ${memory.last.heap.toFixed(0)} MB.
Longest p99 of the event loop's delay within 10 s: ${memory.lag.toFixed(1)} ms.

| from the moment an upload was due, ms | count | p50 | p99 | longest |
| --- | --- | --- | --- | --- |
${latencies.map(([name, { count, p50, p99, max }]) => `| ${name} | ${count} | ${p50.toFixed(1)} | ${p99.toFixed(1)} | ${max.toFixed(1)} |`).join('\n')}
${verdict.examples.length > 0 ? `\nExamples of what was wrong: ${verdict.examples.join('; ')}\n` : ''}`;
  return { text, broken: bounds.some(([, , , met]) => !met) };
}
