import type { AccessAdmin } from '../access/admin.ts';
import { createBus } from '../bus/bus.ts';
import { type Commit, createCommit } from '../collections/commit.ts';
import { admit } from '../collections/incoming.ts';
import { keepNone } from '../collections/treatments.ts';
import { Refusal } from '../errors.ts';
import { canonicalId } from '../storage/object-id.ts';
import type { CollectionName, Doc, Key, Storage } from '../storage/port.ts';
import { importOf } from './decide.ts';
import { isCollection, type MoveName } from './names.ts';
import { takeInAccess } from './take-in-access.ts';
import type { How, Line, Verdict } from './verdict.ts';

/** What documents are taken in by. */
export interface Taker {
  readonly storage: Storage;
  readonly commit: Commit;
  readonly admin: AccessAdmin;
}

/** Takes documents of one collection in. @returns one verdict each, in order, when all of it is durable. @throws Refusal when the store is away */
export type TakeIn = (name: MoveName, lines: readonly Line[]) => Promise<Verdict[]>;

/** Longer ids are nobody's. */
const MAX_ID = 500;
/** Refusals that pass by themselves; every other one is the fault of a document. */
const PASSING = new Set(['storage-away', 'too-many', 'internal']);

interface Admitted {
  readonly at: number;
  readonly doc: Doc;
  readonly how: How;
}

/** The way in of every import, in a server and beside one: through the commit path (D1), subjects and roles through their administration. */
export function createTakeIn({ storage, commit, admin }: Taker): TakeIn {
  async function store(name: CollectionName, admitted: readonly Admitted[], verdicts: Verdict[]): Promise<void> {
    if (admitted.length === 0) return;
    const deleted = await deletedIn(storage, name, admitted);
    const mutations = admitted.map(({ at, doc, how }) =>
      importOf(name, { doc, how, deletedAt: deleted(doc) }, (verdict) => {
        verdicts[at] = verdict;
      })
    );
    try {
      await commit(name, 'import', mutations);
    } catch (error) {
      if (!(error instanceof Refusal) || PASSING.has(error.code)) throw error;
      // one of them cannot be stored: find out which
      if (admitted.length === 1) verdicts[admitted[0]!.at] = { what: 'refused', detail: error.message };
      else {
        const half = Math.ceil(admitted.length / 2);
        await store(name, admitted.slice(0, half), verdicts);
        await store(name, admitted.slice(half), verdicts);
      }
    }
  }

  return async (name, lines) => {
    const verdicts: Verdict[] = [];
    const admitted: Admitted[] = [];
    for (const [at, { doc, how }] of lines.entries()) {
      try {
        admitted.push({ at, doc: withId(keepNone(admit(doc), doc)), how });
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        verdicts[at] = { what: 'refused', detail: error.message };
      }
    }
    if (isCollection(name)) await store(name, admitted, verdicts);
    else for (const { at, doc } of admitted) verdicts[at] = await takeInAccess(storage, admin, name, doc);
    return verdicts;
  };
}

/** The same, but nothing is stored and nobody hears of it. */
export function createTrial(taker: Taker, now: () => number): TakeIn {
  const storage: Storage = { ...taker.storage, apply: async () => {} };
  const never = async (): Promise<never> => {
    throw new Refusal('internal');
  };
  const trial = {
    list: () => [],
    create: async (doc: unknown) => doc as Doc,
    update: async (doc: unknown) => doc as Doc,
    remove: never
  };
  return createTakeIn({
    storage,
    commit: createCommit(
      storage,
      createBus(() => {}),
      now
    ),
    admin: { subjects: trial, roles: trial }
  });
}

/** @throws Refusal `bad-id` */
function withId(doc: Doc): Doc {
  const { _id } = doc;
  if (_id === undefined) return doc;
  if (typeof _id !== 'string' || _id === '' || _id.length > MAX_ID) throw new Refusal('bad-id', '_id must be text');
  return { ...doc, _id: canonicalId(_id) };
}

/** When documents like these were deleted for good here: who deleted a wrong dose must not get it back. */
async function deletedIn(
  storage: Storage,
  name: CollectionName,
  admitted: readonly Admitted[]
): Promise<(doc: Doc) => number | undefined> {
  const namesOf = ({ _id, identifier }: Doc): string[] =>
    [_id, identifier].filter((one): one is string => typeof one === 'string' && one !== '');
  const keys = admitted.flatMap(({ doc }): Key[] => namesOf(doc).map((one) => ({ identifier: one })));
  const stones = keys.length === 0 ? [] : await storage.candidates('tombstones', keys);
  const times = new Map<unknown, number>();
  for (const { collection, identifier, srvModified } of stones)
    if (collection === name) times.set(identifier, Math.max(times.get(identifier) ?? 0, Number(srvModified)));
  return (doc) => namesOf(doc).flatMap((one) => times.get(one) ?? [])[0];
}
