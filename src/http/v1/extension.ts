import type { RequestHandler } from 'express';

const TYPES: Readonly<Record<string, string>> = {
  json: 'application/json',
  csv: 'text/csv',
  tsv: 'text/tab-separated-values',
  txt: 'text/plain',
  html: 'text/html',
  svg: 'image/svg+xml',
  png: 'image/png'
};
const EXTENSION = /\.([a-z]+)$/;

/**
 * Cuts a known extension off a path and says which type it asks for.
 * @param path without query
 * @returns undefined when the path has none (upper-case ones are none; `.js` exists for status only)
 */
export function splitExtension(path: string): { path: string; type: string } | undefined {
  const extension = EXTENSION.exec(path)?.[1];
  if (!extension) return undefined;
  if (extension === 'js' && /^\/status\.js$/i.test(path)) return { path: path.slice(0, -3), type: 'application/javascript' };
  const type = Object.hasOwn(TYPES, extension) ? TYPES[extension] : undefined;
  return type === undefined ? undefined : { path: path.slice(0, -extension.length - 1), type };
}

/** Rewrites `/entries.csv` to `/entries` with `Accept: text/csv` before routing. Not for `/experiments`. */
export const extension: RequestHandler = (req, _res, next) => {
  const [path = '', ...query] = req.url.split('?');
  const split = /^\/experiments\//i.test(path) ? undefined : splitExtension(path);
  if (split) {
    req.url = [split.path, ...query].join('?');
    req.headers.accept = split.type;
  }
  next();
};
