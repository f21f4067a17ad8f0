import { canonicalId } from '../object-id.ts';
import { type Filter, isPlainObject } from '../query.ts';
import type { Value } from './driver.ts';
import { columnOf, jsonPath } from './indexes.ts';

/** A filter as SQL. Not exact: the SQL lets more documents through, and each must be asked again with `matcher`. */
export interface Where {
  readonly sql: string;
  readonly params: readonly Value[];
  readonly exact: boolean;
}

const ALL: Where = { sql: '1', params: [], exact: true };
const NONE: Where = { sql: '0', params: [], exact: true };
const UNSURE: Where = { sql: '1', params: [], exact: false };

/** Translates a checked filter. MongoDB's type bracketing becomes range ends: every number sorts before '', every text before x''. */
export function translate(filter: Filter): Where {
  const parts = Object.entries(filter).map(([field, condition]) => {
    if (field === '$and') return and((condition as Filter[]).map(translate));
    if (field === '$or') return or((condition as Filter[]).map(translate));
    if (field === '$nor') return not(or((condition as Filter[]).map(translate)));
    return onField(field, condition);
  });
  return and(parts);
}

function and(parts: readonly Where[]): Where {
  if (parts.length === 0) return ALL;
  if (parts.length === 1) return parts[0]!;
  return {
    sql: parts.map((p) => `(${p.sql})`).join(' AND '),
    params: parts.flatMap((p) => p.params),
    exact: parts.every((p) => p.exact)
  };
}

function or(parts: readonly Where[]): Where {
  return {
    sql: parts.map((p) => `(${p.sql})`).join(' OR '),
    params: parts.flatMap((p) => p.params),
    exact: parts.every((p) => p.exact)
  };
}

function not(part: Where): Where {
  return part.exact ? { sql: `NOT coalesce(${part.sql}, 0)`, params: part.params, exact: true } : UNSURE;
}

function onField(field: string, condition: unknown): Where {
  if (isPlainObject(condition) && Object.keys(condition).some((key) => key.startsWith('$'))) {
    return and(Object.entries(condition).map(([operator, operand]) => onOperator(field, operator, operand)));
  }
  return onOperator(field, '$eq', condition);
}

function onOperator(field: string, operator: string, operand: unknown): Where {
  const path = field.includes('.') ? undefined : jsonPath(field);
  if (operator === '$exists' && path) {
    const there = field === '_id' ? '1' : `json_type(doc, ${path}) IS NOT NULL`;
    return { sql: operand ? there : `NOT (${there})`, params: [], exact: true };
  }
  const column = columnOf(field);
  if (!column) return UNSURE;
  switch (operator) {
    case '$eq':
      return equals(field, column, operand);
    case '$ne':
      return not(equals(field, column, operand));
    case '$in':
      return (operand as unknown[]).length === 0 ? NONE : oneOf(field, column, operand as unknown[]);
    case '$nin':
      return (operand as unknown[]).length === 0 ? ALL : not(oneOf(field, column, operand as unknown[]));
    case '$gt':
      return range(field, column, '>', operand);
    case '$gte':
      return range(field, column, '>=', operand);
    case '$lt':
      return range(field, column, '<', operand);
    case '$lte':
      return range(field, column, '<=', operand);
    default:
      return UNSURE;
  }
}

/** The operand as the column holds it; undefined where SQL cannot compare as MongoDB does. */
function bindable(field: string, operand: unknown): Value | undefined {
  if (field === '_id') return typeof operand === 'string' ? canonicalId(operand) : undefined;
  if (field === 'isValid') return typeof operand === 'boolean' ? Number(operand) : undefined;
  return typeof operand === 'string' || (typeof operand === 'number' && !Number.isNaN(operand)) ? operand : undefined;
}

function equals(field: string, column: string, operand: unknown): Where {
  if (operand === null) return { sql: `${column} IS NULL`, params: [], exact: true };
  const value = bindable(field, operand);
  return value === undefined ? UNSURE : { sql: `${column} = ?`, params: [value], exact: true };
}

function oneOf(field: string, column: string, operands: readonly unknown[]): Where {
  const values = operands.filter((v) => v !== null).map((v) => bindable(field, v));
  if (values.includes(undefined)) return UNSURE;
  const some: Where = { sql: `${column} IN (${values.map(() => '?').join(', ')})`, params: values as Value[], exact: true };
  return operands.includes(null) ? or([some, { sql: `${column} IS NULL`, params: [], exact: true }]) : some;
}

function range(field: string, column: string, sign: string, operand: unknown): Where {
  const value = bindable(field, operand);
  if (value === undefined || value === null || field === 'isValid') return UNSURE;
  const text = typeof value === 'string';
  const other = sign.startsWith('>') ? `${column} < ${text ? "x''" : "''"}` : text ? `${column} >= ''` : `${column} IS NOT NULL`;
  return { sql: `${column} ${sign} ? AND ${other}`, params: [value], exact: true };
}
