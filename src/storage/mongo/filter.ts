import { type Document, ObjectId } from 'mongodb';
import { canonicalId, isObjectId } from '../object-id.ts';
import { type Filter, isPlainObject } from '../query.ts';
import { storedIds } from './ids.ts';

const LOGICAL = new Set(['$and', '$or', '$nor']);
/** The `_id` as the text it has outside, for comparisons that make no sense on ObjectIds. */
const ID_AS_TEXT = { $convert: { input: '$_id', to: 'string', onError: '', onNull: '' } };

/**
 * A checked filter in the words MongoDB understands: conditions on `_id` (text outside) are widened to every stored form, options
 * of regular expressions that only JavaScript knows are dropped. Values keep their types.
 * @param filter one that `checkFilter` let pass
 */
export function translate(filter: Filter): Document {
  const { _id, ...others } = filter;
  const plain = fields(others, translate);
  if (!Object.hasOwn(filter, '_id')) return plain;
  return Object.keys(plain).length === 0 ? onId(_id) : { $and: [onId(_id), plain] };
}

function fields(filter: Filter, inner: (filter: Filter) => Document): Document {
  return Object.fromEntries(
    Object.entries(filter).map(([field, condition]) => [
      field,
      LOGICAL.has(field) ? (condition as Filter[]).map(inner) : onField(condition)
    ])
  );
}

const isOperators = (value: unknown): value is Record<string, unknown> =>
  isPlainObject(value) && Object.keys(value).some((key) => key.startsWith('$'));

/** Inside list elements `_id` is a field like any other. */
const insideElement = (filter: Filter): Document => fields(filter, insideElement);

function onField(condition: unknown): unknown {
  if (!isOperators(condition)) return condition;
  return Object.fromEntries(Object.entries(condition).map(([operator, operand]) => [operator, onOperand(operator, operand)]));
}

function onOperand(operator: string, operand: unknown): unknown {
  if (operator === '$options') return options(operand);
  if (operator === '$not') return onField(operand);
  if (operator === '$elemMatch') return isOperators(operand) ? onField(operand) : insideElement(operand as Filter);
  return operand;
}

/** `g` and `u` change nothing about whether a text matches; MongoDB would refuse them. */
const options = (given: unknown): string => [...new Set(String(given ?? ''))].filter((letter) => 'ims'.includes(letter)).join('');

function onId(condition: unknown): Document {
  if (!isOperators(condition)) return { _id: { $in: forms(condition) } };
  const parts = Object.entries(condition)
    .filter(([operator]) => operator !== '$options')
    .map(([operator, operand]) => onIdOperator(operator, operand, condition.$options));
  return parts.length === 1 ? parts[0]! : { $and: parts };
}

const forms = (value: unknown): unknown[] => (typeof value === 'string' ? storedIds(value) : [value]);

function onIdOperator(operator: string, operand: unknown, regexOptions: unknown): Document {
  switch (operator) {
    case '$eq':
      return { _id: { $in: forms(operand) } };
    case '$ne':
      return { _id: { $nin: forms(operand) } };
    case '$in':
    case '$nin':
      return { _id: { [operator]: (operand as unknown[]).flatMap(forms) } };
    case '$all':
      return (operand as unknown[]).length === 0 ? { _id: { $in: [] } } : { $and: (operand as unknown[]).map(onId) };
    case '$gt':
    case '$gte':
    case '$lt':
    case '$lte':
      return typeof operand === 'string' ? compare(operator, operand) : { _id: { [operator]: operand } };
    case '$not':
      return { $nor: [onId(operand)] };
    case '$regex':
      return { $expr: { $regexMatch: { input: ID_AS_TEXT, regex: { $literal: operand }, options: options(regexOptions) } } };
    default:
      return { _id: { [operator]: operand } };
  }
}

/** ObjectIds sort as their hex digits do, so whole ones are compared as they are stored and the index helps. */
function compare(operator: string, text: string): Document {
  if (!isObjectId(text)) return { $expr: { [operator]: [ID_AS_TEXT, { $literal: text }] } };
  return { $or: [{ _id: { [operator]: new ObjectId(text) } }, { _id: { [operator]: canonicalId(text) } }] };
}
