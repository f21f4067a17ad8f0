import type { Server as HttpServer, IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';

/**
 * Serves the whole site, sockets included, below a path as well as at the top: some proxies strip the path (nginx with a slash
 * behind `proxy_pass`), others pass it on. From here on nobody sees it. To be called after everybody else listens.
 * @param basePath `/nightscout`; empty: nothing is done
 */
export function serveBelow(http: HttpServer, basePath: string): void {
  if (basePath === '') return;
  const strip = (req: IncomingMessage): void => {
    const rest = req.url?.startsWith(`${basePath}/`) ? req.url.slice(basePath.length) : undefined;
    if (rest !== undefined) req.url = rest;
  };
  http.prependListener('request', strip);
  http.prependListener('upgrade', strip);
}

/** `/nightscout` moves to `/nightscout/`, else the page's files would be looked for beside it; the query stays. */
export function toBasePath(basePath: string): RequestHandler {
  return (req, res, next) => {
    const [path, ...query] = req.url.split('?');
    if (path !== basePath) return next();
    if (req.method === 'GET' || req.method === 'HEAD') {
      res
        .status(301)
        .location([`${basePath}/`, ...query].join('?'))
        .end();
      return;
    }
    req.url = ['/', ...query].join('?');
    next();
  };
}
