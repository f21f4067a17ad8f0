import type { Browser, CDPSession, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loopYear } from '../bench/year.ts';
import { chromiumPath, startChromium } from '../support/chromium.ts';
import { startServer, type TestServer } from '../support/start-server.ts';
import { MINUTE, SIGN_IN, upload } from './kit.ts';

// issue 7: the page is small, and shows its chart at once also on an old phone

const MAX_BYTES = 150 * 1024;
const MAX_MS = 1000;
/** An old phone against the machine that runs this. */
const SLOWER = 4;
const LOADS = 8;
const DAY = 24 * 60 * MINUTE;

describe.skipIf(chromiumPath === undefined)('budgets of the page at /', { timeout: 240_000 }, () => {
  let browser: Browser;
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer({ AUTH_DEFAULT_ROLES: 'denied', ENABLE: 'careportal iob cob loop pump cage sage basal' });
    await fill(server);
    browser = await startChromium();
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  /** Opens the page as somebody who was never here, and waits for the chart with all that belongs to it. */
  async function load(prepare: (cdp: CDPSession) => Promise<unknown>): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 390, height: 844 } });
    await context.addInitScript({ content: SIGN_IN });
    const page = await context.newPage();
    await prepare(await context.newCDPSession(page));
    await page.goto(server.url);
    const isShown = () => page.evaluate("performance.getEntriesByName('chart-complete').length");
    await expect.poll(isShown, { timeout: 60_000, interval: 250 }).toBe(1);
    return page;
  }

  it('at most 150 KB over the wire: page, styles, scripts, socket client', async () => {
    const paths = new Map<string, string>();
    let bytes = 0;
    const page = await load(async (cdp) => {
      cdp.on('Network.requestWillBeSent', ({ requestId, request }) => void paths.set(requestId, new URL(request.url).pathname));
      cdp.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
        if (!/^\/(api|socket\.io\/$)/.test(paths.get(requestId) ?? '')) bytes += encodedDataLength;
      });
      await cdp.send('Network.enable');
    });
    expect([...paths.values()]).toEqual(expect.arrayContaining(['/', '/assets/glance.css', '/socket.io/socket.io.esm.min.js']));
    expect(bytes).toBeGreaterThan(30_000);
    expect(bytes).toBeLessThan(MAX_BYTES);
    await page.context().close();
  });

  it('the first chart, with treatments and predictions, within a second on a CPU four times slower', async () => {
    const times: number[] = [];
    let best = Number.POSITIVE_INFINITY;
    for (let n = 0; n < LOADS && best > MAX_MS; n += 1) {
      const page = await load((cdp) => cdp.send('Emulation.setCPUThrottlingRate', { rate: SLOWER }));
      const time = (await page.evaluate("performance.getEntriesByName('chart-complete')[0].startTime")) as number;
      if (n === 0) expect(await page.locator('#chart :is(.prediction, .bolus, .carbs, .basal)').count()).toBeGreaterThan(20);
      times.push(time);
      best = Math.min(best, time / strain());
      await page.context().close();
    }
    expect(best, `ms from the start of the navigation, ${times.map(Math.round).join(', ')}`).toBeLessThanOrEqual(MAX_MS);
  });
});

/** How much longer work takes here than it should, because others use the machine: 1 when nobody does. */
function strain(): number {
  const before = process.cpuUsage();
  const begin = performance.now();
  while (performance.now() - begin < 200);
  const { user, system } = process.cpuUsage(before);
  return Math.max(1, (performance.now() - begin) / ((user + system) / 1000));
}

/** Two days of a Loop user, up to now. */
async function fill(server: TestServer): Promise<void> {
  const now = Date.now();
  const days = [...loopYear(now - 2 * DAY - 7 * MINUTE, 2, { seed: 7 })].filter(({ at }) => at <= now);
  for (const name of ['entries', 'treatments', 'devicestatus', 'profile'] as const) {
    const docs = days
      .filter(({ collection, at }) => collection === name && (name !== 'devicestatus' || at > now - DAY))
      .map(({ doc: { srvModified: _m, srvCreated: _c, ...doc } }) => doc);
    for (let at = 0; at < docs.length; at += 100) await upload(server, name, docs.slice(at, at + 100));
  }
  const block = [{ time: '00:00', value: 0.85, timeAsSeconds: 0 }];
  const values = { dia: 6, carbratio: block, sens: block, basal: block, target_low: block, target_high: block, units: 'mg/dl' };
  await upload(server, 'profile', {
    defaultProfile: 'Default',
    startDate: new Date(now - DAY).toISOString(),
    store: { Default: values }
  });
}
