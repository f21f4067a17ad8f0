import { compileGrants } from '../access/wildcard.ts';
import type { Config } from '../config/config.ts';
import { reachableUrls } from '../config/first-run.ts';

/** Where to enter a token. */
export interface TokenUse {
  readonly app: string;
  /** What to paste there. */
  readonly paste: string;
}

/** Addresses of apps that have one field for site and secret, or take a token in the address; README "Connect an app". */
const USES: readonly {
  readonly app: string;
  readonly needs: string;
  readonly paste: (site: string, token: string) => string;
}[] = [
  { app: 'browser', needs: 'api:status:read', paste: (site, token) => `${site}/?token=${token}` },
  { app: 'nightguard, LoopFollow', needs: 'api:entries:read', paste: (site, token) => `${site}?token=${token}` },
  { app: 'xDrip+ follower', needs: 'api:entries:read', paste: withToken },
  { app: 'xDrip+ uploader', needs: 'api:entries:create', paste: withToken },
  { app: 'AAPS (NSClientV3)', needs: '*:*:admin', paste: (site, token) => `URL ${site}, access token ${token}` },
  {
    app: 'Loop, Trio, xDrip4iOS',
    needs: 'api:treatments:create',
    paste: (site, token) => `URL ${site}, API secret ${token}`
  },
  { app: 'scripts', needs: 'api:entries:read', paste: (site, token) => `${site}/api/v1/entries.json?token=${token}` }
];

/** xDrip+ sends the hash of what stands before the `@`, and the hash of a token is as good as the token. */
function withToken(site: string, token: string): string {
  return `${site.replace('://', `://${token}@`)}/api/v1/`;
}

/** What can be done with a token of these permissions, and what to paste for it. */
export function tokenUses(config: Config, token: string, permissions: readonly string[]): TokenUse[] {
  const may = compileGrants(permissions);
  const site = siteAddress(config);
  return USES.filter(({ needs }) => may(needs)).map(({ app, paste }) => ({ app, paste: paste(site, token) }));
}

/** BASE_URL; else by which phones of this network reach the machine; a proxy with https is known to its owner alone. */
function siteAddress({ settings, tls, insecureUseHttp, hostname, port }: Config): string {
  const base = String(settings.baseURL ?? '').replace(/\/+$/, '');
  if (/^https?:\/\/[^/]/i.test(base)) return base;
  if (!tls && !insecureUseHttp) return 'https://your-site';
  const host = hostname === undefined || hostname === '0.0.0.0' || hostname === '::' ? 'localhost' : hostname;
  const local = `${tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}`;
  return reachableUrls(local)[0] ?? local;
}
