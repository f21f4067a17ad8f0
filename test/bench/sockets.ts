import { io, type Socket } from 'socket.io-client';
import { median } from './rate.ts';
import type { Site } from './site.ts';
import type { Row, Section } from './table.ts';

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

const CHANNELS: readonly Channel[] = [
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

/** Times from sending an upload until the last of a crowd of sockets has heard of it. */
export async function measureSockets(
  sites: Readonly<Record<string, Site>>,
  rssOf: (column: string) => number
): Promise<{ section: Section; crowded: Record<string, number> }> {
  const rows: Row[] = [];
  const crowded: Record<string, number> = {};
  let base = Date.now() - 90 * MINUTE;
  for (const channel of CHANNELS) {
    for (const crowd of CROWDS) {
      const figures: Record<string, string> = {};
      const last: number[] = [];
      for (const [column, site] of Object.entries(sites)) {
        const sockets = await gather(site, channel, crowd);
        base += MINUTE;
        const times: number[] = [];
        for (let n = 0; n < TIMES; n++) {
          if (channel.pauseMs) await new Promise((resolve) => setTimeout(resolve, channel.pauseMs));
          times.push(await toTheLast(sockets, channel, site, base, n));
        }
        times.sort((a, b) => a - b);
        last.push(times.at(-1)!);
        figures[column] = `p50 ${median(times).toFixed(1)} ms, p99 ${times.at(-1)!.toFixed(1)} ms`;
        if (crowd === 1000) crowded[column] = Math.max(crowded[column] ?? 0, rssOf(column));
        for (const socket of sockets) socket.close();
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
      const target = crowd === 1000 ? channel.target : undefined;
      console.log(channel.name, crowd, JSON.stringify(figures));
      rows.push({
        name: `${channel.name}, ${crowd} ${crowd === 1 ? 'socket' : 'sockets'}`,
        target: target ? `p99 ≤ ${target} ms to the last` : 'watched',
        figures,
        met: target === undefined ? undefined : last[0]! <= target
      });
    }
  }
  return {
    section: {
      title: 'Live',
      method: `Time from sending one upload until the last of all sockets has heard of it; ${TIMES} uploads, one at a time, so p99 is the slowest. All sockets live in one process beside the server.`,
      rows
    },
    crowded
  };
}

async function gather(site: Site, { namespace, login }: Channel, crowd: number): Promise<Socket[]> {
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

async function toTheLast(
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
