import type { Bus } from '../bus/bus.ts';
import type { Committed, Door } from '../bus/events.ts';
import { canonicalId, newObjectId } from '../storage/object-id.ts';
import type { Candidates, Change, CollectionName, Doc, Storage } from '../storage/port.ts';
import { COLLECTIONS } from '../storage/port.ts';
import { type Filter, matcher } from '../storage/query.ts';
import { type CommitClock, createCommitClock } from './clock.ts';
import type { Lookup } from './identity.ts';
import { tombstoneOf } from './tombstones.ts';
import { decideUnseen } from './unseen.ts';
import { Workspace } from './workspace.ts';

/**
 * What is to become of a document. `as: 'delete'` marks a soft delete (the document stays, invalid); `quietly` removes without
 * tombstone and announcement, and so does `shorten`, which keeps `srvModified` (housekeeping: apps must keep their copies).
 */
export type Decision =
  | {
      readonly do: 'store';
      readonly doc: Doc;
      readonly as?: 'delete';
      readonly srvCreated?: number;
      readonly srvModified?: number;
    }
  | { readonly do: 'shorten'; readonly doc: Doc & { _id: string } }
  | { readonly do: 'remove'; readonly quietly?: true }
  | { readonly do: 'nothing' };

/** One intended change of one document: how to find it, and what to do when it is (or is not) there. */
export interface Mutation {
  /** Look-ups, strongest first; none: always a new document. */
  readonly lookups: readonly Lookup[];
  /** Asked when no look-up found anything: a condition that is no key (the root socket's ±2 s rule); earliest match wins. */
  readonly similar?: { readonly filter: Filter; readonly accept: (stored: Doc) => boolean };
  /**
   * Decides, with the stored version (or undefined) at hand; nobody else changes it meanwhile. Must not keep or change `stored`.
   * @throws Refusal to refuse the whole request; nothing of it is stored then
   */
  readonly decide: (stored: (Doc & { _id: string }) | undefined, now: number) => Decision;
}

/** What became of a {@link Mutation}; `doc` is the document as it is stored now (after a hard delete: as it was). */
export interface Outcome {
  readonly op: 'create' | 'update' | 'delete' | 'none';
  readonly doc: (Doc & { _id: string }) | undefined;
  readonly previous: Doc | undefined;
}

/**
 * THE write path: every door ends here. Documents are found, decided on, stored and then announced, one batch after the other
 * per collection; requests that arrive while a batch is being stored form the next one, so parallel uploads share its cost.
 * @returns one outcome per mutation, in order, after all of it is durable
 * @throws Refusal of a `decide`, or of the storage
 */
export type Commit = (collection: CollectionName, door: Door, mutations: readonly Mutation[]) => Promise<Outcome[]>;

/** The time in which this process alone decides on and stores documents of a collection. */
export interface Turn {
  /** The last srvModified any process gave out; undefined: only the database knows. */
  readonly last: number | undefined;
  /**
   * What is about to be stored: this process will announce it itself.
   * @returns false when its turn is over before it could store: what it decided may be out of date
   */
  storing(events: readonly Committed[]): Promise<boolean>;
  /** Tells the other processes what is durable now; resolves when this one's own listeners are to hear of it. Never rejects. */
  announce(events: readonly Committed[]): Promise<void>;
  /** Ends it; called once, whatever happened. */
  release(): void;
}

/** Waits for this process's turn, where several store into one database. Never rejects. */
export type Exclusive = (collection: CollectionName) => Promise<Turn>;

interface Job {
  readonly door: Door;
  readonly mutations: readonly Mutation[];
  readonly resolve: (outcomes: Outcome[]) => void;
  readonly reject: (error: unknown) => void;
}

/** How many documents go into one batch: keeps single uploads from waiting behind a backfill. */
const BATCH = 1000;
/** How far back the clock looks for the last change, ms: only what is ahead of the present matters. */
const ENOUGH = 86_400_000;

/**
 * @param now the clock, epoch ms
 * @param exclusive keeps other processes of the same site out while a batch is decided on and stored
 */
export function createCommit(storage: Storage, bus: Bus, now: () => number, exclusive?: Exclusive): Commit {
  const lanes = new Map(COLLECTIONS.map((name) => [name, createLane(name, storage, bus, now, exclusive)]));
  return async (collection, door, mutations) => {
    const lane = lanes.get(collection)!;
    const outcomes: Outcome[] = [];
    for (let at = 0; at < mutations.length; at += BATCH) outcomes.push(...(await lane(door, mutations.slice(at, at + BATCH))));
    return outcomes;
  };
}

function createLane(collection: CollectionName, storage: Storage, bus: Bus, now: () => number, exclusive?: Exclusive) {
  const waiting: Job[] = [];
  let running = false;
  let clock: CommitClock | undefined;

  async function openClock(fresh = createCommitClock()): Promise<CommitClock> {
    for (const [name, filter] of [
      [collection, {}],
      ['tombstones', { collection }]
    ] as const) {
      for await (const [newest] of storage.find(name, {
        filter: { ...filter, srvModified: { $gt: now() - ENOUGH } },
        sort: [['srvModified', -1]],
        limit: 1
      })) {
        if (newest) fresh.seen(Number(newest.doc.srvModified));
      }
    }
    return fresh;
  }

  async function commitBatch(jobs: readonly Job[]): Promise<void> {
    for (let isDone = false; !isDone; ) {
      const turn = await exclusive?.(collection);
      try {
        isDone = await commitInTurn(jobs, turn);
      } finally {
        turn?.release();
      }
    }
  }

  /** @returns false when nothing was done, because the turn was over */
  async function commitInTurn(jobs: readonly Job[], turn: Turn | undefined): Promise<boolean> {
    if (!clock || (turn && turn.last === undefined)) clock = await openClock(clock);
    if (turn?.last !== undefined) clock.seen(turn.last);
    const workspace = new Workspace();
    for (const { mutations } of jobs) for (const { lookups } of mutations) for (const { key } of lookups) workspace.expect(key);
    const found = await storage.candidates(collection, workspace.expected);
    workspace.load(found);
    const refused: (() => void)[] = [];
    const done: { job: Job; outcomes: Outcome[]; changes: Change[]; events: Committed[] }[] = [];
    for (const job of jobs) {
      const plan = { job, mayMiss: found.mayMiss, outcomes: [] as Outcome[], changes: [] as Change[], events: [] as Committed[] };
      try {
        for (const mutation of job.mutations) {
          const stored = workspace.find(mutation.lookups);
          // most need no waiting, and a thousand waits for nothing are dear
          if (stored || !mutation.similar) planOne(mutation, stored, job.door, workspace, clock, plan);
          else planOne(mutation, await findSimilar(mutation.similar, workspace), job.door, workspace, clock, plan);
        }
        workspace.keep();
        done.push(plan);
      } catch (error) {
        workspace.rollback();
        refused.push(() => job.reject(error));
      }
    }
    const changes = done.flatMap((plan) => plan.changes);
    const events = done.flatMap((plan) => plan.events);
    if (changes.length > 0 && turn && !(await turn.storing(events))) return false;
    for (const reject of refused) reject();
    if (changes.length > 0) await storage.apply(changes);
    if (events.length > 0) {
      await turn?.announce(events);
      bus.publish('committed', events);
    }
    for (const { job, outcomes } of done) job.resolve(outcomes);
    return true;
  }

  function planOne(
    mutation: Mutation,
    stored: (Doc & { _id: string }) | undefined,
    door: Door,
    workspace: Workspace,
    clock: CommitClock,
    plan: { mayMiss: Candidates['mayMiss']; outcomes: Outcome[]; changes: Change[]; events: Committed[] }
  ): void {
    const at = now();
    const decision = stored || !plan.mayMiss ? mutation.decide(stored, at) : decideUnseen(collection, mutation, plan.mayMiss, at);
    if (decision.do === 'nothing' || (decision.do === 'remove' && !stored)) {
      plan.outcomes.push({ op: 'none', doc: stored, previous: stored });
      return;
    }
    if (decision.do === 'remove') {
      const doc = stored!;
      workspace.remove(doc._id);
      if (!decision.quietly) {
        const srvModified = clock.next(at);
        plan.changes.push({ op: 'insert', collection: 'tombstones', doc: tombstoneOf(collection, doc, srvModified) });
        plan.events.push({ collection, op: 'delete', door, doc, previous: doc, soft: false, srvModified });
      }
      plan.changes.push({ op: 'remove', collection, _id: doc._id });
      plan.outcomes.push({ op: 'delete', doc, previous: doc });
      return;
    }
    if (decision.do === 'shorten') {
      workspace.put(decision.doc);
      plan.changes.push({ op: 'replace', collection, doc: decision.doc });
      plan.outcomes.push({ op: 'update', doc: decision.doc, previous: stored });
      return;
    }
    const doc = seal(decision, stored, clock, at);
    workspace.put(doc);
    const op = decision.as ?? (stored ? 'update' : 'create');
    plan.changes.push({ op: stored ? 'replace' : 'insert', collection, doc });
    plan.events.push({
      collection,
      op,
      door,
      doc,
      ...(stored && { previous: stored }),
      ...(op === 'delete' && { soft: true }),
      srvModified: Number(doc.srvModified)
    });
    plan.outcomes.push({ op, doc, previous: stored });
  }

  async function findSimilar(
    { filter, accept }: NonNullable<Mutation['similar']>,
    workspace: Workspace
  ): Promise<(Doc & { _id: string }) | undefined> {
    const fits = matcher(filter);
    for await (const batch of storage.find(collection, { filter, limit: 50 })) {
      for (const { doc } of batch) {
        const current = workspace.get(doc._id!) ?? doc;
        if (fits(current) && accept(current)) {
          workspace.load([current]);
          return current as Doc & { _id: string };
        }
      }
    }
    for (const doc of workspace.values()) if (fits(doc) && accept(doc)) return doc;
    return undefined;
  }

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      const jobs: Job[] = [];
      for (let size = 0; waiting.length > 0 && (size === 0 || size + waiting[0]!.mutations.length <= BATCH); ) {
        size += waiting[0]!.mutations.length;
        jobs.push(waiting.shift()!);
      }
      try {
        await commitBatch(jobs);
      } catch (error) {
        // one document the store refuses must not fail the others that happened to share its batch
        if (jobs.length === 1) jobs[0]!.reject(error);
        else for (const job of jobs) await commitBatch([job]).catch(job.reject);
      }
    }
    running = false;
  }

  return (door: Door, mutations: readonly Mutation[]): Promise<Outcome[]> =>
    new Promise((resolve, reject) => {
      waiting.push({ door, mutations, resolve, reject });
      if (running) return;
      running = true;
      void drain();
    });
}

/**
 * Gives a document what the server answers for: `_id`, `srvCreated`, `srvModified` (D2), in place of whatever came in. Times that
 * were decided on (an import) keep their place among the fields.
 */
function seal(
  decision: Extract<Decision, { do: 'store' }>,
  stored: (Doc & { _id: string }) | undefined,
  clock: CommitClock,
  at: number
): Doc & { _id: string } {
  const { doc } = decision;
  const srvModified = decision.srvModified ?? clock.next(at);
  const srvCreated = decision.srvCreated ?? (typeof stored?.srvCreated === 'number' ? stored.srvCreated : srvModified);
  if (!('_id' in doc || 'srvModified' in doc || 'srvCreated' in doc))
    return { _id: stored?._id ?? newObjectId(at), ...doc, srvModified, srvCreated };
  const { _id, ...fields } = doc;
  const { srvCreated: _c, srvModified: _m, ...bare } = fields;
  // an import brings its own, and keeps their place
  const rest = decision.srvModified !== undefined && decision.srvCreated !== undefined ? fields : bare;
  return {
    _id: stored?._id ?? (_id === undefined ? newObjectId(at) : canonicalId(String(_id))),
    ...rest,
    srvModified,
    srvCreated
  };
}
