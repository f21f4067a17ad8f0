import { compareText } from './order.ts';

type Value = string | number;
/** The least and the greatest value of a block. */
export type Range = readonly [min: Value, max: Value];

/** Things by the ranges of their values, so that those around one value are found without asking all. */
export interface Ranges<T> {
  /** Those whose range holds the value, and those whose range is not known. */
  around(value: Value): T[];
}

/** @param rangeOf what is known of one, all of one kind (text, number); `none`: it is around no value */
export function rangesOf<T>(all: readonly T[], rangeOf: (one: T) => Range | 'unknown' | 'none'): Ranges<T> {
  const unknown = all.filter((one) => rangeOf(one) === 'unknown');
  const known = all
    .flatMap((one) => {
      const range = rangeOf(one);
      return typeof range === 'string' ? [] : [{ one, min: range[0], max: range[1] }];
    })
    .sort((a, b) => compare(a.min, b.min));
  /** The greatest value up to a place in the order of the least ones: before it falls below the value, nobody is missed. */
  const reach: Value[] = [];
  for (const { max } of known) {
    const before = reach.at(-1);
    reach.push(before === undefined || compare(max, before) > 0 ? max : before);
  }

  /** How many begin at the value or before. */
  function beginningUpTo(value: Value): number {
    let least = 0;
    let most = known.length;
    while (least < most) {
      const middle = (least + most) >> 1;
      if (compare(known[middle]!.min, value) <= 0) least = middle + 1;
      else most = middle;
    }
    return least;
  }

  return {
    around(value) {
      const found = [...unknown];
      for (let at = beginningUpTo(value) - 1; at >= 0 && compare(reach[at]!, value) >= 0; at--) {
        if (compare(known[at]!.max, value) >= 0) found.push(known[at]!.one);
      }
      return found;
    }
  };
}

const compare = (a: Value, b: Value): number => (typeof a === 'number' ? a - (b as number) : compareText(a, b as string));
