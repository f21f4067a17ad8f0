import type { Committed } from '../../src/bus/events.ts';
import { type Answer, type Input, mayWrite } from './input.ts';

/** Answers that name the database, or figures only it knows. */
const OF_THE_DATABASE =
  /^\/(api\/v[12]\/(properties|ddata|status|adminnotifies|summary|admin\/status)|api\/v3\/(version|status)|pebble|metrics|healthz|readyz|socket\.io)/i;

/** Of profiles whose `startDate` is a list or an object each database calls others the ten latest: known, and named in our notes. */
const PROFILES = /^\/api\/v[12]\/profiles?\b/i;
const ODD_START = /"startDate":[[{]/;

/** An answer without what has to differ between two servers: ids they make up, tokens, times of the wall clock. */
const comparable = ({ text }: Answer): string =>
  text
    .replace(/[0-9a-f]{24,}/g, '<id>')
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<uuid>')
    .replace(/eyJ[\w-]+\.[\w-]+\.[\w-]+/g, '<jwt>')
    .replace(/-[0-9a-f]{16}\b/g, '-<token>')
    // a document one store refuses has its batch planned again, and its neighbours get later instants
    // (a number for a number: lists are read as JSON below)
    .replace(/(?<=(?:srvModified|srvCreated|lastModified)(?:":|>))\d+/g, '0')
    // when the alarms were last looked at (/api/v2/alarms)
    .replace(/(?<="(?:now|at)":)\d{13}\b/g, '0')
    .replace(/request [\w-]+/g, 'request <id>');

/** What came of one input at one store. */
export interface Seen extends Answer {
  readonly committed: readonly Committed[] | undefined;
}

/** What was stored, as far as it has to be the same. */
const told = (committed: readonly Committed[] | undefined): string =>
  (committed ?? []).map(({ door, op, collection }) => `${door} ${op} ${collection}`).join(', ');

/** @returns how two stores answer the same input differently, in words */
export function difference(input: Input, one: Seen, other: Seen): string | undefined {
  if (one.status !== other.status)
    return `SQLite answers ${one.status}, MongoDB ${other.status}: ${one.text.slice(0, 300)} | ${other.text.slice(0, 300)}`;
  const [here, there] = [told(one.committed), told(other.committed)];
  // of reads that run together nobody knows which one it was
  if (mayWrite(input) && here !== there) return `SQLite stores (${here}), MongoDB (${there})`;
  if (input.door === 'raw' || input.door === 'engine') return undefined;
  if (input.door === 'http' && OF_THE_DATABASE.test(input.path)) return undefined;
  if (input.door === 'frame' && ['authorize', 'loadRetro'].includes(input.event)) return undefined;
  // the columns are those of the first document
  if (one.contentType.startsWith('text/csv')) return undefined;
  if (input.door === 'http' && PROFILES.test(input.path) && ODD_START.test(one.text + other.text)) return undefined;
  const [a, b] = [comparable(one), comparable(other)];
  if (a === b || sameButOrder(a, b)) return undefined;
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  const from = Math.max(0, at - 80);
  return `SQLite and MongoDB answer differently: …${a.slice(from, from + 240)}… | …${b.slice(from, from + 240)}…`;
}

/**
 * Values of the wrong type in the field a list is sorted by stand in an order of each database's own, and so do lists that are
 * sorted by nothing, once MongoDB answers them from an index.
 */
function sameButOrder(a: string, b: string): boolean {
  const [one, other] = [a, b].map((text) => {
    try {
      const body = JSON.parse(text) as unknown;
      const list = Array.isArray(body) ? body : (body as { result?: unknown }).result;
      return Array.isArray(list) ? list.map((item) => JSON.stringify(item)).sort() : undefined;
    } catch {
      return text.split('\n').sort();
    }
  });
  return one !== undefined && JSON.stringify(one) === JSON.stringify(other);
}
