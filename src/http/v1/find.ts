import { isUuid } from '../../collections/identity.ts';
import { Refusal } from '../../errors.ts';
import { checkFilter, type Filter, isPlainObject } from '../../storage/query.ts';
import type { FindRules } from './find-rules.ts';
import { badDate, existsOperand, integerOperand, isoOperand, msOperand, numberOperand, patternOperand } from './find-values.ts';
import { ownIdConditions, windowOf } from './find-window.ts';
import { asList } from './query-params.ts';

/** What the reading of a `find` depends on besides its collection. */
export interface FindContext {
  /** The clock, epoch ms. */
  readonly now: number;
  /** UUID_HANDLING. */
  readonly uuidHandling: boolean;
  /** `delete` keeps the default window on everything but exact matches of an app's own id. */
  readonly purpose: 'read' | 'delete';
}

const LOGICAL = new Set(['$and', '$or', '$nor']);
const NOTHING: Filter = { $in: [] };
const HEX24 = /^[0-9a-f]{24}$/i;

/**
 * Translates `find[…]` into a filter: values as the collection keeps them, ids, dates, and the default window of four days.
 * @param find as the query parser left it; undefined: no conditions
 * @throws Refusal `bad-query`
 */
export function parseFind(find: unknown, rules: FindRules, context: FindContext): Filter {
  if (find !== undefined && !isPlainObject(find)) throw new Refusal('bad-query', 'find needs a field: find[type]=sgv');
  const conditions = find ?? {};
  const byId = conditions._id !== undefined && conditions._id !== '';
  const filter = combine(
    Object.entries(conditions).map(([field, value]) => onField(field, value, rules, context, { inner: false, byId }))
  );
  checkFilter(filter);
  if (byId) return filter;
  const window = windowOf(conditions, rules, context);
  if (!window) return filter;
  const ownIds = ownIdConditions(filter);
  if (ownIds.length === 0) return combine([filter, window]);
  if (context.purpose === 'read') return filter;
  return combine([filter, { $or: [window, ...ownIds] }]);
}

/** One filter that asks for all of them; fields asked for twice are kept apart. */
export function combine(parts: readonly Filter[]): Filter {
  const filled = parts.filter((part) => Object.keys(part).length > 0);
  const fields = filled.flatMap((part) => Object.keys(part));
  if (new Set(fields).size === fields.length) return Object.assign({}, ...filled) as Filter;
  return { $and: filled };
}

interface Place {
  /** Inside `$and` or `$or`: there the reference converts nothing, so a text that fits no rule must not be an error. */
  readonly inner: boolean;
  readonly byId: boolean;
}

function onField(field: string, value: unknown, rules: FindRules, context: FindContext, place: Place): Filter {
  if (field.includes('\0')) throw new Refusal('bad-query', 'No field has such a name');
  if (LOGICAL.has(field)) {
    const parts = asList(value);
    if (!parts || parts.length === 0) throw new Refusal('bad-query', `${field} needs a list of conditions`);
    return { [field]: parts.map((part) => onPart(part, rules, context, place)) };
  }
  if (field === '_id') return onId(value, rules, context, place.inner);
  const leaf = leafOf(field, rules, place);
  if (typeof value === 'string') return onText(field, leaf(value), rules);
  if (!isPlainObject(value)) return { [field]: value };
  if (!Object.keys(value).some((key) => key.startsWith('$'))) return { [field]: deepText(value, leaf) };
  return combine(Object.entries(value).map(([operator, operand]) => onOperator(field, operator, operand, leaf, rules, value)));
}

function onPart(part: unknown, rules: FindRules, context: FindContext, place: Place): Filter {
  if (!isPlainObject(part)) throw new Refusal('bad-query', '$and and $or need conditions');
  return combine(Object.entries(part).map(([field, value]) => onField(field, value, rules, context, { ...place, inner: true })));
}

/** What became of one text: a value, a regular expression, or a number that is none and so equals nothing. */
type Leaf = { readonly value: unknown } | { readonly pattern: { $regex: string; $options?: string } } | { readonly never: true };

function leafOf(field: string, rules: FindRules, { inner, byId }: Place): (text: string) => Leaf {
  const number = (value: number): Leaf => (Number.isNaN(value) ? { never: true } : { value });
  return (text) => {
    if (text === '') return { value: text };
    if (field === rules.dateField && !byId) {
      const value = rules.dateIs === 'ms' ? msOperand(text) : isoOperand(text);
      if (value === undefined && !inner) badDate(text);
      return { value: value ?? text };
    }
    if (rules.integers.has(field)) return number(integerOperand(text));
    if (rules.numbers.has(field)) return number(numberOperand(text));
    const pattern = rules.patterns.has(field) && !inner ? patternOperand(text) : undefined;
    return pattern ? { pattern } : { value: text };
  };
}

function onText(field: string, leaf: Leaf, rules: FindRules): Filter {
  if ('never' in leaf) return { [field]: NOTHING };
  if ('pattern' in leaf) return { [field]: leaf.pattern };
  return { [field]: spellings(field, leaf.value, rules) ?? leaf.value };
}

function onOperator(
  field: string,
  operator: string,
  operand: unknown,
  leaf: (text: string) => Leaf,
  rules: FindRules,
  all: Filter
): Filter {
  if (operator === '$exists') return { [field]: { $exists: existsOperand(operand) } };
  if (operator === '$options') return '$regex' in all ? {} : { [field]: { $options: operand } };
  if (operator === '$regex')
    return { [field]: { $regex: regexText(operand, leaf), ...('$options' in all && { $options: all.$options }) } };
  if (operator === '$mod' || operator === '$size' || operator === '$type') return { [field]: { [operator]: numbersOf(operand) } };
  if (operator === '$in' || operator === '$nin' || operator === '$all') {
    const list = asList(operand)?.map((item) => (typeof item === 'string' ? leaf(item) : { value: item }));
    if (!list) return { [field]: { [operator]: operand } };
    if (list.some((item) => 'pattern' in item)) throw new Refusal('bad-query', `${operator} takes no regular expressions`);
    return { [field]: { [operator]: list.flatMap((item) => ('value' in item ? [item.value] : [])) } };
  }
  if (operator === '$not' && isPlainObject(operand)) {
    const inner = onField(field, operand, rules, { now: 0, uuidHandling: false, purpose: 'read' }, { inner: true, byId: false });
    return { $nor: [inner] };
  }
  if (typeof operand !== 'string') return { [field]: { [operator]: operand } };
  const value = leaf(operand);
  const negative = operator === '$ne';
  if ('never' in value) return negative ? {} : { [field]: NOTHING };
  if ('pattern' in value) return { [field]: negative ? { $not: value.pattern } : value.pattern };
  return asInstant(field, operator, value.value, rules) ?? { [field]: { [operator]: value.value } };
}

/** Whole seconds are written with and without `.000` where apps' own text is stored; both mean one instant. */
function spellings(field: string, value: unknown, rules: FindRules): { $in: string[] } | undefined {
  if (!rules.dateAsSent || field !== rules.dateField || typeof value !== 'string' || !value.endsWith('.000Z')) return undefined;
  return { $in: [value, value.replace('.000Z', 'Z')] };
}

function asInstant(field: string, operator: string, value: unknown, rules: FindRules): Filter | undefined {
  const both = spellings(field, value, rules);
  if (!both) return undefined;
  if (operator === '$eq') return { [field]: both };
  if (operator === '$ne') return { [field]: { $nin: both.$in } };
  // '…00Z' sorts after '…00.000Z'
  if (operator === '$lte') return { $or: [{ [field]: { $lte: value } }, { [field]: both }] };
  if (operator === '$gt') return { $and: [{ [field]: { $gt: value } }, { [field]: { $nin: both.$in } }] };
  return undefined;
}

function regexText(operand: unknown, leaf: (text: string) => Leaf): unknown {
  const read = typeof operand === 'string' ? leaf(operand) : undefined;
  // on a date field the reference reads the pattern as a date, too
  return read && 'value' in read && typeof read.value === 'string' ? read.value : operand;
}

/** `$mod`, `$size` and `$type` come as text and want numbers. */
function numbersOf(operand: unknown): unknown {
  const list = asList(operand);
  if (list) return list.map(numbersOf);
  return typeof operand === 'string' && /^-?\d+$/.test(operand) ? Number(operand) : operand;
}

function deepText(value: Record<string, unknown>, leaf: (text: string) => Leaf): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      if (isPlainObject(item)) return [key, deepText(item, leaf)];
      const read = typeof item === 'string' ? leaf(item) : undefined;
      return [key, read && 'value' in read ? read.value : item];
    })
  );
}

/** Ids are text here; hex ones in lower case as they are stored, a UUID may be an `identifier` or a legacy `_id` (Loop overrides). */
function onId(value: unknown, rules: FindRules, { uuidHandling }: FindContext, inner: boolean): Filter {
  const id = (text: unknown): unknown => (typeof text === 'string' && HEX24.test(text) ? text.toLowerCase() : text);
  if (typeof value === 'string') {
    if (rules.uuid && uuidHandling && !inner && isUuid(value)) return { $or: [{ identifier: value }, { _id: value }] };
    return { _id: id(value) };
  }
  if (!isPlainObject(value)) return { _id: value };
  return {
    _id: Object.fromEntries(
      Object.entries(value).map(([operator, operand]) => {
        if (operator === '$exists') return [operator, existsOperand(operand)];
        const list = operator.startsWith('$') ? asList(operand) : undefined;
        return [operator, list ? list.map(id) : id(operand)];
      })
    )
  };
}
