import fc from 'fast-check';
import { expect, it } from 'vitest';
import { canonicalId } from '../../src/storage/object-id.ts';
import type { Doc, Key } from '../../src/storage/port.ts';
import type { Block } from '../../src/storage/sqlite/cold/directory.ts';
import { createFinder } from '../../src/storage/sqlite/cold/finder.ts';
import { mayHold } from '../../src/storage/sqlite/cold/judge.ts';
import { absorb, copyOf, summaryOf } from '../../src/storage/sqlite/cold/summary.ts';

const DAY = 86_400_000;
const iso = (ms: number): string => new Date(ms).toISOString();
/** Of one day each. */
const idOf = (n: number): string => (n * 86_400).toString(16).padStart(8, '0').padEnd(24, '0');

/** An archive of the lists of documents, and how many blocks were asked for their documents' values. */
function archiveOf(lists: readonly Doc[][]) {
  let asked = 0;
  const blocks = lists.map((docs, n) => {
    const summary = summaryOf(docs);
    return {
      block: n + 1,
      collection: 'entries',
      get summary() {
        asked++;
        return summary;
      }
    } as unknown as Block;
  });
  const overall = copyOf(blocks[0]!.summary);
  for (const { summary } of blocks.slice(1)) absorb(overall, summary);
  const ceilings = blocks.flatMap(({ summary }) => summary.ids?.[1] ?? []).sort();
  const shelf = {
    blocks,
    overall,
    firstSeq: 0,
    lastSeq: 0,
    idCeiling: ceilings.at(-1) ?? '',
    hashedIds: blocks.some(({ summary }) => !summary.ids)
  };
  const blocksOf = () => (field: string, value: string | number) =>
    new Set(blocks.filter((_, n) => lists[n]!.some((doc) => doc[field] === value)).map(({ block }) => block));
  const finder = createFinder({ shelf: () => shelf }, blocksOf);
  return { blocks, shelf, blocksOf, finder, asked: () => asked };
}

const found = (archive: ReturnType<typeof archiveOf>, keys: readonly Key[]): string[] =>
  [...archive.finder.under('entries', keys)].flatMap(([{ block }, some]) => some.map((key) => `${block} ${keys.indexOf(key)}`));

it.each([
  ['a time', { date: 200 * DAY, type: 'sgv' }, 201],
  ['a time as text', { sysTime: iso(200 * DAY), type: 'sgv' }, 201],
  ['an id', { _id: idOf(200) }, 201],
  ["an app's id", { identifier: 'of day 200' }, 201]
])('%s is looked for in the blocks that may hold it, and the others are not asked', (_, key, block) => {
  const archive = archiveOf(
    Array.from({ length: 2000 }, (_, day) =>
      [day * DAY, (day + 1) * DAY - 1].map((date) => ({
        _id: idOf(day),
        identifier: `of day ${day}`,
        date,
        sysTime: iso(date),
        type: 'sgv'
      }))
    )
  );
  expect(found(archive, [key as Key])).toEqual([`${block} 0`]);
  const before = archive.asked();
  expect(found(archive, [key as Key])).toEqual([`${block} 0`]);
  expect(archive.asked() - before).toBeLessThan(10);
});

it('finds exactly the blocks that asking every one would find', () => {
  const time = fc.integer({ min: 0, max: 400 });
  const odd = fc.constantFrom('é', '\ue000', '😀', 'later', 12);
  const value = fc.oneof({ weight: 8, arbitrary: time }, { weight: 4, arbitrary: time.map(iso) }, { weight: 1, arbitrary: odd });
  const field = fc.constantFrom('date', 'created_at', 'eventType', 'identifier');
  const id = fc.oneof({ weight: 5, arbitrary: time.map(idOf) }, { weight: 1, arbitrary: fc.constantFrom('own-id', 'another') });
  const filled = fc.dictionary(field, value, { maxKeys: 3 });
  const doc = fc.tuple(filled, id).map(([fields, _id]): Doc => ({ ...fields, _id }));
  const key = fc.oneof(
    { weight: 3, arbitrary: filled.filter((one) => Object.keys(one).length > 0) },
    id.map((_id) => ({ _id }))
  );
  fc.assert(
    fc.property(
      fc.array(fc.array(doc, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 8 }),
      fc.array(key, { maxLength: 40 }),
      (lists, keys) => {
        const archive = archiveOf(lists);
        const expected = (keys as Key[]).flatMap((one, n) => {
          return archive.blocks.filter((block) => mayHold(one, block, archive.blocksOf())).map(({ block }) => `${block} ${n}`);
        });
        const unique = keys.map((one) => ({ ...one })) as Key[];
        expect(found(archive, unique).sort()).toEqual(expected.sort());
        for (const { _id } of lists.flat()) {
          const holding = archive.blocks.filter((_, n) => lists[n]!.some((one) => one._id === _id));
          expect(archive.finder.withId('entries', canonicalId(_id!))).toEqual(expect.arrayContaining(holding));
        }
      }
    ),
    { numRuns: 500 }
  );
});
