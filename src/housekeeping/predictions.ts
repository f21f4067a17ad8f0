import type { Doc } from '../storage/port.ts';
import { isPlainObject } from '../storage/query.ts';

/** Where the apps put their curves: Loop; oref (AAPS, Trio, OpenAPS) in what it suggested and in what was enacted. */
const CURVES: readonly (readonly string[])[] = [
  ['loop', 'predicted', 'values'],
  ['openaps', 'suggested', 'predBGs'],
  ['openaps', 'enacted', 'predBGs']
];

/** @returns a copy of a device status without its predicted curves, or undefined when it has none */
export function withoutPredictions<D extends Doc>(status: D): D | undefined {
  let shorter: D | undefined;
  for (const path of CURVES) shorter = without(shorter ?? status, path) ?? shorter;
  return shorter;
}

function without<D extends Doc>(doc: D, [first, ...rest]: readonly string[]): D | undefined {
  if (first === undefined || !(first in doc)) return undefined;
  if (rest.length === 0) {
    const { [first]: _, ...others } = doc;
    return others as D;
  }
  const inner = doc[first];
  const shorter = isPlainObject(inner) ? without(inner as Doc, rest) : undefined;
  return shorter && { ...doc, [first]: shorter };
}
