import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';
import type { Config } from '../config/config.ts';

/** Ranges that may be named in `TRUST_PROXY`. */
const NAMED: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1'],
  linklocal: ['169.254.0.0/16', 'fe80::/10'],
  uniquelocal: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7']
};

/** Where a proxy in front of us lives: the machine itself, the home network, a container network, a host's inner network. */
const INNER = [...Object.values(NAMED).flat(), '100.64.0.0/10'];

/** What a request without a peer address counts as (a UNIX socket: the proxy is on this machine). */
const LOCAL = '127.0.0.1';

/**
 * An address as we compare it: port, brackets and zone taken off, IPv4 inside IPv6 as IPv4.
 * @returns undefined when the text is no IP address
 */
function readAddress(text: string): string | undefined {
  let address = text.trim().replace(/^"(.*)"$/, '$1');
  const bracketed = /^\[([^\]]*)\](?::\d+)?$/.exec(address);
  if (bracketed) address = bracketed[1] ?? '';
  else if (/^[^:]+:\d+$/.test(address)) address = address.slice(0, address.indexOf(':'));
  address = address.replace(/%.*$/, '').toLowerCase();
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(address);
  if (mapped) address = mapped[1] ?? '';
  return isIP(address) === 0 ? undefined : address;
}

function blockList(entries: readonly string[]): BlockList {
  const list = new BlockList();
  for (const entry of entries.flatMap((name) => NAMED[name] ?? name)) {
    const [net = '', prefix] = entry.trim().split('/');
    const address = readAddress(net);
    if (address === undefined) continue;
    const family = isIP(address) === 4 ? 'ipv4' : 'ipv6';
    const bits = Number(prefix);
    if (prefix === undefined) list.addAddress(address, family);
    else if (prefix !== '' && Number.isInteger(bits) && bits >= 0 && bits <= (family === 'ipv4' ? 32 : 128))
      list.addSubnet(address, bits, family);
  }
  return list;
}

const contains = (list: BlockList, address: string): boolean => list.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6');

/** May the machine at `address`, `hop` steps away from us (0: the peer), be believed about who called it? */
function trustRule(trustProxy: Config['trustProxy']): (address: string, hop: number) => boolean {
  if (trustProxy === 'none') return () => false;
  if (typeof trustProxy === 'number') return (_address, hop) => hop < trustProxy;
  const list = blockList(trustProxy === 'auto' ? INNER : trustProxy);
  return trustProxy === 'auto' ? (address, hop) => hop === 0 && contains(list, address) : (address) => contains(list, address);
}

/** Whether a peer that connects to us counts as a trusted proxy. @returns a function of its address in text */
export function createTrust(trustProxy: Config['trustProxy']): (peer: string) => boolean {
  const trusts = trustRule(trustProxy);
  return (peer) => {
    const address = readAddress(peer);
    return address !== undefined && trusts(address, 0);
  };
}

/** The callers a proxy names, nearest last. The first header present counts: a proxy that sets none would pass on a client's own. */
function named({ headers }: IncomingMessage): string[] {
  const chain = headers['x-forwarded-for'];
  if (chain !== undefined) return (Array.isArray(chain) ? chain.join(',') : chain).split(',');
  if (headers.forwarded !== undefined)
    return headers.forwarded.split(',').map((part) => /for=("[^"]*"|[^;\s]*)/i.exec(part)?.[1] ?? '');
  const single = headers['x-real-ip'];
  return typeof single === 'string' ? [single] : [];
}

/**
 * Works out who a request (HTTP, or the handshake of a socket) comes from, for slowing down wrong guesses. `X-Forwarded-For`,
 * `Forwarded` and `X-Real-IP` are read from the near end and only as far as each machine that wrote them is trusted (D16):
 * whoever could set them freely could escape the penalty or have a neighbour punished.
 * @param trustProxy `TRUST_PROXY`; entries of a list that are neither address nor CIDR are passed over
 * @returns a function from a request to an IP address in text
 */
export function createClientAddress(trustProxy: Config['trustProxy']): (request: IncomingMessage) => string {
  const trusts = trustRule(trustProxy);
  return (request) => {
    let address = readAddress(request.socket?.remoteAddress ?? '') ?? LOCAL;
    const chain = named(request);
    // most callers come without a proxy; looking up the peer in the list of trusted ones would be the dearest part
    if (chain.length === 0 || !trusts(address, 0)) return address;
    for (let hop = 0; trusts(address, hop); hop++) {
      const next = readAddress(chain.pop() ?? '');
      if (next === undefined) break;
      address = next;
    }
    return address;
  };
}
