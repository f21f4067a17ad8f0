import type { Logger } from 'pino';
import type { Bus } from '../bus/bus.ts';
import type { Doc, Storage, StoreName } from '../storage/port.ts';
import { createDirectory, type Directory, type DirectoryRules } from './subjects.ts';

/** Changes made in the database by others are noticed within this time (ms). */
const REREAD = 10_000;
/** Until the first reading succeeds, another try after this time (ms). */
const RETRY = 1000;
/** A caller with a token waits this long (ms) for the first reading. */
const PATIENCE = 3000;

type AccessStore = Extract<StoreName, 'subjects' | 'roles'>;

/** Keeps subjects and roles in memory, as stored. */
export interface Reader {
  directory(): Directory;
  docs(store: AccessStore): readonly Doc[];
  /** True when the documents are here. */
  isLoaded(): boolean;
  /** The same; waits a moment for the first reading. */
  loaded(): Promise<boolean>;
  ready(): Promise<void>;
  /** Takes in what was just stored, or removed (`doc` undefined), without reading it back. */
  took(store: AccessStore, _id: string, doc: Doc | undefined): void;
  /** Reads both collections now. @throws Refusal `storage-away` */
  reload(): Promise<void>;
  close(): Promise<void>;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms).unref());

async function readAll(storage: Storage, store: AccessStore): Promise<Doc[]> {
  const docs: Doc[] = [];
  for await (const batch of storage.find(store, { filter: {} })) for (const { doc } of batch) docs.push(doc);
  return docs;
}

/** Starts reading at once and again every few seconds; a database that is away is logged once and tried again. */
export function createReader(deps: { storage: Storage; bus: Bus; log: Logger; rules: DirectoryRules }): Reader {
  const { storage, bus, log, rules } = deps;
  let kept: Record<AccessStore, readonly Doc[]> = { subjects: [], roles: [] };
  let directory = createDirectory([], [], rules);
  let isLoaded = false;
  let isClosed = false;
  let isAway = false;
  /** Numbers readings and writes in order of their start, so that a reading begun before a write cannot undo it. */
  let started = 0;
  let shown = 0;
  let timer: NodeJS.Timeout | undefined;
  let announceFirst = (): void => {};
  const first = new Promise<void>((resolve) => {
    announceFirst = resolve;
  });

  function show(next: Record<AccessStore, readonly Doc[]>, written?: true): void {
    const same = isLoaded && JSON.stringify(next) === JSON.stringify(kept);
    isLoaded = true;
    announceFirst();
    if (same) return;
    kept = next;
    directory = createDirectory(next.subjects, next.roles, rules);
    bus.publish('access-changed', { ...(written && { written }) });
  }

  async function reload(): Promise<void> {
    const number = ++started;
    const [subjects, roles] = await Promise.all([readAll(storage, 'subjects'), readAll(storage, 'roles')]);
    if (number < shown || isClosed) return;
    shown = number;
    show({ subjects, roles });
  }

  async function keepReading(): Promise<void> {
    try {
      await reload();
      isAway = false;
    } catch (error) {
      if (!isAway && !isClosed) log.warn({ err: error }, 'Subjects and roles cannot be read; trying again');
      isAway = true;
    }
    if (!isClosed) timer = setTimeout(again, isLoaded ? REREAD : RETRY).unref();
  }
  let underWay = keepReading();
  function again(): void {
    underWay = keepReading();
  }
  const offStale = bus.subscribe('access-stale', 'access', () => {
    clearTimeout(timer);
    // what is being read now may be from before the change
    underWay = underWay.then(() => {
      clearTimeout(timer);
      return isClosed ? undefined : keepReading();
    });
  });

  return {
    directory: () => directory,
    docs: (store) => kept[store],
    isLoaded: () => isLoaded,
    async loaded() {
      if (!isLoaded && !isAway) await Promise.race([underWay, pause(PATIENCE)]);
      return isLoaded;
    },
    ready: () => first,
    took(store, _id, doc) {
      shown = ++started;
      const others = kept[store].filter((one) => one._id !== _id);
      const place = kept[store].findIndex((one) => one._id === _id);
      const next = doc ? others.toSpliced(place < 0 ? others.length : place, 0, doc) : others;
      show({ ...kept, [store]: next }, true);
    },
    reload,
    async close() {
      isClosed = true;
      offStale();
      clearTimeout(timer);
      await Promise.race([underWay, pause(1000)]);
    }
  };
}
