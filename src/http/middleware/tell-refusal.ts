import type { Request, RequestHandler, Response } from 'express';
import { createClientAddress } from '../../access/client-address.ts';
import type { Identity } from '../../access/identity.ts';
import type { Door } from '../../bus/events.ts';
import type { ErrorCode, Refusal } from '../../errors.ts';
import type { Services } from '../../services.ts';
import { reasonOfCredentials } from '../../uploads/reason.ts';
import type { Reason } from '../../uploads/refusals.ts';
import { bearerOf } from './credentials.ts';

/** Tells the bus that a request was refused; called where errors become answers. */
export type TellRefusal = (req: Request, res: Response, refusal: Refusal) => void;

/** Refusals people should hear of, in the reasons they are told in; the others are answers apps live with. */
const REASON_OF: Readonly<Partial<Record<ErrorCode, Reason>>> = {
  'bad-json': 'bad-data',
  'bad-document': 'bad-data',
  'bad-query': 'bad-data',
  'missing-filter': 'bad-data',
  'bad-id': 'bad-data',
  'bad-path': 'wrong-address',
  forbidden: 'missing-right',
  'too-large': 'too-large',
  'unsupported-type': 'wrong-type',
  'read-only': 'read-only',
  'too-many': 'too-many',
  'storage-away': 'database-away',
  'storage-failed': 'database-away'
};

/** Their details are sentences of ours; those of the others may repeat what was sent. */
const TOLD: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'bad-json',
  'bad-document',
  'forbidden',
  'too-large',
  'unsupported-type',
  'too-many'
]);

const API = /^\/api\/(v[123])(?=\/|\?|$)(?:\/([a-z]+))?/i;
/** First words of paths: nothing else of an address is repeated, a token may stand in it. */
const WORDS =
  /^(entries|treatments|devicestatus|profiles?|food|activity|settings|status|experiments|verifyauth|properties|summary|ddata|predictions|authorization|notifications|count|echo|times|slice|adminnotifies|version|lastmodified|pebble|admin|uploads)$/i;

/** How an address is told: `POST /api/v1/entries`. */
function whatOf({ method, originalUrl }: Pick<Request, 'method' | 'originalUrl'>): string {
  const [, version, word] = API.exec(originalUrl) ?? [];
  if (version === undefined) return `${method} …`;
  return `${method} /api/${version.toLowerCase()}/${word !== undefined && WORDS.test(word) ? word : '…'}`;
}

/** For tests of single surfaces nobody listens. */
export const tellNobody: TellRefusal = () => undefined;

/** Tells of a request that got no answer it could use, for a reason that is no {@link Refusal}. */
type Tell = (req: Request, reason: Reason, detail?: string) => void;

function createTell({ bus, config }: Pick<Services, 'bus' | 'config'>): Tell {
  const addressOf = createClientAddress(config.trustProxy);
  return (req, reason, detail) => {
    const door = API.exec(req.originalUrl)?.[1]?.toLowerCase() as Door | undefined;
    if (!door) return;
    const body: unknown = req.body;
    bus.publish('refused', {
      door,
      sender: { userAgent: req.headers['user-agent'], address: addressOf(req) },
      reason,
      what: whatOf(req),
      detail,
      doc: Array.isArray(body) ? body[0] : body
    });
  };
}

export function createTellRefusal(services: Pick<Services, 'bus' | 'config' | 'now'>): TellRefusal {
  const tell = createTell(services);
  return (req, res, { code, detail }) => {
    const reason = code === 'unauthorized' ? unauthorized(req, res, services.now()) : REASON_OF[code];
    if (reason) tell(req, reason, TOLD.has(code) ? detail : undefined);
  };
}

/** Tells of paths below the APIs that nobody takes: most often an address with `/api/v1` where none belongs. To be mounted last. */
export function tellWrongAddress(services: Pick<Services, 'bus' | 'config'>): RequestHandler {
  const tell = createTell(services);
  return (req, _res, next) => {
    tell(req, 'wrong-address');
    next();
  };
}

/** Tells of a request that was sent on to https. */
export function createTellPlainHttp(services: Pick<Services, 'bus' | 'config'>): (req: Request) => void {
  const tell = createTell(services);
  return (req) => tell(req, 'plain-http');
}

function unauthorized(req: Request, res: Response, now: number): Reason | undefined {
  const who = res.locals.identity as Identity | undefined;
  if (who?.kind === 'subject') return 'missing-right';
  const exchanged = /\/authorization\/request\/([^/?]+)/.exec(req.originalUrl)?.[1];
  const { secret, token } = req.query;
  // v3 looks at nothing else
  const isV3 = /^\/api\/v3/i.test(req.originalUrl);
  const reason = reasonOfCredentials(
    {
      bearer: bearerOf(req),
      ...(!isV3 && { secret: secret || req.headers['api-secret'], token: token || exchanged })
    },
    now
  );
  // AAPS asks v3 without a session to be told that it needs one, and a browser asks before anybody could sign in
  const isUsual = isV3 || /^mozilla\//i.test(req.headers['user-agent'] ?? '');
  return reason === 'no-credentials' && isUsual ? undefined : reason;
}
