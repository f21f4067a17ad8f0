import { isIP } from 'node:net';

/** Networks nobody reaches from outside (RFC 1918, 3927, 4193, 4291, 6598), and names that only mean something inside. */
const PRIVATE_V4 = /^(127|10)\.|^192\.168\.|^169\.254\.|^172\.(1[6-9]|2\d|3[01])\.|^100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./;
const PRIVATE_V6 = /^(::1$|f[cd]|fe[89ab])/i;
const INNER_NAME = /^[^.]+$|\.(local|lan|home|internal|home\.arpa|localhost)$/i;

/** @param hostname as `URL` spells it, brackets included */
export function isPrivateHost(hostname: string): boolean {
  const bare = hostname.replace(/^\[(.*)\]$/, '$1');
  const family = isIP(bare);
  return family === 4 ? PRIVATE_V4.test(bare) : family === 6 ? PRIVATE_V6.test(bare) : INNER_NAME.test(bare);
}
