import type { Access, Identity } from '../access/identity.ts';

/** What a socket may, as the acknowledgement of `authorize` says it. */
export interface Rights {
  readonly read: boolean;
  readonly write: boolean;
  readonly write_treatment: boolean;
}

export const mayRead = (identity: Identity | undefined): boolean => identity?.may('api:*:read') ?? false;
export const mayWrite = (identity: Identity): boolean => identity.may('api:*:create,update,delete');
export const mayWriteTreatments = (identity: Identity): boolean => identity.may('api:treatments:create,update,delete');
/** Silencing alarms: who is allowed to by name, and whoever may enter treatments, such as a caregiver (D15). */
export const mayAck = (identity: Identity | undefined): boolean =>
  (identity?.may('notifications:*:ack') || identity?.may('api:treatments:create')) ?? false;

export const rightsOf = (identity: Identity): Rights => ({
  read: mayRead(identity),
  write: mayWrite(identity),
  write_treatment: mayWriteTreatments(identity)
});

/**
 * Who a socket is (socket-v1.md §3.1): `secret` is a hash of the API secret or an access token, `token` a JWT.
 * @param address the client's, for slowing down guesses
 * @returns undefined when credentials were given and are wrong
 */
export async function identify(
  access: Access,
  message: Readonly<Record<string, unknown>>,
  address: string
): Promise<Identity | undefined> {
  const identity = await access.resolve({ secret: message.secret, bearer: message.token }, address);
  return identity.kind === 'failed' ? undefined : identity;
}
