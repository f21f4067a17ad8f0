import type { Lookup } from '../../collections/identity.ts';
import { isObjectId } from '../../storage/object-id.ts';
import { splitExtension } from './format.ts';

/** What a path segment may mean: the identifier as it stands, else without a known extension (`f-1.json`). */
export interface Address {
  readonly identifier: string;
  readonly bare: { readonly identifier: string; readonly extension: string } | undefined;
}

/** Reads the identifier of a path. A dot in an identifier is legal (D13), so the literal reading comes first. */
export function addressOf(segment: unknown): Address {
  const identifier = String(segment);
  const { name, extension } = splitExtension(identifier);
  return { identifier, bare: extension === undefined ? undefined : { identifier: name, extension } };
}

const idKeys = (identifier: string): Lookup[] => [
  { key: { identifier } },
  { key: { _id: isObjectId(identifier) ? identifier.toLowerCase() : identifier } }
];

/** Look-ups of an address: every document answers to its identifier and to its `_id` (D2). */
export const addressLookups = ({ identifier, bare }: Address): Lookup[] => [
  ...idKeys(identifier),
  ...(bare ? idKeys(bare.identifier) : [])
];
