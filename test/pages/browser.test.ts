import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, startChromium } from '../support/chromium.ts';
import { startServer, type TestServer } from '../support/start-server.ts';
import { SIGN_IN, upload } from './kit.ts';

// issue 5: our own pages really pass the content security policy they are sent with

const PAGES = [
  '/',
  '/clock/bgclock',
  '/clock/clock',
  '/clock/clock-color',
  '/admin/',
  '/food/',
  '/profile/',
  '/report/',
  '/split',
  '/api-docs/',
  '/api3-docs/',
  '/api/sockets-docs'
];

const NOW = Date.now();
const MINUTE = 60_000;
const at = (minutes: number): string => new Date(NOW - minutes * MINUTE).toISOString();

async function fill(server: TestServer): Promise<void> {
  const post = (name: string, body: unknown) => upload(server, name, body);
  await post(
    'entries',
    Array.from({ length: 60 }, (_, n) => ({ type: 'sgv', sgv: 100 + n, direction: 'Flat', date: NOW - n * 5 * MINUTE }))
  );
  await post('treatments', [
    { eventType: 'Meal Bolus', carbs: 30, insulin: 2.5, created_at: at(40), enteredBy: 'browser' },
    { eventType: 'Note', notes: '<b>bold</b> & "quoted" <img src=x onerror=alert(1)>', created_at: at(20), enteredBy: 'browser' }
  ]);
  await post('food', { type: 'food', name: 'Bread', category: 'c', subcategory: 's', carbs: 15, portion: 30, unit: 'g' });
  const block = [{ time: '00:00', value: 1, timeAsSeconds: 0 }];
  const store = { dia: 5, carbratio: block, sens: block, basal: block, target_low: block, target_high: block, units: 'mg/dl' };
  await post('profile', { defaultProfile: 'Default', startDate: at(600), units: 'mg/dl', store: { Default: store } });
}

// what runs in the browser
const TELL_VIOLATIONS = `document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
  console.error('violation of ' + violatedDirective + ': ' + blockedURI))`;
const INJECT = `new Promise((resolve) => {
  document.addEventListener('securitypolicyviolation', ({ violatedDirective }) => resolve(violatedDirective), { once: true });
  const script = document.createElement('script');
  script.textContent = 'window.injected = true';
  document.body.append(script);
})`;

/** Opens a page, waits until it is at rest, and returns what the browser complained about. */
async function visit(page: Page, url: string): Promise<string[]> {
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(`${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`exception: ${error.message}`));
  page.on('requestfailed', (request) => complaints.push(`failed: ${request.url()} ${request.failure()?.errorText}`));
  page.on('response', (response) => {
    if (response.status() >= 400) complaints.push(`${response.status()}: ${response.url()}`);
  });
  await page.addInitScript({ content: TELL_VIOLATIONS });
  const answer = await page.goto(url, { waitUntil: 'load' });
  expect(answer!.headers()['content-security-policy']).toContain("default-src 'none'");
  await settled(page);
  return complaints;
}

/** Swagger draws after its load; our pages sign in and hide their first words. */
async function settled(page: Page): Promise<void> {
  const path = new URL(page.url()).pathname;
  if (/^\/api3?-docs/.test(path)) await page.waitForSelector('.opblock-tag', { timeout: 30_000 });
  else if (path === '/') await page.waitForSelector('#glance:not([hidden]) #chart svg', { timeout: 30_000 });
  else if (path.startsWith('/clock/')) await page.waitForSelector('#value:text-matches("[0-9]")');
  else if (path === '/split') await page.waitForSelector('#frames iframe');
  await page.waitForLoadState('networkidle', { timeout: 5000 }).catch(() => undefined);
}

it.runIf(process.env.CI)('CI has a browser', () => expect(chromiumPath).toBeDefined());

describe.skipIf(chromiumPath === undefined)('in Chromium', () => {
  let server: TestServer;
  let other: TestServer;
  let browser: Browser;
  beforeAll(async () => {
    other = await startServer();
    server = await startServer({
      AUTH_DEFAULT_ROLES: 'denied',
      ENABLE: 'careportal iob cob',
      FRAME_URL_1: `${other.url}/clock/clock`,
      FRAME_URL_2: '/clock/clock'
    });
    await fill(server);
    browser = await startChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await Promise.all([server?.close(), other?.close()]);
  });

  const signedIn = async (extraHTTPHeaders: Record<string, string> = {}): Promise<Page> => {
    const context = await browser.newContext({ extraHTTPHeaders });
    await context.addInitScript({ content: SIGN_IN });
    return context.newPage();
  };

  it.each(PAGES.filter((path) => path !== '/split'))('%s loads without a violation or a complaint', async (path) => {
    const page = await signedIn();
    expect(await visit(page, `${server.url}${path}`)).toEqual([]);
    await page.context().close();
  });

  it('with everything that comes with https, too', async () => {
    const env = { INSECURE_USE_HTTP: 'false', SECURE_CSP: 'on' };
    const strict = await startServer(env);
    try {
      for (const path of ['/admin/', '/food/', '/report/', '/api-docs/', '/api/sockets-docs']) {
        const page = await signedIn({ 'X-Forwarded-Proto': 'https' });
        expect([path, await visit(page, `${strict.url}${path}`)]).toEqual([path, []]);
        await page.context().close();
      }
    } finally {
      await strict.close();
    }
  });

  it('the start page reaches its sockets by websocket and keeps its own files', async () => {
    const page = await signedIn();
    const sockets: string[] = [];
    page.on('websocket', (socket) => sockets.push(new URL(socket.url()).pathname));
    expect(await visit(page, `${server.url}/`)).toEqual([]);
    await expect.poll(() => sockets).toContain('/socket.io/');
    await page.context().close();
  });

  it('what somebody wrote into a note is shown as typed and does not run', async () => {
    const page = await signedIn();
    const dialogs: string[] = [];
    page.on('dialog', (dialog) => {
      dialogs.push(dialog.message());
      void dialog.dismiss();
    });
    expect(await visit(page, `${server.url}/`)).toEqual([]);
    expect(await page.locator('#treatments').textContent()).toContain('bold');
    expect([await page.locator('#treatments b').count(), dialogs]).toEqual([0, []]);
    await page.context().close();
  });

  it('a script that got into a page anyway is stopped', async () => {
    const page = await signedIn();
    await visit(page, `${server.url}/`);
    const blocked = await page.evaluate(INJECT);
    expect(blocked).toBe('script-src-elem');
    expect(await page.evaluate("'injected' in window")).toBe(false);
    await page.context().close();
  });

  it('/split shows our own pages; a site that does not list us stays out of the frame', async () => {
    const page = await signedIn();
    const complaints = await visit(page, `${server.url}/split`);
    expect(await page.locator('iframe').count()).toBe(2);
    const foreign = new RegExp(`frame-ancestors|${new URL(other.url).host}`);
    expect(complaints.filter((one) => !foreign.test(one))).toEqual([]);
    const inside = page.frameLocator('iframe >> nth=1');
    await expect.poll(() => inside.locator('#value').textContent()).toMatch(/\d/);
    expect(complaints.join('\n')).toContain('frame-ancestors');
    await page.context().close();
  });
});
