import { identityOf, type Kind, markerOf } from './uploads.ts';

const DAY = 86_400_000;
const KINDS = ['entries', 'treatments', 'devicestatus'] as const;

/** What is stored, compared with what was acknowledged. */
export interface Verdict {
  readonly stored: number;
  readonly acknowledged: number;
  readonly missing: number;
  readonly doubled: number;
  /** Stored in another version than the one acknowledged last. */
  readonly stale: number;
  readonly examples: readonly string[];
}

/** Reads everything back, five days at a time. @param oldest epoch ms */
export async function verify(
  { url, secret }: { url: string; secret: string },
  { acknowledged, unsure }: { acknowledged: ReadonlyMap<string, string>; unsure: ReadonlySet<string> },
  oldest: number
): Promise<Verdict> {
  const found = new Map<string, string[]>();
  let stored = 0;
  for (const kind of KINDS) {
    for (let from = oldest - DAY; from < Date.now() + DAY; from += 5 * DAY) {
      for (const doc of await read(url, secret, kind, from, from + 5 * DAY)) {
        stored += 1;
        const identity = identityOf(kind, doc);
        found.set(identity, [...(found.get(identity) ?? []), markerOf(kind, doc) ?? '']);
      }
    }
  }
  const certain = [...acknowledged].filter(([identity]) => !unsure.has(identity));
  const missing = certain.filter(([identity]) => !found.has(identity));
  const doubled = [...found].filter(([, versions]) => versions.length > 1);
  const stale = certain.filter(([identity, marker]) => found.has(identity) && !found.get(identity)!.includes(marker));
  return {
    stored,
    acknowledged: acknowledged.size,
    missing: missing.length,
    doubled: doubled.length,
    stale: stale.length,
    examples: [...missing, ...doubled, ...stale].slice(0, 5).map((each) => each.join(' → '))
  };
}

async function read(url: string, secret: string, kind: Kind, from: number, to: number): Promise<Record<string, unknown>[]> {
  const [field, low, high] =
    kind === 'entries' ? ['date', from, to] : ['created_at', new Date(from).toISOString(), new Date(to).toISOString()];
  const answer = await fetch(`${url}/api/v1/${kind}.json?find[${field}][$gte]=${low}&find[${field}][$lt]=${high}&count=100000`, {
    headers: { 'api-secret': secret }
  });
  if (!answer.ok) throw new Error(`reading ${kind} back: ${answer.status}`);
  return (await answer.json()) as Record<string, unknown>[];
}
