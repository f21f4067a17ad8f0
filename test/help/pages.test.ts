import axe from 'axe-core';
import type { Browser } from 'playwright-core';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VARIABLES } from '../../src/config/env.ts';
import { FEATURE_VARIABLES } from '../../src/config/feature-env.ts';
import { HELP_PAGES } from '../../src/help/pages.ts';
import { chromiumPath, startChromium } from '../support/chromium.ts';
import { startServer, type TestServer } from '../support/start-server.ts';

// issue 7: the help is served by every site, to everybody, and tells nothing of the site

const PAGES = HELP_PAGES.map(({ name }) => (name === 'index' ? '/help/' : `/help/${name}`));
const SECRETIVE = {
  AUTH_DEFAULT_ROLES: 'denied',
  CUSTOM_TITLE: 'Site of somebody',
  BG_HIGH: '251',
  ENABLE: 'careportal cage',
  CAGE_WARN: '51',
  METRICS_TOKEN: 'a-token-of-this-site',
  NTFY_URL: 'https://ntfy.example/a-topic-nobody-knows'
};

let server: TestServer;
let other: TestServer;
const bodies = new Map<string, string>();
beforeAll(async () => {
  [server, other] = [await startServer(SECRETIVE), await startServer()];
  for (const path of PAGES) bodies.set(path, (await request(server.url).get(path)).text);
});
afterAll(() => Promise.all([server?.close(), other?.close()]));

const attributes = (html: string, name: string): string[] =>
  [...html.matchAll(new RegExp(`\\s${name}="([^"]*)"`, 'g'))].map(([, value]) => value!);

describe.each(PAGES)('%s', (path) => {
  it('is a page for strangers on a closed site, kept fresh and compressed', async () => {
    const { status, headers } = await request(server.url).get(path);
    expect([status, headers['content-type'], headers['cache-control'], headers['content-encoding']]).toEqual([
      200,
      'text/html; charset=utf-8',
      'no-cache',
      'gzip'
    ]);
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect((await request(server.url).get(path).set('If-None-Match', headers.etag!)).status).toBe(304);
    expect((await request(server.url).head(path)).status).toBe(200);
  });

  it('is the same on every site', async () => {
    expect((await request(other.url).get(path)).text).toBe(bodies.get(path));
  });

  it('holds no script or style of its own, and only relative addresses', () => {
    const html = bodies.get(path)!;
    expect(html).not.toMatch(/<script|<style|\sstyle=|\son[a-z]+=/i);
    const addresses = [...attributes(html, 'href'), ...attributes(html, 'src')];
    expect(addresses.length).toBeGreaterThan(20);
    expect(addresses.filter((address) => address.startsWith('/') || address.startsWith('http:'))).toEqual([]);
    for (const [tag] of html.matchAll(/<(?:link|img|script)[^>]*>/g)) expect(tag).not.toMatch(/https?:/);
  });

  it('has unique ids, and links that lead to pages and headings that are there', async () => {
    const html = bodies.get(path)!;
    const ids = attributes(html, 'id');
    expect(ids.length).toBe(new Set(ids).size);
    for (const href of new Set(attributes(html, 'href'))) {
      if (href.startsWith('https://')) continue;
      const target = new URL(href, `${server.url}${path}`);
      const body = bodies.get(target.pathname);
      // what belongs to the site may want credentials, but it is there
      if (body === undefined) expect([href, (await request(server.url).get(target.pathname)).status]).not.toEqual([href, 404]);
      else if (target.hash)
        expect([href, attributes(body, 'id').includes(decodeURIComponent(target.hash.slice(1)))]).toEqual([href, true]);
    }
  });
});

it.each([
  ['/help', 'help/'],
  ['/help/connect/', '../connect']
])('%s moves to %s, wherever a proxy put the site', async (path, location) => {
  const { status, headers } = await request(server.url).get(path).redirects(0);
  expect([status, headers.location]).toEqual([301, location]);
});

it.each(['/help/nosuch', '/help/connect.md', '/help/help.ts', '/help/%2e%2e/package.json', '/help/index'])(
  '%s is not there',
  async (path) => {
    expect((await request(server.url).get(path)).status).toBe(404);
  }
);

describe('/help/settings', () => {
  const rows = () =>
    [...bodies.get('/help/settings')!.matchAll(/<tr id="([^"]+)"><th scope="row"><code>(.+?)<\/code><\/th>(.+?)<\/tr>/g)].map(
      ([, id, name, rest]) => ({ id, name: name!.replaceAll('<wbr>', ''), rest: rest! })
    );
  const cellsOf = (name: string): string[] =>
    rows()
      .find((row) => row.name === name)!
      .rest.split('</td>')
      .map((cell) => cell.replace(/<[^>]+>/g, ''));

  it('lists exactly what the schema declares, once each', () => {
    const declared = [...Object.keys(VARIABLES), ...FEATURE_VARIABLES.flatMap(({ names }) => [...names])];
    expect(rows().map(({ name }) => name)).toEqual(declared);
    expect(rows().map(({ id }) => id)).toEqual(declared.map((name) => name.toLowerCase()));
  });

  it('says of each what it does, what it takes, its default, and its other names', () => {
    const port = ['Port to listen on; 0 lets the system choose a free one.', 'a whole number from 0 to 65535', '1337'];
    expect(cellsOf('PORT').slice(0, 3)).toEqual(port);
    expect(cellsOf('STORAGE_URI')[0]).toContain('Also: MONGO_CONNECTION, MONGO, MONGOLAB_URI, MONGODB_URI');
    expect(cellsOf('API_SECRET').slice(1, 3)).toEqual(['text, at least 12 characters long', 'none']);
    expect(cellsOf('LOG_LEVEL')[1]).toContain('one of fatal, error');
    expect(cellsOf('CAGE_WARN').slice(1, 3)).toEqual(['a number', '48']);
    for (const { name } of rows())
      expect([
        name,
        cellsOf(name)
          .slice(0, 3)
          .every((cell) => cell !== '')
      ]).toEqual([name, true]);
  });
});

it.runIf(process.env.CI)('CI has a browser', () => expect(chromiumPath).toBeDefined());

describe.skipIf(chromiumPath === undefined)('in Chromium', () => {
  const RUN_AXE =
    "axe.run({ resultTypes: ['violations'] }).then(({ violations }) => violations.map(({ id, nodes }) => id + ' ' + nodes[0].html))";
  let browser: Browser;
  beforeAll(async () => {
    browser = await startChromium();
  });
  afterAll(() => browser?.close());

  it('every page fits a small phone, and nothing complains', async () => {
    const page = await browser.newPage({ viewport: { width: 320, height: 600 } });
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.setDefaultTimeout(55_000);
    // what is under way when the next page is opened is let go
    page.on('requestfailed', (failed) => failed.failure()?.errorText !== 'net::ERR_ABORTED' && complaints.push(failed.url()));
    page.on('response', (response) => response.status() >= 400 && complaints.push(response.url()));
    for (const path of PAGES) {
      await page.goto(`${server.url}${path}`);
      expect([path, await page.evaluate('document.documentElement.scrollWidth <= innerWidth')]).toEqual([path, true]);
    }
    expect(complaints).toEqual([]);
    await page.close();
  });

  // one page of each kind: the others are made of the same pieces
  it.each([
    ['/help/connect', 320, 'dark'],
    ['/help/data', 1280, 'light']
  ] as const)(
    '%s at %s pixels, %s, is accessible',
    async (path, width, colorScheme) => {
      const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme });
      await page.goto(`${server.url}${path}`);
      await page.evaluate(axe.source);
      expect(await page.evaluate(RUN_AXE)).toEqual([]);
      await page.close();
    },
    60_000
  );
});
