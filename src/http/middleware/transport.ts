import type { TLSSocket } from 'node:tls';
import type { RequestHandler } from 'express';
import type { Config } from '../../config/config.ts';

const YEAR = 31_536_000;

/**
 * Sends plain requests to https (307, so that method and body are kept) and tells browsers to stay there. A proxy that ends TLS
 * says so with `X-Forwarded-Proto`. Not mounted with INSECURE_USE_HTTP.
 */
export function transport({ hsts, csp }: Config): RequestHandler {
  const strict = [
    `max-age=${YEAR}`,
    ...(hsts.includeSubdomains ? ['includeSubDomains'] : []),
    ...(hsts.preload ? ['preload'] : [])
  ];
  const headers: Record<string, string> = hsts.enabled
    ? {
        'Strict-Transport-Security': strict.join('; '),
        'X-DNS-Prefetch-Control': 'off',
        'Expect-CT': 'max-age=0',
        'X-Download-Options': 'noopen',
        'X-Content-Type-Options': 'nosniff',
        'X-Permitted-Cross-Domain-Policies': 'none',
        'Referrer-Policy': 'no-referrer',
        'X-XSS-Protection': '0'
      }
    : {};
  if (hsts.enabled && csp.enabled) {
    headers[csp.reportOnly ? 'Content-Security-Policy-Report-Only' : 'Content-Security-Policy'] =
      "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self' ws: wss:; report-uri /report-violation";
  }
  return (req, res, next) => {
    const forwarded = String(req.headers['x-forwarded-proto'] ?? '')
      .split(',')[0]!
      .trim()
      .toLowerCase();
    if (!(req.socket as TLSSocket).encrypted && forwarded !== 'https') {
      const location = `https://${req.headers.host ?? ''}${req.url}`;
      res.status(307).set('Location', location).type('txt').send(`Temporary Redirect. Redirecting to ${location}`);
      return;
    }
    res.set(headers);
    next();
  };
}
