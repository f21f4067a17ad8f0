import { canonicalId } from '../object-id.ts';
import { type Doc, KEY_FIELDS } from '../port.ts';
import type { Value } from './driver.ts';

/** The columns of a collection's table behind `seq`, in the order of {@link rowOf}. */
export const COLUMNS = ['id', 'odd', 'doc', ...KEY_FIELDS.map((field) => `"k_${field}"`)];

/** The row of a document: id, odd, JSON text and the key columns, in the order of {@link KEY_FIELDS}. */
export function rowOf(doc: Doc & { _id: string }): { odd: boolean; values: Value[] } {
  const id = canonicalId(doc._id);
  let odd = false;
  const values = new Array<Value>(COLUMNS.length).fill(null);
  values[0] = id;
  values[1] = 0;
  values[2] = JSON.stringify(id === doc._id ? doc : { ...doc, _id: id });
  for (let n = 0; n < KEY_FIELDS.length; n++) {
    const field = KEY_FIELDS[n]!;
    const value = doc[field];
    if (value === undefined || value === null) continue;
    if (field === 'isValid' && typeof value === 'boolean') values[n + 3] = Number(value);
    else if (field !== 'isValid' && (typeof value === 'string' || typeof value === 'number')) values[n + 3] = value;
    else odd = true;
  }
  if (odd) values[1] = 1;
  return { odd, values };
}
