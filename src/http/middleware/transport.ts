import type { TLSSocket } from 'node:tls';
import type { RequestHandler } from 'express';
import helmet from 'helmet';
import type { Config } from '../../config/config.ts';

const YEAR_SECONDS = 31_536_000;

/**
 * Sends plain requests to https (307, so that method and body are kept) and tells browsers to stay there. A proxy that ends TLS
 * says so with `X-Forwarded-Proto`. Not mounted with INSECURE_USE_HTTP.
 */
export function transport(config: Pick<Config, 'hsts' | 'csp' | 'basePath'>): RequestHandler {
  const protect = config.hsts.enabled ? answersOf(config) : undefined;
  return (req, res, next) => {
    const forwarded = String(req.headers['x-forwarded-proto'] ?? '')
      .split(',')[0]!
      .trim()
      .toLowerCase();
    if (!(req.socket as TLSSocket).encrypted && forwarded !== 'https') {
      const location = `https://${req.headers.host ?? ''}${config.basePath}${req.url}`;
      res.status(307).set('Location', location).type('txt').send(`Temporary Redirect. Redirecting to ${location}`);
      return;
    }
    if (protect) protect(req, res, next);
    else next();
  };
}

/** Headers of every answer (rest-v1-v2.md §2.1). The pages tighten them further; answers stay readable for other sites' scripts. */
function answersOf({ hsts, csp, basePath }: Pick<Config, 'hsts' | 'csp' | 'basePath'>): RequestHandler {
  const protect = helmet({
    strictTransportSecurity: { maxAge: YEAR_SECONDS, includeSubDomains: hsts.includeSubdomains, preload: hsts.preload },
    contentSecurityPolicy: csp.enabled && {
      useDefaults: false,
      reportOnly: csp.reportOnly,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"], reportUri: [`${basePath}/report-violation`] }
    },
    xFrameOptions: false,
    crossOriginResourcePolicy: false,
    crossOriginOpenerPolicy: false,
    originAgentCluster: false,
    xPoweredBy: false
  });
  return (req, res, next) => {
    res.setHeader('Expect-CT', 'max-age=0');
    protect(req, res, next);
  };
}
