import { canonicalId, isObjectId } from '../../object-id.ts';
import type { Doc, Key } from '../../port.ts';
import { type Filter, isPlainObject, matcher } from '../../query.ts';
import { isKeyField } from './order.ts';
import { type FieldSummary, ID_FIELDS, type Summary } from './summary.ts';

/** How many of a block's documents match, as far as its summary tells. */
export const NONE = 0;
const SOME = 1;
export const ALL = 2;
export type Verdict = typeof NONE | typeof SOME | typeof ALL;

/** A block, or all of them together (`block` undefined), as far as it is known unopened. */
export interface Judged {
  readonly block?: number;
  readonly summary: Summary;
}
export type Judge = (judged: Judged) => Verdict;

/** The blocks that may hold a value, by its hash. */
export type BlocksOf = (field: string, value: string | number) => ReadonlySet<number>;

const not = (verdict: Verdict): Verdict => (2 - verdict) as Verdict;
const every = (judges: readonly Judge[]): Judge => {
  if (judges.length === 1) return judges[0]!;
  return (judged) =>
    judges.reduce<Verdict>((least, judge) => (least === NONE ? NONE : (Math.min(least, judge(judged)) as Verdict)), ALL);
};
const some =
  (judges: readonly Judge[]): Judge =>
  (judged) =>
    judges.reduce<Verdict>((most, judge) => (most === ALL ? ALL : (Math.max(most, judge(judged)) as Verdict)), NONE);

/** Makes of a checked filter a judgement over blocks: NONE and ALL are certain, SOME means that it must be opened. */
export function judgeOf(filter: Filter, blocksOf: BlocksOf): Judge {
  return every([
    () => ALL,
    ...Object.entries(filter).map(([field, condition]): Judge => {
      if (field === '$and') return every((condition as Filter[]).map((part) => judgeOf(part, blocksOf)));
      if (field === '$or') return some((condition as Filter[]).map((part) => judgeOf(part, blocksOf)));
      if (field === '$nor') {
        const any = some((condition as Filter[]).map((part) => judgeOf(part, blocksOf)));
        return (judged) => not(any(judged));
      }
      if (field === '_id' || ID_FIELDS.has(field)) return onId(field, condition, blocksOf);
      return isKeyField(field) ? onField(field, condition) : () => SOME;
    })
  ]);
}

const operatorsOf = (condition: unknown): [string, unknown][] =>
  isPlainObject(condition) && Object.keys(condition).some((key) => key.startsWith('$'))
    ? Object.entries(condition)
    : [['$eq', condition]];

function onId(field: string, condition: unknown, blocksOf: BlocksOf): Judge {
  return every(
    operatorsOf(condition).map(([operator, operand]): Judge => {
      const wanted = operator === '$eq' ? [operand] : operator === '$in' ? (operand as unknown[]) : undefined;
      if (!wanted) return () => SOME;
      return some(wanted.map((value) => hasId(field, value, blocksOf)));
    })
  );
}

function hasId(field: string, value: unknown, blocksOf: BlocksOf): Judge {
  if (field === '_id') {
    if (typeof value !== 'string') return () => SOME;
    const id = canonicalId(value);
    let blocks: ReadonlySet<number> | undefined;
    return ({ block, summary: { ids } }) => {
      if (ids) return isObjectId(id) && id >= ids[0] && id <= ids[1] ? SOME : NONE;
      if (block === undefined) return SOME;
      blocks ??= blocksOf('_id', id);
      return blocks.has(block) ? SOME : NONE;
    };
  }
  if (value === null) return ({ summary }) => (summary.fields[field] ? (summary.fields[field].absent ? SOME : NONE) : ALL);
  if (typeof value !== 'string' && typeof value !== 'number') return () => SOME;
  let blocks: ReadonlySet<number> | undefined;
  return ({ block, summary }) => {
    if (!summary.fields[field]) return NONE;
    if (block === undefined) return SOME;
    blocks ??= blocksOf(field, value);
    return blocks.has(block) ? SOME : NONE;
  };
}

function onField(field: string, condition: unknown): Judge {
  const operators = operatorsOf(condition);
  // null and missing are one thing to a summary, and to all operators but these
  const tellsNull = JSON.stringify(condition)?.match(/\$exists|\$type/);
  const fits = testOf(field, condition);
  const answers = new Map<unknown, boolean>();
  const answer = (value: unknown): boolean => {
    let known = answers.get(value);
    if (known === undefined) {
      known = fits(value);
      if (answers.size < 1000) answers.set(value, known);
    }
    return known;
  };
  const ranges = operators.map(([operator, operand]) => inRange(operator, operand));
  return ({ summary }) => {
    const known = summary.fields[field];
    if (!known) return tellsNull ? SOME : answer(undefined) ? ALL : NONE;
    if (known.values) {
      if (known.absent && tellsNull) return SOME;
      const found = known.values.map(answer);
      if (known.absent) found.push(answer(undefined));
      return found.every(Boolean) ? ALL : found.some(Boolean) ? SOME : NONE;
    }
    return ranges.reduce<Verdict>((least, range) => Math.min(least, range(known)) as Verdict, ALL);
  };
}

/** The condition asked of a value by itself; undefined stands for a missing one. Compiled when it is needed. */
function testOf(field: string, condition: unknown): (value: unknown) => boolean {
  if (typeof condition === 'string' || typeof condition === 'number') return (value) => value === condition;
  let fits: ((doc: Doc) => boolean) | undefined;
  return (value) => {
    fits ??= matcher({ [field]: condition });
    return fits(value === undefined ? {} : { [field]: value });
  };
}

type OnRange = (known: FieldSummary) => Verdict;

/** What the range of a field says about one operator. */
function inRange(operator: string, operand: unknown): OnRange {
  switch (operator) {
    case '$eq':
      return equal(operand);
    case '$ne': {
      const same = equal(operand);
      return (known) => not(same(known));
    }
    case '$in':
    case '$nin': {
      const any = (operand as unknown[]).map(equal);
      const one: OnRange = (known) => any.reduce<Verdict>((most, range) => Math.max(most, range(known)) as Verdict, NONE);
      return operator === '$in' ? one : (known) => not(one(known));
    }
    case '$gt':
    case '$gte':
    case '$lt':
    case '$lte':
      return beyond(operator, operand);
    default:
      return () => SOME;
  }
}

function equal(operand: unknown): OnRange {
  if (operand === null) return ({ absent }) => (absent ? SOME : NONE);
  if (typeof operand !== 'number' && typeof operand !== 'string') return () => SOME;
  return (known) => (covers(known, operand) ? SOME : NONE);
}

/** Whether a value lies within what is known of a field. */
function covers({ num, text, otherText }: FieldSummary, value: string | number): boolean {
  if (typeof value === 'number') return num !== undefined && value >= num[0] && value <= num[1];
  return otherText === true || (text !== undefined && value >= text[0] && value <= text[1]);
}

function beyond(operator: string, operand: unknown): OnRange {
  const above = operator.startsWith('$g');
  const inside = (value: string | number): boolean => {
    const wanted = operand as string | number;
    if (value === wanted) return operator.endsWith('e');
    return above ? value > wanted : value < wanted;
  };
  const within = (range: readonly (string | number)[] | undefined): Verdict => {
    if (!range) return NONE;
    const [first, last] = [inside(range[0]!), inside(range[1]!)];
    return first && last ? ALL : first || last ? SOME : NONE;
  };
  if (typeof operand === 'number' && !Number.isNaN(operand))
    return ({ num, text, otherText, absent }) => {
      const verdict = within(num);
      return verdict === ALL && (text || otherText || absent) ? SOME : verdict;
    };
  if (typeof operand !== 'string') return () => SOME;
  return ({ num, text, otherText, absent }) => {
    const verdict = within(text);
    if (otherText) return SOME;
    return verdict === ALL && (num || absent) ? SOME : verdict;
  };
}

/**
 * Whether a block may hold a document under an identity key: {@link judgeOf} for equalities only. An import asks it for thousands
 * of keys, so nothing is made for one.
 */
export function mayHold(key: Key, judged: Judged, blocksOf: BlocksOf): boolean {
  for (const field in key) if (!mayHoldValue(field, key[field]!, judged, blocksOf)) return false;
  return true;
}

function mayHoldValue(field: string, value: string | number, judged: Judged, blocksOf: BlocksOf): boolean {
  if (field === '_id' || ID_FIELDS.has(field)) return hasId(field, value, blocksOf)(judged) !== NONE;
  if (!isKeyField(field)) return true;
  const known = judged.summary.fields[field];
  if (!known) return false;
  return known.values ? known.values.includes(value) : covers(known, value);
}

/** The fields a filter looks at. */
export function fieldsOf(filter: Filter): string[] {
  return Object.entries(filter).flatMap(([field, condition]) =>
    ['$and', '$or', '$nor'].includes(field) ? (condition as Filter[]).flatMap(fieldsOf) : [field]
  );
}
