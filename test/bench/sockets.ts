import { io, type Socket } from 'socket.io-client';
import { cpuOf } from './cpu.ts';
import type { Grounds } from './grounds.ts';
import type { Part } from './part.ts';
import { median, quantile } from './rate.ts';
import { contendersOf, type Served, serve, stopAll, YEAR } from './servers.ts';
import type { Site } from './site.ts';
import { mapped, type Row, type Section, verdicts } from './table.ts';

const CROWDS = [1, 100, 1000] as const;
const TIMES = 40;
const MINUTE = 60_000;
const PATIENCE_MS = 10_000;

interface Channel {
  readonly name: string;
  readonly namespace: string;
  readonly events: readonly string[];
  readonly login: (site: Site) => readonly [event: string, message: object];
  /** Uploads number n of a crowd; resolves when it is answered. */
  readonly send: (site: Site, base: number, n: number) => Promise<unknown>;
  readonly isIt: (payload: never, base: number, n: number) => boolean;
  /** Most ms until the last of 1000 sockets has heard of it. */
  readonly target?: number;
  /** The engine works alarms out at most four times a second: uploads come no faster than that. */
  readonly pauseMs?: number;
}

export const CHANNELS: readonly Channel[] = [
  {
    name: 'upload → dataUpdate',
    namespace: '/',
    events: ['dataUpdate'],
    login: (site) => ['authorize', { client: 'bench', secret: site.secret['api-secret'] }],
    send: (site, base, n) =>
      site.send('POST', '/api/v1/entries.json', [{ type: 'sgv', sgv: 100 + (n % 50), date: base + n * 1000 }], site.secret),
    isIt: (data: { sgvs?: { mills: number }[] }, base, n) => data.sgvs?.some(({ mills }) => mills === base + n * 1000) ?? false,
    target: 150
  },
  {
    name: 'upload → /storage',
    namespace: '/storage',
    events: ['create'],
    login: (site) => ['subscribe', { accessToken: site.accessToken }],
    send: (site, base, n) =>
      site.send(
        'POST',
        '/api/v1/treatments.json',
        { eventType: 'Note', notes: `${base} ${n}`, created_at: new Date(base + n * 1000).toISOString() },
        site.secret
      ),
    isIt: ({ doc }: { doc?: { notes?: string } }, base, n) => doc?.notes === `${base} ${n}`
  },
  {
    name: 'upload → /alarm',
    namespace: '/alarm',
    events: ['urgent_alarm', 'alarm'],
    login: (site) => ['subscribe', { accessToken: site.accessToken }],
    send: (site, _, n) =>
      site.send('POST', '/api/v1/entries.json', [{ type: 'sgv', sgv: 300 + n, date: Date.now() }], site.secret),
    isIt: ({ message }: { message?: string }, _, n) => message?.includes(String(300 + n)) ?? false,
    pauseMs: 300
  }
];

export const SOCKETS: Part = { name: 'sockets', amounts: [YEAR], measure };

/** Times from sending an upload until the last of a crowd of sockets has heard of it. */
async function measure(grounds: Grounds): Promise<Section> {
  const served = await serve(contendersOf(grounds));
  const rows: Row[] = [];
  let base = Date.now() - 90 * MINUTE;
  try {
    for (const channel of CHANNELS)
      for (const crowd of CROWDS) {
        rows.push(await crowdRow(served, channel, crowd, base));
        base += MINUTE;
      }
  } finally {
    await stopAll(served);
  }
  return {
    title: 'Live',
    method: `A year stored. Time from sending one upload until the last of all sockets has heard of it, and CPU time of the server process per upload; ${TIMES} uploads, one at a time, each server in turn, so p99 is the slowest. All sockets live in one process beside the server, which hears a thousand messages one after the other, too.`,
    rows
  };
}

async function crowdRow(served: Readonly<Record<string, Served>>, channel: Channel, crowd: number, base: number): Promise<Row> {
  const crowds: Record<string, Socket[]> = {};
  const times = mapped(served, () => [] as number[]);
  const cpu = mapped(served, () => [] as number[]);
  try {
    for (const [column, { site }] of Object.entries(served)) crowds[column] = await gather(site, channel, crowd);
    for (let n = 0; n < TIMES; n++) {
      if (channel.pauseMs) await new Promise((resolve) => setTimeout(resolve, channel.pauseMs));
      for (const [column, { site, running }] of Object.entries(served)) {
        const before = cpuOf(running?.child.pid);
        times[column]!.push(await toTheLast(crowds[column]!, channel, site, base, n));
        const after = cpuOf(running?.child.pid);
        if (before !== undefined && after !== undefined) cpu[column]!.push(after - before);
      }
    }
  } finally {
    for (const socket of Object.values(crowds).flat()) socket.close();
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  const target = crowd === 1000 ? channel.target : undefined;
  const row: Row = {
    name: `${channel.name}, ${crowd} ${crowd === 1 ? 'socket' : 'sockets'}`,
    target: target ? `p99 ≤ ${target} ms to the last` : 'watched',
    figures: mapped(times, (found, column) => {
      const used = cpu[column]!;
      const each = used.length > 0 ? `, ${(used.reduce((sum, ms) => sum + ms, 0) / used.length).toFixed(1)} ms CPU` : '';
      return `p50 ${median(found).toFixed(1)} ms, p99 ${quantile(found, 0.99).toFixed(1)} ms${each}`;
    }),
    met: verdicts(times, target === undefined ? undefined : (found) => quantile(found, 0.99) <= target)
  };
  console.log(row.name, JSON.stringify(row.figures));
  return row;
}

/** Logs in a crowd of sockets. */
export async function gather(
  site: Site,
  { namespace, login }: Pick<Channel, 'namespace' | 'login'>,
  crowd: number
): Promise<Socket[]> {
  const sockets: Socket[] = [];
  for (let n = 0; n < crowd; n += 50) {
    const some = Array.from({ length: Math.min(50, crowd - n) }, () =>
      io(site.url + namespace, { transports: ['websocket'], forceNew: true })
    );
    await Promise.all(some.map((socket) => new Promise((resolve) => socket.emit(...login(site), resolve))));
    sockets.push(...some);
  }
  return sockets;
}

/** @returns ms until the last has heard of upload `n` */
export async function toTheLast(
  sockets: Socket[],
  { events, isIt, send }: Channel,
  site: Site,
  base: number,
  n: number
): Promise<number> {
  let missing = sockets.length;
  let done!: () => void;
  let fail!: (error: Error) => void;
  const all = new Promise<void>((resolve, reject) => {
    done = resolve;
    fail = reject;
  });
  const giveUp = setTimeout(() => fail(new Error(`${missing} sockets did not hear ${events} of number ${n}`)), PATIENCE_MS);
  const undo: (() => void)[] = [];
  for (const socket of sockets) {
    const hear = (payload: unknown): void => {
      if (!isIt(payload as never, base, n)) return;
      for (const event of events) socket.off(event, hear);
      if (--missing === 0) done();
    };
    for (const event of events) socket.on(event, hear);
    undo.push(() => events.forEach((event) => void socket.off(event, hear)));
  }
  const began = performance.now();
  try {
    await Promise.all([all, send(site, base, n)]);
    return performance.now() - began;
  } finally {
    clearTimeout(giveUp);
    for (const off of undo) off();
  }
}
