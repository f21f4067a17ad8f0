import type { IncomingMessage } from 'node:http';
import type { Credentials } from '../access/identity.ts';
import type { EventMap } from '../bus/events.ts';
import type { Services } from '../services.ts';
import type { CollectionName } from '../storage/port.ts';
import type { Sender } from '../uploads/app-name.ts';
import { reasonOfCredentials } from '../uploads/reason.ts';

type Refused = Pick<EventMap['refused'], 'reason' | 'what'> & { readonly doc?: unknown };

/** Tells the bus what one socket sent, and why it was refused. */
export interface Teller {
  uploaded(collection: CollectionName, body: unknown): void;
  refused(refused: Refused): void;
  /** Its credentials are wrong, or none were given where they are needed. */
  unknown(credentials: Credentials, what: string): void;
}

/**
 * @param request the handshake
 * @param addressOf finds the client's address
 * @param client what it called itself, if it did
 */
export function createTeller(
  { bus, now }: Pick<Services, 'bus' | 'now'>,
  request: IncomingMessage,
  addressOf: (request: IncomingMessage) => string,
  client: () => unknown = () => undefined
): Teller {
  const sender = (): Sender => ({
    userAgent: request.headers['user-agent'],
    address: addressOf(request),
    client: client()
  });
  const refused = ({ reason, what, doc }: Refused): void =>
    bus.publish('refused', { door: 'root', sender: sender(), reason, what, detail: undefined, doc });
  return {
    uploaded: (collection, body) => bus.publish('uploaded', { door: 'root', sender: sender(), collection, body }),
    refused,
    unknown(credentials, what) {
      const reason = reasonOfCredentials(credentials, now());
      if (reason) refused({ reason, what });
    }
  };
}
