import { parseV3Time } from '../../collections/v3-time.ts';
import { Refusal } from '../../errors.ts';
import { checkFilter, type Filter } from '../../storage/query.ts';
import { decimal } from './paging.ts';

/** Parameters of SEARCH that are no filters (`token` and `now` are sent by old clients and mean nothing here). */
const RESERVED = new Set(['token', 'now', 'sort', 'sort$desc', 'limit', 'skip', 'fields']);
const OPERATORS = new Set(['eq', 'ne', 'gt', 'gte', 'lt', 'lte', 'in', 'nin', 're']);
const MS_FIELDS = new Set(['date', 'srvModified', 'srvCreated']);
const SUFFIX = /^(.*)\$([a-zA-Z]+)$/s;

/**
 * Reads `field=value` and `field$op=value` of a SEARCH. Everything is ANDed, also several operators on one field (D13).
 * Deleted documents never show, whatever the caller says about `isValid`.
 * @throws Refusal 400 `Unsupported filter operator …`, or for a regular expression that cannot be used
 */
export function readFilter(params: URLSearchParams): Filter {
  const conditions: Filter[] = [];
  for (const [name, text] of params) {
    if (RESERVED.has(name)) continue;
    const [, field = name, operator = 'eq'] = SUFFIX.exec(name) ?? [];
    if (!OPERATORS.has(operator)) throw new Refusal('bad-query', `Unsupported filter operator ${operator}`);
    if (field !== 'isValid') conditions.push({ [field]: condition(field, operator, text) });
  }
  const filter: Filter = merge([...conditions, { isValid: { $ne: false } }]);
  checkFilter(filter);
  return filter;
}

function condition(field: string, operator: string, text: string): Record<string, unknown> {
  if (operator === 're') return { $regex: text };
  if (operator === 'in' || operator === 'nin')
    return { [`$${operator}`]: text.split('|').flatMap((part) => alternatives(field, part)) };
  return { [`$${operator}`]: coerce(field, text) };
}

/** A listed value as text and as what it reads like, so that `sgv$in=110|130` finds numbers (D13). */
function alternatives(field: string, part: string): unknown[] {
  const value = coerce(field, part);
  return value === part ? [part] : [part, value];
}

/** The value a text stands for, first that fits: number, boolean, quoted text, time. */
function coerce(field: string, text: string): unknown {
  const number = decimal(text);
  const time = MS_FIELDS.has(field) || field === 'created_at' ? parseV3Time(number ?? text)?.mills : undefined;
  if (time !== undefined) return field === 'created_at' ? new Date(time).toISOString() : time;
  if (number !== undefined) return number;
  if (text === 'true' || text === 'false') return text === 'true';
  if (text.length >= 2 && text.startsWith("'") && text.endsWith("'")) return text.slice(1, -1);
  return text;
}

function merge(conditions: readonly Filter[]): Filter {
  const names = conditions.flatMap((part) => Object.keys(part));
  return new Set(names).size === names.length ? Object.assign({}, ...conditions) : { $and: conditions };
}
