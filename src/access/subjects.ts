import type { Doc } from '../storage/port.ts';
import { deriveToken, matchesToken, type TokenParts } from './access-token.ts';
import { byName, nameOf, rolesByName, textList } from './roles.ts';
import { compileGrants } from './wildcard.ts';

/** Somebody with an access token. */
export interface Subject extends TokenParts {
  readonly _id: string;
  readonly name: string;
  /** As stored: may be missing. */
  readonly roles: unknown;
  /** Epoch ms from which on the token is unknown; undefined: never. */
  readonly expires: number | undefined;
  /** Permissions per role: the subject's own roles, then the default ones. */
  readonly permissionGroups: readonly (readonly string[])[];
  readonly may: (permission: string) => boolean;
}

/** Who exists and what they may, as of one moment. */
export interface Directory {
  /** Sorted by name. */
  readonly subjects: readonly Subject[];
  readonly mayAnonymous: (permission: string) => boolean;
  byId(_id: string): Subject | undefined;
  byToken(presented: string): Subject | undefined;
}

/** What the directory needs besides the documents. */
export interface DirectoryRules {
  /** SHA-1 of the API secret, lower-case hex. */
  readonly secretSha1: string;
  /** Names of the roles everybody has. */
  readonly defaultRoles: readonly string[];
  readonly now: () => number;
}

/** An expiry nobody can read has passed: whoever wrote it wanted an end. */
function readExpiry(value: unknown): number | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  const instant = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(instant) ? 0 : instant;
}

/**
 * Works out subjects and their rights from stored documents, also from a database the reference wrote: a subject without name
 * or roles, or with strange ones, does no harm; one without `_id` cannot have a token and is passed over.
 */
export function createDirectory(subjectDocs: readonly Doc[], roleDocs: readonly Doc[], rules: DirectoryRules): Directory {
  const roles = rolesByName(roleDocs);
  const groups = (names: readonly string[]) => [...new Set(names)].map((name) => roles.get(name) ?? []);
  const live = (subject: Subject | undefined) =>
    subject?.expires !== undefined && subject.expires <= rules.now() ? undefined : subject;

  const subjects: Subject[] = [...subjectDocs].sort(byName).flatMap((doc) => {
    if (!doc._id) return [];
    const permissionGroups = groups([...textList(doc.roles), ...rules.defaultRoles]);
    const token = deriveToken(rules.secretSha1, doc._id, nameOf(doc));
    const expires = readExpiry(doc.expires);
    return [
      {
        _id: doc._id,
        name: nameOf(doc),
        roles: doc.roles,
        expires,
        ...token,
        permissionGroups,
        may: compileGrants(permissionGroups.flat())
      }
    ];
  });
  const ids = new Map(subjects.map((subject) => [subject._id, subject]));

  return {
    subjects,
    mayAnonymous: compileGrants(groups(rules.defaultRoles).flat()),
    byId: (_id) => live(ids.get(_id)),
    byToken: (presented) => live(subjects.find((subject) => matchesToken(subject, presented)))
  };
}
