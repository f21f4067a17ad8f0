import { readFileSync } from 'node:fs';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { OpenApiDocument } from '../../src/openapi/document.ts';
import { startServer, type TestServer } from '../support/start-server.ts';

// rest-v1-v2.md §13, rest-v3.md §1: where the reference has its description

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ AUTH_DEFAULT_ROLES: 'denied' });
});
afterAll(() => server.close());
const get = (path: string) => fetch(`${server.url}${path}`, { redirect: 'manual' });

it.each([
  ['/api/openapi.json', 'application/json; charset=utf-8'],
  ['/swagger.json', 'application/json; charset=utf-8'],
  ['/swagger.yaml', 'text/vnd.yaml; charset=utf-8'],
  ['/api/asyncapi.json', 'application/json; charset=utf-8'],
  ['/api/sockets-docs', 'text/html; charset=utf-8'],
  ['/api-docs/', 'text/html; charset=utf-8'],
  ['/api3-docs/', 'text/html; charset=utf-8'],
  ['/api-docs/swagger-ui.css', 'text/css; charset=utf-8'],
  ['/api-docs/swagger-ui-bundle.js', 'text/javascript; charset=utf-8'],
  ['/api3-docs/start.js', 'text/javascript; charset=utf-8']
])('%s is open to everybody, on a closed site too', async (path, type) => {
  const response = await get(path);
  expect([response.status, response.headers.get('content-type')]).toEqual([200, type]);
});

it('the document is the same under all its names', async () => {
  const [ours, json, yaml] = await Promise.all(['/api/openapi.json', '/swagger.json', '/swagger.yaml'].map(get));
  const document = (await ours!.json()) as OpenApiDocument;
  expect(await json!.json()).toEqual(document);
  expect(parse(await yaml!.text())).toEqual(document);
  expect(document.paths?.['/api/v1/entries']?.get?.summary).toBe('The newest entries');
});

it('an unchanged document is not sent again', async () => {
  const { etag } = (await request(server.url).get('/swagger.json')).headers;
  expect((await request(server.url).get('/swagger.json').set('If-None-Match', etag!)).status).toBe(304);
});

it.each([
  ['/api-docs', 301, '/api-docs/'],
  ['/api3-docs', 301, '/api3-docs/'],
  ['/swagger-ui-dist', 307, '/api-docs'],
  ['/swagger-ui-dist/index.html', 307, '/api-docs'],
  ['/api/v3/swagger-ui-dist', 307, '../../../api3-docs']
])('%s → %i %s', async (path, status, location) => {
  const response = await get(path);
  expect([response.status, response.headers.get('location')]).toEqual([status, location]);
});

it.each([
  '/api-docs/package.json',
  '/api-docs/index.html',
  '/api-docs/..%2fpackage.json',
  '/api-docs/x/y',
  '/api/v3/swagger.json'
])('%s: no other file is served', async (path) => {
  expect((await get(path)).status).toBe(404);
});

describe('the pages live under a content security policy and ask nobody else', () => {
  it.each(['/api-docs/', '/api3-docs/', '/api/sockets-docs'])('%s', async (path) => {
    const page = await (await get(path)).text();
    for (const [, attributes, inside] of page.matchAll(/<script([^>]*)>([\s\S]*?)<\/script>/g)) {
      expect(attributes).toMatch(/ src="[\w.-]+"/);
      expect(inside).toBe('');
    }
    expect(page).not.toMatch(/\son\w+=|javascript:|(src|href)="(https?:)?\/\//);
  });

  it('Swagger UI validates nowhere', async () => {
    const start = await (await get('/api-docs/start.js')).text();
    expect(start).toContain('validatorUrl: null');
    expect(start).not.toMatch(/https?:/);
  });
});

it('a start loads none of it', () => {
  const seen = new Set<string>();
  const packages = new Set<string>();
  const follow = (file: URL): void => {
    if (seen.has(file.href)) return;
    seen.add(file.href);
    const text = readFileSync(file, 'utf8');
    for (const [, name] of text.matchAll(/^(?:import|export) (?!type )[^;']*?'([^']+)';/gm)) {
      if (name!.startsWith('.')) follow(new URL(name!, file));
      else packages.add(name!);
    }
  };
  for (const entry of ['main.ts', 'server.ts']) follow(new URL(`../../src/${entry}`, import.meta.url));
  expect(packages).toContain('express');
  expect([...seen].filter((file) => file.includes('/openapi/')).map((file) => file.split('/').at(-1))).toEqual(['page.ts']);
  for (const name of ['@asteasolutions/zod-to-openapi', 'yaml', 'swagger-ui-dist']) expect(packages).not.toContain(name);
});
