import type { RequestHandler } from 'express';
import { createClientAddress } from '../../access/client-address.ts';
import type { Identity } from '../../access/identity.ts';
import { Refusal } from '../../errors.ts';
import type { Services } from '../../services.ts';
import { bearerOf } from './credentials.ts';

/** Who asks while `API3_SECURITY_ENABLE` is off: anybody, for anything, under no name. */
const ANYBODY: Identity = { kind: 'secret', subjectName: undefined, subjectId: undefined, may: () => true };

/**
 * v3's only door (rest-v3.md §3): `Authorization: Bearer <jwt>`, no secret, no raw token, no anonymous reader.
 * @throws Refusal `unauthorized`; its detail is the exact text v3 answers with
 */
export function bearer({ config, access }: Services): RequestHandler {
  const addressOf = createClientAddress(config.trustProxy);
  return async (request, response, next) => {
    if (!config.api3.securityEnable) response.locals.identity = ANYBODY;
    else {
      const token = bearerOf(request);
      if (token === undefined) throw new Refusal('unauthorized', 'Missing or bad access token or JWT');
      const who = await access.resolve({ bearer: token }, addressOf(request));
      // a removed subject's JWT ends here as well: AAPS asks for a new one after a 401, not after a 403
      if (who.kind !== 'subject') throw new Refusal('unauthorized', 'Bad access token or JWT');
      response.locals.identity = who;
    }
    next();
  };
}
