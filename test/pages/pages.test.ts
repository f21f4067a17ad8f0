import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copySentFiles } from '../../src/build/sent-files.ts';
import { startServer, type TestServer } from '../support/start-server.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
const ASSETS = join(ROOT, 'src/pages/assets');
const HTML = 'text/html; charset=utf-8';
const BUDGET = 150 * 1024;

const files = readdirSync(ASSETS, { recursive: true, encoding: 'utf8' }).filter((name) => statSync(join(ASSETS, name)).isFile());
const text = (name: string): string => readFileSync(join(ASSETS, name), 'utf8');
const endingIn = (suffix: string): string[] => files.filter((name) => name.endsWith(suffix));

/** A module of the pages and all it imports, as addresses of the site. */
function modulesOf(name: string, found = new Set<string>()): Set<string> {
  const path = new URL(name, 'http://x/assets/js/').pathname;
  if (found.has(path)) return found;
  found.add(path);
  if (path.startsWith('/assets/'))
    for (const [, next] of text(path.slice('/assets/'.length)).matchAll(/from '([^']+)'/g)) modulesOf(next!, found);
  return found;
}

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ AUTH_DEFAULT_ROLES: 'denied' });
});
afterAll(() => server.close());
const get = (path: string) => request(server.url).get(path).set('Accept', 'text/html,*/*;q=0.8').redirects(0);

describe('the addresses of the reference’s pages', () => {
  it.each([
    '/',
    '/?token=reader-0123456789abcdef',
    '/food',
    '/food/',
    '/profile',
    '/split',
    '/admin/',
    '/report/',
    '/clock/bgclock',
    '/clock/clock',
    '/clock/clock-color',
    '/clock/of-somebody-else'
  ])('%s is a page, also for strangers on a closed site', async (path) => {
    const { status, headers, text: body } = await get(path);
    expect([status, headers['content-type'], headers['cache-control']]).toEqual([200, HTML, 'no-cache']);
    expect(headers.etag).toBeTruthy();
    expect(body).toMatch(/<script type="module" src="(\.\/|(\.\.\/)+)assets\/js\/[a-z]+\.js"><\/script>/);
    expect((await request(server.url).head(path)).status).toBe(200);
  });

  it.each([
    ['/admin', '/admin/'],
    ['/report', '/report/'],
    ['/report?token=a-0123456789abcdef', '/report/?token=a-0123456789abcdef']
  ])('%s moves to %s', async (path, location) => {
    const { status, headers } = await get(path);
    expect([status, headers['content-type'], headers.location]).toEqual([301, HTML, location]);
  });

  it.each([
    ['/sw.js', 'application/javascript; charset=utf-8'],
    ['/manifest.json', 'application/json; charset=utf-8'],
    ['/favicon.ico', 'image/svg+xml; charset=utf-8']
  ])('%s is %s', async (path, type) => {
    const { status, headers } = await get(path);
    expect([status, headers['content-type'], headers['cache-control']]).toEqual([200, type, 'no-cache']);
  });

  it.each(['/nosuch.html', '/index.html', '/admin/x', '/assets/', '/assets/nosuch.js', '/assets/%2e%2e/pages.ts', '/clock'])(
    '%s is not there',
    async (path) => {
      expect((await get(path)).status).toBe(404);
    }
  );
});

describe('conditions that do not hold are refused, and are no fault of ours (found by fuzzing)', () => {
  it.each([
    ['/manifest.json', 'If-Match', '"x"', 412],
    ['/manifest.json', 'If-Unmodified-Since', 'Mon, 01 Jan 2001 00:00:00 GMT', 412],
    ['/favicon.ico', 'Range', 'bytes=999999999-', 416]
  ])('%s with %s: %s', async (path, name, value, status) => {
    expect((await get(path).set(name, value)).status).toBe(status);
  });
});

describe('files of the pages', () => {
  it('everything a page or module asks for is served, with an ETag', { timeout: 60_000 }, async () => {
    const wanted = new Set<string>();
    for (const name of endingIn('.html')) {
      for (const [, path] of text(name).matchAll(/(?:src|href)="(\/assets\/[^"]+|\/manifest\.json)"/g)) wanted.add(path!);
    }
    for (const name of endingIn('.js')) {
      for (const [, path] of text(name).matchAll(/from '([^']+)'/g))
        wanted.add(new URL(path!, `http://x/assets/${name}`).pathname);
    }
    expect(wanted.size).toBeGreaterThan(20);
    for (const path of wanted) {
      const { status, headers } = await get(path);
      expect([path, status, Boolean(headers.etag)]).toEqual([path, 200, true]);
      expect((await get(path).set('If-None-Match', headers.etag!)).status).toBe(304);
    }
  });

  it('links lead to pages that exist', async () => {
    const links = endingIn('.html').flatMap((name) => [...text(name).matchAll(/<a href="(\/[^"]*)"/g)].map(([, path]) => path!));
    // the API descriptions are mounted elsewhere
    for (const path of new Set(links.filter((link) => !link.startsWith('/api'))))
      expect([path, (await get(path)).status]).toEqual([path, 200]);
  });

  it.each(endingIn('.html'))('%s holds no inline script, style or handler, and asks no other site', (name) => {
    const html = text(name);
    expect(html).not.toMatch(/<script(?![^>]*\ssrc=)/i);
    expect(html).not.toMatch(/<style|\sstyle=|\son[a-z]+=/i);
    expect(html).not.toMatch(/(?:src|href|action)="(?:https?:)?\/\//i);
    expect(html).toMatch(/<html lang="en">/);
    expect(html).toContain('name="viewport"');
    expect(html).toContain('<meta name="referrer" content="no-referrer">');
  });

  it.each(endingIn('.js'))('%s puts no text into a page as markup', (name) => {
    expect(text(name)).not.toMatch(
      /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|\.style\b|https?:\/\/(?!www\.w3\.org)/
    );
  });

  it('the start page names every module it needs, so that the browser asks for all of them at once', () => {
    const needed = modulesOf('index.js');
    needed.delete('/assets/js/index.js');
    const named = [...text('index.html').matchAll(/<link rel="modulepreload" href="([^"]+)">/g)].map(([, path]) => path!);
    expect(named.sort()).toEqual([...needed].sort());
  });

  it('page, styles, scripts and the socket client stay below 150 KB (measured in a browser, too: budget.test.ts)', async () => {
    const styles = [...text('index.html').matchAll(/<link rel="stylesheet" href="([^"]+)">/g)].map(([, path]) => path!);
    let sum = 0;
    for (const path of ['/', ...styles, ...modulesOf('index.js')]) {
      const { body } = await get(path).responseType('blob');
      sum += gzipSync(body as Buffer).length;
    }
    expect(sum).toBeGreaterThan(30_000);
    expect(sum).toBeLessThan(BUDGET);
    expect(gzipSync(text('index.html')).length).toBeLessThan(14 * 1024);
  });

  it('the build takes them along', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'vigil-build-'));
    try {
      await copySentFiles(ROOT, folder);
      const built = readdirSync(join(folder, 'pages/assets'), { recursive: true, encoding: 'utf8' });
      expect(built).toEqual(expect.arrayContaining(files));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
