import type { RequestHandler } from 'express';
import helmet from 'helmet';
import type { Config } from '../../config/config.ts';

const SELF = "'self'";
const NONE = "'none'";
/** What a Host header may look like to be named in a policy. */
const HOST = /^[\w.-]+(:\d{1,5})?$|^\[[\da-f:.]+\](:\d{1,5})?$/i;
const SPLIT_VIEW = [1, 2, 3, 4, 5, 6, 7, 8] as const;

type PageConfig = Pick<Config, 'basePath' | 'csp' | 'frameAncestors' | 'insecureUseHttp' | 'settings'>;

/** What one page needs beyond the others. */
interface More {
  /** Sites it shows in frames. */
  readonly frames?: readonly string[];
  /** Styles that stand in it, as `'sha256-…'`. */
  readonly styles?: readonly string[];
  /** It writes: only our own site may frame it. */
  readonly unframed?: boolean;
}

/**
 * Headers of what browsers show: pages, their files, the API descriptions, and whatever no route took. They hold always, whatever
 * the transport: nothing runs that is not a file of ours, nothing is asked for elsewhere, and no address (a token may stand in it)
 * is told to others.
 */
export function pageHeaders(config: PageConfig, more: More = {}): RequestHandler {
  const ancestors = more.unframed ? [SELF] : ancestorsOf(config);
  const protect = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: [NONE],
        scriptSrc: [SELF],
        workerSrc: [SELF],
        styleSrc: [SELF, ...(more.styles ?? [])],
        imgSrc: [SELF, 'data:'],
        manifestSrc: [SELF],
        connectSrc: [SELF, (req) => socketsOf(req.headers.host)],
        frameSrc: more.frames ? [SELF, ...more.frames] : [NONE],
        formAction: [SELF],
        baseUri: [NONE],
        frameAncestors: ancestors,
        ...(config.csp.enabled && { reportUri: [`${config.basePath}/report-violation`] })
      }
    },
    // for browsers that do not know frame-ancestors; this one cannot name sites
    xFrameOptions: ancestors.every((source) => source === SELF || source === NONE) && { action: 'sameorigin' },
    crossOriginResourcePolicy: { policy: 'same-origin' },
    // browsers complain about these two on plain http
    crossOriginOpenerPolicy: !config.insecureUseHttp && { policy: 'same-origin' },
    originAgentCluster: !config.insecureUseHttp,
    strictTransportSecurity: false,
    xPoweredBy: false
  });
  return (req, res, next) => {
    // that one is for the APIs; here the policy holds, and reports by itself
    res.removeHeader('Content-Security-Policy-Report-Only');
    res.removeHeader('X-Frame-Options');
    protect(req, res, next);
  };
}

/** Origins of the split view's pages, by the settings. */
export const frameOrigins = (settings: Config['settings']): string[] => [
  ...new Set(SPLIT_VIEW.map((n) => originOf(settings[`frameUrl${n}`])).filter((origin) => origin !== undefined))
];

/** Sites in one's split view may show this one in theirs, as in the reference. */
function ancestorsOf({ frameAncestors, settings }: PageConfig): readonly string[] {
  const isFinal = frameAncestors.includes(NONE) || frameAncestors.includes('*');
  return isFinal ? frameAncestors : [...new Set([...frameAncestors, ...frameOrigins(settings)])];
}

/** Our own sockets: older Safari does not count them as `'self'`. */
const socketsOf = (host: string | undefined): string => (host && HOST.test(host) ? `ws://${host} wss://${host}` : SELF);

function originOf(address: unknown): string | undefined {
  if (typeof address !== 'string' || !URL.canParse(address)) return undefined;
  const { protocol, origin } = new URL(address);
  return protocol === 'https:' || protocol === 'http:' ? origin : undefined;
}
