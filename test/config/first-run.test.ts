import type { NetworkInterfaceInfo } from 'node:os';
import { describe, expect, it } from 'vitest';
import { firstRunText } from '../../src/config/first-run.ts';

const card = (address: string, internal = false, family: 'IPv4' | 'IPv6' = 'IPv4') =>
  ({ address, internal, family }) as NetworkInterfaceInfo;
const CARDS = { lo: [card('127.0.0.1', true)], eth0: [card('192.168.1.20'), card('fe80::1', false, 'IPv6')] };
const secret = '7abc-defg';

describe('text of the first start', () => {
  it('shows an address phones can reach, the secret, and xDrip+’s one line', () => {
    const text = firstRunText({ url: 'http://localhost:1337', secret }, CARDS);
    expect(text).toContain('URL         http://192.168.1.20:1337\n');
    expect(text).toContain(`API secret  ${secret}\n`);
    expect(text).toContain(`http://${secret}@192.168.1.20:1337/api/v1/`);
    expect(text).not.toContain('redirected');
  });

  it.each([
    ['no network', 'http://localhost:1337', {}, 'http://localhost:1337'],
    ['one address only', 'https://10.0.0.5:443', CARDS, 'https://10.0.0.5:443']
  ])('%s', (_, url, cards, shown) => expect(firstRunText({ url, secret }, cards)).toContain(`URL         ${shown}\n`));

  it('tells how to reach it when plain http is redirected', () => {
    const text = firstRunText({ url: 'http://localhost:1337', secret, insecureUseHttp: false }, CARDS);
    expect(text).toContain('INSECURE_USE_HTTP=true');
    expect(firstRunText({ url: 'https://localhost:1337', secret, insecureUseHttp: false }, CARDS)).not.toContain(
      'INSECURE_USE_HTTP'
    );
  });
});
