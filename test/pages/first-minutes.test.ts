import { createHash } from 'node:crypto';
import axe from 'axe-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, startChromium } from '../support/chromium.ts';
import { API_SECRET, startServer, type TestServer } from '../support/start-server.ts';

// issue 7, "first minutes": a parent sets the site up on a Sunday evening

const LOOP = 'Loop/57 CFNetwork/1494.0.7 Darwin/23.4.0';
const sha1 = (text: string): string => createHash('sha1').update(text).digest('hex');

/** A busy machine may take its time. */
const LONG = { timeout: 60_000 };

describe.skipIf(chromiumPath === undefined)('in Chromium', LONG, () => {
  let server: TestServer;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    [server, browser] = await Promise.all([
      startServer({ AUTH_DEFAULT_ROLES: 'denied', ENABLE: 'careportal', RATE_LIMIT_WRONG_CREDENTIALS: '0' }),
      startChromium()
    ]);
    context = await browser.newContext();
    page = await context.newPage();
    page.on('console', (message) => {
      // a refused request is what several of these are about
      if (['error', 'warning'].includes(message.type()) && !message.text().includes('401')) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('dialog', (dialog) => void dialog.accept());
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  const send = (path: string, body: unknown, secret: string, method = 'POST') =>
    fetch(server.url + path, {
      method,
      headers: { 'content-type': 'application/json', 'user-agent': LOOP, 'api-secret': secret },
      ...(body !== undefined && { body: JSON.stringify(body) })
    });
  const signIn = async (): Promise<void> => {
    await page.getByLabel('API secret or access token').fill(API_SECRET);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  };

  /** What axe-core finds on the page as it is, in both themes, and whether it is wider than a small phone. */
  async function faults(): Promise<unknown[]> {
    const found: unknown[] = [];
    await page.setViewportSize({ width: 320, height: 700 });
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await page.evaluate(axe.source);
      // of the theme only colours depend
      const rules = colorScheme === 'light' ? '' : "{ runOnly: ['color-contrast'] }";
      const { violations } = (await page.evaluate(`axe.run(${rules})`)) as {
        violations: { id: string; nodes: { html: string }[] }[];
      };
      found.push(...violations.map(({ id, nodes }) => [colorScheme, id, nodes[0]?.html]));
    }
    if (await page.evaluate('document.documentElement.scrollWidth > innerWidth')) found.push('wider than 320 px');
    await page.emulateMedia({ colorScheme: null });
    await page.setViewportSize({ width: 1280, height: 720 });
    return found;
  }

  it('a new site says what to enter in the app, to the letter', async () => {
    await page.goto(`${server.url}/`);
    await signIn();
    await page.getByLabel('Which app?').selectOption({ label: 'Loop' });
    const address = server.url;
    await expect.poll(() => page.locator('#connect .steps code').allTextContents()).toEqual([address]);
    expect(await page.locator('#connect .caveat').allTextContents()).toEqual([
      expect.stringContaining('the phone itself'),
      expect.stringContaining('https only')
    ]);
    await page.getByLabel('Which app?').selectOption({ label: 'xDrip+' });
    expect(await page.locator('#connect .steps code').textContent()).toBe(`${address.replace('://', '://SECRET@')}/api/v1/`);
    await page.getByLabel('Which app?').selectOption({ label: 'nightguard' });
    expect(await page.locator('#connect .steps code').textContent()).toBe(`${address}?token=TOKEN`);
  });

  it('the QR code comes when it is asked for, and holds no secret', async () => {
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await page.getByRole('button', { name: 'Show the address as a QR code' }).click();
    await page.getByRole('img', { name: `QR code of ${server.url}` }).waitFor();
    expect(asked).toContain('/assets/js/uqr.js');
    expect(await page.getByRole('checkbox', { name: 'with the token in it' }).count()).toBe(0);
  });

  it('the first page has no fault for people who hear it, in light and dark, on a small phone', async () => {
    expect(await faults()).toEqual([]);
  });

  it('a token made on the spot is what the app can use at once, and goes into the code only when somebody says so', async () => {
    await page.getByLabel('Which app?').selectOption({ label: 'xDrip+' });
    await page.getByRole('button', { name: 'Make a token for xDrip+' }).click();
    const code = page.locator('#connect .steps code');
    await expect.poll(() => code.textContent()).toMatch(/^http:\/\/xdrip-[0-9a-f]{16}@/);
    // xDrip+ and Loop send the hash of what was entered
    const token = new URL((await code.textContent())!).username;
    expect((await send('/api/v1/experiments/test', undefined, sha1(token), 'GET')).status).toBe(200);
    await page.getByRole('button', { name: 'Show the address as a QR code' }).click();
    await page.getByRole('img', { name: `QR code of ${server.url}` }).waitFor();
    await page.getByRole('checkbox', { name: 'with the token in it' }).check();
    await page.getByRole('img', { name: 'QR code of the address with the token' }).waitFor();
    expect((await send('/api/v1/treatments', { eventType: 'Note', notes: 'x' }, sha1(token))).status).toBe(200);
  });

  it('the same token opens API v3 to AAPS, with every right it looks at', async () => {
    const { subjects } = server.services.access.admin;
    const { accessToken } = subjects.list().find(({ name }) => name === 'xDrip+')!;
    const { token } = (await (await fetch(`${server.url}/api/v2/authorization/request/${accessToken}`)).json()) as {
      token: string;
    };
    const status = (await (
      await fetch(`${server.url}/api/v3/status`, { headers: { authorization: `Bearer ${token}` } })
    ).json()) as { result: { apiPermissions: Record<string, string> } };
    expect([...new Set(Object.values(status.result.apiPermissions))]).toEqual(['crud']);
  });

  it('an app with a wrong secret is told of with its reason; when it sends, the page shows it by itself', async () => {
    await page.goto(`${server.url}/admin/`);
    const panel = page.locator('#uploads');
    await send('/api/v1/entries', [], sha1('something else'));
    await panel.getByText('Loop: The API secret is wrong.').waitFor({ timeout: 30_000 });
    const entry = { type: 'sgv', sgv: 121, direction: 'Flat', date: Date.now(), device: 'Dexcom G6' };
    expect((await send('/api/v1/entries', [entry], server.secret['api-secret'])).status).toBe(200);
    await panel.getByText('The last glucose is of just now, from Loop.').waitFor({ timeout: 30_000 });
    await panel.getByText('Since then it was let in.').waitFor();
  });

  it('a token made on /admin/ works, and ends when it is revoked', async () => {
    await page.getByLabel('Name').first().fill('School');
    await page.locator('#role-choices').getByLabel('readable').check();
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByText('School is added').waitFor();
    const row = page.locator('#subjects tr', { hasText: 'School' });
    const token = (await row.locator('code').textContent())!;
    const read = () => fetch(`${server.url}/api/v1/entries.json?token=${token}`);
    expect((await read()).status).toBe(200);
    await row.getByRole('button', { name: 'Revoke the token of School' }).click();
    await page.getByText('The token of School is revoked.').waitFor();
    expect((await read()).status).toBe(401);
  });

  it('a role of the site can be made, changed and removed; the built-in ones not', async () => {
    const form = page.locator('#role');
    await form.getByLabel('Name').fill('kitchen');
    await form.getByLabel('Permissions, with').fill('api:food:read api:food:create');
    await form.getByRole('button', { name: 'Save' }).click();
    await page.getByText('The role kitchen is saved').waitFor();
    await page.getByRole('button', { name: 'Change kitchen' }).click();
    await form.getByLabel('Permissions, with').fill('api:food:read');
    await form.getByRole('button', { name: 'Save' }).click();
    const stored = () => server.services.access.admin.roles.list().find(({ name }) => name === 'kitchen');
    await expect.poll(() => stored()?.permissions).toEqual(['api:food:read']);
    await page.getByRole('button', { name: 'Delete kitchen' }).click();
    await page.getByText('The role kitchen is deleted.').waitFor();
    expect(stored()).toBeUndefined();
    expect(await page.getByRole('button', { name: 'Delete readable' }).count()).toBe(0);
  });

  it('the server shows what it is, and its settings without secrets', async () => {
    await page.locator('#about').getByText('vigil').waitFor();
    expect(await page.locator('#storage').textContent()).toMatch(/SQLite.*free.*entries\d/);
    const row = page.locator('#setting-list tr', { hasText: 'API_SECRET' });
    expect(await row.textContent()).toContain('set, not shown');
    expect(await page.content()).not.toContain(API_SECRET);
  });

  it('/admin/ has none either', async () => expect(await faults()).toEqual([]));

  it('a reader sees who sends, and is asked to sign in for what was refused', async () => {
    await server.services.access.admin.subjects.create({ name: 'reader', roles: ['readable'] });
    const { accessToken } = server.services.access.admin.subjects.list().find(({ name }) => name === 'reader')!;
    const other = await (await browser.newContext()).newPage();
    await other.goto(`${server.url}/?token=${accessToken}`);
    await other.getByText('Where is my data?').click();
    await other.locator('#uploads').getByText('from Loop').waitFor();
    await other.getByRole('button', { name: 'Sign in to see what was refused' }).waitFor();
    await other.context().close();
  });

  it('nothing was complained about', () => expect(complaints).toEqual([]));
});
