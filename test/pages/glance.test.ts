import axe from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { io, type Socket } from 'socket.io-client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, startChromium } from '../support/chromium.ts';
import { API_SECRET, SECRET_SHA1, startServer, type TestServer } from '../support/start-server.ts';
import { tokenFor } from '../v1/call.ts';
import { type Cable, layCable, MINUTE, SIGN_IN, upload, uploadSgv } from './kit.ts';

// issue 7: the page at / as parents, carers and patients find it, on a phone and on a desk

const PHONE: BrowserContextOptions = { viewport: { width: 390, height: 844 }, hasTouch: true };
const DESK: BrowserContextOptions = { viewport: { width: 1280, height: 800 } };
/** The narrowest phone; also a desk at 400 %. */
const NARROW = { width: 320, height: 640 };
const ENV = {
  AUTH_DEFAULT_ROLES: 'denied',
  ENABLE: 'careportal simplealarms iob cob loop openaps pump cage sage basal',
  ALARM_TYPES: 'simple'
};
/** A loaded machine is no fault of the page. */
const PATIENCE = 30_000;

const see = (page: Page, selector: string) => page.waitForSelector(selector, { timeout: PATIENCE });
const reads = (page: Page, selector: string) =>
  expect.poll(async () => (await page.locator(selector).textContent())?.trim(), { timeout: PATIENCE });

describe.skipIf(chromiumPath === undefined)('the page at /', { timeout: 120_000 }, () => {
  let browser: Browser;
  let server: TestServer;
  let cable: Cable;
  const clock = { ahead: 0 };
  beforeAll(async () => {
    server = await startServer(ENV, { now: () => Date.now() + clock.ahead });
    cable = await layCable(server.url);
    browser = await startChromium();
  }, 120_000);
  afterEach(() => {
    clock.ahead = 0;
  });
  afterAll(async () => {
    await browser?.close();
    await cable?.close();
    await server?.close();
  });

  /** @param token an access token to come with; default: signed in with the API secret; null: a stranger */
  async function open(options: BrowserContextOptions, { token, url = server.url }: { token?: string | null; url?: string } = {}) {
    const context = await browser.newContext(options);
    if (token === undefined) await context.addInitScript({ content: SIGN_IN });
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE);
    await page.goto(`${url}/${token ? `?token=${token}` : ''}`);
    return page;
  }

  /** What axe-core finds wrong, in both themes; it knows nothing of what stands in a picture. */
  async function faults(page: Page): Promise<string[]> {
    const found: string[] = [];
    await page.evaluate(axe.source);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      // only colours differ between the themes
      const options = colorScheme === 'light' ? {} : { runOnly: ['color-contrast'] };
      const { violations } = (await page.evaluate(`axe.run(${JSON.stringify(options)})`)) as axe.AxeResults;
      found.push(...violations.map(({ id, nodes }) => `${colorScheme} ${id}: ${nodes.map(({ html }) => html).join(' ')}`));
    }
    return found;
  }

  const overflow = (page: Page): Promise<number> =>
    page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');

  it('a closed site asks a stranger, says when it was wrong, and then shows the site', async () => {
    const page = await open(PHONE, { token: null });
    await see(page, '#sign-in');
    expect(await page.locator('#glance').isVisible()).toBe(false);
    expect(await faults(page)).toEqual([]);
    await page.fill('#secret', 'not the secret at all');
    await page.press('#secret', 'Enter');
    await reads(page, '#sign-in [role=alert]').toContain('Not accepted');
    await page.fill('#secret', API_SECRET);
    await page.press('#secret', 'Enter');
    await see(page, '#connect:not([hidden])');
    await page.context().close();
  });

  describe.each([
    ['a phone', PHONE, 112],
    ['a desk', DESK, 121]
  ])('on %s', (name, options, first) => {
    it('shows how to connect, then the first reading by itself, then the next', async () => {
      if (name === 'a phone') {
        const page = await open(options);
        await see(page, '#connect:not([hidden])');
        expect(await page.locator('#connect').textContent()).toContain(new URL(server.url).host);
        expect(await faults(page)).toEqual([]);
        await page.setViewportSize(NARROW);
        expect(await overflow(page)).toBe(0);
        await uploadSgv(server, first - 4, 5);
        await reads(page, '#value').toBe(String(first - 4));
        expect(await page.locator('#connect').isVisible()).toBe(false);
        await page.context().close();
      }
      const page = await open(options);
      await see(page, '#chart svg');
      await uploadSgv(server, first, 0, 'FortyFiveUp');
      await reads(page, '#value').toBe(String(first));
      await reads(page, '#since').toBe('just now');
      await reads(page, '#arrow').toBe('↗');
      // heard as well as seen
      await reads(page, '#spoken').toBe(`${first} mg/dl, rising slowly`);
      expect(await page.title()).toBe(`${first} ↗ · Vigil`);
      await page.context().close();
    });
  });

  describe('with data of a loop', () => {
    beforeAll(async () => {
      // one instant for all: of what a loop suggested and enacted, a millisecond later would count
      const now = Date.now();
      const at = (minutes: number): string => new Date(now - minutes * MINUTE).toISOString();
      const entry = (n: number) => ({ type: 'sgv', sgv: 110 + n, date: now - n * 5 * MINUTE - 1000, direction: 'Flat' });
      await upload(
        server,
        'entries',
        Array.from({ length: 40 }, (_, n) => entry(n + 1))
      );
      await upload(server, 'treatments', [
        { eventType: 'Meal Bolus', insulin: 2.5, carbs: 30, created_at: at(40) },
        { eventType: 'Temp Basal', absolute: 1.4, duration: 30, created_at: at(25) },
        { eventType: 'Temporary Target', targetTop: 150, targetBottom: 140, units: 'mg/dl', duration: 60, created_at: at(15) },
        { eventType: 'Sensor Start', created_at: at(60 * 26) },
        { eventType: 'Note', notes: '<img src=x onerror=alert(1)>', created_at: at(90) }
      ]);
      await upload(server, 'devicestatus', [
        {
          device: 'openaps://AAPS',
          created_at: at(2),
          openaps: {
            iob: { iob: 1.24, time: at(2) },
            suggested: { timestamp: at(2), COB: 12, predBGs: { IOB: [112, 108, 100], COB: [112, 120, 131], ZT: [112, 107, 99] } },
            enacted: { timestamp: at(2), received: true, rate: 1.4, duration: 30 }
          },
          pump: { clock: at(2), reservoir: 4, battery: { percent: 60 }, status: { status: 'suspended', suspended: true } },
          uploaderBattery: 81
        }
      ]);
    }, 120_000);

    it.each([
      ['a phone', PHONE],
      ['a desk', DESK]
    ])(
      'has what stands beside the glucose, marks what is bad, and has no fault axe-core finds, on %s',
      async (_name, options) => {
        const page = await open(options);
        await reads(page, '#board').toMatch(/IOB 1\.24 U.*COB 12 g.*Loop Enacted \d min ago/);
        await reads(page, '#devices').toContain('Temp target 140–150 mg/dl');
        expect(await page.locator('#devices .pill.urgent').textContent()).toMatch(/Pump !urgent: 4\.00 U · 60 % suspended/);
        expect(await page.locator('#devices').textContent()).toMatch(/Phone 81 %.*Sensor 1 d 2 h/);
        expect(await page.locator('#chart .prediction').count()).toBe(3);
        expect(await page.locator('#chart :is(.basal, .carbs, .bolus, .aim, .mark)').count()).toBeGreaterThanOrEqual(5);
        await page.click('summary:text("Values as a table")');
        await page.click('summary:text("What the chart shows")');
        expect(await page.locator('#values').textContent()).toContain('Meal Bolus 2.5 U, 30 g');
        expect(await faults(page)).toEqual([]);
        await page.setViewportSize(NARROW);
        const width = () => page.evaluate('document.querySelector("#chart svg").clientWidth');
        await expect.poll(width, { timeout: PATIENCE }).toBeLessThan(320);
        expect(await overflow(page)).toBe(0);
        await page.context().close();
      }
    );

    it('can be read by keyboard alone: time shown, instants of the chart, what is expected', async () => {
      const page = await open(DESK);
      await see(page, '#chart svg');
      await reads(page, '#expected').toContain('with carbs (COB)');
      await page.focus('#slider');
      await page.keyboard.press('ArrowLeft');
      const spoken = await page.getAttribute('#slider', 'aria-valuetext');
      expect(spoken).toMatch(/, 1\d\d mg\/dl, in range/);
      expect(await page.locator('#inspected').textContent()).toBe(spoken);
      await page.keyboard.press('End');
      expect(await page.getAttribute('#slider', 'aria-valuetext')).toContain('expected');
      await page.keyboard.press('Escape');
      expect(await page.locator('#inspected').textContent()).toContain('move the slider');
      await page.focus('input[name=hours]:checked');
      await page.keyboard.press('ArrowLeft');
      expect(await page.getAttribute('#chart svg', 'aria-label')).toContain('last 12 hours');
      await page.context().close();
    });

    it('a finger on the chart finds the meal', async () => {
      const page = await open(PHONE);
      await see(page, '#chart .carbs');
      await page.locator('label:has(input[value="3"])').tap();
      const { x, y, width, height } = (await page.locator('#chart .carbs').boundingBox())!;
      await page.touchscreen.tap(x + width / 2, y + height / 2);
      expect(await page.locator('#inspected').textContent()).toContain('Meal Bolus 2.5 U, 30 g');
      await page.context().close();
    });
  });

  describe('an alarm', () => {
    let desk: Page;
    let phone: Page;
    let reader: Page;
    let listener: Socket;
    const heard: string[] = [];
    beforeAll(async () => {
      listener = io(`${server.url}/alarm`, { transports: ['websocket'], forceNew: true });
      for (const event of ['urgent_alarm', 'clear_alarm']) listener.on(event, () => heard.push(event));
      await listener.timeout(PATIENCE).emitWithAck('subscribe', { secret: SECRET_SHA1 });
      const token = await tokenFor(server, 'reader', ['*:*:read']);
      [desk, phone, reader] = await Promise.all([open(DESK), open(PHONE, { url: cable.url }), open(PHONE, { token })]);
      await Promise.all([desk, phone, reader].map((page) => see(page, '#chart svg')));
    }, 120_000);
    afterAll(async () => {
      listener?.close();
      for (const page of [desk, phone, reader]) await page?.context().close();
    });

    it('shows on every open page, spoken at once, with the snoozes of the settings for who may', async () => {
      await uploadSgv(server, 45, 0, 'SingleDown');
      for (const page of [desk, phone, reader]) {
        await reads(page, '.alarm h2').toContain('Urgent LOW');
        expect(await page.locator('#alarm-spoken').textContent()).toContain('Urgent LOW');
        expect(await page.getAttribute('#alarm-spoken', 'aria-live')).toBe('assertive');
        expect(await page.title()).toMatch(/^⚠ 45/);
      }
      expect(await phone.locator('.snooze button').allTextContents()).toEqual([
        'Snooze Urgent LOW for 15 min, for everybody',
        'Snooze Urgent LOW for 30 min, for everybody',
        'Snooze Urgent LOW for 45 min, for everybody'
      ]);
      // D15: who only reads silences nothing
      expect(await reader.locator('.snooze').count()).toBe(0);
    });

    it('has no fault axe-core finds', async () => {
      expect(await faults(phone)).toEqual([]);
      expect(await faults(desk)).toEqual([]);
    });

    it('without connection it stays, and the page says that nothing updates', async () => {
      cable.cut();
      await reads(phone, '#notice').toContain('No connection');
      expect(await phone.getAttribute('#hero', 'class')).toContain('lost');
      expect(await phone.locator('.alarm').textContent()).toContain('when the connection was lost');
    });

    it('a snooze by keyboard silences it for every listener', async () => {
      expect(heard.at(-1)).toBe('urgent_alarm');
      await desk.focus('.snooze button >> nth=0');
      await desk.keyboard.press('Enter');
      await reads(desk, '.alarm').toContain('Silenced until');
      await reads(reader, '.alarm').toContain('Silenced until');
      await expect.poll(() => heard.at(-1), { timeout: PATIENCE }).toBe('clear_alarm');
      expect(await desk.locator('#alarm-spoken').textContent()).toBe('');
      expect(await desk.title()).not.toContain('⚠');
    });

    it('who was away learns of it on coming back, from the server and not from an event', async () => {
      cable.mend();
      await reads(phone, '.alarm').toContain('Silenced until');
      await expect.poll(() => phone.locator('#notice').isVisible(), { timeout: PATIENCE }).toBe(false);
      await phone.reload();
      await reads(phone, '.alarm').toContain('Silenced until');
    });

    it('goes when its cause has gone', async () => {
      await uploadSgv(server, 118);
      for (const page of [desk, phone, reader])
        await expect.poll(() => page.locator('.alarm').count(), { timeout: PATIENCE }).toBe(0);
    });
  });

  it('a reading that grows old is struck out, then no longer shown as a value', async () => {
    const page = await open(PHONE);
    await reads(page, '#value').toBe('118');
    // the server's clock counts, not the one of this device
    clock.ahead = 20 * MINUTE;
    const wake = "document.dispatchEvent(new Event('visibilitychange'))";
    await page.evaluate(wake);
    await reads(page, '#since').toMatch(/^Old: (19|20|21) min ago$/);
    expect(await page.locator('#arrow').textContent()).toBe('');
    expect(await page.getAttribute('#hero', 'class')).toContain('stale');
    expect(await page.locator('#chart .prediction').count()).toBe(0);
    expect(await page.locator('#board').textContent()).toMatch(/Loop !warning: Not looping 2\d min ago/);
    expect(await faults(page)).toEqual([]);
    clock.ahead = 40 * MINUTE;
    await page.evaluate(wake);
    await reads(page, '#value').toBe('No data');
    expect(await page.locator('#since').textContent()).toMatch(/^Last reading: 118 mg\/dl, (39|40|41) min ago$/);
    await page.context().close();
  });

  it('a device whose clock is three hours wrong shows the right age', async () => {
    const context = await browser.newContext(DESK);
    await context.addInitScript({ content: `${SIGN_IN}; const real = Date.now; Date.now = () => real() + ${180 * MINUTE};` });
    const page = await context.newPage();
    await page.goto(server.url);
    await reads(page, '#value').toBe('118');
    expect(await page.locator('#since').textContent()).toMatch(/^(just now|[1-5] min ago)$/);
    await context.close();
  });

  it('neither a reading nor a note from the future is shown as now', async () => {
    await upload(server, 'entries', [{ type: 'sgv', sgv: 222, date: Date.now() + 300 * MINUTE, direction: 'Flat' }]);
    const created_at = new Date(Date.now() + 300 * MINUTE).toISOString();
    await upload(server, 'treatments', [{ eventType: 'Note', notes: 'tomorrow', created_at }]);
    const page = await open(PHONE);
    await reads(page, '#value').toBe('118');
    expect(await page.locator('#treatments').textContent()).not.toContain('tomorrow');
    await page.context().close();
  });

  it('in mmol/l and 24 hours; whoever may read without signing in finds where to sign in', async () => {
    const open24 = await startServer({ ...ENV, AUTH_DEFAULT_ROLES: 'readable', DISPLAY_UNITS: 'mmol', TIME_FORMAT: '24' });
    try {
      await uploadSgv(open24, 401, 5);
      await uploadSgv(open24, 39);
      await upload(open24, 'treatments', [{ eventType: 'Note', notes: 'here', created_at: new Date().toISOString() }]);
      const page = await open(DESK, { token: null, url: open24.url });
      await reads(page, '#value').toBe('LOW');
      expect(await page.locator('#treatments time').textContent()).toMatch(/^\d\d:\d\d$/);
      await page.focus('#slider');
      await page.keyboard.press('Home');
      expect(await page.locator('#inspected').textContent()).toContain('HIGH, very high');
      expect(await page.locator('#chart .tick').allTextContents()).toEqual(expect.arrayContaining(['4.4', '10.0', '14.4']));
      await page.click('#session button:text("Sign in")');
      await page.fill('#secret', API_SECRET);
      await page.press('#secret', 'Enter');
      await reads(page, '#session').toBe('Sign out');
      await reads(page, '#value').toBe('LOW');
      await page.context().close();
    } finally {
      await open24.close();
    }
  });
});
