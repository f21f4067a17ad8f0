import type { Doc } from '../storage/port.ts';
import { isPlainObject } from '../storage/query.ts';

/** Present unless a stored role has the same name (auth.md §3). */
const BUILT_IN_ROLES: Readonly<Record<string, readonly string[]>> = {
  activity: ['api:activity:create'],
  admin: ['*'],
  careportal: ['api:treatments:create'],
  denied: [],
  'devicestatus-upload': ['api:devicestatus:create'],
  readable: ['*:*:read'],
  'status-only': ['api:status:read']
};

/** A list of texts as people stored it: one text alone counts as a list, a form's numbered fields too; what is no text is passed over. */
export function textList(value: unknown): string[] {
  const items =
    typeof value === 'string' ? [value] : Array.isArray(value) ? value : isPlainObject(value) ? Object.values(value) : [];
  return items.filter((item): item is string => typeof item === 'string');
}

/** The name of a subject or role; empty when the stored document has none that can be read. */
export const nameOf = ({ name }: Doc): string => (typeof name === 'string' ? name : typeof name === 'number' ? String(name) : '');

/** Sorts as the reference's lists are: by code unit, capitals first. */
export const byName = (a: Doc, b: Doc): number => {
  const [x, y] = [nameOf(a), nameOf(b)];
  return x < y ? -1 : x > y ? 1 : 0;
};

/** All roles by name: what each permits. Of several stored roles of one name the first counts. */
export function rolesByName(stored: readonly Doc[]): ReadonlyMap<string, readonly string[]> {
  const roles = new Map<string, readonly string[]>();
  for (const doc of stored) if (!roles.has(nameOf(doc))) roles.set(nameOf(doc), textList(doc.permissions));
  for (const [name, permissions] of Object.entries(BUILT_IN_ROLES)) if (!roles.has(name)) roles.set(name, permissions);
  return roles;
}

/** Stored roles and the built-in ones that none of them hides, sorted by name. */
export function listRoles(stored: readonly Doc[]): Doc[] {
  const names = new Set(stored.map(nameOf));
  const builtIn = Object.entries(BUILT_IN_ROLES).filter(([name]) => !names.has(name));
  return [...stored, ...builtIn.map(([name, permissions]) => ({ name, permissions: [...permissions] }))].sort(byName);
}
