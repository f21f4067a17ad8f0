import * as operators from 'mingo/operators/query';
import { isEqual } from 'mingo/util';
import { compileRegex } from './regex.ts';

type Test = (doc: unknown) => boolean;
type Options = Parameters<typeof operators.$type>[2];

/**
 * Everything a dotted path leads to (undefined: missing). A list on the way is gone through, element by element; a number in
 * the path may also be a place in the list. The library makes one list of it all, in which an empty list and none look alike.
 */
function valuesAt(value: unknown, path: readonly string[], inList = false): unknown[] {
  const [head, ...rest] = path;
  if (head === undefined) return [value];
  if (Array.isArray(value)) {
    const place = /^\d+$/.test(head) && Number(head) < value.length ? valuesAt(value[Number(head)], rest) : [];
    return inList ? place : [...place, ...value.flatMap((element) => valuesAt(element, path, true))];
  }
  if (value === null || typeof value !== 'object') return inList ? [] : [undefined];
  return valuesAt(Object.hasOwn(value, head) ? (value as Record<string, unknown>)[head] : undefined, rest);
}

/** A test of the values under a path. A path that ends in no element of a list leads to a missing value. */
function onValues(selector: string, test: (values: unknown[]) => boolean): Test {
  const path = selector.split('.');
  return (doc) => {
    const values = valuesAt(doc, path);
    return test(values.length > 0 ? values : [undefined]);
  };
}

/** MongoDB asks the value itself, and if it is a list each element too. */
const onEach = (selector: string, test: (one: unknown) => boolean): Test =>
  onValues(selector, (values) => values.some((value) => test(value) || (Array.isArray(value) && value.some(test))));

const not =
  (test: Test): Test =>
  (doc) =>
    !test(doc);

const isScalar = (value: unknown): boolean => value !== null && typeof value !== 'object';

/** `$re2` stands in for `$regex`: the library would build a backtracking RegExp, which a hostile pattern can stall. */
function $re2(selector: string, [pattern, options]: [string, string]): Test {
  const matches = compileRegex(pattern, options);
  return onEach(selector, (one) => typeof one === 'string' && matches(one));
}

const $eq = (selector: string, wanted: unknown): Test => $in(selector, [wanted]);
const $ne = (selector: string, wanted: unknown): Test => not($in(selector, [wanted]));

/** Null stands for missing, too. (The library hashes what it compares and stumbles over a stored `{ constructor: … }`.) */
function $in(selector: string, list: readonly unknown[]): Test {
  const scalars = new Set(list.filter(isScalar));
  const objects = list.filter((value) => value !== null && value !== undefined && !isScalar(value));
  const missing = list.some((value) => value === null || value === undefined);
  return onEach(selector, (one) => {
    if (one === null || one === undefined) return missing;
    return isScalar(one) ? scalars.has(one) : objects.some((object) => isEqual(object, one));
  });
}

const $nin = (selector: string, list: readonly unknown[]): Test => not($in(selector, list));

/** A single value counts as a list of one. */
function $all(selector: string, list: readonly unknown[]): Test {
  const tests = list.map((value) => $eq(selector, value));
  return (doc) => tests.length > 0 && tests.every((test) => test(doc));
}

const $exists = (selector: string, wanted: unknown): Test =>
  onValues(selector, (values) => values.some((value) => value !== undefined) === Boolean(wanted));

/** Fractions are cut off. (The library takes null, '' and false for 0.) */
const $mod = (selector: string, [divisor, remainder]: [number, number]): Test =>
  onEach(selector, (one) => typeof one === 'number' && Math.trunc(one) % divisor === remainder);

function $type(selector: string, type: unknown, options: Options): Test {
  const ofType = operators.$type('v', type as never, options) as Test;
  return onEach(selector, (v) => v !== undefined && ofType({ v }));
}

const $size = (selector: string, length: number): Test =>
  onValues(selector, (values) => values.some((value) => Array.isArray(value) && value.length === length));

function $elemMatch(selector: string, condition: unknown, options: Options): Test {
  const fits = operators.$elemMatch('v', condition as never, options) as Test;
  return onValues(selector, (values) => values.some((v) => Array.isArray(v) && fits({ v })));
}

/** The query operators of the library, with MongoDB's behaviour where the library's differs. */
export const QUERY_OPERATORS = { ...operators, $re2, $eq, $ne, $in, $nin, $all, $exists, $mod, $type, $size, $elemMatch };
