import type { AccessAdmin } from './admin.ts';

/** Who is asking, and what they may. Made per request or per socket; rights are looked up again at each use. */
export interface Identity {
  /** `failed`: credentials were presented and are wrong; such a caller may nothing, not even what anonymous callers may. */
  readonly kind: 'secret' | 'subject' | 'anonymous' | 'failed';
  /** Name of the subject, for `kind: 'subject'` (v3 stores it as `subject` and `modifiedBy`). */
  readonly subjectName: string | undefined;
  /** `_id` of the subject, for `kind: 'subject'`. */
  readonly subjectId: string | undefined;
  /** Shiro-style check against the present roles: `api:entries:read`; commas need every expansion. False once the subject is gone. */
  may(permission: string): boolean;
}

/** What a caller presented, as found (anything a stranger can send). */
export interface Credentials {
  /** Secret candidate: SHA-1 or SHA-512 of the API secret, an access token, or the SHA-1 of one. */
  readonly secret?: unknown;
  /** JWT as a Bearer header (v1, v2, v3) or socket `token`: taken as JWT only; wrong ones are a failure. */
  readonly bearer?: unknown;
  /** Access token or JWT from a query or body: wrong ones count as absent. */
  readonly token?: unknown;
}

/** Answer of `/authorization/request/:token` and `status.authorized`. Times in seconds. */
export interface Grant {
  readonly token: string;
  readonly sub: string;
  readonly permissionGroups: readonly (readonly string[])[];
  readonly iat: number;
  readonly exp: number;
}

/** Decides who is who. HTTP and sockets get the same answers. */
export interface Access {
  /**
   * Resolves credentials (auth.md §5). Waits first while the address is penalised, unless these worked from there before or none
   * are presented; a failure penalises it.
   * @param address the client's address as `client-address.ts` worked it out
   * @throws Refusal `too-many` for an address that guesses too much
   */
  resolve(credentials: Credentials, address: string): Promise<Identity>;
  /** Subject by raw access token (never a JWT, never the secret), for `/storage` and `/alarm`. A wrong one penalises the address (D16). */
  byAccessToken(token: unknown, address: string): Promise<Identity | undefined>;
  /** Exchanges an access token, its SHA-1 or a valid JWT for a fresh JWT; undefined when unknown (and the address is penalised, D16). */
  request(token: unknown, address: string): Promise<Grant | undefined>;
  /** As {@link request}, without waiting and without penalty: for `status.authorized`, whose caller was resolved before. */
  grantFor(token: unknown): Grant | undefined;
  /** Reads and writes subjects and roles; each change acts at once, also on identities and JWTs already handed out. */
  readonly admin: AccessAdmin;
  /** Resolves when roles and subjects are loaded; while the database is away that takes until it is back. */
  ready(): Promise<void>;
  close(): Promise<void>;
}
