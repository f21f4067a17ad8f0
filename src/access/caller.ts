import type { IncomingMessage } from 'node:http';
import type { Config } from '../config/config.ts';
import { createClientAddress } from './client-address.ts';
import { penaltyGroup } from './delay-list.ts';

const LOOPBACK = /^(?:127\.|::1$)/;

/**
 * Whom a bound per client counts: the address as {@link createClientAddress} finds it, IPv6 by its /64.
 * @returns undefined when nobody can tell: a proxy on this machine that names no caller would make all of them one, and one
 * greedy caller would shut the others out
 */
export function createCaller(trustProxy: Config['trustProxy']): (request: IncomingMessage) => string | undefined {
  const addressOf = createClientAddress(trustProxy);
  return (request) => {
    const address = addressOf(request);
    return LOOPBACK.test(address) && trustProxy !== 'none' ? undefined : penaltyGroup(address);
  };
}
