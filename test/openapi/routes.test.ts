import type { Express, Router } from 'express';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../src/http/app.ts';
import { createCurrent } from '../../src/plugins/current.ts';
import { startServer, type TestServer } from '../support/start-server.ts';
import { documentOf, METHODS, operationsOf } from './kit.ts';

// GAP-API-006: a description nobody checks is soon a wrong one

interface Layer {
  readonly route?: { readonly path: string | string[]; readonly methods: Readonly<Record<string, boolean>> };
  readonly handle: { readonly stack?: readonly Layer[] };
  /** As it was given to `use` (router 2.2 and later). */
  readonly rawPath: unknown;
}

/** Pages people look at, and their files: they are no API. */
const PAGES =
  /^\/(admin|clock\/\{\}|favicon\.ico|food|help(\/[a-z]+)?|manifest\.json|profile|report|split|sw\.js|translations\/.*|assets\/.*)?$/;

/** What is mounted below `prefix`, as `get /api/v1/entries/{}`. */
function mounted(stack: readonly Layer[], prefix = ''): string[] {
  return stack.flatMap((layer) => {
    if (layer.route) {
      const paths = [layer.route.path].flat().flatMap(expand);
      const methods = METHODS.filter((method) => layer.route!.methods[method]);
      return paths.flatMap((path) => methods.map((method) => `${method} ${normal(prefix + path)}`));
    }
    if (!layer.handle.stack) return [];
    if (typeof layer.rawPath !== 'string') throw new Error('a router is mounted in a way this test does not understand');
    return mounted(layer.handle.stack, prefix + layer.rawPath.replace(/\/$/, ''));
  });
}

/** `/a{/:b}{/:c}` → `/a`, `/a/:b`, `/a/:b/:c`; what is left out is left out from the end. */
function expand(path: string): string[] {
  const [head = '', ...optional] = path.split(/\{|\}/).filter((part, at) => part !== '' && (at === 0 || part !== '/'));
  return [head, ...optional.map((_, at) => head + optional.slice(0, at + 1).join(''))];
}

/** Names of parameters do not count, nor a slash at the end. */
const normal = (path: string): string => path.replace(/\*\w+|:\w+|\{[^}]*\}/g, '{}').replace(/(?<=.)\/$/, '');

const described = (env: Record<string, string>): string[] =>
  operationsOf(documentOf(env)).map(({ method, path }) => `${method} ${normal(path)}`);

/** Mounted on top of something described, or answered with 404 by the handler itself. */
const ELSEWHERE = new Set([
  // moved, whatever stands behind it
  'get /swagger-ui-dist/{}'
]);

const ROOT_STACK = (app: Express): readonly Layer[] => (app.router as unknown as Router & { stack: Layer[] }).stack;

describe.each([
  ['as apps need it', { ENABLE: 'careportal' }],
  ['with voices', { ENABLE: 'careportal alexa googlehome' }],
  ['without careportal', { DISABLE: 'careportal', ENABLE: '' }],
  ['with a content security policy', { ENABLE: 'careportal', SECURE_CSP: 'true' }]
])('a site %s', (_name, env) => {
  let server: TestServer;
  let routes: string[];
  beforeAll(async () => {
    server = await startServer(env);
    routes = mounted(ROOT_STACK(createApp(server.services, createCurrent(server.services))));
  });
  afterAll(() => server.close());

  it('every mounted route is described', () => {
    const known = new Set(described(env));
    const missing = routes.filter((route) => !known.has(route) && !ELSEWHERE.has(route) && !PAGES.test(route.split(' ')[1]!));
    expect(routes.length).toBeGreaterThan(100);
    expect(collections(missing, known)).toEqual([]);
  });

  it('every described route is mounted', () => {
    const known = new Set(routes);
    const missing = described(env).filter((route) => !known.has(route) && !known.has(inCollection(route)));
    expect(missing).toEqual([]);
  });
});

/** v3 mounts each operation once for all collections; the document names them. */
const inCollection = (route: string): string =>
  route.replace(/\/api\/v3\/(devicestatus|entries|food|profile|settings|treatments)/, '/api/v3/{}');

const collections = (missing: readonly string[], known: ReadonlySet<string>): string[] =>
  missing.filter((route) => {
    const names = ['devicestatus', 'entries', 'food', 'profile', 'settings', 'treatments'];
    return !(route.includes(' /api/v3/{}') && names.every((name) => known.has(route.replace('/api/v3/{}', `/api/v3/${name}`))));
  });
