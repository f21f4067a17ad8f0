import type { RequestHandler } from 'express';

interface Route {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** As Express writes it; one with parameters is passed over. */
  readonly path: string;
  readonly take: RequestHandler;
  /** Parameters of the pattern this path is one case of, and the pattern as the metrics name it. */
  readonly of?: { readonly pattern: string; readonly params: Readonly<Record<string, string>> };
}

const FIXED = /^[\w/-]+$/;

/**
 * Finds the routes whose path has no parameters by their name, where Express would try one pattern after the other: apps ask the
 * same few of them all day. To be mounted before the same routes in Express, which take whatever is spelt otherwise (letter
 * case, a slash at the end, HEAD).
 */
export function byName(routes: readonly Route[]): RequestHandler {
  const known = new Map<string, Route & { readonly shown: { readonly path: string } }>();
  for (const route of routes) {
    const key = `${route.method.toUpperCase()} ${route.path}`;
    // of two that fit, the first is meant
    if (FIXED.test(route.path) && !known.has(key)) known.set(key, { ...route, shown: { path: route.of?.pattern ?? route.path } });
  }
  return (req, res, next) => {
    const route = known.get(`${req.method} ${req.path}`);
    if (!route) return next();
    // Express does this for its own routes; the metrics read it
    req.route = route.shown;
    if (route.of) req.params = { ...route.of.params };
    return route.take(req, res, next);
  };
}
