import * as operators from 'mingo/operators/query';
import { resolve } from 'mingo/util';
import { compileRegex } from './regex.ts';

type Test = (doc: unknown) => boolean;
type Options = Parameters<typeof operators.$eq>[2];

const valueAt = (doc: unknown, selector: string): unknown => resolve(doc as never, selector, { unwrapArray: true } as never);

/** MongoDB asks the value itself, and if it is a list each element too. */
const some = (value: unknown, test: (one: unknown) => boolean): boolean =>
  test(value) || (Array.isArray(value) && value.some(test));

const isScalar = (value: unknown): boolean => value !== null && typeof value !== 'object';

/** `$re2` stands in for `$regex`: the library would build a backtracking RegExp, which a hostile pattern can stall. */
function $re2(selector: string, [pattern, options]: [string, string]): Test {
  const matches = compileRegex(pattern, options);
  return (doc) => some(valueAt(doc, selector), (one) => typeof one === 'string' && matches(one));
}

/** The library hashes what it compares and stumbles over a stored `{ constructor: … }`. */
function $in(selector: string, list: readonly unknown[], options: Options): Test {
  const scalars = new Set(list.filter(isScalar));
  const others = list
    .filter((value) => !isScalar(value))
    .map((value) => operators.$eq(selector, value as never, options) as Test);
  return (doc) => some(valueAt(doc, selector), (one) => scalars.has(one)) || others.some((test) => test(doc));
}

function $nin(selector: string, list: readonly unknown[], options: Options): Test {
  const test = $in(selector, list, options);
  return (doc) => !test(doc);
}

/** The library matches lists only; in MongoDB a single value counts as a list of one. */
function $all(selector: string, list: readonly unknown[], options: Options): Test {
  const tests = list.map((value) => operators.$eq(selector, value as never, options) as Test);
  return (doc) => tests.length > 0 && tests.every((test) => test(doc));
}

/** The library takes null, '' and false for 0. Fractions are cut off, as MongoDB does. */
function $mod(selector: string, [divisor, remainder]: [number, number]): Test {
  return (doc) => some(valueAt(doc, selector), (one) => typeof one === 'number' && Math.trunc(one) % divisor === remainder);
}

/** The library looks at a list as a whole only. */
function $type(selector: string, type: unknown, options: Options): Test {
  const ofType = operators.$type('v', type as never, options) as Test;
  return (doc) => some(valueAt(doc, selector), (v) => ofType({ v }));
}

/** The query operators of the library, with MongoDB's behaviour where the library's differs. */
export const QUERY_OPERATORS = { ...operators, $re2, $in, $nin, $all, $mod, $type };
