import type { Request, RequestHandler } from 'express';
import { Counter, type Registry } from 'prom-client';
import { atEnd } from './at-end.ts';
import { createDurations } from './durations.ts';

export type HttpMetrics = RequestHandler;

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
const API = /^\/api\/v([123])(?=\/|\?|$)/i;

/** Counts requests and measures how long they take, by method, route and class of status. To be mounted first. */
export function httpMetrics(register: Registry): HttpMetrics {
  const totals = new Map<string, { readonly labels: Record<'method' | 'route' | 'status', string>; count: number }>();
  new Counter({
    name: 'vigil_http_requests_total',
    help: 'Requests by method, route and class of status; aborted: the caller went away.',
    labelNames: ['method', 'route', 'status'],
    registers: [register],
    collect() {
      this.reset();
      for (const { labels, count } of totals.values()) this.inc(labels, count);
    }
  });
  const duration = createDurations(register, {
    name: 'vigil_http_request_duration_seconds',
    help: 'Time from the head of a request to the end of its answer.',
    labelNames: ['method', 'route'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
  });

  function count(method: string, route: string, status: string): void {
    const key = `${method} ${route} ${status}`;
    const total = totals.get(key);
    if (total) total.count++;
    else totals.set(key, { labels: { method, route, status }, count: 1 });
  }

  return (req, res, next) => {
    const start = performance.now();
    atEnd(res, () => {
      const method = METHODS.has(req.method) ? req.method : 'other';
      const route = routeOf(req);
      count(method, route, res.writableFinished ? `${Math.floor(res.statusCode / 100)}xx` : 'aborted');
      duration.observe([method, route], (performance.now() - start) / 1000);
    });
    next();
  };
}

/**
 * The pattern of the route that took the request, `/api/v1/entries/:spec`, in the words of the code; `other` for what nobody took.
 * The mount is read from the address: when an error left the routers, Express no longer knows it.
 */
function routeOf(req: Request): string {
  const path: unknown = req.route?.path;
  if (path === undefined) return req.baseUrl === '/assets' ? '/assets' : 'other';
  const version = API.exec(req.originalUrl)?.[1];
  const pattern = Array.isArray(path) ? String(path[0]) : String(path);
  return version === undefined ? pattern : `/api/v${version}${pattern}`;
}
