import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Bus } from '../bus/bus.ts';
import type { Config } from '../config/config.ts';
import { Refusal } from '../errors.ts';
import type { Storage } from '../storage/port.ts';
import { createAdministration } from './administration.ts';
import { createApiSecret, isAbsent } from './api-secret.ts';
import { createDelayList } from './delay-list.ts';
import { sha1 } from './digest.ts';
import { createGuesses } from './guesses.ts';
import type { Access, Credentials, Grant, Identity } from './identity.ts';
import { createJwt } from './jwt.ts';
import { createLastUsed } from './last-used.ts';
import { createReader } from './reader.ts';
import type { Subject } from './subjects.ts';

/** What access is made from. */
export interface AccessDeps {
  readonly config: Pick<Config, 'authDefaultRoles' | 'authFailDelayMs'> & {
    readonly limits?: Pick<Config['limits'], 'wrongCredentials'>;
  };
  readonly storage: Storage;
  readonly bus: Bus;
  readonly log: Logger;
  /** The clock, epoch ms. */
  readonly now: () => number;
  /** Plain API secret. */
  readonly apiSecret: string;
  /** Key that signs JWTs. */
  readonly jwtKey: string;
  /** Waits that many ms; for tests. */
  readonly sleep?: (ms: number) => Promise<void>;
}

/** Tokens of a repeated parameter (`?token=a&token=b`) that are looked at. */
const MAX_TOKENS = 5;

/** Access tokens as presented: a text, or several; everything else counts as absent. */
const textsOf = (token: unknown): string[] =>
  (Array.isArray(token) ? token.slice(0, MAX_TOKENS) : [token]).filter(
    (one): one is string => typeof one === 'string' && one !== ''
  );

/** Everything presented, as texts; what is no text is a guess like any other, and always the same one. */
function presentedIn({ secret, bearer, token }: Credentials): string[] {
  const given = [...(isAbsent(secret) ? [] : [secret]), ...(bearer ? [bearer] : [])];
  return [...given.map((one) => (typeof one === 'string' ? one : '')), ...textsOf(token)];
}

const NOBODY = { subjectName: undefined, subjectId: undefined };
const FAILED: Identity = { kind: 'failed', ...NOBODY, may: () => false };
const ADMIN: Identity = { kind: 'secret', ...NOBODY, may: () => true };

/** Decides who is who (auth.md §5); subjects and roles come from the database and are kept current. */
export function createAccess(deps: AccessDeps): Access {
  const { config, storage, bus, log, now } = deps;
  const secret = createApiSecret(deps.apiSecret);
  const jwt = createJwt(deps.jwtKey, now);
  const delays = createDelayList(config.authFailDelayMs, now, deps.sleep ?? ((ms) => pause(ms, undefined, { ref: false })));
  const guesses = createGuesses(config.limits?.wrongCredentials ?? 0, now);
  const rules = { secretSha1: secret.sha1, defaultRoles: config.authDefaultRoles, now };
  const reader = createReader({ storage, bus, log, rules });
  const isKnown = (_id: string) => reader.directory().byId(_id) !== undefined;
  const lastUsed = createLastUsed({ storage, log, now, isKnown, ready: reader.ready() });

  // whoever guesses is slowed down at every process of the site
  const offFailed = bus.subscribe('auth-failed', 'access', ({ address, remote }) => {
    if (remote) delays.fail(address);
  });

  const byToken = (token: string): Subject | undefined => reader.directory().byToken(token);
  const byJwt = (token: unknown): Subject | undefined => {
    const accessToken = typeof token === 'string' ? jwt.verify(token) : undefined;
    return accessToken === undefined ? undefined : byToken(accessToken);
  };

  function firstSubject(token: unknown): Subject | undefined {
    for (const text of textsOf(token)) {
      const subject = byToken(text) ?? byJwt(text);
      if (subject) return subject;
    }
    return undefined;
  }

  /** Looks the subject up at each use, so that a change of rights or a removal reaches whoever holds the identity. */
  const identityOf = ({ _id, name }: Subject): Identity => ({
    kind: 'subject',
    subjectName: name,
    subjectId: _id,
    may: (permission) => reader.directory().byId(_id)?.may(permission) ?? false
  });
  const ANONYMOUS: Identity = { kind: 'anonymous', ...NOBODY, may: (permission) => reader.directory().mayAnonymous(permission) };

  /** Holds whoever presents something that {@link isProven} does not know. @throws Refusal `too-many` */
  async function slow(address: string): Promise<void> {
    guesses.admit(address);
    await delays.wait(address);
    // others guessed in the meantime
    guesses.admit(address);
  }

  /** True when nothing that is presented is a guess: it worked from this address before. */
  const isProven = (address: string, presented: readonly string[]): boolean =>
    presented.length > 0 && guesses.areKnown(address, presented);

  function failed(address: string, presented: readonly string[]): void {
    delays.fail(address);
    guesses.wrong(address, presented);
    log.warn({ address }, 'Wrong credentials');
    bus.publish('auth-failed', { address, at: now() });
    bus.publish('admin-notify', {
      title: 'Failed authentication',
      message: `A device at IP address ${address} tried to sign in with wrong credentials. Check which device it is and whether its secret or token is outdated.`
    });
  }

  /** A wrong `?token=` counts as absent and so is answered like any stranger; guessing is slowed, repeating one is not (D16). */
  function wronglyGuessed(token: unknown, address: string): void {
    guesses.wrong(address, textsOf(token));
    for (const text of textsOf(token)) if (delays.fail(address, sha1(text))) bus.publish('auth-failed', { address, at: now() });
  }

  function welcome(address: string, subject: Subject, presented: readonly string[]): Identity {
    delays.succeed(address);
    if (!guesses.areKnown(address, presented))
      for (const text of presented) if (byToken(text) === subject || byJwt(text) === subject) guesses.right(address, text);
    lastUsed.note(subject._id);
    return identityOf(subject);
  }

  async function mustBeLoaded(): Promise<void> {
    if (!(await reader.loaded())) throw new Refusal('storage-away', 'Subjects and roles are not loaded yet', 2);
  }

  function grantOf(subject: Subject): Grant {
    const { token, iat, exp } = jwt.issue(subject.accessToken);
    return { token, sub: subject.name, permissionGroups: subject.permissionGroups, iat, exp };
  }

  return {
    async resolve(credentials, address) {
      const presented = presentedIn(credentials);
      const isNew = presented.length > 0 && !isProven(address, presented);
      if (isNew) await slow(address);
      const hasSecret = !isAbsent(credentials.secret);
      const offered = typeof credentials.secret === 'string' ? credentials.secret : '';
      if (hasSecret && secret.matches(offered)) {
        delays.succeed(address);
        if (isNew) guesses.right(address, offered);
        return ADMIN;
      }
      if (!reader.isLoaded()) await mustBeLoaded();
      const hasBearer = Boolean(credentials.bearer);
      const subject = hasBearer ? byJwt(credentials.bearer) : firstSubject(credentials.token);
      const found = subject ?? (hasSecret ? byToken(offered) : undefined);
      if (found) return welcome(address, found, presented);
      if (hasSecret || hasBearer) {
        failed(address, presented);
        return FAILED;
      }
      wronglyGuessed(credentials.token, address);
      return ANONYMOUS;
    },
    async byAccessToken(token, address) {
      const texts = textsOf(token);
      if (texts.length === 0) return undefined;
      if (!isProven(address, texts)) await slow(address);
      await mustBeLoaded();
      const subject = texts.map(byToken).find((one) => one !== undefined);
      if (subject) return welcome(address, subject, texts);
      failed(address, texts);
      return undefined;
    },
    async request(token, address) {
      const texts = textsOf(token);
      if (texts.length > 0 && !isProven(address, texts)) await slow(address);
      await mustBeLoaded();
      const subject = firstSubject(token);
      if (!subject) {
        failed(address, texts);
        return undefined;
      }
      welcome(address, subject, texts);
      return grantOf(subject);
    },
    grantFor(token) {
      const subject = firstSubject(token);
      return subject && grantOf(subject);
    },
    admin: createAdministration({ storage, reader, lastUsed, now }),
    ready: () => reader.ready().then(() => lastUsed.ready),
    async close() {
      offFailed();
      await reader.close();
      await lastUsed.close();
    }
  };
}
