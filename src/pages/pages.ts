import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import express, { type Request, type RequestHandler, type Response, Router } from 'express';
import type { Config } from '../config/config.ts';
import { frameOrigins, pageHeaders } from '../http/middleware/page-headers.ts';

const ASSETS = fileURLToPath(new URL('./assets/', import.meta.url));

/** Path and file of every page. They hold no data: what they show comes through the APIs, with the visitor's own rights. */
const PAGES: readonly (readonly [path: string, file: string])[] = [
  ['/', 'index.html'],
  ['/clock/:face{/}', 'clock.html'],
  ['/split{/}', 'split.html'],
  ['/food{/}', 'food.html'],
  ['/profile{/}', 'profile.html'],
  ['/report/', 'report.html'],
  ['/admin/', 'admin.html']
];

/** Paths that moved to their slash form, as bookmarks of existing sites have them. */
const SLASHED = ['/admin', '/report'];

/** Files that browsers look for at the top. */
const TOP_FILES: readonly (readonly [path: string, file: string, type: string])[] = [
  ['/sw.js', 'sw.js', 'application/javascript; charset=utf-8'],
  ['/manifest.json', 'manifest.json', 'application/json; charset=utf-8'],
  ['/favicon.ico', 'icon.svg', 'image/svg+xml; charset=utf-8']
];

/** Pages that write must not be put into somebody else's frame. */
const UNFRAMED: ReadonlySet<string> = new Set(['admin.html', 'food.html']);

/** The pages people open in a browser, and what belongs to them below `/assets`. To be mounted after the APIs and {@link pageHeaders}. */
export function createPages(config: Config): Router {
  const router = Router({ strict: true });
  const unframed = pageHeaders(config, { unframed: true });
  const splitView = pageHeaders(config, { frames: frameOrigins(config.settings) });
  for (const path of SLASHED) router.get(path, toSlash(config.basePath + path));
  for (const [path, file] of PAGES) {
    if (UNFRAMED.has(file)) router.get(path, unframed);
    if (file === 'split.html') router.get(path, splitView);
    router.get(path, (req, res) => sendPage(req, res, file));
  }
  for (const [path, file, type] of TOP_FILES) router.get(path, (_req, res) => sendFile(res, file, type));
  // a new version must reach a page that stays open for weeks: always ask, mostly hear 304
  router.use('/assets', express.static(ASSETS, { index: false, redirect: false, cacheControl: false, setHeaders: alwaysAsk }));
  return router;
}

function alwaysAsk(res: Pick<Response, 'setHeader'>): void {
  res.setHeader('Cache-Control', 'no-cache');
}

function sendFile(res: Response, file: string, type: string): void {
  alwaysAsk(res);
  res.set('Content-Type', type);
  res.sendFile(file, { root: ASSETS, cacheControl: false });
}

/** An address of this site in an attribute: `href="/profile"`. */
const OWN_ADDRESS = /\b(href|src|action|formaction|poster)="\/(?!\/)/g;

/**
 * Sends a page with its addresses made relative to the path it was asked for: whether a proxy put the site under a path, and
 * whether it strips that path, cannot be known here, and the browser need not care.
 */
async function sendPage(req: Request, res: Response, file: string): Promise<void> {
  const html = await readFile(join(ASSETS, file), 'utf8');
  const up = '../'.repeat(req.path.split('/').length - 2) || './';
  alwaysAsk(res);
  res.type('html').send(html.replace(OWN_ADDRESS, (_address, attribute: string) => `${attribute}="${up}`));
}

/** 301 to the slash form; the query stays, a token may be in it. */
function toSlash(path: string): RequestHandler {
  return (req, res) => {
    const query = req.originalUrl.indexOf('?');
    const location = `${path}/${query < 0 ? '' : req.originalUrl.slice(query)}`;
    res
      .status(301)
      .location(location)
      .type('html')
      .send('<!DOCTYPE html><title>Moved</title><p>This page ends with a slash.</p>');
  };
}
