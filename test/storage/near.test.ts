import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Doc, Key } from '../../src/storage/port.ts';
import { keyJudge } from '../../src/storage/sqlite/cold/judge.ts';
import { near } from '../../src/storage/sqlite/cold/near.ts';
import { summaryOf } from '../../src/storage/sqlite/cold/summary.ts';

const DAY = 86_400_000;
const iso = (ms: number): string => new Date(ms).toISOString();
const blockOf = (docs: Doc[]) => ({ block: 0, summary: summaryOf(docs) });

it('a backfill of a few days is judged against the blocks of these days', () => {
  const blocks = Array.from({ length: 400 }, (_, day) =>
    blockOf([
      { date: day * DAY, type: 'sgv' },
      { date: (day + 1) * DAY - 1, type: 'sgv' }
    ])
  );
  const keys = Array.from({ length: 1000 }, (_, n) => ({ date: 200 * DAY + n * 300_000, type: 'sgv' }));
  const [one, ...others] = near(keys, blocks);
  expect(others).toEqual([]);
  expect(one!.keys).toEqual(keys);
  expect(one!.blocks).toEqual(blocks.slice(200, 204));
});

it('leaves out no block that may hold a document under a key', () => {
  const time = fc.integer({ min: 0, max: 400 });
  const odd = fc.constantFrom('é', 'later', 12, Number.NaN);
  const value = fc.oneof({ weight: 8, arbitrary: time }, { weight: 4, arbitrary: time.map(iso) }, { weight: 1, arbitrary: odd });
  const field = fc.constantFrom('date', 'created_at', 'eventType', 'identifier');
  const record = fc.dictionary(field, value, { maxKeys: 3 });
  const filled = record.filter((one) => Object.keys(one).length > 0);
  fc.assert(
    fc.property(
      fc.array(fc.array(record, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 8 }),
      fc.array(filled, { maxLength: 40 }),
      (lists, keys) => {
        const blocks = lists.map((docs, block) => ({ block, summary: summaryOf(docs as Doc[]) }));
        const groups = near(keys as Key[], blocks);
        expect(groups.flatMap((group) => group.keys).length).toBe(keys.length);
        for (const group of groups)
          for (const key of group.keys) {
            const fits = keyJudge(key, () => new Set(blocks.map(({ block }) => block)));
            for (const block of blocks) if (!group.blocks.includes(block)) expect(fits(block as never)).toBe(false);
          }
      }
    ),
    { numRuns: 500 }
  );
});
