import { documentTime } from '../alarms/clock-skew.ts';
import type { Bus } from '../bus/bus.ts';
import type { Committed, Door, EventMap } from '../bus/events.ts';
import type { Live, LiveData } from '../live/live.ts';
import type { CollectionName, Doc } from '../storage/port.ts';
import { isPlainObject } from '../storage/query.ts';
import { appOf, appOfUnsigned, NAMELESS, nameText } from './app-name.ts';
import { type ClockNote, type Fact, Facts, type Kind, kindOf } from './facts.ts';
import { createRefusals, type Refused } from './refusals.ts';

/** What is known of one app that sends data. */
export interface UploadingApp {
  readonly app: string;
  /** What it called its device last. */
  readonly device: string | undefined;
  /** `v1`, `v3`, `root` …, as seen since this server started. */
  readonly doors: readonly string[];
  readonly reading: Fact | undefined;
  readonly treatment: Fact | undefined;
  readonly deviceStatus: Fact | undefined;
  readonly other: Fact | undefined;
  readonly clock: ClockNote | undefined;
  /** For administrators. */
  readonly userAgent: string | undefined;
  readonly address: string | undefined;
}

/** Who sends what, and what was refused, since the start of this process: in memory, bounded, forgotten at its end. */
export interface Uploads {
  /** Epoch ms. */
  readonly since: number;
  /** Latest first. */
  apps(): UploadingApp[];
  /** Newest first. */
  refused(): Refused[];
  close(): void;
}

/** Apps remembered; of more, the one that sent nothing for the longest time is forgotten. */
const MOST_APPS = 40;

interface Entry {
  readonly facts: Facts;
  readonly doors: Set<string>;
  device: string | undefined;
  userAgent: string | undefined;
  address: string | undefined;
  /** Known from stored documents only: who sent them is a guess. */
  isGuess: boolean;
}

/** Who sent these documents is told by the request or frame that brought them. */
const TOLD: ReadonlySet<Door> = new Set<Door>(['v1', 'v2', 'v3', 'root']);

/**
 * Listens on the bus: to what is committed, and to what requests and frames say about their sender. The work per upload is a look
 * at its documents; reads cost nothing.
 * @param live what was stored before the start is read from there, once it is loaded
 * @param now the clock, epoch ms
 */
export function createUploads({
  bus,
  live,
  now
}: {
  bus: Bus;
  live: Pick<Live, 'data' | 'state' | 'onChange'>;
  now: () => number;
}): Uploads {
  const since = now();
  const entries = new Map<string, Entry>();
  const refusals = createRefusals(now);

  function entryOf(app: string): Entry {
    const entry = entries.get(app) ?? {
      facts: new Facts(),
      doors: new Set<string>(),
      device: undefined,
      userAgent: undefined,
      address: undefined,
      isGuess: true
    };
    entries.delete(app);
    entries.set(app, entry);
    for (const oldest of entries.keys()) {
      if (entries.size <= MOST_APPS) break;
      entries.delete(oldest);
    }
    return entry;
  }

  /** @param at when it came, epoch ms; undefined: before the start */
  function take(app: string, kind: Kind, mills: number | undefined, at: number | undefined, device: unknown): Entry {
    const entry = entryOf(app);
    entry.facts.take(kind, mills, at);
    entry.device = nameText(device, 60) || entry.device;
    if (at !== undefined) entry.isGuess = false;
    return entry;
  }

  /** What was taken for an app of its own, because only its device was known, is this app's. */
  function absorb(device: unknown): void {
    const name = nameText(device, 40) || NAMELESS;
    if (entries.get(name)?.isGuess) entries.delete(name);
  }

  function committed(events: readonly Committed[]): void {
    const at = now();
    const newest = new Map<string, { app: string; event: Committed; mills: number | undefined }>();
    let last: { doc: Doc; app: string | undefined } | undefined;
    for (const event of events) {
      const { op, door, doc, remote, collection } = event;
      if (op === 'delete' || door === 'import' || door === 'server') continue;
      // documents of one upload are of one hand
      if (!last || !isAlike(last.doc, doc)) last = { doc, app: appOf(doc) };
      if (last.app === undefined && !remote && TOLD.has(door)) continue;
      const app = last.app ?? appOfUnsigned(undefined, doc.device);
      const mills = documentTime(collection, doc);
      const before = newest.get(`${app} ${collection}`);
      if (!before || (mills ?? 0) > (before.mills ?? 0)) newest.set(`${app} ${collection}`, { app, event, mills });
    }
    for (const { app, event, mills } of newest.values())
      take(app, kindOf(event.collection), mills, at, event.doc.device).doors.add(event.door);
  }

  function uploaded({ door, sender: from, collection, body }: EventMap['uploaded']): void {
    const sender = { ...from, door };
    const docs = (Array.isArray(body) ? body : [body]).filter(isPlainObject) as Doc[];
    const [first] = docs;
    if (!first) return;
    const named = appOf(first);
    const app = named ?? appOfUnsigned(sender, first.device);
    const unsigned = docs.filter((doc, at) => (at === 0 ? named : isAlike(first, doc) ? named : appOf(doc)) === undefined);
    if (unsigned.length > 0) {
      const times = unsigned.map((doc) => documentTime(collection, doc) ?? Number.NEGATIVE_INFINITY);
      const mills = times.reduce((a, b) => Math.max(a, b));
      const newest = unsigned[times.indexOf(mills)]!;
      absorb(newest.device);
      take(
        appOfUnsigned(sender, first.device),
        kindOf(collection),
        Number.isFinite(mills) ? mills : undefined,
        now(),
        newest.device
      );
    }
    const entry = entryOf(app);
    entry.isGuess = false;
    entry.doors.add(door);
    entry.userAgent = nameText(sender.userAgent, 80) || entry.userAgent;
    entry.address = sender.address;
    refusals.welcome(sender.address);
  }

  function refused({ door, sender: from, reason, what, detail, doc }: EventMap['refused']): void {
    const sender = { ...from, door };
    const app = (isPlainObject(doc) ? signedOnly(doc) : undefined) ?? appOfUnsigned(sender, undefined);
    refusals.add({ app, door, reason, what, detail, address: sender.address, at: now() });
  }

  /** Stored documents say less than those that come in: nobody knows which app sent them, when and through which door. */
  function fill({ sgvs, treatments, devicestatus }: LiveData): void {
    const stored = [
      ['entries', sgvs],
      ['treatments', treatments],
      ['devicestatus', devicestatus]
    ] as const satisfies readonly (readonly [CollectionName, readonly { mills: number }[]])[];
    for (const [collection, docs] of stored) {
      let last: { doc: Doc; app: string } | undefined;
      for (const one of docs) {
        const doc = one as Doc & { mills: number };
        if (!last || !isAlike(last.doc, doc)) last = { doc, app: appOf(doc) ?? appOfUnsigned(undefined, doc.device) };
        if (doc.mills <= now() && !(entries.get(last.app)?.isGuess === false))
          take(last.app, kindOf(collection), doc.mills, undefined, doc.device);
      }
    }
  }

  const undo = [
    bus.subscribe('committed', 'uploads', committed),
    bus.subscribe('uploaded', 'uploads', uploaded),
    bus.subscribe('refused', 'uploads', refused)
  ];
  if (live.state() === 'loaded') fill(live.data());
  else {
    const off = live.onChange('uploads', (_before, after) => {
      off();
      fill(after);
    });
    undo.push(off);
  }

  return {
    since,
    apps: () =>
      [...entries]
        .sort(([, a], [, b]) => b.facts.last - a.facts.last)
        .map(([app, { facts, doors, device, userAgent, address }]) => ({
          app,
          device,
          doors: [...doors].sort(),
          reading: facts.get('reading'),
          treatment: facts.get('treatment'),
          deviceStatus: facts.get('deviceStatus'),
          other: facts.get('other'),
          clock: facts.clock(),
          userAgent,
          address
        })),
    refused: refusals.list,
    close() {
      for (const off of undo) off();
    }
  };
}

/** The same hand wrote both, as far as it shows. */
const isAlike = (a: Doc, b: Doc): boolean => a === b || (a.app === b.app && a.enteredBy === b.enteredBy && a.device === b.device);

/** Of what a stranger sent only the name of an app we know is kept, never a text of theirs. */
function signedOnly(doc: Record<string, unknown>): string | undefined {
  const { app: _app, ...rest } = doc;
  return appOf({ enteredBy: doc.app }) ?? appOf(rest);
}
