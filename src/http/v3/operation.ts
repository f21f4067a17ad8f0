import type { NextFunction, Request, RequestHandler, Response } from 'express';
import type { Identity } from '../../access/identity.ts';
import { isV3Collection, type V3Collection } from '../../collections/v3-document.ts';
import { Refusal } from '../../errors.ts';
import { identityOf } from '../middleware/credentials.ts';
import { noSuchOperation } from './envelope.ts';
import { paramsOf } from './paging.ts';

/** One authenticated request on a collection. */
interface Call {
  readonly req: Request;
  readonly res: Response;
  readonly collection: V3Collection;
  readonly who: Identity;
  readonly params: URLSearchParams;
}

/** What an operation does with a {@link Call}; what it throws the error renderer spells. */
export type Operation = (call: Call) => Promise<void>;

const collectionOf = (req: Request): string => String(req.params.collection).toLowerCase();

/** First of an operation's handlers: whether there is such a collection is no secret. @throws Refusal 404 */
export function known(req: Request, _res: Response, next: NextFunction): void {
  if (!isV3Collection(collectionOf(req))) throw noSuchOperation();
  next();
}

/** The operation as a handler, after {@link known} and the bearer rule. */
export const run =
  (operation: Operation): RequestHandler =>
  (req, res) =>
    operation({ req, res, collection: collectionOf(req) as V3Collection, who: identityOf(res), params: paramsOf(req.url) });

/** @throws Refusal 403 `Missing permission …` */
export function need(who: Identity, permission: string): void {
  if (!who.may(permission)) throw new Refusal('forbidden', `Missing permission ${permission}`);
}

/** Lists of settings are for administrators, other collections for readers. @throws Refusal 403 */
export const needList = (who: Identity, collection: V3Collection): void =>
  need(who, collection === 'settings' ? 'api:settings:admin' : `api:${collection}:read`);
