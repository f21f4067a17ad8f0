import { describe, expect, it } from 'vitest';
import { browserModule } from './browser-module.ts';

interface App {
  readonly name: string;
  readonly platform: string;
  readonly steps: readonly (string | readonly [string, string])[];
}
const { APPS, addressFor, caveats, isInner, textFor } = await browserModule<{
  APPS: readonly App[];
  addressFor(opened: string, own?: unknown): string;
  caveats(address: string, app: App): string[];
  isInner(hostname: string): boolean;
  textFor(kind: string, address: string, token?: string): string | undefined;
}>('apps');
const named = (name: string): App => APPS.find((app) => app.name === name)!;

// README "Connect an app" and clients.md: what each app is given, to the letter

describe('what is entered', () => {
  it.each([
    ['address', 'https://a.example', undefined, 'https://a.example'],
    ['secretUrl', 'https://a.example', undefined, 'https://SECRET@a.example/api/v1/'],
    ['secretUrl', 'https://a.example/nightscout', 'x-1', 'https://x-1@a.example/nightscout/api/v1/'],
    ['tokenUrl', 'https://a.example', 'x-1', 'https://a.example?token=x-1'],
    ['secret', 'https://a.example', undefined, undefined],
    ['token', 'https://a.example', 'x-1', 'x-1']
  ])('%s of %s with %s: %s', (kind, address, token, text) => expect(textFor(kind, address, token)).toBe(text));

  it('every app is given an address, and xDrip+ alone the path of the API', () => {
    for (const { name, steps } of APPS) {
      const kinds = steps.flatMap((step) => (typeof step === 'string' ? [] : [step[1]]));
      expect([name, kinds.some((kind) => /address|Url$/.test(kind))]).toEqual([name, true]);
      expect([name, kinds.includes('secretUrl')]).toEqual([name, name === 'xDrip+']);
    }
  });
});

describe('which address', () => {
  it.each([
    ['https://a.example', 'https://b.example', 'https://a.example'],
    ['http://192.168.1.5:1337', 'https://b.example/', 'https://b.example'],
    ['http://192.168.1.5:1337', 'http://b.example', 'http://192.168.1.5:1337'],
    ['http://192.168.1.5:1337', '', 'http://192.168.1.5:1337'],
    ['http://a.example', undefined, 'http://a.example']
  ])('opened at %s, BASE_URL %s: %s', (opened, own, address) => expect(addressFor(opened, own)).toBe(address));

  it.each([
    ['localhost', true],
    ['127.0.0.1', true],
    ['192.168.0.10', true],
    ['172.20.0.2', true],
    ['172.32.0.2', false],
    ['[fd00::1]', true],
    ['[2001:db8::1]', false],
    ['raspberry', true],
    ['ns.local', true],
    ['ns.example.org', false],
    ['10.example.org', false]
  ])('%s is inside: %s', (host, inside) => expect(isInner(host)).toBe(inside));
});

describe('what will not work', () => {
  it('nothing is wrong with https at a public name', () =>
    expect(APPS.flatMap((app) => caveats('https://ns.example.org', app))).toEqual([]));
  it('apps on an iPhone need https', () => {
    expect(caveats('http://ns.example.org', named('Loop')).join()).toContain('https only');
    expect(caveats('http://ns.example.org', named('xDrip+')).join()).toContain('may refuse');
  });
  it('a private address works at home only, and localhost not even there', () => {
    expect(caveats('https://192.168.1.5', named('Loop')).join()).toContain('own network only');
    expect(caveats('https://localhost', named('Loop')).join()).toContain('the phone itself');
  });
});
