// A process of its own: the sockets of a soak run, which tells who heard what and when.
import { io, type Socket } from 'socket.io-client';
import { clock, createDurations, type Durations } from './figures.ts';
import { sharingParser } from './parser.ts';
import { type Kind, markerOf } from './uploads.ts';

/** What the parent says. */
export type Order =
  | {
      readonly do: 'connect';
      readonly url: string;
      readonly secret: string;
      readonly accessToken: string;
      readonly sockets: number;
    }
  /** An upload is about to be sent: `at` is when it should have been. */
  | { readonly do: 'expect'; readonly marker: string; readonly at: number; readonly live: boolean }
  | { readonly do: 'report' };

/** What the sockets heard. */
export interface Heard {
  readonly sockets: { readonly root: number; readonly storage: number; readonly alarm: number };
  /** From the moment an upload was due until the first and until the last socket had it. */
  readonly rootFirst: Durations;
  readonly rootLast: Durations;
  readonly storageLast: Durations;
  /** Uploads × sockets that never heard of them. */
  readonly missed: number;
  readonly messages: number;
  /** Lost connections by reason. */
  readonly disconnects: readonly (readonly [reason: string, count: number])[];
  /** Alarm events, of the socket that heard least and of the one that heard most. */
  readonly alarms: readonly [least: number, most: number];
}

/** How long an event may take before it counts as missed, ms. */
const PATIENCE = 20_000;

interface Waiting {
  readonly since: number;
  expected?: { readonly at: number; readonly live: boolean };
  readonly root: Uint8Array;
  readonly storage: Uint8Array;
  rootCount: number;
  storageCount: number;
  rootFirst: number;
  rootLast: number;
  storageLast: number;
}

/** What a message says, worked out once for all sockets that got it. */
const markersOf = new WeakMap<object, readonly string[]>();

const waiting = new Map<string, Waiting>();
const figures = { rootFirst: createDurations(), rootLast: createDurations(), storageLast: createDurations() };
const sizes = { root: 0, storage: 0, alarm: 0 };
const alarms: number[] = [];
let missed = 0;
let messages = 0;
const disconnects = new Map<string, number>();

function entryOf(marker: string): Waiting {
  let entry = waiting.get(marker);
  if (!entry) {
    entry = {
      since: clock(),
      root: new Uint8Array(sizes.root),
      storage: new Uint8Array(sizes.storage),
      rootCount: 0,
      storageCount: 0,
      rootFirst: 0,
      rootLast: 0,
      storageLast: 0
    };
    waiting.set(marker, entry);
  }
  return entry;
}

function settle(marker: string, entry: Waiting): void {
  const { expected } = entry;
  if (!expected || entry.storageCount < sizes.storage || (expected.live && entry.rootCount < sizes.root)) return;
  waiting.delete(marker);
  figures.storageLast.add(entry.storageLast - expected.at);
  if (!expected.live) return;
  figures.rootFirst.add(entry.rootFirst - expected.at);
  figures.rootLast.add(entry.rootLast - expected.at);
}

function heard(where: 'root' | 'storage', index: number, marker: string, at: number): void {
  const entry = entryOf(marker);
  if (entry[where][index]) return;
  entry[where][index] = 1;
  if (where === 'root') {
    entry.rootCount += 1;
    entry.rootFirst ||= at;
    entry.rootLast = at;
  } else {
    entry.storageCount += 1;
    entry.storageLast = at;
  }
  settle(marker, entry);
}

const LISTS = { sgvs: 'entries', treatments: 'treatments', devicestatus: 'devicestatus' } as const;
type Update = { readonly delta?: boolean } & { readonly [list in keyof typeof LISTS]?: readonly Record<string, unknown>[] };

function markersIn(data: Update): readonly string[] {
  let markers = markersOf.get(data);
  if (!markers) {
    markers = (Object.keys(LISTS) as (keyof typeof LISTS)[])
      .flatMap((list) => (data[list] ?? []).map((doc) => markerOf(LISTS[list], doc)))
      .filter((marker) => marker !== undefined);
    markersOf.set(data, markers);
  }
  return markers;
}

/** What nobody waits for any more: missed when it was expected, else a repeat or part of the filling. */
function sweep(limit: number): void {
  for (const [marker, { since, expected, rootCount, storageCount }] of waiting) {
    if (clock() - since < limit) continue;
    waiting.delete(marker);
    if (expected) missed += sizes.storage - storageCount + (expected.live ? sizes.root - rootCount : 0);
  }
}

function open(url: string, index: number): Socket {
  const socket = io(url, {
    transports: ['websocket'],
    forceNew: true,
    parser: sharingParser,
    // every fourth takes compressed messages: inflating them all would take more of the machine than the server has
    perMessageDeflate: index % 4 === 0 ? { threshold: 1024 } : undefined,
    // a household each: nobody has two hundred sockets
    extraHeaders: { 'X-Forwarded-For': `10.1.${index >> 4}.${(index & 15) + 1}` }
  });
  socket.on('disconnect', (reason) => disconnects.set(reason, (disconnects.get(reason) ?? 0) + 1));
  return socket;
}

async function connect({ url, secret, accessToken, sockets }: Extract<Order, { do: 'connect' }>): Promise<void> {
  sizes.root = Math.max(1, Math.round(sockets * 0.6));
  sizes.storage = Math.max(1, Math.round(sockets * 0.2));
  sizes.alarm = Math.max(1, sockets - sizes.root - sizes.storage);
  for (let n = 0; n < sizes.root; n++) {
    const socket = open(url, n);
    socket.on('dataUpdate', (data: Update) => {
      const at = clock();
      messages += 1;
      if (data.delta) for (const marker of markersIn(data)) heard('root', n, marker, at);
    });
    await socket.emitWithAck('authorize', { client: 'soak', secret, history: 48 });
  }
  for (let n = 0; n < sizes.storage; n++) {
    const socket = open(`${url}/storage`, sizes.root + n);
    for (const op of ['create', 'update'])
      socket.on(op, ({ colName, doc }: { colName: Kind; doc: Record<string, unknown> }) => {
        messages += 1;
        const marker = markerOf(colName, doc);
        if (marker !== undefined) heard('storage', n, marker, clock());
      });
    await socket.emitWithAck('subscribe', { accessToken, collections: Object.values(LISTS) });
  }
  for (let n = 0; n < sizes.alarm; n++) {
    alarms.push(0);
    const socket = open(`${url}/alarm`, sizes.root + sizes.storage + n);
    for (const event of ['alarm', 'urgent_alarm', 'clear_alarm', 'announcement', 'notification'])
      socket.on(event, () => (alarms[n]! += 1));
    await socket.emitWithAck('subscribe', { accessToken });
  }
}

const report = (): Heard => ({
  sockets: sizes,
  rootFirst: figures.rootFirst.summary(),
  rootLast: figures.rootLast.summary(),
  storageLast: figures.storageLast.summary(),
  missed,
  messages,
  disconnects: [...disconnects],
  alarms: [Math.min(...alarms), Math.max(...alarms)]
});

process.on('message', async (order: Order) => {
  if (order.do === 'connect') {
    await connect(order);
    process.send!('connected');
  } else if (order.do === 'expect') {
    const entry = entryOf(order.marker);
    entry.expected = order;
    settle(order.marker, entry);
  } else {
    // on a busy machine the last ones are still under way
    for (const until = clock() + PATIENCE; clock() < until && [...waiting.values()].some(({ expected }) => expected); )
      await new Promise((resolve) => setTimeout(resolve, 100));
    sweep(0);
    process.send!(report());
  }
});
setInterval(() => sweep(PATIENCE), 1000);
