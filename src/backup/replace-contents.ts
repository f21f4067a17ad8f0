import type { OnStep } from '../aside/step.ts';
import { canonicalId } from '../storage/object-id.ts';
import type { Change, Doc, Storage, StoreName } from '../storage/port.ts';
import { countAll, STORE_NAMES } from './content-hash.ts';
import { NotEmpty } from './not-empty.ts';

const BATCH = 500;

/**
 * Makes one store hold exactly what another one holds. Straight through the port: documents come back with the identities and
 * times they had, and nobody hears of it. Per collection everything is written first and the rest removed then, so that an
 * interruption loses nothing that both of them have, and a repetition completes it.
 * @param replace whether a target that holds documents may be changed
 * @throws NotEmpty when it may not; then nothing was
 */
export async function replaceContents(source: Storage, target: Storage, replace: boolean, onProgress: OnStep): Promise<void> {
  if (!replace) {
    const held: string[] = [];
    for (const name of STORE_NAMES) {
      const count = await target.count(name, {});
      if (count > 0) held.push(`${name} ${count}`);
    }
    if (held.length > 0) throw new NotEmpty(held.join(', '));
  }
  const expected = await countAll(source);
  let total = 0;
  for (const name of STORE_NAMES) {
    for await (const batch of inBatches(source, name)) {
      await target.apply(batch.map((doc): Change => ({ op: 'insert', collection: name, doc: doc as Doc & { _id: string } })));
      total += batch.length;
      onProgress({ verb: 'restored', done: total, total: expected, unit: 'documents' });
    }
    await removeOthers(source, target, name);
  }
}

async function removeOthers(source: Storage, target: Storage, name: StoreName): Promise<void> {
  const foreign: string[] = [];
  for await (const batch of inBatches(target, name)) {
    const ids = batch.map(({ _id }) => _id!);
    const known = new Set(
      (
        await source.candidates(
          name,
          ids.map((_id) => ({ _id }))
        )
      ).map(({ _id }) => _id)
    );
    foreign.push(...ids.filter((_id) => !known.has(canonicalId(_id))));
  }
  for (let at = 0; at < foreign.length; at += BATCH)
    await target.apply(foreign.slice(at, at + BATCH).map((_id): Change => ({ op: 'remove', collection: name, _id })));
}

async function* inBatches(storage: Storage, name: StoreName): AsyncIterable<Doc[]> {
  let waiting: Doc[] = [];
  for await (const found of storage.find(name, { filter: {} })) {
    waiting.push(...found.map(({ doc }) => doc));
    if (waiting.length < BATCH) continue;
    yield waiting;
    waiting = [];
  }
  if (waiting.length > 0) yield waiting;
}
