import type { Identity } from './identity.ts';

/** Body of `/verifyauth` (auth.md §9). Always told with status 200; nightscout-connect decides by it whether a site can be read. */
export interface VerifyAuth {
  readonly canRead: boolean;
  readonly canWrite: boolean;
  readonly isAdmin: boolean;
  readonly message: 'OK' | 'UNAUTHORIZED';
  readonly rolefound: 'FOUND' | 'NOTFOUND';
  readonly permissions: 'DEFAULT' | 'ROLE';
}

/** What somebody may, in `/verifyauth`'s words: `OK` takes credentials, `FOUND` a subject (the API secret is none). */
export function verifyAuth(who: Identity): VerifyAuth {
  const canRead = who.may('*:*:read');
  return {
    canRead,
    canWrite: who.may('*:*:write'),
    isAdmin: who.may('*:*:admin'),
    message: canRead && who.kind !== 'anonymous' ? 'OK' : 'UNAUTHORIZED',
    rolefound: who.kind === 'subject' ? 'FOUND' : 'NOTFOUND',
    permissions: who.kind === 'anonymous' ? 'DEFAULT' : 'ROLE'
  };
}
