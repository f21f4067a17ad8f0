const each = (prefix: string, nouns: readonly string[], verbs: readonly string[]): string[] =>
  nouns.flatMap((noun) => verbs.map((verb) => `${prefix}:${noun}:${verb}`));

/** Every permission the v1 and v2 routes ask for (auth.md §9), sorted: the admin page offers them for new roles. */
export const PERMISSIONS: readonly string[] = [
  'admin:api:permissions:read',
  ...each('admin:api', ['roles'], ['create', 'delete', 'list', 'update']),
  ...each('admin:api', ['subjects'], ['create', 'delete', 'read', 'update']),
  ...each('api', ['activity', 'food', 'profile', 'treatments'], ['create', 'delete', 'read', 'update']),
  ...each('api', ['devicestatus', 'entries'], ['create', 'delete', 'read']),
  'api:*:read',
  'api:pebble,entries:read',
  'api:status:read',
  'authorization:debug:test',
  'notifications:*:ack',
  'notifications:loop:push'
].sort();

/** A tree of words; each leaf is `{ '*': {} }`. */
export interface Trie {
  [word: string]: Trie;
}

/** Permissions as nested objects, one level per part; alternatives stand side by side. */
export function permissionTrie(permissions: readonly string[]): Trie {
  const root: Trie = {};
  for (const permission of permissions) {
    let level = [root];
    for (const words of [...permission.split(':'), '*'].map((part) => part.split(','))) {
      level = level.flatMap((node) => words.map((word) => (node[word] ??= {})));
    }
  }
  return root;
}
