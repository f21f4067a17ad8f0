/** One granted permission: per part the alternatives; parts at the end that admit anything are cut off. */
type Grant = readonly ReadonlySet<string>[];

/** A request with commas asks for every combination; more than this many nobody needs, and a stranger could send. */
const MAX_COMBINATIONS = 1000;

function readGrant(text: unknown): Grant | undefined {
  if (typeof text !== 'string' || text === '') return undefined;
  const parts = text.split(':').map((part) => new Set(part.split(',')));
  while (parts.at(-1)?.has('*')) parts.pop();
  return parts;
}

/** True when the grant alone covers every combination of the request. A `*` in a request is a word like any other. */
const covers = (grant: Grant, request: readonly (readonly string[])[]): boolean =>
  grant.length <= request.length && grant.every((part, i) => part.has('*') || request[i]!.every((word) => part.has(word)));

function* combinations(request: readonly (readonly string[])[]): Generator<string[][]> {
  const [first, ...rest] = request;
  if (!first) yield [];
  else for (const word of first) for (const tail of combinations(rest)) yield [[word], ...tail];
}

/**
 * Permissions as Apache Shiro matches them (auth.md §11): parts between colons, alternatives between commas, `*` for any part,
 * a short grant covers everything below it. Case-sensitive, no partial wildcards, no negation.
 * @param granted permission texts; anything else among them grants nothing
 * @returns whether a requested permission, with commas every combination of it, is granted
 */
export function compileGrants(granted: Iterable<unknown>): (permission: string) => boolean {
  const grants = [...granted].map(readGrant).filter((grant) => grant !== undefined);
  return (permission) => {
    const request = permission.split(':').map((part) => part.split(','));
    if (grants.some((grant) => covers(grant, request))) return true;
    const count = request.reduce((product, words) => product * words.length, 1);
    if (count === 1 || count > MAX_COMBINATIONS) return false;
    for (const combination of combinations(request)) if (!grants.some((grant) => covers(grant, combination))) return false;
    return true;
  };
}
