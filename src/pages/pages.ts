import { fileURLToPath } from 'node:url';
import express, { type RequestHandler, type Response, Router } from 'express';
import type { Config } from '../config/config.ts';

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

/** The pages people open in a browser, and what belongs to them below `/assets`. To be mounted after the APIs. */
export function createPages({ settings }: Pick<Config, 'settings'>): Router {
  const router = Router({ strict: true });
  for (const path of SLASHED) router.get(path, toSlash(path));
  for (const [path, file] of PAGES) {
    router.get(path, (_req, res) => {
      if (UNFRAMED.has(file)) res.set('X-Frame-Options', 'SAMEORIGIN');
      if (file === 'split.html') allowFrames(res, settings);
      send(res, file);
    });
  }
  for (const [path, file, type] of TOP_FILES) router.get(path, (_req, res) => send(res, file, type));
  // a new version must reach a page that stays open for weeks: always ask, mostly hear 304
  router.use('/assets', express.static(ASSETS, { index: false, redirect: false, cacheControl: false, setHeaders: alwaysAsk }));
  return router;
}

function alwaysAsk(res: Pick<Response, 'setHeader'>): void {
  res.setHeader('Cache-Control', 'no-cache');
}

function send(res: Response, file: string, type?: string): void {
  alwaysAsk(res);
  if (type) res.set('Content-Type', type);
  res.sendFile(file, { root: ASSETS, cacheControl: false });
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

/** Where a content security policy is sent, the split view still may show the sites its owner listed. */
function allowFrames(res: Response, settings: Config['settings']): void {
  const origins = [1, 2, 3, 4, 5, 6, 7, 8]
    .map((n) => originOf(settings[`frameUrl${n}`]))
    .filter((origin) => origin !== undefined);
  for (const name of ['Content-Security-Policy', 'Content-Security-Policy-Report-Only']) {
    const policy = res.getHeader(name);
    if (typeof policy === 'string') res.set(name, `${policy}; frame-src ${["'self'", ...new Set(origins)].join(' ')}`);
  }
}

function originOf(address: unknown): string | undefined {
  if (typeof address !== 'string' || !URL.canParse(address)) return undefined;
  const { protocol, origin } = new URL(address);
  return protocol === 'https:' || protocol === 'http:' ? origin : undefined;
}
