import request from 'supertest';
import { afterEach, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/read-config.ts';
import { startServer, type TestServer } from '../support/start-server.ts';

// issue 5 (security headers and pages), rest-v1-v2.md §2.1, properties-plugins.md H.2

const PAGES = [
  '/',
  '/clock/clock',
  '/split',
  '/food',
  '/profile',
  '/report/',
  '/admin/',
  '/api-docs/',
  '/api3-docs/',
  '/api/sockets-docs',
  '/nosuch'
];
const HTTPS = { INSECURE_USE_HTTP: 'false' };

let server: TestServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function headersOf(env: Record<string, string>, path: string, host?: string): Promise<Record<string, string>> {
  server ??= await startServer({ AUTH_DEFAULT_ROLES: 'denied', ...env });
  const asked = request(server.url).get(path).set('X-Forwarded-Proto', 'https');
  return (await (host === undefined ? asked : asked.set('Host', host))).headers;
}

function policyOf(headers: Record<string, string>): Record<string, string[]> {
  const parts = (headers['content-security-policy'] ?? '').split(';').map((part) => part.trim().split(/\s+/));
  return Object.fromEntries(parts.map(([name, ...sources]) => [name, sources]));
}

describe.each([
  ['plain http', {}],
  ['https', HTTPS],
  ['https, without the protective headers of the APIs', { ...HTTPS, SECURE_HSTS_HEADER: 'off' }],
  ['https with SECURE_CSP', { ...HTTPS, SECURE_CSP: 'on' }],
  ['https with SECURE_CSP that only reports', { ...HTTPS, SECURE_CSP: 'on', SECURE_CSP_REPORT_ONLY: 'on' }]
])('on %s', (_name, env: Record<string, string>) => {
  it('every page is strict about what runs in it and tells nobody its address', async () => {
    for (const path of PAGES) {
      const headers = await headersOf(env, path);
      const policy = policyOf(headers);
      expect([path, policy['default-src'], policy['script-src'], policy['base-uri'], policy['form-action']]).toEqual([
        path,
        ["'none'"],
        ["'self'"],
        ["'none'"],
        ["'self'"]
      ]);
      expect(headers['content-security-policy']).not.toMatch(/unsafe-|\*/);
      expect(headers['content-security-policy-report-only']).toBeUndefined();
      expect([path, headers['x-content-type-options'], headers['referrer-policy']]).toEqual([path, 'nosniff', 'no-referrer']);
      expect([headers['cross-origin-resource-policy'], headers['x-powered-by']]).toEqual(['same-origin', undefined]);
    }
  });
});

describe('answers of the APIs', () => {
  it('have the reference’s headers where it has them', async () => {
    expect(await headersOf(HTTPS, '/api/v1/status.json')).toMatchObject({
      'strict-transport-security': 'max-age=31536000',
      'x-dns-prefetch-control': 'off',
      'expect-ct': 'max-age=0',
      'x-download-options': 'noopen',
      'x-content-type-options': 'nosniff',
      'x-permitted-cross-domain-policies': 'none',
      'referrer-policy': 'no-referrer',
      'x-xss-protection': '0'
    });
  });

  it.each([
    ['http', {}],
    ['https', HTTPS]
  ])('stay readable for pages of other sites (%s)', async (_name, env: Record<string, string>) => {
    for (const path of ['/api/v1/status.json', '/api/v3/version', '/pebble']) {
      const headers = await headersOf({ ...env, ENABLE: 'cors' }, path);
      expect(headers['access-control-allow-origin']).toBe('*');
      for (const name of ['cross-origin-resource-policy', 'cross-origin-embedder-policy', 'x-frame-options', 'x-powered-by'])
        expect([path, name, headers[name]]).toEqual([path, name, undefined]);
    }
  });

  it.each([
    [{}, 'max-age=31536000'],
    [{ SECURE_HSTS_HEADER: 'off' }, undefined],
    [{ SECURE_HSTS_HEADER_INCLUDESUBDOMAINS: 'on' }, 'max-age=31536000; includeSubDomains'],
    [
      { SECURE_HSTS_HEADER_INCLUDESUBDOMAINS: 'on', SECURE_HSTS_HEADER_PRELOAD: 'on' },
      'max-age=31536000; includeSubDomains; preload'
    ]
  ])('HSTS with %j', async (env, expected) => {
    expect((await headersOf({ ...HTTPS, ...env }, '/api/v1/status.json'))['strict-transport-security']).toBe(expected);
  });

  it('have a content security policy with SECURE_CSP only, and take reports then', async () => {
    const headers = await headersOf({ ...HTTPS, SECURE_CSP: 'on' }, '/api/v1/status.json');
    expect(policyOf(headers)).toMatchObject({ 'default-src': ["'none'"], 'report-uri': ['/report-violation'] });
    expect((await request(server!.url).post('/report-violation').set('X-Forwarded-Proto', 'https')).status).toBe(204);
    await server!.close();
    server = undefined;
    expect((await headersOf(HTTPS, '/api/v1/status.json'))['content-security-policy']).toBeUndefined();
  });

  it('only report with SECURE_CSP_REPORT_ONLY', async () => {
    const headers = await headersOf({ ...HTTPS, SECURE_CSP: 'on', SECURE_CSP_REPORT_ONLY: 'on' }, '/api/v1/status.json');
    expect(headers['content-security-policy']).toBeUndefined();
    expect(headers['content-security-policy-report-only']).toContain("default-src 'none'");
  });
});

describe('who may frame the pages', () => {
  const ancestors = async (env: Record<string, string>, path: string) => {
    const headers = await headersOf(env, path);
    return [policyOf(headers)['frame-ancestors']?.join(' '), headers['x-frame-options']];
  };

  it.each([
    ['nothing set', {}, "'self'", 'SAMEORIGIN'],
    ['a dashboard', { FRAME_ANCESTORS: 'https://dash.example:8123' }, "'self' https://dash.example:8123", undefined],
    ['everybody', { FRAME_ANCESTORS: '*' }, '*', undefined],
    ['nobody', { FRAME_ANCESTORS: 'none' }, "'none'", 'SAMEORIGIN'],
    ['split views that know each other', { FRAME_URL_2: 'https://ada.example/?token=x' }, "'self' https://ada.example", undefined]
  ])('%s', async (_name, env: Record<string, string>, expected, xFrameOptions) => {
    expect(await ancestors(env, '/')).toEqual([expected, xFrameOptions]);
    // pages that write: a click in them must not be somebody else's idea
    for (const path of ['/admin/', '/food', '/food/']) expect(await ancestors(env, path)).toEqual(["'self'", 'SAMEORIGIN']);
  });

  it.each(['https://a.example; script-src *', 'javascript:alert(1)', 'none self', 'a.example', 'https://a.example/path', ','])(
    'FRAME_ANCESTORS=%s stops the start',
    (value) => expect(() => readConfig({ FRAME_ANCESTORS: value })).toThrow(/FRAME_ANCESTORS/)
  );
});

it('the split view may show the sites its owner listed, and nothing else is loosened', async () => {
  const env = {
    FRAME_URL_1: 'https://ada.example/?token=x',
    FRAME_URL_2: 'javascript:alert(1)',
    FRAME_URL_3: 'https://ada.example/clock/clock'
  };
  expect(policyOf(await headersOf(env, '/split'))['frame-src']).toEqual(["'self'", 'https://ada.example']);
  expect(policyOf(await headersOf(env, '/'))['frame-src']).toEqual(["'none'"]);
});

it.each([
  ['site.example', "'self' ws://site.example wss://site.example"],
  ['[::1]:1337', "'self' ws://[::1]:1337 wss://[::1]:1337"],
  ['a;script-src *', "'self' 'self'"],
  ['*', "'self' 'self'"]
])('sockets of our own host only: Host %s', async (host, expected) => {
  expect(policyOf(await headersOf({}, '/', host))['connect-src']?.join(' ')).toBe(expected);
});
