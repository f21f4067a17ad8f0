import type { Answer, Input } from './input.ts';

/** Answers that name the database, or figures only it knows. */
const OF_THE_DATABASE =
  /^\/(api\/v[12]\/(properties|ddata|status|adminnotifies|summary)|api\/v3\/(version|status)|pebble|metrics|healthz|readyz|socket\.io)/i;

/** An answer without what has to differ between two servers: ids they make up, tokens, times of the wall clock. */
const comparable = ({ text }: Answer): string =>
  text
    .replace(/[0-9a-f]{24,}/g, '<id>')
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<uuid>')
    .replace(/eyJ[\w-]+\.[\w-]+\.[\w-]+/g, '<jwt>')
    .replace(/-[0-9a-f]{16}\b/g, '-<token>')
    .replace(/request [\w-]+/g, 'request <id>');

/** @returns how two stores answer the same input differently, in words */
export function difference(input: Input, one: Answer, other: Answer): string | undefined {
  if (one.status !== other.status)
    return `SQLite answers ${one.status}, MongoDB ${other.status}: ${one.text.slice(0, 300)} | ${other.text.slice(0, 300)}`;
  if (input.door === 'raw' || input.door === 'engine') return undefined;
  if (input.door === 'http' && OF_THE_DATABASE.test(input.path)) return undefined;
  if (input.door === 'frame' && ['authorize', 'loadRetro'].includes(input.event)) return undefined;
  const [a, b] = [comparable(one), comparable(other)];
  if (a === b) return undefined;
  const at = [...a].findIndex((letter, place) => b[place] !== letter);
  const from = Math.max(0, (at < 0 ? Math.min(a.length, b.length) : at) - 80);
  return `SQLite and MongoDB answer differently: …${a.slice(from, from + 240)}… | …${b.slice(from, from + 240)}…`;
}
