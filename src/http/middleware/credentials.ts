import type { Request, RequestHandler, Response } from 'express';
import { createClientAddress } from '../../access/client-address.ts';
import type { Credentials, Grant, Identity } from '../../access/identity.ts';
import { Refusal } from '../../errors.ts';
import type { Services } from '../../services.ts';

/** The answer to a missing right on v1 and v2 (never 403): apps explain only a 401 as "wrong secret or token". */
const unauthorized = (): Refusal => new Refusal('unauthorized', 'Invalid/Missing');

/** The object in which a body carries credentials: itself, or the first element of a list. */
function carrier(body: unknown): Record<string, unknown> | undefined {
  const holder: unknown = Array.isArray(body) ? body[0] : body;
  return holder !== null && typeof holder === 'object' && !Array.isArray(holder) && !Buffer.isBuffer(holder)
    ? (holder as Record<string, unknown>)
    : undefined;
}

/** Takes a field out of the body, so that no credential is ever stored or shown to readers. */
function take(holder: Record<string, unknown> | undefined, field: 'secret' | 'token'): unknown {
  if (!holder || !Object.hasOwn(holder, field)) return undefined;
  const value = holder[field];
  delete holder[field];
  return value;
}

/** The value of `Authorization: Bearer <x>`: exactly two words with one space between; other schemes count as absent. */
export const bearerOf = (request: Request): string | undefined =>
  /^bearer ([^ ]+)$/i.exec(request.headers.authorization ?? '')?.[1];

/**
 * Credentials of a v1 or v2 request (auth.md §5). The secret from query, header `api-secret` or body, the token from the Bearer
 * header, query or body; the first that is there counts even if it is wrong. Those in the body are removed from it.
 */
function readCredentials(request: Request): Credentials {
  const holder = carrier(request.body);
  const [bodySecret, bodyToken] = [take(holder, 'secret'), take(holder, 'token')];
  const { secret, bearer, token } = readHead(request);
  return { secret: secret || bodySecret, bearer, token: token || bodyToken };
}

/** Those that are known before the body is. */
function readHead(request: Request): Credentials {
  const { secret, token } = request.query;
  return { secret: secret || request.headers['api-secret'], bearer: bearerOf(request), token };
}

/** Whom {@link identify} (or v3's bearer rule) found behind this request; fails closed when nobody looked. */
export function identityOf(response: Response): Identity {
  const who = response.locals.identity as Identity | undefined;
  if (!who) throw unauthorized();
  return who;
}

/**
 * Finds out who is asking, once per request; {@link identityOf} tells later handlers. Comes after the body parsers, and only
 * where rights are looked at: wrong credentials are slowed down here.
 */
export function identify({ config, access }: Services): RequestHandler {
  const addressOf = createClientAddress(config.trustProxy);
  return async (request, response, next) => {
    const credentials = readCredentials(request);
    response.locals.identity ??= await access.resolve(credentials, addressOf(request));
    next();
  };
}

/**
 * Who is asking as far as address and headers tell, before the body is read. Whoever they do not name may still name themselves
 * in the body, so only an answer to credentials is kept for {@link identify}.
 */
export function identifyEarly({
  config,
  access
}: Pick<Services, 'config' | 'access'>): (request: Request, response: Response) => Promise<Identity> {
  const addressOf = createClientAddress(config.trustProxy);
  return async (request, response) => {
    const who = await access.resolve(readHead(request), addressOf(request));
    if (who.kind !== 'anonymous') response.locals.identity = who;
    return who;
  };
}

/** Lets pass who has all these rights; after {@link identify}. @throws Refusal `unauthorized` */
export function guard(...permissions: string[]): RequestHandler {
  return (_request, response, next) => {
    const who = identityOf(response);
    if (!permissions.every((permission) => who.may(permission))) throw unauthorized();
    next();
  };
}

/** Lets pass who has one of these rights; after {@link identify}. @throws Refusal `unauthorized` */
export function guardAny(...permissions: string[]): RequestHandler {
  return (_request, response, next) => {
    const who = identityOf(response);
    if (!permissions.some((permission) => who.may(permission))) throw unauthorized();
    next();
  };
}

/** `status.authorized`: the grant for the subject named by query `token` or `secret`, else null. LoopFollow takes its JWT from it. */
export function authorizedOf({ access }: Services, request: Request): Grant | null {
  const { token, secret } = request.query;
  return access.grantFor(token) ?? access.grantFor(secret) ?? null;
}
