import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { createClientAddress } from '../../src/access/client-address.ts';

type Trust = Parameters<typeof createClientAddress>[0];
const request = (peer: string | undefined, headers: Record<string, string> = {}) =>
  ({ socket: { remoteAddress: peer }, headers }) as unknown as IncomingMessage;
const via = (chain: string) => ({ 'x-forwarded-for': chain });

const CASES: [what: string, trust: Trust, peer: string | undefined, headers: Record<string, string>, address: string][] = [
  ['no proxy', 'auto', '203.0.113.9', {}, '203.0.113.9'],
  ['a stranger may not choose an address', 'auto', '203.0.113.9', via('198.51.100.1'), '203.0.113.9'],
  ['a proxy on this machine', 'auto', '127.0.0.1', via('198.51.100.1'), '198.51.100.1'],
  ['a proxy in the container network', 'auto', '::ffff:172.18.0.2', via('198.51.100.1'), '198.51.100.1'],
  ['a proxy on fd00::/8', 'auto', 'fd00::2', via('2001:db8::7'), '2001:db8::7'],
  ['only the nearest entry is the proxy’s own', 'auto', '127.0.0.1', via('1.1.1.1, 2.2.2.2, 198.51.100.1'), '198.51.100.1'],
  ['one hop, also when the next is private', 'auto', '127.0.0.1', via('1.1.1.1, 10.0.0.5'), '10.0.0.5'],
  ['a port, brackets, quotes', 'auto', '127.0.0.1', via('[2001:db8::7]:4711'), '2001:db8::7'],
  ['a port after IPv4', 'auto', '127.0.0.1', via('198.51.100.1:4711'), '198.51.100.1'],
  ['nonsense', 'auto', '127.0.0.1', via('unknown'), '127.0.0.1'],
  ['an empty header', 'auto', '127.0.0.1', via(''), '127.0.0.1'],
  ['Forwarded', 'auto', '127.0.0.1', { forwarded: 'for=1.1.1.1, for="[2001:db8::7]:80";proto=https' }, '2001:db8::7'],
  ['X-Real-IP', 'auto', '127.0.0.1', { 'x-real-ip': '198.51.100.1' }, '198.51.100.1'],
  ['X-Forwarded-For before the others', 'auto', '127.0.0.1', { ...via('198.51.100.1'), 'x-real-ip': '1.1.1.1' }, '198.51.100.1'],
  ['headers of old CDNs are a client’s to set', 'auto', '127.0.0.1', { 'fastly-client-ip': '1.1.1.1' }, '127.0.0.1'],
  ['none', 'none', '127.0.0.1', via('198.51.100.1'), '127.0.0.1'],
  ['two hops', 2, '203.0.113.9', via('1.1.1.1, 198.51.100.1, 203.0.113.8'), '198.51.100.1'],
  ['more hops than entries', 5, '203.0.113.9', via('198.51.100.1'), '198.51.100.1'],
  ['a list', ['203.0.113.0/24', '2001:db8:f::/48'], '203.0.113.9', via('1.1.1.1, 198.51.100.1, 2001:db8:f::1'), '198.51.100.1'],
  ['a list without the peer', ['10.0.0.1'], '203.0.113.9', via('198.51.100.1'), '203.0.113.9'],
  ['a named range', ['loopback'], '127.0.0.1', via('198.51.100.1'), '198.51.100.1'],
  ['a broken entry of a list', ['10.0.0.0/99', 'x', '127.0.0.1'], '10.0.0.1', via('198.51.100.1'), '10.0.0.1'],
  ['everybody trusted', ['0.0.0.0/0'], '203.0.113.9', via('198.51.100.1, 198.51.100.2'), '198.51.100.1'],
  ['a UNIX socket', 'auto', undefined, via('198.51.100.1'), '198.51.100.1'],
  ['a zone', 'auto', 'fe80::1%eth0', {}, 'fe80::1']
];

describe('client address (D16)', () => {
  it.each(CASES)('%s', (_what, trust, peer, headers, address) => {
    expect(createClientAddress(trust)(request(peer, headers))).toBe(address);
  });
});
