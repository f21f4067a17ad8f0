import { Context } from 'mingo/core';
import { Query as Compiled } from 'mingo/query';
import { Refusal } from '../errors.ts';
import { canonicalId } from './object-id.ts';
import { QUERY_OPERATORS } from './operators.ts';
import type { Doc } from './port.ts';
import { compileRegex } from './regex.ts';

/** A condition in MongoDB's words, as plain JSON: regular expressions are `{ $regex, $options }`, ids are text. */
export type Filter = { readonly [field: string]: unknown };

/** What to read: in this order, from `skip` on, at most `limit` documents (absent: all). */
export interface Query {
  readonly filter: Filter;
  readonly sort?: readonly (readonly [field: string, direction: 1 | -1])[];
  readonly skip?: number;
  readonly limit?: number;
}

const LOGICAL = new Set(['$and', '$or', '$nor']);
const COMPARISON = new Set([
  '$eq',
  '$ne',
  '$gt',
  '$gte',
  '$lt',
  '$lte',
  '$in',
  '$nin',
  '$exists',
  '$type',
  '$mod',
  '$all',
  '$size',
  '$regex',
  '$options',
  '$not',
  '$elemMatch'
]);
const MAX_DEPTH = 12;

/** True for `{…}` as JSON makes it: no array, no class instance. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return false;
  const proto = Object.getPrototypeOf(value);
  return proto === Object.prototype || proto === null;
}

/** True for a name a store can sort by: `created_at`, `pump.clock`; no empty parts, nothing an engine would take for an operator. */
export function isFieldPath(field: string): boolean {
  const parts = field.split('.');
  return field.length <= 100 && !field.includes('\0') && parts.every((part) => part !== '' && !part.startsWith('$'));
}

const isOperators = (value: unknown): value is Record<string, unknown> =>
  isPlainObject(value) && Object.keys(value).some((key) => key.startsWith('$'));

/**
 * Refuses whatever is not a filter we know: unknown operators ($where, $expr, $function …), wrong shapes, bad regular
 * expressions. Both stores get only what passed here, so no store has to defend itself.
 * @throws Refusal `bad-query`
 */
export function checkFilter(filter: unknown, depth = 0): asserts filter is Filter {
  if (!isPlainObject(filter)) throw new Refusal('bad-query', 'A filter must be an object');
  if (depth > MAX_DEPTH) throw new Refusal('bad-query', 'Filter nested too deeply');
  if (depth === 0 && conditionsIn(filter, 0) > MAX_CONDITIONS) throw new Refusal('bad-query', 'Too many conditions');
  for (const [field, condition] of Object.entries(filter)) {
    if (LOGICAL.has(field)) {
      if (!Array.isArray(condition) || condition.length === 0)
        throw new Refusal('bad-query', `${field} needs a list of conditions`);
      for (const part of condition) checkFilter(part, depth + 1);
    } else if (field.startsWith('$')) throw new Refusal('bad-query', `Unknown operator ${field.slice(0, 40)}`);
    // no document has such a field, and MongoDB cannot even be asked for it
    else if (!isFieldName(field)) throw new Refusal('bad-query', 'There is no such field name');
    else if (isOperators(condition)) checkOperators(condition, depth + 1);
    else checkValue(condition, depth + 1);
  }
}

const isFieldName = (name: string): boolean => !name.includes('\0') && name !== '_bsontype';

/** A document to be equal to may hold no other field names than documents may. */
function checkValue(value: unknown, depth: number): void {
  if (depth > MAX_DEPTH) throw new Refusal('bad-query', 'Filter nested too deeply');
  if (Array.isArray(value)) for (const item of value) checkValue(item, depth + 1);
  if (!isPlainObject(value)) return;
  for (const [name, item] of Object.entries(value)) {
    if (!isFieldName(name)) throw new Refusal('bad-query', 'There is no such field name');
    checkValue(item, depth + 1);
  }
}

/** Nobody asks that much, and an engine gives up somewhere above it. */
const MAX_CONDITIONS = 300;

/** How many fields are asked about, also inside `$and` and `$or`. */
function conditionsIn(filter: unknown, depth: number): number {
  if (!isPlainObject(filter) || depth > MAX_DEPTH) return 1;
  let count = 0;
  for (const [field, condition] of Object.entries(filter)) {
    if (LOGICAL.has(field) && Array.isArray(condition)) for (const part of condition) count += conditionsIn(part, depth + 1);
    else count += isOperators(condition) ? Object.keys(condition).length : 1;
  }
  return count;
}

function checkOperators(operators: Record<string, unknown>, depth: number): void {
  if (depth > MAX_DEPTH) throw new Refusal('bad-query', 'Filter nested too deeply');
  for (const [operator, operand] of Object.entries(operators)) {
    if (!COMPARISON.has(operator)) throw new Refusal('bad-query', `Unknown operator ${operator.slice(0, 40)}`);
    checkValue(operand, depth + 1);
    if (['$in', '$nin', '$all'].includes(operator)) {
      if (!Array.isArray(operand)) throw new Refusal('bad-query', `${operator} needs a list`);
      if (operand.some(isOperators)) throw new Refusal('bad-query', `${operator} takes values only`);
    } else if (operator === '$regex') checkRegex(operators);
    else if (operator === '$options' && !('$regex' in operators)) throw new Refusal('bad-query', '$options needs $regex');
    else if (operator === '$not') {
      if (!isOperators(operand)) throw new Refusal('bad-query', '$not needs an operator');
      checkOperators(operand, depth + 1);
    } else if (operator === '$elemMatch') {
      if (isOperators(operand)) checkOperators(operand, depth + 1);
      else checkFilter(operand, depth + 1);
    } else if (operator === '$size' && !Number.isInteger(operand)) throw new Refusal('bad-query', '$size needs a whole number');
    else if (operator === '$mod') {
      const [divisor, remainder] = Array.isArray(operand) ? operand : [];
      if (!Number.isInteger(divisor) || divisor === 0 || !Number.isInteger(remainder))
        throw new Refusal('bad-query', '$mod needs two whole numbers');
    } else if (operator === '$type' && !['string', 'number'].includes(typeof operand))
      throw new Refusal('bad-query', '$type needs a type');
    else if (!['$exists', '$options', '$type'].includes(operator) && isOperators(operand))
      throw new Refusal('bad-query', `${operator} takes a value`);
  }
}

function checkRegex({ $regex, $options }: Record<string, unknown>): void {
  if (typeof $regex !== 'string' || ($options !== undefined && typeof $options !== 'string'))
    throw new Refusal('bad-query', 'A regular expression must be text');
  compileRegex($regex, $options);
}

const context = Context.init({ query: QUERY_OPERATORS as never });

/** The filter in the matcher's own words: `$re2` for `$regex`, ids as they are stored. */
function prepared(value: unknown, inId = false): unknown {
  if (typeof value === 'string') return inId ? canonicalId(value) : value;
  if (Array.isArray(value)) return value.map((item) => prepared(item, inId));
  if (!isPlainObject(value)) return value;
  const { $regex, $options, ...rest } = value;
  const out: Record<string, unknown> = Object.fromEntries(
    Object.entries(rest).map(([key, item]) => [key, prepared(item, inId || key === '_id')])
  );
  if (typeof $regex === 'string') out.$re2 = [$regex, $options ?? ''];
  return out;
}

/**
 * The filter as a function over documents, with MongoDB's rules (type bracketing, arrays match by element, missing ≠ anything).
 * For what a store cannot say in its own language, and for documents that are not stored yet.
 * @param filter one that {@link checkFilter} let pass
 */
export function matcher(filter: Filter): (doc: Doc) => boolean {
  const compiled = new Compiled(prepared(filter) as never, { context, scriptEnabled: false } as never);
  return (doc) => compiled.test(doc);
}
