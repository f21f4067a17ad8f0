import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstAfter, firstNotBefore, Timeline } from '../../src/live/timeline.ts';

describe('timeline', () => {
  it('after any changes lists exactly what is in it, ascending, and never changes a list given out', () => {
    const change = fc.record({ id: fc.integer({ min: 0, max: 40 }), mills: fc.integer({ min: 0, max: 30 }), drop: fc.boolean() });
    fc.assert(
      fc.property(fc.array(fc.array(change, { maxLength: 40 }), { maxLength: 8 }), (rounds) => {
        const timeline = new Timeline<{ _id: string; mills: number }>();
        const model = new Map<string, number>();
        const given: [readonly unknown[], string][] = [];
        for (const round of rounds) {
          for (const { id, mills, drop } of round) {
            if (drop) timeline.drop(`${id}`);
            else timeline.put({ _id: `${id}`, mills });
            if (drop) model.delete(`${id}`);
            else model.set(`${id}`, mills);
          }
          const list = timeline.list();
          expect(list.map(({ mills }) => mills)).toEqual([...model.values()].sort((a, b) => a - b));
          expect(new Map(list.map(({ _id, mills }) => [_id, mills]))).toEqual(model);
          given.push([list, JSON.stringify(list)]);
        }
        for (const [list, text] of given) expect(JSON.stringify(list)).toBe(text);
      })
    );
  });

  it('gives the same list until something changes', () => {
    const timeline = new Timeline<{ _id: string; mills: number }>();
    timeline.put({ _id: 'a', mills: 1 });
    expect(timeline.list()).toBe(timeline.list());
    timeline.drop('unknown');
    expect(timeline.list()).toHaveLength(1);
  });

  it('finds the borders', () => {
    const list = [1, 2, 2, 3].map((mills) => ({ mills }));
    expect([firstNotBefore(list, 2), firstAfter(list, 2), firstNotBefore(list, 9), firstAfter(list, 0)]).toEqual([1, 3, 4, 0]);
  });
});
