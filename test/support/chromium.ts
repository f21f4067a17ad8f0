import { existsSync, writeSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const PLACES = [
  process.env.CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'
];

/** A browser of this machine (or the one CHROMIUM names); undefined: none, skip, and the run says so at its end. */
export const chromiumPath: string | undefined = PLACES.find((place) => place && existsSync(place));

if (chromiumPath === undefined) warnAtTheEnd();

/** Starts it without a window; the caller closes it. */
export const startChromium = (): Promise<Browser> =>
  chromium.launch({
    executablePath: chromiumPath!,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync'
    ]
  });

/** A suite that did not run must not look like one that passed. */
function warnAtTheEnd(): void {
  const line = '!'.repeat(100);
  process.on('exit', () => {
    writeSync(
      2,
      `\n${line}\n!! THE TESTS IN A BROWSER DID NOT RUN: no Chromium here. Install it, or name one in CHROMIUM.\n${line}\n`
    );
  });
}
