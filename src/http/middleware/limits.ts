import type { RequestHandler } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import { createClientAddress } from '../../access/client-address.ts';
import type { Config } from '../../config/config.ts';
import { Refusal } from '../../errors.ts';

const MINUTE = 60_000;
/** An app exchanges its token once in eight hours, and a home shares one address; so many a minute is guessing. */
const EXCHANGES_PER_MINUTE = 120;

/** Bounds how often one client (IPv6 by its /64) may exchange access tokens: the one door where a guess needs no other request. */
export function exchangeLimit({ trustProxy }: Config): RequestHandler {
  const addressOf = createClientAddress(trustProxy);
  return rateLimit({
    windowMs: MINUTE,
    limit: EXCHANGES_PER_MINUTE,
    keyGenerator: (request) => ipKeyGenerator(addressOf(request), 64),
    standardHeaders: false,
    legacyHeaders: false,
    validate: false,
    handler: () => {
      throw new Refusal('too-many', 'Too many tokens from this address', MINUTE / 1000);
    }
  });
}
